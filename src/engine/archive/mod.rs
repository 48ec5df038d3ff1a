//! The thread `upload`: brings finished recordings to an archive elsewhere, and is the only one that changes or
//! measures it.
//!
//! A recording is brought in this order: its file is whole on the archive, read back and compared if wanted, the
//! index names the archive, the file here is removed. Killed anywhere in between, the next start finds the file that
//! the index names, and goes on. Must not do: decide what is deleted, or hold up recording.

mod adopt;
mod aside;
pub mod backoff;
mod bring;
mod courier;
mod deletions;
mod failing;
mod former;
mod report;
mod standing;
mod upkeep;

pub use adopt::CannotAdopt;
pub use courier::Courier;
pub use former::{FormerArchive, FormerReport};
pub use report::{Amount, ArchiveReport, ArchiveState, Found};

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::EngineError;
use super::indexer::IndexWriter;
use super::locks::Locks;
use super::recordings::Recordings;
use super::removal::Doomed;
use crate::index::ThumbnailWriter;
use crate::model::VolumeId;
use crate::runtime::{Clock, Latest, Worker};
use crate::storage::Archive;

/// Files of one order at most: between two orders others get a turn, and a stop is heard.
pub const ORDER: usize = 16;

/// Orders that wait at most, one for each of some archives: what cannot be taken is planned anew.
const ORDERS: usize = 4;

/// Changes that wait at most; the engine sends again what cannot be taken.
const CHANGES: usize = 4;

/// Remembers an archive's identity; returns its number in the index, which is that of a known archive when it has only
/// moved.
pub type Remember = dyn Fn(&str) -> Result<VolumeId, EngineError> + Send + Sync;

/// Where recordings are brought to. Whoever gives it has put it among the places already.
#[derive(Clone)]
pub struct ArchiveOptions {
    /// Its number in the index.
    pub volume_id: VolumeId,
    /// Itself.
    pub archive: Arc<dyn Archive>,
    /// Where finished recordings wait.
    pub spool: VolumeId,
    /// The identity that it had; none when it was never reached.
    pub known: Option<String>,
    /// The identity of who brings recordings there: us.
    pub owner: String,
    /// Remembers the identity that it has when it is reached for the first time.
    pub remember: Arc<Remember>,
    /// Whether what was brought is read back once and compared.
    pub verify: bool,
}

impl ArchiveOptions {
    /// Whether these are the same archive, reached in the same way.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.archive, &other.archive)
            && (self.volume_id, self.spool, self.verify)
                == (other.volume_id, other.spool, other.verify)
    }
}

/// Files that are to go from an archive.
#[derive(Debug)]
pub struct Order {
    /// Which archive.
    pub volume: VolumeId,
    /// The report by which that was planned; an older one is of no use any more.
    pub serial: u64,
    /// What goes.
    pub doomed: Vec<Doomed>,
}

/// What others see of the thread: its reports, and where deletions are ordered. Cheap to clone.
#[derive(Clone, Default)]
pub struct ArchiveDesk {
    report: Arc<Latest<ArchiveReport>>,
    former: Arc<Latest<Vec<FormerArchive>>>,
    former_report: Arc<Latest<FormerReport>>,
    orders: Option<Sender<Order>>,
    adoption_is_wanted: Arc<AtomicBool>,
}

impl ArchiveDesk {
    /// One for a thread, and where its orders arrive.
    #[must_use]
    pub fn new() -> (Self, Receiver<Order>) {
        let (orders, receiver) = bounded(ORDERS);
        (Self { orders: Some(orders), ..Self::default() }, receiver)
    }

    /// The newest report; none without an archive.
    #[must_use]
    pub fn report(&self) -> Option<Arc<ArchiveReport>> {
        self.report.get()
    }

    /// These are the archives of former settings from now on.
    pub fn set_former(&self, archives: Vec<FormerArchive>) {
        let is_same = |before: &Vec<FormerArchive>| {
            before.len() == archives.len()
                && before.iter().zip(&archives).all(|(before, now)| before.is_same(now))
        };
        if !self.former.get().is_some_and(|before| is_same(&before)) {
            self.former.set(archives);
        }
    }

    /// The archives of former settings; the same object while nobody has set others.
    fn former(&self) -> Option<Arc<Vec<FormerArchive>>> {
        self.former.get()
    }

    /// On which archives of former settings deletions can be ordered.
    #[must_use]
    pub fn former_report(&self) -> Arc<FormerReport> {
        self.former_report.get().unwrap_or_default()
    }

    fn show_former(&self, report: FormerReport) {
        self.former_report.set(report);
    }

    /// Shows the newest report.
    pub fn show(&self, report: ArchiveReport) {
        self.report.set(report);
    }

    fn clear(&self) {
        self.report.clear();
    }

    /// Wants the recordings in the index that are on the archive and not in it: within seconds they are added.
    ///
    /// # Errors
    /// When that cannot be done now.
    pub fn adopt(&self) -> Result<(), CannotAdopt> {
        let report = self.report().ok_or(CannotAdopt::NoArchive)?;
        if !report.state.is_reachable() {
            return Err(CannotAdopt::Away(report.sentence()));
        }
        self.adoption_is_wanted.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn take_wish(&self) -> bool {
        self.adoption_is_wanted.swap(false, Ordering::Relaxed)
    }

    /// Orders deletions. While others wait nothing is ordered: they are planned again.
    pub fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // Full or gone, which is the same here.
            let _planned_again = orders.try_send(order);
        }
    }
}

/// What the thread is given.
pub struct UploadOptions {
    /// Where recordings are taken from, with the archive among its places.
    pub recordings: Arc<Recordings>,
    /// Where changes go.
    pub index: IndexWriter,
    /// What is kept.
    pub locks: Locks,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where small pictures are kept; they go with their footage.
    pub thumbnails: ThumbnailWriter,
    /// Where reports go.
    pub desk: ArchiveDesk,
    /// Where deletions are ordered.
    pub orders: Receiver<Order>,
}

/// What the thread is told.
pub(super) enum Change {
    /// Bring to another archive, or to none.
    Archive(Option<Box<ArchiveOptions>>),
    /// Try now, whatever was in the way.
    Retry,
    /// Look at once what is wanted at the desk.
    Look,
    /// Try now, and make the archive ours whoever's it is.
    TakeOver,
}

/// The thread.
pub struct Upload {
    changes: Sender<Change>,
    desk: ArchiveDesk,
    worker: Worker,
}

/// The changes before this one have not been taken yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the archive is busy; try again in a moment")]
pub struct UploadBusy;

impl Upload {
    /// Starts the thread; without an archive it waits for one.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start(options: UploadOptions, archive: Option<ArchiveOptions>) -> std::io::Result<Self> {
        let (changes, receiver) = bounded(CHANGES);
        let desk = options.desk.clone();
        let mut courier = Courier::new(options);
        courier.set_archive(archive);
        let worker = Worker::spawn("upload", move || run(&mut courier, &receiver))?;
        Ok(Self { changes, desk, worker })
    }

    /// Recordings are brought to another archive from now on, or stay; what is on its way is broken off.
    ///
    /// # Errors
    /// When the thread has not taken the changes before; it can be sent again.
    pub fn set_archive(&self, archive: Option<ArchiveOptions>) -> Result<(), UploadBusy> {
        let change = Change::Archive(archive.map(Box::new));
        self.changes.try_send(change).map_err(|_| UploadBusy)
    }

    /// Tries now, whatever was in the way.
    ///
    /// # Errors
    /// When the thread has not taken the changes before; it can be sent again.
    pub fn retry(&self) -> Result<(), UploadBusy> {
        self.changes.try_send(Change::Retry).map_err(|_| UploadBusy)
    }

    /// What is on these archives of former settings ages too, while they answer.
    pub fn set_former(&self, archives: Vec<FormerArchive>) {
        self.desk.set_former(archives);
    }

    /// Has what is on the archive and not in the index added to it.
    ///
    /// # Errors
    /// When that cannot be done now.
    pub fn adopt(&self) -> Result<(), CannotAdopt> {
        self.desk.adopt()?;
        // One that is busy looks when it is done.
        let _looks_later = self.changes.try_send(Change::Look);
        Ok(())
    }

    /// Tries now, and makes the archive ours when it is somebody else's.
    ///
    /// # Errors
    /// When the thread has not taken the changes before; it can be sent again.
    pub fn take_over(&self) -> Result<(), UploadBusy> {
        self.changes.try_send(Change::TakeOver).map_err(|_| UploadBusy)
    }

    /// Whether its thread is gone although nobody stopped it.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.worker.is_finished()
    }

    /// Tells the thread to end; what is on its way is broken off at the next write, and gone on with at the next
    /// start.
    #[must_use]
    pub fn end(self) -> Worker {
        self.worker
    }
}

fn run(courier: &mut Courier, changes: &Receiver<Change>) {
    let mut wait = Duration::ZERO;
    loop {
        match changes.recv_timeout(wait) {
            Ok(change) => courier.take(change),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let mut heard = None;
        wait = courier.round(&mut |rest| match changes.recv_timeout(rest) {
            Ok(change) => {
                heard = Some(change);
                ControlFlow::Break(())
            }
            Err(RecvTimeoutError::Timeout) => ControlFlow::Continue(()),
            // The next wait hears of it too.
            Err(RecvTimeoutError::Disconnected) => ControlFlow::Break(()),
        });
        if let Some(change) = heard {
            courier.take(change);
        }
    }
}
