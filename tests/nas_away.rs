//! Recording to a NAS that comes and goes: whatever happens to it, or to the recorder, every frame is on the share
//! once, and index, folder and share agree.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;
mod nas_server;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{
    Bench, Recording, positions, read_segment, simulator, small_cameras, source_of, wait_for,
};
use nas_server::{Nas, PASSWORD};
use serde_json::Value;
use watchkeeper::model::settings::NasSettings;
use watchkeeper::simulate::{EncodedLoop, Simulator};

const CAMERAS: usize = 4;

/// Rounds of the test that kills the recorder; `WATCHKEEPER_KILLS` asks for more.
const KILLS: usize = 4;

/// Time in which the recorder finds out what has happened to its NAS: an answer that stays away, and the back-off.
const NOTICED: Duration = Duration::from_secs(40);

/// Time in which all that waits is brought when nothing stands in the way: the longest back-off, and a busy computer.
const CAUGHT_UP: Duration = Duration::from_secs(90);

/// Said while the NAS cannot be reached.
const AWAY: &str = "tried again by itself";

/// Said while only an operator can help.
const REFUSED: &str = "Check the storage settings";

/// The network between recorder and NAS, which can be cut.
struct Wire {
    port: u16,
    is_cut: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Wire {
    fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let here = listener.local_addr().expect("bound").port();
        let (is_cut, open) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (cut, all) = (Arc::clone(&is_cut), Arc::clone(&open));
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let far = TcpStream::connect(("127.0.0.1", port));
                let (Ok(far), false) = (far, cut.load(Ordering::SeqCst)) else { continue };
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (from, to) =
                        (from.try_clone().expect("cloned"), to.try_clone().expect("cloned"));
                    std::thread::spawn(move || carry(from, to));
                }
                all.lock().expect("no panic").extend([near, far]);
            }
        });
        Self { port: here, is_cut, open }
    }

    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        for stream in self.open.lock().expect("no panic").drain(..) {
            let _gone_already = stream.shutdown(Shutdown::Both);
        }
    }

    fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _gone_already = to.shutdown(Shutdown::Both);
}

/// Cameras, a recorder and its NAS.
struct Rig {
    bench: Bench,
    /// Kept while it is recorded.
    _simulator: Simulator,
    sources: Vec<EncodedLoop>,
    nas: Nas,
    wire: Wire,
}

impl Rig {
    fn new() -> Self {
        let simulator = simulator(small_cameras(CAMERAS));
        let sources = (0..CAMERAS).map(|camera| source_of(&simulator, camera)).collect();
        let mut nas = Nas::off();
        // Room for what is recorded here, and little enough to be filled.
        assert!(nas.mount_small_disk(400_000_000), "the test runs as root");
        nas.serve("plain");
        let bench = Bench::new();
        bench.add_cameras(&simulator, CAMERAS);
        bench.set_storage(
            "max_file_mb = 1\nsync_seconds = 1\nlow_space_percent = 0\nauto_delete = false",
        );
        let wire = Wire::to(nas.settings().port.0);
        let rig = Self { bench, _simulator: simulator, sources, nas, wire };
        rig.sign_in(PASSWORD);
        rig
    }

    /// Says where the NAS is, and with which password.
    fn sign_in(&self, password: &str) {
        let NasSettings { host, share, path, user, .. } = self.nas.settings();
        let port = self.wire.port.to_string();
        let set = ["storage", "set", "--type", "nas", "--host", &host, "--port", &port];
        let rest = ["--share", &share, "--share-path", &path, "--user", &user, "--password-stdin"];
        let done = self.bench.with_input(&[&set[..], &rest[..]].concat(), password);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn storage(&self) -> Value {
        self.bench.json(&["storage", "show", "--json"])
    }

    /// What is on the share, below its folder.
    fn brought(&self) -> Vec<PathBuf> {
        files_below(&self.nas.shared().join("cctv"))
    }

    /// Waits until something new has come to the share.
    fn something_comes(&self) {
        let before = self.brought().len();
        wait_for("a recording on the share", CAUGHT_UP, || self.brought().len() > before);
    }

    /// Waits until the state of the archive is told as `state`.
    fn told(&self, state: &str) {
        let said = || self.storage()["archive"]["state"].as_str().expect("a sentence").to_owned();
        wait_for(state, NOTICED, || said().contains(state));
    }

    /// Cameras off, and all that was recorded brought.
    fn bring_the_rest(&self) {
        for camera in 0..CAMERAS {
            self.bench.ok(&["camera", "set", &format!("cam{camera}"), "--mode", "disabled"]);
        }
        let recording = self.bench.record(&[]);
        wait_for("an empty folder", CAUGHT_UP, || self.bench.files().is_empty());
        recording.stop();
    }

    fn dropped(&self) -> u64 {
        let health = self.bench.json(&["health", "--json"]);
        let cameras = health["cameras"].as_array().expect("cameras").iter();
        cameras.map(|camera| camera["dropped"].as_u64().expect("a number")).sum()
    }

    /// Index, folder and share agree, and every unit of every run is there once, in order and as it was sent.
    /// Gives the runs of each camera.
    fn assert_all_there(&self) -> Vec<usize> {
        assert!(self.bench.ok(&["check"]).contains("agree"));
        let rows = self.bench.recordings();
        let address = format!("smb://127.0.0.1:{}/rec/cctv/", self.wire.port);
        let path = |row: &Value| {
            let path = row["path"].as_str().expect("a path");
            PathBuf::from(path.strip_prefix(&address).expect("on the NAS"))
        };
        let mut indexed: Vec<PathBuf> = rows.iter().map(path).collect();
        indexed.sort();
        let shared = self.nas.shared().join("cctv");
        let brought = self.brought();
        let relative: Vec<PathBuf> =
            brought.iter().map(|file| file.strip_prefix(&shared).expect("below").into()).collect();
        assert_eq!(relative, indexed, "index and share");
        assert!(self.bench.files().is_empty(), "something is left in the folder");
        let mut runs = vec![BTreeMap::<String, Vec<usize>>::new(); CAMERAS];
        for row in &rows {
            let camera: usize =
                row["camera_id"].as_str().expect("a camera")[3..].parse().expect("a number");
            let segment = read_segment(&shared.join(path(row)));
            let found = positions(&self.sources[camera], &segment.units);
            let run = row["run"].as_str().expect("a run").to_owned();
            runs[camera].entry(run).or_default().extend(found);
        }
        for (camera, runs) in runs.iter().enumerate() {
            let length = self.sources[camera].units.len();
            for order in runs.values() {
                let broken = order.windows(2).position(|pair| (pair[0] + 1) % length != pair[1]);
                assert_eq!(broken, None, "cam{camera}: {} units", order.len());
            }
        }
        runs.iter().map(BTreeMap::len).collect()
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = walk(folder);
    files.retain(|path| path.extension().is_some_and(|extension| extension == "mp4"));
    files.sort();
    files
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries
        .flat_map(|entry| {
            let path = entry.expect("an entry").path();
            if path.is_dir() { walk(&path) } else { vec![path] }
        })
        .collect()
}

/// All that happens to a NAS.
fn happen(rig: &mut Rig, recording: Recording) -> Recording {
    rig.something_comes();
    // The server is killed, and comes back.
    rig.nas.kill();
    rig.told(AWAY);
    rig.nas.serve("plain");
    rig.something_comes();
    // It stands still.
    rig.nas.signal("STOP");
    rig.told(AWAY);
    rig.nas.signal("CONT");
    rig.something_comes();
    // The network is cut.
    rig.wire.cut();
    rig.told(AWAY);
    rig.wire.mend();
    rig.something_comes();
    // The share is full of what is not ours.
    let ballast = rig.nas.shared().join("ballast");
    fill(&ballast);
    rig.told("is full");
    std::fs::remove_file(&ballast).expect("removed");
    rig.something_comes();
    // Somebody changes the password.
    rig.nas.set_password("another");
    rig.wire.cut();
    rig.wire.mend();
    rig.told(REFUSED);
    assert_eq!(rig.dropped(), 0);
    recording.stop();
    rig.sign_in("another");
    let recording = rig.bench.record(&[]);
    rig.something_comes();
    // It demands signatures, then encryption.
    for mode in ["sign", "enc"] {
        rig.nas.kill();
        rig.nas.serve(mode);
        rig.something_comes();
    }
    // The share is taken away.
    rig.nas.kill();
    rig.nas.serve("noshare");
    rig.told(REFUSED);
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
    let recording = rig.bench.record(&[]);
    let recording = happen(&mut rig, recording);
    assert_eq!(rig.dropped(), 0);
    recording.stop();
    rig.bring_the_rest();
    assert_eq!(rig.assert_all_there(), [2; CAMERAS], "recording stopped for the password alone");
}

#[test]
fn killed_in_any_phase_nothing_is_lost_or_doubled_on_the_way() {
    let rounds = std::env::var("WATCHKEEPER_KILLS").ok().and_then(|text| text.parse().ok());
    let mut rig = Rig::new();
    for round in 0..rounds.unwrap_or(KILLS) {
        let recording = rig.bench.record(&[]);
        std::thread::sleep(Duration::from_millis(3_000 + fastrand::u64(0..5_000)));
        match round % 4 {
            1 => rig.nas.kill(),
            2 => rig.wire.cut(),
            3 => rig.nas.signal("STOP"),
            _ => {}
        }
        std::thread::sleep(Duration::from_millis(fastrand::u64(0..3_000)));
        recording.kill();
        match round % 4 {
            1 => rig.nas.serve("plain"),
            2 => rig.wire.mend(),
            3 => rig.nas.signal("CONT"),
            _ => {}
        }
    }
    rig.bring_the_rest();
    rig.assert_all_there();
}
