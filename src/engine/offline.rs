//! Reading and mending a data folder that no engine runs on.
//!
//! Must not do: anything without the caller holding the folder's lock.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::EngineError;
use super::recordings::Recordings;
use crate::config::{DataFolder, KnownVolume, SettingsStore, VolumeStore};
use crate::index::check::Outcome;
use crate::index::{self, Index, Volumes};
use crate::model::{CameraId, VolumeId};
use crate::playback::Footage;
use crate::recorder::OpenSegments;
use crate::storage::{LocalVolume, Volume};

/// The places that hold recordings, opened.
pub struct OpenedVolumes {
    /// All of them.
    pub all: Volumes,
    /// Where is recorded.
    pub current: VolumeId,
}

impl OpenedVolumes {
    /// The one that is recorded to.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when it is not among them, which [`volumes`] never makes.
    pub fn current(&self) -> Result<Arc<dyn Volume>, EngineError> {
        let current = self.all.get(&self.current).map(Arc::clone);
        current.ok_or_else(|| EngineError::NotFound("the recordings folder is not open".into()))
    }
}

/// Opens the volume that the settings name, and those that were recorded to before. A disk that is not
/// connected counts as such; its recordings stay in the index.
///
/// # Errors
/// When the folder that the settings name cannot be had.
pub fn volumes(folder: &DataFolder, store: &SettingsStore) -> Result<OpenedVolumes, EngineError> {
    let mut known = VolumeStore::open(folder)?;
    let wanted = known.at(&store.settings().storage.path);
    let current = wanted.id;
    let mut all = Volumes::new();
    let others = known.list().iter().filter(|volume| volume.id != current).cloned();
    for volume in others.collect::<Vec<_>>() {
        match LocalVolume::open_marked(folder.storage(&volume.path), volume.marker.as_deref()) {
            Ok((opened, _)) => {
                all.insert(volume.id, Arc::new(opened) as Arc<dyn Volume>);
            }
            Err(error) => tracing::warn!("{}: {error}", volume.path),
        }
    }
    let path = folder.storage(&wanted.path);
    let opened: Arc<dyn Volume> = match LocalVolume::open_marked(&path, wanted.marker.as_deref()) {
        Ok((opened, marker)) => {
            known.remember(KnownVolume { marker: Some(marker), ..wanted })?;
            Arc::new(opened)
        }
        // A marker cannot be written on a disk that is full or read-only; recordings are there all the same.
        Err(error) => {
            tracing::warn!("{}: {error}", path.display());
            Arc::new(LocalVolume::open(&path)?)
        }
    };
    all.insert(current, opened);
    Ok(OpenedVolumes { all, current })
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
    let volumes = volumes(folder, &store)?.all;
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
    let volumes = volumes(folder, &store)?.all;
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
