//! Threads that decode GOPs ahead for players that do not keep up alone.
//!
//! Must not do: take work that its player has under way, or favour one camera.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, bounded};

use super::PlaybackError;
use super::gop_cache::{GopCache, PieceId};
use super::hand::Hand;
use crate::runtime::Worker;

/// More than these are of no use: disks and memory are busy by then.
const MOST_HELPERS: usize = 7;

/// How long a helper may take to end: it finishes the picture that it decodes.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// A decoder that is not used for so long is closed.
const IDLE: Duration = Duration::from_secs(5);

/// What players and helpers share.
pub(super) struct Board {
    caches: Mutex<Vec<Arc<GopCache>>>,
    /// Whose turn it is: players are served one after the other.
    turn: AtomicUsize,
    bell: Sender<()>,
    helpers: usize,
    stop: AtomicBool,
}

/// The threads. Dropping it asks them to end; [`Helpers::stop`] also waits for that.
pub(super) struct Helpers {
    pub(super) board: Arc<Board>,
    workers: Vec<Worker>,
}

impl Helpers {
    /// Starts `decode-0` and so on: one for each processor but the one that players use themselves.
    pub(super) fn start() -> Result<Self, PlaybackError> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let helpers = processors.saturating_sub(1).clamp(1, MOST_HELPERS);
        let (bell, rung) = bounded(helpers);
        let board = Arc::new(Board {
            caches: Mutex::default(),
            turn: AtomicUsize::new(0),
            bell,
            helpers,
            stop: AtomicBool::new(false),
        });
        let mut started = Self { board, workers: Vec::new() };
        for number in 0..helpers {
            let (board, rung) = (Arc::clone(&started.board), rung.clone());
            let name = format!("decode-{number}");
            let worker = Worker::spawn(&name, move || board.help(&rung))
                .map_err(|source| PlaybackError::Thread { name, source })?;
            started.workers.push(worker);
        }
        Ok(started)
    }

    /// Ends them.
    pub(super) fn stop(mut self) {
        self.board.end();
        for worker in self.workers.drain(..) {
            if let Err(error) = worker.join(STOP_LIMIT) {
                tracing::error!(%error, "decoding");
            }
        }
    }
}

impl Drop for Helpers {
    fn drop(&mut self) {
        self.board.end();
    }
}

impl Board {
    /// How many helpers there are.
    pub(super) fn helpers(&self) -> usize {
        self.helpers
    }

    /// Takes part from now on.
    pub(super) fn join(&self, cache: &Arc<GopCache>) {
        self.caches.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(cache));
    }

    /// Takes part no more.
    pub(super) fn leave(&self, cache: &Arc<GopCache>) {
        let mut caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        caches.retain(|other| !Arc::ptr_eq(other, cache));
    }

    /// There is work.
    pub(super) fn ring(&self) {
        while self.bell.try_send(()).is_ok() {}
    }

    fn end(&self) {
        self.stop.store(true, Ordering::Release);
        self.ring();
    }

    fn help(&self, rung: &Receiver<()>) {
        let mut hand = Hand::default();
        while !self.stop.load(Ordering::Acquire) {
            match self.claim() {
                Some((cache, piece)) => self.decode(&mut hand, &cache, piece),
                None if rung.recv_timeout(IDLE).is_err() => {
                    // A decoder has memory of its own.
                    hand = Hand::default();
                    let _rung = rung.recv();
                }
                None => {}
            }
        }
    }

    /// A piece of the player whose turn it is, or of the next one that has some.
    fn claim(&self) -> Option<(Arc<GopCache>, PieceId)> {
        let caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        (0..caches.len()).find_map(|n| {
            let cache = &caches[turn.wrapping_add(n) % caches.len()];
            Some((Arc::clone(cache), cache.claim()?))
        })
    }

    fn decode(&self, hand: &mut Hand, cache: &GopCache, piece: PieceId) {
        let mut failed = false;
        while !failed
            && !self.stop.load(Ordering::Acquire)
            && let Some((wanted, missing)) = cache.left_of(piece)
        {
            let step = hand.step(&wanted, missing, cache);
            failed = step.inspect_err(|error| tracing::debug!(%error, "decoding ahead")).is_err();
        }
        cache.release(piece, failed);
    }
}
