//! The way of a new user, click by click, on the real engine with real footage: how many actions it takes.
//!
//! An action is a click, a drag, a press of a key, or a text typed into a field. The seconds are printed, not
//! asserted: they are those of an unoptimised build that waits for nobody.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveTime;
use clap::Parser;
use common::{Bench, ffprobe, small_cameras};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use watchkeeper::cli::args::DemoOptions;
use watchkeeper::cli::{Args, demo};
use watchkeeper::config::DataFolder;
use watchkeeper::engine::{Engine, EngineOptions};
use watchkeeper::model::{Mode, StreamKind, WallSpan, WallTime};
use watchkeeper::protocol::{CameraView, Shown, ViewState};
use watchkeeper::runtime::{Clock, SystemClock};
use watchkeeper::ui::App;
use watchkeeper::ui::zone::Zone;

const SOON: Duration = Duration::from_secs(30);

/// Somebody in front of a window.
struct Guest {
    harness: Harness<'static, App>,
    shown: Arc<Shown>,
    engine: Engine,
    actions: Vec<String>,
    begun: Instant,
}

impl Guest {
    fn sits_down(folder: &DataFolder, demo: bool) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let options = EngineOptions::new(folder.clone(), Arc::clone(&clock));
        let options = EngineOptions { demo, ..options };
        let (engine, console) = Engine::start(options).expect("starts");
        let shown = Arc::clone(console.shown());
        let harness = Harness::builder()
            .with_size(egui::vec2(1600.0, 1000.0))
            .with_step_dt(0.05)
            .with_max_steps(200)
            .wgpu()
            .build_eframe(|cc| App::new(cc, console, clock));
        let mut guest = Self { harness, shown, engine, actions: Vec::new(), begun: Instant::now() };
        guest.sees("the window", |guest| guest.shown.snapshot.get().is_some());
        guest
    }

    /// Frames are painted until something is seen.
    fn sees(&mut self, what: &str, mut seen: impl FnMut(&mut Self) -> bool) {
        let deadline = Instant::now() + SOON;
        loop {
            self.harness.step();
            if seen(self) {
                return;
            }
            assert!(Instant::now() < deadline, "{what} is not seen after {:?}", self.actions);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn clicks(&mut self, name: &str) {
        self.actions.push(format!("click {name}"));
        self.sees(name, |guest| {
            guest.harness.query_by_role_and_label(Role::Button, name).is_some()
        });
        self.harness.get_by_role_and_label(Role::Button, name).click();
        self.harness.step();
        self.harness.step();
    }

    /// Scrolls to a menu, opens it and chooses from it.
    fn chooses(&mut self, menu: &str, item: &str) {
        self.actions.push(format!("scroll to {menu}"));
        self.harness.get_by_role_and_label(Role::ComboBox, menu).scroll_to_me();
        self.harness.run_steps(3);
        self.actions.push(format!("open {menu}"));
        self.harness.get_by_role_and_label(Role::ComboBox, menu).click();
        self.harness.run_steps(3);
        self.clicks(item);
    }

    fn presses(&mut self, key: Key) {
        self.presses_with(Modifiers::NONE, key);
    }

    fn presses_with(&mut self, modifiers: Modifiers, key: Key) {
        self.actions.push(format!("press {key:?}"));
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.step();
        self.harness.step();
    }

    fn types(&mut self, text: &str) {
        self.actions.push(format!("type {text}"));
        self.harness.event(Event::Text(text.into()));
        self.harness.step();
        self.harness.step();
    }

    fn playhead(&self) -> WallTime {
        self.shown.playback.get().expect("it plays").playhead
    }

    /// What it took; the next way begins.
    fn has_done(&mut self, what: &str, limit: usize) {
        let seconds = self.begun.elapsed().as_secs_f64();
        println!("{what}: {} actions, {seconds:.1} s: {:?}", self.actions.len(), self.actions);
        assert!(self.actions.len() < limit, "{what}: {:?}", self.actions);
        self.actions.clear();
        self.begun = Instant::now();
    }

    fn leaves(self) {
        drop(self.harness);
        self.engine.stop().expect("in order");
    }
}

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
