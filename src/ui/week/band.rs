//! Bands of the weekly grid: when a schedule covers the week, as stretches that are as long as a range can be.
//!
//! Bands come from the minutes that are covered, not from how the ranges were written: where ranges touch or overlap
//! they are one band, over midnight and over the end of the week too. A range lasts less than a day, or it is a whole
//! day from 00:00; so what is covered longer is cut at midnight.
//!
//! Must not do: know of pointers, colours or other schedules. Pure.

use chrono::Weekday;

use crate::model::schedule::{DayRange, Days, TimeOfDay};

/// Minutes of a day of the grid: what a wall clock shows, whatever clocks do on single dates.
pub const DAY: u16 = 24 * 60;

/// Minutes of the grid.
pub const WEEK: u16 = 7 * DAY;

/// The rows of the grid.
pub const WEEKDAYS: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// A stretch of the week, in minutes. It may pass the end of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Band {
    start: u16,
    length: u16,
}

/// The part of a band on one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The row, 0 is Monday.
    pub day: usize,
    /// First minute inside, 0 to 1439.
    pub from: u16,
    /// First minute after it, 1 to 1440.
    pub to: u16,
}

impl Band {
    /// From a minute of the week, counted on over its ends, for 1 to 1440 minutes; none for another length.
    #[must_use]
    pub fn new(start: i32, length: i32) -> Option<Self> {
        let length = u16::try_from(length).ok().filter(|length| (1..=DAY).contains(length))?;
        let start = u16::try_from(start.rem_euclid(i32::from(WEEK))).ok()?;
        Some(Self { start, length })
    }

    /// Minutes from Monday 00:00 to its begin, 0 to 10079.
    #[must_use]
    pub const fn start(self) -> u16 {
        self.start
    }

    /// Minutes that it lasts, 1 to 1440.
    #[must_use]
    pub const fn length(self) -> u16 {
        self.length
    }

    /// The row in which it begins, 0 is Monday.
    #[must_use]
    pub const fn day(self) -> usize {
        (self.start / DAY) as usize
    }

    /// The day on which it begins.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        WEEKDAYS[self.day()]
    }

    /// What a clock shows when it begins.
    #[must_use]
    pub fn from(self) -> TimeOfDay {
        TimeOfDay::from_minutes(self.start % DAY).unwrap_or(TimeOfDay::START)
    }

    /// What a clock shows when it ends; 24:00 at midnight.
    #[must_use]
    pub fn to(self) -> TimeOfDay {
        let end = self.start % DAY + self.length;
        let shown = if end > DAY { end - DAY } else { end };
        TimeOfDay::from_minutes(shown).unwrap_or(TimeOfDay::END)
    }

    /// Whether it goes on past midnight.
    #[must_use]
    pub const fn wraps(self) -> bool {
        self.start % DAY + self.length > DAY
    }

    /// Whether the minute of the week is inside.
    #[must_use]
    pub const fn contains(self, minute: u16) -> bool {
        (minute % WEEK + WEEK - self.start) % WEEK < self.length
    }

    /// What of it stands on which row: one part, or two where it wraps.
    pub fn parts(self) -> impl Iterator<Item = Part> {
        let (day, from) = (self.day(), self.start % DAY);
        let end = from + self.length;
        let first = Part { day, from, to: end.min(DAY) };
        let second = (end > DAY).then(|| Part { day: (day + 1) % 7, from: 0, to: end - DAY });
        std::iter::once(first).chain(second)
    }

    /// Whether a range can say it: it does not last from a time of day to the same one.
    const fn is_range(self) -> bool {
        self.length < DAY || self.start.is_multiple_of(DAY)
    }
}

/// The bands of a week, in order of their begin; no two touch, but where a longer stretch is cut at midnight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bands {
    bands: Vec<Band>,
}

impl Bands {
    /// Of the ranges of a schedule. An empty range covers nothing.
    #[must_use]
    pub fn of(ranges: &[DayRange]) -> Self {
        ranges.iter().flat_map(of_range).collect()
    }

    /// In order.
    #[must_use]
    pub fn list(&self) -> &[Band] {
        &self.bands
    }

    /// The band in which a minute of the week lies.
    #[must_use]
    pub fn at(&self, minute: u16) -> Option<usize> {
        self.bands.iter().position(|band| band.contains(minute))
    }

    /// Minutes that are covered in a week whose days all have 24 hours.
    #[must_use]
    pub fn minutes(&self) -> u32 {
        self.bands.iter().map(|band| u32::from(band.length)).sum()
    }

    /// The bands that begin on a day, as what begins at which minute of it.
    pub fn of_day(&self, day: usize) -> impl Iterator<Item = Band> {
        self.bands.iter().copied().filter(move |band| band.day() == day)
    }

    /// With what a band covers.
    #[must_use]
    pub fn with(&self, band: Band) -> Self {
        self.bands.iter().copied().chain([band]).collect()
    }

    /// Without what a band covers.
    #[must_use]
    pub fn without(&self, band: Band) -> Self {
        let mut spans = Vec::new();
        for (start, end) in spans_of(&self.bands) {
            let mut next = start;
            for (from, to) in spans_of(&[band]) {
                if to <= next || from >= end {
                    continue;
                }
                if from > next {
                    spans.push((next, from));
                }
                next = to;
            }
            if next < end {
                spans.push((next, end));
            }
        }
        Self { bands: cut(joined(&spans)) }
    }

    /// The fewest ranges that say the same, days with the same times in one.
    #[must_use]
    pub fn ranges(&self) -> Vec<DayRange> {
        let mut ranges: Vec<DayRange> = Vec::new();
        for band in &self.bands {
            let (from, to) = (band.from(), band.to());
            match ranges.iter_mut().find(|range| (range.from, range.to) == (from, to)) {
                Some(range) => range.days = range.days.with(band.weekday()),
                None => {
                    let days = Days::NONE.with(band.weekday());
                    ranges.push(DayRange { days, from, to });
                }
            }
        }
        ranges
    }
}

impl FromIterator<Band> for Bands {
    fn from_iter<T: IntoIterator<Item = Band>>(bands: T) -> Self {
        let bands: Vec<Band> = bands.into_iter().collect();
        Self { bands: cut(joined(&spans_of(&bands))) }
    }
}

/// What a range covers, a band for each of its days.
#[must_use]
pub fn of_range(range: &DayRange) -> Vec<Band> {
    let (from, to) = (i32::from(range.from.minutes()), i32::from(range.to.minutes()));
    let length = if from < to { to - from } else { to - from + i32::from(DAY) };
    if from == to {
        return Vec::new();
    }
    let days = (0..).zip(WEEKDAYS).filter(|(_, day)| range.days.contains(*day));
    days.filter_map(|(day, _)| Band::new(day * i32::from(DAY) + from, length)).collect()
}

/// Start and end in minutes of the week, apart and in order; none passes the end of the week.
fn spans_of(bands: &[Band]) -> Vec<(u16, u16)> {
    let mut spans = Vec::with_capacity(bands.len() + 1);
    for band in bands {
        let end = band.start + band.length;
        spans.push((band.start, end.min(WEEK)));
        if end > WEEK {
            spans.push((0, end - WEEK));
        }
    }
    spans.sort_unstable();
    let mut merged: Vec<(u16, u16)> = Vec::with_capacity(spans.len());
    for (start, end) in spans {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// Start and length of what is covered, joined over the end of the week.
fn joined(spans: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let mut runs: Vec<(u16, u16)> =
        spans.iter().map(|(start, end)| (*start, end - start)).collect();
    if let [(0, first), .., (start, length)] = runs[..]
        && start + length == WEEK
    {
        runs.pop();
        runs[0] = (start, length + first);
        runs.rotate_left(1);
    }
    runs
}

/// Cuts at midnight what is too long for a range.
fn cut(runs: Vec<(u16, u16)>) -> Vec<Band> {
    let mut bands = Vec::with_capacity(runs.len());
    for (start, length) in runs {
        let whole = Band { start, length };
        if length <= DAY && whole.is_range() {
            bands.push(whole);
            continue;
        }
        let (mut start, mut left) = (start, length);
        while left > 0 {
            let length = left.min(DAY - start % DAY);
            bands.push(Band { start, length });
            start = (start + length) % WEEK;
            left -= length;
        }
    }
    bands.sort_unstable();
    bands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(texts: &[&str]) -> Vec<DayRange> {
        texts.iter().map(|text| text.parse().expect("a range")).collect()
    }

    fn normal(texts: &[&str]) -> Vec<String> {
        Bands::of(&ranges(texts)).ranges().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_touches_or_overlaps_is_one_range() {
        assert_eq!(normal(&["mon 08:00-12:00", "mon 12:00-18:00"]), ["mon 08:00-18:00"]);
        assert_eq!(normal(&["mon 20:00-24:00", "tue 00:00-06:00"]), ["mon 20:00-06:00"]);
        assert_eq!(normal(&["sun 20:00-24:00", "mon 00:00-06:00"]), ["sun 20:00-06:00"]);
        let days = ["mon 08:00-18:00", "tue,wed 08:00-17:00", "wed 16:00-18:00"];
        assert_eq!(normal(&days), ["mon,wed 08:00-18:00", "tue 08:00-17:00"]);
    }

    #[test]
    fn what_lasts_longer_than_a_day_is_cut_at_midnight() {
        assert_eq!(normal(&["daily 00:00-24:00"]), ["daily 00:00-24:00"]);
        assert_eq!(
            normal(&["mon 08:00-20:00", "mon 20:00-08:00"]),
            ["mon 08:00-24:00", "tue 00:00-08:00"]
        );
        assert_eq!(
            normal(&["sat 08:00-06:00", "sun 00:00-24:00", "mon 00:00-02:00"]),
            ["mon 00:00-02:00", "sat 08:00-24:00", "sun 00:00-24:00"]
        );
    }

    #[test]
    fn a_band_over_midnight_stands_on_two_rows() {
        let bands = Bands::of(&ranges(&["sun 22:00-06:00"]));
        let [band] = bands.list() else { panic!("one band") };
        assert!(band.wraps());
        assert_eq!(
            (band.from().to_string(), band.to().to_string()),
            ("22:00".into(), "06:00".into())
        );
        let parts: Vec<Part> = band.parts().collect();
        assert_eq!(
            parts,
            [Part { day: 6, from: 1320, to: 1440 }, Part { day: 0, from: 0, to: 360 }]
        );
        assert_eq!((bands.at(0), bands.at(360), bands.at(WEEK - 1)), (Some(0), None, Some(0)));
    }

    #[test]
    fn what_is_taken_away_may_split_a_band() {
        let bands = Bands::of(&ranges(&["mon-fri 08:00-18:00"]));
        let noon = Band::new(2 * i32::from(DAY) + 720, 60).expect("a band");
        let left: Vec<String> =
            bands.without(noon).ranges().iter().map(ToString::to_string).collect();
        assert_eq!(left, ["mon,tue,thu,fri 08:00-18:00", "wed 08:00-12:00", "wed 13:00-18:00"]);
        assert_eq!(bands.minutes(), 50 * 60);
    }
}
