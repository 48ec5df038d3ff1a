//! Records one stream: from capture's events to fragments, segments and journal entries.
//!
//! Must not do: run a thread, read a clock, or touch the index; changes wait in the outbox.

use std::sync::Arc;
use std::time::Duration;

use super::OpenSegments;
use super::fragmenter::{Fragmenter, PendingFragment};
use super::gate::{self, Link, Situation};
use super::rotation::{self, Limits};
use super::segment::{Place, SegmentWriter};
use crate::capture::CaptureEvent;
use crate::index::Change;
use crate::media::{AccessUnit, ClockMap, StreamParameters};
use crate::model::{
    GapReason, JournalEntry, Mode, RecordingState, RunId, SegmentIdentity, SegmentRow, StreamId,
    VolumeId, WallTime,
};
use crate::runtime::Now;
use crate::storage::{StorageError, Volume};

/// A run may seem to begin before the footage before it ends, by the jitter of the network; it is then
/// moved behind. A larger overlap is a clock that was set back and stays as it is.
const MAX_OVERLAP_MICROS: i64 = 5_000_000;

/// The wall clock was set when it moves against the monotonic clock by more than this between two
/// pictures. Daemons that discipline the clock slew by less.
const CLOCK_STEP_MICROS: i64 = 500_000;

/// A volume that failed is tried again after this time.
const STORAGE_RETRY: Duration = Duration::from_secs(5);

/// Where and how all streams of a volume are written.
#[derive(Clone)]
pub struct WriteContext {
    /// The volume.
    pub volume: Arc<dyn Volume>,
    /// Its number in the index.
    pub volume_id: VolumeId,
    /// The zone of paths and boundaries.
    pub zone: chrono_tz::Tz,
    /// Limits of a segment.
    pub limits: Limits,
    /// Where readers see what is being written.
    pub open: OpenSegments,
}

/// Counters of one stream since it was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Access units written.
    pub frames: u64,
    /// Bytes written to files.
    pub bytes: u64,
    /// Access units dropped because this computer could not keep up.
    pub dropped: u64,
}

/// Records one stream.
pub struct StreamRecorder {
    stream: StreamId,
    mode: Mode,
    context: WriteContext,
    link: LinkMemory,
    run: Option<Run>,
    fragmenter: Fragmenter,
    segment: Option<SegmentWriter>,
    /// Where the newest footage of this stream ends.
    last_end: WallTime,
    /// Storage trouble, and the monotonic time of the next attempt.
    trouble: Option<(GapReason, Duration)>,
    state: Option<RecordingState>,
    since: WallTime,
    totals: Totals,
    outbox: Vec<Change>,
}

/// What is known of the connection.
enum LinkMemory {
    Up,
    Down(String),
}

/// One unbroken session, or what is left of it after the clock was set.
struct Run {
    parameters: Arc<StreamParameters>,
    /// Known once the first fragment is complete.
    clock: Option<(RunId, ClockMap)>,
    /// Wall minus monotonic time of the unit before.
    skew: Option<i64>,
    /// Why units are missing since the last fragment.
    hole: Option<GapReason>,
}

impl Run {
    fn new(parameters: Arc<StreamParameters>) -> Self {
        Self { parameters, clock: None, skew: None, hole: None }
    }
}

impl StreamRecorder {
    /// A recorder of `stream` that has not seen anything yet. `last_end` is where its newest footage
    /// ends, so that none overlaps.
    #[must_use]
    pub fn new(stream: StreamId, mode: Mode, context: WriteContext, last_end: WallTime) -> Self {
        Self {
            stream,
            mode,
            context,
            link: LinkMemory::Down("no connection yet".into()),
            run: None,
            fragmenter: Fragmenter::default(),
            segment: None,
            last_end,
            trouble: None,
            state: None,
            since: last_end,
            totals: Totals::default(),
            outbox: Vec::new(),
        }
    }

    /// Whose footage it records.
    #[must_use]
    pub fn stream(&self) -> &StreamId {
        &self.stream
    }

    /// What it does, and since when; none before anything is known.
    #[must_use]
    pub fn state(&self) -> Option<(&RecordingState, WallTime)> {
        self.state.as_ref().map(|state| (state, self.since))
    }

    /// Counters.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// What the index must be told since the last call, oldest first.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.outbox)
    }

    /// Changes the camera's mode. A new recorder is told its own: that of a disabled camera is journalled.
    pub fn set_mode(&mut self, mode: Mode, now: Now) {
        let untold = self.state.is_none() && mode == Mode::Disabled;
        if self.mode == mode && !untold {
            return;
        }
        self.mode = mode;
        if mode == Mode::Disabled {
            self.flush(now);
            self.close_segment();
        }
        let state = match self.decide() {
            RecordingState::Recording(_) => RecordingState::Idle(GapReason::WaitingForPicture),
            idle @ RecordingState::Idle(_) => idle,
        };
        self.note(self.border(now), state);
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
                self.totals.dropped += units;
                self.note_hole(GapReason::Overload(format!("{units} pictures dropped")), now);
            }
            CaptureEvent::TimestampJump { .. } => {
                self.end_run(now);
                self.note_break(GapReason::TimestampJump);
            }
            CaptureEvent::RunEnded { error, .. } => {
                self.end_run(now);
                self.link = LinkMemory::Down(error);
                self.note_now(now);
            }
        }
    }

    /// Writes what waits and finishes the segment. `reason` is journalled: why it does not go on.
    pub fn stop(&mut self, reason: GapReason, now: Now) {
        self.end_run(now);
        self.note(self.border(now), RecordingState::Idle(reason));
    }

    /// Makes what was written survive a power cut and tells the index of it.
    pub fn sync(&mut self, now: Now) {
        let Some(segment) = &mut self.segment else {
            return;
        };
        match segment.sync(&*self.context.volume) {
            Ok(true) => self.outbox.push(Change::PutSegment(segment.row().clone())),
            Ok(false) => {}
            Err(error) => self.storage_failed(&error, now),
        }
    }

    fn take_unit(&mut self, unit: AccessUnit, now: Now) {
        let Some(run) = &mut self.run else {
            return;
        };
        let wall = unit.received.wall.as_micros();
        let monotonic = i64::try_from(unit.received.monotonic.as_micros()).unwrap_or(i64::MAX);
        let skew = wall.saturating_sub(monotonic);
        let stepped = run.skew.is_some_and(|before| (skew - before).abs() > CLOCK_STEP_MICROS);
        run.skew = Some(skew);
        if stepped {
            let parameters = Arc::clone(&run.parameters);
            self.end_run(now);
            self.note_break(GapReason::ClockStepped);
            self.run = Some(Run { skew: Some(skew), ..Run::new(parameters) });
        }
        if !self.may_record(now) {
            return;
        }
        let begins = self.fragmenter.is_empty() && self.segment.is_none();
        if begins && !unit.random_access {
            return;
        }
        if let Some(fragment) = self.fragmenter.push(unit) {
            self.write(&fragment, now);
        }
    }

    /// Whether the gate lets a unit in; a volume in trouble gets another chance when its time has come.
    fn may_record(&mut self, now: Now) -> bool {
        if self.trouble.as_ref().is_some_and(|(_, retry_at)| now.monotonic >= *retry_at) {
            self.trouble = None;
        }
        matches!(self.decide(), RecordingState::Recording(_))
    }

    fn decide(&self) -> RecordingState {
        let link = match (&self.link, &self.run) {
            (LinkMemory::Down(why), _) => Link::Down(why),
            (LinkMemory::Up, None) => Link::Waiting,
            (LinkMemory::Up, Some(_)) => Link::Up,
        };
        let storage = self.trouble.as_ref().map(|(reason, _)| reason);
        gate::decide(&Situation { mode: self.mode, link, storage })
    }

    /// Units are missing from here to the next random access point.
    fn note_hole(&mut self, reason: GapReason, now: Now) {
        self.flush(now);
        if let Some(run) = &mut self.run {
            run.hole = Some(reason);
        }
    }

    fn end_run(&mut self, now: Now) {
        self.flush(now);
        self.close_segment();
        self.run = None;
    }

    fn flush(&mut self, now: Now) {
        if let Some(fragment) = self.fragmenter.finish() {
            self.write(&fragment, now);
        }
    }

    fn write(&mut self, fragment: &PendingFragment, now: Now) {
        if let Err(error) = self.try_write(fragment) {
            self.storage_failed(&error, now);
        }
    }

    fn try_write(&mut self, fragment: &PendingFragment) -> Result<(), StorageError> {
        let (Some(run), Some(first)) = (&mut self.run, fragment.units.first()) else {
            return Ok(());
        };
        let arrivals = || fragment.units.iter().map(|unit| (unit.pts, unit.received.wall));
        let (id, mut clock) = match run.clock.take() {
            Some(known) => known,
            None => {
                let map = first_map(first, arrivals(), self.last_end);
                (RunId(map.wall(first.pts).as_micros()), map)
            }
        };
        let start = clock.wall(first.pts);
        let hole = run.hole.take();
        let parameters = Arc::clone(&run.parameters);
        run.clock = Some((id, clock.clone()));
        if first.random_access && self.must_cut(start, fragment.bytes()) {
            self.close_segment();
        }
        let segment = match &mut self.segment {
            Some(segment) => segment,
            None if !first.random_access => return Ok(()),
            None => {
                let stream = self.stream.clone();
                let identity = SegmentIdentity { stream, start, run: id, run_offset: first.pts };
                let place = Place {
                    volume: &*self.context.volume,
                    volume_id: self.context.volume_id,
                    zone: self.context.zone,
                    minutes: self.context.limits.minutes,
                };
                let writer = SegmentWriter::create(&place, identity, Arc::clone(&parameters))?;
                self.segment.insert(writer)
            }
        };
        let before = segment.row().bytes;
        let samples = segment.append(fragment)?;
        let media_end = segment.row().run_offset.plus_ticks(segment.duration());
        let end = clock.advance(media_end, arrivals());
        segment.set_end(end);
        let row = segment.row().clone();
        self.totals.frames += fragment.units.len() as u64;
        self.totals.bytes += row.bytes - before;
        self.context.open.append(row, &parameters, samples);
        if let Some(run) = &mut self.run {
            run.clock = Some((id, clock));
        }
        if let Some(reason) = hole.filter(|_| start > self.last_end) {
            self.note_break(reason);
        }
        self.last_end = end;
        self.note(start, self.decide());
        Ok(())
    }

    fn must_cut(&self, start: WallTime, gop: u64) -> bool {
        self.segment.as_ref().is_some_and(|segment| {
            rotation::must_cut(&self.context.limits, &segment.extent(), start, gop)
        })
    }

    fn close_segment(&mut self) {
        let Some(segment) = self.segment.take() else {
            return;
        };
        if segment.row().frames == 0 {
            segment.discard(&*self.context.volume);
            return;
        }
        let row = match segment.finish(&*self.context.volume) {
            Ok(row) => row,
            Err((error, row)) => {
                tracing::error!(
                    "{}: {} stays unfinished until the next start: {error}",
                    self.stream,
                    row.path
                );
                if matches!(error, StorageError::NotFound { .. }) {
                    return self.forget(row);
                }
                row
            }
        };
        self.outbox.push(Change::PutSegment(row));
    }

    /// Somebody took the file of this segment away while it was written: what is in it cannot be reached
    /// any more, and the index must not promise it.
    fn forget(&mut self, row: SegmentRow) {
        let SegmentRow { stream, start, .. } = row;
        self.context.open.close(&stream, start);
        self.outbox.push(Change::RemoveSegment { stream, start });
    }

    /// The volume failed: this segment is given up, and the next attempt is made later, with the random
    /// access point that comes then. Units that wait would have a gap behind them.
    fn storage_failed(&mut self, error: &StorageError, now: Now) {
        let reason = match &self.state {
            _ if error.is_full() => GapReason::DiskFull,
            // The same trouble at the next attempt: only the name of the file differs.
            Some(RecordingState::Idle(known @ GapReason::StorageUnavailable(_))) => known.clone(),
            _ => GapReason::StorageUnavailable(error.to_string()),
        };
        tracing::error!("{}: recording stops: {error}", self.stream);
        self.fragmenter = Fragmenter::default();
        self.close_segment();
        self.trouble = Some((reason, now.monotonic + STORAGE_RETRY));
        self.note(self.border(now), self.decide());
    }

    /// Where the newest footage ends; now, when there is none yet or it lies in the past of this state.
    fn border(&self, now: Now) -> WallTime {
        match self.state {
            Some(RecordingState::Recording(_)) => self.last_end,
            _ => now.wall,
        }
    }

    /// Journals why recording is interrupted. Where nothing is recorded, the reason for that stays.
    fn note_break(&mut self, reason: GapReason) {
        if matches!(self.state, Some(RecordingState::Recording(_))) {
            self.note(self.last_end, RecordingState::Idle(reason));
        }
    }

    fn note_now(&mut self, now: Now) {
        let state = self.decide();
        if matches!(state, RecordingState::Idle(_)) {
            self.note(self.border(now), state);
        }
    }

    /// Journals a state that differs from the one before. Entries never go back in time, unless the
    /// clock did.
    fn note(&mut self, at: WallTime, state: RecordingState) {
        if self.state.as_ref() == Some(&state) {
            return;
        }
        let back = self.since.micros_since(at);
        let at =
            if (0..MAX_OVERLAP_MICROS).contains(&back) { self.since.plus_micros(1) } else { at };
        self.state = Some(state.clone());
        self.since = at;
        let camera = self.stream.camera.clone();
        self.outbox.push(Change::Journal(JournalEntry { camera, at, state }));
    }
}

/// The map of a new run, moved behind the footage before it when only jitter makes it overlap.
fn first_map(
    first: &AccessUnit,
    arrivals: impl Iterator<Item = (crate::model::MediaTime, WallTime)>,
    last_end: WallTime,
) -> ClockMap {
    let map = ClockMap::from_first_arrivals(first.pts, arrivals)
        .unwrap_or_else(|| ClockMap::anchored(first.pts, first.received.wall));
    let overlap = last_end.micros_since(map.wall(first.pts));
    if (1..=MAX_OVERLAP_MICROS).contains(&overlap) {
        return ClockMap::anchored(first.pts, last_end);
    }
    map
}

#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
