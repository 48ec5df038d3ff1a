//! Taking footage out: passthrough into films that ordinary players open, each with a manifest beside it.
//!
//! [`stretches()`] says which segment shows what, [`Planner`] which samples make a film, [`export()`] writes it.
//! Must not do: decode, or need the index: rows and files are enough, so that a command can do it beside a
//! running recorder.

mod job;
mod manifest;
mod missing;
mod names;
mod plan;
mod room;
mod seal;
mod stretches;
mod verify;
mod write;

pub use job::{Job, Made, Place, estimate, export, export_all, surplus};
pub use manifest::{Gap, Manifest, manifest_of};
pub use missing::idle;
pub use plan::{ByteRange, FilmPlan, MAX_PICTURES, Planner, Stretch};
pub use room::{Recorded, check_space};
pub use stretches::stretches;
pub use verify::{Mismatch, Verified, verify};
pub use write::Watch;

use std::path::PathBuf;

use super::PlaybackError;
use crate::model::{CameraId, WallTime};
use crate::storage::StorageError;

/// What can go wrong with an export; nothing is left of it then.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A segment cannot be read.
    #[error(transparent)]
    Playback(#[from] PlaybackError),
    /// A file cannot be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There is nothing to export.
    #[error("there is no footage of {camera} between {from} and {to}{why}")]
    NoFootage {
        /// Whose.
        camera: CameraId,
        /// From when on.
        from: WallTime,
        /// Until when.
        to: WallTime,
        /// Empty, or a colon and what is wrong with the footage that there should be.
        why: String,
    },
    /// Too much for one export.
    #[error(
        "there are more than {MAX_PICTURES} pictures of {camera} in that time: export it in several parts"
    )]
    TooLong {
        /// Whose.
        camera: CameraId,
    },
    /// The disk has too little space for it.
    #[error("the export needs {needed} MB and {} has {free} MB left", folder.display())]
    NoSpace {
        /// Where to.
        folder: PathBuf,
        /// Megabytes that it needs.
        needed: u64,
        /// Megabytes that are there.
        free: u64,
    },
    /// It would take what recording needs on the same disk.
    #[error(
        "the export needs {needed} MB; of the {free} MB left in {} recording needs {reserve} MB: choose a \
         folder on another disk",
        folder.display()
    )]
    NoSpaceBeside {
        /// Where to.
        folder: PathBuf,
        /// Megabytes that it needs.
        needed: u64,
        /// Megabytes that are there.
        free: u64,
        /// Megabytes of them that have to stay free.
        reserve: u64,
    },
    /// The manifest cannot be made.
    #[error("the manifest cannot be written: {0}")]
    Manifest(String),
    /// Somebody asked for it to end.
    #[error("the export was cancelled")]
    Cancelled,
}
