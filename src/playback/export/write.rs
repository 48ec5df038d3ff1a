//! Writing one film: its head, then the media data of its segments as they are.
//!
//! Must not do: give the file its name, or look into a sample.

use std::path::Path;

use super::{ExportError, FilmPlan, Recorded, check_space};
use crate::playback::PlaybackError;
use crate::playback::segments::open_file;
use crate::storage::Volumes;
use crate::storage::part_file::PartFile;

/// Bytes of one read, so that a disk that records has its turn in between.
const READ: u64 = 1 << 20;

/// Free space is looked at after so many bytes.
const LOOK_EVERY: u64 = 64 << 20;

/// Who watches an export.
pub trait Watch {
    /// So many more bytes are read and written.
    fn step(&mut self, bytes: u64);

    /// Whether it is to end now.
    fn is_cancelled(&self) -> bool;
}

/// Writes head and media data of `plan`. One segment is open at a time.
///
/// # Errors
/// [`ExportError::Cancelled`], or what cannot be read or written.
pub(super) fn write_film(
    plan: &FilmPlan,
    volumes: &Volumes,
    recorded: Option<&Recorded>,
    out: &mut PartFile,
    watch: &mut dyn Watch,
) -> Result<(), ExportError> {
    let folder = out.path().parent().unwrap_or(Path::new(".")).to_path_buf();
    out.write(&plan.head())?;
    let mut buffer = Vec::new();
    let mut left: u64 = plan.ranges.iter().map(|range| range.length).sum();
    let mut look_at = left.saturating_sub(LOOK_EVERY);
    for ranges in plan.ranges.chunk_by(|one, next| one.segment == next.segment) {
        let Some(row) = ranges.first().and_then(|range| plan.segments.get(range.segment)) else {
            continue;
        };
        let file = open_file(row, volumes)?;
        for range in ranges {
            out.write(plan.prefix(range))?;
            let (mut offset, end) = (range.offset, range.offset + range.length);
            while offset < end {
                if watch.is_cancelled() {
                    return Err(ExportError::Cancelled);
                }
                let length = READ.min(end - offset);
                buffer.resize(usize::try_from(length).unwrap_or_default(), 0);
                let read = file.read_exact_at(offset, &mut buffer);
                let path = || row.path.clone();
                read.map_err(|source| PlaybackError::Read { path: path(), offset, source })?;
                out.write(&buffer)?;
                watch.step(length);
                (offset, left) = (offset + length, left - length);
                if left <= look_at && left > 0 {
                    check_space(&folder, left, recorded)?;
                    look_at = left.saturating_sub(LOOK_EVERY);
                }
            }
        }
    }
    Ok(())
}
