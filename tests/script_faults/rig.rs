//! Plays the hour on a volume that fails, and keeps what the recorder has promised.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use watchkeeper::analysis::Motion;
use watchkeeper::capture::CaptureEvent;
use watchkeeper::config::DataFolder;
use watchkeeper::engine::archive::ArchiveDesk;
use watchkeeper::engine::cleaner::{CleanerOptions, Keeper};
use watchkeeper::engine::indexer::{IndexWriter, Indexer};
use watchkeeper::engine::locks::Locks;
use watchkeeper::engine::offline;
use watchkeeper::engine::recordings::Recordings;
use watchkeeper::index::check::repair;
use watchkeeper::index::{Change, DeletedSpan, Index, Outcome, Problem, ThumbnailWriter};
use watchkeeper::model::{
    Calendar, CameraId, DayRange, Days, GapReason, Mode, Schedule, SegmentRow, StreamId,
    StreamKind, VolumeId, WallSpan, WallTime,
};
use watchkeeper::recorder::{
    Limits, Manual, OpenSegments, Outside, Rule, Signals, StreamRecorder, WriteContext,
};
use watchkeeper::runtime::{Clock, Latest, SimulatedClock};
use watchkeeper::storage::Volumes;
use watchkeeper::storage::deletion::Terms;
use watchkeeper::storage::retention::Rules;
use watchkeeper::storage::{FaultyVolume, Volume};

use crate::bare_stream::parameters;
use crate::numbered::{numbers_in, promised, unit};

pub const HOUR: i64 = 3_600;

/// Seconds from one picture to the next.
pub const STEP: i64 = 4;

/// Pictures of a GOP.
pub const GOP: u64 = 3;

pub const GOP_SECONDS: i64 = STEP * 3;

/// Seconds between two sweeps.
pub const SWEEP: i64 = 60;

/// One by schedule, one on motion.
pub const CAMERAS: usize = 2;

/// 2026-03-03 07:00 UTC.
const START: i64 = 1_772_521_200;

/// Seconds for which footage is kept.
const KEEP: i64 = 900;

const VOLUME: VolumeId = VolumeId(0);

/// Seconds of the hour in which the first camera's schedule is active.
const SCHEDULED: (i64, i64) = (300, 2_700);
const OFFLINE: (i64, i64) = (1_000, 1_060);
const MANUAL: (i64, i64) = (3_000, 3_120);
const MOTIONS: [(i64, i64); 5] =
    [(100, 130), (600, 900), (920, 1_300), (2_000, 2_400), (3_300, 3_304)];
pub const PRE: i64 = 12;
const POST: i64 = 20;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Stopped,
    Killed,
    PowerCut(u64),
}

pub fn camera(number: usize) -> CameraId {
    ["office", "yard"][number].parse().expect("an identity")
}

pub fn wall(second: i64) -> WallTime {
    WallTime::from_micros((START + second) * 1_000_000)
}

fn seconds(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).expect("not negative"))
}

fn within(spans: &[(i64, i64)], second: i64) -> bool {
    spans.iter().any(|(from, to)| *from <= second && second < *to)
}

/// Whether a picture of a second is to be recorded; nothing where a GOP in front of it decides.
pub fn is_wanted(number: usize, second: i64) -> Option<bool> {
    let spans = match number {
        0 => vec![(SCHEDULED.0, OFFLINE.0), (OFFLINE.1, SCHEDULED.1), (MANUAL.0 - PRE, MANUAL.1)],
        _ => MOTIONS.map(|(from, to)| (from - PRE, to + POST)).to_vec(),
    };
    let near = |border: i64| border - GOP_SECONDS <= second && second <= border + GOP_SECONDS;
    let unsure = spans.iter().any(|(from, to)| near(*from) || near(*to));
    (!unsure).then(|| within(&spans, second))
}

pub struct Rig {
    pub volume: FaultyVolume,
    /// Pictures of each camera that were synced.
    pub promised: Vec<BTreeSet<u64>>,
    /// How far it came.
    pub second: i64,
    folder: tempfile::TempDir,
    index: Option<Arc<Index>>,
    pub lost_power: bool,
    /// Files that nobody can read.
    left: BTreeSet<String>,
}

/// The program while it runs.
struct Running {
    clock: Arc<SimulatedClock>,
    open: OpenSegments,
    indexer: Indexer,
    writer: IndexWriter,
    keeper: Keeper,
    recorders: Vec<StreamRecorder>,
    connected: Vec<bool>,
    outside: Vec<Outside>,
    changes: Vec<Change>,
}

fn rules_of_cameras() -> [Rule; CAMERAS] {
    let time = |second: i64| {
        let minutes = 7 * 60 + second / 60;
        format!("{:02}:{:02}", minutes / 60, minutes % 60).parse().expect("a time")
    };
    let (from, to) = (time(SCHEDULED.0), time(SCHEDULED.1));
    let schedule = Schedule {
        name: "Office".into(),
        ranges: vec![DayRange { days: Days::DAILY, from, to }],
        exceptions: Vec::new(),
    };
    let calendar = Calendar::new(&[schedule], "Office", chrono_tz::UTC);
    let (pre, post) = (seconds(PRE), seconds(POST));
    [
        Rule { calendar, pre, ..Rule::of(Mode::Scheduled) },
        Rule { pre, post, ..Rule::of(Mode::Motion) },
    ]
}

/// A folder in memory where there is one: thousands of commits need no disk.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

impl Rig {
    pub fn new() -> Self {
        let folder = folder();
        let opened = Index::open(folder.path().join("index.redb")).expect("opens");
        Self {
            volume: FaultyVolume::new(),
            promised: vec![BTreeSet::new(); CAMERAS],
            second: 0,
            lost_power: false,
            left: BTreeSet::new(),
            index: Some(Arc::new(opened.index)),
            folder,
        }
    }

    fn index(&self) -> &Arc<Index> {
        self.index.as_ref().expect("open")
    }

    fn volumes(&self) -> Volumes {
        let volume: Arc<dyn Volume> = Arc::new(self.volume.clone());
        BTreeMap::from([(VOLUME, volume)])
    }

    pub fn recordings(&self) -> Recordings {
        offline::recordings(self.index(), self.volumes(), OpenSegments::default())
    }

    pub fn rows(&self) -> Vec<SegmentRow> {
        self.index().reader().all_segments().expect("reads")
    }

    /// Those that can be read.
    pub fn files(&self) -> BTreeMap<String, u64> {
        let files = self.volume.list().expect("lists").into_iter();
        files.filter(|f| !self.left.contains(&f.path)).map(|f| (f.path, f.bytes)).collect()
    }

    pub fn deleted(&self, number: usize) -> Vec<DeletedSpan> {
        self.index().reader().deleted(&camera(number), WallSpan::ALL).expect("reads")
    }

    /// The numbers in a file's samples; none for one that a power cut has damaged.
    pub fn pictures_in(&self, path: &str) -> Vec<Option<u64>> {
        numbers_in(&self.volume.bytes(path).expect("is there"))
    }

    /// The hour, or as much of it as comes before the volume halts. `plan` says what fails.
    pub fn play(&mut self, plan: &dyn Fn(&FaultyVolume)) {
        let mut running = self.start();
        plan(&self.volume);
        let mut halted = false;
        while self.second < HOUR && !halted {
            running.step(self.second);
            self.second += STEP;
            running.clock.advance(seconds(STEP));
            if self.second % SWEEP == 0 && !self.volume.is_halted() {
                self.sweep(&mut running);
            }
            halted = self.volume.is_halted();
        }
        if !halted {
            let now = running.clock.now();
            for recorder in &mut running.recorders {
                recorder.stop(GapReason::NotRunning, now);
            }
            if !self.volume.is_halted() {
                running.collect();
                running.changes.push(Change::Heartbeat(now.wall));
                self.promise(&running);
                running.commit();
            }
        }
        let Running { recorders, indexer, writer, keeper, .. } = running;
        drop((recorders, writer, keeper));
        indexer.stop(Duration::from_secs(60)).expect("stops");
    }

    fn start(&self) -> Running {
        let clock = Arc::new(SimulatedClock::new(wall(0)));
        let open = OpenSegments::default();
        let context = WriteContext {
            volume: Arc::new(self.volume.clone()),
            volume_id: VOLUME,
            zone: chrono_tz::UTC,
            limits: Limits { minutes: 10, bytes: None },
            open: open.clone(),
        };
        let indexer = Indexer::start(Arc::clone(self.index()), open.clone()).expect("starts");
        let folder = DataFolder::at(self.folder.path().into()).expect("a folder");
        let keep = Some(KEEP * 1_000_000);
        let rules = Rules { auto_delete: true, keep, ..Rules::default() };
        let options = CleanerOptions {
            recordings: Arc::new(offline::recordings(self.index(), self.volumes(), open.clone())),
            index: indexer.writer(),
            locks: Locks::open(&folder),
            signals: Arc::new(Signals::default()),
            recorder: Arc::new(Latest::new()),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            terms: Terms { rules, volume: VOLUME, ..Terms::default() },
            thumbnails: ThumbnailWriter::open(self.folder.path().join("thumbnails.redb")).0,
            archive: ArchiveDesk::default(),
        };
        let recorders = (0..CAMERAS).zip(rules_of_cameras()).map(|(number, rule)| {
            let stream = StreamId::new(camera(number), StreamKind::Main);
            StreamRecorder::new(stream, rule, context.clone(), WallTime::MIN)
        });
        Running {
            clock,
            open,
            writer: indexer.writer(),
            indexer,
            keeper: Keeper::new(options, Arc::new(Latest::new())),
            recorders: recorders.collect(),
            connected: vec![false; CAMERAS],
            outside: vec![Outside::default(); CAMERAS],
            changes: Vec::new(),
        }
    }

    /// Syncs, commits what was synced, and deletes what is too old. After the end of the process nothing of
    /// it is done any more.
    fn sweep(&mut self, running: &mut Running) {
        let now = running.clock.now();
        for recorder in &mut running.recorders {
            recorder.sync(now);
        }
        if self.volume.is_halted() {
            return;
        }
        running.collect();
        running.changes.push(Change::Heartbeat(now.wall));
        self.promise(running);
        running.commit();
        assert!(running.keeper.round(|| ControlFlow::Continue(None)).is_continue());
    }

    /// What was closed, or synced as the segment that is being written.
    fn promise(&mut self, running: &Running) {
        for row in promised(&running.changes, &running.open) {
            let number =
                (0..CAMERAS).find(|n| camera(*n) == row.stream.camera).expect("one of ours");
            let first = row.run_offset.ticks() / (STEP * 90_000);
            let first = u64::try_from(first).expect("not negative");
            self.promised[number].extend(first..first + row.frames);
        }
    }

    /// The program starts again, a while later.
    pub fn restart(&mut self, end: End) {
        match end {
            End::Stopped | End::Killed => self.volume.restart(),
            End::PowerCut(seed) => self.volume.crash(seed),
        }
        self.lost_power = matches!(end, End::PowerCut(_));
        self.index = None;
        let opened = Index::open(self.folder.path().join("index.redb")).expect("opens");
        assert!(opened.damaged.is_none());
        let index = Arc::new(opened.index);
        self.volume.fail_every(None);
        self.volume.fail_some(1, 0);
        let report = repair(&index, &self.volumes(), &[]).expect("repairs");
        assert!(report.is_clean(), "{report:?}");
        index.apply(&index.reader().downtime().expect("reads")).expect("applies");
        let again = repair(&index, &self.volumes(), &[]).expect("repairs");
        // A power cut may leave a file without its beginning; nothing of it was promised.
        let is_left = |problem: &Problem| problem.outcome == Outcome::LeftAlone;
        assert!(again.problems.iter().all(is_left), "{again:?}");
        assert!(again.problems.is_empty() || matches!(end, End::PowerCut(_)), "{again:?}");
        self.left = again.problems.into_iter().map(|problem| problem.path).collect();
        self.index = Some(index);
    }
}

impl Running {
    fn step(&mut self, second: i64) {
        let now = self.clock.now();
        if within(&MOTIONS, second) {
            let since = match self.outside[1].motion {
                Motion::Moving { since, last }
                    if now.monotonic - last.monotonic <= seconds(STEP) =>
                {
                    since
                }
                _ => now,
            };
            self.outside[1].motion = Motion::Moving { since, last: now };
        }
        if second == MANUAL.0 {
            let until = now.monotonic + seconds(MANUAL.1 - MANUAL.0);
            self.outside[0].manual = Some(Manual { since: now.monotonic, until });
        }
        for number in 0..CAMERAS {
            self.recorders[number].set_outside(self.outside[number].clone());
            self.send(number, second);
            self.recorders[number].tick(now);
        }
        self.collect();
    }

    fn send(&mut self, number: usize, second: i64) {
        let (now, recorder) = (self.clock.now(), &mut self.recorders[number]);
        if number == 0 && within(&[OFFLINE], second) {
            if std::mem::take(&mut self.connected[number]) {
                let error = "no answer".into();
                recorder.take(CaptureEvent::RunEnded { error, retry_in: None }, now);
            }
            return;
        }
        let picture = u64::try_from(second / STEP).expect("not negative");
        let random_access = picture.is_multiple_of(GOP);
        if !self.connected[number] {
            if !random_access {
                return;
            }
            self.connected[number] = true;
            recorder.take(CaptureEvent::RunStarted { parameters: parameters(250) }, now);
        }
        recorder.take(CaptureEvent::Unit(unit(picture, STEP, random_access, 16, now)), now);
    }

    fn collect(&mut self) {
        for recorder in &mut self.recorders {
            self.changes.append(&mut recorder.take_changes());
        }
    }

    fn commit(&mut self) {
        let changes = std::mem::take(&mut self.changes);
        assert!(self.writer.apply_and_wait(changes, Duration::from_secs(60)));
    }
}
