//! Recordings on the archive that the index does not know: counted, and added when somebody wants it, whatever breaks
//! meanwhile; what cannot be added is told with its reason.

use std::sync::atomic::Ordering;

use super::*;
use watchkeeper::index::Change;
use watchkeeper::model::{SegmentRow, SegmentState};
use watchkeeper::protocol::{Adoption, NotAdded};
use watchkeeper::storage::Volume;

/// The index forgets these recordings; how many.
fn forget(rig: &Rig, which: impl Fn(&SegmentRow) -> bool) -> u64 {
    let rows: Vec<SegmentRow> = rig.rows().into_iter().filter(which).collect();
    let forget = rows.iter().map(|row| {
        let (stream, start) = (row.stream.clone(), row.start);
        Change::RemoveSegment { stream, start }
    });
    rig.index().apply(&forget.collect::<Vec<Change>>()).expect("applies");
    rows.len() as u64
}

/// A recording that was not finished, and its bytes.
fn unfinished(rig: &Rig) -> Option<(String, Vec<u8>)> {
    let row = rig.rows().into_iter().rfind(|row| row.state == SegmentState::Recording)?;
    let bytes = rig.volume.bytes(&row.path)?;
    Some((row.path, bytes))
}

/// Hours on the archive of which the index has lost the most; the pictures, and how many files were lost.
fn forgotten() -> (Rig, Vec<Pictures>, u64) {
    let mut rig = Rig::new(ways(false));
    rig.play(2 * HOUR);
    assert!(rig.catch_up());
    let before = rig.pictures();
    let forgotten = forget(&rig, |row| row.start.as_micros() / 1_200_000_000 % 3 != 0);
    assert!(forgotten > 6, "{forgotten}");
    (rig, before, forgotten)
}

fn adopted(rig: &mut Rig) -> Adoption {
    rig.adopts = true;
    assert!(rig.catch_up(), "{:?}", rig.report);
    rig.adopts = false;
    rig.report.adoption.clone().expect("it was wanted")
}

fn strangers(rig: &Rig) -> u64 {
    rig.report.found.expect("all files were listed").strangers.files
}

#[test]
fn they_are_counted_and_added_when_that_is_wanted() {
    let (mut rig, before, forgotten) = forgotten();
    let bytes: u64 = rig.archive.contents().0.values().sum();
    let known: u64 = rig.rows().iter().map(|row| row.bytes).sum();
    let rows = rig.rows();
    assert!(rig.catch_up());
    let found = rig.report.found.expect("all files were listed");
    assert_eq!((found.strangers.files, found.strangers.bytes), (forgotten, bytes - known));
    assert_eq!((rig.rows(), rig.report.adoption.as_ref()), (rows, None), "nothing unasked");
    let told = adopted(&mut rig);
    assert!(told.is_over && told.left.is_empty(), "{told:?}");
    assert_eq!((told.done, told.of), (forgotten, forgotten));
    assert_eq!((told.added.values().sum(), told.added_bytes), (forgotten, bytes - known));
    assert_eq!(told.added.len(), CAMERAS);
    assert_eq!((rig.pictures(), strangers(&rig)), (before, 0));
    let again = adopted(&mut rig);
    assert_eq!(again, Adoption { is_over: true, ..Adoption::default() });
}

#[test]
fn rows_that_were_added_are_those_that_were_lost() {
    let mut rig = Rig::new(ways(false));
    rig.play(2 * HOUR);
    assert!(rig.catch_up());
    let before = rig.rows();
    forget(&rig, |_| true);
    adopted(&mut rig);
    assert_eq!(rig.rows(), before);
}

/// Calls to the archive until they are added.
fn calls() -> u64 {
    let (mut rig, _, _) = forgotten();
    let before = rig.archive.operations();
    adopted(&mut rig);
    rig.archive.operations() - before
}

#[test]
fn a_break_in_any_call_costs_none_of_them() {
    for operation in 1..=calls() {
        for count in [1, 3] {
            let (mut rig, before, _) = forgotten();
            rig.archive.break_some(operation, count);
            adopted(&mut rig);
            // One that broke in both attempts waits for another wish.
            adopted(&mut rig);
            assert_eq!((rig.pictures(), strangers(&rig)), (before, 0), "{operation}");
        }
    }
}

#[test]
fn killed_in_any_call_they_are_there_once() {
    for operation in 1..=calls() {
        let (mut rig, before, _) = forgotten();
        rig.archive.halt_after(operation);
        rig.adopts = true;
        rig.catch_up();
        assert!(rig.is_halted(), "nobody was killed in call {operation}");
        rig.restart(None);
        adopted(&mut rig);
        assert_eq!(rig.pictures(), before, "killed in call {operation}");
    }
}

#[test]
fn recording_and_what_is_brought_go_on_meanwhile() {
    let (mut rig, _, forgotten) = forgotten();
    rig.pass();
    rig.adopts = true;
    rig.play(3 * HOUR);
    let told = rig.report.adoption.clone().expect("it was wanted");
    assert_eq!((told.is_over, told.added.values().sum()), (true, forgotten));
    assert!(rig.report.brought.files >= 4, "{:?}", rig.report.brought);
    assert_brought(&mut rig, false, "both at once");
}

#[test]
fn one_whose_row_is_not_switched_yet_is_none_of_them() {
    let mut rig = Rig::new(ways(false));
    rig.play(HOUR);
    let waiting = rig.rows().into_iter().rfind(|row| row.volume == SPOOL).expect("one waits");
    let bytes = rig.volume.bytes(&waiting.path).expect("is there");
    rig.archive.put(&waiting.path, &bytes);
    // It cannot be brought now.
    rig.volume.put(&waiting.path, &bytes[1..]);
    rig.adopts = true;
    assert!(rig.try_some(200), "{:?}", rig.report);
    assert!(rig.report.trouble.is_some(), "it was tried");
    assert_eq!(rig.report.adoption, Some(Adoption { is_over: true, ..Adoption::default() }));
    assert_eq!(strangers(&rig), 0);
    rig.adopts = false;
    rig.volume.put(&waiting.path, &bytes);
    assert_brought(&mut rig, true, "it can be read again");
}

#[test]
fn what_cannot_be_added_is_told_with_its_reason_and_not_offered_again() {
    let mut rig = Rig::new(ways(false));
    rig.volume.halt_after(60);
    rig.play(HOUR);
    let (torn, bytes) = unfinished(&rig).expect("one was being written");
    rig.restart(None);
    rig.play(2 * HOUR);
    assert!(rig.catch_up());
    forget(&rig, |row| row.path == torn);
    rig.archive.remove(&torn).expect("was brought");
    let whole = rig.rows().into_iter().next().expect("some were recorded");
    let before = rig.rows();
    rig.archive.put(&torn, &bytes);
    let copy = rig.archive.bytes(&whole.path).expect("is there");
    rig.archive.put("yard/2020-01-01/00-00-00.000+0000_main.mp4", &copy);
    rig.archive.put("yard/2020-01-02/00-00-00.000+0000_main.mp4", b"damaged, and far too short");
    rig.archive.put("yard/2020-01-03/00-00-00.000+0000_main.mp4", b"");
    rig.archive.put("holidays/film.mp4", &copy);
    assert!(rig.catch_up());
    assert_eq!(strangers(&rig), 4, "a film of somebody else is none");
    let told = adopted(&mut rig);
    let reasons = [NotAdded::Known, NotAdded::Unfinished, NotAdded::Empty, NotAdded::Unreadable];
    assert_eq!(told.left, reasons.map(|reason| (reason, 1)).into_iter().collect(), "{told:?}");
    assert_eq!((told.added.len(), strangers(&rig)), (0, 0));
    assert_eq!(rig.rows(), before);
    assert!(rig.archive.bytes("holidays/film.mp4").is_some());
}

#[test]
fn files_that_cannot_be_listed_are_told_until_they_can() {
    let (mut rig, before, forgotten) = forgotten();
    rig.unlisted.store(2, Ordering::Relaxed);
    rig.adopts = true;
    assert!(rig.try_some(100), "{:?}", rig.report);
    rig.adopts = false;
    let told = rig.report.trouble.clone().expect("somebody must look at it");
    assert!(told.contains("memory://archive cannot be listed"), "{told}");
    assert_eq!((rig.report.found, rig.report.adoption.as_ref()), (None, None));
    rig.unlisted.store(1, Ordering::Relaxed);
    // An hour, at a look every five seconds.
    assert!(rig.try_some(700) && rig.report.trouble.is_some(), "{:?}", rig.report);
    rig.unlisted.store(1, Ordering::Relaxed);
    assert!(rig.try_some(740) && rig.report.trouble.is_none(), "{:?}", rig.report);
    assert_eq!(strangers(&rig), forgotten);
    adopted(&mut rig);
    assert_eq!(rig.pictures(), before);
}
