//! Settings that are changed while everything runs: recording goes on without a lost frame, what the console is
//! answered is true, and what cannot be changes nothing.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;
#[path = "settings_live/elsewhere.rs"]
mod elsewhere;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::{
    Bench, Segment, ffprobe, positions, read_segment, small_cameras, source_of, wait_for,
};
use watchkeeper::config::DataFolder;
use watchkeeper::engine::{Engine, EngineOptions};
use watchkeeper::model::{Mode, Settings, WallTime};
use watchkeeper::protocol::{
    ChangeAnswer, Command, Console, SettingsChange, StorageAnswer, StorageQuery,
};
use watchkeeper::runtime::SystemClock;
use watchkeeper::simulate::Simulator;

const SOON: Duration = Duration::from_secs(20);

/// A running engine and its console.
struct Stage {
    bench: Bench,
    engine: Engine,
    console: Console,
    simulator: Simulator,
}

impl Stage {
    fn begin() -> Self {
        let simulator = common::simulator(small_cameras(1));
        let bench = Bench::new();
        bench.add_cameras(&simulator, 1);
        let folder = DataFolder::at(bench.root().to_path_buf()).expect("the folder");
        let options = EngineOptions::new(folder, Arc::new(SystemClock::new()));
        let (engine, console) = Engine::start(options).expect("starts");
        let stage = Self { bench, engine, console, simulator };
        wait_for("a snapshot", SOON, || stage.console.shown().snapshot.get().is_some());
        stage
    }

    fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.console.shown().snapshot.get().expect("a snapshot").settings)
    }

    /// Changes the settings as a page of the console does.
    fn change(&self, change: impl FnOnce(&mut Settings)) -> Arc<ChangeAnswer> {
        let (before, shown) = (self.settings(), self.console.shown());
        let mut after = Box::new(Settings::clone(&before));
        change(&mut after);
        let id = shown.next_id();
        let change =
            SettingsChange { id, before, after, passwords: Vec::new(), archive_password: None };
        self.console.send(Command::ChangeSettings(change)).expect("taken");
        let answer = || shown.changed.to(id);
        wait_for("an answer", SOON, || answer().is_some());
        answer().expect("answered")
    }

    /// Wants another folder for recordings; gives the number of the change.
    fn moves_to(&self, path: &str) -> u64 {
        let (before, shown) = (self.settings(), self.console.shown());
        let mut after = Box::new(Settings::clone(&before));
        after.storage.path = path.to_owned();
        let id = shown.next_id();
        let change =
            SettingsChange { id, before, after, passwords: Vec::new(), archive_password: None };
        self.console.send(Command::ChangeSettings(change)).expect("taken");
        id
    }

    fn storage(&self, with: Option<Settings>) -> Arc<StorageAnswer> {
        let shown = self.console.shown();
        let id = shown.next_id();
        let query = StorageQuery { id, with: with.map(Arc::new) };
        self.console.send(Command::QueryStorage(query)).expect("taken");
        let answer = || shown.storage.get().filter(|answer| answer.id == id);
        wait_for("an answer", SOON, || answer().is_some());
        answer().expect("answered")
    }

    fn recorded(&self, folder: &Path, bytes: u64) -> bool {
        files(folder).iter().map(|path| path.metadata().map_or(0, |data| data.len())).sum::<u64>()
            > bytes
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files(&path)),
            path if path.extension().is_some_and(|end| end == "mp4") => found.push(path),
            _ => {}
        }
    }
    found.sort();
    found
}

#[test]
fn another_folder_takes_over_without_a_lost_frame() {
    let stage = Stage::begin();
    let first = stage.bench.recordings_folder();
    let other = tempfile::tempdir().expect("another disk");
    let second = other.path().join("footage");
    wait_for("footage", SOON, || stage.recorded(&first, 100_000));
    let path = second.to_string_lossy().into_owned();
    let answer = stage.change(|settings| settings.storage.path.clone_from(&path));
    assert_eq!(answer.outcome.as_ref().expect("made").storage.path, path);
    wait_for("footage there", SOON, || stage.recorded(&second, 300_000));
    assert_eq!(stage.console.shown().snapshot.get().expect("one").volume.path, path);
    let answer = stage.change(|settings| settings.storage.path = "no/such/parent".into());
    let why = answer.outcome.as_ref().expect_err("refused");
    assert!(why.contains("the folder above it is not there"), "{why}");
    assert_eq!(stage.settings().storage.path, path, "as it was");
    stage.engine.stop().expect("in order");

    let all: Vec<_> = [files(&first), files(&second)].concat();
    assert!(files(&first).len() == 1 && !files(&second).is_empty(), "{all:?}");
    let segments: Vec<Segment> = all.iter().map(|path| read_segment(path)).collect();
    all.iter().for_each(|path| assert!(ffprobe(path) > 0));
    let units: Vec<Vec<u8>> = segments.into_iter().flat_map(|segment| segment.units).collect();
    let source = source_of(&stage.simulator, 0);
    let places = positions(&source, &units);
    let next = |n: usize| (n + 1) % source.units.len();
    assert!(places.windows(2).all(|pair| pair[1] == next(pair[0])), "{places:?}");
    stage.bench.ok(&["check"]);
}

#[test]
fn another_folder_that_is_wanted_just_before_the_end_is_kept() {
    let stage = Stage::begin();
    let other = tempfile::tempdir().expect("another disk");
    let path = other.path().join("footage").to_string_lossy().into_owned();
    let (id, shown) = (stage.moves_to(&path), Arc::clone(stage.console.shown()));
    stage.engine.stop().expect("in order");
    let answer = shown.changed.to(id).expect("answered");
    assert_eq!(answer.outcome.as_ref().expect("made").storage.path, path);
    let kept = std::fs::read_to_string(stage.bench.root().join("settings.toml")).expect("settings");
    assert!(kept.contains(&path), "{kept}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_does_not_open_before_the_end_is_answered() {
    let stage = Stage::begin();
    // Whoever reads the list of places waits, as for a disk that does not answer.
    let list = stage.bench.root().join("volumes.json");
    std::fs::remove_file(&list).expect("removed");
    let made = std::process::Command::new("mkfifo").arg(&list).status().expect("mkfifo");
    assert!(made.success());
    let other = tempfile::tempdir().expect("another disk");
    let path = other.path().to_string_lossy().into_owned();
    let (id, shown) = (stage.moves_to(&path), Arc::clone(stage.console.shown()));
    let engine = stage.engine;
    let ending = std::thread::spawn(move || engine.stop());
    wait_for("an answer", SOON, || shown.changed.to(id).is_some());
    let answer = shown.changed.to(id).expect("answered");
    let why = answer.outcome.as_ref().expect_err("too late");
    assert!(why.contains("was ended before the other folder"), "{why}");
    // The disk is there again.
    std::fs::write(&list, "{}").expect("written");
    ending.join().expect("no panic").expect("in order");
    let kept = std::fs::read_to_string(stage.bench.root().join("settings.toml")).expect("settings");
    assert!(!kept.contains(&path), "{kept}");
}

#[test]
fn storage_is_told_as_it_is_and_as_it_would_be() {
    let stage = Stage::begin();
    let first = stage.bench.recordings_folder();
    wait_for("footage", SOON, || stage.recorded(&first, 100_000));
    let mut hourly = Settings::clone(&stage.settings());
    // Every fragment ends a segment, so that there is something that may go.
    stage.change(|settings| settings.storage.max_file_mb = 1);
    wait_for("two segments", SOON, || files(&first).len() > 2);
    hourly.storage.max_size_gb.0 = 1;
    assert_eq!(stage.storage(Some(hourly.clone())).lost, [], "there is room for all of it");
    let now = stage.storage(None);
    assert!(now.overview.used > 0 && now.overview.total > 0, "{now:?}");
    assert!(now.overview.oldest.is_some_and(|oldest| oldest > WallTime::from_micros(0)));
    stage.engine.stop().expect("in order");
}

#[test]
fn a_change_that_cannot_be_is_answered_with_a_sentence() {
    let stage = Stage::begin();
    let before = stage.settings();
    let answer = stage.change(|settings| settings.cameras[0].recording.mode = Mode::Scheduled);
    let why = answer.outcome.as_ref().expect_err("no schedule");
    assert!(why.contains("needs a schedule"), "{why}");
    assert_eq!(stage.settings(), before);
    // Changed elsewhere meanwhile: the mode from a menu, the name from an open page.
    let camera = before.cameras[0].id.clone();
    stage.console.send(Command::SetMode(camera, Mode::Disabled)).expect("taken");
    wait_for("the mode", SOON, || stage.settings() != before);
    let shown = stage.console.shown();
    let id = shown.next_id();
    let mut after = Box::new(Settings::clone(&before));
    after.cameras[0].name = "Hall".into();
    let change =
        SettingsChange { id, before, after, passwords: Vec::new(), archive_password: None };
    stage.console.send(Command::ChangeSettings(change)).expect("taken");
    wait_for("an answer", SOON, || shown.changed.to(id).is_some());
    let answer = shown.changed.to(id).expect("answered");
    assert!(answer.outcome.as_ref().is_err_and(|why| why.contains("changed elsewhere")));
    assert_eq!(stage.settings().cameras[0].name, "cam0");
    stage.engine.stop().expect("in order");
}
