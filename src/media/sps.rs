//! What a sequence parameter set says of the pictures (ITU-T H.264, 7.3.2.1 and Annex E).
//!
//! Must not do: decide which decoder is used; `codec` does.

use h264_reader::nal::sps::{
    AspectRatioInfo, ChromaFormat, FrameMbsFlags, PicOrderCntType, SeqParameterSet, VuiParameters,
};
use h264_reader::rbsp::{self, BitRead, BitReader, BitReaderError, Numeric, Primitive};
use serde::{Deserialize, Serialize};

use super::nal;

/// Largest width and height that is believed: twice that of level 6.2, and what a file can say.
const MAX_SIDE: u32 = 32_768;

/// `profile_idc` of the Baseline profile, which has no B slices (ITU-T H.264, A.2.1).
const BASELINE: u8 = 66;

/// An SPS that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpsError {
    /// The NAL unit is of another type.
    #[error("NAL unit type {0} is not a sequence parameter set")]
    NotAnSps(u8),
    /// It cannot be read; the text is the reader's.
    #[error("the sequence parameter set cannot be read: {0}")]
    Unreadable(String),
    /// Width or height is zero or beyond belief.
    #[error("the sequence parameter set says that pictures are {0} x {1}")]
    Size(u32, u32),
}

/// The facts that the rest of the program asks of an SPS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoInfo {
    /// Visible width in pixels, cropping applied.
    pub width: u32,
    /// Visible height in pixels, cropping applied.
    pub height: u32,
    /// `profile_idc`.
    pub profile_idc: u8,
    /// `level_idc`.
    pub level_idc: u8,
    /// `chroma_format_idc`: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub chroma_format_idc: u8,
    /// Luma bit depth.
    pub bit_depth: u8,
    /// Only frames, no fields and no MBAFF.
    pub progressive: bool,
    /// Whether pictures may be shown in another order than they are sent (B-frames).
    pub may_reorder: bool,
    /// Samples use 0 to 255 instead of 16 to 235 (`video_full_range_flag`).
    pub full_range: bool,
    /// `matrix_coefficients`, 2 when unspecified.
    pub matrix_coefficients: u8,
    /// Sample aspect ratio, 1:1 when unspecified.
    pub sample_aspect: (u16, u16),
    /// Frames per second as the SPS tells, in thousandths; 0 when it does not tell.
    pub frame_rate_milli: u32,
}

impl VideoInfo {
    /// Reads `nal`, one NAL unit without start code. Cameras that are careless with the optional part at
    /// its end (Annex E, VUI) are forgiven: what cannot be read there counts as not told.
    ///
    /// # Errors
    /// [`SpsError`] when it is no SPS, or its mandatory part cannot be read or makes no sense.
    pub fn from_sps(nal: &[u8]) -> Result<Self, SpsError> {
        Self::from_parsed(&parse(nal)?)
    }

    fn from_parsed(sps: &SeqParameterSet) -> Result<Self, SpsError> {
        let (width, height) =
            sps.pixel_dimensions().map_err(|error| SpsError::Unreadable(format!("{error:?}")))?;
        if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
            return Err(SpsError::Size(width, height));
        }
        let vui = sps.vui_parameters.as_ref();
        let signal = vui.and_then(|vui| vui.video_signal_type.as_ref());
        let colour = signal.and_then(|signal| signal.colour_description.as_ref());
        Ok(Self {
            width,
            height,
            profile_idc: sps.profile_idc.into(),
            level_idc: sps.level_idc,
            chroma_format_idc: chroma_format_idc(&sps.chroma_info.chroma_format),
            bit_depth: sps.chroma_info.bit_depth_luma_minus8.saturating_add(8),
            progressive: sps.frame_mbs_flags == FrameMbsFlags::Frames,
            may_reorder: may_reorder(sps),
            full_range: signal.is_some_and(|signal| signal.video_full_range_flag),
            matrix_coefficients: colour.map_or(2, |colour| colour.matrix_coefficients),
            sample_aspect: sample_aspect(vui),
            frame_rate_milli: frame_rate_milli(vui),
        })
    }
}

/// All that `nal` says, read as forgivingly as [`VideoInfo::from_sps`] does.
///
/// # Errors
/// [`SpsError`] when it is no SPS, or its mandatory part cannot be read.
pub(crate) fn parse(nal: &[u8]) -> Result<SeqParameterSet, SpsError> {
    if nal::nal_type(nal) != nal::SPS {
        return Err(SpsError::NotAnSps(nal::nal_type(nal)));
    }
    let unreadable = |error: &dyn std::fmt::Debug| SpsError::Unreadable(format!("{error:?}"));
    let rbsp = rbsp::decode_nal(nal).map_err(|error| unreadable(&error))?;
    let read =
        |trust| SeqParameterSet::from_bits(TolerantReader { inner: BitReader::new(&*rbsp), trust });
    read(Trust::All)
        .or_else(|_| read(Trust::NoRestrictions))
        .or_else(|_| read(Trust::NoVui))
        .map_err(|error| unreadable(&error))
}

fn chroma_format_idc(format: &ChromaFormat) -> u8 {
    match format {
        ChromaFormat::Monochrome => 0,
        ChromaFormat::YUV422 => 2,
        ChromaFormat::YUV444 => 3,
        _ => 1,
    }
}

/// Pictures are shown as they are sent when the order count says so (8.2.1.3), the profile has no B
/// slices, the VUI says so (E.2.1), or there is only one reference: no encoder reorders around one.
fn may_reorder(sps: &SeqParameterSet) -> bool {
    let restrictions = sps.vui_parameters.as_ref().and_then(|v| v.bitstream_restrictions.as_ref());
    let in_order = sps.pic_order_cnt == PicOrderCntType::TypeTwo
        || u8::from(sps.profile_idc) == BASELINE
        || sps.max_num_ref_frames <= 1
        || restrictions.is_some_and(|r| r.max_num_reorder_frames == 0);
    !in_order
}

/// Table E-1, or the extended ratio; 1:1 when unspecified, reserved, or zero.
fn sample_aspect(vui: Option<&VuiParameters>) -> (u16, u16) {
    vui.and_then(|vui| vui.aspect_ratio_info.as_ref())
        .and_then(AspectRatioInfo::get)
        .filter(|&(width, height)| width > 0 && height > 0)
        .unwrap_or((1, 1))
}

/// `time_scale` counts fields: two to a frame (E.2.1). Nonsense counts as not told.
fn frame_rate_milli(vui: Option<&VuiParameters>) -> u32 {
    /// Fastest rate that is believed, in thousandths.
    const FASTEST: u64 = 1_000_000;
    let Some(timing) = vui.and_then(|vui| vui.timing_info.as_ref()) else { return 0 };
    let unit = 2 * u64::from(timing.num_units_in_tick);
    let milli = (1_000 * u64::from(timing.time_scale) + unit / 2).checked_div(unit).unwrap_or(0);
    u32::try_from(milli).ok().filter(|_| milli <= FASTEST).unwrap_or(0)
}

/// How much of an SPS is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    All,
    /// All but the bitstream restrictions, where cameras contradict themselves most.
    NoRestrictions,
    /// The mandatory part alone.
    NoVui,
}

/// A bit reader that hides untrusted parts, and does not mind bits behind the end.
struct TolerantReader<R: BitRead> {
    inner: R,
    trust: Trust,
}

impl<R: BitRead> BitRead for TolerantReader<R> {
    fn read_ue(&mut self, name: &'static str) -> Result<u32, BitReaderError> {
        self.inner.read_ue(name)
    }
    fn read_se(&mut self, name: &'static str) -> Result<i32, BitReaderError> {
        self.inner.read_se(name)
    }
    fn read_bool(&mut self, name: &'static str) -> Result<bool, BitReaderError> {
        match (self.trust, name) {
            (Trust::NoVui, "vui_parameters_present_flag")
            | (Trust::NoRestrictions, "bitstream_restriction_flag") => Ok(false),
            _ => self.inner.read_bool(name),
        }
    }
    fn read<U: Numeric>(&mut self, bits: u32, name: &'static str) -> Result<U, BitReaderError> {
        self.inner.read(bits, name)
    }
    fn read_to<V: Primitive>(&mut self, name: &'static str) -> Result<V, BitReaderError> {
        self.inner.read_to(name)
    }
    fn skip(&mut self, bits: u32, name: &'static str) -> Result<(), BitReaderError> {
        self.inner.skip(bits, name)
    }
    fn has_more_rbsp_data(&mut self, name: &'static str) -> Result<bool, BitReaderError> {
        self.inner.has_more_rbsp_data(name)
    }
    fn finish_rbsp(self) -> Result<(), BitReaderError> {
        Ok(())
    }
    fn finish_sei_payload(self) -> Result<(), BitReaderError> {
        self.inner.finish_sei_payload()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x264, High, 1920x1080, 25 frames a second, no B-frames.
    const HIGH_1080P25: &str = "67640028acb403c0113f2c20000003002000000641e30654";
    /// x264, Main, 640x360, 15 frames a second, no B-frames.
    const MAIN_360P15: &str = "674d4016da0280bfe584000003000400000300783c58ba80";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).expect("hex"))
            .collect()
    }

    #[test]
    fn cropping_rate_and_order_are_read() {
        let info = VideoInfo::from_sps(&bytes(HIGH_1080P25)).expect("valid");
        assert_eq!((info.width, info.height, info.frame_rate_milli), (1920, 1080, 25_000));
        assert_eq!((info.profile_idc, info.level_idc, info.bit_depth), (100, 40, 8));
        assert_eq!((info.chroma_format_idc, info.sample_aspect), (1, (1, 1)));
        assert!(info.progressive && !info.may_reorder && !info.full_range);
        assert_eq!(info.matrix_coefficients, 2);
        let info = VideoInfo::from_sps(&bytes(MAIN_360P15)).expect("valid");
        assert_eq!((info.width, info.height, info.frame_rate_milli), (640, 360, 15_000));
    }

    #[test]
    fn a_torn_vui_leaves_the_mandatory_part() {
        let whole = bytes(HIGH_1080P25);
        for length in 14..whole.len() {
            let info = VideoInfo::from_sps(&whole[..length]).expect("the mandatory part is whole");
            assert_eq!((info.width, info.height), (1920, 1080), "{length}");
        }
        assert!(matches!(VideoInfo::from_sps(&whole[..6]), Err(SpsError::Unreadable(_))));
    }

    #[test]
    fn other_units_are_refused() {
        assert_eq!(VideoInfo::from_sps(&[]), Err(SpsError::NotAnSps(0)));
        assert_eq!(VideoInfo::from_sps(&[0x68, 1]), Err(SpsError::NotAnSps(8)));
    }
}
