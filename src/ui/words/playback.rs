//! What the playback page and its sheets and lists say.
//!
//! Must not do: decide when.

use chrono::NaiveDate;

// Cameras at the left.
pub const CHOOSE_CAMERA: &str = "Choose a camera at the left.";
pub const NO_CAMERA: &str = "No camera of that name.";
pub const FIND_CAMERA: &str = "Find a camera";
pub const FIND_CAMERA_TIP: &str = "Shows only cameras with this in their name or group (/); Enter shows the first of \
                                   them, Esc shows all";
pub const OTHER_CAMERAS: &str = "Other cameras";
pub const HIDE_CAMERA: &str = "Hides this camera";
pub const SHOW_CAMERA: &str = "Shows this camera beside the others";

/// A group of cameras that is open or folded.
pub fn group_tip(group: &str, open: bool) -> String {
    match open {
        true => format!("Group {group}; a click folds it"),
        false => format!("Group {group}; a click unfolds it"),
    }
}

/// A row, for those who do not see.
pub fn look_at(camera: &str) -> String {
    format!("Look at {camera}")
}

/// A row.
pub fn camera_tip(camera: &str, state: &str) -> String {
    format!("{camera}, {state}; a click picks it, a double click shows it alone")
}

// The calendar.
pub const NEXT_MONTH: &str = "Next month";
pub const PREVIOUS_MONTH: &str = "Previous month";
pub const WEEKDAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
pub const RECORDED: &str = "recorded";
pub const MOTION: &str = "motion";
pub const INCOMPLETE: &str = "incomplete";
pub const INCOMPLETE_DAY: &str = "incomplete: footage is missing that was wanted";
pub const NOTHING_RECORDED: &str = "nothing recorded";

/// Of a day, and behind or before a time where one is written.
pub const TODAY: &str = "today";
/// Before a time where one is written.
pub const YESTERDAY: &str = "yesterday";

/// Over the days.
pub fn month(first: NaiveDate) -> String {
    first.format("%B %Y").to_string()
}

/// How much of a day.
pub fn recorded(length: &str) -> String {
    format!("{length} recorded")
}

/// Where clocks change.
pub fn odd_day(hours: i64) -> String {
    format!("a day of {hours} hours")
}

/// Where clocks change, beside the day's number.
pub fn odd_day_badge(hours: i64) -> String {
    format!("{hours}h")
}

// Pictures.
pub const LOADING: &str = "Loading …";
pub const DAMAGED: &str = "Damaged picture: the one before it is shown";
pub const CANNOT_BE_SHOWN: &str = "Cannot be shown";
pub const BEFORE_GAP: &str = "Footage before the gap";
pub const BEFORE_GAP_TIP: &str = "To the last picture before this gap";
pub const AFTER_GAP: &str = "Footage after the gap";
pub const AFTER_GAP_TIP: &str = "To the first footage after this gap";

/// A part of a picture is shown, so many times larger.
pub fn zoomed(factor: f32) -> String {
    format!("{factor:.1}x  double-click: whole picture")
}

/// The picture is not of the moment asked for, but of this time.
pub fn nearest(time: &str) -> String {
    format!("Nearest, {time}")
}

/// In the place of a picture.
pub fn no_recording(time: &str) -> String {
    format!("No recording at {time}")
}

// The bar of buttons.
pub const PLAY_BACKWARD: &str = "Play backward";
pub const PREVIOUS_EVENT: &str = "Previous event";
pub const FRAME_BACK: &str = "One frame back";
pub const PLAY: &str = "Play";
pub const PAUSE: &str = "Pause";
pub const FRAME_ON: &str = "One frame on";
pub const NEXT_EVENT: &str = "Next event";
pub const SPEED: &str = "Speed";
pub const SPEED_TIP: &str = "J backward, L forward, again for faster";
pub const SKIP_GAPS: &str = "Skip time without recordings";
pub const MOTION_ONLY: &str = "Play motion only";
pub const LIVE: &str = "Live";
pub const LIVE_EDGE: &str = "Live edge";
pub const LIVE_TIP: &str = "To the newest footage, and stays there";
pub const LISTS: &str = "Events, bookmarks, locks, the day, export";
pub const EXPORT: &str = "Export";
pub const EXPORT_TIP: &str = "Takes the range out as files for any player";
pub const LOCK_RANGE: &str = "Lock the range";
pub const BOOKMARK_MOMENT: &str = "Bookmark this moment";
pub const SNAPSHOT_STYLE: &str = "How snapshots are saved";
pub const PNG: &str = "PNG, without loss";
pub const JPEG: &str = "JPEG, small";
pub const CAPTION: &str = "With camera and time in the picture";
pub const TIME_TIP: &str = "The moment shown, with its distance from UTC";

/// The menu of speeds, for those who do not see.
pub fn speed_now(speed: &str) -> String {
    format!("Speed, now {speed}")
}

/// One of the speeds, for those who do not see.
pub fn speed_choice(speed: &str) -> String {
    format!("Speed: {speed}")
}

/// One of the speeds.
pub fn speed_tip(speed: &str) -> String {
    format!("Plays at {speed} (L again: twice as fast)")
}

/// When not all pictures can be decoded.
pub fn key_frames_only(rate: f32) -> String {
    format!("key frames only, {rate:.0} pictures a second")
}

// The sheet that takes a time.
pub const GO_TO: &str = "Go to a time";
pub const GO_TO_FIELD: &str = "Time, with or without a day";
pub const GO_TO_EXAMPLES: &str = "14:05   14:05:07   2 Mar 14:05   2026-03-02 14:05";
pub const GO: &str = "Go";
pub const GO_TIP: &str = "Shows this moment (Enter)";
pub const GO_CANCEL_TIP: &str = "Stays where it is (Esc)";
pub const UNCLEAR_TIME: &str = "Write a time such as 14:05, 14:05:07 or 2 Mar 14:05.";
pub const NO_SUCH_TIME: &str = "That time does not exist: the clock was put forward.";
pub const FUTURE: &str = "That is in the future.";

/// Behind an hour, apart from it, in small letters.
pub const HALVES_OF_THE_DAY: [&str; 2] = [" am", " pm"];

/// In the empty field.
pub fn go_to_hint(time: &str) -> String {
    format!("{time} or yesterday 14:05")
}

// The sheet that asks for a note.
pub const NOTE: &str = "Note (optional)";
pub const NOTE_SAVE_TIP: &str = "Saves it (Enter)";
pub const NOTE_CANCEL_TIP: &str = "Closes without saving (Esc)";
pub const BOOKMARK_HINT: &str = "White van leaves";
pub const BOOKMARK_SAVE: &str = "Save bookmark";
pub const LOCK: &str = "Lock";
pub const LOCK_HINT: &str = "Theft, for the police";

/// What is to be locked.
pub fn lock_range(cameras: &str, from: &str, to: &str, length: &str) -> String {
    format!("{cameras}, {from} to {to} ({length}). No rule deletes it until it is unlocked.")
}

// The lists at the right.
pub const EVENTS: &str = "Events";
pub const DAY: &str = "The day in pictures";
pub const BOOKMARKS: &str = "Bookmarks";
pub const LOCKS: &str = "Locks";
pub const EXPORT_TRAY: &str = "Export tray";
pub const CLOSE_LIST: &str = "Close the list";
pub const SHOW_MOMENT: &str = "Shows this moment";

pub const LOOKING: &str = "Looking …";
pub const NOTHING_MOVED: &str = "Nothing moved on this day, or motion was not watched. Motion is watched where a \
                                 camera's mode is motion.";
pub const ONLY_PICKED_TIP: &str = "Leaves the events of the other cameras out";
pub const SHOW_EVENT: &str = "Shows the begin of this event";

/// Over the list.
pub fn events_on(date: &str) -> String {
    format!("Events on {date}")
}

/// How many are listed, and whether there are more.
pub fn events(count: usize, more: bool) -> String {
    if more { format!("{count} newest") } else { count.to_string() }
}

/// The switch that narrows the list to a camera.
pub fn only(camera: &str) -> String {
    format!("Only {camera}")
}

pub const FIND_BOOKMARK: &str = "Find a bookmark";
pub const NO_BOOKMARKS: &str = "No bookmarks yet. M notes the moment shown.";
pub const NO_BOOKMARK_FOUND: &str = "No bookmark has these words.";
pub const FIND_LOCK: &str = "Find a lock";
pub const NO_LOCKS: &str =
    "Nothing is locked. Select a range (Shift and drag, or [ and ]), then X.";
pub const NO_LOCK_FOUND: &str = "No lock has these words.";
pub const LOCKED: &str = "Locked";
pub const SHOW_RANGE: &str = "Shows the begin of this range";
pub const UNLOCK: &str = "Unlock";
pub const UNLOCK_TITLE: &str = "Unlock this range?";
pub const UNLOCK_WARNING: &str = "The rules may delete it from then on, old footage at once.";
pub const UNLOCK_TIP: &str = "Lets the rules have this range again";
pub const UNLOCK_CANCEL_TIP: &str = "It stays locked (Esc)";

/// The button of a row.
pub fn remove_bookmark(note: &str) -> String {
    format!("Remove the bookmark {note}")
}

/// The button of a row.
pub fn unlock(note: &str) -> String {
    format!("Unlock {note}")
}

// The export tray.
pub const SELECT_RANGE: &str =
    "Select a range: drag on the timeline with Shift held, or set both ends at the playhead.";
/// Ranges that end at the moment shown, in minutes.
pub const LAST: [(&str, i64, &str); 3] = [
    ("Last 5 min", 5, "The five minutes before the moment shown"),
    ("30 min", 30, "The half hour before the moment shown"),
    ("1 h", 60, "The hour before the moment shown"),
];
pub const IN_TIP: &str = "Begins at the moment shown";
pub const OUT_TIP: &str = "Ends at the moment shown";
pub const CLEAR_RANGE: &str = "Clear";
pub const CLEAR_RANGE_TIP: &str = "No range any more";
pub const LOOKING_WHAT: &str = "Looking what there is …";
pub const FILE_EACH: &str = "A file of its own for each camera";
pub const GAPS: &str = "Gaps";
pub const GAPS_CLOSED: &str = "Closed";
pub const GAPS_CLOSED_TIP: &str = "Time without footage is left out";
pub const GAPS_KEPT: &str = "Kept";
pub const GAPS_KEPT_TIP: &str = "The picture before a gap stands as long as the gap lasts";
pub const FOLDER: &str = "Folder";
pub const FOLDER_NAME: &str = "Folder of the export";
pub const FOLDER_TIP: &str = "Where the files go; empty: the folder that stands there in grey";
pub const EXPORT_AMOUNT_TIP: &str = "Footage of all chosen cameras together";
pub const EXPORT_NOW: &str = "Export now";
pub const EXPORT_NOW_TIP: &str =
    "Writes MP4 files that any player opens, and a manifest beside each";
pub const EXPORT_WAITS: &str = "Waits for the one before it";
pub const EXPORT_CANCELLED: &str = "Cancelled; nothing is left of it";

/// All that the range holds.
pub fn export_amount(size: &str, covered: &str) -> String {
    format!("{size}, {covered} in all")
}

/// The files begin before the range.
pub fn surplus(seconds: f64) -> String {
    format!(
        "Copied without loss from up to {seconds:.1} s earlier, where pictures begin anew; players do not show that."
    )
}

/// A gap within the range.
pub fn missing(camera: &str, from: &str, length: &str, reason: &str) -> String {
    format!("Missing: {camera} from {from}, {length}: {reason}")
}

/// Gaps that are not listed.
pub fn more_gaps(count: usize) -> String {
    format!("and {count} more gaps; all stand in the manifest")
}

/// Of several.
pub fn cameras(count: usize) -> String {
    format!("{count} cameras")
}

/// The button of an export under way.
pub fn cancel_export(title: &str) -> String {
    format!("Cancel the export of {title}")
}

/// The button of an export that has ended.
pub fn forget_export(title: &str) -> String {
    format!("Take the export of {title} off the list")
}

/// The button of an export that is done.
pub fn open_folder(title: &str) -> String {
    format!("Open the folder of {title}")
}

/// Below an export that is done.
pub fn export_done(size: &str, files: usize) -> String {
    match files {
        1 => format!("Done: {size} in 1 file"),
        files => format!("Done: {size} in {files} files"),
    }
}
