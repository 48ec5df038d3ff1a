//! The words of the domain, as plain data: cameras, segments, gaps, coverage, time.
//!
//! Must not do: any I/O, read a clock, know a thread or a library of the layers above.

pub mod bookmark;
pub mod camera;
pub mod coverage;
pub mod event;
pub mod journal;
pub mod key_place;
pub mod lock;
pub mod motion;
pub mod password;
pub mod picture;
pub mod schedule;
pub mod segment;
pub mod settings;
pub mod time;

pub use bookmark::Bookmark;
pub use camera::{CameraId, Mode, StreamId, StreamKind, Transport};
pub use coverage::{CoverageKind, CoverageSpan};
pub use event::{Area, MotionEvent};
pub use journal::{DeletionCause, GapReason, JournalEntry, RecordingState};
pub use key_place::KeyPlace;
pub use lock::Lock;
pub use motion::{MotionSettings, MotionSource, MotionZone, ZoneKind};
pub use password::Password;
pub use picture::Picture;
pub use schedule::{
    Calendar, DayRange, Days, Exception, ExceptionRule, Schedule, Stretch, TimeOfDay,
};
pub use segment::{RunId, SegmentIdentity, SegmentRow, SegmentState, VolumeId};
pub use settings::{CameraSettings, Settings, StorageSettings};
pub use time::{MediaTime, WallSpan, WallTime};
