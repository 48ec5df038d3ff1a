//! What a stream has sent lately but nobody has recorded: whole GOPs, so that recording can begin in the
//! past.
//!
//! Must not do: I/O, or decide when to record.

use std::collections::VecDeque;
use std::time::Duration;

use crate::media::AccessUnit;
use crate::model::GapReason;

/// Most memory for one stream: 60 s at 12 Mbit/s.
pub const MAX_BYTES: usize = 96 << 20;

/// Most memory for all streams; sixteen cameras hold 60 s at 8 Mbit/s in it.
pub const BUDGET: usize = 1 << 30;

/// Bytes that each of `streams` pre-rolls may hold, when all of them hold `held` now: while there is room each
/// may have what it wants, and its equal share when there is not.
#[must_use]
pub fn limit(held: usize, streams: usize) -> usize {
    if held < BUDGET / 8 * 7 { MAX_BYTES } else { MAX_BYTES.min(BUDGET / streams.max(1)) }
}

/// One access unit, and why units are missing in front of it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The unit.
    pub unit: AccessUnit,
    /// Why units are missing in front of it; none when it follows upon the one before.
    pub hole: Option<GapReason>,
}

/// The latest units of one stream, oldest first.
///
/// It begins with a random access point, or else with the unit that follows upon the last one recorded:
/// then recording can go on as if it had never paused.
#[derive(Debug, Default)]
pub struct Preroll {
    units: VecDeque<Kept>,
    bytes: usize,
    /// The first unit follows upon the last one recorded.
    adjacent: bool,
    /// Memory ran out before the time wanted was covered.
    is_short: bool,
}

impl Preroll {
    /// Empties it. `adjacent` tells that the next unit follows upon the last one recorded.
    pub fn restart(&mut self, adjacent: bool) {
        self.units.clear();
        self.bytes = 0;
        self.adjacent = adjacent;
    }

    /// Whether its first unit follows upon the last one recorded.
    #[must_use]
    pub fn is_adjacent(&self) -> bool {
        self.adjacent
    }

    /// Whether a GOP, or the time wanted, was longer than the memory can hold.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.is_short
    }

    /// Bytes that it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// From the arrival of its first unit to that of its last.
    #[must_use]
    pub fn covers(&self) -> Duration {
        let ends = self.units.front().zip(self.units.back());
        ends.map_or(Duration::ZERO, |(first, last)| {
            last.unit.received.monotonic.saturating_sub(first.unit.received.monotonic)
        })
    }

    /// Adds a unit and forgets GOPs that are not needed to cover the last `window`.
    pub fn push(&mut self, kept: Kept, window: Duration, max_bytes: usize) {
        if self.units.is_empty() && !kept.unit.random_access && !self.adjacent {
            return;
        }
        let from = kept.unit.received.monotonic.saturating_sub(window);
        self.bytes += kept.unit.data.len();
        self.units.push_back(kept);
        self.forget_before(from);
        let was_large = self.bytes > max_bytes;
        while self.bytes > max_bytes {
            self.drop_gop();
        }
        self.is_short = was_large || (self.is_short && self.covers() < window);
    }

    /// Forgets whole GOPs at the front as long as what is left still begins at `from` or before.
    pub fn forget_before(&mut self, from: Duration) {
        while let Some(next) = self.next_gop() {
            if self.units.get(next).is_none_or(|kept| kept.unit.received.monotonic > from) {
                break;
            }
            self.drop_gop();
        }
    }

    /// Forgets what cannot be the beginning of a file.
    pub fn begin_at_random_access(&mut self) {
        if self.units.front().is_some_and(|kept| !kept.unit.random_access) {
            self.drop_gop();
        }
    }

    /// Takes everything out, oldest first.
    pub fn take(&mut self) -> VecDeque<Kept> {
        self.bytes = 0;
        self.adjacent = false;
        std::mem::take(&mut self.units)
    }

    /// Index of the second random access point, or of the first behind units that have none.
    fn next_gop(&self) -> Option<usize> {
        let behind = self.units.iter().skip(1).position(|kept| kept.unit.random_access);
        behind.map(|index| index + 1)
    }

    fn drop_gop(&mut self) {
        let count = self.next_gop().unwrap_or(self.units.len());
        for kept in self.units.drain(..count) {
            self.bytes -= kept.unit.data.len();
        }
        self.adjacent = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MediaTime, WallTime};
    use crate::runtime::Now;
    use bytes::Bytes;

    const SECOND: Duration = Duration::from_secs(1);

    /// A unit each 100 ms.
    fn kept(n: u32, random_access: bool) -> Kept {
        let received = Now { wall: WallTime::default(), monotonic: SECOND / 10 * n };
        let pts = MediaTime::from_ticks(i64::from(n) * 9_000);
        let data = Bytes::from_static(&[0; 100]);
        Kept { unit: AccessUnit { pts, random_access, received, data }, hole: None }
    }

    fn fill(range: std::ops::Range<u32>, gop: u32, window: Duration, max_bytes: usize) -> Preroll {
        let mut ring = Preroll::default();
        for n in range {
            ring.push(kept(n, n % gop == 0), window, max_bytes);
            let first = ring.units.front();
            assert!(first.is_none_or(|kept| kept.unit.random_access || ring.adjacent));
            assert_eq!(ring.bytes, ring.units.len() * 100);
        }
        ring
    }

    fn first(ring: &Preroll) -> Option<i64> {
        ring.units.front().map(|kept| kept.unit.pts.ticks() / 9_000)
    }

    #[test]
    fn the_window_is_always_covered_by_whole_gops() {
        for gop in [1, 3, 10, 25] {
            for count in 60..140 {
                let ring = fill(0..count, gop, 5 * SECOND, MAX_BYTES);
                assert!(ring.covers() >= 5 * SECOND && !ring.is_short(), "{gop} {count}");
                assert!(ring.covers() < 5 * SECOND + SECOND / 10 * gop, "{gop} {count}");
            }
        }
    }

    #[test]
    fn many_cameras_share_the_memory() {
        assert_eq!(limit(0, 256), MAX_BYTES);
        assert_eq!(limit(BUDGET, 256) * 256, BUDGET);
        assert_eq!(limit(BUDGET, 4), MAX_BYTES);
    }

    #[test]
    fn it_begins_with_a_random_access_point() {
        assert_eq!(first(&fill(3..15, 10, Duration::ZERO, MAX_BYTES)), Some(10));
        assert_eq!(first(&fill(3..9, 10, Duration::ZERO, MAX_BYTES)), None);
    }

    #[test]
    fn too_little_memory_is_told_and_bounded() {
        let ring = fill(0..100, 10, 5 * SECOND, 2_500);
        assert!(ring.is_short() && ring.bytes <= 2_500 && first(&ring) == Some(80));
        let long_gop = fill(0..100, 60, 5 * SECOND, 2_500);
        assert!(long_gop.is_short() && first(&long_gop).is_none());
        assert!(!fill(0..400, 10, SECOND, 2_500).is_short());
    }

    #[test]
    fn recording_can_go_on_until_the_unit_behind_it_is_forgotten() {
        let mut ring = Preroll::default();
        ring.restart(true);
        for n in 5..30 {
            ring.push(kept(n, n % 10 == 0), SECOND, MAX_BYTES);
            assert_eq!(ring.is_adjacent(), n < 20, "{n}");
        }
        assert_eq!(first(&ring), Some(10));
        ring.restart(true);
        ring.push(kept(31, false), SECOND, MAX_BYTES);
        let taken: Vec<i64> = ring.take().iter().map(|kept| kept.unit.pts.ticks()).collect();
        assert_eq!((taken.as_slice(), ring.is_adjacent()), (&[279_000_i64][..], false));
    }
}
