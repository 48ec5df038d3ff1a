//! The days of a calendar page.
//!
//! Must not do: know egui or footage. Pure.

use chrono::{Datelike, Days, NaiveDate};

use crate::model::WallSpan;
use crate::ui::zone::{Zone, month_of};

/// Weeks on a page: enough for every month, so that the page never changes its height.
const WEEKS: usize = 6;

/// Microseconds in an hour.
const HOUR: i64 = 3_600_000_000;

/// One day of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: NaiveDate,
    /// From its first moment to the next day's.
    pub span: WallSpan,
    /// Whether it belongs to the month shown.
    pub inside: bool,
}

impl Day {
    /// Hours of the day when they are not 24: clocks change on it.
    #[must_use]
    pub const fn odd_hours(&self) -> Option<i64> {
        match self.span.micros() / HOUR {
            24 => None,
            hours => Some(hours),
        }
    }

    /// How much of it is covered by this many microseconds of footage, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a shade")]
    pub fn part(&self, covered: i64) -> f32 {
        (covered as f64 / self.span.micros().max(1) as f64).clamp(0.0, 1.0) as f32
    }
}

/// The days of the page of `month`, Monday first.
#[must_use]
pub fn days(month: NaiveDate, zone: &Zone) -> Vec<Day> {
    let first = month_of(month, 0);
    let back = u64::from(first.weekday().num_days_from_monday());
    let monday = first.checked_sub_days(Days::new(back)).unwrap_or(first);
    monday
        .iter_days()
        .take(WEEKS * 7)
        .map(|date| Day { date, span: zone.span_of(date), inside: month_of(date, 0) == first })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a date")
    }

    #[test]
    fn a_page_has_six_weeks_from_monday() {
        let days = days(date(2026, 3, 17), &Zone::named("Europe/Berlin"));
        assert_eq!(days.len(), 42);
        assert_eq!(days[0].date, date(2026, 2, 23));
        assert_eq!(days[6].date, date(2026, 3, 1));
        assert_eq!(days.iter().filter(|d| d.inside).count(), 31);
        assert!(days.windows(2).all(|w| w[0].span.end == w[1].span.start));
    }

    #[test]
    fn days_of_clock_changes_are_told() {
        let odd = |y, m| -> Vec<_> {
            days(date(y, m, 1), &Zone::named("Europe/Berlin"))
                .into_iter()
                .filter_map(|d| Some((d.date, d.odd_hours()?)))
                .collect()
        };
        assert_eq!(odd(2026, 3), [(date(2026, 3, 29), 23)]);
        assert_eq!(odd(2026, 10), [(date(2026, 10, 25), 25)]);
        assert_eq!(odd(2026, 6), []);
    }
}
