//! Deletions that are interrupted: whatever was marked is gone after the next repair, nothing else is, and
//! the reason is told.

use proptest::collection::vec;
use proptest::prelude::*;
use watchkeeper::index::{Change, Finding, Outcome, check};
use watchkeeper::model::{DeletionCause, GapReason, SegmentRow, WallSpan, WallTime};
use watchkeeper::storage::Volume;

use crate::rig::{Rig, Step, start_of};

/// How the one who deletes ends.
#[derive(Clone, Debug)]
enum End {
    Killed,
    PowerCut(u64),
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![Just(End::Killed), any::<u64>().prop_map(End::PowerCut)]
}

fn now() -> WallTime {
    start_of(1_000)
}

/// Finished segments, one after the other.
fn archive(segments: usize) -> Rig {
    let mut rig = Rig::new();
    for number in 0..segments {
        let camera = number % 2;
        rig.step(&Step::Append { camera, samples: 25 }).expect("appends");
        rig.step(&Step::Finish { camera }).expect("finishes");
    }
    let beat = [Change::Heartbeat(now())];
    rig.index().apply(&beat).expect("applies");
    rig
}

/// The four steps of a deletion, of which the first `steps` are done.
fn delete(rig: &Rig, row: &SegmentRow, cause: DeletionCause, steps: usize) {
    let (stream, start) = (row.stream.clone(), row.start);
    if steps > 0 {
        let mark =
            Change::MarkDeleting { stream: stream.clone(), start, volume: row.volume, cause };
        rig.index().apply(&[mark]).expect("applies");
    }
    if steps > 1 {
        rig.volume.remove(&row.path).expect("removes");
    }
    if steps > 2 {
        rig.volume.sync_folder(&row.path).expect("syncs");
    }
    if steps > 3 {
        let (volume, span) = (row.volume, row.span());
        let gone = Change::Deleted { stream, start, volume, span, cause, at: now() };
        rig.index().apply(&[gone]).expect("applies");
    }
}

/// It is no footage, and that is told with its reason.
fn assert_gone(rig: &Rig, row: &SegmentRow, cause: DeletionCause) {
    assert_eq!(rig.volume.bytes(&row.path), None, "{}", row.path);
    let reader = rig.index().reader();
    assert_eq!(reader.segment(&row.stream, row.start).expect("reads"), None);
    let camera = &row.stream.camera;
    let gaps = reader.gaps(camera, row.span(), &[]).expect("reads");
    let reason = GapReason::Deleted { cause, at: now() };
    assert_eq!(gaps, [(row.span(), reason.clone())]);
    let told = reader.reason_at(camera, row.span(), row.start).expect("reads");
    assert_eq!(told, (reason, row.end));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_interrupted_deletion_is_completed_and_nothing_else_goes(
        done in vec(0..=4_usize, 1..8),
        end in end(),
        faults in proptest::option::of(1..4_u64),
    ) {
        let mut rig = archive(done.len());
        let rows = rig.rows();
        let cause = |number: usize| DeletionCause::ALL[number % 4];
        for (number, (row, steps)) in rows.iter().zip(&done).enumerate() {
            delete(&rig, row, cause(number), *steps);
        }
        match end {
            End::Killed => rig.volume.restart(),
            End::PowerCut(seed) => rig.volume.crash(seed),
        }
        let served = rig.rows();
        let kept: Vec<_> =
            rows.iter().zip(&done).filter(|(_, steps)| **steps == 0).map(|(row, _)| row).collect();
        prop_assert_eq!(served.iter().collect::<Vec<_>>(), kept, "what is marked is no footage");
        let looked = check(&rig.index().reader(), &rig.volumes(), &[]).expect("checks");
        prop_assert_eq!(looked.problems, []);

        // A repair that is disturbed says so, and the next one completes it.
        rig.volume.fail_every(faults);
        let report = rig.repair();
        let failed = |problem: &watchkeeper::index::Problem| {
            problem.finding == Finding::NotDeleted && matches!(problem.outcome, Outcome::Failed(_))
        };
        prop_assert!(report.problems.iter().all(failed), "{:?}", report);
        prop_assert!(faults.is_some() || report.problems.is_empty());
        rig.volume.fail_every(None);
        prop_assert_eq!(rig.repair().problems, []);

        for (number, (row, steps)) in rows.iter().zip(&done).enumerate() {
            if *steps == 0 {
                prop_assert!(rig.volume.bytes(&row.path).is_some());
            } else {
                assert_gone(&rig, row, cause(number));
            }
        }
        let operations = rig.volume.operations();
        prop_assert_eq!(rig.repair().problems, []);
        prop_assert_eq!(rig.volume.operations(), operations, "there is nothing left to do");
    }
}

#[test]
fn a_deletion_that_is_killed_in_the_removal_is_completed() {
    let mut rig = archive(1);
    let row = rig.rows()[0].clone();
    delete(&rig, &row, DeletionCause::LowSpace, 1);
    rig.volume.halt_after(1);
    assert!(rig.volume.remove(&row.path).is_err());
    rig.volume.restart();
    assert!(rig.volume.bytes(&row.path).is_some());
    assert_eq!(rig.repair().problems, []);
    assert_gone(&rig, &row, DeletionCause::LowSpace);
}

#[test]
fn what_is_being_deleted_is_in_no_answer_but_counts_until_it_is_gone() {
    let rig = archive(3);
    let rows = rig.rows();
    let first = rows[0].clone();
    let camera = &first.stream.camera;
    let reader = rig.index().reader();
    let whole = reader.archive().expect("reads").expect("there is footage");
    let bytes = |rows: &[SegmentRow]| -> u64 {
        rows.iter().filter(|row| row.stream.camera == *camera).map(|row| row.bytes).sum()
    };
    delete(&rig, &first, DeletionCause::Retention, 1);
    assert_eq!(reader.segments(&first.stream, WallSpan::ALL).expect("reads").len(), 1);
    assert_eq!(reader.segment_at(&first.stream, first.start).expect("reads"), None);
    let next = reader.first_after(&first.stream, first.start).expect("reads");
    assert_eq!(next.as_ref().map(|row| row.start), Some(rows[1].start));
    assert_eq!(reader.last_before(&first.stream, rows[1].start).expect("reads"), None);
    assert_eq!(reader.oldest(&first.stream, 5).expect("reads"), [next.expect("a row")]);
    assert_eq!(reader.coverage(camera, first.span(), 0).expect("reads"), []);
    assert!(reader.archive().expect("reads").expect("there is footage").start > whole.start);
    assert_eq!(reader.usage().expect("reads")[camera], bytes(&rows));
    delete(&rig, &first, DeletionCause::Retention, 4);
    assert_eq!(reader.usage().expect("reads")[camera], bytes(&rows[1..]));
}
