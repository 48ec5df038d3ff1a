//! Properties of schedules: at every minute a calendar says what somebody would say who looks at a local
//! clock and then at the list of ranges. That somebody is the oracle here: it converts each single minute to
//! local time and shares nothing with the program.

#![allow(clippy::expect_used)] // the helpers of tests are no tests in clippy's eyes

use std::sync::OnceLock;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::{Africa, America, Asia, Australia, Europe, Tz};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::{Deserialize, Serialize};
use watchkeeper::model::schedule::validate_all;
use watchkeeper::model::{Calendar, DayRange, Exception, Schedule, WallSpan, WallTime};

const ZONES: [Tz; 7] = [
    Europe::Berlin,
    America::New_York,
    Australia::Lord_Howe,
    Asia::Kolkata,
    Africa::Casablanca,
    Africa::Cairo,
    America::Sao_Paulo,
];

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// 1 January of 2015 and of 2031.
const YEARS: (i64, i64) = (1_420_070_400, 1_924_992_000);

/// How far a stretch is walked, in minutes each way.
const WALK: i64 = 40 * 24 * 60;

/// A range of the oracle: weekdays from Monday, minutes of the day.
#[derive(Clone, Debug)]
struct Row {
    days: [bool; 7],
    from: u32,
    to: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    AllDay,
    Never,
    Other,
}

/// What the oracle knows of a schedule.
#[derive(Clone, Debug)]
struct Table {
    rows: Vec<Row>,
    other: Vec<Row>,
    exceptions: Vec<(NaiveDate, Rule)>,
}

/// Whether a row covers a minute of a date, by the three ways in which it can.
fn weekly(rows: &[Row], date: NaiveDate, minute: u32) -> bool {
    let today = date.weekday().num_days_from_monday() as usize;
    let yesterday = date.pred_opt().expect("a date").weekday().num_days_from_monday() as usize;
    rows.iter().any(|row| {
        if row.from < row.to {
            row.days[today] && row.from <= minute && minute < row.to
        } else {
            (row.days[today] && row.from <= minute) || (row.days[yesterday] && minute < row.to)
        }
    })
}

impl Table {
    /// What holds in a second of UTC.
    fn active(&self, zone: Tz, second: i64) -> bool {
        let utc: DateTime<Utc> = DateTime::from_timestamp(second, 0).expect("a moment");
        let local = utc.with_timezone(&zone);
        let (date, minute) = (local.date_naive(), local.hour() * 60 + local.minute());
        match self.exceptions.iter().find(|(exception, _)| *exception == date) {
            Some((_, Rule::AllDay)) => true,
            Some((_, Rule::Never)) => false,
            Some((_, Rule::Other)) => weekly(&self.other, date, minute),
            None => weekly(&self.rows, date, minute),
        }
    }

    /// The runs of active minutes from one second to another, both full minutes.
    fn runs(&self, zone: Tz, start: i64, end: i64) -> Vec<WallSpan> {
        let mut runs = Vec::new();
        let mut open = None;
        let mut at = start;
        while at < end {
            match (self.active(zone, at), open) {
                (true, None) => open = Some(at),
                (false, Some(from)) => {
                    runs.push(span(from, at));
                    open = None;
                }
                _ => {}
            }
            at += MINUTE;
        }
        runs.extend(open.map(|from| span(from, end)));
        runs
    }

    /// The same for the program, by way of its texts.
    fn schedules(&self) -> Vec<Schedule> {
        let exceptions = self.exceptions.iter().map(|(date, rule)| {
            let rule = match rule {
                Rule::AllDay => "all-day",
                Rule::Never => "never",
                Rule::Other => "use Other times",
            };
            Exception { date: *date, rule: rule.parse().expect("a rule") }
        });
        let named = |name: &str, rows: &[Row], exceptions| Schedule {
            name: name.into(),
            ranges: rows.iter().map(range).collect(),
            exceptions,
        };
        vec![
            named("Tested", &self.rows, exceptions.collect()),
            named("Other times", &self.other, Vec::new()),
        ]
    }

    fn calendar(&self, zone: Tz) -> Calendar {
        let schedules = self.schedules();
        assert_eq!(validate_all(&schedules), Ok(()));
        Calendar::new(&schedules, "Tested", zone).expect("it exists")
    }
}

fn range(row: &Row) -> DayRange {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let days: Vec<&str> = (0..7).filter(|day| row.days[*day]).map(|day| names[day]).collect();
    let [from, to] = [row.from, row.to]
        .map(|time| format!("{:02}:{:02}", time / 60, time % 60).parse().expect("a time"));
    DayRange { days: days.join(",").parse().expect("days"), from, to }
}

fn time(second: i64) -> WallTime {
    WallTime::from_micros(second * 1_000_000)
}

fn span(start: i64, end: i64) -> WallSpan {
    WallSpan::new(time(start), time(end))
}

/// Where the zones change their clocks, to the quarter of an hour: looking is the simplest way to find out.
fn changes(zone: usize) -> &'static [i64] {
    static CHANGES: OnceLock<Vec<Vec<i64>>> = OnceLock::new();
    let offset = |zone: Tz, second| {
        let utc = DateTime::from_timestamp(second, 0).expect("a moment").naive_utc();
        zone.offset_from_utc_datetime(&utc).to_string()
    };
    let of_zone = |zone: &Tz| {
        let days = (YEARS.0..YEARS.1).step_by(86_400);
        let changing = days.filter(|day| offset(*zone, *day) != offset(*zone, day + DAY));
        let quarters = changing.flat_map(|day| (day..day + DAY).step_by(900));
        quarters.filter(|at| offset(*zone, at - 900) != offset(*zone, *at)).collect()
    };
    &CHANGES.get_or_init(|| ZONES.iter().map(of_zone).collect())[zone]
}

/// Minutes of the day as people choose them, often near the hours in which clocks change.
fn minute() -> impl Strategy<Value = u32> {
    prop_oneof![0..1440_u32, (0..=16_u32).prop_map(|n| n * 15), (0..=48_u32).prop_map(|n| n * 30)]
}

fn row() -> impl Strategy<Value = Row> {
    let days = prop_oneof![Just([true; 7]), any::<[bool; 7]>()];
    (days, minute(), minute())
        .prop_map(|(days, from, to)| Row { days, from: from % 1440, to })
        .prop_filter("covers something", |row| row.days != [false; 7] && row.from != row.to)
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop_oneof![
        8 => vec(row(), 1..6),
        1 => Just(vec![Row { days: [true; 7], from: 0, to: 1440 }]),
    ]
}

/// A zone, a schedule with exceptions in the days that are looked at, and the first of these days.
fn case() -> impl Strategy<Value = (usize, Table, i64)> {
    let exceptions = vec((0..16_i64, select(vec![Rule::AllDay, Rule::Never, Rule::Other])), 0..7);
    let place = (any::<bool>(), any::<Index>(), YEARS.0 / DAY..YEARS.1 / DAY - 16);
    (0..ZONES.len(), rows(), rows(), exceptions, place).prop_map(
        |(zone, rows, other, exceptions, (at_change, change, day))| {
            let changes = changes(zone);
            let near = |index: &Index| changes[index.index(changes.len())] / DAY - 4;
            let day = if at_change && !changes.is_empty() { near(&change) } else { day };
            let first = DateTime::from_timestamp(day * DAY, 0).expect("a moment").date_naive();
            let mut table = Table { rows, other, exceptions: Vec::new() };
            for (days, rule) in exceptions {
                let date = first + TimeDelta::days(days);
                if table.exceptions.iter().all(|(taken, _)| *taken != date) {
                    table.exceptions.push((date, rule));
                }
            }
            (zone, table, day * DAY)
        },
    )
}

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
