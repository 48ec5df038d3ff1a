//! The weekly grid as a widget: it shows bands and says what the operator wants of them.
//!
//! Must not do: change a schedule; whoever owns it applies the edit, or tells why not.

use chrono::Weekday;
use egui::{
    CursorIcon, Id, Key, PopupCloseBehavior, Pos2, Rect, Response, Role, Sense, Ui, Vec2,
    WidgetInfo,
};

use super::band::{Band, Bands, WEEKDAYS};
use super::edit::{Edit, FINE, Refusal, SNAP};
use super::hand::{Hold, Spot, hold, inside};
use super::paint::{self, Field, HEAD, Lane, NAMES, ROW};
use super::{clipboard, keyboard};
use crate::model::schedule::{Days, Schedule};
use crate::ui::words::week as words;
use crate::ui::{keys, theme};

/// So far beside an end, in points, the hand still takes hold of it.
const REACH: f32 = 7.0;

/// Above and below a band, in points, the hand still takes hold of it.
const SLOP: f32 = 3.0;

/// What the grid shows in a frame.
pub struct Sheet<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Each with its bands, in the order of the lists.
    pub lanes: &'a [Lane],
    /// The lane that is edited, and its schedule; none where the grid is only read.
    pub edited: Option<(usize, &'a Schedule)>,
    /// Row and minute of the present moment.
    pub now: (usize, u16),
}

/// What the operator wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A change of the edited schedule.
    Edit(Edit),
    /// This lane was clicked.
    Choose(usize),
    /// It cannot be, for this reason.
    Refused(Refusal),
    /// The clipboard holds something else than times.
    NoTimes,
}

/// The hand at work.
struct Drag {
    hold: Hold,
    /// The last edit that can be.
    edit: Option<Edit>,
    /// Why what the hand does now cannot be.
    refusal: Option<Refusal>,
}

/// What the grid remembers from frame to frame.
#[derive(Default)]
pub struct Grid {
    selected: Option<Band>,
    drag: Option<Drag>,
    /// The selected band is to have the keyboard.
    grab_focus: bool,
}

impl Grid {
    /// The selected band.
    #[must_use]
    pub const fn selected(&self) -> Option<Band> {
        self.selected
    }

    /// Selects a band, or none.
    pub const fn select(&mut self, band: Option<Band>) {
        self.selected = band;
    }

    /// An edit was done: the keyboard stays with the band that it led to.
    pub fn follow(&mut self, target: Option<Band>) {
        if target.is_some() {
            self.grab_focus = true;
            self.selected = target;
        }
    }

    /// Whether something is being dragged.
    #[must_use]
    pub const fn is_dragging(&self) -> bool {
        self.drag.is_some()
    }

    /// Shows it, as wide as there is room.
    pub fn ui(&mut self, ui: &mut Ui, sheet: &Sheet<'_>) -> Option<Wish> {
        let size = Vec2::new(ui.available_width(), HEAD + 7.0 * ROW + 1.0);
        let (place, _) = ui.allocate_exact_size(size, Sense::hover());
        let field = Field::within(place);
        let id = Id::unique("week grid");
        let response = ui.interact(field.rect, id, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Group, true, sheet.name));
        let mut wish = self.point(ui, sheet, &field, &response);
        let bands = self.bands(sheet);
        self.keep_selection(&bands);
        self.paint(ui, sheet, &field, &bands);
        if let Some(edited) = sheet.edited {
            wish = wish.or(self.focus(ui, sheet, &field, &bands, edited.0));
        }
        wish = wish.or(self.names(ui, sheet, &field));
        self.hover(ui, sheet, &field, &response, &bands);
        wish
    }

    /// The bands of the edited schedule, as they are or as the drag would make them.
    fn bands(&self, sheet: &Sheet<'_>) -> Bands {
        let Some((_, schedule)) = sheet.edited else { return Bands::default() };
        let edit = self.drag.as_ref().and_then(|drag| drag.edit.as_ref());
        let changed = edit.and_then(|edit| edit.apply(schedule).ok());
        Bands::of(&changed.as_ref().unwrap_or(schedule).ranges)
    }

    fn keep_selection(&mut self, bands: &Bands) {
        if let Some(drag) = &self.drag
            && let Some(target) = drag.edit.as_ref().and_then(Edit::target)
        {
            self.selected = Some(target);
        }
        if let Some(selected) = self.selected
            && !bands.list().contains(&selected)
        {
            self.selected = bands.at(selected.start()).and_then(|at| bands.list().get(at)).copied();
        }
    }

    fn point(
        &mut self,
        ui: &Ui,
        sheet: &Sheet<'_>,
        field: &Field,
        response: &Response,
    ) -> Option<Wish> {
        if self.drag.is_some() && keys::take(ui, Key::Escape) {
            self.drag = None;
            return None;
        }
        let pointer = response.interact_pointer_pos();
        if response.clicked() {
            return self.click(sheet, field, pointer?);
        }
        let (_, schedule) = sheet.edited?;
        if response.drag_started_by(egui::PointerButton::Primary) {
            let begin = ui.input(|i| i.pointer.press_origin()).or(pointer)?;
            let hold = grip(sheet, field, begin);
            self.drag = Some(Drag { hold, edit: None, refusal: None });
        }
        let drag = self.drag.as_mut()?;
        if let Some(at) = pointer {
            let step = if ui.input(|i| i.modifiers.alt) { FINE } else { SNAP };
            let edit = drag.hold.edit(field.spot(at), step);
            match edit.apply(schedule) {
                Ok(_) => (drag.edit, drag.refusal) = (Some(edit), None),
                Err(refusal) => drag.refusal = Some(refusal),
            }
        }
        if !response.drag_stopped() && ui.input(|i| i.pointer.any_down()) {
            return None;
        }
        let drag = self.drag.take()?;
        match (drag.refusal, drag.edit) {
            (Some(refusal), _) => Some(Wish::Refused(refusal)),
            (None, edit) => edit.map(Wish::Edit),
        }
    }

    fn click(&mut self, sheet: &Sheet<'_>, field: &Field, at: Pos2) -> Option<Wish> {
        if let Some((lane, _)) = sheet.edited
            && let Hold::Band(band, _) | Hold::Edge(band, ..) = grip(sheet, field, at)
            && lane < sheet.lanes.len()
        {
            self.selected = Some(band);
            self.grab_focus = true;
            return None;
        }
        self.selected = None;
        under(sheet, field, at).map(|(lane, _)| Wish::Choose(lane))
    }

    fn paint(&self, ui: &Ui, sheet: &Sheet<'_>, field: &Field, bands: &Bands) {
        let painter = ui.painter();
        paint::frame(painter, field);
        let edited = sheet.edited.map(|(lane, _)| lane);
        for (i, lane) in sheet.lanes.iter().enumerate().filter(|(i, _)| Some(*i) != edited) {
            let place = paint::lane_place(sheet.lanes.len(), edited, i);
            paint::lane(painter, field, lane, place, edited.is_some());
        }
        if let Some((i, lane)) = edited.and_then(|i| Some((i, sheet.lanes.get(i)?))) {
            let lane = Lane { bands: bands.clone(), ..lane.clone() };
            let place = paint::lane_place(sheet.lanes.len(), edited, i);
            paint::edited(painter, field, &lane, place, self.selected);
        }
        paint::now(painter, field, sheet.now);
    }

    /// The bands as what has the keyboard, one after another.
    fn focus(
        &mut self,
        ui: &Ui,
        sheet: &Sheet<'_>,
        field: &Field,
        bands: &Bands,
        lane: usize,
    ) -> Option<Wish> {
        let place = paint::lane_place(sheet.lanes.len(), Some(lane), lane);
        let mut wish = None;
        for (i, band) in bands.list().iter().enumerate() {
            let Some(part) = band.parts().next() else { continue };
            let rect = field.part(part, place);
            let id = band_id(i);
            let response = ui.interact(rect, id, Sense::focusable_noninteractive());
            let selected = self.selected == Some(*band);
            let name = words::band(sheet.name, *band);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &name));
            if selected && std::mem::take(&mut self.grab_focus) {
                response.request_focus();
            } else if response.gained_focus() {
                self.selected = Some(*band);
            }
            if response.has_focus() && self.drag.is_none() {
                wish = wish.or(keyboard::read(ui, id, *band, bands));
            }
        }
        wish
    }

    /// The names of the days, each with what can be done to a day.
    fn names(&self, ui: &mut Ui, sheet: &Sheet<'_>, field: &Field) -> Option<Wish> {
        let mut wish = None;
        for (day, weekday) in WEEKDAYS.into_iter().enumerate() {
            let row = field.row(day);
            let rect = Rect::from_min_max(
                Pos2::new(row.left() - NAMES, row.top() + 4.0),
                Pos2::new(row.left() - 8.0, row.bottom() - 4.0),
            );
            let today = day == sheet.now.0;
            let Some((_, schedule)) = sheet.edited else {
                name(ui, rect, weekday, today);
                continue;
            };
            let id = Id::unique(("week day", day));
            let response = ui.interact(rect, id, Sense::click());
            if response.hovered() || response.has_focus() {
                ui.painter().rect_filled(rect, theme::ROUND_SMALL, theme::field());
            }
            name(ui, rect, weekday, today);
            crate::ui::widgets::focus_ring(ui, rect, &response);
            let label = words::day_menu(weekday);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
            if response.has_focus() {
                wish = wish.or(keyboard::read_day(ui, schedule, day));
            }
            let menu = egui::Popup::menu(&response)
                .close_behavior(PopupCloseBehavior::CloseOnClick)
                .show(|ui| day_menu(ui, schedule, day));
            wish = wish.or(menu.and_then(|menu| menu.inner));
            response.on_hover_text(words::DAY_TIP);
        }
        wish
    }

    fn hover(&self, ui: &Ui, sheet: &Sheet<'_>, field: &Field, response: &Response, bands: &Bands) {
        if let Some(drag) = &self.drag {
            ui.ctx().set_cursor_icon(cursor(&drag.hold, true));
            let Some(at) = ui.input(|i| i.pointer.latest_pos()) else { return };
            match (&drag.refusal, drag.edit.as_ref().and_then(Edit::target)) {
                (Some(refusal), _) => paint::beside(ui, at, &refusal.to_string(), true),
                (None, Some(band)) => paint::beside(ui, at, &words::span(band), false),
                (None, None) => {}
            }
            return;
        }
        let Some(at) = response.hover_pos() else { return };
        if sheet.edited.is_some() {
            let hold = grip(sheet, field, at);
            ui.ctx().set_cursor_icon(cursor(&hold, false));
            if let Hold::Band(band, _) | Hold::Edge(band, ..) = hold
                && bands.list().contains(&band)
            {
                let tip = words::band_tip(sheet.name, band);
                response.clone().on_hover_text_at_pointer(tip);
                return;
            }
        }
        if let Some((lane, band)) = under(sheet, field, at) {
            let tip = words::band_tip(&sheet.lanes[lane].name, band);
            response.clone().on_hover_text_at_pointer(tip);
        }
    }
}

/// What the hand takes hold of at a place of the edited schedule.
fn grip(sheet: &Sheet<'_>, field: &Field, at: Pos2) -> Hold {
    let spot = field.spot(at);
    let Some((lane, schedule)) = sheet.edited else { return Hold::Paint(spot) };
    let place = paint::lane_place(sheet.lanes.len(), Some(lane), lane);
    let top = field.row(spot.day).top() + place.0;
    if !(top - SLOP..=top + place.1 + SLOP).contains(&at.y) {
        return Hold::Paint(spot);
    }
    hold(&Bands::of(&schedule.ranges), spot, field.minutes(REACH))
}

/// The lane and its band at a place.
fn under(sheet: &Sheet<'_>, field: &Field, at: Pos2) -> Option<(usize, Band)> {
    let spot: Spot = field.spot(at);
    let edited = sheet.edited.map(|(lane, _)| lane);
    let top = field.row(spot.day).top();
    (0..sheet.lanes.len()).find_map(|i| {
        let (start, height) = paint::lane_place(sheet.lanes.len(), edited, i);
        let hit = (top + start..=top + start + height).contains(&at.y);
        inside(&sheet.lanes[i].bands, spot).filter(|_| hit).map(|band| (i, band))
    })
}

const fn cursor(hold: &Hold, held: bool) -> CursorIcon {
    match hold {
        Hold::Paint(_) => CursorIcon::Crosshair,
        Hold::Band(..) if held => CursorIcon::Grabbing,
        Hold::Band(..) => CursorIcon::Grab,
        Hold::Edge(..) => CursorIcon::ResizeHorizontal,
    }
}

fn band_id(place: usize) -> Id {
    Id::unique(("week band", place))
}

fn name(ui: &Ui, rect: Rect, day: Weekday, today: bool) {
    let (font, ink) = match today {
        true => (theme::strong(theme::BODY), theme::text()),
        false => (theme::font(theme::BODY), theme::text_soft()),
    };
    let at = Pos2::new(rect.left() + 8.0, rect.center().y);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, words::day(day), font, ink);
}

fn day_menu(ui: &mut Ui, schedule: &Schedule, day: usize) -> Option<Wish> {
    let own = WEEKDAYS[day];
    let weekdays: Days = WEEKDAYS[..5].iter().copied().filter(|d| *d != own).collect();
    let every: Days = WEEKDAYS.into_iter().filter(|d| *d != own).collect();
    let bands: Vec<Band> = Bands::of(&schedule.ranges).of_day(day).collect();
    let mut wish = None;
    let mut item = |ui: &mut Ui, text: &str, days: Days, bands: &[Band]| {
        if ui.button(text).clicked() {
            wish = Some(Wish::Edit(Edit::Fill { days, bands: bands.to_vec() }));
        }
    };
    item(ui, words::COPY_TO_WEEKDAYS, weekdays, &bands);
    item(ui, words::COPY_TO_ALL, every, &bands);
    ui.separator();
    for other in WEEKDAYS.into_iter().filter(|other| *other != own) {
        item(ui, &words::copy_to(other), Days::NONE.with(other), &bands);
    }
    ui.separator();
    if ui.button(words::COPY_DAY).clicked() {
        ui.ctx().copy_text(clipboard::write(&bands));
    }
    item(ui, words::CLEAR_DAY, Days::NONE.with(own), &[]);
    wish
}
