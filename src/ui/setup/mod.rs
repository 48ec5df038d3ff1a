//! Setup: cameras, recording, the program itself, and the sheet of the first start.
//!
//! Must not do: show a control that does nothing. What cannot be changed here is shown as a fact.

mod add_camera;
mod defaults;
mod devices;
mod draft;
mod entry;
mod first_start;
mod loss;
mod mode_menu;
mod recording;
mod storage;
mod system;

pub use first_start::FirstStart;

use egui::{Frame, Margin, ScrollArea, Ui};

use self::add_camera::AddCamera;
use self::devices::DevicesPage;
use self::recording::RecordingPage;
use self::system::SystemPage;
use super::app::{Go, Page};
use super::desk::Stage;
use crate::model::CameraId;

/// The three pages.
pub struct SetupPages {
    devices: DevicesPage,
    add: AddCamera,
    recording: RecordingPage,
    system: SystemPage,
    renderer: String,
}

impl SetupPages {
    /// In a window that is painted by `renderer`.
    pub fn new(renderer: String) -> Self {
        Self {
            devices: DevicesPage::default(),
            add: AddCamera::default(),
            recording: RecordingPage::default(),
            system: SystemPage::default(),
            renderer,
        }
    }

    /// What paints the window.
    pub fn renderer(&self) -> &str {
        &self.renderer
    }

    /// Shows a camera among the devices.
    pub fn show_camera(&mut self, camera: CameraId) {
        self.devices.show(camera);
    }

    /// Opens the sheet that adds a camera.
    pub fn open_add_camera(&mut self) {
        self.add = AddCamera::opened();
    }

    /// Whether a sheet is open.
    pub const fn is_open(&self) -> bool {
        self.add.is_open()
            || self.devices.is_open()
            || self.recording.is_open()
            || self.system.is_open()
    }

    /// Shows one of them.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, page: Page) -> Option<Go> {
        let go = match page {
            Page::Recording => self.recording.ui(ui, stage),
            Page::System => self.system.ui(ui, stage, &self.renderer),
            Page::Devices | Page::Live | Page::Playback => self.devices.ui(ui, stage),
        };
        self.add.ui(ui, stage.desk);
        go
    }
}

/// The scrolled content of a page.
fn content(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 16 }).show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                add(ui);
            },
        );
    });
}
