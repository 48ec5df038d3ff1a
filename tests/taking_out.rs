//! Taking footage out with the program itself: the command line, beside a recorder and without one, and the
//! engine's commands. Needs `ffmpeg`; the small disk needs root.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;
mod footage;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use common::{Bench, SmallDisk, ffprobe, positions, read_segment, simulator, small_cameras};
use common::{source_of, wait_for};
use footage::rig::{at, main_stream};
use footage::{Archive, Film, GOP, Kind};
use watchkeeper::config::DataFolder;
use watchkeeper::engine::{Engine, EngineOptions};
use watchkeeper::index::Index;
use watchkeeper::model::{Bookmark, Lock, WallSpan, WallTime};
use watchkeeper::protocol::{
    Command, Console, ExportGaps, ExportQuery, ExportRequest, ExportState, MarkChange,
    PictureFormat,
};
use watchkeeper::recorder::OpenSegments;
use watchkeeper::runtime::SystemClock;
use watchkeeper::storage::LocalVolume;

const SOON: Duration = Duration::from_secs(20);

/// A data folder with 12 s of footage, a gap of 5 s, and 4 s more.
fn filled() -> Bench {
    let bench = Bench::new();
    let film = Film::shared(Kind::InOrder);
    let archive = Archive {
        folder: tempfile::tempdir().expect("temporary folder"),
        volume: Arc::new(LocalVolume::open(bench.recordings_folder()).expect("a volume")),
        index: Index::open(bench.root().join("index.redb")).expect("an index").index,
        open: OpenSegments::default(),
    };
    let all: Vec<usize> = (0..film.units.len()).collect();
    archive.write(&main_stream(), at(0.0), &film, &all);
    archive.write(&main_stream(), at(17.0), &film, &all[..2 * GOP]);
    bench
}

/// From and to, as arguments.
fn span(from: f64, to: f64) -> [String; 2] {
    [at(from).to_rfc3339(), at(to).to_rfc3339()]
}

fn export<'a>(span: &'a [String; 2], output: &'a str) -> Vec<&'a str> {
    let [from, to] = span;
    vec!["export", "--camera", "yard", "--from", from, "--to", to, "--output", output]
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn the_command_line_exports_verifies_and_refuses() {
    let bench = filled();
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("film.mp4");
    let output = path.to_str().expect("UTF-8");
    let asked = span(1.0, 18.0);
    let told = bench.ok(&export(&asked, output));
    assert!(told.contains("300 pictures") && told.contains("no footage from"), "{told}");
    assert_eq!(ffprobe(&path), 300);
    assert_eq!(names(folder.path()), ["film.mp4", "film.mp4.json"]);
    assert!(bench.ok(&["verify", output]).contains("as it was exported"));
    assert!(bench.fails(&export(&asked, output)).contains("is there already"));
    assert!(bench.fails(&export(&asked, "/nowhere/film.avi")).contains(".mp4"));
    let nothing = span(13.0, 16.0);
    let other = folder.path().join("other.mp4");
    let complaint = bench.fails(&export(&nothing, other.to_str().expect("UTF-8")));
    assert!(complaint.contains("no footage"), "{complaint}");

    let kept = [
        &export(&asked, folder.path().to_str().expect("UTF-8"))[..],
        &["--gaps", "kept", "--json"],
    ];
    let list = bench.json(&kept.concat());
    let film = PathBuf::from(list[0]["output"].as_str().expect("a path"));
    assert_eq!(list[0]["manifest"]["gaps_are"], "kept");
    assert!(film.is_file() && film.starts_with(folder.path()));

    let mut bytes = std::fs::read(&path).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).expect("written");
    assert!(bench.fails(&["verify", output]).contains("was changed"));
    let output = bench.run(&["verify", output, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"ok\": false"));
}

#[test]
fn a_killed_export_leaves_nothing_but_what_the_next_one_removes() {
    let bench = filled();
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("film.mp4");
    let output = path.to_str().expect("UTF-8");
    let asked = span(0.0, 30.0);
    let mut whole = 0;
    for round in 0..30u64 {
        let mut child = bench
            .command(&export(&asked, output))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(Duration::from_millis(round * 7 % 120));
        // It may have ended by itself.
        let _killed = child.kill();
        let _ended = child.wait().expect("waited for");
        if path.exists() {
            whole += 1;
            bench.ok(&["verify", output]);
            names(folder.path()).iter().for_each(|name| {
                std::fs::remove_file(folder.path().join(name)).expect("removed");
            });
        }
    }
    bench.ok(&export(&asked, output));
    assert_eq!(names(folder.path()), ["film.mp4", "film.mp4.json"], "{whole} were quicker");
    bench.ok(&["verify", output]);
}

#[test]
fn a_full_disk_leaves_nothing() {
    let bench = filled();
    let disk = SmallDisk::mount(4);
    let output = disk.folder.path().join("film.mp4");
    let asked = span(0.0, 30.0);
    let complaint = bench.fails(&export(&asked, output.to_str().expect("UTF-8")));
    assert!(complaint.contains("MB left"), "{complaint}");
    assert_eq!(names(disk.folder.path()), [""; 0]);
}

#[test]
fn exports_work_beside_a_recorder_up_to_the_live_edge() {
    let simulator = simulator(small_cameras(1));
    let bench = Bench::new();
    bench.add_cameras(&simulator, 1);
    let recording = bench.record(&[]);
    let seconds = |row: &serde_json::Value| {
        let time = |key: &str| WallTime::parse_rfc3339(row[key].as_str().expect("a time"));
        time("end").expect("a time").micros_since(time("start").expect("a time")) / 1_000_000
    };
    wait_for("six seconds", SOON, || {
        bench.recordings().first().is_some_and(|row| seconds(row) >= 6)
    });
    let start = bench.recordings()[0]["start"].as_str().expect("a time").to_owned();
    let film = bench.root().join("film.mp4");
    let (to, output) = ("2999-01-01T00:00:00Z", film.to_str().expect("UTF-8"));
    let camera = ["export", "--camera", "cam0", "--from", &start, "--to", to, "--output", output];
    let told = bench.json(&[&camera[..], &["--json"]].concat());
    let pictures = told[0]["manifest"]["pictures"].as_u64().expect("a number");
    assert!(pictures >= 100, "{told}");
    assert_eq!(ffprobe(&film) as u64, pictures);
    let source = source_of(&simulator, 0);
    let order = positions(&source, &read_segment(&film).units);
    assert_eq!(order.len() as u64, pictures);
    assert!(order.windows(2).all(|pair| (pair[0] + 1) % source.units.len() == pair[1]));
    // Marks go through the running recorder.
    let noted = ["bookmark", "add", "--camera", "cam0", "--at", &start, "--note", "A van"];
    bench.ok(&noted);
    let list = bench.json(&["bookmark", "list", "--search", "VAN", "--json"]);
    assert_eq!(list[0]["note"], "A van");
    recording.stop();
    let list = bench.json(&["bookmark", "list", "--camera", "cam0", "--json"]);
    assert_eq!(list.as_array().map(Vec::len), Some(1));
    bench.ok(&["bookmark", "remove", "--camera", "cam0", "--at", &start]);
    assert_eq!(
        bench.fails(&["bookmark", "remove", "--camera", "cam0", "--at", &start]).lines().count(),
        1
    );
    simulator.stop().expect("stopped");
}

#[test]
fn snapshots_are_png_or_jpeg_with_or_without_a_caption() {
    let bench = filled();
    let moment = at(2.5).to_rfc3339();
    let shot = |name: &str, more: &[&str]| {
        let path = bench.root().join(name);
        let output = path.to_str().expect("UTF-8");
        let plain = ["snapshot", "--camera", "yard", "--at", &moment, "--output", output];
        bench.ok(&[&plain[..], more].concat());
        std::fs::read(path).expect("a picture")
    };
    let (plain, captioned) = (shot("a.png", &[]), shot("b.png", &["--caption"]));
    assert!(plain.starts_with(b"\x89PNG") && captioned.starts_with(b"\x89PNG"));
    assert_ne!(plain, captioned);
    assert!(shot("c.jpg", &["--caption"]).starts_with(&[0xff, 0xd8, 0xff]));
    let other = ["snapshot", "--camera", "yard", "--at", &moment, "--output", "d.bmp"];
    assert!(bench.fails(&other).contains(".png or .jpg"));

    let list = bench.recordings();
    let segment = bench.recordings_folder().join(list[0]["path"].as_str().expect("a path"));
    let bytes = std::fs::read(&segment).expect("a segment");
    std::fs::write(&segment, &bytes[..bytes.len() / 2]).expect("cut");
    let late = at(11.5).to_rfc3339();
    let beyond = ["snapshot", "--camera", "yard", "--at", &late, "--output", "e.png"];
    let complaint = bench.fails(&beyond);
    assert!(complaint.contains("its file ends at"), "{complaint}");
}

fn engine(bench: &Bench) -> (Engine, Console) {
    let folder = DataFolder::at(bench.root().to_path_buf()).expect("a folder");
    Engine::start(EngineOptions::new(folder, Arc::new(SystemClock::new()))).expect("started")
}

/// The state of the newest export that is shown.
fn state(console: &Console) -> Option<ExportState> {
    console.shown().exports.get()?.last().map(|status| status.state.clone())
}

#[test]
fn the_engine_plans_exports_and_forgets() {
    let bench = filled();
    let exports = bench.root().join("exports");
    std::fs::create_dir_all(&exports).expect("made");
    std::fs::write(exports.join("killed.mp4.part"), "left").expect("written");
    let (engine, console) = engine(&bench);
    let camera = main_stream().camera;
    let cameras = vec![camera.clone()];
    let asked = WallSpan::new(at(1.0), at(18.0));
    let query = ExportQuery { generation: 7, cameras: cameras.clone(), span: asked, folder: None };
    console.send(Command::QueryExport(query)).expect("taken");
    wait_for("a plan", SOON, || console.shown().export_plan.get().is_some());
    let plan = console.shown().export_plan.get().expect("a plan");
    assert_eq!((plan.generation, plan.covered, plan.surplus), (7, 12_000_000, 1_000_000));
    assert_eq!(plan.trouble, None);
    assert!(plan.bytes > 10_000 && plan.free.is_some() && plan.folder == exports);
    assert!(plan.gaps.iter().any(|(_, gap, _)| gap.contains(at(14.0))));

    let elsewhere = Some(PathBuf::from("films"));
    let query =
        ExportQuery { generation: 8, cameras: cameras.clone(), span: asked, folder: elsewhere };
    console.send(Command::QueryExport(query)).expect("taken");
    wait_for("the refusal of a relative folder", SOON, || {
        let plan = console.shown().export_plan.get().expect("a plan");
        plan.generation == 8
            && plan.trouble.as_ref().is_some_and(|text| text.contains("whole path"))
    });

    let request = ExportRequest { cameras, span: asked, gaps: ExportGaps::Kept, folder: None };
    console.send(Command::Export(request.clone())).expect("taken");
    wait_for("the export", SOON, || matches!(state(&console), Some(ExportState::Done { .. })));
    let Some(ExportState::Done { files, bytes }) = state(&console) else { panic!("not done") };
    assert_eq!(names(&exports), [files[0].clone(), format!("{}.json", files[0])]);
    assert_eq!(std::fs::metadata(exports.join(&files[0])).expect("there").len(), bytes);
    wait_for("a notice", SOON, || {
        let snapshot = console.shown().snapshot.get().unwrap_or_default();
        snapshot.notices.iter().any(|notice| notice.text.contains(&files[0]))
    });

    let nothing = ExportRequest { span: WallSpan::new(at(13.0), at(16.0)), ..request };
    console.send(Command::Export(nothing)).expect("taken");
    wait_for("the failure", SOON, || matches!(state(&console), Some(ExportState::Failed(_))));
    for id in [1, 2] {
        console.send(Command::ForgetExport(id)).expect("taken");
    }
    wait_for("an empty list", SOON, || state(&console).is_none());
    console.send(Command::OpenFolder("/etc".into())).expect("taken");
    wait_for("the refusal", SOON, || {
        let snapshot = console.shown().snapshot.get().unwrap_or_default();
        snapshot.notices.iter().any(|notice| notice.text.contains("no folder of Watchkeeper"))
    });
    engine.stop().expect("stopped");
    assert_eq!(names(&exports).len(), 2);
}

#[test]
fn marks_are_shown_at_the_start_and_at_every_change() {
    let bench = filled();
    let bookmark = Bookmark { camera: main_stream().camera, at: at(3.0), note: "a van".into() };
    let lock = Lock {
        camera: main_stream().camera,
        span: WallSpan::new(at(0.0), at(5.0)),
        note: String::new(),
    };
    let marks = |console: &Console| console.shown().marks.get().map(|marks| (*marks).clone());
    let (running, console) = engine(&bench);
    assert_eq!(marks(&console), Some(Default::default()));
    console.send(Command::Mark(MarkChange::AddBookmark(bookmark.clone()))).expect("taken");
    console.send(Command::Mark(MarkChange::Lock(lock.clone()))).expect("taken");
    wait_for("both", SOON, || {
        marks(&console)
            .is_some_and(|m| m.bookmarks == [bookmark.clone()] && m.locks == [lock.clone()])
    });
    // Through the door.
    let [from, to] = span(1.0, 2.0);
    bench.ok(&["unlock", "--camera", "yard", "--from", &from, "--to", &to, "--json"]);
    wait_for("two locks", SOON, || marks(&console).is_some_and(|marks| marks.locks.len() == 2));
    let snapshot = Command::SaveSnapshot {
        camera: main_stream().camera,
        at: Some(at(3.0)),
        format: PictureFormat::Jpeg,
        caption: true,
    };
    console.send(snapshot).expect("taken");
    let pictures = bench.root().join("snapshots");
    wait_for("a picture", SOON, || names(&pictures).iter().any(|name| name.ends_with(".jpg")));
    running.stop().expect("stopped");

    std::fs::write(bench.root().join("bookmarks.json"), "[{]").expect("written");
    let (running, console) = engine(&bench);
    console.send(Command::Mark(MarkChange::AddBookmark(bookmark))).expect("taken");
    wait_for("the trouble", SOON, || {
        let snapshot = console.shown().snapshot.get().unwrap_or_default();
        snapshot.notices.iter().filter(|notice| notice.text.contains("bookmarks.json")).count() == 2
    });
    running.stop().expect("stopped");
    let left = std::fs::read_to_string(bench.root().join("bookmarks.json")).expect("there");
    assert_eq!(left, "[{]");
}
