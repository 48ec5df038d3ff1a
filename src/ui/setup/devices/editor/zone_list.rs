//! Zones as a list: all that the mouse does on the picture, by keyboard and in numbers.
//!
//! Must not do: paint on the picture.

use egui::{DragValue, RichText, Ui};
use egui_material_icons::icons::{
    ICON_ADD, ICON_DELETE, ICON_EXPAND_LESS, ICON_EXPAND_MORE, ICON_REMOVE,
};

use super::Edited;
use super::zones::Corner;
use crate::model::event::WHOLE;
use crate::model::motion::MAX_CORNERS;
use crate::model::settings::MAX_ZONES;
use crate::model::{MotionZone, ZoneKind};
use crate::ui::theme;
use crate::ui::widgets::{
    Look, before_segmented, icon_button, labelled_button, segmented, soft, strong,
};
use crate::ui::words::camera as words;

/// Corners beside one another.
const IN_A_ROW: usize = 3;

/// A zone that is added by a button.
const MIDDLE: [Corner; 4] = [(250, 250), (750, 250), (750, 750), (250, 750)];

/// What the list shares with the picture.
pub(super) struct Places<'a> {
    /// A new zone is left out.
    pub ignores: &'a mut bool,
    /// The zone that is selected.
    pub selected: &'a mut Option<usize>,
    /// The zone whose corners are shown.
    pub opened: &'a mut Option<usize>,
}

/// Shows the list.
pub(super) fn ui(ui: &mut Ui, edited: &mut Edited<'_>, places: Places<'_>) {
    let Some(zones) = edited.camera().map(|camera| camera.recording.zones.clone()) else { return };
    ui.horizontal(|ui| {
        before_segmented(ui, soft(words::NEW_ZONE));
        if let Some(i) =
            segmented(ui, words::NEW_ZONE, &kinds(), Some(usize::from(*places.ignores)))
        {
            *places.ignores = i == 1;
        }
        ui.add_enabled_ui(zones.len() < MAX_ZONES, |ui| {
            let add = labelled_button(ui, ICON_ADD, words::ADD_ZONE, words::ADD_ZONE_TIP, "");
            if add.clicked() {
                let kind = kind_of(*places.ignores);
                let zone = MotionZone { kind, corners: MIDDLE.to_vec() };
                edited.edit(|camera| camera.recording.zones.push(zone));
                *places.selected = Some(zones.len());
                *places.opened = Some(zones.len());
            }
        });
    });
    for (number, zone) in zones.iter().enumerate() {
        let is_open = *places.opened == Some(number);
        match line(ui, edited, number, zone, is_open) {
            Some(Press::Corners) => {
                *places.opened = (!is_open).then_some(number);
                *places.selected = Some(number);
            }
            Some(Press::Remove) => {
                edited.edit(|camera| {
                    camera.recording.zones.remove(number);
                });
                (*places.selected, *places.opened) = (None, None);
                return;
            }
            None => {}
        }
        if is_open {
            corners(ui, edited, number, zone);
        }
    }
    // Nothing that is gone stays selected.
    let count = edited.camera().map_or(0, |camera| camera.recording.zones.len());
    for place in [places.selected, places.opened] {
        *place = place.filter(|number| *number < count);
    }
}

/// What was pressed in a line.
enum Press {
    Corners,
    Remove,
}

fn kinds() -> [(&'static str, String); 2] {
    [
        (words::WATCHED, words::WATCHED_TIP.to_owned()),
        (words::IGNORED, words::IGNORED_TIP.to_owned()),
    ]
}

const fn kind_of(ignores: bool) -> ZoneKind {
    if ignores { ZoneKind::Ignore } else { ZoneKind::Include }
}

fn line(
    ui: &mut Ui,
    edited: &mut Edited<'_>,
    number: usize,
    zone: &MotionZone,
    is_open: bool,
) -> Option<Press> {
    let mut press = None;
    ui.horizontal(|ui| {
        let name = words::zone(number);
        before_segmented(ui, strong(&name));
        let on = usize::from(zone.kind == ZoneKind::Ignore);
        if let Some(i) = segmented(ui, &name, &kinds(), Some(on)) {
            edit(edited, number, |zone| zone.kind = kind_of(i == 1));
        }
        let glyph = if is_open { ICON_EXPAND_LESS } else { ICON_EXPAND_MORE };
        let corners = words::of_zone(words::CORNERS, number);
        if labelled(ui, glyph, words::CORNERS, &corners, words::CORNERS_TIP) {
            press = Some(Press::Corners);
        }
        let remove = words::of_zone(words::REMOVE_ZONE, number);
        if icon_button(ui, ICON_DELETE, &remove, "", Look::Quiet).clicked() {
            press = Some(Press::Remove);
        }
    });
    press
}

fn labelled(
    ui: &mut Ui,
    glyph: egui_material_icons::MaterialIcon,
    text: &str,
    name: &str,
    tip: &str,
) -> bool {
    let button = labelled_button(ui, glyph, text, tip, "");
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    button.clicked()
}

fn corners(ui: &mut Ui, edited: &mut Edited<'_>, number: usize, zone: &MotionZone) {
    let all: Vec<(usize, Corner)> = zone.corners.iter().copied().enumerate().collect();
    for part in all.chunks(IN_A_ROW) {
        ui.horizontal(|ui| part.iter().for_each(|(n, at)| corner(ui, edited, number, *n, *at)));
    }
    ui.horizontal(|ui| {
        let more = words::of_zone(words::ADD_CORNER, number);
        ui.add_enabled_ui(zone.corners.len() < MAX_CORNERS, |ui| {
            if labelled(ui, ICON_ADD, words::ADD_CORNER, &more, words::CORNERS_TIP) {
                edit(edited, number, add_corner);
            }
        });
        let less = words::of_zone(words::REMOVE_CORNER, number);
        ui.add_enabled_ui(zone.corners.len() > 3, |ui| {
            if labelled(ui, ICON_REMOVE, words::REMOVE_CORNER, &less, words::CORNERS_TIP) {
                edit(edited, number, |zone| {
                    zone.corners.pop();
                });
            }
        });
    });
    if let Err(why) = zone.validate() {
        let why = crate::ui::words::sentence(&why);
        ui.label(RichText::new(why).size(theme::CAPTION).color(theme::error()));
    }
}

fn corner(ui: &mut Ui, edited: &mut Edited<'_>, zone: usize, place: usize, at: Corner) {
    let mut new = at;
    for (axis, value) in [("X", &mut new.0), ("Y", &mut new.1)] {
        let field = DragValue::new(value).range(0..=WHOLE).speed(2.0);
        let name = words::of_corner(axis, place, zone);
        ui.add(field).accessible_name(name.as_str()).on_hover_text(name);
    }
    ui.add_space(12.0);
    if new != at {
        edit(edited, zone, |zone| zone.corners[place] = new);
    }
}

/// Halfway between the last corner and the first.
fn add_corner(zone: &mut MotionZone) {
    if let (Some(first), Some(last)) = (zone.corners.first(), zone.corners.last()) {
        let middle = (u16::midpoint(first.0, last.0), u16::midpoint(first.1, last.1));
        zone.corners.push(middle);
    }
}

fn edit(edited: &mut Edited<'_>, number: usize, change: impl FnOnce(&mut MotionZone)) {
    edited.edit(|camera| {
        if let Some(zone) = camera.recording.zones.get_mut(number) {
            change(zone);
        }
    });
}
