//! The thread `retention`: looks at the volume, removes what the plan names, and says when recording must
//! stop. What goes on an archive it orders from the thread `upload`, and does not wait for.
//!
//! Must not do: decide what goes; `storage::retention` does. It never removes a file that is locked, being
//! written, or unknown to the index. Ask an archive anything.

mod keeper;
mod places;
mod report;

pub use keeper::Keeper;
pub use report::{SpoolReport, StorageReport};

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use super::archive::ArchiveDesk;
use super::indexer::IndexWriter;
use super::locks::Locks;
use super::recordings::Recordings;
use crate::index::ThumbnailWriter;
use crate::recorder::{RecorderStatus, Signals};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Latest, Worker};
use crate::storage::deletion::Terms;

/// Time between two looks at the free space.
const LOOK: Duration = Duration::from_secs(1);

/// Pause between two batches: deleting gigabytes keeps a disk busy.
const PAUSE: Duration = Duration::from_millis(200);

/// What the thread is given.
pub struct CleanerOptions {
    /// What is deleted from.
    pub recordings: Arc<Recordings>,
    /// Where changes go.
    pub index: IndexWriter,
    /// What is kept.
    pub locks: Locks,
    /// Where a stop is told.
    pub signals: Arc<Signals>,
    /// What has been written.
    pub recorder: Arc<Latest<RecorderStatus>>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// What the settings say.
    pub terms: Terms,
    /// Where small pictures are kept; they go with their footage.
    pub thumbnails: ThumbnailWriter,
    /// What is known of the archive, and where deletions on it are ordered.
    pub archive: ArchiveDesk,
}

/// The thread.
pub struct Cleaner {
    terms: Sender<Terms>,
    report: Arc<Latest<StorageReport>>,
    worker: Worker,
}

impl Cleaner {
    /// Looks once, so that a full disk is known before anything is recorded, and starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(options: CleanerOptions) -> std::io::Result<Self> {
        let (terms, receiver) = bounded(1);
        let report = Arc::new(Latest::new());
        let mut keeper = Keeper::new(options, Arc::clone(&report));
        keeper.look();
        let worker = Worker::spawn("retention", move || run(&mut keeper, &receiver))?;
        Ok(Self { terms, report, worker })
    }

    /// Other terms are in force from the next look on.
    ///
    /// # Errors
    /// When the thread has not taken the ones before; they can be sent again.
    pub fn set_terms(&self, terms: Terms) -> Result<(), CleanerBusy> {
        match self.terms.try_send(terms) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(CleanerBusy),
        }
    }

    /// Where the newest report is.
    #[must_use]
    pub fn report(&self) -> &Arc<Latest<StorageReport>> {
        &self.report
    }

    /// Whether its thread is gone although nobody stopped it.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.worker.is_finished()
    }

    /// Ends the thread.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop(self.terms);
        self.worker.join(limit)
    }
}

/// The terms before these have not been taken yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the retention is busy; the change is tried again")]
pub struct CleanerBusy;

fn run(keeper: &mut Keeper, terms: &Receiver<Terms>) {
    let wait = |time| match terms.recv_timeout(time) {
        Ok(terms) => ControlFlow::Continue(Some(terms)),
        Err(RecvTimeoutError::Timeout) => ControlFlow::Continue(None),
        Err(RecvTimeoutError::Disconnected) => ControlFlow::Break(()),
    };
    while let ControlFlow::Continue(terms) = wait(LOOK) {
        if let Some(terms) = terms {
            keeper.set_terms(terms);
        }
        if keeper.round(|| wait(PAUSE)).is_break() {
            return;
        }
    }
}
