//! The console under test: real pages over the real channels, fed and read by the test.

use std::sync::Arc;

use crossbeam::channel::Receiver;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use watchkeeper::model::WallTime;
use watchkeeper::protocol::{
    Command, PlaybackCommand, PlaybackSnapshot, Shown, Snapshot, Thumbnail, ThumbnailWish, connect,
};
use watchkeeper::runtime::SimulatedClock;
use watchkeeper::ui::App;

/// A console over its channels.
pub struct Desk {
    pub harness: Harness<'static, App>,
    pub commands: Receiver<Command>,
    pub shown: Arc<Shown>,
    view: f64,
}

impl Desk {
    pub fn with(snapshot: Snapshot) -> Self {
        // The default of the harness: a quarter of a second.
        Self::with_step(snapshot, 0.25)
    }

    /// In a window of `size` points.
    pub fn sized(snapshot: Snapshot, size: Vec2) -> Self {
        Self::made(snapshot, 0.25, size)
    }

    /// `step` is the time between two frames, in seconds.
    pub fn with_step(snapshot: Snapshot, step: f32) -> Self {
        Self::made(snapshot, step, Vec2::new(1280.0, 720.0))
    }

    fn made(snapshot: Snapshot, step: f32, size: Vec2) -> Self {
        let (console, commands, shown) = connect();
        let clock = Arc::new(SimulatedClock::new(super::now()));
        for number in 0..snapshot.cameras.len() {
            let id = snapshot.cameras[number].id.clone();
            shown.live.set(id, super::picture(number, 20, 320, 180));
        }
        shown.snapshot.set(snapshot);
        let harness = Harness::builder()
            .with_size(size)
            .with_step_dt(step)
            .with_max_steps(30)
            .with_render_cursor(false)
            .wgpu()
            .build_eframe(|cc| App::new(cc, console, clock));
        let mut desk = Self { harness, commands, shown, view: 36_000.0 };
        desk.harness.run();
        desk
    }

    pub fn with_cameras(count: usize) -> Self {
        Self::with(super::snapshot(count))
    }

    /// Playback of four cameras at 14:05:07.24, with answers to what the page asked.
    pub fn in_playback() -> Self {
        let mut desk = Self::with_cameras(9);
        desk.open_playback();
        desk
    }

    /// Goes to Playback, as in [`Desk::in_playback`].
    pub fn open_playback(&mut self) {
        let desk = self;
        desk.click("Playback");
        desk.answer();
        let views = vec![
            super::showing(0, 10, 320, 180),
            super::showing(1, 20, 320, 180),
            super::showing(2, 30, 320, 180),
            super::no_footage(3),
        ];
        desk.shown.playback.set(super::playback(playhead(), views));
        desk.harness.run();
        desk.take();
    }

    pub fn answer(&mut self) {
        for command in self.take() {
            match command {
                Command::QueryTimeline(q) => {
                    self.shown.timeline.set(super::timeline(q.generation, &q.cameras));
                }
                Command::QueryMonth(q) => {
                    self.shown.month.set(super::month(q.generation, &q.days));
                }
                Command::QueryEvents(q) => self.shown.events.set(super::events(q.generation)),
                Command::QueryExport(q) => self.shown.export_plan.set(super::plan(&q)),
                Command::WantThumbnails(wishes) => self.show_thumbnails(&wishes),
                _ => {}
            }
        }
        self.harness.run();
    }

    fn show_thumbnails(&self, wishes: &[ThumbnailWish]) {
        for wish in wishes {
            let number = (0..9).find(|n| super::id(*n) == wish.camera).unwrap_or(0);
            let frame = wish.at.as_micros().unsigned_abs() / 30_000_000;
            let picture = super::picture(number, frame, 160, 90);
            let found = Thumbnail { picture, last: true };
            self.shown.thumbnails.put(wish.camera.clone(), wish.at, Some(found));
        }
    }

    pub fn take(&self) -> Vec<Command> {
        self.commands.try_iter().collect()
    }

    pub fn playback_commands(&self) -> Vec<PlaybackCommand> {
        let playback = |c| if let Command::Playback(c) = c { Some(c) } else { None };
        self.take().into_iter().filter_map(playback).collect()
    }

    pub fn click(&mut self, name: &str) {
        self.harness.get_by_role_and_label(Role::Button, name).click();
        self.harness.run();
    }

    /// Clicks what has this name, whatever it is.
    pub fn click_any(&mut self, name: &str) {
        let nodes: Vec<_> = self.harness.get_all_by_label(name).collect();
        nodes.last().expect("there").click();
        self.harness.run();
    }

    /// The engine says that time passes, in a certain way.
    pub fn playing(&mut self, how: impl FnOnce(&mut PlaybackSnapshot)) {
        let mut now = super::playback(playhead(), vec![super::showing(0, 10, 320, 180)]);
        now.playing = true;
        how(&mut now);
        self.shown.playback.set(now);
        self.harness.run();
        self.take();
    }

    /// The span last asked for on the timeline, in seconds.
    pub fn view_span(&mut self) -> f64 {
        for command in self.take() {
            if let Command::QueryTimeline(query) = command {
                self.view = query.span.micros() as f64 / 3e6;
            }
        }
        self.view
    }

    pub fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run();
    }

    pub fn write(&mut self, text: &str) {
        self.harness.event(Event::Text(text.into()));
        self.harness.run();
    }

    /// The timeline's lanes, without the names and the minimap.
    pub fn lanes(&self) -> egui::Rect {
        let node = self.harness.get_by_role_and_label(Role::Slider, "Recording timeline");
        let mut rect = node.rect();
        rect.min.x += watchkeeper::ui::timeline::NAMES;
        rect.max.y -= 24.0;
        rect
    }

    pub fn wheel(&mut self, at: egui::Pos2, delta: Vec2, modifiers: Modifiers) {
        self.harness.hover_at(at);
        self.harness.run();
        self.harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta,
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers,
        });
        self.harness.run();
    }
}

/// The moment shown in [`Desk::in_playback`].
pub fn playhead() -> WallTime {
    super::at("2026-03-03T14:05:07.240+01:00")
}

pub fn step(frames: i32) -> PlaybackCommand {
    PlaybackCommand::Step { camera: super::id(0), frames }
}

pub fn seeks(commands: &[PlaybackCommand]) -> Vec<(WallTime, bool)> {
    let seek = |c: &PlaybackCommand| match c {
        PlaybackCommand::Seek { at, exact } => Some((*at, *exact)),
        _ => None,
    };
    commands.iter().filter_map(seek).collect()
}
