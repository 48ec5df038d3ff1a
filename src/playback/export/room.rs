//! Whether an export fits where it goes, without taking what recording needs.
//!
//! Must not do: write, or decide how much recording needs.

use std::path::{Path, PathBuf};

use super::ExportError;
use crate::storage::part_file::{is_same_disk, space_of};

/// Bytes that an export leaves free on any disk.
const LEFT_FREE: u64 = 16 << 20;

/// Where is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The folder.
    pub folder: PathBuf,
    /// Bytes that have to stay free on its disk: with less, the oldest footage is deleted, and then recording
    /// stops.
    pub reserve: u64,
}

/// Whether `needed` more bytes fit into `folder`. Where free space cannot be told it is tried.
///
/// # Errors
/// [`ExportError::NoSpace`], or [`ExportError::NoSpaceBeside`] when it is recorded to the same disk and the export
/// would take the reserve.
pub fn check_space(
    folder: &Path,
    needed: u64,
    recorded: Option<&Recorded>,
) -> Result<(), ExportError> {
    let Ok(space) = space_of(folder) else { return Ok(()) };
    let beside = recorded.filter(|recorded| is_same_disk(folder, &recorded.folder));
    fits(folder, needed, space.free, beside.map_or(0, |recorded| recorded.reserve))
}

fn fits(folder: &Path, needed: u64, free: u64, reserve: u64) -> Result<(), ExportError> {
    if needed.saturating_add(LEFT_FREE.max(reserve)) <= free {
        return Ok(());
    }
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let (folder, free) = (folder.to_path_buf(), megabytes(free));
    if reserve <= LEFT_FREE {
        let needed = megabytes(needed.saturating_add(LEFT_FREE)) + 1;
        return Err(ExportError::NoSpace { folder, needed, free });
    }
    let (needed, reserve) = (megabytes(needed) + 1, megabytes(reserve) + 1);
    Err(ExportError::NoSpaceBeside { folder, needed, free, reserve })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEGABYTE: u64 = 1_000_000;

    #[test]
    fn an_export_leaves_what_recording_needs() {
        let folder = Path::new("there");
        let fits = |needed, free, reserve| {
            fits(folder, needed * MEGABYTE, free * MEGABYTE, reserve * MEGABYTE)
        };
        assert!(fits(100, 120, 0).is_ok());
        assert!(matches!(fits(100, 110, 0), Err(ExportError::NoSpace { free: 110, .. })));
        assert!(fits(100, 400, 300).is_ok());
        let error = fits(100, 399, 300).expect_err("refused");
        assert!(matches!(error, ExportError::NoSpaceBeside { free: 399, .. }));
        assert!(error.to_string().contains("recording"), "{error}");
    }

    #[test]
    fn the_reserve_counts_on_the_disk_that_is_recorded_to() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let recorded = Recorded { folder: folder.path().join("recordings"), reserve: u64::MAX };
        let exports = folder.path().join("exports");
        assert!(check_space(&exports, 1, None).is_ok());
        let refused = check_space(&exports, 1, Some(&recorded));
        assert!(matches!(refused, Err(ExportError::NoSpaceBeside { .. })));
    }
}
