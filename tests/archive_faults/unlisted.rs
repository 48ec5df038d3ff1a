//! An archive whose files cannot be listed for some times, while it answers and does all else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use watchkeeper::container::ReadAt;
use watchkeeper::storage::{
    Archive, FaultyArchive, FoundFile, Owner, SegmentFile, Space, StorageError, Upload, Volume,
};

pub struct Unlisted {
    pub archive: FaultyArchive,
    /// Listings that are still to fail.
    pub unlisted: Arc<AtomicU64>,
}

impl Volume for Unlisted {
    fn create(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        self.archive.create(path)
    }

    fn open(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        self.archive.open(path)
    }

    fn open_read(&self, path: &str) -> Result<Box<dyn ReadAt>, StorageError> {
        self.archive.open_read(path)
    }

    fn list(&self) -> Result<Vec<FoundFile>, StorageError> {
        let left = |left: u64| left.checked_sub(1);
        match self.unlisted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left) {
            Ok(_) => {
                let why = "the user may not see all folders".into();
                Err(StorageError::Forbidden { path: "office".into(), why })
            }
            Err(_) => self.archive.list(),
        }
    }

    fn remove(&self, path: &str) -> Result<(), StorageError> {
        self.archive.remove(path)
    }

    fn sync_folder(&self, path: &str) -> Result<(), StorageError> {
        self.archive.sync_folder(path)
    }

    fn space(&self) -> Result<Space, StorageError> {
        self.archive.space()
    }

    fn describe(&self) -> String {
        self.archive.describe()
    }

    fn identity(&self) -> Result<Option<String>, StorageError> {
        self.archive.identity()
    }
}

impl Archive for Unlisted {
    fn upload(&self, path: &str, bytes: u64) -> Result<Box<dyn Upload>, StorageError> {
        self.archive.upload(path, bytes)
    }

    fn unfinished(&self) -> Result<Vec<String>, StorageError> {
        self.archive.unfinished()
    }

    fn abandon(&self, path: &str) -> Result<(), StorageError> {
        self.archive.abandon(path)
    }

    fn mark(&self, known: Option<&str>, owner: &Owner) -> Result<String, StorageError> {
        self.archive.mark(known, owner)
    }
}
