//! How long an operator waits after a click: seeks in a 60 minute segment of 1080p25 with a random access point
//! every 2 s, through the whole player, beside mpv where that is installed; on this computer, and on a NAS on the
//! loopback. Needs `ffmpeg` and samba.
//!
//! A table of medians and 95th percentiles, since an average hides the waits that are felt. `cargo bench --bench
//! latency -- 100` makes 100 seeks.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, clippy::unwrap_used)]

#[path = "../tests/footage/mod.rs"]
mod footage;
#[path = "../tests/nas_server/mod.rs"]
mod nas_server;
mod peer;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam::channel::{Receiver, bounded};
use footage::{Archive, FPS, Film, GOP};
use nas_server::{Nas, PASSWORD, password};
use watchkeeper::analysis::ThumbnailMaker;
use watchkeeper::codec::open_decoder;
use watchkeeper::engine::stored::StoredPreviews;
use watchkeeper::index::{NewThumbnail, ThumbnailWriter};
use watchkeeper::model::{CameraId, SegmentRow, StreamId, StreamKind, VolumeId, WallTime};
use watchkeeper::playback::{Footage, LoadedSegment, Playback, Previews};
use watchkeeper::protocol::{PlaybackCommand, Shown, ViewState};
use watchkeeper::runtime::SystemClock;
use watchkeeper::storage::{SmbVolume, Volume};

/// Frames of the film, which is repeated to fill the segment.
const FRAMES: usize = 4 * GOP;

/// Frames of the segment: an hour.
const SEGMENT: usize = 3_600 * FPS;

/// A quarter of a window.
const TILE: (usize, usize) = (960, 540);

/// Seeks, unless told otherwise.
const SEEKS: usize = 40;

/// A seek that takes this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Positions a second of a drag.
const DRAG: u32 = 60;

fn start() -> WallTime {
    WallTime::from_micros(1_772_546_400_000_000)
}

fn stream() -> StreamId {
    StreamId::new(CameraId::from_name("yard"), StreamKind::Main)
}

/// A player that shows one camera.
struct Desk {
    playback: Playback,
    shown: Arc<Shown>,
    changed: Receiver<()>,
}

impl Desk {
    fn new(footage: Arc<Footage>, small: Arc<dyn Previews>) -> Self {
        let shown = Arc::new(Shown::default());
        let (bell, changed) = bounded(1);
        shown.on_change(Arc::new(move || {
            let _already_rung = bell.try_send(());
        }));
        let clock = Arc::new(SystemClock::new());
        let playback = Playback::start(footage, clock, Arc::clone(&shown), Some(small));
        let playback = playback.expect("starts");
        playback.send(PlaybackCommand::Show(vec![(stream().camera, TILE)])).expect("taken");
        Self { playback, shown, changed }
    }

    fn seek(&self, at: WallTime, exact: bool) {
        self.playback.send(PlaybackCommand::Seek { at, exact }).expect("taken");
    }

    /// The time of the picture on the screen, and whether it is the exact one.
    fn picture(&self) -> Option<(WallTime, bool)> {
        match &self.shown.playback.get()?.views.first()?.state {
            ViewState::Showing { picture, exact, .. } => Some((picture.at, *exact)),
            _ => None,
        }
    }

    /// Waits for a picture that is as wanted.
    fn wait(&self, wanted: impl Fn(WallTime, bool) -> bool) -> Instant {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if self.picture().is_some_and(|(at, exact)| wanted(at, exact)) {
                return Instant::now();
            }
            let _rung = self.changed.recv_deadline(deadline);
            assert!(Instant::now() < deadline, "the picture does not come");
        }
    }
}

/// Milliseconds, sorted.
struct Waits(Vec<f64>);

impl Waits {
    fn new(mut waits: Vec<f64>) -> Self {
        waits.sort_by(f64::total_cmp);
        Self(waits)
    }

    fn at(&self, part: f64) -> f64 {
        let index = (part * self.0.len() as f64) as usize;
        self.0[index.min(self.0.len() - 1)]
    }

    fn print(&self, name: &str) {
        println!("{name:<52} {:>8.1} {:>8.1} ms", self.at(0.5), self.at(0.95));
    }
}

fn millis(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1e3
}

/// Milliseconds that decoding takes from the random access point up to and with the sample at `at`.
fn decoding(segment: &LoadedSegment, at: WallTime) -> f64 {
    let target = segment.shown_at(at).expect("footage");
    let from = segment.walk.start_for(target).expect("a random access point");
    let mut decoder = open_decoder(&segment.parameters).expect("a decoder");
    let (mut unit, mut frames) = (Vec::new(), Vec::new());
    let begin = Instant::now();
    for info in &segment.walk.samples()[from..=target] {
        frames.drain(..).for_each(|frame| decoder.recycle(frame));
        segment.read(info, &mut unit).expect("readable");
        decoder.decode(&unit, info.pts, &mut frames).expect("decodes");
    }
    millis(begin, Instant::now())
}

fn seeks(desk: &Desk, segment: &LoadedSegment, moments: &[WallTime]) {
    let (mut first, mut exact, mut over) = (Vec::new(), Vec::new(), Vec::new());
    for at in moments {
        let begins = segment.wall_of(segment.shown_at(*at).expect("footage"));
        let key = segment.wall_of(segment.key_shown_at(*at).expect("footage"));
        let before = desk.picture();
        let click = Instant::now();
        desk.seek(*at, true);
        let shown = desk.wait(|at, _| at == key || at == begins);
        assert_ne!(before.map(|(at, _)| at), Some(begins), "another picture than before");
        let there = desk.wait(|at, exact| exact && at == begins);
        let decoded = decoding(segment, *at);
        first.push(millis(click, shown));
        exact.push(millis(click, there));
        over.push(millis(click, there) - decoded);
    }
    Waits::new(first).print("nearest picture after the click");
    Waits::new(exact).print("exact picture after the click");
    Waits::new(over).print("  of that, not decoding the frames between");
}

/// A small picture of every tenth second, as recording leaves them.
fn small_pictures(archive: &Archive, film: &Film, row: &SegmentRow) -> Arc<dyn Previews> {
    let mut maker = ThumbnailMaker::default();
    let (writer, opened) = ThumbnailWriter::open(archive.folder.path().join("small.redb"));
    opened.expect("opens");
    let pictures: Vec<_> = (0..SEGMENT)
        .step_by(10 * FPS)
        .map(|frame| {
            let unit = &film.units[frame % FRAMES / GOP * GOP];
            let jpeg = maker.jpeg(&film.parameters, &unit.data).expect("a picture");
            let at = row.start.plus_micros(frame as i64 * 40_000);
            NewThumbnail { camera: stream().camera, at, jpeg }
        })
        .collect();
    writer.put(&pictures).expect("kept");
    Arc::new(StoredPreviews::new(writer.reader()))
}

/// A drag over the whole hour: how long each position waits until something close to it is shown.
fn drag(desk: &Desk, row: &SegmentRow) {
    let positions = 5 * DRAG;
    let step = row.span().micros() / i64::from(positions);
    let began = Instant::now();
    let mut waits = Vec::new();
    let mut nothing = 0;
    for number in 0..positions {
        let due = began + Duration::from_secs(1) * number / DRAG;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let at = row.start.plus_micros(step * i64::from(number));
        let (asked, next) = (Instant::now(), due + Duration::from_secs(1) / DRAG);
        desk.seek(at, false);
        let near = |shown: WallTime| shown.micros_since(at).abs() <= step.max(10_000_000);
        loop {
            if desk.picture().is_some_and(|(shown, _)| near(shown)) {
                waits.push(millis(asked, Instant::now()));
                break;
            }
            if desk.changed.recv_deadline(next).is_err() && Instant::now() >= next {
                nothing += 1;
                break;
            }
        }
    }
    println!(
        "drag, 60 positions a second: {nothing} of {positions} positions showed nothing close"
    );
    if !waits.is_empty() {
        Waits::new(waits).print("  wait of the others");
    }
}

/// The same segment as a NAS has it.
fn on_nas(nas: &Nas, archive: &Archive, row: &SegmentRow) -> Arc<Footage> {
    let there = nas.shared().join(nas.settings().path).join(&row.path);
    std::fs::create_dir_all(there.parent().expect("a folder")).expect("made");
    std::fs::copy(archive.folder.path().join("footage").join(&row.path), there).expect("copied");
    let volume = SmbVolume::open(&nas.settings(), password(PASSWORD)).expect("a place");
    let volume: Arc<dyn Volume> = Arc::new(volume);
    let volumes = BTreeMap::from([(VolumeId(0), volume)]);
    Arc::new(Footage::new(archive.index.reader(), archive.open.clone(), volumes))
}

fn main() {
    let count = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(SEEKS);
    let film = Film::at_rate("1920x1080", FRAMES, "4M");
    let archive = Archive::new();
    let units: Vec<usize> = (0..SEGMENT).map(|n| n % FRAMES).collect();
    let row = archive.write(&stream(), start(), &film, &units);
    let footage = archive.footage();
    let mut random = fastrand::Rng::with_seed(7);
    let moments: Vec<WallTime> =
        (0..count).map(|_| row.start.plus_micros(random.i64(0..row.span().micros()))).collect();

    println!("{:<52} {:>8} {:>8}", "60 min of 1080p25, 2 s GOPs, warm", "p50", "p95");
    let desk = Desk::new(Arc::clone(&footage), small_pictures(&archive, &film, &row));
    let segment = footage.load(&row).expect("readable");
    desk.seek(row.start, true);
    desk.wait(|at, exact| exact && at == row.start);
    seeks(&desk, &segment, &moments);
    drag(&desk, &row);
    desk.playback.stop().expect("ends");

    println!("the same on a NAS");
    let nas = Nas::start("plain");
    let desk = Desk::new(on_nas(&nas, &archive, &row), small_pictures(&archive, &film, &row));
    desk.seek(row.start, true);
    desk.wait(|at, exact| exact && at == row.start);
    seeks(&desk, &segment, &moments);
    desk.playback.stop().expect("ends");

    println!("mpv on this computer");
    let seconds: Vec<f64> =
        moments.iter().map(|at| at.micros_since(row.start) as f64 / 1e6).collect();
    let path = archive.folder.path().join("footage").join(&row.path);
    for (name, mode) in [("key frame", "absolute+keyframes"), ("exact", "absolute+exact")] {
        match peer::mpv_seeks(&path, &seconds, mode) {
            Ok(waits) => Waits::new(waits).print(&format!("mpv, {name}, one decoder thread")),
            Err(error) => println!("mpv, {name}: not measured: {error}"),
        }
    }
}
