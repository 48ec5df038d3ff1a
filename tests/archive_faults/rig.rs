//! Records two cameras onto a folder that recordings are brought away from, as hours pass, and starts again after an
//! end.

mod turns;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use watchkeeper::config::DataFolder;
use watchkeeper::engine::archive::{
    ArchiveDesk, ArchiveOptions, ArchiveReport, Courier, FormerArchive, UploadOptions,
};
use watchkeeper::engine::cleaner::{CleanerOptions, Keeper, StorageReport};
use watchkeeper::engine::indexer::Indexer;
use watchkeeper::engine::locks::Locks;
use watchkeeper::engine::offline;
use watchkeeper::index::check::repair;
use watchkeeper::index::{Change, DeletedSpan, Finding, Index, Outcome, Problem, ThumbnailWriter};
use watchkeeper::model::{
    CameraId, GapReason, MediaTime, Mode, RunId, SegmentRow, SegmentState, StreamId, StreamKind,
    VolumeId, WallSpan, WallTime,
};
use watchkeeper::recorder::{Limits, OpenSegments, Rule, Signals, StreamRecorder, WriteContext};
use watchkeeper::runtime::{Clock, Latest, SimulatedClock};
use watchkeeper::storage::deletion::Terms;
use watchkeeper::storage::retention::Rules;
use watchkeeper::storage::spool::SpoolTerms;
use watchkeeper::storage::{Archive, FaultyArchive, FaultyVolume, Places, Volume, Volumes};

use crate::numbered::{numbers_in, promised};
use crate::running::Running;
use crate::unlisted::Unlisted;

pub const HOUR: i64 = 3_600;

/// Seconds from one picture to the next.
pub const STEP: i64 = 4;

/// Pictures of a GOP.
pub const GOP: u64 = 3;

/// Seconds between two sweeps; recordings are brought away between them.
const SWEEP: i64 = 60;

pub const CAMERAS: usize = 2;

/// Bytes of a picture: a segment is several writes long.
pub const PICTURE: usize = 8_000;

/// 2026-03-03 07:00 UTC.
const START: i64 = 1_772_521_200;
pub const SPOOL: VolumeId = VolumeId(0);
pub const ARCHIVE: VolumeId = VolumeId(1);

/// Recordings were brought there by former settings.
pub const FORMER: VolumeId = VolumeId(2);

/// All of these are folders on one side, which counts the calls.
pub const FORMERS: [VolumeId; 3] = [FORMER, VolumeId(3), VolumeId(4)];
const FORMER_MARKER: &str = "former";

/// A recording that takes many writes.
pub const LONG: &str = "office/long.mp4";

pub type Pictures = BTreeSet<u64>;

fn camera(number: usize) -> CameraId {
    ["office", "yard"][number].parse().expect("an identity")
}

fn wall(second: i64) -> WallTime {
    WallTime::from_micros((START + second) * 1_000_000)
}

fn seconds(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).expect("not negative"))
}

/// A folder in memory where there is one: thousands of commits need no disk.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// How recordings are brought and kept.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    pub verify: bool,
    pub spool: SpoolTerms,
    pub rules: Rules,
    /// Nothing is brought any more.
    pub stays: bool,
}

pub struct Rig {
    pub volume: FaultyVolume,
    pub archive: FaultyArchive,
    pub former: FaultyArchive,
    /// So many listings of the archive fail.
    pub unlisted: Arc<AtomicU64>,
    pub ways: Ways,
    /// Pictures that were synced.
    pub promised: Vec<Pictures>,
    /// How far it came.
    pub second: i64,
    pub report: ArchiveReport,
    pub storage: StorageReport,
    pub signals: Arc<Signals>,
    /// What the index does not know is wanted in it once with each start.
    pub adopts: bool,
    /// Files that nobody can read, as a power cut may leave them.
    left: BTreeSet<String>,
    known: Arc<Latest<String>>,
    clock: Arc<SimulatedClock>,
    folder: tempfile::TempDir,
    index: Option<Arc<Index>>,
}

impl Rig {
    pub fn new(ways: Ways) -> Self {
        let folder = folder();
        let opened = Index::open(folder.path().join("index.redb")).expect("opens");
        let former = FaultyArchive::new();
        former.set_identity(Some(FORMER_MARKER));
        Self {
            volume: FaultyVolume::new(),
            archive: FaultyArchive::new(),
            former,
            unlisted: Arc::default(),
            ways,
            promised: vec![Pictures::new(); CAMERAS],
            second: 0,
            report: ArchiveReport::default(),
            storage: StorageReport::default(),
            signals: Arc::new(Signals::default()),
            adopts: false,
            left: BTreeSet::new(),
            known: Arc::new(Latest::new()),
            clock: Arc::new(SimulatedClock::new(wall(0))),
            index: Some(Arc::new(opened.index)),
            folder,
        }
    }

    pub fn index(&self) -> &Arc<Index> {
        self.index.as_ref().expect("open")
    }

    fn here(&self) -> Volumes {
        let volume: Arc<dyn Volume> = Arc::new(self.volume.clone());
        BTreeMap::from([(SPOOL, volume)])
    }

    pub fn is_halted(&self) -> bool {
        self.volume.is_halted() || self.archive.is_halted()
    }

    pub fn rows(&self) -> Vec<SegmentRow> {
        self.index().reader().all_segments().expect("reads")
    }

    /// Those on the archive whose deletion has begun.
    pub fn leaving(&self) -> Vec<SegmentRow> {
        self.index().reader().leaving(ARCHIVE).expect("reads")
    }

    pub fn deleted(&self, number: usize) -> Vec<DeletedSpan> {
        self.index().reader().deleted(&camera(number), WallSpan::ALL).expect("reads")
    }

    /// Records until `end`, or as long as nobody is killed. What has failed before is tried again meanwhile.
    pub fn play(&mut self, end: i64) {
        let mut running = self.start();
        while self.second < end && !self.is_halted() {
            running.send(self.second, self.clock.as_ref());
            self.second += STEP;
            self.clock.advance(seconds(STEP));
            if self.second % SWEEP == 0 && !self.is_halted() {
                self.sweep(&mut running);
            }
        }
        if !self.is_halted() {
            let now = self.clock.now();
            for recorder in &mut running.recorders {
                recorder.stop(GapReason::NotRunning, now);
            }
            running.collect();
            running.changes.push(Change::Heartbeat(now.wall));
            self.promise(&running);
            running.commit();
        }
        self.stop(running);
    }

    /// A recording of these bytes waits.
    pub fn put_segment(&self, bytes: &[u8]) {
        self.put_row(LONG, bytes, SPOOL, -HOUR);
    }

    /// A recording of these bytes, of one second, is at `place`.
    pub fn put_row(&self, path: &str, bytes: &[u8], place: VolumeId, second: i64) {
        match place {
            SPOOL => self.volume.put(path, bytes),
            ARCHIVE => self.archive.put(path, bytes),
            _ => self.former.put(path, bytes),
        }
        let start = wall(second);
        let row = SegmentRow {
            stream: StreamId::new(camera(0), StreamKind::Main),
            start,
            end: start.plus_micros(1_000_000),
            media_duration: 90_000,
            frames: 1,
            bytes: bytes.len() as u64,
            run: RunId(0),
            run_offset: MediaTime::default(),
            volume: place,
            path: path.into(),
            state: SegmentState::Finished,
        };
        self.index().apply(&[Change::PutSegment(row)]).expect("applies");
    }

    /// As much time has passed without recording as the clock says.
    pub fn pass(&mut self) {
        let second = self.clock.wall().as_micros() / 1_000_000 - START;
        self.second = (second / SWEEP + 1) * SWEEP;
        let behind = wall(self.second).micros_since(self.clock.wall());
        self.clock.advance(Duration::from_micros(u64::try_from(behind).unwrap_or(0)));
    }

    fn stop(&mut self, running: Running) {
        self.report = running.desk.report().map(|report| (*report).clone()).unwrap_or_default();
        self.storage = running.kept.get().map(|report| (*report).clone()).unwrap_or_default();
        let Running { recorders, indexer, writer, keeper, courier, .. } = running;
        drop((recorders, writer, keeper, courier));
        indexer.stop(Duration::from_secs(60)).expect("stops");
    }

    fn start(&self) -> Running {
        let open = OpenSegments::default();
        let context = WriteContext {
            volume: Arc::new(self.volume.clone()),
            volume_id: SPOOL,
            zone: chrono_tz::UTC,
            limits: Limits { minutes: 20, bytes: None },
            open: open.clone(),
        };
        let indexer = Indexer::start(Arc::clone(self.index()), open.clone()).expect("starts");
        let places = Places::from(self.here());
        places.put_archive(ARCHIVE, self.there());
        let former: Arc<dyn Archive> = Arc::new(self.former.clone());
        FORMERS.iter().for_each(|volume| places.put_archive(*volume, Arc::clone(&former)));
        let recordings = Arc::new(offline::recordings(self.index(), places, open.clone()));
        let locks = Locks::open(&DataFolder::at(self.folder.path().into()).expect("a folder"));
        let thumbnails = ThumbnailWriter::open(self.folder.path().join("thumbnails.redb")).0;
        let (desk, orders) = ArchiveDesk::new();
        let former = FORMERS.map(|volume| FormerArchive {
            volume,
            archive: Arc::clone(&former),
            marker: Some(FORMER_MARKER.into()),
            owner: "us".into(),
        });
        desk.set_former(former.into());
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let mut courier = Courier::new(UploadOptions {
            recordings: Arc::clone(&recordings),
            index: indexer.writer(),
            locks: locks.clone(),
            clock: Arc::clone(&clock),
            thumbnails: thumbnails.clone(),
            desk: desk.clone(),
            orders,
        });
        courier.set_archive((!self.ways.stays).then(|| self.bringing()));
        let kept = Arc::new(Latest::new());
        let (rules, spool) =
            (self.ways.rules.clone(), (!self.ways.stays).then_some(self.ways.spool));
        let options = CleanerOptions {
            recordings,
            index: indexer.writer(),
            locks,
            signals: Arc::clone(&self.signals),
            recorder: Arc::new(Latest::new()),
            clock,
            terms: Terms { rules, volume: SPOOL, spool, ..Terms::default() },
            thumbnails,
            archive: desk.clone(),
        };
        let recorders = (0..CAMERAS).map(|number| {
            let stream = StreamId::new(camera(number), StreamKind::Main);
            let rule = Rule::of(Mode::Continuous);
            StreamRecorder::new(stream, rule, context.clone(), WallTime::MIN)
        });
        Running {
            open,
            writer: indexer.writer(),
            indexer,
            keeper: Keeper::new(options, Arc::clone(&kept)),
            kept,
            courier,
            desk,
            recorders: recorders.collect(),
            connected: false,
            changes: Vec::new(),
            wants: self.adopts,
        }
    }

    fn there(&self) -> Arc<dyn Archive> {
        let (archive, unlisted) = (self.archive.clone(), Arc::clone(&self.unlisted));
        Arc::new(Unlisted { archive, unlisted })
    }

    fn bringing(&self) -> ArchiveOptions {
        let known = Arc::clone(&self.known);
        ArchiveOptions {
            volume_id: ARCHIVE,
            archive: self.there(),
            spool: SPOOL,
            known: self.known.get().map(|known| (*known).clone()),
            remember: Arc::new(move |identity: &str| {
                known.set(identity.into());
                Ok(ARCHIVE)
            }),
            owner: "us".into(),
            verify: self.ways.verify,
        }
    }

    /// Syncs, commits what was synced, brings away what is finished, and deletes what has to go. After the end of
    /// the process nothing of it is done any more.
    fn sweep(&mut self, running: &mut Running) {
        let now = self.clock.now();
        for recorder in &mut running.recorders {
            recorder.sync(now);
        }
        if self.is_halted() {
            return;
        }
        running.collect();
        running.changes.push(Change::Heartbeat(now.wall));
        self.promise(running);
        running.commit();
        while !self.is_halted() && running.round().is_zero() {}
        if !self.is_halted() {
            assert!(running.keeper.round(|| ControlFlow::Continue(None)).is_continue());
        }
    }

    /// What was closed, or synced as the segment that is being written.
    fn promise(&mut self, running: &Running) {
        for row in promised(&running.changes, &running.open) {
            let from = row.start.as_micros() / 1_000_000 - START;
            let first = u64::try_from(from / STEP).expect("not negative");
            self.promised[number_of(row)].extend(first..first + row.frames);
        }
    }

    /// The program starts again: killed, or with the power cut.
    pub fn restart(&mut self, power: Option<u64>) {
        match power {
            Some(seed) => self.volume.crash(seed),
            None => self.volume.restart(),
        }
        self.archive.restart();
        self.index = None;
        let opened = Index::open(self.folder.path().join("index.redb")).expect("opens");
        assert!(opened.damaged.is_none());
        let index = Arc::new(opened.index);
        let report = repair(&index, &self.here(), &[]).expect("repairs");
        assert!(report.is_clean(), "{report:?}");
        let left = report.problems.into_iter().filter(|problem| {
            problem.outcome == Outcome::LeftAlone && problem.finding != Finding::Brought
        });
        self.left.extend(left.map(|problem| problem.path));
        assert!(self.left.is_empty() || power.is_some(), "{:?}", self.left);
        self.index = Some(index);
        // It takes a while, and begins with a GOP.
        self.pass();
    }

    /// The index is lost, and made anew from both places; what could not be mended.
    pub fn lose_index(&mut self) -> Vec<Problem> {
        self.index = None;
        std::fs::remove_file(self.folder.path().join("index.redb")).expect("removes");
        let opened = Index::open(self.folder.path().join("index.redb")).expect("opens");
        let mut places = self.here();
        places.insert(ARCHIVE, Arc::new(self.archive.clone()));
        let report = repair(&opened.index, &places, &[]).expect("repairs");
        self.index = Some(Arc::new(opened.index));
        let failed = |problem: &Problem| matches!(problem.outcome, Outcome::Failed(_));
        report.problems.into_iter().filter(failed).collect()
    }

    /// The pictures of each camera, each in one place and once; index and places agree.
    pub fn pictures(&self) -> Vec<Pictures> {
        let mut found = vec![Pictures::new(); CAMERAS];
        let (mut here, mut there) = (BTreeMap::new(), BTreeMap::new());
        for row in self.rows() {
            assert!(matches!(row.state, SegmentState::Finished | SegmentState::Recovered));
            let bytes = match row.volume {
                SPOOL => self.volume.bytes(&row.path),
                _ => self.archive.bytes(&row.path),
            };
            let bytes = bytes.expect("is there");
            assert_eq!(bytes.len() as u64, row.bytes, "{}", row.path);
            let inside = numbers_in(&bytes);
            assert_eq!(inside.len() as u64, row.frames, "{}", row.path);
            for picture in inside.into_iter().flatten() {
                assert!(found[number_of(&row)].insert(picture), "{picture} is there twice");
            }
            let place = if row.volume == SPOOL { &mut here } else { &mut there };
            place.insert(row.path, row.bytes);
        }
        let files = self.volume.list().expect("lists").into_iter();
        let files = files.filter(|file| !self.left.contains(&file.path));
        assert_eq!(files.map(|file| (file.path, file.bytes)).collect::<BTreeMap<_, _>>(), here);
        assert_eq!(self.archive.contents(), (there, Vec::new()));
        found
    }
}

fn number_of(row: &SegmentRow) -> usize {
    (0..CAMERAS).find(|n| camera(*n) == row.stream.camera).expect("one of ours")
}
