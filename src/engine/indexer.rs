//! The index thread: the only writer of the index.
//!
//! Must not do: lose a change. What cannot be committed now is kept and tried again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, after, bounded, select};

use crate::index::{Change, Index, newest};
use crate::model::SegmentState;
use crate::recorder::OpenSegments;
use crate::runtime::Worker;
use crate::runtime::thread::JoinError;

/// Batches that wait at most; the recorder sends a few a second.
const QUEUE: usize = 64;

/// Time between attempts after a commit failed.
const RETRY: Duration = Duration::from_secs(1);

/// Batches that are gathered into one transaction at most.
const GATHER: usize = 16;

/// Attempts of the last commit when the engine stops.
const LAST_ATTEMPTS: usize = 3;

/// The index thread.
pub struct Indexer {
    sender: Sender<Vec<Change>>,
    failing: Arc<AtomicBool>,
    worker: Worker,
}

impl Indexer {
    /// Starts the thread. Segments that are closed leave `open` once the index knows them.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(index: Arc<Index>, open: OpenSegments) -> std::io::Result<Self> {
        let (sender, receiver) = bounded(QUEUE);
        let failing = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&failing);
        let worker = Worker::spawn("index", move || run(&index, &open, &receiver, &flag))?;
        Ok(Self { sender, failing, worker })
    }

    /// Where changes are sent.
    #[must_use]
    pub fn sender(&self) -> Sender<Vec<Change>> {
        self.sender.clone()
    }

    /// Whether the last commit failed, or the thread is gone although nobody stopped it.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed) || self.worker.is_finished()
    }

    /// Commits what waits and ends the thread; all other senders must be gone.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop(self.sender);
        self.worker.join(limit)
    }
}

fn run(index: &Index, open: &OpenSegments, receiver: &Receiver<Vec<Change>>, failing: &AtomicBool) {
    let mut waiting: Vec<Change> = Vec::new();
    loop {
        let ended = if waiting.is_empty() {
            match receiver.recv() {
                Ok(changes) => {
                    waiting = changes;
                    waiting.extend(receiver.try_iter().take(GATHER).flatten());
                    false
                }
                Err(_) => true,
            }
        } else {
            wait_for_retry(receiver, &mut waiting)
        };
        if ended {
            break;
        }
        commit(index, open, &mut waiting, failing);
    }
    for _ in 0..LAST_ATTEMPTS {
        commit(index, open, &mut waiting, failing);
    }
    if !waiting.is_empty() {
        tracing::error!(
            "{} changes did not reach the index; the next start finds them",
            waiting.len()
        );
    }
}

/// After a failed commit: waits, keeping the newest of what comes meanwhile, so that the next attempt is no
/// larger than it must be. Returns whether all senders are gone.
fn wait_for_retry(receiver: &Receiver<Vec<Change>>, waiting: &mut Vec<Change>) -> bool {
    let retry = after(RETRY);
    let ended = loop {
        select! {
            recv(receiver) -> changes => match changes {
                Ok(mut changes) => waiting.append(&mut changes),
                Err(_) => break true,
            },
            recv(retry) -> _ => break false,
        }
    };
    *waiting = newest(std::mem::take(waiting));
    ended
}

fn commit(index: &Index, open: &OpenSegments, waiting: &mut Vec<Change>, failing: &AtomicBool) {
    if waiting.is_empty() {
        return;
    }
    match index.apply(waiting) {
        Ok(()) => {
            failing.store(false, Ordering::Relaxed);
            for change in waiting.drain(..) {
                if let Change::PutSegment(row) = change
                    && row.state != SegmentState::Recording
                {
                    open.close(&row.stream, row.start);
                }
            }
        }
        Err(error) => {
            failing.store(true, Ordering::Relaxed);
            tracing::error!("the index cannot be written and is tried again: {error}");
        }
    }
}
