//! A schedule on the line of time: whether it is active at a moment, since when and until when.
//!
//! Must not do: read a clock; check schedules, `Schedule::validate` does.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono_tz::Tz;

use super::pieces::{DAY, FIRST, LAST, Piece, offset};
use super::{DayRange, ExceptionRule, Schedule, TimeOfDay};
use crate::model::{WallSpan, WallTime};

const MINUTE: i64 = 60;
const MICROS: i64 = 1_000_000;

/// 1 January 1970 was a Thursday, three days after a Monday.
const EPOCH_WEEKDAY: i64 = 3;

/// Seconds since local midnight, or of UTC.
type Seconds = Range<i64>;

/// When a date is active: apart, in order.
type Day = Vec<Seconds>;

const WHOLE_DAY: Seconds = 0..DAY;

/// A schedule together with those that its exceptions use, in a zone. Asking it costs no more than some
/// look-ups until the nearest border; whoever asks often keeps the [`Stretch`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    name: String,
    zone: Tz,
    week: Week,
    /// By days since the Unix epoch.
    exceptions: BTreeMap<i64, Day>,
}

/// A span in which a schedule is all active or all inactive, and that is as long as it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Whether the schedule is active in it.
    pub active: bool,
    /// From border to border; [`WallTime::MIN`] or [`WallTime::MAX`] where there is no border any more.
    pub span: WallSpan,
}

/// What the weekly ranges say for each weekday, Monday first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Week {
    days: [Day; 7],
    /// Whether it is always or never active, so that only exceptions bring borders.
    constant: bool,
}

impl Week {
    fn new(ranges: &[DayRange]) -> Self {
        let mut days: [Day; 7] = Default::default();
        for range in ranges {
            let (from, to) = (seconds(range.from), seconds(range.to));
            for day in range.days.indices() {
                if from < to {
                    days[day].push(from..to);
                } else if from > to {
                    days[day].push(from..DAY);
                    days[(day + 1) % 7].push(0..to);
                }
            }
        }
        let days = days.map(merged);
        let constant = days.iter().all(|day| day.is_empty() || *day == [WHOLE_DAY])
            && days.iter().all(|day| *day == days[0]);
        Self { days, constant }
    }

    /// The rule for a date, in days since the Unix epoch.
    fn day(&self, date: i64) -> &Day {
        let weekday = (date + EPOCH_WEEKDAY).rem_euclid(7);
        &self.days[usize::try_from(weekday).unwrap_or(0)]
    }
}

fn seconds(time: TimeOfDay) -> i64 {
    i64::from(time.minutes()) * MINUTE
}

fn merged(mut spans: Vec<Seconds>) -> Vec<Seconds> {
    spans.sort_unstable_by_key(|span| span.start);
    let mut merged = Vec::with_capacity(spans.len());
    for span in spans {
        append(&mut merged, span);
    }
    merged
}

/// Adds a span that does not begin before the last one; where they touch, they become one.
fn append(spans: &mut Vec<Seconds>, span: Seconds) {
    match spans.last_mut() {
        _ if span.is_empty() => {}
        Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
        _ => spans.push(span),
    }
}

impl Calendar {
    /// The schedule called `name` in a zone. None when there is no such schedule, or when one of its
    /// exceptions uses a schedule that does not exist.
    #[must_use]
    pub fn new(schedules: &[Schedule], name: &str, zone: Tz) -> Option<Self> {
        let week = |name: &str| {
            let schedule = schedules.iter().find(|schedule| schedule.name == name)?;
            Some((schedule, Week::new(&schedule.ranges)))
        };
        let (schedule, own) = week(name)?;
        let mut exceptions = BTreeMap::new();
        for exception in &schedule.exceptions {
            let date = i64::from(exception.date.to_epoch_days());
            let day = match &exception.rule {
                ExceptionRule::AllDay => vec![WHOLE_DAY],
                ExceptionRule::Never => Day::new(),
                ExceptionRule::Use(used) => week(used)?.1.day(date).clone(),
            };
            exceptions.insert(date, day);
        }
        Some(Self { name: name.into(), zone, week: own, exceptions })
    }

    /// The schedule's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the schedule is active at a moment. Outside the years 1 to 9998 it is as it is at their
    /// nearest end.
    #[must_use]
    pub fn is_active(&self, at: WallTime) -> bool {
        self.is_active_in(second_of(at))
    }

    fn is_active_in(&self, second: i64) -> bool {
        let local = second + offset(self.zone, second);
        let (date, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        self.day(date).iter().any(|span| span.contains(&time))
    }

    /// The longest span around a moment in which nothing changes. Borders lie on full seconds. The search
    /// ends at the first border on each side and skips what no exception touches in a week that is always
    /// or never active, so an end of time in the answer means that no border ever comes.
    #[must_use]
    pub fn stretch(&self, at: WallTime) -> Stretch {
        let second = second_of(at);
        let active = self.is_active_in(second);
        let start = self.border_before(second, active).map_or(WallTime::MIN, moment);
        let end = self.border_after(second, active).map_or(WallTime::MAX, moment);
        Stretch { active, span: WallSpan { start, end } }
    }

    /// The active spans within a span: in order, merged, cut to it. The work grows with its length; days
    /// to some years are what it is for.
    #[must_use]
    pub fn active_spans(&self, within: WallSpan) -> Vec<WallSpan> {
        let mut spans = Vec::new();
        let mut next = second_of(within.start);
        while next < LAST && moment(next) < within.end {
            let piece = Piece::after(self.zone, next);
            self.active_in(&piece).into_iter().for_each(|span| append(&mut spans, span));
            next = piece.utc.end;
        }
        let cut =
            |span: Seconds| within.intersect(WallSpan::new(moment(span.start), moment(span.end)));
        spans.into_iter().map(cut).filter(|span| !span.is_empty()).collect()
    }

    fn day(&self, date: i64) -> &Day {
        self.exceptions.get(&date).unwrap_or_else(|| self.week.day(date))
    }

    /// The first second from `second` on at which activity is not `active` any more.
    fn border_after(&self, second: i64, active: bool) -> Option<i64> {
        let mut next = second;
        while next < LAST {
            if self.week.constant {
                // A local date is at most one off the date in UTC.
                let (date, _) = self.exceptions.range(next.div_euclid(DAY) - 1..).next()?;
                next = next.max((date - 2) * DAY);
            }
            let piece = Piece::after(self.zone, next);
            let spans = self.active_in(&piece);
            let border = match spans.first() {
                Some(first) if !active => first.start,
                Some(first) if first.start == next => first.end,
                _ if active => next,
                _ => piece.utc.end,
            };
            if border < piece.utc.end {
                return Some(border);
            }
            next = piece.utc.end;
        }
        None
    }

    /// The first second of the stretch of `active` in which `second` lies.
    fn border_before(&self, second: i64, active: bool) -> Option<i64> {
        let mut next = second + 1;
        while next > FIRST {
            if self.week.constant {
                let (date, _) = self.exceptions.range(..=next.div_euclid(DAY) + 1).next_back()?;
                next = next.min((date + 2) * DAY);
            }
            let piece = Piece::before(self.zone, next);
            let spans = self.active_in(&piece);
            let border = match spans.last() {
                Some(last) if !active => last.end,
                Some(last) if last.end == next => last.start,
                _ if active => next,
                _ => piece.utc.start,
            };
            if border > piece.utc.start {
                return Some(border);
            }
            next = piece.utc.start;
        }
        None
    }

    /// The active spans of a piece, in seconds of UTC.
    fn active_in(&self, piece: &Piece) -> Vec<Seconds> {
        let local = piece.utc.start + piece.offset..piece.utc.end + piece.offset;
        let mut spans = Vec::new();
        for date in local.start.div_euclid(DAY)..=(local.end - 1).div_euclid(DAY) {
            let midnight = date * DAY - piece.offset;
            for span in self.day(date) {
                let start = (midnight + span.start).max(piece.utc.start);
                let end = (midnight + span.end).min(piece.utc.end);
                append(&mut spans, start..end);
            }
        }
        spans
    }
}

/// The second of UTC in which a moment lies.
fn second_of(at: WallTime) -> i64 {
    at.as_micros().div_euclid(MICROS).clamp(FIRST, LAST - 1)
}

fn moment(second: i64) -> WallTime {
    WallTime::from_micros(second * MICROS)
}
