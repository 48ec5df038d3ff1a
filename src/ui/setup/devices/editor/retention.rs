//! How long a camera's footage is kept: as for all cameras, or by a time of its own.
//!
//! Must not do: say what a change deletes; that is asked with Save.

use egui::Ui;

use super::Edited;
use super::own::origin;
use crate::model::settings::Retention;
use crate::ui::setup::entry::{Entry, Face, row, whole, wrong};
use crate::ui::words::camera as words;
use crate::ui::words::storage;

/// Longest retention in days.
const MOST_DAYS: u32 = 36_500;

/// What is typed.
#[derive(Default)]
pub(super) struct RetentionRow {
    days: Entry,
    hours: Entry,
    minutes: Entry,
}

impl RetentionRow {
    /// Whether something is typed that cannot be.
    pub fn is_wrong(&self) -> bool {
        [&self.days, &self.hours, &self.minutes].iter().any(|entry| entry.error().is_some())
    }

    /// Shows the row.
    pub fn ui(&mut self, ui: &mut Ui, edited: &mut Edited<'_>) {
        let global = edited.draft.get().storage.retention;
        let Some(own) = edited.camera().map(|camera| camera.recording.retention) else { return };
        let parts: [u32; 3] = own.unwrap_or(global).parts().into();
        let mut new = None;
        row(ui, words::KEEP, |ui| {
            let entries = [
                (&mut self.days, words::DAYS, "d", 56.0, MOST_DAYS),
                (&mut self.hours, words::HOURS, "h", 42.0, 23),
                (&mut self.minutes, words::MINUTES, "m", 44.0, 59),
            ];
            for (place, (entry, name, unit, width, most)) in entries.into_iter().enumerate() {
                let face = Face { name, unit, tip: words::KEEP_TIP, width };
                let typed = entry.ui(ui, face, &parts[place].to_string(), |text| {
                    let value = whole(text, 0, most)?;
                    let mut all = parts;
                    all[place] = value;
                    let kept = Retention::new(all[0], all[1], all[2]);
                    kept.map(|k| (k, value)).ok_or_else(|| storage::RETENTION_LONG.to_owned())
                });
                if let Some((kept, value)) = typed {
                    entry.settle(value.to_string());
                    new = Some(Some(kept));
                }
            }
            if origin(ui, words::KEEP, own.is_some(), &shown(global)) {
                new = Some(None);
            }
        });
        if let Some(kept) = new {
            if kept.is_none() {
                *self = Self::default();
            }
            edited.edit(|camera| camera.recording.retention = kept);
        }
        let entries = [&self.days, &self.hours, &self.minutes];
        if let Some(entry) = entries.into_iter().find(|entry| entry.error().is_some()) {
            wrong(ui, entry);
        }
    }
}

fn shown(retention: Retention) -> String {
    match retention.micros() {
        Some(_) => retention.to_string(),
        None => words::FOR_EVER.to_owned(),
    }
}
