//! The card of the kiosk.
//!
//! Must not do: put anything in force; the page saves.

use egui::Ui;

use crate::model::settings::KioskPage;
use crate::model::settings::console::{Monitor, RotateSeconds};
use crate::ui::desk::Stage;
use crate::ui::setup::draft::Draft;
use crate::ui::setup::entry::{Entry, Face, choice_row, row};
use crate::ui::widgets::{card, segmented, soft, switch};
use crate::ui::words::system as words;

/// Width of a number and its unit, in points.
const NUMBER: f32 = 84.0;

/// What is typed.
#[derive(Default)]
pub struct KioskCard {
    monitor: Entry,
    rotate: Entry,
}

impl KioskCard {
    /// Forgets what is typed and not valid.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Whether something is typed that cannot be.
    pub fn is_wrong(&self) -> bool {
        [&self.monitor, &self.rotate].iter().any(|entry| entry.error().is_some())
    }

    /// Shows the card; true when the PIN is to be set or changed.
    pub fn ui(&mut self, ui: &mut Ui, stage: &Stage<'_>, draft: &mut Draft) -> bool {
        let mut wanted = false;
        card(ui, words::KIOSK, |ui| {
            ui.spacing_mut().item_spacing.y = 10.0;
            row(ui, words::KIOSK_START, |ui| {
                let mut on = draft.get().kiosk.start;
                if switch(ui, words::KIOSK_START, &mut on).changed() {
                    draft.edit(|settings| settings.kiosk.start = on);
                }
                ui.label(soft(if on { words::KIOSK_ON } else { words::KIOSK_OFF }));
            });
            page(ui, draft);
            self.numbers(ui, draft);
            row(ui, words::PIN, |ui| wanted = pin(ui, stage));
        });
        wanted
    }

    fn numbers(&mut self, ui: &mut Ui, draft: &mut Draft) {
        let face = |name, unit, tip| Face { name, unit, tip, width: NUMBER };
        let monitor = face(words::MONITOR, "", words::MONITOR_TIP);
        let now = draft.get().kiosk.monitor.0;
        if let Some(new) = self.monitor.number(ui, monitor, words::MONITOR_HINT, now, 0..=16) {
            draft.edit(|settings| settings.kiosk.monitor = Monitor(new));
        }
        let rotate = face(words::ROTATE, words::SECONDS, words::ROTATE_TIP);
        let now = draft.get().kiosk.rotate_seconds.0;
        if let Some(new) = self.rotate.number(ui, rotate, words::ROTATE_HINT, now, 0..=3_600) {
            draft.edit(|settings| settings.kiosk.rotate_seconds = RotateSeconds(new));
        }
    }
}

fn pin(ui: &mut Ui, stage: &Stage<'_>) -> bool {
    let is_set = stage.snapshot.pin_is_set;
    let name = if is_set { words::PIN_CHANGE } else { words::PIN_SET };
    let wanted = ui.button(name).on_hover_text(words::PIN_TIP).clicked();
    ui.label(soft(if is_set { words::PIN_IS_SET } else { words::PIN_IS_NOT_SET }));
    wanted
}

fn page(ui: &mut Ui, draft: &mut Draft) {
    choice_row(ui, words::KIOSK_PAGE, |ui| {
        let options = [
            (words::KIOSK_LIVE, words::KIOSK_LIVE_TIP.to_owned()),
            (words::KIOSK_PLAYBACK, words::KIOSK_PLAYBACK_TIP.to_owned()),
        ];
        let chosen = usize::from(draft.get().kiosk.page == KioskPage::Playback);
        if let Some(place) = segmented(ui, words::KIOSK_PAGE, &options, Some(chosen)) {
            let page = if place == 1 { KioskPage::Playback } else { KioskPage::Live };
            draft.edit(|settings| settings.kiosk.page = page);
        }
    });
}
