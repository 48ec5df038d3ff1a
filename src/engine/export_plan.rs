//! What an export would hold, off the engine's thread; and opening a folder, which may take a moment too.
//!
//! Must not do: answer an old question once a newer one has come, or write a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam::channel::{Sender, bounded, select};

use super::EngineError;
use super::recordings::{Answer, Question, Recordings};
use super::timeline::Storage;
use crate::model::{CameraId, GapReason, WallSpan, WallTime};
use crate::playback::export::{Recorded, check_space, estimate, idle, stretches, surplus};
use crate::protocol::{ExportPlan, ExportQuery, Shown};
use crate::runtime::{Clock, Newest, Worker};
use crate::storage::part_file::{make_folder, space_of};

/// Folders that wait to be opened.
const FOLDERS: usize = 4;

/// What exports are made from.
#[derive(Clone)]
pub struct Source {
    /// What was recorded.
    pub recordings: Arc<Recordings>,
    /// Where is recorded, and what has to stay free there.
    pub storage: Storage,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where exports go when nobody says otherwise.
    pub folder: PathBuf,
}

impl Source {
    /// What an export must leave to recording.
    #[must_use]
    pub fn recorded(&self) -> Option<Recorded> {
        let terms = &self.storage.get()?.terms;
        let volume = self.recordings.volumes.get(terms.volume)?;
        Some(Recorded { folder: volume.folder()?.to_path_buf(), reserve: terms.rules.reserve })
    }
}

/// The thread.
pub struct ExportPlans {
    queries: Newest<ExportQuery>,
    folders: Sender<PathBuf>,
    worker: Worker,
}

impl ExportPlans {
    /// Starts the thread; answers go to `shown`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(source: Source, shown: Arc<Shown>) -> std::io::Result<Self> {
        let queries = Newest::<ExportQuery>::new();
        let (folders, to_open) = bounded::<PathBuf>(FOLDERS);
        let asked = queries.receiver();
        let worker = Worker::spawn("export-plan", move || {
            // The engine's own receiver keeps the questions' channel open: the folders' end is the stop.
            loop {
                select! {
                    recv(asked) -> query => if let Ok(query) = query {
                        shown.export_plan.set(plan(&source, &query));
                        shown.wake();
                    },
                    recv(to_open) -> folder => match folder {
                        Ok(folder) => open_folder(&folder),
                        Err(_) => break,
                    },
                }
            }
        })?;
        Ok(Self { queries, folders, worker })
    }

    /// Asks.
    pub fn ask(&self, query: ExportQuery) {
        self.queries.send(query);
    }

    /// Shows a folder in the system's file manager.
    ///
    /// # Errors
    /// When others are being opened.
    pub fn open_folder(&self, folder: PathBuf) -> Result<(), EngineError> {
        let busy = || EngineError::NotFound("Other folders are being opened.".into());
        self.folders.try_send(folder).map_err(|_| busy())
    }

    /// Lets it end; gives what to wait for.
    #[must_use]
    pub fn end(self) -> Worker {
        self.worker
    }
}

/// Whether exports can go to `folder`: one that is told from the program's own folder on is nowhere that an operator
/// knows.
///
/// # Errors
/// What is asked for, in a sentence.
pub fn check_folder(folder: &Path) -> Result<(), EngineError> {
    if folder.is_absolute() {
        return Ok(());
    }
    let text = format!("{} is no whole path: write the folder from its root on.", folder.display());
    Err(EngineError::NotFound(text))
}

fn open_folder(folder: &Path) {
    let opened = make_folder(folder).map_err(|error| error.to_string());
    let opened = opened.and_then(|()| open::that_detached(folder).map_err(|e| e.to_string()));
    if let Err(error) = opened {
        tracing::warn!("{} cannot be opened: {error}", folder.display());
    }
}

/// What is asked to know why there is no footage in a part of a span, which is told up to `now`.
#[must_use]
pub fn why_missing(camera: CameraId, span: WallSpan, now: WallTime) -> Question {
    let WallSpan { start: from, end } = span;
    Question::Explain { camera, from, to: end.min(now).max(from) }
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
    let question = why_missing(camera.clone(), span, now);
    let Answer::Explain(told) = recordings.answer(&question)? else { return Ok(Vec::new()) };
    Ok(idle(told))
}

/// Answers a question; what is in the way becomes the answer's trouble.
fn plan(source: &Source, query: &ExportQuery) -> ExportPlan {
    let folder = query.folder.clone().unwrap_or_else(|| source.folder.clone());
    let free = space_of(&folder).ok().map(|space| space.free);
    let mut plan =
        ExportPlan { generation: query.generation, folder, free, ..ExportPlan::default() };
    let filled = fill(&mut plan, &source.recordings, query, source.clock.wall());
    let possible = filled.and_then(|()| {
        check_folder(&plan.folder)?;
        if plan.covered == 0 {
            return Err(EngineError::NotFound("There is no footage in that time.".into()));
        }
        Ok(check_space(&plan.folder, plan.bytes, source.recorded().as_ref())?)
    });
    plan.trouble = possible.err().map(|error| error.to_string());
    plan
}

fn fill(
    plan: &mut ExportPlan,
    recordings: &Recordings,
    query: &ExportQuery,
    now: WallTime,
) -> Result<(), EngineError> {
    let volumes = &recordings.volumes.all();
    for camera in &query.cameras {
        let rows = recordings.segments_of_camera(camera, query.span)?;
        plan.bytes += estimate(&rows, query.span);
        let covered = stretches(&rows, query.span).into_iter().map(|(_, part)| part.micros());
        plan.covered += covered.sum::<i64>();
        plan.surplus = plan.surplus.max(surplus(&rows, query.span, volumes)?);
        let missing = missing(recordings, camera, query.span, now)?;
        plan.gaps.extend(missing.into_iter().map(|(span, why)| (camera.clone(), span, why)));
    }
    Ok(())
}
