//! How storage stands, as the thread `retention` has seen it last.
//!
//! Must not do: look at anything.

use std::sync::Arc;

use crate::engine::archive::{Amount, ArchiveReport};
use crate::storage::deletion::Terms;
use crate::storage::retention::{Shortage, Usage};
use crate::storage::spool::lasts;

/// How things stand.
#[derive(Clone, Debug, Default)]
pub struct StorageReport {
    /// The terms in force, with the reserve.
    pub terms: Terms,
    /// Ours with the small pictures, and the volume's space.
    pub usage: Usage,
    /// Bytes of the small pictures.
    pub thumbnails: u64,
    /// Bytes a second that are recorded.
    pub rate: u64,
    /// Why recording is stopped.
    pub stopped: Option<Shortage>,
    /// Less is free than the operator wants.
    pub is_low: bool,
    /// Microseconds until the first limit is met at the present rate; none while nothing is recorded.
    pub left_micros: Option<i64>,
    /// What is wrong with the volume, or with deleting, in a sentence.
    pub trouble: Option<String>,
    /// What waits on the volume to be brought elsewhere; none when recordings stay.
    pub spool: Option<SpoolReport>,
    /// How the archive stands; none when there is none.
    pub archive: Option<Arc<ArchiveReport>>,
}

/// What waits to be brought elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpoolReport {
    /// Bytes that wait, with those that are being recorded.
    pub used: u64,
    /// Bytes that can still wait.
    pub room: u64,
    /// Microseconds of recording at the present rate for which these are enough; none while nothing is recorded.
    pub covers_micros: Option<i64>,
    /// What had to go since the start because it could not be brought in time.
    pub dropped: Amount,
}

impl StorageReport {
    /// How long the room lasts that is left, without what will be deleted meanwhile.
    pub(super) fn left(&self) -> Option<i64> {
        let (rules, usage) = (&self.terms.rules, &self.usage);
        let size = rules.max_bytes.map(|max| max.saturating_sub(usage.used));
        let space = match &self.spool {
            // Recordings only pass through.
            Some(_) => self.archive.as_ref().and_then(|archive| archive.left()),
            None => Some(usage.space.free.saturating_sub(rules.reserve)),
        };
        lasts(size.into_iter().chain(space).min()?, self.rate)
    }
}
