//! What changes have touched, so that whoever keeps answers in memory knows which of them are old.
//!
//! Must not do: tell of a change before it is committed; it is told a moment later.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::schema;
use super::write::Change;
use super::{IndexReader, events};
use crate::model::{CameraId, WallSpan, WallTime};

/// Days of cameras that are remembered: a month of 32 cameras that are recorded, and of as many whose oldest
/// day is deleted. Whoever has not asked for longer forgets all that it keeps.
const KEPT: usize = 2_048;

/// A journal entry may explain footage and holes shortly before it: a stall is noticed later than it begins.
const BEFORE_ENTRY: i64 = 600_000_000;

/// A journal entry is made at most so long after the present; behind it nothing is known yet.
const AFTER_ENTRY: i64 = 86_400_000_000;

#[derive(Debug, Default)]
pub(super) struct Touched {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Number of the newest change.
    newest: u64,
    /// Everything up to this change may have been forgotten.
    forgotten: u64,
    /// By camera and UTC day: the newest change, and all that was ever touched there.
    days: BTreeMap<(CameraId, i64), (u64, WallSpan)>,
}

/// What was touched after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchedSince {
    /// Number of the newest change: to be given the next time.
    pub newest: u64,
    /// Where footage, gaps or events may have changed; none when it is too long ago to tell.
    pub spans: Option<Vec<(CameraId, WallSpan)>>,
}

impl Touched {
    /// These changes are committed. `longest` is the longest time that any segment covers.
    pub(super) fn note(&self, changes: &[Change], longest: i64) {
        let mut state = self.lock();
        state.newest += 1;
        for (camera, span) in changes.iter().filter_map(|change| extent(change, longest)) {
            state.add(camera, span);
        }
        state.bound();
    }

    fn since(&self, number: u64) -> TouchedSince {
        let state = self.lock();
        let newest = state.newest;
        let later = state.days.iter().filter(|(_, (change, _))| *change > number);
        let spans = (number >= state.forgotten)
            .then(|| later.map(|((camera, _), (_, span))| (camera.clone(), *span)).collect());
        TouchedSince { newest, spans }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, camera: &CameraId, span: WallSpan) {
        let key = (camera.clone(), schema::day_of(span.start));
        let (change, touched) = self.days.entry(key).or_insert((0, span));
        *change = self.newest;
        *touched = WallSpan::new(touched.start.min(span.start), touched.end.max(span.end));
    }

    fn bound(&mut self) {
        if self.days.len() > KEPT {
            let mut changes: Vec<u64> = self.days.values().map(|(change, _)| *change).collect();
            changes.sort_unstable();
            self.forgotten = changes[changes.len() / 2];
            self.days.retain(|_, (change, _)| *change > self.forgotten);
        }
    }
}

/// Where a change shows.
fn extent(change: &Change, longest: i64) -> Option<(&CameraId, WallSpan)> {
    let from = |start: WallTime, micros| WallSpan::new(start, start.plus_micros(micros));
    match change {
        Change::PutSegment(row) => Some((&row.stream.camera, row.span())),
        Change::RemoveSegment { stream, start }
        | Change::MarkDeleting { stream, start, .. }
        | Change::Unmark { stream, start, .. } => Some((&stream.camera, from(*start, longest))),
        Change::Deleted { stream, span, .. } => Some((&stream.camera, *span)),
        Change::PutEvent { event, .. } => Some((&event.camera, events::extent(event))),
        // Its footage has been told to be gone already, and motion is painted over footage.
        Change::DropEventsBefore { .. } | Change::Heartbeat(_) => None,
        // The footage is the same.
        Change::Move { .. } => None,
        Change::Journal(entry) => Some((
            &entry.camera,
            from(entry.at.plus_micros(-BEFORE_ENTRY), BEFORE_ENTRY + AFTER_ENTRY),
        )),
    }
}

impl IndexReader {
    /// What changes have touched since the one of this number; 0 for the very first time.
    #[must_use]
    pub fn touched_since(&self, number: u64) -> TouchedSince {
        self.shared.touched.since(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remove(camera: &str, second: i64) -> Change {
        let camera = CameraId::from_name(camera);
        let stream = crate::model::StreamId::new(camera, crate::model::StreamKind::Main);
        Change::RemoveSegment { stream, start: WallTime::from_micros(second * 1_000_000) }
    }

    #[test]
    fn only_what_came_later_is_told() {
        let touched = Touched::default();
        touched.note(&[remove("a", 10)], 5);
        let first = touched.since(0);
        assert_eq!(first.spans.map(|spans| spans.len()), Some(1));
        assert_eq!(touched.since(first.newest).spans, Some(Vec::new()));
        touched.note(&[remove("b", 100), remove("b", 50)], 5);
        let span =
            WallSpan::new(WallTime::from_micros(50_000_000), WallTime::from_micros(100_000_005));
        let expected = Some(vec![(CameraId::from_name("b"), span)]);
        assert_eq!(touched.since(first.newest).spans, expected);
    }

    #[test]
    fn what_is_too_long_ago_is_not_told_by_halves() {
        let touched = Touched::default();
        for day in 0..5_000 {
            touched.note(&[remove("a", day * 86_400)], 5);
        }
        assert!(touched.lock().days.len() <= KEPT);
        assert_eq!(touched.since(1).spans, None);
        assert_eq!(touched.since(4_999).spans.map(|spans| spans.len()), Some(1));
    }
}
