//! What operators have marked: locks and bookmarks, one list of each for all who read and change them.
//!
//! Must not do: overwrite a file that cannot be read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::EngineError;
use super::locks::Locks;
use crate::config::{BookmarkStore, ConfigError, DataFolder};
use crate::model::{Bookmark, CameraId, Lock, WallSpan};
use crate::protocol::{MarkChange, Marks, Shown};

/// Cheap to clone; all clones see the same.
#[derive(Clone)]
pub struct MarkBook {
    /// What is kept.
    pub locks: Locks,
    bookmarks: Arc<Mutex<Result<BookmarkStore, String>>>,
    /// Where every change is shown; none without a console.
    shown: Option<Arc<Shown>>,
}

impl MarkBook {
    /// The marks of `folder`, with these locks of it. Bookmarks that cannot be read are none, and stay as they are
    /// on the disk.
    #[must_use]
    pub fn open(folder: &DataFolder, locks: Locks, shown: Option<Arc<Shown>>) -> Self {
        let store = BookmarkStore::open(folder).map_err(|error| error.to_string());
        let book = Self { locks, bookmarks: Arc::new(Mutex::new(store)), shown };
        book.show();
        book
    }

    /// Why bookmarks cannot be read.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.guard().as_ref().err().cloned()
    }

    /// All bookmarks, newest moment first.
    ///
    /// # Errors
    /// Why they cannot be read.
    pub fn bookmarks(&self) -> Result<Vec<Bookmark>, EngineError> {
        match &*self.guard() {
            Ok(store) => Ok(newest_first(store)),
            Err(why) => Err(ConfigError::Refused(why.clone()).into()),
        }
    }

    /// Makes a change; whether it is one.
    ///
    /// # Errors
    /// When it cannot be written, or is none that can be made.
    pub fn make(&self, change: &MarkChange) -> Result<bool, EngineError> {
        match change {
            MarkChange::AddBookmark(bookmark) => self.add(bookmark.clone()),
            MarkChange::RemoveBookmark(bookmark) => self.remove(bookmark),
            MarkChange::Lock(lock) => self.lock(lock.clone()).map(|()| true),
            MarkChange::Unlock { camera, span } => self.unlock(camera, *span),
        }
    }

    fn add(&self, bookmark: Bookmark) -> Result<bool, EngineError> {
        self.change(|store| store.add(bookmark))
    }

    fn remove(&self, bookmark: &Bookmark) -> Result<bool, EngineError> {
        self.change(|store| store.remove(bookmark))
    }

    fn lock(&self, lock: Lock) -> Result<(), EngineError> {
        self.locks.lock(lock)?;
        self.show();
        Ok(())
    }

    fn unlock(&self, camera: &CameraId, span: WallSpan) -> Result<bool, EngineError> {
        let changed = self.locks.unlock(camera, span)?;
        self.show();
        Ok(changed)
    }

    fn change(
        &self,
        act: impl FnOnce(&mut BookmarkStore) -> Result<bool, ConfigError>,
    ) -> Result<bool, EngineError> {
        let changed = match &mut *self.guard() {
            Ok(store) => act(store)?,
            Err(why) => return Err(ConfigError::Refused(why.clone()).into()),
        };
        self.show();
        Ok(changed)
    }

    fn show(&self) {
        let Some(shown) = &self.shown else { return };
        let store = self.guard();
        let bookmarks = store.as_ref().map_or(Vec::new(), newest_first);
        let mut locks = self.locks.list();
        locks.sort_by_key(|lock| std::cmp::Reverse(lock.span.start));
        // Under the lock, so that a newer state is not overwritten by an older one.
        shown.marks.set(Marks { bookmarks, locks });
        drop(store);
        shown.wake();
    }

    fn guard(&self) -> MutexGuard<'_, Result<BookmarkStore, String>> {
        self.bookmarks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn newest_first(store: &BookmarkStore) -> Vec<Bookmark> {
    let mut list = store.list().to_vec();
    list.sort_by_key(|bookmark| std::cmp::Reverse(bookmark.at));
    list
}
