//! Plays the script: cameras that send a picture a second, one recorder for each stream, the index with its
//! thread, and the rounds of the retention, all on one simulated clock and a volume in memory.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use watchkeeper::analysis::Motion;
use watchkeeper::capture::CaptureEvent;
use watchkeeper::config::DataFolder;
use watchkeeper::engine::cleaner::{CleanerOptions, Keeper};
use watchkeeper::engine::indexer::{IndexWriter, Indexer};
use watchkeeper::engine::locks::Locks;
use watchkeeper::engine::offline;
use watchkeeper::engine::recordings::Recordings;
use watchkeeper::index::check::repair;
use watchkeeper::index::{Change, Index, ThumbnailWriter};
use watchkeeper::media::AccessUnit;
use watchkeeper::model::{
    Calendar, GapReason, Lock, MediaTime, Mode, RecordingState, StreamId, StreamKind, VolumeId,
    WallSpan, WallTime,
};
use watchkeeper::recorder::Interruption;
use watchkeeper::recorder::{
    Limits, Manual, OpenSegments, Outside, RecorderStatus, Rule, Signals, StreamRecorder,
    StreamReport, WriteContext,
};
use watchkeeper::runtime::{Clock, Latest, Now, SimulatedClock};
use watchkeeper::storage::Volumes;
use watchkeeper::storage::deletion::Terms;
use watchkeeper::storage::retention::Rules;
use watchkeeper::storage::{FaultyVolume, Volume};

use crate::bare_stream::parameters;
use crate::script::{
    CAMERAS, DAY, End, LOBBY, LOBBY_MAIN, Life, START, Script, Seconds, ZONE, camera, seconds,
    table, wall,
};

/// Seconds between two sweeps.
const SWEEP: i64 = 60;

/// Sweeps that are committed as one.
const SWEEPS_PER_COMMIT: i64 = 10;

/// Pictures of a GOP, one a second.
const GOP: i64 = 4;

const TICKS: i64 = 90_000;

const VOLUME: VolumeId = VolumeId(0);

/// A small NAL unit behind its length.
const PICTURE: [u8; 24] =
    [0, 0, 0, 20, 0x65, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1];

/// What outlives the program.
pub struct Rig {
    pub volume: FaultyVolume,
    folder: tempfile::TempDir,
    terms: Terms,
}

/// One stream of a camera.
struct Stream {
    number: usize,
    recorder: StreamRecorder,
    /// When its session began.
    session: Option<i64>,
}

/// The program while it runs.
struct Running {
    clock: Arc<SimulatedClock>,
    began: i64,
    indexer: Indexer,
    writer: IndexWriter,
    locks: Locks,
    signals: Arc<Signals>,
    status: Arc<Latest<RecorderStatus>>,
    keeper: Keeper,
    streams: Vec<Stream>,
    motions: Vec<Motion>,
    manual: Vec<Option<Manual>>,
    last: Now,
    asleep: Duration,
    changes: Vec<Change>,
}

fn within(spans: &[Seconds], second: i64) -> Option<&Seconds> {
    spans.iter().find(|(from, to)| *from <= second && second < *to)
}

/// The rule of a camera's journalled stream at a second of the week.
fn rule(script: &Script, number: usize, second: i64) -> Rule {
    let plans = &script.plans[number];
    let plan = plans.iter().rev().find(|(from, _)| *from <= second).expect("a plan").1;
    let calendar = plan.schedule.map(|name| {
        let mut schedules = table(name).schedules();
        schedules[0].name = name.into();
        Calendar::new(&schedules, name, ZONE).expect("it exists")
    });
    let (pre, post) = (seconds(plan.pre), seconds(plan.post));
    Rule { calendar, pre, post, ..Rule::of(plan.mode) }
}

impl Rig {
    pub fn new() -> Self {
        let day = |days: i64| Some(days * DAY * 1_000_000);
        let keep_of = BTreeMap::from([(camera(1), None), (camera(6), day(1))]);
        let rules = Rules { auto_delete: true, keep: day(4), keep_of, ..Rules::default() };
        Self {
            volume: FaultyVolume::new(),
            folder: tempfile::tempdir().expect("a folder"),
            terms: Terms { rules, low_space_percent: 0, volume: VOLUME },
        }
    }

    fn volumes(&self) -> Volumes {
        let volume: Arc<dyn Volume> = Arc::new(self.volume.clone());
        BTreeMap::from([(VOLUME, volume)])
    }

    fn index(&self) -> Index {
        let opened = Index::open(self.folder.path().join("index.redb")).expect("opens");
        assert!(opened.damaged.is_none());
        opened.index
    }

    /// What a console would ask when the week is over.
    pub fn recordings(&self) -> Recordings {
        offline::recordings(&self.index(), self.volumes(), OpenSegments::default())
    }

    pub fn max_bytes(&self) -> Option<u64> {
        self.terms.rules.max_bytes
    }

    pub fn play(&mut self, script: &Script) {
        let mut clock_at = wall(START);
        let mut second = 0;
        for life in script.lives.clone() {
            clock_at = clock_at.plus_micros((life.span.0 - second) * 1_000_000);
            let mut running = self.start(script, life.span.0, clock_at);
            for second in life.span.0..life.span.1 {
                if within(&[script.asleep], second).is_some() {
                    running.clock.sleep(seconds(1));
                    continue;
                }
                self.happen(script, &mut running, second);
                running.second(script, second);
                if (second + 1) % SWEEP == 0 {
                    let soon = second + 700 > life.span.1 && life.end != End::Stopped;
                    running.sweep(soon || (second + 1) % (SWEEP * SWEEPS_PER_COMMIT) == 0);
                }
                running.clock.advance(seconds(1));
            }
            clock_at = running.clock.wall();
            second = life.span.1;
            self.end(running, life);
        }
    }

    /// As the engine does it.
    fn start(&self, script: &Script, began: i64, at: WallTime) -> Running {
        let clock = Arc::new(SimulatedClock::new(at));
        let index = self.index();
        let volumes = self.volumes();
        repair(&index, &volumes, &[]).expect("repairs");
        index.apply(&index.reader().downtime().expect("reads")).expect("applies");
        let index = Arc::new(index);
        let open = OpenSegments::default();
        let recordings = Arc::new(offline::recordings(&index, volumes, open.clone()));
        let context = WriteContext {
            volume: Arc::new(self.volume.clone()),
            volume_id: VOLUME,
            zone: ZONE,
            limits: Limits { minutes: 60, bytes: None },
            open: open.clone(),
        };
        let folder = DataFolder::at(self.folder.path().into()).expect("a folder");
        let locks = Locks::open(&folder);
        let streams = streams(script, began, &context, &recordings);
        let indexer = Indexer::start(index, open).expect("starts");
        let (signals, status) = (Arc::new(Signals::default()), Arc::new(Latest::new()));
        let options = CleanerOptions {
            recordings,
            index: indexer.writer(),
            locks: locks.clone(),
            signals: Arc::clone(&signals),
            recorder: Arc::clone(&status),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            terms: self.terms.clone(),
            thumbnails: ThumbnailWriter::open(self.folder.path().join("thumbnails.redb")).0,
        };
        let mut keeper = Keeper::new(options, Arc::new(Latest::new()));
        keeper.look();
        Running {
            began,
            writer: indexer.writer(),
            indexer,
            locks,
            signals,
            status,
            keeper,
            streams,
            motions: vec![Motion::Still; CAMERAS],
            manual: vec![None; CAMERAS],
            last: clock.now(),
            asleep: clock.asleep(),
            clock,
            changes: Vec::new(),
        }
    }

    fn end(&self, mut running: Running, life: Life) {
        if life.end == End::Stopped {
            let now = running.clock.now();
            for stream in &mut running.streams {
                stream.recorder.stop(GapReason::NotRunning, now);
            }
            running.collect();
            running.changes.push(Change::Heartbeat(now.wall));
            running.commit();
        }
        let Running { streams, indexer, writer, keeper, .. } = running;
        drop((streams, writer, keeper));
        indexer.stop(Duration::from_secs(60)).expect("stops");
        match life.end {
            End::Stopped | End::Killed => self.volume.restart(),
            End::PowerCut(seed) => self.volume.crash(seed),
        }
    }

    /// What happens to the computer and to the settings.
    fn happen(&mut self, script: &Script, running: &mut Running, second: i64) {
        let set: i64 = script.steps.iter().filter(|(at, _)| *at == second).map(|(_, by)| by).sum();
        if set != 0 {
            running.clock.set_wall(running.clock.wall().plus_micros(set * 1_000_000));
        }
        let at = crate::model::shown(script, second);
        let used = || {
            let space = self.volume.space().expect("space");
            space.total - space.free
        };
        let mut terms = self.terms.clone();
        if second == script.full.0 || second == script.full.1 {
            let is_full = second == script.full.0;
            self.volume.set_capacity(if is_full { used() } else { 1 << 40 });
            terms.rules.auto_delete = !is_full;
        }
        if second == script.failing.0 || second == script.failing.1 {
            self.volume.fail_every((second == script.failing.0).then_some(1));
        }
        if at == script.low_space && terms.rules.max_bytes.is_none() {
            self.volume.set_capacity(used() + used() / 30);
        }
        if at == script.size_limit {
            terms.rules.max_bytes = Some(used() * 9 / 10);
        }
        if terms != self.terms {
            self.terms = terms.clone();
            running.keeper.set_terms(terms);
        }
        for locked in &script.locks {
            let (from, to) = (wall(locked.span.0), wall(locked.span.1));
            let (camera, span) = (camera(locked.camera), WallSpan::new(from, to));
            if at == locked.span.1 {
                let lock = Lock { camera, span, note: String::new() };
                running.locks.lock(lock).expect("is locked");
            } else if at == locked.until {
                assert!(running.locks.unlock(&camera, span).expect("is freed"));
            }
        }
    }
}

/// One recorder for each stream, those of a removed camera left out.
fn streams(
    script: &Script,
    began: i64,
    context: &WriteContext,
    recordings: &Recordings,
) -> Vec<Stream> {
    let mut wanted: Vec<(usize, StreamKind, Rule)> = (0..CAMERAS)
        .filter(|number| script.removed.0 != *number || began < script.removed.1)
        .map(|number| {
            let kind = if number == LOBBY { StreamKind::Sub } else { StreamKind::Main };
            (number, kind, rule(script, number, began))
        })
        .collect();
    let (pre, post) = (seconds(LOBBY_MAIN.0), seconds(LOBBY_MAIN.1));
    let main = Rule { pre, post, journals: false, ..Rule::of(Mode::Motion) };
    wanted.push((LOBBY, StreamKind::Main, main));
    let made = wanted.into_iter().map(|(number, kind, rule)| {
        let id = StreamId::new(camera(number), kind);
        let last = recordings.reader.last_before(&id, WallTime::MAX).expect("reads");
        let last_end = last.map_or(WallTime::MIN, |row| row.end);
        let recorder = StreamRecorder::new(id, rule, context.clone(), last_end);
        Stream { number, recorder, session: None }
    });
    made.collect()
}

impl Running {
    /// One second of all streams.
    fn second(&mut self, script: &Script, second: i64) {
        let now = self.clock.now();
        let interruption = self.look_at_the_clock(now);
        self.watch(script, second, now);
        let storage = self.signals.storage();
        for stream in &mut self.streams {
            let number = stream.number;
            if number != LOBBY && script.plans[number].iter().any(|(at, _)| *at == second) {
                stream.recorder.set_rule(rule(script, number, second));
            }
            if let Some(interruption) = &interruption {
                stream.recorder.interrupt(interruption.clone());
            }
            stream.recorder.set_outside(Outside {
                motion: self.motions[number].clone(),
                manual: self.manual[number],
                storage: storage.clone(),
            });
            stream.send(script, second, second - self.began, now);
            stream.recorder.tick(now);
        }
        if second == script.removed.1 {
            let (gone, rest) = std::mem::take(&mut self.streams)
                .into_iter()
                .partition(|stream| stream.number == script.removed.0);
            self.streams = rest;
            let gone: Vec<Stream> = gone;
            for mut stream in gone {
                stream.recorder.stop(GapReason::CameraRemoved, now);
                self.changes.append(&mut stream.recorder.take_changes());
            }
        }
        self.collect();
    }

    fn look_at_the_clock(&mut self, now: Now) -> Option<Interruption> {
        let passed = now.monotonic.saturating_sub(self.last.monotonic);
        let step = now.wall.micros_since(self.last.wall + passed);
        let slept = self.clock.asleep() > self.asleep;
        self.asleep = self.clock.asleep();
        let before = std::mem::replace(&mut self.last, now).wall;
        let reason = if slept { GapReason::Suspended } else { GapReason::ClockStepped };
        (step != 0).then_some(Interruption { reason, before })
    }

    /// What those who watch for motion and those who record by hand tell.
    fn watch(&mut self, script: &Script, second: i64, now: Now) {
        for number in 0..CAMERAS {
            if let Some((first, _)) = within(&script.motions[number], second) {
                let since = match &self.motions[number] {
                    Motion::Moving { since, .. } if *first != second => *since,
                    _ => now,
                };
                self.motions[number] = Motion::Moving { since, last: now };
            }
            if let Some((_, until)) =
                script.manual[number].iter().find(|(since, _)| *since == second)
            {
                let until = now.monotonic + seconds(until - second);
                self.manual[number] = Some(Manual { since: now.monotonic, until });
            }
        }
    }

    fn collect(&mut self) {
        for stream in &mut self.streams {
            self.changes.append(&mut stream.recorder.take_changes());
        }
    }

    fn sweep(&mut self, commit: bool) {
        let now = self.clock.now();
        for stream in &mut self.streams {
            stream.recorder.sync(now);
        }
        self.collect();
        self.changes.push(Change::Heartbeat(now.wall));
        if commit {
            self.commit();
        }
        self.show();
        let round = self.keeper.round(|| ControlFlow::Continue(None));
        assert!(round.is_continue());
    }

    fn commit(&mut self) {
        let changes = watchkeeper::index::newest(std::mem::take(&mut self.changes));
        assert!(self.writer.apply_and_wait(changes, Duration::from_secs(60)));
    }

    fn show(&self) {
        let reports = self.streams.iter().map(|stream| {
            let recorder = &stream.recorder;
            let (state, since) = recorder.state().map_or_else(
                || (RecordingState::Idle(GapReason::Unknown), WallTime::MIN),
                |(state, since)| (state.clone(), since),
            );
            let totals = recorder.totals();
            let report = StreamReport { state, since, schedule: None, short_preroll: None, totals };
            (recorder.stream().clone(), report)
        });
        let written = self.streams.iter().map(|stream| stream.recorder.totals().bytes).sum();
        self.status.set(RecorderStatus { streams: reports.collect(), written });
    }
}

impl Stream {
    /// The camera sends what it sends in this second; its own clock goes on whatever happens here.
    fn send(&mut self, script: &Script, second: i64, running: i64, now: Now) {
        if within(&script.offline[self.number], second).is_some() {
            if self.session.take().is_some() {
                let error = "no answer".into();
                self.recorder.take(CaptureEvent::RunEnded { error, retry_in: None }, now);
            }
            return;
        }
        let session = match self.session {
            Some(session) => session,
            None if running < 2 => return,
            None => {
                let parameters = parameters(1_000);
                self.recorder.take(CaptureEvent::RunStarted { parameters }, now);
                *self.session.insert(second)
            }
        };
        // Nothing can be decoded before the next random access point.
        let begins = |at: i64| at + (session - at).rem_euclid(GOP);
        let lost = &script.lost[self.number];
        if let Some((from, _)) = lost.iter().find(|(a, b)| *a <= second && second < begins(*b)) {
            if *from == second {
                self.recorder.take(CaptureEvent::Lost { packets: 9 }, now);
            }
            return;
        }
        let unit = AccessUnit {
            pts: MediaTime::from_ticks((second - session) * TICKS),
            random_access: (second - session) % GOP == 0,
            received: now,
            data: Bytes::from_static(&PICTURE),
        };
        self.recorder.take(CaptureEvent::Unit(unit), now);
    }
}
