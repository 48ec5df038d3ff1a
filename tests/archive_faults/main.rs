//! Hours of two cameras whose recordings are brought to an archive that breaks in each of its calls, in turn, in
//! many, for hours, is full, refuses, loses power, spoils what it is given; and a program that is killed in each call.
//! At the end every picture is in one place and once, index and places agree, and nothing waits any more.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod adopting;
#[path = "../bare_stream/mod.rs"]
mod bare_stream;
#[path = "../bare_stream/numbered.rs"]
mod numbered;
mod places;
mod refused;
mod rig;
mod running;
mod unlisted;

use std::time::Duration;

use rig::{ARCHIVE, CAMERAS, HOUR, Pictures, Rig, SPOOL, STEP, Ways};
use watchkeeper::engine::archive::ArchiveState;
use watchkeeper::model::{DeletionCause, GapReason};
use watchkeeper::storage::faulty_archive::Trouble;
use watchkeeper::storage::retention::Rules;
use watchkeeper::storage::spool::SpoolTerms;
use watchkeeper::storage::{Archive, Owner, StorageError};

fn ways(verify: bool) -> Ways {
    let spool = SpoolTerms { max_bytes: None, drops: true };
    Ways { verify, spool, rules: Rules { auto_delete: true, ..Rules::default() }, stays: false }
}

fn all_until(second: i64) -> Pictures {
    (0..u64::try_from(second / STEP).expect("positive")).collect()
}

/// All is on the archive, and nothing is missing of what was recorded.
fn assert_brought(rig: &mut Rig, whole: bool, case: &str) {
    assert!(rig.catch_up(), "{case}: {:?}", rig.report);
    let found = rig.pictures();
    assert!(rig.rows().iter().all(|row| row.volume == ARCHIVE), "{case}: something waits");
    for (number, found) in found.iter().enumerate() {
        let missing: Vec<&u64> = rig.promised[number].difference(found).collect();
        assert!(missing.is_empty(), "{case}: camera {number} lacks {missing:?}");
        assert!(!whole || *found == all_until(rig.second), "{case}: pictures were dropped");
    }
}

/// Calls to the archive in an hour without any fault.
fn undisturbed(verify: bool) -> u64 {
    let mut rig = Rig::new(ways(verify));
    rig.play(HOUR);
    let operations = rig.archive.operations();
    let brought = rig.report.brought.files;
    assert!(brought >= 4, "finished recordings go while others are written: {brought}");
    assert_brought(&mut rig, true, "undisturbed");
    operations
}

#[test]
fn an_archive_that_breaks_in_any_call_costs_no_picture() {
    for verify in [false, true] {
        for (count, step) in [(1, 1), (40, 7)] {
            let operations = undisturbed(verify);
            for operation in (1..=operations).step_by(step) {
                let mut rig = Rig::new(ways(verify));
                rig.archive.break_some(operation, count);
                rig.play(HOUR);
                let case = format!("{count} calls of {operations} break from {operation} on");
                assert_brought(&mut rig, true, &case);
            }
        }
    }
}

#[test]
fn an_archive_that_breaks_all_the_time_gets_everything_in_the_end() {
    for every in [4, 5, 7, 11, 13, 29] {
        let mut rig = Rig::new(ways(every % 2 == 0));
        rig.archive.break_every(Some(every));
        rig.play(HOUR);
        rig.archive.break_every(None);
        assert_brought(&mut rig, true, &format!("each {every}. call breaks"));
    }
}

#[test]
fn killed_in_any_call_nothing_is_lost_or_there_twice() {
    for verify in [false, true] {
        let operations = undisturbed(verify);
        for operation in 1..=operations {
            let mut rig = Rig::new(ways(verify));
            rig.archive.halt_after(operation);
            rig.play(HOUR);
            if operation % 3 == 0 {
                rig.archive.power_cut(operation);
            }
            rig.restart(None);
            rig.play(HOUR + 600);
            assert_brought(&mut rig, false, &format!("killed in call {operation} of {operations}"));
        }
    }
}

#[test]
fn killed_in_any_operation_here_nothing_is_lost_or_there_twice() {
    let mut rig = Rig::new(ways(false));
    rig.play(HOUR);
    let operations = rig.volume.operations();
    for operation in (1..=operations).step_by(9) {
        for power in [None, Some(operation)] {
            let mut rig = Rig::new(ways(false));
            rig.volume.halt_after(operation);
            rig.play(HOUR);
            rig.restart(power);
            rig.play(HOUR + 600);
            assert!(rig.catch_up(), "{:?}", rig.report);
            let found = rig.pictures();
            for (promised, found) in rig.promised.iter().zip(&found) {
                assert!(promised.is_subset(found), "the end in {operation}, power cut: {power:?}");
            }
        }
    }
}

#[test]
fn a_file_that_cannot_be_removed_here_is_not_there_twice_for_long() {
    let mut rig = Rig::new(ways(false));
    rig.play(1_320);
    rig.volume.fail_every(Some(1));
    assert!(rig.catch_up());
    rig.volume.fail_every(None);
    assert_brought(&mut rig, true, "removing has failed");
}

#[test]
fn hours_without_the_archive_cost_nothing_and_say_what_waits() {
    for (trouble, said) in
        [(Trouble::Offline, "tried again"), (Trouble::Denied, "Check the storage")]
    {
        let mut rig = Rig::new(ways(true));
        rig.play(HOUR);
        rig.archive.set_trouble(Some(trouble));
        rig.play(4 * HOUR);
        let told = rig.report.sentence();
        assert!(told.contains(said) && rig.report.waiting.files > 10, "{told}");
        rig.archive.set_trouble(None);
        rig.play(5 * HOUR);
        assert_brought(&mut rig, true, "back after three hours");
    }
}

#[test]
fn what_is_spoilt_on_its_way_is_noticed_and_brought_again() {
    let mut rig = Rig::new(ways(true));
    rig.archive.spoil_next_write();
    rig.play(HOUR);
    assert_eq!(rig.report.spoilt, 1);
    assert_brought(&mut rig, true, "a byte was turned");
}

#[test]
fn copies_that_differ_once_each_are_brought_again_at_once() {
    let path = |number: i64| format!("office/{number}.mp4");
    let mut rig = Rig::new(ways(true));
    (0..2).for_each(|number| rig.put_row(&path(number), b"a recording", SPOOL, number - HOUR));
    rig.archive.spoil_next_write();
    let is_first = std::cell::Cell::new(true);
    rig.rounds(8, |rig| {
        // The first one is whole now, and the next write is one of the second.
        let is_whole = rig.archive.bytes(&path(0)).is_some_and(|bytes| bytes == b"a recording");
        if is_whole && is_first.replace(false) {
            rig.archive.spoil_next_write();
        }
    });
    assert_eq!((rig.report.spoilt, rig.report.aside), (2, 0), "{:?}", rig.report);
    for number in 0..2 {
        assert_eq!(rig.archive.bytes(&path(number)).as_deref(), Some(b"a recording".as_slice()));
    }
}

#[test]
fn a_full_archive_makes_room_by_its_oldest() {
    let mut rig = Rig::new(ways(true));
    rig.archive.set_capacity(12_000_000);
    rig.play(4 * HOUR);
    assert!(rig.catch_up(), "{:?}", rig.report);
    let found = rig.pictures();
    assert!(rig.rows().iter().all(|row| row.volume == ARCHIVE));
    for (number, found) in found.iter().enumerate() {
        let gone = rig.deleted(number);
        assert!(!gone.is_empty() && gone.iter().all(|gone| gone.cause == DeletionCause::LowSpace));
        let newest = found.last().expect("some are kept");
        let oldest = found.first().expect("some are kept");
        assert_eq!(found.len() as u64, newest - oldest + 1, "the oldest went first");
        assert_eq!(*newest, 4 * HOUR.unsigned_abs() / STEP.unsigned_abs() - 1);
    }
}

#[test]
fn without_automatic_deletion_a_full_archive_keeps_everything() {
    let rules = Rules { auto_delete: false, ..Rules::default() };
    let mut rig = Rig::new(Ways { rules, ..ways(false) });
    rig.archive.set_capacity(12_000_000);
    rig.play(2 * HOUR);
    assert_eq!(rig.report.state, ArchiveState::Full);
    assert!(!rig.catch_up());
    let kept: usize = rig.rows().len();
    assert!(rig.rows().iter().any(|row| row.volume == SPOOL) && kept >= 12);
    rig.archive.set_capacity(1 << 40);
    assert_brought(&mut rig, true, "it was made larger");
}

#[test]
fn ages_hold_on_both_places_and_wait_for_an_archive_that_is_away() {
    let keep = Some(HOUR * 1_000_000);
    let rules = Rules { auto_delete: true, keep, ..Rules::default() };
    let mut rig = Rig::new(Ways { rules, ..ways(false) });
    rig.play(2 * HOUR);
    rig.archive.set_trouble(Some(Trouble::Offline));
    let there = rig.rows().iter().filter(|row| row.volume == ARCHIVE).count();
    rig.play(2 * HOUR + 1_800);
    let still = rig.rows().iter().filter(|row| row.volume == ARCHIVE).count();
    assert_eq!(still, there, "nothing goes while it cannot be reached");
    rig.archive.set_trouble(None);
    rig.play(3 * HOUR);
    assert!(rig.catch_up());
    let found = rig.pictures();
    let first = u64::try_from((3 * HOUR - HOUR - 1_200) / STEP).expect("positive");
    for (number, found) in found.iter().enumerate() {
        assert!(found.first().is_some_and(|oldest| *oldest >= first), "{found:?}");
        assert!(rig.deleted(number).iter().all(|gone| gone.cause == DeletionCause::Retention));
    }
}

#[test]
fn when_no_more_may_wait_the_oldest_go_and_say_so() {
    let spool = SpoolTerms { max_bytes: Some(12_000_000), drops: true };
    let mut rig = Rig::new(Ways { spool, ..ways(true) });
    rig.play(HOUR);
    rig.archive.set_trouble(Some(Trouble::Offline));
    rig.play(4 * HOUR);
    let status = rig.storage.spool.clone().expect("recordings wait");
    assert!(status.dropped.files > 0 && status.used <= 16_000_000, "{status:?}");
    rig.archive.set_trouble(None);
    assert!(rig.catch_up(), "{:?}", rig.report);
    rig.pictures();
    for number in 0..CAMERAS {
        let gone = rig.deleted(number);
        assert!(!gone.is_empty());
        assert!(gone.iter().all(|gone| gone.cause == DeletionCause::NotBrought));
    }
}

#[test]
fn when_no_more_may_wait_and_nothing_may_go_recording_stops_and_comes_back() {
    let spool = SpoolTerms { max_bytes: Some(12_000_000), drops: false };
    let mut rig = Rig::new(Ways { spool, ..ways(true) });
    rig.archive.set_trouble(Some(Trouble::Offline));
    rig.play(2 * HOUR);
    assert_eq!(rig.signals.storage(), Some(GapReason::SpoolFull));
    assert!((0..CAMERAS).all(|number| rig.deleted(number).is_empty()));
    rig.archive.set_trouble(None);
    assert_brought(&mut rig, true, "it is back");
    assert_eq!(rig.signals.storage(), None);
}

#[test]
fn the_first_hours_bring_more_than_a_checkpoint_and_go_on_from_there() {
    let mut rig = Rig::new(ways(false));
    let bytes: Vec<u8> = (0..40_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    rig.put_segment(&bytes);
    rig.archive.break_some(25, 1);
    assert!(rig.catch_up(), "{:?}", rig.report);
    assert_eq!(rig.archive.bytes(rig::LONG).as_deref(), Some(bytes.as_slice()));
    // All of it would be 39 writes twice.
    assert!(rig.archive.operations() < 75, "{}", rig.archive.operations());
    assert!(rig.volume.bytes(rig::LONG).is_none());
}

#[test]
fn a_lost_index_is_made_anew_from_both_places_and_says_which_it_cannot_reach() {
    let mut rig = Rig::new(ways(false));
    rig.play(HOUR);
    let before = rig.pictures();
    assert!([SPOOL, ARCHIVE].iter().all(|place| rig.rows().iter().any(|row| row.volume == *place)));
    assert_eq!(rig.lose_index(), []);
    assert_eq!(rig.pictures(), before);
    rig.archive.set_trouble(Some(Trouble::Offline));
    let left = rig.lose_index();
    assert!(
        matches!(left.as_slice(), [it] if it.volume == ARCHIVE && it.to_string().contains("reached"))
    );
    assert!(rig.rows().iter().all(|row| row.volume == SPOOL));
    rig.archive.set_trouble(None);
    assert_eq!(rig.lose_index(), []);
    assert_brought(&mut rig, true, "from both places");
}

#[test]
fn files_that_the_index_does_not_know_are_counted_and_parts_of_nobody_go() {
    let mut rig = Rig::new(ways(false));
    rig.archive.put("office/2020-01-01/00-00-00.000+0000_main.mp4", b"of somebody else");
    let mut part = rig.archive.upload("office/2020-01-01/part.mp4", 9).expect("begins");
    part.write(b"a part").expect("written");
    drop(part);
    assert!(rig.catch_up());
    let found = rig.report.found.expect("all files were listed");
    assert_eq!((found.strangers.files, found.missing, found.differing), (1, 0, 0));
    let (files, parts) = rig.archive.contents();
    assert_eq!((files.len(), parts), (1, Vec::new()), "what is not ours stays");
}

#[test]
fn an_archive_of_somebody_else_is_left_alone_until_it_is_taken_over() {
    let mut rig = Rig::new(ways(false));
    let them = Owner::new("them".into());
    rig.archive.mark(None, &them).expect("marked");
    rig.archive.upload("theirs", 1).expect("begun").write(b"x").expect("taken");
    rig.play(HOUR);
    assert_eq!(rig.report.state, ArchiveState::Taken);
    assert!(rig.report.waiting.files > 0 && rig.rows().iter().all(|row| row.volume == SPOOL));
    assert_eq!(rig.archive.unfinished().expect("told"), ["theirs"]);
    rig.take_over();
    assert_brought(&mut rig, true, "taken over");
    assert!(matches!(rig.archive.mark(None, &them), Err(StorageError::Taken { .. })));
}

/// The patience of the shutdown: an upload hears of it at its next write.
#[test]
fn it_breaks_off_at_the_next_write_and_goes_on_there() {
    let mut rig = Rig::new(ways(false));
    let bytes: Vec<u8> = (0..40_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    rig.put_segment(&bytes);
    let before = rig.break_off(5);
    assert_eq!(before, Duration::ZERO);
    let calls = rig.archive.operations();
    assert!(calls < 20, "{calls}");
    assert!(rig.catch_up(), "{:?}", rig.report);
    assert_eq!(rig.archive.bytes(rig::LONG).as_deref(), Some(bytes.as_slice()));
    assert!(rig.archive.operations() - calls < 70);
}
