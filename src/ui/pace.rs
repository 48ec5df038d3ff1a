//! When a new picture is painted: many cameras wake the window at many moments, and one frame shows them all.
//!
//! Must not do: hold back what the operator does; that is painted at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Time between two frames for new pictures: 30 a second.
const LEAST: u64 = 33_000;

/// Longest time between two frames for new pictures, in microseconds.
const MOST: u64 = 500_000;

/// A frame may take the window's thread so many times its own length until the next: half of its time is left for
/// the operator, and for recording.
const BREATH: u64 = 2;

/// The rhythm of the window, shared with whoever wakes it. Times are microseconds of the monotonic clock.
#[derive(Debug)]
pub struct Pace {
    last: AtomicU64,
    gap: AtomicU64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { last: AtomicU64::new(0), gap: AtomicU64::new(LEAST) }
    }
}

impl Pace {
    /// A frame begins at `now`; the one before took `work`.
    pub fn frame(&self, now: Duration, work: Option<Duration>) {
        self.last.store(micros(now), Ordering::Relaxed);
        if let Some(work) = work {
            // Slowly, so that one long frame does not stop the pictures.
            let wanted = (BREATH * micros(work)).clamp(LEAST, MOST);
            let gap = self.gap.load(Ordering::Relaxed);
            self.gap.store((7 * gap + wanted) / 8, Ordering::Relaxed);
        }
    }

    /// How long a new picture waits for its frame at `now`.
    pub fn wait(&self, now: Duration) -> Duration {
        let due = self.last.load(Ordering::Relaxed) + self.gap.load(Ordering::Relaxed);
        Duration::from_micros(due.saturating_sub(micros(now)))
    }

    /// Pictures a second that are painted of each camera.
    pub fn per_second(&self) -> u32 {
        let gap = self.gap.load(Ordering::Relaxed).max(1);
        u32::try_from(1_000_000 / gap).unwrap_or(u32::MAX).max(1)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn pictures_that_come_together_are_painted_together() {
        let pace = Pace::default();
        pace.frame(millis(1_000), None);
        assert_eq!(pace.wait(millis(1_010)), millis(23));
        assert_eq!(pace.wait(millis(1_040)), Duration::ZERO);
        assert_eq!(pace.per_second(), 30);
    }

    #[test]
    fn a_slow_window_paints_less_often() {
        let pace = Pace::default();
        for frame in 0..100 {
            pace.frame(millis(frame * 100), Some(millis(50)));
        }
        assert!((9..=10).contains(&pace.per_second()), "{}", pace.per_second());
        pace.frame(millis(10_000), Some(millis(5_000)));
        assert!(pace.per_second() > 5, "one long frame counts little: {}", pace.per_second());
    }
}
