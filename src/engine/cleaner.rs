//! The thread `retention`: looks at the volume, removes what the plan names, and says when recording must
//! stop.
//!
//! Must not do: decide what goes; `storage::retention` does. It never removes a file that is locked, being
//! written, or unknown to the index.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use super::EngineError;
use super::clock_trust::ClockTrust;
use super::indexer::IndexWriter;
use super::locks::Locks;
use super::recordings::Recordings;
use super::removal::{Doomed, Removal};
use super::usage::Growth;
use crate::index::{ThumbnailReader, ThumbnailWriter};
use crate::model::{GapReason, Lock, StreamId, VolumeId, WallTime};
use crate::recorder::{RecorderStatus, Signals};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Latest, Worker};
use crate::storage::deletion::{self, Placed, Terms};
use crate::storage::retention::{self, Candidate, Deletion, Plan, Shortage, Usage};
use crate::storage::{Space, StorageError};

/// Time between two looks at the free space.
const LOOK: Duration = Duration::from_secs(1);

/// Looks between two plans while no limit is near.
const LOOKS_PER_PLAN: u32 = 10;

/// Segments of each stream that a plan looks at first; more when the oldest are locked.
const CANDIDATES: usize = 32;

/// As many at most.
const MOST_CANDIDATES: usize = 1 << 20;

/// Files that go at once, before recording gets another turn at the disk.
const BATCH: usize = 8;

/// Pause between two batches: deleting gigabytes keeps a disk busy.
const PAUSE: Duration = Duration::from_millis(200);

/// Batches of one round; what is left goes in the next one.
const BATCHES: usize = 16;

/// Told while footage is not deleted for its age.
const CLOCK_AHEAD: &str = "The computer's clock is far ahead of what it was. Nothing is deleted for its age \
    for six hours, in case the clock is wrong; please check it";

/// The sizes in the index are summed up again after this time; between, what is written is added.
const RECOUNT: Duration = Duration::from_secs(600);

/// How things stand.
#[derive(Clone, Debug, Default)]
pub struct StorageReport {
    /// The terms in force, with the reserve.
    pub terms: Terms,
    /// Ours with the small pictures, and the volume's space.
    pub usage: Usage,
    /// Bytes of the small pictures.
    pub thumbnails: u64,
    /// Bytes a second that are recorded.
    pub rate: u64,
    /// Why recording is stopped.
    pub stopped: Option<Shortage>,
    /// Less is free than the operator wants.
    pub is_low: bool,
    /// Microseconds until the first limit is met at the present rate; none while nothing is recorded.
    pub left_micros: Option<i64>,
    /// What is wrong with the volume, or with deleting, in a sentence.
    pub trouble: Option<String>,
}

impl StorageReport {
    /// How long the room lasts that is left, without what will be deleted meanwhile.
    fn left(&self) -> Option<i64> {
        let (rules, usage) = (&self.terms.rules, &self.usage);
        let size = rules.max_bytes.map(|max| max.saturating_sub(usage.used));
        let space = usage.space.free.saturating_sub(rules.reserve);
        let room = size.into_iter().chain([space]).min()?;
        let micros = (u128::from(room) * 1_000_000).checked_div(u128::from(self.rate))?;
        i64::try_from(micros).ok()
    }
}

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

/// What the thread does in its rounds, one at a time.
pub struct Keeper {
    options: CleanerOptions,
    small_pictures: ThumbnailReader,
    report: Arc<Latest<StorageReport>>,
    now: StorageReport,
    growth: Growth,
    /// Bytes in the index when they were summed up, what had been written then, and when that was.
    counted: Option<(u64, u64, Duration)>,
    /// Removed since then.
    removed: u64,
    looks: u32,
    shortage: Option<Shortage>,
    removal: Removal,
    /// Volumes that are connected.
    there: BTreeSet<VolumeId>,
    trust: ClockTrust,
    clock_is_trusted: bool,
    /// The highest rate since recording was stopped, which tells nothing while it stands still.
    rate_at_stop: u64,
    /// Why nothing could be planned last time.
    failed: Option<String>,
    /// The volume cannot be asked: nothing is removed.
    is_blocked: bool,
}

impl Keeper {
    /// One that has not looked yet and shows its reports in `report`.
    #[must_use]
    pub fn new(options: CleanerOptions, report: Arc<Latest<StorageReport>>) -> Self {
        let recordings = Arc::clone(&options.recordings);
        let heartbeat = recordings.reader.heartbeat().ok().flatten();
        Self {
            removal: Removal::new(recordings, options.index.clone(), options.thumbnails.clone()),
            trust: ClockTrust::new(heartbeat),
            now: StorageReport { terms: options.terms.clone(), ..StorageReport::default() },
            small_pictures: options.thumbnails.reader(),
            options,
            report,
            growth: Growth::default(),
            counted: None,
            removed: 0,
            looks: 0,
            shortage: None,
            there: BTreeSet::new(),
            clock_is_trusted: true,
            rate_at_stop: 0,
            failed: None,
            is_blocked: false,
        }
    }

    /// These terms are in force from the next round on, and it makes a plan.
    pub fn set_terms(&mut self, terms: Terms) {
        self.now.terms = terms;
        self.looks = 0;
    }

    /// Looks, and removes what has to go when a plan is due. `pause` waits between two batches; it brings
    /// new terms, or breaks the round off.
    pub fn round(
        &mut self,
        pause: impl FnMut() -> ControlFlow<(), Option<Terms>>,
    ) -> ControlFlow<()> {
        self.look();
        let again = self.removal.is_due(self.options.clock.monotonic());
        let erases = !self.now.terms.rules.erased.is_empty();
        let due = self.looks.is_multiple_of(LOOKS_PER_PLAN) || self.is_over() || again || erases;
        self.looks = self.looks.wrapping_add(1);
        if due && !self.is_blocked {
            return self.clean(pause);
        }
        ControlFlow::Continue(())
    }

    fn is_over(&self) -> bool {
        let Usage { used, space } = self.now.usage;
        let rules = &self.now.terms.rules;
        space.free < rules.reserve || rules.max_bytes.is_some_and(|max| used > max)
    }

    /// Measures, and tells the recorder whether it may write.
    pub fn look(&mut self) {
        let recorded = self.options.recorder.get().unwrap_or_default();
        let clock = self.options.clock.now();
        let now = clock.monotonic;
        self.clock_is_trusted = self.trust.look(clock);
        self.growth.note(now, recorded.written);
        self.now.rate = self.growth.rate();
        let measured = self.measure(now, recorded.written);
        let unmeasured = measured.as_ref().err().map(ToString::to_string);
        self.now.usage = measured.unwrap_or(self.now.usage);
        self.is_blocked = unmeasured.is_some();
        let doubt = !self.clock_is_trusted && self.now.terms.rules.ages();
        let locks = self.options.locks.trouble();
        self.now.trouble = locks
            .or(unmeasured)
            .or_else(|| self.failed.clone())
            .or_else(|| self.removal.trouble())
            .or_else(|| doubt.then(|| CLOCK_AHEAD.into()));
        let Space { free, total } = self.now.usage.space;
        let reserve = retention::reserve(self.now.rate, total);
        self.now.terms.rules.reserve = reserve;
        let percent = u128::from(self.now.terms.low_space_percent);
        self.now.is_low = total > 0 && u128::from(free) * 100 < u128::from(total) * percent;
        if total > 0 {
            let (rules, usage) = (&self.now.terms.rules, &self.now.usage);
            let known = if self.now.stopped.is_some() { self.rate_at_stop } else { 0 };
            self.rate_at_stop = known.max(self.now.rate);
            let rate = self.rate_at_stop;
            self.now.stopped =
                retention::guard(self.now.stopped, self.shortage, rules, usage, rate);
        }
        self.now.left_micros = self.now.left();
        self.options.signals.set_storage(self.now.stopped.map(GapReason::from));
        self.report.set(self.now.clone());
    }

    fn measure(&mut self, now: Duration, written: u64) -> Result<Usage, EngineError> {
        let recordings = Arc::clone(&self.options.recordings);
        let volumes = recordings.volumes.all();
        let spaces = volumes.iter().map(|(id, volume)| (*id, volume.space()));
        let mut spaces: BTreeMap<VolumeId, Result<Space, StorageError>> = spaces.collect();
        let there = spaces.iter().filter(|(_, space)| space.is_ok()).map(|(id, _)| *id).collect();
        if self.there != there {
            self.there = there;
            self.counted = None;
        }
        let fresh = |(_, _, at): &(u64, u64, Duration)| now.saturating_sub(*at) < RECOUNT;
        let (counted, before, _) = match self.counted.filter(fresh) {
            Some(counted) => counted,
            None => {
                let sum = recordings.reader.usage_on(&self.there)?;
                self.removed = 0;
                *self.counted.insert((sum, written, now))
            }
        };
        let used = (counted + written.saturating_sub(before)).saturating_sub(self.removed);
        // What an operator allows is for all that comes with footage.
        self.now.thumbnails = self.small_pictures.usage();
        let used = used.saturating_add(self.now.thumbnails);
        let space = spaces.remove(&self.now.terms.volume).transpose()?.unwrap_or_default();
        Ok(Usage { used, space })
    }

    /// Removes what has to go; breaks off when the thread is to end.
    fn clean(
        &mut self,
        mut pause: impl FnMut() -> ControlFlow<(), Option<Terms>>,
    ) -> ControlFlow<()> {
        for _ in 0..BATCHES {
            let removed = self.batch();
            self.note_failure(removed.as_ref().err());
            if removed.unwrap_or(0) == 0 {
                break;
            }
            if let Some(terms) = pause()? {
                self.now.terms = terms;
            }
            self.look();
        }
        ControlFlow::Continue(())
    }

    /// An error is told once, until it is another one or over.
    fn note_failure(&mut self, error: Option<&EngineError>) {
        let failed = error.map(|error| format!("Old recordings cannot be deleted: {error}"));
        if let Some(failed) = failed.as_ref().filter(|failed| self.failed.as_ref() != Some(failed))
        {
            tracing::error!("{failed}");
        }
        self.failed = failed;
    }

    /// Plans anew and removes the first files of the plan; how many. Nobody can lock footage between the
    /// plan and the marks.
    fn batch(&mut self) -> Result<usize, EngineError> {
        let now = self.options.clock.now();
        let full = self.now.stopped == Some(Shortage::DiskFull);
        let locks = self.options.locks.clone();
        let marked = locks.hold(|locks| {
            let mut doomed = Vec::new();
            if self.removal.has_room() {
                let mut plan = self.plan(locks, now.wall)?;
                self.shortage = plan.shortage;
                plan.deletions.truncate(BATCH);
                doomed = self.rows_of(plan.deletions)?;
            }
            self.removal.mark(doomed, locks, full, now.monotonic)
        });
        let removed = self.removal.remove(marked.transpose()?.unwrap_or_default(), now)?;
        self.removed += removed.bytes;
        Ok(removed.files)
    }

    /// What goes now; looks at more segments when the oldest are locked.
    fn plan(&self, locks: &[Lock], now: WallTime) -> Result<Plan, EngineError> {
        let mut terms = self.now.terms.clone();
        if !self.clock_is_trusted {
            (terms.rules.keep, terms.rules.keep_of) = (None, BTreeMap::new());
        }
        let used = self.now.usage.used.saturating_sub(self.removal.aside_bytes());
        let usage = Usage { used, ..self.now.usage };
        let mut limit = CANDIDATES;
        loop {
            let (candidates, horizon) = self.candidates(limit)?;
            let plan = deletion::plan(&candidates, horizon, locks, &terms, &usage, now);
            let outlived = |(_, candidate): &Placed| terms.rules.outlived(candidate, now).is_some();
            let more = horizon.is_some() && (plan.incomplete || candidates.iter().any(outlived));
            let stuck = more && plan.deletions.is_empty();
            if !stuck || limit >= MOST_CANDIDATES {
                return Ok(plan);
            }
            limit *= 8;
        }
    }

    /// The oldest segments of each stream, and where they are; beyond the horizon some are missing.
    fn candidates(&self, limit: usize) -> Result<(Vec<Placed>, Option<WallTime>), EngineError> {
        let recordings = &self.options.recordings;
        let open: BTreeSet<(StreamId, WallTime)> =
            recordings.open.rows().into_iter().map(|row| (row.stream, row.start)).collect();
        let (mut candidates, mut horizon) = (Vec::new(), None);
        for stream in recordings.reader.streams()? {
            let rows = recordings.reader.oldest(&stream, limit)?;
            if let Some(last) = rows.last().filter(|_| rows.len() == limit) {
                horizon = Some(horizon.map_or(last.start, |h: WallTime| h.min(last.start)));
            }
            let rows = rows.into_iter().filter(|row| self.there.contains(&row.volume));
            candidates.extend(rows.map(|row| {
                let open = open.contains(&(row.stream.clone(), row.start));
                let span = row.span();
                (row.volume, Candidate { stream: row.stream, span, bytes: row.bytes, open })
            }));
        }
        Ok((candidates, horizon))
    }

    fn rows_of(&self, deletions: Vec<Deletion>) -> Result<Vec<Doomed>, EngineError> {
        let mut rows = Vec::new();
        for deletion in deletions {
            let reader = &self.options.recordings.reader;
            if let Some(row) = reader.segment(&deletion.stream, deletion.start)? {
                rows.push((row, deletion));
            }
        }
        Ok(rows)
    }
}
