//! Which part of what was asked for the films of an export do not show, and why. Pure.
//!
//! Must not do: leave out time without a reason; whoever has the films relies on every moment being told of.

use crate::model::coverage::{SEAM_MICROS, holes};
use crate::model::{GapReason, RecordingState, WallSpan};

/// Why the newest time is not there.
const NOT_YET: &str = "Not recorded yet";

/// Time without footage, and why in a sentence.
pub(super) type Missing = (WallSpan, String);

/// Of what recording did, the time without footage, and why.
#[must_use]
pub fn idle(told: Vec<(WallSpan, RecordingState)>) -> Vec<(WallSpan, GapReason)> {
    let idle = told.into_iter().filter_map(|(span, state)| match state {
        RecordingState::Idle(reason) => Some((span, reason)),
        RecordingState::Recording(_) => None,
    });
    idle.filter(|(span, _)| span.micros() > SEAM_MICROS).collect()
}

/// The parts of `stretch` that its segment should show and does not: `shown` is what it does.
pub(super) fn undelivered(stretch: WallSpan, shown: Option<WallSpan>) -> Vec<WallSpan> {
    let mut parts = without(stretch, shown.into_iter().collect());
    parts.retain(|part| part.micros() > SEAM_MICROS);
    parts
}

/// All time of `asked` that is not in `shown`: for the reason that the index knows, because its file is `lost`, or
/// because it is not recorded yet. What the index knows of holes inside of segments is told too.
pub(super) fn missing(
    asked: WallSpan,
    shown: &[WallSpan],
    known: &[(WallSpan, GapReason)],
    lost: &[Missing],
) -> Vec<Missing> {
    let told: Vec<WallSpan> = known.iter().map(|(span, _)| *span).collect();
    let mut all: Vec<Missing> =
        known.iter().map(|(span, reason)| (*span, reason.to_string())).collect();
    for (span, why) in lost {
        all.extend(without(*span, told.clone()).into_iter().map(|part| (part, why.clone())));
    }
    let taken = shown.iter().copied().chain(all.iter().map(|(span, _)| *span)).collect();
    let rest = without(asked, taken).into_iter().map(|part| {
        let is_newest = part.end == asked.end;
        (part, if is_newest { NOT_YET.into() } else { GapReason::Unknown.to_string() })
    });
    all.extend(rest);
    all.retain(|(span, _)| span.micros() > SEAM_MICROS);
    all.sort_by_key(|(span, _)| span.start);
    all
}

/// What nobody of `taken`, in whatever order, has of `span`.
fn without(span: WallSpan, mut taken: Vec<WallSpan>) -> Vec<WallSpan> {
    taken.sort_by_key(|part| part.start);
    holes(taken, span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WallTime;

    fn span(start: i64, end: i64) -> WallSpan {
        let second = |n: i64| WallTime::from_micros(n * 1_000_000);
        WallSpan::new(second(start), second(end))
    }

    #[test]
    fn what_a_file_does_not_have_is_undelivered() {
        assert_eq!(undelivered(span(0, 10), Some(span(0, 10))), []);
        assert_eq!(undelivered(span(0, 10), Some(span(2, 7))), [span(0, 2), span(7, 10)]);
        assert_eq!(undelivered(span(0, 10), None), [span(0, 10)]);
        let almost = WallSpan::new(span(0, 10).start, span(0, 10).end.plus_micros(-SEAM_MICROS));
        assert_eq!(undelivered(span(0, 10), Some(almost)), []);
    }

    #[test]
    fn every_moment_that_is_not_shown_has_a_reason() {
        let shown = [span(0, 10), span(20, 30), span(50, 60)];
        let known = [(span(10, 15), GapReason::NoMotion), (span(22, 23), GapReason::DiskFull)];
        let lost = [(span(14, 20), "Damaged".to_owned())];
        let told = missing(span(0, 100), &shown, &known, &lost);
        let expected = [
            (span(10, 15), GapReason::NoMotion.to_string()),
            (span(15, 20), "Damaged".into()),
            (span(22, 23), GapReason::DiskFull.to_string()),
            (span(30, 50), GapReason::Unknown.to_string()),
            (span(60, 100), NOT_YET.into()),
        ];
        assert_eq!(told, expected);
        assert_eq!(missing(span(0, 10), &shown, &[], &[]), []);
    }
}
