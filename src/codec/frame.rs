//! A decoded frame: three planes as the decoder gave them.
//!
//! Must not do: know colours; `convert` does.

/// How often chroma is sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chroma {
    /// Half the width, half the height.
    Yuv420,
    /// Half the width, full height.
    Yuv422,
}

/// One plane of samples, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plane {
    /// Samples: a byte each at 8 bits, two bytes each, little-endian, above.
    pub data: Vec<u8>,
    /// Samples from one row to the next.
    pub stride: usize,
}

/// A decoded frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Luma.
    pub y: Plane,
    /// Blue difference.
    pub u: Plane,
    /// Red difference.
    pub v: Plane,
    /// Visible pixels in a row.
    pub width: usize,
    /// Visible rows.
    pub height: usize,
    /// How often chroma is sampled.
    pub chroma: Chroma,
    /// Bits in a sample: 8 or 10.
    pub bit_depth: u8,
    /// The presentation time that its access unit came with, in the caller's ticks.
    pub pts: i64,
}

impl Frame {
    /// Width and height of the chroma planes.
    #[must_use]
    pub fn chroma_size(&self) -> (usize, usize) {
        chroma_size(self.chroma, self.width, self.height)
    }
}

/// Width and height of the chroma planes of a picture of `width` by `height`.
#[must_use]
pub(super) fn chroma_size(chroma: Chroma, width: usize, height: usize) -> (usize, usize) {
    let rows = match chroma {
        Chroma::Yuv420 => height.div_ceil(2),
        Chroma::Yuv422 => height,
    };
    (width.div_ceil(2), rows)
}
