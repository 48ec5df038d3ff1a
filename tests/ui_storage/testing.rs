//! The test of the connection: asked for with what is on the page, shown while it goes, and with what came of it.

use super::*;
use egui::accesskit::Role;
use egui_kittest::kittest::NodeT;
use ui_fixture::hand::{fill, told};
use watchkeeper::model::Password;
use watchkeeper::protocol::{Command, StorageTest, StorageTestAnswer};

/// The test that was asked for.
pub(super) fn asked(desk: &Desk) -> StorageTest {
    let test = |command| if let Command::TestStorage(test) = command { Some(test) } else { None };
    desk.take().into_iter().find_map(test).expect("a test")
}

pub(super) fn answer(desk: &mut Desk, id: u64, done: &[StorageStep], outcome: StorageOutcome) {
    desk.shown.storage_test.set(StorageTestAnswer { id, done: done.to_vec(), outcome });
    desk.harness.run();
}

fn can_be_asked(desk: &Desk) -> bool {
    let button = desk.harness.get_by_role_and_label(Role::Button, "Test connection");
    !button.accesskit_node().is_disabled()
}

#[test]
fn it_asks_with_what_is_on_the_page() {
    let mut desk = tall(nas());
    desk.click("Test connection");
    let test = asked(&desk);
    assert_eq!((Some(test.place), test.password), (nas().storage.archive(), None));
    fill(&mut desk, "Share", "other");
    fill(&mut desk, "Password", "pass");
    desk.click("Test connection");
    let test = asked(&desk);
    let mut changed = nas();
    changed.storage.nas.share = "other".into();
    assert_eq!(Some(test.place), changed.storage.archive());
    assert_eq!(test.password, Some(Password::new("pass".into())));
    assert!(!is_unchanged(&desk), "a test saves nothing");
}

#[test]
fn each_step_is_shown_while_it_is_done() {
    let doing = [
        "looking the name up …",
        "connecting …",
        "signing in …",
        "opening the share or bucket …",
        "writing …",
        "reading …",
        "removing …",
    ];
    let done = ["found", "connected", "signed in", "opened", "written", "read", "removed"];
    let mut desk = tall(nas());
    desk.click("Test connection");
    assert!(told(&desk, "Testing …") && !can_be_asked(&desk), "before the engine has answered");
    let id = asked(&desk).id;
    for (n, step) in STEPS.into_iter().enumerate() {
        answer(&mut desk, id, &STEPS[..n], StorageOutcome::Running(step));
        assert!(told(&desk, "Testing …") && !can_be_asked(&desk));
        for word in &done[..n] {
            assert!(desk.harness.query_by_label(word).is_some(), "{word}");
        }
        assert!(desk.harness.query_by_label(doing[n]).is_some(), "{}", doing[n]);
        assert!(desk.harness.query_by_label(done[n]).is_none(), "{}", done[n]);
    }
    answer(&mut desk, id, &STEPS, passed());
    for text in [
        "Recordings can be brought there",
        "6.80 TB free of 12.0 TB",
        "92.0 MB/s written, 104 MB/s read",
        "signed, not encrypted",
    ] {
        assert!(told(&desk, text), "{text}");
    }
    assert!(can_be_asked(&desk));
}

#[test]
fn each_step_can_fail() {
    let failed = [
        "not found",
        "not connected",
        "not signed in",
        "not opened",
        "not written",
        "not read",
        "not removed",
    ];
    let mut desk = tall(nas());
    for (n, step) in STEPS.into_iter().enumerate() {
        desk.click("Test connection");
        let id = asked(&desk).id;
        let why = format!("It went wrong at {n}.");
        let outcome = StorageOutcome::Failed { step: Some(step), why: why.clone() };
        answer(&mut desk, id, &STEPS[..n], outcome);
        assert!(told(&desk, "Recordings cannot be brought there") && told(&desk, &why));
        assert!(desk.harness.query_by_label(failed[n]).is_some(), "{}", failed[n]);
        assert!(can_be_asked(&desk));
    }
    desk.click("Test connection");
    let id = asked(&desk).id;
    let why = "Passwords are locked: enter the passphrase.";
    answer(&mut desk, id, &[], StorageOutcome::Failed { step: None, why: why.into() });
    assert!(told(&desk, why));
}

#[test]
fn an_answer_is_about_what_was_tested() {
    let mut desk = tall(nas());
    desk.click("Test connection");
    let id = asked(&desk).id;
    answer(&mut desk, id + 1, &STEPS, passed());
    assert!(told(&desk, "Testing …"), "the answer to another question");
    answer(&mut desk, id, &STEPS, passed());
    assert!(told(&desk, "Recordings can be brought there"));
    fill(&mut desk, "Host", "other.local");
    assert!(!told(&desk, "Recordings can be brought there"), "it was another host");
    assert!(can_be_asked(&desk));
}

#[test]
fn what_is_not_whole_is_not_tested() {
    let mut unnamed = nas();
    unnamed.storage.nas.host = String::new();
    let mut desk = tall(unnamed);
    assert!(!can_be_asked(&desk));
    fill(&mut desk, "Host", "nas.local");
    assert!(can_be_asked(&desk));
}
