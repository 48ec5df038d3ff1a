//! Setup, Recording: when cameras are recorded, and what storage holds.
//!
//! Must not do: put anything in force before Save.

mod cameras;
mod edits;
mod exception_sheet;
mod exceptions;
mod fields;
mod foot;
mod list;
mod modes;
mod schedules;
mod texts;

use egui::{Key, Modifiers, Ui};

use self::schedules::SchedulesCard;
use super::defaults::DefaultsCard;
use super::draft::Draft;
use super::loss::LossGuard;
use super::saving::{Press, State, refusal, save_bar};
use super::storage::StorageCard;
use crate::ui::app::Go;
use crate::ui::desk::Stage;
use crate::ui::keys;
use crate::ui::widgets::{card, title_bar};
use crate::ui::words::{common, recording as words};

/// The page and what is edited on it.
#[derive(Default)]
pub struct RecordingPage {
    draft: Draft,
    schedules: SchedulesCard,
    storage: StorageCard,
    defaults: DefaultsCard,
    guard: LossGuard,
    /// The question about footage that a change deletes is open.
    asking: bool,
    /// Save was refused because of a field.
    told: bool,
}

impl RecordingPage {
    /// Whether a sheet is open.
    pub const fn is_open(&self) -> bool {
        self.schedules.is_open() || self.asking
    }

    /// Shows the page.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Go> {
        self.draft.follow(stage);
        self.schedules.follow(&self.draft);
        let mut press = self.bar(ui);
        if keys::take_with(ui, Modifiers::COMMAND, Key::S) && !self.is_open() {
            press = Some(Press::Save);
        }
        let mut go = None;
        super::content(ui, |ui| {
            self.sentence(ui);
            card(ui, "", |ui| self.schedules.ui(ui, &mut self.draft, stage));
            ui.add_space(4.0);
            self.storage.ui(ui, stage, &mut self.draft, &self.guard);
            ui.add_space(4.0);
            self.defaults.ui(ui, &mut self.draft);
            ui.add_space(4.0);
            go = modes::ui(ui, stage);
        });
        self.schedules.sheet(ui, &mut self.draft, stage);
        match press {
            Some(Press::Save) => self.save(),
            Some(Press::Discard) => self.discard(),
            None => {}
        }
        self.asking = self.guard.ui(ui, stage, &mut self.draft);
        go
    }

    fn discard(&mut self) {
        self.draft.discard();
        self.schedules.discard();
        self.storage.reset();
        self.defaults.reset();
        self.guard = LossGuard::default();
        self.told = false;
    }

    /// Whether a field holds what is not taken.
    fn is_wrong(&self) -> bool {
        self.schedules.is_writing() || self.storage.is_wrong() || self.defaults.is_wrong()
    }

    fn bar(&self, ui: &mut Ui) -> Option<Press> {
        let changed = self.draft.is_changed() || self.is_wrong();
        let state = State::of(self.guard.is_saving(), self.draft.is_waiting());
        title_bar(ui, words::TITLE, |ui| save_bar(ui, changed, state))
    }

    /// Why nothing was saved.
    fn sentence(&self, ui: &mut Ui) {
        let refused = self.draft.refused().map(words::not_saved);
        let problem = self.draft.problem().map(|(_, why)| words::not_saved(&why));
        let told = self.told && self.is_wrong();
        let marked = told.then(|| common::MEND_FIRST.to_owned());
        let Some(text) = refused.or(marked).or(problem.filter(|_| self.told)) else { return };
        refusal(ui, &text);
    }

    fn save(&mut self) {
        self.schedules.take_texts(&mut self.draft);
        self.told = self.is_wrong() || self.draft.problem().is_some();
        if !self.told {
            self.guard.save();
        }
    }
}
