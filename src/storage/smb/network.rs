//! The thread `smb`, on which all sockets of one volume live; callers wait for it.
//!
//! Must not do: know what is sent.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::fault::{Fault, no_answer};
use crate::runtime::Worker;

/// What the thread may take to end: it holds no work of its own.
const ENDING: Duration = Duration::from_secs(2);

/// A small runtime with a thread of its own; it ends when this is dropped.
pub(super) struct Network {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    worker: Option<Worker>,
}

impl Network {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread or no poller.
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let worker = Worker::spawn("smb", move || {
            // An error says that the sender was dropped, which is the same wish.
            let _ = runtime.block_on(stopped);
            // A name that is still being looked up must not hold this up.
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, stop: Some(stop), worker: Some(worker) })
    }

    /// Waits for `work`, at most `limit`.
    pub(super) fn wait<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        self.handle.block_on(async {
            tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(no_answer()))
        })
    }

    /// Drops `thing`, which may send a last word to the server.
    pub(super) fn release<T>(&self, thing: T) {
        let _inside = self.handle.enter();
        drop(thing);
    }

    /// Runs `work` beside everything else, until the thread ends.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(work);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(Err(error)) = self.worker.take().map(|worker| worker.join(ENDING)) {
            tracing::warn!("{error}");
        }
    }
}
