//! The thread `report`: saves what helps to find a fault into the data folder.
//!
//! Must not do: make the engine wait for the index or a disk.

use std::path::PathBuf;
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, bounded};

use super::EngineError;
use super::desk::Desk;
use crate::config::DataFolder;
use crate::protocol::ConsoleFacts;
use crate::runtime::Worker;
use crate::runtime::thread::JoinError;

/// A report that waits; another one would say the same.
const QUEUE: usize = 1;

/// Where a report is, or why there is none.
pub type SavedReport = Result<PathBuf, EngineError>;

/// The thread.
pub struct Reporting {
    orders: Sender<ConsoleFacts>,
    saved: Receiver<SavedReport>,
    worker: Worker,
}

impl Reporting {
    /// Starts the thread, which saves into `folder` what `desk` knows.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(folder: DataFolder, desk: Desk) -> std::io::Result<Self> {
        let (orders, waiting) = bounded::<ConsoleFacts>(QUEUE);
        // The one that waits and the one that is made have room.
        let (done, saved) = bounded(2 * QUEUE);
        let worker = Worker::spawn("report", move || {
            for console in waiting {
                if done.send(save(&folder, &desk, &console)).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { orders, saved, worker })
    }

    /// Orders a report; what became of it comes from [`Reporting::saved`].
    ///
    /// # Errors
    /// When one is being made.
    pub fn save(&self, console: ConsoleFacts) -> Result<(), EngineError> {
        let text = "Diagnostics are being saved already.";
        self.orders.try_send(console).map_err(|_| EngineError::NotFound(text.into()))
    }

    /// What became of them.
    pub const fn saved(&self) -> &Receiver<SavedReport> {
        &self.saved
    }

    /// Ends.
    ///
    /// # Errors
    /// When the thread hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop((self.orders, self.saved));
        self.worker.join(limit)
    }
}

/// Named by local time.
fn save(folder: &DataFolder, desk: &Desk, console: &ConsoleFacts) -> SavedReport {
    let zone = desk.snapshot().zone.parse().unwrap_or(chrono_tz::UTC);
    let now = desk.clock.wall().to_utc().with_timezone(&zone).format("%Y-%m-%d_%H-%M-%S");
    let bundle = desk.report(console)?;
    Ok(folder.save_diagnostics(&format!("watchkeeper-diagnostics_{now}.zip"), &bundle)?)
}
