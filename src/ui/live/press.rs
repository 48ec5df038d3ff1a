//! The keys of the live wall.
//!
//! Must not do: paint.

use egui::{Key, Modifiers, Ui, Vec2};

use super::show::OnWall;
use super::{LivePage, back, record_by_hand, snapshot_of, wall};
use crate::model::CameraId;
use crate::ui::app::Go;
use crate::ui::desk::Stage;
use crate::ui::keys;

const ARROWS: [(Key, Vec2); 4] = [
    (Key::ArrowLeft, Vec2::LEFT),
    (Key::ArrowRight, Vec2::RIGHT),
    (Key::ArrowUp, Vec2::UP),
    (Key::ArrowDown, Vec2::DOWN),
];

impl LivePage {
    pub(super) fn keys(&mut self, ui: &Ui, stage: &mut Stage<'_>, on: &OnWall) -> Option<Go> {
        if !keys::free(ui) {
            return None;
        }
        if let Some(digit) = keys::take_digit(ui)
            && let Some(camera) = stage.snapshot.cameras.get(digit)
        {
            self.pick(camera.id.clone(), on);
        }
        let focused = ui.memory(|m| m.focused());
        let on_wall = focused.is_none_or(|id| self.tiles.iter().any(|tile| tile.id == id));
        if on_wall {
            self.move_about(ui, stage.kiosk, on);
        }
        if keys::take(ui, Key::PageDown) {
            self.first = on.next_page(self.first);
        }
        if keys::take(ui, Key::PageUp) {
            self.first = on.previous_page(self.first);
        }
        let picked = self.picked.clone().or_else(|| self.enlarged.clone())?;
        if self.arranging && keys::take(ui, Key::L) {
            self.arrange(on, |wall| wall.enlarge(&picked));
        }
        if self.arranging && keys::take(ui, Key::Delete) {
            self.arrange(on, |wall| wall.remove(&picked));
        }
        if !stage.kiosk && keys::take(ui, Key::S) {
            stage.desk.send(snapshot_of(picked.clone()));
        }
        if keys::take(ui, Key::R)
            && let Some(camera) = stage.camera(&picked)
        {
            let command = record_by_hand(camera);
            stage.desk.send(command);
        }
        keys::take(ui, Key::B).then(|| back(&picked, stage.now))
    }

    /// Keys that a control beside the wall has for itself while the keyboard is on it.
    fn move_about(&mut self, ui: &Ui, kiosk: bool, on: &OnWall) {
        if keys::take(ui, Key::Enter) {
            self.enlarged = if self.enlarged.is_some() { None } else { self.picked.clone() };
        }
        for (key, direction) in ARROWS {
            let moves = !kiosk && keys::take_with(ui, Modifiers::COMMAND, key);
            if !moves && !keys::take(ui, key) {
                continue;
            }
            let Some((from, to)) = self.neighbours(direction) else { continue };
            if moves && self.enlarged.is_none() {
                self.arrange(on, |wall| wall.put(&from, &to));
            } else {
                self.focus(ui, &to);
            }
        }
    }

    /// The picked tile and the one beside it; without a picked one, the first.
    fn neighbours(&self, direction: Vec2) -> Option<(CameraId, CameraId)> {
        let first = self.tiles.first()?;
        let picked = self.tiles.iter().position(|tile| self.picked.as_ref() == Some(&tile.camera));
        let Some(picked) = picked else {
            return Some((first.camera.clone(), first.camera.clone()));
        };
        let rects: Vec<_> = self.tiles.iter().map(|tile| tile.rect).collect();
        let to = wall::beside(&rects, picked, direction)?;
        Some((self.tiles[picked].camera.clone(), self.tiles[to].camera.clone()))
    }

    fn focus(&mut self, ui: &Ui, camera: &CameraId) {
        self.picked = Some(camera.clone());
        if let Some(tile) = self.tiles.iter().find(|tile| tile.camera == *camera) {
            ui.memory_mut(|m| m.request_focus(tile.id));
        }
    }

    /// Picks a camera: the wall turns to it, an enlarged tile changes to it.
    fn pick(&mut self, camera: CameraId, on: &OnWall) {
        if self.enlarged.is_some() {
            self.enlarged = Some(camera.clone());
        } else if let Some(page) = on.page_of(&camera) {
            self.first = page;
        }
        self.picked = Some(camera);
    }
}
