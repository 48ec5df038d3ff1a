//! Playback shows the picture that the index says: after seeks, steps, at every speed, across segments and
//! gaps, at the live edge and beside damage. Needs `ffmpeg`.

#![allow(clippy::expect_used)]

mod footage;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use footage::{Archive, FRAME, Film, GOP, Growing, TILE, expected};
use watchkeeper::capture::{CaptureEvent, UnitQueue};
use watchkeeper::engine::protocol::{
    PlaybackCommand, PlaybackSnapshot, Shown, Speed, ViewState,
};
use watchkeeper::index::Change;
use watchkeeper::media::AccessUnit;
use watchkeeper::model::{
    CameraId, GapReason, MediaTime, SegmentRow, StreamId, StreamKind, WallTime,
};
use watchkeeper::playback::{LiveOptions, LivePlayer, Playback, PlaybackError, exact_picture};
use watchkeeper::recorder::OpenSegments;
use watchkeeper::runtime::{Clock, Now, SimulatedClock, SystemClock};
use watchkeeper::storage::{SegmentFile, Volume};

/// 2026-03-03T14:00:00Z
const START: i64 = 1_772_546_400_000_000;
/// Real time after which a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

const IN_ORDER: [&str; 2] = ["-bf", "0"];
const REORDERED: [&str; 4] = ["-bf", "2", "-b_strategy", "0"];

fn at(seconds: f64) -> WallTime {
    WallTime::from_micros(START).plus_micros((seconds * 1e6) as i64)
}

fn main_stream() -> StreamId {
    StreamId::new(CameraId::from_name("yard"), StreamKind::Main)
}

/// Three segments of one film: A and B without a seam between them, 5 s later C.
struct Rig {
    film: Film,
    /// For each row, the film's frame that it begins with.
    first: Vec<usize>,
    rows: Vec<SegmentRow>,
    archive: Archive,
    clock: Arc<SimulatedClock>,
    shown: Arc<Shown>,
    wakes: Arc<AtomicU64>,
    playback: Playback,
}

impl Rig {
    fn new(options: &[&str]) -> Self {
        let film = Film::make("320x180", 6 * GOP, options);
        let archive = Archive::new();
        let stream = main_stream();
        let all: Vec<usize> = (0..film.units.len()).collect();
        archive.journal(&stream.camera, at(0.0), None);
        let a = archive.write(&stream, at(0.0), &film, &all[..3 * GOP]);
        let b = archive.write(&stream, a.end, &film, &all[3 * GOP..]);
        let offline = GapReason::CameraOffline("no answer".into());
        archive.journal(&stream.camera, b.end, Some(offline));
        archive.journal(&stream.camera, at(17.0), None);
        let c = archive.write(&stream, at(17.0), &film, &all[..2 * GOP]);
        archive.journal(&stream.camera, c.end, Some(GapReason::NotRunning));
        Self::over(film, archive, vec![a, b, c], vec![0, 3 * GOP, 0])
    }

    fn over(film: Film, archive: Archive, rows: Vec<SegmentRow>, first: Vec<usize>) -> Self {
        let clock = Arc::new(SimulatedClock::new(at(3_600.0)));
        let shown = Arc::new(Shown::default());
        let wakes = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&wakes);
        shown.on_change(Arc::new(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        }));
        let playback = Playback::start(archive.footage(), clock.clone(), Arc::clone(&shown));
        let playback = playback.expect("starts");
        let rig = Self { film, first, rows, archive, clock, shown, wakes, playback };
        rig.send(PlaybackCommand::Show(vec![(main_stream().camera, TILE)]));
        rig
    }

    fn send(&self, command: PlaybackCommand) {
        self.playback.send(command).expect("taken");
    }

    fn seek(&self, at: WallTime) {
        self.send(PlaybackCommand::Seek { at, exact: true });
    }

    /// Waits until the snapshot is as wanted.
    fn wait(
        &self,
        what: &str,
        wanted: impl Fn(&PlaybackSnapshot) -> bool,
    ) -> Arc<PlaybackSnapshot> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let snapshot = self.shown.playback.get();
            if let Some(snapshot) = snapshot.as_ref().filter(|snapshot| wanted(snapshot)) {
                return Arc::clone(snapshot);
            }
            assert!(Instant::now() < deadline, "{what}: {snapshot:?}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits for the exact picture of `playhead`, and checks that it is the film's frame which the
    /// index names.
    fn wait_for_picture(&self, playhead: WallTime) {
        let (row, frame) = expected(&self.rows, playhead).expect("footage there");
        let begins = self.rows[row].wall_at(frame as i64 * FRAME);
        let snapshot = self.wait(&format!("picture at {playhead}"), |snapshot| {
            matches!(&snapshot.views[0].state, ViewState::Showing { picture, exact: true, .. }
                if picture.at == begins)
        });
        let ViewState::Showing { picture, damaged, .. } = &snapshot.views[0].state else { return };
        assert!(!damaged);
        let number = self.film.number(&picture.rgba).expect("a whole picture of the film");
        assert_eq!(number, self.first[row] + frame, "at {playhead}");
        assert_eq!((picture.width, picture.height), TILE);
    }

    fn wait_for_gap(&self) -> (GapReason, Option<WallTime>, Option<WallTime>) {
        let snapshot = self.wait("a gap", |snapshot| {
            matches!(snapshot.views[0].state, ViewState::NoFootage { .. })
        });
        match &snapshot.views[0].state {
            ViewState::NoFootage { reason, before, after } => (reason.clone(), *before, *after),
            other => panic!("{other:?}"),
        }
    }

    fn end(self) {
        self.playback.stop().expect("ends in order");
    }
}

#[test]
fn a_seek_shows_the_picture_that_the_index_says() {
    for options in [&IN_ORDER[..], &REORDERED[..]] {
        let rig = Rig::new(options);
        for n in 0..50_i64 {
            let playhead = at(0.0).plus_micros(n * 7_368_787 % 12_000_000);
            rig.seek(playhead);
            rig.wait_for_picture(playhead);
            let snapshot = rig.shown.playback.get().expect("published");
            assert_eq!(snapshot.playhead, playhead);
        }
        rig.end();
    }
}

#[test]
fn the_newest_of_many_seeks_wins() {
    let rig = Rig::new(&IN_ORDER);
    for n in 0..500_i64 {
        let at = at(0.0).plus_micros(n * 23_000);
        let sent = rig.playback.send(PlaybackCommand::Seek { at, exact: n % 5 == 0 });
        sent.expect("seeks replace one another");
    }
    rig.seek(at(3.21));
    rig.wait_for_picture(at(3.21));
    rig.end();
}

#[test]
fn a_drag_shows_random_access_points_and_its_end_the_exact_picture() {
    let rig = Rig::new(&REORDERED);
    for seconds in [1.5, 3.99, 4.0, 9.1, 2.2] {
        rig.send(PlaybackCommand::Seek { at: at(seconds), exact: false });
        let begins = at((seconds / 2.0).floor() * 2.0);
        rig.wait("a random access point", |snapshot| {
            matches!(&snapshot.views[0].state, ViewState::Showing { picture, exact: false, .. }
                if picture.at == begins)
        });
    }
    rig.seek(at(2.2));
    rig.wait_for_picture(at(2.2));
    // Released exactly on a random access point, which is on the screen already.
    rig.send(PlaybackCommand::Seek { at: at(4.01), exact: false });
    rig.seek(at(4.01));
    rig.wait_for_picture(at(4.01));
    rig.end();
}

#[test]
fn steps_are_exact_across_segments_and_gaps() {
    for options in [&IN_ORDER[..], &REORDERED[..]] {
        let rig = Rig::new(options);
        let frames: Vec<WallTime> = rig
            .rows
            .iter()
            .flat_map(|row| (0..row.frames as i64).map(|n| row.wall_at(n * FRAME)))
            .collect();
        // Around the seam at 6 s and the gap from 12 s to 17 s, forward and back, then far.
        for begin in [6 * 25 - 3, 12 * 25 - 3] {
            rig.seek(frames[begin].plus_micros(10));
            for frame in &frames[begin + 1..begin + 7] {
                rig.send(PlaybackCommand::Step(1));
                rig.wait_for_picture(*frame);
            }
            for frame in frames[begin..begin + 6].iter().rev() {
                rig.send(PlaybackCommand::Step(-1));
                rig.wait_for_picture(*frame);
            }
        }
        for (from, by, to) in [(10, 320, 330), (330, -300, 30), (3, -10, 0), (395, 30, 399)] {
            rig.seek(frames[from]);
            rig.send(PlaybackCommand::Step(by));
            rig.wait_for_picture(frames[to]);
        }
        // From inside the gap the nearest frame is one step away.
        for (by, to) in [(1, 300), (-1, 299)] {
            rig.seek(at(14.0));
            rig.send(PlaybackCommand::Step(by));
            rig.wait_for_picture(frames[to]);
        }
        assert!(!rig.shown.playback.get().expect("published").playing, "a step pauses");
        rig.end();
    }
}

#[test]
fn time_passes_at_every_speed() {
    for options in [&IN_ORDER[..], &REORDERED[..]] {
        let rig = Rig::new(options);
        for speed in Speed::ALL {
            rig.seek(at(0.5));
            rig.send(PlaybackCommand::SetSpeed(speed));
            rig.send(PlaybackCommand::Play);
            rig.wait_for_picture(at(0.5));
            let mut playhead = at(0.5);
            for step in 1..=25_u32 {
                let real = Duration::from_millis(40 + u64::from(step % 3));
                rig.clock.advance(real);
                playhead =
                    playhead.plus_micros(real.as_micros() as i64 * speed.quarters() / 4);
                rig.wait_for_picture(playhead);
            }
            rig.send(PlaybackCommand::Pause);
            let paused = rig.wait("pause", |snapshot| !snapshot.playing);
            assert_eq!((paused.playhead, paused.speed), (playhead, speed));
            assert!(!paused.key_frames_only);
        }
        rig.end();
    }
}

#[test]
fn a_gap_says_why_and_plays_as_time() {
    let rig = Rig::new(&IN_ORDER);
    rig.seek(at(13.0));
    let (reason, before, after) = rig.wait_for_gap();
    assert_eq!(reason, GapReason::CameraOffline("no answer".into()));
    assert_eq!(before, Some(rig.rows[1].end.plus_micros(-1)));
    assert_eq!(after, Some(rig.rows[2].start));
    rig.seek(before.expect("before"));
    rig.wait_for_picture(rig.rows[1].end.plus_micros(-1));

    rig.send(PlaybackCommand::Play);
    rig.clock.advance(Duration::from_millis(500));
    rig.wait_for_gap();
    rig.clock.advance(Duration::from_secs(3));
    let playhead = rig.rows[1].end.plus_micros(3_499_999);
    rig.wait("time passes in the gap", |snapshot| snapshot.playhead == playhead);
    rig.wait_for_gap();
    rig.clock.advance(Duration::from_millis(1_600));
    rig.wait_for_picture(playhead.plus_micros(1_600_000));
    rig.end();
}

#[test]
fn before_and_after_all_footage_there_is_a_reason_too() {
    let rig = Rig::new(&IN_ORDER);
    rig.seek(at(-100.0));
    assert_eq!(rig.wait_for_gap(), (GapReason::Unknown, None, Some(at(0.0))));
    rig.seek(at(100.0));
    let last = rig.rows[2].end.plus_micros(-1);
    rig.wait("the end", |snapshot| {
        matches!(&snapshot.views[0].state, ViewState::NoFootage { before, after: None, reason }
            if *before == Some(last) && *reason == GapReason::NotRunning)
    });
    rig.end();
}

#[test]
fn a_paused_console_is_not_woken() {
    let rig = Rig::new(&IN_ORDER);
    rig.seek(at(1.0));
    rig.wait_for_picture(at(1.0));
    let before = rig.wakes.load(Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(rig.wakes.load(Ordering::SeqCst), before);
    rig.seek(at(13.0));
    rig.wait_for_gap();
    let before = rig.wakes.load(Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(rig.wakes.load(Ordering::SeqCst), before);
    rig.end();
}

#[test]
fn a_new_tile_size_shows_the_same_picture_in_it() {
    let rig = Rig::new(&IN_ORDER);
    rig.seek(at(1.0));
    rig.wait_for_picture(at(1.0));
    rig.send(PlaybackCommand::Show(vec![(main_stream().camera, (80, 80))]));
    rig.wait("smaller", |snapshot| {
        matches!(&snapshot.views[0].state, ViewState::Showing { picture, exact: true, .. }
            if (picture.width, picture.height) == (80, 45) && picture.at == at(1.0))
    });
    rig.send(PlaybackCommand::Show(Vec::new()));
    rig.wait("nothing", |snapshot| snapshot.views.is_empty());
    rig.end();
}

#[test]
fn damage_holds_the_last_picture_until_the_next_random_access_point() {
    let rig = Rig::new(&IN_ORDER);
    let row = &rig.rows[0];
    let table = {
        let file = rig.archive.volume.open_read(&row.path).expect("there");
        watchkeeper::container::read(file.as_ref()).expect("readable").table
    };
    let victim = table.samples[70];
    let mut file = rig.archive.volume.open(&row.path).expect("there");
    // A NAL unit that is longer than its sample.
    file.write_at(victim.offset, &[0x7f; 8]).expect("written");

    rig.seek(at(2.7));
    rig.wait_for_picture(at(2.7));
    rig.send(PlaybackCommand::Play);
    rig.clock.advance(Duration::from_millis(300));
    rig.wait("the damage", |snapshot| {
        matches!(&snapshot.views[0].state, ViewState::Showing { picture, damaged: true, .. }
            if rig.film.number(&picture.rgba).is_some_and(|number| number < 70))
    });
    rig.clock.advance(Duration::from_millis(1_020));
    rig.wait_for_picture(at(4.02));
    // Sought from afar, the picture held is of the same group.
    rig.send(PlaybackCommand::Pause);
    rig.seek(at(3.5));
    rig.wait("the damage again", |snapshot| {
        matches!(&snapshot.views[0].state, ViewState::Showing { picture, damaged: true, .. }
            if rig.film.number(&picture.rgba) == Some(50))
    });
    let error = exact_picture(&rig.archive.footage(), &main_stream().camera, at(3.5));
    assert!(error.is_err());
    rig.end();
}

#[test]
fn the_segment_being_written_plays_up_to_its_last_fragment() {
    let film = Film::make("320x180", 6 * GOP, &IN_ORDER);
    let archive = Archive::new();
    let stream = main_stream();
    archive.journal(&stream.camera, at(0.0), None);
    let mut writer = Writer::new(&archive, &stream, &film);
    writer.append(&film, 0);
    writer.append(&film, 1);
    let rows = vec![writer.growing.row.clone()];
    let mut rig = Rig::over(film, archive, rows, vec![0]);
    rig.clock.set_wall(at(4.3));
    rig.send(PlaybackCommand::GoLive);
    let edge = at(4.0).plus_micros(-1);
    rig.wait_for_picture(edge);
    let snapshot = rig.wait("live", |snapshot| snapshot.live && snapshot.playing);
    assert_eq!(snapshot.playhead, edge);
    rig.clock.advance(Duration::from_secs(1));
    rig.wait_for_picture(edge);

    // With the next fragment the playhead goes on, from when the deck has seen it.
    writer.append(&rig.film, 2);
    rig.rows = vec![writer.growing.row.clone()];
    let deadline = Instant::now() + PATIENCE;
    while rig.shown.playback.get().is_some_and(|snapshot| snapshot.playhead == edge) {
        rig.clock.advance(Duration::from_millis(1));
        std::thread::sleep(Duration::from_millis(5));
        assert!(Instant::now() < deadline, "stays at the old edge");
    }
    for _ in 0..10 {
        rig.clock.advance(Duration::from_millis(40));
        let before = rig.shown.playback.get().expect("published").playhead;
        let now = rig.wait("time passes", |snapshot| snapshot.playhead > before);
        assert!(now.live && now.playhead < at(6.0));
        rig.wait("its picture", |snapshot| {
            matches!(&snapshot.views[0].state, ViewState::Showing { picture, exact: true, .. }
                if snapshot.playhead.micros_since(picture.at) < 40_000)
        });
    }
    // The segment is closed, and the same footage is now in the index.
    let row = writer.close(&rig.film, &rig.archive);
    rig.send(PlaybackCommand::Pause);
    rig.rows = vec![row];
    for seconds in [5.97, 0.4, 3.0] {
        rig.seek(at(seconds));
        rig.wait_for_picture(at(seconds));
    }
    rig.end();
}

/// Writes a segment fragment by fragment, as the recorder does.
struct Writer {
    growing: Growing,
    file: Box<dyn SegmentFile>,
    written: usize,
    open: OpenSegments,
}

impl Writer {
    fn new(archive: &Archive, stream: &StreamId, film: &Film) -> Self {
        let growing = Growing::new(stream, at(0.0), film);
        let file = archive.volume.create(&growing.row.path).expect("a file");
        Self { growing, file, written: 0, open: archive.open.clone() }
    }

    fn append(&mut self, film: &Film, gop: usize) {
        let units: Vec<usize> = (gop * GOP..(gop + 1) * GOP).collect();
        let samples = self.growing.fragment(film, &units);
        self.file.append(&[&self.growing.bytes[self.written..]]).expect("written");
        self.written = self.growing.bytes.len();
        self.open.append(self.growing.row.clone(), &film.parameters, samples);
    }

    fn close(&mut self, film: &Film, archive: &Archive) -> SegmentRow {
        let row = self.growing.finish(film);
        self.file.append(&[&self.growing.bytes[self.written..]]).expect("written");
        self.file.write_at(0, &self.growing.bytes[..64]).expect("written");
        archive.index.apply(&[Change::PutSegment(row.clone())]).expect("indexed");
        self.open.close(&row.stream);
        row
    }
}

#[test]
fn decoding_that_is_too_slow_falls_back_to_random_access_points_and_says_so() {
    let film = Film::make("320x180", 6 * GOP, &IN_ORDER);
    let archive = Archive::new();
    let units: Vec<usize> = (0..20).flat_map(|_| 0..6 * GOP).collect();
    let row = archive.write(&main_stream(), at(0.0), &film, &units);
    let rig = Rig::over(film, archive, vec![row], vec![0]);
    rig.seek(at(0.0));
    rig.send(PlaybackCommand::SetSpeed(Speed::Eight));
    rig.send(PlaybackCommand::Play);
    // A clock that runs away from any decoder.
    let deadline = Instant::now() + PATIENCE;
    while !rig.shown.playback.get().is_some_and(|snapshot| snapshot.key_frames_only) {
        rig.clock.advance(Duration::from_millis(25));
        std::thread::sleep(Duration::from_millis(1));
        assert!(Instant::now() < deadline, "never too slow");
    }
    let snapshot = rig.wait("a random access point", |snapshot| {
        matches!(&snapshot.views[0].state, ViewState::Showing { picture, exact: false, .. }
            if rig.film.number(&picture.rgba).is_some_and(|number| number % GOP == 0))
    });
    assert_eq!(snapshot.speed, Speed::Eight);
    rig.send(PlaybackCommand::SetSpeed(Speed::Normal));
    rig.wait("all pictures again", |snapshot| {
        !snapshot.key_frames_only
            && matches!(snapshot.views[0].state, ViewState::Showing { exact: true, .. })
    });
    rig.end();
}

#[test]
fn a_snapshot_is_the_exact_picture_and_prefers_the_main_stream() {
    let film = Film::make("320x180", 2 * GOP, &REORDERED);
    let small = Film::encode("160x90", 4 * GOP, &IN_ORDER);
    let archive = Archive::new();
    let stream = main_stream();
    let sub = StreamId::new(stream.camera.clone(), StreamKind::Sub);
    let all: Vec<usize> = (0..4 * GOP).collect();
    let main_row = archive.write(&stream, at(0.0), &film, &all[..2 * GOP]);
    archive.write(&sub, at(0.0), &small, &all);
    let footage = archive.footage();
    for n in 0..20_i64 {
        let moment = at(0.0).plus_micros(n * 1_111_111 % 8_000_000);
        let exact = exact_picture(&footage, &stream.camera, moment).expect("a picture");
        let from_main = main_row.span().contains(moment);
        assert_eq!(exact.stream.kind == StreamKind::Main, from_main);
        assert_eq!(exact.picture.width, if from_main { 320 } else { 160 });
        let frame = moment.micros_since(at(0.0)) / 40_000 * 40_000;
        assert_eq!(exact.picture.at, at(0.0).plus_micros(frame));
    }
    let error = exact_picture(&footage, &stream.camera, at(9.0)).expect_err("a gap");
    assert!(matches!(error, PlaybackError::NoFootage { .. }), "{error}");
}

#[test]
fn live_pictures_are_those_that_arrive() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    for options in [&IN_ORDER[..], &REORDERED[..]] {
        let film = Film::make("320x180", 2 * GOP, options);
        let (queue, shown) = (UnitQueue::new(1_000, 1 << 30), Arc::new(Shown::default()));
        let camera = main_stream().camera;
        let live = LivePlayer::start(
            0,
            camera.clone(),
            Arc::clone(&queue),
            LiveOptions { size: TILE, max_fps: None },
            Arc::clone(&shown),
            Arc::clone(&clock),
        );
        let live = live.expect("starts");
        queue.push(CaptureEvent::RunStarted { parameters: Arc::clone(&film.parameters) });
        let (mut last, mut distinct) = (None, 0);
        for unit in &film.units {
            let received = Now { wall: at(0.0), monotonic: Duration::ZERO };
            queue.push(CaptureEvent::Unit(AccessUnit {
                pts: MediaTime::from_ticks(unit.pts),
                random_access: unit.random_access,
                received,
                data: Bytes::from(unit.data.clone()),
            }));
            std::thread::sleep(Duration::from_millis(5));
            let number = shown.live.get(&camera).and_then(|picture| film.number(&picture.rgba));
            assert!(number >= last, "{number:?} after {last:?}");
            distinct += usize::from(number != last);
            last = number;
        }
        assert!(distinct > GOP, "{distinct} pictures of {}", film.units.len());
        live.stop().expect("ends in order");
    }
}
