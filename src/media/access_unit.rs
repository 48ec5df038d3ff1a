//! One coded picture on its way from the camera, and the parameters that it needs.
//!
//! Must not do: look inside a NAL unit other than a parameter set.

use std::fmt;

use bytes::Bytes;

use crate::media::sps::{SpsError, VideoInfo};
use crate::model::MediaTime;
use crate::runtime::Now;

/// One coded picture as the camera sent it. The bytes are shared, never copied.
#[derive(Clone)]
pub struct AccessUnit {
    /// When it is shown, from the start of its run (which is 0).
    pub pts: MediaTime,
    /// Whether decoding can begin here.
    pub random_access: bool,
    /// When its last packet was read from the socket.
    pub received: Now,
    /// NAL units, each behind its length in 4 bytes, big-endian (ISO/IEC 14496-15, 5.3.3).
    pub data: Bytes,
}

impl fmt::Debug for AccessUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.random_access { " RAP" } else { "" };
        write!(f, "AccessUnit(pts {}{mark}, {} bytes)", self.pts.ticks(), self.data.len())
    }
}

/// What a decoder and a file need to know before the first access unit.
#[derive(Clone, PartialEq, Eq)]
pub struct StreamParameters {
    /// The whole `avc1` box with `avcC` inside (ISO/IEC 14496-15, 5.4.2.1), as bytes.
    pub sample_entry: Vec<u8>,
    /// Sequence parameter set, one NAL unit without start code.
    pub sps: Vec<u8>,
    /// Picture parameter set, one NAL unit without start code.
    pub pps: Vec<u8>,
    /// What the sequence parameter set says.
    pub video: VideoInfo,
}

impl StreamParameters {
    /// Both parameter sets behind start codes (H.264, annex B).
    #[must_use]
    pub fn sets_in_annex_b(&self) -> Vec<u8> {
        [&self.sps, &self.pps].map(|set| [&[0, 0, 0, 1], set.as_slice()].concat()).concat()
    }

    /// Both parameter sets as NAL units behind 4-byte lengths.
    #[must_use]
    pub fn sets_behind_lengths(&self) -> Vec<u8> {
        let length = |set: &[u8]| u32::try_from(set.len()).unwrap_or(u32::MAX).to_be_bytes();
        [&self.sps, &self.pps].map(|set| [&length(set), set.as_slice()].concat()).concat()
    }
}

impl fmt::Debug for StreamParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamParameters({:?})", self.video)
    }
}

/// A sample entry that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParametersError {
    /// The box is of another type than `avc1`.
    #[error("the sample entry is not avc1")]
    NotAvc1,
    /// Something ends too early, or is not where the standard puts it.
    #[error("the avc1 sample entry is damaged: {0}")]
    Damaged(&'static str),
    /// NAL units are not behind 4-byte lengths.
    #[error("NAL units behind lengths of {0} bytes are not supported, only of 4")]
    LengthSize(u8),
    /// The sequence parameter set cannot be used.
    #[error(transparent)]
    Sps(#[from] SpsError),
}

impl StreamParameters {
    /// Reads a whole `avc1` box (ISO/IEC 14496-12, 12.1.3 and 14496-15, 5.4.2.1). Of several parameter
    /// sets the first of each kind counts.
    ///
    /// # Errors
    /// [`ParametersError`] when it is none, is damaged, or its SPS cannot be used.
    pub fn from_sample_entry(avc1_box: Vec<u8>) -> Result<Self, ParametersError> {
        /// `VisualSampleEntry` up to its first child box.
        const FIELDS: usize = 78;
        let (kind, body, _) = split_box(&avc1_box)?;
        if kind != b"avc1" {
            return Err(ParametersError::NotAvc1);
        }
        let mut children = body.get(FIELDS..).ok_or(ParametersError::Damaged("it is too short"))?;
        loop {
            let (kind, body, rest) = split_box(children)?;
            if kind == b"avcC" {
                let (sps, pps) = parameter_sets(body)?;
                let (sps, pps) = (sps.to_vec(), pps.to_vec());
                let video = VideoInfo::from_sps(&sps)?;
                return Ok(Self { sample_entry: avc1_box, sps, pps, video });
            }
            children = rest;
        }
    }
}

/// Type, content, and what follows.
type SplitBox<'a> = (&'a [u8; 4], &'a [u8], &'a [u8]);

/// The box at the start of `data`.
fn split_box(data: &[u8]) -> Result<SplitBox<'_>, ParametersError> {
    const TORN: ParametersError = ParametersError::Damaged("a box ends too early");
    let (length, rest) = data.split_first_chunk::<4>().ok_or(TORN)?;
    let (kind, rest) = rest.split_first_chunk::<4>().ok_or(TORN)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| TORN)?;
    let (body, rest) = length.checked_sub(8).and_then(|n| rest.split_at_checked(n)).ok_or(TORN)?;
    Ok((kind, body, rest))
}

/// The first SPS and PPS of an `AVCDecoderConfigurationRecord` (ISO/IEC 14496-15, 5.3.3.1).
fn parameter_sets(record: &[u8]) -> Result<(&[u8], &[u8]), ParametersError> {
    let (head, rest) = record.split_first_chunk::<5>().ok_or(TORN_RECORD)?;
    let length_size = (head[4] & 3) + 1;
    if length_size != 4 {
        return Err(ParametersError::LengthSize(length_size));
    }
    let (sps, rest) = first_set(rest, 0x1f)?;
    let (pps, _) = first_set(rest, 0xff)?;
    let sps = sps.ok_or(ParametersError::Damaged("avcC has no SPS"))?;
    let pps = pps.ok_or(ParametersError::Damaged("avcC has no PPS"))?;
    Ok((sps, pps))
}

const TORN_RECORD: ParametersError = ParametersError::Damaged("avcC ends too early");

/// A counted list of parameter sets: the first one, and what follows the list. `mask` takes the count
/// out of its byte.
fn first_set(list: &[u8], mask: u8) -> Result<(Option<&[u8]>, &[u8]), ParametersError> {
    let (count, mut rest) = list.split_first().ok_or(TORN_RECORD)?;
    let mut first = None;
    for _ in 0..(count & mask) {
        let (length, after) = rest.split_first_chunk::<2>().ok_or(TORN_RECORD)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (set, after) = after.split_at_checked(length).ok_or(TORN_RECORD)?;
        first = first.or(Some(set));
        rest = after;
    }
    Ok((first, rest))
}

#[cfg(test)]
impl StreamParameters {
    /// Parameters without any bytes, for tests that look at none.
    pub(crate) fn bare(width: u32) -> std::sync::Arc<Self> {
        let video = VideoInfo {
            width,
            height: 360,
            profile_idc: 77,
            level_idc: 30,
            chroma_format_idc: 1,
            bit_depth: 8,
            progressive: true,
            may_reorder: false,
            full_range: false,
            matrix_coefficients: 2,
            sample_aspect: (1, 1),
            frame_rate_milli: 0,
        };
        let (sample_entry, sps, pps) = (Vec::new(), Vec::new(), Vec::new());
        std::sync::Arc::new(Self { sample_entry, sps, pps, video })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 8).expect("small");
        [&length.to_be_bytes(), &kind[..], body].concat()
    }

    /// An `avc1` box of 1920x1080 with another box before `avcC`.
    fn sample_entry() -> Vec<u8> {
        let sps = b"\x67\x64\x00\x28\xac\xb4\x03\xc0\x11\x3f\x2c\x20\x00\x00\x03\x00\x20\x00\x00\x06\x41\xe3\x06\x54";
        let head = [1, 0x64, 0, 0x28, 0xff, 0xe1, 0, 24];
        let record = [&head, &sps[..], &[1, 0, 4, 0x68, 0xef, 0x3c, 0xb0]].concat();
        let children = [boxed(b"pasp", &[0; 8]), boxed(b"avcC", &record)].concat();
        boxed(b"avc1", &[vec![0; 78], children].concat())
    }

    #[test]
    fn parameter_sets_are_found_in_a_sample_entry() {
        let entry = sample_entry();
        let parameters = StreamParameters::from_sample_entry(entry.clone()).expect("valid");
        assert_eq!((parameters.video.width, parameters.video.height), (1920, 1080));
        assert_eq!(
            (parameters.sps.len(), &parameters.pps[..]),
            (24, &[0x68, 0xef, 0x3c, 0xb0][..])
        );
        assert_eq!(parameters.sample_entry, entry);
    }

    #[test]
    fn what_is_not_one_is_an_error() {
        let error = |entry| StreamParameters::from_sample_entry(entry).expect_err("invalid");
        assert_eq!(error(boxed(b"hvc1", &[0; 100])), ParametersError::NotAvc1);
        let entry = sample_entry();
        for length in 0..entry.len() {
            let torn = error(entry[..length].to_vec());
            assert!(matches!(torn, ParametersError::Damaged(_)), "{length}: {torn}");
        }
        let mut short_lengths = sample_entry();
        let at = short_lengths.len() - 24 - 7 - 4;
        assert_eq!(short_lengths[at], 0xff);
        short_lengths[at] = 0xfd;
        assert_eq!(error(short_lengths), ParametersError::LengthSize(2));
    }
}
