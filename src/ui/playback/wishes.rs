//! Small pictures that the page wants in this frame.
//!
//! Must not do: keep pictures; the engine's shelf does.

use egui::Ui;

use crate::model::{CameraId, WallTime};
use crate::protocol::{Command, Thumbnail, ThumbnailWish};
use crate::ui::desk::Stage;
use crate::ui::texture::{Place, Shown};

/// What is wanted, and what was last asked for.
#[derive(Default)]
pub struct Wishes {
    wanted: Vec<ThumbnailWish>,
    asked: Vec<ThumbnailWish>,
}

impl Wishes {
    /// Wants the small picture of a moment; what is there of it already. `exact` false: the nearest one does.
    pub fn want(
        &mut self,
        stage: &Stage<'_>,
        camera: &CameraId,
        at: WallTime,
        exact: bool,
    ) -> Option<Thumbnail> {
        self.wanted.push(ThumbnailWish { camera: camera.clone(), at, exact });
        stage.shown.thumbnails.get(camera, at).flatten()
    }

    /// Asks for what is wanted, when that has changed.
    pub fn ask(&mut self, stage: &Stage<'_>) {
        let wanted = std::mem::take(&mut self.wanted);
        if wanted != self.asked && stage.desk.try_send(Command::WantThumbnails(wanted.clone())) {
            self.asked = wanted;
        }
    }
}

/// The small picture over the timeline: never blank while the pointer moves within a camera's footage.
#[derive(Default)]
pub struct Hover {
    over: Option<(CameraId, WallTime)>,
    /// Stands until the picture of the next moment is there.
    last: Option<(CameraId, Thumbnail)>,
}

impl Hover {
    /// Where the pointer is now.
    pub fn over(&mut self, over: Option<(CameraId, WallTime)>) {
        self.over = over;
    }

    /// The picture of where the pointer was in the frame before.
    pub fn texture(
        &mut self,
        ui: &Ui,
        stage: &mut Stage<'_>,
        wishes: &mut Wishes,
    ) -> Option<Shown> {
        let Some((camera, at)) = &self.over else {
            self.last = None;
            return None;
        };
        let found = wishes.want(stage, camera, *at, true);
        let looked_for = stage.shown.thumbnails.get(camera, *at).is_some();
        let stays = !looked_for && self.last.as_ref().is_some_and(|(last, _)| last == camera);
        if !stays {
            self.last = found.map(|found| (camera.clone(), found));
        }
        let (camera, thumbnail) = self.last.as_ref()?;
        stage.textures.show(ui, Place::Timeline, camera, &thumbnail.picture)
    }
}
