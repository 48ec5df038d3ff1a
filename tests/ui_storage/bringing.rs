//! What the card tells of recordings that are brought elsewhere: the connection, what waits, how long an outage may be.

use super::*;
use egui_kittest::kittest::NodeT;
use ui_fixture::hand::told;
use ui_fixture::week::overview;
use watchkeeper::protocol::{Adoption, NotAdded};

/// A NAS that does not answer.
pub(super) fn away() -> ArchiveOverview {
    let state = "Recordings cannot be brought to smb://nas.local/video/cctv/shop now: nas.local does not answer: it is \
                 off, not connected, or a firewall is between. 3 recordings wait on this computer; it is tried again \
                 by itself.";
    ArchiveOverview {
        address: ADDRESS.into(),
        state: state.into(),
        is_reachable: false,
        is_taken: false,
        waiting_files: 3,
        waiting_bytes: 11_600_000_000,
        brought_files: 1_204,
        spool_used: 13_000_000_000,
        spool_room: 787_000_000_000,
        covers_micros: Some(47 * fixture::HOUR),
        free: 6_800_000_000_000,
        total: 12_000_000_000_000,
        ..ArchiveOverview::default()
    }
}

/// A bucket that takes what is brought.
pub(super) fn there() -> ArchiveOverview {
    let address = "https://s3.example.com:9000/cctv/shop";
    ArchiveOverview {
        address: address.into(),
        state: format!("{address} is connected; 3 recordings are being brought there."),
        is_reachable: true,
        total: 0,
        ..away()
    }
}

/// The engine tells how it stands.
pub(super) fn show(desk: &mut Desk, archive: ArchiveOverview) {
    let id = desk.shown.storage.get().expect("it was told before").id;
    let overview = StorageOverview { archive: Some(Box::new(archive)), ..overview() };
    desk.shown.storage.set(StorageAnswer { id, overview, lost: Vec::new() });
    desk.harness.run();
}

#[test]
fn an_outage_is_told_with_what_it_costs() {
    let mut desk = tall(nas());
    show(&mut desk, away());
    for text in [
        "nas.local does not answer",
        "47 hours",
        "of outage at 4.60 MB/s",
        "11.6 GB",
        "3 recordings wait",
        "1204",
        "Spool: 13.0 GB used, room for 787 GB more",
        "There: 6.80 TB free of 12.0 TB",
    ] {
        assert!(told(&desk, text), "{text}");
    }
    desk.take();
    desk.click("Try now");
    assert!(desk.take().iter().any(|command| matches!(command, Command::RetryArchive)));
}

/// A NAS with recordings that are not in the catalogue.
pub(super) fn strange() -> ArchiveOverview {
    ArchiveOverview {
        state: "smb://nas.local/video/cctv/shop is connected; all finished recordings are there."
            .into(),
        is_reachable: true,
        waiting_files: 0,
        waiting_bytes: 0,
        strangers: 12,
        stranger_bytes: 3_400_000_000,
        ..away()
    }
}

/// What came of adding them, of a camera that is set up and of one that is not.
pub(super) fn added() -> Adoption {
    Adoption {
        is_over: true,
        done: 12,
        of: 12,
        added: [(fixture::id(0), 6), ("old-shed".parse().expect("an identity"), 2)].into(),
        added_bytes: 2_900_000_000,
        left: [(NotAdded::Known, 3), (NotAdded::Unreadable, 1)].into(),
    }
}

fn offers(desk: &Desk) -> bool {
    desk.harness.query_by_role_and_label(Role::Button, "Add to the catalogue").is_some()
}

#[test]
fn recordings_that_are_not_in_the_catalogue_are_offered_and_added() {
    let asked =
        |desk: &Desk| desk.take().iter().filter(|it| matches!(it, Command::AdoptStrangers)).count();
    let mut desk = tall(nas());
    show(&mut desk, ArchiveOverview { strangers: 0, stranger_bytes: 0, ..strange() });
    assert!(!offers(&desk) && !told(&desk, "catalogue"));
    show(&mut desk, strange());
    assert!(told(&desk, "12 recordings there (3.40 GB) are not in this program's catalogue."));
    assert!(told(&desk, "what is too old is deleted then"));
    desk.take();
    desk.click("Add to the catalogue");
    assert_eq!(asked(&desk), 1);
    let listing = Some(Adoption::default());
    show(&mut desk, ArchiveOverview { adoption: listing, ..strange() });
    assert!(told(&desk, "Looking for recordings there") && !offers(&desk));
    let half = Some(Adoption { done: 5, of: 12, ..Adoption::default() });
    show(&mut desk, ArchiveOverview { adoption: half, ..strange() });
    assert!(told(&desk, "Adding to the catalogue: 5 of 12") && !offers(&desk));
    let over = ArchiveOverview { adoption: Some(added()), strangers: 0, ..strange() };
    show(&mut desk, over.clone());
    for text in [
        "8 recordings (2.90 GB) were added to the catalogue.",
        "2 of these are of cameras that are not set up here (old-shed)",
        "Not added: 3 files; the catalogue has the same recordings from other files.",
        "Not added: 1 file; not recordings of Watchkeeper, or damaged.",
    ] {
        assert!(told(&desk, text), "{text}");
    }
    assert!(!offers(&desk));
    show(&mut desk, ArchiveOverview { strangers: 1, ..over });
    assert!(told(&desk, "1 recording there (3.40 GB) is not") && offers(&desk), "others have come");
    let none = Some(Adoption { is_over: true, ..Adoption::default() });
    show(&mut desk, ArchiveOverview { adoption: none, strangers: 0, ..strange() });
    assert!(told(&desk, "All recordings there are in the catalogue already."));
}

#[test]
fn nothing_can_be_added_while_it_is_away() {
    let mut desk = tall(nas());
    show(&mut desk, ArchiveOverview { is_reachable: false, ..strange() });
    let add = desk.harness.get_by_role_and_label(Role::Button, "Add to the catalogue");
    assert!(add.accesskit_node().is_disabled());
}

#[test]
fn an_archive_of_somebody_else_is_taken_over_when_that_is_pressed() {
    let mut desk = tall(nas());
    show(&mut desk, away());
    assert!(!told(&desk, "Take over"), "it is not there, which is all that is known");
    show(&mut desk, ArchiveOverview { is_taken: true, ..away() });
    desk.take();
    desk.click("Take over");
    assert!(desk.take().iter().any(|command| matches!(command, Command::TakeOverArchive)));
}

#[test]
fn all_is_well_or_something_was_lost() {
    let mut desk = tall(nas());
    let well = ArchiveOverview {
        state: "It is connected; all finished recordings are there.".into(),
        is_reachable: true,
        waiting_files: 0,
        waiting_bytes: 0,
        covers_micros: None,
        total: 0,
        ..away()
    };
    show(&mut desk, well.clone());
    assert!(told(&desk, "all finished recordings are there") && told(&desk, "nothing waits"));
    assert!(told(&desk, "outage: nothing is recorded"));
    assert!(!told(&desk, "There:") && !told(&desk, "Try now") && !told(&desk, "deleted before"));
    let lost = ArchiveOverview {
        dropped_files: 2,
        missing: 5,
        trouble: Some("One that waits cannot be read.".into()),
        ..well
    };
    show(&mut desk, lost);
    for text in [
        "2 recordings were deleted before they could be brought.",
        "5 recordings are not there any more. \"watchkeeper check --repair\" puts that right while Watchkeeper does not run.",
        "One that waits cannot be read.",
    ] {
        assert!(told(&desk, text), "{text}");
    }
}
