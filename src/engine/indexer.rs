//! The index thread: the only writer of the index.
//!
//! Must not do: lose a change. What cannot be committed now is kept and tried again.

use std::ops::ControlFlow;
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

/// Requests to be told of a commit that wait at most.
const REQUESTS: usize = 8;

/// Sends changes to the index thread, and can wait for them. Cheap to clone.
#[derive(Clone)]
pub struct IndexWriter {
    sender: Sender<Vec<Change>>,
    requests: Sender<Sender<()>>,
}

impl IndexWriter {
    /// Applies `changes`; whether they were committed within `limit`. They are kept and tried again when
    /// they were not.
    pub fn apply_and_wait(&self, changes: Vec<Change>, limit: Duration) -> bool {
        if changes.is_empty() {
            return true;
        }
        let (done, committed) = bounded(1);
        let step = limit / 3;
        self.sender.send_timeout(changes, step).is_ok()
            && self.requests.send_timeout(done, step).is_ok()
            && committed.recv_timeout(step).is_ok()
    }
}

/// The index thread.
pub struct Indexer {
    sender: Sender<Vec<Change>>,
    requests: Sender<Sender<()>>,
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
        let (requests, asked) = bounded(REQUESTS);
        let failing = Arc::new(AtomicBool::new(false));
        let mut work = Work {
            index,
            open,
            receiver,
            asked,
            failing: Arc::clone(&failing),
            waiting: Vec::new(),
        };
        let worker = Worker::spawn("index", move || work.run())?;
        Ok(Self { sender, requests, failing, worker })
    }

    /// Where changes are sent.
    #[must_use]
    pub fn sender(&self) -> Sender<Vec<Change>> {
        self.sender.clone()
    }

    /// For one who must know when its changes are committed.
    #[must_use]
    pub fn writer(&self) -> IndexWriter {
        IndexWriter { sender: self.sender.clone(), requests: self.requests.clone() }
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
        drop((self.sender, self.requests));
        self.worker.join(limit)
    }
}

struct Work {
    index: Arc<Index>,
    open: OpenSegments,
    receiver: Receiver<Vec<Change>>,
    asked: Receiver<Sender<()>>,
    failing: Arc<AtomicBool>,
    waiting: Vec<Change>,
}

impl Work {
    fn run(&mut self) {
        while self.gather().is_continue() {
            self.commit();
        }
        for _ in 0..LAST_ATTEMPTS {
            self.commit();
        }
        if !self.waiting.is_empty() {
            let count = self.waiting.len();
            tracing::error!("{count} changes did not reach the index; the next start finds them");
        }
    }

    /// Waits for something to commit; breaks when all senders are gone.
    fn gather(&mut self) -> ControlFlow<()> {
        if !self.waiting.is_empty() {
            return self.wait_for_retry();
        }
        select! {
            recv(self.receiver) -> changes => match changes {
                Ok(changes) => self.waiting = changes,
                Err(_) => return ControlFlow::Break(()),
            },
            recv(self.asked) -> asked => if let Ok(done) = asked {
                self.take_all();
                self.commit();
                self.tell(&done);
            },
        }
        self.waiting.extend(self.receiver.try_iter().take(GATHER).flatten());
        ControlFlow::Continue(())
    }

    /// After a failed commit: waits, keeping the newest of what comes meanwhile, so that the next attempt
    /// is no larger than it must be.
    fn wait_for_retry(&mut self) -> ControlFlow<()> {
        let retry = after(RETRY);
        let flow = loop {
            select! {
                recv(self.receiver) -> changes => match changes {
                    Ok(mut changes) => self.waiting.append(&mut changes),
                    Err(_) => break ControlFlow::Break(()),
                },
                recv(retry) -> _ => break ControlFlow::Continue(()),
            }
        };
        self.waiting = newest(std::mem::take(&mut self.waiting));
        flow
    }

    fn take_all(&mut self) {
        self.waiting.extend(self.receiver.try_iter().flatten());
    }

    /// Says that all is committed; one who asked in vain hears nothing.
    fn tell(&self, done: &Sender<()>) {
        if self.waiting.is_empty() {
            // Who asked may have given up waiting.
            let _gone = done.try_send(());
        }
    }

    fn commit(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        match self.index.apply(&self.waiting) {
            Ok(()) => {
                self.failing.store(false, Ordering::Relaxed);
                for change in self.waiting.drain(..) {
                    if let Change::PutSegment(row) = change
                        && row.state != SegmentState::Recording
                    {
                        self.open.close(&row.stream, row.start);
                    }
                }
            }
            Err(error) => {
                self.failing.store(true, Ordering::Relaxed);
                tracing::error!("the index cannot be written and is tried again: {error}");
            }
        }
    }
}
