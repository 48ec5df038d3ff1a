//! Where the footage of a moment is: the index, the segments being written, and the volumes, as one.
//!
//! Must not do: decode, or know a playhead.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::segments::{Kept, open_file};
use super::{GopWalk, LoadedSegment, PlaybackError};
use crate::container::SampleTable;
use crate::index::IndexReader;
use crate::model::coverage::SEAM_MICROS;
use crate::model::{
    CameraId, GapReason, SegmentRow, SegmentState, StreamId, StreamKind, WallSpan, WallTime,
};
use crate::recorder::OpenSegments;
use crate::storage::Places;

/// How far behind the newest moment a segment being written may be and still count as going on: a
/// fragment lasts 2 s at most, and a slow disk may take some more.
const PENDING_MICROS: i64 = 10_000_000;

/// A gap's reason is looked up in so much time before and after: a journal may go on for years.
const LOOK_AROUND_MICROS: i64 = 3_600_000_000;

/// All footage. Shared by every player; cheap to ask for a moment near the last one.
pub struct Footage {
    pub(super) index: IndexReader,
    open: OpenSegments,
    volumes: Places,
    kept: Mutex<Kept>,
}

/// Time without footage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FootageGap {
    /// Why there is none.
    pub reason: GapReason,
    /// The last moment with footage before it.
    pub before: Option<WallTime>,
    /// The first moment with footage after it.
    pub after: Option<WallTime>,
    /// Until when all of this holds as it is known now.
    pub until: WallTime,
}

impl Footage {
    /// The footage that `index` and `open` know, on `volumes`.
    #[must_use]
    pub fn new(index: IndexReader, open: OpenSegments, volumes: impl Into<Places>) -> Self {
        Self { index, open, volumes: volumes.into(), kept: Mutex::default() }
    }

    /// The segment that shows `camera` at `at`: of the main stream where it has footage, else of the sub
    /// stream.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn find(
        &self,
        camera: &CameraId,
        at: WallTime,
    ) -> Result<Option<SegmentRow>, PlaybackError> {
        for kind in [StreamKind::Main, StreamKind::Sub] {
            let row = self.find_in(&StreamId::new(camera.clone(), kind), at)?;
            if row.is_some() {
                return Ok(row);
            }
        }
        Ok(None)
    }

    /// The segment of `stream` that shows `at`.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn find_in(
        &self,
        stream: &StreamId,
        at: WallTime,
    ) -> Result<Option<SegmentRow>, PlaybackError> {
        let open = self.open.rows_of(stream);
        if let Some(row) = open.iter().find(|row| row.span().contains(at)) {
            return Ok(Some(row.clone()));
        }
        if let Some(row) = open.last() {
            let behind = at.micros_since(row.end);
            if at >= row.start && behind < PENDING_MICROS {
                return Ok(Some(row.clone()));
            }
        }
        if let Some(row) = self.index.segment_at(stream, at)? {
            return Ok(Some(row));
        }
        // Between two segments of a run a rounding error may be left open.
        let before = self.index.last_before(stream, at)?;
        Ok(before.filter(|row| at.micros_since(row.end) < SEAM_MICROS))
    }

    /// Why there is no footage of `camera` at `at`, and where the nearest is.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn gap(&self, camera: &CameraId, at: WallTime) -> Result<FootageGap, PlaybackError> {
        let before = self.last_before(camera, at)?.map(|row| row.end.plus_micros(-1));
        let after = self.first_after(camera, at)?.map(|row| row.start);
        let around =
            WallSpan::new(at.plus_micros(-LOOK_AROUND_MICROS), at.plus_micros(LOOK_AROUND_MICROS));
        let footage_end = before.map_or(WallTime::MIN, |last| last.plus_micros(1).min(at));
        let hole = WallSpan::new(footage_end, after.unwrap_or(WallTime::MAX)).intersect(around);
        let (reason, until) = self.index.reason_at(camera, hole, at)?;
        Ok(FootageGap { reason, before, after, until })
    }

    /// The first segment of `camera` that starts after `at`.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn first_after(
        &self,
        camera: &CameraId,
        at: WallTime,
    ) -> Result<Option<SegmentRow>, PlaybackError> {
        let mut first: Option<SegmentRow> = None;
        for kind in [StreamKind::Main, StreamKind::Sub] {
            let row = self.first_after_in(&StreamId::new(camera.clone(), kind), at)?;
            first = first.into_iter().chain(row).min_by_key(|row| row.start);
        }
        Ok(first)
    }

    /// The first segment of `stream` that starts after `at`.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn first_after_in(
        &self,
        stream: &StreamId,
        at: WallTime,
    ) -> Result<Option<SegmentRow>, PlaybackError> {
        let open = self.open.rows_of(stream).into_iter().find(|row| row.start > at);
        let indexed = self.index.first_after(stream, at)?;
        Ok(open.into_iter().chain(indexed).min_by_key(|row| row.start))
    }

    /// The segment of `camera` that ended last before `at`.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn last_before(
        &self,
        camera: &CameraId,
        at: WallTime,
    ) -> Result<Option<SegmentRow>, PlaybackError> {
        let mut last: Option<SegmentRow> = None;
        for kind in [StreamKind::Main, StreamKind::Sub] {
            let row = self.last_before_in(&StreamId::new(camera.clone(), kind), at)?;
            last = last.into_iter().chain(row).max_by_key(|row| row.end);
        }
        Ok(last)
    }

    /// The segment of `stream` that ended last before `at`.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn last_before_in(
        &self,
        stream: &StreamId,
        at: WallTime,
    ) -> Result<Option<SegmentRow>, PlaybackError> {
        let open = self.open.rows_of(stream).into_iter().rfind(|row| row.end <= at);
        let indexed = self.index.last_before(stream, at)?;
        Ok(open.into_iter().chain(indexed).max_by_key(|row| row.end))
    }

    /// The newest moment that can be shown of `cameras` together, at the time `now`: where the segments
    /// being written end, or `now` itself where none is.
    #[must_use]
    pub fn newest(&self, cameras: &[CameraId], now: WallTime) -> WallTime {
        let ends: Vec<WallTime> = cameras
            .iter()
            .filter_map(|camera| {
                [StreamKind::Main, StreamKind::Sub]
                    .into_iter()
                    .find_map(|kind| self.open.row(&StreamId::new(camera.clone(), kind)))
            })
            .map(|row| row.end)
            .filter(|end| now.micros_since(*end) < PENDING_MICROS)
            .collect();
        ends.into_iter().min().map_or(now, |end| end.plus_micros(-1))
    }

    /// The moment that is `frames` frames after the one that `camera` shows at `at`, across segments
    /// and gaps; the last or first frame there is when they do not reach. None without any footage.
    ///
    /// # Errors
    /// As [`Footage::load`].
    pub fn step(
        &self,
        camera: &CameraId,
        at: WallTime,
        frames: i64,
    ) -> Result<Option<WallTime>, PlaybackError> {
        let Some((mut segment, mut sample, mut left)) = self.step_start(camera, at, frames)? else {
            return Ok(None);
        };
        loop {
            match segment.walk.step(sample, left) {
                Ok(reached) => return Ok(Some(segment.wall_of(reached))),
                Err(rest) => {
                    let edge = if rest > 0 { segment.walk.last() } else { segment.walk.first() };
                    let stay = edge.unwrap_or(sample);
                    let next = self.neighbour(camera, &segment, rest > 0)?;
                    let Some((next, first)) = next else {
                        return Ok(Some(segment.wall_of(stay)));
                    };
                    (segment, sample, left) = (next, first, rest - rest.signum());
                }
            }
        }
    }

    /// Where a step begins: at the picture shown, or beyond the gap that `at` is in.
    fn step_start(
        &self,
        camera: &CameraId,
        at: WallTime,
        frames: i64,
    ) -> Result<Option<(Arc<LoadedSegment>, usize, i64)>, PlaybackError> {
        if let Some(row) = self.find(camera, at)? {
            let segment = self.load(&row)?;
            return Ok(segment.shown_at(at).map(|sample| (segment, sample, frames)));
        }
        let forward = frames > 0;
        let row =
            if forward { self.first_after(camera, at)? } else { self.last_before(camera, at)? };
        let Some(row) = row else { return Ok(None) };
        let segment = self.load(&row)?;
        let sample = if forward { segment.walk.first() } else { segment.walk.last() };
        Ok(sample.map(|sample| (segment, sample, frames - frames.signum())))
    }

    /// The segment after or before `segment`, and its frame that is nearest to it.
    fn neighbour(
        &self,
        camera: &CameraId,
        segment: &LoadedSegment,
        forward: bool,
    ) -> Result<Option<(Arc<LoadedSegment>, usize)>, PlaybackError> {
        let row = &segment.row;
        let beside = if forward { row.end } else { row.start.plus_micros(-1) };
        let mut next = self.find(camera, beside)?.filter(|found| !segment.is_same_file(found));
        if next.is_none() {
            next = if forward {
                self.first_after(camera, beside)?
            } else {
                self.last_before(camera, beside)?
            };
        }
        let Some(next) = next.filter(|found| !segment.is_same_file(found)) else {
            return Ok(None);
        };
        let next = self.load(&next)?;
        let Some(mut sample) = next.shown_at(beside) else { return Ok(None) };
        if forward && next.wall_of(sample) < beside {
            sample = next.walk.step(sample, 1).unwrap_or(sample);
        }
        Ok(Some((next, sample)))
    }

    /// Makes the segment of `row` ready for reading. Segments used lately are kept so; one that is being
    /// written is read on from where it was.
    ///
    /// # Errors
    /// [`PlaybackError`] naming the file when it cannot be opened or understood.
    pub fn load(&self, row: &SegmentRow) -> Result<Arc<LoadedSegment>, PlaybackError> {
        let kept = self.kept().get(row);
        if row.state == SegmentState::Recording
            && let Some(open) = self.open.at(&row.stream, row.start)
        {
            if let Some(kept) = kept.as_ref().filter(|kept| kept.fragments == open.fragments.len())
            {
                return Ok(Arc::clone(kept));
            }
            let file = match &kept {
                Some(kept) => Arc::clone(&kept.file),
                None => open_file(row, &self.volumes.all())?,
            };
            let samples = open.fragments.iter().flat_map(|fragment| fragment.samples());
            let table =
                SampleTable { samples: samples.collect(), duration: open.row.media_duration };
            return Ok(self.keep(LoadedSegment {
                fragments: open.fragments.len(),
                row: open.row,
                parameters: open.parameters,
                walk: GopWalk::new(table),
                file,
                dead: AtomicBool::new(false),
            }));
        }
        if let Some(kept) =
            kept.filter(|kept| kept.row.state == row.state && kept.row.end == row.end)
        {
            return Ok(kept);
        }
        let opened = match LoadedSegment::open(row, &self.volumes.all()) {
            Err(PlaybackError::Open { path, source }) => match self.moved(row) {
                Some(now) => LoadedSegment::open(&now, &self.volumes.all()),
                None => Err(PlaybackError::Open { path, source }),
            },
            opened => opened,
        };
        Ok(self.keep(opened?))
    }

    /// The row of a segment that was brought to another volume since `row` was read.
    fn moved(&self, row: &SegmentRow) -> Option<SegmentRow> {
        let now = self.index.segment(&row.stream, row.start).ok().flatten();
        now.filter(|now| now.volume != row.volume && !now.state.is_deleting())
    }

    fn keep(&self, segment: LoadedSegment) -> Arc<LoadedSegment> {
        let segment = Arc::new(segment);
        self.kept().put(&segment);
        segment
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
