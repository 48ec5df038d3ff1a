//! The places that hold or held recordings, so that a change of the storage path loses none of them, and a
//! disk that is not connected is not taken for an empty one.
//!
//! Must not do: open a volume; `storage` does.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::{ConfigError, DataFolder};
use crate::model::VolumeId;

/// A place as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownVolume {
    /// Its number in the index.
    pub id: VolumeId,
    /// Its folder, as in the settings: a relative one is below the data folder.
    pub path: String,
    /// What its marker said; none when it has not been opened yet.
    pub marker: Option<String>,
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
        let known = match read_if_there(&file)? {
            None => Vec::new(),
            Some(text) => serde_json::from_str(&text).map_err(|error| ConfigError::Damaged {
                path: file.clone(),
                reason: error.to_string(),
            })?,
        };
        Ok(Self { file, known })
    }

    /// All that were ever recorded to.
    #[must_use]
    pub fn list(&self) -> &[KnownVolume] {
        &self.known
    }

    /// The one at `path`, however that is written, or a new one with the next number.
    #[must_use]
    pub fn at(&self, path: &str) -> KnownVolume {
        let next = self.known.iter().map(|volume| volume.id.0 + 1).max().unwrap_or(0);
        let new = || KnownVolume { id: VolumeId(next), path: path.into(), marker: None };
        let place = self.place(path);
        let is_it =
            |volume: &&KnownVolume| volume.path == path || self.place(&volume.path) == place;
        self.known.iter().find(is_it).cloned().unwrap_or_else(new)
    }

    /// Where a path leads, links followed; as it is written while it leads nowhere.
    fn place(&self, path: &str) -> PathBuf {
        let full = self.file.with_file_name(path);
        fs::canonicalize(&full).unwrap_or(full)
    }

    /// Remembers one.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when that cannot be written.
    pub fn remember(&mut self, volume: KnownVolume) -> Result<(), ConfigError> {
        if self.known.contains(&volume) {
            return Ok(());
        }
        let mut known = self.known.clone();
        known.retain(|other| other.id != volume.id);
        known.push(volume);
        known.sort_by_key(|volume| volume.id);
        let text = serde_json::to_string_pretty(&known)
            .map_err(|error| ConfigError::Refused(error.to_string()))?;
        atomic::replace(&self.file, text.as_bytes(), Readers::Default)?;
        self.known = known;
        Ok(())
    }
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
}
