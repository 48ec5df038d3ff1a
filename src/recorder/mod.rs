//! Decides whether to record, cuts fragments and segments, and writes them.
//!
//! Must not do: connect to cameras, decode, delete footage, or wait for anything but its disk.

mod diary;
pub mod error;
pub mod files;
pub mod fragmenter;
pub mod gate;
pub mod open;
pub mod preroll;
pub mod rotation;
pub mod rule;
pub mod segment;
pub mod service;
pub mod signals;
pub mod stream;
pub mod words;

pub use error::RecorderError;
pub use files::{Totals, WriteContext};
pub use open::{OpenSegment, OpenSegments};
pub use rotation::Limits;
pub use rule::Rule;
pub use service::{RecordedStream, Recorder, RecorderOptions, RecorderStatus, StreamReport};
pub use signals::{Interruption, Manual, Outside, Signals};
pub use stream::StreamRecorder;
