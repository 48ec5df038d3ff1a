//! Storage as operators are told of it: what is used, what is allowed, what will go.
//!
//! Must not do: look at a disk.

use serde::{Deserialize, Serialize};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{CameraId, DeletionCause, Settings, WallSpan, WallTime};

/// Asks how storage stands.
#[derive(Clone, Debug)]
pub struct StorageQuery {
    /// For the answer.
    pub id: u64,
    /// Settings that are not in force: how it would stand with them.
    pub with: Option<Arc<Settings>>,
}

/// How storage stands, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageAnswer {
    /// To which question.
    pub id: u64,
    /// As asked.
    pub overview: StorageOverview,
    /// What would be deleted at once, and stays with the settings in force.
    pub lost: Vec<Going>,
}

/// How storage stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageOverview {
    /// The folder that is recorded to.
    pub path: String,
    /// Bytes that all recordings take, with their small pictures: what the largest size is compared with.
    pub used: u64,
    /// Bytes of the small pictures. They are in the data folder, and go with their footage.
    #[serde(default)]
    pub thumbnails: u64,
    /// Bytes of the recordings by camera.
    pub used_by: Vec<(CameraId, u64)>,
    /// Bytes of the recordings that locks keep.
    #[serde(default)]
    pub locked: u64,
    /// Where the oldest footage begins.
    #[serde(default)]
    pub oldest: Option<WallTime>,
    /// Bytes that are free on the volume.
    pub free: u64,
    /// Bytes that it holds in all.
    pub total: u64,
    /// Bytes a second that are being recorded.
    pub rate: u64,
    /// Bytes that are kept free for the next hour.
    pub reserve: u64,
    /// Why recording is stopped, or what is wrong, in a sentence.
    pub trouble: Option<String>,
    /// What goes within 24 hours.
    pub going: Vec<Going>,
    /// Microseconds until the first limit is met at the present rate; none when it never is.
    pub left_micros: Option<i64>,
    /// Where recordings are brought to; none when they stay.
    #[serde(default)]
    pub archive: Option<Box<ArchiveOverview>>,
}

/// How the place stands that recordings are brought to, and what waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveOverview {
    /// Its address.
    pub address: String,
    /// What it does, or why it does not, in a sentence.
    pub state: String,
    /// Whether it answers.
    pub is_reachable: bool,
    /// Whether another Watchkeeper brings its recordings there, so that it is not used.
    #[serde(default)]
    pub is_taken: bool,
    /// Finished recordings that wait on this computer.
    pub waiting_files: u64,
    /// Their bytes.
    pub waiting_bytes: u64,
    /// Recordings that were brought since the start.
    pub brought_files: u64,
    /// Bytes that wait or are being recorded.
    pub spool_used: u64,
    /// Bytes that can still wait.
    pub spool_room: u64,
    /// Microseconds without the archive for which these are enough at the present rate; none while nothing is
    /// recorded.
    pub covers_micros: Option<i64>,
    /// Recordings that were deleted since the start because they could not be brought in time.
    pub dropped_files: u64,
    /// Bytes that are free there; nothing with a total of nothing: it does not tell.
    pub free: u64,
    /// Bytes that it holds in all.
    pub total: u64,
    /// Recordings there that the index does not know.
    pub strangers: u64,
    /// Their bytes.
    #[serde(default)]
    pub stranger_bytes: u64,
    /// How far such recordings are being added to the index, or what came of it; none when nobody has asked for it.
    #[serde(default)]
    pub adoption: Option<Adoption>,
    /// Recordings in the index whose files are not there any more.
    pub missing: u64,
    /// What is wrong with a recording that waits, in a sentence.
    pub trouble: Option<String>,
}

/// How recordings that are on an archive and not in the index are being added to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adoption {
    /// Whether all of them have been looked into.
    pub is_over: bool,
    /// Files that have been looked into.
    pub done: u64,
    /// Files that are to be looked into in all; 0 while the archive is being listed.
    pub of: u64,
    /// Recordings that were added, by camera.
    pub added: BTreeMap<CameraId, u64>,
    /// Their bytes.
    pub added_bytes: u64,
    /// Files that were not added, by reason.
    pub left: BTreeMap<NotAdded, u64>,
}

impl Adoption {
    /// Recordings that were added.
    #[must_use]
    pub fn added_files(&self) -> u64 {
        self.added.values().sum()
    }
}

/// Why a file is not added to the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotAdded {
    /// The index knows its recording from another file.
    Known,
    /// It was never finished, and cannot be where it is.
    Unfinished,
    /// No picture can be found in it.
    Empty,
    /// It is no recording of ours, or is damaged.
    Unreadable,
    /// It cannot be read now.
    Failed,
}

/// Footage of a camera that goes by one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Going {
    /// Whose.
    pub camera: CameraId,
    /// From the oldest to the newest of it.
    pub span: WallSpan,
    /// Bytes.
    pub bytes: u64,
    /// Files.
    pub segments: usize,
    /// By which rule.
    pub cause: DeletionCause,
}
