//! Properties of schedules: at every minute a calendar says what somebody would say who looks at a local
//! clock and then at the list of ranges.

#![allow(clippy::expect_used)] // the helpers of tests are no tests in clippy's eyes

mod local_clock;

use chrono::NaiveDate;
use chrono_tz::{Africa, America, Asia, Australia, Europe, Tz};
use proptest::collection::vec;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use watchkeeper::model::{Calendar, Schedule, WallTime};

use local_clock::{DAY, MINUTE, Row, Rule, Table, YEARS, ZONES, case, span, time};

/// How far a stretch is walked, in minutes each way.
const WALK: i64 = 40 * 24 * 60;

/// Asserts that a stretch is constant and ends where it must, to the second.
fn check_stretch(table: &Table, zone: Tz, calendar: &Calendar, at: WallTime) {
    let stretch = calendar.stretch(at);
    assert!(stretch.span.contains(at), "{stretch:?} is not around {at}");
    let second = at.as_micros().div_euclid(1_000_000);
    let mut walk = second - second.rem_euclid(MINUTE) - WALK * MINUTE;
    for _ in 0..2 * WALK {
        if stretch.span.contains(time(walk)) {
            assert_eq!(table.active(zone, walk), stretch.active, "{} in {stretch:?}", time(walk));
        }
        walk += MINUTE;
    }
    let (start, end) = (stretch.span.start, stretch.span.end);
    for (border, before) in [(start, !stretch.active), (end, stretch.active)] {
        if border == WallTime::MIN || border == WallTime::MAX {
            continue;
        }
        assert_eq!(border.as_micros() % 1_000_000, 0);
        let second = border.as_micros() / 1_000_000;
        for (at, expected) in [(second - 1, before), (second, !before), (second + 1, !before)] {
            assert_eq!(table.active(zone, at), expected, "oracle at {}", time(at));
            assert_eq!(calendar.is_active(time(at)), expected, "calendar at {}", time(at));
        }
    }
}

proptest! {
    #[test]
    fn every_minute_is_as_a_local_clock_says((zone, table, start) in case(), inside in 0..MINUTE) {
        let zone = ZONES[zone];
        let calendar = table.calendar(zone);
        let end = start + 12 * DAY;
        for at in (start..end).step_by(60) {
            let expected = table.active(zone, at);
            prop_assert_eq!(calendar.is_active(time(at)), expected, "{}", time(at));
            prop_assert_eq!(calendar.is_active(time(at + inside)), expected, "{}", time(at + inside));
        }
        prop_assert_eq!(calendar.active_spans(span(start, end)), table.runs(zone, start, end));
    }

    #[test]
    fn a_stretch_reaches_from_border_to_border(
        (zone, table, start) in case(),
        moments in vec(0..12 * DAY * 1_000_000, 4),
    ) {
        let zone = ZONES[zone];
        let calendar = table.calendar(zone);
        for moment in moments {
            check_stretch(&table, zone, &calendar, time(start).plus_micros(moment));
        }
    }

    #[test]
    fn stretches_follow_one_another_without_holes((zone, table, start) in case()) {
        let zone = ZONES[zone];
        let calendar = table.calendar(zone);
        let window = span(start, start + 12 * DAY);
        let mut active = Vec::new();
        let mut stretch = calendar.stretch(window.start);
        while stretch.span.start < window.end {
            if stretch.active {
                active.push(stretch.span.intersect(window));
            }
            let next = calendar.stretch(stretch.span.end);
            if stretch.span.end == WallTime::MAX {
                break;
            }
            prop_assert_eq!(next.span.start, stretch.span.end);
            prop_assert_ne!(next.active, stretch.active);
            stretch = next;
        }
        prop_assert_eq!(active, table.runs(zone, start, start + 12 * DAY));
    }

    #[test]
    fn what_is_written_is_read((_, table, _) in case()) {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct File {
            schedule: Vec<Schedule>,
        }
        let file = File { schedule: table.schedules() };
        let text = toml_edit::ser::to_string_pretty(&file).expect("text");
        prop_assert_eq!(toml_edit::de::from_str::<File>(&text).expect(&text), file);
    }
}

/// Two nights, a lunch hour, the hours in which clocks change, and three exceptions a year.
fn all_years(zone: Tz) {
    let week = |days: [u8; 7], from, to| Row { days: days.map(|day| day == 1), from, to };
    let exceptions = (2015..=2030).flat_map(|year| {
        [(5, 1, Rule::Never), (3, 29, Rule::AllDay), (12, 31, Rule::Other)].map(
            |(month, day, rule)| (NaiveDate::from_ymd_opt(year, month, day).expect("a date"), rule),
        )
    });
    let table = Table {
        rows: vec![
            week([0, 0, 0, 0, 1, 1, 0], 22 * 60, 5 * 60 + 30),
            week([1, 1, 1, 1, 1, 0, 0], 12 * 60, 13 * 60),
            week([0, 0, 0, 0, 0, 0, 1], 60 + 45, 2 * 60 + 15),
            week([0, 0, 0, 0, 0, 0, 1], 2 * 60 + 20, 2 * 60 + 50),
        ],
        other: vec![week([1; 7], 20 * 60, 60)],
        exceptions: exceptions.collect(),
    };
    let runs = table.runs(zone, YEARS.0, YEARS.1);
    let calendar = table.calendar(zone);
    assert_eq!(calendar.active_spans(span(YEARS.0, YEARS.1)), runs);
    for run in &runs {
        let stretch = calendar.stretch(run.start.plus_micros(run.micros() / 2));
        assert!(stretch.active);
        assert_eq!(stretch.span, *run);
    }
}

#[test]
fn sixteen_years_in_berlin() {
    all_years(Europe::Berlin);
}

#[test]
fn sixteen_years_in_new_york() {
    all_years(America::New_York);
}

#[test]
fn sixteen_years_on_lord_howe() {
    all_years(Australia::Lord_Howe);
}

#[test]
fn sixteen_years_in_kolkata() {
    all_years(Asia::Kolkata);
}

#[test]
fn sixteen_years_in_casablanca() {
    all_years(Africa::Casablanca);
}
