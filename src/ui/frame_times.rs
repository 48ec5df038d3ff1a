//! How long painting takes, for the log at level debug and for fault reports: whether the window ever waits
//! for something.
//!
//! Must not do: cost anything that an operator would notice.

use std::collections::VecDeque;
use std::time::Duration;

use super::words::system as words;

/// Time over which frames are gathered.
const WINDOW: Duration = Duration::from_secs(10);

/// Most frames that are kept in a window; 60 a second are 600.
const MAX_FRAMES: usize = 2_000;

/// Windows that are kept: ten minutes of an open window.
const MAX_LINES: usize = 60;

/// Frames of the present window.
#[derive(Debug, Default)]
pub struct FrameTimes {
    lines: VecDeque<String>,
    since: Option<Duration>,
    /// Seconds of the UI thread's work for each frame.
    work: Vec<f32>,
}

impl FrameTimes {
    /// Notes that a frame took `work` seconds of the UI thread; `now` is on the monotonic clock. At the end
    /// of a window the frames are told and forgotten.
    pub fn note(&mut self, work: Option<f32>, now: Duration) {
        let since = *self.since.get_or_insert(now);
        self.work.extend(work.filter(|_| self.work.len() < MAX_FRAMES));
        if now.saturating_sub(since) >= WINDOW {
            if let Some([half, most, longest]) = self.milliseconds() {
                let frames = self.work.len();
                let line = words::frame_times(frames, half, most, longest);
                tracing::debug!("{line}");
                if self.lines.len() >= MAX_LINES {
                    self.lines.pop_front();
                }
                self.lines.push_back(line);
            }
            self.since = Some(now);
            self.work.clear();
        }
    }

    /// A line for each of the last windows, oldest first.
    pub fn lately(&self) -> Vec<String> {
        self.lines.iter().cloned().collect()
    }

    /// The 50th and 99th percentile and the longest, in milliseconds; none without frames.
    fn milliseconds(&mut self) -> Option<[f32; 3]> {
        self.work.sort_by(f32::total_cmp);
        let last = self.work.len().checked_sub(1)?;
        let at = |percent: usize| self.work.get(last * percent / 100).map(|work| work * 1_000.0);
        Some([at(50)?, at(99)?, at(100)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_frames_seen() {
        let mut times = FrameTimes::default();
        assert_eq!(times.milliseconds(), None);
        times.work = (0_u16..=100).rev().map(|n| f32::from(n) / 1_000.0).collect();
        assert_eq!(times.milliseconds(), Some([50.0, 99.0, 100.0]));
        times.work.clear();
        for second in 0..700 {
            times.note(Some(0.004), Duration::from_secs(second));
        }
        let lines = times.lately();
        assert_eq!(lines.len(), MAX_LINES);
        assert!(lines[0].ends_with("frames: p50 4.0, p99 4.0, max 4.0 ms"), "{}", lines[0]);
    }
}
