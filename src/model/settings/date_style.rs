//! How dates are written, in the style that an operator has chosen.
//!
//! Must not do: know a zone or read a clock.

use chrono::NaiveDate;

use super::DateStyle;

impl DateStyle {
    /// All, as they are offered.
    pub const ALL: [Self; 5] =
        [Self::Words, Self::Iso, Self::Dotted, Self::DayFirst, Self::MonthFirst];

    /// `Tue 3 Mar 2026`, `2026-03-03`, `03.03.2026`, `03/03/2026`.
    #[must_use]
    pub fn long(self, date: NaiveDate) -> String {
        let format = match self {
            Self::Words => "%a %-d %b %Y",
            Self::Iso => "%Y-%m-%d",
            Self::Dotted => "%d.%m.%Y",
            Self::DayFirst => "%d/%m/%Y",
            Self::MonthFirst => "%m/%d/%Y",
        };
        date.format(format).to_string()
    }

    /// With the weekday and without the year: `Tue 3 Mar`, `Tue 03-03`, `Tue 03.03.`, `Tue 03/03`.
    #[must_use]
    pub fn short(self, date: NaiveDate) -> String {
        format!("{} {}", date.format("%a"), self.day_month(date))
    }

    /// `3 Mar`, `03-03`, `03.03.`, `03/03`.
    #[must_use]
    pub fn day_month(self, date: NaiveDate) -> String {
        let format = match self {
            Self::Words => "%-d %b",
            Self::Iso => "%m-%d",
            Self::Dotted => "%d.%m.",
            Self::DayFirst => "%d/%m",
            Self::MonthFirst => "%m/%d",
        };
        date.format(format).to_string()
    }

    /// `Mar 2026`, `2026-03`, `03.2026`, `03/2026`.
    #[must_use]
    pub fn month(self, date: NaiveDate) -> String {
        let format = match self {
            Self::Words => "%b %Y",
            Self::Iso => "%Y-%m",
            Self::Dotted => "%m.%Y",
            Self::DayFirst | Self::MonthFirst => "%m/%Y",
        };
        date.format(format).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_writes_the_same_day_in_its_own_way() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 5).expect("a day");
        let written = DateStyle::ALL.map(|style| {
            [style.long(day), style.short(day), style.day_month(day), style.month(day)].join(" | ")
        });
        let expected = [
            "Thu 5 Mar 2026 | Thu 5 Mar | 5 Mar | Mar 2026",
            "2026-03-05 | Thu 03-05 | 03-05 | 2026-03",
            "05.03.2026 | Thu 05.03. | 05.03. | 03.2026",
            "05/03/2026 | Thu 05/03 | 05/03 | 03/2026",
            "03/05/2026 | Thu 03/05 | 03/05 | 03/2026",
        ];
        assert_eq!(written, expected);
    }
}
