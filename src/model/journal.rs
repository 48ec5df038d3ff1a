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
    /// The camera is scheduled, and this is outside of the schedule with this name.
    OutsideSchedule(String),
    /// Nothing moves.
    NoMotion,
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
    /// Our recordings have reached the size that the settings allow, and nothing may be deleted.
    SizeLimit,
    /// So many recordings wait to be brought away that no more may.
    SpoolFull,
    /// The volume cannot be written; the text is the error in a sentence.
    StorageUnavailable(String),
    /// Watchkeeper was not running.
    NotRunning,
    /// The system clock was set.
    ClockStepped,
    /// This computer was asleep.
    Suspended,
    /// The camera was removed from Watchkeeper.
    CameraRemoved,
    /// There was footage.
    Deleted {
        /// By which rule it was deleted.
        cause: DeletionCause,
        /// When.
        at: WallTime,
    },
    /// Nothing is known of this time.
    Unknown,
}

impl GapReason {
    /// Whether footage was wanted and is missing, through a fault of a camera, of this computer or on the way
    /// between; not where a rule or an operator wanted none.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        match self {
            Self::CameraOffline(_)
            | Self::WaitingForPicture
            | Self::StreamLoss(_)
            | Self::TimestampJump
            | Self::Overload(_)
            | Self::DiskFull
            | Self::SizeLimit
            | Self::SpoolFull
            | Self::StorageUnavailable(_)
            | Self::NotRunning
            | Self::ClockStepped
            | Self::Suspended => true,
            Self::Disabled
            | Self::OutsideSchedule(_)
            | Self::NoMotion
            | Self::CameraRemoved
            | Self::Deleted { .. }
            | Self::Unknown => false,
        }
    }
}

/// Why footage was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletionCause {
    /// It was older than the retention allows.
    Retention,
    /// The maximum size was reached.
    SizeLimit,
    /// The disk was almost full.
    LowSpace,
    /// An operator deleted it.
    Operator,
    /// It waited to be brought away for longer than there was room for.
    NotBrought,
}

impl DeletionCause {
    /// All, in the order of their numbers in the index.
    pub const ALL: [Self; 5] =
        [Self::Retention, Self::SizeLimit, Self::LowSpace, Self::Operator, Self::NotBrought];

    /// What completes "deleted ...".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Retention => "by the retention time",
            Self::SizeLimit => "because the maximum size was reached",
            Self::LowSpace => "to make room on the disk",
            Self::Operator => "by an operator",
            Self::NotBrought => {
                "because it could not be brought away in time and no more could wait"
            }
        }
    }
}

impl fmt::Display for GapReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disabled => f.write_str("Recording is disabled for this camera"),
            Self::OutsideSchedule(name) => write!(f, "Outside of the schedule \"{name}\""),
            Self::NoMotion => f.write_str("No motion"),
            Self::CameraOffline(why) => write!(f, "Camera offline: {why}"),
            Self::WaitingForPicture => f.write_str("Waiting for the first full picture"),
            Self::StreamLoss(what) => write!(f, "Lost on the way from the camera: {what}"),
            Self::TimestampJump => f.write_str("The camera's clock jumped"),
            Self::Overload(what) => write!(f, "This computer could not keep up: {what}"),
            Self::DiskFull => f.write_str("The disk is full"),
            Self::SizeLimit => f.write_str("The maximum size of the recordings is reached"),
            Self::SpoolFull => f.write_str(
                "Recordings cannot be brought away, and no more can wait on this computer",
            ),
            Self::StorageUnavailable(why) => write!(f, "Storage unavailable: {why}"),
            Self::NotRunning => f.write_str("Watchkeeper was not running"),
            Self::ClockStepped => f.write_str("The system clock was set"),
            Self::Suspended => f.write_str("This computer was asleep"),
            Self::Deleted { cause, at } => {
                let at = at.to_utc().format("%Y-%m-%d %H:%M UTC");
                write!(f, "Deleted {} on {at}", cause.label())
            }
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
