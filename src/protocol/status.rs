//! Cameras, storage and notices as the console shows them.
//!
//! Must not do: carry an address with user or password.

use crate::model::{CameraId, Mode, RecordingState, StreamKind, WallTime};

/// All that the console shows, made once a second and at every change.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// All cameras, in the order of the settings.
    pub cameras: Vec<CameraStatus>,
    /// Where recordings go.
    pub volume: VolumeStatus,
    /// Not yet acknowledged, oldest first.
    pub notices: Vec<Notice>,
    /// Where the program's data is.
    pub data_dir: String,
    /// IANA name of the zone in which times are shown.
    pub zone: String,
    /// Whether this is the demonstration in a temporary folder.
    pub demo: bool,
}

/// One camera as the console shows it.
#[derive(Clone, Debug)]
pub struct CameraStatus {
    /// Identity.
    pub id: CameraId,
    /// What operators call it.
    pub name: String,
    /// Host and port of the main stream; never user or password.
    pub address: String,
    /// Whether it has a sub stream.
    pub has_sub: bool,
    /// The stream that is recorded.
    pub stream: StreamKind,
    /// When it is recorded.
    pub mode: Mode,
    /// Whether pictures arrive.
    pub link: LinkState,
    /// What recording does, and since when.
    pub recording: RecordingState,
    /// Since when `recording` holds.
    pub since: WallTime,
    /// Width and height, when known.
    pub size: Option<(u32, u32)>,
    /// Pictures a second, in thousandths, over the last seconds.
    pub frame_rate_milli: u32,
    /// Bits a second over the last seconds.
    pub bit_rate: u64,
    /// Microseconds recorded since local midnight.
    pub recorded_today: i64,
    /// Access units that were dropped because this computer could not keep up, since start.
    pub dropped: u64,
}

/// Whether pictures arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// First attempt under way.
    Connecting,
    /// Pictures arrive.
    Online,
    /// They do not.
    Offline {
        /// Since when.
        since: WallTime,
        /// In one sentence.
        why: String,
        /// When the next attempt is made; none when only a change of settings can help.
        retry_at: Option<WallTime>,
    },
}

/// Where recordings go.
#[derive(Clone, Debug, Default)]
pub struct VolumeStatus {
    /// The folder.
    pub path: String,
    /// Bytes that are free.
    pub free: u64,
    /// Bytes that it holds in all.
    pub total: u64,
    /// Bytes of our segments.
    pub used: u64,
    /// Bytes a second written over the last seconds.
    pub write_rate: u64,
    /// What is wrong with it, in a sentence.
    pub trouble: Option<String>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something needs attention.
    Warning,
    /// Footage is or will be missing.
    Alarm,
}

/// Something that the operator must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// For [`super::Command::Acknowledge`].
    pub id: u64,
    /// When it came up.
    pub at: WallTime,
    /// How bad it is.
    pub severity: Severity,
    /// The camera concerned.
    pub camera: Option<CameraId>,
    /// What happened and what to do, in sentences.
    pub text: String,
}
