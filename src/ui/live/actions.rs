//! The buttons of a tile: what can be done with its camera.
//!
//! Must not do: act; it says what was pressed.

use egui::{Align, Button, CornerRadius, Layout, Rect, Response, Ui, UiBuilder, Vec2};
use egui_material_icons::icons::{
    ICON_CLOSE, ICON_FULLSCREEN, ICON_FULLSCREEN_EXIT, ICON_HISTORY, ICON_OPEN_IN_FULL,
    ICON_PHOTO_CAMERA, ICON_RADIO_BUTTON_CHECKED, ICON_REPLAY_30, ICON_STOP_CIRCLE,
};

use super::tile::{Act, TileView};
use crate::protocol::CameraStatus;
use crate::ui::theme;
use crate::ui::widgets::{picture_button, tip};
use crate::ui::words::live as words;

/// Height of the bar.
const BAR: f32 = 40.0;

/// A tile narrower than this leaves the rarer buttons out; their keys work all the same.
const ROOMY: f32 = 230.0;

/// What was pressed, and whether the keyboard is on one of the buttons.
#[derive(Default)]
struct Pressed {
    act: Option<Act>,
    focused: bool,
}

impl Pressed {
    fn take(&mut self, button: &Response, act: Act) {
        self.focused |= button.has_focus();
        if button.clicked() {
            self.act = Some(act);
        }
    }
}

impl TileView<'_> {
    /// Buttons at the foot of the tile.
    pub(super) fn actions(&self, ui: &mut Ui, rect: Rect, kiosk: bool) -> (Option<Act>, bool) {
        let bar = rect.with_min_y(rect.bottom() - BAR);
        let foot = CornerRadius { nw: 0, ne: 0, ..theme::ROUND };
        ui.painter().rect_filled(bar, foot, theme::ON_PICTURE);
        let builder = UiBuilder::new()
            .max_rect(bar.shrink2(Vec2::new(6.0, 4.0)))
            .layout(Layout::right_to_left(Align::Center))
            .id_salt(("actions", self.camera.id.as_str()));
        let mut pressed = Pressed::default();
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            self.buttons(ui, &mut pressed, rect.width() >= ROOMY, kiosk);
            if self.arranging {
                self.arranging(ui, &mut pressed);
            }
        });
        (pressed.act, pressed.focused)
    }

    /// From the right end inwards.
    fn buttons(&self, ui: &mut Ui, pressed: &mut Pressed, roomy: bool, kiosk: bool) {
        let (name, ink) = (&self.camera.name, theme::PICTURE_TEXT);
        let (glyph, what) = match self.enlarged {
            true => (ICON_FULLSCREEN_EXIT, words::TO_WALL.to_owned()),
            false => (ICON_FULLSCREEN, words::enlarge(name)),
        };
        pressed.take(&picture_button(ui, glyph, &what, "Enter", ink), Act::Enlarge);
        if roomy && !self.arranging {
            let what = words::recordings_of(name);
            pressed.take(&picture_button(ui, ICON_HISTORY, &what, "", ink), Act::Playback);
        }
        let what = words::half_a_minute_ago(name);
        pressed.take(&picture_button(ui, ICON_REPLAY_30, &what, "B", ink), Act::Back);
        if !kiosk {
            let what = words::snapshot_of(name);
            pressed.take(&picture_button(ui, ICON_PHOTO_CAMERA, &what, "S", ink), Act::Snapshot);
        }
        let (glyph, what) = match self.camera.manual_left {
            Some(_) => (ICON_STOP_CIRCLE, words::stop(name)),
            None => (ICON_RADIO_BUTTON_CHECKED, words::record(name)),
        };
        pressed.take(&picture_button(ui, glyph, &what, "R", theme::manual()), Act::Record);
    }

    fn arranging(&self, ui: &mut Ui, pressed: &mut Pressed) {
        let (name, ink) = (&self.camera.name, theme::PICTURE_TEXT);
        let what = if self.large { words::small(name) } else { words::large(name) };
        pressed.take(&picture_button(ui, ICON_OPEN_IN_FULL, &what, "L", ink), Act::Large);
        let what = words::remove(name);
        pressed.take(&picture_button(ui, ICON_CLOSE, &what, "Delete", ink), Act::Remove);
    }
}

/// The buttons under the reason why there is no picture.
pub(super) fn help(
    ui: &mut Ui,
    place: Rect,
    camera: &CameraStatus,
    can_retry: bool,
    kiosk: bool,
) -> Option<Act> {
    const WIDTH: f32 = 124.0;
    let mut buttons = Vec::new();
    if can_retry {
        let name = words::connect(&camera.name);
        buttons.push((words::CONNECT, name, words::CONNECT_TIP, Act::Retry));
    }
    if !kiosk {
        let name = words::test(&camera.name);
        buttons.push((words::TEST, name, words::TEST_TIP, Act::Test));
    }
    let gap = 8.0;
    let count = buttons.len() as f32;
    let room = (place.width() - 24.0 - gap * (count - 1.0)) / count.max(1.0);
    let size = Vec2::new(room.min(WIDTH), place.height());
    let left = place.center().x - (size.x * count + gap * (count - 1.0)) / 2.0;
    let mut act = None;
    for (i, (text, name, explanation, meaning)) in buttons.into_iter().enumerate() {
        let min = egui::pos2(left + i as f32 * (size.x + gap), place.top());
        let button = Button::new(text).truncate();
        let response = ui.put(Rect::from_min_size(min, size), button).accessible_name(name);
        if response.on_hover_text(tip(explanation, "")).clicked() {
            act = Some(meaning);
        }
    }
    act
}
