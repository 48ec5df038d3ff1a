//! Playback shows the picture that the index says: after seeks, steps, at every speed, across segments and
//! gaps, and beside damage. Needs `ffmpeg`.

#![allow(clippy::expect_used)]

mod footage;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use footage::rig::{PATIENCE, Rig, at, main_stream, state};
use footage::{Archive, FRAME, Film, GOP, Kind, TILE, expected};
use watchkeeper::index::Change;
use watchkeeper::model::{
    CameraId, DeletionCause, GapReason, SegmentRow, StreamId, StreamKind, WallSpan, WallTime,
};
use watchkeeper::playback::{PlaybackError, exact_picture};
use watchkeeper::protocol::{PlaybackCommand, Speed, ViewState};
use watchkeeper::simulate::{EncodedLoop, LoopSpec, read_frame_number};
use watchkeeper::storage::Volume;

const BOTH: [Kind; 2] = [Kind::InOrder, Kind::Reordered];

#[test]
fn a_seek_shows_the_picture_that_the_index_says() {
    for kind in BOTH {
        let rig = Rig::new(kind);
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
    let rig = Rig::new(Kind::InOrder);
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
    let rig = Rig::new(Kind::Reordered);
    for seconds in [1.5, 3.99, 4.0, 9.1, 2.2] {
        rig.send(PlaybackCommand::Seek { at: at(seconds), exact: false });
        let begins = at((seconds / 2.0).floor() * 2.0);
        rig.wait("a random access point", |snapshot| {
            matches!(state(snapshot), ViewState::Showing { picture, exact: false, .. }
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

fn step(frames: i32) -> PlaybackCommand {
    PlaybackCommand::Step { camera: main_stream().camera, frames }
}

#[test]
fn steps_are_exact_across_segments_and_gaps() {
    for kind in BOTH {
        let rig = Rig::new(kind);
        let frames: Vec<WallTime> = rig
            .rows
            .iter()
            .flat_map(|row| (0..row.frames as i64).map(|n| row.wall_at(n * FRAME)))
            .collect();
        // Around the seam at 6 s and the gap from 12 s to 17 s, forward and back, then far.
        for begin in [6 * 25 - 3, 12 * 25 - 3] {
            rig.seek(frames[begin].plus_micros(10));
            for frame in &frames[begin + 1..begin + 7] {
                rig.send(step(1));
                rig.wait_for_picture(*frame);
            }
            for frame in frames[begin..begin + 6].iter().rev() {
                rig.send(step(-1));
                rig.wait_for_picture(*frame);
            }
        }
        for (from, by, to) in [(10, 320, 330), (330, -300, 30), (3, -10, 0), (395, 30, 399)] {
            rig.seek(frames[from]);
            rig.send(step(by));
            rig.wait_for_picture(frames[to]);
        }
        // From inside the gap the nearest frame is one step away.
        for (by, to) in [(1, 300), (-1, 299)] {
            rig.seek(at(14.0));
            rig.send(step(by));
            rig.wait_for_picture(frames[to]);
        }
        assert!(!rig.shown.playback.get().expect("published").playing, "a step pauses");
        rig.end();
    }
}

#[test]
fn time_passes_at_every_speed() {
    for kind in BOTH {
        let rig = Rig::new(kind);
        for speed in Speed::ALL {
            rig.seek(at(0.5));
            rig.send(PlaybackCommand::SetSpeed(speed));
            rig.play();
            rig.wait_for_picture(at(0.5));
            let mut playhead = at(0.5);
            for step in 1..=25_u32 {
                let real = Duration::from_millis(40 + u64::from(step % 3));
                rig.clock.advance(real);
                playhead = playhead.plus_micros(real.as_micros() as i64 * speed.quarters() / 4);
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
    let rig = Rig::new(Kind::InOrder);
    rig.seek(at(13.0));
    let (reason, before, after) = rig.wait_for_gap();
    assert_eq!(reason, GapReason::CameraOffline("no answer".into()));
    assert_eq!(before, Some(rig.rows[1].end.plus_micros(-1)));
    assert_eq!(after, Some(rig.rows[2].start));
    rig.seek(before.expect("before"));
    rig.wait_for_picture(rig.rows[1].end.plus_micros(-1));

    rig.play();
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
    let rig = Rig::new(Kind::InOrder);
    rig.seek(at(-100.0));
    assert_eq!(rig.wait_for_gap(), (GapReason::Unknown, None, Some(at(0.0))));
    rig.seek(at(100.0));
    let last = rig.rows[2].end.plus_micros(-1);
    rig.wait("the end", |snapshot| {
        matches!(state(snapshot), ViewState::NoFootage { before, after: None, reason }
            if *before == Some(last) && *reason == GapReason::NotRunning)
    });
    rig.end();
}

#[test]
fn player_and_timeline_give_the_same_reasons_also_for_what_was_deleted() {
    let film = Film::shared(Kind::InOrder);
    let archive = Archive::new();
    let stream = main_stream();
    let units: Vec<usize> = (0..GOP).collect();
    let rows: Vec<_> =
        [0.0, 10.0, 20.0].map(|s| archive.write(&stream, at(s), &film, &units)).into();
    let offline = GapReason::CameraOffline("no answer".into());
    archive.journal(&stream.camera, at(0.0), None);
    archive.journal(&stream.camera, at(5.0), Some(offline.clone()));
    archive.journal(&stream.camera, at(9.0), None);
    let SegmentRow { start, volume, .. } = rows[1];
    let (span, cause) = (rows[1].span(), DeletionCause::Retention);
    let gone = Change::Deleted { stream: stream.clone(), start, volume, span, cause, at: at(99.0) };
    archive.index.apply(&[gone]).expect("applied");

    let (footage, reader) = (archive.footage(), archive.index.reader());
    let whole = WallSpan::new(at(-5.0), at(30.0));
    let covered = reader.coverage(&stream.camera, whole, 0).expect("reads");
    let gaps = reader.gaps(&stream.camera, whole, &covered).expect("reads");
    for (hole, reason) in &gaps {
        for moment in [hole.start, hole.end.plus_micros(-1)] {
            let gap = footage.gap(&stream.camera, moment).expect("reads");
            assert_eq!((&gap.reason, gap.until.min(whole.end)), (reason, hole.end), "{moment}");
        }
    }
    let reasons: Vec<_> = gaps.into_iter().map(|(_, reason)| reason).collect();
    let deleted = GapReason::Deleted { cause, at: at(99.0) };
    let unknown = GapReason::Unknown;
    assert_eq!(reasons, [unknown.clone(), offline, deleted, unknown.clone(), unknown]);
}

#[test]
fn a_paused_console_is_not_woken() {
    let rig = Rig::new(Kind::InOrder);
    let wakes_while_idle = || {
        std::thread::sleep(Duration::from_millis(200));
        let before = rig.wakes.load(Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(400));
        rig.wakes.load(Ordering::SeqCst) - before
    };
    rig.seek(at(1.0));
    rig.wait_for_picture(at(1.0));
    assert_eq!(wakes_while_idle(), 0);
    rig.seek(at(13.0));
    rig.wait_for_gap();
    assert_eq!(wakes_while_idle(), 0);
    rig.end();
}

#[test]
fn several_cameras_play_in_step_each_with_its_own_footage() {
    let rig = Rig::new(Kind::InOrder);
    let film = Film::shared(Kind::Reordered);
    let gate = StreamId::new(CameraId::from_name("gate"), StreamKind::Sub);
    let units: Vec<usize> = (0..6 * GOP).collect();
    let row = rig.archive.write(&gate, at(4.0), &film, &units);
    let tiles = vec![(gate.camera.clone(), TILE), (main_stream().camera, TILE)];
    rig.send(PlaybackCommand::Show(tiles));
    rig.seek(at(3.5));
    rig.play();
    for n in 0..30 {
        let playhead = at(3.5).plus_micros(n * 100_000);
        let snapshot = rig.wait("both", |snapshot| {
            let [theirs, ours] = &snapshot.views[..] else { return false };
            let begins = at(0.0).plus_micros(playhead.micros_since(at(0.0)) / 40_000 * 40_000);
            let shows = |state: &ViewState| {
                matches!(state, ViewState::Showing { picture, exact: true, .. }
                    if picture.at == begins)
            };
            let gap = matches!(&theirs.state, ViewState::NoFootage { after, .. }
                if *after == Some(row.start));
            shows(&ours.state) && if playhead < row.start { gap } else { shows(&theirs.state) }
        });
        assert_eq!(snapshot.views[0].camera, gate.camera);
        rig.clock.advance(Duration::from_millis(100));
    }
    rig.end();
}

#[test]
fn a_new_tile_size_shows_the_same_picture_in_it() {
    let rig = Rig::new(Kind::InOrder);
    rig.seek(at(1.0));
    rig.wait_for_picture(at(1.0));
    rig.send(PlaybackCommand::Show(vec![(main_stream().camera, (80, 80))]));
    rig.wait("smaller", |snapshot| {
        matches!(state(snapshot), ViewState::Showing { picture, exact: true, .. }
            if (picture.width, picture.height) == (80, 45) && picture.at == at(1.0))
    });
    rig.send(PlaybackCommand::Show(Vec::new()));
    rig.wait("nothing", |snapshot| snapshot.views.is_empty());
    rig.end();
}

#[test]
fn damage_holds_the_last_picture_until_the_next_random_access_point() {
    let rig = Rig::new(Kind::InOrder);
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
    rig.play();
    rig.clock.advance(Duration::from_millis(300));
    rig.wait("the damage", |snapshot| {
        matches!(state(snapshot), ViewState::Showing { picture, damaged: true, .. }
            if rig.film.number(&picture.rgba) == Some(69))
    });
    rig.clock.advance(Duration::from_millis(1_020));
    rig.wait_for_picture(at(4.02));
    // Sought from afar, the picture held is of the same group.
    rig.send(PlaybackCommand::Pause);
    rig.seek(at(3.5));
    rig.wait("the damage again", |snapshot| {
        matches!(state(snapshot), ViewState::Showing { picture, damaged: true, .. }
            if rig.film.number(&picture.rgba) == Some(69))
    });
    let error = exact_picture(&rig.archive.footage(), &main_stream().camera, at(3.5));
    assert!(error.is_err());
    rig.end();
}

#[test]
fn decoding_that_is_too_slow_falls_back_to_random_access_points_and_says_so() {
    let film = Film::shared(Kind::InOrder);
    let archive = Archive::new();
    let units: Vec<usize> = (0..100).flat_map(|_| 0..6 * GOP).collect();
    let row = archive.write(&main_stream(), at(0.0), &film, &units);
    let rig = Rig::over(film, archive, vec![row], vec![0]);
    rig.seek(at(0.0));
    rig.send(PlaybackCommand::SetSpeed(Speed::Eight));
    rig.play();
    // A clock that runs away from any decoder.
    let deadline = Instant::now() + PATIENCE;
    while !rig.shown.playback.get().is_some_and(|snapshot| snapshot.key_frames_only) {
        rig.clock.advance(Duration::from_millis(25));
        std::thread::sleep(Duration::from_millis(1));
        assert!(Instant::now() < deadline, "never too slow");
    }
    let snapshot = rig.wait("a random access point", |snapshot| {
        matches!(state(snapshot), ViewState::Showing { picture, exact: false, .. }
            if rig.film.number(&picture.rgba).is_some_and(|number| number % GOP == 0))
    });
    assert_eq!(snapshot.speed, Speed::Eight);
    rig.send(PlaybackCommand::SetSpeed(Speed::Normal));
    rig.wait("all pictures again", |snapshot| {
        !snapshot.key_frames_only
            && matches!(state(snapshot), ViewState::Showing { exact: true, .. })
    });
    rig.end();
}

#[test]
fn a_snapshot_is_the_exact_picture_and_prefers_the_main_stream() {
    let film = Film::shared(Kind::Reordered);
    let small = Film::encode("160x90", 4 * GOP, &["-bf", "0"]);
    let archive = Archive::new();
    let stream = main_stream();
    let sub = StreamId::new(stream.camera.clone(), StreamKind::Sub);
    let all: Vec<usize> = (0..4 * GOP).collect();
    let main_row = archive.write(&stream, at(0.0), &film, &all[..2 * GOP]);
    let sub_row = archive.write(&sub, at(0.0), &small, &all);
    let footage = archive.footage();
    for n in 0..20_i64 {
        let moment = at(0.0).plus_micros(n * 1_111_111 % 8_000_000);
        let exact = exact_picture(&footage, &stream.camera, moment).expect("a picture");
        let from_main = main_row.span().contains(moment);
        assert_eq!(exact.stream.kind == StreamKind::Main, from_main);
        assert_eq!(exact.picture.width, if from_main { 320 } else { 160 });
        let (_, frame) = expected(&[if from_main { &main_row } else { &sub_row }.clone()], moment)
            .expect("footage there");
        assert_eq!(exact.picture.at, at(0.0).plus_micros(frame as i64 * 40_000));
    }
    let error = exact_picture(&footage, &stream.camera, at(9.0)).expect_err("a gap");
    assert!(matches!(error, PlaybackError::NoFootage { .. }), "{error}");
}

#[test]
fn the_number_burnt_in_is_the_one_that_the_index_says() {
    let spec = LoopSpec::new(1, (640, 360), 25, 8, 1_000_000);
    let film = Film::simulated(EncodedLoop::make(&spec).expect("a loop"));
    let archive = Archive::new();
    let stream = main_stream();
    let all: Vec<usize> = (0..film.units.len()).collect();
    let (half, rest) = all.split_at(2 * GOP);
    let first = archive.write(&stream, at(0.0), &film, half);
    let second = archive.write(&stream, first.end, &film, rest);
    let footage = archive.footage();
    let rows = [first, second];
    for n in 0..50_i64 {
        let moment = at(0.0).plus_micros(n * 3_333_337 % 8_000_000);
        let exact = exact_picture(&footage, &stream.camera, moment).expect("a picture");
        let (width, height) = (exact.picture.width, exact.picture.height);
        let green: Vec<u8> = exact.picture.rgba.chunks(4).map(|pixel| pixel[1]).collect();
        let (row, frame) = expected(&rows, moment).expect("footage there");
        let number = read_frame_number(&green, width, width, height);
        assert_eq!(number, Some((row * 2 * GOP + frame) as u32), "at {moment}");
    }
}
