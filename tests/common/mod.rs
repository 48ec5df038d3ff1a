//! What the big tests share: a recorder process on a temporary folder, and looks into its files.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use watchkeeper::container::{self, OpenedSegment};
use watchkeeper::model::StreamKind;
use watchkeeper::runtime::SystemClock;
use watchkeeper::simulate::{EncodedLoop, Simulator, SimulatorConfig};

/// A data folder and the program that works on it.
pub struct Bench {
    root: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Self {
        Self { root: tempfile::tempdir().expect("temporary folder") }
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }

    pub fn recordings_folder(&self) -> PathBuf {
        self.root().join("recordings")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchkeeper"));
        // A test leaves nothing in the key store of whoever runs it.
        command.env("WATCHKEEPER_KEY_STORE", "off");
        command.arg("--data-dir").arg(self.root()).args(arguments);
        command
    }

    /// Runs a verb to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().expect("the program starts")
    }

    /// Runs a verb that must succeed; returns what it printed.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}\n{errors}");
        text
    }

    /// Runs a verb that must fail; returns its complaint.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(arguments)).expect("JSON")
    }

    /// Runs a verb with `line` on its standard input.
    pub fn with_input(&self, arguments: &[&str], line: &str) -> Output {
        given(&mut self.command(arguments), line)
    }

    /// Adds cameras `cam0`, `cam1`, ... of the simulator.
    pub fn add_cameras(&self, simulator: &Simulator, count: usize) {
        for number in 0..count {
            let main = simulator.url(number, StreamKind::Main).to_string();
            let sub = simulator.url(number, StreamKind::Sub).to_string();
            self.ok(&["camera", "add", &format!("cam{number}"), "--main", &main, "--sub", &sub]);
        }
    }

    /// Adds lines to the settings' storage table.
    pub fn set_storage(&self, lines: &str) {
        let path = self.root().join("settings.toml");
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        let kept: Vec<&str> = before
            .lines()
            .filter(|line| !lines.lines().any(|new| key_of(new) == key_of(line)))
            .collect();
        let text = kept.join("\n");
        let text = match text.contains("[storage]") {
            true => text.replace("[storage]", &format!("[storage]\n{lines}")),
            false => format!("{text}\n[storage]\n{lines}\n"),
        };
        std::fs::write(path, text).expect("settings");
    }

    /// Starts `record`, its words to a log file.
    pub fn record(&self, arguments: &[&str]) -> Recording {
        let log = File::create(self.root().join("record.log")).expect("log");
        let errors = log.try_clone().expect("log");
        let mut all = vec!["record"];
        all.extend(arguments);
        let child = self
            .command(&all)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .expect("the program starts");
        Recording { child }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.root().join("record.log")).unwrap_or_default()
    }

    /// All segments as `recordings --json` tells them.
    pub fn recordings(&self) -> Vec<Value> {
        self.json(&["recordings", "--json"]).as_array().expect("a list").clone()
    }

    /// Every MP4 below the recordings folder, ordered by path.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.recordings_folder()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "mp4") {
                    files.push(path);
                }
            }
        }
        files.sort();
        files
    }
}

fn key_of(line: &str) -> &str {
    line.split('=').next().unwrap_or(line).trim()
}

/// A running `record`.
pub struct Recording {
    child: Child,
}

impl Recording {
    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// Asks it to end, as a service manager does.
    pub fn stop(mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
        assert!(asked.success());
        let status = self.child.wait().expect("ended");
        assert!(status.success(), "record ended with {status}");
    }

    pub fn wait(mut self) {
        let status = self.child.wait().expect("ended");
        assert!(status.success(), "record ended with {status}");
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("asked").is_none()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // Already ended and waited for, unless the test failed before.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// Waits until `done`, at most `limit`.
pub fn wait_for(what: &str, limit: Duration, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !done() {
        assert!(Instant::now() < deadline, "{what} did not happen within {limit:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A small disk of its own.
pub struct SmallDisk {
    pub folder: tempfile::TempDir,
}

impl SmallDisk {
    pub fn mount(megabytes: u32) -> Self {
        let folder = tempfile::tempdir().expect("temporary folder");
        let options = format!("size={megabytes}m,mode=0777");
        as_root("mount", &["-t", "tmpfs", "-o", &options, "tmpfs"], folder.path());
        Self { folder }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        as_root("umount", &["-l"], self.folder.path());
    }
}

/// Runs a command as root: directly, or by a sudo that asks nothing.
fn as_root(program: &str, arguments: &[&str], folder: &Path) {
    let done = |command: &mut Command| {
        command.args(arguments).arg(folder).status().is_ok_and(|status| status.success())
    };
    let direct = done(&mut Command::new(program));
    let done = direct || done(Command::new("sudo").args(["-n", program]));
    assert!(done, "{program} {} needs root, or sudo without a password", folder.display());
}

/// Small cameras that are cheap to encode, also without optimisation.
pub fn small_cameras(cameras: usize) -> SimulatorConfig {
    SimulatorConfig {
        cameras,
        size: (640, 360),
        sub_size: (320, 180),
        fps: 25,
        ..SimulatorConfig::default()
    }
}

pub fn simulator(config: SimulatorConfig) -> Simulator {
    Simulator::start(config, Arc::new(SystemClock::new())).expect("simulator")
}

/// What a camera's main stream is made of.
pub fn source_of(simulator: &Simulator, camera: usize) -> EncodedLoop {
    EncodedLoop::make(&simulator.config().loop_spec(camera, StreamKind::Main)).expect("encoded")
}

/// A segment with its samples' bytes.
pub struct Segment {
    pub path: PathBuf,
    pub opened: OpenedSegment,
    pub units: Vec<Vec<u8>>,
}

pub fn read_segment(path: &Path) -> Segment {
    let bytes = std::fs::read(path).expect("segment");
    let opened = container::read(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let slice = |offset: u64, size: u32| {
        let start = usize::try_from(offset).expect("fits");
        bytes[start..start + size as usize].to_vec()
    };
    let units = opened.table.samples.iter().map(|s| slice(s.offset, s.size)).collect();
    Segment { path: path.to_path_buf(), opened, units }
}

/// Where each unit stands in the camera's loop.
pub fn positions(source: &EncodedLoop, units: &[Vec<u8>]) -> Vec<usize> {
    let mut at: Option<usize> = None;
    units
        .iter()
        .map(|unit| {
            let next = at.map(|n| (n + 1) % source.units.len());
            let fits = |n: &usize| source.units[*n].data == unit.as_slice();
            let found = next.filter(fits).or_else(|| (0..source.units.len()).find(fits));
            let found = found.expect("a unit that the camera never sent");
            at = Some(found);
            found
        })
        .collect()
}

/// Asserts that ffprobe reads and decodes the file without a word; returns its pictures.
pub fn ffprobe(path: &Path) -> usize {
    let output = Command::new("ffprobe")
        .args(["-v", "warning", "-count_frames", "-select_streams", "v:0"])
        .args(["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"])
        .arg(path)
        .output()
        .expect("ffprobe is installed by tests/run");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.trim().is_empty(), "{}: {said}", path.display());
    let count = String::from_utf8_lossy(&output.stdout).trim().trim_end_matches(',').to_owned();
    count.parse().unwrap_or_else(|_| panic!("{}: ffprobe counted \"{count}\"", path.display()))
}

/// Runs a program to its end with `line` on its standard input.
pub fn given(command: &mut Command, line: &str) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("piped");
    writeln!(input, "{line}").expect("written");
    drop(input);
    child.wait_with_output().expect("it ends")
}
