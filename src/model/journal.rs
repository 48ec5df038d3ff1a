//! The journal: which recording state began when, so that every second of the past has a reason.
//!
//! Must not do: decide. The recorder's gate decides, the journal remembers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CameraId, CoverageKind, WallTime};

/// Why there is no footage.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason", content = "detail")]
pub enum GapReason {
    /// The camera's type is "Disabled (manual only)".
    Disabled,
    /// No stream arrives; the text is the last error in a sentence.
    CameraOffline(String),
    /// Connected, but no picture to start from has arrived yet.
    WaitingForPicture,
    /// Access units were lost between the camera and us; the text says how many.
    StreamLoss(String),
    /// The camera's own timestamps jumped, so that a new run began.
    TimestampJump,
    /// The recorder could not keep up; the text says what was dropped.
    Overload(String),
    /// The volume is full.
    DiskFull,
    /// The volume cannot be written; the text is the error in a sentence.
    StorageUnavailable(String),
    /// Watchkeeper was not running.
    NotRunning,
    /// The system clock was set.
    ClockStepped,
    /// The camera was removed from Watchkeeper.
    CameraRemoved,
    /// Nothing is known of this time.
    Unknown,
}

impl fmt::Display for GapReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disabled => f.write_str("Recording is disabled for this camera"),
            Self::CameraOffline(why) => write!(f, "Camera offline: {why}"),
            Self::WaitingForPicture => f.write_str("Waiting for the first full picture"),
            Self::StreamLoss(what) => write!(f, "Lost on the way from the camera: {what}"),
            Self::TimestampJump => f.write_str("The camera's clock jumped"),
            Self::Overload(what) => write!(f, "This computer could not keep up: {what}"),
            Self::DiskFull => f.write_str("The disk is full"),
            Self::StorageUnavailable(why) => write!(f, "Storage unavailable: {why}"),
            Self::NotRunning => f.write_str("Watchkeeper was not running"),
            Self::ClockStepped => f.write_str("The system clock was set"),
            Self::CameraRemoved => f.write_str("The camera was removed from Watchkeeper"),
            Self::Unknown => f.write_str("No recording"),
        }
    }
}

/// What recording did from a moment on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "by")]
pub enum RecordingState {
    /// Recording, and by which rule.
    Recording(CoverageKind),
    /// Not recording, and why.
    Idle(GapReason),
}

/// One row of the journal: `journal (camera, at)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Whose recording.
    pub camera: CameraId,
    /// From when on.
    pub at: WallTime,
    /// What it does from then on.
    pub state: RecordingState,
}
