//! `camera test`: connects once and tells what is found.
//!
//! Must not do: print an address, which may hold a password.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::json;

use super::{print, snapshot};
use crate::capture::{self, ProbeReport, StreamSource};
use crate::config::atomic::{self, Readers};
use crate::engine::finding::PROBE_LIMIT;
use crate::engine::{probing, stills};
use crate::runtime::{Clock, SystemClock};

/// Tests `source`, and saves its first picture into `picture`.
///
/// # Errors
/// Why it cannot be recorded, or the picture not be saved.
pub fn run(source: &StreamSource, picture: Option<&Path>, json: bool) -> Result<()> {
    let format = picture.map(snapshot::format_of).transpose()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let report = capture::probe(source, PROBE_LIMIT, &clock)?;
    if let Some((path, format)) = picture.zip(format) {
        let decoded = probing::picture(&report, probing::WHOLE);
        let decoded = decoded.context("the first picture cannot be saved")?;
        atomic::replace(path, &stills::encode(&decoded, format, None)?, Readers::Default)?;
    }
    if json { print::json(&as_json(&report)) } else { print_report(&report) }
}

fn as_json(report: &ProbeReport) -> serde_json::Value {
    let video = &report.parameters.video;
    json!({
        "codec": report.codec,
        "width": video.width,
        "height": video.height,
        "frame_rate": f64::from(report.frame_rate_milli) / 1_000.0,
        "declared_frame_rate": f64::from(report.declared_frame_rate_milli) / 1_000.0,
        "gop_length": report.gop_length,
        "bit_rate": report.bit_rate,
        "lost_packets": report.lost_packets,
        "clock_offset_seconds": report.clock_offset.map(|micros| micros as f64 / 1e6),
        "audio": report.has_audio,
        "first_picture_seconds": report.first_after.as_secs_f64(),
        "warnings": probing::warnings(report),
    })
}

fn print_report(report: &ProbeReport) -> Result<()> {
    let video = &report.parameters.video;
    print::line(&format!("codec       {}", report.codec))?;
    print::line(&format!("size        {} x {}", video.width, video.height))?;
    let rate = f64::from(report.frame_rate_milli) / 1_000.0;
    print::line(&format!("frame rate  {rate:.2} a second"))?;
    match report.gop_length {
        Some(length) => print::line(&format!("GOP length  {length} pictures"))?,
        None => print::line("GOP length  no second full picture arrived in time")?,
    }
    print::line(&format!("bit rate    {:.2} Mbit/s", report.bit_rate as f64 / 1e6))?;
    if let Some(offset) = report.clock_offset {
        print::line(&format!("clock       {:+.1} s beside this computer", offset as f64 / 1e6))?;
    }
    print::line(&format!("first       picture after {:.1} s", report.first_after.as_secs_f64()))?;
    print::line("This camera can be recorded.")?;
    probing::warnings(report).iter().try_for_each(|warning| print::line(warning))
}
