//! Saving a draft that may delete footage: the engine is asked what would go, and the operator whether it may.
//!
//! Must not do: save before the answer for exactly this draft is there.

use std::sync::Arc;

use egui::{Align, Layout, RichText, Ui};

use super::draft::Draft;
use crate::model::Settings;
use crate::protocol::{Command, Going, StorageAnswer, StorageQuery};
use crate::ui::desk::Stage;
use crate::ui::widgets::{sheet, soft, strong};
use crate::ui::words::{common, storage as words};
use crate::ui::{format, theme};

/// Seconds that a draft must hold still before it is asked about.
const SETTLE: f64 = 0.3;

/// Seconds after which storage is looked at again.
const AGAIN: f64 = 10.0;

/// Rows of the question; the others are summed up.
const MOST_ROWS: usize = 6;

/// Asks about a draft, and holds its saving back.
#[derive(Default)]
pub struct LossGuard {
    asked: Option<(u64, Arc<Settings>)>,
    asked_at: f64,
    wanted: Option<(Settings, f64)>,
    saving: bool,
}

impl LossGuard {
    /// Saves the draft once it is known what that deletes, and the operator has agreed.
    pub const fn save(&mut self) {
        self.saving = true;
    }

    /// Whether a draft waits to be saved.
    pub const fn is_saving(&self) -> bool {
        self.saving
    }

    /// How storage stands with the draft, as far as it is known: the newest answer.
    pub fn answer(&self, stage: &Stage<'_>) -> Option<Arc<StorageAnswer>> {
        stage.shown.storage.get()
    }

    /// Asks when it is time, and shows the question. True while that is open.
    pub fn ui(&mut self, ui: &Ui, stage: &mut Stage<'_>, draft: &mut Draft) -> bool {
        self.ask(ui, stage, draft);
        if !self.saving {
            return false;
        }
        if draft.problem().is_some() || !draft.is_changed() {
            self.saving = false;
            return false;
        }
        let Some(lost) = self.lost(stage, draft) else { return false };
        if lost.is_empty() {
            self.saving = false;
            draft.save(stage.desk);
            return false;
        }
        match question(ui, stage, &lost) {
            Some(true) => {
                self.saving = false;
                draft.save(stage.desk);
            }
            Some(false) => self.saving = false,
            None => {}
        }
        self.saving
    }

    /// What the draft deletes at once, when the answer to exactly this draft is there.
    fn lost(&self, stage: &Stage<'_>, draft: &Draft) -> Option<Vec<Going>> {
        let (id, with) = self.asked.as_ref()?;
        let answer = stage.shown.storage.get()?;
        (answer.id == *id && **with == *draft.get()).then(|| answer.lost.clone())
    }

    fn ask(&mut self, ui: &Ui, stage: &Stage<'_>, draft: &Draft) {
        let time = ui.input(|i| i.time);
        let same = self.asked.as_ref().is_some_and(|(_, with)| **with == *draft.get());
        if same && time - self.asked_at < AGAIN {
            self.wanted = None;
            ui.request_repaint_after(std::time::Duration::from_secs_f64(AGAIN));
            return;
        }
        let since = match &self.wanted {
            Some((settings, since)) if settings == draft.get() => *since,
            _ => {
                self.wanted = Some((draft.get().clone(), time));
                time
            }
        };
        let first = self.asked.is_none() || self.saving;
        if !first && !same && time - since < SETTLE {
            ui.request_repaint_after(std::time::Duration::from_secs_f64(SETTLE));
            return;
        }
        let (id, with) = (stage.desk.next_id(), Arc::new(draft.get().clone()));
        let query = StorageQuery { id, with: Some(Arc::clone(&with)) };
        if stage.desk.try_send(Command::QueryStorage(query)) {
            self.asked = Some((id, with));
            self.asked_at = time;
            self.wanted = None;
        }
    }
}

/// What goes, and whether it may; none while there is no answer.
fn question(ui: &Ui, stage: &Stage<'_>, lost: &[Going]) -> Option<bool> {
    let bytes: u64 = lost.iter().map(|item| item.bytes).sum();
    let files: usize = lost.iter().map(|item| item.segments).sum();
    let mut said = None;
    let left = sheet(ui, "deletes at once", 560.0, |ui| {
        ui.heading(words::deletes(&format::bytes(bytes), &words::files(files)));
        ui.add_space(4.0);
        for item in lost.iter().take(MOST_ROWS) {
            row(ui, stage, item);
        }
        if let Some(more) = lost.len().checked_sub(MOST_ROWS).filter(|more| *more > 0) {
            ui.label(soft(format!("… +{more}")));
        }
        ui.add_space(8.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let text = RichText::new(words::DELETE_AND_SAVE).color(theme::error());
            if ui.button(text).on_hover_text(words::DELETE_AND_SAVE_TIP).clicked() {
                said = Some(true);
            }
            if ui.button(common::CANCEL).clicked() {
                said = Some(false);
            }
        });
    });
    if left { said.or(Some(false)) } else { said }
}

fn row(ui: &mut Ui, stage: &Stage<'_>, item: &Going) {
    ui.horizontal_wrapped(|ui| {
        ui.label(strong(stage.name_of(&item.camera)));
        let (from, to) = (item.span.start, item.span.end);
        let span =
            format!("{} – {}", stage.zone.brief(from, stage.now), stage.zone.brief(to, stage.now));
        ui.label(span);
        ui.label(format::bytes(item.bytes));
        ui.label(soft(item.cause.label()));
    });
}
