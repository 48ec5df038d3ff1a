//! The arguments of `schedule`.
//!
//! Must not do: act on them.

use chrono::NaiveDate;
use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::values::date;
use crate::model::schedule::{DayRange, Days};

/// `schedule`
#[derive(Debug, ClapArgs)]
pub struct ScheduleOptions {
    /// What to do
    #[command(subcommand)]
    pub verb: ScheduleVerb,
}

/// `schedule ...`
#[derive(Debug, Subcommand)]
pub enum ScheduleVerb {
    /// Add a schedule
    Add {
        /// What operators call it
        name: String,
        /// When it is active
        #[command(flatten)]
        ranges: RangesArgs,
    },
    /// List the schedules
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Change a schedule
    Set {
        /// Its name
        schedule: String,
        /// Another name
        #[arg(long)]
        name: Option<String>,
        /// When it is active, instead of what there was
        #[command(flatten)]
        ranges: RangesArgs,
    },
    /// Remove a schedule that nobody uses
    Remove {
        /// Its name
        schedule: String,
    },
    /// Say what holds on a date instead of the weekly ranges
    Exception {
        /// Name of the schedule
        schedule: String,
        /// The date
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
        date: NaiveDate,
        /// What holds on it
        #[arg(value_enum)]
        rule: ExceptionArg,
        /// The schedule to use
        #[arg(value_name = "OTHER", required_if_eq("rule", "use"))]
        other: Option<String>,
    },
}

/// What holds on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExceptionArg {
    /// Active from 00:00 to 24:00
    AllDay,
    /// Not active
    Never,
    /// As another schedule says for that day of the week
    Use,
    /// As on every week again
    Remove,
}

/// When a schedule is active: days with times, and whole ranges.
#[derive(Debug, Default, ClapArgs)]
pub struct RangesArgs {
    /// Days for --time: mon-fri, sat,sun or daily
    #[arg(long, value_name = "DAYS", requires = "time")]
    pub days: Option<Days>,
    /// A time such as 08:00-18:00; may be given several times. 22:00-06:00 goes on past midnight
    #[arg(long, value_name = "FROM-TO", value_parser = times)]
    pub time: Vec<DayRange>,
    /// Days and time together, "sat,sun 10:00-14:00"; may be given several times
    #[arg(long, value_name = "DAYS FROM-TO")]
    pub range: Vec<DayRange>,
}

impl RangesArgs {
    /// All that were given, in that order.
    #[must_use]
    pub fn ranges(&self) -> Vec<DayRange> {
        let days = self.days.unwrap_or(Days::DAILY);
        let timed = self.time.iter().map(|range| DayRange { days, ..*range });
        timed.chain(self.range.iter().copied()).collect()
    }
}

/// A time of every day.
fn times(text: &str) -> Result<DayRange, String> {
    if text.contains(char::is_whitespace) {
        return Err("write days with --days, or all of it with --range".into());
    }
    format!("daily {text}").parse()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        ranges: RangesArgs,
    }

    fn read(line: &[&str]) -> Result<Vec<String>, clap::Error> {
        let line = std::iter::once("test").chain(line.iter().copied());
        let ranges = Line::try_parse_from(line)?.ranges.ranges();
        Ok(ranges.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn days_with_times_and_whole_ranges_go_together() {
        let line = ["--days", "mon-fri", "--time", "08:00-12:00", "--time", "13:00-18:00"];
        let mut expected = vec!["mon-fri 08:00-12:00", "mon-fri 13:00-18:00"];
        assert_eq!(read(&line).expect("valid"), expected);
        let line = [&line[..], &["--range", "sat,sun 10:00-14:00"]].concat();
        expected.push("sat,sun 10:00-14:00");
        assert_eq!(read(&line).expect("valid"), expected);
        assert_eq!(read(&["--time", "22:00-06:00"]).expect("valid"), ["daily 22:00-06:00"]);
        assert_eq!(read(&[]).expect("valid"), [""; 0]);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for line in [
            &["--days", "mon"][..],
            &["--days", "mon", "--days", "tue", "--time", "08:00-09:00"],
            &["--time", "mon 08:00-09:00"],
            &["--time", "08:00-08:00"],
            &["--time", "08:00-25:00"],
            &["--range", "08:00-09:00"],
            &["--range", "someday 08:00-09:00"],
        ] {
            assert!(read(line).is_err(), "{line:?}");
        }
    }
}
