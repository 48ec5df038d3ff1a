//! One stream's listeners, and what is counted of it. Outlives connections and changes of address.
//!
//! Must not do: wait, or hold its lock while anything slow happens.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::camera_motion::MotionWatch;
use super::gate::Gate;
use super::metadata::CameraMotion;
use super::{CameraMotionState, CaptureEvent, UnitQueue};
use crate::media::StreamParameters;
use crate::model::{StreamId, WallTime};
use crate::runtime::Now;

/// Rates are over this many seconds.
const RATE_SECONDS: usize = 5;

/// Whether pictures arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// The first attempt is under way.
    Connecting,
    /// Pictures arrive.
    Online {
        /// Since when.
        since: WallTime,
    },
    /// They do not.
    Offline {
        /// Since when.
        since: WallTime,
        /// Why, in a sentence.
        why: String,
        /// When the next attempt is made; in the past while it is under way.
        retry_at: Option<WallTime>,
    },
}

/// What is known of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamStatus {
    /// Which.
    pub id: StreamId,
    /// Whether pictures arrive.
    pub link: Link,
    /// What the pictures are, of this run or the last.
    pub parameters: Option<Arc<StreamParameters>>,
    /// Pictures a second over the last seconds, in thousandths.
    pub frame_rate_milli: u32,
    /// Bits a second over the last seconds.
    pub bit_rate: u64,
    /// Access units since start.
    pub units: u64,
    /// Their bytes.
    pub bytes: u64,
    /// RTP packets, or pictures that the camera left out, missing since start.
    pub lost_packets: u64,
    /// Runs since start.
    pub runs: u64,
    /// The camera's wall clock less ours at the last RTCP sender report of this run, in microseconds.
    pub clock_offset: Option<i64>,
    /// Pictures from one random access point to the next, at the last ones.
    pub gop_length: Option<u32>,
    /// When the last picture arrived.
    pub last_picture: Option<WallTime>,
    /// Why the last run or attempt ended, in a sentence.
    pub last_error: Option<String>,
}

/// A stream's hub.
#[derive(Debug)]
pub(super) struct Feed {
    id: StreamId,
    gate: Gate,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    subscribers: Vec<(u64, Arc<UnitQueue>)>,
    next_subscriber: u64,
    /// The run under way.
    running: Option<Arc<StreamParameters>>,
    /// Pictures since the last random access point; none before the first of a run or after a loss.
    in_gop: Option<u32>,
    /// Why the last attempt ended.
    last_error: Option<String>,
    last_wait: Option<Duration>,
    progress: Progress,
    rate: Rate,
    clock_logged: bool,
    /// What the camera itself tells of motion in this session; none before PLAY is answered.
    motion: Option<MotionWatch>,
    status: StreamStatus,
}

/// How far the present connection has come, on the monotonic clock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    /// Whether the camera was asked for its metadata too.
    pub asked_for_metadata: bool,
    /// When PLAY was answered.
    pub connected: Option<Duration>,
    /// When the first picture of the first run arrived.
    pub first_picture: Option<Duration>,
    /// When the last picture arrived.
    pub last_picture: Option<Duration>,
}

/// Units and bytes at the last full seconds.
#[derive(Debug, Default)]
struct Rate {
    seconds: VecDeque<(Duration, u64, u64)>,
}

impl Rate {
    /// Frames a second in thousandths, and bits a second.
    fn sample(&mut self, at: Duration, units: u64, bytes: u64) -> (u32, u64) {
        self.seconds.push_back((at, units, bytes));
        if self.seconds.len() > RATE_SECONDS + 1 {
            self.seconds.pop_front();
        }
        let Some(&(since, old_units, old_bytes)) = self.seconds.front() else { return (0, 0) };
        let millis = u64::try_from(at.saturating_sub(since).as_millis()).unwrap_or(u64::MAX);
        let per_second = |count: u64, scale: u64| {
            (count.saturating_mul(1_000 * scale)).checked_div(millis).unwrap_or(0)
        };
        let rate = per_second(units - old_units, 1_000);
        (u32::try_from(rate).unwrap_or(u32::MAX), per_second(bytes - old_bytes, 8))
    }
}

impl Feed {
    pub fn new(id: StreamId) -> Arc<Self> {
        let status = StreamStatus {
            id: id.clone(),
            link: Link::Connecting,
            parameters: None,
            frame_rate_milli: 0,
            bit_rate: 0,
            units: 0,
            bytes: 0,
            lost_packets: 0,
            runs: 0,
            clock_offset: None,
            gop_length: None,
            last_picture: None,
            last_error: None,
        };
        let state = State {
            subscribers: Vec::new(),
            next_subscriber: 0,
            running: None,
            in_gop: None,
            last_error: None,
            last_wait: None,
            progress: Progress::default(),
            rate: Rate::default(),
            clock_logged: false,
            motion: None,
            status,
        };
        Arc::new(Self { id, gate: Gate::default(), state: Mutex::new(state) })
    }

    /// What stands in front of the socket.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// An attempt begins.
    pub fn attempt(&self) {
        self.lock().progress = Progress::default();
    }

    /// The camera is about to be asked for its metadata.
    pub fn asks_for_metadata(&self) {
        self.lock().progress.asked_for_metadata = true;
    }

    /// PLAY was answered, at `at` on the monotonic clock.
    pub fn connected(&self, at: Duration, motion: CameraMotionState) {
        let mut state = self.lock();
        state.progress.connected = Some(at);
        state.motion = Some(MotionWatch::new(motion));
    }

    /// A document of metadata arrived at `at`, with these words on motion.
    pub fn camera_tells(&self, motions: Vec<CameraMotion>, at: WallTime) {
        if let Some(motion) = &mut self.lock().motion {
            motion.arrived(motions, at);
        }
    }

    /// What the camera itself tells of motion; none without a session.
    pub fn camera_motion(&self) -> Option<CameraMotionState> {
        self.lock().motion.as_ref().map(|motion| motion.state().clone())
    }

    pub fn progress(&self) -> Progress {
        self.lock().progress
    }

    /// Hands `event` to all who listen.
    pub fn publish(&self, event: CaptureEvent) {
        let mut state = self.lock();
        state.note(&event);
        let Some(((_, last), others)) = state.subscribers.split_last() else { return };
        for (_, queue) in others {
            queue.push(event.clone());
        }
        last.push(event);
    }

    /// An attempt or run ended. Listeners hear of it when a run ended, or when the reason is new.
    pub fn ended(&self, error: &str, retry_in: Option<Duration>, now: Now) {
        let mut state = self.lock();
        let was_running = state.running.take().is_some();
        let news = was_running || state.last_error.as_deref() != Some(error);
        let since = match state.status.link {
            Link::Offline { since, .. } => since,
            _ => now.wall,
        };
        let retry_at = retry_in.map(|wait| now.wall + wait);
        state.status.link = Link::Offline { since, why: error.to_owned(), retry_at };
        (state.status.frame_rate_milli, state.status.bit_rate) = (0, 0);
        state.status.clock_offset = None;
        state.rate = Rate::default();
        state.progress = Progress::default();
        state.motion = None;
        state.clock_logged = false;
        state.last_error = Some(error.to_owned());
        state.status.last_error = Some(error.to_owned());
        state.last_wait = retry_in;
        if news {
            match retry_in {
                Some(_) => tracing::warn!(stream = %self.id, "{error}"),
                None => tracing::debug!(stream = %self.id, "{error}"),
            }
            for (_, queue) in &state.subscribers {
                queue.push(CaptureEvent::RunEnded { error: error.to_owned(), retry_in });
            }
        }
    }

    /// The camera's wall clock in a sender report that arrived at `ours`.
    pub fn camera_clock(&self, camera: WallTime, ours: WallTime) {
        let offset = camera.micros_since(ours);
        let mut state = self.lock();
        state.status.clock_offset = Some(offset);
        if !std::mem::replace(&mut state.clock_logged, true) {
            tracing::info!(stream = %self.id, offset_us = offset, "the camera's clock against ours");
        }
    }

    /// Adds a listener; returns what [`Feed::unsubscribe`] takes.
    fn subscribe(&self, queue: &Arc<UnitQueue>) -> u64 {
        let mut state = self.lock();
        if let Some(parameters) = &state.running {
            queue.push(CaptureEvent::RunStarted { parameters: Arc::clone(parameters) });
        } else if let Some(error) = &state.last_error {
            queue.push(CaptureEvent::RunEnded { error: error.clone(), retry_in: state.last_wait });
        }
        let number = state.next_subscriber;
        state.next_subscriber += 1;
        state.subscribers.push((number, Arc::clone(queue)));
        number
    }

    fn unsubscribe(&self, number: u64) {
        self.lock().subscribers.retain(|(other, _)| *other != number);
    }

    /// Whether anybody listens.
    pub fn has_subscribers(&self) -> bool {
        !self.lock().subscribers.is_empty()
    }

    /// The present status, with the rates as of now; called once a second.
    pub fn status(&self, now: Duration) -> StreamStatus {
        let mut state = self.lock();
        let (units, bytes) = (state.status.units, state.status.bytes);
        let (frame_rate, bit_rate) = state.rate.sample(now, units, bytes);
        state.status.frame_rate_milli = frame_rate;
        state.status.bit_rate = bit_rate;
        state.status.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts.
    fn note(&mut self, event: &CaptureEvent) {
        match event {
            CaptureEvent::Unit(unit) => {
                let at = unit.received.monotonic;
                self.progress.last_picture = Some(at);
                self.progress.first_picture.get_or_insert(at);
                self.status.units += 1;
                self.status.last_picture = Some(unit.received.wall);
                if unit.random_access {
                    self.status.gop_length = self.in_gop.or(self.status.gop_length);
                    self.in_gop = Some(0);
                }
                self.in_gop = self.in_gop.map(|count| count.saturating_add(1));
                self.status.bytes += unit.data.len() as u64;
                if !matches!(self.status.link, Link::Online { .. }) {
                    self.status.link = Link::Online { since: unit.received.wall };
                }
            }
            CaptureEvent::RunStarted { parameters }
            | CaptureEvent::NewParameters { parameters } => {
                self.status.runs += 1;
                self.status.parameters = Some(Arc::clone(parameters));
                self.running = Some(Arc::clone(parameters));
                self.in_gop = None;
                self.last_error = None;
            }
            CaptureEvent::Lost { packets } => {
                self.in_gop = None;
                self.status.lost_packets += u64::from(*packets);
            }
            CaptureEvent::TimestampJump { .. } => self.running = None,
            CaptureEvent::Dropped { .. } | CaptureEvent::RunEnded { .. } => {}
        }
    }
}

/// Listening to a stream; ends when dropped.
#[derive(Debug)]
pub struct Subscription {
    feed: Arc<Feed>,
    number: u64,
    /// How many listen live, over all streams; none for one who can wait a tick.
    live: Option<Arc<AtomicUsize>>,
}

impl Subscription {
    pub(super) fn new(
        feed: Arc<Feed>,
        queue: &Arc<UnitQueue>,
        live: Option<Arc<AtomicUsize>>,
    ) -> Self {
        if let Some(live) = &live {
            live.fetch_add(1, Ordering::Relaxed);
            feed.gate.watch();
        }
        let number = feed.subscribe(queue);
        Self { feed, number, live }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.feed.unsubscribe(self.number);
        if let Some(live) = &self.live {
            live.fetch_sub(1, Ordering::Relaxed);
            self.feed.gate.unwatch();
        }
    }
}
