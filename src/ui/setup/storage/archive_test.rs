//! The test of a place elsewhere: asks for it, and shows how it goes and what came of it.
//!
//! Must not do: reach the place; the engine does.

use std::sync::Arc;

use egui::{Color32, RichText, Ui};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_CHECK_CIRCLE, ICON_ERROR, ICON_HOURGLASS_EMPTY};

use crate::model::Password;
use crate::model::settings::ArchivePlace;
use crate::protocol::{Command, StorageOutcome, StoragePassed, StorageTest, StorageTestAnswer};
use crate::ui::desk::Stage;
use crate::ui::setup::entry::row;
use crate::ui::widgets::{fact, icon, soft, strong};
use crate::ui::words::archive as words;
use crate::ui::{format, theme};

/// A test that was asked for.
#[derive(Default)]
pub struct ArchiveTest {
    asked: Option<StorageTest>,
}

impl ArchiveTest {
    /// Shows the button, and the answer while it is about what is on the page.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        place: Option<ArchivePlace>,
        password: Option<Password>,
        is_whole: bool,
    ) {
        let Some(place) = place else { return };
        if self.asked.as_ref().is_some_and(|a| a.place != place || a.password != password) {
            self.asked = None;
        }
        let answer = self.answer(stage);
        row(ui, "", |ui| {
            let idle = self.asked.is_none() || answer.as_ref().is_some_and(|a| !is_running(a));
            let button = ui.add_enabled(idle && is_whole, egui::Button::new(words::TEST));
            if button.on_hover_text(words::TEST_TIP).clicked() {
                let test = StorageTest { id: stage.desk.next_id(), place, password };
                if stage.desk.send(Command::TestStorage(test.clone())) {
                    self.asked = Some(test);
                }
            }
        });
        if self.asked.is_some() {
            match answer {
                Some(answer) => {
                    ui.scope(|ui| shown(ui, &answer));
                }
                None => line(ui, ICON_HOURGLASS_EMPTY, theme::text_soft(), words::TESTING),
            }
        }
    }

    fn answer(&self, stage: &Stage<'_>) -> Option<Arc<StorageTestAnswer>> {
        let id = self.asked.as_ref()?.id;
        stage.shown.storage_test.get().filter(|answer| answer.id == id)
    }
}

fn is_running(answer: &StorageTestAnswer) -> bool {
    matches!(answer.outcome, StorageOutcome::Running(_))
}

fn shown(ui: &mut Ui, answer: &StorageTestAnswer) {
    ui.spacing_mut().item_spacing.y = 4.0;
    match &answer.outcome {
        StorageOutcome::Running(_) => {
            line(ui, ICON_HOURGLASS_EMPTY, theme::text_soft(), words::TESTING);
        }
        StorageOutcome::Passed(_) => line(ui, ICON_CHECK_CIRCLE, theme::live(), words::PASSED),
        StorageOutcome::Failed { .. } => line(ui, ICON_ERROR, theme::error(), words::FAILED),
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        for step in &answer.done {
            part(ui, ICON_CHECK_CIRCLE, theme::live(), words::done(*step));
        }
        match &answer.outcome {
            StorageOutcome::Running(step) => {
                part(ui, ICON_HOURGLASS_EMPTY, theme::text_soft(), words::doing(*step));
            }
            StorageOutcome::Failed { step: Some(step), .. } => {
                part(ui, ICON_ERROR, theme::error(), words::failed(*step));
            }
            StorageOutcome::Failed { step: None, .. } | StorageOutcome::Passed(_) => {}
        }
    });
    match &answer.outcome {
        StorageOutcome::Running(_) => {}
        StorageOutcome::Passed(passed) => facts(ui, passed),
        StorageOutcome::Failed { why, .. } => {
            ui.label(RichText::new(why).color(theme::error()));
        }
    }
}

fn facts(ui: &mut Ui, passed: &StoragePassed) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let free = match (passed.free, passed.total) {
        (Some(free), Some(total)) => {
            crate::ui::words::storage::free_of(&format::bytes(free), &format::bytes(total))
        }
        (Some(free), None) => format::bytes(free),
        (None, _) => words::NOT_TOLD.to_owned(),
    };
    fact(ui, words::FREE, free);
    let (written, read) =
        (format::byte_rate(passed.write_rate), format::byte_rate(passed.read_rate));
    fact(ui, words::SPEED, words::speed(&written, &read));
    fact(ui, words::PROTECTION, words::protection(passed.protection));
}

fn part(ui: &mut Ui, glyph: MaterialIcon, ink: Color32, text: &str) {
    ui.spacing_mut().item_spacing.x = 4.0;
    ui.label(icon(glyph, theme::BODY).color(ink));
    ui.label(soft(text));
    ui.add_space(6.0);
}

fn line(ui: &mut Ui, glyph: MaterialIcon, ink: Color32, text: &str) {
    ui.horizontal(|ui| {
        ui.label(icon(glyph, theme::ICON).color(ink));
        ui.label(strong(text));
    });
}
