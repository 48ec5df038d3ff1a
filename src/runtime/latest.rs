//! A place for the newest value: writers overwrite, readers take what is there.
//!
//! Must not do: queue, or make a writer wait for a reader.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The newest `T`, shared. A reader sees whole values only; older ones are gone.
#[derive(Debug)]
pub struct Latest<T> {
    value: Mutex<Option<Arc<T>>>,
    generation: AtomicU64,
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self { value: Mutex::new(None), generation: AtomicU64::new(0) }
    }
}

impl<T> Latest<T> {
    /// An empty place.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A place that holds `value` from the beginning.
    #[must_use]
    pub fn with(value: T) -> Self {
        let latest = Self::default();
        latest.set(value);
        latest
    }

    /// Overwrites.
    pub fn set(&self, value: T) {
        self.set_shared(Arc::new(value));
    }

    /// Overwrites with a value that others hold already.
    pub fn set_shared(&self, value: Arc<T>) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// Empties the place.
    pub fn clear(&self) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// The newest value, if there has been one.
    #[must_use]
    pub fn get(&self) -> Option<Arc<T>> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A number that grows with every change.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}
