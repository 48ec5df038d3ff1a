//! The thread `diagnosis`: answers why something does not work, and waits for the disk where that must be asked.
//!
//! Must not do: answer an old question once a newer one has come, or hold up other answers.

use std::time::Duration;

use super::disk::DiskLook;
use super::query::QueryOptions;
use super::{EngineError, diagnosing, overview};
use crate::protocol::DiagnoseQuery;
use crate::runtime::thread::JoinError;
use crate::runtime::{Newest, Worker};

/// The thread.
pub struct Diagnoses {
    questions: Newest<DiagnoseQuery>,
    worker: Worker,
}

impl Diagnoses {
    /// Starts the thread, which asks `disk`.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start(options: QueryOptions, disk: DiskLook) -> std::io::Result<Self> {
        let questions = Newest::<DiagnoseQuery>::new();
        let waiting = questions.receiver();
        let worker = Worker::spawn("diagnosis", move || {
            for query in waiting {
                if let Err(error) = answer(&options, &disk, &query) {
                    tracing::error!("the diagnosis cannot be read: {error}");
                }
            }
        })?;
        Ok(Self { questions, worker })
    }

    /// Asks why something does not work.
    pub fn ask(&self, query: DiagnoseQuery) {
        self.questions.send(query);
    }

    /// Ends the thread.
    ///
    /// # Errors
    /// When it hangs for `limit` or panicked.
    pub fn stop(self, limit: Duration) -> Result<(), JoinError> {
        drop(self.questions);
        self.worker.join(limit)
    }
}

fn answer(
    options: &QueryOptions,
    disk: &DiskLook,
    query: &DiagnoseQuery,
) -> Result<(), EngineError> {
    let QueryOptions { recordings, shown, locks, storage, clock, .. } = options;
    let (report, now) = (storage.get().unwrap_or_default(), clock.wall());
    let situation = diagnosing::Situation {
        recordings,
        snapshot: &shown.snapshot.get().unwrap_or_default(),
        is_running: true,
        storage: &overview::overview(recordings, &locks.list(), &report, now)?,
        disk: Some(disk),
        history: &shown.history.get().unwrap_or_default(),
        now,
    };
    shown.diagnosis.set(diagnosing::answer(&situation, query)?);
    shown.wake();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DataFolder;
    use crate::engine::disk::Disk;
    use crate::engine::locks::Locks;
    use crate::engine::offline;
    use crate::engine::query::Queries;
    use crate::index::Index;
    use crate::model::{WallSpan, WallTime};
    use crate::protocol::{Shown, Snapshot, Subject, TimelineQuery, Verdict, VolumeStatus};
    use crate::recorder::OpenSegments;
    use crate::runtime::{Latest, SimulatedClock};
    use crate::storage::Place;
    use crossbeam::channel::bounded;
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::sync::Arc;

    #[test]
    fn a_disk_that_does_not_answer_is_told_and_holds_no_timeline_up() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let index = Index::open(folder.index()).expect("opened").index;
        let open = OpenSegments::default();
        let recordings = Arc::new(offline::recordings(&index, BTreeMap::new(), open));
        let shown = Arc::new(Shown::default());
        let volume = VolumeStatus { path: "/recordings".into(), ..VolumeStatus::default() };
        shown.snapshot.set(Snapshot { volume, ..Snapshot::default() });
        let (tell, told) = bounded(8);
        shown.on_change(Arc::new(move || tell.send(()).expect("the test listens")));
        let options = QueryOptions {
            folder: folder.clone(),
            recordings,
            shown: Arc::clone(&shown),
            locks: Locks::open(&folder),
            storage: Arc::new(Latest::new()),
            clock: Arc::new(SimulatedClock::new(WallTime::default())),
        };
        let (release, hangs) = bounded::<()>(0);
        let (ask, asked) = bounded(1);
        let hanging = move |_: &Path| {
            ask.send(()).expect("the test listens");
            let _released = hangs.recv();
            Place::Writable
        };
        // The disk is asked as long as this test lasts.
        let disk = Disk::with(hanging, Duration::from_secs(60)).expect("starts");
        let (stop, stopped) = bounded(0);
        let queries = Queries::start(options.clone(), stopped).expect("starts");
        let diagnoses = Diagnoses::start(options.clone(), disk.look()).expect("starts");
        diagnoses.ask(DiagnoseQuery { id: 1, camera: None, at: None });
        asked.recv().expect("the disk is asked");
        let span = WallSpan::new(WallTime::from_micros(0), WallTime::from_micros(1_000_000));
        queries.timeline(TimelineQuery { generation: 7, cameras: Vec::new(), span, resolution: 1 });
        told.recv().expect("an answer");
        assert_eq!(shown.timeline.get().map(|timeline| timeline.generation), Some(7));
        assert!(shown.diagnosis.get().is_none());
        drop(release);
        told.recv().expect("an answer");
        drop(stop);
        queries.join(Duration::from_secs(10)).expect("ends");
        diagnoses.stop(Duration::from_secs(10)).expect("ends");
        disk.stop().expect("ends");

        let (release, hangs) = bounded::<()>(0);
        let hanging = move |_: &Path| {
            let _released = hangs.recv();
            Place::Writable
        };
        let disk = Disk::with(hanging, Duration::ZERO).expect("starts");
        let diagnoses = Diagnoses::start(options, disk.look()).expect("starts");
        diagnoses.ask(DiagnoseQuery { id: 2, camera: None, at: None });
        told.recv().expect("an answer");
        let diagnosis = shown.diagnosis.get().expect("answered");
        let check = diagnosis.checks.iter().find(|check| check.subject == Subject::Writable);
        let check = check.expect("looked at");
        assert_eq!((diagnosis.id, check.verdict), (2, Verdict::Wrong));
        assert!(check.text.contains("does not answer"), "{}", check.text);
        drop(release);
        diagnoses.stop(Duration::from_secs(10)).expect("ends");
        disk.stop().expect("ends");
    }
}
