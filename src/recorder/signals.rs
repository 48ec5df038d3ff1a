//! What the recorder is told from outside while it records: manual recordings and what is wrong with the
//! storage. Motion has a board of its own.
//!
//! Must not do: decide, or wait.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::analysis::Motion;
use crate::model::{CameraId, GapReason, WallTime};

/// A recording that an operator asked for, on the monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manual {
    /// When it was asked for.
    pub since: Duration,
    /// When it ends by itself.
    pub until: Duration,
}

/// What tells the gate about the world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// What is known of motion.
    pub motion: Motion,
    /// What an operator asked for.
    pub manual: Option<Manual>,
    /// Why the rules of storage forbid to write.
    pub storage: Option<GapReason>,
}

/// The wall clock went on by itself: it was set, or the computer slept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interruption {
    /// Which of both.
    pub reason: GapReason,
    /// The last moment before it that is known.
    pub before: WallTime,
}

/// Written by the engine, read by the recorder a few times a second.
#[derive(Debug, Default)]
pub struct Signals {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    manual: BTreeMap<CameraId, Manual>,
    storage: Option<GapReason>,
}

impl Signals {
    /// The manual recording of `camera`, also one that is over.
    #[must_use]
    pub fn manual(&self, camera: &CameraId) -> Option<Manual> {
        self.lock().manual.get(camera).copied()
    }

    /// Begins a manual recording, or ends it with none.
    pub fn set_manual(&self, camera: &CameraId, manual: Option<Manual>) {
        let mut state = self.lock();
        match manual {
            Some(manual) => state.manual.insert(camera.clone(), manual),
            None => state.manual.remove(camera),
        };
    }

    /// Why nothing may be written to the volume, as the rules of storage say.
    #[must_use]
    pub fn storage(&self) -> Option<GapReason> {
        self.lock().storage.clone()
    }

    /// Sets why nothing may be written, or that it may.
    pub fn set_storage(&self, reason: Option<GapReason>) {
        self.lock().storage = reason;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
