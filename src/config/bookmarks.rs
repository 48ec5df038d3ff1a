//! The bookmarks, in a file of their own: the index can be lost and built anew from the recordings, a note
//! cannot.
//!
//! Must not do: overwrite a file that it could not read.

use std::path::PathBuf;

use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::{ConfigError, DataFolder};
use crate::model::Bookmark;

/// Bookmarks at most; a console lists all of them.
const MAX_BOOKMARKS: usize = 10_000;

/// Longest note, in bytes.
const MAX_NOTE: usize = 2_000;

/// The bookmarks and the file that they came from.
#[derive(Clone, Debug)]
pub struct BookmarkStore {
    path: PathBuf,
    bookmarks: Vec<Bookmark>,
}

impl BookmarkStore {
    /// Reads the bookmarks of `folder`; none when there is no file yet.
    ///
    /// # Errors
    /// [`ConfigError::Damaged`], [`ConfigError::Io`]; the file stays as it is.
    pub fn open(folder: &DataFolder) -> Result<Self, ConfigError> {
        let path = folder.bookmarks();
        let bookmarks = match read_if_there(&path)? {
            None => Vec::new(),
            Some(text) => serde_json::from_str(&text).map_err(|error| ConfigError::Damaged {
                path: path.clone(),
                reason: error.to_string(),
            })?,
        };
        Ok(Self { path, bookmarks })
    }

    /// All, in the order in which they were made.
    #[must_use]
    pub fn list(&self) -> &[Bookmark] {
        &self.bookmarks
    }

    /// Notes something. False: exactly this was noted already.
    ///
    /// # Errors
    /// [`ConfigError::Refused`] when there are too many or the note is too long; [`ConfigError::Io`], and then it
    /// is not noted.
    pub fn add(&mut self, bookmark: Bookmark) -> Result<bool, ConfigError> {
        if bookmark.note.len() > MAX_NOTE {
            return Err(ConfigError::Refused(format!("a note has {MAX_NOTE} bytes at most")));
        }
        if self.bookmarks.len() >= MAX_BOOKMARKS {
            let text = format!("there are {MAX_BOOKMARKS} bookmarks already");
            return Err(ConfigError::Refused(text));
        }
        if self.bookmarks.contains(&bookmark) {
            return Ok(false);
        }
        let mut bookmarks = self.bookmarks.clone();
        bookmarks.push(bookmark);
        self.save(bookmarks)?;
        Ok(true)
    }

    /// Forgets a note; whether it was there.
    ///
    /// # Errors
    /// [`ConfigError::Io`], and then it is still there.
    pub fn remove(&mut self, bookmark: &Bookmark) -> Result<bool, ConfigError> {
        let mut bookmarks = self.bookmarks.clone();
        bookmarks.retain(|other| other != bookmark);
        let changed = bookmarks.len() != self.bookmarks.len();
        if changed {
            self.save(bookmarks)?;
        }
        Ok(changed)
    }

    fn save(&mut self, bookmarks: Vec<Bookmark>) -> Result<(), ConfigError> {
        let text = serde_json::to_string_pretty(&bookmarks)
            .map_err(|error| ConfigError::Refused(error.to_string()))?;
        atomic::replace(&self.path, text.as_bytes(), Readers::Default)?;
        self.bookmarks = bookmarks;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CameraId, WallTime};

    #[test]
    fn notes_last_and_a_damaged_file_is_left_alone() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let note = |at, note: &str| Bookmark {
            camera: CameraId::from_name("yard"),
            at: WallTime::from_micros(at),
            note: note.into(),
        };
        let mut store = BookmarkStore::open(&folder).expect("none yet");
        assert!(store.add(note(5, "a van")).expect("noted"));
        assert!(!store.add(note(5, "a van")).expect("known"));
        assert!(store.add(note(5, "")).expect("noted"));
        assert!(store.add(note(6, &"x".repeat(MAX_NOTE + 1))).is_err());
        assert!(store.remove(&note(5, "")).expect("forgotten"));
        assert!(!store.remove(&note(5, "")).expect("not there"));
        assert_eq!(BookmarkStore::open(&folder).expect("read").list(), [note(5, "a van")]);
        std::fs::write(folder.bookmarks(), "[{]").expect("written");
        assert!(matches!(BookmarkStore::open(&folder), Err(ConfigError::Damaged { .. })));
        assert_eq!(std::fs::read_to_string(folder.bookmarks()).expect("read"), "[{]");
    }
}
