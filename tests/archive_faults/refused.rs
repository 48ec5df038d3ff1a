//! An archive that takes what others bring and refuses single files, or that answers and takes nothing.

use watchkeeper::engine::archive::ArchiveState;
use watchkeeper::index::Change;
use watchkeeper::model::DeletionCause;
use watchkeeper::storage::faulty_archive::{Refusal, Trouble};
use watchkeeper::storage::retention::Rules;

use crate::rig::{ARCHIVE, HOUR, LONG, Rig, SPOOL};
use crate::{Ways, all_until, assert_brought, ways};

/// Some writes.
static BYTES: [u8; 3 << 20] = [7; 3 << 20];

fn path(number: i64) -> String {
    format!("office/{number}.mp4")
}

#[test]
fn files_that_are_refused_do_not_hold_up_the_others() {
    for refusal in [Refusal::Denied, Refusal::Broken, Refusal::Taken] {
        for count in [1, 4] {
            let mut rig = Rig::new(ways(false));
            for number in 0..count {
                rig.put_row(&path(number), b"a recording", SPOOL, number - HOUR);
                rig.archive.refuse(&path(number), Some(refusal));
            }
            rig.play(3 * HOUR);
            let report = rig.report.clone();
            assert!(report.brought.files >= 12, "{refusal:?}: {report:?}");
            assert_eq!(report.aside, count.unsigned_abs(), "{refusal:?}: {report:?}");
            assert!(!matches!(report.state, ArchiveState::Denied(_) | ArchiveState::Offline(_)));
            let told = report.trouble.expect("somebody must look at it");
            assert!(told.contains("cannot be brought to memory://archive"), "{told}");
            let which = if count == 1 { path(0) } else { "4 recordings cannot be brought".into() };
            assert!(told.contains(&which), "{told}");
            (0..count).for_each(|number| rig.archive.refuse(&path(number), None));
            assert!(rig.catch_up(), "{:?}", rig.report);
            assert!((0..count).all(|number| rig.archive.bytes(&path(number)).is_some()));
            assert_eq!((rig.report.aside, rig.report.trouble.clone()), (0, None));
        }
    }
}

#[test]
fn one_that_is_refused_is_tried_again_by_itself() {
    let mut rig = Rig::new(ways(false));
    rig.put_segment(b"a recording");
    rig.put_row(&path(1), b"another", SPOOL, 1 - HOUR);
    rig.archive.refuse(LONG, Some(Refusal::Broken));
    let archive = rig.archive.clone();
    let calls = std::cell::Cell::new(0);
    rig.rounds(400, |rig| {
        // The other one is on its way: from now on this one is taken.
        calls.set(calls.get() + 1);
        rig.archive.refuse(LONG, None);
    });
    assert_eq!(archive.bytes(LONG).as_deref(), Some(b"a recording".as_slice()));
    assert!(calls.get() > 0);
}

#[test]
fn an_archive_that_takes_nothing_is_told_and_left_alone() {
    let mut rig = Rig::new(ways(false));
    rig.play(HOUR);
    rig.archive.set_trouble(Some(Trouble::ReadOnly));
    rig.play(2 * HOUR);
    let told = rig.report.sentence();
    assert!(matches!(rig.report.state, ArchiveState::Denied(_)), "{told}");
    assert!(told.contains("Check the storage"), "{told}");
    let before = rig.archive.operations();
    rig.play(4 * HOUR);
    let calls = rig.archive.operations() - before;
    assert!(calls < 24 * 8, "two hours are 24 attempts: {calls}");
    rig.archive.set_trouble(None);
    rig.play(5 * HOUR);
    assert_brought(&mut rig, true, "it may be written again");
    assert!(rig.pictures().iter().all(|found| *found == all_until(5 * HOUR)));
}

#[test]
fn a_copy_that_may_not_be_looked_at_does_not_hold_up_the_others() {
    let mut rig = Rig::new(ways(false));
    rig.put_row(&path(1), b"a recording", ARCHIVE, -2 * HOUR);
    rig.volume.put(&path(1), b"a recording");
    rig.archive.refuse(&path(1), Some(Refusal::Denied));
    rig.put_segment(b"another");
    rig.rounds(20, |_| {});
    assert!(rig.archive.bytes(LONG).is_some(), "{:?}", rig.report);
    rig.archive.refuse(&path(1), None);
    rig.rounds(90, |_| {});
    assert_eq!(rig.volume.bytes(&path(1)), None);
}

#[test]
fn interrupted_deletions_of_files_that_stay_hold_up_nothing() {
    let mut rig = Rig::new(ways(false));
    for number in 0..40 {
        rig.put_row(&path(number), b"a recording", ARCHIVE, number - 2 * HOUR);
        let (row, cause) = (rig.rows().pop().expect("a row"), DeletionCause::Retention);
        let (stream, start, volume) = (row.stream, row.start, row.volume);
        let mark = Change::MarkDeleting { stream, start, volume, cause };
        rig.index().apply(&[mark]).expect("applies");
        rig.archive.refuse(&path(number), (number < 39).then_some(Refusal::Denied));
    }
    rig.put_segment(b"another");
    rig.rounds(200, |_| {});
    assert!(rig.archive.bytes(LONG).is_some(), "{:?}", rig.report);
    assert_eq!(rig.archive.bytes(&path(39)), None, "the only one that may go");
    assert_eq!((rig.leaving().len(), rig.rows().len()), (39, 1));
}

#[test]
fn an_archive_that_removes_nothing_loses_only_so_much_footage() {
    let rules = Rules { auto_delete: true, keep: Some(HOUR * 1_000_000), ..Rules::default() };
    let mut rig = Rig::new(Ways { rules, ..ways(false) });
    for number in 0..100 {
        rig.put_row(&path(number), b"a recording", ARCHIVE, number - 2 * HOUR);
        rig.archive.refuse(&path(number), Some(Refusal::Broken));
    }
    rig.rounds(400, |_| {});
    let marked = rig.leaving().len();
    assert!((64..=80).contains(&marked), "{marked}");
}

#[test]
fn nothing_counts_as_brought_when_the_archive_turns_out_to_be_gone() {
    let mut rig = Rig::new(ways(false));
    rig.put_segment(&BYTES);
    rig.rounds(6, |rig| rig.archive.set_identity(None));
    assert!(rig.archive.bytes(LONG).is_some(), "it came to its end");
    assert!(matches!(rig.report.state, ArchiveState::Denied(_)), "{:?}", rig.report);
    assert!(rig.rows().iter().all(|row| row.volume == SPOOL));
    assert!(rig.volume.bytes(LONG).is_some());
    rig.archive.set_identity(Some("in memory"));
    assert!(rig.catch_up(), "{:?}", rig.report);
    assert!(rig.rows().iter().all(|row| row.volume == ARCHIVE));
}
