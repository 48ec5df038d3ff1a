//! Named schedules: on which days and at which times of day something is to happen, with exceptions by date.
//!
//! # What a schedule means
//! - A schedule is local time in an IANA zone. Whether it is active at a moment is decided by what a local
//!   clock and calendar show at that moment and by nothing else. So a range inside a repeated hour covers
//!   both rounds, a range inside a missing hour covers nothing, and a whole day is 23 or 25 hours long where
//!   clocks change.
//! - A range belongs to the day on which it begins. A range that ends at or before its start goes on past
//!   midnight, and that part is active on the next date.
//! - An exception governs its date wholly, from 00:00 to 24:00, and no other date: what the evening before
//!   would carry over into it does not count, and what this weekday's ranges carry over into the next date
//!   still does.
//! - An exception that uses another schedule takes that schedule's weekly ranges for its date, with what they
//!   carry over from the day before; the exceptions of that schedule do not count.
//!
//! Must not do: read a clock or the system's zone; decide what happens while a schedule is active.

mod calendar;
mod days;
mod pieces;
mod time_of_day;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use calendar::{Calendar, Stretch};
pub use days::Days;
pub use time_of_day::TimeOfDay;

/// Longest name in characters, so that every list can show it.
const MAX_NAME: usize = 64;

/// Most ranges of a schedule: nine a day, and one; beyond, a mistake is likelier than a wish.
const MAX_RANGES: usize = 64;

/// Most exceptions of a schedule: every day of two years.
const MAX_EXCEPTIONS: usize = 2 * 366;

const ALL_DAY: &str = "all-day";
const NEVER: &str = "never";
const USE: &str = "use ";

/// A named schedule.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Schedule {
    /// As operators call it; unique among the schedules.
    pub name: String,
    /// What holds every week. Ranges may overlap.
    #[serde(default, rename = "range", skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<DayRange>,
    /// What holds on single dates instead.
    #[serde(default, rename = "exception", skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
}

/// A range of time that begins on each of some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DayRange {
    /// The days on which it begins.
    pub days: Days,
    /// First minute inside.
    pub from: TimeOfDay,
    /// First minute after it; on the next day where this is not later than `from`.
    pub to: TimeOfDay,
}

/// What holds on one date instead of the weekly ranges.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Exception {
    /// The local date.
    #[serde(with = "date_text")]
    pub date: NaiveDate,
    /// What holds on it.
    pub rule: ExceptionRule,
}

/// What an exception says. Written `all-day`, `never` or `use NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ExceptionRule {
    /// Active from 00:00 to 24:00.
    AllDay,
    /// Not active.
    Never,
    /// As the schedule of this name says for the weekday.
    Use(String),
}

impl Schedule {
    /// Whether it makes sense by itself; [`validate_all`] looks at schedules together.
    ///
    /// # Errors
    /// What is wrong, in a sentence for the operator.
    pub fn validate(&self) -> Result<(), String> {
        validate_name(&self.name)?;
        if self.ranges.is_empty() {
            return Err("a schedule needs at least one time range".into());
        }
        if self.ranges.len() > MAX_RANGES {
            return Err(format!("a schedule has at most {MAX_RANGES} time ranges"));
        }
        if self.exceptions.len() > MAX_EXCEPTIONS {
            return Err(format!("a schedule has at most {MAX_EXCEPTIONS} exceptions"));
        }
        self.ranges.iter().try_for_each(DayRange::validate)?;
        let mut dates = BTreeSet::new();
        for exception in &self.exceptions {
            if !dates.insert(exception.date) {
                return Err(format!("{} has more than one exception", exception.date));
            }
            if let ExceptionRule::Use(name) = &exception.rule {
                validate_name(name)
                    .map_err(|error| format!("the exception on {}: {error}", exception.date))?;
            }
        }
        Ok(())
    }
}

fn validate_name(name: &str) -> Result<(), String> {
    if name.trim().is_empty() {
        Err("a schedule needs a name".into())
    } else if name.trim() != name {
        Err(format!("the name \"{name}\" begins or ends with a space"))
    } else if name.chars().any(char::is_control) {
        Err("a schedule's name is a single line without control characters".into())
    } else if name.chars().count() > MAX_NAME {
        Err(format!("a schedule's name has at most {MAX_NAME} characters"))
    } else {
        Ok(())
    }
}

impl DayRange {
    /// Whether it covers some time.
    ///
    /// # Errors
    /// Why not, in a sentence for the operator.
    pub fn validate(&self) -> Result<(), String> {
        if self.days.is_empty() {
            Err(format!("the time range {self} needs at least one day"))
        } else if self.from == TimeOfDay::END {
            Err("a time range begins at 23:59 at the latest; 24:00 is an end".into())
        } else if self.from == self.to {
            Err(format!("the time range {self} is empty; a whole day is 00:00-24:00"))
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for DayRange {
    /// `mon-fri 08:00-18:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if self.days.is_empty() { "" } else { " " };
        write!(f, "{}{space}{}-{}", self.days, self.from, self.to)
    }
}

impl FromStr for DayRange {
    type Err = String;
    /// Reads what [`DayRange`] is written as, and checks it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("\"{text}\" is no time range; one is mon-fri 08:00-18:00");
        let (days, times) = text.trim().rsplit_once(char::is_whitespace).ok_or_else(wrong)?;
        let (from, to) = times.split_once('-').ok_or_else(wrong)?;
        let range = Self { days: days.parse()?, from: from.parse()?, to: to.parse()? };
        range.validate()?;
        Ok(range)
    }
}

/// Whether schedules make sense each and together: names differ in more than case, and the exceptions use
/// schedules that exist, not their own.
///
/// # Errors
/// The place of the first wrong one and what is wrong with it, in a sentence for the operator.
pub fn validate_all(schedules: &[Schedule]) -> Result<(), (usize, String)> {
    let mut names = BTreeSet::new();
    for (place, schedule) in schedules.iter().enumerate() {
        schedule.validate().map_err(|error| (place, error))?;
        if !names.insert(schedule.name.to_lowercase()) {
            return Err((place, format!("another schedule is called \"{}\"", schedule.name)));
        }
    }
    let known: BTreeSet<&str> = schedules.iter().map(|schedule| schedule.name.as_str()).collect();
    for (place, schedule) in schedules.iter().enumerate() {
        for Exception { date, rule } in &schedule.exceptions {
            let ExceptionRule::Use(used) = rule else { continue };
            if *used == schedule.name {
                return Err((place, format!("the exception on {date} uses its own schedule")));
            }
            if !known.contains(used.as_str()) {
                let error =
                    format!("the exception on {date} uses \"{used}\", which is no schedule");
                return Err((place, error));
            }
        }
    }
    Ok(())
}

impl FromStr for ExceptionRule {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        match text {
            ALL_DAY => Ok(Self::AllDay),
            NEVER => Ok(Self::Never),
            _ => {
                text.strip_prefix(USE).map(|name| Self::Use(name.trim().into())).ok_or_else(|| {
                    format!(
                        "\"{text}\" is no exception; one is all-day, never, or use and a schedule"
                    )
                })
            }
        }
    }
}

impl fmt::Display for ExceptionRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllDay => f.write_str(ALL_DAY),
            Self::Never => f.write_str(NEVER),
            Self::Use(name) => write!(f, "{USE}{name}"),
        }
    }
}

impl TryFrom<String> for ExceptionRule {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ExceptionRule> for String {
    fn from(rule: ExceptionRule) -> Self {
        rule.to_string()
    }
}

/// Dates as `2026-12-25`.
mod date_text {
    use chrono::NaiveDate;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    const FORMAT: &str = "%Y-%m-%d";

    pub fn serialize<S: Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&date.format(FORMAT))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
        let text = String::deserialize(deserializer)?;
        NaiveDate::parse_from_str(&text, FORMAT)
            .map_err(|_| D::Error::custom(format!("\"{text}\" is no date; one is 2026-12-25")))
    }
}

#[cfg(test)]
mod tests;
