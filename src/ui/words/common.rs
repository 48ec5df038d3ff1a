//! What several pages say.
//!
//! Must not do: hold what one page alone says.

pub const CANCEL: &str = "Cancel";
pub const CANCEL_TIP: &str = "Changes nothing (Esc)";
pub const CLOSE: &str = "Close";
pub const SAVE: &str = "Save";
pub const SAVE_TIP: &str = "Puts the changes of this page in force (Ctrl+S)";
pub const DISCARD: &str = "Discard";
pub const DISCARD_TIP: &str = "Goes back to the settings in force";
pub const UNSAVED: &str = "unsaved changes";
pub const SAVING: &str = "saving …";
pub const CHECKING_LOSS: &str = "looking what the change would delete …";
pub const MEND_FIRST: &str = "Nothing was saved: correct the fields that are marked first.";
pub const FULL_SCREEN: &str = "Full screen";
pub const BOOKMARK: &str = "Bookmark";
pub const RANGE_IN: &str = "In";
pub const RANGE_OUT: &str = "Out";
pub const ONLINE: &str = "online";
pub const CONNECTING: &str = "connecting";
pub const OFFLINE: &str = "offline";
pub const OFF: &str = "off";
pub const NOT_RECORDING: &str = "not recording";
pub const NO_CAMERA: &str = "No camera yet";
pub const SNAPSHOT: &str = "Snapshot";
pub const MAIN: &str = "Main";
pub const MAIN_TIP: &str = "Full resolution";
pub const SUB: &str = "Sub";
pub const SUB_TIP: &str = "The small stream: less disk, less detail";

/// Of a camera.
pub fn offline_because(why: &str) -> String {
    format!("offline: {why}")
}

/// A range of time, after the camera or the day that it is of.
pub fn range(of: &str, from: &str, to: &str) -> String {
    format!("{of}, {from} to {to}")
}

/// A part of a size.
pub fn done_of(done: &str, total: &str) -> String {
    format!("{done} of {total}")
}
