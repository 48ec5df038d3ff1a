//! Locks: ranges of a camera's footage that no rule deletes.
//!
//! Must not do: store them; `config` does, since the index can be lost and built anew.

use serde::{Deserialize, Serialize};

use super::{CameraId, WallSpan};

/// A range that is kept until it is unlocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Whose footage.
    pub camera: CameraId,
    /// From when until when.
    pub span: WallSpan,
    /// Why it is kept, in an operator's words; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}
