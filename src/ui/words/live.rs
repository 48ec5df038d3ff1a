//! What the live wall says.
//!
//! Must not do: decide when.

use crate::protocol::{LiveRate, Strain};

pub const ALL_CAMERAS: &str = "All cameras";
pub const ARRANGED: &str = "Own arrangement";
pub const WALLS: &str = "What the wall shows";
pub const GROUPS: &str = "Groups";
pub const VIEWS: &str = "Saved views";
pub const SAVE_AS: &str = "Save view as …";
pub const SAVE_AS_TIP: &str = "Keeps this arrangement under a name";
pub const RENAME: &str = "Rename …";
pub const RENAME_TIP: &str = "Gives the view that is shown another name";
pub const DELETE: &str = "Delete …";
pub const DELETE_TIP: &str = "Forgets the view that is shown; cameras and footage stay";
pub const UNDO: &str = "Discard changes";
pub const UNDO_TIP: &str = "Back to the view as it was saved";
pub const NAME: &str = "Name of the view";
pub const NAME_HINT: &str = "Entrance at night";
pub const SAVE: &str = "Save view";
pub const SAVE_TIP: &str = "Saves the arrangement under this name";
pub const RENAME_NOW: &str = "Rename view";
pub const DELETE_NOW: &str = "Delete view";
pub const CUSTOM: &str = "Custom";
pub const CUSTOM_TIP: &str = "Arrange tiles: drag them, or Ctrl and the arrow keys";
pub const ARRANGE: &str = "Arrange";
pub const ARRANGE_HINT: &str = "Drag a camera onto a tile, or a tile onto another. Keys: Ctrl and arrows move the picked tile, \
     L makes it large, Delete takes it away.";
pub const COLUMNS: &str = "Columns";
pub const COLUMNS_AUTO: &str = "Auto";
pub const DONE: &str = "Done";
pub const DONE_TIP: &str = "Closes this list; the arrangement stays";
pub const TO_WALL: &str = "Back to the wall";
pub const WALL: &str = "Wall";
pub const BACK: &str = "Back 30 s";
pub const BACK_TIP: &str = "Playback of the picked camera, half a minute ago";
pub const SNAPSHOT_TIP: &str = "Saves the picture of the picked camera";
pub const PREVIOUS: &str = "Previous cameras";
pub const NEXT: &str = "Next cameras";
pub const SET_UP: &str = "Set up cameras";
pub const SET_UP_TIP: &str = "Your own by their address, or simulated ones";
pub const NOTHING_HERE: &str = "No camera on this wall";
pub const NOTHING_HERE_WHY: &str =
    "Add cameras with Custom, or choose another wall at the top left.";
pub const CONNECT: &str = "Connect now";
pub const CONNECT_TIP: &str = "Does not wait for the next try";
pub const TEST: &str = "Test connection";
pub const TEST_TIP: &str = "To the address and password of this camera";
pub const SETTINGS_FIRST: &str = "Its settings must be changed first.";
pub const TRYING: &str = "Trying again now.";
pub const CONNECTING: &str = "Connecting …";
pub const WAITING: &str = "Waiting for the first picture";

/// When the next attempt is made.
pub fn next_try(seconds: i64) -> String {
    format!("Next\u{a0}try in\u{a0}{seconds}\u{a0}s.")
}

/// Over the dimmed last picture.
pub fn no_signal(since: &str) -> String {
    format!("No signal since {since}")
}

/// The menu's button.
pub fn walls(shown: &str) -> String {
    format!("{WALLS}, now {shown}")
}

/// A view that was changed and not saved.
pub fn changed(view: &str) -> String {
    format!("{view} (changed)")
}

/// In the menu.
pub fn save_changes(view: &str) -> String {
    format!("Save changes to {view}")
}

/// Another view has the name.
pub fn replaces(view: &str) -> String {
    format!("This replaces the view \"{view}\".")
}

/// The question.
pub fn delete_question(view: &str) -> String {
    format!("Delete the view \"{view}\"?")
}

/// Another view has the name.
pub fn taken(view: &str) -> String {
    format!("Another view is called \"{view}\".")
}

/// On a tile.
pub const fn reduced(rate: LiveRate) -> &'static str {
    match rate {
        LiveRate::All => "",
        LiveRate::Fewer => "fewer pictures",
        LiveRate::KeyFrames => "key frames only",
    }
}

/// Why a tile shows less.
pub const fn why_reduced(why: Strain) -> &'static str {
    match why {
        Strain::Wall => {
            "All cameras of this wall together take more than this computer can spare beside recording. \
             Recording is complete. Show fewer tiles, or give the cameras smaller sub streams."
        }
        Strain::Others => {
            "Something else needs the processor, and recording comes first. Recording goes on; pictures \
             come back by themselves when there is room."
        }
    }
}

/// In the list of cameras.
pub fn add(camera: &str) -> String {
    format!("Put {camera} on the wall")
}

/// In the list of cameras.
pub fn remove(camera: &str) -> String {
    format!("Take {camera} from the wall")
}

/// In the list of cameras.
pub fn drag(camera: &str) -> String {
    format!("Drag {camera} onto a tile")
}

/// On a tile that is arranged.
pub fn large(camera: &str) -> String {
    format!("Make {camera} the large tile")
}

/// On the large tile.
pub fn small(camera: &str) -> String {
    format!("Make {camera} like the others")
}

/// A number of tiles.
pub fn up_to(tiles: usize) -> String {
    format!("Up to {tiles} cameras at once")
}

/// Which of the cameras are shown.
pub fn page(first: usize, last: usize, count: usize) -> String {
    format!("{first}–{last} of {count}")
}

/// In the menu.
pub fn wall(name: &str) -> String {
    format!("{WALL}: {name}")
}

/// On a tile.
pub fn enlarge(camera: &str) -> String {
    format!("Enlarge {camera}")
}

/// On a tile.
pub fn recordings_of(camera: &str) -> String {
    format!("Recordings of {camera}")
}

/// On a tile.
pub fn half_a_minute_ago(camera: &str) -> String {
    format!("{camera} half a minute ago")
}

/// On a tile.
pub fn snapshot_of(camera: &str) -> String {
    format!("Snapshot of {camera}")
}

/// On a tile that is recorded by hand.
pub fn stop(camera: &str) -> String {
    format!("Stop the recording of {camera}")
}

/// On a tile.
pub fn record(camera: &str) -> String {
    format!("Record {camera} now")
}

/// The button of one of several cameras that are away.
pub fn connect(camera: &str) -> String {
    format!("Connect to {camera} now")
}

/// The button of one of several cameras that are away.
pub fn test(camera: &str) -> String {
    format!("Test the connection of {camera}")
}
