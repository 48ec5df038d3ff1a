//! Starting: from a data folder to running threads.
//!
//! Must not do: go on after the first error; what was started is dropped, and dropping stops it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crossbeam::channel::{Sender, bounded};

use super::archive::{ArchiveDesk, Upload, UploadOptions};
use super::archives::OpenArchives;
use super::awake::Awake;
use super::camera_lists::CameraLists;
use super::cleaner::{Cleaner, CleanerOptions};
use super::desk::{Desk, Running};
use super::desktop::Desktop;
use super::diagnoses::Diagnoses;
use super::disk::Disk;
use super::door::Door;
use super::errands::{ErrandOptions, Errands};
use super::export_plan::{ExportPlans, Source};
use super::exports::Exports;
use super::finding::Finders;
use super::indexer::Indexer;
use super::locks::Locks;
use super::manual::ManualDesk;
use super::marking::Marking;
use super::marks::MarkBook;
use super::notice_keeper::NoticeKeeper;
use super::notices::Notices;
use super::offline::OpenedVolumes;
use super::opening::Opening;
use super::previews::Previews;
use super::query::{Queries, QueryOptions};
use super::reporting::Reporting;
use super::service::{Pending, SIMULATED_CAMERAS, Service};
use super::snapshots::Snapshots;
use super::storage_testing::StorageTests;
use super::stored::StoredPreviews;
use super::terms::{limits, terms};
use super::thumbnails::{ThumbnailOptions, Thumbnails};
use super::unlocking::Unlocking;
use super::views::Views;
use super::{EngineError, offline, zone_of};
use crate::analysis::{Detection, DetectionOptions, MotionBoard};
use crate::capture::Capture;
use crate::capture::onvif::Places;
use crate::config::{self, ConfigError, DataFolder, FolderLock, Restored, Secrets, SettingsStore};
use crate::index::check::{CheckReport, Finding, Outcome};
use crate::index::{self, Change, Damaged, Index, ThumbnailWriter};
use crate::model::{Password, SegmentRow, SegmentState, Settings, StreamId, StreamKind, WallTime};
use crate::playback::{self, Playback};
use crate::protocol::{Severity, Shown};
use crate::recorder::{OpenSegments, Recorder, RecorderOptions, Signals, WriteContext};
use crate::runtime::Clock;
use crate::simulate::{Simulator, SimulatorConfig};

/// What an engine is started with.
pub struct EngineOptions {
    /// Where everything is.
    pub folder: DataFolder,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Whether this is the demonstration.
    pub demo: bool,
    /// Whether there is a desktop that shows notices.
    pub desktop: bool,
    /// Opens the stored passwords, where they are sealed under one.
    pub passphrase: Option<Password>,
    /// Where cameras are searched for.
    pub places: Places,
}

impl EngineOptions {
    /// An engine on `folder`.
    #[must_use]
    pub fn new(folder: DataFolder, clock: Arc<dyn Clock>) -> Self {
        Self {
            folder,
            clock,
            demo: false,
            desktop: false,
            passphrase: None,
            places: Places::Network,
        }
    }
}

/// A command that only reads holds the folder for a moment; a recorder that starts meanwhile waits for it.
const LOCK_TRIES: u32 = 15;

/// Time between two attempts.
const LOCK_PAUSE: Duration = Duration::from_millis(200);

fn take_folder(folder: &DataFolder) -> Result<FolderLock, ConfigError> {
    for _ in 1..LOCK_TRIES {
        match folder.lock() {
            Err(ConfigError::Locked { .. }) => std::thread::sleep(LOCK_PAUSE),
            result => return result,
        }
    }
    folder.lock()
}

/// Starts all threads but the engine's own.
pub(super) fn start(options: EngineOptions, shown: Arc<Shown>) -> Result<Service, EngineError> {
    let EngineOptions { folder, clock, demo, desktop, passphrase, places } = options;
    let lock = take_folder(&folder)?;
    // Left by one that was killed: nobody answers there while this one mends its files.
    folder.close_door()?;
    let (store, restored) = SettingsStore::open_or_restore(&folder)?;
    let mut secrets = Secrets::open(&folder)?;
    let mut unlocking = Unlocking::start(Arc::clone(&shown))?;
    let wrong = unlocking.begin(&mut secrets, passphrase.as_ref(), clock.monotonic()).err();
    let (zone, started) = (zone_of(store.settings()), clock.wall());
    let volumes = offline::volumes(&folder, &store)?;
    let opened = Index::open(folder.index())?;
    let mut notices = resumed(&folder, clock.wall());
    tell_damage(&mut notices, opened.damaged.as_ref(), clock.wall());
    tell_restored(&mut notices, restored.as_ref(), clock.wall());
    let locks = Locks::open(&folder);
    opened.index.apply(&kept_by_locks(&opened.index, &locks)?)?;
    let report = index::check::repair(&opened.index, &volumes.all, &[])?;
    tell_repairs(&mut notices, &report, clock.wall());
    opened.index.apply(&opened.index.reader().downtime()?)?;
    let index = Arc::new(opened.index);
    let open = OpenSegments::default();
    let context = write_context(store.settings(), &volumes, zone, open.clone())?;
    let volume_id = volumes.current;
    let recordings = Arc::new(offline::recordings(&index, volumes.all, open.clone()));
    let small_pictures = open_thumbnails(&folder, &mut notices, clock.wall());
    let indexer = Indexer::start(Arc::clone(&index), open)?;
    let (signals, motion) = (Arc::new(Signals::default()), Arc::new(MotionBoard::default()));
    let recorder = Recorder::start(RecorderOptions {
        context,
        sync_every: Duration::from_secs(store.settings().storage.sync_seconds.0.into()),
        clock: Arc::clone(&clock),
        changes: indexer.sender(),
        signals: Arc::clone(&signals),
        motion: Arc::clone(&motion),
    })?;
    let (archive, orders) = ArchiveDesk::new();
    let cleaner = Cleaner::start(CleanerOptions {
        recordings: Arc::clone(&recordings),
        index: indexer.writer(),
        locks: locks.clone(),
        signals: Arc::clone(&signals),
        recorder: Arc::clone(recorder.shown()),
        clock: Arc::clone(&clock),
        terms: terms(store.settings(), volume_id),
        thumbnails: small_pictures.clone(),
        archive: archive.clone(),
    })?;
    let upload = UploadOptions {
        recordings: Arc::clone(&recordings),
        index: indexer.writer(),
        locks: locks.clone(),
        clock: Arc::clone(&clock),
        thumbnails: small_pictures.clone(),
        desk: archive.clone(),
        orders,
    };
    let upload = Upload::start(upload, None)?;
    let capture = Capture::start(Arc::clone(&clock))?;
    let detection = Detection::start(&DetectionOptions {
        board: Arc::clone(&motion),
        changes: indexer.sender(),
        told: capture.motion_reader(),
        clock: Arc::clone(&clock),
    })?;
    let stored = Arc::new(StoredPreviews::new(small_pictures.reader()));
    let stored_too: Arc<dyn playback::Previews> = stored.clone();
    let thumbnails = Thumbnails::start(ThumbnailOptions {
        recordings: Arc::clone(&recordings),
        writer: small_pictures,
        clock: Arc::clone(&clock),
        archive: archive.clone(),
    })?;
    let previews = Previews::start(stored, Arc::clone(&recordings.footage), Arc::clone(&shown))?;
    let (stop_queries, stopped): (Sender<()>, _) = bounded(0);
    let options = QueryOptions {
        folder: folder.clone(),
        recordings: Arc::clone(&recordings),
        shown: Arc::clone(&shown),
        locks: locks.clone(),
        storage: Arc::clone(cleaner.report()),
        clock: Arc::clone(&clock),
    };
    let queries = Queries::start(options.clone(), stopped)?;
    let disk = Disk::start()?;
    let diagnoses = Diagnoses::start(options, disk.look())?;
    let playback = Playback::start(
        Arc::clone(&recordings.footage),
        Arc::clone(&clock),
        Arc::clone(&shown),
        Some(stored_too),
    )?;
    let snapshots = Snapshots::start(folder.clone(), zone, Arc::clone(&recordings))?;
    let marks = MarkBook::open(&folder, locks.clone(), Some(Arc::clone(&shown)));
    if let Some(why) = marks.trouble() {
        let text = format!("The bookmarks cannot be read, and are left as they are: {why}");
        notices.raise("bookmarks".into(), clock.wall(), Severity::Warning, None, text);
    }
    let marking = Marking::start(marks.clone())?;
    let source = Source {
        recordings: Arc::clone(&recordings),
        storage: Arc::clone(cleaner.report()),
        clock: Arc::clone(&clock),
        folder: folder.exports(),
    };
    let opening = Opening::start(folder.clone())?;
    let camera_lists = CameraLists::start(Arc::clone(&shown))?;
    let keeper = NoticeKeeper::start(folder.clone())?;
    let desktop = desktop.then(Desktop::start).transpose()?;
    let awake = Awake::start()?;
    let errands = Errands::start(ErrandOptions {
        folder: folder.clone(),
        shown: Arc::clone(&shown),
        clock: Arc::clone(&clock),
        demo,
    })?;
    let finding = Finders::start(places, Arc::clone(&shown), Arc::clone(&clock))?;
    let storage_tests = StorageTests::start(Arc::clone(&shown))?;
    let exports = Exports::start(source.clone(), Arc::clone(&shown))?;
    let export_plans = ExportPlans::start(source, Arc::clone(&shown))?;
    let manual = ManualDesk::new(Arc::clone(&signals), Arc::clone(&clock));
    let desk = || Desk {
        recordings: Arc::clone(&recordings),
        marks: marks.clone(),
        storage: Arc::clone(cleaner.report()),
        running: Some(Running {
            shown: Arc::clone(&shown),
            manual: manual.clone(),
            disk: disk.look(),
            archive: archive.clone(),
        }),
        rest: Arc::default(),
        clock: Arc::clone(&clock),
    };
    let reporting = Reporting::start(folder.clone(), desk())?;
    let door = open_door(&folder, desk(), &mut notices, clock.wall());
    let simulator = start_simulator(&store, &clock, &mut notices);
    let views = Views::new(Arc::clone(&clock));
    let mut service = Service {
        folder,
        lock,
        store,
        secrets,
        unlocking,
        locked_since: clock.wall(),
        errands,
        awake,
        clock,
        zone,
        zone_due: Duration::ZERO,
        volume_id,
        recordings,
        archives: OpenArchives::default(),
        indexer,
        recorder,
        cleaner,
        upload,
        bringing: None,
        capture,
        detection,
        motion,
        manual,
        queries,
        diagnoses,
        disk,
        stop_queries,
        playback,
        snapshots,
        thumbnails,
        previews,
        marking,
        locks,
        opening,
        camera_lists,
        keeper,
        desktop,
        reporting,
        started,
        finding,
        storage_tests,
        exports,
        export_plans,
        door,
        shown,
        notices,
        views,
        ways: BTreeMap::new(),
        watched: BTreeMap::new(),
        seen: BTreeMap::new(),
        trial: None,
        simulator,
        meter: super::status::Meter::default(),
        demo,
        pending: Pending::default(),
    };
    service.tell_passwords(wrong.as_ref());
    service.reopen_archives();
    service.reconcile();
    service.show();
    Ok(service)
}

/// Locked after they were marked for deletion and before their files were removed: footage again.
fn kept_by_locks(index: &Index, locks: &Locks) -> Result<Vec<Change>, EngineError> {
    let reader = index.reader();
    let mut kept = Vec::new();
    for lock in locks.list() {
        for kind in [StreamKind::Main, StreamKind::Sub] {
            let rows = reader.segments_of(&StreamId::new(lock.camera.clone(), kind))?.into_iter();
            let marked = rows.filter(|r| r.state.is_deleting() && r.span().overlaps(lock.span));
            kept.extend(marked.map(|row| {
                Change::PutSegment(SegmentRow { state: SegmentState::Finished, ..row })
            }));
        }
    }
    Ok(kept)
}

/// Where and how recordings are written.
fn write_context(
    settings: &Settings,
    volumes: &OpenedVolumes,
    zone: chrono_tz::Tz,
    open: OpenSegments,
) -> Result<WriteContext, EngineError> {
    let volume = volumes.current()?;
    let total = volume.space().map_or(0, |space| space.total);
    let limits = limits(settings, total, volume.file_size_limit());
    Ok(WriteContext { volume, volume_id: volumes.current, zone, limits, open })
}

/// Recording does not depend on small pictures either.
fn open_thumbnails(folder: &DataFolder, notices: &mut Notices, at: WallTime) -> ThumbnailWriter {
    let (writer, opened) = ThumbnailWriter::open(folder.thumbnails());
    if let Err(error) = opened {
        let text = format!("Small pictures to look for a moment by cannot be kept: {error}");
        notices.raise("thumbnails".into(), at, Severity::Warning, None, text);
    }
    writer
}

/// Recording does not depend on being asked: without a door, as on a full disk, it begins all the same.
fn open_door(folder: &DataFolder, desk: Desk, notices: &mut Notices, at: WallTime) -> Option<Door> {
    match Door::open(folder, desk) {
        Ok(door) => Some(door),
        Err(error) => {
            let text = format!("Other commands cannot ask this Watchkeeper: {error}");
            notices.raise("door".into(), at, Severity::Warning, None, text);
            None
        }
    }
}

/// Simulated cameras of the settings run inside of this process.
fn start_simulator(
    store: &SettingsStore,
    clock: &Arc<dyn Clock>,
    notices: &mut Notices,
) -> Option<Simulator> {
    let port = store.settings().simulated_port?;
    let config = SimulatorConfig { port, ..SimulatorConfig::demo(SIMULATED_CAMERAS) };
    match Simulator::start(config, Arc::clone(clock)) {
        Ok(simulator) => Some(simulator),
        Err(error) => {
            let text = format!("The simulated cameras cannot be started: {error}");
            notices.raise("simulator".into(), clock.wall(), Severity::Warning, None, text);
            None
        }
    }
}

/// Recording does not depend on what was told before.
fn resumed(folder: &DataFolder, now: WallTime) -> Notices {
    let kept = config::notices::read(folder).unwrap_or_else(|error| {
        tracing::warn!("{error}");
        Vec::new()
    });
    Notices::resume(kept, now)
}

/// Settings that could not be read are told, with where they are and what is in force instead.
fn tell_restored(notices: &mut Notices, restored: Option<&Restored>, at: WallTime) {
    let Some(Restored { moved_to, why, from_copy }) = restored else { return };
    let instead = match from_copy {
        true => "The last valid settings are in force",
        false => "There was no copy of valid ones: all settings are as at the first start",
    };
    let kept = moved_to.as_ref().map_or_else(String::new, |path| {
        format!("; the damaged file is kept as {}", path.display())
    });
    let text = format!("The settings could not be read ({why}). {instead}{kept}.");
    tracing::error!("{text}");
    notices.tell(at, Severity::Alarm, None, text);
}

/// A damaged index is told; it has been rebuilt from the files.
fn tell_damage(notices: &mut Notices, damaged: Option<&Damaged>, at: WallTime) {
    let Some(Damaged { moved_to, why }) = damaged else { return };
    let text = format!(
        "The index was damaged ({why}) and has been rebuilt from the recordings. The damaged file is \
         kept as {}.",
        moved_to.display()
    );
    tracing::warn!("{text}");
    notices.tell(at, Severity::Warning, None, text);
}

/// What was mended at the start is told, and what could not be.
fn tell_repairs(notices: &mut Notices, report: &CheckReport, at: WallTime) {
    let (mut mended, mut gone) = (0, 0);
    for problem in &report.problems {
        // A recording that is gone or damaged leaves the index, but nothing has been mended by that.
        let lost = matches!(problem.finding, Finding::FileMissing | Finding::Unreadable(_));
        gone += usize::from(problem.finding == Finding::FileMissing);
        if problem.finding == Finding::FileMissing {
            tracing::warn!("{problem}");
        } else if problem.finding == Finding::Brought {
            tracing::info!("{problem}");
        } else if problem.outcome == Outcome::Repaired && !lost {
            tracing::info!("{problem}");
            mended += 1;
        } else {
            tracing::warn!("{problem}");
            let text = problem.to_string();
            notices.tell(at, Severity::Warning, None, text);
        }
    }
    if gone > 0 {
        let text = format!(
            "{gone} recordings are gone: their files are not in the recordings folder any more. If it is \
             on another disk, check that this is connected, and start Watchkeeper again."
        );
        notices.tell(at, Severity::Warning, None, text);
    }
    if mended > 0 {
        let text = format!(
            "Watchkeeper was not ended in order. {mended} recordings were checked and mended; at \
             most the last 2 seconds of each are missing."
        );
        notices.tell(at, Severity::Info, None, text);
    }
}
