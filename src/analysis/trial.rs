//! The thread `motion-trial`: watches one camera for motion while an operator edits what counts.
//!
//! Must not do: tell the recorder, or keep an event; nothing of it is in force.

use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, RecvTimeoutError};

use super::board::Watched;
use super::watcher::Watcher;
use crate::capture::UnitQueue;
use crate::model::{CameraId, MotionSettings};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Newest, Worker};

/// Time between two rounds: as often as pictures are looked at.
const ROUND: Duration = Duration::from_millis(200);

/// What is watched.
pub struct TrialOptions {
    /// Which camera.
    pub camera: CameraId,
    /// What counts.
    pub settings: MotionSettings,
    /// Where pictures arrive.
    pub queue: Arc<UnitQueue>,
    /// Only random access points are decoded.
    pub random_access_only: bool,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// The thread.
pub struct Trial {
    settings: Newest<MotionSettings>,
    stop: crate::runtime::StopSource,
    worker: Worker,
}

impl Trial {
    /// Starts it; `tell` is called when there is something new.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        options: TrialOptions,
        tell: impl Fn(&Watched) + Send + 'static,
    ) -> std::io::Result<Self> {
        let settings = Newest::new();
        let wanted = settings.receiver();
        let (stop, token) = crate::runtime::stop_pair();
        let worker = Worker::spawn("motion-trial", move || {
            let watcher =
                Watcher::new(options.camera.clone(), &options.settings, options.random_access_only);
            run(&options, watcher, &wanted, &token, tell);
        })?;
        Ok(Self { settings, stop, worker })
    }

    /// Other settings count from now on.
    pub fn retune(&self, settings: MotionSettings) {
        self.settings.send(settings);
    }

    /// Ends it; it may be at one picture.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn stop(mut self, limit: Duration) -> Result<(), JoinError> {
        self.stop.stop();
        self.worker.join(limit)
    }
}

fn run(
    options: &TrialOptions,
    mut watcher: Watcher,
    wanted: &Receiver<MotionSettings>,
    stop: &crate::runtime::StopToken,
    tell: impl Fn(&Watched),
) {
    let (mut events, mut told) = (Vec::new(), None);
    while !stop.is_stopped() {
        match wanted.recv_timeout(ROUND) {
            Ok(settings) => watcher.retune(&settings),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        options.queue.drain(&mut events);
        // Events of a trial belong to nobody.
        let mut nowhere = Vec::new();
        for event in events.drain(..) {
            watcher.take(event, &mut nowhere);
        }
        let watched = watcher.watched(options.clock.monotonic());
        if told.as_ref() != Some(&watched) {
            tell(&watched);
            told = Some(watched);
        }
    }
}
