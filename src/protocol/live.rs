//! How live pictures are shown: what was reduced and why, and how the window keeps up.
//!
//! Must not do: decide what is reduced.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::model::{CameraId, Picture};
use crate::runtime::Latest;

/// Live pictures, by camera.
#[derive(Debug, Default)]
pub struct LivePictures {
    by_camera: Mutex<BTreeMap<CameraId, Arc<Picture>>>,
}

impl LivePictures {
    /// Overwrites the picture of `camera`.
    pub fn set(&self, camera: CameraId, picture: Arc<Picture>) {
        self.by_camera.lock().unwrap_or_else(PoisonError::into_inner).insert(camera, picture);
    }

    /// The newest picture of `camera`.
    #[must_use]
    pub fn get(&self, camera: &CameraId) -> Option<Arc<Picture>> {
        self.by_camera.lock().unwrap_or_else(PoisonError::into_inner).get(camera).cloned()
    }

    /// Forgets the pictures of all cameras but these.
    pub fn retain(&self, keep: &[CameraId]) {
        let mut pictures = self.by_camera.lock().unwrap_or_else(PoisonError::into_inner);
        pictures.retain(|camera, _| keep.contains(camera));
    }
}

/// How many pictures of a live tile are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveRate {
    /// All that the window can paint.
    #[default]
    All,
    /// All are decoded, some are painted.
    Fewer,
    /// Only random access points.
    KeyFrames,
}

/// Why live pictures are reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strain {
    /// All cameras of the wall together take more than may be spent beside recording.
    Wall,
    /// Something else needs the processor: pictures came too late, or recording did.
    Others,
}

/// A live tile that does not show all pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reduced {
    /// Whose.
    pub camera: CameraId,
    /// What it shows.
    pub rate: LiveRate,
    /// Why.
    pub why: Strain,
}

/// How long the window's frames took, in milliseconds of the thread that paints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WindowTimes {
    /// Frames of the last seconds.
    pub frames: u32,
    /// Over so many seconds.
    pub seconds: f32,
    /// Half of them took no longer.
    pub p50: f32,
    /// 99 of 100 took no longer.
    pub p99: f32,
    /// The longest of them.
    pub worst: f32,
    /// Frames over 50 ms since the start.
    pub slow_since_start: u64,
    /// The longest since the start.
    pub worst_since_start: f32,
    /// Pictures that were uploaded since the start.
    pub uploads: u64,
}

/// How live pictures are shown at present.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LiveStatus {
    /// How the window keeps up; none without a window.
    pub window: Option<WindowTimes>,
    /// Tiles that do not show all pictures.
    pub reduced: Vec<Reduced>,
}

/// What console and engine tell each other of live pictures.
#[derive(Debug, Default)]
pub struct LiveShow {
    /// Tiles that do not show all pictures.
    pub reduced: Latest<Vec<Reduced>>,
    /// How the window keeps up; the console writes it.
    pub window: Latest<WindowTimes>,
    pace: AtomicU32,
}

impl LiveShow {
    /// As it is at present.
    #[must_use]
    pub fn status(&self) -> LiveStatus {
        let reduced = self.reduced.get().map(|reduced| (*reduced).clone()).unwrap_or_default();
        LiveStatus { window: self.window.get().map(|window| *window), reduced }
    }

    /// The window paints so many pictures of each tile a second; more need not be made ready.
    pub fn set_pace(&self, pictures: u32) {
        self.pace.store(pictures, Ordering::Relaxed);
    }

    /// Pictures of each tile that the window paints in a second; none while no window has told.
    #[must_use]
    pub fn pace(&self) -> Option<u32> {
        Some(self.pace.load(Ordering::Relaxed)).filter(|pace| *pace > 0)
    }
}
