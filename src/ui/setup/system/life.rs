//! The cards of how the program begins and ends: with the computer, and with its window.
//!
//! Must not do: put anything in force but the start with the computer, which is no setting of the settings file.

use egui::{RichText, Ui};

use crate::model::settings::OnClose;
use crate::protocol::{Autostart, Command};
use crate::ui::desk::Stage;
use crate::ui::setup::draft::Draft;
use crate::ui::setup::entry::choice_row;
use crate::ui::theme;
use crate::ui::widgets::{card, segmented, soft};
use crate::ui::words::system as words;

/// What is started at sign-in.
pub fn start(ui: &mut Ui, stage: &mut Stage<'_>) {
    const CHOICES: [Autostart; 4] =
        [Autostart::Off, Autostart::Console, Autostart::Kiosk, Autostart::Record];
    let status = stage.shown.autostart.get().unwrap_or_default();
    card(ui, words::START, |ui| {
        let options = [
            (words::START_OFF, words::START_OFF_TIP.to_owned()),
            (words::START_CONSOLE, words::START_CONSOLE_TIP.to_owned()),
            (words::START_KIOSK, words::START_KIOSK_TIP.to_owned()),
            (words::START_RECORD, words::START_RECORD_TIP.to_owned()),
        ];
        let chosen = CHOICES.iter().position(|choice| *choice == status.what);
        let clicked = segmented(ui, words::START, &options, chosen);
        if let Some(choice) = clicked.and_then(|place| CHOICES.get(place)) {
            stage.desk.send(Command::SetAutostart(*choice));
        }
        ui.label(soft(words::START_AT_ONCE).size(theme::CAPTION));
        if let Some(hint) = &status.hint {
            ui.add(egui::Label::new(soft(hint)).wrap());
        }
        if let Some(trouble) = &status.trouble {
            ui.add(egui::Label::new(RichText::new(trouble).color(theme::error())).wrap());
        }
    });
}

/// What closing the window does.
pub fn close(ui: &mut Ui, draft: &mut Draft) {
    const CHOICES: [OnClose; 3] = [OnClose::Ask, OnClose::Background, OnClose::Quit];
    card(ui, words::CLOSING, |ui| {
        choice_row(ui, words::ON_CLOSE, |ui| {
            let options = [
                (words::CLOSE_ASK, words::CLOSE_ASK_TIP.to_owned()),
                (words::CLOSE_BACKGROUND, words::CLOSE_BACKGROUND_TIP.to_owned()),
                (words::CLOSE_QUIT, words::CLOSE_QUIT_TIP.to_owned()),
            ];
            let chosen = CHOICES.iter().position(|way| *way == draft.get().console.on_close);
            let clicked = segmented(ui, words::ON_CLOSE, &options, chosen);
            if let Some(way) = clicked.and_then(|place| CHOICES.get(place)) {
                draft.edit(|settings| settings.console.on_close = *way);
            }
        });
    });
}
