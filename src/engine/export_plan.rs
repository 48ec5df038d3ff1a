//! What an export would hold, off the engine's thread; and opening a folder, which may take a moment too.
//!
//! Must not do: answer an old question once a newer one has come, or write a file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crossbeam::channel::{Receiver, Sender, TrySendError, bounded, select};

use super::recordings::{Answer, Question, Recordings};
use super::{EngineError, SHUTDOWN_LIMIT};
use crate::model::coverage::SEAM_MICROS;
use crate::model::{CameraId, GapReason, RecordingState, SegmentRow, VolumeId, WallSpan, WallTime};
use crate::playback::export::{estimate, stretches, surplus};
use crate::protocol::{ExportPlan, ExportQuery, Shown};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Worker};
use crate::storage::Volume;
use crate::storage::part_file::{make_folder, space_of};

/// A question that waits is replaced by a newer one, so one place is enough.
const QUEUE: usize = 1;

/// Folders that wait to be opened.
const FOLDERS: usize = 4;

/// The thread.
pub struct ExportPlans {
    queries: Sender<ExportQuery>,
    /// To take an older question out.
    waiting: Receiver<ExportQuery>,
    folders: Sender<PathBuf>,
    worker: Worker,
}

impl ExportPlans {
    /// Starts the thread; answers go to `shown`, `folder` is where exports go.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        recordings: Arc<Recordings>,
        shown: Arc<Shown>,
        clock: Arc<dyn Clock>,
        folder: PathBuf,
    ) -> std::io::Result<Self> {
        let (queries, waiting) = bounded::<ExportQuery>(QUEUE);
        let (folders, to_open) = bounded::<PathBuf>(FOLDERS);
        let asked = waiting.clone();
        let worker = Worker::spawn("export-plan", move || {
            // The engine's own receiver keeps the questions' channel open: the folders' end is the stop.
            loop {
                select! {
                    recv(asked) -> query => if let Ok(query) = query {
                        let plan = plan(&recordings, &query, folder.clone(), clock.wall());
                        shown.export_plan.set(plan);
                        shown.wake();
                    },
                    recv(to_open) -> folder => match folder {
                        Ok(folder) => open_folder(&folder),
                        Err(_) => break,
                    },
                }
            }
        })?;
        Ok(Self { queries, waiting, folders, worker })
    }

    /// Asks.
    pub fn ask(&self, mut query: ExportQuery) {
        while let Err(TrySendError::Full(back)) = self.queries.try_send(query) {
            query = back;
            // Taken by the thread in between: then there is room as well.
            let _older = self.waiting.try_recv();
        }
    }

    /// Shows a folder in the system's file manager.
    ///
    /// # Errors
    /// When others are being opened.
    pub fn open_folder(&self, folder: PathBuf) -> Result<(), EngineError> {
        let busy = || EngineError::NotFound("Other folders are being opened.".into());
        self.folders.try_send(folder).map_err(|_| busy())
    }

    /// Ends.
    ///
    /// # Errors
    /// When the thread hangs or panicked.
    pub fn stop(self) -> Result<(), JoinError> {
        drop((self.queries, self.waiting, self.folders));
        self.worker.join(SHUTDOWN_LIMIT)
    }
}

fn open_folder(folder: &std::path::Path) {
    let opened = make_folder(folder).map_err(|error| error.to_string());
    let opened = opened.and_then(|()| open::that_detached(folder).map_err(|e| e.to_string()));
    if let Err(error) = opened {
        tracing::warn!("{} cannot be opened: {error}", folder.display());
    }
}

/// The segments of both streams of a camera that overlap a span.
///
/// # Errors
/// When the index cannot be read.
pub fn rows(
    recordings: &Recordings,
    camera: &CameraId,
    span: WallSpan,
) -> Result<Vec<SegmentRow>, EngineError> {
    recordings.segments_of_camera(camera, span)
}

/// Time without footage in a span, up to `now`, and why.
///
/// # Errors
/// When the index cannot be read.
pub fn missing(
    recordings: &Recordings,
    camera: &CameraId,
    span: WallSpan,
    now: WallTime,
) -> Result<Vec<(WallSpan, GapReason)>, EngineError> {
    let WallSpan { start: from, end } = span;
    let question = Question::Explain { camera: camera.clone(), from, to: end.min(now).max(from) };
    let Answer::Explain(told) = recordings.answer(&question)? else { return Ok(Vec::new()) };
    let idle = told.into_iter().filter_map(|(span, state)| match state {
        RecordingState::Idle(reason) => Some((span, reason)),
        RecordingState::Recording(_) => None,
    });
    Ok(idle.filter(|(span, _)| span.micros() > SEAM_MICROS).collect())
}

/// Answers a question; what is in the way becomes the answer's trouble.
fn plan(
    recordings: &Recordings,
    query: &ExportQuery,
    folder: PathBuf,
    now: WallTime,
) -> ExportPlan {
    let free = space_of(&folder).ok().map(|space| space.free);
    let mut plan =
        ExportPlan { generation: query.generation, folder, free, ..ExportPlan::default() };
    if let Err(error) = fill(&mut plan, recordings, query, now) {
        plan.trouble = Some(error.to_string());
    } else if plan.covered == 0 {
        plan.trouble = Some("There is no footage in that time.".into());
    } else if plan.free.is_some_and(|free| free < plan.bytes) {
        plan.trouble = Some("The disk has too little space for it.".into());
    }
    plan
}

fn fill(
    plan: &mut ExportPlan,
    recordings: &Recordings,
    query: &ExportQuery,
    now: WallTime,
) -> Result<(), EngineError> {
    let volumes: &BTreeMap<VolumeId, Arc<dyn Volume>> = &recordings.volumes;
    for camera in &query.cameras {
        let rows = rows(recordings, camera, query.span)?;
        plan.bytes += estimate(&rows, query.span);
        let covered = stretches(&rows, query.span).into_iter().map(|(_, part)| part.micros());
        plan.covered += covered.sum::<i64>();
        plan.surplus = plan.surplus.max(surplus(&rows, query.span, volumes)?);
        let missing = missing(recordings, camera, query.span, now)?;
        plan.gaps.extend(missing.into_iter().map(|(span, why)| (camera.clone(), span, why)));
    }
    Ok(())
}
