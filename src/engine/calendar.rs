//! Answers the calendar's questions; a day is looked at again only when something on it has changed.
//!
//! Must not do: know local time; days come as spans.

use std::collections::HashMap;

use super::recordings::Recordings;
use super::{EngineError, merging, query};
use crate::model::coverage::SEAM_MICROS;
use crate::model::{CameraId, CoverageSpan, WallSpan, WallTime};
use crate::protocol::{MonthAnswer, MonthDay, MonthQuery};

/// Days that are kept: a year and a half of pages for one choice of cameras.
const MOST: usize = 600;

/// Missing footage that is shorter than this, in microseconds, makes no day incomplete: a camera that starts
/// again is away for some seconds.
const SHORT: i64 = 60_000_000;

/// Answers, and remembers days.
#[derive(Default)]
pub struct Calendars {
    cameras: Vec<CameraId>,
    days: HashMap<(WallTime, WallTime), MonthDay>,
    /// The newest change of the index that is accounted for.
    seen: u64,
}

impl Calendars {
    /// Answers a question for the calendar; what is later than `now` is not missing.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn answer(
        &mut self,
        recordings: &Recordings,
        query: &MonthQuery,
        now: WallTime,
    ) -> Result<MonthAnswer, EngineError> {
        self.refresh(recordings, &query.cameras);
        let mut days = Vec::with_capacity(query.days.len());
        for span in &query.days {
            let key = (span.start, span.end);
            // What is missing of a day grows although nothing is written, until it is over.
            let is_over = span.end <= now;
            let day = match self.days.get(&key).filter(|_| is_over) {
                Some(day) => *day,
                None => look_at(recordings, &query.cameras, *span, now)?,
            };
            if is_over {
                self.days.insert(key, day);
            }
            days.push(day);
        }
        Ok(MonthAnswer { generation: query.generation, days })
    }

    fn refresh(&mut self, recordings: &Recordings, cameras: &[CameraId]) {
        let touched = recordings.reader.touched_since(self.seen);
        self.seen = touched.newest;
        let same = self.cameras == cameras && self.days.len() < MOST;
        match touched.spans.filter(|_| same) {
            Some(spans) => self.days.retain(|(start, end), _| {
                let day = WallSpan::new(*start, *end);
                spans.iter().all(|(_, span)| !span.overlaps(day))
            }),
            None => {
                self.cameras = cameras.to_vec();
                self.days.clear();
            }
        }
    }
}

fn look_at(
    recordings: &Recordings,
    cameras: &[CameraId],
    day: WallSpan,
    now: WallTime,
) -> Result<MonthDay, EngineError> {
    let past = WallSpan::new(day.start, day.end.min(now).max(day.start));
    let mut spans = Vec::new();
    let (mut motion, mut incomplete) = (false, false);
    for camera in cameras {
        let covered = footage(recordings, camera, day, now)?;
        let faulty = |(span, reason): &(WallSpan, crate::model::GapReason)| {
            span.micros() > SHORT && reason.is_fault()
        };
        let known = merging::join(covered.iter().copied(), SHORT, 0);
        incomplete |=
            !incomplete && recordings.reader.gaps(camera, past, &known)?.iter().any(faulty);
        motion |= !motion && !recordings.reader.newest_events(camera, day, 1)?.is_empty();
        spans.extend(covered.into_iter().map(|item| item.span));
    }
    let covered = merging::union(spans, 0).iter().map(|span| span.intersect(day).micros()).sum();
    Ok(MonthDay { covered, motion, incomplete })
}

/// Footage of a day: of one that is over from the index alone, with which it is a matter of one row.
fn footage(
    recordings: &Recordings,
    camera: &CameraId,
    day: WallSpan,
    now: WallTime,
) -> Result<Vec<CoverageSpan>, EngineError> {
    if day.end < now.plus_micros(-2 * day.micros()) {
        return Ok(recordings.reader.coverage(camera, day, SEAM_MICROS)?);
    }
    query::footage(recordings, camera, day)
}
