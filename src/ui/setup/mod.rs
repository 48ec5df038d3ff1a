//! Setup: cameras, recording, the program itself, and the sheet of the first start.
//!
//! Must not do: show a control that does nothing. What cannot be changed here is shown as a fact.

mod defaults;
mod devices;
mod draft;
mod entry;
mod first_start;
mod loss;
mod mode_menu;
mod recording;
mod saving;
mod storage;
mod system;

pub use first_start::FirstStart;

use egui::{Frame, Margin, ScrollArea, Ui};

use self::devices::DevicesPage;
use self::recording::RecordingPage;
use self::system::SystemPage;
use super::app::{Go, Page};
use super::desk::Stage;
use crate::model::CameraId;

/// The three pages.
pub struct SetupPages {
    devices: DevicesPage,
    recording: RecordingPage,
    system: SystemPage,
    renderer: String,
}

impl SetupPages {
    /// In a window that is painted by `renderer`.
    pub fn new(renderer: String) -> Self {
        Self {
            devices: DevicesPage::default(),
            recording: RecordingPage::default(),
            system: SystemPage::default(),
            renderer,
        }
    }

    /// What paints the window.
    pub fn renderer(&self) -> &str {
        &self.renderer
    }

    /// Opens the sheet that adds a camera.
    pub fn open_add_camera(&mut self) {
        self.devices.open_add();
    }

    /// Opens the editor of a camera.
    pub fn edit_camera(&mut self, camera: CameraId) {
        self.devices.edit(camera);
    }

    /// Opens the search for cameras.
    pub const fn open_search(&mut self) {
        self.devices.open_search();
    }

    /// Goes back from what is open on a page; false when nothing is.
    pub fn back(&mut self, page: Page) -> bool {
        page == Page::Devices && self.devices.back()
    }

    /// Shows none of the pages that watch a camera.
    pub fn leave(&mut self, stage: &mut Stage<'_>) {
        self.devices.leave(stage);
    }

    /// Whether a sheet is open.
    pub fn is_open(&self) -> bool {
        self.devices.is_open() || self.recording.is_open() || self.system.is_open()
    }

    /// Shows one of them.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, page: Page) -> Option<Go> {
        match page {
            Page::Recording => self.recording.ui(ui, stage),
            Page::System => self.system.ui(ui, stage, &self.renderer),
            Page::Devices | Page::Live | Page::Playback => self.devices.ui(ui, stage),
        }
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
