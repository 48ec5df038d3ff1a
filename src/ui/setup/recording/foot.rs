//! Under the grid: what clocks do, what happens now, and what a week comes to.
//!
//! Must not do: look at recordings; the snapshot says what happens.

use chrono::NaiveDate;
use egui::text::LayoutJob;
use egui::{Label, TextFormat, Ui};

use crate::model::settings::CameraSettings;
use crate::model::{CameraId, Settings};
use crate::ui::clock_changes::{ClockChange, clock_changes};
use crate::ui::desk::Stage;
use crate::ui::theme;
use crate::ui::week::{self, Bands};
use crate::ui::widgets::{soft, strong};
use crate::ui::words::schedules as words;

use super::cameras;

/// So far ahead changes of clocks are told, in days.
const AHEAD: u16 = 365;

/// The next changes of clocks; they are looked for once a day.
#[derive(Default)]
pub struct Clocks {
    known: Option<(&'static str, NaiveDate, Vec<ClockChange>)>,
}

impl Clocks {
    /// Shows them.
    pub fn ui(&mut self, ui: &mut Ui, stage: &Stage<'_>) {
        let key = (stage.zone.name(), stage.zone.day(stage.now));
        let is_known = self.known.as_ref().is_some_and(|(zone, day, _)| (*zone, *day) == key);
        if !is_known {
            let changes = clock_changes(stage.zone, stage.now, AHEAD);
            self.known = Some((key.0, key.1, changes));
        }
        if let Some((zone, _, changes)) = &self.known {
            let text = soft(words::clocks(zone, changes, stage.zone.dates())).size(theme::CAPTION);
            ui.add(Label::new(text).wrap());
        }
    }
}

/// What a schedule comes to.
pub fn schedule(ui: &mut Ui, stage: &Stage<'_>, settings: &Settings, place: usize) {
    let Some(schedule) = settings.schedules.get(place) else { return };
    let users = week::users(settings, &schedule.name);
    let (bytes, at_most) =
        week::bytes_a_week(settings, &schedule.name, |camera| bit_rate(stage, camera));
    let minutes = Bands::of(&schedule.ranges).minutes();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        match users.first() {
            Some(camera) => now(ui, stage, &camera.id),
            None => {
                ui.label(soft(words::UNUSED));
            }
        }
        amounts(ui, minutes, bytes, at_most);
    });
}

/// What the rules of a camera come to.
pub fn camera(ui: &mut Ui, stage: &Stage<'_>, settings: &Settings, camera: &CameraSettings) {
    let minutes = cameras::minutes(settings, camera);
    let bytes = bit_rate(stage, camera).saturating_mul(u64::from(minutes) * 60) / 8;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        now(ui, stage, &camera.id);
        if minutes == 0 {
            ui.label(soft(words::BY_HAND));
        } else {
            amounts(ui, minutes, bytes, camera.recording.needs_motion());
        }
    });
    let schedule = cameras::schedule_of(settings, camera).map(|place| &settings.schedules[place]);
    if schedule.is_some_and(|schedule| !schedule.exceptions.is_empty()) {
        ui.label(soft(words::ORDINARY_WEEK).size(theme::CAPTION));
    }
}

fn now(ui: &mut Ui, stage: &Stage<'_>, camera: &CameraId) {
    if let Some(status) = stage.camera(camera) {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.label(strong(&status.name));
        ui.label(soft(&status.sentence));
        ui.add_space(14.0);
    }
}

fn amounts(ui: &mut Ui, minutes: u32, bytes: u64, at_most: bool) {
    amount(ui, "", &words::hours(minutes), words::A_WEEK_COVERED);
    if bytes > 0 {
        ui.add_space(14.0);
        let (before, size, after) = words::bytes_a_week(bytes, at_most);
        amount(ui, before, &size, after);
    }
}

/// An amount with what belongs to it, in one piece.
fn amount(ui: &mut Ui, before: &str, amount: &str, after: &str) {
    let mut job = LayoutJob::default();
    let format = |font, color| TextFormat { font_id: font, color, ..TextFormat::default() };
    let soft = format(theme::font(theme::BODY), theme::text_soft());
    if !before.is_empty() {
        job.append(&format!("{before} "), 0.0, soft.clone());
    }
    job.append(amount, 0.0, format(theme::strong(theme::BODY), theme::text()));
    job.append(&format!(" {after}"), 0.0, soft);
    ui.add(Label::new(job).extend());
}

fn bit_rate(stage: &Stage<'_>, camera: &CameraSettings) -> u64 {
    stage.camera(&camera.id).map_or(0, |status| status.bit_rate)
}
