//! The query thread: answers for the timeline, the calendar and the list of events, off the UI thread.
//!
//! Must not do: answer an old question once a newer one has come.

use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, select};

use super::calendar::Calendars;
use super::locks::Locks;
use super::overview::{self, Before};
use super::recordings::Recordings;
use super::timeline::{Storage, Surroundings, Timelines};
use super::{EngineError, explain, start};
use crate::config::{DataFolder, VolumeStore};
use crate::model::coverage::{self, SEAM_MICROS};
use crate::model::{CameraId, CoverageSpan, WallSpan};
use crate::protocol::{
    EventsAnswer, EventsQuery, MonthQuery, Shown, StorageAnswer, StorageQuery, TimelineQuery,
};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Newest, Worker};

/// Events that a list shows at most.
const MOST_EVENTS: usize = 500;

/// The query thread.
pub struct Queries {
    timeline: Newest<TimelineQuery>,
    month: Newest<MonthQuery>,
    events: Newest<EventsQuery>,
    storage: Newest<StorageQuery>,
    worker: Worker,
}

/// What the thread is given.
#[derive(Clone)]
pub struct QueryOptions {
    /// Where the list of places is.
    pub folder: DataFolder,
    /// What is asked about.
    pub recordings: Arc<Recordings>,
    /// Where answers go, and where the bookmarks are.
    pub shown: Arc<Shown>,
    /// What is kept.
    pub locks: Locks,
    /// What goes soon.
    pub storage: Storage,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl Queries {
    /// Starts the thread; it ends when the sender of `stop` is dropped.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(options: QueryOptions, stop: Receiver<()>) -> std::io::Result<Self> {
        let (timeline, month, events) = (Newest::new(), Newest::new(), Newest::new());
        let (timelines, months, lists) = (timeline.receiver(), month.receiver(), events.receiver());
        let storage = Newest::new();
        let standings = storage.receiver();
        let mut desk =
            Desk { options, timelines: Timelines::default(), calendars: Calendars::default() };
        let worker = Worker::spawn("query", move || {
            loop {
                select! {
                    recv(timelines) -> query => match query {
                        Ok(query) => tell("timeline", desk.timeline(&query)),
                        Err(_) => break,
                    },
                    recv(months) -> query => match query {
                        Ok(query) => tell("calendar", desk.month(&query)),
                        Err(_) => break,
                    },
                    recv(lists) -> query => match query {
                        Ok(query) => tell("list of events", desk.events(&query)),
                        Err(_) => break,
                    },
                    recv(standings) -> query => match query {
                        Ok(query) => tell("storage", desk.storage(&query)),
                        Err(_) => break,
                    },
                    recv(stop) -> _ => break,
                }
            }
        })?;
        Ok(Self { timeline, month, events, storage, worker })
    }

    /// Asks for coverage.
    pub fn timeline(&self, query: TimelineQuery) {
        self.timeline.send(query);
    }

    /// Asks for a month.
    pub fn month(&self, query: MonthQuery) {
        self.month.send(query);
    }

    /// Asks for motion events.
    pub fn events(&self, query: EventsQuery) {
        self.events.send(query);
    }

    /// Asks how storage stands.
    pub fn storage(&self, query: StorageQuery) {
        self.storage.send(query);
    }

    /// Waits for the thread, whose stop channel has been dropped.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn join(self, limit: Duration) -> Result<(), JoinError> {
        self.worker.join(limit)
    }
}

fn tell(what: &str, result: Result<(), EngineError>) {
    if let Err(error) = result {
        tracing::error!("the {what} cannot be read: {error}");
    }
}

/// Who answers.
struct Desk {
    options: QueryOptions,
    timelines: Timelines,
    calendars: Calendars,
}

impl Desk {
    fn timeline(&mut self, query: &TimelineQuery) -> Result<(), EngineError> {
        let QueryOptions { recordings, shown, locks, storage, clock, .. } = &self.options;
        let around = Surroundings {
            locks: &locks.list(),
            marks: &shown.marks.get().unwrap_or_default(),
            storage: &storage.get().unwrap_or_default(),
            now: clock.wall(),
        };
        shown.timeline.set(self.timelines.answer(recordings, query, around)?);
        shown.wake();
        Ok(())
    }

    fn month(&mut self, query: &MonthQuery) -> Result<(), EngineError> {
        let QueryOptions { recordings, shown, clock, .. } = &self.options;
        shown.month.set(self.calendars.answer(recordings, query, clock.wall())?);
        shown.wake();
        Ok(())
    }

    fn storage(&self, query: &StorageQuery) -> Result<(), EngineError> {
        let QueryOptions { folder, recordings, shown, locks, storage, clock } = &self.options;
        let mut report = storage.get().map(|report| (*report).clone()).unwrap_or_default();
        let (locks, now) = (locks.list(), clock.wall());
        let mut lost = Vec::new();
        if let (Some(after), Some(snapshot)) = (&query.with, shown.snapshot.get()) {
            let before = Before {
                recordings,
                known: &VolumeStore::open(folder)?,
                locks: &locks,
                used: report.usage.used,
                settings: &snapshot.settings,
            };
            lost = overview::lost_by(&before, after, now)?;
            let reserve = report.terms.rules.reserve;
            report.terms = start::terms(after, report.terms.volume);
            report.terms.rules.reserve = reserve;
        }
        let overview = overview::overview(recordings, &locks, &report, now)?;
        shown.storage.set(StorageAnswer { id: query.id, overview, lost });
        shown.wake();
        Ok(())
    }

    fn events(&self, query: &EventsQuery) -> Result<(), EngineError> {
        let QueryOptions { recordings, shown, .. } = &self.options;
        shown.events.set(events(recordings, query)?);
        shown.wake();
        Ok(())
    }
}

/// Answers a question for motion events with the newest ones.
///
/// # Errors
/// When the index cannot be read.
pub fn events(recordings: &Recordings, query: &EventsQuery) -> Result<EventsAnswer, EngineError> {
    let mut events = Vec::new();
    for camera in &query.cameras {
        events.extend(recordings.reader.newest_events(camera, query.span, MOST_EVENTS + 1)?);
    }
    events.sort_by_key(|event| event.span.start);
    let more = events.len() > MOST_EVENTS;
    events.drain(..events.len().saturating_sub(MOST_EVENTS));
    Ok(EventsAnswer { generation: query.generation, events, more })
}

/// Footage of a camera within `span`, ordered by start: what segments cover, less the holes inside of
/// them that the journal knows, each stretch with the rule by which it was recorded.
///
/// # Errors
/// When the index cannot be read.
pub fn footage(
    recordings: &Recordings,
    camera: &CameraId,
    span: WallSpan,
) -> Result<Vec<CoverageSpan>, EngineError> {
    let rows = recordings.segments_of_camera(camera, span)?;
    let journal = recordings.reader.journal(camera, span)?;
    let spans = rows.iter().map(|row| row.span().intersect(span));
    let mut covered = explain::kinds(spans, &journal);
    // Both streams may have been recorded at once.
    covered.sort_by_key(|item| item.span.start);
    Ok(coverage::merge(covered, SEAM_MICROS))
}
