//! What runs of the program while the rig plays.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use watchkeeper::capture::CaptureEvent;
use watchkeeper::engine::archive::{ArchiveDesk, Courier};
use watchkeeper::engine::cleaner::{Keeper, StorageReport};
use watchkeeper::engine::indexer::{IndexWriter, Indexer};
use watchkeeper::index::Change;
use watchkeeper::recorder::{OpenSegments, StreamRecorder};
use watchkeeper::runtime::{Clock, Latest};

use crate::bare_stream::parameters;
use crate::numbered::unit;
use crate::rig::{GOP, PICTURE, STEP};

/// The program while it runs.
pub struct Running {
    pub open: OpenSegments,
    pub indexer: Indexer,
    pub writer: IndexWriter,
    pub keeper: Keeper,
    pub kept: Arc<Latest<StorageReport>>,
    pub courier: Courier,
    pub desk: ArchiveDesk,
    pub recorders: Vec<StreamRecorder>,
    pub connected: bool,
    pub changes: Vec<Change>,
    /// What the index does not know is wanted in it, as soon as that can be asked for.
    pub wants: bool,
}

impl Running {
    pub fn send(&mut self, second: i64, clock: &dyn Clock) {
        let now = clock.now();
        let picture = u64::try_from(second / STEP).expect("not negative");
        let random_access = picture.is_multiple_of(GOP);
        let begins = random_access && !self.connected;
        self.connected |= begins;
        for recorder in &mut self.recorders {
            if begins {
                recorder.take(CaptureEvent::RunStarted { parameters: parameters(250) }, now);
            }
            if self.connected {
                let unit = unit(picture, STEP, random_access, PICTURE, now);
                recorder.take(CaptureEvent::Unit(unit), now);
            }
            recorder.tick(now);
        }
        self.collect();
    }

    pub fn round(&mut self) -> Duration {
        self.wants = self.wants && self.desk.adopt().is_err();
        self.courier.round(&mut |_| ControlFlow::Continue(()))
    }

    pub fn collect(&mut self) {
        for recorder in &mut self.recorders {
            self.changes.append(&mut recorder.take_changes());
        }
    }

    pub fn commit(&mut self) {
        let changes = std::mem::take(&mut self.changes);
        assert!(self.writer.apply_and_wait(changes, Duration::from_secs(60)));
    }
}
