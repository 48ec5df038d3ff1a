//! Starting: from a data folder to running threads.
//!
//! Must not do: go on after the first error; what was started is dropped, and dropping stops it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Sender, bounded};

use super::door::Door;
use super::indexer::Indexer;
use super::library::Library;
use super::notices::Notices;
use super::protocol::{Severity, Shown};
use super::query::Queries;
use super::service::Service;
use super::views::Views;
use super::{EngineError, offline, zone_of};
use crate::capture::Capture;
use crate::config::{CameraSettings, DataFolder, Secrets, SettingsStore};
use crate::index::{self, Change, Index};
use crate::model::{
    CameraId, GapReason, JournalEntry, RecordingState, StreamId, StreamKind, WallSpan, WallTime,
};
use crate::playback::Playback;
use crate::recorder::stream::WriteContext;
use crate::recorder::{Limits, OpenSegments, Recorder, RecorderOptions};
use crate::runtime::Clock;

/// Bytes of a megabyte, as the settings and disk makers count.
const MEGABYTE: u64 = 1_000_000;

/// What an engine is started with.
pub struct EngineOptions {
    /// Where everything is.
    pub folder: DataFolder,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Whether this is the demonstration.
    pub demo: bool,
}

impl EngineOptions {
    /// An engine on `folder`.
    #[must_use]
    pub fn new(folder: DataFolder, clock: Arc<dyn Clock>) -> Self {
        Self { folder, clock, demo: false }
    }
}

/// Starts all threads but the engine's own.
pub(super) fn start(options: EngineOptions, shown: Arc<Shown>) -> Result<Service, EngineError> {
    let EngineOptions { folder, clock, demo } = options;
    let lock = folder.lock()?;
    let store = SettingsStore::open(&folder)?;
    let secrets = Secrets::open(&folder)?;
    let zone = zone_of(store.settings());
    let volume = offline::volume(&folder, &store)?;
    let opened = Index::open(&folder.index())?;
    let mut notices = Notices::default();
    let report = index::check::repair(&opened.index, &*volume, offline::LOCAL)?;
    tell_repairs(&mut notices, &report, clock.wall());
    journal_absence(&opened.index, &store.settings().cameras)?;
    let index = Arc::new(opened.index);
    let open = OpenSegments::default();
    let library = Arc::new(offline::library(&index, Arc::clone(&volume), open.clone()));
    let used = used_bytes(&library)?;
    let indexer = Indexer::start(Arc::clone(&index), open.clone())?;
    let context =
        WriteContext { volume, volume_id: offline::LOCAL, zone, limits: limits(&store), open };
    let sync_every = Duration::from_secs(store.settings().storage.sync_seconds.0.into());
    let changes = indexer.sender();
    let recorder_clock = Arc::clone(&clock);
    let recorder =
        Recorder::start(RecorderOptions { context, sync_every, clock: recorder_clock, changes })?;
    let capture = Capture::start(Arc::clone(&clock))?;
    let (stop_queries, stopped): (Sender<()>, _) = bounded(0);
    let queries =
        Queries::start(Arc::clone(&library), Arc::clone(&shown), Arc::clone(&clock), stopped)?;
    let playback =
        Playback::start(library.footage.clone(), Arc::clone(&clock), Arc::clone(&shown))?;
    let door = Door::open(&folder, Arc::clone(&library))?;
    let mut service = Service {
        folder,
        lock,
        store,
        secrets,
        clock,
        zone,
        library,
        indexer,
        recorder,
        capture,
        queries,
        stop_queries,
        playback,
        door,
        shown,
        notices,
        views: Views::default(),
        queues: BTreeMap::new(),
        simulator: None,
        meter: super::status::Meter::new(used),
        demo,
        pending_streams: false,
    };
    service.reconcile();
    service.show();
    Ok(service)
}

fn limits(store: &SettingsStore) -> Limits {
    let storage = &store.settings().storage;
    let bytes = (storage.max_file_mb > 0).then(|| u64::from(storage.max_file_mb) * MEGABYTE);
    Limits { minutes: storage.segment_minutes.0, bytes }
}

fn used_bytes(library: &Library) -> Result<u64, EngineError> {
    let mut used = 0;
    for stream in library.reader.streams()? {
        let rows = library.reader.segments(&stream, WallSpan::ALL)?;
        used += rows.iter().map(|row| row.bytes).sum::<u64>();
    }
    Ok(used)
}

/// What was mended at the start is told, and what could not be.
fn tell_repairs(notices: &mut Notices, report: &index::check::RepairReport, at: WallTime) {
    for mended in &report.mended {
        tracing::info!("mended: {mended}");
    }
    if !report.mended.is_empty() {
        let count = report.mended.len();
        let text = format!(
            "Watchkeeper was not ended in order. {count} recordings were checked and mended; at \
             most the last 2 seconds of each are missing."
        );
        notices.raise("mended".into(), at, Severity::Info, None, text);
    }
    for problem in &report.problems {
        tracing::warn!("{problem}");
        notices.raise(problem.to_string(), at, Severity::Warning, None, problem.to_string());
    }
}

/// Journals for each camera that nobody recorded from the last sign of life until now.
fn journal_absence(index: &Index, cameras: &[CameraSettings]) -> Result<(), EngineError> {
    let reader = index.reader();
    let heartbeat = reader.heartbeat()?;
    let mut changes = Vec::new();
    for camera in cameras {
        let last = reader.journal(&camera.id, WallSpan::ALL)?.pop();
        let footage = last_footage(&reader, &camera.id)?;
        let absent = RecordingState::Idle(GapReason::NotRunning);
        let at = match &last {
            Some(entry) if entry.state == absent => continue,
            Some(JournalEntry { state: RecordingState::Idle(_), at, .. }) => {
                heartbeat.or(footage).map(|alive| alive.max(*at))
            }
            Some(JournalEntry { state: RecordingState::Recording(_), at, .. }) => {
                Some(footage.map_or(*at, |end| end.max(*at)))
            }
            None => footage,
        };
        if let Some(at) = at {
            let camera = camera.id.clone();
            changes.push(Change::Journal(JournalEntry { camera, at, state: absent }));
        }
    }
    Ok(index.apply(&changes)?)
}

/// Where the newest footage of a camera ends.
pub(super) fn last_footage(
    reader: &index::IndexReader,
    camera: &CameraId,
) -> Result<Option<WallTime>, EngineError> {
    let mut last = None;
    for kind in [StreamKind::Main, StreamKind::Sub] {
        let stream = StreamId::new(camera.clone(), kind);
        last = last.max(reader.last_before(&stream, WallTime::MAX)?.map(|row| row.end));
    }
    Ok(last)
}
