//! Pictures of now: the segment that is being written, and live views. Needs `ffmpeg`.

#![allow(clippy::expect_used)]

mod footage;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use footage::rig::{PATIENCE, Rig, at, main_stream, state};
use footage::{Archive, Film, GOP, Growing, Kind, TILE};
use watchkeeper::capture::{CaptureEvent, UnitQueue};
use watchkeeper::index::Change;
use watchkeeper::media::AccessUnit;
use watchkeeper::model::{MediaTime, SegmentRow, StreamId};
use watchkeeper::playback::LivePlayer;
use watchkeeper::protocol::{PlaybackCommand, Shown, ViewState};
use watchkeeper::recorder::OpenSegments;
use watchkeeper::runtime::{Now, SystemClock};
use watchkeeper::storage::{SegmentFile, Volume};

#[test]
fn the_segment_being_written_plays_up_to_its_last_fragment() {
    let film = Film::shared(Kind::InOrder);
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
            matches!(state(snapshot), ViewState::Showing { picture, exact: true, .. }
                if snapshot.playhead.micros_since(picture.at) < 40_000)
        });
    }
    // The segment is closed, and the same footage is now in the index.
    let row = writer.close(&rig.film, &rig.archive);
    rig.send(PlaybackCommand::Pause);
    rig.clock.set_wall(at(100.0));
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
        self.open.close(&row.stream, row.start);
        row
    }
}

#[test]
fn live_pictures_are_those_that_arrive() {
    for kind in [Kind::InOrder, Kind::Reordered] {
        let film = Film::shared(kind);
        let (queue, shown) = (UnitQueue::new(1_000, 1 << 30), Arc::new(Shown::default()));
        let camera = main_stream().camera;
        let clock = Arc::new(SystemClock::new());
        let (theirs, to) = (Arc::clone(&queue), Arc::clone(&shown));
        let live = LivePlayer::start(0, camera.clone(), theirs, TILE, to, clock);
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
        assert!(distinct > GOP / 2, "{distinct} pictures of {}", film.units.len());
        live.stop().expect("ends in order");
    }
}
