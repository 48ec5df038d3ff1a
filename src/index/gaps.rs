//! Why there is no footage: what was deleted, and the journal, against the holes in the coverage.
//!
//! Must not do: invent. Where both are silent the answer is [`GapReason::Unknown`].

use super::{Change, DeletedSpan, IndexError, IndexReader, schema};
use crate::model::coverage::{SEAM_MICROS, holes};
use crate::model::{
    CameraId, CoverageSpan, GapReason, JournalEntry, RecordingState, StreamId, StreamKind,
    WallSpan, WallTime,
};

/// The heartbeat is written with each sync, every 5 s by default, and footage ends at most a fragment and
/// a sync before a crash. Footage that ends earlier than this before the last heartbeat did not end
/// because of the crash.
const CRASH_MARGIN_MICROS: i64 = 60_000_000;

impl IndexReader {
    /// The holes that `covered` leaves in `span`, each with its reason, split where another state began.
    /// `covered` is ordered; what is being written right now should be in it.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn gaps(
        &self,
        camera: &CameraId,
        span: WallSpan,
        covered: &[CoverageSpan],
    ) -> Result<Vec<(WallSpan, GapReason)>, IndexError> {
        let holes = holes(covered.iter().map(|item| item.span), span);
        let (Some(first), Some(last)) = (holes.first(), holes.last()) else {
            return Ok(Vec::new());
        };
        let (journal, deleted) = self.past(camera, WallSpan::new(first.start, last.end))?;
        Ok(holes.iter().flat_map(|hole| explain(*hole, &journal, &deleted)).collect())
    }

    /// Why there is no footage of `camera` at `at`, and until when that is the reason. `hole` is the time
    /// without footage around it. The same rule as [`Self::gaps`].
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn reason_at(
        &self,
        camera: &CameraId,
        hole: WallSpan,
        at: WallTime,
    ) -> Result<(GapReason, WallTime), IndexError> {
        let (journal, deleted) = self.past(camera, hole)?;
        let explained = explain(hole, &journal, &deleted);
        let found = explained.into_iter().find(|(span, _)| span.contains(at));
        Ok(found.map_or((GapReason::Unknown, hole.end), |(span, reason)| (reason, span.end)))
    }

    /// All that gives reasons within `span`, from one state.
    fn past(
        &self,
        camera: &CameraId,
        span: WallSpan,
    ) -> Result<(Vec<JournalEntry>, Vec<DeletedSpan>), IndexError> {
        self.read(|view| {
            let mut journal = Vec::new();
            view.each_entry(camera, span, |at, value| {
                journal.push(schema::decode_entry(camera, at, value)?);
                Ok(())
            })?;
            Ok((journal, view.deleted(camera, span)?))
        })
    }

    /// The entries that say since when Watchkeeper was not running, for each camera whose journal does not
    /// say so itself: after a crash. To be applied once at the start, after the files are repaired and
    /// before anything is recorded.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn downtime(&self) -> Result<Vec<Change>, IndexError> {
        let mut changes = Vec::new();
        let heartbeat = self.heartbeat()?;
        for camera in self.journal_cameras()? {
            let (Some(last), Some(heartbeat)) = (self.last_state(&camera)?, heartbeat) else {
                continue;
            };
            let footage_end = self.footage_end(&camera)?;
            if let Some(at) = stopped_at(&last, heartbeat, footage_end) {
                let state = RecordingState::Idle(GapReason::NotRunning);
                changes.push(Change::Journal(JournalEntry { camera, at, state }));
            }
        }
        Ok(changes)
    }

    fn footage_end(&self, camera: &CameraId) -> Result<Option<WallTime>, IndexError> {
        let mut end = None;
        for kind in [StreamKind::Main, StreamKind::Sub] {
            let stream = StreamId::new(camera.clone(), kind);
            let last = self.last_before(&stream, WallTime::MAX)?;
            end = end.max(last.map(|row| row.end));
        }
        Ok(end)
    }
}

/// From when on the recorder did not run, if `last` does not already give a reason that still holds.
fn stopped_at(
    last: &JournalEntry,
    heartbeat: WallTime,
    footage_end: Option<WallTime>,
) -> Option<WallTime> {
    let at = match (&last.state, footage_end) {
        (
            RecordingState::Idle(
                GapReason::NotRunning | GapReason::CameraRemoved | GapReason::Disabled,
            ),
            _,
        ) => return None,
        (RecordingState::Recording(_), Some(end))
            if heartbeat.micros_since(end) < CRASH_MARGIN_MICROS =>
        {
            end
        }
        _ => heartbeat,
    };
    Some(at.max(last.at.plus_micros(1)))
}

/// Splits one hole: what was deleted is gone for that reason, and what is left between is explained by the
/// journal as it was before. `deleted` is ordered, and none overlap.
fn explain(
    hole: WallSpan,
    journal: &[JournalEntry],
    deleted: &[DeletedSpan],
) -> Vec<(WallSpan, GapReason)> {
    let mut explained: Vec<(WallSpan, GapReason)> = Vec::new();
    let mut from = hole.start;
    let first = deleted.partition_point(|gone| gone.span.end <= hole.start);
    for gone in deleted[first..].iter().take_while(|gone| gone.span.start < hole.end) {
        let mut part = gone.span.intersect(hole);
        if part.start.micros_since(from) > SEAM_MICROS {
            explained.extend(by_journal(WallSpan::new(from, part.start), journal));
        } else {
            part.start = from;
        }
        explained.push((part, GapReason::Deleted { cause: gone.cause, at: gone.at }));
        from = part.end;
    }
    match explained.last_mut() {
        Some((last, _)) if hole.end.micros_since(from) <= SEAM_MICROS => last.end = hole.end,
        _ => explained.extend(by_journal(WallSpan::new(from, hole.end), journal)),
    }
    explained
}

/// Splits a hole at the entries of the journal. While the journal says "recording" and there is no
/// footage, the cause is what came next in the same hole (a stall is noticed later than it begins), or
/// else what came before (the first picture comes later than the camera).
fn by_journal(hole: WallSpan, journal: &[JournalEntry]) -> Vec<(WallSpan, GapReason)> {
    let mut pieces: Vec<(WallSpan, Option<GapReason>)> = Vec::new();
    let begun = journal.partition_point(|entry| entry.at <= hole.start);
    let in_force = begun.checked_sub(1).and_then(|index| journal.get(index));
    let mut from = hole.start;
    let mut reason = match in_force {
        Some(entry) => reason_of(entry),
        None => Some(GapReason::Unknown),
    };
    for entry in journal[begun..].iter().take_while(|entry| entry.at < hole.end) {
        pieces.push((WallSpan::new(from, entry.at), reason));
        from = entry.at;
        reason = reason_of(entry);
    }
    pieces.push((WallSpan::new(from, hole.end), reason));

    let mut explained: Vec<(WallSpan, GapReason)> = Vec::new();
    for index in 0..pieces.len() {
        let later = pieces[index..].iter().find_map(|(_, reason)| reason.as_ref());
        let earlier = || pieces[..index].iter().rev().find_map(|(_, reason)| reason.as_ref());
        let reason = later.or_else(earlier).cloned().unwrap_or(GapReason::Unknown);
        let span = pieces[index].0;
        match explained.last_mut() {
            Some((last, same)) if *same == reason => last.end = span.end,
            _ => explained.push((span, reason)),
        }
    }
    explained
}

/// None while recording.
fn reason_of(entry: &JournalEntry) -> Option<GapReason> {
    match &entry.state {
        RecordingState::Idle(reason) => Some(reason.clone()),
        RecordingState::Recording(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CoverageKind, DeletionCause};

    fn at(micros: i64) -> WallTime {
        WallTime::from_micros(micros)
    }

    fn span(start: i64, end: i64) -> WallSpan {
        WallSpan::new(at(start), at(end))
    }

    fn entry(time: i64, reason: Option<GapReason>) -> JournalEntry {
        let state = match reason {
            Some(reason) => RecordingState::Idle(reason),
            None => RecordingState::Recording(CoverageKind::Continuous),
        };
        JournalEntry { camera: "front".parse().expect("an identity"), at: at(time), state }
    }

    #[test]
    fn a_hole_is_split_where_the_state_changed() {
        let journal = [
            entry(0, Some(GapReason::Disabled)),
            entry(50, None),
            entry(60, Some(GapReason::DiskFull)),
        ];
        let expected = [(span(10, 50), GapReason::Disabled), (span(50, 100), GapReason::DiskFull)];
        assert_eq!(by_journal(span(10, 100), &journal), expected);
        assert_eq!(by_journal(span(-9, -3), &journal), [(span(-9, -3), GapReason::Unknown)]);
    }

    #[test]
    fn a_stall_is_blamed_from_its_beginning_and_a_start_to_its_end() {
        let offline = GapReason::CameraOffline("silent".into());
        let journal = [entry(0, None), entry(30, Some(offline.clone())), entry(40, None)];
        assert_eq!(by_journal(span(20, 45), &journal), [(span(20, 45), offline)]);
        assert_eq!(by_journal(span(10, 15), &journal), [(span(10, 15), GapReason::Unknown)]);
    }

    #[test]
    fn what_was_deleted_is_told_and_the_rest_keeps_its_reason() {
        let ms = 1_000;
        let offline = GapReason::CameraOffline("silent".into());
        let lost = GapReason::StreamLoss("2 packets".into());
        let journal = [
            entry(0, None),
            entry(30 * ms, Some(lost)),
            entry(40 * ms, None),
            entry(60 * ms, Some(offline.clone())),
            entry(80 * ms, None),
        ];
        let cause = DeletionCause::Retention;
        let gone = |start, end| DeletedSpan { span: span(start, end), cause, at: at(500 * ms) };
        let deleted = || GapReason::Deleted { cause, at: at(500 * ms) };
        let hole = span(-5 * ms, 100 * ms);
        let rows = [gone(1, 60 * ms), gone(80 * ms, 100 * ms - 1)];
        let expected = [
            (span(-5 * ms, 1), GapReason::Unknown),
            (span(1, 60 * ms), deleted()),
            (span(60 * ms, 80 * ms), offline.clone()),
            (span(80 * ms, 100 * ms), deleted()),
        ];
        assert_eq!(explain(hole, &journal, &rows), expected);
        let inside = span(10 * ms, 20 * ms);
        assert_eq!(explain(inside, &journal, &rows), [(inside, deleted())]);
        let later = span(61 * ms, 70 * ms);
        assert_eq!(explain(later, &journal, &rows), [(later, offline)]);
    }

    #[test]
    fn a_crash_ends_where_the_footage_ends() {
        let second = 1_000_000;
        let recording = entry(0, None);
        let stop = |end| stopped_at(&recording, at(100 * second), end);
        assert_eq!(stop(Some(at(97 * second))), Some(at(97 * second)));
        assert_eq!(stop(Some(at(10 * second))), Some(at(100 * second)));
        assert_eq!(stop(None), Some(at(100 * second)));
        let idle = |reason| stopped_at(&entry(5, Some(reason)), at(0), None);
        let deleted = GapReason::Deleted { cause: DeletionCause::Operator, at: at(1) };
        for over in [
            GapReason::DiskFull,
            GapReason::SizeLimit,
            GapReason::OutsideSchedule("Nights".into()),
            GapReason::NoMotion,
            GapReason::Suspended,
            deleted,
        ] {
            assert_eq!(idle(over), Some(at(6)));
        }
        assert_eq!(idle(GapReason::NotRunning), None);
        assert_eq!(idle(GapReason::Disabled), None);
    }
}
