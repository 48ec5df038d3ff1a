//! The sheet that takes a time, as people write it.
//!
//! Must not do: seek; it says where to.

use egui::{Align, Key, Layout, RichText, Ui};

use crate::model::WallTime;
use crate::ui::desk::Stage;
use crate::ui::theme;
use crate::ui::widgets::{field, main_button, sheet, soft};
use crate::ui::when;

/// The open sheet.
#[derive(Default)]
pub struct GoTo {
    text: String,
    focused: bool,
    problem: Option<&'static str>,
}

/// What became of the sheet in a frame.
pub enum Done {
    /// Closed.
    Closed,
    /// A moment was given.
    At(WallTime),
}

impl GoTo {
    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, stage: &Stage<'_>, playhead: WallTime) -> Option<Done> {
        let mut done = None;
        let left = sheet(ui, "go to", 380.0, |ui| {
            ui.heading("Go to a time");
            let hint = format!("{} or yesterday 14:05", stage.zone.minutes(playhead));
            let response = field(ui, "Time, with or without a day", &hint, &mut self.text, false);
            if !std::mem::replace(&mut self.focused, true) || response.lost_focus() {
                response.request_focus();
            }
            match self.problem {
                Some(problem) => ui.label(RichText::new(problem).color(theme::error())),
                None => ui.label(soft("14:05   14:05:07   2 Mar 14:05   2026-03-02 14:05")),
            };
            if response.changed() {
                self.problem = None;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let enter = ui.input(|i| i.key_pressed(Key::Enter));
                if main_button(ui, "Go", "Shows this moment (Enter)").clicked() || enter {
                    match when::parse(&self.text, playhead, stage.now, stage.zone) {
                        Ok(at) => done = Some(Done::At(at)),
                        Err(problem) => self.problem = Some(problem),
                    }
                }
                if ui.button("Cancel").on_hover_text("Stays where it is (Esc)").clicked() {
                    done = Some(Done::Closed);
                }
            });
        });
        if left && done.is_none() { Some(Done::Closed) } else { done }
    }
}
