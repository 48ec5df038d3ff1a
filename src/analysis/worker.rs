//! The threads that watch for motion: `motion-0` and on, each with some of the cameras.
//!
//! Must not do: slow capture or recording down: what comes too late is dropped, and the camera then records
//! as if something moved.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use super::board::{Motion, MotionBoard, Watched};
use super::told::Told;
use super::watcher::Watcher;
use crate::capture::{CameraMotionReader, CaptureEvent, UnitQueue};
use crate::index::{Change, hand_over};
use crate::model::{CameraId, MotionSettings, StreamId};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Worker};

/// Time between two rounds over the queues: half a picture at five a second.
const ROUND: Duration = Duration::from_millis(100);

/// Changes of what is watched that wait at most.
const CONTROL_QUEUE: usize = 16;

/// Threads at most: each decodes some 400 small pictures a second.
const MAX_THREADS: usize = 4;

/// Who tells of motion in a camera's picture.
#[derive(Clone)]
pub enum Eyes {
    /// We, in the pictures that arrive here.
    Pictures {
        /// Where they arrive.
        queue: Arc<UnitQueue>,
        /// Only random access points are decoded.
        random_access_only: bool,
        /// What counts.
        settings: MotionSettings,
    },
    /// The camera, in the session of this stream.
    Camera(StreamId),
}

/// A camera that is watched.
#[derive(Clone)]
pub struct Watch {
    /// Which.
    pub camera: CameraId,
    /// By whom.
    pub eyes: Eyes,
}

/// What the threads are given.
#[derive(Clone)]
pub struct DetectionOptions {
    /// Where they tell what they see.
    pub board: Arc<MotionBoard>,
    /// To the index. While it is busy events wait here.
    pub changes: Sender<Vec<Change>>,
    /// What cameras say themselves.
    pub told: CameraMotionReader,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// The threads.
pub struct Detection {
    threads: Vec<(Sender<Vec<Watch>>, Worker)>,
}

impl Detection {
    /// Starts as many threads as cores, less one for everything else.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(options: &DetectionOptions) -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let count = cores.saturating_sub(1).clamp(1, MAX_THREADS);
        let start = |number: usize| {
            let (sender, receiver) = bounded(CONTROL_QUEUE);
            let mut watching = Watching::new(options.clone());
            let work = move || watching.run(&receiver);
            Ok((sender, Worker::spawn(&format!("motion-{number}"), work)?))
        };
        let threads = (0..count).map(start).collect::<std::io::Result<_>>()?;
        Ok(Self { threads })
    }

    /// Watches these cameras and no others.
    ///
    /// # Errors
    /// [`DetectionBusy`] when changes wait already; they can be sent again.
    pub fn set_watches(&self, watches: &[Watch]) -> Result<(), DetectionBusy> {
        for (number, (sender, _)) in self.threads.iter().enumerate() {
            let share = watches.iter().filter(|watch| self.thread_of(&watch.camera) == number);
            let share = share.cloned().collect();
            match sender.try_send(share) {
                Ok(()) => {}
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                    return Err(DetectionBusy);
                }
            }
        }
        Ok(())
    }

    /// A camera stays with its thread, whichever others come and go.
    fn thread_of(&self, camera: &CameraId) -> usize {
        let sum = camera
            .as_str()
            .bytes()
            .fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        sum % self.threads.len().max(1)
    }

    /// Whether a thread is gone although nobody stopped it.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.threads.iter().any(|(_, worker)| worker.is_finished())
    }

    /// Ends the threads.
    ///
    /// # Errors
    /// The first that hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        let workers = self.threads.into_iter().map(|(_, worker)| worker).collect::<Vec<_>>();
        workers.into_iter().map(|worker| worker.join(limit)).fold(Ok(()), Result::and)
    }
}

/// The changes before this one have not been taken yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("motion detection is busy; the change is tried again")]
pub struct DetectionBusy;

/// What one thread watches.
struct Watching {
    options: DetectionOptions,
    cameras: BTreeMap<CameraId, (Watch, Sight)>,
    events: Vec<CaptureEvent>,
    backlog: Vec<Change>,
}

enum Sight {
    Pictures(Box<Watcher>),
    Camera(Told),
}

impl Watching {
    fn new(options: DetectionOptions) -> Self {
        Self { options, cameras: BTreeMap::new(), events: Vec::new(), backlog: Vec::new() }
    }

    fn run(&mut self, control: &Receiver<Vec<Watch>>) {
        loop {
            match control.recv_timeout(ROUND) {
                Ok(watches) => self.set(watches),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.round();
        }
        self.set(Vec::new());
        hand_over(&mut self.backlog, &self.options.changes);
    }

    fn round(&mut self) {
        for (camera, (watch, sight)) in &mut self.cameras {
            let watched: Watched = match (sight, &watch.eyes) {
                (Sight::Pictures(watcher), Eyes::Pictures { queue, .. }) => {
                    queue.drain(&mut self.events);
                    for event in self.events.drain(..) {
                        watcher.take(event, &mut self.backlog);
                    }
                    watcher.watched(self.options.clock.monotonic())
                }
                (Sight::Camera(told), Eyes::Camera(stream)) => {
                    let state = self.options.told.get(stream);
                    told.look(state, self.options.clock.now(), &mut self.backlog)
                }
                _ => continue,
            };
            self.options.board.set(camera, watched);
        }
        hand_over(&mut self.backlog, &self.options.changes);
    }

    fn set(&mut self, watches: Vec<Watch>) {
        let mut before = std::mem::take(&mut self.cameras);
        for watch in watches {
            let known = before.remove(&watch.camera);
            let sight = match known {
                Some((old, sight)) if same(&old.eyes, &watch.eyes) => sight,
                known => {
                    self.end(known);
                    new_sight(&watch)
                }
            };
            self.cameras.insert(watch.camera.clone(), (watch, sight));
        }
        for (camera, gone) in before {
            self.end(Some(gone));
            self.options.board.forget(&camera);
        }
    }

    fn end(&mut self, watched: Option<(Watch, Sight)>) {
        match watched {
            Some((_, Sight::Pictures(mut watcher))) => watcher.finish(&mut self.backlog),
            Some((_, Sight::Camera(mut told))) => told.finish(&mut self.backlog),
            None => {}
        }
    }
}

/// A thread that panics sees nothing any more, and says so.
impl Drop for Watching {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let why =
                "Motion cannot be detected: it has stopped because of an error in Watchkeeper";
            let blind = Watched { motion: Motion::Blind(why.into()), level: 0 };
            for camera in self.cameras.keys() {
                self.options.board.set(camera, blind.clone());
            }
        }
    }
}

fn new_sight(watch: &Watch) -> Sight {
    match &watch.eyes {
        Eyes::Pictures { random_access_only, settings, .. } => {
            let watcher = Watcher::new(watch.camera.clone(), settings, *random_access_only);
            Sight::Pictures(Box::new(watcher))
        }
        Eyes::Camera(_) => Sight::Camera(Told::new(watch.camera.clone())),
    }
}

/// Whether the same is watched in the same way.
fn same(a: &Eyes, b: &Eyes) -> bool {
    match (a, b) {
        (
            Eyes::Pictures { queue, random_access_only, settings },
            Eyes::Pictures { queue: other, random_access_only: only, settings: wanted },
        ) => Arc::ptr_eq(queue, other) && random_access_only == only && settings == wanted,
        (Eyes::Camera(a), Eyes::Camera(b)) => a == b,
        _ => false,
    }
}
