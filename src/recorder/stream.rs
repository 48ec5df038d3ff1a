//! Records one stream: from capture's events and the gate's decisions to fragments and journal entries.
//!
//! Units go to the files while the gate says so, and into the pre-roll while it does not. Must not do: run
//! a thread, read a clock, or touch the index; changes wait in the outbox.

use std::sync::Arc;
use std::time::Duration;

use super::diary::Diary;
use super::files::{RunClock, StreamFiles, Totals, WriteContext};
use super::fragmenter::{Fragmenter, PendingFragment};
use super::gate::{self, Link, NEWS_DELAY, Situation};
use super::preroll::{self, Kept, Preroll};
use super::rule::{Rule, ScheduleCursor, schedule_now};
use super::signals::{Interruption, Outside};
use crate::analysis::Motion;
use crate::capture::CaptureEvent;
use crate::index::Change;
use crate::media::{AccessUnit, StreamParameters};
use crate::model::{
    CoverageKind, GapReason, JournalEntry, RecordingState, StreamId, WallSpan, WallTime,
};
use crate::runtime::Now;
use crate::storage::StorageError;

/// The wall clock was set when it moves against the monotonic clock by more than this between two
/// pictures. Daemons that discipline the clock slew by less.
pub(super) const CLOCK_STEP_MICROS: i64 = 500_000;

/// A volume that failed is tried again after this time.
const STORAGE_RETRY: Duration = Duration::from_secs(5);

/// Records one stream.
pub struct StreamRecorder {
    rule: Rule,
    outside: Outside,
    schedule: ScheduleCursor,
    link: LinkMemory,
    run: Option<Run>,
    /// Units go to the files, not into the pre-roll.
    is_on: bool,
    /// By which rule, while it is on.
    kind: CoverageKind,
    preroll: Preroll,
    /// Bytes that the pre-roll may hold.
    preroll_limit: usize,
    fragmenter: Fragmenter,
    files: StreamFiles,
    /// Storage trouble, and the monotonic time of the next attempt.
    trouble: Option<(GapReason, Duration)>,
    interruption: Option<Interruption>,
    diary: Diary,
}

/// What is known of the connection.
enum LinkMemory {
    Up,
    Down(String),
}

/// One unbroken session, or what is left of it after the clock was set.
struct Run {
    parameters: Arc<StreamParameters>,
    clock: RunClock,
    /// Wall minus monotonic time of the unit before, and its wall time.
    last: Option<(i64, WallTime)>,
    /// Why units are missing since the last one.
    hole: Option<GapReason>,
}

impl Run {
    fn new(parameters: Arc<StreamParameters>) -> Self {
        Self { parameters, clock: None, last: None, hole: None }
    }
}

impl StreamRecorder {
    /// A recorder of `stream` that has not seen anything yet. `last_end` is where its newest footage
    /// ends, so that none overlaps.
    #[must_use]
    pub fn new(stream: StreamId, rule: Rule, context: WriteContext, last_end: WallTime) -> Self {
        Self {
            rule,
            outside: Outside::default(),
            schedule: ScheduleCursor::default(),
            link: LinkMemory::Up,
            run: None,
            is_on: false,
            kind: CoverageKind::Continuous,
            preroll: Preroll::default(),
            preroll_limit: preroll::MAX_BYTES,
            fragmenter: Fragmenter::default(),
            files: StreamFiles::new(stream, context, last_end),
            trouble: None,
            interruption: None,
            diary: Diary::new(last_end),
        }
    }

    /// Whose footage it records.
    #[must_use]
    pub fn stream(&self) -> &StreamId {
        self.files.stream()
    }

    /// What it does, and since when; none before anything is known.
    #[must_use]
    pub fn state(&self) -> Option<(&RecordingState, WallTime)> {
        self.diary.state()
    }

    /// The stretch of its schedule that is in force; none without one.
    #[must_use]
    pub fn schedule(&self) -> Option<(&str, WallSpan)> {
        self.rule.calendar.as_ref().map(|calendar| calendar.name()).zip(self.schedule.span())
    }

    /// How much the pre-roll holds, when that is less than it should because memory is bounded.
    #[must_use]
    pub fn short_preroll(&self) -> Option<Duration> {
        (!self.is_on && self.preroll.is_short()).then(|| self.preroll.covers())
    }

    /// Bytes that the pre-roll holds; it may hold `limit` from now on.
    pub fn limit_preroll(&mut self, limit: usize) -> usize {
        self.preroll_limit = limit;
        self.preroll.bytes()
    }

    /// Counters.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.files.totals
    }

    /// What the index must be told since the last call, oldest first.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.files.outbox)
    }

    /// Writes to another place, or by other limits.
    pub fn set_context(&mut self, context: WriteContext) {
        self.files.set_context(context);
    }

    /// Changes the rule. What follows from it shows at the next [`StreamRecorder::tick`].
    pub fn set_rule(&mut self, rule: Rule) {
        if self.rule != rule {
            if rule.journals && !self.rule.journals {
                // What it does is the camera's state from now on, and nobody has told it yet.
                self.diary.forget();
            }
            self.rule = rule;
            self.schedule.reset();
        }
    }

    /// Tells what the gate has to know. What follows from it shows with the next unit or tick.
    pub fn set_outside(&mut self, outside: Outside) {
        self.outside = outside;
    }

    /// The wall clock went on by itself. To be told before the units that arrived since are taken.
    pub fn interrupt(&mut self, interruption: Interruption) {
        self.interruption = Some(interruption);
    }

    /// Takes one event from capture.
    pub fn take(&mut self, event: CaptureEvent, now: Now) {
        match event {
            CaptureEvent::RunStarted { parameters }
            | CaptureEvent::NewParameters { parameters } => {
                self.end_run(now);
                self.link = LinkMemory::Up;
                self.run = Some(Run::new(parameters));
            }
            CaptureEvent::Unit(unit) => self.take_unit(unit, now),
            CaptureEvent::Lost { packets } => {
                self.note_hole(GapReason::StreamLoss(format!("{packets} packets")), now);
            }
            CaptureEvent::Dropped { units, .. } => {
                self.files.totals.dropped += units;
                self.note_hole(GapReason::Overload(format!("{units} pictures dropped")), now);
            }
            CaptureEvent::TimestampJump { .. } => {
                self.end_run(now);
                self.note_break(GapReason::TimestampJump);
            }
            CaptureEvent::RunEnded { error, .. } => {
                self.end_run(now);
                self.link = LinkMemory::Down(error);
                self.tick(now);
            }
        }
    }

    /// Lets time pass: rules begin and end also while no unit arrives.
    pub fn tick(&mut self, now: Now) {
        if let Some(interruption) = self.interruption.take() {
            self.break_run(&interruption, now);
        }
        match self.decide(now) {
            RecordingState::Recording(_) if self.is_on => {}
            RecordingState::Recording(kind) => self.begin(kind, now),
            idle @ RecordingState::Idle(_) => self.pause(idle, now),
        }
    }

    /// Writes what waits and finishes the segment. `reason` is journalled: why it does not go on.
    pub fn stop(&mut self, reason: GapReason, now: Now) {
        self.end_run(now);
        self.note(self.border(now), RecordingState::Idle(reason));
    }

    /// Writes what waits and finishes the segment, without a word to the journal.
    pub fn end(&mut self, now: Now) {
        self.end_run(now);
    }

    /// Makes what was written survive a power cut and tells the index of it.
    pub fn sync(&mut self, now: Now) {
        if let Err(error) = self.files.sync() {
            self.storage_failed(&error, Vec::new(), now);
        }
    }

    fn take_unit(&mut self, unit: AccessUnit, now: Now) {
        let Some(run) = &mut self.run else { return };
        let wall = unit.received.wall;
        let monotonic = i64::try_from(unit.received.monotonic.as_micros()).unwrap_or(i64::MAX);
        let skew = wall.as_micros().saturating_sub(monotonic);
        let before = run.last.replace((skew, wall));
        if let Some((known, before)) = before
            && (skew - known).abs() > CLOCK_STEP_MICROS
        {
            let told = self.interruption.take().map_or(GapReason::ClockStepped, |i| i.reason);
            self.break_run(&Interruption { reason: told, before }, unit.received);
            if let Some(run) = &mut self.run {
                run.last = Some((skew, wall));
            }
        }
        let state = self.decide(unit.received);
        if let (RecordingState::Recording(kind), true) = (&state, self.is_on) {
            self.record(unit, *kind, now);
            return;
        }
        if let RecordingState::Idle(_) = state {
            self.pause(state.clone(), now);
        }
        let hole = self.run.as_mut().and_then(|run| run.hole.take());
        self.keep(Kept { unit, hole });
        if let RecordingState::Recording(kind) = state {
            self.begin(kind, now);
        }
    }

    fn decide(&mut self, now: Now) -> RecordingState {
        if self.trouble.as_ref().is_some_and(|(_, retry_at)| now.monotonic >= *retry_at) {
            self.trouble = None;
        }
        let calendar = self.rule.calendar.as_ref();
        let stretch = self.schedule.look_up(calendar, now.wall);
        let link = match (&self.link, &self.run) {
            (LinkMemory::Down(why), _) => Link::Down(why),
            (LinkMemory::Up, None) => Link::Waiting,
            (LinkMemory::Up, Some(_)) => Link::Up,
        };
        let trouble = self.trouble.as_ref().map(|(reason, _)| reason);
        gate::decide(&Situation {
            now: now.monotonic,
            mode: self.rule.mode,
            schedule: calendar.zip(stretch).map(|(calendar, now)| schedule_now(calendar, now)),
            motion: &self.outside.motion,
            post: self.rule.post,
            manual: self.outside.manual,
            link,
            storage: self.outside.storage.as_ref().or(trouble),
        })
    }

    /// Recording begins, with what the pre-roll holds of the time wanted. Before the first random access
    /// point there is nothing to begin with.
    fn begin(&mut self, kind: CoverageKind, now: Now) {
        self.preroll.forget_before(self.wanted_from(kind, now));
        if !self.files.is_open() {
            self.preroll.begin_at_random_access();
        }
        if !self.preroll.is_adjacent() {
            self.files.close();
            if let Some(run) = &mut self.run {
                run.clock = None;
            }
        }
        let kept = self.preroll.take();
        if kept.is_empty() {
            let waiting = RecordingState::Idle(GapReason::WaitingForPicture);
            return self.note(self.border(now), waiting);
        }
        (self.is_on, self.kind) = (true, kind);
        for Kept { unit, hole } in kept {
            if let Some(reason) = hole.clone() {
                self.note_hole(reason, now);
            }
            if self.is_on {
                self.record(unit, kind, now);
            } else {
                self.keep(Kept { unit, hole });
            }
        }
    }

    /// From when on, on the monotonic clock, a recording of this kind is to show what happened.
    fn wanted_from(&self, kind: CoverageKind, now: Now) -> Duration {
        let everything = Duration::ZERO;
        let scheduled = self.schedule.span().map_or(everything, |span| {
            let begun = u64::try_from(now.wall.micros_since(span.start)).unwrap_or(0);
            now.monotonic.saturating_sub(Duration::from_micros(begun))
        });
        match (kind, &self.outside.motion, self.outside.manual) {
            (CoverageKind::Motion, Motion::Moving { since, .. }, _) => {
                since.monotonic.saturating_sub(self.rule.pre).max(scheduled)
            }
            (CoverageKind::Manual, _, Some(manual)) => manual.since.saturating_sub(self.rule.pre),
            (CoverageKind::Motion | CoverageKind::Scheduled, ..) => scheduled,
            _ => everything,
        }
    }

    /// Recording ends for now: the next unit goes into the pre-roll.
    fn pause(&mut self, state: RecordingState, now: Now) {
        if self.is_on {
            self.flush(now);
        }
        if self.is_on {
            self.is_on = false;
            let goes_on =
                self.files.is_open() && self.run.as_ref().is_some_and(|r| r.hole.is_none());
            self.preroll.restart(goes_on);
            if !goes_on {
                self.files.close();
            }
        }
        self.note(self.border(now), state);
    }

    fn keep(&mut self, kept: Kept) {
        let was_adjacent = self.preroll.is_adjacent();
        let window = self.rule.pre.max(STORAGE_RETRY) + NEWS_DELAY;
        self.preroll.push(kept, window, self.preroll_limit);
        if was_adjacent && !self.preroll.is_adjacent() {
            self.files.close();
        }
    }

    fn record(&mut self, unit: AccessUnit, kind: CoverageKind, now: Now) {
        if kind != self.kind {
            self.flush(now);
            self.kind = kind;
        }
        let begins = self.fragmenter.is_empty() && !self.files.is_open();
        if begins && !unit.random_access {
            return;
        }
        if let Some(fragment) = self.fragmenter.push(unit) {
            self.write(fragment, now);
        }
    }

    /// Units are missing from here to the next random access point.
    fn note_hole(&mut self, reason: GapReason, now: Now) {
        self.flush(now);
        if let Some(run) = &mut self.run {
            run.hole = Some(reason);
        }
    }

    fn end_run(&mut self, now: Now) {
        // What a failing volume refused gets its last chance before it is forgotten.
        if self.trouble.take().is_some()
            && let RecordingState::Recording(kind) = self.decide(now)
        {
            self.begin(kind, now);
        }
        self.flush(now);
        self.files.close();
        self.preroll.restart(false);
        self.is_on = false;
        self.run = None;
    }

    /// The wall clock went on by itself: footage begins anew, and the time between belongs to nobody.
    fn break_run(&mut self, interruption: &Interruption, now: Now) {
        let run = self.run.as_ref().map(|run| Run::new(Arc::clone(&run.parameters)));
        self.end_run(now);
        self.run = run;
        self.schedule.reset();
        let reason = RecordingState::Idle(interruption.reason.clone());
        match self.diary.state().map(|(state, _)| state.clone()) {
            Some(RecordingState::Recording(_)) => self.note(self.files.last_end(), reason),
            Some(idle) => {
                self.note(interruption.before, reason);
                self.note(now.wall, idle);
            }
            None => {}
        }
    }

    fn flush(&mut self, now: Now) {
        if let Some(fragment) = self.fragmenter.finish() {
            self.write(fragment, now);
        }
    }

    fn write(&mut self, fragment: PendingFragment, now: Now) {
        let Some(run) = &mut self.run else { return };
        let last_end = self.files.last_end();
        match self.files.write(&fragment, &run.parameters, &mut run.clock) {
            Ok(Some(start)) => {
                let hole = run.hole.take();
                if let Some(reason) = hole.filter(|_| start > last_end)
                    && self.diary.is_recording()
                {
                    self.note(last_end, RecordingState::Idle(reason));
                }
                self.note(start, RecordingState::Recording(self.kind));
            }
            Ok(None) => {}
            Err(error) => self.storage_failed(&error, fragment.units, now),
        }
    }

    /// The volume failed: this file is given up, and the next attempt is made later. Until then units go
    /// into the pre-roll, the refused ones first.
    fn storage_failed(&mut self, error: &StorageError, refused: Vec<AccessUnit>, now: Now) {
        let known = self.diary.state().map(|(state, _)| state);
        let reason = match known {
            _ if error.is_full() => GapReason::DiskFull,
            // The same trouble at the next attempt: only the name of the file differs.
            Some(RecordingState::Idle(known @ GapReason::StorageUnavailable(_))) => known.clone(),
            _ => GapReason::StorageUnavailable(error.to_string()),
        };
        if !matches!(known, Some(RecordingState::Idle(known)) if *known == reason) {
            tracing::error!("{}: recording stops: {error}", self.stream());
        }
        self.files.totals.failed += 1;
        let waiting = self.fragmenter.finish().map_or(Vec::new(), |fragment| fragment.units);
        self.files.close();
        if self.is_on {
            self.is_on = false;
            self.preroll.restart(true);
        }
        for unit in refused.into_iter().chain(waiting) {
            self.keep(Kept { unit, hole: None });
        }
        self.trouble = Some((reason.clone(), now.monotonic + STORAGE_RETRY));
        self.note(self.border(now), RecordingState::Idle(reason));
    }

    /// Where the newest footage ends; now, when there is none yet or it lies in the past of this state.
    fn border(&self, now: Now) -> WallTime {
        if self.diary.is_recording() { self.files.last_end() } else { now.wall }
    }

    /// Journals why recording is interrupted. Where nothing is recorded, the reason for that stays.
    fn note_break(&mut self, reason: GapReason) {
        if self.diary.is_recording() {
            self.note(self.files.last_end(), RecordingState::Idle(reason));
        }
    }

    /// Journals a state that differs from the one before.
    fn note(&mut self, at: WallTime, state: RecordingState) {
        let entries = self.diary.note(at, state);
        if self.rule.journals {
            let camera = self.stream().camera.clone();
            let entries = entries.into_iter().map(|(at, state)| JournalEntry {
                camera: camera.clone(),
                at,
                state,
            });
            self.files.outbox.extend(entries.map(Change::Journal));
        }
    }
}

#[cfg(test)]
mod faults;
#[cfg(test)]
mod rig;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod tests;
