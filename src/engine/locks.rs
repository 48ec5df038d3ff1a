//! The locks of a running engine: one list for those who lock and for the one who deletes.
//!
//! Must not do: let anything be deleted while the locks cannot be read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::EngineError;
use crate::config::{ConfigError, DataFolder, LockStore};
use crate::model::{CameraId, Lock, WallSpan};

/// Cheap to clone; all clones see the same.
#[derive(Clone)]
pub struct Locks {
    store: Arc<Mutex<Result<LockStore, String>>>,
}

impl Locks {
    /// The locks of `folder`. When they cannot be read nothing is deleted until they can at the next start.
    #[must_use]
    pub fn open(folder: &DataFolder) -> Self {
        let store = LockStore::open(folder).map_err(|error| error.to_string());
        Self { store: Arc::new(Mutex::new(store)) }
    }

    /// Why they cannot be read.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.guard().as_ref().err().cloned()
    }

    /// All; none while they cannot be read.
    #[must_use]
    pub fn list(&self) -> Vec<Lock> {
        self.guard().as_ref().map_or(Vec::new(), |store| store.list().to_vec())
    }

    /// Runs `act` with the locks while nobody can change them; not at all while they cannot be read.
    pub fn hold<T>(&self, act: impl FnOnce(&[Lock]) -> T) -> Option<T> {
        self.guard().as_ref().ok().map(|store| act(store.list()))
    }

    /// Keeps a range from every rule.
    ///
    /// # Errors
    /// See [`LockStore::lock`].
    pub fn lock(&self, lock: Lock) -> Result<(), EngineError> {
        self.change(|store| store.lock(lock))
    }

    /// Frees a range; whether anything was locked there.
    ///
    /// # Errors
    /// See [`LockStore::unlock`].
    pub fn unlock(&self, camera: &CameraId, span: WallSpan) -> Result<bool, EngineError> {
        self.change(|store| store.unlock(camera, span))
    }

    fn change<T>(
        &self,
        act: impl FnOnce(&mut LockStore) -> Result<T, ConfigError>,
    ) -> Result<T, EngineError> {
        match &mut *self.guard() {
            Ok(store) => Ok(act(store)?),
            Err(why) => Err(ConfigError::Refused(why.clone()).into()),
        }
    }

    fn guard(&self) -> MutexGuard<'_, Result<LockStore, String>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
