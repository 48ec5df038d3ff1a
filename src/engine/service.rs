//! The engine thread: takes commands, keeps everything as the settings want it, shows what is.
//!
//! Must not do: anything that takes long; whatever reads or decodes has a thread of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, select, tick};

use super::EngineError;
use super::archive::{ArchiveOptions, Upload};
use super::archives::OpenArchives;
use super::awake::Awake;
use super::camera_lists::CameraLists;
use super::cleaner::Cleaner;
use super::desktop::Desktop;
use super::diagnoses::Diagnoses;
use super::disk::Disk;
use super::door::Door;
use super::errands::{Errand, Errands};
use super::export_plan::ExportPlans;
use super::exports::Exports;
use super::finding::Finders;
use super::indexer::Indexer;
use super::locks::Locks;
use super::manual::ManualDesk;
use super::marking::Marking;
use super::notice_keeper::NoticeKeeper;
use super::notices::Notices;
use super::opening::Opening;
use super::previews::Previews;
use super::query::Queries;
use super::recordings::Recordings;
use super::reporting::Reporting;
use super::snapshots::{Saved, Snapshots, Style, Wanted};
use super::status::Meter;
use super::storage_testing::StorageTests;
use super::thumbnails::Thumbnails;
use super::trials;
use super::unlocking::Unlocking;
use super::views::Views;
use crate::analysis::{Detection, MotionBoard};
use crate::capture::{Capture, Subscription, UnitQueue};
use crate::config::{ConfigError, DataFolder, FolderLock, Secrets, SettingsStore};
use crate::model::settings::CameraRecording;
use crate::model::{CameraId, Mode, StreamId, StreamKind, Transport, VolumeId, WallTime};
use crate::model::{CameraSettings, Password};
use crate::playback::Playback;
use crate::protocol::{CameraDraft, Command, Severity, Shown};
use crate::recorder::Recorder;
use crate::runtime::Clock;
use crate::simulate::{Simulator, SimulatorConfig, camera_name};

/// Time between two snapshots.
const TICK: Duration = Duration::from_secs(1);

/// Simulated cameras that a first start may add.
pub(super) const SIMULATED_CAMERAS: usize = 4;

/// A stream's way from capture to the recorder.
pub(super) struct Way {
    pub queue: Arc<UnitQueue>,
    pub _subscription: Subscription,
}

/// Everything that runs.
pub(super) struct Service {
    pub folder: DataFolder,
    pub lock: FolderLock,
    pub store: SettingsStore,
    pub secrets: Secrets,
    pub unlocking: Unlocking,
    /// Since when the passwords can have been locked.
    pub locked_since: WallTime,
    pub errands: Errands,
    pub awake: Awake,
    pub clock: Arc<dyn Clock>,
    pub zone: chrono_tz::Tz,
    /// When the zone is looked at again.
    pub zone_due: Duration,
    pub volume_id: VolumeId,
    pub recordings: Arc<Recordings>,
    pub archives: OpenArchives,
    pub indexer: Indexer,
    pub recorder: Recorder,
    pub cleaner: Cleaner,
    pub upload: Upload,
    /// The archive that the thread `upload` was told last.
    pub bringing: Option<ArchiveOptions>,
    pub capture: Capture,
    pub detection: Detection,
    pub motion: Arc<MotionBoard>,
    pub manual: ManualDesk,
    pub queries: Queries,
    pub diagnoses: Diagnoses,
    pub disk: Disk,
    pub stop_queries: Sender<()>,
    pub playback: Playback,
    pub snapshots: Snapshots,
    pub thumbnails: Thumbnails,
    pub previews: Previews,
    pub marking: Marking,
    pub locks: Locks,
    pub opening: Opening,
    pub camera_lists: CameraLists,
    pub keeper: NoticeKeeper,
    /// None where notices are not shown on a desktop.
    pub desktop: Option<Desktop>,
    pub reporting: Reporting,
    /// Since when it runs.
    pub started: WallTime,
    pub finding: Finders,
    pub storage_tests: StorageTests,
    pub exports: Exports,
    pub export_plans: ExportPlans,
    /// None when it cannot be opened.
    pub door: Option<Door>,
    pub shown: Arc<Shown>,
    pub notices: Notices,
    pub views: Views,
    pub ways: BTreeMap<StreamId, Way>,
    /// Ways of the streams that are watched for motion.
    pub watched: BTreeMap<StreamId, Way>,
    /// Ways of the streams of which small pictures are kept.
    pub seen: BTreeMap<StreamId, Way>,
    /// The camera that is watched for motion on trial.
    pub trial: Option<trials::Running>,
    pub simulator: Option<Simulator>,
    pub meter: Meter,
    pub demo: bool,
    pub pending: Pending,
}

/// What a thread was too busy to take, or could not be done; it is tried again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pending {
    pub streams: bool,
    pub watches: bool,
    pub sights: bool,
    pub context: bool,
    pub terms: bool,
    pub archive: bool,
    /// Places elsewhere could not be opened.
    pub archives: bool,
}

impl Service {
    /// Runs until `stopped` is dropped, then shuts down in order.
    pub fn run(
        mut self,
        commands: &Receiver<Command>,
        stopped: &Receiver<()>,
    ) -> Result<(), EngineError> {
        self.attend(commands, stopped);
        self.obey_last(commands);
        self.shut_down()
    }

    /// Until `stopped` is dropped. What it listens to ends with it: no thread is left with somebody who does not
    /// take its results.
    fn attend(&mut self, commands: &Receiver<Command>, stopped: &Receiver<()>) {
        let ticks = tick(TICK);
        let never = crossbeam::channel::never();
        let mut commands = commands;
        let mut saved = self.snapshots.results().clone();
        let mut exported = self.exports.ended().clone();
        let mut unmarked = self.marking.failures().clone();
        let mut opened = self.opening.opened().clone();
        let mut listed = self.camera_lists.read().clone();
        let mut reported = self.reporting.saved().clone();
        let mut found = self.unlocking.found().clone();
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
                    self.send_again();
                    self.ask_key_store_again();
                    self.look_at_zone();
                    self.balance();
                    self.show();
                }
                recv(saved) -> result => {
                    match result {
                        Ok(result) => self.tell_saved(result),
                        Err(_) => saved = self.without("Pictures"),
                    }
                    self.show();
                }
                recv(exported) -> status => {
                    match status {
                        Ok(status) => self.tell_exported(status),
                        Err(_) => exported = self.without("Exports"),
                    }
                    self.show();
                }
                recv(unmarked) -> error => {
                    match error {
                        Ok(error) => self.tell(Severity::Warning, None, error.to_string()),
                        Err(_) => unmarked = self.without("Bookmarks and locks"),
                    }
                    self.show();
                }
                recv(opened) -> result => {
                    match result {
                        Ok(result) => self.take_volume(result),
                        Err(_) => opened = self.without("Changes of the recordings folder"),
                    }
                    self.show();
                }
                recv(listed) -> list => {
                    match list {
                        Ok(list) => self.take_list(list),
                        Err(_) => listed = self.without("Lists of cameras"),
                    }
                    self.show();
                }
                recv(reported) -> result => {
                    match result {
                        Ok(result) => self.tell_reported(result),
                        Err(_) => reported = self.without("Diagnostics"),
                    }
                    self.show();
                }
                recv(found) -> result => {
                    match result {
                        Ok(result) => self.take_found(result),
                        Err(_) => found = self.without("Passwords"),
                    }
                    self.show();
                }
                recv(stopped) -> _ => break,
            }
        }
    }

    /// Tells that the thread that saves `what` is gone; gives the channel from which nothing comes any more.
    fn without<T>(&mut self, what: &str) -> Receiver<T> {
        let text = format!("{what} cannot be saved any more until Watchkeeper is started again.");
        self.notices.raise(text.clone(), self.clock.wall(), Severity::Warning, None, text);
        crossbeam::channel::never()
    }

    pub(super) fn obey(&mut self, command: Command) {
        let result = match command {
            Command::AddCamera(draft) => self.add_camera(draft),
            Command::RemoveCamera { id, footage } => self.remove_camera(&id, footage),
            Command::ExportCameras { id, path } => {
                self.export_cameras(id, path);
                Ok(())
            }
            Command::ImportCameras(query) => {
                self.import_cameras(query);
                Ok(())
            }
            Command::WatchMotion(watch) => {
                self.watch_motion(watch);
                Ok(())
            }
            Command::ChangeSettings(change) => {
                self.change_settings(change);
                Ok(())
            }
            Command::SetMode(id, mode) => self.set_mode(&id, mode),
            Command::StartManual(id) => {
                let minutes = self.store.settings().recording.manual_minutes.0;
                self.manual.start(&id, Duration::from_secs(u64::from(minutes) * 60));
                Ok(())
            }
            Command::StopManual(id) => {
                self.manual.stop(&id);
                Ok(())
            }
            Command::RetryCamera(id) => {
                for kind in [StreamKind::Main, StreamKind::Sub] {
                    self.capture.retry_now(&StreamId::new(id.clone(), kind));
                }
                Ok(())
            }
            Command::RetryArchive => self.upload.retry().map_err(EngineError::from),
            Command::AdoptStrangers => self.upload.adopt().map_err(EngineError::from),
            Command::TakeOverArchive => self.upload.take_over().map_err(EngineError::from),
            Command::Probe(query) => {
                self.finding.probe(query, &self.secrets, self.store.settings());
                Ok(())
            }
            Command::SearchCameras { generation } => {
                self.finding.search(generation);
                Ok(())
            }
            Command::StopSearch => {
                self.finding.stop_search();
                Ok(())
            }
            Command::AskDevice(query) => {
                self.finding.device(query);
                Ok(())
            }
            Command::UseSimulatedCameras => self.use_simulated(),
            Command::WantThumbnails(wishes) => {
                self.previews.wish(wishes);
                Ok(())
            }
            Command::SaveSnapshot { camera, at, format, caption } => {
                let caption = caption.then(|| self.caption(&camera));
                self.save_snapshot(camera, at, Style { format, caption })
            }
            Command::QueryExport(query) => {
                self.export_plans.ask(query);
                Ok(())
            }
            Command::Export(request) => self.export(request),
            Command::CancelExport(id) => {
                self.exports.cancel(id);
                Ok(())
            }
            Command::ForgetExport(id) => {
                self.exports.forget(id);
                Ok(())
            }
            Command::OpenFolder(folder) => self.open_folder(folder),
            Command::Mark(change) => self.marking.order(change),
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
            Command::TestStorage(test) => {
                self.storage_tests.test(test, &self.secrets);
                Ok(())
            }
            Command::QueryStorage(query) => {
                self.queries.storage(query);
                Ok(())
            }
            Command::Diagnose(query) => {
                self.diagnoses.ask(query);
                Ok(())
            }
            Command::SaveDiagnostics(console) => self.reporting.save(console),
            Command::QueryEvents(query) => {
                self.queries.events(query);
                Ok(())
            }
            Command::QueryMonth(query) => {
                self.queries.month(query);
                Ok(())
            }
            Command::AcknowledgeAll => {
                self.acknowledge_all();
                Ok(())
            }
            Command::Acknowledge(id) => {
                self.acknowledge(id);
                Ok(())
            }
            Command::SetPin { id, old, new } => self.errands.send(Errand::SetPin { id, old, new }),
            Command::EnterPin { id, pin } => self.errands.send(Errand::EnterPin { id, pin }),
            Command::SetAutostart(what) => self.errands.send(Errand::SetAutostart(what)),
            Command::KeepAwake(on) => {
                self.awake.keep(on);
                Ok(())
            }
            Command::RememberWindow(place) => self.errands.send(Errand::RememberWindow(place)),
            Command::Unlock { id, passphrase } => {
                self.unlock(id, passphrase);
                Ok(())
            }
            Command::ProtectPasswords { id, protection } => {
                self.protect(id, protection);
                Ok(())
            }
        };
        if let Err(error) = result {
            self.tell(Severity::Warning, None, error.to_string());
        }
    }

    /// Raises a notice of something that has happened and is over.
    pub fn tell(&mut self, severity: Severity, camera: Option<CameraId>, text: String) {
        self.notices.tell(self.clock.wall(), severity, camera, text);
    }

    fn add_camera(&mut self, draft: CameraDraft) -> Result<(), EngineError> {
        let address = |text: &str| {
            text.parse().map_err(|error: crate::model::settings::stream_url::InvalidUrl| {
                ConfigError::Refused(error.to_string())
            })
        };
        let defaults = self.store.settings().recording.clone();
        let id = self.store.settings().free_id(&draft.name, &self.recorded_cameras()?);
        let camera = CameraSettings {
            id: id.clone(),
            name: draft.name,
            group: draft.group,
            main: address(&draft.main)?,
            sub: draft.sub.as_deref().map(address).transpose()?,
            user: draft.user,
            transport: draft.transport,
            recording: CameraRecording {
                mode: draft.mode,
                stream: (draft.stream != defaults.stream).then_some(draft.stream),
                ..CameraRecording::default()
            },
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
                group: String::new(),
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

    fn save_snapshot(
        &self,
        camera: CameraId,
        at: Option<WallTime>,
        style: Style,
    ) -> Result<(), EngineError> {
        let live = || {
            let picture = self.shown.live.get(&camera).map(Wanted::Live);
            picture.ok_or_else(|| EngineError::NotFound("There is no picture to save.".into()))
        };
        let wanted = at.map(Wanted::Recorded).map_or_else(live, Ok)?;
        self.snapshots.save(camera, wanted, style)
    }

    fn tell_saved(&mut self, saved: Saved) {
        let (severity, text) = match saved.path {
            Ok(path) => (Severity::Info, format!("Saved {}", path.display())),
            Err(error) => (Severity::Warning, error.to_string()),
        };
        self.tell(severity, Some(saved.camera), text);
    }
}
