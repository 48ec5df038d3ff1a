//! A set of days of the week.
//!
//! Must not do: know of dates or times.

use std::fmt;
use std::str::FromStr;

use chrono::Weekday;
use serde::{Deserialize, Serialize};

/// Days of the week, Monday first, as they are written.
const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const DAILY: &str = "daily";

/// Days in a row that are written as a range; two are no shorter so.
const RANGE_LENGTH: usize = 3;

/// A set of days of the week. Written `mon-fri`, `sat,sun`, `mon,wed-fri` or `daily`; a range may pass
/// Sunday (`fri-mon`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Days(u8);

impl Days {
    /// No day: where choosing begins. It has no written form.
    pub const NONE: Self = Self(0);
    /// Every day.
    pub const DAILY: Self = Self(0x7f);

    /// These days and `day`.
    #[must_use]
    pub const fn with(self, day: Weekday) -> Self {
        Self(self.0 | bit(day as usize))
    }

    /// These days but not `day`.
    #[must_use]
    pub const fn without(self, day: Weekday) -> Self {
        Self(self.0 & !bit(day as usize))
    }

    /// Whether `day` is among them.
    #[must_use]
    pub const fn contains(self, day: Weekday) -> bool {
        self.has(day as usize)
    }

    /// Whether no day is among them.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Days after Monday, 0 to 6, of each day in the set.
    pub(super) fn indices(self) -> impl Iterator<Item = usize> {
        (0..7).filter(move |index| self.has(*index))
    }

    const fn has(self, index: usize) -> bool {
        self.0 & bit(index) != 0
    }

    /// The days from one to the other, also past Sunday.
    fn between(first: usize, last: usize) -> Self {
        let length = (last + 7 - first) % 7;
        Self((0..=length).fold(0, |days, n| days | bit((first + n) % 7)))
    }
}

const fn bit(index: usize) -> u8 {
    1 << index
}

impl FromIterator<Weekday> for Days {
    fn from_iter<T: IntoIterator<Item = Weekday>>(days: T) -> Self {
        days.into_iter().fold(Self::NONE, Self::with)
    }
}

impl FromStr for Days {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let written = text.trim().to_ascii_lowercase();
        if written == DAILY {
            return Ok(Self::DAILY);
        }
        let index = |name: &str| NAMES.iter().position(|known| *known == name.trim());
        let part = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            Some(Self::between(index(first)?, index(last)?).0)
        };
        written.split(',').try_fold(0, |days, next| Some(days | part(next)?)).map(Self).ok_or_else(
            || format!("\"{text}\" is no list of days; some are mon-fri, sat,sun and daily"),
        )
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::DAILY {
            return f.write_str(DAILY);
        }
        let mut comma = "";
        let mut first = 0;
        while first < 7 {
            let run = (first..7).take_while(|index| self.has(*index)).count();
            if run >= RANGE_LENGTH {
                write!(f, "{comma}{}-{}", NAMES[first], NAMES[first + run - 1])?;
                comma = ",";
                first += run;
            } else {
                if run > 0 {
                    write!(f, "{comma}{}", NAMES[first])?;
                    comma = ",";
                }
                first += 1;
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Days {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Days> for String {
    fn from(days: Days) -> Self {
        days.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_reads_as_it_is_written() {
        for days in (1..=0x7f).map(Days) {
            assert_eq!(days.to_string().parse(), Ok(days), "{days}");
        }
    }

    #[test]
    fn sets_are_written_as_people_do() {
        for text in ["mon-fri", "sat,sun", "mon,wed-fri", "mon-wed,fri-sun", "tue", "daily"] {
            assert_eq!(text.parse::<Days>().expect(text).to_string(), text);
        }
        for (text, short) in
            [("mon-sun", "daily"), ("Fri - Mon", "mon,fri-sun"), ("sun,sat", "sat,sun")]
        {
            assert_eq!(text.parse::<Days>().expect(text).to_string(), short);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", ",", "mon,", "monday", "mon-", "mon-tue-wed", "weekdays", "daily,mon"] {
            assert!(text.parse::<Days>().is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_added_and_taken_away() {
        let weekend: Days = [Weekday::Sat, Weekday::Sun].into_iter().collect();
        assert_eq!(weekend.to_string(), "sat,sun");
        assert!(weekend.contains(Weekday::Sun) && !weekend.contains(Weekday::Mon));
        assert!(weekend.without(Weekday::Sat).without(Weekday::Sun).is_empty());
    }
}
