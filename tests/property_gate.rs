//! Properties of the decision whether to record: at every minute, and to the second where anything begins or
//! ends, the gate says what somebody would say who knows the whole story and looks at a local clock. That
//! somebody goes through the list of the things that happen and shares nothing with the program.

#![allow(clippy::expect_used)] // the helpers of tests are no tests in clippy's eyes

mod local_clock;

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::{Africa, America, Asia, Australia, Europe, Tz};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use watchkeeper::analysis::Motion;
use watchkeeper::model::{Calendar, CoverageKind, GapReason, Mode, RecordingState};
use watchkeeper::recorder::Manual;
use watchkeeper::recorder::gate::{Link, NEWS_DELAY, ScheduleNow, Situation, decide};
use watchkeeper::runtime::Now;

use local_clock::{DAY, MINUTE, Row, Rule, Table, YEARS, ZONES, case, time};

const NAME: &str = "Tested";
const BLIND: &str = "too dark";
const OFFLINE: &str = "no answer";

/// From a second to another, the last one not included.
type Seconds = (i64, i64);

/// Everything that happens to a stream, in seconds of UTC.
#[derive(Clone, Debug)]
struct Story {
    /// From when on there is a monotonic clock.
    begin: i64,
    mode: Mode,
    /// Whether the rule has a schedule.
    scheduled: bool,
    post: i64,
    /// First and last picture with motion of each event, apart.
    motions: Vec<Seconds>,
    blind: Vec<Seconds>,
    /// Apart.
    manual: Vec<Seconds>,
    down: Vec<Seconds>,
    waiting: Vec<Seconds>,
    full: Vec<Seconds>,
    limited: Vec<Seconds>,
}

fn within(spans: &[Seconds], second: i64) -> bool {
    spans.iter().any(|(from, to)| *from <= second && second < *to)
}

impl Story {
    /// What must be the answer in a second.
    fn expected(&self, table: &Table, zone: Tz, second: i64) -> RecordingState {
        let idle = RecordingState::Idle;
        let by_hand = within(&self.manual, second);
        let outside = self.scheduled && !table.active(zone, second);
        if !by_hand {
            if self.mode == Mode::Disabled {
                return idle(GapReason::Disabled);
            }
            if outside && self.mode != Mode::Continuous {
                return idle(GapReason::OutsideSchedule(NAME.into()));
            }
        }
        if within(&self.full, second) {
            return idle(GapReason::DiskFull);
        }
        if within(&self.limited, second) {
            return idle(GapReason::SizeLimit);
        }
        if within(&self.down, second) {
            return idle(GapReason::CameraOffline(OFFLINE.into()));
        }
        if within(&self.waiting, second) {
            return idle(GapReason::WaitingForPicture);
        }
        if by_hand {
            return RecordingState::Recording(CoverageKind::Manual);
        }
        let kind = match self.mode {
            Mode::Continuous => CoverageKind::Continuous,
            Mode::Scheduled => CoverageKind::Scheduled,
            _ if self.has_moved(second) => CoverageKind::Motion,
            _ => return idle(GapReason::NoMotion),
        };
        RecordingState::Recording(kind)
    }

    /// Whether something moves, or has moved so lately that it is still recorded.
    fn has_moved(&self, second: i64) -> bool {
        let news = i64::try_from(NEWS_DELAY.as_secs()).expect("short");
        let newest = self.motions.iter().rev().find(|(first, _)| *first <= second);
        let behind = |last: i64| second.min(last) + self.post.max(news);
        within(&self.blind, second) || newest.is_some_and(|(_, last)| second < behind(*last))
    }

    fn monotonic(&self, second: i64) -> Duration {
        Duration::from_secs(u64::try_from(second - self.begin).expect("after the begin"))
    }

    fn now(&self, second: i64) -> Now {
        Now { wall: time(second), monotonic: self.monotonic(second) }
    }

    /// What the program says in a second, from what it knows then.
    fn told(&self, calendar: &Calendar, second: i64) -> RecordingState {
        let motion = match self.motions.iter().rev().find(|(first, _)| *first <= second) {
            _ if within(&self.blind, second) => Motion::Blind(BLIND.into()),
            Some((first, last)) => {
                Motion::Moving { since: self.now(*first), last: self.now(second.min(*last)) }
            }
            None => Motion::Still,
        };
        let begun = self.manual.iter().rev().find(|(since, _)| *since <= second);
        let manual = begun.map(|(since, until)| Manual {
            since: self.monotonic(*since),
            until: self.monotonic(*until),
        });
        let link = match (within(&self.down, second), within(&self.waiting, second)) {
            (true, _) => Link::Down(OFFLINE),
            (false, true) => Link::Waiting,
            (false, false) => Link::Up,
        };
        let (full, limited) = (within(&self.full, second), within(&self.limited, second));
        let storage = full.then_some(&GapReason::DiskFull);
        let storage = storage.or(limited.then_some(&GapReason::SizeLimit));
        let schedule =
            ScheduleNow { name: calendar.name(), active: calendar.is_active(time(second)) };
        decide(&Situation {
            now: self.monotonic(second),
            mode: self.mode,
            schedule: self.scheduled.then_some(schedule),
            motion: &motion,
            post: Duration::from_secs(u64::try_from(self.post).expect("positive")),
            manual,
            link,
            storage,
        })
    }

    /// The seconds around which the answer may change, other than by the schedule.
    fn borders(&self) -> BTreeSet<i64> {
        let spans =
            [&self.motions, &self.blind, &self.manual, &self.down, &self.waiting, &self.full];
        let spans = spans.into_iter().chain([&self.limited]).flatten();
        let news = i64::try_from(NEWS_DELAY.as_secs()).expect("short");
        let ends = spans.flat_map(|(from, to)| [*from, *to, to + self.post, to + news]);
        ends.flat_map(|end| [end - 1, end, end + 1]).collect()
    }
}

/// Compares each minute of `days` and each second around a border, those of the schedule too.
fn check(story: &Story, table: &Table, zone: Tz, days: Seconds) {
    let calendar = table.calendar(zone);
    let compare = |second: i64| {
        let expected = story.expected(table, zone, second);
        assert_eq!(story.told(&calendar, second), expected, "{} {story:?}", time(second));
        expected
    };
    let mut before = None;
    for minute in (days.0..days.1).step_by(60) {
        let state = compare(minute);
        if before.is_some_and(|before| before != state) {
            (minute - MINUTE..minute + 2).for_each(|second| drop(compare(second)));
        }
        before = Some(state);
    }
    for second in story.borders().into_iter().filter(|at| days.0 <= *at && *at < days.1) {
        compare(second);
    }
}

/// Spans inside of `days` days, apart, some of seconds and some of hours.
fn spans(days: i64, most: usize) -> impl Strategy<Value = Vec<Seconds>> {
    let length = prop_oneof![0..90_i64, 60..7_200_i64, 3_600..DAY];
    vec((0..days * DAY, length), 0..most).prop_map(|spans| {
        let mut spans: Vec<Seconds> = spans.iter().map(|(at, length)| (*at, at + length)).collect();
        spans.sort_unstable();
        let mut end = -1;
        spans.retain(|(from, to)| {
            *from > end && {
                end = *to;
                true
            }
        });
        spans
    })
}

const DAYS: i64 = 6;

prop_compose! {
    /// A story that begins at second 0.
    fn story()(
        mode in select(Mode::ALL.to_vec()),
        scheduled in any::<bool>(),
        post in prop_oneof![Just(0_i64), 1..10_i64, 10..600_i64],
        motions in spans(DAYS, 30),
        blind in spans(DAYS, 3),
        manual in spans(DAYS, 6),
        down in spans(DAYS, 5),
        waiting in spans(DAYS, 5),
        full in spans(DAYS, 3),
        limited in spans(DAYS, 3),
    ) -> Story {
        let scheduled = scheduled || mode == Mode::Scheduled;
        Story { begin: 0, mode, scheduled, post, motions, blind, manual, down, waiting, full, limited }
    }
}

impl Story {
    /// The same, later.
    fn from(mut self, begin: i64) -> Self {
        self.begin += begin;
        let all = [
            &mut self.motions,
            &mut self.blind,
            &mut self.manual,
            &mut self.down,
            &mut self.waiting,
            &mut self.full,
            &mut self.limited,
        ];
        for span in all.into_iter().flatten() {
            *span = (span.0 + begin, span.1 + begin);
        }
        self
    }
}

proptest! {
    #[test]
    fn every_minute_and_every_border_is_as_the_story_says(
        (zone, table, start) in case(),
        story in story(),
    ) {
        check(&story.from(start), &table, ZONES[zone], (start, start + DAYS * DAY));
    }
}

/// Several years of one story: something happens each few hours, at other times of each day.
fn years(zone: Tz) {
    let days = |first: i64, length: i64, step: usize| {
        (YEARS.0 + first..YEARS.1).step_by(step).map(|at| (at, at + length)).collect::<Vec<_>>()
    };
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a date");
    let exceptions = (2015..=2030).flat_map(|year| {
        [
            (date(year, 12, 25), Rule::Never),
            (date(year, 3, 29), Rule::AllDay),
            (date(year, 10, 25), Rule::Other),
        ]
    });
    let table = Table {
        rows: vec![
            Row { days: [true, true, true, true, true, false, false], from: 8 * 60, to: 18 * 60 },
            Row {
                days: [false, false, false, false, true, true, false],
                from: 22 * 60,
                to: 3 * 60 - 30,
            },
            Row {
                days: [false, false, false, false, false, false, true],
                from: 60,
                to: 3 * 60 + 15,
            },
        ],
        other: vec![Row { days: [true; 7], from: 23 * 60, to: 2 * 60 + 45 }],
        exceptions: exceptions.collect(),
    };
    for (number, mode) in Mode::ALL.into_iter().enumerate() {
        let story = Story {
            begin: YEARS.0,
            mode,
            scheduled: mode != Mode::Continuous,
            post: 10,
            motions: days(37, 95, 5 * 3_600 + 41),
            blind: days(5_000, 1_800, 401 * 3_600),
            manual: days(7_777, 600, 61 * 3_600 + 13),
            down: days(9_999, 45, 97 * 3_600 + 7),
            waiting: days(10_044, 3, 97 * 3_600 + 7),
            full: days(100_000, 3_600, 1_001 * 3_600),
            limited: days(200_000, 3_600, 1_003 * 3_600),
        };
        // One year of each mode, from year to year.
        let first = YEARS.0 + number as i64 * 4 * 365 * DAY;
        let year = (first, first + 366 * DAY);
        let near = |spans: &Vec<Seconds>| {
            let inside = spans.iter().filter(|(from, to)| year.0 - DAY < *to && *from < year.1);
            inside.copied().collect::<Vec<_>>()
        };
        let story = Story {
            motions: near(&story.motions),
            blind: near(&story.blind),
            manual: near(&story.manual),
            down: near(&story.down),
            waiting: near(&story.waiting),
            full: near(&story.full),
            limited: near(&story.limited),
            ..story
        };
        check(&story, &table, zone, year);
    }
}

#[test]
fn years_in_berlin() {
    years(Europe::Berlin);
}

#[test]
fn years_in_new_york() {
    years(America::New_York);
}

#[test]
fn years_on_lord_howe() {
    years(Australia::Lord_Howe);
}

#[test]
fn years_in_kolkata() {
    years(Asia::Kolkata);
}

#[test]
fn years_in_casablanca() {
    years(Africa::Casablanca);
}
