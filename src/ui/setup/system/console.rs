//! The cards of how the console looks and what it tells.
//!
//! Must not do: put anything in force; the page saves.

use egui::Ui;

use crate::model::settings::console::{OfflineSeconds, ScalePercent};
use crate::model::settings::{DateStyle, ThemeChoice};
use crate::ui::desk::Stage;
use crate::ui::setup::draft::Draft;
use crate::ui::setup::entry::{Entry, Face, choice_row, row};
use crate::ui::widgets::{card, named_menu, segmented, soft, switch};
use crate::ui::words::system as words;

/// Width of a number and its unit, in points.
const NUMBER: f32 = 84.0;

/// What is typed.
#[derive(Default)]
pub struct ConsoleCards {
    scale: Entry,
    offline: Entry,
}

impl ConsoleCards {
    /// Forgets what is typed and not valid.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Whether something is typed that cannot be.
    pub fn is_wrong(&self) -> bool {
        [&self.scale, &self.offline].iter().any(|entry| entry.error().is_some())
    }

    /// How it looks.
    pub fn look(&mut self, ui: &mut Ui, stage: &Stage<'_>, draft: &mut Draft) {
        card(ui, words::LOOK, |ui| {
            ui.spacing_mut().item_spacing.y = 10.0;
            theme(ui, draft);
            let face = Face { name: words::SCALE, unit: "%", tip: words::SCALE_TIP, width: NUMBER };
            let now = draft.get().console.scale_percent.0;
            if let Some(new) = self.scale.number(ui, face, "", now, 100..=300) {
                draft.edit(|settings| settings.console.scale_percent = ScalePercent(new));
            }
            dates(ui, stage, draft);
        });
    }

    /// What it tells.
    pub fn notices(&mut self, ui: &mut Ui, draft: &mut Draft) {
        card(ui, words::NOTICES, |ui| {
            ui.spacing_mut().item_spacing.y = 10.0;
            let (name, unit, tip) = (words::OFFLINE, words::SECONDS, words::OFFLINE_TIP);
            let face = Face { name, unit, tip, width: NUMBER };
            let now = draft.get().console.offline_seconds.0;
            if let Some(new) = self.offline.number(ui, face, "", now, 1..=86_400) {
                draft.edit(|settings| settings.console.offline_seconds = OfflineSeconds(new));
            }
            let mut on = draft.get().console.desktop_notices;
            row(ui, words::DESKTOP, |ui| {
                if switch(ui, words::DESKTOP, &mut on).changed() {
                    draft.edit(|settings| settings.console.desktop_notices = on);
                }
                ui.label(soft(if on { words::DESKTOP_ON } else { words::DESKTOP_OFF }));
            });
            row(ui, words::SOUND, |ui| {
                let mut sound = draft.get().console.sound;
                let changed = ui.add_enabled_ui(on, |ui| switch(ui, words::SOUND, &mut sound));
                if changed.inner.changed() {
                    draft.edit(|settings| settings.console.sound = sound);
                }
                ui.label(soft(match (on, sound) {
                    (false, _) => words::SOUND_NEEDS,
                    (true, true) => words::SOUND_ON,
                    (true, false) => words::SOUND_OFF,
                }));
            });
        });
    }
}

fn theme(ui: &mut Ui, draft: &mut Draft) {
    choice_row(ui, words::THEME, |ui| {
        const CHOICES: [ThemeChoice; 3] =
            [ThemeChoice::Dark, ThemeChoice::Light, ThemeChoice::System];
        let options = [
            (words::DARK, words::DARK_TIP.to_owned()),
            (words::LIGHT, words::LIGHT_TIP.to_owned()),
            (words::SYSTEM, words::SYSTEM_TIP.to_owned()),
        ];
        let chosen = CHOICES.iter().position(|choice| *choice == draft.get().console.theme);
        let clicked = segmented(ui, words::THEME, &options, chosen);
        if let Some(choice) = clicked.and_then(|place| CHOICES.get(place)) {
            draft.edit(|settings| settings.console.theme = *choice);
        }
    });
}

/// Each style by the date of today.
fn dates(ui: &mut Ui, stage: &Stage<'_>, draft: &mut Draft) {
    row(ui, words::DATES, |ui| {
        let (chosen, today) = (draft.get().console.dates, stage.zone.day(stage.now));
        let shown = chosen.long(today);
        let menu = named_menu(ui, "dates", words::DATES, &shown, 180.0, |ui| {
            for style in DateStyle::ALL {
                let text = words::date(style, &style.long(today));
                if ui.selectable_label(style == chosen, text).clicked() {
                    draft.edit(|settings| settings.console.dates = style);
                }
            }
        });
        menu.on_hover_text(words::DATES_TIP);
    });
}
