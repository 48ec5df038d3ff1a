//! The transport: where the playhead is at a moment of the monotonic clock. Pure and exact.
//!
//! Must not do: read a clock, know footage or pictures.

use std::time::Duration;

use crate::model::WallTime;
use crate::protocol::Speed;

/// [`Speed::quarters`] of time that passes as it does.
const NORMAL: i64 = Speed::Normal.quarters();

/// A playhead as a function of time, speed and direction, and whether it stays at the newest footage.
/// Small and copied to every player, so that all of them show the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transport {
    /// Where the playhead was at `since`.
    anchor: WallTime,
    since: Duration,
    speed: Speed,
    playing: bool,
    live: bool,
    /// Time passes backward.
    reverse: bool,
    /// The oldest moment that can be shown; in reverse the playhead stops there.
    oldest: WallTime,
    /// The newest moment that can be shown; the playhead waits there.
    limit: WallTime,
}

impl Transport {
    /// Paused at `at`, at normal speed. `now` is a reading of the monotonic clock, here and below.
    #[must_use]
    pub fn new(at: WallTime, now: Duration) -> Self {
        Self {
            anchor: at,
            since: now,
            speed: Speed::Normal,
            playing: false,
            live: false,
            reverse: false,
            oldest: WallTime::MIN,
            limit: WallTime::MAX,
        }
    }

    /// The moment that is shown at `now`.
    #[must_use]
    pub fn playhead(&self, now: Duration) -> WallTime {
        if !self.playing {
            return self.anchor;
        }
        let elapsed = i64::try_from(now.saturating_sub(self.since).as_micros()).unwrap_or(i64::MAX);
        let passed = i128::from(elapsed) * i128::from(self.quarters()) / i128::from(NORMAL);
        let passed = i64::try_from(passed).unwrap_or(i64::MAX);
        if self.reverse {
            self.anchor.plus_micros(-passed).max(self.oldest.min(self.anchor))
        } else {
            self.anchor.plus_micros(passed).min(self.limit.max(self.anchor))
        }
    }

    /// How long after `now` the playhead reaches `at`: none while that will not happen by itself.
    #[must_use]
    pub fn time_until(&self, at: WallTime, now: Duration) -> Option<Duration> {
        let playhead = self.playhead(now);
        let (there, beyond, way) = if self.reverse {
            (at >= playhead, at < self.oldest, self.anchor.micros_since(at))
        } else {
            (at <= playhead, at > self.limit, at.micros_since(self.anchor))
        };
        if there {
            return Some(Duration::ZERO);
        }
        if !self.playing || beyond {
            return None;
        }
        let way = i128::from(way) * i128::from(NORMAL);
        let quarters = i128::from(self.quarters());
        let due = u64::try_from((way + quarters - 1) / quarters).unwrap_or(u64::MAX);
        Some((self.since + Duration::from_micros(due)).saturating_sub(now))
    }

    /// Quarters of a second of footage that pass in a second. At the live edge footage comes no faster
    /// than time passes.
    #[must_use]
    pub fn quarters(&self) -> i64 {
        if self.live { self.speed.quarters().min(NORMAL) } else { self.speed.quarters() }
    }

    /// Whether time passes.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Whether the playhead stays at the newest footage.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Whether time passes backward.
    #[must_use]
    pub fn is_reverse(&self) -> bool {
        self.reverse
    }

    /// Whether a playhead that moves backward can go no further at `now`.
    #[must_use]
    pub fn is_at_the_oldest(&self, now: Duration) -> bool {
        self.reverse && self.playhead(now) <= self.oldest
    }

    /// The speed in force.
    #[must_use]
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Lets time pass.
    pub fn play(&mut self, now: Duration) {
        self.settle(now);
        self.playing = true;
    }

    /// Stops time.
    pub fn pause(&mut self, now: Duration) {
        self.settle(now);
        self.playing = false;
        self.live = false;
    }

    /// Changes the speed, and nothing else; slower than normal leaves the live edge.
    pub fn set_speed(&mut self, speed: Speed, now: Duration) {
        self.settle(now);
        self.speed = speed;
        self.live &= speed.quarters() >= NORMAL;
    }

    /// Changes the direction, and nothing else; backward leaves the live edge.
    pub fn set_reverse(&mut self, reverse: bool, now: Duration) {
        self.settle(now);
        self.reverse = reverse;
        self.live &= !reverse;
    }

    /// Goes to `at`, or to the newest moment when that is earlier; speed and playing stay.
    pub fn seek(&mut self, at: WallTime, now: Duration) {
        self.live = false;
        self.anchor = at.min(self.limit);
        self.since = now;
    }

    /// Goes to the newest moment and stays there, moving forward.
    pub fn go_live(&mut self, now: Duration) {
        self.anchor = self.limit;
        self.since = now;
        self.playing = true;
        self.live = true;
        self.reverse = false;
        if self.speed.quarters() < NORMAL {
            self.speed = Speed::Normal;
        }
    }

    /// The newest moment that can be shown is now `limit`. A playhead that has reached the old one goes
    /// on from there, and has become live unless it moves slower than time.
    pub fn set_limit(&mut self, limit: WallTime, now: Duration) {
        let playhead = self.playhead(now);
        if self.playing && !self.reverse && playhead >= self.limit {
            self.anchor = playhead;
            self.since = now;
            self.live |= self.speed.quarters() >= NORMAL;
        }
        self.limit = limit;
    }

    /// The oldest moment that can be shown is now `oldest`.
    pub fn set_oldest(&mut self, oldest: WallTime, now: Duration) {
        if oldest != self.oldest {
            self.settle(now);
            self.oldest = oldest;
        }
    }

    /// Makes the present playhead the anchor.
    fn settle(&mut self, now: Duration) {
        self.anchor = self.playhead(now);
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> WallTime {
        WallTime::from_micros(micros)
    }

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn the_playhead_is_exact_at_every_speed() {
        for speed in Speed::ALL {
            let mut transport = Transport::new(at(1_000), seconds(5));
            transport.set_speed(speed, seconds(6));
            transport.play(seconds(7));
            let passed = 3_600 * 1_000_000 * speed.quarters() / 4;
            assert_eq!(transport.playhead(seconds(3_607)), at(1_000 + passed));
        }
    }

    #[test]
    fn speed_survives_a_seek_and_a_pause() {
        let mut transport = Transport::new(at(0), seconds(0));
        transport.set_speed(Speed::Eight, seconds(0));
        transport.play(seconds(0));
        transport.seek(at(500), seconds(1));
        assert!(transport.is_playing());
        assert_eq!(transport.playhead(seconds(2)), at(8_000_500));
        transport.pause(seconds(2));
        assert_eq!(transport.playhead(seconds(9)), at(8_000_500));
        assert_eq!(transport.speed(), Speed::Eight);
    }

    #[test]
    fn it_waits_at_the_live_edge_and_goes_on_with_it() {
        let mut transport = Transport::new(at(0), seconds(0));
        transport.set_limit(at(4_000_000), seconds(0));
        transport.set_speed(Speed::Four, seconds(0));
        transport.play(seconds(0));
        assert_eq!(transport.playhead(seconds(3)), at(4_000_000));
        assert!(!transport.is_live());
        transport.set_limit(at(6_000_000), seconds(3));
        assert!(transport.is_live());
        assert_eq!(
            transport.playhead(seconds(4)),
            at(5_000_000),
            "at the edge time passes normally"
        );
        assert_eq!(transport.playhead(seconds(9)), at(6_000_000));
        transport.seek(at(0), seconds(9));
        assert!(!transport.is_live() && transport.speed() == Speed::Four);
    }

    #[test]
    fn going_live_starts_at_the_newest_moment() {
        let mut transport = Transport::new(at(0), seconds(0));
        transport.set_speed(Speed::Quarter, seconds(0));
        transport.set_limit(at(9_000_000), seconds(1));
        transport.go_live(seconds(2));
        assert_eq!(transport.playhead(seconds(2)), at(9_000_000));
        assert!(transport.is_live() && transport.is_playing());
        transport.set_limit(at(11_000_000), seconds(3));
        assert_eq!(transport.playhead(seconds(4)), at(10_000_000));
        transport.set_speed(Speed::Half, seconds(4));
        assert!(!transport.is_live(), "slower than time leaves the edge");
    }

    #[test]
    fn in_reverse_it_stops_at_the_oldest_moment() {
        let mut transport = Transport::new(at(9_000_000), seconds(0));
        transport.set_oldest(at(2_000_000), seconds(0));
        transport.set_speed(Speed::Double, seconds(0));
        transport.set_reverse(true, seconds(0));
        transport.play(seconds(0));
        assert_eq!(transport.playhead(seconds(3)), at(3_000_000));
        assert!(!transport.is_at_the_oldest(seconds(3)));
        assert_eq!(transport.playhead(seconds(60)), at(2_000_000));
        assert!(transport.is_at_the_oldest(seconds(60)));
        assert_eq!(transport.time_until(at(1_000_000), seconds(1)), None, "never");
        transport.set_oldest(at(1_000_000), seconds(60));
        assert_eq!(transport.playhead(seconds(61)), at(1_000_000), "it goes on from there");
    }

    #[test]
    fn reversing_leaves_the_live_edge_and_going_live_moves_forward() {
        let mut transport = Transport::new(at(0), seconds(0));
        transport.set_limit(at(9_000_000), seconds(0));
        transport.go_live(seconds(0));
        transport.set_reverse(true, seconds(1));
        assert!(!transport.is_live() && transport.is_playing());
        transport.set_limit(at(9_500_000), seconds(1));
        assert!(!transport.is_live(), "the edge does not catch a playhead that leaves it");
        assert_eq!(transport.playhead(seconds(2)), at(8_000_000));
        transport.seek(at(5_000_000), seconds(2));
        assert!(transport.is_reverse() && transport.is_playing());
        transport.go_live(seconds(3));
        assert!(transport.is_live() && !transport.is_reverse());
    }

    #[test]
    fn nothing_later_than_the_newest_moment_can_be_sought() {
        let mut transport = Transport::new(at(0), seconds(0));
        transport.set_limit(at(100), seconds(0));
        transport.seek(at(5_000), seconds(0));
        assert_eq!(transport.playhead(seconds(0)), at(100));
    }

    #[test]
    fn time_until_is_when_the_playhead_arrives() {
        for speed in Speed::ALL {
            let mut transport = Transport::new(at(77), seconds(1));
            transport.set_speed(speed, seconds(1));
            assert_eq!(transport.time_until(at(78), seconds(1)), None, "paused");
            transport.play(seconds(1));
            for target in [78, 100, 40_077, 1_000_001] {
                let wait = transport.time_until(at(target), seconds(1)).expect("playing");
                assert!(transport.playhead(seconds(1) + wait) >= at(target));
                let before = wait.saturating_sub(Duration::from_micros(1));
                assert!(transport.playhead(seconds(1) + before) < at(target) || wait.is_zero());
            }
            assert_eq!(transport.time_until(at(70), seconds(2)), Some(Duration::ZERO));
            transport.set_limit(at(200_000_000), seconds(1));
            assert_eq!(transport.time_until(at(200_000_001), seconds(2)), None, "past the limit");
        }
    }
}
