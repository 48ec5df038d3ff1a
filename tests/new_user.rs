//! The way of a new user, click by click, on the real engine with real footage: how many actions it takes.
//!
//! An action is a click, a drag, a press of a key, or a text typed into a field. The seconds are printed, not
//! asserted: they are those of an unoptimised build that waits for nobody.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;
mod guest;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use chrono::NaiveTime;
use clap::Parser;
use common::{Bench, ffprobe, small_cameras};
use egui::{Key, Modifiers};
use guest::Guest;
use watchkeeper::cli::args::DemoOptions;
use watchkeeper::cli::{Args, demo};
use watchkeeper::config::DataFolder;
use watchkeeper::model::{Mode, StreamKind, WallSpan};
use watchkeeper::protocol::{CameraView, ViewState};
use watchkeeper::runtime::{Clock, SystemClock};
use watchkeeper::ui::zone::Zone;

fn films(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|p| p.extension().is_some_and(|e| e == "mp4"))
        .collect()
}

#[test]
fn yesterdays_footage_is_found_and_taken_away() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let args = Args::parse_from(["watchkeeper", "demo"]);
    let stage = demo::prepare(&args, &DemoOptions { cameras: 1 }, &clock).expect("filled");
    let mut guest = Guest::sits_down(stage.folder(), true);
    let zone = Zone::named(&guest.shown.snapshot.get().expect("a snapshot").zone);
    let day = zone.day(clock.wall()).pred_opt().expect("a day");
    let at = zone.moments(day, NaiveTime::from_hms_opt(14, 5, 0).expect("a time"));
    let at = at.last().expect("14:05 is there every day");
    let yesterday = WallSpan::new(at.plus_micros(-1_000_000), at.plus_micros(1));
    guest.begun = Instant::now();
    guest.clicks("Playback");
    guest.presses(Key::G);
    guest.types("yesterday 14:05");
    guest.presses(Key::Enter);
    guest.sees("the picture", |guest| {
        guest.shown.playback.get().is_some_and(|playback| {
            let showing = |view: &CameraView| match &view.state {
                ViewState::Showing { picture, exact: true, .. } => yesterday.contains(picture.at),
                _ => false,
            };
            playback.views.iter().any(showing)
        })
    });
    guest.has_done("the footage of yesterday 14:05", 5);

    guest.types("[");
    let before = guest.playhead();
    guest.presses_with(Modifiers::SHIFT, Key::ArrowRight);
    guest.sees("ten seconds on", |guest| guest.playhead() > before);
    guest.types("]");
    guest.presses(Key::E);
    guest.clicks("Export now");
    let exports = stage.folder().exports();
    guest.sees("a film", |_| !films(&exports).is_empty());
    guest.has_done("an exported file", 6);
    assert!(ffprobe(&films(&exports)[0]) > 0);
    guest.leaves();
}

#[test]
fn a_camera_at_a_known_address_is_recorded_and_then_by_schedule() {
    let simulator = common::simulator(small_cameras(1));
    let bench = Bench::new();
    let folder = DataFolder::at(bench.root().to_path_buf()).expect("the folder");
    let mut guest = Guest::sits_down(&folder, false);
    guest.begun = Instant::now();
    guest.clicks("Add a camera");
    guest.types(simulator.url(0, StreamKind::Main).as_str());
    guest.presses(Key::Enter);
    guest.sees("a recorded picture", |_| {
        bench.files().iter().any(|path| path.metadata().is_ok_and(|data| data.len() > 10_000))
    });
    guest.has_done("the first recorded picture", 6);

    guest.clicks("Recording");
    guest.clicks("Add schedule");
    guest.clicks("Save");
    guest.sees("a schedule", |guest| {
        guest.shown.snapshot.get().is_some_and(|snapshot| !snapshot.settings.schedules.is_empty())
    });
    let camera = guest.shown.snapshot.get().expect("one").cameras[0].name.clone();
    guest.chooses(&format!("Mode of {camera}"), "Scheduled");
    guest.sees("the schedule's rule", |guest| {
        guest.shown.snapshot.get().is_some_and(|snapshot| {
            let camera = &snapshot.settings.cameras[0].recording;
            camera.mode == Mode::Scheduled && camera.schedule.is_some()
        })
    });
    guest.has_done("a working weekday schedule", 8);
    guest.leaves();
}
