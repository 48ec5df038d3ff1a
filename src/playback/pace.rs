//! Decides whether one thread decodes all pictures, several do, or random access points alone are decoded. Pure.
//!
//! Must not do: read a clock.

use std::time::Duration;

use crate::protocol::Speed;

/// Time spent behind the playhead, less the time spent in step with it, that means that decoding is too
/// slow: longer than a hiccup of the disk, shorter than what would be felt as standing still.
const TOO_MUCH: Duration = Duration::from_millis(700);

/// The same for one thread alone, which need not be sure: help costs nothing but processors.
const TOO_MUCH_ALONE: Duration = Duration::from_millis(200);

/// Between two observations no more than this counts: a longer pause is not decoding's fault.
const LONGEST_STEP: Duration = Duration::from_millis(100);

/// The first attempt to decode all pictures again comes after this.
const FIRST_RETRY: Duration = Duration::from_secs(4);

/// Attempts come no more rarely than this: the computer may have become free.
const LAST_RETRY: Duration = Duration::from_secs(64);

/// Whether decoding keeps up, and what to do about it.
#[derive(Debug)]
pub struct Pace {
    helped: bool,
    key_frames_only: bool,
    speed: Speed,
    /// Time behind less time in step, not below zero.
    debt: Duration,
    /// As of the last observation, and when that was.
    behind: bool,
    observed: Duration,
    retry_after: Option<Duration>,
    /// When the present way of decoding began.
    since: Duration,
}

impl Pace {
    /// One thread decodes all pictures until that proves too slow.
    #[must_use]
    pub fn new(speed: Speed, now: Duration) -> Self {
        Self {
            helped: false,
            key_frames_only: false,
            speed,
            debt: Duration::ZERO,
            behind: false,
            observed: now,
            retry_after: None,
            since: now,
        }
    }

    /// Whether only random access points are to be decoded.
    #[must_use]
    pub fn key_frames_only(&self) -> bool {
        self.key_frames_only
    }

    /// Whether several threads decode.
    #[must_use]
    pub fn helped(&self) -> bool {
        self.helped
    }

    /// Other footage may be easier to decode: what was too slow before a jump says little of it. Help that
    /// was needed goes on.
    pub fn jump(&mut self, speed: Speed, now: Duration) {
        *self = Self { helped: self.helped, ..Self::new(speed, now) };
    }

    /// A lower speed is a new chance.
    pub fn set_speed(&mut self, speed: Speed, now: Duration) {
        if speed.quarters() < self.speed.quarters() {
            *self = Self::new(speed, now);
        }
        self.speed = speed;
    }

    /// At `now` the picture shown is that of the playhead, or it is `behind`. True when the way of
    /// decoding changes by this.
    pub fn observe(&mut self, behind: bool, now: Duration) -> bool {
        let step = now.saturating_sub(self.observed).min(LONGEST_STEP);
        self.observed = now;
        let was_behind = std::mem::replace(&mut self.behind, behind);
        let lasted = now.saturating_sub(self.since);
        if self.key_frames_only {
            let over = lasted >= self.retry_after.unwrap_or(FIRST_RETRY);
            if over {
                self.turn(false, now);
            }
            return over;
        }
        self.debt = if was_behind { self.debt + step } else { self.debt.saturating_sub(step) };
        let bearable = if self.helped { TOO_MUCH } else { TOO_MUCH_ALONE };
        if self.debt <= bearable {
            return false;
        }
        if !self.helped {
            self.helped = true;
            self.turn(false, now);
            return true;
        }
        let again = self.retry_after.filter(|_| lasted < LAST_RETRY);
        self.retry_after = Some(again.map_or(FIRST_RETRY, |last| (last * 2).min(LAST_RETRY)));
        self.turn(true, now);
        true
    }

    fn turn(&mut self, key_frames_only: bool, now: Duration) {
        self.key_frames_only = key_frames_only;
        self.debt = Duration::ZERO;
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_millis(10);

    #[test]
    fn a_hiccup_changes_nothing() {
        let mut pace = Pace::new(Speed::Eight, Duration::ZERO);
        for n in 0..200_u32 {
            assert!(!pace.observe(n % 40 < 15, n * STEP));
        }
        assert!(!pace.observe(true, Duration::from_secs(3_600)), "a pause is not decoding's fault");
    }

    #[test]
    fn waiting_for_a_picture_to_become_due_is_no_delay() {
        let mut pace = Pace::new(Speed::Normal, Duration::ZERO);
        for n in 1..200_u32 {
            let due = n * 4 * STEP;
            assert!(!pace.observe(true, due), "due");
            assert!(!pace.observe(false, due + STEP), "shown");
        }
    }

    #[test]
    fn falling_behind_most_of_the_time_is_too_slow() {
        let mut pace = Pace::new(Speed::Four, Duration::ZERO);
        let mut behind = |from: u32| {
            (from..from + 500).find(|n| pace.observe(n % 10 != 0, *n * STEP)).expect("changes")
        };
        let helped = behind(0);
        assert!((20..40).contains(&helped), "{helped}");
        let changed = behind(helped + 1) - helped;
        assert!((70..120).contains(&changed), "{changed}");
        assert!(pace.key_frames_only());
    }

    #[test]
    fn help_comes_before_pictures_are_left_out_and_survives_a_jump() {
        let mut pace = Pace::new(Speed::Eight, Duration::ZERO);
        let mut now = Duration::ZERO;
        while !pace.observe(true, now) {
            now += STEP;
        }
        assert!(pace.helped() && !pace.key_frames_only());
        while !pace.observe(true, now) {
            now += STEP;
        }
        assert!(pace.key_frames_only());
        pace.jump(Speed::Eight, now);
        assert!(pace.helped() && !pace.key_frames_only());
        pace.set_speed(Speed::Four, now);
        assert!(!pace.helped());
    }

    #[test]
    fn attempts_to_decode_all_become_rarer_while_they_fail() {
        let mut pace = Pace::new(Speed::Eight, Duration::ZERO);
        let mut now = Duration::ZERO;
        let mut rests = Vec::new();
        for _ in 0..7 {
            while !pace.key_frames_only() {
                now += STEP;
                pace.observe(true, now);
            }
            let began = now;
            while pace.key_frames_only() {
                now += STEP;
                pace.observe(false, now);
            }
            rests.push((now - began).as_secs());
        }
        assert_eq!(rests, [4, 8, 16, 32, 64, 64, 64]);
    }

    #[test]
    fn a_lower_speed_is_a_new_chance() {
        let mut pace = Pace::new(Speed::Eight, Duration::ZERO);
        let mut now = Duration::ZERO;
        while !pace.key_frames_only() {
            now += STEP;
            pace.observe(true, now);
        }
        pace.set_speed(Speed::Eight, now);
        assert!(pace.key_frames_only());
        pace.set_speed(Speed::Normal, now);
        assert!(!pace.key_frames_only());
    }
}
