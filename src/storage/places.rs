//! The places that hold recordings, shared by all that read: another may come while the program runs.
//!
//! Must not do: open a volume, or take one away while somebody may read from it.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::Volume;
use crate::model::VolumeId;

/// Places by their number in the index.
pub type Volumes = BTreeMap<VolumeId, Arc<dyn Volume>>;

/// The places as they are now; clones are the same places.
#[derive(Clone, Default)]
pub struct Places(Arc<RwLock<Arc<Volumes>>>);

impl Places {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> Arc<Volumes> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: VolumeId) -> Option<Arc<dyn Volume>> {
        self.all().get(&id).map(Arc::clone)
    }

    /// Adds one, or takes the place of the one with its number.
    pub fn put(&self, id: VolumeId, volume: Arc<dyn Volume>) {
        let mut places = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut all = Volumes::clone(&places);
        all.insert(id, volume);
        *places = Arc::new(all);
    }
}

impl From<Volumes> for Places {
    fn from(volumes: Volumes) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(volumes))))
    }
}
