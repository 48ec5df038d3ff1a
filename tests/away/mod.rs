//! Four cameras, a recorder, and the network to a place elsewhere that recordings are brought to: what the tests of
//! each kind of place share.
//!
//! Must not do: know what kind of place it is.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use watchkeeper::simulate::{EncodedLoop, Simulator};

use crate::common::{
    Bench, Recording, positions, read_segment, simulator, small_cameras, source_of, wait_for,
};

pub const CAMERAS: usize = 4;

/// Kills of the recorder in an ordinary test run; `WATCHKEEPER_KILLS` asks for more.
const KILLS: usize = 4;

/// Time in which the recorder finds out what has happened to its NAS: an answer that stays away, and the back-off.
const NOTICED: Duration = Duration::from_secs(40);

/// Time in which all that waits is brought when nothing stands in the way: the longest back-off, and a busy computer.
pub const CAUGHT_UP: Duration = Duration::from_secs(90);

/// Said while the NAS cannot be reached.
pub const AWAY: &str = "tried again by itself";

/// Said while only an operator can help.
pub const REFUSED: &str = "Check the storage settings";

/// The network between recorder and NAS, which can be cut.
pub struct Wire {
    pub port: u16,
    is_cut: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Wire {
    pub fn to(port: u16) -> Self {
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

    pub fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        for stream in self.open.lock().expect("no panic").drain(..) {
            let _gone_already = stream.shutdown(Shutdown::Both);
        }
    }

    pub fn mend(&self) {
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

/// How often the recorder is killed.
fn kills() -> usize {
    std::env::var("WATCHKEEPER_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// The server that recordings are brought to.
pub trait OtherSide {
    /// Kills it.
    fn kill(&mut self);

    /// Starts it again.
    fn serve_again(&mut self);

    /// Sends it a signal.
    fn signal(&self, name: &str);
}

/// Lets the recorder go on for some seconds, then something happen, and kills it within seconds of that.
fn killed(recording: Recording, happens: impl FnOnce()) {
    std::thread::sleep(Duration::from_millis(3_000 + fastrand::u64(0..5_000)));
    happens();
    std::thread::sleep(Duration::from_millis(fastrand::u64(0..3_000)));
    recording.kill();
}

/// Cameras and their recorder.
pub struct Away {
    pub bench: Bench,
    /// Kept while it is recorded.
    _simulator: Simulator,
    sources: Vec<EncodedLoop>,
    /// Between the recorder and the other side.
    pub wire: Wire,
    /// Where the other side keeps the files.
    kept: PathBuf,
}

impl Away {
    /// For an other side that listens at `port` and keeps the files in `kept`.
    pub fn new(port: u16, kept: PathBuf) -> Self {
        let simulator = simulator(small_cameras(CAMERAS));
        let sources = (0..CAMERAS).map(|camera| source_of(&simulator, camera)).collect();
        let bench = Bench::new();
        bench.add_cameras(&simulator, CAMERAS);
        bench.set_storage(
            "max_file_mb = 1\nsync_seconds = 1\nlow_space_percent = 0\nauto_delete = false",
        );
        Self { bench, _simulator: simulator, sources, wire: Wire::to(port), kept }
    }

    /// Kills the recorder again and again, now and then while the other side is killed, cut off or held.
    pub fn kill_again_and_again(&self, other: &mut impl OtherSide) {
        for round in 0..kills() {
            let recording = self.bench.record(&[]);
            killed(recording, || match round % 4 {
                1 => other.kill(),
                2 => self.wire.cut(),
                3 => other.signal("STOP"),
                _ => {}
            });
            match round % 4 {
                1 => other.serve_again(),
                2 => self.wire.mend(),
                3 => other.signal("CONT"),
                _ => {}
            }
        }
    }

    /// Says where the other side is.
    pub fn set(&self, place: &[&str], password: &str) {
        let set = [&["storage", "set", "--password-stdin"], place].concat();
        let done = self.bench.with_input(&set, password);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    pub fn storage(&self) -> Value {
        self.bench.json(&["storage", "show", "--json"])
    }

    /// What is on the other side.
    pub fn brought(&self) -> Vec<PathBuf> {
        files_below(&self.kept)
    }

    /// Waits until something new has come there.
    pub fn something_comes(&self) {
        let before = self.brought().len();
        wait_for("a recording on the other side", CAUGHT_UP, || self.brought().len() > before);
    }

    /// Waits until the state of the archive is told as `state`.
    pub fn told(&self, state: &str) {
        let said = || self.storage()["archive"]["state"].as_str().expect("a sentence").to_owned();
        wait_for(state, NOTICED, || said().contains(state));
    }

    /// Cameras off, and all that was recorded brought.
    pub fn bring_the_rest(&self) {
        for camera in 0..CAMERAS {
            self.bench.ok(&["camera", "set", &format!("cam{camera}"), "--mode", "disabled"]);
        }
        let recording = self.bench.record(&[]);
        wait_for("an empty folder", CAUGHT_UP, || self.bench.files().is_empty());
        recording.stop();
    }

    pub fn dropped(&self) -> u64 {
        let health = self.bench.json(&["health", "--json"]);
        let cameras = health["cameras"].as_array().expect("cameras").iter();
        cameras.map(|camera| camera["dropped"].as_u64().expect("a number")).sum()
    }

    /// Index, folder and share agree, and every unit of every run is there once, in order and as it was sent.
    /// Gives the runs of each camera. `address` is the other side's.
    pub fn assert_all_there(&self, address: &str) -> Vec<usize> {
        assert!(self.bench.ok(&["check"]).contains("agree"));
        let rows = self.bench.recordings();
        let address = format!("{address}/");
        let path = |row: &Value| {
            let path = row["path"].as_str().expect("a path");
            PathBuf::from(path.strip_prefix(&address).expect("on the other side"))
        };
        let mut indexed: Vec<PathBuf> = rows.iter().map(path).collect();
        indexed.sort();
        let brought = self.brought();
        let relative: Vec<PathBuf> = brought
            .iter()
            .map(|file| file.strip_prefix(&self.kept).expect("below").into())
            .collect();
        assert_eq!(relative, indexed, "index and other side");
        assert!(self.bench.files().is_empty(), "something is left in the folder");
        let mut runs = vec![BTreeMap::<String, Vec<usize>>::new(); CAMERAS];
        for row in &rows {
            let camera: usize =
                row["camera_id"].as_str().expect("a camera")[3..].parse().expect("a number");
            let segment = read_segment(&self.kept.join(path(row)));
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
