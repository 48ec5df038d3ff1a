//! Exports as the console asks for them and shows them.
//!
//! Must not do: write files.

use std::path::PathBuf;

use crate::model::{CameraId, GapReason, WallSpan};

/// What becomes of time without footage in an exported file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExportGaps {
    /// It is left out: the next picture follows at once.
    #[default]
    Closed,
    /// The last picture before it stands for as long as it lasts.
    Kept,
}

/// Footage to be exported: one file for each camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRequest {
    /// Of these.
    pub cameras: Vec<CameraId>,
    /// From "in" until "out".
    pub span: WallSpan,
    /// What becomes of time without footage.
    pub gaps: ExportGaps,
    /// The folder of the files, a whole path; the data folder's `exports` without one.
    pub folder: Option<PathBuf>,
}

/// A question: what would an export hold?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportQuery {
    /// Grows with each question.
    pub generation: u64,
    /// Of these.
    pub cameras: Vec<CameraId>,
    /// From "in" until "out".
    pub span: WallSpan,
    /// The folder of the files; the data folder's `exports` without one.
    pub folder: Option<PathBuf>,
}

/// What an export would hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportPlan {
    /// Of the question.
    pub generation: u64,
    /// All files together.
    pub bytes: u64,
    /// Microseconds of footage, of all cameras together.
    pub covered: i64,
    /// The longest time, in microseconds, that a file begins before "in", at a random access point; players
    /// do not show it.
    pub surplus: i64,
    /// Time without footage, and why.
    pub gaps: Vec<(CameraId, WallSpan, GapReason)>,
    /// Where the files go: the folder of the question, or the usual one.
    pub folder: PathBuf,
    /// Bytes free there; none when that cannot be told.
    pub free: Option<u64>,
    /// Why it cannot be done, in a sentence.
    pub trouble: Option<String>,
}

/// An export under way, or one that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportStatus {
    /// Its number.
    pub id: u64,
    /// Of these.
    pub cameras: Vec<CameraId>,
    /// From "in" until "out".
    pub span: WallSpan,
    /// The folder that the files are in.
    pub folder: PathBuf,
    /// How far it is.
    pub state: ExportState,
}

/// How far an export is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportState {
    /// Others come first.
    Waiting,
    /// Under way.
    Running {
        /// Bytes read and written so far,
        done: u64,
        /// of so many.
        total: u64,
    },
    /// The files are there.
    Done {
        /// Names of the films, without their manifests.
        files: Vec<String>,
        /// Bytes of all of them.
        bytes: u64,
    },
    /// Nothing is left of it.
    Cancelled,
    /// Nothing is left of it; why, in a sentence.
    Failed(String),
}
