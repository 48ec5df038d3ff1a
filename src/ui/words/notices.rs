//! What toasts and the drawer of notices say.
//!
//! Must not do: decide when.

use crate::protocol::{Severity, Topic};

pub const TITLE: &str = "Notices";
pub const CLOSE: &str = "Close notices";
pub const NEW: &str = "New";
pub const NEW_TIP: &str = "What is not acknowledged yet";
pub const HISTORY: &str = "History";
pub const HISTORY_TIP: &str = "All of the last 30 days, also what is acknowledged or over";
pub const LIST: &str = "Notices";
pub const SEVERITY: &str = "Severity";
pub const ALL: &str = "All";
pub const ALL_TIP: &str = "Also what is only good to know";
pub const WARNINGS: &str = "Warnings";
pub const WARNINGS_TIP: &str = "Warnings and alarms";
pub const ALARMS: &str = "Alarms";
pub const ALARMS_TIP: &str = "Footage is or was missing";
pub const CAMERA: &str = "Camera of the notices";
pub const ALL_CAMERAS: &str = "All cameras";
pub const ACKNOWLEDGE: &str = "Acknowledge";
pub const ACKNOWLEDGE_ALL: &str = "Acknowledge all";
pub const ACKNOWLEDGE_ALL_TIP: &str = "Takes all of them into the history";
pub const NOTHING_NEW: &str = "Nothing that you have not seen.";
pub const NOTHING: &str = "No notice of this kind.";
pub const STILL: &str = "still so";
pub const BUSY: &str = "Watchkeeper is busy; please try again.";

/// How bad it is, in a word.
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Info",
        Severity::Warning => "Warning",
        Severity::Alarm => "Alarm",
    }
}

/// Since when the cause is gone.
pub fn over(at: &str) -> String {
    format!("over since {at}")
}

/// Who has seen it, and when.
pub fn acknowledged(at: &str, by: &str) -> String {
    format!("acknowledged {at} by {by}")
}

/// Where a click leads; `camera` is the name of the one concerned.
pub fn show(topic: Topic, camera: &str) -> String {
    match topic {
        Topic::Camera => format!("Show {camera}"),
        Topic::Storage => "Show the storage settings".into(),
        Topic::Clock | Topic::Settings | Topic::Program => "Show the diagnostics".into(),
    }
}
