//! What the storage card says.
//!
//! Must not do: decide when.

pub const TITLE: &str = "Storage";
pub const PATH: &str = "Storage path";
pub const PATH_TIP: &str = "The folder for recordings; a relative one is below the data folder";
pub const PATH_EMPTY: &str = "Name a folder for recordings.";
pub const RETENTION: &str = "Retention period";
pub const DAYS: &str = "Retention days";
pub const HOURS: &str = "Retention hours";
pub const MINUTES: &str = "Retention minutes";
pub const RETENTION_TIP: &str = "Older footage is deleted; 0 keeps it until space runs out";
pub const RETENTION_LONG: &str = "At most a hundred years.";
pub const MAX_SIZE: &str = "Maximum storage size";
pub const MAX_SIZE_TIP: &str = "What all recordings may take together";
pub const NO_LIMIT: &str = "0 = no limit";
pub const MAX_SIZE_UNIT: &str = "GB";
pub const MAX_FILE: &str = "Maximum file size";
pub const MAX_FILE_TIP: &str = "A longer recording goes on in another file";
pub const MAX_FILE_UNIT: &str = "MB";
pub const FILE_HINT: &str = "0 = unlimited; 3900 is safe for FAT32";
pub const LOW_SPACE: &str = "Low space threshold";
pub const LOW_SPACE_TIP: &str = "You are told when less of the disk is free; 0 means never";
pub const AUTO_DELETE: &str = "Auto delete";
pub const AUTO_DELETE_ON: &str = "oldest recordings first, locked ones never";
pub const AUTO_DELETE_OFF: &str = "off: a limit stops recording";
pub const OPEN_FOLDER: &str = "Open the folder";
pub const NEXT: &str = "Next to be deleted";
pub const NOTHING_GOES: &str = "Nothing goes within the next 24 hours.";
pub const KEEP: &str = "Keep";
pub const KEEP_TIP: &str = "Locks this footage: no rule deletes it";
pub const LOADING: &str = "Looking what is stored …";
pub const OLDEST: &str = "oldest recording";
pub const NO_OLDEST: &str = "nothing recorded yet";
pub const GOES: &str = "goes in the next 24 h";
pub const NOTHING_WRITTEN: &str = "nothing is being written";
pub const NEVER_FULL: &str = "space does not run out at this rate";
pub const DELETE_AND_SAVE: &str = "Save and delete";
pub const DELETE_AND_SAVE_TIP: &str = "Puts the change in force; this footage goes at once";

/// A number that is too small or too large.
pub fn range(least: impl std::fmt::Display, most: impl std::fmt::Display) -> String {
    format!("Write a whole number from {least} to {most}.")
}

/// Below the days that are left.
pub fn left_at(rate: &str) -> String {
    format!("left at {rate}")
}

/// At the right of the path.
pub fn free_of(free: &str, total: &str) -> String {
    format!("{free} free of {total}")
}

/// In the legend of the bar.
pub fn recordings(size: &str) -> String {
    format!("recordings {size}")
}

/// In the legend of the bar.
pub fn locked(size: &str) -> String {
    format!("locked {size}")
}

/// In the legend of the bar.
pub fn other(size: &str) -> String {
    format!("other {size}")
}

/// In the legend of the bar.
pub fn alert_below(size: &str) -> String {
    format!("low space alert below {size}")
}

/// How many files.
pub fn files(count: usize) -> String {
    format!("{count} file{}", if count == 1 { "" } else { "s" })
}

/// Over the question.
pub fn deletes(size: &str, files: &str) -> String {
    format!("This deletes {size} at once ({files})")
}

/// Locked by the button of the list.
pub const KEPT_NOTE: &str = "Kept from being deleted";
