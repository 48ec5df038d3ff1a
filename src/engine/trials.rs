//! Motion on trial: what a camera's meter shows while its settings are edited.
//!
//! Must not do: change what is recorded.

use std::sync::Arc;

use super::SHUTDOWN_LIMIT;
use super::reconcile::{WATCHED_BYTES, WATCHED_UNITS};
use super::service::{Service, Way};
use crate::analysis::trial::{Trial, TrialOptions};
use crate::analysis::{Motion, Watched};
use crate::model::{StreamId, StreamKind};
use crate::protocol::{MotionTrial, MotionWatch, Shown};

/// A camera that is watched.
pub(super) struct Running {
    stream: StreamId,
    trial: Trial,
    _way: Way,
}

impl Service {
    /// Watches this camera, and no other any more.
    pub(super) fn watch_motion(&mut self, wanted: Option<MotionWatch>) {
        let same = |running: &Running, watch: &MotionWatch| running.stream.camera == watch.camera;
        if let (Some(running), Some(watch)) = (&self.trial, &wanted)
            && same(running, watch)
        {
            running.trial.retune(watch.settings.clone());
            return;
        }
        self.end_trial();
        self.shown.trial.clear();
        if let Some(watch) = wanted {
            self.begin_trial(watch);
        }
        self.connect();
    }

    fn begin_trial(&mut self, watch: MotionWatch) {
        let cameras = &self.store.settings().cameras;
        let Some(camera) = cameras.iter().find(|camera| camera.id == watch.camera) else { return };
        let kind = if camera.sub.is_some() { StreamKind::Sub } else { StreamKind::Main };
        let stream = StreamId::new(camera.id.clone(), kind);
        let way = self.way(&stream, WATCHED_UNITS, WATCHED_BYTES);
        let options = TrialOptions {
            camera: camera.id.clone(),
            settings: watch.settings,
            queue: Arc::clone(&way.queue),
            random_access_only: kind == StreamKind::Main,
            clock: Arc::clone(&self.clock),
        };
        let (shown, camera) = (Arc::clone(&self.shown), camera.id.clone());
        match Trial::start(options, move |watched| show(&shown, &camera, watched)) {
            Ok(trial) => self.trial = Some(Running { stream, trial, _way: way }),
            Err(error) => tracing::error!("{stream} cannot be watched for motion: {error}"),
        }
    }

    /// Ends what is watched.
    pub(super) fn end_trial(&mut self) {
        let Some(running) = self.trial.take() else { return };
        if let Err(error) = running.trial.stop(SHUTDOWN_LIMIT) {
            tracing::error!("{}: {error}", running.stream);
        }
    }

    /// The stream that is needed for it.
    pub(super) fn tried_stream(&self) -> Option<StreamId> {
        self.trial.as_ref().map(|running| running.stream.clone())
    }
}

fn show(shown: &Shown, camera: &crate::model::CameraId, watched: &Watched) {
    let trouble = match &watched.motion {
        Motion::Blind(why) => Some(why.clone()),
        Motion::Still | Motion::Moving { .. } => None,
    };
    shown.trial.set(MotionTrial { camera: camera.clone(), level: watched.level, trouble });
    shown.wake();
}
