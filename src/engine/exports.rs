//! The exports of a running engine: one is written at a time, others wait, all are shown.
//!
//! Must not do: make the engine or recording wait; writing and planning have threads of their own.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, bounded};

use super::EngineError;
use super::export_plan::{Source, missing};
use crate::model::{CameraId, WallTime};
use crate::playback::export::{
    ExportError, Job, Made, Place, Recorded, Watch, estimate, export_all,
};
use crate::protocol::{ExportRequest, ExportState, ExportStatus, Shown};
use crate::runtime::{Clock, Worker};
use crate::storage::part_file::clear_left;

/// Exports that wait at most.
const QUEUE: usize = 16;

/// Exports that are listed at most; of those that have ended the oldest go.
const MAX_LISTED: usize = 64;

/// Progress is shown this often at most.
const SHOW_EVERY: Duration = Duration::from_millis(200);

/// What an export needs besides the request.
pub struct Order {
    /// What is wanted.
    pub request: ExportRequest,
    /// What operators call its cameras.
    pub names: BTreeMap<CameraId, String>,
    /// The zone of local times.
    pub zone: chrono_tz::Tz,
    /// Where the files go.
    pub folder: PathBuf,
}

/// The export thread, and the list of what it does.
pub struct Exports {
    orders: Sender<(u64, Order, Arc<AtomicBool>)>,
    ended: Receiver<ExportStatus>,
    list: Arc<List>,
    next: u64,
    worker: Worker,
}

/// What is shown; written by the engine and by the export thread.
struct List {
    entries: Mutex<Vec<Entry>>,
    shown: Arc<Shown>,
}

struct Entry {
    status: ExportStatus,
    cancelled: Arc<AtomicBool>,
}

impl Exports {
    /// Starts the thread, which first removes from the usual folder what a killed program left there.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(source: Source, shown: Arc<Shown>) -> std::io::Result<Self> {
        let (orders, waiting) = bounded::<(u64, Order, Arc<AtomicBool>)>(QUEUE);
        // As many as wait and one under way can end before the engine looks.
        let (tell, ended) = bounded(2 * QUEUE);
        let list = Arc::new(List { entries: Mutex::default(), shown });
        let entries = Arc::clone(&list);
        let worker = Worker::spawn("export", move || {
            if let Err(error) = clear_left(&source.folder) {
                tracing::warn!("{error}");
            }
            for (id, order, cancelled) in waiting {
                let mut progress = Progress {
                    id,
                    list: &entries,
                    clock: &*source.clock,
                    cancelled: &cancelled,
                    done: 0,
                    total: 0,
                    told: None,
                };
                let state = guarded(|| write(&source, &order, &mut progress));
                let Some(status) = entries.set(id, state) else { continue };
                if tell.send(status).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { orders, ended, list, next: 1, worker })
    }

    /// Orders an export.
    ///
    /// # Errors
    /// When the request is empty, or too many wait.
    pub fn order(&mut self, order: Order) -> Result<(), EngineError> {
        let refused = |text: &str| Err(EngineError::NotFound(text.into()));
        if order.request.cameras.is_empty() || order.request.span.is_empty() {
            return refused("There is nothing to export: choose a camera and a span of time.");
        }
        let status = ExportStatus {
            id: self.next,
            cameras: order.request.cameras.clone(),
            span: order.request.span,
            folder: order.folder.clone(),
            state: ExportState::Waiting,
        };
        let cancelled = Arc::new(AtomicBool::new(false));
        let entry = Entry { status, cancelled: Arc::clone(&cancelled) };
        // Listed first: the thread may be quicker than what follows.
        self.list.add(entry);
        if self.orders.try_send((self.next, order, cancelled)).is_err() {
            self.list.remove(self.next);
            return refused(
                "Other exports are waiting already; please try again when one is done.",
            );
        }
        self.next += 1;
        Ok(())
    }

    /// Ends an export; one that has ended stays as it is.
    pub fn cancel(&self, id: u64) {
        for entry in self.list.lock().iter().filter(|entry| entry.status.id == id) {
            entry.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Takes one that has ended off the list.
    pub fn forget(&self, id: u64) {
        let over = self.list.lock().iter().any(|e| e.status.id == id && e.is_over());
        if over {
            self.list.remove(id);
        }
    }

    /// Folders that exports go to.
    #[must_use]
    pub fn folders(&self) -> Vec<PathBuf> {
        self.list.lock().iter().map(|entry| entry.status.folder.clone()).collect()
    }

    /// Those that have ended, one after the other.
    #[must_use]
    pub const fn ended(&self) -> &Receiver<ExportStatus> {
        &self.ended
    }

    /// Cancels what is under way and what waits, and lets the thread end; gives what to wait for.
    #[must_use]
    pub fn end(self) -> Worker {
        for entry in self.list.lock().iter() {
            entry.cancelled.store(true, Ordering::Relaxed);
        }
        self.worker
    }
}

impl Entry {
    const fn is_over(&self) -> bool {
        !matches!(self.status.state, ExportState::Waiting | ExportState::Running { .. })
    }
}

impl List {
    fn add(&self, entry: Entry) {
        let mut entries = self.lock();
        if entries.len() >= MAX_LISTED
            && let Some(oldest) = entries.iter().position(Entry::is_over)
        {
            entries.remove(oldest);
        }
        entries.push(entry);
        self.show(entries);
    }

    fn remove(&self, id: u64) {
        let mut entries = self.lock();
        entries.retain(|entry| entry.status.id != id);
        self.show(entries);
    }

    fn set(&self, id: u64, state: ExportState) -> Option<ExportStatus> {
        let mut entries = self.lock();
        let entry = entries.iter_mut().find(|entry| entry.status.id == id)?;
        entry.status.state = state;
        let status = entry.status.clone();
        self.show(entries);
        Some(status)
    }

    fn show(&self, entries: MutexGuard<'_, Vec<Entry>>) {
        self.shown.exports.set(entries.iter().map(|entry| entry.status.clone()).collect());
        drop(entries);
        self.shown.wake();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows how far an export is.
struct Progress<'a> {
    id: u64,
    list: &'a List,
    clock: &'a dyn Clock,
    cancelled: &'a AtomicBool,
    done: u64,
    /// About so many; grows when there turn out to be more.
    total: u64,
    told: Option<Duration>,
}

impl Progress<'_> {
    fn tell(&mut self) {
        let now = self.clock.monotonic();
        if self.told.is_none_or(|told| now.saturating_sub(told) >= SHOW_EVERY) {
            self.told = Some(now);
            let total = self.total.max(self.done);
            self.list.set(self.id, ExportState::Running { done: self.done, total });
        }
    }
}

impl Watch for Progress<'_> {
    fn step(&mut self, bytes: u64) {
        self.done += bytes;
        self.tell();
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// One export that panics must not take with it those that wait.
fn guarded(write: impl FnOnce() -> ExportState) -> ExportState {
    let failed = |_| ExportState::Failed("The program made a mistake over this footage.".into());
    catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(failed)
}

/// Writes the films of all cameras; how it ended.
fn write(source: &Source, order: &Order, progress: &mut Progress<'_>) -> ExportState {
    if progress.is_cancelled() {
        return ExportState::Cancelled;
    }
    match films(source, order, progress) {
        Ok(made) => named(made),
        Err(EngineError::Export(ExportError::Cancelled)) => ExportState::Cancelled,
        Err(error) => ExportState::Failed(error.to_string()),
    }
}

fn films(
    source: &Source,
    order: &Order,
    progress: &mut Progress<'_>,
) -> Result<Vec<Made>, EngineError> {
    let (now, recorded) = (source.clock.wall(), source.recorded());
    let jobs: Vec<Job> = order
        .request
        .cameras
        .iter()
        .map(|camera| job(source, order, camera, now, recorded.clone()))
        .collect::<Result<_, EngineError>>()?;
    progress.total = jobs.iter().map(|job| estimate(&job.rows, job.span)).sum();
    progress.tell();
    let made = export_all(&jobs, &source.recordings.volumes.all(), progress, |_, _| ())?;
    if progress.is_cancelled() {
        return Err(ExportError::Cancelled.into());
    }
    Ok(made)
}

fn job(
    source: &Source,
    order: &Order,
    camera: &CameraId,
    now: WallTime,
    recorded: Option<Recorded>,
) -> Result<Job, EngineError> {
    let request = &order.request;
    Ok(Job {
        name: order.names.get(camera).map_or_else(|| camera.to_string(), Clone::clone),
        camera: camera.clone(),
        rows: source.recordings.segments_of_camera(camera, request.span)?,
        missing: missing(&source.recordings, camera, request.span, now)?,
        span: request.span,
        gaps: request.gaps,
        zone: order.zone,
        place: Place::Folder(order.folder.clone()),
        recorded,
    })
}

fn named(made: Vec<Made>) -> ExportState {
    let (mut files, mut bytes) = (Vec::new(), 0);
    for film in made {
        let told = film.told.clone();
        match film.commit() {
            Ok(_) => files.push(told.film),
            Err(error) => return ExportState::Failed(error.to_string()),
        }
        bytes += told.bytes;
    }
    ExportState::Done { files, bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_that_panics_has_failed() {
        let state = guarded(|| panic!("as a test"));
        assert!(matches!(state, ExportState::Failed(_)));
        assert_eq!(guarded(|| ExportState::Cancelled), ExportState::Cancelled);
    }
}
