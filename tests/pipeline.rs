//! From simulated cameras through the program to files: every access unit once, untouched, and a reason
//! for every gap.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;

use std::time::Duration;

use common::{
    Bench, Segment, ffprobe, positions, read_segment, simulator, small_cameras, source_of, wait_for,
};
use serde_json::Value;
use watchkeeper::model::segment::ticks_at;
use watchkeeper::model::{StreamKind, WallSpan, WallTime};
use watchkeeper::simulate::{EncodedLoop, Fault, Simulator};

/// Moments of which the picture is looked at.
const MOMENTS: usize = 50;

const SOON: Duration = Duration::from_secs(20);

/// The segments of a camera, oldest first.
fn segments_of(bench: &Bench, camera: &str) -> Vec<Segment> {
    let folder = bench.recordings_folder().join(camera);
    let files = bench.files().into_iter().filter(|path| path.starts_with(&folder));
    files.map(|path| read_segment(&path)).collect()
}

/// Asserts that the units of these segments follow one another in the camera's loop.
fn assert_unbroken(source: &EncodedLoop, segments: &[Segment]) {
    let units: Vec<Vec<u8>> = segments.iter().flat_map(|s| s.units.iter().cloned()).collect();
    let order = positions(source, &units);
    for pair in order.windows(2) {
        assert_eq!((pair[0] + 1) % source.units.len(), pair[1], "a unit is missing or doubled");
    }
}

fn frames(recordings: &[Value]) -> u64 {
    recordings.iter().map(|row| row["frames"].as_u64().expect("frames")).sum()
}

#[test]
fn every_access_unit_is_recorded_once_also_across_rotation() {
    let cameras = 3;
    let simulator = simulator(small_cameras(cameras));
    let bench = Bench::new();
    bench.add_cameras(&simulator, cameras);
    bench.set_storage("max_file_mb = 1\nsync_seconds = 1");
    bench.record(&["--for", "14s"]).wait();

    let recordings = bench.recordings();
    for (number, row) in recordings.iter().enumerate() {
        assert_eq!(row["state"], "finished", "{number}: {row}");
        let path = std::path::Path::new(row["path"].as_str().expect("path"));
        let bytes = std::fs::metadata(path).expect("file").len();
        assert!(bytes <= 1_000_000, "{}: {bytes} bytes", path.display());
        assert_eq!(row["bytes"], bytes);
        assert_eq!(row["frames"].as_u64(), Some(ffprobe(path) as u64));
    }
    for number in 0..cameras {
        let segments = segments_of(&bench, &format!("cam{number}"));
        assert!(segments.len() > 1, "cam{number} was not rotated");
        let count: usize = segments.iter().map(|segment| segment.units.len()).sum();
        assert!(count > 11 * 25, "only {count} units of cam{number}");
        assert_unbroken(&source_of(&simulator, number), &segments);
        assert!(segments.windows(2).all(|pair| one_run(&pair[0], &pair[1])));
    }
    assert_eq!(recordings.len(), bench.files().len());
    assert!(bench.ok(&["check"]).contains("agree"));
    simulator.stop().expect("stopped");
}

/// Whether the second segment begins exactly where the first ends, on both time lines.
fn one_run(first: &Segment, second: &Segment) -> bool {
    let identity = |segment: &Segment| segment.opened.identity.clone().expect("ours");
    let (a, b) = (identity(first), identity(second));
    a.run == b.run && b.run_offset.ticks_since(a.run_offset) == first.opened.table.duration
}

#[test]
fn recording_resumes_after_faults_and_every_gap_has_its_reason() {
    let simulator = simulator(small_cameras(3));
    let bench = Bench::new();
    bench.add_cameras(&simulator, 3);
    bench.set_storage("sync_seconds = 1");
    let recording = bench.record(&[]);
    wait_for("recording", SOON, || recorded(&bench, 3) > 0);
    simulator.fault(0, Fault::Drop);
    simulator.fault(1, Fault::TimestampJump(3_600 * 90_000));
    simulator.fault(2, Fault::LoseUnits(3));
    wait_for("resuming", SOON, || {
        segment_count(&bench, "cam0") > 1 && segment_count(&bench, "cam1") > 1
    });
    std::thread::sleep(Duration::from_secs(5));
    recording.stop();

    for number in 0..3 {
        let segments = segments_of(&bench, &format!("cam{number}"));
        for segment in &segments {
            ffprobe(&segment.path);
            let broken = broken_places(&simulator, number, segment);
            assert!(broken <= usize::from(number == 2), "cam{number}: {broken} broken places");
        }
    }
    let reasons = |camera: &str| {
        let told = bench.json(&["explain", "--camera", camera, "--json"]);
        let gaps = told.as_array().expect("a list").iter().filter(|part| part["recorded"] == false);
        gaps.map(|part| part["text"].as_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    assert!(reasons("cam0").iter().any(|r| r.contains("offline")), "{:?}", reasons("cam0"));
    assert!(reasons("cam1").iter().any(|r| r.contains("clock jumped")), "{:?}", reasons("cam1"));
    assert!(reasons("cam2").iter().any(|r| r.contains("Lost")), "{:?}", reasons("cam2"));
    assert!(bench.ok(&["check"]).contains("agree"));
    simulator.stop().expect("stopped");
}

fn recorded(bench: &Bench, cameras: usize) -> u64 {
    let rows = bench.recordings();
    let all = (0..cameras).all(|n| rows.iter().any(|row| row["camera"] == format!("cam{n}")));
    if all { frames(&rows) } else { 0 }
}

fn segment_count(bench: &Bench, camera: &str) -> usize {
    bench.recordings().iter().filter(|row| row["camera"] == camera).count()
}

fn broken_places(simulator: &Simulator, camera: usize, segment: &Segment) -> usize {
    let source = source_of(simulator, camera);
    let order = positions(&source, &segment.units);
    order.windows(2).filter(|pair| (pair[0] + 1) % source.units.len() != pair[1]).count()
}

#[test]
fn passwords_are_stored_but_shown_nowhere() {
    let password = "s3cret-Wört";
    let mut config = small_cameras(1);
    config.user = Some("operator".into());
    config.password = Some(watchkeeper::model::Password::new(password.into()));
    config.digest = true;
    let simulator = simulator(config);
    let bench = Bench::new();
    let main = simulator.url(0, StreamKind::Main).to_string();
    let add = |name: &str, line: &str| {
        let login = ["--user", "operator", "--password-stdin"];
        let mut arguments = vec!["camera", "add", name, "--main", &main];
        arguments.extend(login);
        bench.with_input(&arguments, line)
    };
    assert!(add("right", password).status.success());
    assert!(add("wrong", "guess").status.success());
    let recording = bench.record(&[]);
    wait_for("recording", SOON, || segment_count(&bench, "right") > 0);
    wait_for("refusal", SOON, || bench.log().contains("wrong: Not recording: camera offline"));
    recording.stop();
    assert!(bench.log().to_lowercase().contains("password"), "{}", bench.log());
    assert_eq!(segment_count(&bench, "wrong"), 0);
    let shown = [
        bench.ok(&["camera", "list"]),
        bench.ok(&["camera", "list", "--json"]),
        bench.ok(&["camera", "test", "right", "--json"]),
        bench.fails(&["camera", "test", "wrong"]),
        bench.log(),
        std::fs::read_to_string(bench.root().join("settings.toml")).expect("settings"),
        std::fs::read_to_string(bench.root().join("secrets.json")).expect("secrets"),
    ];
    for text in shown {
        assert!(!text.contains(password) && !text.contains("guess"), "{text}");
    }
    simulator.stop().expect("stopped");
}

#[test]
fn the_exact_picture_of_a_moment_is_the_one_that_the_index_names() {
    let simulator = simulator(small_cameras(1));
    let bench = Bench::new();
    bench.add_cameras(&simulator, 1);
    let recording = bench.record(&[]);
    wait_for("footage", SOON, || frames(&bench.recordings()) > 150);
    let output = bench.root().join("picture.png");
    let picture_at = |at: WallTime| {
        let (at, png) = (at.to_rfc3339(), output.to_string_lossy().into_owned());
        bench.ok(&["snapshot", "--camera", "cam0", "--at", &at, "--output", &png]);
        frame_number(&output)
    };
    // Beside a running recorder, of the segment that is being written.
    picture_at(span_of(&bench.recordings()[0]).start.plus_micros(1_500_000));
    recording.stop();

    let row = &bench.recordings()[0];
    let span = span_of(row);
    let segment = read_segment(std::path::Path::new(row["path"].as_str().expect("path")));
    let order = positions(&source_of(&simulator, 0), &segment.units);
    let table = &segment.opened.table;
    for _ in 0..MOMENTS {
        let at = span.start.plus_micros(fastrand::i64(0..span.micros()));
        let ticks = ticks_at(span, table.duration, at);
        let shown = table.samples.partition_point(|sample| sample.pts <= ticks) - 1;
        assert_eq!(picture_at(at) as usize, order[shown], "{at}");
    }
    let missing = bench.fails(&[
        "snapshot",
        "--camera",
        "cam0",
        "--at",
        "2001-01-01T00:00:00Z",
        "--output",
        "x.png",
    ]);
    assert!(missing.contains("No recording"), "{missing}");
    simulator.stop().expect("stopped");
}

/// The wall time that a row of `recordings --json` covers.
fn span_of(row: &Value) -> WallSpan {
    let time = |key: &str| WallTime::parse_rfc3339(row[key].as_str().expect("time"));
    WallSpan::new(time("start").expect("RFC 3339"), time("end").expect("RFC 3339"))
}

/// The number burnt into a saved picture.
fn frame_number(path: &std::path::Path) -> u32 {
    let file = std::io::BufReader::new(std::fs::File::open(path).expect("picture"));
    let mut reader = png::Decoder::new(file).read_info().expect("PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("size")];
    let info = reader.next_frame(&mut bytes).expect("frame");
    let (width, height) = (info.width as usize, info.height as usize);
    let channels = bytes.len() / (width * height);
    let luma: Vec<u8> = bytes.chunks(channels).map(|pixel| pixel[1]).collect();
    watchkeeper::simulate::read_frame_number(&luma, width, width, height).expect("a readable bar")
}
