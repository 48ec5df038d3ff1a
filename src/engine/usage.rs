//! How fast recording fills the volume.
//!
//! Must not do: read a clock or a disk; it is given what was read.

use std::collections::VecDeque;
use std::time::Duration;

/// The rate is over this time: a minute evens out what GOPs and motion do.
const WINDOW: Duration = Duration::from_secs(60);

/// Bytes written since the engine started, as they grew.
#[derive(Debug, Default)]
pub struct Growth {
    samples: VecDeque<(Duration, u64)>,
}

impl Growth {
    /// At `now` so much had been written in all.
    pub fn note(&mut self, now: Duration, written: u64) {
        self.samples.push_back((now, written));
        let old = |sample: &(Duration, u64)| now.saturating_sub(sample.0) > WINDOW;
        while self.samples.len() > 2 && self.samples.get(1).is_some_and(old) {
            self.samples.pop_front();
        }
    }

    /// Bytes a second.
    #[must_use]
    pub fn rate(&self) -> u64 {
        let (Some((from, before)), Some((to, after))) = (self.samples.front(), self.samples.back())
        else {
            return 0;
        };
        let millis = to.saturating_sub(*from).as_millis();
        let bytes = u128::from(after.saturating_sub(*before)) * 1_000;
        bytes.checked_div(millis).map_or(0, |rate| u64::try_from(rate).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_minute() {
        let mut growth = Growth::default();
        assert_eq!(growth.rate(), 0);
        for second in 0..300 {
            let written = if second < 200 { 0 } else { (second - 200) * 1_000 };
            growth.note(Duration::from_secs(second), written);
        }
        assert_eq!(growth.rate(), 1_000);
        assert!(growth.samples.len() <= 63);
    }
}
