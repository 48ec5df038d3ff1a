//! Bookmarks: notes on moments.
//!
//! Must not do: store them; `config` does, since the index can be lost and built anew.

use serde::{Deserialize, Serialize};

use super::{CameraId, WallTime};

/// A note on a moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Bookmark {
    /// Of this camera.
    pub camera: CameraId,
    /// The moment.
    pub at: WallTime,
    /// What an operator notes; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}
