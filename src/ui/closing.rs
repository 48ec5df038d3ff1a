//! Closing the window while cameras are recorded: asks, unless the settings say what is meant.
//!
//! Must not do: stop recording; what runs the window does, by its last will.

use egui::{Context, Ui, ViewportCommand};

use super::desk::Desk;
use super::life::{Ending, LastWill};
use super::widgets::{main_button, sheet, soft};
use super::words::{common, life as words};
use crate::model::settings::OnClose;
use crate::model::{Mode, RecordingState};
use crate::protocol::{Command, SettingsChange, Snapshot};

/// What closing means now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    End(Ending),
    Ask,
}

/// The sheet, and what was decided.
#[derive(Default)]
pub struct Closing {
    will: LastWill,
    is_open: bool,
    remember: bool,
}

/// Cameras that are recorded now, and those that are when schedule or motion say so.
fn recorded(snapshot: &Snapshot) -> (usize, usize) {
    let on = |state: &RecordingState| matches!(state, RecordingState::Recording(_));
    let now = snapshot.cameras.iter().filter(|camera| on(&camera.recording)).count();
    let ruled = |mode: Mode| mode != Mode::Disabled;
    let wanted = snapshot.cameras.iter().filter(|c| ruled(c.mode) || on(&c.recording)).count();
    (now, wanted)
}

/// What closing means: the demonstration, and a console that records nothing, just end.
fn meaning(snapshot: &Snapshot) -> Meaning {
    if snapshot.demo || recorded(snapshot).1 == 0 {
        return Meaning::End(Ending::Quit);
    }
    match snapshot.settings.console.on_close {
        OnClose::Ask => Meaning::Ask,
        OnClose::Background => Meaning::End(Ending::Background),
        OnClose::Quit => Meaning::End(Ending::Quit),
    }
}

impl Closing {
    /// What is decided goes to `will`.
    pub fn new(will: LastWill) -> Self {
        Self { will, ..Self::default() }
    }

    /// Whether the sheet is open.
    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether the window closes in this frame for good.
    pub fn logic(&mut self, ctx: &Context, snapshot: &Snapshot, is_quitting: bool) -> bool {
        if is_quitting && self.will.get().is_none() {
            self.end(ctx, Ending::Quit);
        }
        if !ctx.input(|input| input.viewport().close_requested()) {
            return false;
        }
        if self.will.get().is_some() {
            return true;
        }
        match meaning(snapshot) {
            Meaning::End(ending) => {
                self.will.set(ending);
                true
            }
            Meaning::Ask => {
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
                self.is_open = true;
                false
            }
        }
    }

    /// A page broke: this window ends, and whoever runs it makes another.
    pub fn broke(&self, ctx: &Context) {
        self.end(ctx, Ending::Broke);
    }

    fn end(&self, ctx: &Context, ending: Ending) {
        self.will.set(ending);
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    /// Shows the sheet.
    pub fn ui(&mut self, ui: &Ui, snapshot: &Snapshot, desk: &mut Desk) {
        if !self.is_open {
            return;
        }
        let mut chosen = None;
        let mut cancelled = false;
        let left = sheet(ui, "closing", 440.0, |ui| {
            ui.heading(match recorded(snapshot) {
                (0, wanted) => words::waiting(wanted),
                (now, _) => words::recording(now),
            });
            ui.label(soft(words::WHAT));
            ui.add_space(8.0);
            ui.checkbox(&mut self.remember, words::REMEMBER);
            ui.add_space(12.0);
            ui.horizontal(|ui| {
                if main_button(ui, words::BACKGROUND, words::BACKGROUND_TIP).clicked() {
                    chosen = Some(Ending::Background);
                }
                if ui.button(words::QUIT).on_hover_text(words::QUIT_TIP).clicked() {
                    chosen = Some(Ending::Quit);
                }
                cancelled = ui.button(common::CANCEL).on_hover_text(words::CANCEL_TIP).clicked();
            });
        });
        if left || cancelled {
            self.is_open = false;
        }
        if let Some(ending) = chosen {
            if self.remember {
                remember(snapshot, ending, desk);
            }
            self.is_open = false;
            self.end(ui, ending);
        }
    }
}

fn remember(snapshot: &Snapshot, ending: Ending, desk: &mut Desk) {
    let before = snapshot.settings.clone();
    let mut after = (*before).clone();
    after.console.on_close = match ending {
        Ending::Quit => OnClose::Quit,
        Ending::Background | Ending::Broke => OnClose::Background,
    };
    let id = desk.next_id();
    let change = SettingsChange { id, before, after: Box::new(after), passwords: Vec::new() };
    desk.send(Command::ChangeSettings(change));
}
