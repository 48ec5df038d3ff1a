//! What the wall shows: all cameras, a group, a saved view, or an arrangement of one's own.
//!
//! Must not do: paint or send. Pure.

use super::wall::Layouts;
use crate::model::CameraId;
use crate::model::settings::{Arrangement, Settings, WallSettings, WallTiles};
use crate::protocol::CameraStatus;
use crate::ui::words::live as words;

/// The cameras of a wall, and how they share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnWall {
    /// All of them that exist, on every page.
    pub cameras: Vec<CameraId>,
    /// Tiles a page and in a square; none for an arrangement, which has one page.
    pub layout: Option<Layouts>,
    /// Tiles in a row; 0 for the best.
    pub columns: usize,
    /// In the large tile.
    pub large: Option<CameraId>,
}

/// What `wall` shows of `cameras`. A view or group that is gone shows all.
pub fn on_wall(wall: &WallSettings, settings: &Settings, cameras: &[CameraStatus]) -> OnWall {
    let exists = |id: &CameraId| cameras.iter().any(|camera| camera.id == *id);
    let view = wall.view.as_deref().and_then(|name| settings.view(name));
    let tiles = usize::from(wall.tiles.0);
    let arrangement = match (&wall.arranged, view) {
        (Some(arranged), _) => Some(arranged.clone()),
        (None, Some(view)) if tiles == 0 => Some(view.arrangement()),
        _ => None,
    };
    if let Some(Arrangement { cameras, columns, large }) = arrangement {
        let cameras: Vec<CameraId> = cameras.into_iter().filter(exists).collect();
        let large = large.filter(exists);
        return OnWall { cameras, layout: None, columns: columns.into(), large };
    }
    let group = wall.group.as_ref().filter(|g| cameras.iter().any(|c| c.group == **g));
    let cameras: Vec<CameraId> = match (view, group) {
        (Some(view), _) => view.cameras.iter().filter(|id| exists(id)).cloned().collect(),
        (None, Some(group)) => {
            cameras.iter().filter(|c| c.group == *group).map(|c| c.id.clone()).collect()
        }
        (None, None) => cameras.iter().map(|c| c.id.clone()).collect(),
    };
    let layout = Layouts::of((tiles > 0).then_some(tiles), cameras.len());
    OnWall { cameras, layout: Some(layout), columns: 0, large: None }
}

impl OnWall {
    /// The cameras of the page that begins at `first`.
    pub fn page(&self, first: usize) -> &[CameraId] {
        let tiles = self.layout.map_or(usize::MAX, Layouts::tiles);
        let rest = self.cameras.get(first..).unwrap_or_default();
        &rest[..tiles.min(rest.len())]
    }

    /// The begin of the page after the one at `first`; 0 after the last.
    pub fn next_page(&self, first: usize) -> usize {
        let next = first + self.layout.map_or(self.cameras.len(), Layouts::tiles);
        if next < self.cameras.len() { next } else { 0 }
    }

    /// The begin of the page before.
    pub fn previous_page(&self, first: usize) -> usize {
        let Some(layout) = self.layout else { return 0 };
        first.checked_sub(layout.tiles()).unwrap_or(layout.last_page(self.cameras.len()))
    }

    /// The begin of the page on which a camera is.
    pub fn page_of(&self, camera: &CameraId) -> Option<usize> {
        let place = self.cameras.iter().position(|id| id == camera)?;
        Some(self.layout.map_or(0, |layout| place / layout.tiles() * layout.tiles()))
    }

    /// `first` brought to the begin of a page that exists.
    pub fn first(&self, first: usize) -> usize {
        self.layout.map_or(0, |layout| layout.first(first, self.cameras.len()))
    }
}

/// What the wall is called.
pub fn title(wall: &WallSettings, settings: &Settings) -> String {
    let view = wall.view.as_deref().filter(|name| settings.view(name).is_some());
    match (view, &wall.group, wall.arranged.is_some()) {
        (Some(view), _, true) => words::changed(view),
        (Some(view), _, false) => view.into(),
        (None, _, true) => words::ARRANGED.into(),
        (None, Some(group), false) => group.clone(),
        (None, None, false) => words::ALL_CAMERAS.into(),
    }
}

/// The wall of all cameras, or of a group, in the layout of `wall`.
pub fn group(wall: &WallSettings, group: Option<String>) -> WallSettings {
    WallSettings { tiles: wall.tiles, group, ..WallSettings::default() }
}

/// The saved view `name`, as it was saved.
pub fn view(name: &str) -> WallSettings {
    WallSettings { view: Some(name.into()), ..WallSettings::default() }
}

/// The same cameras in squares of so many tiles.
pub fn squares(wall: &WallSettings, tiles: usize) -> WallSettings {
    let tiles = WallTiles(u8::try_from(tiles).unwrap_or(0));
    WallSettings { tiles, arranged: None, ..wall.clone() }
}

/// The same cameras in an arrangement of one's own, which begins with those on the page at `first`.
pub fn arranged(wall: &WallSettings, on: &OnWall, first: usize) -> WallSettings {
    let arrangement = Arrangement {
        columns: u8::try_from(on.columns).unwrap_or(0),
        large: on.large.clone(),
        ..Arrangement::of(on.page(first).iter().cloned())
    };
    WallSettings { tiles: WallTiles(0), arranged: Some(arrangement), ..wall.clone() }
}

/// The groups of the cameras, each once, in their order.
pub fn groups(cameras: &[CameraStatus]) -> Vec<String> {
    let mut groups: Vec<String> = Vec::new();
    for camera in cameras.iter().filter(|camera| !camera.group.is_empty()) {
        if !groups.contains(&camera.group) {
            groups.push(camera.group.clone());
        }
    }
    groups
}
