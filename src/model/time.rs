//! The two time lines of the program: [`WallTime`] (UTC) and [`MediaTime`] (the stream's own ticks).
//!
//! Must not do: read a clock, or convert between the two; only `media::ClockMap` converts.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// Ticks of [`MediaTime`] in a second: the RTP clock of H.264 (RFC 6184, 8.2.1).
pub const TICKS_PER_SECOND: i64 = 90_000;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// A moment in UTC, in microseconds since the Unix epoch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WallTime(i64);

impl WallTime {
    /// Before everything.
    pub const MIN: Self = Self(i64::MIN);
    /// After everything.
    pub const MAX: Self = Self(i64::MAX);

    /// From microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Microseconds from `earlier` to `self`; negative when `earlier` is later.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This moment moved by `micros`, saturating at the ends of time.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// The same moment as a chrono value; the ends of time become chrono's ends.
    #[must_use]
    pub fn to_utc(self) -> DateTime<Utc> {
        let fallback = if self.0 < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
        Utc.timestamp_micros(self.0).single().unwrap_or(fallback)
    }

    /// RFC 3339 in UTC with microseconds, as the command line prints it.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        self.to_utc().to_rfc3339_opts(SecondsFormat::Micros, true)
    }

    /// Reads RFC 3339 with any offset.
    ///
    /// # Errors
    /// The parser's own error when `text` is not RFC 3339.
    pub fn parse_rfc3339(text: &str) -> Result<Self, chrono::ParseError> {
        DateTime::parse_from_rfc3339(text).map(|t| Self(t.timestamp_micros()))
    }
}

impl<Tz: TimeZone> From<DateTime<Tz>> for WallTime {
    fn from(value: DateTime<Tz>) -> Self {
        Self(value.timestamp_micros())
    }
}

impl Add<Duration> for WallTime {
    type Output = Self;
    fn add(self, rhs: Duration) -> Self {
        self.plus_micros(i64::try_from(rhs.as_micros()).unwrap_or(i64::MAX))
    }
}

impl Sub<Duration> for WallTime {
    type Output = Self;
    fn sub(self, rhs: Duration) -> Self {
        self.plus_micros(i64::try_from(rhs.as_micros()).map_or(i64::MIN, |m| -m))
    }
}

impl fmt::Debug for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

/// A position on a stream's own clock, in 90 kHz ticks. Its zero is stated where it is used: the start
/// of the run for captured units, the start of the segment for stored samples.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct MediaTime(i64);

impl MediaTime {
    /// From 90 kHz ticks.
    #[must_use]
    pub const fn from_ticks(ticks: i64) -> Self {
        Self(ticks)
    }

    /// 90 kHz ticks.
    #[must_use]
    pub const fn ticks(self) -> i64 {
        self.0
    }

    /// Ticks from `earlier` to `self`.
    #[must_use]
    pub const fn ticks_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This position moved by `ticks`.
    #[must_use]
    pub const fn plus_ticks(self, ticks: i64) -> Self {
        Self(self.0.saturating_add(ticks))
    }
}

/// 90 kHz ticks to microseconds, rounded to the nearest.
#[must_use]
pub fn ticks_to_micros(ticks: i64) -> i64 {
    scale(ticks, MICROS_PER_SECOND, TICKS_PER_SECOND)
}

/// Microseconds to 90 kHz ticks, rounded to the nearest.
#[must_use]
pub fn micros_to_ticks(micros: i64) -> i64 {
    scale(micros, TICKS_PER_SECOND, MICROS_PER_SECOND)
}

/// `value * numerator / denominator`, rounded to the nearest, without overflow in between.
#[must_use]
pub fn scale(value: i64, numerator: i64, denominator: i64) -> i64 {
    let product = i128::from(value) * i128::from(numerator);
    let denominator = i128::from(denominator);
    let rounded = (2 * product + denominator).div_euclid(2 * denominator);
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
}

/// A half-open stretch of wall time: `start` belongs to it, `end` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WallSpan {
    /// First moment inside.
    pub start: WallTime,
    /// First moment after it.
    pub end: WallTime,
}

impl WallSpan {
    /// All of time.
    pub const ALL: Self = Self { start: WallTime::MIN, end: WallTime::MAX };

    /// A span from `start` to `end`; an `end` before `start` gives an empty span at `start`.
    #[must_use]
    pub fn new(start: WallTime, end: WallTime) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Length in microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.end.micros_since(self.start)
    }

    /// Whether nothing lies inside.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether `at` lies inside.
    #[must_use]
    pub fn contains(self, at: WallTime) -> bool {
        self.start <= at && at < self.end
    }

    /// Whether some moment lies in both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The common part, empty when there is none.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_round_trip_keeps_microseconds() {
        let t = WallTime::parse_rfc3339("2026-03-03T17:06:09.123456+01:00").expect("valid");
        assert_eq!(t.to_rfc3339(), "2026-03-03T16:06:09.123456Z");
        assert_eq!(WallTime::parse_rfc3339(&t.to_rfc3339()), Ok(t));
    }

    #[test]
    fn ticks_and_micros_convert_to_the_nearest() {
        assert_eq!(ticks_to_micros(1), 11);
        assert_eq!(ticks_to_micros(-1), -11);
        assert_eq!(micros_to_ticks(1_000_000), 90_000);
        for ticks in [-7, 0, 3, 3_600 * 90_000 + 1] {
            assert_eq!(micros_to_ticks(ticks_to_micros(ticks)), ticks);
        }
    }

    #[test]
    fn spans_are_half_open() {
        let span = WallSpan::new(WallTime::from_micros(10), WallTime::from_micros(20));
        assert!(span.contains(span.start) && !span.contains(span.end));
        let next = WallSpan::new(span.end, WallTime::from_micros(30));
        assert!(!span.overlaps(next) && span.intersect(next).is_empty());
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        assert_eq!(WallTime::MAX + Duration::from_secs(1), WallTime::MAX);
        assert_eq!(WallTime::MIN - Duration::from_secs(1), WallTime::MIN);
        assert!(!WallTime::MAX.to_rfc3339().is_empty());
    }
}
