//! What the editor of a camera says.
//!
//! Must not do: decide when.

pub const BACK: &str = "Back to the cameras";
pub const TABS: &str = "Settings";
pub const CONNECTION: &str = "Connection";
pub const CONNECTION_TIP: &str = "Name, addresses, user and password";
pub const RECORDING: &str = "Recording";
pub const RECORDING_TIP: &str =
    "When it is recorded, what counts as motion, how long footage is kept";
pub const MEND_FIRST: &str =
    "Nothing was saved: see the sentences in red below, also on the other tab.";
pub const LEAVE: &str = "Save the changes?";
pub const LEAVE_TEXT: &str = "They are not in force yet.";
pub const STAY: &str = "Keep editing";
pub const STAY_TIP: &str = "Leaves everything as it is (Esc)";

pub const TEST_CARD: &str = "Test";

pub const AS_FOR_ALL: &str = "as for all cameras";
pub const WHEN: &str = "When";
pub const TYPE: &str = "Type";
pub const SCHEDULE: &str = "Schedule";
pub const SCHEDULE_TIP: &str =
    "The times of the types Scheduled, and of Motion where it is kept to them";
pub const NO_SCHEDULE: &str = "none";
pub const NO_SCHEDULES: &str = "There is no schedule yet.";
pub const MAKE_SCHEDULE: &str = "Make one";
pub const MAKE_SCHEDULE_TIP: &str = "Goes to Setup, Recording";
pub const IN_SCHEDULE: &str = "Motion within schedule";
pub const IN_SCHEDULE_TEXT: &str = "motion is recorded only then";
pub const FOR_MOTION: &str = "for the type Motion detection";
pub const MAIN_ON_MOTION: &str = "Main stream on motion";
pub const MAIN_ON_MOTION_TEXT: &str =
    "the sub stream always, the main stream while something moves";
pub const NEEDS_SUB: &str = "needs the address of a sub stream";
pub const KEEP: &str = "Kept for";
pub const DAYS: &str = "Kept for days";
pub const HOURS: &str = "Kept for hours";
pub const MINUTES: &str = "Kept for minutes";
pub const KEEP_TIP: &str = "Older footage is deleted; 0 keeps it until space runs out";
pub const FOR_EVER: &str = "until space runs out";
pub const COPY: &str = "Use for other cameras …";
pub const COPY_TIP: &str = "Copies this tab to cameras that you choose; in force with Save";
pub const COPY_SHEET: &str = "Use these settings for other cameras";
pub const COPY_TEXT: &str = "Type, schedule, motion and retention become as here. They are in force with \
    Save.";
pub const COPY_ZONES: &str = "Zones too";
pub const COPY_ALL: &str = "All";
pub const COPY_NONE: &str = "None";

pub const MOTION: &str = "Motion";
pub const SOURCE: &str = "Motion is seen by";
pub const BY_PICTURE: &str = "Watchkeeper";
pub const BY_PICTURE_TIP: &str = "In the pictures, by the sensitivity, size and zones given here";
pub const BY_CAMERA: &str = "The camera";
pub const BY_CAMERA_TIP: &str = "By its own settings; it must send ONVIF metadata";
pub const BY_CAMERA_TEXT: &str =
    "The camera decides by its own settings; what stands here does not count.";
pub const SENSITIVITY: &str = "Sensitivity";
pub const SENSITIVITY_TIP: &str = "1 sees strong motion only, 100 the slightest";
pub const MIN_SIZE: &str = "Smallest motion";
pub const MIN_SIZE_TIP: &str =
    "The smallest moving part that counts, in thousandths of the picture";
pub const PRE: &str = "Before motion";
pub const PRE_TIP: &str = "Seconds before the first motion that are recorded too";
pub const POST: &str = "After motion";
pub const POST_TIP: &str = "Seconds after the last motion that are recorded too";
pub const STREAM: &str = "Recorded stream";
pub const SECONDS: &str = "s";
pub const THOUSANDTHS: &str = "‰";

pub const ZONES: &str = "What is watched";
pub const METER: &str = "Motion now";
pub const METER_NONE: &str = "nothing moves";
pub const METER_SMALL: &str = "too little to count";
pub const METER_COUNTS: &str = "counts as motion";
pub const METER_WAITS: &str = "waiting for pictures …";
pub const CANVAS: &str = "Zones on the picture";
pub const NO_PICTURE: &str = "No picture yet";
pub const HINT: &str = "Click the corners of a zone on the picture; Enter or a double click closes it. \
    Without a zone the whole picture is watched.";
pub const HINT_DRAWING: &str = "Click the next corner. Enter or a double click closes the zone, Backspace takes \
    the last corner back, Esc gives it up.";
pub const HINT_SELECTED: &str = "Drag a corner to move it. Delete removes the zone.";
pub const NEW_ZONE: &str = "A new zone is";
pub const WATCHED: &str = "Watched";
pub const WATCHED_TIP: &str = "Motion counts here; where any such zone is, it counts nowhere else";
pub const IGNORED: &str = "Ignored";
pub const IGNORED_TIP: &str = "Motion does not count here, whatever else says";
pub const ADD_ZONE: &str = "Add a zone in the middle";
pub const ADD_ZONE_TIP: &str = "Its corners can be moved on the picture, or written";
pub const REMOVE_ZONE: &str = "Remove";
pub const CORNERS: &str = "Corners";
pub const CORNERS_TIP: &str = "Shows the corners as numbers, in thousandths of width and height";
pub const ADD_CORNER: &str = "Add a corner";
pub const REMOVE_CORNER: &str = "Remove the last corner";
pub const MOST_ZONES: &str = "There are as many zones as there can be.";

/// A field that is as for all cameras, and its value.
pub fn back_to(value: &str) -> String {
    format!("all cameras: {value}")
}

/// The accessible name of the button that takes an own value back.
pub fn reset(name: &str) -> String {
    format!("{name} as for all cameras")
}

/// The tooltip of that button.
pub fn reset_tip(value: &str) -> String {
    format!("This camera's own value goes; for all cameras it is {value}")
}

/// A value with its unit.
pub fn with_unit(value: &str, unit: &str) -> String {
    if unit.is_empty() { value.to_owned() } else { format!("{value} {unit}") }
}

/// Why nothing was saved.
pub fn not_saved(why: &str) -> String {
    format!("Nothing was saved: {why}")
}

/// The number of a zone.
pub fn zone(number: usize) -> String {
    format!("Zone {}", number + 1)
}

/// A control of a zone.
pub fn of_zone(what: &str, number: usize) -> String {
    format!("{what} of zone {}", number + 1)
}

/// A control of a corner.
pub fn of_corner(axis: &str, corner: usize, zone: usize) -> String {
    format!("{axis} of corner {} of zone {}", corner + 1, zone + 1)
}

/// The button of the sheet that copies.
pub fn copy_to(count: usize) -> String {
    format!("Use for {}", super::devices::cameras(count))
}
