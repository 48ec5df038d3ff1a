//! The places that hold or held recordings, so that a change of the storage path loses none of them, and a
//! disk that is not connected is not taken for an empty one.
//!
//! Must not do: open a volume; `storage` does.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::{ConfigError, DataFolder};
use crate::model::VolumeId;
use crate::model::settings::ArchivePlace;

/// Several threads remember places; each reads what is known, changes its own entry and writes all of it.
static WRITING: Mutex<()> = Mutex::new(());

/// A place as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownVolume {
    /// Its number in the index.
    pub id: VolumeId,
    /// Its folder, as in the settings: a relative one is below the data folder. The address of a place elsewhere.
    pub path: String,
    /// What its marker said; none when it has not been opened yet.
    pub marker: Option<String>,
    /// How a place elsewhere is reached; none for a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<ArchivePlace>,
}

/// All places.
#[derive(Clone, Debug)]
pub struct VolumeStore {
    file: PathBuf,
    known: Vec<KnownVolume>,
}

impl VolumeStore {
    /// Reads what is known; nothing when there is no file yet.
    ///
    /// # Errors
    /// [`ConfigError::Damaged`], [`ConfigError::Io`].
    pub fn open(folder: &DataFolder) -> Result<Self, ConfigError> {
        let file = folder.volumes();
        let known = read(&file)?;
        Ok(Self { file, known })
    }

    /// All that were ever recorded to.
    #[must_use]
    pub fn list(&self) -> &[KnownVolume] {
        &self.known
    }

    /// The folder at `path`, however that is written, or a new one with the next number.
    #[must_use]
    pub fn at(&self, path: &str) -> KnownVolume {
        let new = || KnownVolume {
            id: next(&self.known),
            path: path.into(),
            marker: None,
            archive: None,
        };
        let place = self.place(path);
        let is_it =
            |volume: &&KnownVolume| volume.path == path || self.place(&volume.path) == place;
        let mut folders = self.known.iter().filter(|volume| volume.archive.is_none());
        folders.find(is_it).cloned().unwrap_or_else(new)
    }

    /// The place elsewhere at the address of `place`, whoever signed in there, or a new one with the next number.
    #[must_use]
    pub fn at_archive(&self, place: &ArchivePlace) -> KnownVolume {
        archive_in(&self.known, place)
    }

    /// Remembers the place elsewhere at the address of `place`, with what others have learnt of it meanwhile.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when that cannot be written, [`ConfigError::Damaged`].
    pub fn remember_archive(&mut self, place: &ArchivePlace) -> Result<VolumeId, ConfigError> {
        let mut number = VolumeId(0);
        self.write(|known| {
            let volume = archive_in(known, place);
            number = volume.id;
            known.retain(|other| other.id != number);
            known.push(volume);
        })?;
        Ok(number)
    }

    /// Where a path leads, links followed; as it is written while it leads nowhere.
    fn place(&self, path: &str) -> PathBuf {
        let full = self.file.with_file_name(path);
        fs::canonicalize(&full).unwrap_or(full)
    }

    /// Remembers one.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when that cannot be written, [`ConfigError::Damaged`].
    pub fn remember(&mut self, volume: KnownVolume) -> Result<(), ConfigError> {
        self.write(|known| {
            known.retain(|other| other.id != volume.id);
            known.push(volume);
        })
    }

    /// The place elsewhere with the number `id` has been reached, and has this marker. Returns its number: where
    /// the marker is that of a place known at another address, it is that one, and it has moved.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when that cannot be written, [`ConfigError::Damaged`].
    pub fn identify(&mut self, id: VolumeId, marker: &str) -> Result<VolumeId, ConfigError> {
        let mut number = id;
        self.write(|known| {
            let is_it = |other: &KnownVolume| {
                other.id != id && other.archive.is_some() && other.marker.as_deref() == Some(marker)
            };
            let Some(at) = known.iter().position(|volume| volume.id == id) else {
                // It was found to have moved since its number was asked for.
                number = known.iter().find(|other| is_it(other)).map_or(id, |moved| moved.id);
                return;
            };
            let moved = known.iter().position(is_it).filter(|_| known[at].marker.is_none());
            match moved {
                Some(old) => {
                    let new = known[at].clone();
                    number = known[old].id;
                    known[old] = KnownVolume { id: number, marker: Some(marker.into()), ..new };
                    known.remove(at);
                }
                None => known[at].marker = Some(marker.into()),
            }
        })?;
        Ok(number)
    }

    /// Changes what is known as the file has it now.
    fn write(&mut self, change: impl FnOnce(&mut Vec<KnownVolume>)) -> Result<(), ConfigError> {
        let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        let before = read(&self.file)?;
        let mut known = before.clone();
        change(&mut known);
        known.sort_by_key(|volume| volume.id);
        if known != before {
            let text = serde_json::to_string_pretty(&known)
                .map_err(|error| ConfigError::Refused(error.to_string()))?;
            atomic::replace(&self.file, text.as_bytes(), Readers::Default)?;
        }
        self.known = known;
        Ok(())
    }
}

fn archive_in(known: &[KnownVolume], place: &ArchivePlace) -> KnownVolume {
    let is_it =
        |volume: &&KnownVolume| volume.archive.as_ref().is_some_and(|archive| archive.is_at(place));
    let found = known.iter().find(is_it);
    KnownVolume {
        id: found.map_or_else(|| next(known), |found| found.id),
        path: place.address(),
        marker: found.and_then(|found| found.marker.clone()),
        archive: Some(place.clone()),
    }
}

fn next(known: &[KnownVolume]) -> VolumeId {
    VolumeId(known.iter().map(|volume| volume.id.0 + 1).max().unwrap_or(0))
}

fn read(file: &Path) -> Result<Vec<KnownVolume>, ConfigError> {
    let Some(text) = read_if_there(file)? else { return Ok(Vec::new()) };
    serde_json::from_str(&text).map_err(|error| ConfigError::Damaged {
        path: file.to_path_buf(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_path_is_another_volume_and_the_old_one_is_kept() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let mut store = VolumeStore::open(&folder).expect("nothing yet");
        let first = KnownVolume { marker: Some("m".into()), ..store.at("recordings") };
        store.remember(first.clone()).expect("written");
        let second = store.at("/mnt/disk");
        assert_eq!((first.id, second.id), (VolumeId(0), VolumeId(1)));
        store.remember(second).expect("written");
        let again = VolumeStore::open(&folder).expect("read");
        assert_eq!(again.at("recordings"), first);
        assert_eq!(again.list().len(), 2);
        fs::create_dir(root.path().join("recordings")).expect("made");
        let absolute = root.path().join("recordings").to_string_lossy().into_owned();
        assert_eq!(again.at(&absolute), first, "the same place in other words");
    }

    fn nas(host: &str, user: &str) -> ArchivePlace {
        ArchivePlace::Nas(crate::model::settings::NasSettings {
            host: host.into(),
            share: "video".into(),
            user: user.into(),
            ..Default::default()
        })
    }

    #[test]
    fn a_place_elsewhere_is_known_by_its_address_and_no_folder() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let old = r#"[{ "id": 0, "path": "recordings", "marker": "m" }]"#;
        fs::write(folder.volumes(), old).expect("written");
        let mut store = VolumeStore::open(&folder).expect("as it was written before");
        let first = store.at_archive(&nas("nas", "guard"));
        assert_eq!((first.id, first.marker.as_deref()), (VolumeId(1), None));
        store.remember(first).expect("written");
        assert_eq!(store.identify(VolumeId(1), "n").expect("written"), VolumeId(1));
        let again = VolumeStore::open(&folder).expect("read");
        let known = again.at_archive(&nas("NAS", "other"));
        assert_eq!((known.id, known.marker.as_deref()), (VolumeId(1), Some("n")));
        assert_eq!(known.archive, Some(nas("NAS", "other")), "somebody else signs in now");
        assert_eq!(again.at(&known.path).id, VolumeId(2), "a folder may be called so");
        assert_eq!(again.at("recordings").id, VolumeId(0));
    }

    #[test]
    fn a_place_that_has_moved_keeps_its_number() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let mut store = VolumeStore::open(&folder).expect("nothing yet");
        let old = KnownVolume { marker: Some("n".into()), ..store.at_archive(&nas("a", "u")) };
        store.remember(old.clone()).expect("written");
        let new = store.at_archive(&nas("b", "u"));
        assert_ne!(new.id, old.id, "until it has been reached it may be anything");
        store.remember(new.clone()).expect("written");
        // Another thread's view of the file.
        let mut other = VolumeStore::open(&folder).expect("read");
        assert_eq!(other.identify(new.id, "n").expect("written"), old.id);
        let again = VolumeStore::open(&folder).expect("read");
        assert_eq!(again.list().len(), 1);
        assert_eq!(again.at_archive(&nas("b", "u")).id, old.id);
        // What this view has not seen yet stays.
        assert_eq!(store.remember_archive(&nas("b", "v")).expect("written"), old.id);
        let known = VolumeStore::open(&folder).expect("read").at_archive(&nas("b", "v"));
        assert_eq!((known.id, known.marker.as_deref()), (old.id, Some("n")));
        let asked = other.identify(new.id, "n").expect("written");
        assert_eq!(asked, old.id, "who was given the number before does not go on with it");
        store.remember(store.at("recordings")).expect("written");
        assert_eq!(VolumeStore::open(&folder).expect("read").list().len(), 2, "nothing is lost");
    }
}
