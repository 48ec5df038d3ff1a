//! Coverage: the merged spans of footage that the timeline paints.
//!
//! Must not do: read the index, or know pixels.

use serde::{Deserialize, Serialize};

use super::WallSpan;

/// The rule by which footage was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CoverageKind {
    /// Around the clock.
    Continuous,
    /// Within a schedule.
    Scheduled,
    /// While something moved.
    Motion,
    /// On an operator's command.
    Manual,
}

impl CoverageKind {
    /// As operators call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Continuous => "continuous",
            Self::Scheduled => "scheduled",
            Self::Motion => "motion",
            Self::Manual => "manual",
        }
    }
}

/// A stretch of unbroken footage of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageSpan {
    /// When.
    pub span: WallSpan,
    /// By which rule.
    pub kind: CoverageKind,
}

/// Footage that is closer together than this is painted and counted as unbroken: a cut between two
/// segments of a run leaves rounding of less than a microsecond, a reconnect leaves seconds.
pub const SEAM_MICROS: i64 = 1_000;

/// Merges spans that overlap or touch within `seam` microseconds and are of one kind. `spans` is
/// ordered by start; the result is too.
#[must_use]
pub fn merge(spans: impl IntoIterator<Item = CoverageSpan>, seam: i64) -> Vec<CoverageSpan> {
    let mut merged: Vec<CoverageSpan> = Vec::new();
    for next in spans {
        match merged.last_mut() {
            Some(last)
                if last.kind == next.kind
                    && next.span.start.micros_since(last.span.end) <= seam =>
            {
                last.span.end = last.span.end.max(next.span.end);
            }
            _ => merged.push(next),
        }
    }
    merged
}

/// The stretches of `within` that `covered` leaves open. `covered` is ordered by start.
#[must_use]
pub fn holes(covered: impl IntoIterator<Item = WallSpan>, within: WallSpan) -> Vec<WallSpan> {
    let mut holes = Vec::new();
    let mut from = within.start;
    for span in covered {
        let hole = WallSpan::new(from, span.start.min(within.end));
        if !hole.is_empty() {
            holes.push(hole);
        }
        from = from.max(span.end);
    }
    let tail = WallSpan::new(from, within.end);
    if !tail.is_empty() {
        holes.push(tail);
    }
    holes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WallTime;

    fn span(start: i64, end: i64) -> CoverageSpan {
        let span = WallSpan::new(WallTime::from_micros(start), WallTime::from_micros(end));
        CoverageSpan { span, kind: CoverageKind::Continuous }
    }

    #[test]
    fn touching_spans_become_one() {
        assert_eq!(
            merge([span(0, 10), span(10, 20), span(25, 30)], 0),
            [span(0, 20), span(25, 30)]
        );
        assert_eq!(merge([span(0, 10), span(12, 20)], 2), [span(0, 20)]);
        assert_eq!(merge([span(0, 30), span(5, 10)], 0), [span(0, 30)]);
    }

    #[test]
    fn holes_and_coverage_tile_the_span() {
        let within = span(0, 100).span;
        let covered = [span(10, 20), span(20, 30), span(90, 200)];
        let open = |covered: &[CoverageSpan]| holes(covered.iter().map(|item| item.span), within);
        assert_eq!(open(&covered), [span(0, 10).span, span(30, 90).span]);
        assert_eq!(open(&[]), [within]);
        assert_eq!(open(&[span(-5, 500)]), []);
    }
}
