//! Somebody in front of a real window on a real engine: what is clicked, pressed and typed, and what is seen.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use watchkeeper::config::DataFolder;
use watchkeeper::engine::{Engine, EngineOptions};
use watchkeeper::model::WallTime;
use watchkeeper::protocol::Shown;
use watchkeeper::runtime::{Clock, SystemClock};
use watchkeeper::ui::App;

const SOON: Duration = Duration::from_secs(30);

/// Looks at what is painted.
pub type Onlooker = Box<dyn FnMut(&Harness<'static, App>)>;

/// Somebody in front of a window.
pub struct Guest {
    pub harness: Harness<'static, App>,
    pub shown: Arc<Shown>,
    engine: Engine,
    /// Looks at every frame.
    pub onlooker: Onlooker,
    pub actions: Vec<String>,
    pub begun: Instant,
}

impl Guest {
    pub fn sits_down(folder: &DataFolder, demo: bool) -> Self {
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
        let onlooker = Box::new(|_: &Harness<'static, App>| ());
        let (actions, begun) = (Vec::new(), Instant::now());
        let mut guest = Self { harness, shown, engine, onlooker, actions, begun };
        guest.sees("the window", |guest| guest.shown.snapshot.get().is_some());
        guest
    }

    pub fn step(&mut self) {
        self.harness.step();
        (self.onlooker)(&self.harness);
    }

    pub fn steps(&mut self, count: usize) {
        for _ in 0..count {
            self.step();
        }
    }

    /// Frames are painted until something is seen.
    pub fn sees(&mut self, what: &str, mut seen: impl FnMut(&mut Self) -> bool) {
        let deadline = Instant::now() + SOON;
        loop {
            self.step();
            if seen(self) {
                return;
            }
            assert!(Instant::now() < deadline, "{what} is not seen after {:?}", self.actions);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn clicks(&mut self, name: &str) {
        self.actions.push(format!("click {name}"));
        self.sees(name, |guest| {
            guest.harness.query_by_role_and_label(Role::Button, name).is_some()
        });
        self.harness.get_by_role_and_label(Role::Button, name).click();
        self.step();
        self.step();
    }

    /// Scrolls to a menu, opens it and chooses from it.
    pub fn chooses(&mut self, menu: &str, item: &str) {
        self.actions.push(format!("scroll to {menu}"));
        self.harness.get_by_role_and_label(Role::ComboBox, menu).scroll_to_me();
        self.steps(3);
        self.actions.push(format!("open {menu}"));
        self.harness.get_by_role_and_label(Role::ComboBox, menu).click();
        self.steps(3);
        self.clicks(item);
    }

    pub fn presses(&mut self, key: Key) {
        self.presses_with(Modifiers::NONE, key);
    }

    pub fn presses_with(&mut self, modifiers: Modifiers, key: Key) {
        self.actions.push(format!("press {key:?}"));
        self.harness.key_press_modifiers(modifiers, key);
        self.step();
        self.step();
    }

    pub fn types(&mut self, text: &str) {
        self.actions.push(format!("type {text}"));
        self.harness.event(Event::Text(text.into()));
        self.step();
        self.step();
    }

    /// Writes `text` in place of what is in a field.
    pub fn fills(&mut self, role: Role, name: &str, text: &str) {
        self.sees(name, |guest| guest.harness.query_by_role_and_label(role, name).is_some());
        self.harness.get_by_role_and_label(role, name).focus();
        self.steps(2);
        self.presses_with(Modifiers::COMMAND, Key::A);
        self.types(text);
    }

    /// Scrolls to a button and clicks it.
    pub fn finds(&mut self, name: &str) {
        self.sees(name, |guest| {
            guest.harness.query_by_role_and_label(Role::Button, name).is_some()
        });
        self.harness.get_by_role_and_label(Role::Button, name).scroll_to_me();
        self.steps(3);
        self.clicks(name);
    }

    /// Waits for a text that has `part` in it.
    pub fn reads(&mut self, part: &str) {
        self.sees(part, |guest| guest.harness.query_all_by_label_contains(part).next().is_some());
    }

    pub fn playhead(&self) -> WallTime {
        self.shown.playback.get().expect("it plays").playhead
    }

    /// What it took; the next way begins.
    pub fn has_done(&mut self, what: &str, limit: usize) {
        let seconds = self.begun.elapsed().as_secs_f64();
        println!("{what}: {} actions, {seconds:.1} s: {:?}", self.actions.len(), self.actions);
        assert!(self.actions.len() < limit, "{what}: {:?}", self.actions);
        self.actions.clear();
        self.begun = Instant::now();
    }

    pub fn leaves(self) {
        drop(self.harness);
        self.engine.stop().expect("in order");
    }
}
