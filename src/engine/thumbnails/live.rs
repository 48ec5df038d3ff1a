//! Small pictures of one camera while it is recorded: now and then one of its random access points.
//!
//! Must not do: keep a picture of a moment that is not recorded.

use std::sync::Arc;
use std::time::Duration;

use super::{PERMILLE, Sight};
use crate::analysis::{Budget, ThumbnailMaker};
use crate::capture::CaptureEvent;
use crate::index::NewThumbnail;
use crate::media::{AccessUnit, StreamParameters};
use crate::model::CameraId;
use crate::playback::Footage;
use crate::runtime::Clock;

/// Pictures of one camera are at least so far apart; further where they cost more than their share.
const LEAST: Duration = Duration::from_secs(10);

/// Takes pictures of one camera.
pub struct Watcher {
    sight: Sight,
    parameters: Option<Arc<StreamParameters>>,
    budget: Budget,
    events: Vec<CaptureEvent>,
}

impl Watcher {
    /// Its first picture is due at `now`.
    #[must_use]
    pub fn new(sight: Sight, now: Duration) -> Self {
        let budget = Budget::new(PERMILLE, LEAST, now);
        Self { sight, parameters: None, budget, events: Vec::new() }
    }

    /// Whose.
    #[must_use]
    pub const fn camera(&self) -> &CameraId {
        &self.sight.camera
    }

    /// Whether it takes its pictures from there.
    #[must_use]
    pub fn listens_to(&self, sight: &Sight) -> bool {
        Arc::ptr_eq(&self.sight.queue, &sight.queue)
    }

    /// The picture of the random access point that waits, when one is due and its moment is recorded.
    pub fn look(
        &mut self,
        maker: &mut ThumbnailMaker,
        footage: &Footage,
        clock: &dyn Clock,
    ) -> Option<NewThumbnail> {
        let (now, before) = (clock.monotonic(), clock.worked());
        if !self.budget.allows(now) {
            return None;
        }
        let (unit, parameters) = self.newest()?;
        let camera = self.camera().clone();
        let at = unit.received.wall;
        let made = match footage.find(&camera, at) {
            Ok(Some(_)) => Some(maker.jpeg(&parameters, &unit.data)),
            Ok(None) => None,
            Err(error) => {
                tracing::debug!(%camera, %error, "thumbnail");
                None
            }
        };
        self.budget.spend(now, clock.worked().saturating_sub(before));
        match made? {
            Ok(jpeg) => Some(NewThumbnail { camera, at, jpeg }),
            Err(error) => {
                tracing::debug!(%camera, %error, "thumbnail");
                None
            }
        }
    }

    /// The newest random access point that has arrived, with what a decoder needs for it.
    fn newest(&mut self) -> Option<(AccessUnit, Arc<StreamParameters>)> {
        let mut newest = None;
        self.sight.queue.drain(&mut self.events);
        for event in self.events.drain(..) {
            match event {
                CaptureEvent::Unit(unit) if unit.random_access => newest = Some(unit),
                CaptureEvent::RunStarted { parameters }
                | CaptureEvent::NewParameters { parameters } => {
                    self.parameters = Some(parameters);
                    newest = None;
                }
                CaptureEvent::Unit(_)
                | CaptureEvent::Lost { .. }
                | CaptureEvent::Dropped { .. }
                | CaptureEvent::TimestampJump { .. }
                | CaptureEvent::RunEnded { .. } => {}
            }
        }
        newest.zip(self.parameters.clone())
    }
}
