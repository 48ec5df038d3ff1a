//! The manifest beside a film: what it shows, where it is from, and how it can be recognised.
//!
//! Must not do: read a clock or a file.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::FilmPlan;
use super::job::Job;
use super::missing::Missing;
use crate::model::{StreamKind, WallSpan, WallTime};
use crate::protocol::ExportGaps;

/// What is written beside a film.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The program that wrote both,
    pub program: String,
    /// and its version.
    pub version: String,
    /// The film's file name.
    pub film: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// Identity of the camera.
    pub camera_id: String,
    /// What operators call it.
    pub camera: String,
    /// Main or sub.
    pub stream: StreamKind,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// IANA name of the zone that local times are in.
    pub zone: String,
    /// What was asked for, of all films of the export together.
    pub asked: Span,
    /// From the first picture shown in this film until the last one ends.
    pub shown: Span,
    /// Microseconds in front of the first picture shown that the film holds since decoding must begin there;
    /// an edit list hides them.
    pub hidden_micros: i64,
    /// Pictures shown.
    pub pictures: u64,
    /// Which of the export's films of this camera it is, from 1: another one begins where the stream or the
    /// size of the picture changes.
    pub part: usize,
    /// How many there are.
    pub parts: usize,
    /// Whether time without footage is left out ("closed"), or the last picture stands meanwhile ("kept").
    pub gaps_are: String,
    /// All time of what was asked for that no film of the export shows.
    pub gaps: Vec<Gap>,
    /// The segments that the film was copied from.
    pub segments: Vec<Source>,
}

/// A stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// RFC 3339, local with its offset.
    pub start: String,
    /// RFC 3339, local with its offset.
    pub end: String,
}

/// Time without footage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// When.
    #[serde(flatten)]
    pub span: Span,
    /// Why.
    pub reason: String,
}

/// A segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Number of its volume.
    pub volume: u32,
    /// Its path below the volume.
    pub path: String,
    /// What it covers.
    #[serde(flatten)]
    pub span: Span,
}

impl Span {
    fn local(span: WallSpan, zone: Tz) -> Self {
        Self { start: local(span.start, zone), end: local(span.end, zone) }
    }
}

fn local(at: WallTime, zone: Tz) -> String {
    at.to_utc().with_timezone(&zone).to_rfc3339_opts(chrono::SecondsFormat::Micros, false)
}

impl Manifest {
    /// Of a film that was written, but for its size and SHA-256. `missing` is what the export does not show.
    pub(super) fn new(
        job: &Job,
        plan: &FilmPlan,
        missing: &[Missing],
        (part, parts): (usize, usize),
        film: &Path,
    ) -> Self {
        let zone = job.zone;
        let gap = |(span, reason): &Missing| Gap {
            span: Span::local(*span, zone),
            reason: reason.clone(),
        };
        let source = |row: &crate::model::SegmentRow| Source {
            volume: row.volume.0,
            path: row.path.clone(),
            span: Span::local(row.span(), zone),
        };
        Self {
            program: "Watchkeeper".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            film: film.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            bytes: 0,
            sha256: String::new(),
            camera_id: job.camera.to_string(),
            camera: job.name.clone(),
            stream: plan.stream.kind,
            width: plan.size.0,
            height: plan.size.1,
            zone: zone.name().into(),
            asked: Span::local(job.span, zone),
            shown: Span::local(plan.span, zone),
            hidden_micros: plan.surplus,
            pictures: plan.pictures,
            part,
            parts,
            gaps_are: match job.gaps {
                ExportGaps::Closed => "closed".into(),
                ExportGaps::Kept => "kept".into(),
            },
            gaps: missing.iter().map(gap).collect(),
            segments: plan.segments.iter().map(source).collect(),
        }
    }
}

/// Where the manifest of `film` is.
#[must_use]
pub fn manifest_of(film: &Path) -> PathBuf {
    let mut name = film.as_os_str().to_owned();
    name.push(".json");
    name.into()
}
