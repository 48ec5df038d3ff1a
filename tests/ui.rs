//! The console as an operator meets it: real pages over the real channels, fed and read by the test.
//!
//! Pictures are compared with `tests/snapshots`; `UPDATE_SNAPSHOTS=1` writes them anew, and then a person looks
//! at them.

mod ui_fixture;

use std::sync::Arc;

use crossbeam::channel::Receiver;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use ui_fixture as fixture;
use watchkeeper::model::{Mode, StreamKind, WallTime};
use watchkeeper::protocol::{
    COMMAND_QUEUE, Command, PlaybackCommand, Severity, Shown, Snapshot, Speed, connect,
};
use watchkeeper::runtime::SimulatedClock;
use watchkeeper::ui::{App, Page};

struct Desk {
    harness: Harness<'static, App>,
    commands: Receiver<Command>,
    shown: Arc<Shown>,
}

impl Desk {
    fn with(snapshot: Snapshot) -> Self {
        // The default of the harness: a quarter of a second.
        Self::with_step(snapshot, 0.25)
    }

    /// `step` is the time between two frames, in seconds.
    fn with_step(snapshot: Snapshot, step: f32) -> Self {
        let (console, commands, shown) = connect();
        let clock = Arc::new(SimulatedClock::new(fixture::now()));
        for number in 0..snapshot.cameras.len() {
            let id = snapshot.cameras[number].id.clone();
            shown.live.set(id, fixture::picture(number, 20, 320, 180));
        }
        shown.snapshot.set(snapshot);
        let harness = Harness::builder()
            .with_size(Vec2::new(1280.0, 720.0))
            .with_step_dt(step)
            .with_max_steps(30)
            .with_render_cursor(false)
            .wgpu()
            .build_eframe(|cc| App::new(cc, console, clock));
        let mut desk = Self { harness, commands, shown };
        desk.harness.run();
        desk
    }

    fn with_cameras(count: usize) -> Self {
        Self::with(fixture::snapshot(count))
    }

    /// Playback of four cameras at 14:05:07.24, with answers to what the page asked.
    fn in_playback() -> Self {
        let mut desk = Self::with_cameras(9);
        desk.click("Playback");
        desk.answer();
        let views = vec![
            fixture::showing(0, 10, 320, 180),
            fixture::showing(1, 20, 320, 180),
            fixture::showing(2, 30, 320, 180),
            fixture::no_footage(3),
        ];
        desk.shown.playback.set(fixture::playback(playhead(), views));
        desk.harness.run();
        desk.take();
        desk
    }

    fn answer(&mut self) {
        for command in self.take() {
            match command {
                Command::QueryTimeline(q) => {
                    self.shown.timeline.set(fixture::timeline(q.generation, &q.cameras));
                }
                Command::QueryMonth(q) => {
                    self.shown.month.set(fixture::month(q.generation, &q.days));
                }
                _ => {}
            }
        }
        self.harness.run();
    }

    fn take(&self) -> Vec<Command> {
        self.commands.try_iter().collect()
    }

    fn playback_commands(&self) -> Vec<PlaybackCommand> {
        let playback = |c| if let Command::Playback(c) = c { Some(c) } else { None };
        self.take().into_iter().filter_map(playback).collect()
    }

    fn click(&mut self, name: &str) {
        self.harness.get_by_role_and_label(Role::Button, name).click();
        self.harness.run();
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run();
    }

    fn write(&mut self, text: &str) {
        self.harness.event(Event::Text(text.into()));
        self.harness.run();
    }

    /// The timeline's lanes, without the names and the minimap.
    fn lanes(&self) -> egui::Rect {
        let node = self.harness.get_by_role_and_label(Role::Slider, "Recording timeline");
        let mut rect = node.rect();
        rect.min.x += watchkeeper::ui::timeline::NAMES;
        rect.max.y -= 24.0;
        rect
    }

    fn wheel(&mut self, at: egui::Pos2, delta: Vec2, modifiers: Modifiers) {
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

fn playhead() -> WallTime {
    fixture::at("2026-03-03T14:05:07.240+01:00")
}

fn step(frames: i32) -> PlaybackCommand {
    PlaybackCommand::Step { camera: fixture::id(0), frames }
}

fn seeks(commands: &[PlaybackCommand]) -> Vec<(WallTime, bool)> {
    let seek = |c: &PlaybackCommand| match c {
        PlaybackCommand::Seek { at, exact } => Some((*at, *exact)),
        _ => None,
    };
    commands.iter().filter_map(seek).collect()
}

// Live

#[test]
fn live_shows_the_wall() {
    let mut desk = Desk::with_cameras(9);
    desk.press(Key::Num1);
    desk.harness.snapshot("live");
}

#[test]
fn live_watches_sub_streams_and_the_main_one_when_enlarged() {
    let mut desk = Desk::with_cameras(4);
    let Some(Command::WatchLive(tiles)) = desk.take().pop() else { panic!("watched") };
    assert_eq!(tiles.len(), 4);
    assert!(tiles.iter().all(|t| t.kind == StreamKind::Sub && t.size.0 > 300));
    desk.press(Key::Num2);
    desk.press(Key::Enter);
    let Some(Command::WatchLive(tiles)) = desk.take().pop() else { panic!("watched") };
    assert_eq!((tiles[0].camera.clone(), tiles[0].kind), (fixture::id(1), StreamKind::Main));
    assert!(tiles[0].size.0 > 1000);
    desk.press(Key::Escape);
    assert!(matches!(desk.take().pop(), Some(Command::WatchLive(tiles)) if tiles.len() == 4));
}

#[test]
fn a_double_click_enlarges() {
    let mut desk = Desk::with_step(fixture::snapshot(4), 0.02);
    desk.take();
    let tile = desk.harness.get_by_label("3 Gate, online, continuous");
    let at = tile.rect().center();
    tile.click();
    tile.click();
    desk.harness.run();
    assert!(desk.harness.query_by_label("Wall").is_some(), "the way back is shown");
    assert!(matches!(desk.take().pop(), Some(Command::WatchLive(tiles)) if tiles.len() == 1));
    desk.harness.hover_at(at);
    desk.harness.run();
    desk.click("Wall");
    assert!(matches!(desk.take().pop(), Some(Command::WatchLive(tiles)) if tiles.len() == 4));
}

#[test]
fn a_camera_that_is_away_is_tried_at_once_on_request() {
    let mut desk = Desk::with_cameras(4);
    desk.take();
    let tile = desk.harness.get_by_label("4 Loading dock, offline, not recording").rect().center();
    desk.harness.hover_at(tile);
    desk.harness.run();
    desk.click("Connect to Loading dock now");
    assert!(matches!(desk.take().pop(), Some(Command::RetryCamera(id)) if id == fixture::id(3)));
}

#[test]
fn the_picked_camera_gives_a_snapshot() {
    let mut desk = Desk::with_cameras(4);
    desk.take();
    desk.press(Key::S);
    assert!(desk.take().is_empty(), "none is picked");
    desk.press(Key::Num1);
    desk.press(Key::S);
    assert!(
        matches!(desk.take().pop(), Some(Command::SaveSnapshot { camera, at: None, .. }) if camera == fixture::id(0))
    );
}

#[test]
fn leaving_live_stops_watching_and_frees_textures() {
    let mut desk = Desk::with_cameras(4);
    assert_eq!(desk.harness.state().textures().kept(), 4);
    desk.take();
    desk.click("System");
    assert!(matches!(desk.take().pop(), Some(Command::WatchLive(tiles)) if tiles.is_empty()));
    assert_eq!(desk.harness.state().textures().kept(), 0);
}

#[test]
fn layouts_page_through_the_cameras() {
    let mut desk = Desk::with_cameras(9);
    desk.take();
    desk.click("Wall: 4");
    let Some(Command::WatchLive(tiles)) = desk.take().pop() else { panic!("watched") };
    assert_eq!(tiles.len(), 4);
    desk.click("Next cameras");
    let Some(Command::WatchLive(tiles)) = desk.take().pop() else { panic!("watched") };
    assert_eq!(tiles[0].camera, fixture::id(4));
}

// The window at rest

#[test]
fn an_idle_window_repaints_only_for_its_clock() {
    let mut desk = Desk::with_cameras(4);
    assert_eq!(desk.harness.run(), 1);
    let delay = desk.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert!(delay.as_millis() >= 900, "{delay:?}");
    let uploads = desk.harness.state().textures().uploads();
    desk.harness.run();
    assert_eq!(desk.harness.state().textures().uploads(), uploads, "nothing is uploaded twice");
}

#[test]
fn a_new_picture_wakes_the_window_and_is_uploaded_once() {
    let mut desk = Desk::with_cameras(4);
    let uploads = desk.harness.state().textures().uploads();
    desk.shown.live.set(fixture::id(0), fixture::picture(0, 21, 320, 180));
    desk.shown.wake();
    assert!(desk.harness.ctx.has_requested_repaint());
    desk.harness.run();
    assert_eq!(desk.harness.state().textures().uploads(), uploads + 1);
}

#[test]
fn a_refused_command_is_told() {
    let mut desk = Desk::with_cameras(4);
    desk.take();
    desk.press(Key::Num1);
    for _ in 0..=COMMAND_QUEUE {
        desk.harness.key_press(Key::S);
        desk.harness.step();
    }
    desk.harness.run_steps(2);
    assert!(desk.harness.query_by_label("Watchkeeper is busy; please try again.").is_some());
}

// Shell

#[test]
fn the_rail_and_its_keys_lead_to_every_page() {
    let mut desk = Desk::with_cameras(4);
    for (name, page) in [
        ("Playback", Page::Playback),
        ("Devices", Page::Devices),
        ("Recording", Page::Recording),
        ("System", Page::System),
        ("Live", Page::Live),
    ] {
        desk.click(name);
        assert_eq!(desk.harness.state().page(), page);
    }
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    desk.harness.run();
    assert_eq!(desk.harness.state().page(), Page::Devices);
}

#[test]
fn notices_stay_until_acknowledged() {
    let mut snapshot = fixture::snapshot(4);
    let text = "Loading dock is offline. Check its power and cable.";
    snapshot.notices = vec![fixture::notice(7, Severity::Warning, text)];
    let mut desk = Desk::with(snapshot);
    desk.take();
    desk.harness.run_steps(60);
    desk.click("Notices, 1 new");
    desk.click("Acknowledge");
    assert!(matches!(desk.take().pop(), Some(Command::Acknowledge(7))));
    desk.press(Key::Escape);
    assert!(desk.harness.query_by_label("Acknowledge").is_none());
}

#[test]
fn a_question_mark_shows_the_keys() {
    let mut desk = Desk::with_cameras(4);
    desk.write("?");
    assert!(desk.harness.query_by_label("Keys").is_some());
    desk.press(Key::Num2);
    desk.click("Close");
    assert!(desk.harness.query_by_label("Keys").is_none());
}

// Playback

#[test]
fn playback_shows_pictures_calendar_and_timeline() {
    let mut desk = Desk::in_playback();
    desk.harness.snapshot("playback");
}

#[test]
fn playback_says_why_there_is_no_picture() {
    let mut desk = Desk::in_playback();
    for name in ["Front door", "Reception", "Gate"] {
        desk.harness.get_by_role_and_label(Role::CheckBox, name).click();
        desk.harness.run();
    }
    desk.answer();
    let lanes = desk.lanes();
    desk.harness.hover_at(egui::pos2(lanes.right() - 200.0, lanes.bottom() - 20.0));
    desk.harness.run();
    desk.harness.snapshot("playback_gap");
}

#[test]
fn playback_asks_once_and_begins_at_the_live_edge() {
    let mut desk = Desk::with_cameras(9);
    desk.take();
    desk.click("Playback");
    let commands = desk.take();
    let count = |what: fn(&Command) -> bool| commands.iter().filter(|c| what(c)).count();
    assert_eq!(count(|c| matches!(c, Command::QueryTimeline(q) if q.cameras.len() == 4)), 1);
    assert_eq!(count(|c| matches!(c, Command::QueryMonth(q) if q.days.len() == 42)), 1);
    assert_eq!(
        count(|c| matches!(c, Command::Playback(PlaybackCommand::Show(v)) if v.len() == 4)),
        1
    );
    assert_eq!(count(|c| matches!(c, Command::Playback(PlaybackCommand::GoLive))), 1);
    desk.harness.run_steps(10);
    assert!(desk.take().is_empty(), "nothing is asked twice");
    desk.click("Live");
    let ended =
        |c: &Command| matches!(c, Command::Playback(PlaybackCommand::Show(v)) if v.is_empty());
    assert!(desk.take().iter().any(ended), "decoders are given back");
}

#[test]
fn keys_drive_the_transport() {
    let mut desk = Desk::in_playback();
    for (key, command) in [
        (Key::Space, PlaybackCommand::Play),
        (Key::K, PlaybackCommand::Play),
        (Key::ArrowRight, step(1)),
        (Key::ArrowLeft, step(-1)),
        (Key::L, PlaybackCommand::SetSpeed(Speed::Double)),
        (Key::J, PlaybackCommand::SetSpeed(Speed::Half)),
    ] {
        desk.press(key);
        assert_eq!(desk.playback_commands(), [command], "{key:?}");
    }
    desk.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    desk.harness.run();
    let sought = seeks(&desk.playback_commands());
    assert_eq!(sought, [(playhead().plus_micros(10_000_000), true)]);
    desk.press(Key::Home);
    let midnight = fixture::at("2026-03-03T00:00:00+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(midnight, true)]);
}

#[test]
fn buttons_drive_the_transport() {
    let mut desk = Desk::in_playback();
    desk.click("Speed: 8x");
    desk.click("Play");
    desk.click("One frame on");
    desk.click("Live edge");
    let expected = [
        PlaybackCommand::SetSpeed(Speed::Eight),
        PlaybackCommand::Play,
        step(1),
        PlaybackCommand::GoLive,
    ];
    assert_eq!(desk.playback_commands(), expected);
}

#[test]
fn a_click_on_the_timeline_wants_the_exact_picture() {
    let mut desk = Desk::in_playback();
    let at = desk.lanes().center();
    desk.harness.drag_at(at);
    desk.harness.drop_at(at);
    desk.harness.run();
    let sought = seeks(&desk.playback_commands());
    assert_eq!(sought.len(), 1);
    assert!(sought[0].1);
    // The middle of 08:06:09 to 18:06:09.
    let middle = fixture::at("2026-03-03T13:06:09+01:00");
    assert!(sought[0].0.micros_since(middle).abs() < 2 * fixture::MINUTE, "{}", sought[0].0);
}

#[test]
fn a_drag_on_the_ruler_scrubs_and_its_end_is_exact() {
    let mut desk = Desk::in_playback();
    let lanes = desk.lanes();
    let from = egui::pos2(lanes.left() + 300.0, lanes.top() + 8.0);
    desk.harness.drag_at(from);
    desk.harness.step();
    for step in 1..=5 {
        desk.harness.hover_at(from + egui::vec2(20.0 * step as f32, 0.0));
        desk.harness.step();
    }
    desk.harness.drop_at(from + egui::vec2(100.0, 0.0));
    desk.harness.run();
    let sought = seeks(&desk.playback_commands());
    let (last, drag) = sought.split_last().expect("seeks");
    assert!(drag.len() >= 3 && drag.iter().all(|(_, exact)| !exact), "{sought:?}");
    assert!(last.1, "the exact picture on release");
    assert!(drag.windows(2).all(|w| w[0].0 < w[1].0));
    assert_eq!(drag.last().map(|d| d.0), Some(last.0));
}

#[test]
fn the_wheel_zooms_and_asks_for_finer_coverage() {
    let mut desk = Desk::in_playback();
    let at = desk.lanes().center();
    desk.wheel(at, Vec2::new(0.0, 450.0), Modifiers::NONE);
    let queries: Vec<_> = desk
        .take()
        .into_iter()
        .filter_map(|c| if let Command::QueryTimeline(q) = c { Some(q) } else { None })
        .collect();
    let last = queries.last().expect("a question");
    // Ten hours became about an eighth; the question has a margin on both sides.
    let hours = last.span.micros() as f64 / fixture::HOUR as f64;
    assert!((3.0..9.0).contains(&hours), "{hours}");
    assert!(queries.len() <= 3, "not one for each frame: {}", queries.len());
}

#[test]
fn panning_moves_the_view_and_sends_no_seek() {
    let mut desk = Desk::in_playback();
    let at = desk.lanes().center();
    for _ in 0..4 {
        desk.wheel(at, Vec2::new(600.0, 0.0), Modifiers::NONE);
    }
    let commands = desk.take();
    assert!(commands.iter().any(|c| matches!(c, Command::QueryTimeline(_))));
    assert!(!commands.iter().any(|c| matches!(c, Command::Playback(_))));
}

#[test]
fn a_gap_offers_the_footage_around_it() {
    let mut desk = Desk::in_playback();
    desk.click("Footage after the gap");
    let after = fixture::at("2026-03-03T15:00:00+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(after, true)]);
    desk.click("Footage before the gap");
    let before = fixture::at("2026-03-03T13:12:40+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(before, true)]);
}

#[test]
fn next_and_previous_go_to_recordings() {
    let mut desk = Desk::in_playback();
    desk.press(Key::N);
    let next = fixture::at("2026-03-03T15:00:00+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(next, true)]);
}

#[test]
fn a_day_of_the_calendar_keeps_the_time_of_day() {
    let mut desk = Desk::in_playback();
    let day = desk.harness.get_by_label_contains("Mon 2 Mar 2026");
    day.click();
    desk.harness.run();
    let expected = fixture::at("2026-03-02T14:05:07.240+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(expected, true)]);
}

#[test]
fn turning_a_page_of_the_calendar_asks_for_that_month() {
    let mut desk = Desk::in_playback();
    desk.press(Key::PageUp);
    let months: Vec<_> = desk
        .take()
        .into_iter()
        .filter_map(|c| if let Command::QueryMonth(q) = c { Some(q) } else { None })
        .collect();
    assert_eq!(months.len(), 1);
    assert_eq!(months[0].days[0].start, fixture::at("2026-01-26T00:00:00+01:00"));
    assert!(desk.harness.query_by_label("February 2026").is_some());
}

#[test]
fn the_search_narrows_the_list_and_takes_no_shortcuts() {
    let mut desk = Desk::in_playback();
    desk.write("/");
    desk.harness.run();
    desk.harness.get_by_label("Find a camera").type_text("park");
    desk.harness.run();
    desk.press(Key::K);
    assert!(desk.playback_commands().is_empty(), "letters belong to the field");
    let row = |name| desk.harness.query_by_role_and_label(Role::CheckBox, name).is_some();
    assert!(row("Parking north") && row("Parking south") && !row("Gate"));
}

// Setup

#[test]
fn devices_are_listed() {
    let mut desk = Desk::with_cameras(6);
    desk.click("Devices");
    desk.harness.snapshot("devices");
}

#[test]
fn recording_tells_what_storage_holds() {
    let mut desk = Desk::with_cameras(4);
    desk.click("Recording");
    desk.harness.snapshot("recording");
    desk.take();
    desk.harness.get_by_role_and_label(Role::ComboBox, "Mode of Gate").click();
    desk.harness.run();
    desk.click("Disabled (manual only)");
    let command = desk.take().pop();
    assert!(matches!(command, Some(Command::SetMode(id, Mode::Disabled)) if id == fixture::id(2)));
}

#[test]
fn system_tells_about_the_program() {
    let mut desk = Desk::with_cameras(4);
    desk.click("System");
    // What paints differs from machine to machine.
    let painter = desk.harness.get_by_label_contains("wgpu, ").rect().expand(300.0);
    let row = desk.harness.get_by_label("Painted by").rect();
    desk.harness.mask(painter.intersect(egui::Rect::from_x_y_ranges(220.0..=660.0, row.y_range())));
    desk.harness.snapshot("system");
}

#[test]
fn a_camera_is_removed_only_after_a_question() {
    let mut desk = Desk::with_cameras(4);
    desk.click("Devices");
    desk.take();
    desk.click("Remove Gate");
    assert!(desk.take().is_empty());
    assert!(desk.harness.query_by_label_contains("Its footage is kept").is_some());
    desk.click("Remove camera");
    assert!(matches!(desk.take().pop(), Some(Command::RemoveCamera(id)) if id == fixture::id(2)));
}

#[test]
fn the_first_start_offers_two_ways() {
    let mut desk = Desk::with_cameras(0);
    desk.harness.snapshot("first_start");
    desk.take();
    desk.click("Use simulated cameras");
    assert!(matches!(desk.take().pop(), Some(Command::UseSimulatedCameras)));
}

#[test]
fn a_camera_is_added_from_the_first_start() {
    let mut desk = Desk::with_cameras(0);
    desk.click("Add a camera");
    desk.take();
    for (field, text) in [
        ("Name", "Yard"),
        ("Main stream", "rtsp://10.0.0.9/main"),
        ("User (optional)", "viewer"),
        ("Password (optional)", "secret"),
    ] {
        let role = if text == "secret" { Role::PasswordInput } else { Role::TextInput };
        let node = desk.harness.get_by_role_and_label(role, field);
        node.focus();
        desk.harness.run();
        desk.write(text);
    }
    desk.press(Key::Enter);
    let Some(Command::AddCamera(draft)) = desk.take().pop() else { panic!("added") };
    assert_eq!((draft.name.as_str(), draft.main.as_str()), ("Yard", "rtsp://10.0.0.9/main"));
    assert_eq!((draft.sub, draft.user.as_deref()), (None, Some("viewer")));
    assert_eq!(draft.password.as_deref(), Some("secret"));
    assert_eq!(draft.mode, Mode::Continuous);
}
