//! A time of the past as people write it.
//!
//! Must not do: read a clock. Pure.

use chrono::{Datelike, Days, NaiveDate, NaiveTime};

use super::words::playback as words;
use super::zone::Zone;
use crate::model::WallTime;
use crate::model::settings::DateStyle;

/// The moment that `text` means: a time of the day at `playhead`, or of the day that is named with it.
///
/// # Errors
/// A sentence for the operator.
pub fn parse(
    text: &str,
    playhead: WallTime,
    now: WallTime,
    zone: &Zone,
) -> Result<WallTime, &'static str> {
    let mut written = text.trim().to_lowercase();
    for half in words::HALVES_OF_THE_DAY {
        if let Some(bare) = written.strip_suffix(half) {
            written = format!("{bare}{}", half.trim_start());
        }
    }
    let (day, time) = match written.rsplit_once(char::is_whitespace) {
        Some((day, time)) => (day.trim(), time),
        None => ("", written.as_str()),
    };
    let (time, second) = match time.strip_suffix(['a', 'b']).filter(|bare| !bare.is_empty()) {
        Some(bare) => (bare, time.ends_with('b')),
        None => (time, false),
    };
    let time = time_of(time).ok_or(words::UNCLEAR_TIME)?;
    let date = day_of(day, zone.day(playhead), zone.day(now), zone.dates());
    let date = date.ok_or(words::UNCLEAR_TIME)?;
    let mut moments = zone.moments(date, time);
    let first = moments.next().ok_or(words::NO_SUCH_TIME)?;
    let at = if second { moments.next().unwrap_or(first) } else { first };
    if at > now { Err(words::FUTURE) } else { Ok(at) }
}

fn time_of(text: &str) -> Option<NaiveTime> {
    let formats = ["%H:%M", "%H:%M:%S", "%H:%M:%S%.f", "%H.%M", "%H%M", "%I:%M%p", "%I.%M%p"];
    let found = formats.iter().find_map(|format| NaiveTime::parse_from_str(text, format).ok());
    // A bare hour, `2pm`.
    found.or_else(|| {
        let (hour, half) = text.split_at_checked(text.len().checked_sub(2)?)?;
        NaiveTime::parse_from_str(&format!("{hour}:00{half}"), "%I:%M%p").ok()
    })
}

fn day_of(text: &str, shown: NaiveDate, today: NaiveDate, dates: DateStyle) -> Option<NaiveDate> {
    let slashed = if dates == DateStyle::MonthFirst { "%m/%d/%Y" } else { "%d/%m/%Y" };
    match text {
        "" => return Some(shown),
        words::TODAY => return Some(today),
        words::YESTERDAY => return today.checked_sub_days(Days::new(1)),
        _ => {}
    }
    let full = ["%Y-%m-%d", "%d.%m.%Y", slashed, "%d %b %Y"];
    let named = full.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    named.or_else(|| {
        let year = today.year();
        let text = text.trim_end_matches('.');
        let this_year = [("%d %b %Y", ' '), ("%d.%m.%Y", '.'), (slashed, '/')]
            .into_iter()
            .find_map(|(f, gap)| NaiveDate::parse_from_str(&format!("{text}{gap}{year}"), f).ok());
        // Without a year the newest such day is meant.
        this_year.and_then(
            |date| {
                if date > today { date.with_year(today.year() - 1) } else { Some(date) }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, &'static str> {
        let at = |text| WallTime::parse_rfc3339(text).expect("a time");
        let zone = Zone::named("Europe/Berlin");
        let (playhead, now) = (at("2026-10-20T12:00:00+02:00"), at("2026-10-26T09:00:00+01:00"));
        parse(text, playhead, now, &zone).map(|at| at.to_rfc3339())
    }

    #[test]
    fn times_are_taken_as_people_write_them() {
        for (text, expected) in [
            ("14:05", "2026-10-20T12:05:00"),
            ("14:05:07.5", "2026-10-20T12:05:07.5"),
            ("yesterday 14:05", "2026-10-25T13:05:00"),
            ("Today 8:30", "2026-10-26T07:30:00"),
            ("2 Mar 14:05", "2026-03-02T13:05:00"),
            ("24 Dec 18:00", "2025-12-24T17:00:00"),
            ("2026-03-02 14:05:01", "2026-03-02T13:05:01"),
            ("2.3.2026 14.05", "2026-03-02T13:05:00"),
            ("2pm", "2026-10-20T12:00:00"),
            ("yesterday 2:05 PM", "2026-10-25T13:05:00"),
            ("1405", "2026-10-20T12:05:00"),
            ("2.3. 14:05", "2026-03-02T13:05:00"),
            ("02/03 14:05", "2026-03-02T13:05:00"),
            ("25 Oct 02:30", "2026-10-25T00:30:00"),
            ("25 Oct 02:30B", "2026-10-25T01:30:00"),
        ] {
            let found = parsed(text).expect(text);
            assert!(found.starts_with(expected), "{text}: {found}");
        }
    }

    #[test]
    fn the_style_of_dates_says_which_number_is_the_month() {
        let zone = Zone::named("UTC").with_dates(DateStyle::MonthFirst);
        let now = WallTime::parse_rfc3339("2026-10-26T09:00:00Z").expect("a time");
        let found = parse("03/02 14:05", now, now, &zone).map(WallTime::to_rfc3339);
        assert!(found.is_ok_and(|at| at.starts_with("2026-03-02T14:05")));
    }

    #[test]
    fn what_is_no_time_of_the_past_gets_a_sentence() {
        for text in ["", "soon", "25:00", "today 23:00", "29 Mar 02:30", "31 Feb 10:00"] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }
}
