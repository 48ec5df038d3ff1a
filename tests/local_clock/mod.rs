//! Somebody who looks at a local clock and then at a list of ranges, minute by minute: what tests hold
//! calendars against. Converts each single moment to local time and shares nothing with the program.

#![allow(dead_code, clippy::expect_used)] // each test uses a part, and helpers are no tests to clippy

use std::sync::OnceLock;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::{Africa, America, Asia, Australia, Europe, Tz};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use watchkeeper::model::schedule::validate_all;
use watchkeeper::model::{Calendar, DayRange, Exception, Schedule, WallSpan, WallTime};

pub const ZONES: [Tz; 7] = [
    Europe::Berlin,
    America::New_York,
    Australia::Lord_Howe,
    Asia::Kolkata,
    Africa::Casablanca,
    Africa::Cairo,
    America::Sao_Paulo,
];

pub const MINUTE: i64 = 60;
pub const DAY: i64 = 86_400;

/// 1 January of 2015 and of 2031.
pub const YEARS: (i64, i64) = (1_420_070_400, 1_924_992_000);

/// A range of the oracle: weekdays from Monday, minutes of the day.
#[derive(Clone, Debug)]
pub struct Row {
    pub days: [bool; 7],
    pub from: u32,
    pub to: u32,
}

/// What an exception says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    AllDay,
    Never,
    Other,
}

/// What the oracle knows of a schedule.
#[derive(Clone, Debug)]
pub struct Table {
    pub rows: Vec<Row>,
    pub other: Vec<Row>,
    pub exceptions: Vec<(NaiveDate, Rule)>,
}

/// Whether a row covers a minute of a date, by the three ways in which it can.
pub fn weekly(rows: &[Row], date: NaiveDate, minute: u32) -> bool {
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
    pub fn active(&self, zone: Tz, second: i64) -> bool {
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
    pub fn runs(&self, zone: Tz, start: i64, end: i64) -> Vec<WallSpan> {
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
    pub fn schedules(&self) -> Vec<Schedule> {
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

    pub fn calendar(&self, zone: Tz) -> Calendar {
        let schedules = self.schedules();
        assert_eq!(validate_all(&schedules), Ok(()));
        Calendar::new(&schedules, "Tested", zone).expect("it exists")
    }
}

pub fn range(row: &Row) -> DayRange {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let days: Vec<&str> = (0..7).filter(|day| row.days[*day]).map(|day| names[day]).collect();
    let [from, to] = [row.from, row.to]
        .map(|time| format!("{:02}:{:02}", time / 60, time % 60).parse().expect("a time"));
    DayRange { days: days.join(",").parse().expect("days"), from, to }
}

pub fn time(second: i64) -> WallTime {
    WallTime::from_micros(second * 1_000_000)
}

pub fn span(start: i64, end: i64) -> WallSpan {
    WallSpan::new(time(start), time(end))
}

/// Where the zones change their clocks, to the quarter of an hour: looking is the simplest way to find out.
pub fn changes(zone: usize) -> &'static [i64] {
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
pub fn minute() -> impl Strategy<Value = u32> {
    prop_oneof![0..1440_u32, (0..=16_u32).prop_map(|n| n * 15), (0..=48_u32).prop_map(|n| n * 30)]
}

pub fn row() -> impl Strategy<Value = Row> {
    let days = prop_oneof![Just([true; 7]), any::<[bool; 7]>()];
    (days, minute(), minute())
        .prop_map(|(days, from, to)| Row { days, from: from % 1440, to })
        .prop_filter("covers something", |row| row.days != [false; 7] && row.from != row.to)
}

pub fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop_oneof![
        8 => vec(row(), 1..6),
        1 => Just(vec![Row { days: [true; 7], from: 0, to: 1440 }]),
    ]
}

/// A zone, a schedule with exceptions in the days that are looked at, and the first of these days.
pub fn case() -> impl Strategy<Value = (usize, Table, i64)> {
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
