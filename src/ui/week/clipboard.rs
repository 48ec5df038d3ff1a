//! The times of a day as a text for the clipboard, so that a day goes to another schedule, or into a mail.
//!
//! Must not do: reach the clipboard. Pure.

use super::band::{Band, of_range};
use crate::model::schedule::{DayRange, Days, TimeOfDay};

/// What stands for a day on which nothing begins.
const NOTHING: &str = "never";

/// `08:00-12:00, 22:00-06:00`.
#[must_use]
pub fn write(bands: &[Band]) -> String {
    if bands.is_empty() {
        return NOTHING.into();
    }
    let times: Vec<String> =
        bands.iter().map(|band| format!("{}-{}", band.from(), band.to())).collect();
    times.join(", ")
}

/// The bands of such a text, on any day; none when it is another text.
#[must_use]
pub fn read(text: &str) -> Option<Vec<Band>> {
    if text.trim() == NOTHING {
        return Some(Vec::new());
    }
    let band = |part: &str| {
        let (from, to) = part.split_once(['-', '–'])?;
        let time = |text: &str| text.parse::<TimeOfDay>().ok();
        let days = Days::NONE.with(chrono::Weekday::Mon);
        let range = DayRange { days, from: time(from)?, to: time(to)? };
        range.validate().ok()?;
        of_range(&range).into_iter().next()
    };
    text.split(',').map(band).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for text in ["08:00-12:00, 22:00-06:00", "00:00-24:00", "never"] {
            assert_eq!(write(&read(text).expect(text)), text);
        }
        assert_eq!(read("8:00 – 12:00"), read("08:00-12:00"));
        for text in ["", "hello", "08:00", "08:00-08:00", "24:00-06:00"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
