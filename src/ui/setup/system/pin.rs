//! The sheet that sets, changes or removes the PIN of the kiosk.
//!
//! Must not do: keep what was typed longer than the sheet is open.

use egui::{Align, Key, Layout, RichText, Ui};
use zeroize::Zeroizing;

use crate::model::Password;
use crate::protocol::{Command, PinOutcome};
use crate::ui::desk::Stage;
use crate::ui::theme;
use crate::ui::widgets::{field, main_button, sheet, soft};
use crate::ui::words::{common, system as words};

/// The sheet.
#[derive(Default)]
pub struct PinSheet {
    open: Option<Typed>,
}

/// What is typed.
#[derive(Default)]
struct Typed {
    old: Zeroizing<String>,
    new: Zeroizing<String>,
    again: Zeroizing<String>,
    /// The first field has had the keyboard.
    ready: bool,
    waiting: Option<u64>,
    problem: Option<String>,
}

impl PinSheet {
    /// Opens it.
    pub fn open(&mut self) {
        self.open = Some(Typed::default());
    }

    /// Whether it is open.
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Shows it while it is open.
    pub fn ui(&mut self, ui: &Ui, stage: &mut Stage<'_>) {
        let Some(typed) = &mut self.open else { return };
        let is_set = stage.snapshot.pin_is_set;
        let mut close = typed.follow(stage);
        let left = sheet(ui, "pin", 380.0, |ui| {
            ui.heading(if is_set { words::PIN_CHANGE } else { words::PIN_SET });
            let old = is_set.then(|| field(ui, words::PIN_OLD, "", &mut typed.old, true));
            let new = field(ui, words::PIN_NEW, "", &mut typed.new, true);
            if !std::mem::replace(&mut typed.ready, true) {
                old.unwrap_or(new).request_focus();
            }
            field(ui, words::PIN_AGAIN, "", &mut typed.again, true);
            match &typed.problem {
                Some(problem) => ui.label(RichText::new(problem).color(theme::error())),
                None => ui.label(soft(words::PIN_EXPLAINED)),
            };
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let enter = ui.input(|i| i.key_pressed(Key::Enter));
                ui.add_enabled_ui(typed.waiting.is_none(), |ui| {
                    if main_button(ui, words::PIN_SAVE, words::PIN_SAVE_TIP).clicked() || enter {
                        typed.save(stage, is_set);
                    }
                    if !is_set {
                        return;
                    }
                    let remove = ui.button(words::PIN_REMOVE).on_hover_text(words::PIN_REMOVE_TIP);
                    if remove.clicked() {
                        typed.send(stage, is_set, None);
                    }
                });
                close |= ui.button(common::CANCEL).clicked();
            });
        });
        if left || close {
            self.open = None;
        }
    }
}

impl Typed {
    fn save(&mut self, stage: &mut Stage<'_>, is_set: bool) {
        if self.new.is_empty() {
            self.problem = Some(words::PIN_EMPTY.into());
        } else if self.new != self.again {
            self.problem = Some(words::PIN_DIFFERS.into());
        } else {
            let new = Password::new(self.new.to_string());
            self.send(stage, is_set, Some(new));
        }
    }

    fn send(&mut self, stage: &mut Stage<'_>, is_set: bool, new: Option<Password>) {
        let id = stage.desk.next_id();
        let old = is_set.then(|| Password::new(self.old.to_string()));
        if stage.desk.send(Command::SetPin { id, old, new }) {
            self.waiting = Some(id);
            self.problem = None;
        }
    }

    /// Whether it is done.
    fn follow(&mut self, stage: &Stage<'_>) -> bool {
        let answer = stage.shown.pin.get().filter(|answer| Some(answer.id) == self.waiting);
        let Some(answer) = answer else { return false };
        self.waiting = None;
        let seconds = |at| stage.zone.seconds(at);
        self.problem = match &answer.outcome {
            PinOutcome::Right => return true,
            PinOutcome::Wrong { next_try_at } => Some(words::pin_wrong(&seconds(*next_try_at))),
            PinOutcome::Wait { until } => Some(words::pin_wait(&seconds(*until))),
            PinOutcome::Failed(why) => Some(why.clone()),
        };
        false
    }
}
