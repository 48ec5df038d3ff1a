//! Notices: toasts when they come up, and a drawer that keeps them.
//!
//! Must not do: drop a notice. A toast that fades stays in the drawer.

mod drawer;
mod slip;

use std::collections::BTreeSet;

use egui::{Align2, Area, Id, Order, Ui, Vec2};

use self::drawer::Drawer;
use self::slip::Pressed;
use super::app::{Go, Page};
use super::desk::Desk;
use super::theme;
use super::zone::Zone;
use crate::model::{CameraId, WallTime};
use crate::protocol::{Command, Notice, Severity, Snapshot, Topic};

/// Seconds for which a toast is shown.
const TOAST_SECONDS: f64 = 8.0;

/// Toasts at the same time at most; the others are in the drawer.
const MOST_TOASTS: usize = 3;

struct Toast {
    notice: u64,
    until: f64,
}

/// What is shown, and how times are written.
pub struct Told<'a> {
    /// What waits to be acknowledged, and the cameras.
    pub snapshot: &'a Snapshot,
    /// All that is kept, oldest first.
    pub history: &'a [Notice],
    /// For times.
    pub zone: &'a Zone,
    /// This moment.
    pub now: WallTime,
}

impl Told<'_> {
    /// What operators call a camera, also one that has been removed.
    fn name_of(&self, id: &CameraId) -> String {
        let known = self.snapshot.cameras.iter().find(|camera| camera.id == *id);
        known.map_or_else(|| id.to_string(), |camera| camera.name.clone())
    }
}

/// Toasts and drawer.
#[derive(Default)]
pub struct Notices {
    seen: BTreeSet<u64>,
    toasts: Vec<Toast>,
    /// Why something was not done, and until when that is told.
    refused: Option<(String, f64)>,
    drawer: Option<Drawer>,
    /// In a kiosk, where nobody acknowledges anything.
    alarms_only: bool,
}

impl Notices {
    /// Takes the notices of the newest snapshot.
    pub fn update(&mut self, ui: &Ui, notices: &[Notice]) {
        let time = ui.input(|i| i.time);
        for notice in notices {
            let is_told = !self.alarms_only || notice.severity == Severity::Alarm;
            if self.seen.insert(notice.id) && is_told {
                self.toasts.push(Toast { notice: notice.id, until: time + TOAST_SECONDS });
            }
        }
        self.seen.retain(|id| notices.iter().any(|n| n.id == *id));
        self.toasts.retain(|t| t.until > time && notices.iter().any(|n| n.id == t.notice));
        self.refused = self.refused.take().filter(|(_, until)| *until > time);
    }

    /// What the operator wanted was not done.
    pub fn refused(&mut self, ui: &Ui, why: &str) {
        self.refused = Some((why.to_owned(), ui.input(|i| i.time) + TOAST_SECONDS));
    }

    /// Whether only alarms come up, without a button.
    pub fn alarms_only(&mut self, alarms_only: bool) {
        self.alarms_only = alarms_only;
        self.drawer = None;
    }

    /// Opens or closes the drawer.
    pub fn toggle(&mut self) {
        self.drawer = if self.drawer.is_some() { None } else { Some(Drawer::default()) };
    }

    /// Closes the drawer; false when it was not open.
    pub fn close(&mut self) -> bool {
        self.drawer.take().is_some()
    }

    /// Shows drawer or toasts over the page; gives where a notice leads that was clicked.
    pub fn ui(&mut self, ui: &Ui, told: &Told<'_>, desk: &mut Desk) -> Option<Go> {
        let pressed = match &mut self.drawer {
            Some(drawer) => {
                self.toasts.clear();
                drawer.ui(ui, told)
            }
            None => self.show_toasts(ui, told),
        };
        match pressed? {
            Pressed::Acknowledge(id) => {
                desk.send(Command::Acknowledge(id));
            }
            Pressed::AcknowledgeAll => {
                desk.send(Command::AcknowledgeAll);
            }
            Pressed::Close => self.drawer = None,
            Pressed::Show(topic, camera) => {
                self.drawer = None;
                return Some(way(topic, camera));
            }
        }
        None
    }

    fn show_toasts(&self, ui: &Ui, told: &Told<'_>) -> Option<Pressed> {
        if self.toasts.is_empty() && self.refused.is_none() {
            return None;
        }
        let mut pressed = None;
        // In the middle, where they cover no list and no button.
        let place = Vec2::new(0.0, theme::BAR + 8.0);
        let area = Area::new(Id::unique("toasts")).order(Order::Foreground);
        area.anchor(Align2::CENTER_TOP, place).show(ui, |ui| {
            if let Some((why, _)) = &self.refused {
                slip::refused(ui, why);
            }
            let listed = &told.snapshot.notices;
            let newest = self.toasts.iter().rev().take(MOST_TOASTS);
            for notice in newest.filter_map(|t| listed.iter().find(|n| n.id == t.notice)) {
                pressed = slip::ui(ui, notice, told, !self.alarms_only).or(pressed.take());
            }
        });
        let refused = self.refused.as_ref().map(|(_, until)| *until);
        let ends = self.toasts.iter().map(|t| t.until).chain(refused);
        let wait = ends.fold(f64::INFINITY, f64::min) - ui.input(|i| i.time);
        if wait.is_finite() {
            ui.request_repaint_after(std::time::Duration::from_secs_f64(wait.max(0.05)));
        }
        pressed
    }
}

/// Where the operator finds more.
fn way(topic: Topic, camera: Option<CameraId>) -> Go {
    match (topic, camera) {
        (Topic::Camera, Some(camera)) => Go::EditCamera(camera),
        (Topic::Storage, _) => Go::To(Page::Recording),
        (Topic::Camera | Topic::Clock | Topic::Settings | Topic::Program, _) => {
            Go::To(Page::System)
        }
    }
}
