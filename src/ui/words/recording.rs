//! What Setup > Recording says around its cards.
//!
//! Must not do: paint, or decide when something is said.

use crate::model::StreamKind;

/// The page.
pub const TITLE: &str = "Recording";
/// The card of the cameras.
pub const CAMERAS: &str = "Cameras";
/// There is nothing to set.
pub const NO_CAMERA: &str = "There is no camera yet.";
/// Where there is something to do about that.
pub const TO_DEVICES: &str = "Go to Devices";
/// What is there.
pub const TO_DEVICES_TIP: &str = "Where cameras are added";

/// Which stream of a camera is recorded.
#[must_use]
pub fn stream(kind: StreamKind) -> String {
    format!("{kind} stream")
}

/// What the engine, or the settings, say against saving.
#[must_use]
pub fn not_saved(why: &str) -> String {
    format!("Not saved: {}", super::sentence(why))
}
