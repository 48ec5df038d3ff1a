//! What the kiosk says.
//!
//! Must not do: decide when.

pub const LEAVE: &str = "Leave the kiosk";
pub const LEAVE_TIP: &str = "Back to the whole console, with Setup";
pub const LEAVE_KEY: &str = "Ctrl+Shift+K";
pub const LEAVE_QUESTION: &str = "Leave the kiosk?";
pub const LEAVE_WHAT: &str = "The kiosk is for viewing: it shows live pictures and recordings, and records by hand. Export, locks, \
     bookmarks, snapshots and Setup are in the whole console.";
pub const NO_PIN: &str = "No PIN is set, so anybody can leave. Set one under System.";
pub const ENTER_PIN: &str = "Enter the PIN to leave.";
pub const STAY: &str = "Stay";
pub const STAY_TIP: &str = "Goes on as it is (Esc)";
pub const ENTER: &str = "Enter";
pub const ENTER_TIP: &str = "Leaves when the PIN is right";
pub const BACK: &str = "Delete the last character";
pub const LOOKING: &str = "Looking at the PIN …";
pub const NO_CAMERA_WHAT: &str = "Leave the kiosk with the lock at the lower right, and add cameras under Devices. The wall comes up \
     by itself then.";

/// For the accessible name of what is typed.
pub fn typed(characters: usize) -> String {
    match characters {
        1 => "PIN, 1 character".into(),
        n => format!("PIN, {n} characters"),
    }
}

/// After a wrong one.
pub fn wrong(seconds: i64) -> String {
    match seconds {
        ..=0 => "That was not the PIN. Please try again.".into(),
        n => format!("That was not the PIN. The next try is in {}.", time(n)),
    }
}

/// Another one came too early.
pub fn wait(seconds: i64) -> String {
    match seconds {
        ..=0 => "Please try again.".into(),
        n => format!("There were wrong PINs. The next try is in {}.", time(n)),
    }
}

fn time(seconds: i64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} min {seconds:02} s"),
    }
}
pub const PAGE: &str = "Page";
