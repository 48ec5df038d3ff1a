//! How the weekly grid looks: hours, rows, bands, the present moment.
//!
//! Must not do: read the pointer or the keyboard.

use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, StrokeKind, Ui, Vec2};

use super::band::{Band, Bands, DAY, Part};
use super::hand::Spot;
use crate::ui::theme;
use crate::ui::words::week as words;

/// Height of a row.
pub const ROW: f32 = 38.0;

/// Height of the hours above the rows.
pub const HEAD: f32 = 24.0;

/// Width of the names of the days.
pub const NAMES: f32 = 60.0;

/// Above and below the bands of a row.
const PAD: f32 = 2.0;

/// Height of a band that is edited: its times fit in.
const CHOSEN: f32 = 15.0;

/// Highest band that is not edited.
const OTHER: f32 = 9.0;

/// Highest band where none is edited.
const READ_ONLY: f32 = 18.0;

/// Narrowest band in which its times are written.
const TEXT_ROOM: f32 = 78.0;

/// Bands of one schedule, or of one rule of a camera.
#[derive(Clone, Debug)]
pub struct Lane {
    /// What it is called.
    pub name: String,
    /// In which colour it is painted.
    pub colour: Color32,
    /// When.
    pub bands: Bands,
}

/// Where everything is.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The rows, without the names of the days.
    pub rect: Rect,
}

impl Field {
    /// In a place for the whole grid.
    pub fn within(place: Rect) -> Self {
        let min = place.min + Vec2::new(NAMES, HEAD);
        // The last hour's number needs room to the right of its line.
        Self { rect: Rect::from_min_max(min, Pos2::new(place.max.x - 8.0, min.y + 7.0 * ROW)) }
    }

    /// Where a minute of the day stands.
    pub fn x(&self, minute: u16) -> f32 {
        self.rect.left() + self.rect.width() * f32::from(minute) / f32::from(DAY)
    }

    /// Minutes of so many points.
    pub fn minutes(&self, points: f32) -> f64 {
        f64::from(points) / f64::from(self.rect.width().max(1.0)) * f64::from(DAY)
    }

    /// What is at a place; the nearest row where it lies above or below.
    pub fn spot(&self, at: Pos2) -> Spot {
        let row = ((at.y - self.rect.top()) / ROW).floor().clamp(0.0, 6.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 6")]
        let day = row as usize;
        Spot { day, minute: self.minutes(at.x - self.rect.left()) }
    }

    /// A row.
    pub fn row(&self, day: usize) -> Rect {
        #[expect(clippy::cast_precision_loss, reason = "0 to 6")]
        let top = self.rect.top() + day as f32 * ROW;
        Rect::from_x_y_ranges(self.rect.x_range(), top..=top + ROW)
    }

    /// Where a part of a band stands whose lane has this place within the row.
    pub fn part(&self, part: Part, lane: (f32, f32)) -> Rect {
        let top = self.row(part.day).top() + lane.0;
        Rect::from_x_y_ranges(self.x(part.from)..=self.x(part.to), top..=top + lane.1)
    }
}

/// Place and height of a lane within its row: the edited one is high, the others share what it leaves.
pub fn lane_place(lanes: usize, edited: Option<usize>, lane: usize) -> (f32, f32) {
    let room = ROW - 2.0 * PAD;
    #[expect(clippy::cast_precision_loss, reason = "a handful of lanes")]
    let count = |n: usize| n as f32;
    let Some(edited) = edited else {
        let share = (room / count(lanes.max(1))).min(READ_ONLY + 1.0);
        let top = (ROW - share * count(lanes)) / 2.0;
        return (top + share * count(lane), (share - 1.0).max(2.0));
    };
    let others = count(lanes.saturating_sub(1).max(1));
    let share = ((room - CHOSEN - 1.0) / others).min(OTHER + 1.0);
    let used = CHOSEN + 1.0 + share * count(lanes.saturating_sub(1));
    let start = (ROW - used) / 2.0;
    match lane {
        _ if lane == edited => (start + share * count(lane), CHOSEN),
        _ if lane < edited => (start + share * count(lane), (share - 1.0).max(2.0)),
        _ => (start + share * count(lane - 1) + CHOSEN + 1.0, (share - 1.0).max(2.0)),
    }
}

/// Hours, and the lines of the rows.
pub fn frame(painter: &Painter, field: &Field) {
    let font = theme::font(theme::CAPTION);
    for hour in 0..=24_u16 {
        let x = field.x(hour * 60).round() + 0.5;
        let main = hour % 3 == 0;
        let colour = if main { theme::line() } else { theme::line().gamma_multiply(0.45) };
        painter.vline(x, field.rect.y_range(), Stroke::new(1.0, colour));
        if main {
            let at = Pos2::new(x, field.rect.top() - 8.0);
            let text = format!("{hour:02}");
            painter.text(at, Align2::CENTER_BOTTOM, text, font.clone(), theme::text_soft());
        }
    }
    for day in 0..7 {
        let row = field.row(day);
        let left = row.left() - NAMES;
        painter.hline(left..=row.right(), row.top().round() + 0.5, theme::hair());
        if day == 6 {
            painter.hline(left..=row.right(), row.bottom().round() + 0.5, theme::hair());
        }
    }
}

/// The bands of a lane that is not edited; dimmed behind one that is, else with their times.
pub fn lane(painter: &Painter, field: &Field, lane: &Lane, place: (f32, f32), dimmed: bool) {
    let colour = if dimmed { lane.colour.gamma_multiply(0.55) } else { lane.colour };
    for band in lane.bands.list() {
        filled(painter, field, *band, place, colour, !dimmed && place.1 >= CHOSEN);
    }
}

/// A band, with its times on the first of its rows that has room.
fn filled(
    painter: &Painter,
    field: &Field,
    band: Band,
    place: (f32, f32),
    colour: Color32,
    mut with_times: bool,
) {
    for part in band.parts() {
        let rect = field.part(part, place).shrink2(Vec2::new(0.5, 0.0));
        painter.rect_filled(rect, 4.0, colour);
        if with_times && rect.width() >= TEXT_ROOM {
            with_times = false;
            let at = Pos2::new(rect.left() + 9.0, rect.center().y);
            let (font, text) = (theme::strong(theme::TINY), words::times(band));
            painter.text(at, Align2::LEFT_CENTER, text, font, theme::on_accent());
        }
    }
}

/// The bands that are edited, with their times; the selected one has handles.
pub fn edited(
    painter: &Painter,
    field: &Field,
    lane: &Lane,
    place: (f32, f32),
    selected: Option<Band>,
) {
    for band in lane.bands.list() {
        filled(painter, field, *band, place, lane.colour, true);
        if selected == Some(*band) {
            let parts: Vec<Part> = band.parts().collect();
            handles(painter, field, &parts, place);
        }
    }
}

fn handles(painter: &Painter, field: &Field, parts: &[Part], place: (f32, f32)) {
    let stroke = Stroke::new(2.0, theme::text());
    for part in parts {
        painter.rect_stroke(field.part(*part, place), 4.0, stroke, StrokeKind::Middle);
    }
    let knob = |x: f32, rect: Rect| {
        let at = Pos2::new(x, rect.center().y);
        painter.circle(at, 5.0, theme::text(), Stroke::new(1.0, theme::panel()));
    };
    if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
        let (first, last) = (field.part(*first, place), field.part(*last, place));
        knob(first.left(), first);
        knob(last.right(), last);
    }
}

/// The present moment: a line with a disc on today's row.
pub fn now(painter: &Painter, field: &Field, (day, minute): (usize, u16)) {
    let row = field.row(day);
    let x = field.x(minute);
    painter.vline(x, row.y_range(), Stroke::new(2.0, theme::error()));
    painter.circle_filled(Pos2::new(x, row.top()), 4.0, theme::error());
}

/// A text beside the pointer while something is dragged.
pub fn beside(ui: &Ui, at: Pos2, text: &str, refused: bool) {
    let painter = ui
        .ctx()
        .layer_painter(egui::LayerId::new(egui::Order::Tooltip, egui::Id::unique("week drag")));
    let ink = if refused { theme::error() } else { theme::text() };
    let galley = painter.layout(text.to_owned(), theme::font(theme::CAPTION), ink, 260.0);
    let size = galley.size() + Vec2::new(16.0, 10.0);
    let screen = ui.ctx().content_rect();
    let left = (at.x + 14.0).min(screen.right() - size.x - 4.0);
    let rect = Rect::from_min_size(Pos2::new(left, at.y + 16.0), size);
    painter.rect(rect, theme::ROUND, theme::raised(), theme::hair(), StrokeKind::Inside);
    painter.galley(rect.min + Vec2::new(8.0, 5.0), galley, ink);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_stand_in_the_row_and_apart() {
        for lanes in 1..=6 {
            for edited in std::iter::once(None).chain((0..lanes).map(Some)) {
                let mut bottom = 0.0;
                for lane in 0..lanes {
                    let (top, height) = lane_place(lanes, edited, lane);
                    assert!(top >= bottom && top + height <= ROW, "{lane} of {lanes}, {edited:?}");
                    bottom = top + height;
                }
            }
        }
    }
}
