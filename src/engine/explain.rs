//! What the journal says of footage: its kind, and the holes inside of segments. Pure.
//!
//! Must not do: read the index.

use crate::model::{
    CoverageKind, CoverageSpan, GapReason, JournalEntry, RecordingState, WallSpan, WallTime,
};

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
            if let Some(kind) = kind_of(in_force.map(|entry| &entry.state))
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

/// The kind of footage that exists although the journal says `state`; none for a hole.
fn kind_of(state: Option<&RecordingState>) -> Option<CoverageKind> {
    match state {
        Some(RecordingState::Recording(kind)) => Some(*kind),
        Some(RecordingState::Idle(GapReason::StreamLoss(_) | GapReason::Overload(_))) => None,
        Some(RecordingState::Idle(_)) | None => Some(CoverageKind::Continuous),
    }
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
    fn footage_counts_even_where_the_journal_is_silent() {
        let offline = RecordingState::Idle(GapReason::CameraOffline(String::new()));
        let kind = CoverageKind::Continuous;
        for journal in [vec![], vec![entry(0, offline.clone())], vec![entry(500, offline)]] {
            let expected = [CoverageSpan { span: span(10, 100), kind }];
            assert_eq!(kinds([span(10, 100)], &journal), expected);
        }
    }
}
