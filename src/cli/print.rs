//! Printing: tables for people, JSON for programs.
//!
//! Must not do: fail when the reader has gone away.

use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;

use crate::model::WallTime;
use crate::model::settings::Retention;

/// Prints a line; a closed pipe is no error.
///
/// # Errors
/// When stdout cannot be written for another reason.
pub fn line(text: &str) -> Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Prints a value as JSON.
///
/// # Errors
/// When it cannot be serialised or written.
pub fn json(value: &impl Serialize) -> Result<()> {
    line(&serde_json::to_string_pretty(value)?)
}

/// A text without control characters, which a terminal would obey.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Prints rows under a head, columns aligned.
///
/// # Errors
/// When stdout cannot be written.
pub fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> Result<()> {
    let rows: Vec<[String; N]> =
        rows.iter().map(|row| row.each_ref().map(|cell| plain(cell))).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].len()]).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let aligned = |cells: [&str; N]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    line(&aligned(head))?;
    for row in &rows {
        line(&aligned(std::array::from_fn(|column| row[column].as_str())))?;
    }
    Ok(())
}

/// Prints names and values, one a line, values aligned.
///
/// # Errors
/// When stdout cannot be written.
pub fn pairs(pairs: &[(&str, String)]) -> Result<()> {
    let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    pairs.iter().try_for_each(|(name, value)| line(&format!("{name:width$}  {value}")))
}

/// An error with its causes, each said once: most of ours say their cause already.
#[must_use]
pub fn chain(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| {
        if said.is_empty() {
            cause
        } else if said.contains(&cause) {
            said
        } else {
            format!("{said}: {cause}")
        }
    })
}

/// A local time for people: date, time and offset.
#[must_use]
pub fn local(at: WallTime, zone: chrono_tz::Tz) -> String {
    at.to_utc().with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// Bytes for people, in powers of ten as disks are sold.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1_000.0 && unit + 1 < units.len() {
        value /= 1_000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", units[unit]) }
}

/// How long footage is kept.
#[must_use]
pub fn kept(retention: Retention) -> String {
    retention.micros().map_or_else(|| "for ever".into(), |_| retention.to_string())
}

/// So many files.
#[must_use]
pub fn files(count: usize) -> String {
    if count == 1 { "1 file".into() } else { format!("{count} files") }
}

/// A length of time for people, in its two largest units; `micros` are microseconds.
#[must_use]
pub fn duration(micros: i64) -> String {
    let seconds = micros.max(0) / 1_000_000;
    let parts = [
        (seconds / 86_400, "days"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let first = parts.iter().position(|(number, _)| *number > 0).unwrap_or(parts.len() - 1);
    let shown = parts.iter().skip(first).take(2).filter(|(number, _)| *number > 0);
    let name =
        |number: i64, unit: &'static str| if (number, unit) == (1, "days") { "day" } else { unit };
    let words: Vec<String> =
        shown.map(|(number, unit)| format!("{number} {}", name(*number, unit))).collect();
    if words.is_empty() { "0 s".into() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_has_nothing_to_obey() {
        assert_eq!(plain("a\u{1b}[2J\nvän\u{9b}1m"), "a\u{fffd}[2J\u{fffd}vän\u{fffd}1m");
    }

    #[test]
    fn lengths_of_time_have_two_units() {
        let cases = [(0, "0 s"), (59, "59 s"), (600, "10 min"), (3_661, "1 h 1 min")];
        for (seconds, text) in cases {
            assert_eq!(duration(seconds * 1_000_000), text);
        }
        assert_eq!(duration((3 * 86_400 + 60) * 1_000_000), "3 days");
    }
}
