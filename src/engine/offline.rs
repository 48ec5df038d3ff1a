//! Reading and mending a data folder that no engine runs on.
//!
//! Must not do: anything without the caller holding the folder's lock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::EngineError;
use super::recordings::Recordings;
use crate::config::{DataFolder, SettingsStore};
use crate::index::check::Outcome;
use crate::index::{self, Index, Volumes};
use crate::model::{CameraId, VolumeId};
use crate::playback::Footage;
use crate::recorder::OpenSegments;
use crate::storage::{LocalVolume, Volume};

/// The one volume of a data folder.
pub const LOCAL: VolumeId = VolumeId(0);

/// The volume that the settings name.
///
/// # Errors
/// When its folder cannot be made.
pub fn volume(folder: &DataFolder, store: &SettingsStore) -> Result<Arc<dyn Volume>, EngineError> {
    let path = folder.storage(&store.settings().storage.path);
    Ok(Arc::new(LocalVolume::open(&path)?))
}

/// The local volume under its number.
#[must_use]
pub fn volumes(local: Arc<dyn Volume>) -> Volumes {
    BTreeMap::from([(LOCAL, local)])
}

/// Index, volumes and what is being written, as one.
#[must_use]
pub fn recordings(index: &Index, volumes: Volumes, open: OpenSegments) -> Recordings {
    let reader = index.reader();
    let footage = Arc::new(Footage::new(reader.clone(), open.clone(), volumes.clone()));
    Recordings { reader, open, volumes, footage }
}

/// Opens the folder for reading.
///
/// # Errors
/// When settings, index or volume cannot be opened.
pub fn open(folder: &DataFolder) -> Result<Recordings, EngineError> {
    let store = SettingsStore::open(folder)?;
    let volumes = volumes(volume(folder, &store)?);
    let opened = Index::open(folder.index())?;
    if opened.fresh {
        index::check::repair(&opened.index, &volumes, &[])?;
    }
    Ok(recordings(&opened.index, volumes, OpenSegments::default()))
}

/// Mends files and index; one sentence for each thing that was mended.
///
/// # Errors
/// When settings, index or volume cannot be opened.
pub fn repair(folder: &DataFolder) -> Result<Vec<String>, EngineError> {
    let store = SettingsStore::open(folder)?;
    let volumes = volumes(volume(folder, &store)?);
    let opened = Index::open(folder.index())?;
    let report = index::check::repair(&opened.index, &volumes, &[])?;
    let mended = report.problems.iter().filter(|problem| problem.outcome == Outcome::Repaired);
    Ok(mended.map(ToString::to_string).collect())
}

/// Cameras that have recordings, also those that were removed: their identities are taken.
///
/// # Errors
/// When settings, index or volume cannot be opened.
pub fn recorded(folder: &DataFolder) -> Result<BTreeSet<CameraId>, EngineError> {
    let streams = open(folder)?.reader.streams()?;
    Ok(streams.into_iter().map(|stream| stream.camera).collect())
}
