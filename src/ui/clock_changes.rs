//! When clocks are put forward or back.
//!
//! Must not do: read a clock; the present moment is handed in. Pure.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::zone::Zone;
use crate::model::WallTime;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A change of local clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockChange {
    /// The local date on which it begins.
    pub date: NaiveDate,
    /// First local time that does not exist, or exists twice.
    pub from: NaiveDateTime,
    /// First local time after those.
    pub to: NaiveDateTime,
    /// Whether these times are missing; else they happen twice.
    pub is_forward: bool,
}

/// The changes within `days` after `now`, earliest first. Two changes on one day that cancel each other are none.
#[must_use]
pub fn clock_changes(zone: &Zone, now: WallTime, days: u16) -> Vec<ClockChange> {
    let mut changes = Vec::new();
    let mut at = now;
    for _ in 0..days {
        let next = at.plus_micros(DAY);
        if zone.ahead_of_utc(at) != zone.ahead_of_utc(next) {
            changes.push(change_between(zone, at, next));
        }
        at = next;
    }
    changes
}

/// The one change between two moments whose offsets differ, to the second.
fn change_between(zone: &Zone, mut before: WallTime, mut after: WallTime) -> ClockChange {
    let (old, new) = (zone.ahead_of_utc(before), zone.ahead_of_utc(after));
    while after.micros_since(before) > SECOND {
        let middle = before.plus_micros(after.micros_since(before) / 2);
        if zone.ahead_of_utc(middle) == old { before = middle } else { after = middle }
    }
    // Changes lie on full seconds; the search ends within one.
    let second = after.as_micros().div_euclid(SECOND);
    let utc = WallTime::from_micros(second * SECOND).to_utc().naive_utc();
    let (from, to) = (old.min(new), old.max(new));
    let (from, to) = (utc + TimeDelta::microseconds(from), utc + TimeDelta::microseconds(to));
    ClockChange { date: from.date(), from, to, is_forward: new > old }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(zone: &str, now: &str) -> Vec<String> {
        let now = WallTime::parse_rfc3339(now).expect("a time");
        let changes = clock_changes(&Zone::named(zone), now, 366);
        let word = |forward| if forward { "missing" } else { "twice" };
        let tell = |c: &ClockChange| {
            format!(
                "{} {}-{} {}",
                c.date,
                c.from.format("%H:%M"),
                c.to.format("%H:%M"),
                word(c.is_forward)
            )
        };
        changes.iter().map(tell).collect()
    }

    #[test]
    fn the_changes_of_the_next_year_are_found() {
        let berlin = ["2026-03-29 02:00-03:00 missing", "2026-10-25 02:00-03:00 twice"];
        assert_eq!(told("Europe/Berlin", "2026-03-03T17:06:09+01:00"), berlin);
        let summer = ["2026-10-25 02:00-03:00 twice", "2027-03-28 02:00-03:00 missing"];
        assert_eq!(told("Europe/Berlin", "2026-07-01T00:00:00Z"), summer);
        let lord_howe = ["2026-04-05 01:30-02:00 twice", "2026-10-04 02:00-02:30 missing"];
        assert_eq!(told("Australia/Lord_Howe", "2026-03-03T00:00:00Z"), lord_howe);
        assert!(told("Asia/Kolkata", "2026-03-03T00:00:00Z").is_empty());
    }

    #[test]
    fn a_change_is_found_to_the_second_from_just_before_it() {
        let first = |now| told("Europe/Berlin", now).first().cloned();
        let missing = Some("2026-03-29 02:00-03:00 missing".to_owned());
        assert_eq!(first("2026-03-29T00:59:59.999999Z"), missing);
        assert_eq!(first("2026-03-29T01:00:00Z"), Some("2026-10-25 02:00-03:00 twice".to_owned()));
    }
}
