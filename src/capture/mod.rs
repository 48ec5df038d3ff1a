//! Capture: RTSP sessions from cameras to bounded queues of access units.
//!
//! One thread, `capture`, serves all sessions on one current-thread runtime that lives only for a moment
//! per tick: sockets fill meanwhile, which costs a third of waking for every arrival. Each stream is a
//! `link` (when to connect, when to give up) around a `session` (one RTSP connection, one task, begun as
//! an `offer`), and
//! hands what arrives to a `feed` (who listens, what was counted). Rules that can be wrong are pure:
//! [`reconnect`], [`timeline`], and what a full [`queue`] drops.
//!
//! Must not do: wait for a consumer, copy an access unit, write a file, or let a password or the path of
//! an address into any text. The only user of retina.

pub mod camera_motion;
pub mod error;
pub mod event;
pub mod feed;
mod gate;
mod link;
pub mod metadata;
mod offer;
pub mod onvif;
pub mod probe;
pub mod queue;
pub mod reconnect;
mod run;
pub mod service;
mod session;
pub mod source;
pub mod timeline;

pub use camera_motion::CameraMotionState;
pub use error::CaptureError;
pub use event::CaptureEvent;
pub use feed::{Link, StreamStatus, Subscription};
pub use probe::{ProbeReport, probe, probe_while};
pub use queue::UnitQueue;
pub use service::{CameraMotionReader, Capture, Timeouts};
pub use source::{AddressError, StreamSource, split_credentials};
