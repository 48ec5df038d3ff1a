//! What is said when the window is closed, or breaks.
//!
//! Must not do: paint.

/// Title of the sheet when cameras are recorded now.
pub fn recording(count: usize) -> String {
    match count {
        1 => "Watchkeeper is recording 1 camera".into(),
        count => format!("Watchkeeper is recording {count} cameras"),
    }
}

/// Title of the sheet when cameras wait for their schedule or for motion.
pub fn waiting(count: usize) -> String {
    match count {
        1 => "Watchkeeper waits to record 1 camera".into(),
        count => format!("Watchkeeper waits to record {count} cameras"),
    }
}

/// Below the title.
pub const WHAT: &str = "Recording can go on without a window. Start Watchkeeper again to see it.";
/// Button.
pub const BACKGROUND: &str = "Keep recording";
/// What the button does.
pub const BACKGROUND_TIP: &str = "Close the window and record in the background";
/// Button.
pub const QUIT: &str = "Stop and quit";
/// What the button does.
pub const QUIT_TIP: &str = "Finish all files, stop recording and quit";
/// What the button does.
pub const CANCEL_TIP: &str = "Leave the window open";
/// Check box.
pub const REMEMBER: &str = "Do the same the next time";
/// Why a renderer was given up.
pub const RENDERER_BROKE: &str = "it broke";
/// For the log, before a place in the code.
pub const BROKE: &str = "The window broke; recording goes on. It was at";
/// For the log.
pub const COMES_BACK: &str = "The window comes back.";
/// For the log.
pub const STAYS_AWAY: &str = "The window broke again and again and stays away; recording goes on. Start Watchkeeper \
                              again to see it, or end it with \"watchkeeper stop\".";
/// For the log.
pub const GOES_ON: &str = "Recording goes on without a window. Start Watchkeeper again to see it, or end it with \
                           \"watchkeeper stop\".";
