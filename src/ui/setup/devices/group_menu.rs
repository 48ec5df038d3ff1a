//! The groups that there are, to choose from.
//!
//! Must not do: limit an operator to them.

use std::collections::BTreeSet;

use egui::{Popup, Ui};
use egui_material_icons::icons::ICON_EXPAND_MORE;

use crate::model::Settings;
use crate::ui::theme;
use crate::ui::widgets::{Look, icon_button, soft};
use crate::ui::words::devices as words;

/// Longest name of a group in characters, as of a camera.
const LONGEST: usize = 64;

/// Whether `name` can be the name of a group.
pub fn is_valid(name: &str) -> bool {
    name.chars().count() <= LONGEST && !name.chars().any(char::is_control)
}

/// The groups of the cameras, ordered.
fn groups(settings: &Settings) -> BTreeSet<&str> {
    let named = settings.cameras.iter().map(|camera| camera.group.as_str());
    named.filter(|group| !group.is_empty()).collect()
}

/// Whether there is a group to choose, and so [`button`].
pub fn is_there(settings: &Settings) -> bool {
    !groups(settings).is_empty()
}

/// A button with the groups behind it; gives the one that was chosen.
pub fn button(ui: &mut Ui, settings: &Settings) -> Option<String> {
    let groups = groups(settings);
    if groups.is_empty() {
        return None;
    }
    let mut chosen = None;
    let button = icon_button(ui, ICON_EXPAND_MORE, words::KNOWN_GROUPS, "", Look::Quiet);
    Popup::menu(&button).show(|ui| {
        for group in std::iter::once("").chain(groups) {
            let shown = if group.is_empty() { words::NO_GROUP } else { group };
            if ui.button(shown).clicked() {
                chosen = Some(group.to_owned());
            }
        }
    });
    chosen
}

/// The groups as small buttons below a field, as far as there is room.
pub fn under(ui: &mut Ui, settings: &Settings, group: &mut String) {
    /// More would not fit below a field.
    const MOST: usize = 3;
    let groups: Vec<&str> = groups(settings).into_iter().collect();
    if groups.is_empty() || !group.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        ui.spacing_mut().button_padding = egui::vec2(6.0, 1.0);
        for known in groups.iter().take(MOST) {
            let button = ui.button(soft(*known).size(theme::CAPTION));
            if button.on_hover_text(words::KNOWN_GROUPS).clicked() {
                (*known).clone_into(group);
            }
        }
    });
}
