//! The first fields of a slice header: which picture it belongs to, and where in it.
//!
//! Must not do: read further; decoders do.

use h264_reader::nal::sps::FrameMbsFlags;
use h264_reader::rbsp::{BitRead, BitReader, ByteReader};

use super::CodecError;
use crate::media::{nal, sps};

/// What must be known of the sequence parameter set to read the beginning of a slice header.
#[derive(Clone, Copy, Debug)]
pub(super) struct SliceSyntax {
    frame_num_bits: u32,
    may_be_field: bool,
    /// `frame_num` may skip values without a loss.
    pub(super) gaps_allowed: bool,
    /// Macroblocks in a row.
    pub(super) columns: u32,
}

/// The beginning of a slice header (H.264, 7.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SliceHead {
    /// `first_mb_in_slice`; 0 begins a picture.
    pub(super) first_macroblock: u32,
    /// Counts reference frames, modulo [`SliceSyntax::frame_nums`].
    pub(super) frame_num: u32,
    /// The picture is one field of a frame.
    pub(super) field: bool,
    /// The picture is an IDR picture.
    pub(super) idr: bool,
    /// Later pictures may be predicted from this one.
    pub(super) reference: bool,
}

impl SliceSyntax {
    /// From a sequence parameter set.
    ///
    /// # Errors
    /// [`CodecError::Open`] when it cannot be read.
    pub(super) fn of(nal: &[u8]) -> Result<Self, CodecError> {
        let sps = sps::parse(nal).map_err(|error| CodecError::Open(error.to_string()))?;
        Ok(Self {
            frame_num_bits: u32::from(sps.log2_max_frame_num_minus4) + 4,
            may_be_field: matches!(sps.frame_mbs_flags, FrameMbsFlags::Fields { .. }),
            gaps_allowed: sps.gaps_in_frame_num_value_allowed_flag,
            columns: sps.pic_width_in_mbs_minus1.saturating_add(1),
        })
    }

    /// How many values `frame_num` has.
    pub(super) fn frame_nums(self) -> u32 {
        1 << self.frame_num_bits
    }

    /// The beginning of `nal`'s slice header; nothing when it is no slice. 4:4:4 with separate planes is
    /// not decoded, so that `colour_plane_id` is never there.
    ///
    /// # Errors
    /// [`CodecError::Decode`] when the slice ends inside it.
    pub(super) fn head(self, nal: &[u8]) -> Result<Option<SliceHead>, CodecError> {
        if !matches!(nal::nal_type(nal), nal::SLICE | nal::IDR_SLICE) {
            return Ok(None);
        }
        let torn = || CodecError::Decode("a slice header cannot be read".into());
        self.fields(nal).map(Some).ok_or_else(torn)
    }

    fn fields(self, nal: &[u8]) -> Option<SliceHead> {
        let mut bits = BitReader::new(ByteReader::skipping_h264_header(nal));
        let first_macroblock = bits.read_ue("first_mb_in_slice").ok()?;
        bits.read_ue("slice_type").ok()?;
        bits.read_ue("pic_parameter_set_id").ok()?;
        let frame_num = bits.read(self.frame_num_bits, "frame_num").ok()?;
        let field = self.may_be_field && bits.read_bool("field_pic_flag").ok()?;
        Some(SliceHead {
            first_macroblock,
            frame_num,
            field,
            idr: nal::nal_type(nal) == nal::IDR_SLICE,
            reference: nal.first().is_some_and(|header| header & 0x60 != 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn syntax(may_be_field: bool) -> SliceSyntax {
        SliceSyntax { frame_num_bits: 4, may_be_field, gaps_allowed: false, columns: 40 }
    }

    #[test]
    fn fields_frames_and_later_slices_are_told_apart() {
        let head = |fields, nal: &[u8]| syntax(fields).head(nal).expect("whole");
        // first_mb 0, slice_type 7, parameter set 0, frame_num 0, then field_pic_flag.
        let (field, frame) = ([0x65, 0x88, 0x84], [0x65, 0x88, 0x80]);
        let idr = SliceHead {
            first_macroblock: 0,
            frame_num: 0,
            field: false,
            idr: true,
            reference: true,
        };
        assert_eq!(head(true, &field), Some(SliceHead { field: true, ..idr }));
        assert_eq!(head(true, &frame), Some(idr));
        assert_eq!(head(false, &field), Some(idr));
        assert_eq!(head(true, &[0x67, 0x88, 0x84]), None, "no slice");
        assert_eq!(head(true, &[]), None);
        // first_mb 1, slice_type 0, parameter set 0, frame_num 9; nothing refers to it.
        let later = head(false, &[0x01, 0x5c, 0x80]).expect("a slice");
        assert_eq!((later.first_macroblock, later.frame_num), (1, 9));
        assert!(!later.idr && !later.reference);
    }

    #[test]
    fn a_torn_header_is_an_error() {
        assert!(syntax(false).head(&[0x65]).is_err());
        assert!(syntax(true).head(&[0x65, 0x88]).is_err());
    }
}
