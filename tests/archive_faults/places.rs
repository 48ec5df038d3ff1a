//! Recordings at several places: what is at those of former settings ages as well, and one that is away holds up
//! nothing.

use watchkeeper::model::DeletionCause;
use watchkeeper::storage::faulty_archive::Trouble;
use watchkeeper::storage::retention::Rules;
use watchkeeper::storage::spool::SpoolTerms;

use crate::rig::{ARCHIVE, FORMER, FORMERS, HOUR, Rig, SPOOL};
use crate::{Ways, ways};

fn path(number: i64) -> String {
    format!("office/{number}.mp4")
}

/// Footage is kept for an hour.
fn hour() -> Ways {
    let rules = Rules { auto_delete: true, keep: Some(HOUR * 1_000_000), ..Rules::default() };
    Ways { rules, ..ways(false) }
}

/// Forty that are too old and one that is not, at the archive of former settings.
fn put_former(rig: &Rig) {
    for number in 0..40 {
        rig.put_row(&path(number), b"a recording", FORMER, number - 3 * HOUR);
    }
    rig.put_row(&path(40), b"a recording", FORMER, -60);
}

fn left(rig: &Rig) -> usize {
    rig.rows().iter().filter(|row| row.volume == FORMER).count()
}

#[test]
fn footage_ages_at_former_archives_too_while_they_answer() {
    for stays in [false, true] {
        let mut rig = Rig::new(Ways { stays, ..hour() });
        put_former(&rig);
        rig.former.set_trouble(Some(Trouble::Offline));
        rig.rounds(100, |_| {});
        assert_eq!((left(&rig), rig.former.contents().0.len()), (41, 41));
        rig.former.set_trouble(None);
        rig.rounds(100, |_| {});
        assert_eq!((left(&rig), rig.former.contents().0.len()), (1, 1), "stays: {stays}");
        let gone = rig.deleted(0);
        assert!(!gone.is_empty());
        assert!(gone.iter().all(|gone| gone.cause == DeletionCause::Retention));
    }
}

#[test]
fn a_former_archive_that_is_back_is_noticed_and_another_one_in_its_place_is_left_alone() {
    let mut rig = Rig::new(hour());
    put_former(&rig);
    rig.former.set_identity(Some("another"));
    rig.play(900);
    assert_eq!((left(&rig), rig.former.contents().0.len()), (41, 41));
    rig.former.set_identity(Some("former"));
    // It goes away again in the middle of it.
    rig.former.break_some(2, 2);
    rig.play(900 + 2_400);
    assert_eq!((left(&rig), rig.former.contents().0.len()), (1, 1));
}

#[test]
fn of_former_archives_one_is_asked_in_a_round() {
    let mut rig = Rig::new(hour());
    for (number, place) in (0..).zip(FORMERS) {
        rig.put_row(&path(number), b"a recording", place, number - 60);
    }
    assert_eq!(rig.former_calls(6), [1, 1, 1, 0, 0, 0]);
    rig.former.set_trouble(Some(Trouble::Offline));
    assert_eq!(rig.former_calls(6), [1, 1, 1, 0, 0, 0], "also while they are away");
}

#[test]
fn a_place_that_is_away_with_all_of_the_oldest_does_not_hold_up_the_others() {
    let mut rig = Rig::new(hour());
    put_former(&rig);
    rig.former.set_trouble(Some(Trouble::Offline));
    rig.archive.set_trouble(Some(Trouble::Offline));
    for number in 50..60 {
        rig.put_row(&path(number), b"a recording", SPOOL, number - 2 * HOUR);
    }
    // The other camera has footage here, which is not too old.
    rig.play(1_200);
    assert_eq!(left(&rig), 41);
    let old = |number: i64| rig.rows().iter().any(|row| row.path == path(number));
    assert!((50..60).all(|number| !old(number)), "what is here has aged");
}

#[test]
fn what_was_brought_away_since_the_last_look_is_no_reason_to_drop_more() {
    let spool = SpoolTerms { max_bytes: Some(2_000), drops: true };
    let mut rig = Rig::new(Ways { spool, ..ways(false) });
    for number in 0..3 {
        rig.put_row(&path(number), &[7; 1_000], SPOOL, number - HOUR);
    }
    rig.move_after_look(&path(0));
    let places: Vec<_> = rig.rows().into_iter().map(|row| row.volume).collect();
    assert_eq!(places, [ARCHIVE, SPOOL, SPOOL]);
    assert!(rig.deleted(0).is_empty());
}
