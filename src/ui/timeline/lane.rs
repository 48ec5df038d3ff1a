//! Paints what lanes hold: footage, motion, gaps, locks, what goes soon, bookmarks; and the union of all.
//!
//! Must not do: read input or decide. Every colour comes with a second sign: a pattern, a height or an outline.

use egui::{Color32, Pos2, Rect};

use super::axis::Axis;
use super::bars::Bars;
use super::paint::{Areas, screen_x};
use crate::model::{CoverageKind, CoverageSpan, WallSpan, WallTime};
use crate::protocol::{Gap, Lane};
use crate::ui::theme;

/// Thickness of a gap's stripe.
const STRIPE: f32 = 3.0;

/// Distance between the lines of a hatch.
const HATCH: f32 = 7.0;

/// The least motion is still as high as this part of its lane.
const LEAST_MOTION: f32 = 0.14;

/// Lanes lower than this have no room for patterns.
const ROOM: f32 = 7.0;

/// Thickness of a lock's outline.
const OUTLINE: f32 = 1.5;

/// Height of a bookmark's flag at most.
const FLAG: f32 = 7.0;

/// One lane's place on the screen.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// Where the parts are.
    pub areas: &'a Areas,
    /// Time to x.
    pub axis: &'a Axis,
    /// The lane from end to end.
    pub rect: Rect,
}

impl Row<'_> {
    fn place(&self, span: WallSpan) -> Rect {
        self.rect.with_min_x(self.x(span.start)).with_max_x(self.x(span.end))
    }

    fn x(&self, at: WallTime) -> f32 {
        screen_x(self.areas, self.axis, at)
    }

    fn is_roomy(&self) -> bool {
        self.rect.height() >= ROOM
    }
}

/// Of ordered stretches those that are visible.
fn visible<T>(items: &[T], view: WallSpan, span: impl Fn(&T) -> WallSpan) -> &[T] {
    let first = items.partition_point(|item| span(item).end <= view.start);
    let behind = items.partition_point(|item| span(item).start < view.end);
    items.get(first..behind).unwrap_or_default()
}

/// Everything that a camera's lane holds.
pub fn lane(bars: &mut Bars, row: Row<'_>, lane: &Lane) {
    let view = row.axis.span();
    for gap in visible(&lane.gaps, view, |gap| gap.span) {
        stripe(bars, row, gap);
    }
    let coverage = visible(&lane.coverage, view, |item| item.span);
    for item in coverage {
        footage(bars, row, *item);
    }
    motion(bars, row, coverage, lane);
    if let Some(before) = lane.goes_before.filter(|before| *before > view.start) {
        going(bars, row, coverage, &lane.locked, before);
    }
    for span in visible(&lane.locked, view, |span| *span) {
        let width = if row.is_roomy() { OUTLINE } else { 1.0 };
        bars.outline(row.place(*span), width, theme::locked());
    }
    for mark in lane.bookmarks.iter().filter(|mark| view.contains(mark.at)) {
        flag(bars, row, mark.at);
    }
}

fn footage(bars: &mut Bars, row: Row<'_>, item: CoverageSpan) {
    let rect = row.place(item.span);
    let colour = theme::coverage(item.kind);
    match item.kind {
        CoverageKind::Continuous => bars.fill(rect, colour.gamma_multiply(0.52)),
        CoverageKind::Scheduled => {
            bars.fill(rect, colour.gamma_multiply(0.52));
            if row.is_roomy() {
                bars.fill(rect.with_max_y(rect.top() + 2.0), colour);
            }
        }
        CoverageKind::Motion => {
            bars.fill(rect, colour.gamma_multiply(0.5));
            if row.is_roomy() {
                bars.fill(rect.with_min_y(rect.bottom() - 2.0), colour);
            }
        }
        CoverageKind::Manual => {
            bars.fill(rect, colour.gamma_multiply(0.75));
            if row.is_roomy() {
                bars.hatch(rect, HATCH, true, Color32::from_white_alpha(90));
            }
        }
    }
}

/// Columns over footage, as high as much moved. Those that fall on the same pixel are one.
fn motion(bars: &mut Bars, row: Row<'_>, coverage: &[CoverageSpan], lane: &Lane) {
    let mut footage = coverage.iter().peekable();
    let mut column: Option<(Rect, u16)> = None;
    for bar in visible(&lane.motion, row.axis.span(), |bar| bar.span) {
        while footage.next_if(|item| item.span.end <= bar.span.start).is_some() {}
        let Some(item) = footage.peek().filter(|item| item.span.overlaps(bar.span)) else {
            continue;
        };
        let next = bars.snapped(row.place(bar.span.intersect(item.span)));
        match &mut column {
            Some((rect, level)) if next.right() <= rect.right() => *level = (*level).max(bar.level),
            _ => {
                if let Some((rect, level)) = column.replace((next, bar.level)) {
                    bars.fill(high(rect, level), theme::motion());
                }
            }
        }
    }
    if let Some((rect, level)) = column {
        bars.fill(high(rect, level), theme::motion());
    }
}

/// The root is taken, since people and cars fill hundredths of a picture.
fn high(rect: Rect, level: u16) -> Rect {
    let part = (f32::from(level.min(1_000)) / 1_000.0).sqrt().max(LEAST_MOTION);
    rect.with_min_y(rect.bottom() - rect.height() * part)
}

/// A gap's stripe at the foot of its lane: dashed where footage was wanted, unbroken where none was.
fn stripe(bars: &mut Bars, row: Row<'_>, gap: &Gap) {
    let rect = row.place(gap.span);
    let rect = rect.with_min_y(rect.bottom() - STRIPE.min(rect.height() / 2.0));
    let colour = theme::gap(&gap.reason);
    if gap.reason.is_fault() {
        bars.dashes(rect, 6.0, 3.0, colour);
    } else {
        bars.fill(rect, colour);
    }
}

/// Footage that no lock keeps and that goes soon is hatched the other way.
fn going(
    bars: &mut Bars,
    row: Row<'_>,
    coverage: &[CoverageSpan],
    locked: &[WallSpan],
    before: WallTime,
) {
    for item in coverage.iter().take_while(|item| item.span.start < before) {
        let mut from = item.span.start;
        let end = item.span.end.min(before);
        let kept = locked.iter().filter(|lock| lock.overlaps(item.span));
        for lock in kept.copied().chain([WallSpan { start: end, end }]) {
            let rect = row.place(WallSpan::new(from, lock.start.min(end)));
            if rect.is_positive() && row.is_roomy() {
                bars.hatch(rect, HATCH - 2.0, false, theme::going());
            } else if rect.is_positive() {
                bars.fill(rect, theme::going().gamma_multiply(0.5));
            }
            from = from.max(lock.end);
        }
    }
}

/// A flag on a pole.
fn flag(bars: &mut Bars, row: Row<'_>, at: WallTime) {
    let (x, top, bottom) = (row.x(at), row.rect.top(), row.rect.bottom());
    let pole = bars.snapped(Rect::from_min_max(Pos2::new(x, top), Pos2::new(x + 1.0, bottom)));
    bars.fill(pole, theme::text());
    let height = FLAG.min(row.rect.height());
    let corner = |x, y| Pos2::new(pole.left() + x, top + y);
    bars.triangle(
        [corner(0.0, 0.0), corner(height, height / 2.0), corner(0.0, height)],
        theme::text(),
    );
}

/// Where any of the cameras has footage.
pub fn union(bars: &mut Bars, row: Row<'_>, spans: &[WallSpan]) {
    bars.fill(row.rect, theme::field());
    for span in visible(spans, row.axis.span(), |span| *span) {
        bars.fill(row.place(*span), theme::union());
    }
}
