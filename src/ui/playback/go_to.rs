//! The sheet that takes a time, as people write it.
//!
//! Must not do: seek; it says where to.

use egui::{Align, Key, Layout, RichText, Ui};

use crate::model::WallTime;
use crate::ui::desk::Stage;
use crate::ui::widgets::{field, main_button, sheet, soft};
use crate::ui::words::{common, playback as words};
use crate::ui::{theme, when};

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
            ui.heading(words::GO_TO);
            let hint = words::go_to_hint(&stage.zone.minutes(playhead));
            let response = field(ui, words::GO_TO_FIELD, &hint, &mut self.text, false);
            if !std::mem::replace(&mut self.focused, true) || response.lost_focus() {
                response.request_focus();
            }
            match self.problem {
                Some(problem) => ui.label(RichText::new(problem).color(theme::error())),
                None => ui.label(soft(words::GO_TO_EXAMPLES)),
            };
            if response.changed() {
                self.problem = None;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let enter = ui.input(|i| i.key_pressed(Key::Enter));
                if main_button(ui, words::GO, words::GO_TIP).clicked() || enter {
                    match when::parse(&self.text, playhead, stage.now, stage.zone) {
                        Ok(at) => done = Some(Done::At(at)),
                        Err(problem) => self.problem = Some(problem),
                    }
                }
                if ui.button(common::CANCEL).on_hover_text(words::GO_CANCEL_TIP).clicked() {
                    done = Some(Done::Closed);
                }
            });
        });
        if left && done.is_none() { Some(Done::Closed) } else { done }
    }
}
