//! A picture that is ready to be shown.
//!
//! Must not do: know codecs or textures.

use std::fmt;

use super::WallTime;

/// Decoded, converted and scaled; straight RGBA, 4 bytes a pixel, rows without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height * 4` bytes.
    pub rgba: Vec<u8>,
    /// When it was taken.
    pub at: WallTime,
    /// A number that differs from picture to picture, so that a painter uploads each only once.
    pub serial: u64,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({}x{} of {}, #{})", self.width, self.height, self.at, self.serial)
    }
}
