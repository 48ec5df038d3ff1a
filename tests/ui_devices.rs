//! Setup > Devices as an operator meets it: the table, the editor of a camera, and the sheets that add, find, remove,
//! import and export cameras.
//!
//! Pictures are compared with `tests/snapshots`; `UPDATE_SNAPSHOTS=1` writes them anew, and then a person looks
//! at them.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod ui_fixture;

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Pos2};
use egui_kittest::kittest::Queryable;
use ui_fixture as fixture;
use ui_fixture::desk::Desk;
use ui_fixture::hand::{choose, drag, fill, flip, is_kept_for_undo, told, undone, value_of};
use watchkeeper::model::settings::recording::{MinSize, PostSeconds, PreSeconds, Sensitivity};
use watchkeeper::model::settings::{CameraRecording, Retention, ThemeChoice};
use watchkeeper::model::{
    CameraSettings, Mode, MotionSource, MotionZone, Settings, StreamKind, Transport, ZoneKind,
};
use watchkeeper::protocol::{
    CameraListAnswer, CameraListOutcome, ChangeAnswer, Command, DeviceAnswer, DeviceOutcome,
    DeviceStreams, FoundDevice, ImportSummary, KnownCameras, MotionTrial, ProbeAnswer,
    ProbeOutcome, SearchAnswer, SettingsChange, Snapshot, StorageAnswer, StorageOverview,
};

/// The settings behind the cameras of [`fixture::snapshot`].
fn settings(count: usize) -> Settings {
    let schedule = "[[schedule]]\nname = \"Night\"\nrange = [{ days = \"mon-sun\", from = \"22:00\", \
                    to = \"06:00\" }]\n";
    let mut settings: Settings = toml_edit::de::from_str(schedule).expect("a schedule");
    settings.cameras = (0..count).map(camera).collect();
    settings
}

fn camera(number: usize) -> CameraSettings {
    CameraSettings {
        id: fixture::id(number),
        name: fixture::NAMES[number].into(),
        group: fixture::GROUPS[number].into(),
        main: format!("rtsp://192.168.1.{}:554/main", 20 + number).parse().expect("an address"),
        sub: Some(format!("rtsp://192.168.1.{}:554/sub", 20 + number).parse().expect("one")),
        user: Some("viewer".into()),
        transport: Transport::Tcp,
        recording: CameraRecording::default(),
    }
}

fn snapshot(settings: &Settings) -> Snapshot {
    let count = settings.cameras.len();
    Snapshot { settings: Arc::new(settings.clone()), ..fixture::snapshot(count) }
}

/// The page Devices, with settings behind it.
fn devices(settings: &Settings) -> Desk {
    opened(Desk::with_step(snapshot(settings), 0.1))
}

fn opened(mut desk: Desk) -> Desk {
    desk.click("Devices");
    desk.take();
    desk
}

/// The editor of the third camera.
fn editor(tab: &str) -> Desk {
    let mut desk = devices(&settings(4));
    desk.click("Settings of Gate");
    if tab == "Recording" {
        desk.click("Settings: Recording");
    }
    desk.take();
    desk
}

fn change(desk: &Desk) -> SettingsChange {
    let change = |command| match command {
        Command::ChangeSettings(change) => Some(change),
        _ => None,
    };
    desk.take().into_iter().find_map(change).expect("a change of settings")
}

/// The engine says yes to a change.
fn accept(desk: &mut Desk, change: &SettingsChange) {
    let after = Arc::new(Settings::clone(&change.after));
    let answer = ChangeAnswer { id: change.id, outcome: Ok(Arc::clone(&after)) };
    desk.shown.snapshot.set(snapshot(&after));
    desk.shown.changed.set(answer);
    desk.harness.run();
}

/// The engine says what a change deletes: nothing.
fn loses_nothing(desk: &mut Desk) {
    let id = desk.take().into_iter().find_map(|command| match command {
        Command::QueryStorage(query) => Some(query.id),
        _ => None,
    });
    let answer = StorageAnswer { id: id.expect("asked"), ..StorageAnswer::default() };
    desk.shown.storage.set(answer);
    desk.harness.run();
}

// The table

#[test]
fn cameras_stand_in_their_groups_and_are_found_by_words() {
    let mut desk = devices(&settings(9));
    for group in ["Entrance", "Yard", "Warehouse"] {
        assert!(told(&desk, group), "{group}");
    }
    desk.write("/");
    desk.write("ware");
    assert!(told(&desk, "Settings of Aisle 1") && !told(&desk, "Settings of Gate"));
    desk.write(" none");
    assert!(told(&desk, "No camera of that name"));
    desk.press(Key::Escape);
    assert!(told(&desk, "Settings of Gate"));
}

#[test]
fn a_row_opens_the_editor_by_mouse_and_by_keyboard_and_esc_goes_back() {
    let mut desk = devices(&settings(4));
    let at = desk.harness.get_by_label("192.168.1.22:554").rect().center();
    desk.harness.hover_at(at);
    desk.harness.drag_at(at);
    desk.harness.drop_at(at);
    desk.harness.run();
    assert_eq!(value_of(&desk, "Name"), "Gate");
    desk.press(Key::Escape);
    assert!(told(&desk, "Settings of Gate"));
    desk.harness.get_by_label("Settings of Front door").focus();
    desk.harness.run();
    desk.press(Key::Enter);
    assert_eq!(value_of(&desk, "Name"), "Front door");
    desk.click("Back to the cameras");
    desk.click("Test Gate");
    let probe = desk.take().into_iter().find_map(|command| match command {
        Command::Probe(query) => Some(query),
        _ => None,
    });
    let probe = probe.expect("tested at once");
    assert_eq!(
        (probe.url.as_str(), probe.camera),
        ("rtsp://192.168.1.22:554/main", Some(fixture::id(2)))
    );
}

#[test]
fn a_camera_goes_with_its_footage_or_without() {
    for footage in [false, true] {
        let mut desk = devices(&settings(4));
        desk.click("Remove Gate");
        let commands = desk.take();
        let [Command::QueryStorage(query)] = commands.as_slice() else { panic!("{commands:?}") };
        assert!(told(&desk, "Looking how much footage"));
        let used_by = vec![(fixture::id(2), 12_000_000_000)];
        let overview = StorageOverview { used_by, ..StorageOverview::default() };
        desk.shown.storage.set(StorageAnswer { id: query.id, overview, ..Default::default() });
        desk.harness.run();
        assert!(told(&desk, "It has 12.0 GB of footage."));
        if footage {
            desk.click("Footage: Delete its footage");
            assert!(told(&desk, "What is locked stays"));
            desk.click("Remove and delete footage");
        } else {
            desk.click("Remove camera");
        }
        let Some(Command::RemoveCamera { id, footage: wanted }) = desk.take().pop() else {
            panic!("removed")
        };
        assert_eq!((id, wanted), (fixture::id(2), footage));
    }
}

// The editor

#[test]
fn every_field_of_the_connection_is_saved_and_found_again() {
    let mut desk = editor("Connection");
    assert!(told(&desk, "Recording: continuous"), "what happens now");
    fill(&mut desk, "Name", "Barrier");
    fill(&mut desk, "Group", "Outside");
    fill(&mut desk, "Address", "rtsp://10.0.0.7/one");
    fill(&mut desk, "Sub stream", "10.0.0.7/two");
    fill(&mut desk, "User", "guard");
    fill(&mut desk, "Password", "hunter2");
    desk.click("Transport: UDP");
    assert!(told(&desk, "unsaved changes"));
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    desk.harness.run();
    let change = change(&desk);
    let wanted = CameraSettings {
        id: fixture::id(2),
        name: "Barrier".into(),
        group: "Outside".into(),
        main: "rtsp://10.0.0.7/one".parse().expect("an address"),
        sub: Some("rtsp://10.0.0.7/two".parse().expect("an address")),
        user: Some("guard".into()),
        transport: Transport::Udp,
        recording: CameraRecording::default(),
    };
    assert_eq!(change.after.cameras[2], wanted);
    let (id, password) = &change.passwords[0];
    assert_eq!((id, password.as_ref().map(|p| p.reveal())), (&fixture::id(2), Some("hunter2")));
    accept(&mut desk, &change);
    assert!(!told(&desk, "unsaved changes"));
    desk.click("Back to the cameras");
    desk.click("Settings of Gate");
    for (name, value) in [
        ("Name", "Barrier"),
        ("Group", "Outside"),
        ("Address", "rtsp://10.0.0.7/one"),
        ("Sub stream", "rtsp://10.0.0.7/two"),
        ("User", "guard"),
        ("Password", ""),
    ] {
        assert_eq!(value_of(&desk, name), value, "{name}");
    }
}

#[test]
fn what_cannot_be_has_a_sentence_beside_it_and_is_not_sent() {
    for (field, text, why) in [
        ("Name", "", "A camera's name cannot be empty"),
        ("Name", "Reception", "Another camera has this name."),
        ("Group", &"x".repeat(65), "at most 64 printable characters"),
        ("Address", "", "Write the camera's address"),
        ("Address", "http://10.0.0.7/", "recorded over RTSP"),
        ("Address", "rtsp://", "names no host"),
        ("Sub stream", "ftp://10.0.0.7/", "recorded over RTSP"),
    ] {
        let mut desk = editor("Connection");
        fill(&mut desk, field, text);
        assert!(told(&desk, why), "{field} {text}: {why}");
        desk.click("Save");
        assert!(desk.take().is_empty(), "{field} {text}");
        assert!(told(&desk, "Nothing was saved"));
        desk.click("Discard");
        assert!(!told(&desk, why) && !told(&desk, "unsaved changes"));
    }
}

#[test]
fn a_pasted_address_is_split_and_its_password_is_nowhere_to_be_read() {
    let mut desk = editor("Connection");
    fill(&mut desk, "Address", "rtsp://joe:hunter2@10.0.0.7/one");
    assert_eq!(value_of(&desk, "Address"), "rtsp://10.0.0.7/one");
    assert_eq!(value_of(&desk, "User"), "joe");
    assert!(told(&desk, "were moved from the address"));
    assert!(!told(&desk, "hunter2"));
    desk.click("Save");
    let change = change(&desk);
    assert!(!format!("{change:?}").contains("hunter2"));
    assert_eq!(change.passwords[0].1.as_ref().map(|p| p.reveal()), Some("hunter2"));
}

#[test]
fn a_typed_password_is_not_kept_for_undo() {
    let mut desk = editor("Connection");
    fill(&mut desk, "User", "joe");
    assert!(is_kept_for_undo(&desk), "an ordinary field can be undone");
    fill(&mut desk, "Password", "hunter2");
    assert!(!is_kept_for_undo(&desk));
    let mut desk = devices(&settings(1));
    desk.click("Add camera");
    fill(&mut desk, "Password", "hunter2");
    assert!(!is_kept_for_undo(&desk));
}

#[test]
fn undo_brings_no_password_back_into_an_address() {
    let is_forgotten = |desk: &mut Desk, name: &str| {
        fill(desk, name, "rtsp://joe:hunter2");
        // Longer than a text must stay to be kept.
        desk.harness.run_steps(20);
        assert!(undone(desk).iter().any(|text| text.contains("hunter2")), "{name} can be undone");
        desk.write("@10.0.0.7/one");
        assert_eq!(value_of(desk, name), "rtsp://10.0.0.7/one");
        desk.harness.run_steps(20);
        let texts = undone(desk);
        assert!(texts.iter().all(|text| !text.contains("hunter2")), "{name}: {texts:?}");
    };
    let mut desk = editor("Connection");
    is_forgotten(&mut desk, "Address");
    is_forgotten(&mut desk, "Sub stream");
    let mut desk = devices(&settings(1));
    desk.click("Add camera");
    is_forgotten(&mut desk, "Address");
    is_forgotten(&mut desk, "Sub stream");
    assert!(value_of(&desk, "User") == "joe" && !value_of(&desk, "Password").is_empty());
}

#[test]
fn a_test_shows_what_arrives_or_why_it_cannot_be_recorded() {
    let mut light = settings(4);
    light.console.theme = ThemeChoice::Light;
    let mut desk = devices(&light);
    desk.click("Settings of Gate");
    desk.take();
    desk.click("Test connection");
    let commands = desk.take();
    let [Command::Probe(query)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(query.user.as_deref(), Some("viewer"));
    assert!(told(&desk, "Connecting and looking at the stream"));
    assert_eq!(desk.harness.run(), 1, "nothing moves meanwhile");
    let generation = query.generation;
    let why = "The camera sends H.265, which is not recorded. Set it to H.264.";
    let outcome = ProbeOutcome::Failed(why.into());
    desk.shown.probe.set(ProbeAnswer { generation, outcome });
    desk.harness.run();
    assert!(told(&desk, "It cannot be recorded") && told(&desk, why));
    desk.shown
        .probe
        .set(ProbeAnswer { generation, outcome: ProbeOutcome::Found(fixture::found()) });
    desk.harness.run();
    for part in [
        "The main stream can be recorded",
        "H.264 High, 1920 × 1080",
        "25 fps, 3.9 Mbit/s",
        "50 pictures",
        "2.5 s ahead",
        "far apart",
    ] {
        assert!(told(&desk, part), "{part}");
    }
    desk.harness.snapshot("devices_connection");
}

#[test]
fn every_field_of_recording_is_saved_and_found_again() {
    // All of it is in sight.
    let mut desk = opened(Desk::sized(snapshot(&settings(4)), egui::vec2(1280.0, 1000.0)));
    desk.click("Settings of Gate");
    desk.click("Settings: Recording");
    desk.take();
    choose(&mut desk, "Type", "Motion detection");
    desk.click("Recorded stream: Sub");
    choose(&mut desk, "Schedule", "Night");
    flip(&mut desk, "Motion within schedule");
    flip(&mut desk, "Main stream on motion");
    for (field, text) in [
        ("Kept for days", "9"),
        ("Kept for hours", "8"),
        ("Kept for minutes", "7"),
        ("Sensitivity", "61"),
        ("Smallest motion", "12"),
        ("Before motion", "9"),
        ("After motion", "33"),
    ] {
        fill(&mut desk, field, text);
    }
    desk.click("Motion is seen by: The camera");
    desk.click("A new zone is: Ignored");
    desk.click("Add a zone in the middle");
    desk.click("Save");
    loses_nothing(&mut desk);
    let change = change(&desk);
    let corners = vec![(250, 250), (750, 250), (750, 750), (250, 750)];
    let wanted = CameraRecording {
        mode: Mode::Motion,
        stream: Some(StreamKind::Sub),
        schedule: Some("Night".into()),
        motion_in_schedule: true,
        main_on_motion: true,
        pre_seconds: Some(PreSeconds(9)),
        post_seconds: Some(PostSeconds(33)),
        retention: Retention::new(9, 8, 7),
        motion_source: MotionSource::Camera,
        sensitivity: Some(Sensitivity(61)),
        min_size: Some(MinSize(12)),
        zones: vec![MotionZone { kind: ZoneKind::Ignore, corners }],
    };
    assert_eq!(change.after.cameras[2].recording, wanted);
    assert!(change.passwords.is_empty());
    accept(&mut desk, &change);
    assert!(!told(&desk, "unsaved changes"));
    for (field, text) in [
        ("Kept for days", "9"),
        ("Sensitivity", "61"),
        ("Before motion", "9"),
        ("After motion", "33"),
    ] {
        assert_eq!(value_of(&desk, field), text, "{field}");
    }
    // And back to what holds for all cameras.
    for name in [
        "Recorded stream",
        "Schedule",
        "Kept for",
        "Sensitivity",
        "Smallest motion",
        "Before motion",
        "After motion",
    ] {
        desk.click(&format!("{name} as for all cameras"));
    }
    assert_eq!(value_of(&desk, "Before motion"), "5");
    assert!(told(&desk, "needs a schedule"), "the type has none left");
}

#[test]
fn a_recording_that_cannot_be_has_a_sentence_beside_it_and_is_not_sent() {
    for (field, text, why) in [
        ("Kept for days", "x", "from 0 to 36500"),
        ("Kept for hours", "24", "from 0 to 23"),
        ("Kept for minutes", "-1", "from 0 to 59"),
        ("Sensitivity", "0", "from 1 to 100"),
        ("Smallest motion", "501", "from 1 to 500"),
        ("Before motion", "61", "from 0 to 60"),
        ("After motion", "", "from 0 to 600"),
    ] {
        let mut desk = editor("Recording");
        fill(&mut desk, field, text);
        assert!(told(&desk, why), "{field} {text}: {why}");
        desk.click("Save");
        assert!(desk.take().is_empty(), "{field} {text}");
        desk.click("Discard");
        assert!(!told(&desk, why), "{field}");
    }
    let mut desk = editor("Recording");
    choose(&mut desk, "Type", "Scheduled");
    assert!(told(&desk, "needs a schedule, and none is chosen"));
    desk.click("Save");
    assert!(desk.take().is_empty());
    assert!(told(&desk, "Nothing was saved"));
}

#[test]
fn leaving_with_changes_asks() {
    let mut desk = editor("Recording");
    desk.click("Recorded stream: Sub");
    desk.press(Key::Escape);
    assert!(told(&desk, "Save the changes?"));
    desk.click("Keep editing");
    assert!(told(&desk, "unsaved changes"));
    desk.click("Back to the cameras");
    let save = desk.harness.get_all_by_role_and_label(Role::Button, "Save").last().expect("asked");
    save.click();
    desk.harness.run();
    let change = change(&desk);
    accept(&mut desk, &change);
    assert!(told(&desk, "Settings of Gate"), "back at the table");
    desk.click("Settings of Gate");
    desk.click("Settings: Recording");
    desk.click("Recorded stream as for all cameras");
    desk.click("Back to the cameras");
    let discard = desk.harness.get_all_by_role_and_label(Role::Button, "Discard").last();
    discard.expect("asked").click();
    desk.harness.run();
    assert!(told(&desk, "Settings of Gate"), "back at the table");
}

#[test]
fn the_meter_follows_what_is_written_and_ends_with_the_tab() {
    let mut desk = editor("Connection");
    desk.click("Settings: Recording");
    let watch = |command: &Command| match command {
        Command::WatchMotion(Some(watch)) => Some(watch.clone()),
        _ => None,
    };
    let first = desk.take().iter().find_map(watch).expect("watched");
    assert_eq!((first.camera.clone(), first.settings.sensitivity), (fixture::id(2), 50));
    for (level, text) in
        [(0, "nothing moves"), (300, "too little to count"), (700, "counts as motion")]
    {
        desk.shown.trial.set(MotionTrial { camera: fixture::id(2), level, trouble: None });
        desk.shown.wake();
        desk.harness.run();
        assert!(told(&desk, text), "{text}");
        assert_eq!(desk.harness.run(), 1, "repainted only when there is something new");
    }
    fill(&mut desk, "Sensitivity", "80");
    desk.harness.run_steps(4);
    let next = desk.take().iter().filter_map(watch).next_back().expect("retuned");
    assert_eq!(next.settings.sensitivity, 80);
    desk.click("Settings: Connection");
    assert!(desk.take().iter().any(|command| matches!(command, Command::WatchMotion(None))));
    desk.click("Settings: Recording");
    desk.take();
    desk.click("Live");
    assert!(desk.take().iter().any(|command| matches!(command, Command::WatchMotion(None))));
}

/// A place on the picture, in parts of it.
fn on_picture(desk: &Desk, x: f32, y: f32) -> Pos2 {
    let rect = desk.harness.get_by_role_and_label(Role::Image, "Zones on the picture").rect();
    let height = rect.width() * 9.0 / 16.0;
    let place = if height > rect.height() {
        egui::Rect::from_center_size(
            rect.center(),
            egui::vec2(rect.height() * 16.0 / 9.0, rect.height()),
        )
    } else {
        egui::Rect::from_center_size(rect.center(), egui::vec2(rect.width(), height))
    };
    place.min + place.size() * egui::vec2(x, y)
}

fn press_at(desk: &mut Desk, at: Pos2) {
    desk.harness.hover_at(at);
    desk.harness.run();
    let button = |pressed| Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    desk.harness.event(button(true));
    desk.harness.event(button(false));
    desk.harness.run();
    // Two clicks in different places are no double click, nor are slow ones.
    desk.harness.run_steps(6);
}

fn near(zone: &MotionZone, wanted: &[(u16, u16)]) -> bool {
    zone.corners.len() == wanted.len()
        && zone
            .corners
            .iter()
            .zip(wanted)
            .all(|(a, b)| a.0.abs_diff(b.0) < 6 && a.1.abs_diff(b.1) < 6)
}

#[test]
fn zones_are_drawn_moved_and_removed_with_the_mouse() {
    let mut desk = editor("Recording");
    for (x, y) in [(0.2, 0.2), (0.8, 0.2), (0.5, 0.8)] {
        let at = on_picture(&desk, x, y);
        press_at(&mut desk, at);
    }
    desk.press(Key::Enter);
    assert!(told(&desk, "Zone 1"));
    desk.click("Save");
    let first = change(&desk);
    let zone = &first.after.cameras[2].recording.zones[0];
    assert!(near(zone, &[(200, 200), (800, 200), (500, 800)]), "{zone:?}");
    assert_eq!(zone.kind, ZoneKind::Include);
    accept(&mut desk, &first);

    // The last corner is moved.
    let (from, to) = (on_picture(&desk, 0.5, 0.8), on_picture(&desk, 0.3, 0.9));
    drag(&mut desk, from, to);
    // Another one, left out, is closed by a click on its first corner.
    let empty = on_picture(&desk, 0.95, 0.95);
    press_at(&mut desk, empty);
    desk.click("A new zone is: Ignored");
    for (x, y) in [(0.7, 0.6), (0.9, 0.6), (0.9, 0.9), (0.7, 0.9), (0.7, 0.6)] {
        let at = on_picture(&desk, x, y);
        press_at(&mut desk, at);
    }
    desk.harness.snapshot("devices_recording");
    desk.click("Save");
    let second = change(&desk);
    let zones = &second.after.cameras[2].recording.zones;
    assert!(near(&zones[0], &[(200, 200), (800, 200), (300, 900)]), "{zones:?}");
    assert!(near(&zones[1], &[(700, 600), (900, 600), (900, 900), (700, 900)]), "{zones:?}");
    assert_eq!(zones[1].kind, ZoneKind::Ignore);
    accept(&mut desk, &second);

    // The first one goes.
    let inside = on_picture(&desk, 0.45, 0.3);
    press_at(&mut desk, inside);
    desk.press(Key::Delete);
    desk.click("Save");
    assert_eq!(change(&desk).after.cameras[2].recording.zones, zones[1..]);
}

#[test]
fn a_line_is_no_zone() {
    let mut desk = editor("Recording");
    for x in [0.2, 0.8] {
        let at = on_picture(&desk, x, 0.5);
        press_at(&mut desk, at);
    }
    desk.press(Key::Enter);
    assert!(told(&desk, "A zone has 3 to 32 corners."));
    assert!(!told(&desk, "unsaved changes"));
}

#[test]
fn zones_are_made_and_changed_by_keyboard_alone() {
    let mut desk = editor("Recording");
    let activate = |desk: &mut Desk, name: &str| {
        desk.harness.get_by_role_and_label(Role::Button, name).focus();
        desk.harness.run();
        desk.press(Key::Space);
    };
    activate(&mut desk, "Add a zone in the middle");
    activate(&mut desk, "Zone 1: Ignored");
    let corner = desk.harness.get_by_role_and_label(Role::SpinButton, "X of corner 1 of zone 1");
    corner.focus();
    desk.harness.run();
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.harness.run();
    desk.write("100");
    desk.press(Key::Enter);
    activate(&mut desk, "Add a corner of zone 1");
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    desk.harness.run();
    let zones = change(&desk).after.cameras[2].recording.zones.clone();
    assert_eq!(zones[0].kind, ZoneKind::Ignore);
    assert_eq!(zones[0].corners[0], (100, 250));
    assert_eq!(zones[0].corners.len(), 5);
}

#[test]
fn a_recording_is_used_for_other_cameras() {
    let mut desk = editor("Recording");
    choose(&mut desk, "Type", "Motion detection");
    fill(&mut desk, "Before motion", "9");
    desk.click("Use for other cameras …");
    desk.harness.get_by_role_and_label(Role::CheckBox, "Reception").click();
    desk.harness.run();
    desk.click("Use for 1 camera");
    desk.click("Save");
    let after = change(&desk).after;
    assert_eq!(after.cameras[1].recording, after.cameras[2].recording);
    assert_eq!(after.cameras[0].recording, CameraRecording::default());
}

// Adding and finding

#[test]
fn the_first_camera_takes_three_actions() {
    let mut desk = Desk::with(snapshot(&settings(0)));
    desk.take();
    desk.click("Add a camera");
    desk.write("rtsp://joe:hunter2@10.0.0.9/main");
    desk.press(Key::Enter);
    let Some(Command::AddCamera(draft)) = desk.take().pop() else { panic!("added") };
    assert_eq!((draft.name.as_str(), draft.main.as_str()), ("10.0.0.9", "rtsp://10.0.0.9/main"));
    assert_eq!((draft.user.as_deref(), draft.password.as_deref()), (Some("joe"), Some("hunter2")));
    assert_eq!(draft.mode, Mode::Continuous);
}

#[test]
fn what_is_wrong_on_the_sheet_is_told_beside_the_field() {
    for (field, text, why) in [
        ("Address", "", "Write the camera's address"),
        ("Address", "http://10.0.0.7/", "recorded over RTSP"),
        ("Name", "Gate", "Another camera has this name."),
        ("Group", &"x".repeat(65), "at most 64 printable characters"),
        ("Sub stream", "http://10.0.0.7/", "recorded over RTSP"),
    ] {
        let mut desk = devices(&settings(4));
        desk.click("Add camera");
        fill(&mut desk, "Address", "rtsp://10.0.0.9/main");
        fill(&mut desk, field, text);
        desk.press(Key::Enter);
        assert!(told(&desk, why), "{field} {text}: {why}");
        assert!(desk.take().is_empty(), "{field} {text}");
    }
}

#[test]
fn a_camera_that_is_found_is_asked_tested_and_added() {
    let mut desk = Desk::with(snapshot(&settings(0)));
    desk.take();
    desk.click("Search the network");
    let Some(Command::SearchCameras { generation }) = desk.take().pop() else { panic!("searched") };
    let device = |address: &str, name: &str, known| FoundDevice {
        address: address.into(),
        name: name.into(),
        model: "Model 5".into(),
        location: "Yard".into(),
        service: format!("http://{address}/onvif/device_service"),
        known,
    };
    let devices = vec![device("10.0.0.8:80", "Old", true), device("10.0.0.9:80", "Dome", false)];
    desk.shown.search.set(SearchAnswer { generation, running: true, devices, trouble: None });
    desk.harness.run();
    assert!(told(&desk, "Searching") && told(&desk, "added already") && told(&desk, "Model 5"));
    desk.click("Choose Dome");
    let Some(Command::AskDevice(query)) = desk.take().pop() else { panic!("asked") };
    let answer = |generation, outcome| DeviceAnswer { generation, outcome };
    desk.shown.device.set(answer(query.generation, DeviceOutcome::NeedsPassword));
    desk.harness.run();
    fill(&mut desk, "User", "joe");
    fill(&mut desk, "Password", "hunter2");
    desk.press(Key::Enter);
    let Some(Command::AskDevice(query)) = desk.take().pop() else { panic!("asked again") };
    assert_eq!(query.password.as_ref().map(|p| p.reveal()), Some("hunter2"));
    let streams = DeviceStreams {
        name: "Maker Dome 5".into(),
        main: "rtsp://10.0.0.9/main".into(),
        sub: Some("rtsp://10.0.0.9/sub".into()),
        profiles: Vec::new(),
        clock_offset: None,
    };
    desk.shown.device.set(answer(query.generation, DeviceOutcome::Found(Box::new(streams))));
    desk.harness.run();
    let commands = desk.take();
    assert!(commands.iter().any(|command| matches!(command, Command::StopSearch)));
    let tested = commands.iter().any(
        |command| matches!(command, Command::Probe(query) if query.url == "rtsp://10.0.0.9/main"),
    );
    assert!(tested, "{commands:?}");
    assert_eq!(value_of(&desk, "Sub stream"), "rtsp://10.0.0.9/sub");
    let add = desk.harness.get_all_by_role_and_label(Role::Button, "Add camera").last();
    add.expect("there").click();
    desk.harness.run();
    let Some(Command::AddCamera(draft)) = desk.take().pop() else { panic!("added") };
    assert_eq!((draft.name.as_str(), draft.user.as_deref()), ("Maker Dome 5", Some("joe")));
    assert_eq!(draft.sub.as_deref(), Some("rtsp://10.0.0.9/sub"));
}

// Lists in files

#[test]
fn the_list_is_written_into_a_file() {
    let mut desk = devices(&settings(4));
    desk.click("Export");
    fill(&mut desk, "File", "/mnt/stick/cameras.toml");
    desk.click("Write the list");
    let Some(Command::ExportCameras { id, path }) = desk.take().pop() else { panic!("written") };
    assert_eq!(path.to_string_lossy(), "/mnt/stick/cameras.toml");
    let outcome = Ok(CameraListOutcome::Exported { path, cameras: 4 });
    desk.shown.camera_list.set(CameraListAnswer { id, outcome });
    desk.harness.run();
    assert!(told(&desk, "Wrote 4 cameras into /mnt/stick/cameras.toml."));
    desk.click("Close");
    assert!(!told(&desk, "Export cameras"));
}

#[test]
fn a_list_is_looked_at_before_it_is_taken_over() {
    let mut desk = devices(&settings(4));
    desk.click("Import");
    let ask = |desk: &Desk| match desk.take().pop() {
        Some(Command::ImportCameras(query)) => query,
        other => panic!("{other:?}"),
    };
    desk.click("Read the list");
    let query = ask(&desk);
    assert_eq!(query.known, KnownCameras::Ask);
    let why = "/x/cameras.toml, line 7: pre_seconds must be 0 to 60";
    desk.shown.camera_list.set(CameraListAnswer { id: query.id, outcome: Err(why.into()) });
    desk.harness.run();
    assert!(told(&desk, why));
    desk.click("Read the list");
    let query = ask(&desk);
    let summary = ImportSummary {
        new: vec!["Roof".into()],
        known: vec!["Gate".into()],
        same: 2,
        schedules: vec!["Day".into()],
        apart: vec!["Roof".into()],
        again: vec!["Shed".into()],
        without_password: vec!["Roof".into()],
    };
    let outcome = Ok(CameraListOutcome::Found(summary.clone()));
    desk.shown.camera_list.set(CameraListAnswer { id: query.id, outcome });
    desk.harness.run();
    assert!(
        told(&desk, "1 camera to be added: Roof") && told(&desk, "different in the list: Gate")
    );
    assert!(told(&desk, "apart from the footage of an earlier camera: Roof"));
    assert!(told(&desk, "Footage that is here belongs to them again: Shed"));
    desk.click("Cameras that are there already: Update those");
    desk.click("Take over");
    let query = ask(&desk);
    assert_eq!(query.known, KnownCameras::Update);
    let outcome = Ok(CameraListOutcome::Imported(summary));
    desk.shown.camera_list.set(CameraListAnswer { id: query.id, outcome });
    desk.harness.run();
    assert!(told(&desk, "1 camera added, 1 updated.") && told(&desk, "Type the password of: Roof"));
}
