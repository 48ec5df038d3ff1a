//! The first bits of a slice header: whether a coded picture is a frame or one field.
//!
//! Must not do: read further; decoders do.

use h264_reader::nal::sps::{FrameMbsFlags, SeqParameterSet};
use h264_reader::rbsp::{BitRead, BitReader, ByteReader};

/// What must be known of the sequence parameter set to find `field_pic_flag`.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldSyntax {
    frame_num_bits: u32,
    may_be_field: bool,
}

/// How many pictures a NAL unit begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    /// None: it is no slice, or a later slice of a picture.
    Nothing,
    /// A frame.
    Frame,
    /// One field of a frame.
    Field,
}

impl FieldSyntax {
    /// From a sequence parameter set; one that cannot be read is taken for a progressive stream's.
    pub(super) fn of(sps: &[u8]) -> Self {
        let bits = BitReader::new(ByteReader::skipping_h264_header(sps));
        match SeqParameterSet::from_bits(bits) {
            Ok(sps) => Self {
                frame_num_bits: u32::from(sps.log2_max_frame_num_minus4) + 4,
                may_be_field: matches!(sps.frame_mbs_flags, FrameMbsFlags::Fields { .. }),
            },
            Err(_) => Self { frame_num_bits: 4, may_be_field: false },
        }
    }

    /// What `nal` begins (H.264, 7.3.3). 4:4:4 with separate planes is not decoded, so that
    /// `colour_plane_id` is never there.
    pub(super) fn begins(self, nal: &[u8]) -> Begins {
        let Some(1 | 5) = nal.first().map(|header| header & 0x1f) else {
            return Begins::Nothing;
        };
        let mut bits = BitReader::new(ByteReader::skipping_h264_header(nal));
        let first_macroblock = bits.read_ue("first_mb_in_slice");
        if !matches!(first_macroblock, Ok(0)) {
            return Begins::Nothing;
        }
        if self.may_be_field && self.field_flag(&mut bits).unwrap_or(false) {
            Begins::Field
        } else {
            Begins::Frame
        }
    }

    fn field_flag(self, bits: &mut impl BitRead) -> Option<bool> {
        bits.read_ue("slice_type").ok()?;
        bits.read_ue("pic_parameter_set_id").ok()?;
        bits.skip(self.frame_num_bits, "frame_num").ok()?;
        bits.read_bool("field_pic_flag").ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_frames_and_later_slices_are_told_apart() {
        let interlaced = FieldSyntax { frame_num_bits: 4, may_be_field: true };
        let progressive = FieldSyntax { frame_num_bits: 4, may_be_field: false };
        // first_mb 0, slice_type 7, parameter set 0, frame_num 0, then field_pic_flag.
        let (field, frame) = ([0x65, 0x88, 0x84], [0x65, 0x88, 0x80]);
        assert_eq!(interlaced.begins(&field), Begins::Field);
        assert_eq!(interlaced.begins(&frame), Begins::Frame);
        assert_eq!(progressive.begins(&field), Begins::Frame);
        assert_eq!(interlaced.begins(&[0x65, 0x44, 0x84]), Begins::Nothing, "a later slice");
        assert_eq!(interlaced.begins(&[0x67, 0x88, 0x84]), Begins::Nothing, "no slice");
        assert_eq!(interlaced.begins(&[]), Begins::Nothing);
    }
}
