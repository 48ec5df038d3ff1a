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

use egui::{Key, Modifiers, RichText, Ui};
use egui_material_icons::icons::{ICON_EDIT, ICON_ERROR};

use self::about::AboutCards;
use self::console::ConsoleCards;
use self::diagnostics::DiagnosticsCard;
use self::kiosk::KioskCard;
use self::pin::PinSheet;
use super::draft::Draft;
use crate::ui::app::Go;
use crate::ui::desk::Stage;
use crate::ui::widgets::{card, icon, main_button, soft, title_bar};
use crate::ui::words::system as words;
use crate::ui::{keys, theme};

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

/// What the bar wants.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Press {
    Save,
    Discard,
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
            card(ui, words::KEYS, |ui| keys::table(ui, "Everywhere"));
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
        let (changed, busy) = (self.draft.is_changed() || self.is_wrong(), self.draft.is_waiting());
        let mut press = None;
        title_bar(ui, words::TITLE, |ui| {
            if !changed {
                return;
            }
            ui.add_enabled_ui(!busy, |ui| {
                if main_button(ui, words::SAVE, words::SAVE_TIP).clicked() {
                    press = Some(Press::Save);
                }
                if ui.button(words::DISCARD).on_hover_text(words::DISCARD_TIP).clicked() {
                    press = Some(Press::Discard);
                }
            });
            ui.add_space(8.0);
            if busy {
                ui.label(soft(words::SAVING));
            } else {
                ui.label(RichText::new(words::UNSAVED).color(theme::warning()));
                ui.label(icon(ICON_EDIT, theme::BODY + 2.0).color(theme::warning()));
            }
        });
        press
    }

    /// Why nothing was saved.
    fn sentence(&self, ui: &mut Ui) {
        let marked = (self.told && self.is_wrong()).then(|| words::MEND_FIRST.to_owned());
        let Some(text) = self.draft.refused().map(words::not_saved).or(marked) else { return };
        ui.horizontal(|ui| {
            ui.label(icon(ICON_ERROR, theme::ICON).color(theme::error()));
            ui.label(RichText::new(text).color(theme::error()));
        });
    }
}
