//! Deletions on an archive: what was ordered last and what an end has interrupted, carried out a few files at a time.
//!
//! Must not do: decide what goes, or ask whether an archive answers.

use super::{ORDER, Order, UploadOptions};
use crate::engine::EngineError;
use crate::engine::locks::Locks;
use crate::engine::removal::{Doomed, Removal, Removed};
use crate::model::{SegmentRow, SegmentState};
use crate::runtime::Now;
use crate::storage::retention::Deletion;

/// What is to go from one archive.
pub struct Deletions {
    removal: Removal,
    /// What was ordered last.
    ordered: Option<Order>,
    /// Deletions that an end has interrupted; these come first.
    interrupted: Vec<Doomed>,
}

impl Deletions {
    /// None yet.
    pub fn new(options: &UploadOptions) -> Self {
        let UploadOptions { recordings, index, thumbnails, .. } = options;
        Self {
            removal: Removal::new(recordings.clone(), index.clone(), thumbnails.clone()),
            ordered: None,
            interrupted: Vec::new(),
        }
    }

    /// Of several orders the newest counts.
    pub fn order(&mut self, order: Order) {
        self.ordered = Some(order);
    }

    /// Whether something is ordered.
    pub const fn is_ordered(&self) -> bool {
        self.ordered.is_some()
    }

    /// Goes on with the deletions that `leaving` shows, all that the index has begun there.
    pub fn take_up(&mut self, leaving: Vec<SegmentRow>) {
        let new = leaving.into_iter().filter(|row| !self.removal.holds(row));
        self.interrupted = new.filter_map(taken_up).collect();
    }

    /// Deletes some of what is to go; none when there is nothing to do. An order that is not `valid` is forgotten.
    ///
    /// # Errors
    /// When the index cannot be read, or does not take what is marked.
    pub fn carry_out(
        &mut self,
        valid: impl FnOnce(&Order) -> bool,
        locks: &Locks,
        now: Now,
    ) -> Result<Option<Removed>, EngineError> {
        let doomed = self.doomed(valid);
        if doomed.is_empty() && !self.removal.is_due(now.monotonic) {
            return Ok(None);
        }
        let marked = locks.hold(|locks| self.removal.mark(doomed, locks, false, now.monotonic));
        let removed = self.removal.remove(marked.transpose()?.unwrap_or_default(), now)?;
        if removed.failed > 0 {
            self.removal.trouble().into_iter().for_each(|trouble| tracing::warn!("{trouble}"));
        }
        Ok(Some(removed))
    }

    fn doomed(&mut self, valid: impl FnOnce(&Order) -> bool) -> Vec<Doomed> {
        if !self.removal.has_room() {
            return Vec::new();
        }
        if !self.interrupted.is_empty() {
            let some = self.interrupted.len().min(ORDER);
            return self.interrupted.drain(..some).collect();
        }
        let order = self.ordered.take().filter(valid);
        order.map_or_else(Vec::new, |order| order.doomed)
    }
}

/// An interrupted deletion, as it was planned. The state before is not known any more: locked meanwhile, it counts as
/// closed in order.
fn taken_up(row: SegmentRow) -> Option<Doomed> {
    let SegmentState::Deleting(cause) = row.state else { return None };
    let deletion =
        Deletion { stream: row.stream.clone(), start: row.start, bytes: row.bytes, cause };
    Some((SegmentRow { state: SegmentState::Finished, ..row }, deletion))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeletionCause, MediaTime, RunId, StreamId, StreamKind, VolumeId, WallTime};

    #[test]
    fn an_interrupted_deletion_goes_on_by_its_rule() {
        let start = WallTime::from_micros(5);
        let row = SegmentRow {
            stream: StreamId::new("front".parse().expect("an identity"), StreamKind::Main),
            start,
            end: start.plus_micros(1),
            media_duration: 1,
            frames: 1,
            bytes: 7,
            run: RunId(0),
            run_offset: MediaTime::default(),
            volume: VolumeId(3),
            path: "front/a.mp4".into(),
            state: SegmentState::Deleting(DeletionCause::LowSpace),
        };
        let (was, deletion) = taken_up(row.clone()).expect("it is being deleted");
        assert_eq!((was.state, deletion.cause), (SegmentState::Finished, DeletionCause::LowSpace));
        assert_eq!(deletion.bytes, 7);
        assert_eq!(taken_up(was), None);
    }
}
