//! The menu that sets a camera's mode.
//!
//! Must not do: know what a mode needs; the engine refuses what cannot be, with a sentence.

use egui::{ComboBox, Ui};

use crate::model::Mode;
use crate::protocol::{CameraStatus, Command};
use crate::ui::desk::Stage;

/// Width of the menu: its longest name and the arrow.
pub const WIDTH: f32 = 176.0;

/// Shows the mode in force and sends the one that is chosen.
pub fn mode_menu(ui: &mut Ui, camera: &CameraStatus, stage: &mut Stage<'_>) {
    let menu = ComboBox::from_id_salt(("mode", camera.id.as_str()))
        .selected_text(camera.mode.label())
        .width(WIDTH - 2.0 * ui.spacing().button_padding.x);
    let shown = menu.show_ui(ui, |ui| {
        for mode in Mode::ALL {
            let item = ui.selectable_label(mode == camera.mode, mode.label());
            if item.on_hover_text(meaning(mode)).clicked() && mode != camera.mode {
                stage.desk.send(Command::SetMode(camera.id.clone(), mode));
            }
        }
    });
    let name = format!("Mode of {}", camera.name);
    let tip = format!("{name}: {}", meaning(camera.mode));
    shown.response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ComboBox, true, &name);
        info.current_text_value = Some(camera.mode.label().to_owned());
        info
    });
    shown.response.on_hover_text(tip);
}

/// What a mode means.
pub const fn meaning(mode: Mode) -> &'static str {
    match mode {
        Mode::Disabled => "shown live, recorded only when somebody starts it",
        Mode::Continuous => "recorded around the clock",
        Mode::Scheduled => "recorded within its schedule",
        Mode::Motion => "recorded while something moves",
    }
}
