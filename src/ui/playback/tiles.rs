//! The middle of the Playback page: a tile for each chosen camera.
//!
//! Must not do: paint a tile; `pictures` does.

use egui::{Pos2, Rect, Ui};

use super::page::{PlaybackPage, Scene, Tiles, state_of};
use super::pictures::{Act, PictureView};
use super::zoom::Zoom;
use crate::model::{CameraId, CoverageKind, WallTime};
use crate::protocol::{CameraStatus, Command, Lane, PlaybackCommand, TimelineAnswer, ViewState};
use crate::ui::desk::Stage;
use crate::ui::live::wall;
use crate::ui::timeline::lanes::{Under, under};
use crate::ui::widgets::{Mark, chip, soft};
use crate::ui::words::playback as words;

/// A camera that has not told its size sends no more than this.
const UNKNOWN_SIZE: (u32, u32) = (1920, 1080);

/// Known coverage ends at most so long before the live edge, in microseconds.
const EDGE: i64 = 15_000_000;

/// Width of the date and time that stand over the pictures in full screen, where no bar tells them.
const CLOCK: f32 = 180.0;

impl PlaybackPage {
    /// Shows what the chosen cameras show.
    pub(super) fn pictures(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, scene: &Scene<'_>) {
        let Scene { present, cameras, .. } = scene;
        let all = ui.available_rect_before_wrap();
        let area = if stage.bare { all } else { all.shrink(8.0) };
        let enlarged = self.enlarged && self.picked.is_some();
        let shown: Vec<_> = cameras
            .iter()
            .enumerate()
            .filter(|(_, c)| !enlarged || self.picked.as_ref() == Some(&c.id))
            .collect();
        let rects = wall::places(area, shown.len(), 0, None);
        if shown.is_empty() {
            let text = soft(words::CHOOSE_CAMERA);
            ui.put(area, egui::Label::new(text));
        }
        let scale = ui.pixels_per_point();
        let tiles = shown.iter().zip(&rects);
        let wanted: Tiles = tiles
            .map(|((_, camera), rect)| (camera.id.clone(), self.pixels(camera, *rect, scale)))
            .collect();
        self.tell(ui, stage, wanted);
        let (painter, zone) = (ui.painter().clone(), stage.zone);
        for ((number, camera), rect) in shown.into_iter().zip(rects) {
            let state = state_of(scene.snapshot.as_deref(), &camera.id);
            let moment = match state {
                Some(ViewState::Showing { picture, .. }) => picture.at,
                _ => present.playhead,
            };
            let view = PictureView {
                number: number + 1,
                camera,
                state,
                kind: kind_at(&scene.answer, &camera.id, moment),
                picked: cameras.len() > 1 && self.picked.as_ref() == Some(&camera.id),
                playhead: present.playhead,
                zoom: self.zoom_of(&camera.id),
            };
            match view.ui(ui, rect, stage) {
                Some(Act::Zoom(zoom)) => {
                    self.zooms.insert(camera.id.clone(), zoom);
                }
                Some(Act::Pick) => self.picked = Some(camera.id.clone()),
                Some(Act::Enlarge) => {
                    self.picked = Some(camera.id.clone());
                    self.enlarged = !self.enlarged;
                }
                Some(Act::Before(at)) => {
                    // It would be over before it is seen.
                    stage.desk.send(Command::Playback(PlaybackCommand::Pause));
                    self.seek(stage, at, true);
                }
                Some(Act::After(at)) => self.seek(stage, at, true),
                None => {}
            }
        }
        if stage.bare {
            let text =
                format!("{} {}", zone.date(present.playhead), zone.seconds(present.playhead));
            let corner = Pos2::new(all.center().x - CLOCK / 2.0, all.top() + 8.0);
            chip(&painter, corner, false, Mark::None, &text, CLOCK);
        }
    }

    fn zoom_of(&self, camera: &CameraId) -> Zoom {
        self.zooms.get(camera).copied().unwrap_or_default()
    }

    /// Pixels that a tile needs: more where its picture is looked at closer, up to what the camera sends.
    fn pixels(&self, camera: &CameraStatus, rect: Rect, scale: f32) -> (usize, usize) {
        let zoom = self.zoom_of(&camera.id);
        if !zoom.is_close() {
            return wall::pixels(rect, scale);
        }
        let (width, height) = wall::pixels(rect, scale * zoom.factor());
        let most = camera.size.unwrap_or(UNKNOWN_SIZE);
        (width.min(most.0 as usize), height.min(most.1 as usize))
    }

    /// Tells the engine what is shown, and at the very first where to begin.
    fn tell(&mut self, ui: &Ui, stage: &mut Stage<'_>, wanted: Tiles) {
        let desk = &stage.desk;
        let some = !wanted.is_empty();
        let same_cameras =
            |a: &Tiles, b: &Tiles| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0);
        self.show.update(ui, wanted, same_cameras, |tiles| {
            desk.try_send(Command::Playback(PlaybackCommand::Show(tiles)))
        });
        if !some {
            return;
        }
        if let Some(at) = self.start_at.take() {
            self.started = true;
            self.seek(stage, at, true);
        } else if !self.started {
            self.started = stage.desk.try_send(Command::Playback(PlaybackCommand::GoLive));
        }
    }
}

/// By which rule the picture of `at` was recorded. Coverage is asked for every few seconds only: at the live
/// edge footage goes on as it was.
fn kind_at(answer: &TimelineAnswer, camera: &CameraId, at: WallTime) -> Option<CoverageKind> {
    let lane: &Lane = answer.lanes.iter().find(|l| l.camera == *camera)?;
    match under(lane, at) {
        Under::Footage(found) => Some(found.kind),
        Under::Gap(_) | Under::Nothing => {
            let last = lane.coverage.last()?;
            let since = at.micros_since(last.span.end);
            (0..=EDGE).contains(&since).then_some(last.kind)
        }
    }
}
