//! The thread `marks`: writes what the console marks, one order after the other.
//!
//! Must not do: make the engine wait for a disk.

use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, bounded};

use super::EngineError;
use super::marks::MarkBook;
use crate::protocol::MarkChange;
use crate::runtime::Worker;
use crate::runtime::thread::JoinError;

/// Orders that wait at most; an operator gives one at a time.
const QUEUE: usize = 64;

/// The thread.
pub struct Marking {
    orders: Sender<MarkChange>,
    failures: Receiver<EngineError>,
    worker: Worker,
}

impl Marking {
    /// Starts the thread, which changes `book`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(book: MarkBook) -> std::io::Result<Self> {
        let (orders, waiting) = bounded::<MarkChange>(QUEUE);
        // Orders that wait, and the one that is carried out, have room.
        let (tell, failures) = bounded(2 * QUEUE);
        let worker = Worker::spawn("marks", move || {
            for order in waiting {
                if let Err(error) = book.make(&order)
                    && let Err(untold) = tell.send(error)
                {
                    // The engine ends; what else was ordered is written all the same.
                    tracing::warn!("{}", untold.into_inner());
                }
            }
        })?;
        Ok(Self { orders, failures, worker })
    }

    /// Orders a change; why it cannot be written comes from [`Marking::failures`].
    ///
    /// # Errors
    /// When too many wait.
    pub fn order(&self, order: MarkChange) -> Result<(), EngineError> {
        let text = "Other marks are still being written; please try again.";
        self.orders.try_send(order).map_err(|_| EngineError::NotFound(text.into()))
    }

    /// What could not be written.
    pub const fn failures(&self) -> &Receiver<EngineError> {
        &self.failures
    }

    /// Writes what waits, and ends.
    ///
    /// # Errors
    /// When the thread hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop((self.orders, self.failures));
        self.worker.join(limit)
    }
}
