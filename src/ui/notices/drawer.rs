//! The drawer: what is new, what was, by severity and camera.
//!
//! Must not do: act; it says what was pressed.

use egui::{Align, Align2, Area, Button, Frame, Id, Layout, Margin, Order, ScrollArea, Ui, Vec2};
use egui_material_icons::icons::ICON_CLOSE;

use super::Told;
use super::slip::{self, Pressed, WIDTH};
use crate::model::CameraId;
use crate::protocol::{Notice, Severity};
use crate::ui::theme;
use crate::ui::widgets::{
    Look, before_segmented, icon_button, named_menu, segmented, soft, strong,
};
use crate::ui::words::notices as words;

/// The least severe of what is shown, in the order of their buttons.
const LEAST: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Alarm];

/// What the open drawer shows.
#[derive(Default)]
pub struct Drawer {
    history: bool,
    least: usize,
    camera: Option<CameraId>,
}

impl Drawer {
    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, told: &Told<'_>) -> Option<Pressed> {
        let mut pressed = None;
        let area = Area::new(Id::unique("notices")).order(Order::Foreground);
        let place = Vec2::new(theme::RAIL + 8.0, -(theme::STATUS + 8.0));
        area.anchor(Align2::LEFT_BOTTOM, place).show(ui, |ui| {
            let frame = Frame::new()
                .fill(theme::panel())
                .stroke(theme::hair())
                .corner_radius(theme::ROUND_CARD)
                .inner_margin(Margin::same(16));
            frame.show(ui, |ui| {
                ui.set_width(WIDTH + 16.0);
                pressed = self.head(ui, told);
                if self.history {
                    self.filters(ui, told);
                }
                pressed = self.list(ui, told).or(pressed.take());
            });
        });
        pressed
    }

    fn head(&mut self, ui: &mut Ui, told: &Told<'_>) -> Option<Pressed> {
        let mut pressed = None;
        ui.horizontal(|ui| {
            before_segmented(ui, strong(words::TITLE));
            let options = [
                (words::NEW, words::NEW_TIP.to_owned()),
                (words::HISTORY, words::HISTORY_TIP.to_owned()),
            ];
            let chosen = Some(usize::from(self.history));
            if let Some(place) = segmented(ui, words::LIST, &options, chosen) {
                self.history = place == 1;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, ICON_CLOSE, words::CLOSE, "Esc", Look::Quiet).clicked() {
                    pressed = Some(Pressed::Close);
                }
                let all = Button::new(words::ACKNOWLEDGE_ALL);
                if !told.snapshot.notices.is_empty()
                    && ui.add(all).on_hover_text(words::ACKNOWLEDGE_ALL_TIP).clicked()
                {
                    pressed = Some(Pressed::AcknowledgeAll);
                }
            });
        });
        pressed
    }

    fn filters(&mut self, ui: &mut Ui, told: &Told<'_>) {
        ui.horizontal(|ui| {
            let options = [
                (words::ALL, words::ALL_TIP.to_owned()),
                (words::WARNINGS, words::WARNINGS_TIP.to_owned()),
                (words::ALARMS, words::ALARMS_TIP.to_owned()),
            ];
            if let Some(place) = segmented(ui, words::SEVERITY, &options, Some(self.least)) {
                self.least = place;
            }
            self.cameras(ui, told);
        });
    }

    /// Those of which there is something to tell.
    fn cameras(&mut self, ui: &mut Ui, told: &Told<'_>) {
        let mut concerned: Vec<&CameraId> =
            told.history.iter().filter_map(|notice| notice.camera.as_ref()).collect();
        concerned.sort();
        concerned.dedup();
        let name = |camera: &Option<CameraId>| {
            camera.as_ref().map_or_else(|| words::ALL_CAMERAS.to_owned(), |id| told.name_of(id))
        };
        let shown = name(&self.camera);
        let salt = Id::unique("camera of notices");
        named_menu(ui, salt, words::CAMERA, &shown, 120.0, |ui| {
            let cameras = concerned.into_iter().map(|id| Some(id.clone()));
            for camera in std::iter::once(None).chain(cameras) {
                if ui.selectable_label(camera == self.camera, name(&camera)).clicked() {
                    self.camera = camera;
                }
            }
        });
    }

    fn list(&self, ui: &mut Ui, told: &Told<'_>) -> Option<Pressed> {
        let mut pressed = None;
        let notices = if self.history { told.history } else { &told.snapshot.notices };
        let shown: Vec<&Notice> =
            notices.iter().rev().filter(|notice| !self.history || self.takes(notice)).collect();
        if shown.is_empty() {
            ui.label(soft(if self.history { words::NOTHING } else { words::NOTHING_NEW }));
        }
        let room = (ui.content_rect().height() - 260.0).max(120.0);
        // The room of the last frame may be too small: the drawer grows upward.
        let area = ScrollArea::vertical().max_height(room).min_scrolled_height(room);
        area.show(ui, |ui| {
            for notice in shown {
                pressed = slip::ui(ui, notice, told, true).or(pressed.take());
            }
        });
        pressed
    }

    fn takes(&self, notice: &Notice) -> bool {
        let least = LEAST.get(self.least).copied().unwrap_or(Severity::Info);
        let of_camera = self.camera.is_none() || notice.camera == self.camera;
        notice.severity >= least && of_camera
    }
}
