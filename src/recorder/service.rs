//! The recording thread of one volume: drains the queues, sweeps, feeds the index.
//!
//! It looks at its queues a few times a second instead of being woken by every picture: sixteen cameras
//! then cost sixteen queue locks a round, not four hundred wake-ups a second.
//! Must not do: wait for anything but its disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::signals::{Interruption, Outside};
use super::stream::{CLOCK_STEP_MICROS, StreamRecorder};
use super::{RecorderError, Rule, Signals, Totals, WriteContext, preroll};
use crate::analysis::MotionBoard;
use crate::capture::{CaptureEvent, UnitQueue};
use crate::index::{Change, hand_over};
use crate::model::{CameraId, GapReason, RecordingState, StreamId, WallSpan, WallTime};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Latest, Now, Worker};

/// Time between two rounds over the queues. Half of this is added to the age of the newest footage.
const ROUND: Duration = Duration::from_millis(200);

/// Control messages that wait at most; the engine sends one for each change of settings.
const CONTROL_QUEUE: usize = 16;

/// A stream to be recorded.
pub struct RecordedStream {
    /// Which.
    pub id: StreamId,
    /// Where its units arrive.
    pub queue: Arc<UnitQueue>,
    /// When it is recorded.
    pub rule: Rule,
    /// Where its newest footage ends, so that none overlaps.
    pub last_end: WallTime,
}

/// What the recorder is given.
pub struct RecorderOptions {
    /// Where and how streams are written.
    pub context: WriteContext,
    /// Time between two sweeps that sync what was written.
    pub sync_every: Duration,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// To the index. When it is full the recorder keeps the changes and tries again.
    pub changes: Sender<Vec<Change>>,
    /// What operators and the rules of storage say.
    pub signals: Arc<Signals>,
    /// What is known of motion.
    pub motion: Arc<MotionBoard>,
}

/// What the recorder shows of itself.
#[derive(Clone, Debug, Default)]
pub struct RecorderStatus {
    /// By stream.
    pub streams: BTreeMap<StreamId, StreamReport>,
    /// Bytes written since the start, also of streams that are no longer recorded.
    pub written: u64,
}

/// One stream's recording.
#[derive(Clone, Debug)]
pub struct StreamReport {
    /// What it does.
    pub state: RecordingState,
    /// Since when.
    pub since: WallTime,
    /// Name of its schedule, and the stretch of it that is in force; none without one.
    pub schedule: Option<(String, WallSpan)>,
    /// How much the pre-roll holds, when that is less than it should because memory is bounded.
    pub short_preroll: Option<Duration>,
    /// Counters.
    pub totals: Totals,
}

enum Control {
    /// Records these streams and no others.
    Streams(Vec<RecordedStream>),
    /// Writes to this place, by these limits.
    Context(WriteContext),
    /// Finishes all files.
    Stop,
}

/// The recording thread.
pub struct Recorder {
    control: Sender<Control>,
    status: Arc<Latest<RecorderStatus>>,
    worker: Worker,
}

impl Recorder {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`RecorderError::Thread`] when the system gives none.
    pub fn start(options: RecorderOptions) -> Result<Self, RecorderError> {
        let (control, commands) = bounded(CONTROL_QUEUE);
        let status = Arc::new(Latest::with(RecorderStatus::default()));
        let name = format!("record-{}", options.context.volume_id.0);
        let shown = Arc::clone(&status);
        let worker = Worker::spawn(&name, move || Loop::new(options, shown).run(&commands))?;
        Ok(Self { control, status, worker })
    }

    /// Records these streams and no others.
    ///
    /// # Errors
    /// When the recorder has too many changes of settings to take; they can be sent again.
    pub fn set_streams(&self, streams: Vec<RecordedStream>) -> Result<(), RecorderBusy> {
        self.control.try_send(Control::Streams(streams)).map_err(|_| RecorderBusy)
    }

    /// Writes to another place, or by other limits.
    ///
    /// # Errors
    /// As [`Recorder::set_streams`].
    pub fn set_context(&self, context: WriteContext) -> Result<(), RecorderBusy> {
        self.control.try_send(Control::Context(context)).map_err(|_| RecorderBusy)
    }

    /// What it does.
    #[must_use]
    pub fn status(&self) -> Arc<RecorderStatus> {
        self.status.get().unwrap_or_default()
    }

    /// Where it shows what it does.
    #[must_use]
    pub fn shown(&self) -> &Arc<Latest<RecorderStatus>> {
        &self.status
    }

    /// Whether its thread is gone although nobody stopped it: nothing is recorded any more.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.worker.is_finished()
    }

    /// Finishes all files and ends the thread.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        // A full queue is drained within a round; a thread that is gone needs no message.
        let _ended = self.control.send_timeout(Control::Stop, limit);
        self.worker.join(limit)
    }
}

/// The recorder has not taken the changes before this one yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recorder is busy; the change is tried again")]
pub struct RecorderBusy;

struct Stream {
    recorder: StreamRecorder,
    queue: Arc<UnitQueue>,
}

struct Loop {
    options: RecorderOptions,
    status: Arc<Latest<RecorderStatus>>,
    streams: BTreeMap<StreamId, Stream>,
    backlog: Vec<Change>,
    events: Vec<CaptureEvent>,
    next_sweep: Duration,
    watch: ClockWatch,
    /// Bytes of streams that are no longer recorded.
    written_before: u64,
    /// Bytes that all pre-rolls held at the last round.
    preroll_bytes: usize,
}

/// Notices when the wall clock went on by itself.
struct ClockWatch {
    last: Now,
    asleep: Duration,
}

impl ClockWatch {
    fn new(clock: &dyn Clock) -> Self {
        Self { last: clock.now(), asleep: clock.asleep() }
    }

    fn look(&mut self, clock: &dyn Clock) -> Option<Interruption> {
        let (now, asleep) = (clock.now(), clock.asleep());
        let before = std::mem::replace(&mut self.last, now);
        let slept = asleep.saturating_sub(std::mem::replace(&mut self.asleep, asleep));
        let expected = before.wall + now.monotonic.saturating_sub(before.monotonic);
        let step = now.wall.micros_since(expected);
        if step.abs() <= CLOCK_STEP_MICROS {
            return None;
        }
        let slept = i64::try_from(slept.as_micros()).unwrap_or(i64::MAX);
        let was_sleep = (step - slept).abs() <= CLOCK_STEP_MICROS;
        let reason = if was_sleep { GapReason::Suspended } else { GapReason::ClockStepped };
        tracing::warn!("{reason}: the wall clock went on by {} s", step / 1_000_000);
        Some(Interruption { reason, before: before.wall })
    }
}

impl Loop {
    fn new(options: RecorderOptions, status: Arc<Latest<RecorderStatus>>) -> Self {
        let next_sweep = options.clock.monotonic() + options.sync_every;
        let watch = ClockWatch::new(&*options.clock);
        Self {
            options,
            status,
            streams: BTreeMap::new(),
            backlog: Vec::new(),
            events: Vec::new(),
            next_sweep,
            watch,
            written_before: 0,
            preroll_bytes: 0,
        }
    }

    fn run(mut self, commands: &Receiver<Control>) {
        loop {
            match commands.recv_timeout(ROUND) {
                Ok(Control::Streams(streams)) => self.set_streams(streams),
                Ok(Control::Context(context)) => self.set_context(context),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Control::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            }
            self.round();
        }
        self.finish();
    }

    fn round(&mut self) {
        let interruption = self.watch.look(&*self.options.clock);
        let storage = self.options.signals.storage();
        let count = self.streams.len();
        let limit = preroll::limit(self.preroll_bytes, count);
        self.preroll_bytes = 0;
        for (id, stream) in &mut self.streams {
            if let Some(interruption) = &interruption {
                stream.recorder.interrupt(interruption.clone());
            }
            stream.recorder.set_outside(Outside {
                motion: self.options.motion.get(&id.camera).motion,
                manual: self.options.signals.manual(&id.camera),
                storage: storage.clone(),
            });
            drain(stream, &mut self.events, &*self.options.clock);
            stream.recorder.tick(self.options.clock.now());
            self.preroll_bytes += stream.recorder.limit_preroll(limit);
            self.backlog.append(&mut stream.recorder.take_changes());
        }
        let now = self.options.clock.now();
        if now.monotonic >= self.next_sweep {
            self.next_sweep = now.monotonic + self.options.sync_every;
            self.sweep();
        }
        hand_over(&mut self.backlog, &self.options.changes);
        self.show();
    }

    /// Syncs what was written since the last sweep, one stream after the other.
    fn sweep(&mut self) {
        for stream in self.streams.values_mut() {
            stream.recorder.sync(self.options.clock.now());
            self.backlog.append(&mut stream.recorder.take_changes());
        }
        self.backlog.push(Change::Heartbeat(self.options.clock.wall()));
    }

    fn set_streams(&mut self, wanted: Vec<RecordedStream>) {
        let clock = Arc::clone(&self.options.clock);
        let mut before = std::mem::take(&mut self.streams);
        let cameras: BTreeSet<CameraId> = wanted.iter().map(|s| s.id.camera.clone()).collect();
        for stream in wanted {
            let known = before.remove(&stream.id);
            let mut recorder = match known {
                Some(known) => known.recorder,
                None => StreamRecorder::new(
                    stream.id.clone(),
                    stream.rule.clone(),
                    self.options.context.clone(),
                    stream.last_end,
                ),
            };
            recorder.set_rule(stream.rule);
            self.streams.insert(stream.id, Stream { recorder, queue: stream.queue });
        }
        for (_, mut gone) in before {
            drain(&mut gone, &mut self.events, &*clock);
            // A camera that is recorded by its other stream now is not gone.
            if cameras.contains(&gone.recorder.stream().camera) {
                gone.recorder.end(clock.now());
            } else {
                gone.recorder.stop(GapReason::CameraRemoved, clock.now());
            }
            self.written_before += gone.recorder.totals().bytes;
            self.backlog.append(&mut gone.recorder.take_changes());
        }
    }

    fn set_context(&mut self, context: WriteContext) {
        for stream in self.streams.values_mut() {
            stream.recorder.set_context(context.clone());
        }
        self.options.context = context;
    }

    fn finish(mut self) {
        let clock = Arc::clone(&self.options.clock);
        for stream in self.streams.values_mut() {
            drain(stream, &mut self.events, &*clock);
            stream.recorder.stop(GapReason::NotRunning, clock.now());
            self.backlog.append(&mut stream.recorder.take_changes());
        }
        self.backlog.push(Change::Heartbeat(clock.wall()));
        self.show();
        let limit = Duration::from_secs(5);
        if let Err(error) = self.options.changes.send_timeout(self.backlog, limit) {
            tracing::error!("the index did not take the last changes: {error}");
        }
    }

    fn show(&self) {
        let totals = self.streams.values().map(|stream| stream.recorder.totals().bytes);
        let written = self.written_before + totals.sum::<u64>();
        let streams = self
            .streams
            .iter()
            .filter_map(|(id, stream)| {
                let (state, since) = stream.recorder.state()?;
                let report = StreamReport {
                    state: state.clone(),
                    since,
                    schedule: stream
                        .recorder
                        .schedule()
                        .map(|(name, span)| (name.to_owned(), span)),
                    short_preroll: stream.recorder.short_preroll(),
                    totals: stream.recorder.totals(),
                };
                Some((id.clone(), report))
            })
            .collect();
        self.status.set(RecorderStatus { streams, written });
    }
}

fn drain(stream: &mut Stream, events: &mut Vec<CaptureEvent>, clock: &dyn Clock) {
    stream.queue.drain(events);
    for event in events.drain(..) {
        stream.recorder.take(event, clock.now());
    }
}
