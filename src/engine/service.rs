//! The engine thread: takes commands, keeps everything as the settings want it, shows what is.
//!
//! Must not do: anything that takes long; whatever reads or decodes has a thread of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, select, tick};

use super::door::Door;
use super::indexer::Indexer;
use super::notices::Notices;
use super::query::Queries;
use super::recordings::Recordings;
use super::snapshots::{Saved, Snapshots, Wanted};
use super::status::Meter;
use super::views::Views;
use super::{EngineError, SHUTDOWN_LIMIT, source};
use crate::capture::{Capture, StreamSource, Subscription, UnitQueue};
use crate::config::{
    CameraSettings, ConfigError, DataFolder, FolderLock, Password, Secrets, SettingsStore,
};
use crate::model::{CameraId, Mode, StreamId, StreamKind, Transport, WallTime};
use crate::playback::Playback;
use crate::protocol::{CameraDraft, Command, LiveTile, Severity, Shown};
use crate::recorder::{RecordedStream, Recorder};
use crate::runtime::Clock;
use crate::simulate::{Simulator, SimulatorConfig, camera_name};

/// Time between two snapshots.
const TICK: Duration = Duration::from_secs(1);

/// Units that wait for the recorder at most: a disk may stall for 20 s at 60 pictures a second.
const MAX_UNITS: usize = 1_200;

/// Bytes that wait for the recorder at most, for each stream: 20 s at 25 Mbit/s.
const MAX_BYTES: usize = 64 << 20;

/// Simulated cameras that a first start may add.
pub(super) const SIMULATED_CAMERAS: usize = 4;

/// A stream's way from capture to the recorder.
pub(super) struct Way {
    queue: Arc<UnitQueue>,
    _subscription: Subscription,
}

/// Everything that runs.
pub(super) struct Service {
    pub folder: DataFolder,
    pub lock: FolderLock,
    pub store: SettingsStore,
    pub secrets: Secrets,
    pub clock: Arc<dyn Clock>,
    pub zone: chrono_tz::Tz,
    pub recordings: Arc<Recordings>,
    pub indexer: Indexer,
    pub recorder: Recorder,
    pub capture: Capture,
    pub queries: Queries,
    pub stop_queries: Sender<()>,
    pub playback: Playback,
    pub snapshots: Snapshots,
    /// None when it cannot be opened.
    pub door: Option<Door>,
    pub shown: Arc<Shown>,
    pub notices: Notices,
    pub views: Views,
    pub queues: BTreeMap<StreamId, Way>,
    pub simulator: Option<Simulator>,
    pub meter: Meter,
    pub demo: bool,
    /// The recorder was too busy to take the streams; they are sent again.
    pub pending_streams: bool,
}

impl Service {
    /// Runs until `stopped` is dropped, then shuts down in order.
    pub fn run(
        mut self,
        commands: &Receiver<Command>,
        stopped: &Receiver<()>,
    ) -> Result<(), EngineError> {
        let ticks = tick(TICK);
        let never = crossbeam::channel::never();
        let mut commands = commands;
        let saved = self.snapshots.results().clone();
        loop {
            select! {
                recv(commands) -> command => match command {
                    Ok(command) => {
                        self.obey(command);
                        self.show();
                    }
                    // The console is gone; a recorder without a window goes on.
                    Err(_) => commands = &never,
                },
                recv(ticks) -> _ => {
                    if self.pending_streams {
                        self.record();
                    }
                    self.show();
                }
                recv(saved) -> saved => {
                    if let Ok(saved) = saved {
                        self.tell_saved(saved);
                        self.show();
                    }
                }
                recv(stopped) -> _ => break,
            }
        }
        self.shut_down()
    }

    fn obey(&mut self, command: Command) {
        let result = match command {
            Command::AddCamera(draft) => self.add_camera(draft),
            Command::RemoveCamera(id) => self.remove_camera(&id),
            Command::SetMode(id, mode) => self.set_mode(&id, mode),
            Command::RetryCamera(id) => {
                for kind in [StreamKind::Main, StreamKind::Sub] {
                    self.capture.retry_now(&StreamId::new(id.clone(), kind));
                }
                Ok(())
            }
            Command::UseSimulatedCameras => self.use_simulated(),
            Command::SaveSnapshot { camera, at } => self.save_snapshot(camera, at),
            Command::WatchLive(tiles) => {
                self.views.want(tiles);
                self.connect();
                Ok(())
            }
            Command::Playback(command) => self.playback.send(command).map_err(EngineError::from),
            Command::QueryTimeline(query) => {
                self.queries.timeline(query);
                Ok(())
            }
            Command::QueryMonth(query) => {
                self.queries.month(query);
                Ok(())
            }
            Command::Acknowledge(id) => {
                self.notices.acknowledge(id);
                self.shown.wake();
                Ok(())
            }
        };
        if let Err(error) = result {
            self.tell(Severity::Warning, None, error.to_string());
        }
    }

    /// Raises a notice of something that has happened and is over.
    fn tell(&mut self, severity: Severity, camera: Option<CameraId>, text: String) {
        let key = format!("told {text}");
        self.notices.raise(key.clone(), self.clock.wall(), severity, camera, text);
        self.notices.clear(&key);
    }

    fn add_camera(&mut self, draft: CameraDraft) -> Result<(), EngineError> {
        let address = |text: &str| {
            text.parse().map_err(|error: crate::config::stream_url::InvalidUrl| {
                ConfigError::Refused(error.to_string())
            })
        };
        let taken = self.recordings.reader.streams()?.into_iter().map(|stream| stream.camera);
        let id = self.store.settings().free_id(&draft.name, &taken.collect());
        let camera = CameraSettings {
            id: id.clone(),
            name: draft.name,
            main: address(&draft.main)?,
            sub: draft.sub.as_deref().map(address).transpose()?,
            user: draft.user,
            transport: draft.transport,
            stream: draft.stream,
            mode: draft.mode,
        };
        self.store.change(|settings| {
            settings.cameras.push(camera);
            Ok(())
        })?;
        // The camera is there in any case; without its password it says so itself.
        let kept = self.secrets.set(&id, draft.password.map(Password::new).as_ref());
        self.reconcile();
        Ok(kept?)
    }

    fn remove_camera(&mut self, id: &CameraId) -> Result<(), EngineError> {
        self.store.change(|settings| {
            settings.cameras.retain(|camera| camera.id != *id);
            Ok(())
        })?;
        let forgotten = self.secrets.set(id, None);
        self.reconcile();
        Ok(forgotten?)
    }

    fn set_mode(&mut self, id: &CameraId, mode: Mode) -> Result<(), EngineError> {
        self.store.change(|settings| {
            for camera in settings.cameras.iter_mut().filter(|camera| camera.id == *id) {
                camera.mode = mode;
            }
            Ok(())
        })?;
        self.reconcile();
        Ok(())
    }

    /// Makes capture, recorder and live wall as settings and console want them.
    pub fn reconcile(&mut self) {
        self.connect();
        self.record();
    }

    /// Makes capture and live wall so; what is recorded stays as it is.
    fn connect(&mut self) {
        let cameras = self.store.settings().cameras.clone();
        let sub_of = |tile: &LiveTile| {
            cameras.iter().any(|camera| camera.id == tile.camera && camera.sub.is_some())
        };
        let mut wanted: Vec<StreamId> = cameras
            .iter()
            .map(|camera| StreamId::new(camera.id.clone(), camera.recorded_stream()))
            .collect();
        wanted.extend(self.views.streams(sub_of));
        wanted.sort();
        wanted.dedup();
        let sources = wanted.iter().filter_map(|stream| self.source_of(&cameras, stream)).collect();
        self.capture.set_streams(sources);
        self.views.reconcile(&self.capture, &self.shown, sub_of);
    }

    fn source_of(&mut self, cameras: &[CameraSettings], stream: &StreamId) -> Option<StreamSource> {
        let camera = cameras.iter().find(|camera| camera.id == stream.camera)?;
        let password = match self.secrets.get(&camera.id) {
            Ok(password) => password,
            // It has none to lose, most likely.
            Err(_) if camera.user.is_none() => None,
            Err(error) => {
                let text = error.to_string();
                self.notices.raise(text.clone(), self.clock.wall(), Severity::Alarm, None, text);
                None
            }
        };
        source(camera, stream.kind, password)
    }

    /// Tells the recorder which streams to record, and from which queues.
    fn record(&mut self) {
        let mut ways = BTreeMap::new();
        let mut streams = Vec::new();
        for camera in &self.store.settings().cameras {
            let id = StreamId::new(camera.id.clone(), camera.recorded_stream());
            let way = self.queues.remove(&id).unwrap_or_else(|| {
                let queue = UnitQueue::new(MAX_UNITS, MAX_BYTES);
                let subscription = self.capture.subscribe(&id, &queue, false);
                Way { queue, _subscription: subscription }
            });
            let last_end = self.last_end(&id);
            let queue = Arc::clone(&way.queue);
            streams.push(RecordedStream { id: id.clone(), queue, mode: camera.mode, last_end });
            ways.insert(id, way);
        }
        self.queues = ways;
        self.pending_streams = self.recorder.set_streams(streams).is_err();
    }

    fn last_end(&self, stream: &StreamId) -> WallTime {
        let row = self.recordings.reader.last_before(stream, WallTime::MAX);
        match row {
            Ok(row) => row.map_or(WallTime::MIN, |row| row.end),
            Err(error) => {
                tracing::error!("{stream}: the index cannot be read: {error}");
                WallTime::MIN
            }
        }
    }

    /// Adds simulated cameras for good: the settings keep the port, so that they are there again at the
    /// next start.
    fn use_simulated(&mut self) -> Result<(), EngineError> {
        if self.simulator.is_some() {
            return Ok(());
        }
        let simulator =
            Simulator::start(SimulatorConfig::demo(SIMULATED_CAMERAS), Arc::clone(&self.clock))?;
        let port = simulator.address().port();
        self.store.change(|settings| {
            settings.simulated_port = Some(port);
            Ok(())
        })?;
        for number in 0..SIMULATED_CAMERAS {
            self.add_camera(CameraDraft {
                name: camera_name(number).into(),
                main: simulator.url(number, StreamKind::Main).to_string(),
                sub: Some(simulator.url(number, StreamKind::Sub).to_string()),
                user: None,
                password: None,
                transport: Transport::Tcp,
                stream: StreamKind::Main,
                mode: Mode::Continuous,
            })?;
        }
        self.simulator = Some(simulator);
        Ok(())
    }

    fn save_snapshot(&self, camera: CameraId, at: Option<WallTime>) -> Result<(), EngineError> {
        let live = || {
            let picture = self.shown.live.get(&camera).map(Wanted::Live);
            picture.ok_or_else(|| EngineError::NotFound("There is no picture to save.".into()))
        };
        let wanted = at.map(Wanted::Recorded).map_or_else(live, Ok)?;
        self.snapshots.save(camera, wanted)
    }

    fn tell_saved(&mut self, saved: Saved) {
        let (severity, text) = match saved.path {
            Ok(path) => (Severity::Info, format!("Saved {}", path.display())),
            Err(error) => (Severity::Warning, error.to_string()),
        };
        self.tell(severity, Some(saved.camera), text);
    }

    /// Stops what brings footage first, then what writes it, then what knows of it.
    fn shut_down(mut self) -> Result<(), EngineError> {
        self.views.want(Vec::new());
        self.views.reconcile(&self.capture, &self.shown, |_| false);
        let limit = SHUTDOWN_LIMIT;
        let results = [
            self.capture.stop().map_err(EngineError::from),
            self.recorder.stop(limit).map_err(EngineError::from),
            self.indexer.stop(limit).map_err(EngineError::from),
            self.playback.stop().map_err(EngineError::from),
            self.snapshots.stop(limit).map_err(EngineError::from),
            {
                drop(self.stop_queries);
                self.queries.join(limit).map_err(EngineError::from)
            },
            self.door.map_or(Ok(()), |door| door.close(limit).map_err(EngineError::from)),
            self.simulator.map_or(Ok(()), |simulator| simulator.stop().map_err(EngineError::from)),
        ];
        drop(self.queues);
        drop(self.lock);
        let mut errors = results.into_iter().filter_map(Result::err);
        let first = errors.next();
        for error in errors {
            tracing::error!("{error}");
        }
        first.map_or(Ok(()), Err)
    }
}
