//! A channel for questions of which only the newest counts: it replaces the one that waits.
//!
//! Must not do: make a sender wait, or keep more than one value.

use crossbeam::channel::{Receiver, Sender, TrySendError, bounded};

/// A value that waits is replaced by a newer one, so one place is enough.
const QUEUE: usize = 1;

/// The sender's side. Receivers take each value once, and never see an older one after a newer one.
#[derive(Debug)]
pub struct Newest<T> {
    sender: Sender<T>,
    /// To take an older value out.
    receiver: Receiver<T>,
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Newest<T> {
    /// An empty channel.
    #[must_use]
    pub fn new() -> Self {
        let (sender, receiver) = bounded(QUEUE);
        Self { sender, receiver }
    }

    /// Puts `value` in place of what waits.
    pub fn send(&self, mut value: T) {
        while let Err(TrySendError::Full(back)) = self.sender.try_send(value) {
            value = back;
            // Taken by the thread in between: then there is room as well.
            let _older = self.receiver.try_recv();
        }
    }

    /// The other side. It ends with the last sender, which `self` is.
    #[must_use]
    pub fn receiver(&self) -> Receiver<T> {
        self.receiver.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_value_is_taken_once() {
        let newest = Newest::new();
        let receiver = newest.receiver();
        newest.send(1);
        newest.send(2);
        assert_eq!(receiver.try_recv(), Ok(2));
        assert!(receiver.try_recv().is_err());
    }
}
