//! What a sequence parameter set says of the pictures (ITU-T H.264, 7.3.2.1 and Annex E).
//!
//! Must not do: decide which decoder is used; `codec` does.

use serde::{Deserialize, Serialize};

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
