//! Cameras and storage as the console shows them.
//!
//! Must not do: carry an address with user or password.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{LiveStatus, Notice, PasswordsStatus};
use crate::model::{CameraId, Mode, RecordingState, Settings, StreamKind, WallTime};

/// All that the console shows, made once a second and at every change.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
    /// Since when Watchkeeper runs.
    #[serde(default)]
    pub started: WallTime,
    /// Whether a thread that recording needs has ended by an error.
    #[serde(default)]
    pub halted: bool,
    /// How live pictures are shown.
    #[serde(default)]
    pub live: LiveStatus,
    /// Whether it goes with the executable, which then writes nowhere else.
    #[serde(default)]
    pub portable: bool,
    /// Whether leaving the kiosk asks for a PIN.
    #[serde(default)]
    pub pin_is_set: bool,
    /// How the stored passwords stand.
    #[serde(default)]
    pub passwords: PasswordsStatus,
    /// The settings in force.
    #[serde(skip)]
    pub settings: Arc<Settings>,
}

/// One camera as the console shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CameraStatus {
    /// Identity.
    pub id: CameraId,
    /// What operators call it.
    pub name: String,
    /// The group that it stands in; empty without one.
    pub group: String,
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
    /// What happens now and why, in a sentence.
    pub sentence: String,
    /// Microseconds for which a manual recording still goes on.
    pub manual_left: Option<i64>,
    /// For a meter, 0 to 1000: the motion of the last picture; 500 is the least that counts. None when nobody
    /// watches for motion.
    pub motion_level: Option<u16>,
    /// Why motion cannot be detected, although the rule needs it.
    pub motion_trouble: Option<String>,
    /// Microseconds that the pre-roll holds, when that is less than it should because memory is bounded.
    pub short_preroll: Option<i64>,
    /// Width and height, when known.
    pub size: Option<(u32, u32)>,
    /// Pictures a second, in thousandths, over the last seconds.
    pub frame_rate_milli: u32,
    /// Bits a second over the last seconds.
    pub bit_rate: u64,
    /// Bits a second of the sub stream, when it was last seen since the start.
    #[serde(default)]
    pub sub_bit_rate: Option<u64>,
    /// Microseconds recorded since local midnight.
    pub recorded_today: i64,
    /// Access units that were dropped because this computer could not keep up, since start.
    pub dropped: u64,
    /// Fragments that the volume did not take, since start.
    pub failed_writes: u64,
    /// Pictures from one random access point to the next.
    pub gop_length: Option<u32>,
    /// RTP packets that were lost on the way, since start.
    pub lost_packets: u64,
    /// Times that the connection was made anew since local midnight.
    pub reconnects_today: u64,
    /// The camera's clock less ours, in microseconds, when it tells.
    pub clock_offset: Option<i64>,
    /// Why the last connection ended, in a sentence.
    pub last_error: Option<String>,
    /// When the last picture arrived.
    pub last_picture: Option<WallTime>,
}

/// Whether pictures arrive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
    /// Less is free than the operator wants.
    pub is_low: bool,
    /// Microseconds until it is full, or the maximum size is reached, at the present rate.
    pub left_micros: Option<i64>,
    /// What is wrong with it, in a sentence.
    pub trouble: Option<String>,
}
