//! The sheet that asks before the kiosk is left: for the PIN, where one is set.
//!
//! Must not do: decide whether a PIN is right; the engine does, and slows down who guesses.

use egui::{Event, Key, RichText, Ui};
use zeroize::Zeroizing;

use super::pin_pad::{self, Press};
use crate::model::{Password, WallTime};
use crate::protocol::{Command, PinOutcome};
use crate::ui::desk::Desk;
use crate::ui::theme;
use crate::ui::widgets::{main_button, sheet, soft};
use crate::ui::words::kiosk as words;

/// Characters that a PIN has at most.
const MOST: usize = 64;

/// Width of the sheet: three keys of the pad, and the words.
const WIDTH: f32 = 352.0;

/// How the sheet was left.
pub enum End {
    /// The kiosk goes on.
    Stay,
    /// The kiosk ends.
    Leave,
}

/// The open sheet.
#[derive(Default)]
pub struct Leave {
    typed: Zeroizing<String>,
    waiting: Option<u64>,
    answer: Option<PinOutcome>,
}

impl Leave {
    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, asks: bool, now: WallTime, desk: &mut Desk) -> Option<End> {
        let mut end = self.take_answer(desk);
        if asks {
            self.keyboard(ui, now, desk);
        }
        let left = sheet(ui, "leave the kiosk", WIDTH, |ui| {
            ui.heading(words::LEAVE_QUESTION);
            ui.label(soft(words::LEAVE_WHAT));
            ui.add_space(8.0);
            if asks {
                self.pad(ui, now, desk);
            } else {
                ui.label(words::NO_PIN);
            }
            ui.add_space(8.0);
            ui.horizontal(|ui| {
                if !asks && main_button(ui, words::LEAVE, words::LEAVE_TIP).clicked() {
                    end = Some(End::Leave);
                }
                if ui.button(words::STAY).on_hover_text(words::STAY_TIP).clicked() {
                    end = Some(End::Stay);
                }
            });
        });
        end.or(left.then_some(End::Stay))
    }

    fn take_answer(&mut self, desk: &Desk) -> Option<End> {
        let answer = desk.shown().pin.get().filter(|answer| Some(answer.id) == self.waiting)?;
        self.waiting = None;
        self.typed.clear();
        self.answer = Some(answer.outcome.clone());
        (answer.outcome == PinOutcome::Right).then_some(End::Leave)
    }

    /// A keyboard works like the pad. What is typed is in no text field, which would remember it.
    fn keyboard(&mut self, ui: &Ui, now: WallTime, desk: &mut Desk) {
        let events = ui.input(|i| i.events.clone());
        for event in events {
            match event {
                Event::Text(text) => text.chars().for_each(|c| self.press(Press::Character(c))),
                Event::Key { key: Key::Backspace, pressed: true, .. } => self.press(Press::Back),
                _ => {}
            }
        }
        let on_a_button = ui.memory(|m| m.focused().is_some());
        if !on_a_button && ui.input(|i| i.key_pressed(Key::Enter)) {
            self.enter(now, desk);
        }
    }

    fn press(&mut self, press: Press) {
        match press {
            Press::Character(c) if self.typed.chars().count() < MOST => self.typed.push(c),
            Press::Back => {
                self.typed.pop();
            }
            Press::Character(_) | Press::Enter => {}
        }
    }

    fn enter(&mut self, now: WallTime, desk: &mut Desk) {
        if self.typed.is_empty() || self.waiting.is_some() || self.seconds_left(now) > 0 {
            return;
        }
        let id = desk.next_id();
        let pin = Password::new(self.typed.to_string());
        if desk.send(Command::EnterPin { id, pin }) {
            self.waiting = Some(id);
        }
    }

    /// Seconds until the next try.
    fn seconds_left(&self, now: WallTime) -> i64 {
        let until = match &self.answer {
            Some(PinOutcome::Wrong { next_try_at }) => *next_try_at,
            Some(PinOutcome::Wait { until }) => *until,
            Some(PinOutcome::Right | PinOutcome::Failed(_)) | None => return 0,
        };
        // A part of a second still is to be waited for.
        (until.micros_since(now).max(0) + 999_999) / 1_000_000
    }

    fn pad(&mut self, ui: &mut Ui, now: WallTime, desk: &mut Desk) {
        let left = self.seconds_left(now);
        let (text, colour) = match (&self.waiting, &self.answer) {
            (Some(_), _) => (words::LOOKING.to_owned(), theme::text_soft()),
            (None, Some(PinOutcome::Wrong { .. })) => (words::wrong(left), theme::error()),
            (None, Some(PinOutcome::Wait { .. })) => (words::wait(left), theme::error()),
            (None, Some(PinOutcome::Failed(why))) => (why.clone(), theme::error()),
            (None, Some(PinOutcome::Right) | None) => (words::ENTER_PIN.to_owned(), theme::text()),
        };
        ui.label(RichText::new(text).color(colour));
        let can_enter = !self.typed.is_empty() && self.waiting.is_none() && left == 0;
        match pin_pad::show(ui, self.typed.chars().count(), can_enter) {
            Some(Press::Enter) => self.enter(now, desk),
            Some(press) => self.press(press),
            None => {}
        }
    }
}
