//! Reading and mending a data folder that no engine runs on.
//!
//! Must not do: anything without the caller holding the folder's lock.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::EngineError;
use super::archives::{self, OpenArchive, OpenArchives};
use super::overview::{self, Before};
use super::recordings::Recordings;
use crate::config::{DataFolder, KnownVolume, LockStore, SettingsStore, VolumeStore, identity};
use crate::index::check::Outcome;
use crate::index::{self, Index, ThumbnailWriter};
use crate::model::Settings;
use crate::model::{CameraId, VolumeId, WallTime};
use crate::playback::Footage;
use crate::protocol::Going;
use crate::recorder::OpenSegments;
use crate::storage::{Archive, LocalVolume, Owner, Places, StorageError, Volume, Volumes};

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
    let is_other = |volume: &&KnownVolume| volume.id != current && volume.archive.is_none();
    let others = known.list().iter().filter(is_other).cloned();
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
            // Its number must not be given to a place elsewhere.
            if let Err(error) = known.remember(wanted) {
                tracing::warn!("{error}");
            }
            Arc::new(LocalVolume::open(&path)?)
        }
    };
    all.insert(current, opened);
    Ok(OpenedVolumes { all, current })
}

/// The places that hold recordings, for reading alone, also beside a running engine. One that is not
/// connected is left out.
///
/// # Errors
/// When it cannot be read which there are.
pub fn volumes_to_read(folder: &DataFolder, store: &SettingsStore) -> Result<Volumes, EngineError> {
    let known = VolumeStore::open(folder)?;
    let current = known.at(&store.settings().storage.path);
    let is_other = |volume: &&KnownVolume| volume.id != current.id && volume.archive.is_none();
    let others = known.list().iter().filter(is_other).cloned();
    let mut all = Volumes::new();
    for volume in others.chain([current.clone()]) {
        let path = folder.storage(&volume.path);
        let opened = match volume.marker.as_deref() {
            Some(marker) => LocalVolume::open_marked(path, Some(marker)).map(|(opened, _)| opened),
            None => LocalVolume::open(path),
        };
        match opened {
            Ok(opened) => {
                all.insert(volume.id, Arc::new(opened) as Arc<dyn Volume>);
            }
            Err(error) => tracing::warn!("{}: {error}", volume.path),
        }
    }
    add_archives(&mut all, folder, store, |_| true)?;
    Ok(all)
}

/// Whether a place elsewhere is not another one than it was. Rows of another one are not dropped because their files
/// are not there. One that cannot be reached is told of when its files are listed.
fn is_itself(known: Option<&str>, archive: &dyn Archive, us: &Owner) -> bool {
    let Some(known) = known else { return true };
    match archive.mark(Some(known), us) {
        Err(error @ (StorageError::Gone { .. } | StorageError::Taken { .. })) => {
            tracing::warn!("{error}; what is recorded there stays in the index");
            false
        }
        Ok(_) | Err(_) => true,
    }
}

/// Adds the places elsewhere that are `wanted`, of which none is reached by that.
fn add_archives(
    all: &mut Volumes,
    folder: &DataFolder,
    store: &SettingsStore,
    wanted: impl Fn(&OpenArchive) -> bool,
) -> Result<(), EngineError> {
    let (mut archives, secrets) = (OpenArchives::default(), archives::secrets_at_hand(folder)?);
    archives.follow(folder, &secrets, store.settings().storage.archive().as_ref())?;
    for (address, why) in archives.trouble() {
        tracing::warn!("{address}: {why}");
    }
    let wanted = archives.all().filter(|open| wanted(open));
    all.extend(wanted.map(|open| (open.id, Arc::clone(&open.archive) as Arc<dyn Volume>)));
    Ok(())
}

/// Index, volumes and what is being written, as one.
#[must_use]
pub fn recordings(index: &Index, volumes: impl Into<Places>, open: OpenSegments) -> Recordings {
    let (reader, volumes) = (index.reader(), volumes.into());
    let footage = Arc::new(Footage::new(reader.clone(), open.clone(), volumes.clone()));
    Recordings { reader, open, volumes, footage }
}

/// Opens the folder for reading.
///
/// # Errors
/// When settings, index or volume cannot be opened.
pub fn open(folder: &DataFolder) -> Result<Recordings, EngineError> {
    let store = SettingsStore::open(folder)?;
    let mut volumes = volumes(folder, &store)?.all;
    let opened = Index::open(folder.index())?;
    if opened.fresh {
        index::check::repair(&opened.index, &volumes, &[])?;
    }
    add_archives(&mut volumes, folder, &store, |_| true)?;
    Ok(recordings(&opened.index, volumes, OpenSegments::default()))
}

/// Bytes of the small pictures.
#[must_use]
pub fn thumbnail_bytes(folder: &DataFolder) -> u64 {
    ThumbnailWriter::open(folder.thumbnails()).0.reader().usage()
}

/// Mends files and index, also of archives that can be reached; one sentence for each thing that was mended.
///
/// # Errors
/// When settings, index or volume cannot be opened.
pub fn repair(folder: &DataFolder) -> Result<Vec<String>, EngineError> {
    let store = SettingsStore::open(folder)?;
    let mut volumes = volumes(folder, &store)?.all;
    let us = Owner::new(identity::load_or_make(folder)?);
    let is_ours = |open: &OpenArchive| is_itself(open.marker.as_deref(), &*open.archive, &us);
    add_archives(&mut volumes, folder, &store, is_ours)?;
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

/// Makes the folder at `path` of the settings one that can be recorded to: a folder that has lost its marker,
/// or has another one than it had, is taken as it is from now on.
///
/// # Errors
/// When the folder cannot be made or its marker cannot be written.
pub fn adopt(folder: &DataFolder, path: &str) -> Result<(), EngineError> {
    let mut known = VolumeStore::open(folder)?;
    let volume = known.at(path);
    let (_, marker) = LocalVolume::open_marked(folder.storage(path), None)?;
    Ok(known.remember(KnownVolume { marker: Some(marker), ..volume })?)
}

/// What goes at once when the settings become `after`, and would stay as they are.
///
/// # Errors
/// When settings, index or locks cannot be read.
pub fn lost_by(
    folder: &DataFolder,
    after: &Settings,
    now: WallTime,
) -> Result<Vec<Going>, EngineError> {
    let recordings = open(folder)?;
    let recorded: u64 = recordings.reader.usage()?.values().sum();
    let (store, locks) = (SettingsStore::open(folder)?, LockStore::open(folder)?);
    let before = Before {
        recordings: &recordings,
        known: &VolumeStore::open(folder)?,
        locks: locks.list(),
        used: recorded.saturating_add(thumbnail_bytes(folder)),
        settings: store.settings(),
    };
    overview::lost_by(&before, after, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::FaultyArchive;
    use crate::storage::faulty_archive::Trouble;

    #[test]
    fn a_place_that_is_another_one_is_not_compared_with_the_index() {
        let archive = FaultyArchive::new();
        let us = Owner::new("us".into());
        let is_itself = |known: Option<&str>| is_itself(known, &archive, &us);
        archive.set_identity(Some("another"));
        assert!(is_itself(Some("another")));
        assert!(is_itself(None), "it was never reached before");
        assert!(!is_itself(Some("ours")));
        archive.set_identity(None);
        assert!(!is_itself(Some("ours")), "an empty folder in its place");
        archive.set_trouble(Some(Trouble::Offline));
        assert!(is_itself(Some("ours")), "it is told of when its files are listed");
    }
}
