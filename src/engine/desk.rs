//! Questions and orders from outside of the engine: another process, or a command on a folder that nobody
//! runs on.
//!
//! Must not do: change anything but what an order names: locks, bookmarks, manual recordings, the window, and
//! whether it runs at all.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cleaner::StorageReport;
use super::locks::Locks;
use super::manual::ManualDesk;
use super::marks::MarkBook;
use super::recordings::{Answer, Question, Recordings};
use super::{EngineError, offline, overview, start};
use crate::config::{ConfigError, DataFolder, SettingsStore};
use crate::model::{Bookmark, CameraId, Lock};
use crate::protocol::{MarkChange, Shown, Snapshot, StorageOverview};
use crate::runtime::{Clock, Latest};
use crate::storage::retention;

/// What can be asked or ordered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// What was recorded.
    Ask(Question),
    /// How everything is.
    Health,
    /// How storage stands.
    Storage,
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
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// What only a running engine has.
pub struct Running {
    /// What it shows.
    pub shown: Arc<Shown>,
    /// Manual recordings.
    pub manual: ManualDesk,
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
            StorageReport { terms: start::terms(store.settings(), volume), ..Default::default() };
        match recordings.volumes.get(volume).map(|volume| volume.space()) {
            Some(Ok(space)) => report.usage.space = space,
            Some(Err(error)) => report.trouble = Some(error.to_string()),
            None => {}
        }
        report.thumbnails = offline::thumbnail_bytes(folder);
        let recorded: u64 = recordings.reader.usage()?.values().sum();
        report.usage.used = recorded.saturating_add(report.thumbnails);
        report.terms.rules.reserve = retention::reserve(0, report.usage.space.total);
        let marks = MarkBook::open(folder, Locks::open(folder), None);
        let storage = Arc::new(Latest::with(report));
        Ok(Self { recordings, marks, storage, running: None, clock })
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
            Request::Storage => self.overview().map(Response::Storage),
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
