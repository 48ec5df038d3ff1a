//! Watching: the transport, one player thread for each camera shown, live pictures.
//!
//! The deck owns the transport and gives each player an order: where the playhead is, in which direction
//! it moves, how fast. A player plans which pieces of which GOPs that takes, nearest first; they are decoded
//! by its own thread, and by helpers where one thread is too slow, into a cache from which the picture at
//! the playhead is taken. Playing forward and backward, stepping, seeking and dragging are all this.
//!
//! # Memory
//! The frames that all players together keep take at most [`FRAME_MEMORY`]: each player has an equal share
//! of it, and uses a third of that unless it plays backward or has helpers. A frame is kept as planes,
//! with its sides halved as often as the tile allows: 3.1 MB of 1080p in a tile that shows all of it, 0.8 MB
//! in a quarter of that. A GOP that does not fit is decoded in pieces. To this come, for each thread that
//! decodes, one decoder with its reference pictures and two frames, and for each player four pictures at
//! the tile's size.
//!
//! Must not do: write to recordings, paint, or decide what is recorded.

pub mod budget;
mod deck;
mod ends;
mod exact;
pub mod export;
mod footage;
mod gop_cache;
mod gop_walk;
mod hand;
mod helpers;
mod inbox;
mod live;
mod pace;
mod place;
mod plan;
mod planner;
mod player;
mod pool;
mod segments;
mod shrink;
mod skip;
mod skipper;
mod transport;
mod view;

pub use exact::{ExactPicture, decode_sample, exact_picture};
pub use footage::{Footage, FootageGap};
pub use gop_walk::{Gop, GopWalk};
pub use inbox::{Busy, Playback};
pub use live::LivePlayer;
pub use pace::Pace;
pub use plan::{Piece, Way};
pub use segments::LoadedSegment;
pub use skip::{Skip, over_gaps, to_events};
pub use transport::Transport;

use segments::SegmentKey;

use std::sync::Arc;

use crate::codec::CodecError;
use crate::container::ContainerError;
use crate::index::IndexError;
use crate::media::access_unit::ParametersError;
use crate::model::{CameraId, Picture, VolumeId, WallTime};
use crate::storage::StorageError;

/// Bytes of the frames that all players together keep. Three GOPs of 2 s at 1080p25 in full size: one that
/// is shown backward, one being decoded, and room for a second thread.
pub const FRAME_MEMORY: usize = 512 << 20;

/// Small pictures that are at hand while the operator drags the playhead.
pub trait Previews: Send + Sync {
    /// The picture of `camera` that is nearest to `at`, with its own time; none when there is none worth
    /// showing. It must answer within a few milliseconds: a drag waits for it.
    fn nearest(&self, camera: &CameraId, at: WallTime) -> Option<Arc<Picture>>;
}

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
    /// The segment's file ends before that moment, although the segment does not.
    #[error("the segment {path} is damaged: its file ends at {end}, and has no picture of {at}")]
    EndsEarly {
        /// Its path below the volume.
        path: String,
        /// When its last picture ends.
        end: WallTime,
        /// When there should be one.
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
