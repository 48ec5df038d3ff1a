//! Loops that are encoded when somebody asks for them first, in the background, and shared by all.
//!
//! Must not do: make the asker wait.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, bounded};

use super::encode::{EncodedLoop, LoopSpec};
use super::error::SimulateError;
use super::rtp::PacketLoop;
use super::scenes::SCENE_COUNT;
use crate::runtime::Worker;
use crate::runtime::thread::JoinError;

/// Encoding pauses between two frames, so stopping takes no longer than one of them.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// Most loops of one simulator: two streams of each scene in two sizes. Each is ordered once, so the
/// channels of this length never fill.
const MAX_LOOPS: usize = 4 * SCENE_COUNT;

/// A loop on its way.
#[derive(Clone)]
enum Entry {
    Ordered,
    Ready(Arc<PacketLoop>),
    Failed,
}

/// What a look at the library gives.
pub(super) enum Lookup {
    /// It is being encoded.
    Pending,
    /// Here it is.
    Ready(Arc<PacketLoop>),
    /// It cannot be made; the reason has been logged.
    Failed,
}

/// All loops of a simulator.
pub(super) struct Library {
    entries: BTreeMap<LoopSpec, Entry>,
    orders: Option<Sender<LoopSpec>>,
    done: Receiver<(LoopSpec, Result<PacketLoop, SimulateError>)>,
    stopping: Arc<AtomicBool>,
    workers: Vec<Worker>,
}

impl Library {
    /// An empty library with `threads` encoders, waiting.
    pub(super) fn new(threads: usize) -> Result<Self, SimulateError> {
        let (orders, orders_in) = bounded::<LoopSpec>(MAX_LOOPS);
        let (done_out, done) = bounded(MAX_LOOPS);
        let stopping = Arc::new(AtomicBool::new(false));
        let mut workers = Vec::new();
        for number in 0..threads.max(1) {
            let (orders, done, stopping) = (orders_in.clone(), done_out.clone(), stopping.clone());
            let worker = Worker::spawn(&format!("simulate-encode-{number}"), move || {
                let go_on = || !stopping.load(Ordering::Relaxed);
                for spec in orders.iter().take_while(|_| go_on()) {
                    let made = EncodedLoop::make_while(&spec, go_on);
                    // Nobody listens any more only when the simulator has stopped.
                    let _ = done.send((spec, made.map(|encoded| PacketLoop::new(&encoded))));
                }
            });
            workers.push(worker.map_err(SimulateError::Thread)?);
        }
        Ok(Self { entries: BTreeMap::new(), orders: Some(orders), done, stopping, workers })
    }

    /// The loop, if it is there; orders it otherwise.
    pub(super) fn get(&mut self, spec: &LoopSpec) -> Lookup {
        self.collect();
        match self.entries.get(spec) {
            Some(Entry::Ready(packets)) => Lookup::Ready(packets.clone()),
            Some(Entry::Failed) => Lookup::Failed,
            Some(Entry::Ordered) => Lookup::Pending,
            None => {
                let sent =
                    self.orders.as_ref().is_some_and(|orders| orders.try_send(*spec).is_ok());
                self.entries.insert(*spec, if sent { Entry::Ordered } else { Entry::Failed });
                Lookup::Pending
            }
        }
    }

    fn collect(&mut self) {
        for (spec, made) in self.done.try_iter() {
            let entry = match made {
                Ok(packets) => Entry::Ready(Arc::new(packets)),
                Err(error) => {
                    tracing::error!("simulated camera: {error}");
                    Entry::Failed
                }
            };
            self.entries.insert(spec, entry);
        }
    }

    /// Ends the encoders.
    pub(super) fn stop(mut self) -> Result<(), JoinError> {
        self.stopping.store(true, Ordering::Relaxed);
        self.orders = None;
        self.workers.into_iter().try_for_each(|worker| worker.join(STOP_LIMIT))
    }
}
