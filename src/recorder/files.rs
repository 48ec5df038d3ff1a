//! The files of one stream: where a fragment goes, when a file ends, and what becomes of one that cannot be
//! finished.
//!
//! Must not do: decide whether to record, or touch the index; changes wait in the outbox.

use std::sync::Arc;

use super::OpenSegments;
use super::fragmenter::PendingFragment;
use super::rotation::{self, Limits};
use super::segment::{Place, SegmentWriter};
use crate::index::Change;
use crate::media::{AccessUnit, ClockMap, StreamParameters};
use crate::model::{MediaTime, RunId, SegmentIdentity, SegmentRow, StreamId, VolumeId, WallTime};
use crate::storage::{StorageError, Volume};

/// A run may seem to begin before the footage before it ends, by the jitter of the network; it is then
/// moved behind. A larger overlap is a clock that was set back and stays as it is.
pub(super) const MAX_OVERLAP_MICROS: i64 = 5_000_000;

/// Files that wait to be finished at most, for each stream; a volume seldom fails twice in a sweep.
const MAX_UNFINISHED: usize = 8;

/// Where and how all streams of a volume are written.
#[derive(Clone)]
pub struct WriteContext {
    /// The volume.
    pub volume: Arc<dyn Volume>,
    /// Its number in the index.
    pub volume_id: VolumeId,
    /// The zone of paths and boundaries.
    pub zone: chrono_tz::Tz,
    /// Limits of a segment.
    pub limits: Limits,
    /// Where readers see what is being written.
    pub open: OpenSegments,
}

/// Counters of one stream since it was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Access units written.
    pub frames: u64,
    /// Bytes written to files.
    pub bytes: u64,
    /// Access units dropped because this computer could not keep up.
    pub dropped: u64,
    /// Fragments that the volume did not take.
    pub failed: u64,
}

/// What a run's footage is called, and its time; known once its first fragment is complete.
pub(super) type RunClock = Option<(RunId, ClockMap)>;

/// Writes the files of one stream.
pub(super) struct StreamFiles {
    stream: StreamId,
    pub context: WriteContext,
    segment: Option<SegmentWriter>,
    /// Where the newest footage of this stream ends.
    last_end: WallTime,
    /// Files that could not be finished because the volume failed.
    unfinished: Vec<SegmentWriter>,
    pub totals: Totals,
    pub outbox: Vec<Change>,
}

impl StreamFiles {
    pub fn new(stream: StreamId, context: WriteContext, last_end: WallTime) -> Self {
        Self {
            stream,
            context,
            segment: None,
            last_end,
            unfinished: Vec::new(),
            totals: Totals::default(),
            outbox: Vec::new(),
        }
    }

    pub fn stream(&self) -> &StreamId {
        &self.stream
    }

    pub fn last_end(&self) -> WallTime {
        self.last_end
    }

    /// Whether a file is open that can be written on.
    pub fn is_open(&self) -> bool {
        self.segment.is_some()
    }

    /// Writes to another place, or by other limits, from the next file on; that begins at once when the
    /// place is another one.
    pub fn set_context(&mut self, context: WriteContext) {
        if context.volume_id != self.context.volume_id {
            self.finish_waiting();
            self.close();
        }
        self.context = context;
    }

    /// Writes a fragment; gives its wall time, or none when it cannot be the first of a file.
    ///
    /// # Errors
    /// When the volume cannot take it; the file then ends with the fragment before.
    pub fn write(
        &mut self,
        fragment: &PendingFragment,
        parameters: &Arc<StreamParameters>,
        run: &mut RunClock,
    ) -> Result<Option<WallTime>, StorageError> {
        let Some(first) = fragment.units.first() else { return Ok(None) };
        let arrivals = || fragment.units.iter().map(|unit| (unit.pts, unit.received.wall));
        let (id, clock) = run.get_or_insert_with(|| {
            let map = first_map(first, arrivals(), self.last_end);
            (RunId(map.wall(first.pts).as_micros()), map)
        });
        let start = clock.wall(first.pts);
        if first.random_access && self.must_cut(start, fragment.bytes()) {
            self.close();
        }
        if self.segment.is_none() {
            if !first.random_access {
                return Ok(None);
            }
            let stream = self.stream.clone();
            let identity = SegmentIdentity { stream, start, run: *id, run_offset: first.pts };
            self.create(identity, parameters)?;
        }
        let Some(segment) = &mut self.segment else { return Ok(None) };
        let before = segment.row().bytes;
        let samples = segment.append(fragment)?;
        let media_end = segment.row().run_offset.plus_ticks(segment.duration());
        let end = clock.advance(media_end, arrivals());
        segment.set_end(end);
        let row = segment.row().clone();
        self.totals.frames += fragment.units.len() as u64;
        self.totals.bytes += row.bytes - before;
        self.context.open.append(row, parameters, samples);
        self.last_end = end;
        Ok(Some(start))
    }

    fn create(
        &mut self,
        identity: SegmentIdentity,
        parameters: &Arc<StreamParameters>,
    ) -> Result<(), StorageError> {
        let place = Place {
            volume: &*self.context.volume,
            volume_id: self.context.volume_id,
            zone: self.context.zone,
            minutes: self.context.limits.minutes,
        };
        self.segment = Some(SegmentWriter::create(&place, identity, Arc::clone(parameters))?);
        Ok(())
    }

    fn must_cut(&self, start: WallTime, gop: u64) -> bool {
        self.segment.as_ref().is_some_and(|segment| {
            rotation::must_cut(&self.context.limits, &segment.extent(), start, gop)
        })
    }

    /// Makes what was written survive a power cut and tells the index of it.
    ///
    /// # Errors
    /// When the volume cannot.
    pub fn sync(&mut self) -> Result<(), StorageError> {
        self.finish_waiting();
        if let Some(segment) = &mut self.segment
            && segment.sync(&*self.context.volume)?
        {
            self.outbox.push(Change::PutSegment(segment.row().clone()));
        }
        Ok(())
    }

    /// Ends the file that is being written.
    pub fn close(&mut self) {
        match self.segment.take() {
            Some(segment) if segment.row().frames == 0 => segment.discard(&*self.context.volume),
            Some(segment) => self.finish(segment),
            None => {}
        }
    }

    /// Finishes a file. One that cannot be finished now waits for the next sweep; what does not get its
    /// turn before the end of the program is finished at the next start.
    fn finish(&mut self, mut segment: SegmentWriter) {
        let before = segment.row().bytes;
        match segment.finish(&*self.context.volume) {
            Ok(row) => {
                self.totals.bytes += row.bytes - before;
                self.outbox.push(Change::PutSegment(row));
            }
            Err(StorageError::NotFound { .. }) => self.forget(segment.row().clone()),
            Err(error) => {
                tracing::warn!("{}: {} is not finished: {error}", self.stream, segment.row().path);
                self.outbox.push(Change::PutSegment(segment.row().clone()));
                self.unfinished.push(segment);
                if self.unfinished.len() > MAX_UNFINISHED {
                    self.unfinished.remove(0);
                }
            }
        }
    }

    fn finish_waiting(&mut self) {
        for segment in std::mem::take(&mut self.unfinished) {
            self.finish(segment);
        }
    }

    /// Somebody took the file of this segment away while it was written: what is in it cannot be reached
    /// any more, and the index must not promise it.
    fn forget(&mut self, row: SegmentRow) {
        let SegmentRow { stream, start, .. } = row;
        self.context.open.close(&stream, start);
        self.outbox.push(Change::RemoveSegment { stream, start });
    }
}

/// The map of a new run, moved behind the footage before it when only jitter makes it overlap.
fn first_map(
    first: &AccessUnit,
    arrivals: impl Iterator<Item = (MediaTime, WallTime)>,
    last_end: WallTime,
) -> ClockMap {
    let map = ClockMap::from_first_arrivals(first.pts, arrivals)
        .unwrap_or_else(|| ClockMap::anchored(first.pts, first.received.wall));
    let overlap = last_end.micros_since(map.wall(first.pts));
    if (1..=MAX_OVERLAP_MICROS).contains(&overlap) {
        return ClockMap::anchored(first.pts, last_end);
    }
    map
}
