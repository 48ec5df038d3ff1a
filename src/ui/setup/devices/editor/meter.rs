//! The meter of motion: how much moves now, and from where on it counts.
//!
//! Must not do: ask for anything, or move by itself.

use egui::{Rect, Sense, Ui, Vec2};

use crate::ui::theme;
use crate::ui::widgets::soft;
use crate::ui::words::camera as words;

/// The level from which on motion counts.
const COUNTS: u16 = 500;

/// The highest level.
const WHOLE: u16 = 1_000;

/// Height of the bar, in points.
const HEIGHT: f32 = 14.0;

/// Shows the level of the last picture; none while nothing is known.
pub(super) fn meter(ui: &mut Ui, level: Option<u16>, trouble: Option<&str>) {
    let text = match (level, trouble) {
        (_, Some(trouble)) => trouble,
        (None, None) => words::METER_WAITS,
        (Some(0), None) => words::METER_NONE,
        (Some(level), None) if level < COUNTS => words::METER_SMALL,
        (Some(_), None) => words::METER_COUNTS,
    };
    let size = Vec2::new(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let level = level.unwrap_or(0).min(WHOLE);
    let x = |level: u16| rect.left() + rect.width() * f32::from(level) / f32::from(WHOLE);
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, theme::ROUND_SMALL, theme::field());
    let filled = Rect::from_min_max(rect.min, egui::pos2(x(level), rect.bottom()));
    let ink = if level >= COUNTS { theme::motion() } else { theme::text_faint() };
    painter.rect_filled(filled, theme::ROUND_SMALL, ink);
    painter.vline(x(COUNTS), rect.y_range(), egui::Stroke::new(2.0, theme::text()));
    let name = format!("{}: {text}", words::METER);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    ui.label(soft(name).size(theme::CAPTION));
}
