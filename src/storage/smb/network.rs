//! The thread `smb`, on which all sockets of one volume live; callers wait for it.
//!
//! Must not do: know what is sent.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::fault::{Fault, no_answer};
use crate::runtime::Worker;

/// What the thread may take to end: it holds no work of its own.
const ENDING: Duration = Duration::from_secs(2);

/// Bytes of the largest block that messages are made in, with room. glibc gets blocks above a threshold from the system
/// anew each time, page by page, which costs more than all signing and copying; once a block has been freed the
/// threshold is its size (mallopt(3), M_MMAP_THRESHOLD). So one of this size is freed at the start.
const LARGEST_BLOCK: usize = 8 << 20;

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
        // None of it is touched.
        drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGEST_BLOCK)));
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

    /// Begins `work`, which goes on while nobody waits for it.
    pub(super) fn begin<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Fault>> + Send + 'static,
    ) -> UnderWay<T> {
        UnderWay(self.handle.spawn(work))
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

/// Work that was begun; it is given up when this is dropped.
#[derive(Debug)]
pub(super) struct UnderWay<T>(JoinHandle<Result<T, Fault>>);

impl<T> UnderWay<T> {
    /// Whether it has ended.
    pub(super) fn is_done(&self) -> bool {
        self.0.is_finished()
    }

    /// What came of it.
    pub(super) async fn result(mut self) -> Result<T, Fault> {
        let ended = (&mut self.0).await;
        ended.unwrap_or_else(|error| Err(Fault::Other(error.to_string())))
    }
}

impl<T> Drop for UnderWay<T> {
    fn drop(&mut self) {
        self.0.abort();
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
