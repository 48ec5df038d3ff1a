//! The cards Storage and For all cameras, field by field: what is set is sent, is in force, and is there again; what
//! cannot be has its sentence beside the field and is not sent.

use super::*;
use egui::accesskit::Toggled;
use egui_kittest::kittest::NodeT;
use ui_fixture::hand::{choose, flip, told, value_of};
use watchkeeper::model::settings::Retention;
use watchkeeper::model::settings::recording::{
    ManualMinutes, MinSize, PostSeconds, PreSeconds, Sensitivity,
};
use watchkeeper::model::settings::storage::{LowSpacePercent, MaxSize};
use watchkeeper::model::{Mode, StreamKind};

/// A window in which the whole page has room.
const TALL: Vec2 = Vec2::new(1280.0, 1800.0);

fn tall(settings: Settings) -> Desk {
    opened_with(Snapshot { settings: Arc::new(settings), ..snapshot() }, TALL)
}

/// Sets something by hand and saves: exactly that is sent. Once it is in force it is shown on the page, also when that
/// is left and opened again, and by a console that is started then.
fn is_set(hand: impl Fn(&mut Desk), set: impl Fn(&mut Settings), shown: impl Fn(&Desk)) {
    let mut desk = tall(settings());
    hand(&mut desk);
    desk.click("Save");
    let change = answer_storage(&mut desk).expect("a change");
    let mut expected = settings();
    set(&mut expected);
    assert_ne!(expected, settings(), "the test sets nothing");
    assert_eq!((&*change.before, &*change.after), (&settings(), &expected));
    assert!(change.passwords.is_empty());
    let after = Arc::new(expected.clone());
    desk.shown.changed.set(ChangeAnswer { id: change.id, outcome: Ok(Arc::clone(&after)) });
    desk.shown.snapshot.set(Snapshot { settings: after, ..snapshot() });
    desk.harness.run();
    assert!(is_unchanged(&desk));
    shown(&desk);
    desk.click("Live");
    desk.click("Recording");
    shown(&desk);
    shown(&tall(expected));
}

/// A field that is written into.
fn is_written(name: &str, text: &str, set: impl Fn(&mut Settings)) {
    let same = |desk: &Desk| assert_eq!(value_of(desk, name), text, "{name}");
    is_set(|desk| fill(desk, name, text), set, same);
}

/// Each of `texts` is refused with `sentence` beside the field, and goes with Discard.
fn is_refused(name: &str, texts: &[&str], sentence: &str) {
    let mut desk = tall(settings());
    let before = value_of(&desk, name);
    for text in texts {
        fill(&mut desk, name, text);
        let field = desk.harness.get_by_role_and_label(Role::TextInput, name).rect();
        let below = desk.harness.get_by_label(sentence).rect();
        let gap = below.top() - field.bottom();
        assert!((0.0..24.0).contains(&gap), "{name}: {text:?}, {gap} points apart");
        assert!((below.left() - field.left()).abs() < 240.0, "{name}: {below} by {field}");
        desk.click("Save");
        assert!(answer_storage(&mut desk).is_none(), "{name}: {text:?} was sent");
        assert!(told(&desk, "Nothing was saved: correct the fields that are marked first."));
    }
    desk.click("Discard");
    assert!(is_unchanged(&desk) && desk.harness.query_by_label(sentence).is_none());
    assert_eq!(value_of(&desk, name), before);
}

// Storage

#[test]
fn the_storage_path() {
    let path = "/mnt/footage";
    is_written("Storage path", path, |settings| settings.storage.path = path.into());
    is_refused("Storage path", &["", "  "], "Name a folder for recordings.");
}

#[test]
fn the_retention_period() {
    for (name, text, kept) in [
        ("Retention days", "45", (45, 0, 0)),
        ("Retention hours", "12", (0, 12, 0)),
        ("Retention minutes", "30", (0, 0, 30)),
    ] {
        let kept = Retention::new(kept.0, kept.1, kept.2).expect("a retention");
        is_written(name, text, |settings| settings.storage.retention = kept);
    }
    let range = |most: u32| format!("Write a whole number from 0 to {most}.");
    is_refused("Retention days", &["36501", "-1", "ten", ""], &range(36_500));
    is_refused("Retention hours", &["24", "1.5"], &range(23));
    is_refused("Retention minutes", &["60", "x"], &range(59));
}

#[test]
fn a_retention_beyond_a_hundred_years() {
    let mut desk = tall(settings());
    fill(&mut desk, "Retention days", "36500");
    fill(&mut desk, "Retention hours", "1");
    assert!(told(&desk, "At most a hundred years."));
    desk.click("Save");
    assert!(answer_storage(&mut desk).is_none());
}

#[test]
fn the_largest_size_of_all() {
    let name = "Maximum storage size";
    is_written(name, "2000", |settings| settings.storage.max_size_gb = MaxSize(2_000));
    is_refused(name, &["10000001", "-1", "all"], "Write a whole number from 0 to 10000000.");
}

#[test]
fn the_largest_file() {
    let name = "Maximum file size";
    is_written(name, "0", |settings| settings.storage.max_file_mb = 0);
    is_refused(name, &["1000001", "4 GB"], "Write a whole number from 0 to 1000000.");
}

#[test]
fn the_low_space_threshold() {
    let name = "Low space threshold";
    let five = |settings: &mut Settings| settings.storage.low_space_percent = LowSpacePercent(5);
    is_written(name, "5", five);
    is_refused(name, &["51", "", "10 %"], "Write a whole number from 0 to 50.");
}

#[test]
fn auto_delete_by_mouse_and_by_keyboard() {
    let off = |settings: &mut Settings| settings.storage.auto_delete = false;
    let shown = |desk: &Desk| assert!(told(desk, "off: a limit stops recording"));
    is_set(|desk| flip(desk, "Auto delete"), off, shown);
    let by_keyboard = |desk: &mut Desk| {
        focus(desk, Role::Switch, "Auto delete");
        desk.press(Key::Space);
    };
    is_set(by_keyboard, off, shown);
}

// For all cameras

#[test]
fn the_recorded_stream() {
    let name = "Recorded stream: Sub";
    is_set(
        |desk| desk.click(name),
        |settings| settings.recording.stream = StreamKind::Sub,
        |desk| {
            let button = desk.harness.get_by_role_and_label(Role::Button, name);
            assert_eq!(button.accesskit_node().toggled(), Some(Toggled::True));
        },
    );
}

#[test]
fn the_schedule_of_those_that_name_none() {
    is_set(
        |desk| choose(desk, "Schedule", "Night watch"),
        |settings| settings.recording.schedule = Some("Night watch".into()),
        |desk| {
            let menu = desk.harness.get_by_role_and_label(Role::ComboBox, "Schedule");
            assert_eq!(menu.value().as_deref(), Some("Night watch"));
        },
    );
}

#[test]
fn a_schedule_that_is_needed_stays() {
    let mut needed = settings();
    needed.recording.schedule = Some("Night watch".into());
    needed.cameras[2].recording.mode = Mode::Scheduled;
    let mut desk = tall(needed);
    choose(&mut desk, "Schedule", "none");
    desk.click("Save");
    assert!(answer_storage(&mut desk).is_none());
    assert!(told(&desk, "Not saved: "));
}

#[test]
fn when_a_recording_by_hand_ends() {
    let name = "Recording by hand ends after";
    is_written(name, "30", |settings| settings.recording.manual_minutes = ManualMinutes(30));
    is_refused(name, &["0", "1441", "an hour"], "Write a whole number from 1 to 1440.");
}

#[test]
fn the_seconds_before_motion() {
    let name = "Before motion";
    is_written(name, "0", |settings| settings.recording.pre_seconds = PreSeconds(0));
    is_refused(name, &["61", "-1"], "Write a whole number from 0 to 60.");
}

#[test]
fn the_seconds_after_motion() {
    let name = "After motion";
    is_written(name, "600", |settings| settings.recording.post_seconds = PostSeconds(600));
    is_refused(name, &["601", ""], "Write a whole number from 0 to 600.");
}

#[test]
fn the_sensitivity() {
    let name = "Motion sensitivity";
    is_written(name, "100", |settings| settings.recording.sensitivity = Sensitivity(100));
    is_refused(name, &["0", "101"], "Write a whole number from 1 to 100.");
}

#[test]
fn the_smallest_motion() {
    let name = "Smallest motion";
    is_written(name, "25", |settings| settings.recording.min_size = MinSize(25));
    is_refused(name, &["0", "501"], "Write a whole number from 1 to 500.");
}
