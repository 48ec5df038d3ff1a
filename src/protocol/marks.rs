//! Bookmarks, locks, motion events and small pictures as the console shows them.
//!
//! Must not do: read the index or a disk.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::model::{Bookmark, CameraId, Lock, MotionEvent, Picture, WallSpan, WallTime};

/// What operators have marked; made anew at every change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Newest moment first.
    pub bookmarks: Vec<Bookmark>,
    /// Newest start first.
    pub locks: Vec<Lock>,
}

/// A change of what operators have marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkChange {
    /// Notes something about a moment.
    AddBookmark(Bookmark),
    /// Forgets a note.
    RemoveBookmark(Bookmark),
    /// Keeps a range from every rule that deletes.
    Lock(Lock),
    /// Lets the rules have a range again.
    Unlock {
        /// Whose footage.
        camera: CameraId,
        /// Which.
        span: WallSpan,
    },
}

/// A question for motion events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventsQuery {
    /// Grows with each question.
    pub generation: u64,
    /// Of these.
    pub cameras: Vec<CameraId>,
    /// Those that overlap this.
    pub span: WallSpan,
}

/// Motion events over a span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventsAnswer {
    /// Of the question.
    pub generation: u64,
    /// Ordered by start; the newest of them when there are too many for a list.
    pub events: Vec<MotionEvent>,
    /// Whether older ones were left out.
    pub more: bool,
}

/// A small picture that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ThumbnailWish {
    /// Of this camera.
    pub camera: CameraId,
    /// At this moment.
    pub at: WallTime,
    /// Whether the nearest one that is kept does, or the picture of exactly this moment is to follow.
    pub exact: bool,
}

/// A small picture.
#[derive(Clone, Debug)]
pub struct Thumbnail {
    /// The picture; its time tells how near it is.
    pub picture: Arc<Picture>,
    /// Whether nothing better will come for this moment.
    pub last: bool,
}

/// Small pictures kept at most, about 15 MB at 320x180.
const KEPT_THUMBNAILS: usize = 64;

/// Small pictures by what was wished.
#[derive(Debug, Default)]
pub struct Thumbnails {
    found: Mutex<BTreeMap<(CameraId, WallTime), Option<Thumbnail>>>,
}

impl Thumbnails {
    /// What is there for this wish: the outer option says whether it has been looked for at all, the inner
    /// one is none where the camera has no picture near.
    #[must_use]
    pub fn get(&self, camera: &CameraId, at: WallTime) -> Option<Option<Thumbnail>> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.get(&(camera.clone(), at)).cloned()
    }

    /// Keeps what was found for a wish.
    pub fn put(&self, camera: CameraId, at: WallTime, thumbnail: Option<Thumbnail>) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.insert((camera, at), thumbnail);
    }

    /// Forgets what nobody wishes any more, when there is too much.
    pub fn retain(&self, wishes: &[ThumbnailWish]) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() > KEPT_THUMBNAILS {
            found.retain(|(camera, at), _| {
                wishes.iter().any(|wish| wish.camera == *camera && wish.at == *at)
            });
        }
    }
}
