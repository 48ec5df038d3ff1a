//! How much of an upload is under way at a time: what the wire takes, and one request while somebody reads, who would
//! wait for the server's disk and wire behind the others.
//!
//! Must not do: wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use smb2::WriteBehind;

use crate::runtime::Clock;

/// Who reads asks again within this time: a player of 0.5 Mbit/s takes one piece every four seconds.
const READING: Duration = Duration::from_secs(5);

/// Bytes of one request. Larger ones are not faster, and leave the processor's caches on the way through signature,
/// cipher and copies.
pub(super) const WRITE_PIECE: u32 = 512 << 10;

/// Who reads files of a share.
pub(super) struct Readers {
    clock: Arc<dyn Clock>,
    /// When bytes were last asked for, ms of the clock and one; 0 before.
    last: AtomicU64,
}

impl Readers {
    /// Nobody has read yet.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, last: AtomicU64::new(0) }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock.monotonic().as_millis()).unwrap_or(u64::MAX)
    }

    /// Bytes are asked for now.
    pub(super) fn note(&self) {
        self.last.store(self.now().saturating_add(1), Ordering::Relaxed);
    }

    /// How much an upload may have under way now.
    pub(super) fn allow(&self) -> WriteBehind {
        let last = self.last.load(Ordering::Relaxed).checked_sub(1);
        allow(last.map(|last| Duration::from_millis(self.now().saturating_sub(last))))
    }
}

/// What is allowed so long after bytes were asked for; none when never.
fn allow(since: Option<Duration>) -> WriteBehind {
    match since {
        Some(since) if since < READING => WriteBehind::SEQUENTIAL,
        _ => WriteBehind::Adaptive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WallTime;
    use crate::runtime::SimulatedClock;

    #[test]
    fn who_reads_goes_before_an_upload() {
        assert_eq!(allow(None), WriteBehind::Adaptive);
        assert_eq!(allow(Some(Duration::ZERO)), WriteBehind::SEQUENTIAL);
        assert_eq!(allow(Some(READING)), WriteBehind::Adaptive);
        let clock = Arc::new(SimulatedClock::new(WallTime::from_micros(0)));
        let readers = Readers::new(Arc::clone(&clock) as Arc<dyn Clock>);
        assert_eq!(readers.allow(), WriteBehind::Adaptive);
        readers.note();
        assert_eq!(readers.allow(), WriteBehind::SEQUENTIAL);
        clock.advance(READING);
        assert_eq!(readers.allow(), WriteBehind::Adaptive);
    }
}
