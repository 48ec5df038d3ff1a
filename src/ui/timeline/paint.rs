//! Paints the timeline: ruler, lanes, gaps, playhead, live edge, minimap.
//!
//! Must not do: read input or decide. Every colour comes with a second sign: a pattern, a height or a text.

use egui::{Align2, Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind};

use super::axis::Axis;
use super::lanes::{self, Slot};
use super::ticks::Tick;
use super::{LaneHead, View};
use crate::model::{CoverageKind, GapReason, WallSpan, WallTime};
use crate::protocol::{Lane, TimelineAnswer};
use crate::ui::theme;

/// Thickness of a gap's stripe.
const STRIPE: f32 = 3.0;

/// Distance between the lines of a hatch.
const HATCH: f32 = 7.0;

/// Where the parts are.
#[derive(Clone, Copy)]
pub struct Areas {
    /// The names at the left.
    pub names: Rect,
    /// Ruler and lanes.
    pub track: Rect,
    /// The whole archive in small.
    pub minimap: Rect,
}

impl Areas {
    /// Divides the widget's place.
    pub fn of(rect: Rect, names: f32) -> Self {
        let bottom = rect.bottom() - lanes::MINIMAP;
        let left = rect.left() + names;
        let bar = rect.bottom() - (lanes::MINIMAP - lanes::MINIMAP_BAR) / 2.0;
        Self {
            names: Rect::from_min_max(rect.min, Pos2::new(left, rect.bottom())),
            track: Rect::from_min_max(Pos2::new(left, rect.top()), Pos2::new(rect.right(), bottom)),
            minimap: Rect::from_min_max(
                Pos2::new(left, bar - lanes::MINIMAP_BAR),
                Pos2::new(rect.right(), bar),
            ),
        }
    }

    /// Of the track, its upper part.
    pub fn ruler(&self) -> Rect {
        self.track.with_max_y(self.track.top() + lanes::RULER)
    }
}

/// Axis to screen.
#[expect(clippy::cast_possible_truncation, reason = "screen coordinates")]
pub fn screen_x(areas: &Areas, axis: &Axis, at: WallTime) -> f32 {
    // Clamped so that a far moment does not become an enormous coordinate.
    areas.track.left() + axis.x_of(at).clamp(-10_000.0, 100_000.0) as f32
}

/// Ruler lines and labels.
pub fn ruler(painter: &Painter, areas: &Areas, ticks: &[Tick], view: &View<'_>) {
    let clip = painter.with_clip_rect(areas.track.intersect(painter.clip_rect()));
    let base = areas.ruler().bottom();
    for tick in ticks {
        #[expect(clippy::cast_possible_truncation, reason = "screen coordinates")]
        let x = painter.round_to_pixel_center(areas.track.left() + tick.x as f32);
        let labelled = !tick.label.is_empty();
        let colour = if tick.midnight { theme::TEXT_FAINT } else { theme::LINE };
        if labelled || tick.midnight {
            clip.vline(x, areas.track.top() + 6.0..=areas.track.bottom(), Stroke::new(1.0, colour));
        } else {
            clip.vline(x, base - 5.0..=base - 1.0, Stroke::new(1.0, theme::LINE));
        }
        let ink = if tick.midnight { theme::TEXT } else { theme::TEXT_SOFT };
        let at = Pos2::new(x + 5.0, areas.track.top() + 4.0);
        clip.text(at, Align2::LEFT_TOP, &tick.label, theme::font(theme::CAPTION), ink);
    }
    let date = view.zone.short_date(view.span.start);
    let at = Pos2::new(areas.names.left(), areas.names.top() + 4.0);
    painter.text(at, Align2::LEFT_TOP, date, theme::font(theme::CAPTION), theme::TEXT_SOFT);
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
    let top = areas.names.top() + slot.top;
    let ink = if on { theme::TEXT } else { theme::TEXT_SOFT };
    let text = format!("{number} {}", head.name);
    let size = theme::CAPTION.min(slot.height + 2.0);
    let mut job = egui::text::LayoutJob::simple_singleline(text, theme::font(size), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(areas.names.width() - 12.0);
    let galley = painter.layout_job(job);
    let y = top + (slot.height - galley.size().y) / 2.0;
    painter.galley(Pos2::new(areas.names.left(), y), galley, ink);
}

/// Footage and gaps of a camera.
pub fn lane(painter: &Painter, areas: &Areas, axis: &Axis, slot: Slot, lane: Option<&Lane>) {
    let top = areas.track.top() + slot.top;
    let row = Rect::from_min_max(
        Pos2::new(areas.track.left(), top),
        Pos2::new(areas.track.right(), top + slot.height),
    );
    let clip = painter.with_clip_rect(row.intersect(painter.clip_rect()));
    clip.rect_filled(row, 2.0, theme::PANEL);
    let Some(lane) = lane else { return };
    let visible = axis.span();
    let place = |span: WallSpan| {
        let left = screen_x(areas, axis, span.start);
        let right = screen_x(areas, axis, span.end).max(left + 1.0);
        Rect::from_min_max(Pos2::new(left, row.top()), Pos2::new(right, row.bottom()))
    };
    for gap in lane.gaps.iter().filter(|g| g.span.overlaps(visible)) {
        stripe(&clip, place(gap.span), &gap.reason);
    }
    for found in lane.coverage.iter().filter(|c| c.span.overlaps(visible)) {
        footage(&clip, place(found.span).intersect(row.expand2(egui::vec2(2.0, 0.0))), found.kind);
    }
}

fn footage(painter: &Painter, rect: Rect, kind: CoverageKind) {
    let colour = theme::coverage(kind);
    let fill = match kind {
        CoverageKind::Continuous | CoverageKind::Scheduled => colour.gamma_multiply(0.55),
        CoverageKind::Motion | CoverageKind::Manual => colour.gamma_multiply(0.85),
    };
    let rect = match kind {
        CoverageKind::Motion => rect.with_min_y(rect.top() + rect.height() * 0.3),
        _ => rect,
    };
    painter.rect_filled(rect, 1.0, fill);
    match kind {
        CoverageKind::Continuous | CoverageKind::Motion => {}
        CoverageKind::Scheduled => {
            painter.rect_filled(rect.with_max_y(rect.top() + 2.0), 0.0, colour);
        }
        CoverageKind::Manual => hatch(painter, rect, Color32::from_white_alpha(70)),
    }
}

/// A gap's stripe at the foot of its lane: dashed where footage was wanted, unbroken where none was.
fn stripe(painter: &Painter, rect: Rect, reason: &GapReason) {
    let colour = theme::gap(reason);
    let visible = rect.intersect(painter.clip_rect());
    let y = rect.bottom() - STRIPE / 2.0 - 1.0;
    let stroke = Stroke::new(STRIPE, colour);
    if colour == theme::TEXT_FAINT {
        painter.hline(visible.x_range(), y, stroke);
    } else if visible.is_positive() {
        let ends = [Pos2::new(visible.left(), y), Pos2::new(visible.right(), y)];
        painter.extend(Shape::dashed_line(&ends, stroke, 6.0, 3.0));
    }
}

fn hatch(painter: &Painter, rect: Rect, colour: Color32) {
    let visible = rect.intersect(painter.clip_rect());
    if !visible.is_positive() {
        return;
    }
    let clip = painter.with_clip_rect(visible);
    let height = rect.height();
    let mut x = ((visible.left() - height) / HATCH).floor() * HATCH;
    while x < visible.right() {
        let line = [Pos2::new(x, rect.bottom()), Pos2::new(x + height, rect.top())];
        clip.line_segment(line, Stroke::new(1.0, colour));
        x += HATCH;
    }
}

/// The newest moment, and behind it the future.
pub fn live_edge(painter: &Painter, areas: &Areas, axis: &Axis, now: WallTime) {
    let x = screen_x(areas, axis, now);
    if x < areas.track.left() || x > areas.track.right() {
        return;
    }
    let x = painter.round_to_pixel_center(x);
    let stroke = Stroke::new(2.0, theme::LIVE);
    painter.vline(x, areas.track.top() + 4.0..=areas.track.bottom(), stroke);
    let font = theme::font(theme::CAPTION);
    let galley = painter.layout_no_wrap("live".into(), font, theme::LIVE);
    if x + 6.0 + galley.size().x < areas.track.right() {
        let at = Pos2::new(x + 5.0, areas.track.top() + lanes::RULER - 8.0);
        let back = Rect::from_min_size(at, galley.size()).expand2(egui::vec2(3.0, 0.0));
        painter.rect_filled(back, 3.0, theme::PANEL);
        painter.galley(at, galley, theme::LIVE);
    }
}

/// A dimmed line where the pointer is.
pub fn pointer(painter: &Painter, areas: &Areas, x: f32) {
    let x = painter.round_to_pixel_center(x);
    painter.vline(x, areas.track.y_range(), Stroke::new(1.0, theme::TEXT_SOFT));
}

/// The moment shown.
pub fn playhead(painter: &Painter, areas: &Areas, axis: &Axis, at: WallTime) {
    let x = screen_x(areas, axis, at);
    if x < areas.track.left() - 1.0 || x > areas.track.right() + 1.0 {
        return;
    }
    let x = painter.round_to_pixel_center(x);
    let top = areas.track.top() + lanes::RULER - 10.0;
    painter.vline(x, top..=areas.track.bottom(), Stroke::new(2.0, theme::PLAYHEAD));
    let head = vec![
        Pos2::new(x - 6.0, top - 5.0),
        Pos2::new(x + 6.0, top - 5.0),
        Pos2::new(x + 6.0, top - 1.0),
        Pos2::new(x, top + 5.0),
        Pos2::new(x - 6.0, top - 1.0),
    ];
    painter.add(Shape::convex_polygon(head, theme::PLAYHEAD, Stroke::NONE));
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
    painter.rect_filled(rect, 2.0, theme::FIELD);
    let archive = Axis::new(limits, rect.width());
    #[expect(clippy::cast_possible_truncation, reason = "screen coordinates")]
    let x = |at: WallTime| rect.left() + archive.x_of(at).clamp(0.0, archive.width()) as f32;
    let fill = theme::CONTINUOUS.gamma_multiply(0.55);
    for span in &answer.overview {
        let left = x(span.start);
        let bar = rect.with_min_x(left).with_max_x(x(span.end).max(left + 1.0));
        painter.rect_filled(bar.shrink2(egui::vec2(0.0, 2.0)), 0.0, fill);
    }
    let left = x(view.span.start).min(rect.right() - 7.0);
    let frame =
        rect.with_min_x(left).with_max_x(x(view.span.end).clamp(left + 6.0, rect.right() - 1.0));
    let stroke = Stroke::new(1.5, theme::TEXT);
    let round = CornerRadius::same(3);
    painter.rect_stroke(frame.expand2(egui::vec2(0.0, 2.0)), round, stroke, StrokeKind::Middle);
    let text =
        format!("{} – {}", view.zone.day_month(limits.start), view.zone.day_month(limits.end));
    let at = Pos2::new(areas.names.left(), rect.center().y);
    painter.text(at, Align2::LEFT_CENTER, text, theme::font(theme::CAPTION), theme::TEXT_FAINT);
}
