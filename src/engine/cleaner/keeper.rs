//! What the thread `retention` does in its rounds, one at a time.
//!
//! Must not do: decide what goes, or wait for an archive.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::CleanerOptions;
use super::places::Counted;
use super::report::StorageReport;
use crate::engine::EngineError;
use crate::engine::archive::{Amount, FormerReport};
use crate::engine::clock_trust::ClockTrust;
use crate::engine::removal::Removal;
use crate::engine::usage::Growth;
use crate::index::ThumbnailReader;
use crate::model::{GapReason, VolumeId};
use crate::runtime::Latest;
use crate::storage::deletion::Terms;
use crate::storage::retention::{self, Shortage, Usage};
use crate::storage::{Space, spool};

/// Looks between two plans while no limit is near.
const LOOKS_PER_PLAN: u32 = 10;

/// Files that go at once, before recording gets another turn at the disk.
const BATCH: usize = 8;

/// Batches of one round; what is left goes in the next one.
const BATCHES: usize = 16;

/// Told while footage is not deleted for its age.
const CLOCK_AHEAD: &str = "The computer's clock is far ahead of what it was. Nothing is deleted for its age \
    for six hours, in case the clock is wrong; please check it";

/// What the thread does in its rounds, one at a time.
pub struct Keeper {
    pub(super) options: CleanerOptions,
    pub(super) small_pictures: ThumbnailReader,
    report: Arc<Latest<StorageReport>>,
    pub(super) now: StorageReport,
    growth: Growth,
    /// The sizes in the index as they were summed up last.
    pub(super) counted: Option<Counted>,
    /// Removed since then.
    pub(super) removed: u64,
    looks: u32,
    pub(super) shortage: Option<Shortage>,
    /// More waits to be brought than may, and nothing of it may go.
    pub(super) spool_shortage: Option<Shortage>,
    pub(super) removal: Removal,
    /// Volumes that are connected.
    pub(super) there: BTreeSet<VolumeId>,
    /// How archives of former settings stand.
    pub(super) former: Arc<FormerReport>,
    trust: ClockTrust,
    pub(super) clock_is_trusted: bool,
    /// The highest rate since recording was stopped, which tells nothing while it stands still.
    rate_at_stop: u64,
    /// Why nothing could be planned last time.
    failed: Option<String>,
    /// The volume cannot be asked: nothing is removed.
    is_blocked: bool,
    /// Removed before it could be brought away.
    dropped: Amount,
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
            spool_shortage: None,
            there: BTreeSet::new(),
            former: Arc::default(),
            clock_is_trusted: true,
            rate_at_stop: 0,
            failed: None,
            is_blocked: false,
            dropped: Amount::default(),
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
        let waits = self.now.spool.as_ref().zip(self.now.terms.spool);
        let waits =
            waits.is_some_and(|(spool, terms)| terms.max_bytes.is_some_and(|max| spool.used > max));
        space.free < rules.reserve || rules.max_bytes.is_some_and(|max| used > max) || waits
    }

    /// Measures, and tells the recorder whether it may write.
    pub fn look(&mut self) {
        let recorded = self.options.recorder.get().unwrap_or_default();
        let clock = self.options.clock.now();
        let now = clock.monotonic;
        self.clock_is_trusted = self.trust.look(clock);
        self.growth.note(now, recorded.written);
        self.now.rate = self.growth.rate();
        self.now.archive = self.options.archive.report();
        self.former = self.options.archive.former_report();
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
            let stopped = self.now.stopped;
            self.now.stopped = retention::guard(stopped, self.shortage, rules, usage, rate)
                .or_else(|| self.guard_spool(stopped));
        }
        self.tell_spool();
        self.now.left_micros = self.now.left();
        self.options.signals.set_storage(self.now.stopped.map(GapReason::from));
        self.report.set(self.now.clone());
    }

    fn guard_spool(&self, stopped: Option<Shortage>) -> Option<Shortage> {
        let (terms, spool) = self.now.terms.spool.zip(self.now.spool.as_ref())?;
        terms.guard(stopped, self.spool_shortage, spool.used)
    }

    /// How long recordings can wait, from what was measured.
    fn tell_spool(&mut self) {
        let rate = self.rate_at_stop;
        let (rules, space) = (&self.now.terms.rules, self.now.usage.space);
        if let Some((terms, report)) = self.now.terms.spool.zip(self.now.spool.as_mut()) {
            report.room = terms.room(&Usage { used: report.used, space }, rules.reserve);
            report.covers_micros = spool::lasts(report.room, rate);
            report.dropped = self.dropped;
        }
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
                let plan = self.plan(locks, now.wall)?;
                (self.shortage, self.spool_shortage) = (plan.shortage, plan.spool_shortage);
                let here = plan.here.into_iter().take(BATCH).collect();
                let places = self.options.recordings.volumes.here();
                doomed = self.rows_of(here, |volume| places.contains_key(&volume))?;
                for (volume, deletions) in plan.elsewhere {
                    self.order(volume, deletions)?;
                }
            }
            self.removal.mark(doomed, locks, full, now.monotonic)
        });
        let removed = self.removal.remove(marked.transpose()?.unwrap_or_default(), now)?;
        self.removed += removed.bytes;
        self.dropped.files += removed.not_brought.files;
        self.dropped.bytes += removed.not_brought.bytes;
        Ok(removed.files)
    }
}
