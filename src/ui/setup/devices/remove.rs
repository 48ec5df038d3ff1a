//! The question before a camera is removed: what becomes of its footage, and how much that is.
//!
//! Must not do: delete anything; the retention does, when the engine is told.

use egui::{Align, Layout, RichText, Ui};

use crate::model::CameraId;
use crate::protocol::{Command, StorageQuery};
use crate::ui::desk::Stage;
use crate::ui::widgets::{segmented, sheet, soft};
use crate::ui::words::{common, devices as words};
use crate::ui::{format, theme};

/// A camera that is to be removed.
pub struct Removing {
    camera: CameraId,
    footage: bool,
    /// The question for its size.
    asked: u64,
}

impl Removing {
    /// Asks about a camera.
    pub fn new(camera: CameraId, stage: &mut Stage<'_>) -> Self {
        let asked = stage.desk.next_id();
        stage.desk.send(Command::QueryStorage(StorageQuery { id: asked, with: None }));
        Self { camera, footage: false, asked }
    }

    /// Shows the question; true when it is to be closed.
    pub fn ui(&mut self, ui: &Ui, stage: &mut Stage<'_>) -> bool {
        let Some(name) = stage.camera(&self.camera).map(|camera| camera.name.clone()) else {
            return true;
        };
        let mut close = false;
        let left = sheet(ui, "remove camera", 460.0, |ui| {
            ui.heading(words::remove(&name));
            ui.label(words::REMOVED_TEXT);
            ui.label(self.size(stage).map_or_else(
                || soft(words::MEASURING),
                |size| RichText::new(words::has_footage(&format::bytes(size))),
            ));
            ui.add_space(4.0);
            let options = [
                (words::KEEP_FOOTAGE, words::KEEP_FOOTAGE_TIP.to_owned()),
                (words::DELETE_FOOTAGE, words::DELETE_FOOTAGE_TIP.to_owned()),
            ];
            if let Some(i) =
                segmented(ui, words::FOOTAGE, &options, Some(usize::from(self.footage)))
            {
                self.footage = i == 1;
            }
            ui.label(soft(if self.footage { words::DELETED_TEXT } else { words::KEPT_TEXT }));
            ui.add_space(8.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let text = if self.footage { words::REMOVE_AND_DELETE } else { words::REMOVE };
                let remove = ui.button(RichText::new(text).color(theme::error()));
                if remove.clicked() {
                    let (id, footage) = (self.camera.clone(), self.footage);
                    close = stage.desk.send(Command::RemoveCamera { id, footage });
                }
                let cancel = ui.button(common::CANCEL).on_hover_text(words::REMOVE_CANCEL_TIP);
                close |= cancel.clicked();
            });
        });
        left || close
    }

    /// Bytes of its footage, once they are known.
    fn size(&self, stage: &Stage<'_>) -> Option<u64> {
        let answer = stage.shown.storage.get().filter(|answer| answer.id >= self.asked)?;
        let used = answer.overview.used_by.iter().find(|(camera, _)| *camera == self.camera);
        Some(used.map_or(0, |(_, bytes)| *bytes))
    }
}
