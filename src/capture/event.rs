//! What capture tells those who listen to a stream.
//!
//! Must not do: hold more than one access unit.

use std::sync::Arc;
use std::time::Duration;

use crate::media::{AccessUnit, StreamParameters};

/// Something that happened on a stream, in order. After every event but [`CaptureEvent::Unit`] the next
/// unit is a random access point.
#[derive(Clone, Debug)]
pub enum CaptureEvent {
    /// A run begins: connected, and the first random access point is next. Its `pts` is 0 for those who
    /// listened from its beginning, and larger for those who came later.
    RunStarted {
        /// What a decoder needs.
        parameters: Arc<StreamParameters>,
    },
    /// The camera sends different pictures from here on. The run ends and a new one begins here, with its
    /// own `pts` from 0.
    NewParameters {
        /// What a decoder needs from here on.
        parameters: Arc<StreamParameters>,
    },
    /// One coded picture.
    Unit(AccessUnit),
    /// Something was lost between the camera and us; the run goes on.
    Lost {
        /// RTP packets that are missing by their sequence numbers, or pictures that are missing by theirs
        /// although no packet is: the camera itself left them out.
        packets: u32,
    },
    /// The queue was full. Put in by [`super::UnitQueue`].
    Dropped {
        /// Access units that were not taken.
        units: u64,
        /// Their bytes.
        bytes: u64,
    },
    /// The camera's time line jumped, which ended the run; a [`CaptureEvent::RunStarted`] follows.
    TimestampJump {
        /// How far from where it was expected, in 90 kHz ticks; negative for a jump back.
        ticks: i64,
    },
    /// The run ended, or an attempt to begin one failed for another reason than the last.
    RunEnded {
        /// Why, in a sentence for an operator.
        error: String,
        /// When the next attempt is made; none when none will be.
        retry_in: Option<Duration>,
    },
}
