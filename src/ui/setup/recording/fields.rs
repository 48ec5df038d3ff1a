//! The fields of the chosen schedule: its name, and the days and times of its ranges, as the grid shows them.
//!
//! Must not do: hold values; they are in the draft, and what is being written is in `texts`.

use chrono::Weekday;
use egui::{Button, Label, RichText, Stroke, Ui, Vec2};
use egui_material_icons::icons::{ICON_ADD, ICON_CLOSE, ICON_CONTENT_COPY, ICON_DELETE};

use super::edits::{Edits, Place};
use super::texts::FieldId;
use crate::model::schedule::{DayRange, Schedule};
use crate::ui::setup::draft::Draft;
use crate::ui::theme;
use crate::ui::week::{Bands, Edit, Grid, WEEKDAYS, of_range};
use crate::ui::widgets::{Look, icon_button, labelled_button, soft};
use crate::ui::words::{schedules as words, week};

/// Width of a time.
const TIME: f32 = 66.0;

/// Side of a day's switch.
const DAY: f32 = 30.0;

/// What is worked on together.
pub struct Fields<'a> {
    /// The editing.
    pub edits: &'a mut Edits,
    /// The grid whose selection says which range is meant.
    pub grid: &'a mut Grid,
    /// What is edited.
    pub draft: &'a mut Draft,
    /// Which schedule has which colour.
    pub colour: egui::Color32,
    /// The name is to have the keyboard.
    pub focus_name: bool,
}

impl Fields<'_> {
    /// Shows them.
    pub fn ui(&mut self, ui: &mut Ui) {
        let Some(schedule) = self.edits.schedule(self.draft).cloned() else { return };
        self.name(ui, &schedule);
        let ranges = Bands::of(&schedule.ranges).ranges();
        let Some(current) = self.current(&ranges) else { return };
        self.days(ui, current);
        self.ranges(ui, &ranges, current);
        self.whole(ui);
    }

    /// The range of the selected band, or the first.
    fn current(&self, ranges: &[DayRange]) -> Option<DayRange> {
        let selected = self.grid.selected().and_then(|band| {
            let is_it = |range: &&DayRange| {
                (range.from, range.to) == (band.from(), band.to())
                    && range.days.contains(band.weekday())
            };
            ranges.iter().find(is_it)
        });
        selected.or(ranges.first()).copied()
    }

    /// Selects the band of a range on a day, or its first.
    fn select(&mut self, range: DayRange, day: Option<Weekday>) {
        let bands = of_range(&range);
        let on_day = bands.iter().find(|band| Some(band.weekday()) == day);
        self.grid.select(on_day.or(bands.first()).copied());
    }

    fn name(&mut self, ui: &mut Ui, schedule: &Schedule) {
        caption(ui, words::NAME);
        let width = ui.available_width();
        let (response, ended) =
            self.edits.texts.ui(ui, FieldId::Name, &schedule.name, words::NAME, width);
        if std::mem::take(&mut self.focus_name) {
            response.request_focus();
        }
        if let Some(text) = ended {
            self.edits.take(self.draft, FieldId::Name, &text);
        }
        self.edits.texts.show_problem(ui, FieldId::Name);
    }

    fn days(&mut self, ui: &mut Ui, current: DayRange) {
        caption(ui, words::DAYS);
        let mut toggled = None;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.spacing_mut().button_padding = Vec2::new(2.0, 4.0);
            for day in WEEKDAYS {
                let on = current.days.contains(day);
                let ink = if on { theme::on_accent() } else { theme::text_soft() };
                let fill = if on { self.colour } else { theme::field() };
                let text = RichText::new(words::letter(day)).font(theme::strong(theme::BODY));
                let button = Button::new(text.color(ink))
                    .selected(on)
                    .fill(fill)
                    .stroke(Stroke::NONE)
                    .min_size(Vec2::splat(DAY));
                let response = ui.add(button).accessible_name(week::full_day(day));
                if response.on_hover_text(week::full_day(day)).clicked() {
                    toggled = Some(day);
                }
            }
        });
        if let Some(day) = toggled {
            let before = self.grid.selected().map(|band| band.weekday());
            if let Some(new) = self.edits.toggle_day(self.draft, current, day) {
                self.select(new, before);
            }
        }
        problem(ui, self.edits, Place::Days);
    }

    fn ranges(&mut self, ui: &mut Ui, ranges: &[DayRange], current: DayRange) {
        caption(ui, words::TIME_RANGES);
        for (i, range) in ranges.iter().enumerate() {
            self.range(ui, *range, *range == current, i + 1 == ranges.len());
        }
        problem(ui, self.edits, Place::Ranges);
    }

    fn range(&mut self, ui: &mut Ui, range: DayRange, current: bool, last: bool) {
        let told = week::range(&range);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let from = (FieldId::From(range), range.from.to_string(), words::from_of(&told));
            self.time(ui, range, from);
            ui.label(soft("–"));
            let to = (FieldId::To(range), range.to.to_string(), words::to_of(&told));
            self.time(ui, range, to);
            let remove = words::remove(&told);
            if icon_button(ui, ICON_CLOSE, &remove, "", Look::Quiet).clicked() {
                let edit = Edit::Put { old: Some(range), new: None };
                self.edits.edit(self.draft, &edit, Place::Ranges);
            }
            if last {
                let add = icon_button(ui, ICON_ADD, words::ADD_RANGE, "", Look::Quiet);
                if add.clicked()
                    && let Some(new) = self.edits.add_range(self.draft, range)
                {
                    self.select(new, None);
                }
            }
            let ink = if current { theme::text() } else { theme::text_soft() };
            let days = RichText::new(week::days(range.days)).size(theme::CAPTION).color(ink);
            ui.add(Label::new(days).truncate());
        });
        for field in [FieldId::From(range), FieldId::To(range)] {
            self.edits.texts.show_problem(ui, field);
        }
    }

    fn time(&mut self, ui: &mut Ui, range: DayRange, (id, value, name): (FieldId, String, String)) {
        let (response, ended) = self.edits.texts.ui(ui, id, &value, &name, TIME);
        let day = self.grid.selected().map(|band| band.weekday());
        if response.gained_focus() {
            self.select(range, day);
        }
        if let Some(text) = ended
            && let Some(new) = self.edits.take(self.draft, id, &text)
        {
            self.select(new, day);
        }
    }

    fn whole(&mut self, ui: &mut Ui) {
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let text = (words::DUPLICATE, words::DUPLICATE_TIP);
            if labelled_button(ui, ICON_CONTENT_COPY, text.0, text.1, "").clicked() {
                self.edits.duplicate(self.draft);
                self.grid.select(None);
            }
            let text = (words::DELETE, words::DELETE_TIP);
            if labelled_button(ui, ICON_DELETE, text.0, text.1, "").clicked() {
                self.edits.delete(self.draft);
                self.grid.select(None);
            }
        });
        problem(ui, self.edits, Place::Whole);
    }
}

fn caption(ui: &mut Ui, text: &str) {
    ui.add_space(2.0);
    ui.label(soft(text).size(theme::CAPTION));
}

/// The sentence beside something, if there is one.
pub fn problem(ui: &mut Ui, edits: &Edits, place: Place) {
    if let Some(text) = edits.problem(place) {
        ui.label(RichText::new(text).color(theme::error()).size(theme::CAPTION));
    }
}
