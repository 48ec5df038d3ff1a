//! The `capture` thread: all streams' links on one runtime that lives only for a moment per tick.
//!
//! Must not do: sleep inside the runtime, or let a link wait for another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::feed::{Feed, StreamStatus, Subscription};
use super::link::StreamLink;
use super::{CameraMotionState, CaptureError, StreamSource, UnitQueue};
use crate::model::StreamId;
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Latest, StopSource, StopToken, Worker, stop_pair};

/// How often sockets are drained while nobody watches live: a 4 Mbit/s stream brings 50 kB meanwhile,
/// which any socket buffer holds, and it costs a third of waking for each arrival.
const TICK: Duration = Duration::from_millis(100);

/// The same while somebody does, or while a camera's answers are waited for.
const EAGER_TICK: Duration = Duration::from_millis(20);

/// How often the status is made.
const STATUS_EVERY: Duration = Duration::from_secs(1);

/// How long the sessions' ends may take at stop: cameras answer TEARDOWN within milliseconds.
const CLOSING: Duration = Duration::from_secs(1);

/// How long the thread may take to stop.
const JOIN: Duration = Duration::from_secs(5);

/// Turns of the runtime per tick: one finds the sockets with data, the second reads them, the third
/// finishes what the second began.
const TURNS: usize = 3;

/// Look-ups of names run in threads of their own; more at once would only wait for the same server.
const RESOLVERS: usize = 4;

/// How long a camera may be silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the start of an attempt to the answer to PLAY.
    pub connect: Duration,
    /// Between two pictures.
    pub read: Duration,
}

impl Default for Timeouts {
    /// 10 seconds each: longer than a camera with one picture every 5 seconds is silent, shorter than an
    /// operator's patience.
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), read: Duration::from_secs(10) }
    }
}

/// Captures streams. Stops when dropped.
pub struct Capture {
    shared: Arc<Shared>,
    stop: StopSource,
    worker: Option<Worker>,
}

/// Tells what cameras themselves say of motion. Cheap to clone and to ask.
#[derive(Clone)]
pub struct CameraMotionReader {
    shared: Arc<Shared>,
}

impl CameraMotionReader {
    /// What the camera itself tells of motion in the session of `id`; cheap, for a look several times a
    /// second. None while the stream is not captured or has no session, and it begins anew with each
    /// session. It hears only what [`StreamSource::metadata`] asks for.
    #[must_use]
    pub fn get(&self, id: &StreamId) -> Option<CameraMotionState> {
        let feed = lock(&self.shared.feeds).get(id).cloned();
        feed?.camera_motion()
    }
}

#[derive(Default)]
struct Shared {
    orders: Mutex<Orders>,
    feeds: Mutex<BTreeMap<StreamId, Arc<Feed>>>,
    live: Arc<AtomicUsize>,
    status: Latest<Vec<StreamStatus>>,
}

/// What the thread is to do at its next tick.
#[derive(Default)]
struct Orders {
    sources: Option<Vec<StreamSource>>,
    retry: BTreeSet<StreamId>,
}

impl Capture {
    /// Starts the thread, without any stream.
    ///
    /// # Errors
    /// [`CaptureError::Start`] when the system gives no thread or runtime.
    pub fn start(clock: Arc<dyn Clock>) -> Result<Self, CaptureError> {
        Self::start_with(clock, Timeouts::default())
    }

    /// The same with other time-outs.
    ///
    /// # Errors
    /// [`CaptureError::Start`] when the system gives no thread or runtime.
    pub fn start_with(clock: Arc<dyn Clock>, timeouts: Timeouts) -> Result<Self, CaptureError> {
        let failed = |error: std::io::Error| CaptureError::Start { detail: error.to_string() };
        let runtime = runtime().map_err(failed)?;
        let shared = Arc::new(Shared::default());
        let (stop, token) = stop_pair();
        let mut driver = Driver {
            shared: Arc::clone(&shared),
            clock,
            timeouts,
            links: Vec::new(),
            status_due: Duration::ZERO,
            all_due: Duration::ZERO,
        };
        let worker =
            Worker::spawn("capture", move || driver.run(runtime, &token)).map_err(failed)?;
        Ok(Self { shared, stop, worker: Some(worker) })
    }

    /// Captures these streams and no others: new ones are connected, vanished ones stopped, changed ones
    /// connected anew. Takes effect at the next tick.
    pub fn set_streams(&self, sources: Vec<StreamSource>) {
        lock(&self.shared.orders).sources = Some(sources);
    }

    /// Listens to `id` until the subscription is dropped, also over reconnections, and before or after
    /// [`Capture::set_streams`] names it. A listener that comes within a run hears its start first, then
    /// units from the next random access point on; one that comes while the camera is offline hears why.
    /// `live` asks for a delay of some 20 ms instead of 100, which about doubles the stream's CPU time.
    #[must_use]
    pub fn subscribe(&self, id: &StreamId, queue: &Arc<UnitQueue>, live: bool) -> Subscription {
        let feed = self.shared.feed(id);
        Subscription::new(feed, queue, live.then(|| Arc::clone(&self.shared.live)))
    }

    /// All streams in the order of [`Capture::set_streams`], at most a second old.
    #[must_use]
    pub fn status(&self) -> Arc<Vec<StreamStatus>> {
        self.shared.status.get().unwrap_or_default()
    }

    /// A handle that tells what cameras themselves say of motion, for another thread.
    #[must_use]
    pub fn motion_reader(&self) -> CameraMotionReader {
        CameraMotionReader { shared: Arc::clone(&self.shared) }
    }

    /// Whether its thread is gone although nobody stopped it: no picture arrives any more.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.worker.as_ref().is_none_or(Worker::is_finished)
    }

    /// Ends the wait of `id` for its next attempt.
    pub fn retry_now(&self, id: &StreamId) {
        lock(&self.shared.orders).retry.insert(id.clone());
    }

    /// Ends all sessions and the thread.
    ///
    /// # Errors
    /// [`JoinError`] when the thread hangs or panicked.
    pub fn stop(mut self) -> Result<(), JoinError> {
        self.stop.stop();
        self.worker.take().map_or(Ok(()), |worker| worker.join(JOIN))
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(Err(error)) = self.worker.take().map(|worker| worker.join(JOIN)) {
            tracing::error!("{error}");
        }
    }
}

impl Shared {
    fn feed(&self, id: &StreamId) -> Arc<Feed> {
        let mut feeds = lock(&self.feeds);
        Arc::clone(feeds.entry(id.clone()).or_insert_with(|| Feed::new(id.clone())))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A runtime for one thread.
pub(super) fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(RESOLVERS)
        .thread_name("resolve")
        .build()
}

struct Driver {
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
    timeouts: Timeouts,
    links: Vec<StreamLink>,
    /// When the status is made next, on the monotonic clock.
    status_due: Duration,
    /// When streams that nobody watches live are read next, on the monotonic clock.
    all_due: Duration,
}

impl Driver {
    fn run(&mut self, runtime: Runtime, stop: &StopToken) {
        loop {
            let began = self.clock.monotonic();
            self.obey();
            self.open_gates(began);
            runtime.block_on(self.turn());
            self.report();
            let now = self.clock.monotonic();
            let rest = self.tick(now).saturating_sub(now.saturating_sub(began));
            if stop.wait(rest) {
                break;
            }
        }
        runtime.block_on(self.close());
        runtime.shutdown_timeout(Duration::ZERO);
    }

    /// Lets all streams read at the long tick, and those that are watched live at each.
    fn open_gates(&mut self, now: Duration) {
        let all = now >= self.all_due;
        if all {
            // A long tick that comes a little early must not be missed: half a short one is forgiven.
            self.all_due = now.saturating_add(TICK.saturating_sub(EAGER_TICK / 2));
        }
        for link in &self.links {
            let gate = link.feed().gate();
            gate.set_open(all || gate.is_watched());
        }
    }

    /// Drains the sockets behind open gates, then does what is due for each link.
    async fn turn(&mut self) {
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
        for link in &mut self.links {
            link.turn(&self.clock, &self.timeouts).await;
        }
    }

    fn tick(&self, now: Duration) -> Duration {
        let live = self.shared.live.load(Ordering::Relaxed) > 0;
        let eager = live || self.links.iter().any(|link| link.is_eager(now));
        if eager { EAGER_TICK } else { TICK }
    }

    /// Carries out what was ordered since the last tick.
    fn obey(&mut self) {
        let Orders { sources, retry } = std::mem::take(&mut *lock(&self.shared.orders));
        if let Some(sources) = sources {
            self.set_streams(sources);
        }
        for link in self.links.iter_mut().filter(|link| retry.contains(&link.source().id)) {
            link.retry_now();
        }
    }

    fn set_streams(&mut self, sources: Vec<StreamSource>) {
        let now = self.clock.now();
        let mut old: BTreeMap<StreamId, StreamLink> =
            self.links.drain(..).map(|link| (link.source().id.clone(), link)).collect();
        for source in sources {
            let link = match old.remove(&source.id) {
                Some(link) if *link.source() == source => link,
                Some(mut link) => {
                    link.stop("The camera's settings were changed", now);
                    StreamLink::new(source, Arc::clone(link.feed()))
                }
                None => {
                    let feed = self.shared.feed(&source.id);
                    StreamLink::new(source, feed)
                }
            };
            self.links.push(link);
        }
        for mut link in old.into_values() {
            link.stop("The camera was removed or disabled", now);
        }
        let links = &self.links;
        lock(&self.shared.feeds).retain(|id, feed| {
            feed.has_subscribers() || links.iter().any(|link| link.source().id == *id)
        });
        self.status_due = Duration::ZERO;
    }

    fn report(&mut self) {
        let now = self.clock.monotonic();
        if now < self.status_due {
            return;
        }
        self.status_due = now.saturating_add(STATUS_EVERY);
        let status = self.links.iter().map(|link| link.feed().status(now)).collect();
        self.shared.status.set(status);
    }

    /// Ends all sessions, and gives their TEARDOWN some time.
    async fn close(&mut self) {
        for link in &mut self.links {
            link.abort();
        }
        let closed = async {
            // The first turn drops the sessions, which then count as closing.
            tokio::task::yield_now().await;
            while self.links.iter().any(StreamLink::is_closing) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(CLOSING, closed).await.is_err() {
            tracing::debug!("not all cameras answered the end of their session");
        }
    }
}
