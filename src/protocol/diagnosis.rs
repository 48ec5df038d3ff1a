//! What is asked and answered when something does not work.
//!
//! Must not do: judge; the engine's rules do.

use serde::{Deserialize, Serialize};

use crate::model::{CameraId, WallTime};

/// Asks why something does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiagnoseQuery {
    /// For the answer.
    pub id: u64,
    /// About this camera, or about all.
    pub camera: Option<CameraId>,
    /// About this moment of the past too.
    pub at: Option<WallTime>,
}

/// All that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// To which question.
    pub id: u64,
    /// In the order in which an operator looks.
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What.
    pub subject: Subject,
    /// Of which camera; none for all, or for what belongs to none.
    pub camera: Option<CameraId>,
    /// How it stands.
    pub verdict: Verdict,
    /// The facts, in sentences.
    pub text: String,
    /// What can be done about it from here, the likeliest first.
    pub remedies: Vec<Remedy>,
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It cannot be told.
    Unknown,
    /// As it was set up, but perhaps not as it is meant.
    Attention,
    /// Footage is or will be missing.
    Wrong,
}

impl Verdict {
    /// In a word.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Unknown => "cannot be told",
            Self::Attention => "attention",
            Self::Wrong => "wrong",
        }
    }
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Whether the camera is online.
    Online,
    /// Whether its type is Disabled.
    Type,
    /// Whether its schedule is active now.
    Schedule,
    /// Whether it is recorded now.
    Recording,
    /// Whether Watchkeeper runs and records, and since when.
    Program,
    /// Whether the recordings folder is there.
    Path,
    /// Whether it can be written.
    Writable,
    /// Whether there is room in it.
    Space,
    /// Whether footage is kept long enough.
    Retention,
    /// Whether the largest size is reached.
    SizeLimit,
    /// How long the disk lasts, and what would make it last longer.
    Room,
    /// Whether recording was active at the moment asked about.
    Moment,
    /// Whether the footage of that moment was deleted.
    Deleted,
    /// Which cameras have footage of that moment.
    RightCamera,
    /// Clock, zone, and the camera's clock.
    Clock,
}

impl Subject {
    /// As it is listed.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Online => "Device online",
            Self::Type => "Recording type",
            Self::Schedule => "Schedule active",
            Self::Recording => "Recorded now",
            Self::Program => "Watchkeeper recording",
            Self::Path => "Storage path",
            Self::Writable => "Storage writable",
            Self::Space => "Storage space",
            Self::Retention => "Retention",
            Self::SizeLimit => "Size limit",
            Self::Room => "How long the disk lasts",
            Self::Moment => "Recorded at that time",
            Self::Deleted => "Deleted since",
            Self::RightCamera => "Right camera",
            Self::Clock => "Time and zone",
        }
    }
}

/// What can be done about it from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Record the camera around the clock.
    EnableRecording(CameraId),
    /// Connect without waiting for the next attempt.
    ConnectNow(CameraId),
    /// Show the camera where it is set up, and its connection is tested.
    ShowCamera(CameraId),
    /// Show the schedules.
    OpenSchedules,
    /// Show the settings of storage.
    OpenStorage,
    /// Open the recordings folder in the system's file manager.
    OpenFolder,
    /// Show the footage of a camera at a moment.
    Watch(CameraId, WallTime),
}

/// What only the console knows of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsoleFacts {
    /// What paints.
    pub renderer: String,
}
