//! The console as an operator meets it, all but Live, Playback and kiosk: real pages over the real channels, fed and read by the
//! test.
//!
//! Pictures are compared with `tests/snapshots`; `UPDATE_SNAPSHOTS=1` writes them anew, and then a person looks
//! at them.

mod ui_fixture;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use ui_fixture as fixture;
use ui_fixture::desk::Desk;
use watchkeeper::model::Mode;
use watchkeeper::protocol::{COMMAND_QUEUE, Command, Severity};
use watchkeeper::ui::Page;

// The window at rest

#[test]
fn an_idle_window_repaints_only_for_its_clock() {
    let mut desk = Desk::with_cameras(4);
    assert_eq!(desk.harness.run(), 1);
    let delay = desk.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert!(delay.as_millis() >= 900, "{delay:?}");
    let uploads = desk.harness.state().textures().uploads();
    desk.harness.run();
    assert_eq!(desk.harness.state().textures().uploads(), uploads, "nothing is uploaded twice");
}

#[test]
fn a_new_picture_wakes_the_window_and_is_uploaded_once() {
    let mut desk = Desk::with_cameras(4);
    let uploads = desk.harness.state().textures().uploads();
    desk.shown.live.set(fixture::id(0), fixture::picture(0, 21, 320, 180));
    desk.shown.wake();
    assert!(desk.harness.ctx.has_requested_repaint());
    desk.harness.run();
    assert_eq!(desk.harness.state().textures().uploads(), uploads + 1);
}

#[test]
fn a_refused_command_is_told() {
    let mut desk = Desk::with_cameras(4);
    desk.take();
    desk.press(Key::Num1);
    for _ in 0..=COMMAND_QUEUE {
        desk.harness.key_press(Key::S);
        desk.harness.step();
    }
    desk.harness.run_steps(2);
    assert!(desk.harness.query_by_label("Watchkeeper is busy; please try again.").is_some());
}

// Shell

#[test]
fn the_rail_and_its_keys_lead_to_every_page() {
    let mut desk = Desk::with_cameras(4);
    for (name, page) in [
        ("Playback", Page::Playback),
        ("Devices", Page::Devices),
        ("Recording", Page::Recording),
        ("System", Page::System),
        ("Live", Page::Live),
    ] {
        desk.click(name);
        assert_eq!(desk.harness.state().page(), page);
    }
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    desk.harness.run();
    assert_eq!(desk.harness.state().page(), Page::Devices);
}

#[test]
fn notices_stay_until_acknowledged() {
    let mut snapshot = fixture::snapshot(4);
    let text = "Loading dock is offline. Check its power and cable.";
    snapshot.notices = vec![fixture::notice(7, Severity::Warning, text)];
    let mut desk = Desk::with(snapshot);
    desk.take();
    desk.harness.run_steps(60);
    desk.click("Notices, 1 new");
    desk.click("Acknowledge");
    assert!(matches!(desk.take().pop(), Some(Command::Acknowledge(7))));
    desk.press(Key::Escape);
    assert!(desk.harness.query_by_label("Acknowledge").is_none());
}

#[test]
fn a_question_mark_shows_the_keys() {
    let mut desk = Desk::with_cameras(4);
    desk.write("?");
    assert!(desk.harness.query_by_label("Keys").is_some());
    desk.press(Key::Num2);
    desk.click("Close");
    assert!(desk.harness.query_by_label("Keys").is_none());
}

// Setup

#[test]
fn devices_are_listed() {
    let mut desk = Desk::with_cameras(6);
    desk.click("Devices");
    desk.harness.snapshot("devices");
}

#[test]
fn recording_offers_the_modes_of_every_camera() {
    let mut desk = Desk::with_cameras(4);
    desk.click("Recording");
    desk.harness.get_by_role_and_label(Role::ComboBox, "Mode of Gate").scroll_to_me();
    desk.harness.run();
    desk.take();
    desk.harness.get_by_role_and_label(Role::ComboBox, "Mode of Gate").click();
    desk.harness.run();
    desk.click("Disabled (manual only)");
    let command = desk.take().pop();
    assert!(matches!(command, Some(Command::SetMode(id, Mode::Disabled)) if id == fixture::id(2)));
}

#[test]
fn system_tells_about_the_program() {
    let mut desk = Desk::with_cameras(4);
    desk.click("System");
    // What paints differs from machine to machine.
    let painter = desk.harness.get_by_label_contains("wgpu, ").rect().expand(300.0);
    let row = desk.harness.get_by_label("Painted by").rect();
    desk.harness.mask(painter.intersect(egui::Rect::from_x_y_ranges(220.0..=660.0, row.y_range())));
    desk.harness.snapshot("system");
}

#[test]
fn the_first_start_offers_three_ways() {
    let mut desk = Desk::with_cameras(0);
    desk.harness.snapshot("first_start");
    desk.take();
    desk.click("Use simulated cameras");
    assert!(matches!(desk.take().pop(), Some(Command::UseSimulatedCameras)));
}

#[test]
fn a_camera_is_added_from_the_first_start() {
    let mut desk = Desk::with_cameras(0);
    desk.click("Add a camera");
    desk.take();
    for (field, text) in [
        ("Name", "Yard"),
        ("Address", "rtsp://10.0.0.9/main"),
        ("User", "viewer"),
        ("Password", "secret"),
    ] {
        let role = if text == "secret" { Role::PasswordInput } else { Role::TextInput };
        let node = desk.harness.get_by_role_and_label(role, field);
        node.focus();
        desk.harness.run();
        desk.write(text);
    }
    desk.press(Key::Enter);
    let Some(Command::AddCamera(draft)) = desk.take().pop() else { panic!("added") };
    assert_eq!((draft.name.as_str(), draft.main.as_str()), ("Yard", "rtsp://10.0.0.9/main"));
    assert_eq!((draft.sub, draft.user.as_deref()), (None, Some("viewer")));
    assert_eq!(draft.password.as_deref(), Some("secret"));
    assert_eq!(draft.mode, Mode::Continuous);
}
