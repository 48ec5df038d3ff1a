//! What the journal says of footage: its kind, and the holes inside of segments. Pure.
//!
//! Must not do: read the index.

use crate::model::coverage::SEAM_MICROS;
use crate::model::{
    CoverageKind, CoverageSpan, GapReason, JournalEntry, RecordingState, WallSpan, WallTime,
};

/// A fragment lasts 2 s at most and its write may take some more; longer than this is a stall.
pub const PENDING_MICROS: i64 = 10_000_000;

/// Cuts `spans` at the borders of `journal` and gives each stretch its kind. Stretches in which
/// units were lost or dropped are holes in a segment that goes on; they are left out.
pub fn kinds(
    spans: impl IntoIterator<Item = WallSpan>,
    journal: &[JournalEntry],
) -> Vec<CoverageSpan> {
    let mut out = Vec::new();
    for span in spans {
        let after_start = journal.partition_point(|entry| entry.at <= span.start);
        let mut from = span.start;
        let mut number = after_start;
        while from < span.end {
            let in_force = number.checked_sub(1).and_then(|n| journal.get(n));
            let until = journal.get(number).map_or(WallTime::MAX, |entry| entry.at);
            let part = WallSpan::new(from, until.min(span.end));
            let next = journal.iter().skip(number).map(|entry| &entry.state).find_map(recorded_by);
            if let Some(kind) = kind_of(in_force.map(|entry| &entry.state), next)
                && !part.is_empty()
            {
                out.push(CoverageSpan { span: part, kind });
            }
            from = part.end;
            number += 1;
        }
    }
    out
}

/// The kind of footage that exists although the journal says `state`; none for a hole. Footage may begin a
/// moment before its entry does: it is of the kind that comes `next`.
fn kind_of(state: Option<&RecordingState>, next: Option<CoverageKind>) -> Option<CoverageKind> {
    match state {
        Some(RecordingState::Recording(kind)) => Some(*kind),
        Some(RecordingState::Idle(GapReason::StreamLoss(_) | GapReason::Overload(_))) => None,
        Some(RecordingState::Idle(_)) | None => Some(next.unwrap_or(CoverageKind::Continuous)),
    }
}

fn recorded_by(state: &RecordingState) -> Option<CoverageKind> {
    match state {
        RecordingState::Recording(kind) => Some(*kind),
        RecordingState::Idle(_) => None,
    }
}

/// Joins neighbours that were deleted by the same rule, so that a lane that shows a year has one stretch for
/// what went hour by hour. The latest deletion gives the time.
pub fn merge_deleted(gaps: Vec<(WallSpan, GapReason)>) -> Vec<(WallSpan, GapReason)> {
    let mut merged: Vec<(WallSpan, GapReason)> = Vec::with_capacity(gaps.len());
    for (span, reason) in gaps {
        if let (
            Some((last, GapReason::Deleted { cause: before, at: latest })),
            GapReason::Deleted { cause, at },
        ) = (merged.last_mut(), &reason)
            && before == cause
            && span.start.micros_since(last.end) <= SEAM_MICROS
        {
            last.end = span.end;
            *latest = (*latest).max(*at);
            continue;
        }
        merged.push((span, reason));
    }
    merged
}

/// A gap without a known reason at the very end of `gaps`, up to `until`, is no gap while a segment that ends
/// shortly before it is being written: its next fragment is on the way. Gives how recording is then called.
pub fn pending(
    gaps: &mut Vec<(WallSpan, GapReason)>,
    until: WallTime,
    written_to: Option<WallTime>,
    state: Option<&RecordingState>,
) -> Option<(WallSpan, RecordingState)> {
    let (span, reason) = gaps.last()?;
    let recent = written_to.is_some_and(|end| until.micros_since(end) < PENDING_MICROS);
    let state = state.filter(|state| matches!(state, RecordingState::Recording(_)))?;
    if *reason != GapReason::Unknown || span.end != until || !recent {
        return None;
    }
    gaps.pop().map(|(span, _)| (span, state.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CameraId;

    fn span(start: i64, end: i64) -> WallSpan {
        WallSpan::new(WallTime::from_micros(start), WallTime::from_micros(end))
    }

    fn entry(at: i64, state: RecordingState) -> JournalEntry {
        let camera = CameraId::from_name("a");
        JournalEntry { camera, at: WallTime::from_micros(at), state }
    }

    #[test]
    fn holes_inside_a_segment_are_not_footage() {
        let recording = RecordingState::Recording(CoverageKind::Motion);
        let lost = RecordingState::Idle(GapReason::StreamLoss("3 packets".into()));
        let journal = [entry(0, recording.clone()), entry(40, lost), entry(60, recording.clone())];
        let kind = CoverageKind::Motion;
        let expected = [span(10, 40), span(60, 100)].map(|span| CoverageSpan { span, kind });
        assert_eq!(kinds([span(10, 100)], &journal), expected);
    }

    #[test]
    fn deletions_hour_by_hour_are_one_stretch() {
        let gone = |at| GapReason::Deleted {
            cause: crate::model::DeletionCause::Retention,
            at: WallTime::from_micros(at),
        };
        let gaps = vec![
            (span(0, 10), gone(100)),
            (span(10, 20), gone(200)),
            (span(20, 30), GapReason::Disabled),
            (span(30, 40), gone(300)),
        ];
        let expected = [
            (span(0, 20), gone(200)),
            (span(20, 30), GapReason::Disabled),
            (span(30, 40), gone(300)),
        ];
        assert_eq!(merge_deleted(gaps), expected);
    }

    #[test]
    fn what_is_being_written_is_no_gap() {
        let recording = RecordingState::Recording(CoverageKind::Continuous);
        let until = WallTime::from_micros(100);
        let mut gaps = vec![(span(90, 100), GapReason::Unknown)];
        let written = Some(WallTime::from_micros(90));
        assert_eq!(pending(&mut gaps, until, None, Some(&recording)), None);
        let told = pending(&mut gaps, until, written, Some(&recording));
        assert_eq!((told, gaps.len()), (Some((span(90, 100), recording.clone())), 0));
        let mut gaps = vec![(span(90, 100), GapReason::DiskFull)];
        assert_eq!(pending(&mut gaps, until, written, Some(&recording)), None);
    }

    #[test]
    fn footage_counts_even_where_the_journal_is_silent() {
        let offline = RecordingState::Idle(GapReason::CameraOffline(String::new()));
        let kind = CoverageKind::Continuous;
        for journal in [vec![], vec![entry(0, offline.clone())], vec![entry(500, offline)]] {
            let expected = [CoverageSpan { span: span(10, 100), kind }];
            assert_eq!(kinds([span(10, 100)], &journal), expected);
        }
    }
}
