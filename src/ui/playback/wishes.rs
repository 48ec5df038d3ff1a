//! Small pictures that the page wants in this frame.
//!
//! Must not do: keep pictures; the engine's shelf does.

use crate::model::{CameraId, WallTime};
use crate::protocol::{Command, Thumbnail, ThumbnailWish};
use crate::ui::desk::Stage;

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
