//! A day in small pictures, one for each hour: where to look for what one remembers by sight.
//!
//! Must not do: decode; small pictures come from the shelf.

use egui::{Align2, Pos2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use super::{Around, Jump, rows};
use crate::model::{CameraId, WallSpan, WallTime};
use crate::ui::desk::Stage;
use crate::ui::playback::wishes::Wishes;
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, strong};
use crate::ui::words::playback as words;

/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;

/// Pictures side by side.
const COLUMNS: usize = 3;

/// Height of the line under a picture.
const CAPTION: f32 = 16.0;

/// Shows the day of the playhead; an hour that was clicked.
pub fn ui(
    ui: &mut Ui,
    stage: &mut Stage<'_>,
    around: &Around<'_>,
    wishes: &mut Wishes,
) -> Option<Jump> {
    let camera = around.cameras.iter().find(|c| Some(&c.id) == around.picked)?;
    let day = stage.zone.day_span(around.playhead);
    ui.label(strong(format!("{}, {}", camera.name, stage.zone.short_date(day.start))));
    let mut jump = None;
    ui.spacing_mut().item_spacing = Vec2::new(6.0, 6.0);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        #[expect(clippy::cast_precision_loss, reason = "a few columns")]
        let width = ((ui.available_width() - 12.0) / COLUMNS as f32).floor();
        let hours: Vec<WallTime> = hours(day, stage.now).collect();
        for line in hours.chunks(COLUMNS) {
            ui.horizontal(|ui| {
                for hour in line {
                    let span = WallSpan::new(*hour, hour.plus_micros(HOUR));
                    let size = Vec2::new(width, width * 9.0 / 16.0 + CAPTION);
                    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
                    let place = rect.with_max_y(rect.bottom() - CAPTION);
                    let middle = worth_showing(around, &camera.id, span).min(stage.now);
                    let found = wishes.want(stage, &camera.id, middle, false);
                    rows::small_picture(ui, stage, place, &camera.id, middle, found.as_ref());
                    let here = span.contains(around.playhead);
                    let label = stage.zone.minutes(*hour);
                    foot(ui, rect, place, &label, here);
                    focus_ring(ui, place, &response);
                    let name = format!("{label}, {}", camera.name);
                    response.widget_info(|| WidgetInfo::selected(Role::Button, true, here, &name));
                    if response.on_hover_text(words::SHOW_MOMENT).clicked() {
                        jump = Some(Jump { camera: camera.id.clone(), at: middle });
                    }
                }
            });
        }
    });
    jump
}

/// Where there is footage in an hour: where most moved, else in the middle, else at its first picture. The middle
/// where nothing is known.
fn worth_showing(around: &Around<'_>, camera: &CameraId, hour: WallSpan) -> WallTime {
    let middle = hour.start.plus_micros(HOUR / 2);
    let Some(lane) = around.answer.lanes.iter().find(|lane| lane.camera == *camera) else {
        return middle;
    };
    let moved = lane.motion.iter().filter(|bar| hour.contains(bar.span.start));
    if let Some(most) = moved.max_by_key(|bar| bar.level) {
        return most.span.start;
    }
    let mut parts = lane.coverage.iter().map(|part| part.span.intersect(hour));
    match parts.clone().any(|part| part.contains(middle)) {
        true => middle,
        false => parts.find(|part| !part.is_empty()).map_or(middle, |part| part.start),
    }
}

/// The hours of a local day that have begun: 24, or 23 or 25 where clocks change.
fn hours(day: WallSpan, now: WallTime) -> impl Iterator<Item = WallTime> {
    let count = (day.micros() + HOUR - 1) / HOUR;
    (0..count).map(move |n| day.start.plus_micros(n * HOUR)).take_while(move |hour| *hour <= now)
}

fn foot(ui: &Ui, rect: Rect, place: Rect, label: &str, here: bool) {
    let painter = ui.painter();
    let ink = if here { theme::text() } else { theme::text_soft() };
    let at = Pos2::new(rect.left() + 2.0, rect.bottom());
    painter.text(at, Align2::LEFT_BOTTOM, label, theme::font(theme::CAPTION), ink);
    if here {
        let stroke = Stroke::new(2.0, theme::accent());
        painter.rect_stroke(place, theme::ROUND_SMALL, stroke, StrokeKind::Inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::zone::Zone;

    #[test]
    fn a_day_has_the_hours_that_have_begun() {
        let zone = Zone::named("Europe/Berlin");
        let at = |text| WallTime::parse_rfc3339(text).expect("a time");
        let count = |noon, now| hours(zone.day_span(at(noon)), at(now)).count();
        assert_eq!(count("2026-10-25T12:00:00+01:00", "2026-11-01T00:00:00Z"), 25);
        assert_eq!(count("2026-03-29T12:00:00+02:00", "2026-11-01T00:00:00Z"), 23);
        assert_eq!(count("2026-03-03T12:00:00+01:00", "2026-03-03T09:30:00+01:00"), 10);
    }
}
