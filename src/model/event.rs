//! Motion events: when something moved, where, and how much.
//!
//! Must not do: detect; `analysis` does.

use serde::{Deserialize, Serialize};

use super::{CameraId, WallSpan, WallTime};

/// Thousandths of a picture's width, height or area: the whole is this many.
pub const WHOLE: u16 = 1_000;

/// A rectangle in thousandths of the picture's width and height; `right` and `bottom` lie outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Area {
    /// Left border.
    pub left: u16,
    /// Upper border.
    pub top: u16,
    /// Right border.
    pub right: u16,
    /// Lower border.
    pub bottom: u16,
}

impl Area {
    /// The whole picture.
    pub const WHOLE: Self = Self { left: 0, top: 0, right: WHOLE, bottom: WHOLE };

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

/// Something moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MotionEvent {
    /// In whose picture.
    pub camera: CameraId,
    /// From the first to the last picture with motion.
    pub span: WallSpan,
    /// The largest moving part, in thousandths of the picture's area; 1000 when the camera itself told.
    pub peak: u16,
    /// Around everything that moved.
    pub area: Area,
    /// The moment of the largest motion.
    pub best: WallTime,
}
