//! What the timeline says.
//!
//! Must not do: decide when.

pub const NAME: &str = "Recording timeline";
pub const UNDER_POINTER: &str = "Time under the pointer";
pub const LOCKED: &str = "Locked: no rule deletes it";
pub const GOES_SOON: &str = "Will be deleted within 24 hours";
pub const FUTURE: &str = "In the future";
pub const LIVE_EDGE: &str = "live";
pub const ANY_CAMERA: &str = "Any camera";

/// Footage in which something moves; `level` is from 0 to 1, `kind` says why it was recorded.
pub fn motion(level: f32, kind: &str) -> String {
    format!("motion {level:.2} · {kind}")
}

/// Footage; `kind` says why it was recorded.
pub fn recorded(kind: &str) -> String {
    format!("Recorded, {kind}")
}

/// Where clocks are put on or back.
pub fn clock_change(on: bool, by: &str) -> String {
    format!("Clock {}{by}", if on { '+' } else { '−' })
}
