//! How values on the command line are written.
//!
//! Must not do: know which verb they belong to.

use std::time::Duration;

use chrono::NaiveDate;
use clap::ValueEnum;

use crate::engine::manual::LONGEST;
use crate::model::WallTime;

/// Something that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// Yes
    On,
    /// No
    Off,
}

/// RFC 3339.
pub(super) fn time(text: &str) -> Result<WallTime, String> {
    WallTime::parse_rfc3339(text)
        .map_err(|_| "write a time like 2026-03-03T14:05:07.240+01:00 (RFC 3339)".into())
}

/// `30s`, `10m` or `2h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a time like 30s, 10m or 2h".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds = match &text[digits.len()..] {
        "s" | "" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

/// `1920x1080`.
pub(super) fn size(text: &str) -> Result<(u32, u32), String> {
    let wrong = || "write a size like 1920x1080, both even and at most 4096".to_owned();
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let parse = |side: &str| {
        side.parse()
            .ok()
            .filter(|n: &u32| n.is_multiple_of(2) && (160..=4_096).contains(n))
            .ok_or_else(wrong)
    };
    Ok((parse(width)?, parse(height)?))
}

/// Like [`duration`], and as long as a manual recording may be.
pub(super) fn manual(text: &str) -> Result<Duration, String> {
    let limit = duration(text)?;
    let fits = !limit.is_zero() && limit <= LONGEST;
    if fits { Ok(limit) } else { Err("a manual recording ends after 1s to 24h".into()) }
}

/// `2026-12-25`.
pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "write a date like 2026-12-25".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_or_refused() {
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7_200)));
        for text in ["", "s", "-1s", "5d", "1.5h", "99999999999999999999h", "9999999999999999999h"]
        {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(size("640x360"), Ok((640, 360)));
        for text in ["640", "641x360", "0x0", "64000x360", "x"] {
            assert!(size(text).is_err(), "{text}");
        }
        assert!(time("2026-03-03T14:05:07+01:00").is_ok() && time("yesterday").is_err());
        assert_eq!(manual("24h"), Ok(LONGEST));
        assert!(manual("0s").is_err() && manual("25h").is_err());
        assert!(date("2026-12-25").is_ok() && date("2026-02-30").is_err());
    }
}
