//! What the storage card says of recordings that are brought elsewhere.
//!
//! Must not do: decide when.

use crate::protocol::{NotAdded, StorageProtection, StorageStep};

pub const TYPE: &str = "Storage type";
pub const LOCAL: &str = "Local folder";
pub const NAS: &str = "Synology NAS (SMB/CIFS network share)";
pub const OBJECT: &str = "Object storage (S3)";
pub const TYPE_TIP: &str = "Recordings are always written into the folder below first; with a NAS or object storage \
    each finished file is brought there, and then removed here";

pub const HOST: &str = "Host";
pub const HOST_TIP: &str = "The NAS's name or address, such as nas.local or 192.168.1.50";
pub const PORT: &str = "Port";
pub const PORT_TIP: &str = "The TCP port of SMB; 445 unless it was changed";
pub const SHARE: &str = "Share";
pub const SHARE_TIP: &str = "The shared folder's name, as the NAS lists it";
pub const FOLDER: &str = "Folder in the share";
pub const FOLDER_TIP: &str = "Is made when it is not there; empty for the share itself";
pub const USER: &str = "User";
pub const USER_TIP: &str = "Who may write into the share; DOMAIN\\user where there is a domain";
pub const PASSWORD: &str = "Password";
pub const ENDPOINT: &str = "Endpoint";
pub const ENDPOINT_TIP: &str = "Such as https://s3.example.com or http://192.168.1.60:9000";
pub const BUCKET: &str = "Bucket";
pub const BUCKET_TIP: &str = "It must be there already";
pub const PREFIX: &str = "Prefix";
pub const PREFIX_TIP: &str = "What the names of all our objects begin with; may be empty";
pub const REGION: &str = "Region";
pub const REGION_TIP: &str = "As the provider names it; us-east-1 where there are none";
pub const ACCESS_KEY: &str = "Access key";
pub const ACCESS_KEY_TIP: &str = "The key that may list, read, write and delete in the bucket";
pub const SECRET: &str = "Password (secret key)";
pub const PASSWORD_TIP: &str = "Is stored encrypted, for this address alone, and never shown again";
pub const STORED: &str = "stored; type to change it";
pub const NOT_STORED: &str = "none is stored for this address";
pub const FORGOTTEN: &str = "is deleted with Save";
pub const FORGET: &str = "Forget";
pub const FORGET_TIP: &str = "The stored password is deleted with Save";

pub const SPOOL: &str = "Spool folder";
pub const SPOOL_TIP: &str =
    "Recordings wait here until they have been brought; a relative one is below the data folder";
pub const SPOOL_MAX: &str = "Spool limit";
pub const SPOOL_MAX_UNIT: &str = "GB";
pub const SPOOL_MAX_TIP: &str =
    "What may wait in the folder at most while the NAS or bucket cannot be reached";
pub const SPOOL_HINT: &str = "0 = as much as the disk holds";
pub const SPOOL_FULL: &str = "When the spool is full";
pub const SPOOL_FULL_TIP: &str = "What happens when no more can wait; you are told by an alarm";
pub const DROP_OLDEST: &str = "Delete the oldest that wait";
pub const STOP: &str = "Stop recording";
pub const VERIFY: &str = "Verify";
pub const VERIFY_ON: &str = "each file is read back once and compared";
pub const VERIFY_OFF: &str = "off: only sizes are compared";

pub const TEST: &str = "Test connection";
pub const TEST_TIP: &str =
    "Signs in, writes a small file, reads it and removes it; nothing is saved";
pub const TESTING: &str = "Testing …";
pub const PASSED: &str = "Recordings can be brought there";
pub const FAILED: &str = "Recordings cannot be brought there";
pub const FREE: &str = "Free";
pub const SPEED: &str = "Speed";
pub const PROTECTION: &str = "On the way";
pub const NOT_TOLD: &str = "not told";

/// A step that has been done.
#[must_use]
pub const fn done(step: StorageStep) -> &'static str {
    match step {
        StorageStep::Resolve => "found",
        StorageStep::Connect => "connected",
        StorageStep::SignIn => "signed in",
        StorageStep::Open => "opened",
        StorageStep::Write => "written",
        StorageStep::Read => "read",
        StorageStep::Remove => "removed",
    }
}

/// A step that is being done.
#[must_use]
pub const fn doing(step: StorageStep) -> &'static str {
    match step {
        StorageStep::Resolve => "looking the name up …",
        StorageStep::Connect => "connecting …",
        StorageStep::SignIn => "signing in …",
        StorageStep::Open => "opening the share or bucket …",
        StorageStep::Write => "writing …",
        StorageStep::Read => "reading …",
        StorageStep::Remove => "removing …",
    }
}

/// A step that failed.
#[must_use]
pub const fn failed(step: StorageStep) -> &'static str {
    match step {
        StorageStep::Resolve => "not found",
        StorageStep::Connect => "not connected",
        StorageStep::SignIn => "not signed in",
        StorageStep::Open => "not opened",
        StorageStep::Write => "not written",
        StorageStep::Read => "not read",
        StorageStep::Remove => "not removed",
    }
}

/// What protects recordings on their way.
#[must_use]
pub const fn protection(protection: StorageProtection) -> &'static str {
    match protection {
        StorageProtection::None => "neither signed nor encrypted",
        StorageProtection::Signed => "signed, not encrypted",
        StorageProtection::Encrypted => "encrypted",
    }
}

/// How fast it was.
#[must_use]
pub fn speed(written: &str, read: &str) -> String {
    format!("{written} written, {read} read")
}

pub const TRY_NOW: &str = "Try now";
pub const TRY_NOW_TIP: &str = "Tries to reach it at once; it is tried again by itself too";
pub const TAKE_OVER: &str = "Take over";
pub const TAKE_OVER_TIP: &str =
    "The folder becomes this Watchkeeper's, and the other one is refused there from then on";
pub const NOTHING_RECORDED: &str = "outage: nothing is recorded";
pub const BROUGHT: &str = "brought since the start";

/// How long the spool is enough.
#[must_use]
pub fn hours(micros: i64) -> String {
    match micros / 60_000_000 {
        minutes @ ..60 => format!("{minutes} min"),
        minutes @ 60..120 => format!("1 hour {} min", minutes - 60),
        minutes => format!("{} hours", minutes / 60),
    }
}

/// Below the time for which the spool is enough.
#[must_use]
pub fn covers(rate: &str) -> String {
    format!("of outage at {rate}")
}

/// Below the bytes that wait.
#[must_use]
pub fn waits(files: u64) -> String {
    match files {
        0 => "nothing waits".into(),
        1 => "1 recording waits".into(),
        files => format!("{files} recordings wait"),
    }
}

/// How full the spool is.
#[must_use]
pub fn spool(used: &str, room: &str) -> String {
    format!("Spool: {used} used, room for {room} more")
}

/// How full the other side is.
#[must_use]
pub fn free_there(free: &str, total: &str) -> String {
    format!("There: {free} free of {total}")
}

/// The spool was too small.
#[must_use]
pub fn dropped(files: u64) -> String {
    match files {
        1 => "1 recording was deleted before it could be brought.".into(),
        files => format!("{files} recordings were deleted before they could be brought."),
    }
}

/// Recordings that are known are not there.
#[must_use]
pub fn missing(files: u64) -> String {
    let (which, is) = recordings(files);
    format!(
        "{which} {is} not there any more. \"watchkeeper check --repair\" puts that right while Watchkeeper does not run."
    )
}

pub const ADOPT: &str = "Add to the catalogue";
pub const ADOPT_TIP: &str = "Reads the beginning and end of each file there and adds the recordings to this program's \
    catalogue; no file there is changed";
pub const ADOPT_AWAY: &str = "It cannot be reached now";
pub const ADOPT_RULES: &str =
    "The retention rules apply to them too: what is too old is deleted then.";
pub const ADOPTING: &str = "Adding to the catalogue";
pub const ADOPT_LISTING: &str = "Looking for recordings there …";
pub const ADOPT_NONE: &str = "All recordings there are in the catalogue already.";

/// How many, and the verb that belongs to it.
fn recordings(files: u64) -> (String, &'static str) {
    match files {
        1 => ("1 recording".into(), "is"),
        files => (format!("{files} recordings"), "are"),
    }
}

/// Recordings are there that are not known.
#[must_use]
pub fn strangers(files: u64, bytes: &str) -> String {
    let (which, is) = recordings(files);
    format!("{which} there ({bytes}) {is} not in this program's catalogue.")
}

/// How far it is.
#[must_use]
pub fn adopting(done: u64, of: u64) -> String {
    format!("{ADOPTING}: {done} of {of}")
}

/// What came of it.
#[must_use]
pub fn adopted(files: u64, bytes: &str) -> String {
    match files {
        0 => "No recording was added to the catalogue.".into(),
        1 => format!("1 recording ({bytes}) was added to the catalogue."),
        files => format!("{files} recordings ({bytes}) were added to the catalogue."),
    }
}

/// Some are of cameras that are not set up.
#[must_use]
pub fn of_no_camera(files: u64, cameras: &str) -> String {
    let which = match files {
        1 => "1 of these is of a camera that is".into(),
        files => format!("{files} of these are of cameras that are"),
    };
    format!(
        "{which} not set up here ({cameras}): they take up space and follow the retention rules; \"watchkeeper export\" \
         exports them by that name."
    )
}

/// Why files were not added.
#[must_use]
pub fn not_added(why: NotAdded, files: u64) -> String {
    let which = match files {
        1 => "1 file".into(),
        files => format!("{files} files"),
    };
    let why = match why {
        NotAdded::Known => "the catalogue has the same recordings from other files",
        NotAdded::Unfinished => {
            "they were never finished; copied into a folder on this computer they can be repaired"
        }
        NotAdded::Empty => "no picture can be found in them",
        NotAdded::Unreadable => "not recordings of Watchkeeper, or damaged",
        NotAdded::Failed => "they could not be read; try again",
    };
    format!("Not added: {which}; {why}.")
}
