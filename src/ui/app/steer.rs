//! Where the window turns to: keys that work everywhere, what pages want of the others, full screen.
//!
//! Must not do: paint.

use egui::{Key, Modifiers, Ui, ViewportCommand};

use super::{App, Go, Page};
use crate::protocol::{Command, ConsoleFacts};
use crate::ui::keys;

impl App {
    pub(super) fn global_keys(&mut self, ui: &Ui) {
        if let Some(kiosk) = &mut self.kiosk {
            self.page = kiosk.keys(ui).unwrap_or(self.page);
            return;
        }
        const NUMBERS: [Key; 5] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5];
        for (key, page) in NUMBERS.into_iter().zip(Page::ALL) {
            if keys::take_with(ui, Modifiers::COMMAND, key) {
                self.page = page;
            }
        }
        if !keys::free(ui) {
            return;
        }
        if keys::take_character(ui, "?") {
            self.keys_open = !self.keys_open;
        }
        if keys::take(ui, Key::F) {
            self.toggle_fullscreen(ui);
        }
    }

    /// Esc closes one thing: what is open on top, then the enlarged tile, then full screen.
    pub(super) fn escape(&mut self, ui: &Ui) {
        if !keys::free(ui) || !keys::take(ui, Key::Escape) {
            return;
        }
        let closed = self.notices.close()
            || match self.page {
                Page::Live => self.live.shrink(),
                Page::Playback => self.playback.close(self.fullscreen),
                Page::Devices | Page::Recording | Page::System => self.setup.back(self.page),
            };
        if !closed && self.fullscreen && self.kiosk.is_none() {
            self.toggle_fullscreen(ui);
        }
    }

    pub(super) fn toggle_fullscreen(&mut self, ui: &Ui) {
        self.fullscreen = !self.fullscreen;
        ui.send_viewport_cmd(ViewportCommand::Fullscreen(self.fullscreen));
    }

    /// Notices when the window manager left full screen by itself.
    pub(super) fn follow_window(&mut self, ui: &Ui) {
        let reported = ui.input(|i| i.viewport().fullscreen);
        match &mut self.kiosk {
            Some(kiosk) => kiosk.follow(ui, reported),
            None if self.reported_fullscreen == Some(true) && reported == Some(false) => {
                self.fullscreen = false;
            }
            None => {}
        }
        self.reported_fullscreen = reported;
    }

    pub(super) fn go(&mut self, ui: &Ui, go: Go) {
        let leads_out = !matches!(go, Go::Watch(..) | Go::To(Page::Live | Page::Playback));
        if self.kiosk.is_some() && leads_out {
            return;
        }
        match go {
            Go::To(page) => self.page = page,
            Go::Watch(camera, at) => {
                self.playback.open_at(camera, at);
                self.page = Page::Playback;
            }
            Go::AddCamera => {
                self.page = Page::Devices;
                self.setup.open_add_camera();
            }
            Go::SearchCameras => {
                self.page = Page::Devices;
                self.setup.open_search();
            }
            Go::EditCamera(camera) => {
                self.page = Page::Devices;
                self.setup.edit_camera(camera);
            }
            Go::SaveDiagnostics => {
                let renderer = self.setup.renderer().to_owned();
                self.desk.send(Command::SaveDiagnostics(ConsoleFacts { renderer }));
            }
            Go::Welcome => self.first_start.reopen(),
            Go::ToggleFullscreen => self.toggle_fullscreen(ui),
        }
    }
}
