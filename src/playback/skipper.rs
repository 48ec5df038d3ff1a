//! Looks up what playing leaves out, where the operator wants that, and where events begin.
//!
//! Must not do: move the playhead; the deck does.

use super::skip::{Skip, over_gaps, to_events};
use super::{Footage, PlaybackError};
use crate::model::{CameraId, WallTime};

/// While playing forward an event that began less than this ago is the present one: "the event before"
/// goes to the one before it.
const PRESENT_MICROS: i64 = 1_000_000;

/// What the operator wants left out, and until when nothing is.
#[derive(Default)]
pub(super) struct Skipper {
    gaps: bool,
    to_events: bool,
    /// The playhead moves on to here before there is something to skip.
    free: Option<WallTime>,
}

impl Skipper {
    pub(super) fn gaps(&self) -> bool {
        self.gaps
    }

    pub(super) fn to_events(&self) -> bool {
        self.to_events
    }

    /// The playhead moves on to here before there is something to skip.
    pub(super) fn free(&self) -> Option<WallTime> {
        self.free
    }

    pub(super) fn set_gaps(&mut self, skip: bool) {
        (self.gaps, self.free) = (skip, None);
    }

    pub(super) fn set_to_events(&mut self, skip: bool) {
        (self.to_events, self.free) = (skip, None);
    }

    /// The playhead was moved, or turned, or other cameras are shown.
    pub(super) fn look_anew(&mut self) {
        self.free = None;
    }

    /// What the playhead, which passes `at`, is to do.
    pub(super) fn look(
        &mut self,
        footage: &Footage,
        cameras: &[CameraId],
        at: WallTime,
        reverse: bool,
    ) -> Result<Skip, PlaybackError> {
        let ahead = |free: &WallTime| if reverse { *free < at } else { at < *free };
        if let Some(free) = self.free.filter(ahead) {
            return Ok(Skip::Stay(free));
        }
        let mut found = Skip::Stay(if reverse { WallTime::MIN } else { WallTime::MAX });
        if self.to_events {
            let around = footage.events_around(cameras, at)?;
            let next = footage.next_event(cameras, at, !reverse)?;
            found = to_events(at, reverse, &around, next);
        }
        if self.gaps
            && let Skip::Stay(until) = found
        {
            let here = footage.spans_at(cameras, at)?;
            let next = footage.next_span(cameras, at, !reverse)?;
            found = match over_gaps(at, reverse, &here, next) {
                Skip::Stay(edge) => {
                    Skip::Stay(if reverse { edge.max(until) } else { edge.min(until) })
                }
                other => other,
            };
        }
        self.free = match found {
            Skip::Stay(free) => Some(free),
            Skip::Jump(_) | Skip::End => None,
        };
        Ok(found)
    }
}

/// Where the next motion event of `cameras` begins, or the one before; where there is none, the next
/// recording.
pub(super) fn event_beside(
    footage: &Footage,
    cameras: &[CameraId],
    at: WallTime,
    forward: bool,
    playing: bool,
) -> Result<Option<WallTime>, PlaybackError> {
    let at = if playing && !forward { at.plus_micros(-PRESENT_MICROS) } else { at };
    match footage.next_event(cameras, at, forward)? {
        Some(event) => Ok(Some(event.start)),
        None => footage.next_begin(cameras, at, forward),
    }
}
