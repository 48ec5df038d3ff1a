//! Where a picture belongs on its run's time line, and whether the camera's clock jumped: pure policy.
//!
//! The camera's timestamps are believed as long as they keep step with the clock of arrival. Network
//! delay can only make a picture late, so the least delayed picture of the last minutes is what later
//! ones are compared with. Must not do: read a clock.

use std::time::Duration;

use crate::model::time::{TICKS_PER_SECOND, micros_to_ticks};

/// A picture this far ahead of its arrival did not get there by delay or drift: the camera's clock was
/// set. In ticks: 3 seconds.
const MAX_AHEAD: i64 = 3 * TICKS_PER_SECOND;

/// B-frames are shown before pictures that were sent before them, by some frames: never this far. In
/// ticks: 1 second.
const MAX_REORDER: i64 = TICKS_PER_SECOND;

/// How long the least delayed picture counts, at most twice this: a camera that is 200 ppm slow drifts
/// by 24 ms meanwhile.
const WINDOW: Duration = Duration::from_secs(60);

/// Where a picture belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this many ticks from the start of the run.
    At(i64),
    /// Before the random access point that decoding began at: it cannot be decoded.
    Leading,
    /// Nowhere: the camera's clock jumped by this many ticks against ours. The run ends.
    Jump(i64),
}

/// The time line of one run.
#[derive(Clone, Debug)]
pub struct Timeline {
    may_reorder: bool,
    /// The camera's timestamp of the run's first picture.
    origin: i64,
    /// The run's latest picture, from its origin.
    highest: i64,
    /// The latest random access point, from the origin.
    random_access: i64,
    /// Arrival of the first picture.
    first_arrival: Duration,
    /// Smallest delay, in ticks, in the window before and in this one.
    delays: [i64; 2],
    window_end: Duration,
}

impl Timeline {
    /// The time line of a run whose first picture, a random access point, has the camera's timestamp
    /// `ticks` and arrived at `arrival` on the monotonic clock. `may_reorder` tells whether the pictures
    /// may be shown in another order than they are sent.
    #[must_use]
    pub fn new(ticks: i64, arrival: Duration, may_reorder: bool) -> Self {
        Self {
            may_reorder,
            origin: ticks,
            highest: 0,
            random_access: 0,
            first_arrival: arrival,
            delays: [i64::MAX, 0],
            window_end: arrival.saturating_add(WINDOW),
        }
    }

    /// Places the next picture.
    pub fn place(&mut self, ticks: i64, random_access: bool, arrival: Duration) -> Place {
        let pts = ticks.saturating_sub(self.origin);
        let delay = self.elapsed(arrival).saturating_sub(pts);
        let ahead = self.delays[0].min(self.delays[1]).saturating_sub(delay);
        if ahead > MAX_AHEAD {
            return Place::Jump(ahead);
        }
        let back = self.highest.saturating_sub(pts);
        if back > MAX_REORDER || (random_access && self.may_reorder && back > 0) {
            return Place::Jump(-ahead.saturating_neg().max(back));
        }
        self.note_delay(delay, arrival);
        if random_access {
            self.random_access = pts;
        } else if self.may_reorder && pts < self.random_access {
            return Place::Leading;
        }
        // Without reordering time only goes forward; a camera that jitters by some ticks is set straight.
        let pts = if self.may_reorder { pts } else { pts.max(self.highest + 1) };
        self.highest = self.highest.max(pts);
        Place::At(pts)
    }

    fn elapsed(&self, arrival: Duration) -> i64 {
        let elapsed = arrival.saturating_sub(self.first_arrival).as_micros();
        micros_to_ticks(i64::try_from(elapsed).unwrap_or(i64::MAX))
    }

    fn note_delay(&mut self, delay: i64, arrival: Duration) {
        if arrival >= self.window_end {
            self.delays = [self.delays[1], i64::MAX];
            self.window_end = arrival.saturating_add(WINDOW);
        }
        self.delays[1] = self.delays[1].min(delay);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: i64 = TICKS_PER_SECOND / 25;

    fn at(frame: i64) -> Duration {
        Duration::from_millis(u64::try_from(frame).expect("not negative") * 40)
    }

    /// 250 frames in, all well.
    fn running(may_reorder: bool) -> Timeline {
        let mut line = Timeline::new(1_000, at(0), may_reorder);
        for n in 1..=250 {
            let place = line.place(1_000 + n * FRAME, n % 50 == 0, at(n));
            assert_eq!(place, Place::At(n * FRAME));
        }
        line
    }

    #[test]
    fn a_set_clock_is_a_jump_either_way() {
        let hour = 3_600 * TICKS_PER_SECOND;
        for jump in [hour, 5 * TICKS_PER_SECOND, -hour, -5 * TICKS_PER_SECOND] {
            let mut line = running(true);
            match line.place(1_000 + 251 * FRAME + jump, false, at(251)) {
                Place::Jump(ticks) => {
                    assert!((ticks - jump).abs() <= 10 * FRAME, "{ticks} for {jump}");
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn reordered_pictures_are_no_jump() {
        let mut line = running(true);
        for (n, shown) in [(251, 254), (252, 252), (253, 251), (254, 253)] {
            let place = line.place(1_000 + shown * FRAME, false, at(n));
            assert_eq!(place, Place::At(shown * FRAME));
        }
    }

    #[test]
    fn pictures_before_their_random_access_point_are_leading() {
        let mut line = running(true);
        assert_eq!(line.place(1_000 + 254 * FRAME, true, at(251)), Place::At(254 * FRAME));
        assert_eq!(line.place(1_000 + 253 * FRAME, false, at(252)), Place::Leading);
        assert_eq!(line.place(1_000 + 255 * FRAME, false, at(253)), Place::At(255 * FRAME));
    }

    #[test]
    fn a_stall_and_the_burst_after_it_are_no_jump() {
        let mut line = running(false);
        for n in 251..=500 {
            let place = line.place(1_000 + n * FRAME, false, at(500));
            assert_eq!(place, Place::At(n * FRAME));
        }
        assert_eq!(line.place(1_000 + 700 * FRAME, true, at(700)), Place::At(700 * FRAME));
    }

    #[test]
    fn a_jittering_camera_is_set_straight() {
        let mut line = running(false);
        assert_eq!(line.place(1_000 + 250 * FRAME, false, at(251)), Place::At(250 * FRAME + 1));
        assert_eq!(line.place(1_000 + 250 * FRAME - 9, false, at(252)), Place::At(250 * FRAME + 2));
        assert_eq!(line.place(1_000 + 253 * FRAME, false, at(253)), Place::At(253 * FRAME));
    }

    #[test]
    fn a_drifting_camera_never_jumps() {
        for ppm in [-500, 500] {
            let mut line = Timeline::new(0, at(0), false);
            for n in 1..=24 * 3_600 {
                let ticks = n * TICKS_PER_SECOND * (1_000_000 + ppm) / 1_000_000;
                let arrival = Duration::from_secs(n.unsigned_abs());
                assert_eq!(line.place(ticks, true, arrival), Place::At(ticks), "{ppm} ppm, {n} s");
            }
        }
    }
}
