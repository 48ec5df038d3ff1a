//! When a segment ends and the next begins.
//!
//! Must not do: I/O, or read a clock; it is given the times.

use chrono::{FixedOffset, NaiveTime, Offset, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;

use crate::model::WallTime;

const MICROS_PER_SECOND: i64 = 1_000_000;

const SECONDS_PER_HOUR: i64 = 3_600;

const SECONDS_PER_DAY: i64 = 86_400;

/// What closing a segment adds for each sample at most, in bytes: size 4, duration 8, composition
/// offset 8, random access 4, and a share of the offsets (ISO/IEC 14496-12, 8.6 and 8.7).
const CLOSING_BYTES_PER_SAMPLE: u64 = 26;

/// What closing a segment adds in any case.
const CLOSING_BYTES: u64 = 4_096;

/// The limits of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Length in minutes; cuts are at multiples of it from local midnight.
    pub minutes: u32,
    /// Largest file in bytes; none means no limit.
    pub bytes: Option<u64>,
}

/// How far the segment being written has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// From when on it must not take another random access point.
    pub boundary: WallTime,
    /// Bytes in its file.
    pub bytes: u64,
    /// Samples in it.
    pub samples: u64,
    /// Bytes of its largest GOP so far.
    pub largest_gop: u64,
}

/// Whether a fragment that begins with a random access point at `start` belongs into a new segment.
/// `gop` is what is known of its GOP's bytes; it may grow as large as the largest before it.
#[must_use]
pub fn must_cut(limits: &Limits, extent: &Extent, start: WallTime, gop: u64) -> bool {
    if start >= extent.boundary {
        return true;
    }
    let Some(limit) = limits.bytes else {
        return false;
    };
    // A quarter more than the largest so far, so that a growing GOP still fits.
    let expected = gop.max(extent.largest_gop) / 4 * 5;
    let closing =
        CLOSING_BYTES + CLOSING_BYTES_PER_SAMPLE * (extent.samples + extent.samples / 8 + 512);
    extent.bytes + expected + closing > limit
}

/// The first multiple of `minutes` after `start`, counted from local midnight in `zone`; at the latest the
/// next midnight. Of an hour that is repeated each round is cut for itself.
#[must_use]
pub fn boundary_after(start: WallTime, zone: Tz, minutes: u32) -> WallTime {
    let local = zone.from_utc_datetime(&start.to_utc().naive_utc());
    let second = i64::from(local.num_seconds_from_midnight());
    let length = i64::from(minutes) * 60;
    let next = ((second / length + 1) * length).min(SECONDS_PER_DAY);
    let whole = start.as_micros().div_euclid(MICROS_PER_SECOND) * MICROS_PER_SECOND;
    let straight = WallTime::from_micros(whole + (next - second) * MICROS_PER_SECOND);
    if length <= SECONDS_PER_HOUR {
        return straight;
    }
    // A longer stretch may have a clock change inside, and is an hour shorter or longer then.
    let midnight = local.date_naive().and_time(NaiveTime::MIN);
    let shown = zone.from_local_datetime(&(midnight + TimeDelta::seconds(next))).earliest();
    shown.map(WallTime::from).filter(|shown| *shown > start).unwrap_or(straight)
}

/// By how much local time in `zone` is ahead of UTC at `at`.
#[must_use]
pub fn offset_at(at: WallTime, zone: Tz) -> FixedOffset {
    zone.offset_from_utc_datetime(&at.to_utc().naive_utc()).fix()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> WallTime {
        WallTime::parse_rfc3339(text).expect("valid")
    }

    #[test]
    fn boundaries_are_full_local_hours() {
        let cases = [
            ("2026-03-03T14:25:10.5+01:00", "Europe/Berlin", 60, "2026-03-03T15:00:00+01:00"),
            ("2026-03-03T15:00:00+01:00", "Europe/Berlin", 60, "2026-03-03T16:00:00+01:00"),
            ("2026-03-03T14:25:10+05:30", "Asia/Kolkata", 60, "2026-03-03T15:00:00+05:30"),
            ("2026-03-03T14:25:10+01:00", "Europe/Berlin", 15, "2026-03-03T14:30:00+01:00"),
            ("2026-03-03T23:59:59.9+01:00", "Europe/Berlin", 1440, "2026-03-04T00:00:00+01:00"),
            ("2026-03-03T23:30:00+01:00", "Europe/Berlin", 50, "2026-03-04T00:00:00+01:00"),
            ("2026-10-25T02:30:00+02:00", "Europe/Berlin", 60, "2026-10-25T02:00:00+01:00"),
            ("2026-03-29T01:30:00+01:00", "Europe/Berlin", 60, "2026-03-29T03:00:00+02:00"),
            ("2026-03-29T00:30:00+01:00", "Europe/Berlin", 240, "2026-03-29T04:00:00+02:00"),
            ("2026-10-25T00:30:00+02:00", "Europe/Berlin", 1440, "2026-10-26T00:00:00+01:00"),
        ];
        for (start, zone, minutes, boundary) in cases {
            let zone = zone.parse().expect("zone");
            assert_eq!(boundary_after(at(start), zone, minutes), at(boundary), "{start}");
        }
    }

    #[test]
    fn a_segment_is_cut_at_its_boundary_or_before_its_limit() {
        let extent = Extent {
            boundary: WallTime::from_micros(100),
            bytes: 1_000_000,
            samples: 1_000,
            largest_gop: 100_000,
        };
        let limits = |bytes| Limits { minutes: 60, bytes };
        let (before, boundary) = (WallTime::from_micros(99), WallTime::from_micros(100));
        assert!(!must_cut(&limits(None), &extent, before, 0));
        assert!(must_cut(&limits(None), &extent, boundary, 0));
        assert!(!must_cut(&limits(Some(1_200_000)), &extent, before, 100_000));
        assert!(must_cut(&limits(Some(1_150_000)), &extent, before, 100_000));
        assert!(must_cut(&limits(Some(1_200_000)), &extent, before, 400_000));
    }
}
