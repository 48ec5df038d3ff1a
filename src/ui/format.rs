//! Amounts as people read them: bytes, rates, durations.
//!
//! Must not do: know zones or colours. Pure.

const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];

/// Seconds in a day.
const DAY: u64 = 86_400;

/// `1.32 TB`, three digits, powers of 1000 as disks are sold.
#[must_use]
pub fn bytes(amount: u64) -> String {
    let mut unit = 0;
    let mut divisor = 1_u64;
    while unit + 1 < UNITS.len() && amount / divisor >= 1000 {
        divisor *= 1000;
        unit += 1;
    }
    if unit == 0 {
        return format!("{amount} B");
    }
    let hundredths = u128::from(amount) * 100 / u128::from(divisor);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match whole {
        0..=9 => format!("{whole}.{rest:02} {}", UNITS[unit]),
        10..=99 => format!("{whole}.{} {}", rest / 10, UNITS[unit]),
        _ => format!("{whole} {}", UNITS[unit]),
    }
}

/// `4.60 MB/s`.
#[must_use]
pub fn byte_rate(per_second: u64) -> String {
    format!("{}/s", bytes(per_second))
}

/// `3.9 Mbit/s`.
#[must_use]
pub fn bit_rate(per_second: u64) -> String {
    if per_second >= 1_000_000 {
        format!("{}.{} Mbit/s", per_second / 1_000_000, per_second % 1_000_000 / 100_000)
    } else {
        format!("{} kbit/s", per_second / 1000)
    }
}

/// `25 fps`, `12.5 fps`.
#[must_use]
pub fn frame_rate(milli: u32) -> String {
    match (milli + 50) / 100 {
        tenths if tenths % 10 == 0 => format!("{} fps", tenths / 10),
        tenths => format!("{}.{} fps", tenths / 10, tenths % 10),
    }
}

/// `2 h 05 min`, `42 min`, `12 s`.
#[must_use]
pub fn duration(micros: i64) -> String {
    let seconds = micros.max(0) / 1_000_000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, _) => format!("{m} min"),
        (h, m, _) => format!("{h} h {m:02} min"),
    }
}

/// How long it is until storage is full: `18 days`, `5 hours`.
#[must_use]
pub fn time_left(micros: i64) -> String {
    let seconds = u64::try_from(micros / 1_000_000).unwrap_or(0);
    let count = |n: u64, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    match seconds {
        s if s >= 10_000 * DAY => "years".into(),
        s if s >= DAY => count(s / DAY, "day"),
        s if s >= 3600 => count(s / 3600, "hour"),
        s => count(s / 60, "minute"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_three_digits() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(4_600_000), "4.60 MB");
        assert_eq!(bytes(63_400_000_000), "63.4 GB");
        assert_eq!(bytes(1_329_000_000_000), "1.32 TB");
        assert_eq!(bytes(u64::MAX), "18446744 TB");
    }

    #[test]
    fn rates_and_durations() {
        assert_eq!(frame_rate(24_990), "25 fps");
        assert_eq!(frame_rate(12_500), "12.5 fps");
        assert_eq!(bit_rate(3_990_000), "3.9 Mbit/s");
        assert_eq!(duration(7_500_000_000), "2 h 05 min");
        assert_eq!(time_left(0), "0 minutes");
        assert_eq!(time_left(2 * 86_400_000_000), "2 days");
    }
}
