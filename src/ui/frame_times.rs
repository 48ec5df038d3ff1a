//! How long painting takes: told in the log at level debug and in what the engine tells of itself, so that it is seen
//! whether the window ever waits for something.
//!
//! Must not do: cost anything that an operator would notice.

use std::time::Duration;

use crate::protocol::WindowTimes;

/// Time over which frames are gathered.
const WINDOW: Duration = Duration::from_secs(10);

/// Most frames that are kept in a window; 60 a second are 600.
const MAX_FRAMES: usize = 2_000;

/// A frame over so many milliseconds is felt.
const SLOW: f32 = 50.0;

/// Frames of the present window.
#[derive(Debug, Default)]
pub struct FrameTimes {
    since: Option<Duration>,
    /// Milliseconds of the UI thread's work for each frame.
    work: Vec<f32>,
    slow: u64,
    worst: f32,
}

impl FrameTimes {
    /// Notes that a frame took `work` seconds of the UI thread; `now` is on the monotonic clock. At the end
    /// of a window the frames are told and forgotten.
    pub fn note(&mut self, work: Option<f32>, now: Duration) -> Option<WindowTimes> {
        let since = *self.since.get_or_insert(now);
        if let Some(millis) = work.map(|seconds| seconds * 1_000.0) {
            self.slow += u64::from(millis > SLOW);
            self.worst = self.worst.max(millis);
            if self.work.len() < MAX_FRAMES {
                self.work.push(millis);
            }
        }
        let passed = now.saturating_sub(since);
        if passed < WINDOW {
            return None;
        }
        let times = self.times(passed);
        if let Some(WindowTimes { frames, p50, p99, worst, .. }) = times {
            tracing::debug!("{frames} frames: p50 {p50:.1}, p99 {p99:.1}, max {worst:.1} ms");
        }
        (self.since, self.work) = (Some(now), Vec::new());
        times
    }

    /// The 50th and 99th percentile and the longest; none without frames.
    fn times(&mut self, passed: Duration) -> Option<WindowTimes> {
        self.work.sort_by(f32::total_cmp);
        let last = self.work.len().checked_sub(1)?;
        let at = |percent: usize| self.work.get(last * percent / 100).copied();
        Some(WindowTimes {
            frames: u32::try_from(self.work.len()).unwrap_or(u32::MAX),
            seconds: passed.as_secs_f32(),
            p50: at(50)?,
            p99: at(99)?,
            worst: at(100)?,
            slow_since_start: self.slow,
            worst_since_start: self.worst,
            uploads: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_frames_seen() {
        let mut times = FrameTimes::default();
        assert_eq!(times.times(WINDOW), None);
        for n in (0_u16..=100).rev() {
            assert_eq!(times.note(Some(f32::from(n) / 1_000.0), Duration::ZERO), None);
        }
        let told = times.note(None, WINDOW).expect("a window is over");
        assert_eq!((told.p50, told.p99, told.worst), (50.0, 99.0, 100.0));
        assert_eq!((told.frames, told.slow_since_start), (101, 50));
        times.note(Some(0.01), WINDOW);
        let told = times.note(None, 2 * WINDOW).expect("another");
        assert_eq!((told.frames, told.worst, told.worst_since_start), (1, 10.0, 100.0));
    }
}
