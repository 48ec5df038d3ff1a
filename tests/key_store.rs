//! The key of the stored passwords in a real Secret Service, each time in a session of its own, and without one.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Starts the key store, open, and then the program.
const SESSION: &str = "printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; \
                       exec \"$0\" \"$@\"";

/// A user with a home, and a key store in it.
struct User {
    home: tempfile::TempDir,
}

impl User {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("temporary folder");
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).expect("made private");
        Self { home }
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Runs a verb with a line of input, in a session with a key store or in none; what it said, and whether it
    /// succeeded.
    fn run(&self, has_key_store: bool, arguments: &[&str], input: &str) -> (bool, String) {
        let program = env!("CARGO_BIN_EXE_watchkeeper");
        let mut command = match has_key_store {
            true => {
                let mut command = Command::new("dbus-run-session");
                command.args(["--", "sh", "-c", SESSION, program]);
                command
            }
            false => Command::new(program),
        };
        let mut child = command
            .arg("--data-dir")
            .arg(self.data())
            .args(arguments)
            .env("HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", self.home.path())
            .env("XDG_DATA_HOME", self.home.path().join("share"))
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("WATCHKEEPER_KEY_STORE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program, or dbus-run-session, which tests/run installs");
        let mut pipe = child.stdin.take().expect("piped");
        writeln!(pipe, "{input}").expect("written");
        drop(pipe);
        let output = child.wait_with_output().expect("it ends");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    fn add(&self, has_key_store: bool, name: &str) {
        // Nobody listens there: whether the password is at hand is all that is asked.
        let camera = ["camera", "add", name, "--main", "rtsp://127.0.0.1:1/x", "--user", "u"];
        let arguments = [&camera[..], &["--password-stdin"]].concat();
        let (done, said) = self.run(has_key_store, &arguments, "correct horse");
        assert!(done, "{said}");
    }

    /// Whether a camera's password is at hand: then the camera is what is missing.
    fn has_password(&self, has_key_store: bool, name: &str) -> bool {
        let (done, said) = self.run(has_key_store, &["camera", "test", name], "");
        assert!(!done, "nobody listens there");
        let (refused, locked) = (said.contains("refuses"), said.contains("Passwords are locked"));
        assert!(refused != locked, "{said}");
        refused
    }

    fn protect(&self, by: &str) {
        let (done, said) = self.run(true, &["passwords", "protect", by], "");
        assert!(done, "{said}");
    }

    fn key_file(&self) -> String {
        fs::read_to_string(self.data().join("secrets.key")).expect("a key file")
    }
}

#[test]
fn the_key_is_in_the_key_store_and_moves_both_ways_without_loss() {
    let user = User::new();
    user.add(true, "Gate");
    let kept = user.key_file();
    assert!(kept.contains("\"system\""), "{kept}");
    assert!(user.has_password(true, "Gate"));
    assert!(!user.has_password(false, "Gate"), "there is no key store in this session");
    user.protect("file");
    assert!(user.has_password(false, "Gate"));
    let plain = user.key_file();
    user.protect("key-store");
    assert!(!user.key_file().contains(plain.trim()) && user.has_password(true, "Gate"));
}

#[test]
fn without_a_key_store_a_file_holds_the_key_and_stays() {
    let user = User::new();
    user.add(false, "Gate");
    let plain = user.key_file();
    assert!(user.has_password(false, "Gate"));
    user.add(true, "Yard");
    assert_eq!(user.key_file(), plain, "a key that is there is not moved by itself");
    assert!(user.has_password(true, "Gate") && user.has_password(false, "Yard"));
}
