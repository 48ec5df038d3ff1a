//! How a live wall is arranged, which wall was shown last, and what is done to saved ones.
//!
//! Must not do: know sizes in pixels. Pure.

use serde::{Deserialize, Serialize};

use super::Settings;
use super::console::{MAX_TILES, SavedView};
use super::ranged::ranged;
use crate::model::CameraId;

ranged!(
    /// Tiles of a wall at most; 0 means as many as there are cameras.
    WallTiles(u8), 0..=16, "tiles"
);

/// The wall that was shown last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WallSettings {
    /// Tiles at most.
    pub tiles: WallTiles,
    /// Only the cameras of this group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The saved wall of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// An arrangement that is not saved under a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arranged: Option<Arrangement>,
}

impl Default for WallSettings {
    fn default() -> Self {
        Self { tiles: WallTiles(0), group: None, view: None, arranged: None }
    }
}

/// Which camera is in which tile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Arrangement {
    /// The cameras in the order of their tiles.
    pub cameras: Vec<CameraId>,
    /// Tiles in a row; 0 for as many as give the largest pictures.
    #[serde(default)]
    pub columns: u8,
    /// The camera in the large tile, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub large: Option<CameraId>,
}

impl Arrangement {
    /// These cameras in tiles of one size, as many as a wall takes.
    #[must_use]
    pub fn of(cameras: impl IntoIterator<Item = CameraId>) -> Self {
        let cameras = cameras.into_iter().take(MAX_TILES).collect();
        Self { cameras, columns: 0, large: None }
    }

    /// Puts `camera` where `target` is; both change places when both are on the wall.
    pub fn put(&mut self, camera: &CameraId, target: &CameraId) {
        let place = |id: &CameraId| self.cameras.iter().position(|other| other == id);
        let (from, to) = (place(camera), place(target));
        match (from, to) {
            (Some(from), Some(to)) => {
                self.cameras.swap(from, to);
                // The large tile is a place: who goes there is large.
                if self.large.as_ref() == Some(camera) {
                    self.large = Some(target.clone());
                } else if self.large.as_ref() == Some(target) {
                    self.large = Some(camera.clone());
                }
            }
            (None, Some(to)) => {
                if self.large.as_ref() == Some(target) {
                    self.large = Some(camera.clone());
                }
                self.cameras[to] = camera.clone();
            }
            _ => {}
        }
    }

    /// Gives `camera` a tile behind the others, if it has none and there is room.
    pub fn add(&mut self, camera: &CameraId) {
        if !self.cameras.contains(camera) && self.cameras.len() < MAX_TILES {
            self.cameras.push(camera.clone());
        }
    }

    /// Takes a camera from the wall.
    pub fn remove(&mut self, camera: &CameraId) {
        self.cameras.retain(|other| other != camera);
        self.large = self.large.take().filter(|large| large != camera);
    }

    /// Makes the tile of `camera` the large one, or one like the others again.
    pub fn enlarge(&mut self, camera: &CameraId) {
        let was = self.large.as_ref() == Some(camera);
        self.large = (!was && self.cameras.contains(camera)).then(|| camera.clone());
    }
}

impl SavedView {
    /// `arrangement` under a name.
    #[must_use]
    pub fn new(name: &str, arrangement: Arrangement) -> Self {
        let Arrangement { cameras, columns, large } = arrangement;
        Self { name: name.into(), cameras, columns, large }
    }

    /// What is saved.
    #[must_use]
    pub fn arrangement(&self) -> Arrangement {
        let (cameras, large) = (self.cameras.clone(), self.large.clone());
        Arrangement { cameras, columns: self.columns, large }
    }
}

impl Settings {
    /// The saved wall called `name`.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<&SavedView> {
        self.views.iter().find(|view| view.name == name)
    }

    /// Saves a wall under a name, in place of the one that has it, and shows it from now on.
    pub fn save_view(&mut self, name: &str, arrangement: Arrangement) {
        let view = SavedView::new(name, arrangement);
        match self.views.iter_mut().find(|view| view.name == name) {
            Some(old) => *old = view,
            None => self.views.push(view),
        }
        self.show_view(name);
    }

    /// Gives a saved wall another name.
    pub fn rename_view(&mut self, old: &str, new: &str) {
        for view in self.views.iter_mut().filter(|view| view.name == old) {
            new.clone_into(&mut view.name);
        }
        if self.wall.view.as_deref() == Some(old) {
            self.wall.view = Some(new.into());
        }
    }

    /// Forgets a saved wall.
    pub fn remove_view(&mut self, name: &str) {
        self.views.retain(|view| view.name != name);
        if self.wall.view.as_deref() == Some(name) {
            self.wall = WallSettings::default();
        }
    }

    /// Shows a saved wall from now on, as it was saved.
    pub fn show_view(&mut self, name: &str) {
        self.wall = WallSettings { view: Some(name.into()), ..WallSettings::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> CameraId {
        CameraId::from_name(name)
    }

    fn wall(names: &[&str]) -> Arrangement {
        Arrangement::of(names.iter().map(|name| id(name)))
    }

    #[test]
    fn two_tiles_change_places() {
        let mut wall = wall(&["a", "b", "c"]);
        wall.put(&id("a"), &id("c"));
        assert_eq!(wall.cameras, [id("c"), id("b"), id("a")]);
        wall.put(&id("a"), &id("a"));
        assert_eq!(wall.cameras, [id("c"), id("b"), id("a")]);
    }

    #[test]
    fn a_camera_from_the_list_takes_a_tile_and_is_there_once() {
        let mut wall = wall(&["a", "b"]);
        wall.put(&id("c"), &id("a"));
        assert_eq!(wall.cameras, [id("c"), id("b")]);
        wall.put(&id("c"), &id("b"));
        assert_eq!(wall.cameras, [id("b"), id("c")]);
        wall.put(&id("d"), &id("nowhere"));
        wall.add(&id("b"));
        assert_eq!(wall.cameras.len(), 2);
    }

    #[test]
    fn the_large_tile_is_a_place() {
        let mut wall = wall(&["a", "b", "c"]);
        wall.enlarge(&id("a"));
        wall.put(&id("b"), &id("a"));
        assert_eq!(wall.large, Some(id("b")));
        wall.put(&id("d"), &id("b"));
        assert_eq!(wall.large, Some(id("d")));
        wall.remove(&id("d"));
        assert_eq!((wall.large.clone(), wall.cameras.len()), (None, 2));
        wall.enlarge(&id("a"));
        wall.enlarge(&id("a"));
        assert_eq!(wall.large, None);
    }

    #[test]
    fn a_wall_has_room_for_so_many() {
        let mut wall = Arrangement::of((0..50).map(|n| id(&n.to_string())));
        assert_eq!(wall.cameras.len(), MAX_TILES);
        wall.add(&id("x"));
        assert_eq!(wall.cameras.len(), MAX_TILES);
    }

    #[test]
    fn views_are_saved_renamed_and_removed() {
        let mut settings = Settings::default();
        settings.save_view("Night", wall(&["a"]));
        settings.save_view("Night", wall(&["a", "b"]));
        assert_eq!(settings.views.len(), 1);
        settings.rename_view("Night", "Evening");
        assert_eq!(settings.wall.view.as_deref(), Some("Evening"));
        assert_eq!(settings.view("Evening").map(SavedView::arrangement), Some(wall(&["a", "b"])));
        settings.validate().expect("valid");
        settings.remove_view("Evening");
        assert_eq!((settings.views.len(), settings.wall), (0, WallSettings::default()));
    }
}
