//! The snapshot thread: saves pictures into the data folder.
//!
//! Must not do: make the engine wait for a decoder, an encoder or a disk.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, bounded};

use super::EngineError;
use super::recordings::Recordings;
use super::stills::{self, Caption};
use crate::config::DataFolder;
use crate::model::{CameraId, Picture, WallTime};
use crate::playback::{self, PlaybackError};
use crate::protocol::PictureFormat;
use crate::runtime::Worker;
use crate::runtime::thread::JoinError;

/// Snapshots that wait at most; an operator does not press a key more often than this in the time that one
/// takes.
const QUEUE: usize = 16;

/// Which picture.
pub enum Wanted {
    /// This one.
    Live(Arc<Picture>),
    /// The recorded one that is shown at this moment, in full size.
    Recorded(WallTime),
}

/// How it is saved.
pub struct Style {
    /// The kind of file.
    pub format: PictureFormat,
    /// What is written into it.
    pub caption: Option<Caption>,
}

/// What became of a snapshot: where it is, or why there is none.
pub struct Saved {
    /// Whose picture.
    pub camera: CameraId,
    /// Its file.
    pub path: Result<PathBuf, EngineError>,
}

/// The snapshot thread.
pub struct Snapshots {
    requests: Sender<(CameraId, Wanted, Style)>,
    results: Receiver<Saved>,
    worker: Worker,
}

impl Snapshots {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        folder: DataFolder,
        zone: chrono_tz::Tz,
        recordings: Arc<Recordings>,
    ) -> std::io::Result<Self> {
        let (requests, waiting) = bounded::<(CameraId, Wanted, Style)>(QUEUE);
        // Requests that wait, and the one that is done, have room: the thread never waits for the engine.
        let (done, results) = bounded(2 * QUEUE);
        let worker = Worker::spawn("snapshot", move || {
            for (camera, wanted, style) in waiting {
                let path = picture(&recordings, &camera, wanted)
                    .and_then(|picture| save(&folder, &camera, &picture, &style, zone));
                if done.send(Saved { camera, path }).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { requests, results, worker })
    }

    /// Asks for a picture; its result comes from [`Snapshots::results`].
    ///
    /// # Errors
    /// When too many wait.
    pub fn save(&self, camera: CameraId, wanted: Wanted, style: Style) -> Result<(), EngineError> {
        let busy = || EngineError::NotFound("Other snapshots are still being saved.".into());
        self.requests.try_send((camera, wanted, style)).map_err(|_| busy())
    }

    /// What became of them.
    pub const fn results(&self) -> &Receiver<Saved> {
        &self.results
    }

    /// Saves what waits, and ends.
    ///
    /// # Errors
    /// When the thread hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop((self.requests, self.results));
        self.worker.join(limit)
    }
}

fn picture(
    recordings: &Recordings,
    camera: &CameraId,
    wanted: Wanted,
) -> Result<Arc<Picture>, EngineError> {
    match wanted {
        Wanted::Live(picture) => Ok(picture),
        Wanted::Recorded(at) => {
            Ok(Arc::new(playback::exact_picture(&recordings.footage, camera, at)?.picture))
        }
    }
}

/// Named by camera and local time.
fn save(
    folder: &DataFolder,
    camera: &CameraId,
    picture: &Picture,
    style: &Style,
    zone: chrono_tz::Tz,
) -> Result<PathBuf, EngineError> {
    let taken = picture.at.to_utc().with_timezone(&zone).format("%Y-%m-%d_%H-%M-%S%.3f");
    let file = stills::encode(picture, style.format, style.caption.as_ref())
        .map_err(PlaybackError::from)?;
    let ending = stills::ending(style.format);
    Ok(folder.save_snapshot(&format!("{camera}_{taken}.{ending}"), &file)?)
}
