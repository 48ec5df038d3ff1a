//! Named, joined threads, and the one way of asking them to stop.
//!
//! Must not do: detach a thread, or wait for one without a bound.

use std::io;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded};

/// Nothing is ever sent: the channel's end is the message.
enum Never {}

/// Dropping it, or calling [`StopSource::stop`], stops whoever holds the token.
#[derive(Debug)]
pub struct StopSource {
    sender: Option<Sender<Never>>,
}

/// Seen by a thread that is to stop one day.
#[derive(Clone, Debug)]
pub struct StopToken {
    receiver: Receiver<Never>,
}

/// A connected pair.
#[must_use]
pub fn stop_pair() -> (StopSource, StopToken) {
    let (sender, receiver) = bounded(1);
    (StopSource { sender: Some(sender) }, StopToken { receiver })
}

impl StopSource {
    /// Asks all holders of the token to stop.
    pub fn stop(&mut self) {
        self.sender = None;
    }
}

impl StopToken {
    /// Whether the thread is to stop now.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self.receiver.try_recv(), Err(TryRecvError::Disconnected))
    }

    /// Waits for `time` or for the stop, whichever is first; true when it is to stop.
    #[must_use]
    pub fn wait(&self, time: Duration) -> bool {
        matches!(self.receiver.recv_timeout(time), Err(RecvTimeoutError::Disconnected))
    }
}

/// A running thread with its name.
#[derive(Debug)]
pub struct Worker {
    name: String,
    handle: JoinHandle<()>,
}

/// A thread that did not end well.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// It did not end within the time given.
    #[error("thread {0} does not stop")]
    Hangs(String),
    /// It panicked.
    #[error("thread {0} panicked")]
    Panicked(String),
}

impl Worker {
    /// Starts `body` in a thread called `name`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let handle = Builder::new().name(name.to_owned()).spawn(body)?;
        Ok(Self { name: name.to_owned(), handle })
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.handle.is_finished()
    }

    /// Waits until it ends, at most `limit`.
    ///
    /// # Errors
    /// [`JoinError`] with its name when it hangs or panicked.
    pub fn join(self, limit: Duration) -> Result<(), JoinError> {
        const POLL: Duration = Duration::from_millis(2);
        let deadline = Instant::now() + limit;
        while !self.handle.is_finished() {
            if Instant::now() >= deadline {
                return Err(JoinError::Hangs(self.name));
            }
            std::thread::sleep(POLL);
        }
        self.handle.join().map_err(|_| JoinError::Panicked(self.name))
    }
}
