//! The thread `awake`: keeps the screen from going dark while a kiosk shows cameras. The system may take its time to
//! answer, so nothing else waits on this thread.
//!
//! Must not do: anything that recording or the PIN depends on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crossbeam::channel::Receiver;

use crate::runtime::thread::JoinError;
use crate::runtime::{Newest, Worker};

/// The thread.
pub struct Awake {
    wanted: Newest<bool>,
    worker: Worker,
}

impl Awake {
    /// Starts the thread; the screen is left alone.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start() -> std::io::Result<Self> {
        let wanted = Newest::new();
        let orders = wanted.receiver();
        let worker = Worker::spawn("awake", move || run(&orders))?;
        Ok(Self { wanted, worker })
    }

    /// Keeps the screen on, or lets it go dark again.
    pub fn keep(&self, on: bool) {
        self.wanted.send(on);
    }

    /// Ends the thread.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop(self.wanted);
        self.worker.join(limit)
    }
}

fn run(orders: &Receiver<bool>) {
    let mut held = None;
    for on in orders {
        if on && held.is_none() {
            held = hold();
        } else if !on {
            let_go(held.take());
        }
    }
    let_go(held);
}

/// The library panics where only one of the system's services answers.
fn hold() -> Option<keepawake::KeepAwake> {
    let mut builder = keepawake::Builder::default();
    builder.display(true).idle(true).reason("The kiosk shows cameras");
    builder.app_name("Watchkeeper").app_reverse_domain("watchkeeper.kiosk");
    match catch_unwind(AssertUnwindSafe(|| builder.create())) {
        Ok(Ok(awake)) => Some(awake),
        Ok(Err(error)) => {
            tracing::warn!("the screen may go dark by itself: {error}");
            None
        }
        Err(_) => {
            tracing::warn!("the screen may go dark by itself: the system did not answer");
            None
        }
    }
}

fn let_go(held: Option<keepawake::KeepAwake>) {
    if catch_unwind(AssertUnwindSafe(|| drop(held))).is_err() {
        tracing::warn!("the system did not take back that the screen stays on");
    }
}
