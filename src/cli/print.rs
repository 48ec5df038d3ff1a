//! Printing: tables for people, JSON for programs.
//!
//! Must not do: fail when the reader has gone away.

use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;

use crate::model::WallTime;

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

/// Prints rows under a head, columns aligned.
///
/// # Errors
/// When stdout cannot be written.
pub fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> Result<()> {
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
    for row in rows {
        line(&aligned(std::array::from_fn(|column| row[column].as_str())))?;
    }
    Ok(())
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
