//! Makes rows of files that the index does not know, a few at a time while the program runs.
//!
//! Must not do: judge a file in another way than a repair does.

use super::check::{Examination, Problem};
use super::{Change, IndexError, IndexReader};
use crate::model::VolumeId;
use crate::storage::recovery::Cause;
use crate::storage::{FoundFile, Volumes};

/// Reads files that no row names, one after another, and makes rows of them as [`super::repair`] does. Of a stream the newest
/// comes first: the end of a row is cut where the next one begins.
pub struct Adopter<'a>(Examination<'a>);

impl<'a> Adopter<'a> {
    /// One for files on `volumes`.
    #[must_use]
    pub fn new(reader: &'a IndexReader, volumes: &'a Volumes) -> Self {
        Self(Examination::new(reader, volumes, &[], true))
    }

    /// Reads one; what it is and what becomes of it, or none when its volume is not open.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn look_into(
        &mut self,
        volume: VolumeId,
        file: &FoundFile,
    ) -> Result<Option<Problem>, IndexError> {
        let Some(place) = self.0.volumes.get(&volume) else { return Ok(None) };
        self.0.examine(volume, place.as_ref(), file, None, Cause::NoRow)?;
        Ok(self.0.report.problems.pop())
    }

    /// What the index is to be told.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn into_changes(self) -> Result<Vec<Change>, IndexError> {
        self.0.into_changes()
    }
}
