//! Pieces of time in which a zone's offset from UTC stays the same.
//!
//! Must not do: know of schedules.

use std::ops::Range;

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;

/// Seconds in a day of 24 hours.
pub(super) const DAY: i64 = 86_400;

/// First second that is looked at: the year 1.
pub(super) const FIRST: i64 = -62_135_596_800;

/// First second that is looked at no more: the year 9999.
pub(super) const LAST: i64 = 253_370_764_800;

/// A piece of time, a day long at the most, with one offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Seconds since the Unix epoch.
    pub utc: Range<i64>,
    /// What is added to UTC to get local time, in seconds.
    pub offset: i64,
}

impl Piece {
    /// The piece that begins with the second `start`. No zone changes its clocks there and back within
    /// a day, so equal offsets a day apart mean that there is no change between.
    pub fn after(zone: Tz, start: i64) -> Self {
        let offset = offset(zone, start);
        let (mut same, mut other) = (start, (start + DAY).min(LAST));
        if self::offset(zone, other) == offset {
            return Self { utc: start..other, offset };
        }
        while other - same > 1 {
            let middle = i64::midpoint(same, other);
            if self::offset(zone, middle) == offset { same = middle } else { other = middle }
        }
        Self { utc: start..other, offset }
    }

    /// The piece that ends before the second `end`.
    pub fn before(zone: Tz, end: i64) -> Self {
        let offset = offset(zone, end - 1);
        let (mut other, mut same) = ((end - DAY).max(FIRST), end - 1);
        if self::offset(zone, other) == offset {
            return Self { utc: other..end, offset };
        }
        while same - other > 1 {
            let middle = i64::midpoint(same, other);
            if self::offset(zone, middle) == offset { same = middle } else { other = middle }
        }
        Self { utc: same..end, offset }
    }
}

/// What is added to UTC to get the zone's local time, in seconds.
pub(super) fn offset(zone: Tz, second: i64) -> i64 {
    DateTime::from_timestamp(second, 0).map_or(0, |at| {
        zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc().into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).expect("a time").timestamp()
    }

    #[test]
    fn a_piece_ends_where_clocks_change() {
        let change = second("2026-03-29T01:00:00Z");
        let zone = chrono_tz::Europe::Berlin;
        for gap in [1, 59, 3_600, DAY - 1, DAY] {
            let before = Piece::after(zone, change - gap);
            assert_eq!(before, Piece { utc: change - gap..change, offset: 3_600 });
            let after = Piece::before(zone, change + gap);
            assert_eq!(after, Piece { utc: change..change + gap, offset: 7_200 });
        }
        assert_eq!(Piece::after(zone, change).utc, change..change + DAY);
        assert_eq!(Piece::before(zone, change).utc, change - DAY..change);
    }

    #[test]
    fn pieces_stay_between_the_ends() {
        assert_eq!(Piece::after(Tz::UTC, LAST - 5).utc, LAST - 5..LAST);
        assert_eq!(Piece::before(Tz::UTC, FIRST + 5).utc, FIRST..FIRST + 5);
        assert_eq!(second("9999-01-01T00:00:00Z"), LAST);
        assert_eq!(second("0001-01-01T00:00:00Z"), FIRST);
    }
}
