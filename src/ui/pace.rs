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
    /// When the picture that waits is due; 0 while none waits.
    due: AtomicU64,
    /// How much later frames come than they are due: a display that paints slowly does that outside of our work.
    late: AtomicU64,
}

impl Default for Pace {
    fn default() -> Self {
        let zero = || AtomicU64::new(0);
        Self { last: zero(), gap: AtomicU64::new(LEAST), due: zero(), late: zero() }
    }
}

impl Pace {
    /// A frame begins at `now`; the one before took `work`.
    pub fn frame(&self, now: Duration, work: Option<Duration>) {
        let (now, due) = (micros(now), self.due.swap(0, Ordering::Relaxed));
        self.last.store(now, Ordering::Relaxed);
        if due > 0 {
            slowly(&self.late, now.saturating_sub(due).min(MOST));
        }
        if let Some(work) = work {
            // Slowly, so that one long frame does not stop the pictures.
            let wanted = (BREATH * micros(work)).clamp(LEAST, MOST);
            slowly(&self.gap, wanted);
        }
    }

    /// How long a new picture waits for its frame at `now`.
    pub fn wait(&self, now: Duration) -> Duration {
        let due = self.last.load(Ordering::Relaxed) + self.gap.load(Ordering::Relaxed);
        let first = due.max(micros(now)).max(1);
        // A picture may be waiting already: that one counts.
        let _waits = self.due.compare_exchange(0, first, Ordering::Relaxed, Ordering::Relaxed);
        Duration::from_micros(due.saturating_sub(micros(now)))
    }

    /// Pictures a second that are painted of each camera.
    pub fn per_second(&self) -> u32 {
        let gap = (self.gap.load(Ordering::Relaxed) + self.late.load(Ordering::Relaxed)).max(1);
        u32::try_from(1_000_000 / gap).unwrap_or(u32::MAX).max(1)
    }
}

/// Brings a running mean nearer to `new`.
fn slowly(mean: &AtomicU64, new: u64) {
    let old = mean.load(Ordering::Relaxed);
    mean.store((7 * old + new) / 8, Ordering::Relaxed);
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

    #[test]
    fn a_slow_display_is_noticed_and_a_slow_camera_is_not() {
        let display = Pace::default();
        let camera = Pace::default();
        for frame in 1..100 {
            display.frame(millis(frame * 130), Some(millis(5)));
            display.wait(millis(frame * 130 + 1));
            camera.frame(millis(frame * 500), Some(millis(5)));
            camera.wait(millis(frame * 500 + 499));
        }
        assert!((7..=8).contains(&display.per_second()), "{}", display.per_second());
        assert!(camera.per_second() >= 28, "{}", camera.per_second());
    }

    #[test]
    fn one_long_frame_counts_little() {
        let pace = Pace::default();
        pace.frame(millis(10_000), Some(millis(5_000)));
        assert!(pace.per_second() > 5, "one long frame counts little: {}", pace.per_second());
    }
}
