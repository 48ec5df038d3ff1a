//! The verbs of the command line, run as operators and scripts run them.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "cli/elsewhere.rs"]
mod elsewhere;

mod common;

use std::time::Duration;

use common::{Bench, simulator, small_cameras, wait_for};
use serde_json::{Value, json};
use watchkeeper::config::DataFolder;
use watchkeeper::index::{Change, Index};
use watchkeeper::model::{
    CameraId, MediaTime, RunId, SegmentRow, SegmentState, StreamId, StreamKind, VolumeId, WallTime,
};
use watchkeeper::runtime::{Clock, SystemClock};

const SOON: Duration = Duration::from_secs(15);

const ADDRESS: &str = "rtsp://192.0.2.1/main";

/// A list of the bench as `--json` tells it, and the one called `name` in it.
fn named(bench: &Bench, verb: &str, name: &str) -> Value {
    let list = bench.json(&[verb, "list", "--json"]);
    let mut all = list.as_array().expect("a list").iter();
    all.find(|item| item["name"] == name).unwrap_or_else(|| panic!("{name}: {list}")).clone()
}

#[test]
fn schedules_are_added_renamed_and_kept_while_they_are_used() {
    let bench = Bench::new();
    bench.ok(&["schedule", "add", "Office", "--days", "mon-fri", "--time", "08:00-18:00"]);
    bench.ok(&["schedule", "add", "Always", "--time", "00:00-24:00"]);
    let ranges = ["--range", "sat,sun 10:00-14:00", "--range", "mon 22:00-06:00"];
    bench.ok(&[&["schedule", "add", "Odd hours"], &ranges[..]].concat());
    let odd = named(&bench, "schedule", "Odd hours");
    assert_eq!(odd["ranges"], json!(["sat,sun 10:00-14:00", "mon 22:00-06:00"]));
    let always = named(&bench, "schedule", "Always");
    assert_eq!((&always["active"], &always["next_change"]), (&json!(true), &Value::Null));

    let add = ["camera", "add", "Gate", "--main", ADDRESS, "--mode", "scheduled"];
    assert!(bench.fails(&add).contains("needs a schedule"));
    bench.ok(&[&add[..], &["--schedule", "Office"]].concat());
    bench.ok(&["defaults", "set", "--schedule", "Always"]);
    let refused = bench.fails(&["schedule", "remove", "Office"]);
    assert!(refused.contains("\"Office\" is used by Gate"), "{refused}");
    let refused = bench.fails(&["schedule", "remove", "Always"]);
    assert!(refused.contains("the default of all cameras"), "{refused}");

    assert!(bench.fails(&["schedule", "set", "Office", "--name", "Always"]).contains("another"));
    let times = ["--days", "mon-fri", "--time", "07:00-12:00", "--time", "13:00-19:00"];
    bench.ok(&[&["schedule", "set", "Office", "--name", "Work"], &times[..]].concat());
    let work = named(&bench, "schedule", "Work");
    assert_eq!(work["ranges"], json!(["mon-fri 07:00-12:00", "mon-fri 13:00-19:00"]));
    assert_eq!((&work["used_by"], &work["cameras"]), (&json!(["Gate"]), &json!(["Gate"])));
    let gate = named(&bench, "camera", "Gate");
    assert_eq!(gate["in_force"]["schedule"], json!({ "value": "Work", "own": true }));
    assert!(bench.ok(&["schedule", "list"]).contains("mon-fri 07:00-12:00; mon-fri 13:00-19:00"));

    bench.ok(&["camera", "set", "Gate", "--schedule", "inherit"]);
    bench.ok(&["schedule", "remove", "Work"]);
    let gone = bench.fails(&["schedule", "remove", "Work"]);
    assert!(gone.contains("there are: \"Always\", \"Odd hours\""), "{gone}");
}

#[test]
fn exceptions_hold_on_their_date() {
    let bench = Bench::new();
    bench.ok(&["schedule", "add", "Night", "--time", "22:00-06:00"]);
    bench.ok(&["schedule", "add", "Feast", "--time", "00:00-24:00"]);
    let on = |date: &'static str, rule: &[&'static str]| {
        [&["schedule", "exception", "Night", "--date", date], rule].concat()
    };
    bench.ok(&on("2096-12-25", &["never"]));
    bench.ok(&on("2096-12-24", &["use", "Feast"]));
    bench.ok(&on("2096-12-25", &["all-day"]));
    let expected = json!([
        { "date": "2096-12-24", "rule": "use Feast" },
        { "date": "2096-12-25", "rule": "all-day" },
    ]);
    assert_eq!(named(&bench, "schedule", "Night")["exceptions"], expected);
    let table = bench.ok(&["schedule", "list"]);
    assert!(table.contains("2096-12-24 use Feast; 2096-12-25 all-day"), "{table}");
    let used = bench.fails(&["schedule", "remove", "Feast"]);
    assert!(used.contains("the exceptions of \"Night\""), "{used}");
    bench.ok(&on("2096-12-24", &["remove"]));
    assert!(bench.fails(&on("2096-12-24", &["remove"])).contains("no exception"));
    assert!(bench.fails(&on("2096-12-24", &["use", "Nobody"])).contains("no schedule"));
    assert!(bench.fails(&on("2096-12-24", &["never", "Feast"])).contains("\"use\""));
    bench.ok(&["schedule", "remove", "Feast"]);
    for line in [on("2096-12-24", &["use"]), on("2096-02-30", &["never"]), on("2096-12-24", &[])] {
        assert_eq!(bench.run(&line).status.code(), Some(2), "{line:?}");
    }
}

#[test]
fn cameras_follow_the_defaults_until_they_have_values_of_their_own() {
    let bench = Bench::new();
    bench.ok(&["camera", "add", "Gate", "--main", ADDRESS, "--sub", ADDRESS, "--pre", "7"]);
    let force = |key: &str| named(&bench, "camera", "Gate")["in_force"][key].clone();
    assert_eq!(force("pre_seconds"), json!({ "value": 7, "own": true }));
    bench.ok(&["defaults", "set", "--pre", "3", "--post", "30", "--manual-minutes", "20"]);
    let defaults = bench.json(&["defaults", "show", "--json"]);
    assert_eq!((&defaults["pre_seconds"], &defaults["manual_minutes"]), (&json!(3), &json!(20)));
    assert_eq!(force("pre_seconds"), json!({ "value": 7, "own": true }));
    assert_eq!(force("post_seconds"), json!({ "value": 30, "own": false }));
    let table = bench.ok(&["camera", "list"]);
    assert!(table.contains("7 s *") && table.contains("  30 s  "), "{table}");
    bench.ok(&["camera", "set", "Gate", "--pre", "inherit"]);
    assert_eq!(force("pre_seconds"), json!({ "value": 3, "own": false }));
    bench.ok(&["defaults", "set", "--stream", "sub"]);
    assert_eq!(named(&bench, "camera", "Gate")["recorded_stream"], "sub");
    assert!(bench.fails(&["defaults", "set", "--schedule", "None"]).contains("no schedule called"));
    assert!(bench.ok(&["defaults", "show"]).contains("manual recording  20 min"));
    for line in [&["defaults", "set"][..], &["defaults", "set", "--pre", "61"], &["storage", "set"]]
    {
        assert_eq!(bench.run(line).status.code(), Some(2), "{line:?}");
    }
}

/// Tells the index of ten hours of footage that ended `hours_ago`; a file of 1 MB an hour.
fn remember_footage(bench: &Bench, camera: &str, hours_ago: i64) -> WallTime {
    let hour = |n: i64| SystemClock::new().wall().plus_micros(n * 3_600_000_000);
    let stream = StreamId::new(CameraId::from_name(camera), StreamKind::Main);
    let rows = (0..10).map(|n| {
        let (start, end) = (hour(n - 10 - hours_ago), hour(n - 9 - hours_ago));
        SegmentRow {
            stream: stream.clone(),
            start,
            end,
            media_duration: 3_600 * 90_000,
            frames: 3_600,
            bytes: 1_000_000,
            run: RunId(start.as_micros()),
            run_offset: MediaTime::default(),
            volume: VolumeId(0),
            path: format!("{camera}/{n}.mp4"),
            state: SegmentState::Finished,
        }
    });
    let changes: Vec<Change> = rows.map(Change::PutSegment).collect();
    let folder = DataFolder::at(bench.root().to_path_buf()).expect("a folder");
    let index = Index::open(folder.index()).expect("an index").index;
    index.apply(&changes).expect("written");
    hour(-10 - hours_ago)
}

#[test]
fn rules_that_delete_footage_at_once_need_a_yes() {
    let bench = Bench::new();
    bench.ok(&["camera", "add", "Gate", "--main", ADDRESS]);
    let start = remember_footage(&bench, "gate", 24);
    let settings = |key: &str| bench.json(&["storage", "show", "--json"])["settings"][key].clone();
    bench.ok(&["storage", "set", "--retention", "30d", "--sync-seconds", "10", "--max-file", "9"]);
    assert_eq!((settings("retention"), settings("max_file_mb")), (json!("30d"), json!(9)));

    let told = bench.fails(&["storage", "set", "--retention", "1d 6h"]);
    assert!(told.contains("this deletes 4 files, 4.0 MB"), "{told}");
    assert!(told.contains("Gate: 4 files") && told.contains("--yes"), "{told}");
    assert_eq!(settings("retention"), "30d");
    let told = bench.fails(&["camera", "set", "Gate", "--retention", "1h"]);
    assert!(told.contains("this deletes 10 files"), "{told}");

    let two_hours = start.plus_micros(2 * 3_600_000_000).to_rfc3339();
    let start = start.to_rfc3339();
    bench.ok(&["lock", "--camera", "Gate", "--from", &start, "--to", &two_hours]);
    let told = bench.fails(&["storage", "set", "--retention", "1d 6h"]);
    assert!(told.contains("this deletes 1 file, 1.0 MB"), "{told}");

    bench.ok(&["storage", "set", "--auto-delete", "off"]);
    bench.ok(&["storage", "set", "--retention", "1h"]);
    assert!(bench.fails(&["storage", "set", "--auto-delete", "on"]).contains("this deletes 7"));
    let told = bench.ok(&["storage", "set", "--auto-delete", "on", "--yes"]);
    assert!(told.contains("it deletes 7 files"), "{told}");
    assert_eq!((settings("auto_delete"), settings("retention")), (json!(true), json!("1h")));
    // What goes anyway is no matter of a change that has nothing to do with it.
    bench.ok(&["storage", "set", "--low-space", "5", "--segment-minutes", "30"]);

    let preview = bench.json(&["storage", "preview", "--json"]);
    assert_eq!(preview["in_24_hours"][0]["files"], 7);
    assert_eq!(preview["in_24_hours"][0]["cause"], "retention");
    assert!(bench.ok(&["storage", "preview"]).contains("by the retention time"));
    let shown = bench.json(&["storage", "show", "--json"]);
    assert_eq!(
        shown["used_by"][0],
        json!({ "camera": "Gate", "camera_id": "gate", "bytes": 10_000_000 })
    );
    assert!(bench.ok(&["storage", "show"]).contains("10.0 MB"));
}

#[test]
fn a_storage_path_is_tried_and_its_marker_made_anew() {
    let bench = Bench::new();
    let file = bench.root().join("file");
    std::fs::write(&file, "").expect("written");
    bench.fails(&["storage", "set", "--path", &file.join("below").to_string_lossy()]);
    assert_eq!(bench.json(&["storage", "show", "--json"])["settings"]["path"], "recordings");
    bench.ok(&["storage", "set", "--path", "other"]);
    let marker = bench.root().join("other/.watchkeeper-volume");
    let before = std::fs::read_to_string(&marker).expect("a marker");
    std::fs::remove_file(&marker).expect("removed");
    let shown = bench.json(&["storage", "show", "--json"]);
    assert!(shown["trouble"].as_str().expect("trouble").contains("marker"), "{shown}");
    bench.ok(&["storage", "set", "--path", "other"]);
    assert_ne!(std::fs::read_to_string(&marker).expect("a marker"), before);
    assert_eq!(bench.json(&["storage", "show", "--json"])["trouble"], Value::Null);
}

#[test]
fn recorded_footage_is_explained_and_locked() {
    let simulator = simulator(small_cameras(1));
    let bench = Bench::new();
    bench.add_cameras(&simulator, 1);
    // A computer that is busy may need more than one of them until the first picture has arrived.
    wait_for("footage", 4 * SOON, || {
        bench.record(&["--for", "5s"]).wait();
        !bench.recordings().is_empty()
    });
    simulator.stop().expect("stopped");
    let log = bench.log();
    assert_eq!(log.matches("cam0: Recording: continuous").count(), 1, "{log}");

    let row = bench.recordings()[0].clone();
    let time =
        |key: &str| WallTime::parse_rfc3339(row[key].as_str().expect("a time")).expect("RFC 3339");
    let (start, end) = (time("start"), time("end"));
    let explain = |at: WallTime| {
        bench.json(&["explain", "--camera", "cam0", "--at", &at.to_rfc3339(), "--json"])
    };
    let inside = explain(start.plus_micros(500_000));
    assert_eq!((&inside["recorded"], &inside["state"]["by"]), (&json!(true), &json!("continuous")));
    assert_eq!((&inside["start"], &inside["end"]), (&row["start"], &row["end"]));
    let after = explain(end);
    assert_eq!((&after["recorded"], &after["start"]), (&json!(false), &row["end"]));
    let future = ["explain", "--camera", "cam0", "--at", "2096-01-01T00:00:00Z"];
    assert!(bench.fails(&future).contains("has not come yet"));
    let both = [
        "explain",
        "--camera",
        "cam0",
        "--at",
        "2026-01-01T00:00:00Z",
        "--from",
        "2026-01-01T00:00:00Z",
    ];
    assert_eq!(bench.run(&both).status.code(), Some(2));

    let (from, to) = (start.to_rfc3339(), end.to_rfc3339());
    let range = ["--camera", "cam0", "--from", &from, "--to", &to];
    let locked = bench.ok(&[&["lock"], &range[..], &["--note", "theft"]].concat());
    assert!(locked.contains("1 file"), "{locked}");
    let expected = json!([{
        "camera": "cam0", "camera_id": "cam0", "start": row["start"], "end": row["end"], "note": "theft",
    }]);
    assert_eq!(bench.json(&["locks", "--json"]), expected);
    assert!(bench.ok(&["locks"]).contains("theft"));
    let backwards = ["lock", "--camera", "cam0", "--from", &to, "--to", &from];
    assert!(bench.fails(&backwards).contains("--to must be later"));
    let nobody = ["lock", "--camera", "nobody", "--from", &from, "--to", &to];
    assert!(bench.fails(&nobody).contains("there is no camera \"nobody\""));
    assert!(bench.ok(&[&["unlock"], &range[..]].concat()).contains("unlocked cam0"));
    assert!(bench.ok(&[&["unlock"], &range[..]].concat()).contains("nothing of cam0"));
    assert_eq!(bench.json(&["locks", "--json"]), json!([]));
    assert_eq!(bench.json(&["events", "--camera", "cam0", "--json"]), json!([]));
}

#[test]
fn a_running_recorder_is_asked_and_ordered() {
    let simulator = simulator(small_cameras(1));
    let bench = Bench::new();
    bench.add_cameras(&simulator, 1);
    bench.ok(&["camera", "set", "cam0", "--mode", "disabled"]);
    // Good, however full this computer's disk is.
    bench.ok(&["storage", "set", "--low-space", "0"]);
    for line in [&["health"][..], &["manual", "start", "--camera", "cam0"]] {
        assert!(bench.fails(line).contains("is not running with this folder"));
    }
    let recording = bench.record(&[]);
    wait_for("the start", SOON, || bench.log().contains("cam0: Not recording"));
    let camera = || bench.json(&["health", "--json"])["cameras"][0].clone();
    wait_for("pictures", SOON, || {
        let camera = camera();
        camera["frame_rate"].as_f64() > Some(1.0) && !camera["gop_length"].is_null()
    });
    let disabled = camera();
    assert_eq!(disabled["link"], "online");
    assert_eq!(disabled["sentence"], "Not recording: recording is disabled for this camera");
    assert!(disabled["last_picture_age_seconds"].as_f64().expect("an age") < 10.0);
    assert_eq!(bench.json(&["health", "--json"])["volume"]["state"], "good");
    assert!(bench.ok(&["health"]).contains("recording is disabled"));

    bench.ok(&["manual", "start", "--camera", "cam0", "--for", "1h"]);
    wait_for("footage", SOON, || bench.recordings().iter().any(|row| row["frames"] != 0));
    assert!(camera()["manual_left_seconds"].as_f64().expect("a limit") > 3_000.0);
    let start = bench.recordings()[0]["start"].as_str().expect("a time").to_owned();
    let range = ["--camera", "cam0", "--from", &start, "--to", "2096-01-01T00:00:00Z"];
    bench.ok(&[&["lock"], &range[..]].concat());
    assert_eq!(bench.json(&["locks", "--json"]).as_array().map(Vec::len), Some(1));
    assert!(bench.json(&["storage", "show", "--json"])["total"].as_u64() > Some(0));
    assert!(bench.ok(&["manual", "stop", "--camera", "cam0"]).contains("by its mode"));
    wait_for("the end of it", SOON, || camera()["recording"]["state"] == "idle");
    assert!(bench.ok(&["manual", "stop", "--camera", "cam0"]).contains("was not"));

    let holder = format!("(process {})", recording.id());
    for line in [
        &["camera", "set", "cam0", "--mode", "continuous"][..],
        &["schedule", "add", "Night", "--time", "22:00-06:00"],
        &["storage", "set", "--retention", "1d"],
        &["defaults", "set", "--pre", "1"],
    ] {
        let refused = bench.fails(line);
        assert!(refused.contains("already runs with") && refused.contains(&holder), "{refused}");
    }
    recording.stop();
    simulator.stop().expect("stopped");
    let log = bench.log();
    assert_eq!(log.matches("cam0: Recording: by hand").count(), 1, "{log}");
    let answer = bench.json(&["explain", "--camera", "cam0", "--at", &start, "--json"]);
    assert_eq!(answer["state"]["by"], "manual");
    assert_eq!(bench.json(&["locks", "--json"]).as_array().map(Vec::len), Some(1));
}
