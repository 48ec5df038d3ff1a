//! Amounts as people read them: bytes, rates, durations.
//!
//! Must not do: know zones or colours. Pure.

use super::words::format as words;

/// Seconds in a day.
const DAY: u64 = 86_400;

/// `1.32 TB`, three digits, powers of 1000 as disks are sold.
#[must_use]
pub fn bytes(amount: u64) -> String {
    let mut unit = 0;
    let mut divisor = 1_u64;
    while unit + 1 < words::BYTES.len() && amount / divisor >= 1000 {
        divisor *= 1000;
        unit += 1;
    }
    if unit == 0 {
        return words::amount(&amount.to_string(), words::BYTES[unit]);
    }
    let hundredths = u128::from(amount) * 100 / u128::from(divisor);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    let number = match whole {
        0..=9 => format!("{whole}.{rest:02}"),
        10..=99 => format!("{whole}.{}", rest / 10),
        _ => whole.to_string(),
    };
    words::amount(&number, words::BYTES[unit])
}

/// `4.60 MB/s`.
#[must_use]
pub fn byte_rate(per_second: u64) -> String {
    words::per_second(&bytes(per_second))
}

/// `3.9 Mbit/s`.
#[must_use]
pub fn bit_rate(per_second: u64) -> String {
    if per_second >= 1_000_000 {
        words::megabits(per_second / 1_000_000, per_second % 1_000_000 / 100_000)
    } else {
        words::kilobits(per_second / 1000)
    }
}

/// `25 fps`, `12.5 fps`.
#[must_use]
pub fn frame_rate(milli: u32) -> String {
    let tenths = (milli + 50) / 100;
    words::frames(tenths / 10, tenths % 10)
}

/// `0:42`, `12:05`, `1:00:00`: what is left of a time.
#[must_use]
pub fn countdown(micros: i64) -> String {
    let seconds = micros.max(0) / 1_000_000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// `2 h 05 min`, `42 min`, `12 s`.
#[must_use]
pub fn duration(micros: i64) -> String {
    let seconds = micros.max(0) / 1_000_000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => words::seconds(s),
        (0, m, _) => words::minutes(m),
        (h, m, _) => words::hours_minutes(h, m),
    }
}

/// [`duration`], without minutes where there are none: `1 h`.
pub(super) fn brief_duration(micros: i64) -> String {
    match micros / 60_000_000 {
        minutes if minutes >= 60 && minutes % 60 == 0 => words::hours(minutes / 60),
        _ => duration(micros),
    }
}

/// How long it is until storage is full: `18 days`, `5 hours`.
#[must_use]
pub fn time_left(micros: i64) -> String {
    let seconds = u64::try_from(micros / 1_000_000).unwrap_or(0);
    match seconds {
        s if s >= 10_000 * DAY => words::YEARS.to_owned(),
        s if s >= DAY => words::days_left(s / DAY),
        s if s >= 3600 => words::hours_left(s / 3600),
        s => words::minutes_left(s / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countdowns_have_two_digits_for_seconds() {
        let left = [-1, 0, 42, 725, 3_600].map(|seconds| countdown(seconds * 1_000_000));
        assert_eq!(left, ["0:00", "0:00", "0:42", "12:05", "1:00:00"]);
    }

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
        assert_eq!(brief_duration(7_500_000_000), "2 h 05 min");
        assert_eq!(brief_duration(7_200_000_000), "2 h");
        assert_eq!(brief_duration(1_800_000_000), "30 min");
        assert_eq!(time_left(0), "0 minutes");
        assert_eq!(time_left(2 * 86_400_000_000), "2 days");
    }
}
