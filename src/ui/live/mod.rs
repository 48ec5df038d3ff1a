//! Live: a wall of cameras, as they are now.
//!
//! Must not do: decide which stream exists; it asks for sub streams in small tiles and for the main one in the
//! enlarged one, and the engine gives what there is.

mod actions;
mod bar;
mod list;
mod memory;
mod message;
mod naming;
mod press;
mod show;
mod tile;
pub mod wall;

use egui::{Id, Rect, Ui};
use egui_material_icons::icons::ICON_VIDEOCAM;

use self::memory::Memory;
pub use self::message::Message;
use self::naming::{Naming, Wish};
use self::show::OnWall;
use self::tile::{Act, TileView};
use super::app::Go;
use super::desk::{Settled, Stage};
use super::theme;
use super::widgets::page_bar;
use super::words::{common, kiosk as kiosk_words, live as words};
use crate::model::settings::{Arrangement, Settings, WallSettings};
use crate::model::{CameraId, StreamKind, WallTime};
use crate::protocol::{CameraStatus, Command, LiveTile, PictureFormat, Reduced};

/// How far "Back 30 s" goes, in microseconds.
const BACK: i64 = 30_000_000;

/// The page.
#[derive(Default)]
pub struct LivePage {
    wall: WallSettings,
    /// The wall that was shown last has been looked up.
    recalled: bool,
    memory: Memory,
    arranging: bool,
    naming: Option<Naming>,
    /// Why a wall could not be saved.
    refused: Option<String>,
    first: usize,
    picked: Option<CameraId>,
    enlarged: Option<CameraId>,
    /// The tile that has the keyboard, or one of its buttons.
    keyboard: Option<CameraId>,
    /// The tiles of the last frame.
    tiles: Vec<Placed>,
    watch: Settled<Vec<LiveTile>>,
    /// The console is a kiosk: nothing of what is chosen is kept.
    kiosk: bool,
}

/// A tile of the last frame.
struct Placed {
    camera: CameraId,
    id: Id,
    rect: Rect,
}

/// A camera on the wall, with the number of its key.
type Numbered<'a> = (usize, &'a CameraStatus);

impl LivePage {
    /// Goes back from the enlarged tile to the wall, or ends arranging; false when there is nothing to leave.
    pub fn shrink(&mut self) -> bool {
        self.enlarged.take().is_some() || std::mem::take(&mut self.arranging)
    }

    /// Whether a sheet is open.
    pub const fn is_open(&self) -> bool {
        self.naming.is_some()
    }

    /// Another page is shown: nothing is watched any more.
    pub fn leave(&mut self, stage: &mut Stage<'_>) {
        let desk = &stage.desk;
        self.watch.leave(&Vec::new(), || desk.try_send(Command::WatchLive(Vec::new())));
        self.tiles.clear();
    }

    /// Why a wall could not be saved, once.
    pub fn take_refused(&mut self) -> Option<String> {
        self.refused.take()
    }

    /// Shows the page.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Go> {
        self.refused = self.memory.follow(stage).or(self.refused.take());
        self.kiosk = stage.kiosk;
        let settings = self.recall(stage);
        let on = show::on_wall(&self.wall, &settings, &stage.snapshot.cameras);
        self.first = on.first(self.first);
        self.forget_removed(stage);
        let mut go = None;
        if !stage.bare {
            go = page_bar(ui, |ui| self.bar(ui, stage, &settings, &on));
            self.list(ui, stage, &on);
        }
        let shown = self.shown(stage.snapshot.cameras.as_slice(), &on);
        let from_keys = self.keys(ui, stage, &on);
        let from_wall = self.tiles(ui, stage, &on, &shown);
        self.sheet(ui, &settings, &on);
        go.or(from_keys).or(from_wall)
    }

    /// The settings in force; the wall that was shown last is shown again.
    fn recall(&mut self, stage: &Stage<'_>) -> std::sync::Arc<Settings> {
        let settings = self.memory.settings(stage);
        if !std::mem::replace(&mut self.recalled, true) {
            self.wall = settings.wall.clone();
        }
        settings
    }

    /// What the kiosk's bar holds of the wall: which one, and which page.
    pub fn kiosk_bar(&mut self, ui: &mut Ui, stage: &Stage<'_>) {
        let settings = self.recall(stage);
        self.walls(ui, stage, &settings);
        let on = show::on_wall(&self.wall, &settings, &stage.snapshot.cameras);
        self.first = on.first(self.first);
        self.pages(ui, &on);
    }

    /// Shows the next page; after the last one of a saved view, the next view.
    pub fn turn(&mut self, stage: &Stage<'_>) {
        let settings = self.recall(stage);
        let on = show::on_wall(&self.wall, &settings, &stage.snapshot.cameras);
        self.enlarged = None;
        self.first = on.next_page(on.first(self.first));
        let view = settings.views.iter().position(|v| Some(&v.name) == self.wall.view.as_ref());
        if let (0, Some(view)) = (self.first, view) {
            let next = &settings.views[(view + 1) % settings.views.len()];
            self.wall = show::view(&next.name);
        }
    }

    fn forget_removed(&mut self, stage: &Stage<'_>) {
        let exists = |id: &CameraId| stage.camera(id).is_some();
        self.picked = self.picked.take().filter(exists);
        self.enlarged = self.enlarged.take().filter(exists);
    }

    /// The cameras on this page of the wall.
    fn shown<'a>(&self, cameras: &'a [CameraStatus], on: &OnWall) -> Vec<Numbered<'a>> {
        let numbered = |id: &CameraId| {
            let place = cameras.iter().position(|camera| camera.id == *id)?;
            Some((place + 1, &cameras[place]))
        };
        match &self.enlarged {
            Some(id) => numbered(id).into_iter().collect(),
            None => on.page(self.first).iter().filter_map(numbered).collect(),
        }
    }

    /// Another wall, from now on and at the next start.
    fn show(&mut self, wall: WallSettings) {
        self.wall = wall.clone();
        if self.kiosk {
            return;
        }
        self.memory.change(|settings| settings.wall = wall);
    }

    /// Another wall from the menu: from its first page, and not being arranged.
    fn choose(&mut self, wall: WallSettings) {
        (self.first, self.arranging) = (0, false);
        self.show(wall);
    }

    /// Changes the arrangement, which begins with what is shown.
    fn arrange(&mut self, on: &OnWall, change: impl FnOnce(&mut Arrangement)) {
        let mut wall = show::arranged(&self.wall, on, self.first);
        wall.arranged.iter_mut().for_each(|_| self.first = 0);
        if let Some(arrangement) = &mut wall.arranged {
            change(arrangement);
        }
        self.show(wall);
    }

    /// Saves what is shown as the view `name`, and shows that.
    fn save(&mut self, name: String) {
        let Some(arrangement) = self.wall.arranged.clone() else { return };
        self.wall = show::view(&name);
        self.memory.change(move |settings| settings.save_view(&name, arrangement));
    }

    fn list(&mut self, ui: &mut Ui, stage: &Stage<'_>, on: &OnWall) {
        if !self.arranging || self.enlarged.is_some() {
            return;
        }
        match list::show(ui, &stage.snapshot.cameras, &on.cameras, on.columns) {
            Some(list::Choice::Add(camera)) => self.arrange(on, |wall| wall.add(&camera)),
            Some(list::Choice::Remove(camera)) => self.arrange(on, |wall| wall.remove(&camera)),
            Some(list::Choice::Columns(columns)) => self.arrange(on, |wall| wall.columns = columns),
            Some(list::Choice::Save) => self.naming = Some(Naming::save()),
            Some(list::Choice::Done) => self.arranging = false,
            None => {}
        }
    }

    fn sheet(&mut self, ui: &Ui, settings: &Settings, on: &OnWall) {
        let Some(naming) = &mut self.naming else { return };
        let Some(wish) = naming.ui(ui, settings) else { return };
        self.naming = None;
        match wish {
            Wish::Nothing => {}
            Wish::Save(name) => {
                self.wall = show::arranged(&self.wall, on, self.first);
                self.save(name);
            }
            Wish::Rename(old, new) => {
                self.wall.view = Some(new.clone());
                self.memory.change(move |settings| settings.rename_view(&old, &new));
            }
            Wish::Delete(name) => {
                self.wall = WallSettings::default();
                self.memory.change(move |settings| settings.remove_view(&name));
            }
        }
    }

    fn tiles(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        on: &OnWall,
        shown: &[Numbered<'_>],
    ) -> Option<Go> {
        let mut area = ui.available_rect_before_wrap();
        if !stage.bare {
            area = area.shrink(8.0).with_min_y(area.top() + 2.0);
        }
        self.tiles.clear();
        if stage.snapshot.cameras.is_empty() {
            return no_camera(ui, area, stage.kiosk);
        }
        if shown.is_empty() {
            on_page(ui, area, words::NOTHING_HERE, words::NOTHING_HERE_WHY);
        }
        let is_large = |camera: &CameraStatus| on.large.as_ref() == Some(&camera.id);
        let large = shown.iter().position(|(_, camera)| is_large(camera));
        let rects = wall::places(area, shown.len(), on.columns, large);
        self.watch(ui, stage, shown, &rects, large);
        let reduced = stage.shown.live_show.reduced.get().unwrap_or_default();
        let (mut go, mut keyboard) = (None, None);
        for ((number, camera), rect) in shown.iter().zip(rects) {
            let is_it = |id: &Option<CameraId>| id.as_ref() == Some(&camera.id);
            let view = TileView {
                number: *number,
                camera,
                picked: is_it(&self.picked),
                enlarged: self.enlarged.is_some(),
                arranging: self.arranging && self.enlarged.is_none(),
                large: is_large(camera),
                keyboard: is_it(&self.keyboard),
                reduced: reduced.iter().find(|r: &&Reduced| r.camera == camera.id).cloned(),
            };
            let done = view.ui(ui, rect, stage);
            if done.focused {
                keyboard = Some(camera.id.clone());
            }
            self.tiles.push(Placed { camera: camera.id.clone(), id: done.id, rect });
            go = done.act.and_then(|act| self.act(act, camera, stage, on)).or(go);
        }
        self.keyboard = keyboard;
        tile::dragged_chip(ui, stage);
        go
    }

    /// Tells the engine what is watched: the main stream where a tile is large, else the sub stream.
    fn watch(
        &mut self,
        ui: &Ui,
        stage: &Stage<'_>,
        shown: &[Numbered<'_>],
        rects: &[Rect],
        large: Option<usize>,
    ) {
        let scale = ui.pixels_per_point();
        let wanted = shown.iter().zip(rects).enumerate().map(|(i, ((_, camera), rect))| {
            let main = shown.len() == 1 || large == Some(i);
            let kind = if main { StreamKind::Main } else { StreamKind::Sub };
            LiveTile { camera: camera.id.clone(), kind, size: wall::pixels(*rect, scale) }
        });
        let desk = &stage.desk;
        let same = |a: &LiveTile, b: &LiveTile| (&a.camera, a.kind) == (&b.camera, b.kind);
        self.watch.update(
            ui,
            wanted.collect(),
            |a, b| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            |tiles| desk.try_send(Command::WatchLive(tiles)),
        );
    }

    fn act(
        &mut self,
        act: Act,
        camera: &CameraStatus,
        stage: &mut Stage<'_>,
        on: &OnWall,
    ) -> Option<Go> {
        let id = camera.id.clone();
        match act {
            Act::Pick => self.picked = Some(id),
            Act::Enlarge => {
                self.enlarged = if self.enlarged.is_some() { None } else { Some(id.clone()) };
                self.picked = Some(id);
            }
            Act::Snapshot => {
                stage.desk.send(snapshot_of(id));
            }
            Act::Record => {
                stage.desk.send(record_by_hand(camera));
            }
            Act::Retry => {
                stage.desk.send(Command::RetryCamera(id));
            }
            Act::Back => return Some(back(&id, stage.now)),
            Act::Playback => return Some(Go::Watch(id, stage.now)),
            Act::Test => return Some(Go::EditCamera(id)),
            Act::Put(dragged) => {
                self.arrange(on, |wall| wall.put(&dragged, &id));
                self.picked = Some(dragged);
            }
            Act::Large => self.arrange(on, |wall| wall.enlarge(&id)),
            Act::Remove => self.arrange(on, |wall| wall.remove(&id)),
        }
        None
    }
}

/// Begins a manual recording, or ends the one that goes on.
fn record_by_hand(camera: &CameraStatus) -> Command {
    match camera.manual_left {
        Some(_) => Command::StopManual(camera.id.clone()),
        None => Command::StartManual(camera.id.clone()),
    }
}

/// Playback of a camera, half a minute ago.
fn back(camera: &CameraId, now: WallTime) -> Go {
    Go::Watch(camera.clone(), now.plus_micros(-BACK))
}

/// Words on the page itself, in the inks of the look.
fn on_page(ui: &Ui, area: Rect, title: &str, text: &str) {
    let inks = (theme::text(), theme::text_soft());
    let (glyph, colour) = (ICON_VIDEOCAM.codepoint, theme::text_faint());
    Message { glyph, colour, title, text, inks, foot: 0.0 }.paint(ui.painter(), area);
}

/// A wall without cameras leads to the sheet that gives some.
fn no_camera(ui: &mut Ui, area: Rect, kiosk: bool) -> Option<Go> {
    if kiosk {
        on_page(ui, area, common::NO_CAMERA, kiosk_words::NO_CAMERA_WHAT);
        return None;
    }
    on_page(ui, area, common::NO_CAMERA, "");
    let foot = Rect::from_center_size(
        area.center() + egui::vec2(0.0, 60.0),
        egui::vec2(160.0, theme::CONTROL),
    );
    let button = egui::Button::new(words::SET_UP);
    let response = ui.put(foot, button).on_hover_text(words::SET_UP_TIP);
    response.clicked().then_some(Go::Welcome)
}

/// The picture that a camera sends now, as it is.
fn snapshot_of(camera: CameraId) -> Command {
    Command::SaveSnapshot { camera, at: None, format: PictureFormat::Png, caption: false }
}
