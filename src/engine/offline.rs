//! Reading and mending a data folder that no engine runs on.
//!
//! Must not do: anything without the caller holding the folder's lock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::EngineError;
use super::library::Library;
use crate::config::{DataFolder, SettingsStore};
use crate::index::{self, Index};
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

/// Index, volume and nothing being written, as a library.
#[must_use]
pub fn library(index: &Index, volume: Arc<dyn Volume>, open: OpenSegments) -> Library {
    let reader = index.reader();
    let volumes = BTreeMap::from([(LOCAL, Arc::clone(&volume))]);
    let footage = Footage::new(reader.clone(), open.clone(), volumes);
    Library { reader, open, volume, footage }
}

/// Opens the folder for reading.
///
/// # Errors
/// When settings, index or volume cannot be opened.
pub fn open(folder: &DataFolder) -> Result<Library, EngineError> {
    let store = SettingsStore::open(folder)?;
    let volume = volume(folder, &store)?;
    let opened = Index::open(&folder.index())?;
    if opened.fresh {
        index::check::repair(&opened.index, &*volume, LOCAL)?;
    }
    Ok(library(&opened.index, volume, OpenSegments::default()))
}

/// Mends files and index; one sentence for each thing mended.
///
/// # Errors
/// When settings, index or volume cannot be opened.
pub fn repair(folder: &DataFolder) -> Result<Vec<String>, EngineError> {
    let store = SettingsStore::open(folder)?;
    let volume = volume(folder, &store)?;
    let opened = Index::open(&folder.index())?;
    let report = index::check::repair(&opened.index, &*volume, LOCAL)?;
    Ok(report.mended.iter().map(ToString::to_string).collect())
}

/// Cameras that have recordings, also those that were removed: their identities are taken.
///
/// # Errors
/// When settings, index or volume cannot be opened.
pub fn recorded(folder: &DataFolder) -> Result<BTreeSet<CameraId>, EngineError> {
    let streams = open(folder)?.reader.streams()?;
    Ok(streams.into_iter().map(|stream| stream.camera).collect())
}
