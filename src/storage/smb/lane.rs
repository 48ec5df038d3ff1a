//! The connection that one kind of callers uses: made when first needed, thrown away after an error.
//!
//! Uploads, reads and everything else have a lane each, so that none waits for another. Must not do: hold its lock
//! while a request is under way; only callers of the same lane wait while it connects.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use smb2::types::SessionId;

use super::fault::Fault;
use super::link::Link;

/// See the module.
#[derive(Default)]
pub(super) struct Lane {
    slot: Mutex<Slot>,
    /// Attempts that failed so far.
    failures: AtomicU64,
    /// Whether it was asked for since it was last looked at.
    used: AtomicBool,
}

#[derive(Default)]
struct Slot {
    link: Option<Arc<Link>>,
    /// What the last attempt met.
    fault: Option<Fault>,
    /// The session that was given up last; the next connection tells the server so.
    previous: Option<SessionId>,
}

/// A connection, and whether it was made for this call.
pub(super) struct Lent {
    pub(super) link: Arc<Link>,
    pub(super) is_fresh: bool,
}

impl Lane {
    /// The connection; `connect` makes one when there is none. Who waited while an attempt of somebody else failed
    /// is told the same, so that many callers do not wait for one attempt each.
    pub(super) fn link(
        &self,
        connect: impl FnOnce(Option<SessionId>) -> Result<Link, Fault>,
    ) -> Result<Lent, Fault> {
        self.used.store(true, Ordering::Relaxed);
        let seen = self.failures.load(Ordering::Acquire);
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        match &slot.link {
            Some(link) if !link.is_lost() => {
                return Ok(Lent { link: Arc::clone(link), is_fresh: false });
            }
            Some(link) => slot.previous = Some(link.session()),
            None => {}
        }
        slot.link = None;
        if let Some(fault) = &slot.fault
            && self.failures.load(Ordering::Acquire) != seen
        {
            return Err(fault.clone());
        }
        match connect(slot.previous) {
            Ok(link) => {
                let link = Arc::new(link);
                *slot = Slot { link: Some(Arc::clone(&link)), fault: None, previous: None };
                Ok(Lent { link, is_fresh: true })
            }
            Err(fault) => {
                slot.fault = Some(fault.clone());
                self.failures.fetch_add(1, Ordering::AcqRel);
                Err(fault)
            }
        }
    }

    /// Gives `link` up, unless there is another one already.
    pub(super) fn discard(&self, link: &Arc<Link>) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.link.as_ref().is_some_and(|current| Arc::ptr_eq(current, link)) {
            slot.previous = Some(link.session());
            slot.link = None;
        }
    }

    /// Closes the connection when nobody asked for it since the last call and nobody holds it.
    pub(super) fn close_idle(&self) {
        let was_used = self.used.swap(false, Ordering::Relaxed);
        let mut slot = match self.slot.try_lock() {
            Ok(slot) => slot,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        if !was_used && slot.link.as_ref().is_some_and(|link| Arc::strong_count(link) == 1) {
            slot.link = None;
        }
    }
}
