//! Removes segments for good: marked in the index, unlinked, forgotten; and keeps those that cannot be
//! removed now.
//!
//! Must not do: decide what goes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::EngineError;
use super::archive::Amount;
use super::indexer::IndexWriter;
use super::recordings::Recordings;
use crate::index::{Change, ThumbnailWriter};
use crate::model::{
    CameraId, DeletionCause, Lock, SegmentRow, StreamId, StreamKind, VolumeId, WallSpan, WallTime,
};
use crate::runtime::Now;
use crate::storage::StorageError;
use crate::storage::repair::remove_marked;
use crate::storage::retention::Deletion;

/// Longest wait for the index to take what is removed or brought elsewhere: a slow disk commits within a second, and
/// while it takes a mark nobody can lock footage.
pub const INDEX_LIMIT: Duration = Duration::from_secs(5);

/// A file that could not be removed is tried again after this time.
const RETRY: Duration = Duration::from_secs(60);

/// Files that could not be removed at most: beyond, the volume removes nothing, and marking more would only
/// hide footage.
const MOST_ASIDE: usize = 64;

/// A segment that goes, as it was before.
pub type Doomed = (SegmentRow, Deletion);

/// Footage again, wherever it is now.
fn unmark(row: SegmentRow) -> Change {
    Change::Unmark { stream: row.stream, start: row.start, state: row.state }
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Files that could not be removed, and are tried again.
    pub failed: usize,
    /// Of what was removed, what should have been brought elsewhere first.
    pub not_brought: Amount,
}

/// Removes segments.
pub struct Removal {
    recordings: Arc<Recordings>,
    index: IndexWriter,
    thumbnails: ThumbnailWriter,
    /// To be marked: the index has not said yet that it has.
    pending: Vec<Doomed>,
    /// Marked, and could not be removed.
    aside: Vec<Doomed>,
    /// When these are tried again, on the monotonic clock.
    retry_at: Duration,
    /// Why they could not.
    why: Option<String>,
}

impl Removal {
    /// Removes from `recordings`, and what goes with footage from `thumbnails`.
    #[must_use]
    pub fn new(
        recordings: Arc<Recordings>,
        index: IndexWriter,
        thumbnails: ThumbnailWriter,
    ) -> Self {
        Self {
            recordings,
            index,
            thumbnails,
            pending: Vec::new(),
            aside: Vec::new(),
            retry_at: Duration::ZERO,
            why: None,
        }
    }

    /// Whether more may be named: what waits comes first.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.pending.is_empty() && self.aside.len() < MOST_ASIDE
    }

    /// Whether the file of `row` is to be removed already, or is one that could not be.
    #[must_use]
    pub fn holds(&self, row: &SegmentRow) -> bool {
        let is_it = |(held, _): &Doomed| held.stream == row.stream && held.start == row.start;
        self.pending.iter().chain(&self.aside).any(is_it)
    }

    /// Bytes that are as good as gone: marked, and their files are still there.
    #[must_use]
    pub fn aside_bytes(&self) -> u64 {
        self.aside.iter().map(|(row, _)| row.bytes).sum()
    }

    /// Whether something is to be tried again.
    #[must_use]
    pub fn is_due(&self, now: Duration) -> bool {
        !self.pending.is_empty() || (!self.aside.is_empty() && now >= self.retry_at)
    }

    /// What cannot be removed, in a sentence.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let why = self.why.as_ref()?;
        Some(format!("{} old recordings cannot be deleted: {why}", self.aside.len()))
    }

    /// Marks `doomed`; gives what may be removed then. To be called while nobody can lock footage: what has
    /// been locked since it was named is footage again. `even_unmarked` goes on without the index: one on a
    /// full disk cannot grow by a mark, and making room comes first then.
    ///
    /// # Errors
    /// [`EngineError::IndexBusy`]: what was named is kept and marked at the next call.
    pub fn mark(
        &mut self,
        doomed: Vec<Doomed>,
        locks: &[Lock],
        even_unmarked: bool,
        now: Duration,
    ) -> Result<Vec<Doomed>, EngineError> {
        self.pending.extend(doomed);
        let is_locked = |(row, _): &mut Doomed| {
            let camera = &row.stream.camera;
            locks.iter().any(|lock| lock.camera == *camera && lock.span.overlaps(row.span()))
        };
        let mut locked: Vec<Doomed> = self.pending.extract_if(.., is_locked).collect();
        locked.extend(self.aside.extract_if(.., is_locked));
        let mut changes: Vec<Change> = locked.into_iter().map(|(row, _)| unmark(row)).collect();
        changes.extend(self.pending.iter().map(|(row, deletion)| Change::MarkDeleting {
            stream: row.stream.clone(),
            start: row.start,
            volume: row.volume,
            cause: deletion.cause,
        }));
        if self.index.apply_and_wait(changes, INDEX_LIMIT) {
            self.keep_marked()?;
        } else if !even_unmarked {
            return Err(EngineError::IndexBusy);
        }
        let mut marked = std::mem::take(&mut self.pending);
        if now >= self.retry_at {
            marked.append(&mut self.aside);
        }
        Ok(marked)
    }

    /// What is not marked was brought elsewhere between its plan and its mark, and is planned anew there.
    fn keep_marked(&mut self) -> Result<(), EngineError> {
        let mut marked = Vec::new();
        for (row, deletion) in self.pending.drain(..) {
            let now = self.recordings.reader.segment(&row.stream, row.start)?;
            if now.is_some_and(|now| now.state.is_deleting()) {
                marked.push((row, deletion));
            }
        }
        self.pending = marked;
        Ok(())
    }

    /// Removes the files of what [`Removal::mark`] gave, and forgets the segments. A file that cannot be
    /// removed is tried again later.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn remove(&mut self, rows: Vec<Doomed>, now: Now) -> Result<Removed, EngineError> {
        let (mut changes, mut spans) = (Vec::new(), Vec::new());
        let mut removed = Removed { failed: rows.len(), ..Removed::default() };
        let mut rows = rows.into_iter();
        while let Some((row, deletion)) = rows.next() {
            if let Err(error) = self.unlink(&row) {
                let is_away = self.is_away(row.volume, &error);
                self.put_aside((row, deletion), &error, now.monotonic);
                if is_away {
                    self.aside.extend(rows.by_ref());
                }
                continue;
            }
            tracing::info!("{} deleted {}", row.path, deletion.cause.label());
            removed.files += 1;
            removed.failed -= 1;
            removed.bytes += row.bytes;
            if deletion.cause == DeletionCause::NotBrought {
                removed.not_brought.files += 1;
                removed.not_brought.bytes += row.bytes;
            }
            spans.push((row.stream.camera.clone(), row.span()));
            changes.push(Change::Deleted {
                span: row.span(),
                stream: row.stream,
                start: row.start,
                volume: row.volume,
                cause: deletion.cause,
                at: now.wall,
            });
        }
        if self.aside.is_empty() {
            self.why = None;
        }
        // What the index does not take in time is kept there and tried again.
        self.index.apply_and_wait(changes, INDEX_LIMIT);
        self.drop_small_pictures(&spans)?;
        self.drop_before_oldest(spans.into_iter().map(|(camera, _)| camera).collect(), now.wall)?;
        Ok(removed)
    }

    fn unlink(&self, row: &SegmentRow) -> Result<(), EngineError> {
        let volume = self.recordings.volumes.get(row.volume);
        let volume = volume
            .ok_or_else(|| EngineError::NotFound(format!("the volume of {} is gone", row.path)))?;
        Ok(remove_marked(&*volume, &row.path)?)
    }

    /// Whether the volume as a whole cannot be had: asking it for each file would take long. One that refuses a file
    /// and answers may refuse that file alone.
    fn is_away(&self, volume: VolumeId, error: &EngineError) -> bool {
        use StorageError::{Denied, Forbidden, Gone, Offline, Taken};
        match error {
            EngineError::Storage(Offline { .. } | Denied { .. } | Gone { .. } | Taken { .. }) => {
                true
            }
            EngineError::Storage(Forbidden { .. }) => {
                let volume = self.recordings.volumes.get(volume);
                volume.is_none_or(|volume| volume.identity().is_err())
            }
            _ => false,
        }
    }

    fn put_aside(&mut self, doomed: Doomed, error: &EngineError, now: Duration) {
        let why = error.to_string();
        if self.why.is_none() {
            tracing::error!("an old recording cannot be deleted and is tried again: {why}");
        }
        self.why = Some(why);
        self.retry_at = now.saturating_add(RETRY);
        self.aside.push(doomed);
    }

    /// Small pictures of `spans` go, unless the other stream has footage of their moment.
    fn drop_small_pictures(&self, spans: &[(CameraId, WallSpan)]) -> Result<(), EngineError> {
        for (camera, span) in spans {
            let left = self.recordings.segments_of_camera(camera, *span)?;
            let mut from = span.start;
            for row in left {
                self.forget(camera, WallSpan::new(from, row.start));
                from = from.max(row.end);
            }
            self.forget(camera, WallSpan::new(from, span.end));
        }
        Ok(())
    }

    fn forget(&self, camera: &CameraId, span: WallSpan) {
        if let Err(error) = self.thumbnails.delete_range(camera, span) {
            tracing::warn!("{camera}: small pictures cannot be deleted: {error}");
        }
    }

    /// Events and small pictures without any footage behind them go too.
    fn drop_before_oldest(
        &self,
        cameras: BTreeSet<CameraId>,
        now: WallTime,
    ) -> Result<(), EngineError> {
        let mut changes = Vec::new();
        for camera in cameras {
            let mut oldest: Option<WallTime> = None;
            for kind in [StreamKind::Main, StreamKind::Sub] {
                let stream = StreamId::new(camera.clone(), kind);
                let first = self.recordings.reader.oldest(&stream, 1)?.pop();
                oldest = oldest.into_iter().chain(first.map(|row| row.start)).min();
            }
            let before = oldest.unwrap_or(now);
            self.forget(&camera, WallSpan::new(WallTime::MIN, before));
            changes.push(Change::DropEventsBefore { camera, before });
        }
        self.index.apply_and_wait(changes, INDEX_LIMIT);
        Ok(())
    }
}
