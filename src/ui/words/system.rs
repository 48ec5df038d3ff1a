//! What Setup, System says.
//!
//! Must not do: decide when.

use crate::model::settings::DateStyle;
use crate::protocol::{Remedy, Verdict};

pub const TITLE: &str = "System";

pub const DIAGNOSTICS: &str = "Diagnostics";
pub const CAMERA: &str = "Camera to check";
pub const ALL_CAMERAS: &str = "All cameras";
pub const MOMENT: &str = "Also at this time";
pub const MOMENT_HINT: &str = "optional: yesterday 14:05";
pub const MOMENT_TIP: &str = "Tells whether there is footage of that time, and if not, why";
pub const CHECK: &str = "Check now";
pub const CHECK_TIP: &str = "Looks at everything again";
pub const CHECKING: &str = "Looking …";

pub const LOOK: &str = "Look";
pub const THEME: &str = "Theme";
pub const DARK: &str = "Dark";
pub const DARK_TIP: &str = "For rooms with little light";
pub const LIGHT: &str = "Light";
pub const LIGHT_TIP: &str = "For bright rooms";
pub const SYSTEM: &str = "System";
pub const SYSTEM_TIP: &str = "As the system is";
pub const SCALE: &str = "Size of everything";
pub const SCALE_TIP: &str = "In percent of the system's size; 100 to 300";
pub const DATES: &str = "Dates";
pub const DATES_TIP: &str = "How dates are written everywhere";

pub const NOTICES: &str = "Notices";
pub const OFFLINE: &str = "Camera offline after";
pub const OFFLINE_TIP: &str = "A camera that is away for longer is told";
pub const SECONDS: &str = "s";
pub const DESKTOP: &str = "On the desktop";
pub const DESKTOP_ON: &str = "warnings and alarms, as the system shows notices";
pub const DESKTOP_OFF: &str = "off: in this window only";
pub const SOUND: &str = "Sound";
pub const SOUND_ON: &str = "alarms are heard, where the system plays a sound";
pub const SOUND_OFF: &str = "off";
pub const SOUND_NEEDS: &str = "needs notices on the desktop";

pub const KIOSK: &str = "Kiosk";
pub const KIOSK_START: &str = "Start as a kiosk";
pub const KIOSK_ON: &str = "full screen, Live and Playback alone";
pub const KIOSK_OFF: &str = "off";
pub const KIOSK_PAGE: &str = "First page";
pub const KIOSK_LIVE: &str = "Live";
pub const KIOSK_LIVE_TIP: &str = "The wall";
pub const KIOSK_PLAYBACK: &str = "Playback";
pub const KIOSK_PLAYBACK_TIP: &str = "Recorded footage";
pub const MONITOR: &str = "Monitor";
pub const MONITOR_TIP: &str = "Counted from 1";
pub const MONITOR_HINT: &str = "0 = where the window comes up";
pub const ROTATE: &str = "Next page of the wall";
pub const ROTATE_TIP: &str = "Seconds for which each page of the wall is shown";
pub const ROTATE_HINT: &str = "0 = stays";

pub const DATA: &str = "Data";
pub const FOLDER: &str = "Data folder";
pub const OPEN_FOLDER: &str = "Open the data folder";
pub const EXPORT: &str = "Export diagnostics";
pub const EXPORT_TIP: &str = "Saves a ZIP archive into the data folder";
pub const EXPORT_EXPLAINED: &str = "Settings, health, journal, notices and log in one archive, for whoever helps \
    you. Passwords, user names and the paths of camera addresses are left out.";

pub const ABOUT: &str = "About";
pub const VERSION: &str = "Version";
pub const ZONE: &str = "Time zone";
pub const PAINTED_BY: &str = "Painted by";
pub const LICENCE: &str = "Licence";
pub const LICENCE_OWN: &str = "MIT or Apache-2.0";
pub const LICENCES: &str = "Licences";
pub const LICENCES_TIP: &str = "Of everything that is in this program, with their texts";
pub const KEYS: &str = "Keys";

/// Why nothing was saved.
pub fn not_saved(why: &str) -> String {
    format!("Not saved: {why}")
}

/// The data folder of the demonstration.
pub fn temporary(folder: &str) -> String {
    format!("{folder} (temporary: this is the demonstration)")
}

/// How many checks there were, and how many of them want a look.
pub fn sum(all: usize, wrong: usize, attention: usize) -> String {
    match (wrong, attention) {
        (0, 0) => format!("{all} checks, nothing wrong"),
        _ => format!("{all} checks: {wrong} wrong, {attention} to look at"),
    }
}

/// A verdict for those who do not see its sign.
pub fn verdict(subject: &str, verdict: Verdict) -> String {
    format!("{subject}: {}", verdict.label())
}

/// On the button of a remedy; `camera` is its name, `at` the moment that it is about.
pub fn remedy(remedy: &Remedy, camera: &str, at: &str) -> String {
    match remedy {
        Remedy::EnableRecording(_) => format!("Record {camera} around the clock"),
        Remedy::ConnectNow(_) => format!("Connect to {camera} now"),
        Remedy::ShowCamera(_) => format!("Show {camera} in Devices"),
        Remedy::OpenSchedules => "Open the schedules".into(),
        Remedy::OpenStorage => "Open the storage settings".into(),
        Remedy::OpenFolder => "Open the recordings folder".into(),
        Remedy::Watch(..) => format!("Show {camera} at {at}"),
    }
}

/// What the button of a remedy does.
pub const fn remedy_tip(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::EnableRecording(_) => "Sets the type of the camera to Continuous (24/7) at once",
        Remedy::ConnectNow(_) => "Does not wait for the next attempt",
        Remedy::ShowCamera(_) => "Where its connection is tested and its settings are changed",
        Remedy::OpenSchedules => "Setup, Recording: when cameras are recorded",
        Remedy::OpenStorage => "Setup, Recording: where recordings are kept, and for how long",
        Remedy::OpenFolder => "In the system's file manager",
        Remedy::Watch(..) => "In Playback",
    }
}

/// A style of dates by its example; two of them may look alike today.
pub fn date(style: DateStyle, example: &str) -> String {
    match style {
        DateStyle::Words | DateStyle::Iso | DateStyle::Dotted => example.to_owned(),
        DateStyle::DayFirst => format!("{example}, day first"),
        DateStyle::MonthFirst => format!("{example}, month first"),
    }
}

pub const PIN: &str = "PIN";
pub const PIN_IS_SET: &str = "leaving the kiosk asks for it";
pub const PIN_IS_NOT_SET: &str = "none: anybody can leave the kiosk";
pub const PIN_SET: &str = "Set a PIN";
pub const PIN_CHANGE: &str = "Change the PIN";
pub const PIN_TIP: &str = "Asked for before the kiosk is left";
pub const PIN_OLD: &str = "Present PIN";
pub const PIN_NEW: &str = "New PIN";
pub const PIN_AGAIN: &str = "New PIN again";
pub const PIN_EXPLAINED: &str = "It is in force at once. Without it nobody leaves the kiosk.";
pub const PIN_SAVE: &str = "Set PIN";
pub const PIN_SAVE_TIP: &str = "In force at once (Enter)";
pub const PIN_REMOVE: &str = "Remove PIN";
pub const PIN_REMOVE_TIP: &str = "Anybody can leave the kiosk then";
pub const PIN_EMPTY: &str = "Write the new PIN twice.";
pub const PIN_DIFFERS: &str = "The two new PINs differ.";

pub const START: &str = "Starting with the computer";
pub const START_AT_ONCE: &str = "In force at once, for this user of the computer.";
pub const START_OFF: &str = "Nothing";
pub const START_OFF_TIP: &str = "Watchkeeper is started by hand";
pub const START_CONSOLE: &str = "Console";
pub const START_CONSOLE_TIP: &str = "This window, which records too";
pub const START_KIOSK: &str = "Kiosk";
pub const START_KIOSK_TIP: &str = "Full screen, Live and Playback alone; it records too";
pub const START_RECORD: &str = "Recorder";
pub const START_RECORD_TIP: &str = "Records without a window";

pub const CLOSING: &str = "On closing the window";
pub const ON_CLOSE: &str = "While recording";
pub const CLOSE_ASK: &str = "Ask";
pub const CLOSE_ASK_TIP: &str = "Asks each time";
pub const CLOSE_BACKGROUND: &str = "Keep recording";
pub const CLOSE_BACKGROUND_TIP: &str = "Records on without a window";
pub const CLOSE_QUIT: &str = "Quit";
pub const CLOSE_QUIT_TIP: &str = "Stops recording";

/// After a wrong PIN.
pub fn pin_wrong(at: &str) -> String {
    format!("The present PIN is another one. Try again from {at} on.")
}

/// After several wrong ones.
pub fn pin_wait(until: &str) -> String {
    format!("There were wrong PINs before. Wait until {until}.")
}
