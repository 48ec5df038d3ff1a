//! One hour of two cameras, with a schedule, motion, a recording by hand, time offline, rotation and
//! deletions, played again and again: each time another file operation fails, or is the one in which the
//! program is killed or the power is cut. After the next start nothing that was promised is missing, nothing
//! is there twice, and each second of the hour has an answer.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "../bare_stream/mod.rs"]
mod bare_stream;
#[path = "../bare_stream/numbered.rs"]
mod numbered;
mod rig;

use std::collections::{BTreeMap, BTreeSet};

use watchkeeper::engine::recordings::{Answer, Question};
use watchkeeper::model::{GapReason, RecordingState, SegmentState, WallSpan};
use watchkeeper::storage::FaultyVolume;

use rig::{CAMERAS, End, GOP, HOUR, Rig, STEP, camera, wall};

/// Cases of each test. With more operations than that, every second or third one is taken.
const CASES: usize = 550;

/// Pictures that one failure may cost: what is left of a GOP, and those that wait for the next attempt.
const COST: u64 = GOP + 3;

/// Pictures that pass at most between two operations on a volume that fails.
const PAUSE: u64 = 2;

type Pictures = BTreeSet<u64>;

/// The pictures of each camera in the files of a rig that was started again, each once and in the file that
/// the index names.
fn pictures(rig: &Rig) -> Vec<Pictures> {
    let mut found = vec![Pictures::new(); CAMERAS];
    for row in rig.rows() {
        let number = (0..CAMERAS).find(|n| camera(*n) == row.stream.camera).expect("one of ours");
        assert!(matches!(row.state, SegmentState::Finished | SegmentState::Recovered), "{row:?}");
        let inside = rig.pictures_in(&row.path);
        assert_eq!(inside.len() as u64, row.frames, "{}", row.path);
        let damaged = inside.iter().filter(|picture| picture.is_none()).count();
        assert!(damaged == 0 || rig.lost_power, "{}: {damaged} are damaged", row.path);
        let inside: Vec<u64> = inside.into_iter().flatten().collect();
        assert!(inside.windows(2).all(|pair| pair[0] < pair[1]), "{}: {inside:?}", row.path);
        for picture in inside {
            assert!(found[number].insert(picture), "{picture} is there twice, in {}", row.path);
        }
    }
    let files = rig.files();
    let rows: BTreeMap<String, u64> =
        rig.rows().into_iter().map(|row| (row.path, row.bytes)).collect();
    assert_eq!(files, rows);
    found
}

/// The hour is tiled, and footage is said to be where there is some. After `sure`, in what was not synced, a
/// power cut may have left holes in a file.
fn assert_explained(rig: &Rig, found: &[Pictures], until: i64, sure: i64) {
    for (number, found) in found.iter().enumerate() {
        let span = WallSpan::new(wall(0), wall(until));
        let question = Question::Explain { camera: camera(number), from: span.start, to: span.end };
        let answer = rig.recordings().answer(&question).expect("is answered");
        let Answer::Explain(stretches) = answer else { panic!("{answer:?}") };
        let mut from = span.start;
        for (part, state) in &stretches {
            assert_eq!(part.start, from, "{state:?} in {stretches:#?}");
            assert!(!part.is_empty());
            from = part.end;
            let footage = matches!(state, RecordingState::Recording(_));
            for step in 0..until / STEP {
                // The middle of a picture that is wholly inside.
                let (begin, end) = (wall(step * STEP), wall((step + 1) * STEP));
                if part.start <= begin && end <= part.end {
                    let there = found.contains(&u64::try_from(step).expect("positive"));
                    let is_told = there == footage || (footage && step * STEP >= sure);
                    assert!(is_told, "camera {number} at {begin}: {state:?}, {there}");
                }
            }
            let is_unknown = matches!(state, RecordingState::Idle(GapReason::Unknown));
            assert!(
                !is_unknown || part.start >= wall(sure),
                "camera {number}: {part:?} is unknown in {stretches:#?}"
            );
        }
        assert_eq!(from, span.end);
    }
}

/// All that was promised and has not been deleted since is there.
fn assert_promises(rig: &Rig, found: &[Pictures], case: &str) {
    for (number, found) in found.iter().enumerate() {
        let deleted = rig.deleted(number);
        let missing: Vec<u64> = rig.promised[number]
            .difference(found)
            .copied()
            .filter(|picture| {
                let at = wall(i64::try_from(*picture).expect("few") * STEP);
                !deleted.iter().any(|gone| gone.span.contains(at))
            })
            .collect();
        assert!(missing.is_empty(), "{case}: camera {number} lacks {missing:?}");
    }
}

/// The pictures in files, or deleted by rule.
fn recorded(rig: &Rig, found: &[Pictures], number: usize) -> Pictures {
    let mut all = found[number].clone();
    for gone in rig.deleted(number) {
        let inside =
            |picture: &u64| gone.span.contains(wall(i64::try_from(*picture).expect("few") * STEP));
        all.extend((0..HOUR.unsigned_abs() / STEP.unsigned_abs()).filter(inside));
    }
    all
}

/// The hour without any fault, and the number of its file operations.
fn undisturbed() -> (Vec<Pictures>, u64) {
    let mut rig = Rig::new();
    rig.play(&|_| {});
    let operations = rig.volume.operations();
    rig.restart(End::Stopped);
    let found = pictures(&rig);
    assert_explained(&rig, &found, HOUR, HOUR);
    assert_promises(&rig, &found, "undisturbed");
    let all: Vec<Pictures> = (0..CAMERAS).map(|number| recorded(&rig, &found, number)).collect();
    for (number, all) in all.iter().enumerate() {
        assert!(found[number].len() < all.len(), "the retention has something to do");
        for picture in 0..HOUR.unsigned_abs() / STEP.unsigned_abs() {
            if let Some(wanted) =
                rig::is_wanted(number, i64::try_from(picture).expect("few") * STEP)
            {
                assert_eq!(all.contains(&picture), wanted, "camera {number}, picture {picture}");
            }
        }
    }
    (all, operations)
}

fn cases(operations: u64) -> impl Iterator<Item = u64> {
    let step = usize::try_from(operations).expect("few").div_ceil(CASES);
    (1..=operations).step_by(step)
}

/// Plays the hour with faults and looks at what is there at the next start.
fn disturbed(fault: &dyn Fn(&FaultyVolume), case: &str) -> Vec<Pictures> {
    let mut rig = Rig::new();
    rig.play(fault);
    rig.restart(End::Stopped);
    let found = pictures(&rig);
    assert_explained(&rig, &found, HOUR, HOUR);
    assert_promises(&rig, &found, case);
    (0..CAMERAS).map(|number| recorded(&rig, &found, number)).collect()
}

#[test]
fn failed_operations_cost_the_rest_of_a_gop_and_their_time_at_most() {
    let (wanted, operations) = undisturbed();
    let mut played = 0;
    for count in [1, 30] {
        for operation in cases(operations) {
            let case = format!("{count} of {operations} operations fail from {operation} on");
            let all = disturbed(&|volume| volume.fail_some(operation, count), &case);
            for (number, (wanted, all)) in wanted.iter().zip(&all).enumerate() {
                let cost = COST + if count == 1 { 0 } else { PAUSE * count };
                let missing: Vec<u64> = wanted.difference(all).copied().collect();
                assert!(missing.len() as u64 <= cost, "{case}: camera {number} lacks {missing:?}");
                let more: Vec<u64> = all.difference(wanted).copied().collect();
                assert!(more.len() as u64 <= COST, "{case}: camera {number} has {more:?} too");
            }
            played += 1;
        }
    }
    println!("{played} hours with failed operations");
}

#[test]
fn a_volume_that_fails_all_the_time_keeps_what_it_promised() {
    for every in 1..40 {
        let case = format!("each {every}. operation fails");
        disturbed(&|volume| volume.fail_every(Some(every)), &case);
    }
}

fn halted(end: fn(u64) -> End) {
    let (wanted, operations) = undisturbed();
    let mut count = 0;
    for operation in cases(operations) {
        let mut rig = Rig::new();
        rig.play(&|volume| volume.halt_after(operation));
        let stopped = rig.second;
        rig.restart(end(operation));
        let case = format!("the end in operation {operation} of {operations}");
        let found = pictures(&rig);
        // The answers begin with what the journal has been told first.
        if stopped > rig::SWEEP {
            // A sweep comes before the pre-roll of what begins just then.
            let synced = (stopped - 1) / rig::SWEEP * rig::SWEEP - rig::PRE - rig::GOP_SECONDS;
            let is_whole = end(operation) == End::Killed;
            assert_explained(&rig, &found, stopped, if is_whole { stopped } else { synced });
        }
        assert_promises(&rig, &found, &case);
        for (number, wanted) in wanted.iter().enumerate() {
            let more: Vec<u64> = found[number].difference(wanted).copied().collect();
            assert!(more.is_empty(), "{case}: camera {number} has {more:?} too");
        }
        count += 1;
    }
    println!("{count} of {operations} operations were the last");
}

#[test]
fn killed_in_any_operation_what_was_promised_is_there() {
    halted(|_| End::Killed);
}

#[test]
fn when_the_power_is_cut_in_any_operation_what_was_promised_is_there() {
    halted(End::PowerCut);
}
