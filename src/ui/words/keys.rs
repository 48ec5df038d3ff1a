//! What the list of keys says.
//!
//! Must not do: read keys.

use super::shell;

pub const TITLE: &str = "Keys";
pub const CLOSE_TIP: &str = "Closes the list (Esc)";

/// The page of keys that work on all of them.
pub const EVERYWHERE: &str = "Everywhere";

/// A key's name, and what it does.
pub type Line = (&'static str, &'static str);

/// All keys by page.
pub const LIST: [(&str, &[Line]); 5] = [
    (
        EVERYWHERE,
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
            ("← → ↑ ↓", "Pick the tile beside"),
            ("Enter", "Enlarge the picked camera"),
            ("B", "Recordings of the picked camera, half a minute ago"),
            ("PageUp PageDown", "Previous or next cameras"),
            ("Ctrl+← → ↑ ↓", "The picked tile changes places with the one beside"),
            ("L Delete", "While arranging: make the picked tile large, take it away"),
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
    (
        shell::DEVICES,
        &[
            ("/", "Find a camera"),
            ("Esc", "Back from a camera to the list; shows all cameras again"),
            ("Ctrl+S", "Save a camera's settings"),
            ("Enter", "While a zone is drawn: close it"),
            ("Backspace", "While a zone is drawn: take the last corner back"),
            ("Delete", "Remove the picked zone"),
        ],
    ),
    (
        shell::RECORDING,
        &[
            ("Tab", "From time range to time range of the week"),
            ("← →", "The range 15 min earlier or later; with Alt 1 min"),
            ("↑ ↓", "The range a day earlier or later"),
            ("Shift+← Shift+→", "Its end earlier or later"),
            ("Shift+↑ Shift+↓", "Its begin earlier or later"),
            ("Delete", "Remove the range"),
            ("Ctrl+C Ctrl+V", "Copy the day, or paste it onto another"),
            ("Ctrl+Z Ctrl+Y", "Undo, redo"),
            ("Ctrl+S", "Save"),
        ],
    ),
];
