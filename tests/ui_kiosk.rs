//! The kiosk as a passer-by meets it: it shows, it stays, and only the PIN leads out.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod ui_fixture;

use std::sync::Arc;

use egui::{Event, Key, Modifiers, ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::kittest::Queryable;
use ui_fixture as fixture;
use ui_fixture::desk::Desk;
use watchkeeper::model::settings::console::{RotateSeconds, SavedView};
use watchkeeper::model::settings::{Arrangement, KioskPage, KioskSettings, WallSettings};
use watchkeeper::model::{Settings, WallTime};
use watchkeeper::protocol::{Command, PinAnswer, PinOutcome, Severity, Snapshot};
use watchkeeper::ui::Page;

fn kiosk(change: impl FnOnce(&mut Snapshot, &mut Settings)) -> Desk {
    let (mut snapshot, mut settings) = (fixture::snapshot(9), Settings::default());
    change(&mut snapshot, &mut settings);
    snapshot.settings = Arc::new(settings);
    let mut desk = Desk::with(snapshot);
    desk.harness.state_mut().set_kiosk();
    desk.harness.run();
    desk
}

fn leave_keys(desk: &mut Desk) {
    desk.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
    desk.harness.run();
}

/// What the window was told in the last frame.
fn window_commands(desk: &Desk) -> Vec<ViewportCommand> {
    desk.harness.output().viewport_output[&ViewportId::ROOT].commands.clone()
}

/// The PIN that was last entered, and the number of the question.
fn entered(desk: &Desk) -> Option<(u64, String)> {
    let pin = |c| match c {
        Command::EnterPin { id, pin } => Some((id, pin.reveal().to_owned())),
        _ => None,
    };
    desk.take().into_iter().filter_map(pin).last()
}

fn answer(desk: &mut Desk, id: u64, outcome: PinOutcome) {
    desk.shown.pin.set(PinAnswer { id, outcome });
    desk.shown.wake();
    desk.harness.run();
}

fn later(seconds: i64) -> WallTime {
    fixture::now().plus_micros(seconds * 1_000_000)
}

#[test]
fn a_kiosk_shows_the_wall_and_no_way_to_setup() {
    let mut desk = kiosk(|_, _| {});
    desk.harness.snapshot("kiosk");
    for name in ["Devices", "Recording", "System", "Notices, 0 new", "Full screen"] {
        assert!(desk.harness.query_by_label(name).is_none(), "{name}");
    }
    for key in [Key::Num3, Key::Num4, Key::Num5] {
        desk.harness.key_press_modifiers(Modifiers::COMMAND, key);
        desk.harness.run();
    }
    desk.press(Key::Escape);
    desk.press(Key::F);
    assert!(desk.harness.state().is_kiosk());
    assert_eq!(desk.harness.state().page(), Page::Live);
}

#[test]
fn a_camera_that_is_away_does_not_lead_to_setup() {
    let mut desk = kiosk(|_, _| {});
    assert!(desk.harness.query_by_label("Test the connection of Loading dock").is_none());
    desk.take();
    desk.click("Connect to Loading dock now");
    assert!(matches!(desk.take().pop(), Some(Command::RetryCamera(id)) if id == fixture::id(3)));
}

#[test]
fn closing_is_cancelled() {
    let mut desk = kiosk(|_, _| {});
    let root = desk.harness.input_mut().viewports.get_mut(&ViewportId::ROOT).expect("a window");
    root.events.push(ViewportEvent::Close);
    desk.harness.step();
    let told = window_commands(&desk);
    assert!(told.contains(&ViewportCommand::CancelClose), "{told:?}");
    assert!(desk.harness.state().is_kiosk());
}

#[test]
fn it_shows_and_takes_nothing_out() {
    let mut desk = kiosk(|_, _| {});
    desk.press(Key::Num1);
    desk.take();
    desk.press(Key::S);
    assert!(desk.take().is_empty(), "no snapshot");
    desk.press(Key::R);
    assert!(matches!(desk.take().pop(), Some(Command::StartManual(_))), "but a recording");
    desk.click("Page: Playback");
    assert_eq!(desk.harness.state().page(), Page::Playback);
    desk.answer();
    for name in ["Export", "Lock the range", "Bookmark this moment", "Snapshot"] {
        assert!(desk.harness.query_by_label(name).is_none(), "{name}");
    }
    for key in [Key::E, Key::X, Key::M, Key::S] {
        desk.press(key);
    }
    let marks = |c: &Command| matches!(c, Command::Mark(_) | Command::SaveSnapshot { .. });
    assert!(!desk.take().iter().any(marks));
    assert!(desk.harness.query_by_label("Export tray").is_none());
}

#[test]
fn without_a_pin_it_only_asks() {
    let mut desk = kiosk(|_, _| {});
    desk.click("Leave the kiosk");
    desk.click("Stay");
    assert!(desk.harness.state().is_kiosk());
    leave_keys(&mut desk);
    let last = desk.harness.get_all_by_label("Leave the kiosk").last();
    last.expect("the button of the sheet").click();
    desk.harness.run();
    assert!(!desk.harness.state().is_kiosk());
    assert!(desk.harness.query_by_label("Devices").is_some());
    let awake = |c: &Command| matches!(c, Command::KeepAwake(false));
    assert!(desk.take().iter().any(awake));
}

#[test]
fn the_pin_leads_out_and_a_wrong_one_waits() {
    let mut desk = kiosk(|snapshot, _| snapshot.pin_is_set = true);
    leave_keys(&mut desk);
    desk.take();
    desk.click("1");
    desk.click("2");
    desk.write("x9");
    desk.press(Key::Backspace);
    assert!(desk.harness.query_by_label("PIN, 3 characters").is_some());
    desk.harness.snapshot("kiosk_pin");
    desk.click("Enter");
    let (id, typed) = entered(&desk).expect("asked");
    assert_eq!(typed, "12x");
    answer(&mut desk, id, PinOutcome::Wrong { next_try_at: later(4) });
    assert!(desk.harness.query_by_label_contains("The next try is in 4 s").is_some());
    assert!(desk.harness.query_by_label("PIN, 0 characters").is_some());
    desk.write("1234");
    desk.press(Key::Enter);
    assert!(entered(&desk).is_none(), "it is not asked before that");
    // An answer to another question opens nothing.
    answer(&mut desk, id + 7, PinOutcome::Right);
    assert!(desk.harness.state().is_kiosk());
    desk.press(Key::Escape);
    leave_keys(&mut desk);
    desk.write("1234");
    desk.press(Key::Enter);
    let (id, typed) = entered(&desk).expect("asked");
    assert_eq!(typed, "1234");
    answer(&mut desk, id, PinOutcome::Wait { until: later(125) });
    assert!(desk.harness.query_by_label_contains("in 2 min 05 s").is_some());
    desk.press(Key::Escape);
    leave_keys(&mut desk);
    desk.write("4321");
    desk.press(Key::Enter);
    let (id, _) = entered(&desk).expect("asked");
    answer(&mut desk, id, PinOutcome::Right);
    assert!(!desk.harness.state().is_kiosk());
}

#[test]
fn pages_and_views_take_turns_while_nobody_is_there() {
    let view = |name: &str, cameras: &[usize]| {
        SavedView::new(name, Arrangement::of(cameras.iter().map(|n| fixture::id(*n))))
    };
    let mut desk = kiosk(|_, settings| {
        settings.views = vec![view("Day", &[0, 1]), view("Night", &[5])];
        settings.wall = WallSettings { view: Some("Day".into()), ..WallSettings::default() };
        settings.kiosk = KioskSettings { rotate_seconds: RotateSeconds(10), ..Default::default() };
    });
    desk.take();
    desk.harness.run_steps(60);
    let watched: Vec<usize> = desk
        .take()
        .into_iter()
        .filter_map(|c| if let Command::WatchLive(tiles) = c { Some(tiles.len()) } else { None })
        .collect();
    assert_eq!(watched, [1]);
    desk.harness.event(Event::PointerMoved(egui::pos2(300.0, 300.0)));
    desk.harness.run_steps(30);
    assert!(desk.take().is_empty(), "somebody is there");
}

#[test]
fn an_alarm_comes_up_and_nothing_else() {
    let mut snapshot = fixture::snapshot(4);
    snapshot.notices = vec![
        fixture::notice(1, Severity::Warning, "The clock was set."),
        fixture::notice(2, Severity::Alarm, "The disk cannot be written."),
    ];
    let mut desk = kiosk(|_, _| {});
    desk.shown.snapshot.set(snapshot);
    desk.harness.run_steps(2);
    assert!(desk.harness.query_by_label("The disk cannot be written.").is_some());
    assert!(desk.harness.query_by_label("The clock was set.").is_none());
    assert!(desk.harness.query_by_label("Acknowledge").is_none());
}

#[test]
fn the_settings_say_what_comes_first() {
    let desk = kiosk(|_, settings| settings.kiosk.page = KioskPage::Playback);
    assert_eq!(desk.harness.state().page(), Page::Playback);
}

#[test]
fn a_first_start_tells_what_to_do() {
    let desk = kiosk(|snapshot, _| snapshot.cameras.clear());
    assert!(desk.harness.query_by_label("Add a camera").is_none());
    assert!(desk.harness.query_by_label("Leave the kiosk").is_some());
}
