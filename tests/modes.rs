//! Watchkeeper as its user lives with it: one on a folder, started at sign-in, stopped on request, behind a PIN,
//! with its passwords locked.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;

use std::fs;
use std::process::Command as Program;
use std::sync::Arc;
use std::time::Duration;

use common::{Bench, simulator, small_cameras, wait_for};
use watchkeeper::config::{DataFolder, Secrets, window};
use watchkeeper::engine::{Engine, EngineOptions};
use watchkeeper::model::{CameraId, KeyPlace, Mode, Password, StreamKind, Transport};
use watchkeeper::protocol::{
    CameraDraft, Command, Console, LinkState, PinOutcome, Protection, Snapshot, WindowPlace,
};
use watchkeeper::runtime::SystemClock;
use watchkeeper::simulate::SimulatorConfig;

const SOON: Duration = Duration::from_secs(20);

fn text(output: &std::process::Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

#[test]
fn a_console_beside_a_recorder_says_what_runs_and_how_to_see_it() {
    let bench = Bench::new();
    let mut recording = bench.record(&[]);
    wait_for("the recorder", SOON, || bench.run(&["health"]).status.success());
    let output = bench.run(&[]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("without a window") && said.contains("watchkeeper stop"), "{said}");
    assert!(said.contains(&recording.id().to_string()), "{said}");
    assert!(recording.is_running());
    assert!(bench.ok(&["stop"]).contains("has ended"));
    recording.wait();
    assert!(bench.ok(&["stop"]).contains("not running"));
}

#[test]
fn starting_at_sign_in_is_set_and_taken_back() {
    let bench = Bench::new();
    let config = tempfile::tempdir().expect("temporary folder");
    let run = |arguments: &[&str]| {
        let mut command: Program = bench.command(arguments);
        // No service manager is found: the test changes nothing of whoever runs it.
        command.env("XDG_CONFIG_HOME", config.path()).env("PATH", config.path());
        let output = command.output().expect("the program starts");
        assert!(output.status.success(), "{}", text(&output));
        text(&output)
    };
    assert!(run(&["autostart", "show"]).contains("Nothing"));
    assert!(run(&["autostart", "set", "kiosk"]).contains("kiosk"));
    let entry = config.path().join("autostart/watchkeeper.desktop");
    let words = fs::read_to_string(&entry).expect("an entry");
    let folder = bench.root().to_string_lossy().into_owned();
    assert!(words.contains(&format!("\"--data-dir\" \"{folder}\" \"--kiosk\"")), "{words}");
    let said = run(&["autostart", "set", "record"]);
    assert!(said.contains("systemctl --user enable watchkeeper.service"), "{said}");
    assert!(!entry.exists());
    let unit = config.path().join("systemd/user/watchkeeper.service");
    assert!(fs::read_to_string(&unit).expect("a unit").contains("\"record\""));
    assert!(run(&["autostart", "show", "--json"]).contains("\"record\""));
    assert!(run(&["autostart", "set", "off"]).contains("Nothing"));
    assert!(!unit.exists() && !entry.exists());
}

/// An engine on `folder`.
fn start(folder: &DataFolder) -> (Engine, Console) {
    let options = EngineOptions::new(folder.clone(), Arc::new(SystemClock::new()));
    Engine::start(options).expect("started")
}

fn folder() -> (tempfile::TempDir, DataFolder) {
    let root = tempfile::tempdir().expect("temporary folder");
    let folder = DataFolder::at(root.path().join("data")).expect("made");
    (root, folder)
}

fn snapshot(console: &Console) -> Snapshot {
    (*console.shown().snapshot.get().unwrap_or_default()).clone()
}

fn pin(text: &str) -> Password {
    Password::new(text.into())
}

/// What becomes of a command about the PIN.
fn outcome(console: &Console, command: impl FnOnce(u64) -> Command) -> PinOutcome {
    let id = console.shown().next_id();
    console.send(command(id)).expect("sent");
    let answer = || console.shown().pin.get().filter(|answer| answer.id == id);
    wait_for("the answer", SOON, || answer().is_some());
    answer().expect("it is there").outcome.clone()
}

#[test]
fn a_pin_is_asked_for_also_after_a_restart() {
    let (_root, folder) = folder();
    let (engine, console) = start(&folder);
    let set = |old, new| move |id| Command::SetPin { id, old, new };
    assert_eq!(outcome(&console, set(None, Some(pin("2580")))), PinOutcome::Right);
    wait_for("the PIN", SOON, || snapshot(&console).pin_is_set);
    engine.stop().expect("stopped");
    let (engine, console) = start(&folder);
    assert!(snapshot(&console).pin_is_set);
    let enter = |text: &str| {
        let pin = pin(text);
        move |id| Command::EnterPin { id, pin }
    };
    assert!(matches!(outcome(&console, enter("0000")), PinOutcome::Wrong { .. }));
    assert!(matches!(outcome(&console, enter("2580")), PinOutcome::Wait { .. }));
    wait_for("the wait", SOON, || outcome(&console, enter("2580")) == PinOutcome::Right);
    let short = outcome(&console, set(Some(pin("2580")), Some(pin("1"))));
    assert!(matches!(short, PinOutcome::Failed(_)), "{short:?}");
    assert_eq!(outcome(&console, set(Some(pin("2580")), None)), PinOutcome::Right);
    wait_for("no PIN", SOON, || !snapshot(&console).pin_is_set);
    engine.stop().expect("stopped");
}

#[test]
fn the_place_of_the_window_is_remembered_to_the_last_moment() {
    let (_root, folder) = folder();
    let (engine, console) = start(&folder);
    let place = WindowPlace {
        position: Some((20.0, 40.0)),
        size: (1280.0, 720.0),
        is_maximised: false,
        page: "Playback".into(),
    };
    console.send(Command::RememberWindow(place.clone())).expect("sent");
    engine.stop().expect("stopped");
    assert_eq!(window::read(&folder), Some(place));
}

#[test]
fn locked_passwords_are_asked_for_and_open_later() {
    let password = Password::new("correct horse".into());
    let simulator = simulator(SimulatorConfig {
        user: Some("operator".into()),
        password: Some(password.clone()),
        ..small_cameras(1)
    });
    let (_root, folder) = folder();
    let (engine, console) = start(&folder);
    let draft = CameraDraft {
        group: String::new(),
        name: "Gate".into(),
        main: simulator.url(0, StreamKind::Main).to_string(),
        sub: None,
        user: Some("operator".into()),
        password: Some("correct horse".into()),
        transport: Transport::Tcp,
        stream: StreamKind::Main,
        mode: Mode::Continuous,
    };
    console.send(Command::AddCamera(draft)).expect("sent");
    let is_online = |console: &Console| {
        snapshot(console).cameras.iter().any(|camera| camera.link == LinkState::Online)
    };
    wait_for("a picture", SOON, || is_online(&console));
    let passphrase = Password::new("a long walk".into());
    let protection = Protection::Passphrase(passphrase.clone());
    let answer = |console: &Console, id: u64| {
        let find = || console.shown().unlocked.get().filter(|answer| answer.id == id);
        wait_for("the answer", SOON, || find().is_some());
        find().expect("it is there").outcome.clone()
    };
    console.send(Command::ProtectPasswords { id: 1, protection }).expect("sent");
    assert_eq!(answer(&console, 1), Ok(()));
    engine.stop().expect("stopped");

    let (engine, console) = start(&folder);
    let locked = snapshot(&console);
    assert_eq!(locked.passwords.place, KeyPlace::Passphrase);
    let words = locked.passwords.locked.expect("locked");
    assert_eq!(words, "Passwords are locked: enter the passphrase");
    let LinkState::Offline { why, retry_at: None, .. } = &locked.cameras[0].link else {
        panic!("{:?}", locked.cameras[0].link);
    };
    assert_eq!(*why, words);
    let wrong = Password::new("a long wall".into());
    console.send(Command::Unlock { id: 2, passphrase: wrong }).expect("sent");
    assert!(answer(&console, 2).is_err_and(|why| why.contains("not the passphrase")));
    assert!(!is_online(&console));
    console.send(Command::Unlock { id: 3, passphrase }).expect("sent");
    assert_eq!(answer(&console, 3), Ok(()));
    wait_for("a picture", SOON, || is_online(&console));
    assert_eq!(snapshot(&console).passwords.locked, None);
    engine.stop().expect("stopped");
    let secrets = Secrets::open(&folder).expect("opened");
    let gate = CameraId::from_name("Gate");
    assert!(secrets.has(&gate) && secrets.get(&gate).is_err(), "it is locked again on disk");
}
