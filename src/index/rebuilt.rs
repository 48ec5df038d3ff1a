//! What the index says of a file that it knows by nothing but the file itself: its row, and the journal of a camera
//! that has none.
//!
//! Must not do: read a file, or write.

use std::collections::BTreeMap;

use super::{Change, IndexError, IndexReader};
use crate::media::clock_map::MAX_BEND_PPM;
use crate::model::coverage::{SEAM_MICROS, merge};
use crate::model::time::ticks_to_micros;
use crate::model::{
    CameraId, CoverageKind, CoverageSpan, GapReason, JournalEntry, RecordingState, SegmentRow,
    SegmentState, StreamId, VolumeId, WallTime,
};
use crate::storage::repair::FoundSegment;

/// A rebuilt row may reach into the next segment by as much as a camera's clock may have been bent, and
/// this much for a short one; its end is then cut. More than that is a system clock that was set back.
const CLAMP_MICROS: i64 = 1_000_000;

/// The row of a file. Its end is where the known row ends, moved by the media that the row did not know
/// of; without one the bend of the camera's clock is lost, and a tick is a tick.
pub(super) fn row_of(
    found: &FoundSegment,
    known: Option<&SegmentRow>,
    volume: VolumeId,
    path: &str,
    state: SegmentState,
) -> SegmentRow {
    let identity = &found.identity;
    let straight = |from: WallTime, ticks| from.plus_micros(ticks_to_micros(ticks));
    let end = match known {
        Some(known) if known.media_duration <= found.media_duration => {
            straight(known.end, found.media_duration - known.media_duration)
        }
        _ => straight(identity.start, found.media_duration),
    };
    SegmentRow {
        stream: identity.stream.clone(),
        start: identity.start,
        end,
        media_duration: found.media_duration,
        frames: found.frames,
        bytes: found.bytes,
        run: identity.run,
        run_offset: identity.run_offset,
        volume,
        path: path.into(),
        state,
    }
}

/// Cuts the end of `row` at the start of the `next` segment, if it reaches over it by no more than the
/// bend of a clock explains.
pub(super) fn clamped(mut row: SegmentRow, next: Option<WallTime>) -> SegmentRow {
    let Some(next) = next else { return row };
    let over = row.end.micros_since(next);
    let bend = row.span().micros() / 1_000_000 * MAX_BEND_PPM;
    if over > 0 && over <= bend + CLAMP_MICROS && next > row.start {
        row.end = next;
    }
    row
}

/// For each of the `wanted` cameras that has footage and no journal: recording where there is footage, nothing known
/// where there is none.
///
/// # Errors
/// When the index cannot be read.
pub fn journal_of_footage(
    reader: &IndexReader,
    wanted: impl Fn(&CameraId) -> bool,
) -> Result<Vec<Change>, IndexError> {
    let mut by_camera: BTreeMap<CameraId, Vec<CoverageSpan>> = BTreeMap::new();
    let known = reader.journal_cameras()?;
    let lacks = |stream: &StreamId| wanted(&stream.camera) && !known.contains(&stream.camera);
    for stream in reader.streams()?.into_iter().filter(lacks) {
        let rows = reader.segments_of(&stream)?;
        let plain =
            |row: SegmentRow| CoverageSpan { span: row.span(), kind: CoverageKind::Continuous };
        let rows = rows.into_iter().filter(|row| !row.state.is_deleting());
        by_camera.entry(stream.camera).or_default().extend(rows.map(plain));
    }
    let mut changes = Vec::new();
    for (camera, mut spans) in by_camera {
        spans.sort_unstable_by_key(|covered| covered.span.start);
        let mut entry = |at, state| {
            changes.push(Change::Journal(JournalEntry { camera: camera.clone(), at, state }));
        };
        for covered in merge(spans, SEAM_MICROS) {
            entry(covered.span.start, RecordingState::Recording(covered.kind));
            entry(covered.span.end, RecordingState::Idle(GapReason::Unknown));
        }
    }
    Ok(changes)
}
