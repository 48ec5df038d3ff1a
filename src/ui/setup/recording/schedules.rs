//! The card of the schedules: the list, the fields, the weekly grid, the exceptions.
//!
//! Must not do: save; the page does.

use chrono::{Datelike, NaiveDate, Timelike};
use egui::{Align, Key, Layout, Modifiers, Ui, Vec2};
use egui_material_icons::icons::{ICON_ADD, ICON_REDO, ICON_UNDO};

use super::edits::{Edits, Place};
use super::exception_sheet::{Done, ExceptionSheet};
use super::fields::{Fields, problem};
use super::foot::{self, Clocks};
use super::{cameras, exceptions, list};
use crate::model::Settings;
use crate::model::schedule::Schedule;
use crate::ui::desk::Stage;
use crate::ui::setup::draft::Draft;
use crate::ui::week::{Bands, Edit, Grid, HEAD, Lane, ROW, Sheet, Wish, users};
use crate::ui::widgets::{Look, icon_button, labelled_button, segmented, soft, strong};
use crate::ui::words::schedules as words;
use crate::ui::words::week as week_words;
use crate::ui::{keys, theme};

/// Between the columns.
const GAP: f32 = 24.0;

/// The card and what is done on it.
#[derive(Default)]
pub struct SchedulesCard {
    edits: Edits,
    grid: Grid,
    by_camera: bool,
    camera: usize,
    sheet: Option<ExceptionSheet>,
    clocks: Clocks,
    /// A schedule was added; its name comes next.
    focus_name: bool,
}

impl SchedulesCard {
    /// Whether a sheet is open.
    pub const fn is_open(&self) -> bool {
        self.sheet.is_some()
    }

    /// Whether a field holds what is not taken yet.
    pub const fn is_writing(&self) -> bool {
        !self.edits.texts.is_empty()
    }

    /// Takes what the draft holds now.
    pub fn follow(&mut self, draft: &Draft) {
        if self.edits.follow(draft) {
            self.grid = Grid::default();
        }
        self.camera = self.camera.min(draft.get().cameras.len().saturating_sub(1));
    }

    /// The page went back to what is in force.
    pub fn discard(&mut self) {
        self.edits.forget();
        self.grid = Grid::default();
    }

    /// Takes what is being written, so far as it means something.
    pub fn take_texts(&mut self, draft: &mut Draft) {
        for (field, text) in self.edits.texts.all() {
            self.edits.take(draft, field, &text);
        }
    }

    /// Shows the card.
    pub fn ui(&mut self, ui: &mut Ui, draft: &mut Draft, stage: &Stage<'_>) {
        self.head(ui, draft);
        self.keys(ui, draft);
        ui.add_space(4.0);
        if draft.get().schedules.is_empty() && !self.by_camera {
            ui.label(soft(words::NONE_YET));
            return;
        }
        let width = ui.available_width();
        let left = (width * 0.22).clamp(256.0, 330.0);
        let right = (width * 0.11).clamp(132.0, 170.0);
        let middle = width - left - right - 2.0 * GAP;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            column(ui, left, |ui| self.left(ui, draft));
            column(ui, middle, |ui| self.middle(ui, draft, stage));
            column(ui, right, |ui| self.right(ui, draft, stage));
        });
    }

    fn head(&mut self, ui: &mut Ui, draft: &mut Draft) {
        ui.horizontal(|ui| {
            ui.label(strong(words::TITLE));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if labelled_button(ui, ICON_ADD, words::ADD, words::ADD_TIP, "").clicked() {
                    self.edits.add(draft);
                    self.grid.select(None);
                    self.by_camera = false;
                    self.focus_name = true;
                }
                let (can_undo, can_redo) = self.edits.ways();
                ui.add_enabled_ui(can_redo, |ui| {
                    let redo = icon_button(ui, ICON_REDO, words::REDO, "Ctrl+Y", Look::Quiet);
                    if redo.clicked() {
                        self.edits.redo(draft);
                    }
                });
                ui.add_enabled_ui(can_undo, |ui| {
                    let undo = icon_button(ui, ICON_UNDO, words::UNDO, "Ctrl+Z", Look::Quiet);
                    if undo.clicked() {
                        self.edits.undo(draft);
                    }
                });
                let options = [
                    (words::BY_SCHEDULE, words::BY_SCHEDULE_TIP.to_owned()),
                    (words::BY_CAMERA, words::BY_CAMERA_TIP.to_owned()),
                ];
                let on = Some(usize::from(self.by_camera));
                if let Some(choice) = segmented(ui, words::SHOW, &options, on) {
                    self.by_camera = choice == 1;
                }
            });
        });
    }

    fn keys(&mut self, ui: &Ui, draft: &mut Draft) {
        if !keys::free(ui) || self.grid.is_dragging() || self.is_open() {
            return;
        }
        let redo = keys::take_with(ui, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z)
            || keys::take_with(ui, Modifiers::COMMAND, Key::Y);
        if redo {
            self.edits.redo(draft);
        } else if keys::take_with(ui, Modifiers::COMMAND, Key::Z) {
            self.edits.undo(draft);
        }
    }

    fn left(&mut self, ui: &mut Ui, draft: &mut Draft) {
        ui.spacing_mut().item_spacing = Vec2::new(8.0, 6.0);
        if self.by_camera {
            let height = HEAD + 7.0 * ROW;
            match cameras::ui(ui, draft.get(), self.camera, height) {
                Some(cameras::Wish::Choose(camera)) => self.camera = camera,
                Some(cameras::Wish::Open(schedule)) => self.open(schedule),
                None => {}
            }
            return;
        }
        self.list(ui, draft.get());
        ui.separator();
        let colour = theme::schedule(self.edits.chosen());
        let focus_name = std::mem::take(&mut self.focus_name);
        let (edits, grid) = (&mut self.edits, &mut self.grid);
        Fields { edits, grid, draft, colour, focus_name }.ui(ui);
    }

    fn list(&mut self, ui: &mut Ui, settings: &Settings) {
        for (place, schedule) in settings.schedules.iter().enumerate() {
            let times = week_words::ranges(&Bands::of(&schedule.ranges).ranges());
            let cameras = words::cameras(users(settings, &schedule.name).len());
            let row = list::Row {
                colour: theme::schedule(place),
                name: &schedule.name,
                text: &times,
                aside: &cameras,
                chosen: place == self.edits.chosen(),
            };
            let label = words::row(&schedule.name, &times, &cameras);
            if list::row(ui, &row, &label).on_hover_text(&times).clicked() {
                self.open(place);
            }
        }
    }

    fn open(&mut self, schedule: usize) {
        self.by_camera = false;
        if schedule != self.edits.chosen() {
            self.edits.choose(schedule);
            self.grid.select(None);
        }
    }

    fn middle(&mut self, ui: &mut Ui, draft: &mut Draft, stage: &Stage<'_>) {
        if self.by_camera {
            self.camera_week(ui, draft, stage);
        } else {
            self.schedule_week(ui, draft, stage);
        }
        ui.add_space(4.0);
        self.clocks.ui(ui, stage);
        let settings = draft.get();
        if self.by_camera {
            if let Some(camera) = settings.cameras.get(self.camera) {
                foot::camera(ui, stage, settings, camera);
            }
        } else {
            foot::schedule(ui, stage, settings, self.edits.chosen());
        }
    }

    fn camera_week(&mut self, ui: &mut Ui, draft: &Draft, stage: &Stage<'_>) {
        let settings = draft.get();
        let Some(camera) = settings.cameras.get(self.camera) else { return };
        let (lanes, leads) = cameras::lanes(settings, camera);
        let name = words::week_of(&camera.name);
        let sheet = Sheet { name: &name, lanes: &lanes, edited: None, now: present(stage) };
        if let Some(Wish::Choose(lane)) = self.grid.ui(ui, &sheet)
            && let Some(Some(schedule)) = leads.get(lane)
        {
            self.open(*schedule);
        }
    }

    fn schedule_week(&mut self, ui: &mut Ui, draft: &mut Draft, stage: &Stage<'_>) {
        let lanes: Vec<Lane> = draft.get().schedules.iter().enumerate().map(lane).collect();
        let Some(schedule) = self.edits.schedule(draft) else { return };
        let edited = Some((self.edits.chosen(), schedule));
        let sheet = Sheet { name: &schedule.name, lanes: &lanes, edited, now: present(stage) };
        match self.grid.ui(ui, &sheet) {
            Some(Wish::Edit(edit)) => self.edit(draft, &edit),
            Some(Wish::Choose(schedule)) => self.open(schedule),
            Some(Wish::Refused(refusal)) => self.edits.refuse(Place::Grid, refusal.to_string()),
            Some(Wish::NoTimes) => self.edits.refuse(Place::Grid, week_words::NO_TIMES),
            None => {}
        }
        problem(ui, &self.edits, Place::Grid);
    }

    fn edit(&mut self, draft: &mut Draft, edit: &Edit) {
        if self.edits.edit(draft, edit, Place::Grid) {
            self.grid.follow(edit.target());
        }
    }

    fn right(&mut self, ui: &mut Ui, draft: &mut Draft, stage: &Stage<'_>) {
        let settings = draft.get();
        if self.by_camera {
            let camera = settings.cameras.get(self.camera);
            let schedule = camera.and_then(|camera| cameras::schedule_of(settings, camera));
            if let Some(schedule) = schedule {
                exceptions::ui(ui, &settings.schedules[schedule], stage, false);
            }
            return;
        }
        let Some(schedule) = self.edits.schedule(draft) else { return };
        match exceptions::ui(ui, schedule, stage, true) {
            Some(exceptions::Wish::Add) => self.sheet = Some(ExceptionSheet::empty()),
            Some(exceptions::Wish::Open(exception)) => {
                self.sheet = Some(ExceptionSheet::of(&exception, stage.zone.dates()));
            }
            Some(exceptions::Wish::Remove(date)) => self.edits.remove_exception(draft, date),
            None => {}
        }
    }

    /// Shows the sheet of an exception while it is open.
    pub fn sheet(&mut self, ui: &Ui, draft: &mut Draft, stage: &Stage<'_>) {
        let Some(sheet) = &mut self.sheet else { return };
        let (today, dates) = (stage.zone.day(stage.now), stage.zone.dates());
        let chosen = self.edits.chosen();
        let others = draft.get().schedules.iter().enumerate().filter(|(place, _)| *place != chosen);
        let others: Vec<&str> = others.map(|(_, schedule)| schedule.name.as_str()).collect();
        match sheet.ui(ui, &others, today, dates) {
            Some(Done::Closed) => self.sheet = None,
            Some(Done::Wanted(old, exception)) => {
                match self.edits.put_exception(draft, old, exception, (today, dates)) {
                    Ok(()) => self.sheet = None,
                    Err(why) => sheet.refuse(why),
                }
            }
            None => {}
        }
    }
}

fn column<R>(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui) -> R) -> R {
    let layout = Layout::top_down(Align::Min);
    let column = ui.allocate_ui_with_layout(Vec2::new(width, 0.0), layout, |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing = Vec2::new(8.0, 8.0);
        content(ui)
    });
    column.inner
}

fn lane((place, schedule): (usize, &Schedule)) -> Lane {
    Lane {
        name: schedule.name.clone(),
        colour: theme::schedule(place),
        bands: Bands::of(&schedule.ranges),
    }
}

/// Row and minute of the present moment.
fn present(stage: &Stage<'_>) -> (usize, u16) {
    let local = stage.zone.local(stage.now);
    let date: NaiveDate = local.date_naive();
    let day = date.weekday().num_days_from_monday();
    let minute = local.hour() * 60 + local.minute();
    (usize::try_from(day).unwrap_or(0), u16::try_from(minute).unwrap_or(0))
}
