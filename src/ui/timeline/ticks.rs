//! Ticks: which moments of the visible span get a line and which a label.
//!
//! Must not do: know egui or footage. Pure. Labels are local time; a repeated hour reads A and B, a missing
//! one is simply not there.

use chrono::{Days, NaiveTime, TimeDelta};

use super::axis::Axis;
use crate::model::{WallSpan, WallTime};
use crate::ui::zone::{Zone, month_of};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Between two labels at least, in points.
pub const LABEL_GAP: f64 = 14.0;

/// Width of a character of a label in points: digits of Inter at 12 points are 7.6 wide.
pub const CHARACTER: f64 = 7.0;

/// Small ticks stand at least this far apart, in points.
const MINOR_GAP: f64 = 7.0;

/// More ticks than this are never made, whatever the width.
const MOST: usize = 2_000;

/// Distances between labels, each with that of its small ticks. Up to a quarter of an hour they are counted
/// in UTC, since every zone's offset is a multiple of it; longer ones on the local clock.
const STEPS: [(i64, i64); 19] = [
    (SECOND / 10, SECOND / 50),
    (SECOND / 5, SECOND / 20),
    (SECOND / 2, SECOND / 10),
    (SECOND, SECOND / 5),
    (2 * SECOND, SECOND / 2),
    (5 * SECOND, SECOND),
    (10 * SECOND, 2 * SECOND),
    (30 * SECOND, 5 * SECOND),
    (MINUTE, 10 * SECOND),
    (2 * MINUTE, 30 * SECOND),
    (5 * MINUTE, MINUTE),
    (15 * MINUTE, 5 * MINUTE),
    (30 * MINUTE, 15 * MINUTE),
    (HOUR, 15 * MINUTE),
    (2 * HOUR, 30 * MINUTE),
    (3 * HOUR, HOUR),
    (6 * HOUR, HOUR),
    (12 * HOUR, 3 * HOUR),
    (DAY, 6 * HOUR),
];

/// Longest step that is counted in UTC.
const LONGEST_UTC: i64 = 15 * MINUTE;

/// Days between labels, when a day is too short for one; then come months.
const DAYS: [u64; 2] = [2, 7];

/// Months between labels.
const MONTHS: [i32; 4] = [1, 3, 6, 12];

/// One line of the ruler.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// When.
    pub at: WallTime,
    /// Where, in points from the left.
    pub x: f64,
    /// What is written beside it; nothing for a small tick or where there is no room.
    pub label: String,
    /// Whether a local day begins here.
    pub midnight: bool,
}

impl Tick {
    /// Where its label ends.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "labels are short")]
    pub fn label_end(&self) -> f64 {
        self.x + self.label.chars().count() as f64 * CHARACTER
    }
}

/// The ticks of an axis in time order.
#[must_use]
pub fn ticks(axis: &Axis, zone: &Zone) -> Vec<Tick> {
    let fits = |micros: i64, points: f64| points_of(axis, micros) >= points;
    let found = STEPS.iter().find(|(step, _)| fits(*step, label_width(*step)));
    let mut ticks = match found {
        Some((step, small)) => {
            let small = if fits(*small, MINOR_GAP) { *small } else { *step };
            clock_ticks(axis, zone, *step, small)
        }
        None => calendar_ticks(axis, zone),
    };
    ticks.sort_by_key(|tick| tick.at);
    drop_overlapping_labels(&mut ticks);
    ticks
}

/// Where clocks change: the hour before is there twice, or the hour after is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// When.
    pub at: WallTime,
    /// How much the clock is put forward, in microseconds; negative when it is put back.
    pub forward: i64,
}

/// Wider views show no breaks: an hour is less than a point.
const LONGEST_WITH_BREAKS: i64 = 60 * DAY;

/// The breaks of an axis in time order.
#[must_use]
pub fn breaks(axis: &Axis, zone: &Zone) -> Vec<Break> {
    let span = axis.span();
    if span.micros() > LONGEST_WITH_BREAKS {
        return Vec::new();
    }
    let days = 0..=span.micros() / DAY;
    let part = |day: i64| {
        let start = span.start.plus_micros(day * DAY);
        WallSpan::new(start, start.plus_micros(DAY).min(span.end))
    };
    days.filter_map(|day| change_within(part(day), zone)).collect()
}

/// The change of clocks in a span of at most a day, found by halving it.
fn change_within(span: WallSpan, zone: &Zone) -> Option<Break> {
    let (mut before, mut after) = (span.start, span.end);
    let forward = zone.ahead_of_utc(after) - zone.ahead_of_utc(before);
    if forward == 0 {
        return None;
    }
    while after.micros_since(before) > 1 {
        let middle = before.plus_micros(after.micros_since(before) / 2);
        if zone.ahead_of_utc(middle) == zone.ahead_of_utc(span.start) {
            before = middle;
        } else {
            after = middle;
        }
    }
    Some(Break { at: after, forward })
}

fn points_of(axis: &Axis, micros: i64) -> f64 {
    axis.x_of(axis.span().start.plus_micros(micros))
}

/// Room that a label of this step needs, with its gap: `00:00:00.0`, `00:00:00`, `00:00A`, `30 Sep`.
fn label_width(step: i64) -> f64 {
    let characters = match step {
        s if s < SECOND => 10.0,
        s if s < MINUTE => 8.0,
        _ => 6.0,
    };
    characters * CHARACTER + LABEL_GAP
}

/// Ticks at steps of at most a day, by the local clock.
fn clock_ticks(axis: &Axis, zone: &Zone, step: i64, small: i64) -> Vec<Tick> {
    let moments = if small <= LONGEST_UTC && step <= LONGEST_UTC {
        every_utc(axis.span(), small)
    } else {
        every_local(axis.span(), zone, small)
    };
    let make = |at: WallTime| {
        let since_midnight = local_micros(zone, at);
        let midnight = since_midnight == 0;
        let label = if since_midnight % step == 0 {
            label(zone, at, step, midnight)
        } else {
            String::new()
        };
        Tick { at, x: axis.x_of(at), label, midnight }
    };
    moments.into_iter().map(make).collect()
}

fn every_utc(span: WallSpan, step: i64) -> Vec<WallTime> {
    let start = span.start.as_micros();
    let first = start + (step - start.rem_euclid(step)) % step;
    (0..MOST)
        .map(|n| WallTime::from_micros(first + i64::try_from(n).unwrap_or(0) * step))
        .take_while(|at| *at < span.end)
        .collect()
}

fn every_local(span: WallSpan, zone: &Zone, step: i64) -> Vec<WallTime> {
    let mut found = Vec::new();
    let mut date = zone.day(span.start);
    while found.len() < MOST && zone.start_of(date) < span.end {
        for n in 0..DAY / step {
            let time = NaiveTime::MIN + TimeDelta::microseconds(n * step);
            found.extend(zone.moments(date, time).filter(|at| span.contains(*at)));
        }
        let Some(next) = date.checked_add_days(Days::new(1)) else { break };
        date = next;
    }
    found
}

/// What the local clock shows, as microseconds since 00:00.
fn local_micros(zone: &Zone, at: WallTime) -> i64 {
    let since = zone.local(at).time() - NaiveTime::MIN;
    since.num_microseconds().unwrap_or(0)
}

fn label(zone: &Zone, at: WallTime, step: i64, midnight: bool) -> String {
    match step {
        s if s < SECOND => {
            let tenths = at.as_micros().rem_euclid(SECOND) / (SECOND / 10);
            format!("{}.{tenths}", zone.seconds(at))
        }
        _ if midnight => zone.day_month(at),
        s if s < MINUTE => zone.seconds(at),
        _ => zone.minutes(at),
    }
}

/// Ticks at whole days or months, for spans of weeks to years.
fn calendar_ticks(axis: &Axis, zone: &Zone) -> Vec<Tick> {
    let span = axis.span();
    let room = 8.0 * CHARACTER + LABEL_GAP;
    let first = zone.day(span.start);
    let tick = |at: WallTime, label: String| Tick { at, x: axis.x_of(at), label, midnight: true };
    if let Some(days) = DAYS.into_iter().find(|d| points_of(axis, DAY * d.cast_signed()) >= room) {
        let week = first.checked_sub_days(Days::new(u64::from(weekday(first)))).unwrap_or(first);
        return std::iter::successors(Some(week), |d| d.checked_add_days(Days::new(days)))
            .map(|date| zone.start_of(date))
            .take_while(|at| *at < span.end)
            .filter(|at| span.contains(*at))
            .take(MOST)
            .map(|at| tick(at, zone.day_month(at)))
            .collect();
    }
    let months = MONTHS
        .into_iter()
        .find(|m| points_of(axis, 30 * DAY * i64::from(*m)) >= room)
        .unwrap_or(12);
    let year = month_of(first, -first_month_index(first));
    std::iter::successors(Some(year), |d| Some(month_of(*d, months)))
        .map(|date| (date, zone.start_of(date)))
        .take_while(|(_, at)| *at < span.end)
        .filter(|(_, at)| span.contains(*at))
        .take(MOST)
        .map(|(date, at)| tick(at, zone.dates().month(date)))
        .collect()
}

fn weekday(date: chrono::NaiveDate) -> u32 {
    chrono::Datelike::weekday(&date).num_days_from_monday()
}

fn first_month_index(date: chrono::NaiveDate) -> i32 {
    chrono::Datelike::month0(&date).cast_signed()
}

/// Takes labels away where clock changes push them together; days win over hours.
fn drop_overlapping_labels(ticks: &mut [Tick]) {
    for pass in [true, false] {
        for i in 0..ticks.len() {
            if ticks[i].label.is_empty() || ticks[i].midnight != pass {
                continue;
            }
            let start = ticks[i].x;
            let end = ticks[i].label_end();
            let clashes = |other: &Tick| {
                !other.label.is_empty()
                    && other.x < end + LABEL_GAP
                    && start < other.label_end() + LABEL_GAP
            };
            let earlier =
                ticks[..i].iter().rev().find(|t| !t.label.is_empty()).is_some_and(clashes);
            // In the second pass a day's label behind this one stays, this one goes.
            let later = !pass
                && ticks[i + 1..]
                    .iter()
                    .take_while(|t| t.x < end + LABEL_GAP)
                    .any(|t| t.midnight && clashes(t));
            if earlier || later {
                ticks[i].label.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: &str, to: &str, width: f32) -> Vec<String> {
        let at = |text| WallTime::parse_rfc3339(text).expect("a time");
        let axis = Axis::new(WallSpan::new(at(from), at(to)), width);
        let ticks = ticks(&axis, &Zone::named("Europe/Berlin"));
        ticks.into_iter().map(|t| t.label).filter(|l| !l.is_empty()).collect()
    }

    #[test]
    fn a_working_day_has_hours() {
        let labels = labels("2026-03-03T07:00:00Z", "2026-03-03T18:00:00Z", 1000.0);
        assert_eq!(labels.first().map(String::as_str), Some("08:00"));
        assert_eq!(labels.len(), 11);
    }

    #[test]
    fn the_repeated_hour_is_there_twice_and_the_missing_one_is_not() {
        let autumn = labels("2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z", 800.0);
        let hours: Vec<_> = autumn.iter().filter(|l| l.starts_with("02:00")).collect();
        assert_eq!(hours, ["02:00A", "02:00B"]);
        let spring = labels("2026-03-28T23:00:00Z", "2026-03-29T04:00:00Z", 800.0);
        assert!(!spring.iter().any(|l| l.starts_with("02:")), "{spring:?}");
    }

    #[test]
    fn scales_from_frames_to_years_have_labels() {
        assert!(labels("2026-03-03T07:00:00Z", "2026-03-03T07:00:01Z", 900.0)[1].contains('.'));
        assert!(labels("2026-03-03T07:00:00Z", "2026-03-03T07:01:00Z", 900.0)[1].len() == 8);
        assert!(labels("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", 900.0)[1].contains("Mar"));
        assert!(labels("2020-03-01T00:00:00Z", "2026-04-01T00:00:00Z", 900.0)[1].contains("202"));
    }

    #[test]
    fn breaks_are_where_clocks_change() {
        let at = |text| WallTime::parse_rfc3339(text).expect("a time");
        let zone = Zone::named("Europe/Berlin");
        let found = |from, to| breaks(&Axis::new(WallSpan::new(at(from), at(to)), 900.0), &zone);
        let spring = Break { at: at("2026-03-29T01:00:00Z"), forward: HOUR };
        assert_eq!(found("2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z"), [spring]);
        let autumn = Break { at: at("2026-10-25T01:00:00Z"), forward: -HOUR };
        assert_eq!(found("2026-10-25T00:59:00Z", "2026-10-25T01:01:00Z"), [autumn]);
        assert_eq!(found("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"), []);
    }
}
