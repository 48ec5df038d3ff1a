//! The numbers that pictures carry (`frame_num`; ITU-T H.264, 7.4.3): they tell when one is missing that
//! was lost before it became RTP, as in a camera that is too busy.
//!
//! Must not do: decide what follows from a missing picture.

use h264_reader::nal::sps::SeqParameterSet;
use h264_reader::rbsp::{self, BitRead, BitReader, BitReaderError};

use super::nal;

/// The slice header up to `frame_num` is at most 14 bytes, emulation prevention included.
const HEADER: usize = 24;

/// Follows the frame numbers of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameNumbers {
    /// `log2_max_frame_num`, 4 to 16.
    bits: u32,
    separate_planes: bool,
    /// `PrevRefFrameNum`; none before the first picture.
    last_reference: Option<u32>,
}

/// What the first slice of a picture says.
struct SliceNumber {
    idr: bool,
    reference: bool,
    frame_num: u32,
}

impl FrameNumbers {
    /// For a stream with this SPS, one NAL unit. None where numbers may be left out without a loss, or
    /// the SPS cannot be read whole.
    #[must_use]
    pub fn new(sps: &[u8]) -> Option<Self> {
        let sps = Some(sps).filter(|sps| nal::nal_type(sps) == nal::SPS)?;
        let rbsp = rbsp::decode_nal(sps).ok()?;
        let sps = SeqParameterSet::from_bits(BitReader::new(&*rbsp)).ok()?;
        (!sps.gaps_in_frame_num_value_allowed_flag).then(|| Self {
            bits: u32::from(sps.log2_max_frame_num()),
            separate_planes: sps.chroma_info.separate_colour_plane_flag,
            last_reference: None,
        })
    }

    /// How many reference pictures are missing before the one in `data`, NAL units behind lengths. What
    /// cannot be read misses nothing.
    pub fn missing_before(&mut self, data: &[u8]) -> u32 {
        let slice = nal::units(data)
            .map_while(Result::ok)
            .find(|unit| matches!(nal::nal_type(unit), nal::SLICE | nal::IDR_SLICE));
        let Some(number) = slice.and_then(|slice| self.read(slice).ok()) else { return 0 };
        let mask = (1 << self.bits) - 1;
        let missing = match self.last_reference {
            Some(last) if !number.idr && number.frame_num != last => {
                number.frame_num.wrapping_sub(last).wrapping_sub(1) & mask
            }
            _ => 0,
        };
        if number.reference {
            self.last_reference = Some(number.frame_num);
        } else if missing > 0 {
            self.last_reference = Some(number.frame_num.wrapping_sub(1) & mask);
        }
        missing
    }

    fn read(&self, slice: &[u8]) -> Result<SliceNumber, BitReaderError> {
        let name = "slice_header";
        let error = |error| BitReaderError::ReaderErrorFor(name, error);
        let rbsp = rbsp::decode_nal(&slice[..slice.len().min(HEADER)]).map_err(error)?;
        let mut bits = BitReader::new(&*rbsp);
        for field in ["first_mb_in_slice", "slice_type", "pic_parameter_set_id"] {
            bits.read_ue(field)?;
        }
        if self.separate_planes {
            bits.skip(2, "colour_plane_id")?;
        }
        Ok(SliceNumber {
            idr: nal::nal_type(slice) == nal::IDR_SLICE,
            reference: slice.first().is_some_and(|header| header & 0x60 != 0),
            frame_num: bits.read(self.bits, "frame_num")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x264, High: `log2_max_frame_num` is 4.
    const SPS: &[u8] =
        b"\x67\x64\x00\x28\xac\xb4\x03\xc0\x11\x3f\x2c\x20\x00\x00\x03\x00\x20\x00\x00\x06\x41\xe3\x06\x54";

    /// A picture of one slice: first macroblock 0, slice type 0, parameter set 0, then the number.
    fn picture(header: u8, number: u8) -> Vec<u8> {
        vec![0, 0, 0, 4, header, 0b1110_0000 | (number << 1), 0xff, 0xff]
    }

    #[test]
    fn a_missing_reference_picture_is_noticed_across_the_wrap() {
        let mut numbers = FrameNumbers::new(SPS).expect("readable");
        assert_eq!(numbers.missing_before(&picture(0x65, 0)), 0);
        for n in 1..40 {
            assert_eq!(numbers.missing_before(&picture(0x41, n % 16)), 0);
        }
        assert_eq!(numbers.missing_before(&picture(0x41, 42 % 16)), 2);
        assert_eq!(numbers.missing_before(&picture(0x41, 43 % 16)), 0);
        assert_eq!(numbers.missing_before(&picture(0x65, 0)), 0, "an IDR begins anew");
    }

    #[test]
    fn pictures_that_none_refers_to_share_a_number() {
        let mut numbers = FrameNumbers::new(SPS).expect("readable");
        for (header, number) in [(0x65, 0), (0x01, 1), (0x01, 1), (0x41, 1), (0x41, 2), (0x01, 3)] {
            assert_eq!(numbers.missing_before(&picture(header, number)), 0);
        }
    }

    #[test]
    fn damage_misses_nothing() {
        let mut numbers = FrameNumbers::new(SPS).expect("readable");
        for data in [&[][..], &[0, 0, 0, 1, 0x41], &[0, 0, 0, 9, 0x41], &[0, 0, 0, 2, 0x41, 0]] {
            assert_eq!(numbers.missing_before(data), 0);
        }
        for sps in [&[][..], &[0x67], &[0x67, 1], &[0x68, 1, 2]] {
            assert_eq!(FrameNumbers::new(sps), None);
        }
    }
}
