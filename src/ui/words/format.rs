//! The units, and how they stand behind their numbers.
//!
//! Must not do: choose a unit, or round.

/// Of sizes, each a thousand of the one before.
pub const BYTES: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];

pub const YEARS: &str = "years";

/// `1.32 TB`.
pub fn amount(number: &str, unit: &str) -> String {
    format!("{number} {unit}")
}

/// `4.60 MB/s`.
pub fn per_second(amount: &str) -> String {
    format!("{amount}/s")
}

/// `3.9 Mbit/s`.
pub fn megabits(whole: u64, tenths: u64) -> String {
    format!("{whole}.{tenths} Mbit/s")
}

/// `640 kbit/s`.
pub fn kilobits(whole: u64) -> String {
    format!("{whole} kbit/s")
}

/// `25 fps`, `12.5 fps`.
pub fn frames(whole: u32, tenths: u32) -> String {
    match tenths {
        0 => format!("{whole} fps"),
        tenths => format!("{whole}.{tenths} fps"),
    }
}

/// `12 s`.
pub fn seconds(seconds: i64) -> String {
    format!("{seconds} s")
}

/// `42 min`.
pub fn minutes(minutes: i64) -> String {
    format!("{minutes} min")
}

/// `2 h`.
pub fn hours(hours: i64) -> String {
    format!("{hours} h")
}

/// `2 h 05 min`.
pub fn hours_minutes(hours: i64, minutes: i64) -> String {
    format!("{hours} h {minutes:02} min")
}

/// `UTC+1`, `UTC+5:30`, `UTC`: how far local clocks are ahead.
pub fn utc_offset(minutes: i64) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".into(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// `18 days`.
pub fn days_left(count: u64) -> String {
    if count == 1 { "1 day".into() } else { format!("{count} days") }
}

/// `5 hours`.
pub fn hours_left(count: u64) -> String {
    if count == 1 { "1 hour".into() } else { format!("{count} hours") }
}

/// `20 minutes`.
pub fn minutes_left(count: u64) -> String {
    if count == 1 { "1 minute".into() } else { format!("{count} minutes") }
}
