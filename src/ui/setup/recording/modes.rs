//! The card of the cameras: what is done with each now, and its mode.
//!
//! Must not do: know what a mode needs; the engine refuses what cannot be.

use egui::{Align, Layout, Ui};

use crate::protocol::CameraStatus;
use crate::ui::app::{Go, Page};
use crate::ui::desk::Stage;
use crate::ui::setup::mode_menu::mode_menu;
use crate::ui::theme;
use crate::ui::widgets::{card, soft, strong};
use crate::ui::words::recording as words;

/// Shows the card.
pub fn ui(ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Go> {
    let mut go = None;
    card(ui, words::CAMERAS, |ui| {
        if stage.snapshot.cameras.is_empty() {
            ui.label(soft(words::NO_CAMERA));
            let link = ui.button(words::TO_DEVICES).on_hover_text(words::TO_DEVICES_TIP);
            if link.clicked() {
                go = Some(Go::To(Page::Devices));
            }
        }
        for (i, camera) in stage.snapshot.cameras.iter().enumerate() {
            if i > 0 {
                ui.separator();
            }
            camera_row(ui, camera, stage);
        }
    });
    go
}

fn camera_row(ui: &mut Ui, camera: &CameraStatus, stage: &mut Stage<'_>) {
    ui.horizontal(|ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.label(strong(&camera.name));
            ui.label(soft(&camera.sentence).size(theme::CAPTION));
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            mode_menu(ui, camera, stage);
            ui.label(soft(words::stream(camera.stream)));
        });
    });
}
