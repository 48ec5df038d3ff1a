//! The kiosk: the whole screen for pictures, and a PIN before anything else can be had.
//!
//! Must not do: end the program, or keep it from ending when the system wants that.

mod bar;
mod leave;
mod pin_pad;

use std::time::Duration;

use egui::{Context, CursorIcon, Key, Modifiers, Ui, ViewportCommand, WindowLevel};

use self::leave::Leave;
use super::app::Page;
use super::desk::Desk;
use super::keys;
use crate::model::WallTime;
use crate::model::settings::{KioskPage, KioskSettings};
use crate::protocol::{Command, Snapshot};

/// Seconds without a touch after which the pointer is hidden, and an open sheet has this many times as long.
const IDLE: f64 = 3.0;

/// Seconds without a touch after which the sheet closes again.
const ABANDONED: f64 = 30.0;

/// Seconds between two attempts to fill the screen, when the window manager takes that away.
const INSIST: f64 = 1.0;

/// The kiosk while it lasts.
pub struct Kiosk {
    /// The window has been told to fill its monitor.
    is_set_up: bool,
    /// The first page has been chosen.
    has_begun: bool,
    leave: Option<Leave>,
    /// Seconds of the window's clock.
    touched: f64,
    turned: f64,
    insisted: f64,
}

impl Kiosk {
    /// From now on.
    pub const fn new() -> Self {
        let (touched, turned, insisted) = (0.0, 0.0, 0.0);
        Self { is_set_up: false, has_begun: false, leave: None, touched, turned, insisted }
    }

    /// The page that is shown first, once.
    pub fn begin(&mut self, settings: &KioskSettings) -> Option<Page> {
        let first = match settings.page {
            KioskPage::Live => Page::Live,
            KioskPage::Playback => Page::Playback,
        };
        (!std::mem::replace(&mut self.has_begun, true)).then_some(first)
    }

    /// Whether the sheet is open.
    pub const fn is_open(&self) -> bool {
        self.leave.is_some()
    }

    /// Keeps the window open and in front; `settings` say on which monitor.
    pub fn logic(&mut self, ctx: &Context, settings: Option<&KioskSettings>, desk: &Desk) {
        if ctx.input(|i| i.viewport().close_requested()) {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        }
        if ctx.input(|i| i.viewport().minimized) == Some(true) {
            // Not every window manager gives a window back that only asks for it; one that appears anew it shows.
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Visible(false));
            ctx.send_viewport_cmd(ViewportCommand::Visible(true));
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(true));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
        }
        // Nothing is painted while it is minimised, and so nothing else would wake it.
        ctx.request_repaint_after(Duration::from_secs_f64(INSIST));
        if let Some(settings) = settings
            && !self.is_set_up
        {
            self.is_set_up = true;
            ctx.options_mut(|options| options.quit_shortcuts.clear());
            if let Some(monitor) = usize::from(settings.monitor.0).checked_sub(1) {
                ctx.send_viewport_cmd(ViewportCommand::SetMonitor(monitor));
            }
            ctx.send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::AlwaysOnTop));
            desk.try_send(Command::KeepAwake(true));
        }
    }

    /// Looks for the operator, and for a window manager that has taken the screen away.
    pub fn follow(&mut self, ui: &Ui, is_fullscreen: Option<bool>) {
        let (time, touched) = ui.input(|i| (i.time, !i.events.is_empty() || i.any_touches()));
        if touched {
            self.touched = time;
        }
        let idle = time - self.touched;
        if idle >= IDLE {
            ui.set_cursor_icon(CursorIcon::None);
        } else {
            ui.request_repaint_after(Duration::from_secs_f64(IDLE - idle + 0.01));
        }
        if is_fullscreen == Some(false) && time - self.insisted >= INSIST {
            self.insisted = time;
            ui.send_viewport_cmd(ViewportCommand::Fullscreen(true));
            ui.send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::AlwaysOnTop));
            ui.request_repaint_after(Duration::from_secs_f64(INSIST));
        }
        if self.is_open() && idle >= ABANDONED {
            self.leave = None;
        }
    }

    /// Whether the wall is to show its next page: after the time of the settings, and never while somebody uses it.
    pub fn turns(&mut self, ui: &Ui, settings: &KioskSettings) -> bool {
        let every = f64::from(settings.rotate_seconds.0);
        if every == 0.0 {
            return false;
        }
        let time = ui.input(|i| i.time);
        let since = time - self.turned.max(self.touched);
        if since >= every {
            self.turned = time;
            return true;
        }
        ui.request_repaint_after(Duration::from_secs_f64(every - since));
        false
    }

    /// Keys of the kiosk; the page that was wanted.
    pub fn keys(&mut self, ui: &Ui) -> Option<Page> {
        if keys::take_with(ui, Modifiers::COMMAND | Modifiers::SHIFT, Key::K) {
            self.open();
        }
        let pages = [(Key::Num1, Page::Live), (Key::Num2, Page::Playback)];
        let pressed = |(key, _): &(Key, Page)| keys::take_with(ui, Modifiers::COMMAND, *key);
        pages.into_iter().find(pressed).map(|(_, page)| page)
    }

    /// Opens the sheet that asks before the kiosk is left.
    pub fn open(&mut self) {
        self.leave = Some(Leave::default());
    }

    /// Shows the sheet; true when the kiosk is left.
    pub fn sheet(&mut self, ui: &Ui, snapshot: &Snapshot, now: WallTime, desk: &mut Desk) -> bool {
        let Some(leave) = &mut self.leave else { return false };
        match leave.ui(ui, snapshot.pin_is_set, now, desk) {
            None => false,
            Some(leave::End::Stay) => {
                self.leave = None;
                false
            }
            Some(leave::End::Leave) => {
                let usual = egui::Options::default().quit_shortcuts;
                ui.options_mut(|options| options.quit_shortcuts = usual);
                ui.send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::Normal));
                ui.send_viewport_cmd(ViewportCommand::Fullscreen(false));
                ui.send_viewport_cmd(ViewportCommand::Decorations(true));
                desk.try_send(Command::KeepAwake(false));
                true
            }
        }
    }
}
