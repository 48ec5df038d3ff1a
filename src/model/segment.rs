//! A segment: one file of one stream, as the index knows it.
//!
//! Must not do: know bytes of a container or a path outside of its volume.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::time::{WallSpan, WallTime, scale};
use super::{DeletionCause, MediaTime, StreamId};

/// One unbroken RTSP session of a stream: the microsecond of its start, unique within the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub i64);

/// A place that holds segments. The local folder is volume 0.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct VolumeId(pub u32);

/// What is known of a segment's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SegmentState {
    /// Fragments are still being appended.
    Recording,
    /// Closed in order: an ordinary MP4.
    Finished,
    /// Closed after a crash; at most its last fragment is missing.
    Recovered,
    /// Being deleted by this rule: it is footage no more, and its file goes next.
    Deleting(DeletionCause),
}

impl SegmentState {
    /// Whether it is being deleted.
    #[must_use]
    pub const fn is_deleting(self) -> bool {
        matches!(self, Self::Deleting(_))
    }
}

impl fmt::Display for SegmentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recording => "recording",
            Self::Finished => "finished",
            Self::Recovered => "recovered",
            Self::Deleting(_) => "deleting",
        })
    }
}

/// What a segment's file says of itself, so that the index can be rebuilt from files alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentIdentity {
    /// Whose footage it is.
    pub stream: StreamId,
    /// Wall time of its first sample.
    pub start: WallTime,
    /// The run that it belongs to.
    pub run: RunId,
    /// Position of its first sample in the run.
    pub run_offset: MediaTime,
}

/// One row of the index: `segment (stream, start)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentRow {
    /// Whose footage it is.
    pub stream: StreamId,
    /// Wall time of its first sample.
    pub start: WallTime,
    /// Wall time at which its last sample ends. For a segment still being recorded: as of the last
    /// change that reached the index.
    pub end: WallTime,
    /// Length of the media in 90 kHz ticks.
    pub media_duration: i64,
    /// Samples in it.
    pub frames: u64,
    /// Size of the file.
    pub bytes: u64,
    /// The run that it belongs to.
    pub run: RunId,
    /// Position of its first sample in the run.
    pub run_offset: MediaTime,
    /// Where the file is.
    pub volume: VolumeId,
    /// Its path below the volume's root, with `/` between the parts.
    pub path: String,
    /// Whether it was closed, and how.
    pub state: SegmentState,
}

#[cfg(test)]
impl SegmentRow {
    /// A finished recording of the second `second` on the volume `volume`, for tests.
    pub(crate) fn of_second(second: i64, volume: u32) -> Self {
        let start = WallTime::from_micros(second * 1_000_000);
        Self {
            stream: StreamId::new("front".parse().expect("an identity"), super::StreamKind::Main),
            start,
            end: start.plus_micros(1_000_000),
            media_duration: 90_000,
            frames: 10,
            bytes: 100,
            run: RunId(0),
            run_offset: MediaTime::default(),
            volume: VolumeId(volume),
            path: format!("front/{second}.mp4"),
            state: SegmentState::Finished,
        }
    }
}

impl SegmentRow {
    /// The wall time that it covers.
    #[must_use]
    pub fn span(&self) -> WallSpan {
        WallSpan::new(self.start, self.end)
    }

    /// Wall time of the media position `ticks` after the segment's start.
    #[must_use]
    pub fn wall_at(&self, ticks: i64) -> WallTime {
        wall_at(self.span(), self.media_duration, ticks)
    }

    /// Media position, in ticks after the segment's start, of the wall time `at`.
    #[must_use]
    pub fn ticks_at(&self, at: WallTime) -> i64 {
        ticks_at(self.span(), self.media_duration, at)
    }
}

/// Wall time of the position `ticks` in media of `duration` ticks that covers `span`.
#[must_use]
pub fn wall_at(span: WallSpan, duration: i64, ticks: i64) -> WallTime {
    if duration <= 0 {
        return span.start;
    }
    span.start.plus_micros(scale(ticks, span.micros(), duration))
}

/// The inverse of [`wall_at`].
#[must_use]
pub fn ticks_at(span: WallSpan, duration: i64, at: WallTime) -> i64 {
    if span.is_empty() {
        return 0;
    }
    scale(at.micros_since(span.start), duration, span.micros())
}
