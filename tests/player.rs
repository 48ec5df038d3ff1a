//! Playback in both directions: every picture is the one that the index says, whatever leads to it; what is
//! skipped; what a drag shows. Needs `ffmpeg`.

#![allow(clippy::expect_used)]

mod footage;

use std::sync::Arc;
use std::time::Duration;

use footage::rig::{Rig, at, main_stream, state};
use footage::{Archive, FRAME, Film, GOP, Kind, TILE};
use watchkeeper::index::Change;
use watchkeeper::model::{
    Area, CameraId, MotionEvent, Picture, StreamId, StreamKind, WallSpan, WallTime,
};
use watchkeeper::playback::Previews;
use watchkeeper::protocol::{PlaybackCommand, Speed, ViewState};
use watchkeeper::storage::Volume;

const BOTH: [Kind; 2] = [Kind::InOrder, Kind::Reordered];

/// When each frame of the rig begins to be shown.
fn frames(rig: &Rig) -> Vec<WallTime> {
    let of = |row: &watchkeeper::model::SegmentRow| {
        let row = row.clone();
        (0..row.frames as i64).map(move |n| row.wall_at(n * FRAME))
    };
    rig.rows.iter().flat_map(of).collect()
}

#[test]
fn two_hundred_random_seeks_are_exact() {
    let rig = Rig::new(Kind::InOrder);
    let frames = frames(&rig);
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..200 {
        let playhead = frames[random.usize(..frames.len())].plus_micros(random.i64(20..39_900));
        rig.seek(playhead);
        rig.wait_for_picture(playhead);
    }
    rig.end();
}

#[test]
fn five_hundred_steps_lead_forth_and_back() {
    let rig = Rig::new(Kind::InOrder);
    let frames = frames(&rig);
    let step = |frames| PlaybackCommand::Step { camera: main_stream().camera, frames };
    rig.seek(frames[70]);
    for frame in &frames[71..321] {
        rig.send(step(1));
        rig.wait_for_picture(*frame);
    }
    for frame in frames[70..320].iter().rev() {
        rig.send(step(-1));
        rig.wait_for_picture(*frame);
    }
    rig.end();
}

#[test]
fn backward_at_every_speed_over_a_border_of_segments() {
    for kind in BOTH {
        let rig = Rig::new(kind);
        for speed in Speed::ALL {
            // The border is at 6 s.
            let mut playhead = at(6.25);
            rig.send(PlaybackCommand::Pause);
            rig.seek(playhead);
            rig.send(PlaybackCommand::SetSpeed(speed));
            rig.play_back();
            rig.wait_for_picture(playhead);
            for step in 1..=15_u32 {
                let real = Duration::from_millis(40 + u64::from(step % 3));
                rig.clock.advance(real);
                playhead = playhead.plus_micros(-(real.as_micros() as i64 * speed.quarters() / 4));
                rig.wait_for_picture(playhead);
            }
        }
        rig.end();
    }
}

#[test]
fn backward_over_three_segments_and_a_gap_to_the_oldest_footage() {
    for kind in BOTH {
        let rig = Rig::new(kind);
        rig.seek(at(20.9));
        rig.send(PlaybackCommand::SetSpeed(Speed::Four));
        rig.play_back();
        let mut playhead = at(20.9);
        while playhead > at(1.0) {
            let gap = rig.rows[1].end <= playhead && playhead < rig.rows[2].start;
            if gap {
                let (_, before, after) = rig.wait_for_gap();
                assert_eq!(before, Some(rig.rows[1].end.plus_micros(-1)));
                assert_eq!(after, Some(rig.rows[2].start));
            } else {
                rig.wait_for_picture(playhead);
            }
            rig.clock.advance(Duration::from_millis(60));
            playhead = playhead.plus_micros(-240_000);
        }
        // The seek goes on backward and as fast.
        rig.seek(at(0.9));
        let snapshot = rig.wait("a jump", |snapshot| snapshot.playhead == at(0.9));
        assert!(snapshot.reverse && snapshot.playing && snapshot.speed == Speed::Four);
        rig.clock.advance(Duration::from_secs(5));
        rig.wait("the beginning", |snapshot| !snapshot.playing && snapshot.playhead == at(0.0));
        rig.wait_for_picture(at(0.0));
        rig.end();
    }
}

#[test]
fn damage_looks_the_same_from_both_sides() {
    let rig = Rig::new(Kind::InOrder);
    let row = &rig.rows[0];
    let table = {
        let file = rig.archive.volume.open_read(&row.path).expect("there");
        watchkeeper::container::read(file.as_ref()).expect("readable").table
    };
    let mut file = rig.archive.volume.open(&row.path).expect("there");
    file.write_at(table.samples[70].offset, &[0x7f; 8]).expect("written");
    rig.seek(at(4.1));
    rig.wait_for_picture(at(4.1));
    rig.play_back();
    rig.clock.advance(Duration::from_millis(500));
    rig.wait("the last good picture", |snapshot| {
        matches!(state(snapshot), ViewState::Showing { picture, damaged: true, .. }
            if rig.film.number(&picture.rgba) == Some(69))
    });
    rig.clock.advance(Duration::from_millis(900));
    rig.wait_for_picture(at(2.7));
    rig.end();
}

#[test]
fn gaps_are_skipped_in_both_directions() {
    let rig = Rig::new(Kind::InOrder);
    rig.send(PlaybackCommand::SkipGaps(true));
    rig.seek(at(11.9));
    rig.play();
    rig.wait_for_picture(at(11.9));
    rig.clock.advance(Duration::from_millis(200));
    let snapshot = rig.wait("beyond the gap", |snapshot| snapshot.playhead == at(17.0));
    assert!(snapshot.skip_gaps && snapshot.playing);
    rig.wait_for_picture(at(17.0));
    rig.play_back();
    rig.clock.advance(Duration::from_millis(200));
    let last = rig.rows[1].end.plus_micros(-1);
    rig.wait("before the gap", |snapshot| snapshot.playhead == last);
    rig.wait_for_picture(last);
    rig.send(PlaybackCommand::SetReverse(false));
    rig.seek(at(20.9));
    rig.wait_for_picture(at(20.9));
    rig.clock.advance(Duration::from_millis(500));
    rig.wait("nothing more comes", |snapshot| !snapshot.playing);
    rig.end();
}

fn note_event(archive: &Archive, camera: &CameraId, start: f64, end: f64) {
    let span = WallSpan::new(at(start), at(end));
    let (camera, best) = (camera.clone(), span.start);
    let event = MotionEvent { camera, span, peak: 10, area: Area::WHOLE, best };
    archive.index.apply(&[Change::PutEvent { event, picture: None }]).expect("indexed");
}

#[test]
fn events_are_gone_to_and_played_one_after_the_other() {
    let rig = Rig::new(Kind::InOrder);
    let event = |forward| rig.send(PlaybackCommand::Event { forward });
    rig.seek(at(3.0));
    event(true);
    rig.wait_for_picture(at(17.0));
    event(false);
    rig.wait("without events, the recording before", |snapshot| snapshot.playhead == at(0.0));

    note_event(&rig.archive, &main_stream().camera, 3.0, 3.4);
    note_event(&rig.archive, &main_stream().camera, 10.0, 10.4);
    for (forward, expected) in [(true, 3.0), (true, 10.0), (false, 3.0)] {
        event(forward);
        rig.wait_for_picture(at(expected));
        assert_eq!(rig.shown.playback.get().expect("published").playhead, at(expected));
    }
    rig.seek(at(0.5));
    rig.send(PlaybackCommand::SkipToEvents(true));
    rig.play();
    rig.clock.advance(Duration::from_secs(1));
    rig.wait("the lead", |snapshot| snapshot.playhead == at(1.5));
    rig.clock.advance(Duration::from_secs(3));
    rig.wait("the next event", |snapshot| snapshot.playhead == at(8.0));
    rig.play_back();
    rig.clock.advance(Duration::from_millis(10));
    rig.wait("back", |snapshot| snapshot.playhead == at(4.4).plus_micros(-1));
    rig.send(PlaybackCommand::SetReverse(false));
    rig.seek(at(11.5));
    rig.wait("no more events", |snapshot| !snapshot.playing);
    rig.end();
}

/// A grey picture of the full second.
struct Grey;

impl Previews for Grey {
    fn nearest(&self, _: &CameraId, moment: WallTime) -> Option<Arc<Picture>> {
        let seconds = moment.micros_since(at(0.0)) / 1_000_000;
        let rgba = vec![128; 4 * 4 * 4];
        Some(Arc::new(Picture { width: 4, height: 4, rgba, at: at(seconds as f64), serial: 0 }))
    }
}

#[test]
fn a_drag_ends_with_a_decoded_picture_whatever_it_showed_first() {
    let film = Film::shared(Kind::InOrder);
    let archive = Archive::new();
    let all: Vec<usize> = (0..6 * GOP).collect();
    let row = archive.write(&main_stream(), at(0.0), &film, &all);
    let previews: Option<Arc<dyn Previews>> = Some(Arc::new(Grey));
    let rig = Rig::with_previews(film, archive, vec![row], vec![0], previews);
    rig.wait_for_picture(at(12.0).plus_micros(-1));
    for seconds in [1.5, 3.2, 5.9] {
        rig.send(PlaybackCommand::Seek { at: at(seconds), exact: false });
        let begins = at((seconds / 2.0).floor() * 2.0);
        rig.wait("a random access point", |snapshot| {
            matches!(state(snapshot), ViewState::Showing { picture, exact: false, .. }
                if picture.at == begins && (picture.width, picture.height) == TILE)
        });
    }
    rig.seek(at(5.9));
    rig.wait_for_picture(at(5.9));
    // What has been decoded is shown at once, and nearer than a random access point.
    rig.send(PlaybackCommand::Seek { at: at(5.5), exact: false });
    let near = at(5.48);
    rig.wait("a kept frame", |snapshot| {
        matches!(state(snapshot), ViewState::Showing { picture, exact: false, .. }
            if picture.at == near)
    });
    rig.end();
}

#[test]
fn another_camera_goes_on_backward_at_the_same_speed() {
    let rig = Rig::new(Kind::InOrder);
    let gate =
        watchkeeper::model::StreamId { camera: CameraId::from_name("gate"), ..main_stream() };
    let units: Vec<usize> = (0..6 * GOP).collect();
    rig.archive.write(&gate, at(0.0), &rig.film, &units);
    rig.seek(at(9.0));
    rig.send(PlaybackCommand::SetSpeed(Speed::Double));
    rig.play_back();
    rig.wait_for_picture(at(9.0));
    rig.send(PlaybackCommand::Show(vec![(gate.camera, TILE), (main_stream().camera, TILE)]));
    rig.clock.advance(Duration::from_millis(500));
    let snapshot = rig.wait("both", |snapshot| {
        snapshot.views.len() == 2
            && snapshot.views.iter().all(|view| {
                matches!(&view.state, ViewState::Showing { picture, exact: true, .. }
                    if picture.at == at(8.0))
            })
    });
    assert!(snapshot.reverse && snapshot.playing && snapshot.speed == Speed::Double);
    rig.end();
}

#[test]
fn a_sub_stream_is_left_for_the_main_stream_and_entered_again_where_that_ends() {
    let film = Film::shared(Kind::InOrder);
    let archive = Archive::new();
    let stream = main_stream();
    let sub = StreamId::new(stream.camera.clone(), StreamKind::Sub);
    let all: Vec<usize> = (0..6 * GOP).collect();
    // The border lies within pictures and within groups of the sub stream.
    let main = archive.write(&stream, at(2.73), &film, &all[4 * GOP..5 * GOP]);
    let sub = archive.write(&sub, at(0.0), &film, &all);
    let rig = Rig::over(film, archive, vec![main, sub], vec![4 * GOP, 0]);
    for (reverse, begin) in [(false, 2.5), (true, 5.0)] {
        let mut playhead = at(begin);
        rig.send(PlaybackCommand::Pause);
        rig.send(PlaybackCommand::SetReverse(reverse));
        rig.seek(playhead);
        rig.send(PlaybackCommand::Play);
        rig.wait("playing", |snapshot| snapshot.playing && snapshot.reverse == reverse);
        rig.wait_for_picture(playhead);
        for _ in 0..65 {
            rig.clock.advance(Duration::from_millis(40));
            playhead = playhead.plus_micros(if reverse { -40_000 } else { 40_000 });
            rig.wait_for_picture(playhead);
        }
    }
    rig.end();
}
