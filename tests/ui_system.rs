//! Setup, System and the drawer of notices as an operator meets them.
//!
//! Pictures are compared with `tests/snapshots`; `UPDATE_SNAPSHOTS=1` writes them anew, and then a person looks at
//! them.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod ui_fixture;

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2};
use egui_kittest::kittest::Queryable;
use ui_fixture as fixture;
use ui_fixture::checks::{diagnosis, open, questions};
use ui_fixture::desk::Desk;
use watchkeeper::model::settings::console::{Monitor, OfflineSeconds, RotateSeconds, ScalePercent};
use watchkeeper::model::settings::{DateStyle, KioskPage, OnClose, ThemeChoice};
use watchkeeper::model::{Mode, Settings};
use watchkeeper::protocol::{
    Autostart, AutostartStatus, ChangeAnswer, Command, PinAnswer, PinOutcome, Snapshot,
};
use watchkeeper::ui::Page;

/// A window in which the whole page has room.
const TALL: Vec2 = Vec2::new(1280.0, 1560.0);

fn tall() -> Desk {
    open(Desk::sized(fixture::snapshot(4), TALL))
}

/// Writes `text` in place of what is in a field.
fn put(desk: &mut Desk, name: &str, text: &str) {
    desk.harness.get_by_role_and_label(Role::TextInput, name).focus();
    desk.harness.run_steps(2);
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.harness.run_steps(1);
    desk.harness.event(egui::Event::Text(text.into()));
    desk.harness.run_steps(2);
}

fn press(desk: &mut Desk, name: &str) {
    desk.harness.get_by_role_and_label(Role::Button, name).click();
    desk.harness.run_steps(3);
}

fn flip(desk: &mut Desk, name: &str) {
    desk.harness.get_by_role_and_label(Role::Switch, name).click();
    desk.harness.run_steps(2);
}

/// The change that was sent.
fn change(desk: &Desk) -> Option<(u64, Settings)> {
    desk.take().into_iter().find_map(|command| match command {
        Command::ChangeSettings(change) => Some((change.id, *change.after)),
        _ => None,
    })
}

/// The engine puts a change in force.
fn accept(desk: &mut Desk, id: u64, settings: Settings) {
    let settings = Arc::new(settings);
    let snapshot = Snapshot { settings: Arc::clone(&settings), ..fixture::snapshot(4) };
    desk.shown.snapshot.set(snapshot);
    desk.shown.changed.set(ChangeAnswer { id, outcome: Ok(settings) });
    desk.harness.run_steps(4);
}

// Diagnostics

#[test]
fn each_check_has_its_answer_and_its_remedies() {
    let mut desk = tall();
    let row = desk.harness.get_by_label("Painted by").rect();
    let painter = desk.harness.get_by_label_contains("wgpu, ").rect().expand(300.0);
    let value = egui::Rect::from_x_y_ranges(row.right() + 60.0..=1_260.0, row.y_range());
    desk.harness.mask(painter.intersect(value));
    desk.harness.snapshot("system");
    for sign in ["Device online: wrong", "Recording type: attention", "Storage path: ok"] {
        assert!(desk.harness.query_by_label(sign).is_some(), "{sign}");
    }
    assert!(desk.harness.query_by_label("7 checks: 1 wrong, 3 to look at").is_some());
}

#[test]
fn the_page_is_readable_in_the_light() {
    let mut snapshot = fixture::snapshot(4);
    let mut settings = Settings::default();
    settings.console.theme = ThemeChoice::Light;
    snapshot.settings = Arc::new(settings);
    let mut desk = open(Desk::with(snapshot));
    desk.harness.snapshot("system_light");
}

#[test]
fn remedies_do_what_they_say() {
    let mut desk = tall();
    let mut sent = |name: &str| {
        desk.take();
        press(&mut desk, name);
        desk.take().into_iter().find(|command| !matches!(command, Command::Diagnose(_)))
    };
    let enabled = sent("Record Gate around the clock");
    let gate = fixture::id(2);
    assert!(matches!(enabled, Some(Command::SetMode(id, Mode::Continuous)) if id == gate));
    let retried = sent("Connect to Loading dock now");
    assert!(matches!(retried, Some(Command::RetryCamera(id)) if id == fixture::id(3)));
    let opened = sent("Open the recordings folder");
    let folder = std::path::Path::new("/var/lib/watchkeeper/recordings");
    assert!(matches!(opened, Some(Command::OpenFolder(path)) if path == folder));
}

#[test]
fn remedies_lead_to_where_something_is_changed() {
    for (name, page) in [
        ("Show Loading dock in Devices", Page::Devices),
        ("Open the schedules", Page::Recording),
        ("Open the storage settings", Page::Recording),
        ("Show Gate at 13:47", Page::Playback),
    ] {
        let mut desk = tall();
        press(&mut desk, name);
        assert_eq!(desk.harness.state().page(), page, "{name}");
    }
}

#[test]
fn after_a_remedy_and_every_now_and_then_it_is_looked_again() {
    let mut desk = tall();
    desk.take();
    press(&mut desk, "Connect to Loading dock now");
    assert!(questions(&desk).is_empty(), "what it changes takes a moment");
    desk.harness.run_steps(8);
    assert_eq!(questions(&desk).len(), 1);
    desk.harness.run_steps(42);
    assert_eq!(questions(&desk).len(), 1);
    press(&mut desk, "Check now");
    assert_eq!(questions(&desk).len(), 1);
}

#[test]
fn a_camera_and_a_moment_are_asked_about_and_old_answers_are_not_shown() {
    let mut desk = tall();
    desk.take();
    desk.harness.get_by_role_and_label(Role::ComboBox, "Camera to check").click();
    desk.harness.run_steps(3);
    press(&mut desk, "Loading dock");
    let asked = questions(&desk).pop().expect("asked");
    assert_eq!((asked.camera, asked.at), (Some(fixture::id(3)), None));
    assert!(desk.harness.query_by_label("Looking …").is_some(), "that was about all cameras");
    put(&mut desk, "Also at this time", "yesterday 14:05");
    let asked = questions(&desk).pop().expect("asked");
    assert_eq!(asked.at, Some(fixture::at("2026-03-02T14:05:00+01:00")));
    desk.shown.diagnosis.set(diagnosis(asked.id));
    desk.harness.run_steps(2);
    assert!(desk.harness.query_by_label("Looking …").is_none());
    put(&mut desk, "Also at this time", "tomorrow");
    assert!(desk.harness.query_by_label_contains("Write a time such as").is_some());
    assert!(questions(&desk).is_empty(), "the last valid one stays");
    put(&mut desk, "Also at this time", "");
    desk.harness.key_press(Key::Backspace);
    desk.harness.run_steps(2);
    assert_eq!(questions(&desk).pop().expect("asked").at, None);
}

// Settings

#[test]
fn every_setting_is_changed_saved_and_there_again() {
    let mut desk = tall();
    desk.take();
    let save = desk.harness.query_by_role_and_label(Role::Button, "Save");
    assert!(save.is_none(), "nothing is changed");
    press(&mut desk, "Theme: Light");
    put(&mut desk, "Size of everything", "125");
    desk.harness.get_by_role_and_label(Role::ComboBox, "Dates").click();
    desk.harness.run_steps(3);
    press(&mut desk, "2026-03-03");
    put(&mut desk, "Camera offline after", "45");
    flip(&mut desk, "Sound");
    flip(&mut desk, "Start as a kiosk");
    press(&mut desk, "First page: Playback");
    put(&mut desk, "Monitor", "2");
    put(&mut desk, "Next page of the wall", "20");
    press(&mut desk, "While recording: Keep recording");
    assert!(desk.harness.query_by_label("unsaved changes").is_some());
    assert!(change(&desk).is_none(), "nothing before Save");
    press(&mut desk, "Save");
    let (id, after) = change(&desk).expect("sent");
    let mut expected = Settings::default();
    expected.console.theme = ThemeChoice::Light;
    expected.console.scale_percent = ScalePercent(125);
    expected.console.dates = DateStyle::Iso;
    expected.console.offline_seconds = OfflineSeconds(45);
    expected.console.sound = true;
    expected.console.on_close = OnClose::Background;
    expected.kiosk.start = true;
    expected.kiosk.page = KioskPage::Playback;
    expected.kiosk.monitor = Monitor(2);
    expected.kiosk.rotate_seconds = RotateSeconds(20);
    assert_eq!(after, expected);
    accept(&mut desk, id, after);
    assert!(desk.harness.query_by_label("unsaved changes").is_none());
    desk.click("Devices");
    desk.click("System");
    for (name, value) in [("Size of everything", "125"), ("Monitor", "2")] {
        let field = desk.harness.get_by_role_and_label(Role::TextInput, name);
        assert_eq!(field.value().as_deref(), Some(value), "{name}");
    }
    let clock = desk.harness.query_by_label_contains("2026-03-03 17:06:09");
    assert!(clock.is_some(), "dates are written in the new style everywhere");
}

#[test]
fn what_is_not_valid_is_refused_beside_its_field() {
    let mut desk = tall();
    desk.take();
    for (name, text, sentence) in [
        ("Size of everything", "99", "from 100 to 300"),
        ("Camera offline after", "0", "from 1 to 86400"),
        ("Monitor", "17", "from 0 to 16"),
        ("Next page of the wall", "soon", "from 0 to 3600"),
    ] {
        put(&mut desk, name, text);
        let beside = desk.harness.get_by_label_contains(sentence).rect();
        let field = desk.harness.get_by_role_and_label(Role::TextInput, name).rect();
        assert!((beside.top() - field.bottom()).abs() < 30.0, "{name}: {beside} {field}");
        press(&mut desk, "Save");
        assert!(
            desk.harness.query_by_label_contains("correct the fields that are marked").is_some()
        );
        assert!(change(&desk).is_none(), "{name}");
        press(&mut desk, "Discard");
        assert!(desk.harness.query_by_label_contains(sentence).is_none(), "{name}");
    }
}

#[test]
fn a_refusal_is_told_and_discard_goes_back() {
    let mut desk = tall();
    desk.take();
    flip(&mut desk, "On the desktop");
    assert!(desk.harness.query_by_label("needs notices on the desktop").is_some());
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    desk.harness.run_steps(3);
    let (id, after) = change(&desk).expect("sent");
    assert!(!after.console.desktop_notices);
    let outcome = Err("the disk is full".into());
    desk.shown.changed.set(ChangeAnswer { id, outcome });
    desk.harness.run_steps(3);
    assert!(desk.harness.query_by_label("Not saved: the disk is full").is_some());
    press(&mut desk, "Discard");
    assert!(desk.harness.query_by_label_contains("Not saved").is_none());
    assert!(desk.harness.query_by_label("unsaved changes").is_none());
}

#[test]
fn starting_with_the_computer_is_in_force_at_once() {
    let mut desk = tall();
    desk.take();
    press(&mut desk, "Starting with the computer: Recorder");
    let sent = desk.take();
    assert!(sent.iter().any(|c| matches!(c, Command::SetAutostart(Autostart::Record))));
    let status = AutostartStatus {
        what: Autostart::Record,
        hint: Some("It starts at the next sign-in.".into()),
        trouble: Some("The folder for it cannot be written.".into()),
    };
    desk.shown.autostart.set(status);
    desk.harness.run_steps(2);
    assert!(desk.harness.query_by_label("It starts at the next sign-in.").is_some());
    assert!(desk.harness.query_by_label("The folder for it cannot be written.").is_some());
    assert!(desk.harness.query_by_label("unsaved changes").is_none());
}

#[test]
fn a_pin_is_set_by_writing_it_twice() {
    let mut desk = tall();
    press(&mut desk, "Set a PIN");
    let first = desk.harness.get_by_role_and_label(Role::PasswordInput, "New PIN");
    assert!(first.is_focused(), "it can be written at once");
    assert!(desk.harness.query_by_label("Remove PIN").is_none(), "there is none");
    desk.take();
    let write = |desk: &mut Desk, name: &str, text: &str| {
        desk.harness.get_by_role_and_label(Role::PasswordInput, name).focus();
        desk.harness.run_steps(2);
        desk.harness.event(egui::Event::Text(text.into()));
        desk.harness.run_steps(2);
    };
    let sent = |desk: &Desk| {
        desk.take().into_iter().find_map(|command| match command {
            Command::SetPin { id, old, new } => Some((id, old, new)),
            _ => None,
        })
    };
    press(&mut desk, "Set PIN");
    assert!(desk.harness.query_by_label("Write the new PIN twice.").is_some());
    write(&mut desk, "New PIN", "2468");
    write(&mut desk, "New PIN again", "246");
    assert!(!fixture::hand::is_kept_for_undo(&desk));
    press(&mut desk, "Set PIN");
    assert!(desk.harness.query_by_label("The two new PINs differ.").is_some());
    assert!(sent(&desk).is_none());
    write(&mut desk, "New PIN again", "8");
    press(&mut desk, "Set PIN");
    let (id, old, new) = sent(&desk).expect("sent");
    assert_eq!((old, new.as_ref().map(|pin| pin.reveal())), (None, Some("2468")));
    let failed = PinOutcome::Failed("It cannot be written.".into());
    desk.shown.pin.set(PinAnswer { id, outcome: failed });
    desk.harness.run_steps(2);
    assert!(desk.harness.query_by_label("It cannot be written.").is_some());
    press(&mut desk, "Set PIN");
    let (id, ..) = sent(&desk).expect("sent again");
    desk.shown.pin.set(PinAnswer { id, outcome: PinOutcome::Right });
    desk.harness.run_steps(2);
    assert!(desk.harness.query_by_label("New PIN again").is_none(), "done");
}

#[test]
fn a_pin_is_changed_or_removed_only_with_the_present_one() {
    let mut snapshot = fixture::snapshot(4);
    snapshot.pin_is_set = true;
    let mut desk = open(Desk::sized(snapshot, TALL));
    press(&mut desk, "Change the PIN");
    desk.take();
    desk.harness.get_by_role_and_label(Role::PasswordInput, "Present PIN").focus();
    desk.harness.run_steps(2);
    desk.harness.event(egui::Event::Text("1357".into()));
    desk.harness.run_steps(2);
    press(&mut desk, "Remove PIN");
    let sent = desk.take().into_iter().find_map(|command| match command {
        Command::SetPin { id, old: Some(old), new: None } if old.reveal() == "1357" => Some(id),
        _ => None,
    });
    let id = sent.expect("sent");
    let next_try_at = fixture::at("2026-03-03T17:06:11+01:00");
    desk.shown.pin.set(PinAnswer { id, outcome: PinOutcome::Wrong { next_try_at } });
    desk.harness.run_steps(2);
    assert!(desk.harness.query_by_label_contains("Try again from 17:06:11").is_some());
    desk.harness.key_press(Key::Escape);
    desk.harness.run_steps(2);
    assert!(desk.harness.query_by_label("Present PIN").is_none());
}

// Data and about

#[test]
fn folder_diagnostics_and_licences_are_a_click_away() {
    let mut desk = tall();
    desk.take();
    press(&mut desk, "Open the data folder");
    let opened = desk.take();
    assert!(
        opened.iter().any(|c| matches!(c, Command::OpenFolder(f) if f.ends_with("watchkeeper")))
    );
    press(&mut desk, "Export diagnostics");
    let sent = desk.take().into_iter().find_map(|command| match command {
        Command::SaveDiagnostics(console) => Some(console),
        _ => None,
    });
    assert!(sent.expect("sent").renderer.contains("wgpu"));
    press(&mut desk, "Licences");
    assert!(desk.harness.query_by_label_contains("Watchkeeper: MIT OR Apache-2.0").is_some());
    desk.harness.key_press(Key::Escape);
    desk.harness.run_steps(3);
    assert!(desk.harness.query_by_label_contains("Watchkeeper: MIT OR Apache-2.0").is_none());
    assert_eq!(desk.harness.state().page(), Page::System);
}

// Notices

/// With the drawer open.
fn told() -> Desk {
    let mut snapshot = fixture::snapshot(4);
    let history = fixture::notices::history();
    snapshot.notices = history[3..].to_vec();
    let mut desk = Desk::with(snapshot);
    desk.shown.history.set(history);
    desk.harness.run_steps(40);
    press(&mut desk, "Notices, 1 new");
    desk.take();
    desk
}

#[test]
fn the_history_tells_who_saw_what_and_whether_it_lasts() {
    let mut desk = told();
    assert!(desk.harness.query_by_label("Gate is offline.").is_none(), "acknowledged");
    press(&mut desk, "Notices: History");
    desk.harness.snapshot("notices");
    let shown = |desk: &Desk, text: &str| desk.harness.query_by_label_contains(text).is_some();
    for text in ["still so", "over since 14:30 · acknowledged 14:30 by ann", "Saved a snapshot."] {
        assert!(desk.harness.query_all_by_label_contains(text).next().is_some(), "{text}");
    }
    press(&mut desk, "Severity: Warnings");
    assert!(!shown(&desk, "Saved a snapshot.") && shown(&desk, "Gate is offline."));
    press(&mut desk, "Severity: Alarms");
    assert!(!shown(&desk, "Gate is offline.") && shown(&desk, "Only 3 %"));
    press(&mut desk, "Severity: All");
    desk.harness.get_by_role_and_label(Role::ComboBox, "Camera of the notices").click();
    desk.harness.run_steps(3);
    press(&mut desk, "Gate");
    assert!(shown(&desk, "Gate is offline.") && !shown(&desk, "Only 3 %"));
}

#[test]
fn a_click_leads_to_what_a_notice_is_about() {
    for (name, page) in [
        ("Show Loading dock", Page::Devices),
        ("Show the storage settings", Page::Recording),
        ("Show the diagnostics", Page::System),
    ] {
        let mut desk = told();
        press(&mut desk, "Notices: History");
        press(&mut desk, name);
        assert_eq!(desk.harness.state().page(), page, "{name}");
        assert!(desk.harness.query_by_label("Notices: History").is_none(), "the drawer is closed");
    }
    let mut desk = told();
    let text = "Loading dock is offline. No answer from the camera within 10 s.";
    let mut both = desk.harness.get_all_by_label(text);
    let in_drawer = both.find(|node| node.rect().left() < 400.0);
    in_drawer.expect("not only in the status bar").click();
    drop(both);
    desk.harness.run_steps(3);
    assert_eq!(desk.harness.state().page(), Page::Devices);
}

#[test]
fn all_are_acknowledged_at_once() {
    let mut desk = told();
    press(&mut desk, "Acknowledge all");
    assert!(matches!(desk.take().pop(), Some(Command::AcknowledgeAll)));
}
