//! The map between a run's media time and wall time: the only place that converts.
//!
//! A run starts at the wall time that its least-delayed picture implies. From there on wall time follows
//! the system clock, bent by at most 500 ppm, so that a camera whose clock runs fast or slow is mapped
//! without a jump. Must not do: read a clock.

use crate::model::time::ticks_to_micros;
use crate::model::{MediaTime, WallTime};

/// Most that a second of media may be stretched or squeezed, in millionths.
pub const MAX_BEND_PPM: i64 = 500;

/// Media time to wall time within one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockMap {
    /// A moment known on both lines: where the mapped part ends.
    anchor_media: MediaTime,
    anchor_wall: WallTime,
}

impl ClockMap {
    /// The map of a run of which these pictures have arrived: `(pts, wall time of arrival)`. Delay can
    /// only make a picture late, so the earliest implied start is the nearest to the truth.
    ///
    /// Returns none when `arrivals` is empty.
    #[must_use]
    pub fn from_first_arrivals(
        first: MediaTime,
        arrivals: impl IntoIterator<Item = (MediaTime, WallTime)>,
    ) -> Option<Self> {
        let start = arrivals.into_iter().map(|(pts, wall)| implied(first, pts, wall)).min()?;
        Some(Self { anchor_media: first, anchor_wall: start })
    }

    /// A map on which `media` is at `wall`.
    #[must_use]
    pub const fn anchored(media: MediaTime, wall: WallTime) -> Self {
        Self { anchor_media: media, anchor_wall: wall }
    }

    /// Wall time at `media`, by the last anchor.
    #[must_use]
    pub fn wall(&self, media: MediaTime) -> WallTime {
        self.anchor_wall.plus_micros(ticks_to_micros(media.ticks_since(self.anchor_media)))
    }

    /// Moves the anchor to `media`, the end of what has been written, and follows the system clock as
    /// `arrivals` show it, by at most [`MAX_BEND_PPM`] of the stretch. Returns the wall time of `media`.
    pub fn advance(
        &mut self,
        media: MediaTime,
        arrivals: impl IntoIterator<Item = (MediaTime, WallTime)>,
    ) -> WallTime {
        let straight = self.wall(media);
        let stretch = ticks_to_micros(media.ticks_since(self.anchor_media)).max(0);
        let limit = stretch * MAX_BEND_PPM / 1_000_000;
        let observed = arrivals.into_iter().map(|(pts, wall)| implied(media, pts, wall)).min();
        let error = observed.map_or(0, |observed| observed.micros_since(straight));
        self.anchor_media = media;
        self.anchor_wall = straight.plus_micros(error.clamp(-limit, limit));
        self.anchor_wall
    }
}

/// The wall time of `at` if the picture shown at `pts` arrived at `wall` without delay.
fn implied(at: MediaTime, pts: MediaTime, wall: WallTime) -> WallTime {
    wall.plus_micros(ticks_to_micros(at.ticks_since(pts)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::TICKS_PER_SECOND;

    const FRAME: i64 = TICKS_PER_SECOND / 25;

    fn arrivals(from: i64, ppm: i64) -> Vec<(MediaTime, WallTime)> {
        (from..from + 50)
            .map(|n| {
                let micros = n * 40_000;
                let late = (n * 7_919 % 31) * 1_000;
                let wall = micros + micros * ppm / 1_000_000 + late;
                (MediaTime::from_ticks(n * FRAME), WallTime::from_micros(wall))
            })
            .collect()
    }

    #[test]
    fn a_run_starts_at_its_least_delayed_picture() {
        let map = ClockMap::from_first_arrivals(MediaTime::default(), arrivals(0, 0));
        assert_eq!(map.map(|m| m.wall(MediaTime::default())), Some(WallTime::from_micros(0)));
        assert_eq!(ClockMap::from_first_arrivals(MediaTime::default(), []), None);
    }

    #[test]
    fn a_drifting_camera_is_followed_within_the_limit() {
        for ppm in [-400, -50, 50, 400] {
            let first = arrivals(0, ppm);
            let mut map =
                ClockMap::from_first_arrivals(MediaTime::default(), first).expect("not empty");
            for gop in 1..1_800 {
                let media = MediaTime::from_ticks(gop * 50 * FRAME);
                map.advance(media, arrivals((gop - 1) * 50, ppm));
            }
            let media = MediaTime::from_ticks(1_799 * 50 * FRAME);
            let truth = 1_799 * 2_000_000 * (1_000_000 + ppm) / 1_000_000;
            let error = map.wall(media).as_micros() - truth;
            assert!(error.abs() < 10_000, "{ppm} ppm: {error} us");
        }
    }

    #[test]
    fn a_burst_of_delay_bends_by_no_more_than_the_limit() {
        let mut map =
            ClockMap::from_first_arrivals(MediaTime::default(), arrivals(0, 0)).expect("some");
        let media = MediaTime::from_ticks(50 * FRAME);
        let late = [(media, WallTime::from_micros(60_000_000))];
        assert_eq!(map.advance(media, late), WallTime::from_micros(2_000_000 + 1_000));
    }
}
