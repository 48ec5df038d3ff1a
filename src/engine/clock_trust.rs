//! Whether the wall clock can be believed when it says that footage is old: a clock that is years ahead must not
//! empty the archive.
//!
//! Must not do: read a clock.

use std::time::Duration;

use crate::model::WallTime;
use crate::runtime::Now;

const DAY_MICROS: i64 = 86_400_000_000;

/// While we run, the clock is set by minutes, or by hours for a wrong zone; not by days.
const STEP_LIMIT: i64 = DAY_MICROS;

/// Between two runs a computer may be off for holidays.
const ABSENCE_LIMIT: i64 = 31 * DAY_MICROS;

/// Time for an operator, or for NTP, to set a wrong clock right. After it the new time is believed.
const DOUBT: Duration = Duration::from_secs(6 * 3_600);

/// Follows the wall clock.
#[derive(Debug)]
pub struct ClockTrust {
    /// A moment that was believed on both time lines, and how far ahead of it the clock may be.
    known: Option<(WallTime, Option<Duration>)>,
    doubt_until: Option<Duration>,
}

impl ClockTrust {
    /// From when we were last known to run, if ever.
    #[must_use]
    pub fn new(last_known: Option<WallTime>) -> Self {
        Self { known: last_known.map(|wall| (wall, None)), doubt_until: None }
    }

    /// Whether the clock is believed now. To be asked every few seconds.
    pub fn look(&mut self, now: Now) -> bool {
        let is_sound = self.known.is_none_or(|(wall, monotonic)| match monotonic {
            None => now.wall.micros_since(wall) <= ABSENCE_LIMIT,
            Some(then) => {
                let expected = wall + now.monotonic.saturating_sub(then);
                now.wall.micros_since(expected) <= STEP_LIMIT
            }
        });
        let waited = self.doubt_until.is_some_and(|until| now.monotonic >= until);
        if is_sound || waited {
            self.known = Some((now.wall, Some(now.monotonic)));
            self.doubt_until = None;
        } else {
            self.doubt_until.get_or_insert(now.monotonic.saturating_add(DOUBT));
        }
        self.doubt_until.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall_hours: i64, monotonic_hours: u64) -> Now {
        let wall = WallTime::from_micros(wall_hours * DAY_MICROS / 24);
        Now { wall, monotonic: Duration::from_secs(monotonic_hours * 3_600) }
    }

    #[test]
    fn a_clock_far_ahead_is_doubted_for_hours_and_then_believed() {
        let mut trust = ClockTrust::new(None);
        assert!(trust.look(at(0, 0)) && trust.look(at(1, 1)) && trust.look(at(3, 2)));
        assert!(!trust.look(at(3_000, 3)) && !trust.look(at(3_004, 7)));
        assert!(trust.look(at(3_007, 10)) && trust.look(at(3_008, 11)));
    }

    #[test]
    fn a_clock_that_is_set_right_again_is_believed_at_once() {
        let mut trust = ClockTrust::new(None);
        assert!(trust.look(at(0, 0)) && !trust.look(at(3_000, 1)) && trust.look(at(2, 2)));
    }

    #[test]
    fn holidays_are_no_reason_for_doubt_but_years_are() {
        let known = Some(WallTime::from_micros(0));
        assert!(ClockTrust::new(known).look(at(24 * 30, 0)));
        assert!(!ClockTrust::new(known).look(at(24 * 365, 0)));
    }
}
