//! What the schedules of Setup > Recording say.
//!
//! Must not do: paint, or decide when something is said.

use chrono::{Datelike, NaiveDate, Weekday};

use super::week;
use crate::model::schedule::{Exception, ExceptionRule};
use crate::model::settings::DateStyle;
use crate::model::{CoverageKind, Mode};
use crate::ui::clock_changes::ClockChange;
use crate::ui::format;

/// The card.
pub const TITLE: &str = "Schedules";
/// What the grid shows.
pub const SHOW: &str = "Show";
/// What the grid shows.
pub const BY_SCHEDULE: &str = "By schedule";
/// What it is good for.
pub const BY_SCHEDULE_TIP: &str = "The week of each schedule, to be edited";
/// What the grid shows.
pub const BY_CAMERA: &str = "By camera";
/// What it is good for.
pub const BY_CAMERA_TIP: &str = "What records a camera when, by which rule";
/// Adds a schedule.
pub const ADD: &str = "Add schedule";
/// What it begins as.
pub const ADD_TIP: &str = "A new schedule, Monday to Friday 08:00 to 18:00 to begin with";
/// Takes the last change back.
pub const UNDO: &str = "Undo";
/// Makes it again.
pub const REDO: &str = "Redo";
/// There is no schedule.
pub const NONE_YET: &str = "There is no schedule yet. A schedule says on which days and at which times cameras that \
                            are set to Scheduled are recorded.";
/// A field.
pub const NAME: &str = "Name";
/// A row of switches.
pub const DAYS: &str = "Days";
/// Fields.
pub const TIME_RANGES: &str = "Time ranges";
/// Another range.
pub const ADD_RANGE: &str = "Add a time range";
/// No room for another one.
pub const NO_ROOM: &str = "These days have no free hour left; shorten a time range first.";
/// A copy of a schedule.
pub const DUPLICATE: &str = "Duplicate";
/// What it is good for.
pub const DUPLICATE_TIP: &str = "A new schedule with the same times and exceptions";
/// Takes a schedule away.
pub const DELETE: &str = "Delete";
/// What it does.
pub const DELETE_TIP: &str = "Takes this schedule away, when nothing uses it";
/// The list of dates.
pub const EXCEPTIONS: &str = "Exceptions";
/// Another exception.
pub const ADD_DATE: &str = "Date";
/// What it is good for.
pub const ADD_DATE_TIP: &str = "Something else holds on a single date, such as a holiday";
/// No exception.
pub const NO_EXCEPTIONS: &str = "Every week is the same.";
/// Heading of the sheet.
pub const NEW_EXCEPTION: &str = "Exception on a date";
/// A field.
pub const DATE: &str = "Date";
/// Text that is no date.
pub const NO_DATE: &str = "Write a date such as 3 Apr 2026 or 2026-04-03.";
/// What holds on the date.
pub const ON_IT: &str = "On this date";
/// A rule.
pub const NOTHING: &str = "Nothing";
/// A rule.
pub const ALL_DAY: &str = "All day";
/// A rule.
pub const LIKE: &str = "Like another";
/// No other schedule.
pub const NO_OTHER: &str = "There is no other schedule to take the times from.";
/// Which schedule.
pub const WHICH: &str = "Schedule for this date";
/// Ends the sheet.
pub const APPLY: &str = "Apply";
/// What it does.
pub const APPLY_TIP: &str = "Puts it into the list; it is in force when the page is saved (Enter)";
/// Nobody records by this schedule.
pub const UNUSED: &str = "No camera records by this schedule.";
/// Only by hand.
pub const BY_HAND: &str = "Recorded only when somebody starts it.";
/// Exceptions in the camera's week.
pub const ORDINARY_WEEK: &str =
    "This is an ordinary week; exceptions on single dates are on the right.";

/// A name for a new schedule.
#[must_use]
pub fn new_name(number: usize) -> String {
    if number < 2 { "New schedule".into() } else { format!("New schedule {number}") }
}

/// A name for a copy.
#[must_use]
pub fn copy_name(name: &str, number: usize) -> String {
    if number < 2 { format!("{name} copy") } else { format!("{name} copy {number}") }
}

/// `5 cameras`.
#[must_use]
pub fn cameras(count: usize) -> String {
    match count {
        0 => "not used".into(),
        1 => "1 camera".into(),
        n => format!("{n} cameras"),
    }
}

/// The name of a row of the list.
#[must_use]
pub fn row(name: &str, times: &str, cameras: &str) -> String {
    format!("{name}, {times}, {cameras}")
}

/// Why a schedule stays.
#[must_use]
pub fn used_by(name: &str, users: &[String]) -> String {
    format!("\"{name}\" stays: it is used by {}. Choose another schedule there first.", list(users))
}

fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Why a name cannot be.
#[must_use]
pub fn taken(name: &str) -> String {
    format!("Another schedule is called \"{name}\".")
}

/// The name of a field of a range.
#[must_use]
pub fn from_of(range: &str) -> String {
    format!("Begin of {range}")
}

/// The name of a field of a range.
#[must_use]
pub fn to_of(range: &str) -> String {
    format!("End of {range}")
}

/// The name of a button.
#[must_use]
pub fn remove(what: &str) -> String {
    format!("Remove {what}")
}

/// `M`, as a switch.
#[must_use]
pub fn letter(day: Weekday) -> &'static str {
    &week::day(day)[..1]
}

/// How a date can be written.
#[must_use]
pub fn date_hint(dates: DateStyle, today: NaiveDate) -> String {
    match dates {
        DateStyle::Words => "3 Apr, 3 Apr 2026 or 2026-04-03".into(),
        _ => format!("{} or {}", dates.day_month(today), dates.long(today)),
    }
}

/// `Fri 3 Apr`, with the year when it is another one, as the style of dates has it.
#[must_use]
pub fn date(date: NaiveDate, today: NaiveDate, dates: DateStyle) -> String {
    if date.year() == today.year() { dates.short(date) } else { whole_date(date, dates) }
}

/// `Fri 3 Apr 2026`, as the style of dates has it.
#[must_use]
pub fn whole_date(date: NaiveDate, dates: DateStyle) -> String {
    match dates {
        DateStyle::Words => dates.long(date),
        _ => format!("{} {}", date.format("%a"), dates.long(date)),
    }
}

/// `nothing`, `all day`, `as Night watch`.
#[must_use]
pub fn rule(rule: &ExceptionRule) -> String {
    match rule {
        ExceptionRule::Never => "nothing".into(),
        ExceptionRule::AllDay => "all day".into(),
        ExceptionRule::Use(name) => format!("as {name}"),
    }
}

/// `Fri 3 Apr: nothing`.
#[must_use]
pub fn exception(exception: &Exception, today: NaiveDate, dates: DateStyle) -> String {
    format!("{}: {}", date(exception.date, today, dates), rule(&exception.rule))
}

/// Two exceptions on one date.
#[must_use]
pub fn date_taken(date: NaiveDate, today: NaiveDate, dates: DateStyle) -> String {
    format!("{} has an exception already; change that one.", self::date(date, today, dates))
}

/// What a camera is recorded by.
#[must_use]
pub fn camera_rule(mode: Mode, schedule: Option<&str>) -> String {
    match schedule {
        Some(schedule) => format!("{}: {schedule}", mode.label()),
        None => mode.label().into(),
    }
}

/// A rule of a camera, for the tooltip of its band.
#[must_use]
pub fn lane(kind: CoverageKind, schedule: Option<&str>) -> String {
    let what = match kind {
        CoverageKind::Continuous => "Continuous",
        CoverageKind::Scheduled => "Scheduled",
        CoverageKind::Motion => "When something moves",
        CoverageKind::Manual => "Started by hand",
    };
    match schedule {
        Some(schedule) => format!("{what}, by {schedule}"),
        None => what.into(),
    }
}

/// Leads to a schedule.
#[must_use]
pub fn open(schedule: &str) -> String {
    format!("Edit {schedule}")
}

/// The grid.
#[must_use]
pub fn week_of(name: &str) -> String {
    format!("Week of {name}")
}

/// `54 h`, `7 h 30 min`.
#[must_use]
pub fn hours(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("{hours} h"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// After the hours.
pub const A_WEEK_COVERED: &str = "a week covered";

/// `97 GB`, with what stands before and after it.
#[must_use]
pub fn bytes_a_week(bytes: u64, at_most: bool) -> (&'static str, String, &'static str) {
    (if at_most { "at most" } else { "about" }, format::bytes(bytes), "a week")
}

/// What happens to times when clocks change.
#[must_use]
pub fn clocks(zone: &str, changes: &[ClockChange], dates: DateStyle) -> String {
    let mut text = format!("Times are local, {zone}.");
    let mut told = None;
    for change in changes {
        let hour = format!("{} – {}", change.from.format("%H:%M"), change.to.format("%H:%M"));
        let what = match told.replace(hour.clone()) {
            Some(before) if before == hour => "it".to_owned(),
            _ => hour,
        };
        let on = if text.ends_with('.') { " On" } else { "; on" };
        let then = if change.is_forward {
            "does not exist"
        } else {
            "happens twice and both are recorded"
        };
        text.push_str(&format!("{on} {} {what} {then}", dates.short(change.date)));
    }
    if changes.is_empty() {
        text.push_str(" Clocks are not changed there within a year");
    }
    text.push('.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WallTime;
    use crate::ui::clock_changes::clock_changes;
    use crate::ui::zone::Zone;

    fn told(zone: &str, now: &str) -> String {
        let now = WallTime::parse_rfc3339(now).expect("a time");
        clocks(zone, &clock_changes(&Zone::named(zone), now, 366), DateStyle::Words)
    }

    #[test]
    fn what_clocks_do_is_told_in_a_sentence() {
        assert_eq!(
            told("Europe/Berlin", "2026-03-03T12:00:00Z"),
            "Times are local, Europe/Berlin. On Sun 29 Mar 02:00 – 03:00 does not exist; \
             on Sun 25 Oct it happens twice and both are recorded."
        );
        assert_eq!(
            told("America/New_York", "2026-06-01T12:00:00Z"),
            "Times are local, America/New_York. On Sun 1 Nov 01:00 – 02:00 happens twice and both are recorded; \
             on Sun 14 Mar 02:00 – 03:00 does not exist."
        );
        assert_eq!(
            told("Asia/Kolkata", "2026-06-01T12:00:00Z"),
            "Times are local, Asia/Kolkata. Clocks are not changed there within a year."
        );
    }

    #[test]
    fn users_are_listed() {
        let users = ["Gate", "Yard", "the default of all cameras"].map(String::from);
        let told = used_by("Night", &users);
        assert!(told.contains("used by Gate, Yard and the default of all cameras."), "{told}");
        assert_eq!(
            (hours(3240), hours(450), hours(15)),
            ("54 h".into(), "7 h 30 min".into(), "15 min".into())
        );
    }
}
