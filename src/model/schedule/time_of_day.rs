//! A time of day on a wall clock, to the minute.
//!
//! Must not do: know of dates, zones or time spans.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A time of day, `00:00` to `24:00`; the latter is the end of the day and not the next one's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// 00:00.
    pub const START: Self = Self(0);
    /// 24:00.
    pub const END: Self = Self(24 * 60);

    /// So many minutes after midnight, 0 to 1440; none beyond.
    #[must_use]
    pub const fn from_minutes(minutes: u16) -> Option<Self> {
        if minutes <= Self::END.0 { Some(Self(minutes)) } else { None }
    }

    /// Minutes after midnight, 0 to 1440.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |digits: &str| {
            let valid = matches!(digits.len(), 1..=2) && digits.bytes().all(|b| b.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| valid)
        };
        let parts = text.trim().split_once(':').filter(|(_, minutes)| minutes.len() == 2);
        parts
            .and_then(|(hours, minutes)| Some((number(hours)?, number(minutes)?)))
            .filter(|(_, minutes)| *minutes < 60)
            .and_then(|(hours, minutes)| Self::from_minutes(hours * 60 + minutes))
            .ok_or_else(|| format!("\"{text}\" is no time of day; one is 08:00, the last is 24:00"))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minute_reads_as_it_is_written() {
        for minutes in 0..=1440 {
            let time = TimeOfDay::from_minutes(minutes).expect("within the day");
            assert_eq!(time.to_string().parse(), Ok(time));
        }
        assert_eq!(TimeOfDay::from_minutes(1441), None);
        assert_eq!(TimeOfDay::END.to_string(), "24:00");
        assert_eq!(" 8:05 ".parse(), Ok(TimeOfDay(485)));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "8", "8:5", "08:60", "24:01", "25:00", "+8:00", "08:+5", "008:00", "08:00:00"]
        {
            assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
        }
    }
}
