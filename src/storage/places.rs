//! The places that hold recordings, shared by all that read: another may come while the program runs.
//!
//! Must not do: open a volume, or take one away while somebody may read from it.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{Archive, Volume};
use crate::model::VolumeId;

/// Places by their number in the index.
pub type Volumes = BTreeMap<VolumeId, Arc<dyn Volume>>;

/// The places as they are now; clones are the same places.
#[derive(Clone, Default)]
pub struct Places(Arc<RwLock<Known>>);

#[derive(Clone, Default)]
struct Known {
    all: Arc<Volumes>,
    /// Those on this computer: they answer at once.
    here: Arc<Volumes>,
    archives: BTreeMap<VolumeId, Arc<dyn Archive>>,
}

impl Places {
    /// All of them, to read from; an archive may take seconds to answer.
    #[must_use]
    pub fn all(&self) -> Arc<Volumes> {
        Arc::clone(&self.read().all)
    }

    /// Those that answer at once: all but the archives.
    #[must_use]
    pub fn here(&self) -> Arc<Volumes> {
        Arc::clone(&self.read().here)
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: VolumeId) -> Option<Arc<dyn Volume>> {
        self.all().get(&id).map(Arc::clone)
    }

    /// Those that recordings are brought to, or were.
    #[must_use]
    pub fn archives(&self) -> BTreeMap<VolumeId, Arc<dyn Archive>> {
        self.read().archives.clone()
    }

    /// Adds one on this computer, or takes the place of the one with its number.
    pub fn put(&self, id: VolumeId, volume: Arc<dyn Volume>) {
        self.change(|known| {
            Arc::make_mut(&mut known.all).insert(id, Arc::clone(&volume));
            Arc::make_mut(&mut known.here).insert(id, volume);
        });
    }

    /// Adds one that recordings are brought to, or takes the place of the one with its number.
    pub fn put_archive(&self, id: VolumeId, archive: Arc<dyn Archive>) {
        self.change(|known| {
            let volume: Arc<dyn Volume> = Arc::<dyn Archive>::clone(&archive);
            Arc::make_mut(&mut known.all).insert(id, volume);
            Arc::make_mut(&mut known.here).remove(&id);
            known.archives.insert(id, archive);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn read(&self) -> Known {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl From<Volumes> for Places {
    fn from(volumes: Volumes) -> Self {
        let all = Arc::new(volumes);
        let known = Known { here: Arc::clone(&all), all, archives: BTreeMap::new() };
        Self(Arc::new(RwLock::new(known)))
    }
}
