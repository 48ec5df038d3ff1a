//! Playback over an archive, driven by a simulated clock.

#![allow(dead_code, clippy::expect_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use watchkeeper::model::{CameraId, GapReason, SegmentRow, StreamId, StreamKind, WallTime};
use watchkeeper::playback::{Playback, Previews};
use watchkeeper::protocol::{PlaybackCommand, PlaybackSnapshot, Shown, ViewState};
use watchkeeper::runtime::SimulatedClock;

use super::{Archive, FRAME, Film, GOP, Kind, TILE, expected};

/// 2026-03-03T14:00:00Z
const START: i64 = 1_772_546_400_000_000;
/// Real time after which a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// `seconds` after the archives' beginning.
pub fn at(seconds: f64) -> WallTime {
    WallTime::from_micros(START).plus_micros((seconds * 1e6) as i64)
}

/// The stream that most tests have footage of.
pub fn main_stream() -> StreamId {
    StreamId::new(CameraId::from_name("yard"), StreamKind::Main)
}

/// What the first camera shows.
pub fn state(snapshot: &PlaybackSnapshot) -> &ViewState {
    static NOTHING: ViewState = ViewState::Loading;
    snapshot.views.first().map_or(&NOTHING, |view| &view.state)
}

/// Three segments of one film: A and B without a seam between them, 5 s later C.
pub struct Rig {
    pub film: Arc<Film>,
    /// For each row, the film's frame that it begins with.
    pub first: Vec<usize>,
    pub rows: Vec<SegmentRow>,
    pub archive: Archive,
    pub clock: Arc<SimulatedClock>,
    pub shown: Arc<Shown>,
    pub wakes: Arc<AtomicU64>,
    pub playback: Playback,
}

impl Rig {
    pub fn new(kind: Kind) -> Self {
        let film = Film::shared(kind);
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

    pub fn over(
        film: Arc<Film>,
        archive: Archive,
        rows: Vec<SegmentRow>,
        first: Vec<usize>,
    ) -> Self {
        Self::with_previews(film, archive, rows, first, None)
    }

    pub fn with_previews(
        film: Arc<Film>,
        archive: Archive,
        rows: Vec<SegmentRow>,
        first: Vec<usize>,
        previews: Option<Arc<dyn Previews>>,
    ) -> Self {
        let clock = Arc::new(SimulatedClock::new(at(3_600.0)));
        let shown = Arc::new(Shown::default());
        let wakes = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&wakes);
        shown.on_change(Arc::new(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        }));
        let playback =
            Playback::start(archive.footage(), clock.clone(), Arc::clone(&shown), previews);
        let playback = playback.expect("starts");
        let rig = Self { film, first, rows, archive, clock, shown, wakes, playback };
        rig.send(PlaybackCommand::Show(vec![(main_stream().camera, TILE)]));
        rig
    }

    pub fn send(&self, command: PlaybackCommand) {
        self.playback.send(command).expect("taken");
    }

    /// Lets time pass from now on by the simulated clock.
    pub fn play(&self) {
        self.send(PlaybackCommand::Play);
        self.wait("playing", |snapshot| snapshot.playing);
    }

    /// Lets time pass backward from now on.
    pub fn play_back(&self) {
        self.send(PlaybackCommand::SetReverse(true));
        self.send(PlaybackCommand::Play);
        self.wait("playing", |snapshot| snapshot.playing && snapshot.reverse);
    }

    pub fn seek(&self, at: WallTime) {
        self.send(PlaybackCommand::Seek { at, exact: true });
    }

    /// Waits until the snapshot is as wanted.
    pub fn wait(
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
    pub fn wait_for_picture(&self, playhead: WallTime) {
        let (row, frame) = expected(&self.rows, playhead).expect("footage there");
        let begins = self.rows[row].wall_at(frame as i64 * FRAME);
        let snapshot = self.wait(&format!("picture at {playhead}"), |snapshot| {
            matches!(state(snapshot), ViewState::Showing { picture, exact: true, .. }
                if picture.at == begins)
        });
        let ViewState::Showing { picture, damaged, .. } = state(&snapshot) else { return };
        assert!(!damaged);
        let number = self.film.number(&picture.rgba).expect("a whole picture of the film");
        assert_eq!(number, self.first[row] + frame, "at {playhead}");
        assert_eq!((picture.width, picture.height), TILE);
    }

    pub fn wait_for_gap(&self) -> (GapReason, Option<WallTime>, Option<WallTime>) {
        let snapshot =
            self.wait("a gap", |snapshot| matches!(state(snapshot), ViewState::NoFootage { .. }));
        match state(&snapshot) {
            ViewState::NoFootage { reason, before, after } => (reason.clone(), *before, *after),
            other => panic!("{other:?}"),
        }
    }

    pub fn end(self) {
        self.playback.stop().expect("ends in order");
    }
}
