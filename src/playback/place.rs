//! The segment or the gap that the playhead is in, and the segment that comes next.
//!
//! Must not do: decode, or know what is shown.

use std::sync::Arc;

use super::{Footage, FootageGap, LoadedSegment, PlaybackError};
use crate::model::{CameraId, StreamId, StreamKind, WallSpan, WallTime};

/// Where a playhead is in the footage of one camera.
pub(super) struct Place {
    footage: Arc<Footage>,
    camera: CameraId,
    segment: Option<Arc<LoadedSegment>>,
    /// The segment is the right one here.
    span: WallSpan,
    /// Found at this moment; it holds from there on.
    gap: Option<(WallTime, FootageGap)>,
    beside: Option<Beside>,
}

/// The segment that comes after the present one, or before it.
struct Beside {
    forward: bool,
    edge: WallTime,
    segment: Option<Arc<LoadedSegment>>,
}

/// What is at a moment.
pub(super) enum Found {
    Segment(Arc<LoadedSegment>),
    Gap(FootageGap),
}

impl Place {
    pub(super) fn new(footage: Arc<Footage>, camera: CameraId) -> Self {
        let span = WallSpan::new(WallTime::MIN, WallTime::MIN);
        Self { footage, camera, segment: None, span, gap: None, beside: None }
    }

    /// The segment is the right one up to here.
    pub(super) fn end(&self) -> WallTime {
        self.span.end
    }

    /// What is said of a gap is looked up anew.
    pub(super) fn forget_gap(&mut self) {
        self.gap = None;
    }

    /// Looks anew the next time.
    pub(super) fn forget(&mut self) {
        self.span = WallSpan::new(WallTime::MIN, WallTime::MIN);
        self.gap = None;
        self.beside = None;
    }

    /// What is at `at`.
    pub(super) fn find(&mut self, at: WallTime) -> Result<Found, PlaybackError> {
        if let Some(segment) = &self.segment
            && self.span.contains(at)
        {
            return Ok(Found::Segment(Arc::clone(segment)));
        }
        if let Some((from, gap)) = &self.gap
            && *from <= at
            && at < gap.until
        {
            return Ok(Found::Gap(gap.clone()));
        }
        let Some(row) = self.footage.find(&self.camera, at)? else {
            let gap = self.footage.gap(&self.camera, at)?;
            self.segment = None;
            self.gap = Some((at, gap.clone()));
            return Ok(Found::Gap(gap));
        };
        self.gap = None;
        let segment = self.footage.load(&row)?;
        self.span = WallSpan::new(segment.row.start, segment.row.end.max(at.plus_micros(1)));
        if segment.row.stream.kind == StreamKind::Sub {
            self.span = self.span.intersect(self.between_main(at)?);
        }
        self.segment = Some(Arc::clone(&segment));
        Ok(Found::Segment(segment))
    }

    /// The time around `at` without footage of the main stream, which is preferred.
    fn between_main(&self, at: WallTime) -> Result<WallSpan, PlaybackError> {
        let main = StreamId::new(self.camera.clone(), StreamKind::Main);
        let before = self.footage.last_before_in(&main, at)?.map(|row| row.end);
        let after = self.footage.first_after_in(&main, at)?.map(|row| row.start);
        let before = before.filter(|end| *end <= at).unwrap_or(WallTime::MIN);
        Ok(WallSpan::new(before, after.unwrap_or(WallTime::MAX)))
    }

    /// Presentation times of the pictures of `segment` that are shown, the first and the last: of a sub
    /// stream only those between footage of the main stream.
    pub(super) fn shown_of(&self, segment: &LoadedSegment, keys_only: bool) -> (i64, i64) {
        let row = &segment.row;
        let mut shown = (i64::MIN, i64::MAX);
        if !self.segment.as_ref().is_some_and(|now| now.is_same_file(row)) {
            return shown;
        }
        if self.span.start > row.start
            && let Some(first) = segment.sample_at(self.span.start, keys_only)
        {
            shown.0 = segment.walk.samples()[first].pts;
        }
        if self.span.end < row.end {
            shown.1 = row.ticks_at(self.span.end.plus_micros(-1));
        }
        shown
    }

    /// The segment that is shown after the present segment or gap, or before it, and the moment at which it
    /// is entered; opened before it is needed. What is wrong with it is said when it is.
    pub(super) fn beside(&mut self, forward: bool) -> Option<(Arc<LoadedSegment>, WallTime)> {
        let edge = match &self.gap {
            Some((_, gap)) => if forward { gap.after } else { gap.before }?,
            None if forward => self.span.end,
            None => self.span.start.plus_micros(-1),
        };
        let known = self.beside.as_ref().filter(|it| it.forward == forward && it.edge == edge);
        if let Some(known) = known {
            return known.segment.clone().map(|segment| (segment, edge));
        }
        let looked = self.look_beside(edge, forward);
        let segment = looked
            .inspect_err(|error| tracing::debug!(camera = %self.camera, %error, "next segment"))
            .ok()
            .flatten();
        self.beside = Some(Beside { forward, edge, segment: segment.clone() });
        segment.map(|segment| (segment, edge))
    }

    fn look_beside(
        &self,
        edge: WallTime,
        forward: bool,
    ) -> Result<Option<Arc<LoadedSegment>>, PlaybackError> {
        let mut row = self.footage.find(&self.camera, edge)?;
        let same = |row: &_| self.segment.as_ref().is_some_and(|now| now.is_same_file(row));
        if row.as_ref().is_none_or(same) {
            row = if forward {
                self.footage.first_after(&self.camera, edge)?
            } else {
                self.footage.last_before(&self.camera, edge)?
            };
        }
        let row = row.filter(|row| !same(row));
        row.map(|row| self.footage.load(&row)).transpose()
    }
}
