//! Playback as the console shows it.
//!
//! Must not do: decode.

use std::sync::Arc;

use super::Speed;
use crate::model::{CameraId, GapReason, Picture, WallTime};

/// Playback as the console shows it; made at every change.
#[derive(Clone, Debug)]
pub struct PlaybackSnapshot {
    /// The moment shown.
    pub playhead: WallTime,
    /// Whether time passes.
    pub playing: bool,
    /// At which speed.
    pub speed: Speed,
    /// Whether time passes backward.
    pub reverse: bool,
    /// Whether time without footage is skipped.
    pub skip_gaps: bool,
    /// Whether time without motion is skipped.
    pub skip_to_events: bool,
    /// Whether the playhead stays at the newest footage.
    pub live: bool,
    /// Only random access points are shown because decoding all pictures is too slow.
    pub key_frames_only: bool,
    /// Pictures a second reached over the last second, over all cameras shown.
    pub pictures_per_second: f32,
    /// What each camera shows.
    pub views: Vec<CameraView>,
}

/// One camera in playback.
#[derive(Clone, Debug)]
pub struct CameraView {
    /// Whose.
    pub camera: CameraId,
    /// What it shows.
    pub state: ViewState,
}

/// What one camera shows in playback.
#[derive(Clone, Debug)]
pub enum ViewState {
    /// Nothing yet.
    Loading,
    /// A picture; `exact` false while the exact one is still being decoded.
    Showing {
        /// The picture.
        picture: Arc<Picture>,
        /// Whether it is the one asked for.
        exact: bool,
        /// Whether it stands for one that could not be decoded.
        damaged: bool,
    },
    /// No footage at the playhead.
    NoFootage {
        /// Why.
        reason: GapReason,
        /// The last moment with footage before it.
        before: Option<WallTime>,
        /// The first moment with footage after it.
        after: Option<WallTime>,
    },
    /// It cannot be shown; the text is a sentence.
    Failed(String),
}
