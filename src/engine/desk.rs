//! Questions and orders from outside of the engine: another process, or a command on a folder that nobody
//! runs on.
//!
//! Must not do: change anything but what an order names: locks, bookmarks, manual recordings, what of an archive is in
//! the index, the window, and whether it runs at all.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::archive::ArchiveDesk;
use super::cleaner::{SpoolReport, StorageReport};
use super::diagnosing::Situation;
use super::disk::DiskLook;
use super::locks::Locks;
use super::manual::ManualDesk;
use super::marks::MarkBook;
use super::recordings::{Answer, Question, Recordings};
use super::{EngineError, diagnosing, offline, overview, report, terms, zone_of};
use crate::config::system::System;
use crate::config::{ConfigError, DataFolder, SettingsStore, bundle};
use crate::model::{Bookmark, CameraId, Lock, WallSpan, WallTime};
use crate::protocol::{
    ConsoleFacts, DiagnoseQuery, Diagnosis, MarkChange, Notice, Shown, Snapshot, StorageOverview,
};
use crate::runtime::{Clock, Latest, recent_log};
use crate::storage::retention::{self, Usage};

/// How far back a fault report tells what recording did.
const REPORTED: Duration = Duration::from_secs(3 * 86_400);

/// What can be asked or ordered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// What was recorded.
    Ask(Question),
    /// How everything is.
    Health,
    /// Why something does not work.
    Diagnose {
        /// Of this camera, or of all.
        camera: Option<CameraId>,
        /// At this moment of the past too.
        at: Option<WallTime>,
    },
    /// What helps to find a fault.
    Report,
    /// How storage stands.
    Storage,
    /// Add the recordings that are on the archive and not in the index to it.
    AdoptStrangers,
    /// Which ranges are locked.
    Locks,
    /// What was noted about which moments.
    Bookmarks,
    /// Change what is marked.
    Mark(MarkChange),
    /// Show the console's window in front of the others.
    Raise,
    /// End.
    Quit,
    /// Record now.
    StartManual {
        /// Which camera.
        camera: CameraId,
        /// For how long.
        limit: Duration,
    },
    /// End a manual recording.
    StopManual {
        /// Of which camera.
        camera: CameraId,
    },
}

/// What comes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// To [`Request::Ask`].
    Answer(Answer),
    /// To [`Request::Health`].
    Health(Box<Snapshot>),
    /// To [`Request::Diagnose`].
    Diagnosis(Diagnosis),
    /// To [`Request::Report`]: a ZIP archive, in base64.
    Report(String),
    /// To [`Request::Storage`].
    Storage(StorageOverview),
    /// To [`Request::Locks`].
    Locks(Vec<Lock>),
    /// To [`Request::Bookmarks`], newest moment first.
    Bookmarks(Vec<Bookmark>),
    /// To an order: whether it changed anything.
    Done(bool),
}

/// Answers and obeys.
pub struct Desk {
    /// What was recorded.
    pub recordings: Arc<Recordings>,
    /// What operators have marked.
    pub marks: MarkBook,
    /// How storage stands.
    pub storage: Arc<Latest<StorageReport>>,
    /// What only a running engine has.
    pub running: Option<Running>,
    /// What is shown while no engine runs.
    pub rest: Arc<Snapshot>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// What only a running engine has.
pub struct Running {
    /// What it shows.
    pub shown: Arc<Shown>,
    /// Manual recordings.
    pub manual: ManualDesk,
    /// Looks at the disk.
    pub disk: DiskLook,
    /// Where the archive is told what is wanted.
    pub archive: ArchiveDesk,
}

/// What waits to be brought elsewhere while nothing is recorded.
fn spool_at_rest(
    report: &StorageReport,
    recordings: &Recordings,
) -> Result<Option<SpoolReport>, EngineError> {
    let StorageReport { terms, usage, .. } = report;
    let Some(spool) = terms.spool else { return Ok(None) };
    let places = recordings.reader.occupied()?;
    let used = places.get(&terms.volume).map_or(0, |place| place.bytes);
    let room = spool.room(&Usage { used, ..*usage }, terms.rules.reserve);
    Ok(Some(SpoolReport { used, room, ..SpoolReport::default() }))
}

impl Desk {
    /// A desk on a folder that nobody runs on; the caller holds its lock.
    ///
    /// # Errors
    /// When settings, index or volume cannot be opened.
    pub fn offline(folder: &DataFolder, clock: Arc<dyn Clock>) -> Result<Self, EngineError> {
        let recordings = Arc::new(offline::open(folder)?);
        let store = SettingsStore::open(folder)?;
        let volume = offline::volumes(folder, &store)?.current;
        let mut report =
            StorageReport { terms: terms::terms(store.settings(), volume), ..Default::default() };
        match recordings.volumes.get(volume).map(|volume| volume.space()) {
            Some(Ok(space)) => report.usage.space = space,
            Some(Err(error)) => report.trouble = Some(error.to_string()),
            None => {}
        }
        report.thumbnails = offline::thumbnail_bytes(folder);
        let recorded: u64 = recordings.reader.usage()?.values().sum();
        report.usage.used = recorded.saturating_add(report.thumbnails);
        report.terms.rules.reserve = retention::reserve(0, report.usage.space.total);
        report.spool = spool_at_rest(&report, &recordings)?;
        let marks = MarkBook::open(folder, Locks::open(folder), None);
        let storage = Arc::new(Latest::with(report));
        let path = folder.storage(&store.settings().storage.path).to_string_lossy().into_owned();
        let zone = zone_of(store.settings());
        let rest = Arc::new(diagnosing::at_rest(store.shared(), zone, path));
        Ok(Self { recordings, marks, storage, running: None, rest, clock })
    }

    /// Answers or obeys.
    ///
    /// # Errors
    /// What is in the way, in a sentence.
    pub fn serve(&self, request: &Request) -> Result<Response, EngineError> {
        match request {
            Request::Ask(question) => self.recordings.answer(question).map(Response::Answer),
            Request::Health => {
                let snapshot = self.running()?.shown.snapshot.get().unwrap_or_default();
                Ok(Response::Health(Box::new((*snapshot).clone())))
            }
            Request::Diagnose { camera, at } => {
                let query = DiagnoseQuery { id: 0, camera: camera.clone(), at: *at };
                let situation = Situation {
                    recordings: &self.recordings,
                    snapshot: &self.snapshot(),
                    is_running: self.running.is_some(),
                    storage: &self.overview()?,
                    disk: self.running.as_ref().map(|running| &running.disk),
                    history: &self.history(),
                    now: self.clock.wall(),
                };
                diagnosing::answer(&situation, &query).map(Response::Diagnosis)
            }
            Request::Report => {
                let bundle = self.report(&ConsoleFacts::default())?;
                Ok(Response::Report(BASE64.encode(bundle)))
            }
            Request::Storage => self.overview().map(Response::Storage),
            Request::AdoptStrangers => {
                self.running()?.archive.adopt()?;
                Ok(Response::Done(true))
            }
            Request::Locks => match self.marks.locks.trouble() {
                Some(why) => Err(ConfigError::Refused(why).into()),
                None => Ok(Response::Locks(self.marks.locks.list())),
            },
            Request::Bookmarks => self.marks.bookmarks().map(Response::Bookmarks),
            Request::Mark(change) => Ok(Response::Done(self.marks.make(change)?)),
            Request::Raise => Ok(Response::Done(self.running()?.shown.ask_to_raise())),
            Request::Quit => {
                self.running()?.shown.ask_to_quit();
                Ok(Response::Done(true))
            }
            Request::StartManual { camera, limit } => {
                self.running()?.manual.start(camera, *limit);
                Ok(Response::Done(true))
            }
            Request::StopManual { camera } => {
                let manual = &self.running()?.manual;
                let was_on = manual.left(camera).is_some();
                manual.stop(camera);
                Ok(Response::Done(was_on))
            }
        }
    }

    /// What is shown now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        match &self.running {
            Some(running) => running.shown.snapshot.get().unwrap_or_default(),
            None => Arc::clone(&self.rest),
        }
    }

    fn history(&self) -> Arc<Vec<Notice>> {
        let shown = self.running.as_ref().and_then(|running| running.shown.history.get());
        shown.unwrap_or_default()
    }

    /// What helps to find a fault, as a ZIP archive; see [`report`].
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn report(&self, console: &ConsoleFacts) -> Result<Vec<u8>, EngineError> {
        let now = self.clock.wall();
        let lately = WallSpan::new(now - REPORTED, now);
        let mut journal = Vec::new();
        for camera in self.recordings.reader.journal_cameras()? {
            journal.extend(self.recordings.reader.journal(&camera, lately)?);
        }
        journal.sort_by_key(|entry| entry.at);
        let files = report::files(&report::Sources {
            snapshot: &self.snapshot(),
            storage: &self.overview()?,
            history: &self.history(),
            journal: &journal,
            log: &recent_log::lines(),
            console,
            system: &System::here(),
            is_running: self.running.is_some(),
            now,
        });
        Ok(bundle::zip(&files)?)
    }

    fn running(&self) -> Result<&Running, EngineError> {
        let words = "Watchkeeper is not running with this folder";
        self.running.as_ref().ok_or_else(|| EngineError::NotFound(words.into()))
    }

    /// How storage stands, and what will go.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn overview(&self) -> Result<StorageOverview, EngineError> {
        let report = self.storage.get().unwrap_or_default();
        overview::overview(&self.recordings, &self.marks.locks.list(), &report, self.clock.wall())
    }
}
