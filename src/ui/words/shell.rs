//! What the rail, the status bar and the empty window say.
//!
//! Must not do: decide when.

pub const LIVE: &str = "Live";
pub const PLAYBACK: &str = "Playback";
pub const DEVICES: &str = "Devices";
pub const RECORDING: &str = "Recording";
pub const SYSTEM: &str = "System";

pub const OPERATION: &str = "OPERATION";
pub const SETUP: &str = "SETUP";
pub const NOTICES: &str = "Notices";
pub const NOTICES_TIP: &str = "What happened and is not acknowledged yet";
pub const KEYS: &str = "Keys";
pub const KEYS_OF_PAGE: &str = "Keys of this page";
pub const KEYS_TIP: &str = "What each key does";
pub const DEMO: &str = "DEMO";
pub const DEMO_TIP: &str = "Simulated cameras; all that is recorded goes when the program ends";

pub const CLOCK_TIP: &str = "Date and time of this computer";
pub const ZONE_TIP: &str = "All times are shown in this zone";
pub const WRITTEN_TIP: &str = "Written to disk";
pub const FREE_TIP: &str = "Free space for recordings, and how long it lasts at the present rate";

pub const STARTING: &str = "Starting …";
pub const NO_RENDERER: &str = "none";
pub const GLOW: &str = "glow (OpenGL)";

/// Below the bell.
pub fn new_notices(count: usize) -> String {
    if count == 0 { NOTICES.to_owned() } else { format!("{count} new") }
}

/// The bell, for those who do not see.
pub fn notices(new: usize) -> String {
    format!("Notices, {new} new")
}

/// How many cameras.
pub fn online(online: usize, all: usize) -> String {
    format!("{online} of {all} online")
}

/// How many cameras.
pub fn recording(count: usize) -> String {
    format!("{count} recording")
}

/// Free space, and how long it lasts where that is known.
pub fn free(size: &str, left: Option<&str>) -> String {
    match left {
        Some(left) => format!("{size} free · {left} left"),
        None => format!("{size} free"),
    }
}

/// What paints this window.
pub fn wgpu(backend: &str, adapter: &str) -> String {
    format!("wgpu, {backend} on {adapter}")
}
