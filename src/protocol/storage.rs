//! Storage as operators are told of it: what is used, what is allowed, what will go.
//!
//! Must not do: look at a disk.

use serde::{Deserialize, Serialize};

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
