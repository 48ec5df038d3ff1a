//! The axis: which time is at which x, and what zooming and panning make of it.
//!
//! Must not do: know egui, zones or footage. Pure. `x` is in points from the left end of the lanes.

use crate::model::{WallSpan, WallTime};

/// The closest look, in microseconds: at 25 pictures a second each one is then some 50 points wide.
pub const CLOSEST: i64 = 1_000_000;

/// The widest look, in microseconds: ten years.
pub const WIDEST: i64 = 10 * 366 * 86_400 * 1_000_000;

/// What is visible, over a width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    span: WallSpan,
    width: f64,
}

impl Axis {
    /// Shows `span` over `width` points; both are made at least 1.
    #[must_use]
    pub fn new(span: WallSpan, width: f32) -> Self {
        let end = span.end.max(span.start.plus_micros(1));
        Self { span: WallSpan { start: span.start, end }, width: f64::from(width).max(1.0) }
    }

    /// What is visible.
    #[must_use]
    pub const fn span(&self) -> WallSpan {
        self.span
    }

    /// Width in points.
    #[must_use]
    pub const fn width(&self) -> f64 {
        self.width
    }

    /// Where a moment is; outside of `0..width` when it is not visible.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "ten years of microseconds are below 2^53")]
    pub fn x_of(&self, at: WallTime) -> f64 {
        at.micros_since(self.span.start) as f64 * self.width / self.span.micros() as f64
    }

    /// Which moment is at `x`, to the nearest microsecond.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "ten years of microseconds are below 2^53")]
    #[expect(clippy::cast_possible_truncation, reason = "casts from float saturate")]
    pub fn time_at(&self, x: f64) -> WallTime {
        self.span.start.plus_micros((x * self.span.micros() as f64 / self.width).round() as i64)
    }

    /// Microseconds in a point, at least 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "ten years of microseconds are below 2^53")]
    #[expect(clippy::cast_possible_truncation, reason = "casts from float saturate")]
    pub fn micros_per_point(&self) -> i64 {
        ((self.span.micros() as f64 / self.width) as i64).max(1)
    }
}

/// `span` made `factor` times as long, within [`CLOSEST`] and [`WIDEST`], with `anchor` at its place.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "ten years of microseconds are below 2^53")]
#[expect(clippy::cast_possible_truncation, reason = "clamped")]
pub fn zoom(span: WallSpan, factor: f64, anchor: WallTime) -> WallSpan {
    let before = span.micros().max(1);
    let after = ((before as f64 * factor) as i64).clamp(CLOSEST, WIDEST);
    let left = i128::from(anchor.micros_since(span.start)) * i128::from(after) / i128::from(before);
    let start = anchor.plus_micros(-i64::try_from(left).unwrap_or(0));
    WallSpan::new(start, start.plus_micros(after))
}

/// `span` moved by `micros`.
#[must_use]
pub fn pan(span: WallSpan, micros: i64) -> WallSpan {
    WallSpan::new(span.start.plus_micros(micros), span.end.plus_micros(micros))
}

/// `span` moved so that `at` is visible, by as little as leaves it a tenth away from the edge; not moved when
/// it is visible already.
#[must_use]
pub fn reveal(span: WallSpan, at: WallTime) -> WallSpan {
    let margin = span.micros() / 10;
    if at < span.start {
        pan(span, at.micros_since(span.start) - margin)
    } else if at >= span.end {
        pan(span, at.micros_since(span.end) + margin)
    } else {
        span
    }
}

/// `span` made shorter when it is much longer than what there is to see in `limits`, and not shorter than a day
/// for that.
#[must_use]
pub fn no_wider(span: WallSpan, limits: WallSpan) -> WallSpan {
    const DAY: i64 = 86_400 * 1_000_000;
    // A tenth of it more, so that both ends of the archive are seen to be ends.
    let widest = (limits.micros() / 10 * 11).max(DAY);
    if span.micros() <= widest {
        return span;
    }
    let middle = limits.start.plus_micros(limits.micros() / 2);
    let start = middle.plus_micros(-widest / 2);
    WallSpan::new(start, start.plus_micros(widest))
}

/// `span` moved so that some of it is within `limits`; never resized.
#[must_use]
pub fn keep_within(span: WallSpan, limits: WallSpan) -> WallSpan {
    // A tenth of footage stays visible, as a hint of where it is.
    let margin = span.micros() / 10;
    let earliest = limits.start.plus_micros(margin).micros_since(span.end);
    let latest = limits.end.plus_micros(-margin).micros_since(span.start);
    if earliest > 0 {
        pan(span, earliest)
    } else if latest < 0 {
        pan(span, latest)
    } else {
        span
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: i64, end: i64) -> WallSpan {
        WallSpan::new(WallTime::from_micros(start), WallTime::from_micros(end))
    }

    #[test]
    fn a_moment_outside_is_revealed_with_a_margin() {
        assert_eq!(reveal(span(100, 200), WallTime::from_micros(150)), span(100, 200));
        assert_eq!(reveal(span(100, 200), WallTime::from_micros(250)), span(160, 260));
        assert_eq!(reveal(span(100, 200), WallTime::from_micros(50)), span(40, 140));
    }

    #[test]
    fn panning_stops_at_the_archive() {
        assert_eq!(keep_within(span(900, 1000), span(0, 500)), span(490, 590));
        assert_eq!(keep_within(span(-900, -800), span(0, 500)), span(-90, 10));
        assert_eq!(keep_within(span(100, 200), span(0, 500)), span(100, 200));
    }

    #[test]
    fn an_empty_span_and_width_do_no_harm() {
        let axis = Axis::new(span(5, 5), 0.0);
        assert!(axis.x_of(WallTime::from_micros(5)).is_finite());
        assert_eq!(axis.time_at(0.0), WallTime::from_micros(5));
    }
}
