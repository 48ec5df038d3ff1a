//! What several pages say.
//!
//! Must not do: hold what one page alone says.

pub const CANCEL: &str = "Cancel";
pub const CLOSE: &str = "Close";
pub const FULL_SCREEN: &str = "Full screen";
pub const BOOKMARK: &str = "Bookmark";
pub const RANGE_IN: &str = "In";
pub const RANGE_OUT: &str = "Out";
pub const ONLINE: &str = "online";
pub const CONNECTING: &str = "connecting";
pub const OFFLINE: &str = "offline";

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
