//! How a page of Setup offers to save what is edited on it, and says why it was not saved.
//!
//! Must not do: save. The page does what was pressed.

use egui::{RichText, Ui};
use egui_material_icons::icons::{ICON_EDIT, ICON_ERROR};

use crate::ui::theme;
use crate::ui::widgets::{icon, main_button, soft};
use crate::ui::words::common as words;

/// What was pressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Press {
    Save,
    Discard,
}

/// How far saving is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for the operator.
    Edited,
    /// The engine is asked what the change deletes.
    Checking,
    /// The change is sent.
    Saving,
}

impl State {
    /// While a change is looked at, or sent.
    pub const fn of(checking: bool, waiting: bool) -> Self {
        match (checking, waiting) {
            (true, _) => Self::Checking,
            (false, true) => Self::Saving,
            (false, false) => Self::Edited,
        }
    }
}

/// The bar's part, filled from the right; empty while nothing is `changed`.
pub fn save_bar(ui: &mut Ui, changed: bool, state: State) -> Option<Press> {
    if !changed {
        return None;
    }
    let mut press = None;
    ui.add_enabled_ui(state == State::Edited, |ui| press = buttons(ui));
    ui.add_space(8.0);
    match state {
        State::Checking => {
            ui.label(soft(words::CHECKING_LOSS));
        }
        State::Saving => {
            ui.label(soft(words::SAVING));
        }
        State::Edited => {
            ui.label(RichText::new(words::UNSAVED).color(theme::warning()));
            ui.label(icon(ICON_EDIT, theme::BODY + 2.0).color(theme::warning()));
        }
    }
    press
}

/// Save and Discard.
pub fn buttons(ui: &mut Ui) -> Option<Press> {
    let mut press = None;
    if main_button(ui, words::SAVE, words::SAVE_TIP).clicked() {
        press = Some(Press::Save);
    }
    if ui.button(words::DISCARD).on_hover_text(words::DISCARD_TIP).clicked() {
        press = Some(Press::Discard);
    }
    press
}

/// Why nothing was saved.
pub fn refusal(ui: &mut Ui, why: &str) {
    ui.horizontal(|ui| {
        ui.label(icon(ICON_ERROR, theme::ICON).color(theme::error()));
        ui.label(RichText::new(why).color(theme::error()));
    });
}
