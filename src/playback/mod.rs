//! Watching: the transport, one player thread for each camera shown, live pictures.
//!
//! Must not do: write to recordings, paint, or decide what is recorded.

mod cursor;
mod deck;
mod exact;
pub mod export;
mod footage;
mod gop_walk;
mod live;
mod pace;
mod player;
mod pool;
mod segments;
mod transport;
mod view;

pub use deck::{Busy, Playback};
pub use exact::{ExactPicture, exact_picture};
pub use footage::{Footage, FootageGap};
pub use gop_walk::GopWalk;
pub use live::LivePlayer;
pub use pace::Pace;
pub use segments::LoadedSegment;
pub use transport::Transport;

use crate::codec::CodecError;
use crate::container::ContainerError;
use crate::index::IndexError;
use crate::media::access_unit::ParametersError;
use crate::model::{CameraId, VolumeId, WallTime};
use crate::storage::StorageError;

/// What can go wrong with watching.
#[derive(Debug, thiserror::Error)]
pub enum PlaybackError {
    /// The index cannot be read.
    #[error("the index cannot be read: {0}")]
    Index(#[from] IndexError),
    /// The segment's file cannot be opened.
    #[error("the segment {path} cannot be opened: {source}")]
    Open {
        /// Its path below the volume.
        path: String,
        /// Why.
        source: StorageError,
    },
    /// The segment is on a volume that is not there.
    #[error("volume {} with the segment {path} is not connected", .volume.0)]
    NoVolume {
        /// The volume.
        volume: VolumeId,
        /// The segment's path below it.
        path: String,
    },
    /// The segment's file is not understood.
    #[error("the segment {path} cannot be read: {source}")]
    Container {
        /// Its path below the volume.
        path: String,
        /// Why.
        source: ContainerError,
    },
    /// The segment's parameter sets are not understood.
    #[error("the segment {path} has no usable parameters: {source}")]
    Parameters {
        /// Its path below the volume.
        path: String,
        /// Why.
        source: ParametersError,
    },
    /// A sample cannot be read.
    #[error("the segment {path} cannot be read at byte {offset}: {source}")]
    Read {
        /// Its path below the volume.
        path: String,
        /// Where in the file.
        offset: u64,
        /// Why.
        source: std::io::Error,
    },
    /// A picture cannot be decoded.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// There is no footage of the camera at that moment.
    #[error("no footage of {camera} at {at}: {reason}")]
    NoFootage {
        /// Whose.
        camera: CameraId,
        /// When.
        at: WallTime,
        /// Why.
        reason: crate::model::GapReason,
    },
    /// The picture at that moment is damaged.
    #[error("the picture of {camera} at {at} is damaged")]
    Damaged {
        /// Whose.
        camera: CameraId,
        /// When.
        at: WallTime,
    },
    /// The system gives no thread.
    #[error("no thread for {name}: {source}")]
    Thread {
        /// The thread's name.
        name: String,
        /// Why.
        source: std::io::Error,
    },
}
