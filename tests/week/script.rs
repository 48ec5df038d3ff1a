//! What happens in the week: data alone, in seconds that pass for everybody, whatever the computer's clock
//! says. Second 0 is the start of the week.

use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::{Europe, Tz};
use watchkeeper::model::{CameraId, Mode, WallTime};

use crate::local_clock::{self, Row, Table, time};
use crate::model::shown;

pub const ZONE: Tz = Europe::Berlin;

pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 24 * HOUR;

/// Thursday 2026-10-22 00:00 in Berlin; clocks go back on the Sunday.
pub const START: i64 = 1_792_620_000;

/// The Thursday after, 00:00 in Berlin.
pub const END: i64 = START + 7 * DAY + HOUR;

pub const CAMERAS: usize = 8;

/// The sub stream around the clock, the main stream on motion.
pub const LOBBY: usize = 5;

pub fn camera(number: usize) -> CameraId {
    let name = ["front", "office", "yard", "gate", "cellar", "lobby", "archive", "old"][number];
    name.parse().expect("an identity")
}

pub fn wall(second: i64) -> WallTime {
    time(second)
}

/// From a second to another, the last one not included.
pub type Seconds = (i64, i64);

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// As it should.
    Stopped,
    /// Its process is killed.
    Killed,
    /// The power is cut.
    PowerCut(u64),
}

/// From one start of the program to its end.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    pub span: Seconds,
    pub end: End,
}

/// The rule of a camera's journalled stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub mode: Mode,
    pub schedule: Option<&'static str>,
    pub pre: i64,
    pub post: i64,
}

/// Footage that an operator keeps, in seconds of the wall clock.
#[derive(Clone, Copy, Debug)]
pub struct Locked {
    pub camera: usize,
    pub span: Seconds,
    /// Until when; beyond the week for ever.
    pub until: i64,
}

/// All of it.
pub struct Script {
    pub lives: Vec<Life>,
    /// Seconds in which the computer sleeps.
    pub asleep: Seconds,
    /// When the wall clock is set, and by how much it goes on.
    pub steps: Vec<(i64, i64)>,
    pub plans: Vec<Vec<(i64, Plan)>>,
    pub motions: Vec<Vec<Seconds>>,
    pub manual: Vec<Vec<Seconds>>,
    pub offline: Vec<Vec<Seconds>>,
    /// Pictures are lost on the way; the session goes on.
    pub lost: Vec<Vec<Seconds>>,
    /// The camera is removed.
    pub removed: (usize, i64),
    pub full: Seconds,
    pub failing: Seconds,
    pub locks: Vec<Locked>,
    /// In seconds of the wall clock: the disk becomes small, and a largest size is set.
    pub low_space: i64,
    pub size_limit: i64,
    /// How long the week is for everybody.
    pub length: i64,
}

/// Local times of Monday to Sunday.
fn row(days: [u8; 7], from: u32, to: u32) -> Row {
    Row { days: days.map(|day| day == 1), from, to }
}

/// The schedules: office hours and two nights, one of them with the change of clocks.
pub fn table(name: &str) -> Table {
    let rows = match name {
        "Office" => vec![
            row([1, 1, 1, 1, 1, 0, 0], 8 * 60, 18 * 60),
            row([0, 0, 0, 0, 1, 1, 0], 22 * 60, 2 * 60 + 30),
        ],
        "Night" => vec![row([1; 7], 20 * 60, 6 * 60)],
        _ => panic!("no schedule {name}"),
    };
    let holiday = NaiveDate::from_ymd_opt(2026, 10, 27).expect("a date");
    let exceptions = match name {
        "Office" => vec![(holiday, local_clock::Rule::Never)],
        _ => Vec::new(),
    };
    Table { rows, other: vec![row([1; 7], 0, 60)], exceptions }
}

impl Script {
    pub fn new() -> Self {
        let lives = [
            (0, 29 * HOUR, End::Stopped),
            (29 * HOUR + 600, 2 * DAY + 13 * HOUR + 420, End::Killed),
            // In the second round of the hour that is repeated.
            (2 * DAY + 13 * HOUR + 600, 3 * DAY + 3 * HOUR + 1_200, End::Killed),
            (3 * DAY + 3 * HOUR + 1_320, 4 * DAY + 20 * HOUR, End::PowerCut(7)),
        ];
        let steps = vec![(5 * DAY + 10 * HOUR + 17, 90), (5 * DAY + 14 * HOUR + 7, -300)];
        let length = END - START - 90 + 300;
        let mut lives: Vec<Life> =
            lives.into_iter().map(|(from, to, end)| Life { span: (from, to), end }).collect();
        lives.push(Life { span: (4 * DAY + 20 * HOUR + 1_500, length), end: End::Stopped });
        let mut script = Self {
            lives,
            asleep: (5 * DAY + HOUR, 5 * DAY + 3 * HOUR),
            steps,
            plans: plans(),
            motions: vec![Vec::new(); CAMERAS],
            manual: vec![Vec::new(); CAMERAS],
            offline: vec![Vec::new(); CAMERAS],
            lost: vec![Vec::new(); CAMERAS],
            removed: (7, 3 * DAY + 7 * HOUR),
            full: (2 * DAY + 2 * HOUR + 30, 2 * DAY + 2 * HOUR + 2_400),
            failing: (4 * DAY + 3 * HOUR, 4 * DAY + 3 * HOUR + 1_200),
            locks: vec![
                Locked { camera: 0, span: at(10 * HOUR, 12 * HOUR), until: i64::MAX },
                Locked { camera: 6, span: at(2 * DAY, 2 * DAY + 5 * HOUR), until: i64::MAX },
                Locked { camera: 2, span: at(0, DAY), until: START + 6 * DAY + 3 * HOUR },
            ],
            low_space: START + 5 * DAY + 20 * HOUR,
            size_limit: START + 6 * DAY + 12 * HOUR,
            length,
        };
        script.fill();
        script
    }

    /// Seconds for which a camera's footage is kept.
    pub fn keep(&self, number: usize) -> Option<i64> {
        match number {
            1 => None,
            6 => Some(DAY),
            _ => Some(4 * DAY),
        }
    }

    /// How much less exact the answers around a second of the wall clock may be.
    pub fn margin(&self, second: i64) -> i64 {
        let at = second - START;
        let near = |around: i64, before: i64| around - before <= at && at <= around + before;
        let crashes = self.lives.iter().any(|life| match life.end {
            End::Stopped => false,
            // What was journalled since the last sweep is not known.
            End::Killed | End::PowerCut(_) => near(life.span.1, 70),
        });
        // It goes on with the next look at the disk, and the pre-roll fills what it can.
        let refills = [self.full.1, self.failing.1].iter().any(|end| near(*end, 70));
        // A rule that records begins with what the pre-roll holds.
        let rules = self.plans.iter().flatten().any(|(from, _)| *from > 0 && near(*from, 20));
        if crashes || refills {
            70
        } else if rules {
            15
        } else {
            0
        }
    }

    /// Whether footage has just been broken off by the clock, and waits for the next random access point.
    pub fn waits(&self, second: i64) -> bool {
        let mut breaks = self.steps.iter().map(|(at, _)| *at).chain([self.asleep.1]);
        breaks.any(|at| (0..4).contains(&(second - shown(self, at))))
    }

    /// Lets cameras see motion, operators record by hand, and connections fail, by dice that always fall the
    /// same way; two things that change what a camera does are a while apart.
    fn fill(&mut self) {
        let mut dice = fastrand::Rng::with_seed(20_261_022);
        let mut taken: Vec<i64> = self.lives.iter().flat_map(|l| [l.span.0, l.span.1]).collect();
        taken.extend([self.asleep.0, self.asleep.1, self.full.0, self.full.1]);
        taken.extend([self.failing.0, self.failing.1, self.removed.1]);
        taken.extend(self.steps.iter().flat_map(|(at, by)| [*at, at - by.abs(), at + by.abs()]));
        taken.extend(self.plans.iter().flatten().map(|(at, _)| *at));
        let is_free = |(from, to): Seconds, own: &[Seconds]| {
            let free = taken.iter().all(|at| *at + 200 < from || to + 200 < *at);
            free && own.iter().all(|(a, b)| b + 200 < from || to + 200 < *a)
        };
        for number in 0..CAMERAS {
            let mut own: Vec<Seconds> = Vec::new();
            let mut some = |count: usize, length: std::ops::Range<i64>| {
                let mut spans = Vec::new();
                for _ in 0..count {
                    let from = dice.i64(0..self.length);
                    let span = (from, from + dice.i64(length.clone()));
                    if is_free(span, &own) {
                        own.push(span);
                        spans.push(span);
                    }
                }
                spans.sort_unstable();
                spans
            };
            self.offline[number] = some(4, 60..7_200);
            self.manual[number] = some(if number == LOBBY { 2 } else { 6 }, 60..3_600);
            if number == 0 {
                self.lost[number] = some(8, 15..60);
            }
            if [2, 3, LOBBY].contains(&number) {
                self.motions[number] = some(250, 1..300);
            }
        }
    }
}

/// Seconds of the week as seconds of the wall clock, before anybody sets it.
const fn at(from: i64, to: i64) -> Seconds {
    (START + from, START + to)
}

fn plans() -> Vec<Vec<(i64, Plan)>> {
    let plan = |mode, schedule, pre, post| (0, Plan { mode, schedule, pre, post });
    let always = || vec![plan(Mode::Continuous, None, 0, 0)];
    let cellar = vec![
        plan(Mode::Disabled, None, 5, 0),
        (
            4 * DAY + 10 * HOUR,
            Plan { mode: Mode::Scheduled, schedule: Some("Office"), pre: 0, post: 0 },
        ),
        (6 * DAY + 9 * HOUR, Plan { mode: Mode::Disabled, schedule: None, pre: 5, post: 0 }),
    ];
    vec![
        always(),
        vec![plan(Mode::Scheduled, Some("Office"), 0, 0)],
        vec![plan(Mode::Motion, None, 10, 15)],
        vec![plan(Mode::Motion, Some("Night"), 5, 0)],
        cellar,
        always(),
        always(),
        always(),
    ]
}

pub fn seconds(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).expect("not negative"))
}

/// The rule of the lobby's main stream: what is before a motion, and behind it.
pub const LOBBY_MAIN: (i64, i64) = (5, 10);
