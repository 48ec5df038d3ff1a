//! The sheet that asks for the passphrase of the stored passwords.
//!
//! Must not do: keep what was typed any longer than it is needed.

use egui::{Key, RichText, Ui};
use zeroize::Zeroize;

use super::desk::Desk;
use super::theme;
use super::widgets::{field, main_button, sheet, soft};
use super::words::unlock as words;
use crate::model::{KeyPlace, Password};
use crate::protocol::{Command, Snapshot};

/// The sheet.
#[derive(Default)]
pub struct Unlock {
    typed: String,
    is_dismissed: bool,
    is_open: bool,
    /// The question that is under way.
    asked: Option<u64>,
    refused: Option<String>,
}

impl Unlock {
    /// Whether it is shown.
    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Shows it while a passphrase is missing and until it was put off.
    pub fn ui(&mut self, ui: &Ui, snapshot: &Snapshot, desk: &mut Desk) {
        let passwords = &snapshot.passwords;
        let is_missing = passwords.place == KeyPlace::Passphrase && passwords.locked.is_some();
        self.is_open = is_missing && !self.is_dismissed;
        if !self.is_open {
            self.typed.zeroize();
            return;
        }
        self.take_answer(desk);
        let (mut is_given, mut is_put_off) = (false, false);
        let left = sheet(ui, "unlock passwords", 420.0, |ui| {
            ui.heading(words::TITLE);
            ui.label(soft(words::WHAT));
            ui.add_space(8.0);
            let edit = field(ui, words::PASSPHRASE, "", &mut self.typed, true);
            if self.typed.is_empty() && self.asked.is_none() && self.refused.is_none() {
                edit.request_focus();
            }
            is_given = edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if let Some(why) = &self.refused {
                ui.label(RichText::new(why).color(theme::error()));
            }
            ui.add_space(12.0);
            ui.horizontal(|ui| {
                let can = self.asked.is_none() && !self.typed.is_empty();
                ui.add_enabled_ui(can, |ui| {
                    is_given |= main_button(ui, words::UNLOCK, words::UNLOCK_TIP).clicked();
                });
                is_put_off = ui.button(words::LATER).on_hover_text(words::LATER_TIP).clicked();
            });
        });
        if is_given && self.asked.is_none() && !self.typed.is_empty() {
            let (id, passphrase) = (desk.next_id(), Password::new(std::mem::take(&mut self.typed)));
            if desk.send(Command::Unlock { id, passphrase }) {
                self.asked = Some(id);
                self.refused = None;
            }
        }
        self.is_dismissed |= left || is_put_off;
    }

    fn take_answer(&mut self, desk: &Desk) {
        let answer = desk.shown().unlocked.get();
        if let Some(answer) = answer.filter(|answer| self.asked == Some(answer.id)) {
            self.asked = None;
            self.refused = answer.outcome.clone().err();
        }
    }
}
