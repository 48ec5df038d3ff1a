//! What of the wall is kept in the settings: saved views, and the wall that was shown last.
//!
//! Must not do: hold up the wall. What is shown changes at once, and is told to the engine one change after another.

use std::sync::Arc;

use crate::model::Settings;
use crate::protocol::{Command, SettingsChange};
use crate::ui::desk::Stage;

type Change = Box<dyn FnOnce(&mut Settings)>;

/// The settings as the wall knows them.
#[derive(Default)]
pub struct Memory {
    /// Those of the last answer, until a snapshot brings newer ones.
    answered: Option<(Arc<Settings>, u64)>,
    waiting: Option<u64>,
    pending: Vec<Change>,
}

impl Memory {
    /// The settings in force, with what was answered and is not in a snapshot yet.
    pub fn settings(&self, stage: &Stage<'_>) -> Arc<Settings> {
        let answered = self.answered.as_ref().filter(|(_, at)| *at == generation(stage));
        answered.map_or_else(|| Arc::clone(&stage.snapshot.settings), |(s, _)| Arc::clone(s))
    }

    /// Changes something, as soon as the change before is answered.
    pub fn change(&mut self, change: impl FnOnce(&mut Settings) + 'static) {
        self.pending.push(Box::new(change));
    }

    /// Takes an answer, and sends what waits. Returns why a change was refused, in a sentence.
    pub fn follow(&mut self, stage: &Stage<'_>) -> Option<String> {
        let mut refused = None;
        if let Some(answer) = self.waiting.and_then(|id| stage.shown.changed.to(id)) {
            self.waiting = None;
            match &answer.outcome {
                Ok(settings) => self.answered = Some((Arc::clone(settings), generation(stage))),
                Err(text) => refused = Some(text.clone()),
            }
        }
        if self.waiting.is_none() && !self.pending.is_empty() {
            self.send(stage);
        }
        refused
    }

    fn send(&mut self, stage: &Stage<'_>) {
        let before = self.settings(stage);
        let mut after = Box::new(Settings::clone(&before));
        for change in self.pending.drain(..) {
            change(&mut after);
        }
        if *after == *before {
            return;
        }
        let id = stage.desk.next_id();
        let again = Arc::new(Settings::clone(&after));
        let change =
            SettingsChange { id, before, after, passwords: Vec::new(), archive_password: None };
        if stage.desk.try_send(Command::ChangeSettings(change)) {
            self.waiting = Some(id);
        } else {
            // The engine is busy: the same again at the next frame.
            self.pending.push(Box::new(move |settings| {
                settings.wall = again.wall.clone();
                settings.views = again.views.clone();
            }));
        }
    }
}

fn generation(stage: &Stage<'_>) -> u64 {
    stage.shown.snapshot.generation()
}
