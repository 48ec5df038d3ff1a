//! What the list of keys says.
//!
//! Must not do: read keys.

use super::shell;

pub const TITLE: &str = "Keys";
pub const CLOSE_TIP: &str = "Closes the list (Esc)";

/// A key's name, and what it does.
pub type Line = (&'static str, &'static str);

/// All keys by page.
pub const LIST: [(&str, &[Line]); 3] = [
    (
        "Everywhere",
        &[
            ("F", "Full screen"),
            ("Esc", "Back: closes what is open, leaves full screen"),
            ("Ctrl+1 … Ctrl+5", "Live, Playback, Devices, Recording, System"),
            ("?", "This list"),
        ],
    ),
    (
        shell::LIVE,
        &[
            ("1 … 9", "Pick a camera"),
            ("Enter", "Enlarge the picked camera"),
            ("R", "Record the picked camera by hand, or end that"),
            ("S", "Save a snapshot of the picked camera"),
        ],
    ),
    (
        shell::PLAYBACK,
        &[
            ("Space, K", "Play or pause"),
            ("← →", "One frame back or on"),
            ("Shift+← Shift+→", "10 seconds back or on"),
            ("P N", "To the previous or next event"),
            ("J L", "Backward or forward; again: twice as fast"),
            ("G", "Go to a time"),
            ("+ −", "Closer or wider at the playhead"),
            ("Home End", "Begin or end of the day"),
            ("PageUp PageDown", "Previous or next month in the calendar"),
            ("[ ]", "The range begins or ends here; Shift and drag on the timeline"),
            ("M", "Bookmark this moment"),
            ("X", "Lock the range"),
            ("E", "Export tray"),
            ("1 … 9", "Pick a camera"),
            ("/", "Find a camera"),
            ("S", "Save a snapshot of the picked camera"),
        ],
    ),
];
