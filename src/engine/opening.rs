//! The thread `opening`: makes another folder one that can be recorded to, however long its disk takes to
//! answer.
//!
//! Must not do: put a setting in force; the engine does when the folder is open.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, TrySendError, bounded};

use super::EngineError;
use crate::config::{ConfigError, DataFolder, KnownVolume, VolumeStore};
use crate::model::VolumeId;
use crate::protocol::SettingsChange;
use crate::runtime::Worker;
use crate::runtime::thread::JoinError;
use crate::storage::{LocalVolume, Volume};

/// A change of settings that waits for its folder; another one is refused meanwhile.
const QUEUE: usize = 1;

/// At the end a disk is waited for so long; the system that shuts down waits little longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// An open folder, or why it cannot be had.
pub struct Opened {
    /// The change that waited for it.
    pub change: SettingsChange,
    /// Its number and itself.
    pub volume: Result<(VolumeId, Arc<dyn Volume>), EngineError>,
}

/// The thread.
pub struct Opening {
    wanted: Sender<SettingsChange>,
    opened: Receiver<Opened>,
    worker: Worker,
    /// Changes whose folder has not arrived.
    under_way: Vec<u64>,
}

impl Opening {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start(folder: DataFolder) -> std::io::Result<Self> {
        let (wanted, changes) = bounded::<SettingsChange>(QUEUE);
        // One that waits and one that is being opened.
        let (results, opened) = bounded(2 * QUEUE);
        let worker = Worker::spawn("opening", move || {
            for change in changes {
                let volume = open(&folder, &change.after.storage.path);
                if results.send(Opened { change, volume }).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { wanted, opened, worker, under_way: Vec::new() })
    }

    /// Opens the folder that a change names.
    ///
    /// # Errors
    /// Gives the change back while the folder of another one is being opened.
    pub fn open(&mut self, change: SettingsChange) -> Result<(), SettingsChange> {
        let id = change.id;
        self.wanted.try_send(change).map_err(TrySendError::into_inner)?;
        self.under_way.push(id);
        Ok(())
    }

    /// The folder of the change `id` has arrived.
    pub fn arrived(&mut self, id: u64) {
        self.under_way.retain(|other| *other != id);
    }

    /// At the end: the folder of a change that is under way, once it is open. None when there is no such change, or
    /// its disk takes longer than 2 s.
    #[must_use]
    pub fn last(&self) -> Option<Opened> {
        self.under_way.first()?;
        self.opened.recv_timeout(PATIENCE).ok()
    }

    /// Changes whose folder has not arrived.
    #[must_use]
    pub fn under_way(&self) -> &[u64] {
        &self.under_way
    }

    /// Where folders arrive.
    #[must_use]
    pub fn opened(&self) -> &Receiver<Opened> {
        &self.opened
    }

    /// Ends the thread.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop((self.wanted, self.opened));
        self.worker.join(limit)
    }
}

fn open(folder: &DataFolder, path: &str) -> Result<(VolumeId, Arc<dyn Volume>), EngineError> {
    let full = folder.storage(path);
    if !full.is_dir() && !full.parent().is_some_and(Path::is_dir) {
        let text = format!("{} cannot be made: the folder above it is not there.", full.display());
        return Err(ConfigError::Refused(text).into());
    }
    let mut known = VolumeStore::open(folder)?;
    let volume = known.at(path);
    // A known disk that is not connected is not taken for an empty folder at its place.
    let (opened, marker) = LocalVolume::open_marked(full, volume.marker.as_deref())?;
    known.remember(KnownVolume { marker: Some(marker), ..volume.clone() })?;
    Ok((volume.id, Arc::new(opened)))
}
