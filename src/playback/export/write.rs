//! Writing one film: its head, then the media data of its segments as they are.
//!
//! Must not do: give the file its name, or look into a sample.

use std::path::Path;

use super::{ExportError, FilmPlan};
use crate::container::ReadAt;
use crate::playback::PlaybackError;
use crate::storage::part_file::{PartFile, space_of};

/// Bytes of one read, so that a disk that records has its turn in between.
const READ: u64 = 1 << 20;

/// Free space is looked at after so many bytes.
const LOOK_EVERY: u64 = 64 << 20;

/// Bytes that an export leaves free.
const RESERVE: u64 = 16 << 20;

/// Who watches an export.
pub trait Watch {
    /// So many more bytes are read and written.
    fn step(&mut self, bytes: u64);

    /// Whether it is to end now.
    fn is_cancelled(&self) -> bool;
}

/// Whether `needed` more bytes fit into `folder`. Where free space cannot be told it is tried.
///
/// # Errors
/// [`ExportError::NoSpace`].
pub(super) fn check_space(folder: &Path, needed: u64) -> Result<(), ExportError> {
    let Ok(space) = space_of(folder) else { return Ok(()) };
    if needed.saturating_add(RESERVE) <= space.free {
        return Ok(());
    }
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let needed = megabytes(needed + RESERVE) + 1;
    Err(ExportError::NoSpace { folder: folder.to_path_buf(), needed, free: megabytes(space.free) })
}

/// Writes head and media data of `plan`, whose segments are open as `files`.
///
/// # Errors
/// [`ExportError::Cancelled`], or what cannot be read or written.
pub(super) fn write_film(
    plan: &FilmPlan,
    files: &[Box<dyn ReadAt>],
    out: &mut PartFile,
    watch: &mut dyn Watch,
) -> Result<(), ExportError> {
    let folder = out.path().parent().unwrap_or(Path::new(".")).to_path_buf();
    out.write(&plan.head())?;
    let mut buffer = Vec::new();
    let mut left: u64 = plan.ranges.iter().map(|range| range.length).sum();
    let mut look_at = left.saturating_sub(LOOK_EVERY);
    for range in &plan.ranges {
        out.write(plan.prefix(range))?;
        let (mut offset, end) = (range.offset, range.offset + range.length);
        while offset < end {
            if watch.is_cancelled() {
                return Err(ExportError::Cancelled);
            }
            let length = READ.min(end - offset);
            buffer.resize(usize::try_from(length).unwrap_or_default(), 0);
            let file = files.get(range.segment);
            let read = file.map_or(Err(std::io::ErrorKind::NotFound.into()), |file| {
                file.read_exact_at(offset, &mut buffer)
            });
            read.map_err(|source| PlaybackError::Read {
                path: plan.segments.get(range.segment).map_or(String::new(), |r| r.path.clone()),
                offset,
                source,
            })?;
            out.write(&buffer)?;
            watch.step(length);
            (offset, left) = (offset + length, left - length);
            if left <= look_at && left > 0 {
                check_space(&folder, left)?;
                look_at = left.saturating_sub(LOOK_EVERY);
            }
        }
    }
    Ok(out.sync()?)
}
