//! Values that a camera sets for itself or takes from those for all cameras: which it is, and the way back.
//!
//! Must not do: know a setting.

use egui::{RichText, Ui};
use egui_material_icons::icons::ICON_UNDO;

use crate::ui::setup::entry::{Entry, Face, row, wrong};
use crate::ui::theme;
use crate::ui::widgets::{icon, soft};
use crate::ui::words::camera as words;

/// A value in force.
pub(super) struct Value {
    /// Whether it is the camera's own.
    pub own: bool,
    /// As text.
    pub now: String,
    /// The one for all cameras, as text.
    pub global: String,
}

/// What was done to a value.
pub(super) enum Change<T> {
    /// The camera has its own now.
    Own(T),
    /// It is as for all cameras again.
    Global,
}

impl<T> Change<T> {
    /// As the settings hold it.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Own(value) => Some(value),
            Self::Global => None,
        }
    }
}

/// Says whose value it is; true when the own one is to go.
pub(super) fn origin(ui: &mut Ui, name: &str, own: bool, global: &str) -> bool {
    if !own {
        ui.label(soft(words::AS_FOR_ALL).size(theme::CAPTION));
        return false;
    }
    ui.spacing_mut().button_padding = egui::vec2(8.0, 2.0);
    ui.spacing_mut().interact_size.y = 24.0;
    let text = RichText::new(words::back_to(global)).size(theme::CAPTION);
    let button = ui.add(egui::Button::new((icon(ICON_UNDO, 14.0), text)));
    let reset = words::reset(name);
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &reset));
    button.on_hover_text(words::reset_tip(global)).clicked()
}

/// A row with a number.
pub(super) fn number<T: ToString>(
    ui: &mut Ui,
    entry: &mut Entry,
    face: Face<'_>,
    value: &Value,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Option<Change<T>> {
    let mut change = None;
    row(ui, face.name, |ui| {
        if let Some(new) = entry.ui(ui, face, &value.now, parse) {
            entry.settle(new.to_string());
            change = Some(Change::Own(new));
        }
        if origin(ui, face.name, value.own, &words::with_unit(&value.global, face.unit)) {
            *entry = Entry::default();
            change = Some(Change::Global);
        }
    });
    wrong(ui, entry);
    change
}
