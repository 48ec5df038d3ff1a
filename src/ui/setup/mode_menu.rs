//! The menu that sets a camera's mode.
//!
//! Must not do: know what a mode needs; the engine refuses what cannot be, with a sentence.

use egui::Ui;

use crate::model::Mode;
use crate::protocol::{CameraStatus, Command};
use crate::ui::desk::Stage;
use crate::ui::widgets::named_menu;
use crate::ui::words::devices as words;

/// Width of the menu: its longest name and the arrow.
pub const WIDTH: f32 = 176.0;

/// Shows the mode in force and sends the one that is chosen.
pub fn mode_menu(ui: &mut Ui, camera: &CameraStatus, stage: &mut Stage<'_>) {
    let name = words::mode_of(&camera.name);
    let salt = ("mode", camera.id.as_str());
    let width = WIDTH - 2.0 * ui.spacing().button_padding.x;
    let shown = named_menu(ui, salt, &name, camera.mode.label(), width, |ui| {
        for mode in Mode::ALL {
            let item = ui.selectable_label(mode == camera.mode, mode.label());
            let chosen = item.on_hover_text(words::mode_meaning(mode)).clicked();
            if chosen && mode != camera.mode {
                stage.desk.send(Command::SetMode(camera.id.clone(), mode));
            }
        }
    });
    shown.on_hover_text(words::mode_tip(&name, camera.mode));
}
