//! Live: a wall of cameras, as they are now.
//!
//! Must not do: decide which stream exists; it asks for sub streams in small tiles and for the main one in the
//! enlarged one, and the engine gives what there is.

mod tile;
pub mod wall;

use egui::{Align, Key, Layout, RichText, Ui};
use egui_material_icons::icons::{
    ICON_CHEVRON_LEFT, ICON_CHEVRON_RIGHT, ICON_FULLSCREEN, ICON_GRID_VIEW, ICON_PHOTO_CAMERA,
    ICON_REPLAY_30, ICON_VIDEOCAM,
};

pub use self::tile::message;
use self::tile::{Act, TileView};
use self::wall::Layouts;
use super::app::Go;
use super::desk::{Settled, Stage};
use super::widgets::{Look, icon_button, labelled_button, page_bar, segmented, soft};
use super::{keys, theme};
use crate::model::{CameraId, StreamKind};
use crate::protocol::{CameraStatus, Command, LiveTile, PictureFormat};

/// How far "Back 30 s" goes, in microseconds.
const BACK: i64 = 30_000_000;

/// The page.
#[derive(Default)]
pub struct LivePage {
    layout: Option<usize>,
    first: usize,
    picked: Option<CameraId>,
    enlarged: Option<CameraId>,
    watch: Settled<Vec<LiveTile>>,
}

impl LivePage {
    /// Goes back from the enlarged tile to the wall; false when none is enlarged.
    pub fn shrink(&mut self) -> bool {
        self.enlarged.take().is_some()
    }

    /// Another page is shown: nothing is watched any more.
    pub fn leave(&mut self, stage: &mut Stage<'_>) {
        let desk = &stage.desk;
        self.watch.leave(&Vec::new(), || desk.try_send(Command::WatchLive(Vec::new())));
    }

    /// Shows the page.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Go> {
        let count = stage.snapshot.cameras.len();
        let layouts = Layouts::of(self.layout, count);
        self.first = layouts.first(self.first, count);
        self.forget_removed(stage);
        let mut go = None;
        if !stage.bare {
            go = page_bar(ui, |ui| self.bar(ui, stage, layouts));
        }
        let shown = self.shown(stage.snapshot.cameras.as_slice(), layouts);
        let from_keys = self.keys(ui, stage, &shown);
        let from_wall = self.wall(ui, stage, &shown);
        go.or(from_keys).or(from_wall)
    }

    fn forget_removed(&mut self, stage: &Stage<'_>) {
        let exists = |id: &CameraId| stage.camera(id).is_some();
        self.picked = self.picked.take().filter(|id| exists(id));
        self.enlarged = self.enlarged.take().filter(|id| exists(id));
    }

    /// The cameras on the wall, each with the number of its key.
    fn shown<'a>(
        &self,
        cameras: &'a [CameraStatus],
        layouts: Layouts,
    ) -> Vec<(usize, &'a CameraStatus)> {
        let all = cameras.iter().enumerate().map(|(i, c)| (i + 1, c));
        match &self.enlarged {
            Some(id) => all.filter(|(_, c)| c.id == *id).collect(),
            None => all.skip(self.first).take(layouts.tiles()).collect(),
        }
    }

    fn bar(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, layouts: Layouts) -> Option<Go> {
        let count = stage.snapshot.cameras.len();
        match self.enlarged.as_ref().and_then(|id| stage.camera(id)) {
            Some(camera) => {
                let back = "Back to the wall";
                if labelled_button(ui, ICON_GRID_VIEW, "Wall", back, "Esc").clicked() {
                    self.enlarged = None;
                }
                ui.label(RichText::new(&camera.name).font(theme::strong(16.0)));
            }
            None => {
                ui.label(RichText::new("All cameras").font(theme::strong(16.0)));
                ui.add_space(12.0);
                let options =
                    wall::SIZES.map(|n| (wall::label(n), format!("Up to {n} cameras at once")));
                let selected = wall::SIZES.iter().position(|n| *n == layouts.tiles());
                if let Some(i) = segmented(ui, "Wall", &options, selected) {
                    self.layout = Some(wall::SIZES[i]);
                }
                self.pages(ui, layouts, count);
            }
        }
        let mut go = None;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, ICON_FULLSCREEN, "Full screen", "F", Look::Quiet).clicked() {
                go = Some(Go::ToggleFullscreen);
            }
            let picked = self.picked.clone().or_else(|| self.enlarged.clone());
            ui.add_enabled_ui(picked.is_some(), |ui| {
                let back = labelled_button(
                    ui,
                    ICON_REPLAY_30,
                    "Back 30 s",
                    "Playback of the picked camera, half a minute ago",
                    "",
                );
                let snapshot = labelled_button(
                    ui,
                    ICON_PHOTO_CAMERA,
                    "Snapshot",
                    "Saves the picture of the picked camera",
                    "S",
                );
                if let Some(camera) = &picked {
                    if back.clicked() {
                        go = Some(Go::Watch(camera.clone(), stage.now.plus_micros(-BACK)));
                    }
                    if snapshot.clicked() {
                        stage.desk.send(snapshot_of(camera.clone()));
                    }
                }
            });
        });
        go
    }

    fn pages(&mut self, ui: &mut Ui, layouts: Layouts, count: usize) {
        let tiles = layouts.tiles();
        if count <= tiles {
            return;
        }
        ui.add_space(8.0);
        if icon_button(ui, ICON_CHEVRON_LEFT, "Previous cameras", "", Look::Quiet).clicked() {
            self.first = self.first.checked_sub(tiles).unwrap_or(layouts.last_page(count));
        }
        let last = (self.first + tiles).min(count);
        ui.label(soft(format!("{}–{last} of {count}", self.first + 1)));
        if icon_button(ui, ICON_CHEVRON_RIGHT, "Next cameras", "", Look::Quiet).clicked() {
            self.first = if last < count { self.first + tiles } else { 0 };
        }
    }

    fn keys(
        &mut self,
        ui: &Ui,
        stage: &mut Stage<'_>,
        shown: &[(usize, &CameraStatus)],
    ) -> Option<Go> {
        if !keys::free(ui) {
            return None;
        }
        if let Some(digit) = keys::take_digit(ui)
            && let Some(camera) = stage.snapshot.cameras.get(digit)
        {
            self.pick(camera.id.clone(), shown);
        }
        if ui.memory(|m| m.focused().is_none()) && keys::take(ui, Key::Enter) {
            self.enlarged = if self.enlarged.is_some() { None } else { self.picked.clone() };
        }
        if keys::take(ui, Key::S)
            && let Some(camera) = self.picked.clone().or_else(|| self.enlarged.clone())
        {
            stage.desk.send(snapshot_of(camera));
        }
        if keys::take(ui, Key::R)
            && let Some(id) = self.picked.as_ref().or(self.enlarged.as_ref())
            && let Some(camera) = stage.camera(id)
        {
            let command = record_by_hand(camera);
            stage.desk.send(command);
        }
        None
    }

    /// Picks a camera: the wall turns to it, an enlarged tile changes to it.
    fn pick(&mut self, camera: CameraId, shown: &[(usize, &CameraStatus)]) {
        if self.enlarged.is_some() {
            self.enlarged = Some(camera.clone());
        } else if shown.iter().all(|(_, c)| c.id != camera) {
            self.enlarged = None;
        }
        self.picked = Some(camera);
    }

    fn wall(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        shown: &[(usize, &CameraStatus)],
    ) -> Option<Go> {
        let mut area = ui.available_rect_before_wrap();
        if !stage.bare {
            area = area.shrink(8.0).with_min_y(area.top() + 2.0);
        }
        if stage.snapshot.cameras.is_empty() {
            return empty(ui, area);
        }
        let rects = wall::tiles(area, shown.len());
        let kind = if shown.len() == 1 { StreamKind::Main } else { StreamKind::Sub };
        let scale = ui.pixels_per_point();
        let wanted = shown.iter().zip(&rects).map(|((_, camera), rect)| LiveTile {
            camera: camera.id.clone(),
            kind,
            size: wall::pixels(*rect, scale),
        });
        let desk = &stage.desk;
        let same = |a: &LiveTile, b: &LiveTile| (&a.camera, a.kind) == (&b.camera, b.kind);
        self.watch.update(
            ui,
            wanted.collect(),
            |a, b| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            |tiles| desk.try_send(Command::WatchLive(tiles)),
        );
        let mut go = None;
        for ((number, camera), rect) in shown.iter().zip(rects) {
            let view = TileView {
                number: *number,
                camera,
                picked: self.picked.as_ref() == Some(&camera.id),
                enlarged: self.enlarged.is_some(),
            };
            match view.ui(ui, rect, stage) {
                Some(Act::Pick) => self.picked = Some(camera.id.clone()),
                Some(Act::Enlarge) => {
                    self.picked = Some(camera.id.clone());
                    self.enlarged =
                        if self.enlarged.is_some() { None } else { Some(camera.id.clone()) };
                }
                Some(Act::Snapshot) => {
                    stage.desk.send(snapshot_of(camera.id.clone()));
                }
                Some(Act::Record) => {
                    stage.desk.send(record_by_hand(camera));
                }
                Some(Act::Retry) => {
                    stage.desk.send(Command::RetryCamera(camera.id.clone()));
                }
                Some(Act::Back) => {
                    go = Some(Go::Watch(camera.id.clone(), stage.now.plus_micros(-BACK)));
                }
                None => {}
            }
        }
        go
    }
}

/// Begins a manual recording, or ends the one that goes on.
fn record_by_hand(camera: &CameraStatus) -> Command {
    match camera.manual_left {
        Some(_) => Command::StopManual(camera.id.clone()),
        None => Command::StartManual(camera.id.clone()),
    }
}

/// A wall without cameras leads to the sheet that gives some.
fn empty(ui: &mut Ui, area: egui::Rect) -> Option<Go> {
    let foot = egui::Rect::from_center_size(
        area.center() + egui::vec2(0.0, 60.0),
        egui::vec2(160.0, theme::CONTROL),
    );
    let glyph = ICON_VIDEOCAM.codepoint;
    message(ui.painter(), area, glyph, theme::text_faint(), "No camera yet", "");
    let button = egui::Button::new("Set up cameras");
    let response =
        ui.put(foot, button).on_hover_text("Your own by their address, or simulated ones");
    response.clicked().then_some(Go::Welcome)
}

/// The picture that a camera sends now, as it is.
fn snapshot_of(camera: CameraId) -> Command {
    Command::SaveSnapshot { camera, at: None, format: PictureFormat::Png, caption: false }
}
