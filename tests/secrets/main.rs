//! A whole session, after which neither a password nor the PIN is to be found: not on the screen, not in what a screen
//! reader is told, in no file, log, list of processes, exported list or diagnostics.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../guest/mod.rs"]
mod guest;
mod search;

use std::cell::RefCell;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use common::{Bench, small_cameras, wait_for};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT;
use guest::Guest;
use search::Search;
use tracing_subscriber::layer::SubscriberExt;
use watchkeeper::config::DataFolder;
use watchkeeper::model::{Password, StreamKind};
use watchkeeper::protocol::{CameraDraft, Command, ProbeQuery};
use watchkeeper::runtime::RecentLog;
use watchkeeper::simulate::{Simulator, SimulatorConfig};
use watchkeeper::ui::App;

const SOON: Duration = Duration::from_secs(30);

const PASSWORD: &str = "Ostrich&Plum%93/x";
const WRONG_PASSWORD: &str = "Heron+Quince#47?y";
const PIN: &str = "corvid-7391";
const WRONG_PIN: &str = "jackdaw-1937";

/// These may be told: where they are found, a secret would have been found too.
const USER: &str = "gatekeeper77";
const CAMERA: &str = "Postern";

/// What this process logs, as the program prints it.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Everything, of whatever level and whatever library.
    fn start() -> Self {
        let log = Self::default();
        let own = log.clone();
        let printed = tracing_subscriber::fmt::layer().with_writer(move || own.clone());
        let subscriber = tracing_subscriber::registry().with(printed).with(RecentLog::default());
        tracing::subscriber::set_global_default(subscriber).expect("the first one");
        log
    }

    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// All that is written in a frame.
fn painted(shape: &Shape, text: &mut String) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| painted(shape, text)),
        Shape::Text(written) => {
            text.push_str(written.galley.text());
            text.push('\n');
        }
        _ => {}
    }
}

fn look_at(harness: &Harness<'static, App>, search: &mut Search) {
    let mut text = String::new();
    for clipped in &harness.output().shapes {
        painted(&clipped.shape, &mut text);
    }
    search.text("screen", &text);
    let nodes = harness.root().children_recursive();
    let tree: Vec<String> =
        nodes.map(|node| format!("{:?}", node.accesskit_node().data())).collect();
    search.text("accessibility tree", &tree.join("\n"));
}

fn camera_with_a_password() -> Simulator {
    let password = Some(Password::new(PASSWORD.into()));
    let (user, digest) = (Some(USER.into()), true);
    common::simulator(SimulatorConfig { user, password, digest, ..small_cameras(1) })
}

/// A wrong password and the right one are typed and tested; the camera is added and records.
fn adds_the_camera(guest: &mut Guest, address: &str, bench: &Bench) {
    guest.clicks("Add a camera");
    guest.types(address);
    guest.fills(Role::TextInput, "Name", CAMERA);
    guest.fills(Role::TextInput, "User", USER);
    guest.fills(Role::PasswordInput, "Password", WRONG_PASSWORD);
    guest.clicks("Test connection");
    guest.reads("It cannot be recorded");
    guest.fills(Role::PasswordInput, "Password", PASSWORD);
    guest.clicks("Test connection");
    guest.reads("The main stream can be recorded");
    guest.fills(Role::PasswordInput, "Password", PASSWORD);
    guest.presses(Key::Enter);
    guest.sees("a recorded picture", |_| {
        bench.files().iter().any(|path| path.metadata().is_ok_and(|data| data.len() > 10_000))
    });
}

/// Its password is typed again, tested, and saved with another setting.
fn changes_the_camera(guest: &mut Guest) {
    guest.clicks("Devices");
    guest.clicks(&format!("Settings of {CAMERA}"));
    guest.fills(Role::TextInput, "Group", "North");
    guest.fills(Role::PasswordInput, "Password", PASSWORD);
    guest.clicks("Test connection");
    guest.reads("The main stream can be recorded");
    guest.clicks("Save");
    guest.sees("the group", |guest| {
        let snapshot = guest.shown.snapshot.get().expect("a snapshot");
        snapshot.settings.cameras.iter().any(|camera| camera.group == "North")
    });
    // Once more with the stored one.
    guest.clicks("Test connection");
    guest.reads("Connecting and looking");
    guest.reads("The main stream can be recorded");
}

/// A PIN is set, leads out of the kiosk, and another one does not.
fn sets_and_enters_a_pin(guest: &mut Guest) {
    guest.clicks("System");
    guest.finds("Set a PIN");
    guest.fills(Role::PasswordInput, "New PIN", PIN);
    guest.fills(Role::PasswordInput, "New PIN again", PIN);
    guest.clicks("Set PIN");
    guest.sees("the PIN", |guest| {
        guest.shown.snapshot.get().is_some_and(|snapshot| snapshot.pin_is_set)
    });
    for (pin, leaves) in [(PIN, true), (WRONG_PIN, false)] {
        guest.harness.state_mut().set_kiosk();
        guest.steps(3);
        guest.presses_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
        guest.types(pin);
        guest.presses(Key::Enter);
        match leaves {
            true => guest.sees("the console", |guest| !guest.harness.state().is_kiosk()),
            false => guest.reads("That was not the PIN"),
        }
    }
}

fn exports_diagnostics(guest: &mut Guest, folder: &Path) {
    guest.clicks("System");
    guest.finds("Export diagnostics");
    guest.sees("the archive", |_| {
        std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
    });
}

/// What the program says and writes while it is asked from outside.
fn asks_from_outside(bench: &Bench, search: &mut Search) {
    let file = |name: &str| bench.root().join(name).to_string_lossy().into_owned();
    for arguments in [
        &["diagnose", "--export", &file("outside.zip")] as &[&str],
        &["camera", "export", &file("cameras.toml")],
        &["camera", "list", "--json"],
        &["storage", "show"],
        &["diagnose"],
        &["health", "--json"],
    ] {
        let output = bench.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        search.text("output", &String::from_utf8_lossy(&output.stdout));
        search.text("output", &errors);
    }
}

/// What is written for programmers, in a log line or when something panics.
fn debug_texts(guest: &Guest, search: &mut Search) {
    let shown = &guest.shown;
    let snapshot = shown.snapshot.get().expect("a snapshot");
    search.text("Debug", &format!("{snapshot:?}\n{:?}", snapshot.settings));
    let answers = (shown.probe.get(), shown.pin.get(), shown.history.get(), shown.storage.get());
    search.text("Debug", &format!("{answers:?}"));
    let password = || Password::new(PASSWORD.into());
    let pin = || Password::new(PIN.into());
    let camera = &snapshot.settings.cameras[0];
    let commands = [
        Command::Probe(ProbeQuery {
            generation: 1,
            camera: Some(camera.id.clone()),
            url: format!("rtsp://{USER}:{PASSWORD}@127.0.0.1/"),
            user: camera.user.clone(),
            password: Some(password()),
            transport: camera.transport,
        }),
        Command::AddCamera(CameraDraft {
            name: CAMERA.into(),
            group: String::new(),
            main: format!("rtsp://{USER}:{PASSWORD}@127.0.0.1/"),
            sub: None,
            user: camera.user.clone(),
            password: Some(PASSWORD.into()),
            transport: camera.transport,
            stream: StreamKind::Main,
            mode: camera.recording.mode,
        }),
        Command::SetPin { id: 1, old: Some(pin()), new: Some(pin()) },
        Command::EnterPin { id: 1, pin: pin() },
        Command::Unlock { id: 1, passphrase: password() },
    ];
    search.text("Debug", &format!("{commands:?}"));
}

#[test]
fn a_session_leaves_no_password_and_no_pin_anywhere() {
    let log = Log::start();
    let simulator = camera_with_a_password();
    let bench = Bench::new();
    let folder = DataFolder::at(bench.root().to_path_buf()).expect("the folder");
    let secrets = [PASSWORD, WRONG_PASSWORD, PIN, WRONG_PIN];
    let root = bench.root().to_string_lossy().into_owned();
    let search = Rc::new(RefCell::new(Search::new(&secrets, &[USER, CAMERA, "postern", &root])));
    let mut guest = Guest::sits_down(&folder, false);
    let onlooker = Rc::clone(&search);
    guest.onlooker = Box::new(move |harness| look_at(harness, &mut onlooker.borrow_mut()));

    adds_the_camera(&mut guest, simulator.url(0, StreamKind::Main).as_str(), &bench);
    changes_the_camera(&mut guest);
    exports_diagnostics(&mut guest, &folder.diagnostics());
    sets_and_enters_a_pin(&mut guest);
    debug_texts(&guest, &mut search.borrow_mut());
    asks_from_outside(&bench, &mut search.borrow_mut());
    guest.leaves();

    let before = bench.files().len();
    let mut command = bench.command(&["record"]);
    let errors = std::fs::File::create(bench.root().join("record.log")).expect("a log");
    let mut recorder = command.env("WATCHKEEPER_LOG", "trace").stderr(errors).spawn().expect("it");
    wait_for("the stored password lets it record", SOON, || bench.files().len() > before);
    let mut search = search.borrow_mut();
    search.processes();
    bench.ok(&["stop"]);
    assert!(recorder.wait().expect("it ends").success());

    search.text("log", &log.text());
    search.folder(bench.root());
    for (place, word) in [
        ("screen", USER),
        ("accessibility tree", USER),
        ("Debug", CAMERA),
        ("log", "postern"),
        ("record.log", "postern"),
        ("output", CAMERA),
        ("cmdline", root.as_str()),
        ("settings.toml", USER),
        ("cameras.toml", USER),
        ("outside.zip", "postern"),
        ("secrets.json", "postern"),
        ("index.redb", "postern"),
    ] {
        assert!(search.has_found(place, word), "{word} should be found: {place}");
    }
}
