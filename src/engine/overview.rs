//! How storage stands, and how it would with other settings: what is used, what goes, what a change would take.
//!
//! Must not do: rules of its own; `storage` has them. Delete anything.

use std::collections::BTreeSet;

use super::cleaner::StorageReport;
use super::recordings::Recordings;
use super::{EngineError, bringing, terms};
use crate::config::VolumeStore;
use crate::model::{GapReason, Lock, Settings, StreamId, WallTime};
use crate::protocol::{Going, StorageOverview};
use crate::storage::Space;
use crate::storage::deletion::{self, Placed};
use crate::storage::preview::preview;
use crate::storage::retention::{self, Candidate, Rules, Usage};

/// How storage stands by `report`, whose terms may be other ones than those in force.
///
/// # Errors
/// When the index cannot be read.
pub fn overview(
    recordings: &Recordings,
    locks: &[Lock],
    report: &StorageReport,
    now: WallTime,
) -> Result<StorageOverview, EngineError> {
    let candidates: Vec<Candidate> = placed(recordings)?.into_iter().map(|(_, c)| c).collect();
    let (rules, usage) = (&report.terms.rules, &report.usage);
    let (lasting, room) = where_they_stay(report);
    let ahead = preview(&candidates, locks, &lasting, &room, report.rate, now);
    let volume = recordings.volumes.get(report.terms.volume);
    let stopped = report.stopped.map(|stopped| GapReason::from(stopped).to_string());
    let locked = |c: &&Candidate| {
        locks.iter().any(|l| l.camera == c.stream.camera && l.span.overlaps(c.span))
    };
    Ok(StorageOverview {
        path: volume.map_or_else(String::new, |volume| volume.describe()),
        used: usage.used,
        thumbnails: report.thumbnails,
        used_by: recordings.reader.usage()?.into_iter().collect(),
        locked: candidates.iter().filter(locked).map(|c| c.bytes).sum(),
        oldest: candidates.iter().map(|c| c.span.start).min(),
        free: usage.space.free,
        total: usage.space.total,
        rate: report.rate,
        reserve: rules.reserve,
        trouble: stopped.or_else(|| report.trouble.clone()),
        going: ahead.in_24h,
        left_micros: ahead.left_micros,
        archive: bringing::overview(report).map(Box::new),
    })
}

/// The rules and the room of the place where recordings stay: an archive, where they are brought to one. One that does
/// not tell its space has no end that is known.
fn where_they_stay(report: &StorageReport) -> (Rules, Usage) {
    let (rules, usage) = (report.terms.rules.clone(), report.usage);
    if report.terms.spool.is_none() {
        return (rules, usage);
    }
    let told = report.archive.as_ref().map(|archive| archive.room.space);
    match told.filter(|space| space.total > 0) {
        Some(space) => {
            let reserve = retention::reserve(report.rate, space.total);
            (Rules { reserve, ..rules }, Usage { space, ..usage })
        }
        None => {
            let space = Space { free: u64::MAX / 2, total: u64::MAX / 2 };
            (Rules { reserve: 0, ..rules }, Usage { space, ..usage })
        }
    }
}

/// What is as it is before a change of settings.
pub struct Before<'a> {
    /// What was recorded.
    pub recordings: &'a Recordings,
    /// The places that are known.
    pub known: &'a VolumeStore,
    /// What is kept.
    pub locks: &'a [Lock],
    /// Bytes that all of ours take.
    pub used: u64,
    /// The settings in force.
    pub settings: &'a Settings,
}

/// What goes at once when the settings become `after`, and would stay as they are.
///
/// # Errors
/// When the index cannot be read.
pub fn lost_by(
    before: &Before<'_>,
    after: &Settings,
    now: WallTime,
) -> Result<Vec<Going>, EngineError> {
    let stand = |settings: &Settings| {
        let id = before.known.at(&settings.storage.path).id;
        let mut terms = terms::terms(settings, id);
        // A place that is new or not connected holds nothing that could make room.
        let space = before.recordings.volumes.get(id).and_then(|volume| volume.space().ok());
        let space = space.unwrap_or_default();
        terms.rules.reserve = retention::reserve(0, space.total);
        (terms, Usage { used: before.used, space })
    };
    let candidates = placed(before.recordings)?;
    let ((old, old_usage), (new, new_usage)) = (stand(before.settings), stand(after));
    let (old, new) = ((&old, &old_usage), (&new, &new_usage));
    Ok(deletion::lost(&candidates, before.locks, old, new, now))
}

/// All segments, and where they are.
fn placed(recordings: &Recordings) -> Result<Vec<Placed>, EngineError> {
    let open: BTreeSet<(StreamId, WallTime)> =
        recordings.open.rows().into_iter().map(|row| (row.stream, row.start)).collect();
    let rows = recordings.reader.all_segments()?.into_iter();
    let placed = rows.map(|row| {
        let (open, span) = (open.contains(&(row.stream.clone(), row.start)), row.span());
        (row.volume, Candidate { stream: row.stream, span, bytes: row.bytes, open })
    });
    Ok(placed.collect())
}
