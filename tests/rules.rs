//! Recording by rule in real time: motion with what was before and after it, an operator's hand, and a disk
//! that is too small for all of it.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;
mod rig;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{
    Bench, SmallDisk, ffprobe, positions, read_segment, small_cameras, source_of, wait_for,
};
use rig::Rig;
use serde_json::Value;
use watchkeeper::config::DataFolder;
use watchkeeper::engine::desk::{Request, Response};
use watchkeeper::engine::door;
use watchkeeper::model::{CameraId, WallTime};
use watchkeeper::protocol::Snapshot;
use watchkeeper::runtime::{Clock, SystemClock};
use watchkeeper::simulate::{Simulator, SimulatorConfig};

const SOON: Duration = Duration::from_secs(20);

const SECOND: i64 = 1_000_000;

/// Seconds for which the small disk is written; more by hand.
const FULL_DISK_SECONDS: u64 = 15;

fn start(config: SimulatorConfig) -> Simulator {
    Simulator::start(config, Arc::new(SystemClock::new())).expect("a free port")
}

/// Asks or orders the running program.
fn order(bench: &Bench, request: &Request) -> Response {
    let folder = DataFolder::at(bench.root().to_path_buf()).expect("the folder");
    door::ask(&folder, request).expect("it answers")
}

fn health(bench: &Bench) -> Snapshot {
    match order(bench, &Request::Health) {
        Response::Health(snapshot) => *snapshot,
        other => panic!("{other:?}"),
    }
}

fn sentence(bench: &Bench, camera: usize) -> String {
    health(bench).cameras[camera].sentence.clone()
}

/// What `recordings --json` tells of a camera: from when until when, and the file.
fn recordings(bench: &Bench, camera: &str) -> Vec<(WallTime, WallTime, String)> {
    let time = |row: &Value, key: &str| {
        WallTime::parse_rfc3339(row[key].as_str().expect(key)).expect("a time")
    };
    let rows = bench.json(&["recordings", "--camera", camera, "--json"]);
    let rows = rows.as_array().expect("a list").iter();
    rows.map(|row| {
        (time(row, "start"), time(row, "end"), row["path"].as_str().expect("path").to_owned())
    })
    .collect()
}

#[test]
fn motion_and_an_operators_hand_are_recorded_with_their_margins() {
    let cameras = 2;
    let simulator = start(SimulatorConfig { metadata: true, ..small_cameras(cameras) });
    let bench = Bench::new();
    bench.add_cameras(&simulator, cameras);
    let motion = ["--mode", "motion", "--motion-source", "camera", "--pre", "3", "--post", "4"];
    bench.ok(&[&["camera", "set", "cam0"], &motion[..]].concat());
    bench.ok(&["camera", "set", "cam1", "--mode", "disabled"]);
    let recording = bench.record(&[]);
    let clock = SystemClock::new();
    wait_for("both cameras", SOON, || {
        bench.log().contains("cam0") && health(&bench).cameras.iter().all(|c| c.size.is_some())
    });
    std::thread::sleep(Duration::from_secs(5));
    assert!(sentence(&bench, 0).starts_with("Not recording: no motion since"));
    assert_eq!(sentence(&bench, 1), "Not recording: recording is disabled for this camera");

    let camera = CameraId::from_name("cam1");
    let (began, limit) = (clock.wall(), Duration::from_secs(60));
    order(&bench, &Request::StartManual { camera: camera.clone(), limit });
    simulator.set_motion(0, true);
    wait_for("both recordings", SOON, || {
        sentence(&bench, 0) == "Recording: motion"
            && sentence(&bench, 1).starts_with("Recording: by hand, until")
    });
    std::thread::sleep(Duration::from_secs(2));
    let ended = clock.wall();
    simulator.set_motion(0, false);
    assert!(matches!(order(&bench, &Request::StopManual { camera }), Response::Done(true)));
    wait_for("the end of both", SOON, || {
        (0..cameras).all(|n| sentence(&bench, n).starts_with("Not recording"))
    });
    std::thread::sleep(Duration::from_secs(1));
    recording.stop();

    let by_motion = recordings(&bench, "cam0");
    let (from, to, _) = by_motion.first().expect("recorded");
    let gop = 2 * SECOND;
    // The word of a motion takes a tick of capture and a round of whoever listens.
    let delay = SECOND;
    let before = began.micros_since(*from);
    assert!((3 * SECOND - delay..=3 * SECOND + gop).contains(&before), "{before} us before it");
    let after = to.micros_since(ended);
    assert!((4 * SECOND - delay..=4 * SECOND + delay).contains(&after), "{after} us after it");
    let by_hand = recordings(&bench, "cam1");
    let (from, to, _) = by_hand.first().expect("recorded");
    let before = began.micros_since(*from);
    assert!((0..=5 * SECOND + gop).contains(&before), "{before} us before it");
    assert!(to.micros_since(ended).abs() < delay, "{to}, and the end was at {ended}");
    for (number, rows) in [by_motion, by_hand].iter().enumerate() {
        assert_eq!(rows.len(), 1, "cam{number}: {rows:?}");
        let segment = read_segment(Path::new(&rows[0].2));
        assert_eq!(ffprobe(&segment.path), segment.units.len());
        let order = positions(&source_of(&simulator, number), &segment.units);
        let units = source_of(&simulator, number).units.len();
        let follows = |pair: &[usize]| (pair[0] + 1) % units == pair[1];
        assert!(order.windows(2).all(follows), "a unit is missing or doubled");
    }
    let events = bench.json(&["events", "--camera", "cam0", "--json"]);
    assert_eq!(events.as_array().map(Vec::len), Some(1), "{events}");
    assert!(bench.ok(&["check"]).contains("agree"));
    simulator.stop().expect("stopped");
}

/// Pictures that do not compress: four cameras of this bring some 8 MB a second.
fn heavy_media() -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("heavy.h264");
    let noise = "nullsrc=s=640x360:r=25:d=6,noise=alls=90:allf=t";
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", noise])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", "0"])
        .args(["-g", "25", "-keyint_min", "25", "-sc_threshold", "0", "-f", "h264"])
        .args(["-b:v", "16M", "-minrate", "16M", "-maxrate", "16M", "-bufsize", "16M"])
        .arg(&path)
        .status();
    assert!(made.is_ok_and(|status| status.success()), "ffmpeg is installed by tests/run");
    path
}

/// A bench with the four cameras, which record to `folder`.
fn heavy_bench(rig: &Rig, folder: &Path, more: &str) -> Bench {
    let bench = Bench::new();
    for number in 0..4 {
        let (name, url) = (format!("cam{number}"), rig.url(&format!("cam{number}/main")));
        bench.ok(&["camera", "add", &name, "--main", &url]);
    }
    bench.set_storage(&format!("path = {folder:?}\nsync_seconds = 1{more}"));
    bench
}

fn wait_seconds() -> u64 {
    let asked = std::env::var("WATCHKEEPER_FULL_DISK_SECONDS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(FULL_DISK_SECONDS)
}

#[test]
fn a_small_disk_holds_the_newest_and_no_write_fails() {
    let disk = SmallDisk::mount(128);
    let media = heavy_media();
    let rig = Rig::start(4, &["--main", media.to_str().expect("a plain path")]);
    let bench = heavy_bench(&rig, disk.folder.path(), "");
    let recording = bench.record(&[]);
    let end = Instant::now() + Duration::from_secs(wait_seconds());
    let (mut written, mut answers) = (0, 0);
    while Instant::now() < end {
        std::thread::sleep(Duration::from_secs(1));
        let Ok(Response::Health(now)) = door::ask(
            &DataFolder::at(bench.root().to_path_buf()).expect("the folder"),
            &Request::Health,
        ) else {
            continue;
        };
        written += now.volume.write_rate;
        answers += 1;
        let failed: u64 = now.cameras.iter().map(|camera| camera.failed_writes).sum();
        assert_eq!(failed, 0, "a fragment was refused");
    }
    recording.stop();
    assert!(answers > 0, "the running program was never asked");
    println!("about {} MB written into 128 MiB", written / 1_000_000);
    assert!(!bench.log().contains("recording stops"), "{}", bench.log());
    let explained = bench.json(&["explain", "--camera", "cam0", "--json"]);
    let told = explained.to_string();
    assert!(told.contains("low_space"), "the oldest made room, and it is told: {told}");
    assert!(bench.ok(&["check"]).contains("agree"));
}

#[test]
fn without_auto_delete_a_full_disk_stops_recording_until_there_is_room() {
    let disk = SmallDisk::mount(256);
    let media = heavy_media();
    let rig = Rig::start(4, &["--main", media.to_str().expect("a plain path")]);
    let path = disk.folder.path();
    let bench = heavy_bench(&rig, path, "\nauto_delete = false");
    std::fs::write(path.join("filler"), vec![1; 128 << 20]).expect("written");
    let recording = bench.record(&[]);
    let state = |wanted: &str| {
        let all = health(&bench).cameras;
        all.iter().all(|camera| camera.sentence.contains(wanted))
    };
    wait_for("the stop", SOON, || bench.log().contains("cam3") && state("the disk is full"));
    let alarms = health(&bench).notices;
    assert!(alarms.iter().any(|notice| notice.text.contains("The disk is full")), "{alarms:?}");
    // Longer than the pre-roll, which would fill a shorter gap.
    std::thread::sleep(Duration::from_secs(12));
    std::fs::remove_file(path.join("filler")).expect("removed");
    wait_for("going on", SOON, || state("Recording: continuous"));
    recording.stop();
    assert!(!bench.log().contains("recording stops"), "no write was refused: {}", bench.log());
    for file in bench.files() {
        ffprobe(&file);
    }
    let told = bench.json(&["explain", "--camera", "cam0", "--json"]).to_string();
    assert!(told.contains("disk_full"), "{told}");
    assert!(bench.ok(&["check"]).contains("agree"));
}
