//! Killed at random instants: nothing but the last fragment is missing, every file plays, and the index
//! tells the truth.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;

use std::path::Path;
use std::time::Duration;

use common::{Bench, ffprobe, positions, read_segment, simulator, small_cameras, source_of};
use watchkeeper::model::WallTime;
use watchkeeper::model::time::ticks_to_micros;
use watchkeeper::runtime::{Clock, SystemClock};

/// Kills in an ordinary test run; `WATCHKEEPER_KILLS` asks for more.
const KILLS: usize = 5;

/// Longest fragment, the rounds of recorder and capture, and a busy computer, in microseconds.
const LAST_FRAGMENT: i64 = 2_000_000 + 800_000;

fn kills() -> usize {
    std::env::var("WATCHKEEPER_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// What is done to the index between a kill and the next start.
fn damage_index(root: &Path, round: usize) {
    let index = root.join("index.redb");
    match round % 4 {
        1 => std::fs::remove_file(index).expect("deleted"),
        2 => {
            let length = std::fs::metadata(&index).expect("index").len();
            let file = std::fs::OpenOptions::new().write(true).open(index).expect("index");
            file.set_len(length / 3).expect("truncated");
        }
        3 => std::fs::write(index, vec![0xa5; 100_000]).expect("overwritten"),
        _ => {}
    }
}

#[test]
fn a_kill_costs_the_last_fragment_at_most() {
    let cameras = 2;
    let simulator = simulator(small_cameras(cameras));
    let bench = Bench::new();
    bench.add_cameras(&simulator, cameras);
    bench.set_storage("max_file_mb = 1\nsync_seconds = 1");
    let sources: Vec<_> = (0..cameras).map(|camera| source_of(&simulator, camera)).collect();
    for round in 0..kills() {
        let before = bench.files();
        let recording = bench.record(&[]);
        let time = 4_000 + fastrand::u64(0..5_000);
        std::thread::sleep(Duration::from_millis(time));
        recording.kill();
        let killed = SystemClock::new().wall();
        let written: Vec<_> = bench.files().into_iter().filter(|f| !before.contains(f)).collect();
        assert!(!written.is_empty(), "round {round}: nothing in {time} ms");
        let whole = |path: &&std::path::PathBuf| path.metadata().is_ok_and(|m| m.len() > 0);
        let mut counts = Vec::new();
        for path in written.iter().filter(whole) {
            let segment = read_segment(path);
            assert_eq!(ffprobe_unfinished(path), segment.units.len(), "{}", path.display());
            counts.push((path.clone(), segment.units.len()));
        }
        for (camera, source) in sources.iter().enumerate() {
            let folder = format!("/cam{camera}/");
            let newest = counts.iter().rfind(|(path, _)| path.to_string_lossy().contains(&folder));
            let (path, _) = newest.unwrap_or_else(|| panic!("no footage of cam{camera}"));
            let missing = killed.micros_since(end_of(path));
            assert!(missing <= LAST_FRAGMENT, "round {round}: {missing} us are missing");
            let segment = read_segment(path);
            let order = positions(source, &segment.units);
            let length = source.units.len();
            assert!(order.windows(2).all(|pair| (pair[0] + 1) % length == pair[1]));
        }

        damage_index(bench.root(), round);
        bench.ok(&["check", "--repair"]);
        assert!(bench.ok(&["check"]).contains("agree"));
        let rows = bench.recordings();
        for (path, units) in &counts {
            assert_eq!(ffprobe(path), *units, "{}", path.display());
            let told = rows.iter().find(|row| row["path"] == path.to_string_lossy().as_ref());
            assert_eq!(told.expect("a row")["frames"].as_u64(), Some(*units as u64));
        }
        assert!(rows.iter().all(|row| row["state"] != "recording"));
    }
    simulator.stop().expect("stopped");
}

/// Wall time at which the footage of a file ends, by the file alone.
fn end_of(path: &Path) -> WallTime {
    let opened = read_segment(path).opened;
    let start = opened.identity.expect("ours").start;
    start.plus_micros(ticks_to_micros(opened.table.duration))
}

/// Pictures that ffprobe finds in a file that was not finished. A torn tail may be mentioned.
fn ffprobe_unfinished(path: &Path) -> usize {
    let output = std::process::Command::new("ffprobe")
        .args(["-v", "quiet", "-count_packets", "-select_streams", "v:0"])
        .args(["-show_entries", "stream=nb_read_packets", "-of", "csv=p=0"])
        .arg(path)
        .output()
        .expect("ffprobe is installed by tests/run");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().trim_end_matches(',').parse().expect("a count")
}
