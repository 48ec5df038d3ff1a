//! The card of what holds for all cameras that do not set it for themselves.
//!
//! Must not do: put anything in force; the page saves.

use egui::{ComboBox, Ui};

use super::draft::Draft;
use super::entry::{Entry, Face, row, whole, wrong};
use crate::model::StreamKind;
use crate::model::settings::recording::{
    ManualMinutes, MinSize, PostSeconds, PreSeconds, Sensitivity,
};
use crate::ui::widgets::{card, segmented, soft};
use crate::ui::words::defaults as words;

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
        let value = draft.get().recording.manual_minutes.0.to_string();
        let face = face(words::MANUAL, words::MINUTES, words::MANUAL_TIP);
        row(ui, words::MANUAL, |ui| {
            if let Some(new) = self.manual.ui(ui, face, &value, |text| whole(text, 1, 1_440)) {
                self.manual.settle(new.to_string());
                draft.edit(|settings| settings.recording.manual_minutes = ManualMinutes(new));
            }
        });
        wrong(ui, &self.manual);
    }

    fn buffers(&mut self, ui: &mut Ui, draft: &mut Draft) {
        let recording = draft.get().recording.clone();
        let pre = face(words::PRE, words::SECONDS, words::PRE_TIP);
        row(ui, words::PRE, |ui| {
            let value = recording.pre_seconds.0.to_string();
            if let Some(new) = self.pre.ui(ui, pre, &value, |text| whole(text, 0, 60)) {
                self.pre.settle(new.to_string());
                draft.edit(|settings| settings.recording.pre_seconds = PreSeconds(new));
            }
        });
        wrong(ui, &self.pre);
        let post = face(words::POST, words::SECONDS, words::POST_TIP);
        row(ui, words::POST, |ui| {
            let value = recording.post_seconds.0.to_string();
            if let Some(new) = self.post.ui(ui, post, &value, |text| whole(text, 0, 600)) {
                self.post.settle(new.to_string());
                draft.edit(|settings| settings.recording.post_seconds = PostSeconds(new));
            }
        });
        wrong(ui, &self.post);
    }

    fn motion(&mut self, ui: &mut Ui, draft: &mut Draft) {
        let recording = draft.get().recording.clone();
        let sensitivity = face(words::SENSITIVITY, "", words::SENSITIVITY_TIP);
        row(ui, words::SENSITIVITY, |ui| {
            let value = recording.sensitivity.0.to_string();
            let parse = |text: &str| whole(text, 1, 100);
            if let Some(new) = self.sensitivity.ui(ui, sensitivity, &value, parse) {
                self.sensitivity.settle(new.to_string());
                draft.edit(|settings| settings.recording.sensitivity = Sensitivity(new));
            }
        });
        wrong(ui, &self.sensitivity);
        let min_size = face(words::MIN_SIZE, words::THOUSANDTHS, words::MIN_SIZE_TIP);
        row(ui, words::MIN_SIZE, |ui| {
            let value = recording.min_size.0.to_string();
            if let Some(new) = self.min_size.ui(ui, min_size, &value, |text| whole(text, 1, 500)) {
                self.min_size.settle(new.to_string());
                draft.edit(|settings| settings.recording.min_size = MinSize(new));
            }
        });
        wrong(ui, &self.min_size);
    }
}

const fn face(name: &'static str, unit: &'static str, tip: &'static str) -> Face<'static> {
    Face { name, unit, tip, width: NUMBER }
}

fn stream(ui: &mut Ui, draft: &mut Draft) {
    row(ui, words::STREAM, |ui| {
        let options =
            [(words::MAIN, words::MAIN_TIP.to_owned()), (words::SUB, words::SUB_TIP.to_owned())];
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
        let menu = ComboBox::from_id_salt("default schedule").selected_text(&shown).width(180.0);
        let menu = menu.show_ui(ui, |ui| {
            let none = std::iter::once(None).chain(names.into_iter().map(Some));
            for name in none {
                let text = name.clone().unwrap_or_else(|| words::NO_SCHEDULE.to_owned());
                if ui.selectable_label(name == chosen, text).clicked() {
                    draft.edit(|settings| settings.recording.schedule = name);
                }
            }
        });
        menu.response.widget_info(|| {
            let mut info = egui::WidgetInfo::labeled(egui::Role::ComboBox, true, words::SCHEDULE);
            info.current_text_value = Some(shown.clone());
            info
        });
        menu.response.on_hover_text(words::SCHEDULE_TIP);
    });
}
