//! A portable Watchkeeper: everything is beside the executable, works where the folder is carried to, and gives no
//! password away.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{given, simulator, small_cameras};
use serde_json::Value;
use watchkeeper::model::{Password, StreamKind};
use watchkeeper::simulate::SimulatorConfig;

/// A stick with the executable on it, and a home that must stay empty.
struct Stick {
    root: tempfile::TempDir,
    place: &'static str,
}

impl Stick {
    fn new() -> Self {
        // Beside the executable, so that it can be linked and need not be copied.
        let built = Path::new(env!("CARGO_BIN_EXE_watchkeeper"));
        let beside = built.parent().expect("a folder");
        let root = tempfile::tempdir_in(beside).expect("temporary folder");
        let stick = Self { root, place: "first mount" };
        fs::create_dir_all(stick.folder()).expect("made");
        fs::create_dir_all(stick.home()).expect("made");
        fs::hard_link(built, stick.folder().join("watchkeeper")).expect("linked");
        fs::write(stick.folder().join("watchkeeper.portable"), "").expect("marked");
        stick
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join(self.place)
    }

    fn data(&self) -> PathBuf {
        self.folder().join("watchkeeper-data")
    }

    fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    fn carry_to(&mut self, place: &'static str) {
        fs::rename(self.folder(), self.root.path().join(place)).expect("renamed");
        self.place = place;
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(self.folder().join("watchkeeper"));
        for variable in [
            "HOME",
            "TMPDIR",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_CACHE_HOME",
            "XDG_STATE_HOME",
        ] {
            command.env(variable, self.home());
        }
        given(command.args(arguments), input)
    }

    fn ok(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}\n{errors}");
        text
    }

    fn fails(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn assert_home_is_empty(&self) {
        let left: Vec<_> = fs::read_dir(self.home()).expect("listed").collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("listed").map(|entry| entry.expect("entry").path());
    let (folders, mut found): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    found.extend(folders.iter().flat_map(|folder| files(folder)));
    found
}

fn contains(path: &Path, text: &str) -> bool {
    let bytes = fs::read(path).expect("read");
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn a_folder_that_was_carried_elsewhere_has_all_footage() {
    let simulator = simulator(small_cameras(1));
    let mut stick = Stick::new();
    let main = simulator.url(0, StreamKind::Main).to_string();
    stick.ok(&["camera", "add", "Gate", "--main", &main], "");
    let footage = stick.data().join("footage");
    stick.ok(&["storage", "set", "--path", &footage.to_string_lossy()], "");
    stick.ok(&["record", "--for", "6s"], "");
    let first = stick.folder().to_string_lossy().into_owned();
    assert!(files(&footage).iter().any(|path| path.extension().is_some_and(|e| e == "mp4")));
    stick.carry_to("second mount");
    for file in files(&stick.data()) {
        assert!(!contains(&file, &first), "{} names the old place", file.display());
    }
    let check: Value = serde_json::from_str(&stick.ok(&["check", "--json"], "")).expect("JSON");
    assert_eq!(check["problems"].as_array().map(Vec::len), Some(0), "{check}");
    let rows: Value = serde_json::from_str(&stick.ok(&["recordings", "--json"], "")).expect("JSON");
    let row = rows.as_array().and_then(|rows| rows.first()).expect("a recording");
    let start = row["start"].as_str().expect("a time");
    let told = stick.ok(&["explain", "--camera", "Gate", "--at", start], "");
    assert!(told.contains("ecorded"), "{told}");
    let picture = stick.folder().join("gate.png");
    let picture_text = picture.to_string_lossy().into_owned();
    stick.ok(&["snapshot", "--camera", "Gate", "--at", start, "--output", &picture_text], "");
    assert!(fs::metadata(picture).expect("saved").len() > 1_000);
    stick.ok(&["record", "--for", "4s"], "");
    stick.assert_home_is_empty();
    let refused = stick.fails(&["autostart", "set", "console"], "");
    assert!(refused.contains("portable"), "{refused}");
    stick.assert_home_is_empty();
}

#[test]
fn a_passphrase_guards_the_passwords_of_a_stick() {
    let simulator = simulator(SimulatorConfig {
        user: Some("operator".into()),
        password: Some(Password::new("correct horse".into())),
        ..small_cameras(1)
    });
    let mut stick = Stick::new();
    let main = simulator.url(0, StreamKind::Main).to_string();
    let add = ["camera", "add", "Gate", "--main", &main, "--user", "operator", "--password-stdin"];
    stick.ok(&add, "correct horse");
    stick.ok(&["passwords", "protect", "passphrase"], "a long walk");
    stick.carry_to("second mount");
    let shown = stick.ok(&["passwords", "show"], "");
    assert!(shown.contains("passphrase"), "{shown}");
    let refused = stick.fails(&["camera", "test", "Gate"], "");
    assert!(refused.contains("Passwords are locked: enter the passphrase"), "{refused}");
    let test = ["camera", "test", "Gate", "--passphrase-stdin"];
    let wrong = stick.fails(&test, "a long wall");
    assert!(wrong.contains("not the passphrase"), "{wrong}");
    stick.ok(&test, "a long walk");
    let locked = stick.ok(&["record", "--for", "3s"], "");
    assert!(locked.contains("Passwords are locked"), "{locked}");
    stick.ok(&["record", "--for", "5s", "--passphrase-stdin"], "a long walk");
    let recorded = stick.ok(&["recordings"], "");
    assert!(recorded.contains("gate"), "{recorded}");
    for file in files(&stick.data()) {
        for secret in ["correct horse", "a long walk"] {
            assert!(!contains(&file, secret), "{} holds it in the clear", file.display());
        }
    }
    stick.ok(&["passwords", "protect", "file", "--passphrase-stdin"], "a long walk");
    stick.ok(&["camera", "test", "Gate"], "");
    stick.assert_home_is_empty();
}
