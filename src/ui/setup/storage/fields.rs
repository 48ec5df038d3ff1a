//! The fields of the storage card.
//!
//! Must not do: look at a disk; the engine tells whether a folder can be had.

use egui::Ui;
use egui_material_icons::icons::ICON_FOLDER_OPEN;

use crate::model::settings::Retention;
use crate::model::settings::storage::{LowSpacePercent, MaxSize};
use crate::protocol::Command;
use crate::ui::desk::Stage;
use crate::ui::setup::draft::Draft;
use crate::ui::setup::entry::{Entry, Face, row, whole, wrong};
use crate::ui::theme;
use crate::ui::widgets::{Look, icon_button, soft, switch};
use crate::ui::words::storage as words;

/// Largest size of all recordings that is taken, in GB: 10 PB.
const MOST_SIZE: u32 = 10_000_000;

/// Largest file that is taken, in MB: beyond, a mistake is likelier than a wish.
const MOST_FILE: u32 = 1_000_000;

/// Longest retention in days.
const MOST_DAYS: u32 = 36_500;

/// What is typed.
#[derive(Default)]
pub struct Fields {
    path: Entry,
    days: Entry,
    hours: Entry,
    minutes: Entry,
    max_size: Entry,
    max_file: Entry,
    low_space: Entry,
}

impl Fields {
    /// Whether something is typed that cannot be.
    pub fn is_wrong(&self) -> bool {
        let all = [
            &self.path,
            &self.days,
            &self.hours,
            &self.minutes,
            &self.max_size,
            &self.max_file,
            &self.low_space,
        ];
        all.iter().any(|entry| entry.error().is_some())
    }

    /// Shows them.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, draft: &mut Draft) {
        ui.spacing_mut().item_spacing.y = 10.0;
        self.path(ui, stage, draft);
        self.retention(ui, draft);
        self.sizes(ui, draft);
        row(ui, words::AUTO_DELETE, |ui| {
            let mut on = draft.get().storage.auto_delete;
            if switch(ui, words::AUTO_DELETE, &mut on).changed() {
                draft.edit(|settings| settings.storage.auto_delete = on);
            }
            ui.label(soft(if on { words::AUTO_DELETE_ON } else { words::AUTO_DELETE_OFF }));
        });
    }

    fn path(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, draft: &mut Draft) {
        let path = draft.get().storage.path.clone();
        row(ui, words::PATH, |ui| {
            let width = (ui.available_width() - 72.0).clamp(120.0, 420.0);
            let face = Face { name: words::PATH, unit: "", tip: words::PATH_TIP, width };
            let parse = |text: &str| match text.is_empty() {
                true => Err(words::PATH_EMPTY.to_owned()),
                false => Ok(text.to_owned()),
            };
            if let Some(new) = self.path.ui(ui, face, &path, parse) {
                self.path.settle(new.clone());
                draft.edit(|settings| settings.storage.path = new);
            }
            let open = icon_button(ui, ICON_FOLDER_OPEN, words::OPEN_FOLDER, "", Look::Quiet);
            if open.clicked() {
                stage.desk.send(Command::OpenFolder(stage.snapshot.volume.path.clone().into()));
            }
        });
        wrong(ui, &self.path);
    }

    fn retention(&mut self, ui: &mut Ui, draft: &mut Draft) {
        let retention = draft.get().storage.retention;
        let parts = retention.parts();
        let mut new = None;
        row(ui, words::RETENTION, |ui| {
            let entries = [
                (&mut self.days, words::DAYS, "days", 84.0, parts.0, MOST_DAYS),
                (&mut self.hours, words::HOURS, "h", 60.0, parts.1, 23),
                (&mut self.minutes, words::MINUTES, "min", 68.0, parts.2, 59),
            ];
            for (place, (entry, name, unit, width, value, most)) in entries.into_iter().enumerate()
            {
                let face = Face { name, unit, tip: words::RETENTION_TIP, width };
                let typed = entry.ui(ui, face, &value.to_string(), |text| {
                    let value = whole(text, 0, most)?;
                    let mut all = [parts.0, parts.1, parts.2];
                    all[place] = value;
                    let kept = Retention::new(all[0], all[1], all[2]);
                    kept.map(|kept| (kept, value)).ok_or_else(|| words::RETENTION_LONG.to_owned())
                });
                if let Some((kept, value)) = typed {
                    entry.settle(value.to_string());
                    new = Some(kept);
                }
            }
            ui.label(soft(words::NO_LIMIT).size(theme::CAPTION));
        });
        if let Some(kept) = new {
            draft.edit(|settings| settings.storage.retention = kept);
        }
        let wrong_one = [&self.days, &self.hours, &self.minutes];
        wrong_one
            .into_iter()
            .find(|entry| entry.error().is_some())
            .into_iter()
            .for_each(|e| wrong(ui, e));
    }

    fn sizes(&mut self, ui: &mut Ui, draft: &mut Draft) {
        let storage = draft.get().storage.clone();
        let face = |name, unit, tip| Face { name, unit, tip, width: 92.0 };
        let size = face(words::MAX_SIZE, words::MAX_SIZE_UNIT, words::MAX_SIZE_TIP);
        let now = storage.max_size_gb.0;
        if let Some(new) = self.max_size.number(ui, size, words::NO_LIMIT, now, 0..=MOST_SIZE) {
            draft.edit(|settings| settings.storage.max_size_gb = MaxSize(new));
        }
        let file = face(words::MAX_FILE, words::MAX_FILE_UNIT, words::MAX_FILE_TIP);
        let now = storage.max_file_mb;
        if let Some(new) = self.max_file.number(ui, file, words::FILE_HINT, now, 0..=MOST_FILE) {
            draft.edit(|settings| settings.storage.max_file_mb = new);
        }
        let low = face(words::LOW_SPACE, "%", words::LOW_SPACE_TIP);
        let now = storage.low_space_percent.0;
        if let Some(new) = self.low_space.number(ui, low, "", now, 0..=50) {
            draft.edit(|settings| settings.storage.low_space_percent = LowSpacePercent(new));
        }
    }
}
