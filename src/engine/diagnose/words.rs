//! Times and amounts within the sentences of checks.
//!
//! Must not do: read a clock.

use chrono::Offset;
use chrono_tz::Tz;

use crate::model::settings::DateStyle;
use crate::model::{WallSpan, WallTime};

/// Microseconds of an hour and a day.
const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// How times are written.
#[derive(Clone, Copy)]
pub struct Words {
    pub zone: Tz,
    pub dates: DateStyle,
    pub now: WallTime,
}

impl Words {
    /// `14:05`, with the day when it is another one than today.
    pub fn when(&self, at: WallTime) -> String {
        let local = at.to_utc().with_timezone(&self.zone);
        let today = self.now.to_utc().with_timezone(&self.zone).date_naive();
        let time = local.format("%H:%M");
        match local.date_naive() == today {
            true => time.to_string(),
            false => format!("{} {time}", self.dates.long(local.date_naive())),
        }
    }

    /// `Tue 3 Mar 2026 14:05:07`.
    pub fn exact(&self, at: WallTime) -> String {
        let local = at.to_utc().with_timezone(&self.zone);
        format!("{} {}", self.dates.long(local.date_naive()), local.format("%H:%M:%S"))
    }

    /// `from 14:05 to 14:30`; an end of time is left out.
    pub fn span(&self, span: WallSpan) -> String {
        match span.end == WallTime::MAX {
            true => format!("since {}", self.when(span.start)),
            false => format!("from {} to {}", self.when(span.start), self.when(span.end)),
        }
    }

    /// `UTC+01:00`.
    pub fn offset(&self) -> String {
        format!("UTC{}", self.now.to_utc().with_timezone(&self.zone).offset().fix())
    }
}

/// `30 days`, `12 hours`, `5 minutes`.
pub fn length(micros: i64) -> String {
    let count = |number: i64, what: &str| match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    };
    match micros.max(0) {
        m if m >= 2 * DAY || m == DAY => count(m / DAY, "day"),
        m if m >= HOUR => count(m / HOUR, "hour"),
        m => count(m / 60_000_000, "minute"),
    }
}

/// `4.6 MB`, powers of 1000 as disks are sold.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
pub fn bytes(amount: u64) -> String {
    let (mut value, mut units) = (amount as f64, ["B", "kB", "MB", "GB", "TB"].into_iter());
    let mut unit = units.next().unwrap_or_default();
    while value >= 1_000.0
        && let Some(larger) = units.next()
    {
        (value, unit) = (value / 1_000.0, larger);
    }
    if amount < 1_000 { format!("{amount} B") } else { format!("{value:.1} {unit}") }
}

/// `4.6 MB/s`.
pub fn byte_rate(per_second: u64) -> String {
    format!("{}/s", bytes(per_second))
}

/// `3.9 Mbit/s`.
pub fn bit_rate(per_second: u64) -> String {
    let hundreds = per_second / 100_000;
    format!("{}.{} Mbit/s", hundreds / 10, hundreds % 10)
}
