//! Cameras as the engine keeps them: removed with their footage, watched for motion on trial, and taken over from
//! lists in files.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use common::{Bench, small_cameras, wait_for};
use watchkeeper::config::DataFolder;
use watchkeeper::engine::{Engine, EngineOptions};
use watchkeeper::model::{
    CameraId, CameraSettings, DeletionCause, Lock, MotionSettings, MotionZone, Settings, StreamId,
    StreamKind, WallSpan, ZoneKind,
};
use watchkeeper::protocol::{
    CameraListOutcome, Command, Console, ImportQuery, KnownCameras, MarkChange, MotionWatch,
    SettingsChange, StorageQuery,
};
use watchkeeper::runtime::SystemClock;
use watchkeeper::simulate::Simulator;

const SOON: Duration = Duration::from_secs(40);

/// A running engine with two cameras, and its console.
struct Stage {
    bench: Bench,
    engine: Option<Engine>,
    console: Console,
    _simulator: Simulator,
}

impl Stage {
    fn begin() -> Self {
        let simulator = common::simulator(small_cameras(2));
        let bench = Bench::new();
        bench.add_cameras(&simulator, 2);
        let folder = DataFolder::at(bench.root().to_path_buf()).expect("the folder");
        let options = EngineOptions::new(folder, Arc::new(SystemClock::new()));
        let (engine, console) = Engine::start(options).expect("starts");
        let stage = Self { bench, engine: Some(engine), console, _simulator: simulator };
        wait_for("a snapshot", SOON, || stage.console.shown().snapshot.get().is_some());
        stage
    }

    fn stop(&mut self) {
        self.engine.take().expect("runs").stop().expect("in order");
    }

    fn send(&self, command: Command) {
        self.console.send(command).expect("taken");
    }

    fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.console.shown().snapshot.get().expect("a snapshot").settings)
    }

    fn change(&self, change: impl FnOnce(&mut Settings)) {
        let (before, shown) = (self.settings(), self.console.shown());
        let mut after = Box::new(Settings::clone(&before));
        change(&mut after);
        let id = shown.next_id();
        self.send(Command::ChangeSettings(SettingsChange {
            id,
            before,
            after,
            passwords: Vec::new(),
            archive_password: None,
        }));
        let answer = || shown.changed.to(id);
        wait_for("an answer", SOON, || answer().is_some());
        answer().expect("answered").outcome.as_ref().expect("made");
    }

    fn files(&self, camera: &CameraId) -> Vec<PathBuf> {
        let part = format!("{camera}");
        let is_ours = |path: &PathBuf| path.iter().any(|name| name.to_string_lossy() == part);
        self.bench.files().into_iter().filter(is_ours).collect()
    }

    fn list(&self, command: impl FnOnce(u64) -> Command) -> Result<CameraListOutcome, String> {
        let shown = self.console.shown();
        let id = shown.next_id();
        self.send(command(id));
        let answer = || shown.camera_list.get().filter(|answer| answer.id == id);
        wait_for("an answer", SOON, || answer().is_some());
        answer().expect("answered").outcome.clone()
    }
}

#[test]
fn footage_of_a_removed_camera_goes_except_for_what_is_locked() {
    let mut stage = Stage::begin();
    // A fragment or two fill a file, so that there are several.
    stage.change(|settings| {
        settings.storage.max_file_mb = 1;
        settings.storage.auto_delete = false;
        settings.cameras[0].name = "Back yard".into();
    });
    let cameras: Vec<CameraId> = stage.settings().cameras.iter().map(|c| c.id.clone()).collect();
    let (gone, stays) = (&cameras[0], &cameras[1]);
    wait_for("files", SOON, || cameras.iter().all(|camera| stage.files(camera).len() > 4));
    let rows = stage.bench.json(&["recordings", "--camera", gone.as_str(), "--json"]);
    let first = &rows.as_array().expect("a list")[0];
    let time = |key: &str| {
        let text = first[key].as_str().expect("a time");
        watchkeeper::model::WallTime::parse_rfc3339(text).expect("a time")
    };
    let span = WallSpan::new(time("start"), time("start").plus_micros(1_000));
    let lock = Lock { camera: gone.clone(), span, note: "kept".into() };
    stage.send(Command::Mark(MarkChange::Lock(lock)));
    wait_for("the lock", SOON, || stage.bench.ok(&["locks"]).contains("kept"));

    let shown = stage.console.shown();
    let id = shown.next_id();
    stage.send(Command::QueryStorage(StorageQuery { id, with: None }));
    let answer = || shown.storage.get().filter(|answer| answer.id == id);
    wait_for("sizes", SOON, || answer().is_some());
    let used = answer().expect("told").overview.used_by.clone();
    assert!(used.iter().any(|(camera, bytes)| camera == gone && *bytes > 1_000_000), "{used:?}");

    let before = stage.files(stays);
    stage.send(Command::RemoveCamera { id: gone.clone(), footage: true });
    let end = "The footage of Back yard has been deleted, except for 1 locked recording.";
    let told = || {
        let snapshot = shown.snapshot.get().expect("one");
        snapshot.notices.iter().any(|notice| notice.text == end)
    };
    wait_for("the end of it", SOON, told);
    assert_eq!(stage.files(gone).len(), 1, "the locked one");
    assert!(before.iter().all(|path| path.exists()), "of the other camera nothing goes");
    assert!(stage.settings().erase.is_empty() && stage.settings().cameras.len() == 1);
    stage.stop();

    let index = watchkeeper::index::Index::open(stage.bench.root().join("index.redb"));
    let reader = index.expect("opens").index.reader();
    let rows = reader.segments_of(&StreamId::new(gone.clone(), StreamKind::Main)).expect("reads");
    assert_eq!(rows.len(), 1);
    let deleted = reader.deleted(gone, WallSpan::ALL).expect("reads");
    assert!(!deleted.is_empty() && deleted.iter().all(|d| d.cause == DeletionCause::Operator));
    drop(reader);
    stage.bench.ok(&["check"]);
}

#[test]
fn footage_of_a_removed_camera_stays_where_that_is_wanted() {
    let mut stage = Stage::begin();
    let id = stage.settings().cameras[0].id.clone();
    wait_for("a file", SOON, || !stage.files(&id).is_empty());
    stage.send(Command::RemoveCamera { id: id.clone(), footage: false });
    wait_for("its end", SOON, || stage.settings().cameras.len() == 1);
    stage.stop();
    assert!(!stage.files(&id).is_empty());
    stage.bench.ok(&["check"]);
}

#[test]
fn motion_is_watched_on_trial_by_settings_that_are_not_in_force() {
    let mut stage = Stage::begin();
    let camera = stage.settings().cameras[0].id.clone();
    let shown = stage.console.shown();
    let watch =
        |settings| Command::WatchMotion(Some(MotionWatch { camera: camera.clone(), settings }));
    stage.send(watch(MotionSettings { sensitivity: 90, min_size: 1, ..Default::default() }));
    let level =
        || shown.trial.get().filter(|trial| trial.camera == camera).map(|trial| trial.level);
    wait_for("motion", SOON, || level().is_some_and(|level| level >= 500));
    let status = shown.snapshot.get().expect("one").cameras[0].clone();
    assert_eq!(status.motion_level, None, "what is recorded does not depend on it");
    let corners = vec![(0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000)];
    let nowhere = MotionZone { kind: ZoneKind::Ignore, corners };
    stage.send(watch(MotionSettings { zones: vec![nowhere], ..Default::default() }));
    let quiet =
        || shown.trial.get().is_some_and(|trial| trial.level == 0 && trial.trouble.is_none());
    wait_for("nothing that counts", SOON, quiet);
    stage.send(Command::WatchMotion(None));
    wait_for("the end", SOON, || shown.trial.get().is_none());
    stage.stop();
}

#[test]
fn a_list_of_cameras_goes_to_a_file_and_comes_back() {
    let mut stage = Stage::begin();
    let path = stage.bench.root().join("cameras.toml");
    let written = stage.list(|id| Command::ExportCameras { id, path: path.clone() });
    assert_eq!(written, Ok(CameraListOutcome::Exported { path: path.clone(), cameras: 2 }));
    let before = stage.settings();
    let first = before.cameras[0].id.clone();
    wait_for("footage", SOON, || {
        stage.files(&first).iter().any(|path| path.metadata().is_ok_and(|d| d.len() > 100_000))
    });
    stage.change(|settings| {
        settings.cameras.remove(0);
    });
    let import = |known| {
        let path = path.clone();
        stage.list(|id| Command::ImportCameras(ImportQuery { id, path, known }))
    };
    let Ok(CameraListOutcome::Found(found)) = import(KnownCameras::Ask) else { panic!("found") };
    assert_eq!((found.new, found.same), (vec!["cam0".to_owned()], 1));
    assert_eq!(stage.settings().cameras.len(), 1, "nothing is changed yet");
    assert!(matches!(import(KnownCameras::Skip), Ok(CameraListOutcome::Imported(_))));
    wait_for("both", SOON, || stage.settings().cameras.len() == 2);
    // Its old footage stays what it is: that of a camera that was removed.
    let again = stage.settings().cameras[1].clone();
    let old = before.cameras[0].clone();
    assert_eq!(again.id.as_str(), "cam0-2");
    assert_eq!(CameraSettings { id: old.id.clone(), ..again }, old);
    let shown = stage.console.shown();
    let (id, before) = (shown.next_id(), stage.settings());
    let mut after = Box::new(Settings::clone(&before));
    after.cameras.push(CameraSettings { name: "Old".into(), ..old });
    let change =
        SettingsChange { id, before, after, passwords: Vec::new(), archive_password: None };
    stage.send(Command::ChangeSettings(change));
    wait_for("an answer", SOON, || shown.changed.to(id).is_some());
    let answer = shown.changed.to(id).expect("answered");
    let why = answer.outcome.as_ref().expect_err("refused");
    assert!(why.contains("footage of an earlier camera"), "{why}");

    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text.replacen("rtsp://", "http://", 1)).expect("written");
    let why = import(KnownCameras::Update).expect_err("refused");
    assert!(why.contains("line ") && why.contains("rtsp://"), "{why}");
    assert_eq!(stage.settings().cameras.len(), 2);
    let missing = stage.bench.root().join("nothing.toml");
    let query = |id| ImportQuery { id, path: missing.clone(), known: KnownCameras::Ask };
    let why = stage.list(|id| Command::ImportCameras(query(id))).expect_err("no file");
    assert!(why.contains("There is no file"), "{why}");
    stage.stop();

    // The same by the command line, on a folder that nobody runs on.
    std::fs::write(&path, text).expect("written");
    stage.bench.ok(&["camera", "remove", "cam1"]);
    let path = path.to_string_lossy().into_owned();
    assert!(stage.bench.ok(&["camera", "import", &path]).starts_with("added 1"));
    assert!(stage.bench.ok(&["camera", "export", &path]).starts_with("wrote 2 cameras"));
}
