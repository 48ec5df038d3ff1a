//! Footage, gaps and motion made as coarse as they are looked at, so that a year is no more work than an hour.
//!
//! Must not do: read the index, or know pixels. Pure. Stretches are ordered by start throughout.

use crate::model::coverage::SEAM_MICROS;
use crate::model::{CoverageKind, CoverageSpan, GapReason, WallSpan, WallTime};
use crate::protocol::{Gap, MotionBar};

/// A stretch of time that says something.
pub trait Stretch: Sized {
    /// When.
    fn span(&self) -> WallSpan;
    /// The same of another time.
    #[must_use]
    fn at(self, span: WallSpan) -> Self;
    /// Whether both say the same.
    fn agrees(&self, other: &Self) -> bool;
    /// Whether it is told however short it is.
    fn is_kept(&self) -> bool {
        false
    }
}

impl Stretch for CoverageSpan {
    fn span(&self) -> WallSpan {
        self.span
    }
    fn at(self, span: WallSpan) -> Self {
        Self { span, ..self }
    }
    fn agrees(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
    /// What an operator has recorded is looked for, and there is little of it.
    fn is_kept(&self) -> bool {
        self.kind == CoverageKind::Manual
    }
}

impl Stretch for Gap {
    fn span(&self) -> WallSpan {
        self.span
    }
    fn at(self, span: WallSpan) -> Self {
        Self { span, ..self }
    }
    fn agrees(&self, other: &Self) -> bool {
        match (&self.reason, &other.reason) {
            (GapReason::Deleted { cause, .. }, GapReason::Deleted { cause: same, .. }) => {
                cause == same
            }
            (one, same) => one == same,
        }
    }
}

impl Stretch for MotionBar {
    fn span(&self) -> WallSpan {
        self.span
    }
    fn at(self, span: WallSpan) -> Self {
        Self { span, ..self }
    }
    fn agrees(&self, other: &Self) -> bool {
        self.level == other.level
    }
}

/// Joins stretches that are `apart` at most and agree, or of which one is shorter than `shortest`: the longer
/// one then speaks for both. What is left is at most two for each `shortest`, whatever came in.
pub fn join<T: Stretch>(items: impl IntoIterator<Item = T>, apart: i64, shortest: i64) -> Vec<T> {
    let mut joined: Vec<T> = Vec::new();
    for next in items {
        let Some(last) = joined.pop() else {
            joined.push(next);
            continue;
        };
        let (a, b) = (last.span(), next.span());
        let brief = |item: &T| item.span().micros() < shortest && !item.is_kept();
        let near = b.start.micros_since(a.end) <= apart;
        if near && (last.agrees(&next) || brief(&last) || brief(&next)) {
            let both = WallSpan::new(a.start.min(b.start), a.end.max(b.end));
            let last_speaks = !brief(&last) || (brief(&next) && a.micros() >= b.micros());
            joined.push(if last_speaks { last.at(both) } else { next.at(both) });
        } else {
            joined.push(last);
            joined.push(next);
        }
    }
    joined
}

/// Motion in columns of `width` microseconds, each as high as the largest motion in it; columns of the same
/// height that touch are one bar. With a `width` of a seam or less bars stay as long as they are, and those of the
/// same height that touch are one all the same.
pub fn columns(events: impl IntoIterator<Item = MotionBar>, width: i64) -> Vec<MotionBar> {
    if width <= SEAM_MICROS {
        return join(events, 0, 0);
    }
    let mut bars: Vec<MotionBar> = Vec::new();
    for MotionBar { span, level } in events {
        let column = aligned(span, width);
        let mut start = column.start;
        if let Some(last) = bars.last_mut()
            && start < last.span.end
        {
            if level > last.level {
                last.span.end = start.max(last.span.start);
            } else {
                start = last.span.end;
            }
        }
        let span = WallSpan::new(start, column.end);
        bars.pop_if(|last| last.span.is_empty());
        match bars.last_mut() {
            Some(last) if last.level == level && last.span.end == span.start => {
                last.span.end = last.span.end.max(span.end);
            }
            _ if !span.is_empty() => bars.push(MotionBar { span, level }),
            _ => {}
        }
    }
    bars
}

/// The whole columns of `width` microseconds that `span` has a moment in.
#[must_use]
pub fn aligned(span: WallSpan, width: i64) -> WallSpan {
    let column = |at: WallTime| at.as_micros().div_euclid(width);
    let last = column(span.end.max(span.start.plus_micros(1)).plus_micros(-1));
    let at = |column: i64| WallTime::from_micros(column.saturating_mul(width));
    WallSpan::new(at(column(span.start)), at(last.saturating_add(1)))
}

/// The parts of `items` within `within`.
pub fn cut<T: Stretch>(
    items: impl IntoIterator<Item = T>,
    within: WallSpan,
) -> impl Iterator<Item = T> {
    items.into_iter().filter_map(move |item| {
        let span = item.span().intersect(within);
        (!span.is_empty()).then(|| item.at(span))
    })
}

/// Puts `new`, which lies within `window`, in place of what `items` has there.
pub fn replace<T: Stretch + Clone>(items: Vec<T>, window: WallSpan, new: Vec<T>) -> Vec<T> {
    let before = WallSpan { start: WallTime::MIN, end: window.start };
    let after = WallSpan { start: window.end, end: WallTime::MAX };
    let left: Vec<T> = cut(items.iter().cloned(), before).collect();
    left.into_iter().chain(new).chain(cut(items, after)).collect()
}

/// Takes `known` out of `gaps`: there is footage after all.
pub fn without(gaps: &mut Vec<Gap>, known: WallSpan) {
    if gaps.last().is_none_or(|last| last.span.end <= known.start) {
        return;
    }
    let first = gaps.partition_point(|gap| gap.span.end <= known.start);
    let tail = gaps.split_off(first);
    let before = WallSpan { start: WallTime::MIN, end: known.start };
    let after = WallSpan { start: known.end, end: WallTime::MAX };
    for gap in tail {
        gaps.extend(cut([gap.clone()], before));
        gaps.extend(cut([gap], after));
    }
}

/// The stretches that any of `spans`, in whatever order, covers.
#[must_use]
pub fn union(mut spans: Vec<WallSpan>, seam: i64) -> Vec<WallSpan> {
    spans.sort_unstable_by_key(|span| span.start);
    let mut merged: Vec<WallSpan> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start.micros_since(last.end) <= seam => {
                last.end = last.end.max(span.end);
            }
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: i64, end: i64) -> WallSpan {
        WallSpan::new(WallTime::from_micros(start), WallTime::from_micros(end))
    }

    fn covered(start: i64, end: i64, kind: CoverageKind) -> CoverageSpan {
        CoverageSpan { span: span(start, end), kind }
    }

    fn bar(start: i64, end: i64, level: u16) -> MotionBar {
        MotionBar { span: span(start * 1_000_000, end * 1_000_000), level }
    }

    #[test]
    fn the_longer_stretch_speaks_for_a_brief_one() {
        use CoverageKind::{Continuous, Manual, Motion};
        let items = [
            covered(0, 100, Continuous),
            covered(100, 103, Motion),
            covered(103, 200, Continuous),
            covered(205, 208, Manual),
            covered(300, 302, Motion),
        ];
        let expected =
            [covered(0, 200, Continuous), covered(205, 208, Manual), covered(300, 302, Motion)];
        assert_eq!(join(items, 10, 10), expected);
        assert_eq!(join(items, 0, 0), items);
    }

    #[test]
    fn columns_are_as_high_as_the_largest_motion_in_them() {
        let second = 1_000_000;
        let events = [bar(1, 2, 100), bar(3, 4, 700), bar(5, 11, 300), bar(25, 26, 300)];
        let expected = [bar(0, 10, 700), bar(10, 20, 300), bar(20, 30, 300)];
        let joined = [expected[0], bar(10, 30, 300)];
        let columns = columns(events, 10 * second);
        assert_eq!(columns, joined);
    }

    #[test]
    fn bars_of_the_same_height_that_touch_are_one_at_the_finest_level_too() {
        let events = [bar(1, 3, 100), bar(3, 6, 100), bar(6, 7, 200), bar(8, 9, 200)];
        let whole = [bar(1, 6, 100), bar(6, 7, 200), bar(8, 9, 200)];
        assert_eq!(columns(events, SEAM_MICROS), whole);
        let [first, second] = [bar(0, 4, 0).span, bar(4, 9, 0).span];
        let tiles = cut(whole, first).chain(cut(whole, second));
        assert_eq!(columns(tiles, SEAM_MICROS), whole);
    }

    #[test]
    fn columns_of_columns_are_columns() {
        let events: Vec<_> =
            (0..200).map(|n| bar(n * 7, n * 7 + n % 9, (n * 37 % 900) as u16)).collect();
        let fine = columns(events.clone(), 10_000_000);
        assert_eq!(columns(fine.clone(), 10_000_000), fine);
        assert_eq!(columns(fine, 40_000_000), columns(events, 40_000_000));
    }

    #[test]
    fn a_window_is_replaced_and_nothing_else() {
        let items =
            vec![covered(0, 50, CoverageKind::Continuous), covered(60, 70, CoverageKind::Motion)];
        let new = vec![covered(45, 50, CoverageKind::Manual)];
        let expected = [
            covered(0, 40, CoverageKind::Continuous),
            covered(45, 50, CoverageKind::Manual),
            covered(65, 70, CoverageKind::Motion),
        ];
        assert_eq!(replace(items, span(40, 65), new), expected);
    }

    #[test]
    fn footage_is_taken_out_of_gaps() {
        let gap = |start, end| Gap { span: span(start, end), reason: GapReason::NoMotion };
        let mut gaps = vec![gap(0, 10), gap(20, 40), gap(50, 60)];
        without(&mut gaps, span(25, 55));
        assert_eq!(gaps, [gap(0, 10), gap(20, 25), gap(55, 60)]);
        without(&mut gaps, span(2, 3));
        assert_eq!(gaps, [gap(0, 2), gap(3, 10), gap(20, 25), gap(55, 60)]);
    }

    #[test]
    fn a_union_covers_what_any_covers() {
        assert_eq!(union(vec![span(5, 9), span(0, 3), span(4, 6)], 0), [span(0, 3), span(4, 9)]);
    }
}
