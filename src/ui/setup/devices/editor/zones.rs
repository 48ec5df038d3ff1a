//! Zones on the picture: drawn, moved and removed with the mouse.
//!
//! Must not do: decide what a valid zone is; the model does.

use egui::{
    Align2, Color32, EventFilter, Key, Modifiers, Painter, Pos2, Rect, Role, Sense, Stroke, Ui,
    Vec2, WidgetInfo,
};

use super::{Edited, zone_list};
use crate::model::event::WHOLE;
use crate::model::motion::MAX_CORNERS;
use crate::model::settings::MAX_ZONES;
use crate::model::{MotionZone, ZoneKind};
use crate::ui::desk::Stage;
use crate::ui::texture::Place;
use crate::ui::theme;
use crate::ui::widgets::{fit, focus_ring, picture, soft};
use crate::ui::words::camera as words;

/// How near a press must be to a corner to take it, in points.
const REACH: f32 = 10.0;

/// Radius of a corner, in points.
const CORNER: f32 = 4.5;

/// Height of the strips that fill a zone, in points.
const STRIP: f32 = 3.0;

/// A corner, in thousandths of width and height.
pub(super) type Corner = (u16, u16);

/// What is drawn and held.
#[derive(Default)]
pub(super) struct Zones {
    /// Corners of the zone that is being drawn.
    drawing: Vec<Corner>,
    /// A new zone is left out.
    ignores: bool,
    selected: Option<usize>,
    /// The zone and the corner that are being dragged.
    held: Option<(usize, usize)>,
    /// The zone whose corners are shown as numbers.
    opened: Option<usize>,
    /// Why the last drawing was no zone.
    refused: Option<String>,
}

impl Zones {
    /// Leaves the zone that is being drawn.
    pub fn give_up(&mut self) {
        self.drawing.clear();
        self.held = None;
    }

    /// The picture with the zones on it.
    pub fn picture(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, edited: &mut Edited<'_>) {
        let Some(zones) = edited.camera().map(|camera| camera.recording.zones.clone()) else {
            return;
        };
        let width = ui.available_width();
        let size = Vec2::new(width, (width * 9.0 / 16.0).min(330.0));
        let (room, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let place = self.paint_picture(ui, room, stage, edited);
        let grid = Grid { place };
        self.pointer(ui, &response, grid, edited, &zones);
        self.keys(ui, &response, edited, &zones);
        let painter = ui.painter().with_clip_rect(place);
        for (number, zone) in zones.iter().enumerate() {
            let chosen = self.selected == Some(number);
            paint_zone(&painter, grid, &zone.corners, zone.kind, chosen, Some(number));
        }
        self.paint_drawing(ui, &painter, grid, &response);
        focus_ring(ui, room, &response);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, words::CANVAS));
        let hint = match (&self.refused, self.drawing.is_empty(), self.selected) {
            (Some(why), ..) => why.as_str(),
            (None, false, _) => words::HINT_DRAWING,
            (None, true, Some(_)) => words::HINT_SELECTED,
            (None, true, None) => words::HINT,
        };
        ui.label(soft(hint).size(theme::CAPTION));
    }

    /// The zones as a list with numbers.
    pub fn list(&mut self, ui: &mut Ui, edited: &mut Edited<'_>) {
        let places = zone_list::Places {
            ignores: &mut self.ignores,
            selected: &mut self.selected,
            opened: &mut self.opened,
        };
        zone_list::ui(ui, edited, places);
    }

    fn paint_picture(
        &self,
        ui: &Ui,
        room: Rect,
        stage: &mut Stage<'_>,
        edited: &Edited<'_>,
    ) -> Rect {
        let painter = ui.painter().with_clip_rect(room);
        painter.rect_filled(room, theme::ROUND, theme::letterbox());
        let newest = stage.shown.live.get(edited.id);
        let shown = newest
            .as_deref()
            .and_then(|newest| stage.textures.show(ui, Place::Setup, edited.id, newest));
        match shown {
            Some(shown) => {
                let place = fit(room, shown.size);
                picture(&painter, shown.id, place, Color32::WHITE);
                place
            }
            None => {
                let (font, ink) = (theme::font(theme::BODY), theme::PICTURE_TEXT);
                painter.text(room.center(), Align2::CENTER_CENTER, words::NO_PICTURE, font, ink);
                fit(room, Vec2::new(16.0, 9.0))
            }
        }
    }

    fn pointer(
        &mut self,
        ui: &Ui,
        response: &egui::Response,
        grid: Grid,
        edited: &mut Edited<'_>,
        zones: &[MotionZone],
    ) {
        let at = response.interact_pointer_pos();
        if response.drag_started() {
            let from = ui.input(|i| i.pointer.press_origin()).or(at);
            self.held = from.and_then(|from| self.corner_at(grid, zones, from));
        }
        if let (Some((zone, corner)), Some(at)) = (self.held, at) {
            self.selected = Some(zone);
            let to = grid.corner(at);
            edited.edit(|camera| {
                let zone = camera.recording.zones.get_mut(zone);
                if let Some(place) = zone.and_then(|zone| zone.corners.get_mut(corner)) {
                    *place = to;
                }
            });
        }
        if response.drag_stopped() {
            self.held = None;
        }
        if !response.clicked() {
            return;
        }
        response.request_focus();
        self.refused = None;
        if response.double_clicked() {
            self.close(edited);
        } else if let Some(at) = at {
            self.click(grid, zones, at, edited);
        }
    }

    fn click(&mut self, grid: Grid, zones: &[MotionZone], at: Pos2, edited: &mut Edited<'_>) {
        let first = self.drawing.first().map(|first| grid.point(*first));
        if first.is_some_and(|first| self.drawing.len() > 2 && first.distance(at) < REACH) {
            self.close(edited);
            return;
        }
        if self.drawing.is_empty() {
            let corner = self.corner_at(grid, zones, at).map(|(zone, _)| zone);
            let hit = corner.or_else(|| zone_at(zones, grid.corner(at)));
            if hit.is_some() || self.selected.is_some() {
                self.selected = hit;
                return;
            }
            if zones.len() >= MAX_ZONES {
                self.refused = Some(words::MOST_ZONES.to_owned());
                return;
            }
        }
        if self.drawing.len() < MAX_CORNERS {
            self.drawing.push(grid.corner(at));
        }
    }

    /// The corner that a press takes: one of the selected zone before others.
    fn corner_at(&self, grid: Grid, zones: &[MotionZone], at: Pos2) -> Option<(usize, usize)> {
        let mut order: Vec<usize> = (0..zones.len()).collect();
        order.sort_by_key(|number| Some(*number) != self.selected);
        order.into_iter().find_map(|number| {
            let near = |corner: &Corner| grid.point(*corner).distance(at) < REACH;
            zones[number].corners.iter().position(near).map(|corner| (number, corner))
        })
    }

    fn keys(
        &mut self,
        ui: &Ui,
        response: &egui::Response,
        edited: &mut Edited<'_>,
        zones: &[MotionZone],
    ) {
        if !response.has_focus() {
            return;
        }
        let filter = EventFilter { escape: !self.drawing.is_empty(), ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
        if !self.drawing.is_empty() {
            if pressed(Key::Enter) {
                self.close(edited);
            }
            if pressed(Key::Backspace) {
                self.drawing.pop();
            }
            if pressed(Key::Escape) {
                self.drawing.clear();
            }
        } else if let Some(number) = self.selected.filter(|number| *number < zones.len())
            && (pressed(Key::Delete) || pressed(Key::Backspace))
        {
            self.selected = None;
            self.opened = None;
            edited.edit(|camera| {
                camera.recording.zones.remove(number);
            });
        }
    }

    /// Makes a zone of what is drawn.
    fn close(&mut self, edited: &mut Edited<'_>) {
        let mut corners = std::mem::take(&mut self.drawing);
        corners.dedup();
        if corners.is_empty() {
            return;
        }
        let kind = if self.ignores { ZoneKind::Ignore } else { ZoneKind::Include };
        let zone = MotionZone { kind, corners };
        match zone.validate() {
            Err(why) => self.refused = Some(crate::ui::words::sentence(&why)),
            Ok(()) => {
                let number = edited.camera().map_or(0, |camera| camera.recording.zones.len());
                self.selected = Some(number);
                edited.edit(|camera| camera.recording.zones.push(zone));
            }
        }
    }

    fn paint_drawing(&self, ui: &Ui, painter: &Painter, grid: Grid, response: &egui::Response) {
        if self.drawing.is_empty() {
            return;
        }
        let ink = ink(if self.ignores { ZoneKind::Ignore } else { ZoneKind::Include });
        let mut points: Vec<Pos2> = self.drawing.iter().map(|corner| grid.point(*corner)).collect();
        points.iter().for_each(|point| {
            painter.circle_filled(*point, CORNER, ink);
        });
        points.extend(response.hover_pos().filter(|_| ui.is_enabled()));
        painter.line(points, Stroke::new(2.0, ink));
    }
}

/// Where the picture is.
#[derive(Clone, Copy)]
struct Grid {
    place: Rect,
}

impl Grid {
    fn point(self, (x, y): Corner) -> Pos2 {
        let part = |thousandths: u16| f32::from(thousandths) / f32::from(WHOLE);
        self.place.min + self.place.size() * Vec2::new(part(x), part(y))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0 to 1000"
    )]
    fn corner(self, at: Pos2) -> Corner {
        let part = (at - self.place.min) / self.place.size();
        let thousandths = |part: f32| (part.clamp(0.0, 1.0) * f32::from(WHOLE)).round() as u16;
        (thousandths(part.x), thousandths(part.y))
    }
}

/// The zone that is on top at a point.
fn zone_at(zones: &[MotionZone], (x, y): Corner) -> Option<usize> {
    let inside = |zone: &MotionZone| {
        crossings(&zone.corners, f32::from(y)).iter().filter(|cross| **cross > f32::from(x)).count()
            % 2
            == 1
    };
    zones.iter().rposition(inside)
}

/// Where the border crosses a line across the picture, from left to right.
fn crossings(corners: &[Corner], y: f32) -> Vec<f32> {
    let mut found = Vec::new();
    for (n, from) in corners.iter().enumerate() {
        let to = corners[(n + 1) % corners.len()];
        let ((x1, y1), (x2, y2)) =
            ((f32::from(from.0), f32::from(from.1)), (f32::from(to.0), f32::from(to.1)));
        if (y1 > y) != (y2 > y) {
            found.push(x1 + (y - y1) * (x2 - x1) / (y2 - y1));
        }
    }
    found.sort_by(f32::total_cmp);
    found
}

const fn ink(kind: ZoneKind) -> Color32 {
    match kind {
        ZoneKind::Include => theme::ZONE_WATCHED,
        ZoneKind::Ignore => theme::ZONE_IGNORED,
    }
}

fn paint_zone(
    painter: &Painter,
    grid: Grid,
    corners: &[Corner],
    kind: ZoneKind,
    chosen: bool,
    number: Option<usize>,
) {
    let ink = ink(kind);
    let fill = ink.gamma_multiply(if kind == ZoneKind::Ignore { 0.35 } else { 0.2 });
    let mut y = grid.place.top() + STRIP / 2.0;
    let mut odd = false;
    while y < grid.place.bottom() {
        let line = (y - grid.place.top()) / grid.place.height() * f32::from(WHOLE);
        let x = |at: f32| grid.place.left() + grid.place.width() * at / f32::from(WHOLE);
        // What is left out is hatched: the pattern says what the colour says.
        if kind == ZoneKind::Include || odd {
            for pair in crossings(corners, line).chunks_exact(2) {
                let strip = Rect::from_x_y_ranges(
                    x(pair[0])..=x(pair[1]),
                    y - STRIP / 2.0..=y + STRIP / 2.0,
                );
                painter.rect_filled(strip, 0.0, fill);
            }
        }
        odd = !odd;
        y += STRIP;
    }
    let points: Vec<Pos2> = corners.iter().map(|corner| grid.point(*corner)).collect();
    let width = if chosen { 2.5 } else { 1.5 };
    painter.add(egui::Shape::closed_line(points.clone(), Stroke::new(width, ink)));
    for point in points.iter().filter(|_| chosen) {
        painter.circle(*point, CORNER, theme::PICTURE_TEXT, Stroke::new(1.5, ink));
    }
    if let (Some(number), Some(first)) = (number, points.first()) {
        let at = *first + Vec2::new(8.0, 6.0);
        let text = (number + 1).to_string();
        let galley =
            painter.layout_no_wrap(text, theme::strong(theme::CAPTION), theme::PICTURE_TEXT);
        let back = Rect::from_min_size(at, galley.size()).expand2(Vec2::new(5.0, 1.0));
        painter.rect_filled(back, theme::ROUND_SMALL, theme::ON_PICTURE);
        painter.galley(at, galley, theme::PICTURE_TEXT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_finds_the_zone_on_top() {
        let zone =
            |corners: &[Corner]| MotionZone { kind: ZoneKind::Include, corners: corners.to_vec() };
        let zones = [
            zone(&[(0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000)]),
            zone(&[(100, 100), (500, 100), (300, 300), (500, 500), (100, 500)]),
        ];
        assert_eq!(zone_at(&zones, (200, 200)), Some(1));
        assert_eq!(zone_at(&zones, (450, 300)), Some(0), "in the notch");
        assert_eq!(zone_at(&zones[1..], (900, 900)), None);
    }

    #[test]
    fn points_and_corners_are_the_same_places() {
        let grid =
            Grid { place: Rect::from_min_size(Pos2::new(10.0, 20.0), Vec2::new(640.0, 360.0)) };
        for corner in [(0, 0), (1_000, 1_000), (250, 333), (999, 1)] {
            assert_eq!(grid.corner(grid.point(corner)), corner);
        }
        assert_eq!(grid.corner(Pos2::new(-5.0, 9_000.0)), (0, 1_000));
    }
}
