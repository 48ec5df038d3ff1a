//! What is known of motion right now, by camera: written by who watches, read by who records.
//!
//! Must not do: wait, or keep history.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::CameraId;
use crate::runtime::Now;

/// What is known of motion in one camera's picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// Nobody watches, or nothing has moved lately.
    #[default]
    Still,
    /// Something moves, or has moved.
    Moving {
        /// The first picture of this motion.
        since: Now,
        /// The last picture with motion so far.
        last: Now,
    },
    /// It cannot be told, so footage is kept as if something moved; the text says why.
    Blind(String),
}

/// One camera's motion with what a meter shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// What is known.
    pub motion: Motion,
    /// For a meter, 0 to 1000: the motion of the last picture; 500 is the least that counts.
    pub level: u16,
}

/// The newest of each camera.
#[derive(Debug, Default)]
pub struct MotionBoard {
    cameras: Mutex<BTreeMap<CameraId, Watched>>,
}

impl MotionBoard {
    /// What is known of `camera`.
    #[must_use]
    pub fn get(&self, camera: &CameraId) -> Watched {
        self.lock().get(camera).cloned().unwrap_or_default()
    }

    /// Overwrites what is known of `camera`.
    pub fn set(&self, camera: &CameraId, watched: Watched) {
        self.lock().insert(camera.clone(), watched);
    }

    /// Nobody watches `camera` any more.
    pub fn forget(&self, camera: &CameraId) {
        self.lock().remove(camera);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<CameraId, Watched>> {
        self.cameras.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
