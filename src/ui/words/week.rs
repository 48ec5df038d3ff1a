//! What the weekly grid says.
//!
//! Must not do: paint, or decide when something is said.

use chrono::Weekday;

use crate::model::schedule::{DayRange, Days};
use crate::ui::week::{Band, WEEKDAYS};

/// What can be done to a day, as a tooltip.
pub const DAY_TIP: &str = "Copy this day to others, or clear it (Ctrl+C, Ctrl+V)";
/// In the menu of a day.
pub const COPY_TO_WEEKDAYS: &str = "Copy to Monday to Friday";
/// In the menu of a day.
pub const COPY_TO_ALL: &str = "Copy to every day";
/// In the menu of a day.
pub const COPY_DAY: &str = "Copy (Ctrl+C)";
/// In the menu of a day.
pub const CLEAR_DAY: &str = "Clear this day";
/// Nothing that can be pasted into a day.
pub const NO_TIMES: &str =
    "The clipboard holds no times of a day; copy a day first, or write 08:00-12:00, 13:00-18:00.";

/// `Mon`.
#[must_use]
pub const fn day(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Mon",
        Weekday::Tue => "Tue",
        Weekday::Wed => "Wed",
        Weekday::Thu => "Thu",
        Weekday::Fri => "Fri",
        Weekday::Sat => "Sat",
        Weekday::Sun => "Sun",
    }
}

/// `Monday`.
#[must_use]
pub const fn full_day(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// `every day`, `Mon–Fri`, `Tue, Thu`: three days in a row and more as from and to.
#[must_use]
pub fn days(days: Days) -> String {
    if days == Days::DAILY {
        return "every day".into();
    }
    let mut words = Vec::new();
    let mut first = 0;
    while first < WEEKDAYS.len() {
        let run = WEEKDAYS[first..].iter().take_while(|day| days.contains(**day)).count();
        match run {
            0 => first += 1,
            1 | 2 => words.extend(WEEKDAYS[first..first + run].iter().map(|d| day(*d).to_owned())),
            _ => {
                let (from, to) = (WEEKDAYS[first], WEEKDAYS[first + run - 1]);
                words.push(format!("{}–{}", day(from), day(to)));
            }
        }
        first += run;
    }
    words.join(", ")
}

/// `Mon–Fri 08:00–18:00`.
#[must_use]
pub fn range(range: &DayRange) -> String {
    format!("{} {}–{}", days(range.days), range.from, range.to)
}

/// `Mon–Fri 08:00–18:00 · Sat 09:00–13:00`.
#[must_use]
pub fn ranges(ranges: &[DayRange]) -> String {
    let words: Vec<String> = ranges.iter().map(range).collect();
    words.join(" · ")
}

/// `08:00 – 18:00`.
#[must_use]
pub fn times(band: Band) -> String {
    format!("{} – {}", band.from(), band.to())
}

/// `Mon 08:00 – 18:00`, `Sun 22:00 – Mon 06:00`.
#[must_use]
pub fn span(band: Band) -> String {
    let own = day(band.weekday());
    if band.wraps() {
        let next = day(band.weekday().succ());
        format!("{own} {} – {next} {}", band.from(), band.to())
    } else {
        format!("{own} {} – {}", band.from(), band.to())
    }
}

/// `Business hours, Mon 08:00 – 18:00`.
#[must_use]
pub fn band(name: &str, band: Band) -> String {
    format!("{name}, {}", span(band))
}

/// What stands under a band, as a tooltip.
#[must_use]
pub fn band_tip(name: &str, band: Band) -> String {
    let (hours, minutes) = (band.length() / 60, band.length() % 60);
    let length =
        if minutes == 0 { format!("{hours} h") } else { format!("{hours} h {minutes} min") };
    format!("{name}\n{}, {length}", span(band))
}

/// `Monday: copy or clear`.
#[must_use]
pub fn day_menu(day: Weekday) -> String {
    format!("{}: copy or clear", full_day(day))
}

/// `Copy to Tuesday`.
#[must_use]
pub fn copy_to(day: Weekday) -> String {
    format!("Copy to {}", full_day(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_as_people_do() {
        for (written, told) in [
            ("daily", "every day"),
            ("mon-fri", "Mon–Fri"),
            ("tue,thu", "Tue, Thu"),
            ("sat,sun", "Sat, Sun"),
            ("mon,wed-fri,sun", "Mon, Wed–Fri, Sun"),
        ] {
            assert_eq!(days(written.parse().expect("days")), told);
        }
    }

    #[test]
    fn a_band_over_midnight_names_both_days() {
        let night = Band::new(6 * 1440 + 22 * 60, 8 * 60).expect("a band");
        assert_eq!(span(night), "Sun 22:00 – Mon 06:00");
        assert_eq!(band_tip("Night", night), "Night\nSun 22:00 – Mon 06:00, 8 h");
    }
}
