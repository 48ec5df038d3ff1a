//! Paints around the lanes: ruler, names, range, playhead, live edge, minimap.
//!
//! Must not do: read input or decide. Every colour comes with a second sign: a pattern, a shape or a text.

use egui::{Align2, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2};

use super::axis::Axis;
use super::bars::Bars;
use super::lanes::{self, Slot};
use super::ruled::Ruled;
use super::ticks::Break;
use super::{LaneHead, View};
use crate::model::{WallSpan, WallTime};
use crate::protocol::TimelineAnswer;
use crate::ui::words::timeline as words;
use crate::ui::{format, theme};

/// Where the parts are.
#[derive(Clone, Copy)]
pub struct Areas {
    /// The names at the left.
    pub names: Rect,
    /// Ruler and lanes.
    pub track: Rect,
    /// Footage of any camera.
    pub union: Rect,
    /// The whole archive in small.
    pub minimap: Rect,
}

impl Areas {
    /// Divides the widget's place; `lanes` is where the lanes end below its top.
    pub fn of(rect: Rect, names: f32, lanes: f32) -> Self {
        let left = rect.left() + names;
        let bottom = rect.top() + lanes;
        let bar = rect.bottom() - (lanes::MINIMAP - lanes::MINIMAP_BAR) / 2.0;
        let beside = |top: f32, bottom: f32| {
            Rect::from_min_max(Pos2::new(left, top), Pos2::new(rect.right(), bottom))
        };
        Self {
            names: Rect::from_min_max(rect.min, Pos2::new(left, rect.bottom())),
            track: beside(rect.top(), bottom),
            union: beside(bottom + 3.0, bottom + 3.0 + lanes::UNION),
            minimap: beside(bar - lanes::MINIMAP_BAR, bar),
        }
    }

    /// Of the track, its upper part.
    pub fn ruler(&self) -> Rect {
        self.track.with_max_y(self.track.top() + lanes::RULER)
    }

    /// Of the track, its lower part.
    pub fn lanes(&self) -> Rect {
        self.track.with_min_y(self.track.top() + lanes::RULER)
    }

    /// A lane from end to end.
    pub fn row(&self, slot: Slot) -> Rect {
        let top = self.track.top() + slot.top;
        self.track.with_min_y(top).with_max_y(top + slot.height)
    }
}

/// Axis to screen.
#[expect(clippy::cast_possible_truncation, reason = "screen coordinates")]
pub fn screen_x(areas: &Areas, axis: &Axis, at: WallTime) -> f32 {
    // Clamped so that a far moment does not become an enormous coordinate.
    areas.track.left() + axis.x_of(at).clamp(-10_000.0, 100_000.0) as f32
}

/// Lines of the ruler through the lanes, and the days as a band that changes its shade at midnight.
pub fn grid(bars: &mut Bars, areas: &Areas, axis: &Axis, ruled: &Ruled) {
    for (number, day) in &ruled.days {
        let (left, right) = (screen_x(areas, axis, day.start), screen_x(areas, axis, day.end));
        let band = areas.ruler().with_min_x(left).with_max_x(right);
        let shade = if number % 2 == 0 { theme::field() } else { theme::panel() };
        bars.fill(band.with_max_y(band.bottom() - 2.0), shade);
    }
    let base = areas.ruler().bottom();
    for tick in &ruled.ticks {
        #[expect(clippy::cast_possible_truncation, reason = "screen coordinates")]
        let x = areas.track.left() + tick.x as f32;
        let (top, bottom, colour) = match (tick.midnight, tick.label.is_empty()) {
            (true, _) => (areas.track.top(), areas.track.bottom(), theme::text_faint()),
            (false, false) => (areas.track.top() + 6.0, areas.track.bottom(), theme::line()),
            (false, true) => (base - 6.0, base - 2.0, theme::line()),
        };
        bars.fill(Rect::from_min_max(Pos2::new(x, top), Pos2::new(x + 1.0, bottom)), colour);
    }
}

/// Labels of the ruler.
pub fn labels(painter: &Painter, areas: &Areas, ruled: &Ruled, view: &View<'_>) {
    let clip = painter.with_clip_rect(areas.track.intersect(painter.clip_rect()));
    for tick in ruled.ticks.iter().filter(|tick| !tick.label.is_empty()) {
        #[expect(clippy::cast_possible_truncation, reason = "screen coordinates")]
        let x = areas.track.left() + tick.x as f32;
        let ink = if tick.midnight { theme::text() } else { theme::text_soft() };
        let at = Pos2::new(x + 5.0, areas.track.top() + 4.0);
        clip.text(at, Align2::LEFT_TOP, &tick.label, theme::font(theme::CAPTION), ink);
    }
    for change in &ruled.breaks {
        clock_change(painter, areas, &Axis::new(view.span, areas.track.width()), change);
    }
    let date = view.zone.short_date(view.span.start);
    let at = Pos2::new(areas.names.left(), areas.names.top() + 4.0);
    painter.text(at, Align2::LEFT_TOP, date, theme::font(theme::CAPTION), theme::text_soft());
}

/// A dashed line through all lanes where clocks change, and below it by how much.
fn clock_change(painter: &Painter, areas: &Areas, axis: &Axis, change: &Break) {
    let x = painter.round_to_pixel_center(screen_x(areas, axis, change.at));
    if !areas.track.x_range().contains(x) {
        return;
    }
    let foot = areas.union.bottom();
    let ends = [Pos2::new(x, areas.track.top()), Pos2::new(x, foot)];
    painter.extend(Shape::dashed_line(&ends, Stroke::new(1.5, theme::warning()), 3.0, 3.0));
    let by = format::brief_duration(change.forward.abs());
    let text = words::clock_change(change.forward > 0, &by);
    let font = theme::font(theme::TINY);
    painter.text(Pos2::new(x, foot + 1.0), Align2::CENTER_TOP, text, font, theme::warning());
}

/// The name of a lane.
pub fn name(
    painter: &Painter,
    areas: &Areas,
    slot: Slot,
    head: &LaneHead<'_>,
    number: usize,
    on: bool,
) {
    if slot.height < lanes::LEGIBLE && !on {
        return;
    }
    let top = areas.names.top() + slot.top;
    let ink = if on { theme::text() } else { theme::text_soft() };
    let text = format!("{number} {}", head.name);
    let mut job = egui::text::LayoutJob::simple_singleline(text, theme::font(theme::CAPTION), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(areas.names.width() - 12.0);
    let galley = painter.layout_job(job);
    let y = top + (slot.height - galley.size().y) / 2.0;
    painter.galley(Pos2::new(areas.names.left(), y), galley, ink);
}

/// The newest moment, and behind it the future.
pub fn live_edge(painter: &Painter, areas: &Areas, axis: &Axis, now: WallTime) {
    let x = screen_x(areas, axis, now);
    if x < areas.track.left() || x > areas.track.right() {
        return;
    }
    let x = painter.round_to_pixel_center(x);
    let stroke = Stroke::new(2.0, theme::live());
    let top = areas.ruler().bottom() - 7.0;
    painter.vline(x, top..=areas.union.bottom(), stroke);
    let font = theme::font(theme::CAPTION);
    let galley = painter.layout_no_wrap(words::LIVE_EDGE.into(), font, theme::live());
    if x + 6.0 + galley.size().x < areas.track.right() {
        let at = Pos2::new(x + 5.0, areas.track.top() + lanes::RULER - 8.0);
        let back = Rect::from_min_size(at, galley.size()).expand2(Vec2::new(3.0, 0.0));
        painter.rect_filled(back, 3.0, theme::panel());
        painter.galley(at, galley, theme::live());
    }
}

/// A dimmed line where the pointer is.
pub fn pointer(painter: &Painter, areas: &Areas, x: f32) {
    let x = painter.round_to_pixel_center(x);
    painter.vline(x, areas.track.y_range(), Stroke::new(1.0, theme::text_soft()));
}

/// The moment shown.
pub fn playhead(painter: &Painter, areas: &Areas, axis: &Axis, at: WallTime) {
    let x = screen_x(areas, axis, at);
    if x < areas.track.left() - 1.0 || x > areas.track.right() + 1.0 {
        return;
    }
    let x = painter.round_to_pixel_center(x);
    let top = areas.track.top() + lanes::RULER - 10.0;
    painter.vline(x, top..=areas.track.bottom(), Stroke::new(2.0, theme::playhead()));
    let head = vec![
        Pos2::new(x - 6.0, top - 5.0),
        Pos2::new(x + 6.0, top - 5.0),
        Pos2::new(x + 6.0, top - 1.0),
        Pos2::new(x, top + 5.0),
        Pos2::new(x - 6.0, top - 1.0),
    ];
    painter.add(Shape::convex_polygon(head, theme::playhead(), Stroke::NONE));
}

/// What the union lane is.
pub fn union_name(painter: &Painter, areas: &Areas) {
    let at = Pos2::new(areas.names.left(), areas.union.center().y + 1.0);
    let font = theme::font(theme::TINY);
    painter.text(at, Align2::LEFT_CENTER, words::ANY_CAMERA, font, theme::text_faint());
}

/// The range chosen, with an end to take hold of at each side, and what it holds below it.
pub fn range(painter: &Painter, areas: &Areas, axis: &Axis, span: WallSpan, note: &str) {
    let lanes = areas.lanes();
    let (left, right) = (screen_x(areas, axis, span.start), screen_x(areas, axis, span.end));
    if right < lanes.left() || left > lanes.right() {
        return;
    }
    let clip = areas.track.with_max_y(areas.union.bottom());
    let clipped = painter.with_clip_rect(clip.intersect(painter.clip_rect()));
    let band = lanes.with_min_x(left).with_max_x(right);
    clipped.rect_filled(band, 0.0, theme::accent().gamma_multiply(0.16));
    for (x, inward) in [(left, 1.0), (right, -1.0)] {
        let x = painter.round_to_pixel_center(x);
        let top = lanes.top() - 8.0;
        let stroke = Stroke::new(2.0, theme::accent());
        clipped.vline(x, top..=areas.union.bottom(), stroke);
        let tab = Rect::from_two_pos(Pos2::new(x, top), Pos2::new(x + 6.0 * inward, top + 8.0));
        clipped.rect_filled(tab, 1.0, theme::accent());
    }
    let galley = painter.layout_no_wrap(note.into(), theme::font(theme::CAPTION), theme::accent());
    let size = galley.size();
    let middle = (left.max(lanes.left()) + right.min(lanes.right())) / 2.0;
    let most = (lanes.right() - size.x).max(lanes.left());
    let x = (middle - size.x / 2.0).clamp(lanes.left(), most);
    painter.galley(Pos2::new(x, areas.union.bottom() + 1.0), galley, theme::accent());
}

/// The whole archive with the visible part framed.
pub fn minimap(
    painter: &Painter,
    areas: &Areas,
    answer: &TimelineAnswer,
    limits: WallSpan,
    view: &View<'_>,
) {
    let rect = areas.minimap;
    painter.rect_filled(rect, 2.0, theme::field());
    let archive = Axis::new(limits, rect.width());
    #[expect(clippy::cast_possible_truncation, reason = "screen coordinates")]
    let x = |at: WallTime| rect.left() + archive.x_of(at).clamp(0.0, archive.width()) as f32;
    let fill = theme::continuous().gamma_multiply(0.55);
    let mut bars = Bars::new(painter, rect.shrink2(Vec2::new(0.0, 2.0)));
    for span in &answer.overview {
        bars.fill(rect.with_min_x(x(span.start)).with_max_x(x(span.end)), fill);
    }
    bars.paint(painter);
    let marks = view.range.map(|range| (range.start, range.end, theme::accent()));
    let now = (view.playhead, view.playhead, theme::playhead());
    for (from, to, colour) in marks.into_iter().chain([now]) {
        let bar = rect.with_min_x(x(from)).with_max_x(x(to).max(x(from) + 1.5));
        painter.rect_filled(bar.with_min_y(rect.bottom() - 4.0), 0.0, colour);
    }
    let left = x(view.span.start).min(rect.right() - 7.0);
    let frame =
        rect.with_min_x(left).with_max_x(x(view.span.end).clamp(left + 6.0, rect.right() - 1.0));
    let stroke = Stroke::new(1.5, theme::text());
    let round = CornerRadius::same(3);
    painter.rect_stroke(frame.expand2(Vec2::new(0.0, 2.0)), round, stroke, StrokeKind::Middle);
    let text =
        format!("{} – {}", view.zone.day_month(limits.start), view.zone.day_month(limits.end));
    let at = Pos2::new(areas.names.left(), rect.center().y);
    painter.text(at, Align2::LEFT_CENTER, text, theme::font(theme::CAPTION), theme::text_faint());
}
