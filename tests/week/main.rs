//! A week of eight cameras on a simulated clock: every mode, a change of clocks, restarts and crashes, time
//! offline, sleep, a clock that is set, a full disk, retention and locks. In the end each second of the week
//! has one answer, and it is the one that the script implies.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "../bare_stream/mod.rs"]
mod bare_stream;
#[path = "../local_clock/mod.rs"]
mod local_clock;
mod model;
mod rig;
mod script;

use std::collections::{BTreeMap, BTreeSet};

use watchkeeper::engine::recordings::{Answer, Question, Recordings};
use watchkeeper::model::{
    CoverageKind, DeletionCause, GapReason, RecordingState, SegmentRow, SegmentState, StreamKind,
    WallSpan,
};
use watchkeeper::storage::Volume;

use model::{Model, What};
use rig::Rig;
use script::{CAMERAS, END, START, Script, camera, wall};

/// Where a state begins or ends the answer may be off by this many seconds: a GOP, and the round of the
/// recorder.
const TOLERANCE: i64 = 6;

/// The pre-roll holds as many seconds at least, with the GOP in front of them.
const PRE_ROLL: i64 = 12;

/// A segment is this long at most, in seconds, with the round of the retention behind it.
const SEGMENT: i64 = 3_600 + 600 + 120;

fn span() -> WallSpan {
    WallSpan::new(wall(START), wall(END))
}

fn explained(recordings: &Recordings, number: usize) -> Vec<(WallSpan, RecordingState)> {
    let question = Question::Explain { camera: camera(number), from: wall(START), to: wall(END) };
    match recordings.answer(&question).expect("is answered") {
        Answer::Explain(stretches) => stretches,
        other => panic!("{other:?}"),
    }
}

/// Without holes and without overlaps.
fn assert_tiles(stretches: &[(WallSpan, RecordingState)], number: usize) {
    let mut from = wall(START);
    for (span, state) in stretches {
        assert_eq!(span.start, from, "camera {number}: {state:?} {span:?}");
        assert!(!span.is_empty(), "camera {number}: {state:?} {span:?}");
        from = span.end;
    }
    assert_eq!(from, wall(END), "camera {number}");
}

/// Deleted footage: was there any, was it free to go, and by a rule that was in force?
fn assert_may_go(script: &Script, number: usize, second: i64, state: &RecordingState) {
    let RecordingState::Idle(GapReason::Deleted { cause, at }) = state else { return };
    let at = at.as_micros() / 1_000_000;
    let locked = script.locks.iter().any(|lock| {
        lock.camera == number && lock.span.0 <= second && second < lock.span.1 && at < lock.until
    });
    assert!(!locked, "camera {number}: {} was locked at {}", wall(second), wall(at));
    match cause {
        DeletionCause::Retention => {
            let keep = script.keep(number).expect("it has a retention");
            assert!(at - second >= keep, "camera {number}: {} went early", wall(second));
        }
        DeletionCause::LowSpace => assert!(at >= script.low_space, "{}", wall(at)),
        DeletionCause::SizeLimit => assert!(at >= script.size_limit, "{}", wall(at)),
        DeletionCause::Operator => panic!("nobody deletes by hand"),
    }
}

/// Holds the answers of a camera against the model, second by second.
fn compare(
    model: &Model,
    script: &Script,
    stretches: &[(WallSpan, RecordingState)],
    number: usize,
) {
    let mut stretch = stretches.iter().peekable();
    let by_motion = What::By(CoverageKind::Motion);
    let mut wrong: Vec<(i64, What, Vec<What>)> = Vec::new();
    for second in START..END {
        let middle = wall(second).plus_micros(500_000);
        while stretch.peek().is_some_and(|(span, _)| span.end <= middle) {
            stretch.next();
        }
        let (_, state) = stretch.peek().expect("they tile the week");
        let what = What::of(state);
        if what == What::Deleted {
            assert_may_go(script, number, second, state);
        }
        // What moved already when the schedule began is recorded with its pre-roll.
        let soon = |ahead| model.at(number, second + ahead).contains(&by_motion);
        let is_outside = model.at(number, second).contains(&What::Outside);
        let is_footage = what == by_motion || what == What::Deleted;
        let is_early = is_outside && is_footage && (0..PRE_ROLL).any(soon);
        if is_early || (what == What::Waiting && script.waits(second)) {
            continue;
        }
        let said = |at: i64| {
            let said = model.at(number, at);
            said.contains(&what)
                || (what == What::Deleted && said.iter().any(|s| s.was_in_a_file()))
        };
        let tolerance = TOLERANCE + script.margin(second);
        if !said(second) && !(second - tolerance..=second + tolerance).any(said) {
            wrong.push((second, what, model.at(number, second).to_vec()));
        }
    }
    let mut shown = Vec::new();
    for (second, what, said) in &wrong {
        if shown.last().is_none_or(|(_, last, what2, said2)| {
            *last + 1 != *second || what2 != what || said2 != said
        }) {
            shown.push((*second, *second, *what, said.clone()));
        } else if let Some(last) = shown.last_mut() {
            last.1 = *second;
        }
    }
    let told = |(from, to, what, said): &(i64, i64, What, Vec<What>)| {
        format!("{} to {}: {what:?} instead of {said:?}", wall(*from), wall(*to))
    };
    let told: Vec<String> = shown.iter().map(told).collect();
    assert!(wrong.is_empty(), "camera {number}: {} seconds {told:#?}", wrong.len());
}

/// Nothing that is locked has gone, and nothing is left that should have.
fn assert_kept(
    rig: &Rig,
    recordings: &Recordings,
    script: &Script,
    rows: &[SegmentRow],
    model: &Model,
) {
    for lock in script.locks.iter().filter(|lock| lock.until > END) {
        let stretches = explained(recordings, lock.camera);
        for second in lock.span.0..lock.span.1 {
            let at = wall(second).plus_micros(500_000);
            let (_, state) = stretches.iter().find(|(span, _)| span.contains(at)).expect("tiled");
            assert_ne!(What::of(state), What::Deleted, "{}", wall(second));
        }
        let there = (lock.span.0..lock.span.1).any(|s| model.at(lock.camera, s)[0].is_footage());
        assert!(there, "a lock of nothing shows nothing");
    }
    let is_locked = |row: &SegmentRow| {
        script.locks.iter().filter(|lock| lock.until > END).any(|lock| {
            let span = WallSpan::new(wall(lock.span.0), wall(lock.span.1));
            row.stream.camera == camera(lock.camera) && span.overlaps(row.span())
        })
    };
    let free: Vec<&SegmentRow> = rows.iter().filter(|row| !is_locked(row)).collect();
    for row in &free {
        let number = (0..CAMERAS).find(|n| camera(*n) == row.stream.camera).expect("one of ours");
        if let Some(keep) = script.keep(number) {
            let age = END - row.end.as_micros() / 1_000_000;
            assert!(age <= keep + SEGMENT, "camera {number}: {} is {age} s old", row.path);
        }
    }
    let used: u64 = rows.iter().map(|row| row.bytes).sum();
    let limit = rig.max_bytes().expect("a limit was set");
    // Files that were closed since the last round have got their last bytes.
    let closed = CAMERAS as u64 * 200_000;
    assert!(used <= limit + closed, "{used} of {limit}");
    let space = rig.volume.space().expect("space");
    assert!(space.free >= space.total / 50, "{space:?}");
    // For want of room the oldest goes first, whosever it is.
    let mut causes = BTreeSet::new();
    for number in 0..CAMERAS {
        for gone in recordings.reader.deleted(&camera(number), span()).expect("reads") {
            causes.insert(gone.cause);
            if gone.cause != DeletionCause::Retention {
                let older =
                    |row: &&&SegmentRow| row.start.plus_micros(SEGMENT * 1_000_000) < gone.span.end;
                let older = free.iter().find(older);
                assert!(older.is_none(), "{older:?} is older than {gone:?}");
            }
        }
    }
    use DeletionCause::{LowSpace, Retention, SizeLimit};
    assert_eq!(causes, BTreeSet::from([LowSpace, Retention, SizeLimit]));
}

/// Index and files are the same.
fn assert_files(rig: &Rig, recordings: &Recordings, rows: &[SegmentRow]) {
    let files: BTreeMap<String, u64> =
        rig.volume.list().expect("lists").into_iter().map(|f| (f.path, f.bytes)).collect();
    let known: BTreeMap<String, u64> =
        rows.iter().map(|row| (row.path.clone(), row.bytes)).collect();
    assert_eq!(known.len(), rows.len(), "a path is named twice");
    let unknown: Vec<_> = files.iter().filter(|(path, _)| !known.contains_key(*path)).collect();
    assert!(unknown.is_empty(), "unknown to the index: {unknown:?}");
    assert_eq!(files, known);
    assert!(
        rows.iter()
            .all(|row| { matches!(row.state, SegmentState::Finished | SegmentState::Recovered) })
    );
    let checked = recordings.answer(&Question::Check).expect("is answered");
    let Answer::Check { problems, remarks } = checked else { panic!("{checked:?}") };
    assert_eq!((problems, remarks), (Vec::new(), Vec::new()));
}

/// The main stream of the camera that records it on motion, on top of its sub stream.
fn assert_main_on_motion(rows: &[SegmentRow], script: &Script) {
    let number = script::LOBBY;
    let main: Vec<WallSpan> = rows
        .iter()
        .filter(|row| row.stream.camera == camera(number) && row.stream.kind == StreamKind::Main)
        .map(SegmentRow::span)
        .collect();
    assert!(!main.is_empty());
    let inside = |second: i64, spans: &[(i64, i64)]| {
        spans.iter().any(|(from, to)| *from <= second && second < *to)
    };
    let wanted = model::around_motion(script, number);
    let widened: Vec<(i64, i64)> =
        wanted.iter().map(|((from, to), _)| (from - TOLERANCE, to + TOLERANCE)).collect();
    let oldest = main.iter().map(|span| span.start).min().expect("some");
    for span in &main {
        for second in span.start.as_micros() / 1_000_000..span.end.as_micros() / 1_000_000 {
            assert!(inside(second, &widened), "{} is no motion", wall(second));
        }
    }
    let certain = wanted.into_iter().filter(|(_, is_certain)| *is_certain);
    for ((from, to), _) in certain.filter(|((from, _), _)| wall(*from) > oldest) {
        for second in from + TOLERANCE..to - TOLERANCE {
            let at = wall(second);
            assert!(main.iter().any(|span| span.contains(at)), "{at} is missing");
        }
    }
}

#[test]
fn every_second_of_a_week_has_the_answer_that_the_script_implies() {
    let script = Script::new();
    let model = Model::new(&script);
    let mut rig = Rig::new();
    rig.play(&script);
    let recordings = rig.recordings();
    let rows = recordings.reader.all_segments().expect("reads");
    println!("{} segments, {} file operations", rows.len(), rig.volume.operations());
    let mut seen = BTreeSet::new();
    for number in 0..CAMERAS {
        let stretches = explained(&recordings, number);
        assert_tiles(&stretches, number);
        compare(&model, &script, &stretches, number);
        seen.extend(stretches.iter().map(|(_, state)| What::of(state)));
    }
    let all = What::ALL.into_iter().filter(|what| !seen.contains(what)).collect::<Vec<_>>();
    assert!(all.is_empty(), "the week does not show {all:?}");
    assert_kept(&rig, &recordings, &script, &rows, &model);
    assert_files(&rig, &recordings, &rows);
    assert_main_on_motion(&rows, &script);
}
