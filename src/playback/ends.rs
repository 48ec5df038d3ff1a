//! Where footage and motion events of several cameras begin and end.
//!
//! Must not do: decide where the playhead goes; `skip` and the deck do.

use super::{Footage, PlaybackError, skip};
use crate::model::coverage::SEAM_MICROS;
use crate::model::{CameraId, WallSpan, WallTime};

/// Segments that are looked through for the beginning of a recording: three weeks of one an hour.
const MOST_SEGMENTS: usize = 500;

impl Footage {
    /// The first moment with footage of any of `cameras`.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn oldest(&self, cameras: &[CameraId]) -> Result<Option<WallTime>, PlaybackError> {
        let next = self.next_span(cameras, WallTime::MIN, true)?;
        Ok(next.map(|span| span.start))
    }

    /// The segments of `cameras` that show `at`.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn spans_at(
        &self,
        cameras: &[CameraId],
        at: WallTime,
    ) -> Result<Vec<WallSpan>, PlaybackError> {
        let mut spans = Vec::new();
        for camera in cameras {
            spans.extend(self.find(camera, at)?.map(|row| row.span()));
        }
        Ok(spans)
    }

    /// The segment of any of `cameras` that begins first after `at`, or the one that ended last before it.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn next_span(
        &self,
        cameras: &[CameraId],
        at: WallTime,
        forward: bool,
    ) -> Result<Option<WallSpan>, PlaybackError> {
        let mut spans = Vec::new();
        for camera in cameras {
            let row =
                if forward { self.first_after(camera, at)? } else { self.last_before(camera, at)? };
            spans.extend(row.map(|row| row.span()));
        }
        Ok(nearest(spans, forward))
    }

    /// The first moment after `at`, or the last one before it, at which a recording of any of `cameras`
    /// begins: none of them has footage right before it.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn next_begin(
        &self,
        cameras: &[CameraId],
        mut at: WallTime,
        forward: bool,
    ) -> Result<Option<WallTime>, PlaybackError> {
        for _ in 0..MOST_SEGMENTS {
            let here = if forward {
                Vec::new()
            } else {
                self.spans_at(cameras, at.plus_micros(-SEAM_MICROS))?
            };
            let next = match here.into_iter().min_by_key(|span| span.start) {
                Some(span) => Some(span),
                None if forward => self.next_span(cameras, at.plus_micros(1), true)?,
                None => self.next_span(cameras, at, false)?,
            };
            let Some(span) = next else { return Ok(None) };
            at = span.start;
            if self.spans_at(cameras, at.plus_micros(-SEAM_MICROS))?.is_empty() {
                return Ok(Some(at));
            }
        }
        Ok(Some(at))
    }

    /// The motion events of `cameras` that count at `at`.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn events_around(
        &self,
        cameras: &[CameraId],
        at: WallTime,
    ) -> Result<Vec<WallSpan>, PlaybackError> {
        let mut spans = Vec::new();
        for camera in cameras {
            let events = self.index.events(Some(camera), skip::reach(at))?;
            spans.extend(events.into_iter().map(|event| event.span));
        }
        Ok(spans)
    }

    /// The motion event of any of `cameras` that starts first after `at`, or the last of those that
    /// started before it.
    ///
    /// # Errors
    /// [`PlaybackError::Index`].
    pub fn next_event(
        &self,
        cameras: &[CameraId],
        at: WallTime,
        forward: bool,
    ) -> Result<Option<WallSpan>, PlaybackError> {
        let mut spans = Vec::new();
        for camera in cameras {
            let event = self.index.next_event(camera, at, forward)?;
            spans.extend(event.map(|event| event.span));
        }
        Ok(nearest(spans, forward))
    }
}

fn nearest(spans: Vec<WallSpan>, forward: bool) -> Option<WallSpan> {
    if forward {
        spans.into_iter().min_by_key(|span| span.start)
    } else {
        spans.into_iter().max_by_key(|span| span.end)
    }
}
