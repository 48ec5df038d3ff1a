//! The thread `camera-lists`: reads and writes lists of cameras, however long a disk takes to answer.
//!
//! Must not do: put a setting in force; the engine does when a list has been read.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, TrySendError, bounded};

use super::EngineError;
use super::service::Service;
use crate::config::{ConfigError, camera_list};
use crate::model::settings::StreamUrl;
use crate::model::{CameraSettings, Settings};
use crate::protocol::{CameraListAnswer, CameraListOutcome, ImportQuery, KnownCameras, Shown};
use crate::runtime::Worker;
use crate::runtime::thread::JoinError;

/// Lists that wait; an operator handles one at a time.
const QUEUE: usize = 4;

enum Job {
    Write { id: u64, path: PathBuf, text: String, cameras: usize },
    Read(ImportQuery),
}

/// A list that was read, or why it cannot be.
pub struct Listed {
    query: ImportQuery,
    text: Result<String, ConfigError>,
}

/// The thread.
pub struct CameraLists {
    jobs: Sender<Job>,
    shown: Arc<Shown>,
    read: Receiver<Listed>,
    worker: Worker,
}

impl CameraLists {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start(shown: Arc<Shown>) -> std::io::Result<Self> {
        let (jobs, waiting) = bounded::<Job>(QUEUE);
        // Those that wait, and the one that is being read.
        let (results, read) = bounded(2 * QUEUE);
        let tells = Arc::clone(&shown);
        let worker = Worker::spawn("camera-lists", move || {
            for job in waiting {
                match job {
                    Job::Write { id, path, text, cameras } => {
                        let written = camera_list::save(&path, &text);
                        let outcome = CameraListOutcome::Exported { path, cameras };
                        answer(&tells, id, written.map(|()| outcome).map_err(|e| e.to_string()));
                    }
                    Job::Read(query) => {
                        let text = camera_list::load(&query.path);
                        if results.send(Listed { query, text }).is_err() {
                            break;
                        }
                    }
                }
            }
        })?;
        Ok(Self { jobs, shown, read, worker })
    }

    /// Where lists arrive.
    #[must_use]
    pub fn read(&self) -> &Receiver<Listed> {
        &self.read
    }

    /// Orders a job, or answers that it cannot be done now.
    fn order(&self, job: Job) {
        let Err(job) = self.jobs.try_send(job).map_err(TrySendError::into_inner) else { return };
        let (Job::Write { id, .. } | Job::Read(ImportQuery { id, .. })) = job;
        let text = "Other lists of cameras are still being read or written; please try again.";
        answer(&self.shown, id, Err(text.into()));
    }

    /// Ends the thread.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop((self.jobs, self.read));
        self.worker.join(limit)
    }
}

fn answer(shown: &Shown, id: u64, outcome: Result<CameraListOutcome, String>) {
    shown.camera_list.set(CameraListAnswer { id, outcome });
    shown.wake();
}

impl Service {
    /// Orders the list of the cameras to be written.
    pub(super) fn export_cameras(&self, id: u64, path: PathBuf) {
        let cameras = self.store.settings().cameras.len();
        match camera_list::write(self.store.settings()) {
            Ok(text) => self.camera_lists.order(Job::Write { id, path, text, cameras }),
            Err(error) => answer(&self.shown, id, Err(error.to_string())),
        }
    }

    /// Orders a list to be read.
    pub(super) fn import_cameras(&self, query: ImportQuery) {
        self.camera_lists.order(Job::Read(query));
    }

    /// A list was read: tells what it means, or puts it in force.
    pub(super) fn take_list(&mut self, listed: Listed) {
        let Listed { query, text } = listed;
        let outcome =
            text.map_err(EngineError::from).and_then(|text| self.take_over(&query, &text));
        answer(&self.shown, query.id, outcome.map_err(|error| error.to_string()));
    }

    fn take_over(
        &mut self,
        query: &ImportQuery,
        text: &str,
    ) -> Result<CameraListOutcome, EngineError> {
        let recorded = self.recorded_cameras()?;
        let now = self.store.settings();
        let (after, summary) = camera_list::read(&query.path, text, now, query.known, &recorded)?;
        if query.known == KnownCameras::Ask {
            return Ok(CameraListOutcome::Found(summary));
        }
        let before = self.store.shared();
        self.store.change(|settings| {
            *settings = after;
            Ok(())
        })?;
        let forgotten = self.forget_moved(&before);
        self.reconcile();
        forgotten?;
        Ok(CameraListOutcome::Imported(summary))
    }

    /// A stored password does not follow a camera to a host that somebody else has written into a list.
    fn forget_moved(&mut self, before: &Settings) -> Result<(), ConfigError> {
        let now = self.store.shared();
        let hosts = |camera: &CameraSettings| {
            let host = |url: &StreamUrl| url.url().host_str().map(str::to_owned);
            (host(&camera.main), camera.sub.as_ref().and_then(host))
        };
        for camera in &now.cameras {
            let old = before.cameras.iter().find(|old| old.id == camera.id);
            if old.is_some_and(|old| hosts(old) != hosts(camera)) {
                self.secrets.set(&camera.id, None)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_cannot_be_ordered_is_answered() {
        let shown = Arc::new(Shown::default());
        let (jobs, waiting) = bounded(1);
        let lists = CameraLists {
            jobs,
            shown: Arc::clone(&shown),
            read: bounded(1).1,
            worker: Worker::spawn("camera-lists", || ()).expect("starts"),
        };
        let write = |id| Job::Write { id, path: "/x".into(), text: String::new(), cameras: 0 };
        lists.order(write(1));
        assert!(shown.camera_list.get().is_none());
        let read = ImportQuery { id: 3, path: "/x".into(), known: KnownCameras::Ask };
        for (id, job) in [(2, write(2)), (3, Job::Read(read))] {
            lists.order(job);
            let answer = shown.camera_list.get().expect("answered");
            assert_eq!(answer.id, id);
            assert!(answer.outcome.as_ref().is_err_and(|why| why.contains("please try again")));
        }
        drop(waiting);
        lists.stop(Duration::from_secs(10)).expect("ends");
    }
}
