//! The locked ranges, in a file of their own: the index can be lost and built anew from the recordings, a
//! lock cannot.
//!
//! Must not do: delete or keep footage; `storage::retention` reads the locks.

use std::path::PathBuf;

use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::{ConfigError, DataFolder};
use crate::model::{CameraId, Lock, WallSpan};

/// Locks at most; a plan of deletions looks at all of them.
const MAX_LOCKS: usize = 10_000;

/// The locks and the file that they came from.
#[derive(Clone, Debug)]
pub struct LockStore {
    path: PathBuf,
    locks: Vec<Lock>,
}

impl LockStore {
    /// Reads the locks of `folder`; none when there is no file yet.
    ///
    /// # Errors
    /// [`ConfigError::Damaged`], [`ConfigError::Io`]: footage must not be deleted then.
    pub fn open(folder: &DataFolder) -> Result<Self, ConfigError> {
        let path = folder.locks();
        let locks = match read_if_there(&path)? {
            None => Vec::new(),
            Some(text) => serde_json::from_str(&text).map_err(|error| ConfigError::Damaged {
                path: path.clone(),
                reason: error.to_string(),
            })?,
        };
        Ok(Self { path, locks })
    }

    /// All, in the order in which they were made.
    #[must_use]
    pub fn list(&self) -> &[Lock] {
        &self.locks
    }

    /// Keeps a range. What is locked already stays locked under its own note.
    ///
    /// # Errors
    /// [`ConfigError::Refused`] for an empty range; [`ConfigError::Io`], and then nothing is locked.
    pub fn lock(&mut self, lock: Lock) -> Result<(), ConfigError> {
        if lock.span.is_empty() {
            return Err(ConfigError::Refused("the range to be locked is empty".into()));
        }
        if self.locks.len() >= MAX_LOCKS {
            return Err(ConfigError::Refused(format!("there are {MAX_LOCKS} locks already")));
        }
        let mut locks = self.locks.clone();
        locks.push(lock);
        self.save(locks)
    }

    /// Frees a range of a camera's footage: locks inside of it go, others lose what lies in it. Returns
    /// whether anything was locked there.
    ///
    /// # Errors
    /// [`ConfigError::Io`], and then all stays locked.
    pub fn unlock(&mut self, camera: &CameraId, span: WallSpan) -> Result<bool, ConfigError> {
        let mut left = Vec::with_capacity(self.locks.len());
        for lock in &self.locks {
            if lock.camera != *camera || !lock.span.overlaps(span) {
                left.push(lock.clone());
                continue;
            }
            let before = WallSpan::new(lock.span.start, span.start.min(lock.span.end));
            let after = WallSpan::new(span.end.max(lock.span.start), lock.span.end);
            let parts = [before, after].into_iter().filter(|part| !part.is_empty());
            left.extend(parts.map(|span| Lock { span, ..lock.clone() }));
        }
        let changed = left != self.locks;
        if changed {
            self.save(left)?;
        }
        Ok(changed)
    }

    fn save(&mut self, locks: Vec<Lock>) -> Result<(), ConfigError> {
        let text = serde_json::to_string_pretty(&locks)
            .map_err(|error| ConfigError::Refused(error.to_string()))?;
        atomic::replace(&self.path, text.as_bytes(), Readers::Default)?;
        self.locks = locks;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WallTime;

    fn span(start: i64, end: i64) -> WallSpan {
        WallSpan::new(WallTime::from_micros(start), WallTime::from_micros(end))
    }

    #[test]
    fn what_is_unlocked_is_cut_out_and_lasts() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let camera = |name: &str| CameraId::from_name(name);
        let lock = |name, span| Lock { camera: camera(name), span, note: "theft".into() };
        let mut store = LockStore::open(&folder).expect("none yet");
        assert!(store.lock(lock("a", span(5, 5))).is_err());
        for lock in [lock("a", span(0, 100)), lock("a", span(40, 50)), lock("b", span(0, 100))] {
            store.lock(lock).expect("locked");
        }
        assert!(store.unlock(&camera("a"), span(30, 60)).expect("unlocked"));
        assert!(!store.unlock(&camera("a"), span(30, 60)).expect("nothing there"));
        let expected = [lock("a", span(0, 30)), lock("a", span(60, 100)), lock("b", span(0, 100))];
        assert_eq!(store.list(), expected);
        assert_eq!(LockStore::open(&folder).expect("read").list(), expected);
        std::fs::write(folder.locks(), "[{]").expect("written");
        assert!(matches!(LockStore::open(&folder), Err(ConfigError::Damaged { .. })));
    }
}
