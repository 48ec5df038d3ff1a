//! Starts, supervises and shuts down everything, and speaks with the console.
//!
//! Must not do: paint, or decide what `recorder::gate` and `storage` decide.

pub mod alerts;
pub mod awake;
pub mod calendar;
mod camera_lists;
pub mod changing;
pub mod cleaner;
pub mod clock_trust;
pub mod desk;
pub mod desktop;
pub mod diagnose;
pub mod diagnoses;
pub mod diagnosing;
pub mod disk;
pub mod door;
mod erasing;
pub mod errands;
pub mod error;
pub mod explain;
pub mod export_plan;
pub mod exports;
pub mod finding;
pub mod indexer;
pub mod locks;
pub mod manual;
pub mod marking;
pub mod marks;
pub mod merging;
pub mod notice_keeper;
pub mod notices;
pub mod offline;
pub mod opening;
pub mod overview;
pub mod past;
pub mod previews;
pub mod probing;
pub mod query;
pub mod reconcile;
pub mod recordings;
pub mod removal;
pub mod report;
pub mod reporting;
pub mod service;
pub mod snapshots;
pub mod start;
pub mod status;
pub mod stills;
mod stopping;
pub mod stored;
mod taking_out;
pub mod telling;
pub mod thumbnails;
pub mod tiles;
pub mod timeline;
mod trials;
pub mod unlocking;
pub mod usage;
pub mod views;

use std::time::Duration;

use crossbeam::channel::{Receiver, Sender};

pub use error::EngineError;
pub use start::EngineOptions;

use crate::capture::StreamSource;
use crate::model::{CameraSettings, Password, Settings};
use crate::model::{StreamId, StreamKind};
use crate::protocol::{self, Console};
use crate::runtime::Worker;

/// Time after which a thread that does not end is named and given up.
pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(10);

/// Threads, and groups of them, that the engine waits for one after the other.
const STOPPED_IN_TURN: u32 = 27;

/// A running engine.
pub struct Engine {
    stop: Sender<()>,
    ended: Receiver<Result<(), EngineError>>,
    worker: Worker,
}

impl Engine {
    /// Starts everything: takes the folder, mends files and index, connects to the cameras, records.
    ///
    /// # Errors
    /// What is in the way; nothing runs then.
    pub fn start(options: EngineOptions) -> Result<(Self, Console), EngineError> {
        let (console, commands, shown) = protocol::connect();
        let service = start::start(options, shown)?;
        let (stop, stopped) = crossbeam::channel::bounded(1);
        let (result, ended) = crossbeam::channel::bounded(1);
        let worker = Worker::spawn("engine", move || {
            // The receiver is dropped only when nobody waits for the end.
            let _nobody_waits = result.send(service.run(&commands, &stopped));
        })?;
        Ok((Self { stop, ended, worker }, console))
    }

    /// Stops everything in order: capture, recorder with its files, index; then the rest.
    ///
    /// # Errors
    /// The first thread that hung or panicked, or what could not be written.
    pub fn stop(self) -> Result<(), EngineError> {
        drop(self.stop);
        // Each of its threads has the limit for itself and is named when it hangs.
        self.worker.join(STOPPED_IN_TURN * SHUTDOWN_LIMIT)?;
        self.ended.try_recv().unwrap_or(Ok(()))
    }
}

/// The zone for local times: the settings', else the system's, else UTC.
#[must_use]
pub fn zone_of(settings: &Settings) -> chrono_tz::Tz {
    let system = || iana_time_zone::get_timezone().ok().and_then(|name| name.parse().ok());
    settings.zone.map(|zone| zone.0).or_else(system).unwrap_or(chrono_tz::UTC)
}

/// What capture needs to know of a stream; none when the camera has no such stream.
#[must_use]
pub fn source(
    camera: &CameraSettings,
    kind: StreamKind,
    password: Option<Password>,
) -> Option<StreamSource> {
    let url = camera.url(kind)?;
    Some(StreamSource {
        id: StreamId::new(camera.id.clone(), kind),
        url: url.url().clone(),
        user: camera.user.clone(),
        password,
        transport: camera.transport,
        metadata: false,
    })
}
