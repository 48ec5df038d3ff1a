//! Local time: what an operator's clock and calendar show for a moment, and back.
//!
//! Must not do: read a clock or the system's zone; the zone's name comes with the snapshot. Pure.

use chrono::{
    DateTime, Datelike, Days, MappedLocalTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Timelike,
};
use chrono_tz::{OffsetComponents, Tz};

use super::words::format as words;
use crate::model::settings::DateStyle;
use crate::model::{WallSpan, WallTime};

/// Steps in which the first moment of a day is looked for when midnight does not exist: every change of
/// clocks since 1972 is a multiple of it.
const SEARCH_STEP_MINUTES: i64 = 15;

/// How far it is looked for: a whole day may be missing (Samoa, 30 December 2011).
const SEARCH_MINUTES: i64 = 26 * 60;

/// The zone in which times are shown, and how dates are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    tz: Tz,
    dates: DateStyle,
}

impl Zone {
    /// The zone of this IANA name; UTC when there is none of that name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { tz: name.parse().unwrap_or(Tz::UTC), dates: DateStyle::default() }
    }

    /// The same zone with dates written in this style.
    #[must_use]
    pub const fn with_dates(self, dates: DateStyle) -> Self {
        Self { dates, ..self }
    }

    /// How dates are written.
    #[must_use]
    pub const fn dates(&self) -> DateStyle {
        self.dates
    }

    /// Its IANA name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.tz.name()
    }

    /// What a local clock shows.
    #[must_use]
    pub fn local(&self, at: WallTime) -> DateTime<Tz> {
        at.to_utc().with_timezone(&self.tz)
    }

    /// How far local clocks are ahead of UTC, in microseconds.
    #[must_use]
    pub fn ahead_of_utc(&self, at: WallTime) -> i64 {
        let offset = *self.local(at).offset();
        let ahead = offset.base_utc_offset() + offset.dst_offset();
        ahead.num_microseconds().unwrap_or(0)
    }

    /// The local day of a moment.
    #[must_use]
    pub fn day(&self, at: WallTime) -> NaiveDate {
        self.local(at).date_naive()
    }

    /// The moments at which a local clock shows `date` and `time`: none, one or two, earliest first.
    pub fn moments(&self, date: NaiveDate, time: NaiveTime) -> impl Iterator<Item = WallTime> {
        let (a, b) = match self.tz.from_local_datetime(&date.and_time(time)) {
            MappedLocalTime::Single(t) => (Some(t), None),
            MappedLocalTime::Ambiguous(a, b) => (Some(a), Some(b)),
            MappedLocalTime::None => (None, None),
        };
        [a, b].into_iter().flatten().map(WallTime::from)
    }

    /// The first moment of a local day. For a day that does not exist this is the first of the next.
    #[must_use]
    pub fn start_of(&self, date: NaiveDate) -> WallTime {
        let midnight = date.and_time(NaiveTime::MIN);
        (0..=SEARCH_MINUTES / SEARCH_STEP_MINUTES)
            .filter_map(|n| {
                let local =
                    midnight.checked_add_signed(TimeDelta::minutes(n * SEARCH_STEP_MINUTES))?;
                self.tz.from_local_datetime(&local).earliest()
            })
            .next()
            .map_or_else(|| WallTime::from(midnight.and_utc()), WallTime::from)
    }

    /// A local day from its first moment to the next day's: 24 hours, 23 or 25 where clocks change.
    #[must_use]
    pub fn span_of(&self, date: NaiveDate) -> WallSpan {
        let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
        WallSpan::new(self.start_of(date), self.start_of(next))
    }

    /// The local day around a moment.
    #[must_use]
    pub fn day_span(&self, at: WallTime) -> WallSpan {
        self.span_of(self.day(at))
    }

    /// `A` for the first and `B` for the second of two times with the same name, else nothing.
    #[must_use]
    pub fn repeated(&self, at: WallTime) -> &'static str {
        let local = self.local(at);
        match self.tz.from_local_datetime(&local.naive_local()) {
            MappedLocalTime::Ambiguous(first, _) if first == local => "A",
            MappedLocalTime::Ambiguous(..) => "B",
            _ => "",
        }
    }

    /// `17:06`, with `A` or `B` in a repeated hour.
    #[must_use]
    pub fn minutes(&self, at: WallTime) -> String {
        let t = self.local(at);
        format!("{:02}:{:02}{}", t.hour(), t.minute(), self.repeated(at))
    }

    /// `17:06:09`, with `A` or `B` in a repeated hour.
    #[must_use]
    pub fn seconds(&self, at: WallTime) -> String {
        let t = self.local(at);
        format!("{:02}:{:02}:{:02}{}", t.hour(), t.minute(), t.second(), self.repeated(at))
    }

    /// `17:06:09.240`, with `A` or `B` in a repeated hour. Cut off, not rounded, so that it never shows a
    /// moment that has not come.
    #[must_use]
    pub fn millis(&self, at: WallTime) -> String {
        let t = self.local(at);
        let millis = at.as_micros().rem_euclid(1_000_000) / 1_000;
        format!(
            "{:02}:{:02}:{:02}.{millis:03}{}",
            t.hour(),
            t.minute(),
            t.second(),
            self.repeated(at)
        )
    }

    /// `Tue 3 Mar 2026`, or as the style of dates has it.
    #[must_use]
    pub fn date(&self, at: WallTime) -> String {
        self.dates.long(self.day(at))
    }

    /// `Tue 3 Mar`, or as the style of dates has it.
    #[must_use]
    pub fn short_date(&self, at: WallTime) -> String {
        self.dates.short(self.day(at))
    }

    /// `3 Mar`, or as the style of dates has it.
    #[must_use]
    pub fn day_month(&self, at: WallTime) -> String {
        self.dates.day_month(self.day(at))
    }

    /// `+01:00`.
    #[must_use]
    pub fn offset(&self, at: WallTime) -> String {
        self.local(at).format("%:z").to_string()
    }

    /// `UTC+1`, `UTC+5:30`, `UTC`.
    #[must_use]
    pub fn utc_offset(&self, at: WallTime) -> String {
        let offset = *self.local(at).offset();
        let minutes = (offset.base_utc_offset() + offset.dst_offset()).num_minutes();
        words::utc_offset(minutes)
    }

    /// `13:47` for a moment of today, `Mon 2 Mar 13:47` for another day.
    #[must_use]
    pub fn brief(&self, at: WallTime, now: WallTime) -> String {
        if self.day(at) == self.day(now) {
            self.minutes(at)
        } else {
            format!("{} {}", self.short_date(at), self.minutes(at))
        }
    }

    /// `13:47:02` for a moment of the same day as `other`, `Mon 2 Mar 13:47:02` else.
    #[must_use]
    pub fn brief_seconds(&self, at: WallTime, other: WallTime) -> String {
        if self.day(at) == self.day(other) {
            self.seconds(at)
        } else {
            format!("{} {}", self.short_date(at), self.seconds(at))
        }
    }
}

/// The first day of the month that is `months` after that of `date`.
#[must_use]
pub fn month_of(date: NaiveDate, months: i32) -> NaiveDate {
    let index = date.year() * 12 + date.month0().cast_signed() + months;
    let month = index.rem_euclid(12).cast_unsigned() + 1;
    NaiveDate::from_ymd_opt(index.div_euclid(12), month, 1).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn date(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a date")
    }

    fn at(text: &str) -> WallTime {
        WallTime::parse_rfc3339(text).expect("a time")
    }

    #[test]
    fn days_last_23_24_and_25_hours() {
        let zone = Zone::named("Europe/Berlin");
        assert_eq!(zone.span_of(date(2026, 3, 3)).micros(), 24 * HOUR);
        assert_eq!(zone.span_of(date(2026, 3, 29)).micros(), 23 * HOUR);
        assert_eq!(zone.span_of(date(2026, 10, 25)).micros(), 25 * HOUR);
    }

    #[test]
    fn a_missing_midnight_and_a_missing_day_are_survived() {
        let beirut = Zone::named("Asia/Beirut");
        assert_eq!(beirut.minutes(beirut.start_of(date(2022, 3, 27))), "01:00");
        assert_eq!(Zone::named("Pacific/Apia").span_of(date(2011, 12, 30)).micros(), 0);
    }

    #[test]
    fn the_repeated_hour_is_marked() {
        let zone = Zone::named("Europe/Berlin");
        assert_eq!(zone.minutes(at("2026-10-25T00:00:00Z")), "02:00A");
        assert_eq!(zone.minutes(at("2026-10-25T01:00:00Z")), "02:00B");
        assert_eq!(zone.minutes(at("2026-10-25T02:00:00Z")), "03:00");
        assert_eq!(zone.utc_offset(at("2026-03-03T00:00:00Z")), "UTC+1");
        assert_eq!(Zone::named("Asia/Kolkata").utc_offset(at("2026-03-03T00:00:00Z")), "UTC+5:30");
    }

    #[test]
    fn months_are_counted_over_the_year() {
        assert_eq!(month_of(date(2026, 1, 31), -1), date(2025, 12, 1));
        assert_eq!(month_of(date(2026, 12, 5), 1), date(2027, 1, 1));
    }
}
