//! Manual recordings: begun and ended by an operator, here or from another process.
//!
//! Must not do: record; the recorder reads what stands here.

use std::sync::Arc;
use std::time::Duration;

use crate::model::CameraId;
use crate::recorder::{Manual, Signals};
use crate::runtime::Clock;

/// Longest manual recording; one that is wanted for longer is a mode.
pub const LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// Begins and ends manual recordings. Cheap to clone.
#[derive(Clone)]
pub struct ManualDesk {
    signals: Arc<Signals>,
    clock: Arc<dyn Clock>,
}

impl ManualDesk {
    /// Speaks to the recorder through `signals`.
    #[must_use]
    pub fn new(signals: Arc<Signals>, clock: Arc<dyn Clock>) -> Self {
        Self { signals, clock }
    }

    /// Records `camera` for `limit` from now on, also when it is being recorded already.
    pub fn start(&self, camera: &CameraId, limit: Duration) {
        let since = self.clock.monotonic();
        let until = since + limit.min(LONGEST);
        self.signals.set_manual(camera, Some(Manual { since, until }));
    }

    /// Ends it; the camera goes on by its rule.
    pub fn stop(&self, camera: &CameraId) {
        self.signals.set_manual(camera, None);
    }

    /// How long it still goes on; none without one.
    #[must_use]
    pub fn left(&self, camera: &CameraId) -> Option<Duration> {
        let manual = self.signals.manual(camera)?;
        manual.until.checked_sub(self.clock.monotonic()).filter(|left| !left.is_zero())
    }
}
