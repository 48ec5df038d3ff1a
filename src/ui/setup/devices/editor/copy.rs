//! The sheet that uses one camera's recording for others.
//!
//! Must not do: put it in force; it goes into the draft.

use std::collections::BTreeSet;

use egui::{Align, Layout, ScrollArea, Ui};

use crate::model::settings::CameraRecording;
use crate::model::{CameraId, CameraSettings};
use crate::ui::setup::draft::Draft;
use crate::ui::widgets::{main_button, sheet, soft};
use crate::ui::words::{camera as words, common};

/// The sheet.
#[derive(Default)]
pub(super) struct CopySheet {
    chosen: BTreeSet<CameraId>,
    zones: bool,
}

impl CopySheet {
    /// Shows it; true when it is to be closed.
    pub fn ui(&mut self, ui: &Ui, draft: &mut Draft, from: &CameraId) -> bool {
        let cameras: Vec<(CameraId, String)> = draft
            .get()
            .cameras
            .iter()
            .filter(|camera| camera.id != *from)
            .map(|camera| (camera.id.clone(), camera.name.clone()))
            .collect();
        let mut close = false;
        let left = sheet(ui, "copy recording", 420.0, |ui| {
            ui.heading(words::COPY_SHEET);
            ui.label(soft(words::COPY_TEXT));
            ui.horizontal(|ui| {
                if ui.button(words::COPY_ALL).clicked() {
                    self.chosen = cameras.iter().map(|(id, _)| id.clone()).collect();
                }
                if ui.button(words::COPY_NONE).clicked() {
                    self.chosen.clear();
                }
                ui.checkbox(&mut self.zones, words::COPY_ZONES);
            });
            let height = ui.ctx().content_rect().height() - 300.0;
            ScrollArea::vertical().max_height(height).show(ui, |ui| {
                for (id, name) in &cameras {
                    let mut on = self.chosen.contains(id);
                    if ui.checkbox(&mut on, name).changed() && !self.chosen.remove(id) {
                        self.chosen.insert(id.clone());
                    }
                }
            });
            ui.add_space(8.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let text = words::copy_to(self.chosen.len());
                ui.add_enabled_ui(!self.chosen.is_empty(), |ui| {
                    if main_button(ui, &text, words::COPY_TIP).clicked() {
                        self.copy(draft, from);
                        close = true;
                    }
                });
                close |= ui.button(common::CANCEL).clicked();
            });
        });
        left || close
    }

    fn copy(&self, draft: &mut Draft, from: &CameraId) {
        let source = draft.get().cameras.iter().find(|camera| camera.id == *from).cloned();
        let Some(source) = source else { return };
        draft.edit(|settings| {
            let chosen = settings.cameras.iter_mut().filter(|c| self.chosen.contains(&c.id));
            chosen.for_each(|camera| copy(camera, &source.recording, self.zones));
        });
    }
}

/// A picture's zones are its own, and without a sub stream no main stream is recorded on top of it.
fn copy(to: &mut CameraSettings, from: &CameraRecording, zones: bool) {
    let own = if zones { from.zones.clone() } else { std::mem::take(&mut to.recording.zones) };
    let main_on_motion = from.main_on_motion && to.sub.is_some();
    to.recording = CameraRecording { zones: own, main_on_motion, ..from.clone() };
}
