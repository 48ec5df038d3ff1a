//! Which names the films of an export get: those that nobody has.
//!
//! Must not do: overwrite a film or a manifest.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;

use super::job::{Job, Place};
use super::{ExportError, manifest_of};
use crate::model::{CameraId, WallTime};
use crate::storage::StorageError;
use crate::storage::part_file::{PartFile, is_taken, settle};

/// Files of one name that are looked at for a free one.
const MAX_SAME_NAME: usize = 10_000;

/// Begins the first film of an export, which starts at `start`. In a folder the name may get a number: `_2`.
pub(super) fn first(job: &Job, start: WallTime) -> Result<PartFile, ExportError> {
    match &job.place {
        Place::File(file) => begin(file.clone()),
        Place::Folder(folder) => free(folder, &stem(&job.camera, start, job.zone)),
    }
}

/// Begins film number `part`, from 2, of an export whose first film has the name `first`: `NAME_part2.mp4`.
pub(super) fn further(job: &Job, first: &Path, part: usize) -> Result<PartFile, ExportError> {
    let stem = format!("{}_part{part}", first.file_stem().unwrap_or_default().to_string_lossy());
    match &job.place {
        Place::File(_) => begin(first.with_file_name(format!("{stem}.mp4"))),
        Place::Folder(folder) => free(folder, &stem),
    }
}

fn free(folder: &Path, stem: &str) -> Result<PartFile, ExportError> {
    for count in 1..MAX_SAME_NAME {
        let suffix = if count == 1 { String::new() } else { format!("_{count}") };
        match begin(folder.join(format!("{stem}{suffix}.mp4"))) {
            Err(ExportError::Storage(StorageError::Exists { .. })) => {}
            begun => return begun,
        }
    }
    Err(StorageError::Exists { path: folder.join(stem).display().to_string() }.into())
}

fn begin(path: PathBuf) -> Result<PartFile, ExportError> {
    let manifest = manifest_of(&path);
    settle(&manifest)?;
    let film = PartFile::create(path)?;
    if is_taken(&manifest) {
        return Err(StorageError::Exists { path: manifest.display().to_string() }.into());
    }
    Ok(film)
}

/// `yard_2026-03-03_14-00-00_+0100`: legal on FAT and NTFS, and the repeated hour in autumn has two names.
fn stem(camera: &CameraId, start: WallTime, zone: Tz) -> String {
    let local = start.to_utc().with_timezone(&zone);
    format!("{camera}_{}", local.format("%Y-%m-%d_%H-%M-%S_%z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_camera_local_time_and_offset() {
        let start = WallTime::parse_rfc3339("2026-10-25T01:30:07Z").expect("a time");
        let name = stem(&CameraId::from_name("Yard"), start, chrono_tz::Europe::Berlin);
        assert_eq!(name, "yard_2026-10-25_02-30-07_+0100");
    }
}
