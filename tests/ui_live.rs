//! The live wall as an operator meets it: layouts, arranging, saved views, keys, tiles without a signal.
//!
//! Pictures are compared with `tests/snapshots`; `UPDATE_SNAPSHOTS=1` writes them anew, and then a person looks
//! at them.

#![allow(clippy::expect_used, reason = "a test may fail by panicking")]

mod ui_fixture;

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use ui_fixture as fixture;
use ui_fixture::desk::Desk;
use ui_fixture::hand::drag;
use watchkeeper::model::settings::console::SavedView;
use watchkeeper::model::settings::{Arrangement, ThemeChoice, WallSettings, WallTiles};
use watchkeeper::model::{CameraId, CoverageKind, RecordingState, Settings, StreamKind};
use watchkeeper::protocol::{
    ChangeAnswer, Command, LiveRate, LiveTile, Reduced, SettingsChange, Snapshot, Strain,
};
use watchkeeper::ui::Page;

/// The wall that was last asked for.
fn watched(desk: &Desk) -> Vec<LiveTile> {
    let tiles = |c| if let Command::WatchLive(tiles) = c { Some(tiles) } else { None };
    desk.take().into_iter().filter_map(tiles).last().expect("watched")
}

fn cameras(tiles: &[LiveTile]) -> Vec<CameraId> {
    tiles.iter().map(|tile| tile.camera.clone()).collect()
}

fn ids(numbers: &[usize]) -> Vec<CameraId> {
    numbers.iter().map(|n| fixture::id(*n)).collect()
}

/// Plays the engine: puts changes of settings in force, and answers. What is in force then, and all other commands.
fn obey(desk: &mut Desk, before: &Arc<Settings>) -> (Arc<Settings>, Vec<Command>) {
    let (mut now, mut others) = (Arc::clone(before), Vec::new());
    for _ in 0..3 {
        for command in desk.take() {
            match command {
                Command::ChangeSettings(SettingsChange { id, before, after, .. }) => {
                    let merged = watchkeeper::model::settings::merge(&now, &before, &after);
                    now = Arc::new(merged.expect("nobody else changes settings"));
                    now.validate().expect("valid");
                    let mut snapshot = (*desk.shown.snapshot.get().expect("there")).clone();
                    snapshot.settings = Arc::clone(&now);
                    desk.shown.snapshot.set(snapshot);
                    desk.shown.changed.set(ChangeAnswer { id, outcome: Ok(Arc::clone(&now)) });
                }
                other => others.push(other),
            }
        }
        desk.harness.run();
    }
    (now, others)
}

fn with_settings(cameras: usize, settings: Settings) -> Snapshot {
    Snapshot { settings: Arc::new(settings), ..fixture::snapshot(cameras) }
}

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
    let ends = |command: &Command| matches!(command, Command::WatchLive(tiles) if tiles.is_empty());
    assert!(desk.take().iter().any(ends));
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

// Other walls

#[test]
fn a_tile_that_is_dragged_onto_another_changes_places_with_it() {
    let mut desk = Desk::with_cameras(4);
    desk.take();
    let from = desk.harness.get_by_label("1 Front door, online, continuous").rect().center();
    let to = desk.harness.get_by_label("3 Gate, online, continuous").rect().center();
    drag(&mut desk, from, to);
    let (settings, others) = obey(&mut desk, &Arc::default());
    let arranged = settings.wall.arranged.clone().expect("arranged");
    assert_eq!(arranged.cameras, ids(&[2, 1, 0, 3]));
    assert!(
        matches!(others.last(), Some(Command::WatchLive(tiles)) if cameras(tiles) == ids(&[2, 1, 0, 3]))
    );
    assert!(desk.harness.query_by_label("What the wall shows, now Own arrangement").is_some());
}

#[test]
fn the_picked_tile_is_moved_by_keys() {
    let mut desk = Desk::with_cameras(4);
    desk.press(Key::Num1);
    desk.take();
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::ArrowRight);
    desk.harness.run();
    assert_eq!(cameras(&watched(&desk)), ids(&[1, 0, 2, 3]));
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::ArrowDown);
    desk.harness.run();
    assert_eq!(cameras(&watched(&desk)), ids(&[1, 3, 2, 0]));
}

#[test]
fn arrows_go_from_tile_to_tile() {
    let mut desk = Desk::with_cameras(4);
    for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowDown] {
        desk.press(key);
    }
    desk.take();
    desk.press(Key::S);
    assert!(
        matches!(desk.take().pop(), Some(Command::SaveSnapshot { camera, .. }) if camera == fixture::id(3))
    );
    desk.press(Key::Enter);
    assert_eq!(cameras(&watched(&desk)), ids(&[3]));
}

#[test]
fn keys_act_on_the_picked_tile() {
    let mut desk = Desk::with_cameras(4);
    desk.press(Key::Num1);
    desk.take();
    desk.press(Key::R);
    assert!(matches!(desk.take().pop(), Some(Command::StartManual(id)) if id == fixture::id(0)));
    desk.press(Key::B);
    assert_eq!(desk.harness.state().page(), Page::Playback);
}

#[test]
fn buttons_of_a_tile_are_reached_by_keyboard() {
    let mut desk = Desk::with_cameras(4);
    desk.harness.get_by_label("2 Reception, online, continuous").focus();
    desk.harness.run();
    assert!(desk.harness.query_by_label("Record Reception now").is_some());
    for name in ["Enlarge Reception", "Recordings of Reception", "Reception half a minute ago"] {
        desk.press(Key::Tab);
        assert!(desk.harness.get_by_label(name).is_focused(), "{name}");
    }
}

#[test]
fn cameras_are_put_on_the_wall_from_a_list_and_taken_away() {
    let mut desk = Desk::with_cameras(9);
    desk.click("Wall: 4");
    let (settings, _) = obey(&mut desk, &Arc::default());
    desk.click("Wall: Custom");
    desk.click("Take Gate from the wall");
    desk.click("Put Cold store on the wall");
    desk.harness.get_by_role_and_label(Role::Button, "Columns: 2").click();
    desk.harness.run();
    let (settings, _) = obey(&mut desk, &settings);
    let arranged = settings.wall.arranged.clone().expect("arranged");
    assert_eq!((arranged.cameras, arranged.columns), (ids(&[0, 1, 3, 8]), 2));

    let from = desk.harness.get_by_role_and_label(Role::ListItem, "Aisle 1").rect().center();
    let to = desk.harness.get_by_label("1 Front door, online, continuous").rect().center();
    drag(&mut desk, from, to);
    let (settings, _) = obey(&mut desk, &settings);
    let arranged = settings.wall.arranged.clone().expect("arranged");
    assert_eq!(arranged.cameras, ids(&[6, 1, 3, 8]));
    desk.click("Done");
    assert!(desk.harness.query_by_label("Put Gate on the wall").is_none());
}

#[test]
fn the_large_tile_shows_the_main_stream() {
    let arranged =
        Arrangement { large: Some(fixture::id(2)), ..Arrangement::of(ids(&[0, 1, 2, 3])) };
    let wall = WallSettings { arranged: Some(arranged), ..WallSettings::default() };
    let mut desk = Desk::with(with_settings(9, Settings { wall, ..Settings::default() }));
    let tiles = watched(&desk);
    let large: Vec<bool> = tiles.iter().map(|tile| tile.kind == StreamKind::Main).collect();
    assert_eq!(large, [false, false, true, false]);
    assert!(tiles[2].size.0 >= 2 * tiles[0].size.0);
    // Large is a place: who goes there is large.
    desk.press(Key::Num3);
    desk.take();
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::ArrowRight);
    desk.harness.run();
    let tiles = watched(&desk);
    assert_eq!((tiles[0].camera.clone(), tiles[0].kind), (fixture::id(2), StreamKind::Sub));
    assert_eq!((tiles[2].camera.clone(), tiles[2].kind), (fixture::id(0), StreamKind::Main));
}

#[test]
fn a_view_is_saved_changed_renamed_and_deleted() {
    let mut desk = Desk::with_cameras(9);
    desk.click("Wall: 4");
    desk.click("What the wall shows, now All cameras");
    desk.click("Save view as …");
    desk.write("Night");
    desk.press(Key::Enter);
    let (settings, _) = obey(&mut desk, &Arc::default());
    assert_eq!(settings.views, [SavedView::new("Night", Arrangement::of(ids(&[0, 1, 2, 3])))]);
    assert_eq!(settings.wall.view.as_deref(), Some("Night"));

    desk.press(Key::Num1);
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::ArrowRight);
    desk.harness.run();
    let (settings, _) = obey(&mut desk, &settings);
    desk.click("What the wall shows, now Night (changed)");
    desk.click("Save changes to Night");
    let (settings, _) = obey(&mut desk, &settings);
    assert_eq!(settings.views[0].cameras, ids(&[1, 0, 2, 3]));

    desk.click("What the wall shows, now Night");
    desk.click("Rename …");
    desk.write(" watch");
    desk.click("Rename view");
    let (settings, _) = obey(&mut desk, &settings);
    assert_eq!(settings.views[0].name, "Night watch");

    desk.click("What the wall shows, now Night watch");
    desk.click("Delete …");
    desk.click("Delete view");
    let (settings, _) = obey(&mut desk, &settings);
    assert!(settings.views.is_empty());
    assert!(desk.harness.query_by_label("What the wall shows, now All cameras").is_some());
}

#[test]
fn the_wall_shown_last_is_shown_again() {
    let views = vec![SavedView::new("Yard at night", Arrangement::of(ids(&[5, 2])))];
    let wall = WallSettings { view: Some("Yard at night".into()), ..WallSettings::default() };
    let desk = Desk::with(with_settings(9, Settings { views, wall, ..Settings::default() }));
    assert_eq!(cameras(&watched(&desk)), ids(&[5, 2]));
    let wall = WallSettings {
        group: Some("Warehouse".into()),
        tiles: WallTiles(1),
        ..WallSettings::default()
    };
    let desk = Desk::with(with_settings(9, Settings { wall, ..Settings::default() }));
    assert_eq!(cameras(&watched(&desk)), ids(&[6]));
    let wall = WallSettings { view: Some("gone".into()), ..WallSettings::default() };
    let desk = Desk::with(with_settings(4, Settings { wall, ..Settings::default() }));
    assert_eq!(watched(&desk).len(), 4, "all, where the view is gone");
}

#[test]
fn a_group_is_shown() {
    let mut desk = Desk::with_cameras(9);
    desk.click("What the wall shows, now All cameras");
    desk.take();
    desk.click("Wall: Yard");
    let (settings, others) = obey(&mut desk, &Arc::default());
    assert_eq!(settings.wall.group.as_deref(), Some("Yard"));
    assert!(
        matches!(others.first(), Some(Command::WatchLive(tiles)) if cameras(tiles) == ids(&[2, 3, 4, 5]))
    );
}

#[test]
fn a_digit_turns_the_wall_to_its_camera() {
    let mut desk = Desk::with_cameras(9);
    desk.click("Wall: 4");
    desk.take();
    desk.press(Key::Num6);
    assert_eq!(cameras(&watched(&desk)), ids(&[4, 5, 6, 7]));
}

// What a tile tells

#[test]
fn a_manual_recording_tells_how_long_it_goes_on() {
    let mut snapshot = fixture::snapshot(4);
    snapshot.cameras[0].recording = RecordingState::Recording(CoverageKind::Manual);
    snapshot.cameras[0].manual_left = Some(42_000_000);
    let mut desk = Desk::with(snapshot);
    desk.press(Key::Num1);
    desk.take();
    desk.press(Key::R);
    assert!(matches!(desk.take().pop(), Some(Command::StopManual(id)) if id == fixture::id(0)));
}

#[test]
fn a_camera_that_is_away_leads_to_its_settings() {
    let mut desk = Desk::with_cameras(4);
    desk.click("Test the connection of Loading dock");
    assert_eq!(desk.harness.state().page(), Page::Devices);
}

#[test]
fn what_is_reduced_is_told() {
    let mut desk = Desk::with_cameras(4);
    let reduced = Reduced { camera: fixture::id(1), rate: LiveRate::KeyFrames, why: Strain::Wall };
    desk.shown.live_show.reduced.set(vec![reduced]);
    desk.shown.wake();
    desk.harness.run();
    let name = "2 Reception, online, continuous, key frames only";
    let tile = desk.harness.get_by_label(name).rect();
    desk.harness.hover_at(tile.left_top() + egui::vec2(20.0, 42.0));
    desk.harness.run_steps(4);
    assert!(desk.harness.query_by_label_contains("Recording is complete").is_some());
}

#[test]
fn a_wall_of_one_s_own_in_the_light_look() {
    let arranged =
        Arrangement { large: Some(fixture::id(0)), ..Arrangement::of(ids(&[0, 1, 2, 3, 4, 5])) };
    let wall = WallSettings { arranged: Some(arranged), ..WallSettings::default() };
    let mut settings = Settings { wall, ..Settings::default() };
    settings.console.theme = ThemeChoice::Light;
    let mut snapshot = with_settings(9, settings);
    snapshot.cameras[1].recording = RecordingState::Recording(CoverageKind::Manual);
    snapshot.cameras[1].manual_left = Some(42_000_000);
    let mut desk = Desk::with(snapshot);
    let reduced = Reduced { camera: fixture::id(4), rate: LiveRate::KeyFrames, why: Strain::Wall };
    desk.shown.live_show.reduced.set(vec![reduced]);
    desk.press(Key::Num1);
    desk.click("Wall: Custom");
    desk.harness.snapshot("live_custom_light");
}
