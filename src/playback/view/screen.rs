//! What a view puts on the screen: pictures made of frames, small ones, and what stands for damaged ones.
//!
//! Must not do: decode, or decide which picture is due.

use std::sync::Arc;

use super::super::gop_cache::Kept;
use super::super::{PlaybackError, shrink};
use super::{Order, View};
use crate::model::{Picture, WallTime};
use crate::protocol::ViewState;

impl View {
    /// During a drag a small picture is there before any can be decoded.
    pub(super) fn show_small(&mut self, at: WallTime) -> bool {
        let Some(previews) = &self.previews else { return false };
        let Some(picture) = previews.nearest(&self.camera, at) else { return false };
        (self.shown, self.frame) = (None, None);
        self.set(ViewState::Showing { picture, exact: false, damaged: false });
        true
    }

    pub(super) fn show(
        &mut self,
        order: &Order,
        kept: Arc<Kept>,
        exact: bool,
        damaged: bool,
    ) -> Result<(), PlaybackError> {
        let picture = self.convert(&kept, order.size)?;
        self.frame = Some(kept);
        self.preview = false;
        self.pictures += 1;
        self.set(ViewState::Showing { picture, exact, damaged });
        Ok(())
    }

    /// A picture of `kept` at the size of the tile.
    pub(super) fn convert(
        &mut self,
        kept: &Kept,
        size: (usize, usize),
    ) -> Result<Arc<Picture>, PlaybackError> {
        let (frame, video) = (&kept.frame, &kept.parameters.video);
        let pixels = self.converter.convert(frame, video, size, self.pool.buffer())?;
        Ok(self.pool.picture(pixels, kept.at))
    }

    /// After a jump the picture on the screen is not the one asked for.
    pub(super) fn doubt(&mut self) {
        if let ViewState::Showing { picture, exact: true, damaged } = &self.state {
            let (picture, damaged) = (Arc::clone(picture), *damaged);
            self.set(ViewState::Showing { picture, exact: false, damaged });
        }
    }

    /// Keeps the picture on the screen, unless it is from another time altogether.
    pub(super) fn hold(&mut self, at: WallTime) {
        match &self.state {
            ViewState::Showing { damaged: true, exact: true, .. } if !self.preview => {}
            ViewState::Showing { picture, .. } if !self.preview => {
                let picture = Arc::clone(picture);
                self.set(ViewState::Showing { picture, exact: true, damaged: true });
            }
            _ => {
                let camera = self.camera.clone();
                self.set(ViewState::Failed(PlaybackError::Damaged { camera, at }.to_string()));
            }
        }
    }

    /// The picture on the screen at the new size of the tile; one that is too small for it is decoded again.
    pub(super) fn resize(&mut self, size: (usize, usize)) {
        let ViewState::Showing { exact, damaged, .. } = self.state else { return };
        let Some(kept) = self.frame.clone() else { return };
        let video = &kept.parameters.video;
        let whole = (kept.frame.width << kept.halvings, kept.frame.height << kept.halvings);
        if kept.halvings > shrink::halvings(whole, video, size) {
            self.shown = None;
        }
        match self.convert(&kept, size) {
            Ok(picture) => self.set(ViewState::Showing { picture, exact, damaged }),
            Err(error) => self.fail(&error),
        }
    }

    pub(super) fn fail(&mut self, error: &PlaybackError) {
        self.failed = true;
        self.shown = None;
        self.place.forget();
        let text = error.to_string();
        if !matches!(&self.state, ViewState::Failed(old) if *old == text) {
            tracing::warn!(camera = %self.camera, error = text, "playback");
            self.set(ViewState::Failed(text));
        }
    }

    pub(super) fn set(&mut self, state: ViewState) {
        self.state = state;
        self.version += 1;
    }
}
