//! Setup, System: why something does not work, how the console looks and what it tells, and what this
//! program is.
//!
//! Must not do: put a setting in force before Save.

mod about;
mod console;
mod diagnostics;
mod kiosk;
mod life;
mod pin;

use egui::{Key, Modifiers, Ui};

use self::about::AboutCards;
use self::console::ConsoleCards;
use self::diagnostics::DiagnosticsCard;
use self::kiosk::KioskCard;
use self::pin::PinSheet;
use super::draft::Draft;
use super::saving::{Press, State, refusal, save_bar};
use crate::ui::app::Go;
use crate::ui::desk::Stage;
use crate::ui::keys;
use crate::ui::widgets::{card, title_bar};
use crate::ui::words::{common, keys as key_words, system as words};

/// Narrower than this the two halves stand below one another, in points.
const TWO_COLUMNS: f32 = 860.0;

/// The page and what is edited on it.
#[derive(Default)]
pub struct SystemPage {
    draft: Draft,
    diagnostics: DiagnosticsCard,
    console: ConsoleCards,
    kiosk: KioskCard,
    about: AboutCards,
    pin: PinSheet,
    /// Save was refused because of a field.
    told: bool,
}

impl SystemPage {
    /// Whether a sheet is open.
    pub const fn is_open(&self) -> bool {
        self.about.is_open() || self.pin.is_open()
    }

    /// Shows the page in a window that is painted by `renderer`.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, renderer: &str) -> Option<Go> {
        self.draft.follow(stage);
        let mut press = self.bar(ui);
        if !self.is_open() && keys::take_with(ui, Modifiers::COMMAND, Key::S) {
            press = Some(Press::Save);
        }
        let mut go = None;
        super::content(ui, |ui| {
            self.sentence(ui);
            go = self.diagnostics.ui(ui, stage);
            ui.add_space(4.0);
            if ui.available_width() < TWO_COLUMNS {
                self.left(ui, stage);
                ui.add_space(4.0);
                go = self.right(ui, stage, renderer).or(go.take());
            } else {
                ui.columns(2, |columns| {
                    self.left(&mut columns[0], stage);
                    go = self.right(&mut columns[1], stage, renderer).or(go.take());
                });
            }
            ui.add_space(4.0);
            card(ui, words::KEYS, |ui| keys::table(ui, key_words::EVERYWHERE));
        });
        self.about.sheet(ui);
        self.pin.ui(ui, stage);
        match press {
            Some(Press::Save) => self.save(stage),
            Some(Press::Discard) => self.discard(),
            None => {}
        }
        go
    }

    fn left(&mut self, ui: &mut Ui, stage: &Stage<'_>) {
        self.console.look(ui, stage, &mut self.draft);
        ui.add_space(4.0);
        self.console.notices(ui, &mut self.draft);
        ui.add_space(4.0);
        if self.kiosk.ui(ui, stage, &mut self.draft) {
            self.pin.open();
        }
    }

    fn right(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, renderer: &str) -> Option<Go> {
        life::start(ui, stage);
        ui.add_space(4.0);
        life::close(ui, &mut self.draft);
        ui.add_space(4.0);
        let go = about::data(ui, stage);
        ui.add_space(4.0);
        self.about.about(ui, stage, renderer);
        go
    }

    /// Whether a field holds what is not taken.
    fn is_wrong(&self) -> bool {
        self.console.is_wrong() || self.kiosk.is_wrong()
    }

    fn save(&mut self, stage: &mut Stage<'_>) {
        self.told = self.is_wrong();
        if !self.told {
            self.draft.save(stage.desk);
        }
    }

    fn discard(&mut self) {
        self.draft.discard();
        self.console.reset();
        self.kiosk.reset();
        self.told = false;
    }

    fn bar(&self, ui: &mut Ui) -> Option<Press> {
        let changed = self.draft.is_changed() || self.is_wrong();
        let state = State::of(false, self.draft.is_waiting());
        title_bar(ui, words::TITLE, |ui| save_bar(ui, changed, state))
    }

    /// Why nothing was saved.
    fn sentence(&self, ui: &mut Ui) {
        let marked = (self.told && self.is_wrong()).then(|| common::MEND_FIRST.to_owned());
        let Some(text) = self.draft.refused().map(words::not_saved).or(marked) else { return };
        refusal(ui, &text);
    }
}
