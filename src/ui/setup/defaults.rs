//! The card of what holds for all cameras that do not set it for themselves.
//!
//! Must not do: put anything in force; the page saves.

use egui::Ui;

use super::draft::Draft;
use super::entry::{Entry, Face, choice_row, row};
use crate::model::StreamKind;
use crate::model::settings::recording::{
    ManualMinutes, MinSize, PostSeconds, PreSeconds, Sensitivity,
};
use crate::ui::widgets::{card, named_menu, segmented, soft};
use crate::ui::words::{common, defaults as words};

/// Width of a number and its unit, in points.
const NUMBER: f32 = 72.0;

/// The card.
#[derive(Default)]
pub struct DefaultsCard {
    pre: Entry,
    post: Entry,
    manual: Entry,
    sensitivity: Entry,
    min_size: Entry,
}

impl DefaultsCard {
    /// Forgets what is typed and not valid.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Whether something is typed that cannot be.
    pub fn is_wrong(&self) -> bool {
        let all = [&self.pre, &self.post, &self.manual, &self.sensitivity, &self.min_size];
        all.iter().any(|entry| entry.error().is_some())
    }

    /// Shows the card.
    pub fn ui(&mut self, ui: &mut Ui, draft: &mut Draft) {
        card(ui, words::TITLE, |ui| {
            ui.label(soft(words::EXPLAINED));
            ui.columns(2, |columns| {
                columns.iter_mut().for_each(|ui| ui.spacing_mut().item_spacing.y = 10.0);
                stream(&mut columns[0], draft);
                schedule(&mut columns[0], draft);
                self.manual(&mut columns[0], draft);
                self.buffers(&mut columns[1], draft);
                self.motion(&mut columns[1], draft);
            });
        });
    }

    fn manual(&mut self, ui: &mut Ui, draft: &mut Draft) {
        let face = face(words::MANUAL, words::MINUTES, words::MANUAL_TIP);
        let now = draft.get().recording.manual_minutes.0;
        if let Some(new) = self.manual.number(ui, face, "", now, 1..=1_440) {
            draft.edit(|settings| settings.recording.manual_minutes = ManualMinutes(new));
        }
    }

    fn buffers(&mut self, ui: &mut Ui, draft: &mut Draft) {
        let pre = face(words::PRE, words::SECONDS, words::PRE_TIP);
        let now = draft.get().recording.pre_seconds.0;
        if let Some(new) = self.pre.number(ui, pre, "", now, 0..=60) {
            draft.edit(|settings| settings.recording.pre_seconds = PreSeconds(new));
        }
        let post = face(words::POST, words::SECONDS, words::POST_TIP);
        let now = draft.get().recording.post_seconds.0;
        if let Some(new) = self.post.number(ui, post, "", now, 0..=600) {
            draft.edit(|settings| settings.recording.post_seconds = PostSeconds(new));
        }
    }

    fn motion(&mut self, ui: &mut Ui, draft: &mut Draft) {
        let sensitivity = face(words::SENSITIVITY, "", words::SENSITIVITY_TIP);
        let now = draft.get().recording.sensitivity.0;
        if let Some(new) = self.sensitivity.number(ui, sensitivity, "", now, 1..=100) {
            draft.edit(|settings| settings.recording.sensitivity = Sensitivity(new));
        }
        let min_size = face(words::MIN_SIZE, words::THOUSANDTHS, words::MIN_SIZE_TIP);
        let now = draft.get().recording.min_size.0;
        if let Some(new) = self.min_size.number(ui, min_size, "", now, 1..=500) {
            draft.edit(|settings| settings.recording.min_size = MinSize(new));
        }
    }
}

const fn face(name: &'static str, unit: &'static str, tip: &'static str) -> Face<'static> {
    Face { name, unit, tip, width: NUMBER }
}

fn stream(ui: &mut Ui, draft: &mut Draft) {
    choice_row(ui, words::STREAM, |ui| {
        let options = [
            (common::MAIN, common::MAIN_TIP.to_owned()),
            (common::SUB, common::SUB_TIP.to_owned()),
        ];
        let chosen = usize::from(draft.get().recording.stream == StreamKind::Sub);
        if let Some(i) = segmented(ui, words::STREAM, &options, Some(chosen)) {
            let kind = if i == 1 { StreamKind::Sub } else { StreamKind::Main };
            draft.edit(|settings| settings.recording.stream = kind);
        }
    });
}

fn schedule(ui: &mut Ui, draft: &mut Draft) {
    row(ui, words::SCHEDULE, |ui| {
        let chosen = draft.get().recording.schedule.clone();
        let names: Vec<String> = draft.get().schedules.iter().map(|s| s.name.clone()).collect();
        let shown = chosen.clone().unwrap_or_else(|| words::NO_SCHEDULE.to_owned());
        let salt = "default-schedule";
        let menu = named_menu(ui, salt, words::SCHEDULE, &shown, 180.0, |ui| {
            for name in std::iter::once(None).chain(names.into_iter().map(Some)) {
                let text = name.clone().unwrap_or_else(|| words::NO_SCHEDULE.to_owned());
                if ui.selectable_label(name == chosen, text).clicked() {
                    draft.edit(|settings| settings.recording.schedule = name);
                }
            }
        });
        menu.on_hover_text(words::SCHEDULE_TIP);
    });
}
