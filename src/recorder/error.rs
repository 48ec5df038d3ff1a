//! What can go wrong while recording.

use std::io;

use crate::model::StreamId;
use crate::storage::StorageError;

/// An error of this layer, naming the stream.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    /// The segment's file cannot be written.
    #[error("{stream}: {source}")]
    Storage {
        /// Whose segment.
        stream: StreamId,
        /// What failed.
        source: StorageError,
    },
    /// The recorder's thread cannot be started.
    #[error("cannot start the recorder: {0}")]
    Thread(#[from] io::Error),
}
