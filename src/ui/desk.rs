//! What every page is handed in a frame, and the way its commands take.
//!
//! Must not do: wait. A command that the engine does not take is told to the operator.

use egui::Ui;

use super::texture::Textures;
use super::zone::Zone;
use crate::model::{CameraId, WallTime};
use crate::protocol::{CameraStatus, Command, Console, Shown, Snapshot};

/// Sends commands and remembers whether one was refused.
pub struct Desk {
    console: Console,
    refused: bool,
}

impl Desk {
    /// Over the console's end.
    pub fn new(console: Console) -> Self {
        Self { console, refused: false }
    }

    /// Sends a command that the operator gave; false, and a notice, when the engine is too busy.
    pub fn send(&mut self, command: Command) -> bool {
        let sent = self.console.send(command).is_ok();
        self.refused |= !sent;
        sent
    }

    /// Sends what the console wants for itself and will want again; false when the engine is too busy.
    pub fn try_send(&self, command: Command) -> bool {
        self.console.send(command).is_ok()
    }

    /// A number that no other question has.
    pub fn next_id(&self) -> u64 {
        self.console.shown().next_id()
    }

    /// Whether a command was refused since the last call.
    pub fn take_refused(&mut self) -> bool {
        std::mem::take(&mut self.refused)
    }

    /// What the engine shows.
    pub fn shown(&self) -> &std::sync::Arc<Shown> {
        self.console.shown()
    }
}

/// One frame, for a page.
pub struct Stage<'a> {
    /// All that the console shows.
    pub snapshot: &'a Snapshot,
    /// The present moment.
    pub now: WallTime,
    /// In which local times are shown.
    pub zone: &'a Zone,
    /// Pictures and answers.
    pub shown: &'a Shown,
    /// For pictures.
    pub textures: &'a mut Textures,
    /// For commands.
    pub desk: &'a mut Desk,
    /// Only pictures, no bars: the window is in full screen.
    pub bare: bool,
    /// The console is a kiosk: it shows, and changes nothing.
    pub kiosk: bool,
}

impl<'a> Stage<'a> {
    /// In an ordinary window.
    pub const fn new(
        snapshot: &'a Snapshot,
        now: WallTime,
        zone: &'a Zone,
        shown: &'a Shown,
        textures: &'a mut Textures,
        desk: &'a mut Desk,
    ) -> Self {
        Self { snapshot, now, zone, shown, textures, desk, bare: false, kiosk: false }
    }

    /// The camera of this identity.
    pub fn camera(&self, id: &CameraId) -> Option<&CameraStatus> {
        self.snapshot.cameras.iter().find(|c| c.id == *id)
    }

    /// What operators call a camera, also one that has been removed.
    pub fn name_of(&self, id: &CameraId) -> String {
        self.camera(id).map_or_else(|| id.to_string(), |camera| camera.name.clone())
    }
}

/// Time that a size must hold still before it is sent, in seconds: a window being resized changes it with each
/// frame, and each change costs the engine a new scaler.
const SETTLE: f64 = 0.2;

/// Something that is told to the engine when it changed, and while it is only being resized, when it is settled.
pub struct Settled<T> {
    sent: Option<T>,
    wanted: Option<(T, f64)>,
}

impl<T> Default for Settled<T> {
    fn default() -> Self {
        Self { sent: None, wanted: None }
    }
}

impl<T: PartialEq + Clone> Settled<T> {
    /// Sends `wanted` when it is to be sent now. `resized` says whether two values differ in size alone.
    pub fn update(
        &mut self,
        ui: &Ui,
        wanted: T,
        resized: impl Fn(&T, &T) -> bool,
        send: impl FnOnce(T) -> bool,
    ) {
        if self.sent.as_ref() == Some(&wanted) {
            self.wanted = None;
            return;
        }
        let time = ui.input(|i| i.time);
        let wait = self.sent.as_ref().is_some_and(|sent| resized(sent, &wanted));
        let since = match &self.wanted {
            Some((last, since)) if *last == wanted => *since,
            _ => time,
        };
        let due = !wait || time - since >= SETTLE;
        if due && send(wanted.clone()) {
            self.sent = Some(wanted);
            self.wanted = None;
        } else {
            self.wanted = Some((wanted, since));
            ui.request_repaint_after(std::time::Duration::from_secs_f64(SETTLE));
        }
    }

    /// Whether anything but `nothing` is in force at the engine; then it is to be told.
    pub fn leave(&mut self, nothing: &T, send: impl FnOnce() -> bool) {
        let active = self.sent.as_ref().is_some_and(|sent| sent != nothing);
        if active && send() {
            self.sent = None;
        }
        self.wanted = None;
    }
}
