//! What can keep the engine from starting, or from stopping in order.

use super::archive::{CannotAdopt, UploadBusy};
use crate::capture::CaptureError;
use crate::config::ConfigError;
use crate::index::IndexError;
use crate::playback::export::ExportError;
use crate::playback::{Busy, PlaybackError};
use crate::recorder::RecorderError;
use crate::runtime::thread::JoinError;
use crate::simulate::SimulateError;
use crate::storage::StorageError;

/// An error of this layer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Settings, secrets or the data folder.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The volume.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Capture.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// The recorder.
    #[error(transparent)]
    Recorder(#[from] RecorderError),
    /// Playback.
    #[error(transparent)]
    Playback(#[from] PlaybackError),
    /// Playback has too much to do.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The archive has too much to do.
    #[error(transparent)]
    ArchiveBusy(#[from] UploadBusy),
    /// An export.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Simulated cameras.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
    /// A thread cannot be started.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
    /// A thread did not end well.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// A Watchkeeper holds the folder and has not opened its door, or has closed it already.
    #[error("Watchkeeper is starting or about to end; please try again")]
    DoorClosed,
    /// The running Watchkeeper cannot be asked.
    #[error("Watchkeeper runs with this folder but does not answer: {0}")]
    Door(String),
    /// The index takes no changes now.
    #[error("the index cannot be written now; it is tried again")]
    IndexBusy,
    /// Recordings of an archive cannot be added to the index now.
    #[error(transparent)]
    CannotAdopt(#[from] CannotAdopt),
    /// Something that was asked for is not there.
    #[error("{0}")]
    NotFound(String),
}
