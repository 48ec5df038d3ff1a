//! Recording to a NAS that comes and goes: whatever happens to it, or to the recorder, every frame is on the share
//! once, and index, folder and share agree.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod away;
mod common;
mod nas_server;

use std::io::Write;
use std::path::Path;

use away::{AWAY, Away, CAMERAS, CAUGHT_UP, OtherSide, REFUSED};
use common::{Recording, wait_for};
use nas_server::{Nas, PASSWORD};
use watchkeeper::model::settings::NasSettings;

/// Cameras, a recorder and its NAS.
struct Rig {
    away: Away,
    nas: Nas,
}

impl OtherSide for Nas {
    fn kill(&mut self) {
        Nas::kill(self);
    }

    fn serve_again(&mut self) {
        self.serve("plain");
    }

    fn signal(&self, name: &str) {
        Nas::signal(self, name);
    }
}

impl Rig {
    fn new() -> Self {
        let mut nas = Nas::off();
        // Room for what is recorded here, and little enough to be filled.
        assert!(nas.mount_small_disk(400_000_000), "the test runs as root");
        nas.serve("plain");
        let away = Away::new(nas.settings().port.0, nas.shared().join("cctv"));
        let rig = Self { away, nas };
        rig.sign_in(PASSWORD);
        rig
    }

    /// Says where the NAS is, and with which password.
    fn sign_in(&self, password: &str) {
        let NasSettings { host, share, path, user, .. } = self.nas.settings();
        let port = self.away.wire.port.to_string();
        let place = ["--type", "nas", "--host", &host, "--port", &port, "--share", &share];
        let rest = ["--share-path", &path, "--user", &user];
        self.away.set(&[&place[..], &rest[..]].concat(), password);
    }

    fn assert_all_there(&self) -> Vec<usize> {
        self.away.assert_all_there(&format!("smb://127.0.0.1:{}/rec/cctv", self.away.wire.port))
    }
}

/// All that happens to a NAS.
fn happen(rig: &mut Rig, recording: Recording) -> Recording {
    rig.away.something_comes();
    // The server is killed, and comes back.
    rig.nas.kill();
    rig.away.told(AWAY);
    rig.nas.serve("plain");
    rig.away.something_comes();
    // It stands still.
    rig.nas.signal("STOP");
    rig.away.told(AWAY);
    rig.nas.signal("CONT");
    rig.away.something_comes();
    // The network is cut.
    rig.away.wire.cut();
    rig.away.told(AWAY);
    rig.away.wire.mend();
    rig.away.something_comes();
    // The share is full of what is not ours.
    let ballast = rig.nas.shared().join("ballast");
    fill(&ballast);
    rig.away.told("is full");
    std::fs::remove_file(&ballast).expect("removed");
    rig.away.something_comes();
    // Somebody changes the password.
    rig.nas.set_password("another");
    rig.away.wire.cut();
    rig.away.wire.mend();
    rig.away.told(REFUSED);
    assert_eq!(rig.away.dropped(), 0);
    recording.stop();
    rig.sign_in("another");
    let recording = rig.away.bench.record(&[]);
    rig.away.something_comes();
    // It demands signatures, then encryption.
    for mode in ["sign", "enc"] {
        rig.nas.kill();
        rig.nas.serve(mode);
        rig.away.something_comes();
    }
    // The share is taken away.
    rig.nas.kill();
    rig.nas.serve("noshare");
    rig.away.told(REFUSED);
    rig.nas.kill();
    rig.nas.serve("plain");
    recording
}

/// Takes all the room.
fn fill(path: &Path) {
    let mut file = std::fs::File::create(path).expect("made");
    let zeros = vec![0; 1 << 20];
    while file.write_all(&zeros).is_ok() {}
}

#[test]
fn whatever_happens_to_the_nas_every_frame_reaches_it_once() {
    let mut rig = Rig::new();
    let recording = rig.away.bench.record(&[]);
    let recording = happen(&mut rig, recording);
    assert_eq!(rig.away.dropped(), 0);
    recording.stop();
    rig.away.bring_the_rest();
    assert_eq!(rig.assert_all_there(), [2; CAMERAS], "recording stopped for the password alone");
}

#[test]
fn killed_in_any_phase_nothing_is_lost_or_doubled_on_the_way() {
    let mut rig = Rig::new();
    rig.away.kill_again_and_again(&mut rig.nas);
    rig.away.bring_the_rest();
    rig.assert_all_there();
}

#[test]
fn what_a_lost_index_had_on_the_nas_is_added_again_while_recording_goes_on() {
    let mut rig = Rig::new();
    let recording = rig.away.bench.record(&[]);
    rig.away.something_comes();
    rig.away.something_comes();
    recording.stop();
    rig.away.bring_the_rest();
    let before = rig.away.brought().len() as u64;
    std::fs::remove_file(rig.away.bench.root().join("index.redb")).expect("removed");
    let why = rig.away.bench.fails(&["storage", "adopt"]);
    assert!(why.contains("not running"), "{why}");

    for camera in 0..CAMERAS {
        rig.away.bench.ok(&["camera", "set", &format!("cam{camera}"), "--mode", "continuous"]);
    }
    let recording = rig.away.bench.record(&[]);
    let archive = |rig: &Rig| rig.away.storage()["archive"].clone();
    wait_for("strangers", CAUGHT_UP, || archive(&rig)["strangers"] == before);
    let listed = rig.away.bench.ok(&["storage", "show"]);
    assert!(listed.contains("\"watchkeeper storage adopt\" adds them"), "{listed}");
    rig.nas.kill();
    rig.away.told(AWAY);
    let why = rig.away.bench.fails(&["storage", "adopt"]);
    assert!(why.contains("cannot be added to the catalogue now"), "{why}");
    rig.nas.serve("plain");
    rig.away.something_comes();
    rig.away.bench.ok(&["storage", "adopt"]);
    wait_for("adopted", CAUGHT_UP, || archive(&rig)["adoption"]["is_over"] == true);
    let told = archive(&rig);
    assert_eq!((&told["strangers"], &told["adoption"]["done"]), (&0.into(), &before.into()));
    rig.away.something_comes();
    assert_eq!(rig.away.dropped(), 0);
    recording.stop();
    rig.away.bring_the_rest();
    assert_eq!(rig.assert_all_there(), [2; CAMERAS]);
}
