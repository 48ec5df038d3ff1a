//! Small pictures: kept while recording, made of past footage, deleted with it, shown when wished. Needs `ffmpeg`.

#![allow(clippy::expect_used, clippy::panic)]

mod common;
mod footage;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use footage::rig::{PATIENCE, at, main_stream};
use footage::{Archive, FPS, Film, GOP, Growing, Kind};
use watchkeeper::analysis::ThumbnailMaker;
use watchkeeper::capture::{CaptureEvent, UnitQueue};
use watchkeeper::codec::{Converter, decode_jpeg, open_decoder};
use watchkeeper::config::DataFolder;
use watchkeeper::engine::archive::{ArchiveDesk, ArchiveReport, ArchiveState};
use watchkeeper::engine::cleaner::{CleanerOptions, Keeper};
use watchkeeper::engine::desk::{Desk, Request, Response};
use watchkeeper::engine::door;
use watchkeeper::engine::indexer::Indexer;
use watchkeeper::engine::locks::Locks;
use watchkeeper::engine::offline;
use watchkeeper::engine::previews::Previews;
use watchkeeper::engine::recordings::{Answer, Question, Recordings};
use watchkeeper::engine::stored::StoredPreviews;
use watchkeeper::engine::thumbnails::backfill::Backlog;
use watchkeeper::engine::thumbnails::{Sight, ThumbnailOptions, ThumbnailWork};
use watchkeeper::engine::{Engine, EngineOptions};
use watchkeeper::index::{Change, Index, NewThumbnail, ThumbnailReader, ThumbnailWriter};
use watchkeeper::media::AccessUnit;
use watchkeeper::model::{
    CameraId, DeletionCause, MediaTime, Mode, StreamId, StreamKind, Transport, VolumeId, WallSpan,
    WallTime,
};
use watchkeeper::protocol::{CameraDraft, Command, Shown, Thumbnail, ThumbnailWish};
use watchkeeper::recorder::Signals;
use watchkeeper::runtime::{Clock, Latest, Now, SimulatedClock, SystemClock};
use watchkeeper::storage::deletion::Terms;
use watchkeeper::storage::faulty_archive::Trouble;
use watchkeeper::storage::retention::Rules;
use watchkeeper::storage::{FaultyArchive, Places, Volume};

fn camera() -> CameraId {
    main_stream().camera
}

fn sub_stream() -> StreamId {
    StreamId::new(camera(), StreamKind::Sub)
}

/// An archive with small pictures, and who makes them.
struct Stage {
    film: Arc<Film>,
    archive: Archive,
    recordings: Arc<Recordings>,
    writer: ThumbnailWriter,
    clock: Arc<SimulatedClock>,
    elsewhere: FaultyArchive,
    desk: ArchiveDesk,
}

/// The archive that recordings are brought to.
const ELSEWHERE: VolumeId = VolumeId(1);

impl Stage {
    fn new() -> Self {
        let archive = Archive::new();
        let volume: Arc<dyn Volume> = archive.volume.clone();
        let places = Places::from(BTreeMap::from([(VolumeId(0), volume)]));
        let elsewhere = FaultyArchive::new();
        places.put_archive(ELSEWHERE, Arc::new(elsewhere.clone()));
        let recordings = offline::recordings(&archive.index, places, archive.open.clone());
        let (writer, opened) = ThumbnailWriter::open(archive.folder.path().join("thumbnails.redb"));
        opened.expect("opens");
        Self {
            film: Film::shared(Kind::InOrder),
            archive,
            recordings: Arc::new(recordings),
            writer,
            clock: Arc::new(SimulatedClock::new(at(0.0))),
            elsewhere,
            desk: ArchiveDesk::new().0,
        }
    }

    fn work(&self) -> ThumbnailWork {
        ThumbnailWork::new(ThumbnailOptions {
            recordings: Arc::clone(&self.recordings),
            writer: self.writer.clone(),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            archive: self.desk.clone(),
        })
    }

    /// The archive is so, as far as is known.
    fn tell(&self, state: ArchiveState) {
        self.desk.show(ArchiveReport { volume: ELSEWHERE, state, ..ArchiveReport::default() });
    }

    /// Seconds of footage from `start` on, on the archive.
    fn record_elsewhere(&self, start: f64, seconds: usize) {
        let span = self.record(&main_stream(), start, seconds);
        let reader = self.archive.index.reader();
        let row = reader.segment(&main_stream(), span.start).expect("reads").expect("is there");
        let file = self.archive.volume.open_read(&row.path).expect("opens");
        let mut bytes = vec![0; usize::try_from(row.bytes).expect("small")];
        file.read_exact_at(0, &mut bytes).expect("reads");
        self.elsewhere.put(&row.path, &bytes);
        self.archive.volume.remove(&row.path).expect("removes");
        let (stream, start) = (row.stream, row.start);
        let moved = Change::Move { stream, start, from: VolumeId(0), to: ELSEWHERE };
        self.archive.index.apply(&[moved]).expect("applies");
    }

    fn rounds(&self, work: &mut ThumbnailWork, count: usize) {
        for _ in 0..count {
            self.clock.advance(Duration::from_secs(1));
            work.round();
        }
    }

    /// Seconds of footage from `start` on, the film repeated.
    fn record(&self, stream: &StreamId, start: f64, seconds: usize) -> WallSpan {
        let units: Vec<usize> = (0..seconds * FPS).map(|n| n % self.film.units.len()).collect();
        self.archive.write(stream, at(start), &self.film, &units).span()
    }

    /// A segment of two minutes that is being written, of which the file is not needed.
    fn open_segment(&self, start: f64) {
        let mut growing = Growing::new(&main_stream(), at(start), &self.film);
        let units: Vec<usize> = (0..GOP).collect();
        for _ in 0..60 {
            let samples = growing.fragment(&self.film, &units);
            self.archive.open.append(growing.row.clone(), &self.film.parameters, samples);
        }
    }

    fn reader(&self) -> ThumbnailReader {
        self.writer.reader()
    }

    /// Seconds at which the kept pictures were taken.
    fn times(&self) -> Vec<i64> {
        let times = self.reader().times(&camera(), WallSpan::ALL).expect("reads");
        times.iter().map(|time| time.micros_since(at(0.0)) / 1_000_000).collect()
    }

    fn unit(&self, number: usize, seconds: f64) -> CaptureEvent {
        let unit = &self.film.units[number];
        CaptureEvent::Unit(AccessUnit {
            pts: MediaTime::from_ticks(unit.pts),
            random_access: unit.random_access,
            received: Now { wall: at(seconds), monotonic: Duration::ZERO },
            data: Bytes::from(unit.data.clone()),
        })
    }
}

#[test]
fn while_recording_one_picture_is_kept_in_ten_seconds() {
    let stage = Stage::new();
    stage.open_segment(20.0);
    let queue = UnitQueue::new(2, 1 << 24);
    let mut work = stage.work();
    work.set(vec![Sight { camera: camera(), queue: Arc::clone(&queue) }]);
    let parameters = Arc::clone(&stage.film.parameters);
    queue.push(CaptureEvent::RunStarted { parameters });
    for second in 1..=100 {
        for picture in 0..2 {
            let number = second * 2 + picture;
            let number = number % (2 * 6) * FPS + picture;
            queue.push(stage.unit(number, second as f64));
        }
        stage.rounds(&mut work, 1);
    }
    let times = stage.times();
    assert!(times[0] >= 20, "what is not recorded is not kept: {times:?}");
    assert!((7..=9).contains(&times.len()), "{times:?}");
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 8), "{times:?}");
    let kept = stage.reader().nearest(&camera(), at(50.0)).expect("reads").expect("is kept");
    let pixels = decode_jpeg(&kept.jpeg).expect("a JPEG");
    assert_eq!((pixels.width, pixels.height), (320, 180));
    // Nobody is watched any more.
    work.set(Vec::new());
    queue.push(stage.unit(0, 101.0));
    stage.rounds(&mut work, 30);
    assert_eq!(stage.times(), times);
}

#[test]
fn past_footage_gets_its_pictures_once() {
    let stage = Stage::new();
    stage.record(&main_stream(), 0.0, 200);
    stage.record(&sub_stream(), 100.0, 200);
    stage.record(&main_stream(), 1_000.0, 30);
    let old = at(500.0);
    let jpeg = vec![1; 100];
    stage.writer.put(&[NewThumbnail { camera: camera(), at: old, jpeg }]).expect("is kept");
    stage.clock.set_wall(at(1_100.0));
    let mut work = stage.work();
    stage.rounds(&mut work, 9);
    assert_eq!(stage.times(), [500], "a start is left alone");
    stage.rounds(&mut work, 2);
    // The sub stream's pictures serve for the main stream too.
    assert_eq!(stage.times(), [0, 60, 100, 160, 220, 280, 500, 1_000]);
    for stream in [main_stream(), sub_stream()] {
        let complete = stage.reader().complete(&stream).expect("reads").len();
        assert_eq!(complete, if stream == main_stream() { 2 } else { 1 });
    }
    let usage = stage.reader().usage();
    assert!(usage > 7 * 4_096, "{usage}");
    stage.record(&main_stream(), 1_050.0, 10);
    stage.rounds(&mut work, 590);
    assert_eq!(stage.times().len(), 8, "looked for every ten minutes");
    stage.rounds(&mut work, 30);
    assert_eq!(stage.times().last(), Some(&1_050));
}

#[test]
fn footage_on_an_archive_gets_its_pictures_while_it_answers() {
    let stage = Stage::new();
    stage.record_elsewhere(0.0, 130);
    stage.record_elsewhere(200.0, 130);
    stage.record(&main_stream(), 400.0, 70);
    stage.clock.set_wall(at(500.0));
    let mut work = stage.work();
    stage.rounds(&mut work, 20);
    assert_eq!(stage.times(), [400, 460], "nothing is known of the archive");
    stage.tell(ArchiveState::Offline("no route".into()));
    stage.rounds(&mut work, 700);
    assert_eq!((stage.times().len(), stage.elsewhere.operations()), (2, 0), "it is left alone");
    // It went away, and nobody has noticed yet.
    stage.tell(ArchiveState::Idle);
    stage.elsewhere.set_trouble(Some(Trouble::Offline));
    stage.rounds(&mut work, 700);
    let calls = stage.elsewhere.operations();
    assert!(stage.times().len() == 2 && (1..=4).contains(&calls), "{calls}");
    assert_eq!(stage.reader().complete(&main_stream()).expect("reads").len(), 1);
    stage.elsewhere.set_trouble(None);
    stage.rounds(&mut work, 700);
    assert_eq!(stage.times(), [0, 60, 120, 200, 260, 320, 400, 460]);
    assert_eq!(stage.reader().complete(&main_stream()).expect("reads").len(), 3);
    let calls = stage.elsewhere.operations();
    stage.rounds(&mut work, 700);
    assert_eq!(stage.elsewhere.operations(), calls, "nothing is read twice");
}

#[test]
fn an_archive_that_breaks_while_a_picture_is_made_is_read_again() {
    for call in 1..=12 {
        let stage = Stage::new();
        stage.record_elsewhere(0.0, 130);
        stage.clock.set_wall(at(500.0));
        stage.tell(ArchiveState::Idle);
        stage.elsewhere.break_some(call, 1);
        let mut work = stage.work();
        stage.rounds(&mut work, 1_300);
        assert_eq!(stage.times(), [0, 60, 120], "call {call}");
        assert_eq!(stage.reader().complete(&main_stream()).expect("reads").len(), 1);
    }
}

#[test]
fn a_picture_that_comes_after_its_footage_has_gone_goes_too() {
    let stage = Stage::new();
    let gone = stage.record(&main_stream(), 0.0, 200);
    let mut backlog =
        Backlog::new(Arc::clone(&stage.recordings), stage.writer.clone(), stage.desk.clone());
    let mut maker = ThumbnailMaker::default();
    let now = Now { wall: at(1_100.0), monotonic: Duration::ZERO };
    let mut step = || backlog.step(&mut maker, now).expect("keeps").is_some();
    // It is found, opened, and has its first picture.
    assert!(step() && step() && step());
    assert_eq!(stage.times().len(), 1);
    let (stream, start, cause) = (main_stream(), gone.start, DeletionCause::Retention);
    let volume = VolumeId(0);
    let marked = Change::MarkDeleting { stream: stream.clone(), start, volume, cause };
    let deleted = Change::Deleted { stream, start, volume, span: gone, cause, at: now.wall };
    stage.archive.index.apply(&[marked, deleted]).expect("applies");
    stage.writer.delete_range(&camera(), gone).expect("deletes");
    assert!(step(), "the file is still open");
    assert_eq!(stage.times(), [0; 0]);
}

#[test]
fn pictures_go_with_their_footage_and_count_as_used() {
    let stage = Stage::new();
    let gone = stage.record(&main_stream(), 0.0, 200);
    let also = stage.record(&sub_stream(), 150.0, 100);
    stage.record(&main_stream(), 1_000.0, 60);
    stage.clock.set_wall(at(1_100.0));
    stage.rounds(&mut stage.work(), 12);
    assert_eq!(stage.times(), [0, 60, 120, 150, 210, 1_000]);
    let folder = tempfile::tempdir().expect("a folder");
    let index = Arc::new(Index::open(folder.path().join("index.redb")).expect("opens").index);
    let rows: Vec<_> = stage.recordings.reader.all_segments().expect("reads");
    let put = rows.into_iter().map(Change::PutSegment).collect::<Vec<_>>();
    index.apply(&put).expect("applies");
    let volumes = stage.recordings.volumes.clone();
    let recordings = Arc::new(offline::recordings(&index, volumes, stage.archive.open.clone()));
    let indexer = Indexer::start(Arc::clone(&index), stage.archive.open.clone()).expect("starts");
    let report = Arc::new(Latest::new());
    let keep = at(1_100.0).micros_since(gone.end) - 1;
    let rules = Rules { auto_delete: true, keep: Some(keep), ..Rules::default() };
    let options = CleanerOptions {
        recordings: Arc::clone(&recordings),
        index: indexer.writer(),
        locks: Locks::open(&DataFolder::at(folder.path().into()).expect("a folder")),
        signals: Arc::new(Signals::default()),
        recorder: Arc::new(Latest::new()),
        clock: Arc::clone(&stage.clock) as Arc<dyn Clock>,
        terms: Terms { rules, volume: VolumeId(0), ..Terms::default() },
        thumbnails: stage.writer.clone(),
        archive: ArchiveDesk::default(),
    };
    stage.clock.set_wall(at(1_100.0));
    let mut keeper = Keeper::new(options, Arc::clone(&report));
    keeper.look();
    let told = report.get().expect("a report");
    let segments: u64 = recordings.reader.usage().expect("reads").values().sum();
    assert_eq!(told.thumbnails, stage.reader().usage());
    assert_eq!(told.usage.used, segments + told.thumbnails);
    assert!(keeper.round(|| ControlFlow::Continue(None)).is_continue());
    let left = recordings.reader.all_segments().expect("reads");
    assert_eq!(left.len(), 2, "the oldest has gone");
    assert_eq!(left[0].start.max(left[1].start), at(1_000.0));
    assert_eq!(stage.times(), [150, 210, 1_000], "{also:?} has its pictures");
    drop(keeper);
    indexer.stop(PATIENCE).expect("ends");
}

/// Waits until the answer to a wish is as `done` wants it.
fn wait(
    shown: &Shown,
    moment: WallTime,
    done: impl Fn(&Option<Thumbnail>) -> bool,
) -> Option<Thumbnail> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = shown.thumbnails.get(&camera(), moment).filter(&done) {
            return found;
        }
        assert!(Instant::now() < deadline, "no answer for {moment}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn wishes_are_granted_from_the_store_and_then_exactly() {
    let stage = Stage::new();
    stage.record(&main_stream(), 0.0, 120);
    stage.record(&main_stream(), 400.0, 12);
    stage.clock.set_wall(at(500.0));
    let mut work = stage.work();
    stage.rounds(&mut work, 12);
    assert_eq!(stage.times(), [0, 60, 400]);
    let stored = Arc::new(StoredPreviews::new(stage.reader()));
    let shown = Arc::new(Shown::default());
    let footage = Arc::clone(&stage.recordings.footage);
    let previews = Previews::start(stored, footage, Arc::clone(&shown)).expect("starts");
    let wish = |seconds: f64, exact| ThumbnailWish { camera: camera(), at: at(seconds), exact };

    previews.wish(vec![wish(70.0, false), wish(200.0, false), wish(201.0, true)]);
    let nearest = wait(&shown, at(70.0), Option::is_some).expect("a picture");
    assert_eq!((nearest.picture.at, nearest.last), (at(60.0), true));
    assert!(wait(&shown, at(200.0), |_| true).is_none(), "no footage, no picture");
    assert!(wait(&shown, at(201.0), |_| true).is_none(), "no footage, no picture");

    // The same moment exactly, and one a frame later.
    previews.wish(vec![wish(70.0, true), wish(70.04, true)]);
    for (seconds, frame) in [(70.0, 250), (70.04, 251)] {
        let is_exact = |found: &Option<Thumbnail>| {
            found.as_ref().is_some_and(|found| found.last && found.picture.at == at(seconds))
        };
        let exact = wait(&shown, at(seconds), is_exact).expect("a picture");
        assert_eq!((exact.picture.width, exact.picture.height), (320, 180));
        assert_eq!(exact.picture.rgba, pixels(&stage.film, frame));
    }
    // It stays, though a kept one would do.
    previews.wish(vec![wish(70.0, false), wish(411.0, true)]);
    wait(&shown, at(411.0), |found| found.as_ref().is_some_and(|found| found.last));
    let kept = wait(&shown, at(70.0), |_| true).expect("a picture");
    assert_eq!(kept.picture.at, at(70.0));
    previews.stop(PATIENCE).expect("ends");
}

/// What a frame of the film looks like.
fn pixels(film: &Film, frame: usize) -> Vec<u8> {
    let mut decoder = open_decoder(&film.parameters).expect("a decoder");
    let mut frames = Vec::new();
    for unit in &film.units[frame / GOP * GOP..=frame] {
        decoder.decode(&unit.data, unit.pts, &mut frames).expect("decodes");
    }
    let last = frames.pop().expect("a frame");
    let video = &film.parameters.video;
    Converter::new().convert(&last, video, (320, 240), Vec::new()).expect("converts").rgba
}

#[test]
fn a_damaged_database_is_put_aside_and_filled_anew() {
    let stage = Stage::new();
    let path = stage.archive.folder.path().join("damaged.redb");
    std::fs::write(&path, [7; 50_000]).expect("written");
    let (writer, opened) = ThumbnailWriter::open(&path);
    let moved_to = opened.expect("opens").expect("it was damaged").moved_to;
    assert_eq!(std::fs::read(moved_to).expect("is kept").len(), 50_000);
    let stage = Stage { writer, ..stage };
    stage.record(&main_stream(), 0.0, 60);
    stage.clock.set_wall(at(100.0));
    stage.rounds(&mut stage.work(), 12);
    assert_eq!(stage.times(), [0]);
}

#[test]
fn an_engine_keeps_pictures_shows_them_and_tells_what_they_take() {
    let simulator = common::simulator(common::small_cameras(1));
    let root = tempfile::tempdir().expect("a folder");
    let folder = DataFolder::at(root.path().into()).expect("a folder");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let options = EngineOptions::new(folder.clone(), Arc::clone(&clock));
    let (engine, console) = Engine::start(options).expect("starts");
    let add = Command::AddCamera(CameraDraft {
        name: "yard".into(),
        group: String::new(),
        main: simulator.url(0, StreamKind::Main).to_string(),
        sub: Some(simulator.url(0, StreamKind::Sub).to_string()),
        user: None,
        password: None,
        transport: Transport::Tcp,
        stream: StreamKind::Main,
        mode: Mode::Continuous,
    });
    console.send(add).expect("is taken");
    let shown = Arc::clone(console.shown());
    common::wait_for("a small picture", PATIENCE, || {
        let moment = clock.wall() - Duration::from_secs(3);
        let wish = ThumbnailWish { camera: camera(), at: moment, exact: false };
        console.send(Command::WantThumbnails(vec![wish])).expect("is taken");
        std::thread::sleep(Duration::from_millis(50));
        let found = shown.thumbnails.get(&camera(), moment).flatten();
        found.is_some_and(|found| found.last && found.picture.width == 320)
    });
    // The one that is shown may have been made of the footage, before any was kept.
    common::wait_for("one that is kept", PATIENCE, || {
        let answer = door::ask(&folder, &Request::Storage);
        matches!(answer, Ok(Response::Storage(storage)) if storage.thumbnails > 0)
    });
    engine.stop().expect("ends in order");
    simulator.stop().expect("ends in order");

    let desk = Desk::offline(&folder, clock).expect("opens");
    let Response::Storage(storage) = desk.serve(&Request::Storage).expect("answers") else {
        panic!("another answer");
    };
    let recorded: u64 = storage.used_by.iter().map(|(_, bytes)| bytes).sum();
    assert!(storage.thumbnails > 0 && storage.used == recorded + storage.thumbnails);
    let check = Request::Ask(Question::Check);
    let Response::Answer(Answer::Check { problems, remarks }) =
        desk.serve(&check).expect("answers")
    else {
        panic!("another answer");
    };
    assert!(problems.is_empty() && remarks.is_empty(), "{problems:?} {remarks:?}");
}
