//! Where segments live: volumes, paths, and what is to be done about files after a crash.
//!
//! Must not do: know the index's database, or decide what is recorded.

pub mod archive;
pub mod claim;
pub mod deletion;
pub mod error;
pub mod faulty;
pub mod faulty_archive;
pub mod layout;
pub mod local;
pub mod marker;
#[cfg(feature = "object-storage")]
pub mod object;
pub mod part_file;
pub mod places;
pub mod plain_file;
pub mod preview;
pub mod probe;
pub mod recovery;
pub mod repair;
pub mod retention;
pub mod smb;
pub mod spool;
pub mod trial;

pub use archive::{Archive, Upload};
pub use claim::Owner;
pub use error::StorageError;
pub use faulty::FaultyVolume;
pub use faulty_archive::FaultyArchive;
pub use local::LocalVolume;
pub use places::{Places, Volumes};
pub use probe::Place;
pub use smb::SmbVolume;

use std::path::Path;

use crate::container::ReadAt;

/// A place that holds segments. Paths are below its root, with `/` between the parts.
pub trait Volume: Send + Sync {
    /// Makes a new, empty file and the folders that lead to it.
    ///
    /// # Errors
    /// [`StorageError::NotInPlace`] on an [`Archive`];
    /// [`StorageError::Exists`] when there is a file already, [`StorageError::Gone`] when the volume is not
    /// connected; else what the system says.
    fn create(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError>;

    /// Opens a file for reading and writing.
    ///
    /// # Errors
    /// [`StorageError::NotInPlace`] on an [`Archive`];
    /// [`StorageError::NotFound`] when there is none; else what the system says.
    fn open(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError>;

    /// Opens a file for reading, also while another handle writes it.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when there is none; else what the system says.
    fn open_read(&self, path: &str) -> Result<Box<dyn ReadAt>, StorageError>;

    /// All files, ordered by path. None are opened.
    ///
    /// # Errors
    /// When a folder cannot be read: half a list is never given.
    fn list(&self) -> Result<Vec<FoundFile>, StorageError>;

    /// Removes a file. Only what holds no footage, or what the retention rule names, may be removed.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when there is none; else what the system says.
    fn remove(&self, path: &str) -> Result<(), StorageError>;

    /// Makes it last that the file `path` was created or removed: syncs its folder and those above, up to
    /// the root.
    ///
    /// # Errors
    /// What the system says.
    fn sync_folder(&self, path: &str) -> Result<(), StorageError>;

    /// Free and total bytes.
    ///
    /// # Errors
    /// What the system says.
    fn space(&self) -> Result<Space, StorageError>;

    /// What operators call it: the folder.
    fn describe(&self) -> String;

    /// The folder on this computer that it is, for comparing disks and for the file manager; none when it is
    /// elsewhere.
    fn folder(&self) -> Option<&Path> {
        None
    }

    /// The identity that it was given, by which it is known again; none when it has none.
    ///
    /// # Errors
    /// [`StorageError::Gone`] when it is not the volume that it was; else what the system says.
    fn identity(&self) -> Result<Option<String>, StorageError> {
        Ok(None)
    }

    /// Bytes that a file may have at most, where its file system says so.
    fn file_size_limit(&self) -> Option<u64> {
        None
    }
}

/// A file that is being written, or mended. Dropping it closes it; nothing is synced by that.
pub trait SegmentFile: ReadAt {
    /// Adds `parts` at the end, in one write. After an error the file is as long as before.
    ///
    /// # Errors
    /// [`StorageError::Full`] when the volume is; else what the system says.
    fn append(&mut self, parts: &[&[u8]]) -> Result<(), StorageError>;

    /// Overwrites from `offset` on; the file must be that long already.
    ///
    /// # Errors
    /// What the system says.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageError>;

    /// Makes what was written last over a power cut: content and length, not the name in its folder.
    ///
    /// # Errors
    /// What the system says; then nothing is known of what was written since the last sync.
    fn sync(&mut self) -> Result<(), StorageError>;

    /// Cuts the file to `length` bytes.
    ///
    /// # Errors
    /// What the system says.
    fn truncate(&mut self, length: u64) -> Result<(), StorageError>;
}

/// A file as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundFile {
    /// Path below the volume's root.
    pub path: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// Bytes of a volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Space {
    /// Free for us.
    pub free: u64,
    /// In all.
    pub total: u64,
}

impl Space {
    /// Of a place that does not say what it holds, as object storage: so large that no limit of free space is
    /// ever met, and that sums of it and of footage are still numbers. Such a place is shown without one.
    pub const UNTOLD: Self = Self { free: 1 << 60, total: 1 << 60 };

    /// Whether the place says what it holds.
    #[must_use]
    pub fn is_told(self) -> bool {
        self != Self::UNTOLD
    }
}

#[cfg(test)]
mod tests {
    use super::retention::{Rules, Usage, floor, guard, reserve};
    use super::*;

    #[test]
    fn no_rule_of_free_space_acts_upon_a_place_that_does_not_tell_its_space() {
        let Space { free, total } = Space::UNTOLD;
        for rate in [0, 1 << 30, u64::MAX] {
            // The settings take 50 % as the threshold of low space at most.
            let reserve = reserve(rate, total).max(total / 2);
            assert!(free >= reserve && free >= 2 * floor(rate, total), "{rate}");
            let rules = Rules { reserve, ..Rules::default() };
            let usage = Usage { used: 1 << 50, space: Space::UNTOLD };
            assert_eq!(rules.exceeded(&usage), None);
            assert_eq!(guard(None, None, &rules, &usage, rate), None);
        }
        assert!(!Space::UNTOLD.is_told() && Space { free: 1, total: 2 }.is_told());
    }
}
