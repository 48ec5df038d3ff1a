//! What Setup > Devices says.
//!
//! Must not do: decide when.

use crate::model::{Mode, StreamKind};

pub const TITLE: &str = "Devices";
pub const ADD: &str = "Add camera";
pub const ADD_TIP: &str = "Adds a camera by its address";
pub const SEARCH: &str = "Search network";
pub const SEARCH_TIP: &str = "Looks for cameras that answer to ONVIF";
pub const IMPORT: &str = "Import";
pub const IMPORT_TIP: &str = "Takes cameras over from a list in a file";
pub const EXPORT: &str = "Export";
pub const EXPORT_TIP: &str = "Writes the list of cameras into a file, without passwords";
pub const FILTER: &str = "Find a camera";
pub const FILTER_TIP: &str =
    "Shows only cameras with this in their name, group or address (/); Esc shows all";
pub const NO_MATCH: &str = "No camera of that name, group or address.";
pub const NO_CAMERA_TEXT: &str = "Add one by its address, or search the network; it is recorded \
    from then on.";
pub const OTHER_CAMERAS: &str = "Other cameras";
pub const COLUMNS: [&str; 8] =
    ["Name", "Address", "State", "Recording", "Mode", "Stream", "Today", ""];
pub const TODAY_TIP: &str = "Recorded since midnight";

pub const ADDRESS: &str = "Address";
pub const ADDRESS_HINT: &str = "rtsp://192.168.1.20/stream1";
pub const ADDRESS_TIP: &str =
    "The RTSP address of the full picture, as the camera's manual gives it";
pub const ADDRESS_EMPTY: &str = "Write the camera's address, such as rtsp://192.168.1.20/stream1.";
pub const MOVED: &str = "User and password were moved from the address into their own fields.";
pub const SUB_ADDRESS: &str = "Sub stream";
pub const SUB_HINT: &str = "rtsp://192.168.1.20/stream2";
pub const SUB_TIP: &str =
    "The address of the small picture, for walls and for motion; may be empty";
pub const NAME: &str = "Name";
pub const NAME_TIP: &str = "What the camera is called everywhere";
pub const GROUP: &str = "Group";
pub const GROUP_TIP: &str = "Cameras of one group stand together in lists; may be empty";
pub const GROUP_LONG: &str = "A group's name has at most 64 printable characters.";
pub const KNOWN_GROUPS: &str = "Known groups";
pub const NO_GROUP: &str = "none";
pub const USER: &str = "User";
pub const USER_TIP: &str = "The user that the camera knows; empty when it asks for none";
pub const PASSWORD: &str = "Password";
pub const PASSWORD_TIP: &str = "Is stored encrypted and never shown again";
pub const PASSWORD_STORED: &str = "as stored; type to change it";
pub const FORGET: &str = "Forget password";
pub const FORGET_TIP: &str = "The stored password is deleted with Save";
pub const FORGOTTEN: &str = "the stored password goes with Save";
pub const TRANSPORT: &str = "Transport";
pub const TCP: &str = "TCP";
pub const TCP_TIP: &str = "Nothing is lost on the way; right for nearly every camera";
pub const UDP: &str = "UDP";
pub const UDP_TIP: &str = "For cameras that do nothing else";
pub const STREAM: &str = "Recorded stream";
pub const RECORDING: &str = "Recording";
pub const CONTINUOUS: &str = "Continuous";
pub const CONTINUOUS_TIP: &str = "Recorded around the clock from now on";
pub const DISABLED: &str = "Disabled";
pub const DISABLED_TIP: &str = "Shown live, but not recorded";
pub const ADD_SHEET: &str = "Add a camera";
pub const ADD_SHEET_TIP: &str = "Connects and records at once (Enter)";
pub const ADD_CANCEL_TIP: &str = "Closes without adding (Esc)";
pub const NAME_TAKEN: &str = "Another camera has this name.";
pub const SUB_NEEDED: &str = "To record the sub stream, give its address.";

pub const TEST: &str = "Test connection";
pub const TEST_TIP: &str = "Connects once, with what is written here, and tells what arrives";
pub const TEST_SUB: &str = "Test sub stream";
pub const TESTING: &str = "Connecting and looking at the stream … this takes up to 15 seconds.";
pub const CANNOT_BE_RECORDED: &str = "It cannot be recorded";
pub const TEST_PICTURE: &str = "Picture of the test";
pub const NO_TEST_PICTURE: &str =
    "The picture cannot be shown here; it can be recorded all the same.";
pub const CODEC: &str = "Codec and size";
pub const FRAME_RATE: &str = "Rate";
pub const GOP: &str = "Full picture every";
pub const CLOCK: &str = "Camera's clock";
pub const SOUND: &str = "Sound";
pub const SOUND_LEFT_OUT: &str = "offered, is not recorded";
pub const UNKNOWN: &str = "unknown";
pub const NOT_TESTED: &str =
    "A test connects once with what is written here, and shows picture, size and rate.";

pub const SEARCH_SHEET: &str = "Cameras in the network";
pub const SEARCH_CLOSE_TIP: &str = "Closes the list (Esc)";
pub const SEARCHING: &str = "Searching …";
pub const STOP: &str = "Stop";
pub const STOP_TIP: &str = "Ends the search; what was found stays";
pub const AGAIN: &str = "Search again";
pub const AGAIN_TIP: &str = "Asks the network once more";
pub const NOTHING_YET: &str = "No camera has answered yet.";
pub const NOTHING_FOUND: &str = "No camera answered. It must be in the same network, with ONVIF switched \
    on; otherwise add it by its address.";
pub const KNOWN: &str = "added already";
pub const CHOOSE: &str = "Choose";
pub const BY_ADDRESS: &str = "Add by address";
pub const BY_ADDRESS_TIP: &str = "For a camera that does not answer to a search";
pub const ASKING: &str = "Asking the camera for its streams …";
pub const NEEDS_PASSWORD: &str = "The camera asks for user and password.";
pub const WRONG_PASSWORD: &str = "The camera does not accept this user and password.";
pub const CONTINUE: &str = "Continue";
pub const CONTINUE_TIP: &str = "Asks the camera for its streams (Enter)";
pub const BACK: &str = "Back";
pub const BACK_TIP: &str = "To the list";
pub const ENTER_ADDRESS: &str = "Write its address by hand";
pub const ENTER_ADDRESS_TIP: &str = "Opens the sheet with the camera's host in the address";

pub const FOOTAGE: &str = "Footage";
pub const KEEP_FOOTAGE: &str = "Keep its footage";
pub const KEEP_FOOTAGE_TIP: &str = "The files stay, and go by the rules for all footage";
pub const DELETE_FOOTAGE: &str = "Delete its footage";
pub const DELETE_FOOTAGE_TIP: &str = "All of it that is not locked goes for good";
pub const REMOVED_TEXT: &str = "It is no longer watched or recorded.";
pub const KEPT_TEXT: &str = "The files stay where they are, and go by the rules for all footage.";
pub const DELETED_TEXT: &str =
    "Its recordings are deleted for good, oldest first. What is locked stays until it is unlocked.";
pub const MEASURING: &str = "Looking how much footage it has …";
pub const REMOVE: &str = "Remove camera";
pub const REMOVE_CANCEL_TIP: &str = "Keeps the camera (Esc)";
pub const REMOVE_AND_DELETE: &str = "Remove and delete footage";

pub const FILE: &str = "File";
pub const FILE_TIP: &str = "The whole path of the file";
pub const FILE_EMPTY: &str = "Write the whole path of the file.";
pub const BROWSE: &str = "Browse";
pub const BROWSE_TIP: &str = "Chooses the file in the system's dialog";
pub const BROWSING: &str = "The system's dialog is open …";
pub const NO_DIALOG: &str = "No dialog came up, or it was cancelled; the path can be written here.";
pub const EXPORT_SHEET: &str = "Export cameras";
pub const EXPORT_TEXT: &str = "Writes names, addresses and rules of all cameras, and the schedules that they \
    use. Passwords are left out.";
pub const EXPORT_DO: &str = "Write the list";
pub const IMPORT_SHEET: &str = "Import cameras";
pub const IMPORT_TEXT: &str = "Reads a list that was exported. Nothing is changed when something in it is \
    wrong.";
pub const LOOK: &str = "Read the list";
pub const LOOK_TIP: &str = "Tells what it holds, before anything is changed";
pub const KNOWN_ONES: &str = "Cameras that are there already";
pub const SKIP: &str = "Leave those as they are";
pub const SKIP_TIP: &str = "Only new cameras are taken over";
pub const UPDATE: &str = "Update those";
pub const UPDATE_TIP: &str = "They become what the list says; their passwords stay";
pub const TAKE_OVER: &str = "Take over";
pub const TRANSFER_CLOSE_TIP: &str = "Closes the sheet (Esc)";
pub const WORKING: &str = "Working …";

/// The title of a test that went well.
pub fn can_be_recorded(kind: StreamKind) -> String {
    format!("The {kind} stream can be recorded")
}

/// How far full pictures are apart.
pub fn gop(length: Option<u32>) -> String {
    match length {
        Some(1) => "every picture".into(),
        Some(length) => format!("{length} pictures"),
        None => "no second one arrived in time".into(),
    }
}

/// How far a camera's clock is off.
pub fn clock(offset: Option<i64>) -> String {
    match offset {
        None => "not told".into(),
        Some(offset) if offset.abs() < 500_000 => "as here".into(),
        Some(offset) => {
            let tenths = offset.abs() / 100_000;
            let side = if offset > 0 { "ahead" } else { "behind" };
            format!("{}.{} s {side}", tenths / 10, tenths % 10)
        }
    }
}

/// Over the question.
pub fn remove(name: &str) -> String {
    format!("Remove {name}?")
}

/// How much footage a camera has.
pub fn has_footage(size: &str) -> String {
    format!("It has {size} of footage.")
}

/// The button of a row.
pub fn open(name: &str) -> String {
    format!("Settings of {name}")
}

/// The button of a row.
pub fn test_of(name: &str) -> String {
    format!("Test {name}")
}

/// The button of a row.
pub fn remove_of(name: &str) -> String {
    format!("Remove {name}")
}

/// The button of a device that was found.
pub fn choose(name: &str) -> String {
    format!("Choose {name}")
}

/// After an export.
pub fn exported(count: usize, path: &str) -> String {
    format!("Wrote {} into {path}.", cameras(count))
}

/// A number of cameras.
pub fn cameras(count: usize) -> String {
    format!("{count} camera{}", if count == 1 { "" } else { "s" })
}

/// What a list holds.
pub fn new_ones(count: usize) -> String {
    format!("{} to be added", cameras(count))
}

/// What a list holds.
pub fn known_ones(names: &str) -> String {
    format!("There already, and different in the list: {names}")
}

/// What a list holds.
pub fn same_ones(count: usize) -> String {
    format!("{} as in the list already", cameras(count))
}

/// What comes with a list.
pub fn with_schedules(names: &str) -> String {
    format!("Schedules that come with them: {names}")
}

/// What is not mixed with old footage.
pub fn apart(names: &str) -> String {
    format!("Kept apart from the footage of an earlier camera: {names}")
}

/// What gets its footage again.
pub fn again(names: &str) -> String {
    format!("Footage that is here belongs to them again: {names}")
}

/// What no list holds.
pub fn without_password(names: &str) -> String {
    format!("Type the password of: {names}")
}

/// After an import.
pub fn imported(new: usize, updated: usize) -> String {
    format!("{} added, {} updated.", cameras(new), updated)
}

/// The menu of a camera's mode.
pub fn mode_of(name: &str) -> String {
    format!("Mode of {name}")
}

/// The tooltip of that menu.
pub fn mode_tip(menu: &str, mode: Mode) -> String {
    format!("{menu}: {}", mode_meaning(mode))
}

/// What a mode means.
pub const fn mode_meaning(mode: Mode) -> &'static str {
    match mode {
        Mode::Disabled => "shown live, recorded only when somebody starts it",
        Mode::Continuous => "recorded around the clock",
        Mode::Scheduled => "recorded within its schedule",
        Mode::Motion => "recorded while something moves",
    }
}

/// Below the state of a camera that is away.
pub fn since(at: &str) -> String {
    format!("since {at}")
}

/// What happens with a camera, and since when.
pub fn sentence_since(sentence: &str, at: &str) -> String {
    format!("{sentence}, since {at}")
}

/// Rates of pictures and bits, and the pictures that this computer dropped.
pub fn rate(frames: &str, bits: &str, dropped: u64) -> String {
    match dropped {
        0 => format!("{frames}, {bits}"),
        dropped => format!("{frames}, {bits}, {dropped} dropped"),
    }
}
