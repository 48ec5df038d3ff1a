//! Which streams are read at a short tick: those that somebody watches live. The others' sockets fill
//! until the next long one, since reading them five times as often doubles their cost.
//!
//! Must not do: lose a wake-up: who was turned away is woken when the gate opens.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures::task::AtomicWaker;

/// The gate in front of one stream's socket; open at first.
#[derive(Debug, Default)]
pub(super) struct Gate {
    shut: AtomicBool,
    live: AtomicUsize,
    turned_away: AtomicWaker,
}

impl Gate {
    /// One more watches live.
    pub fn watch(&self) {
        self.live.fetch_add(1, Ordering::Relaxed);
    }

    /// One less does.
    pub fn unwatch(&self) {
        self.live.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether anybody watches live.
    pub fn is_watched(&self) -> bool {
        self.live.load(Ordering::Relaxed) > 0
    }

    /// Opens or shuts it.
    pub fn set_open(&self, open: bool) {
        let was_shut = self.shut.swap(!open, Ordering::AcqRel);
        if open && was_shut {
            self.turned_away.wake();
        }
    }

    /// Ready while it is open.
    pub fn poll_open(&self, context: &Context<'_>) -> Poll<()> {
        if !self.shut.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        self.turned_away.register(context.waker());
        // It may have opened meanwhile, without knowing of us.
        if self.shut.load(Ordering::Acquire) { Poll::Pending } else { Poll::Ready(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::task::{ArcWake, waker};
    use std::sync::Arc;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl ArcWake for Woken {
        fn wake_by_ref(woken: &Arc<Self>) {
            woken.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn who_is_turned_away_is_woken_once() {
        let (gate, woken) = (Gate::default(), Arc::new(Woken::default()));
        let waker = waker(Arc::clone(&woken));
        let context = Context::from_waker(&waker);
        assert!(gate.poll_open(&context).is_ready());
        gate.set_open(false);
        assert!(gate.poll_open(&context).is_pending());
        gate.set_open(true);
        gate.set_open(true);
        assert_eq!(woken.0.load(Ordering::Relaxed), 1);
        assert!(gate.poll_open(&context).is_ready());
    }
}
