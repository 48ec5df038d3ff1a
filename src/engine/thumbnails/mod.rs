//! The thread `thumbnails`: keeps small pictures of what arrives ([`live`]), and makes those that past footage
//! lacks ([`backfill`]).
//!
//! Must not do: connect a stream, wait for one, or take more than a small share of one core.

pub mod backfill;
pub mod live;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use self::backfill::{Backlog, Step};
use self::live::Watcher;
use super::archive::ArchiveDesk;
use super::recordings::Recordings;
use crate::analysis::{Budget, ThumbnailMaker};
use crate::capture::UnitQueue;
use crate::index::{IndexError, NewThumbnail, ThumbnailWriter};
use crate::model::CameraId;
use crate::runtime::{Clock, Worker};

/// Time between two looks for what is due.
const ROUND: Duration = Duration::from_secs(1);

/// Changes of the cameras that wait at most.
const CONTROL_QUEUE: usize = 16;

/// Thousandths of a core for the pictures of each camera that arrives, and as much again for past footage.
pub(super) const PERMILLE: u32 = 3;

/// Steps of past footage in one round: then changes of the cameras are looked at.
const STEPS: usize = 64;

/// Of the time that a step takes, this part counts as work at least: a disk that is read is busy although no core
/// is.
const WAITING_SHARE: u32 = 10;

/// Of a step for footage on an archive this part: playback reads over the same connection.
const ARCHIVE_WAITING_SHARE: u32 = 4;

/// Past footage waits until a start is over.
const BACKFILL_AFTER: Duration = Duration::from_secs(10);

/// Units that wait at most: the start of a run and a random access point. What follows is dropped up to the next
/// random access point after this one was taken.
pub(super) const QUEUED_UNITS: usize = 2;

/// Bytes that wait at most.
pub(super) const QUEUED_BYTES: usize = 16 << 20;

/// Where pictures of a camera arrive.
#[derive(Clone)]
pub struct Sight {
    /// Whose.
    pub camera: CameraId,
    /// Of its sub stream where one is connected, else of its main stream.
    pub queue: Arc<UnitQueue>,
}

/// What the thread is given.
#[derive(Clone)]
pub struct ThumbnailOptions {
    /// What was recorded, and what is being recorded.
    pub recordings: Arc<Recordings>,
    /// Where small pictures are kept.
    pub writer: ThumbnailWriter,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Tells whether the archive can be reached that recordings are brought to.
    pub archive: ArchiveDesk,
}

/// The thread.
pub struct Thumbnails {
    control: Sender<Vec<Sight>>,
    worker: Worker,
}

impl Thumbnails {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(options: ThumbnailOptions) -> std::io::Result<Self> {
        let (control, receiver) = bounded(CONTROL_QUEUE);
        let mut work = ThumbnailWork::new(options);
        let worker = Worker::spawn("thumbnails", move || run(&mut work, &receiver))?;
        Ok(Self { control, worker })
    }

    /// Keeps pictures of these cameras and no others; past footage is looked through in any case.
    ///
    /// # Errors
    /// [`ThumbnailsBusy`] when changes wait already; they can be sent again.
    pub fn set_sights(&self, sights: Vec<Sight>) -> Result<(), ThumbnailsBusy> {
        match self.control.try_send(sights) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(ThumbnailsBusy),
        }
    }

    /// Whether the thread is gone although nobody stopped it.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.worker.is_finished()
    }

    /// Lets it end, when what is kept lasts; gives what to wait for.
    #[must_use]
    pub fn end(self) -> Worker {
        self.worker
    }
}

/// The changes before this one have not been taken yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("small pictures are being made; the change is tried again")]
pub struct ThumbnailsBusy;

fn run(work: &mut ThumbnailWork, control: &Receiver<Vec<Sight>>) {
    loop {
        match control.recv_timeout(ROUND) {
            Ok(sights) => work.set(sights),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        work.round();
    }
    work.finish();
}

/// What the thread does in its rounds, one at a time.
pub struct ThumbnailWork {
    options: ThumbnailOptions,
    maker: ThumbnailMaker,
    watchers: BTreeMap<CameraId, Watcher>,
    backlog: Backlog,
    budget: Budget,
    /// Why nothing could be kept last time.
    trouble: Option<String>,
}

impl ThumbnailWork {
    /// Without any camera yet.
    #[must_use]
    pub fn new(options: ThumbnailOptions) -> Self {
        let first = options.clock.monotonic() + BACKFILL_AFTER;
        Self {
            maker: ThumbnailMaker::default(),
            watchers: BTreeMap::new(),
            backlog: Backlog::new(
                Arc::clone(&options.recordings),
                options.writer.clone(),
                options.archive.clone(),
            ),
            budget: Budget::new(PERMILLE, Duration::ZERO, first),
            trouble: None,
            options,
        }
    }

    /// Keeps pictures of these cameras and no others.
    pub fn set(&mut self, sights: Vec<Sight>) {
        let now = self.options.clock.monotonic();
        let cameras = u32::try_from(sights.len().max(1)).unwrap_or(u32::MAX);
        self.budget.set_permille(PERMILLE.saturating_mul(cameras));
        let mut before = std::mem::take(&mut self.watchers);
        for sight in sights {
            let known = before.remove(&sight.camera).filter(|known| known.listens_to(&sight));
            let watcher = known.unwrap_or_else(|| Watcher::new(sight, now));
            self.watchers.insert(watcher.camera().clone(), watcher);
        }
    }

    /// Makes what is due of the cameras, and what the budget allows of past footage.
    pub fn round(&mut self) {
        let clock = Arc::clone(&self.options.clock);
        let footage = &self.options.recordings.footage;
        let looks = self.watchers.values_mut();
        let batch: Vec<NewThumbnail> =
            looks.filter_map(|watcher| watcher.look(&mut self.maker, footage, &*clock)).collect();
        let kept = self.options.writer.put(&batch);
        let filled = self.fill(&*clock);
        self.note(kept.and(filled));
    }

    fn fill(&mut self, clock: &dyn Clock) -> Result<(), IndexError> {
        for _ in 0..STEPS {
            let (began, before) = (clock.now(), clock.worked());
            if !self.budget.allows(began.monotonic) {
                break;
            }
            let Some(step) = self.backlog.step(&mut self.maker, began)? else { break };
            let worked = clock.worked().saturating_sub(before);
            let took = clock.monotonic().saturating_sub(began.monotonic);
            self.budget.spend(began.monotonic, cost(worked, took, step));
        }
        Ok(())
    }

    /// Makes what is kept last over a power cut.
    pub fn finish(&mut self) {
        let kept = self.options.writer.sync();
        self.note(kept);
    }

    /// A failure is told once, until it is another one or over.
    fn note(&mut self, result: Result<(), IndexError>) {
        let trouble = result.err().map(|error| error.to_string());
        if let Some(why) = trouble.as_ref().filter(|why| self.trouble.as_ref() != Some(why)) {
            tracing::warn!("small pictures cannot be kept: {why}");
        }
        self.trouble = trouble;
    }
}

/// What a step costs that used a core for `worked` and took so long.
fn cost(worked: Duration, took: Duration, step: Step) -> Duration {
    let share = match step {
        Step::Here => WAITING_SHARE,
        Step::Elsewhere => ARCHIVE_WAITING_SHARE,
    };
    worked.max(took / share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_disk_costs_as_well_as_a_core_and_an_archive_more() {
        let millis = Duration::from_millis;
        assert_eq!(cost(millis(30), millis(40), Step::Here), millis(30));
        assert_eq!(cost(millis(3), millis(900), Step::Here), millis(90));
        assert_eq!(cost(millis(3), millis(900), Step::Elsewhere), millis(225));
    }
}
