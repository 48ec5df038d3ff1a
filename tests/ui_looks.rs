//! How every page looks, dark and light, in three sizes: pictures in `tests/snapshots/looks`.
//!
//! `UPDATE_SNAPSHOTS=1` writes them anew, and then a person looks at each.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod ui_fixture;

use std::sync::Arc;

use egui::{Key, Modifiers, Vec2};
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::Queryable;
use ui_fixture as fixture;
use ui_fixture::desk::Desk;
use watchkeeper::model::Settings;
use watchkeeper::model::settings::ThemeChoice;
use watchkeeper::model::{MotionZone, ZoneKind};
use watchkeeper::protocol::{Command, MotionTrial, ProbeAnswer, ProbeOutcome, Snapshot};

/// The least that is supported, a usual one, and a large one at one and a half times the size.
const SIZES: [(&str, f32, f32, u16); 3] = [
    ("small", 1280.0, 720.0, 100),
    ("middle", 1600.0, 1000.0, 100),
    ("large", 1920.0, 1200.0, 150),
];

const LOOKS: [(&str, ThemeChoice); 2] =
    [("dark", ThemeChoice::Dark), ("light", ThemeChoice::Light)];

/// A window for each size and look; `open` leads to the page.
fn in_all_looks(page: &str, snapshot: &Snapshot, open: impl Fn(Desk) -> Desk) {
    let mut results = SnapshotResults::new();
    for (size, width, height, percent) in SIZES {
        for (look, theme) in LOOKS {
            let mut snapshot = snapshot.clone();
            let mut settings = Settings::clone(&snapshot.settings);
            settings.console.theme = theme;
            settings.console.scale_percent = percent.to_string().parse().expect("within limits");
            snapshot.settings = Arc::new(settings);
            let mut desk = open(Desk::sized(snapshot, Vec2::new(width, height)));
            desk.harness.run();
            mask_what_paints(&mut desk);
            desk.harness.snapshot(format!("looks/{page}_{size}_{look}"));
            results.extend(desk.harness.take_snapshot_results());
        }
    }
}

/// What paints the window differs from machine to machine.
fn mask_what_paints(desk: &mut Desk) {
    let Some(painter) = desk.harness.query_by_label_contains("wgpu, ") else { return };
    let rect = painter.rect();
    desk.harness.mask(rect.with_max_x(rect.right().max(rect.left() + 400.0)));
}

fn clicked(page: &'static str) -> impl Fn(Desk) -> Desk {
    move |mut desk| {
        desk.click(page);
        desk
    }
}

#[test]
fn live() {
    in_all_looks("live", &fixture::snapshot(9), |desk| desk);
}

#[test]
fn playback() {
    in_all_looks("playback", &fixture::snapshot(9), |mut desk| {
        desk.open_playback();
        desk
    });
}

#[test]
fn devices() {
    in_all_looks("devices", &fixture::snapshot(9), clicked("Devices"));
}

#[test]
fn recording() {
    in_all_looks("recording", &fixture::week::snapshot(), |mut desk| {
        desk.click("Recording");
        fixture::week::answer_storage(&mut desk);
        desk
    });
}

#[test]
fn system() {
    in_all_looks("system", &fixture::snapshot(9), fixture::checks::open);
}

#[test]
fn first_start() {
    in_all_looks("first_start", &fixture::snapshot(0), |desk| desk);
}

/// The cameras of the pages, with settings; the first one has values of its own and a zone.
fn with_settings() -> Snapshot {
    let mut snapshot = fixture::week::snapshot();
    let mut settings = Settings::clone(&snapshot.settings);
    let own = &mut settings.cameras[0].recording;
    own.sensitivity = Some("70".parse().expect("within limits"));
    let corners = vec![(100, 100), (900, 150), (850, 950), (150, 900)];
    own.zones = vec![MotionZone { kind: ZoneKind::Include, corners }];
    snapshot.settings = Arc::new(settings);
    snapshot
}

#[test]
fn editor_connection() {
    in_all_looks("editor_connection", &with_settings(), |mut desk| {
        desk.click("Devices");
        desk.click("Settings of Front door");
        desk.take();
        desk.click("Test connection");
        let asked = desk.take().into_iter().find_map(|command| match command {
            Command::Probe(query) => Some(query.generation),
            _ => None,
        });
        let generation = asked.expect("a test");
        let outcome = ProbeOutcome::Found(fixture::found());
        desk.shown.probe.set(ProbeAnswer { generation, outcome });
        desk
    });
}

#[test]
fn editor_recording() {
    in_all_looks("editor_recording", &with_settings(), |mut desk| {
        desk.click("Devices");
        desk.click("Settings of Front door");
        desk.click("Settings: Recording");
        let camera = fixture::id(0);
        desk.shown.trial.set(MotionTrial { camera, level: 700, trouble: None });
        fixture::hand::fill(&mut desk, "After motion", "601");
        desk
    });
}

#[test]
fn kiosk() {
    in_all_looks("kiosk", &fixture::snapshot(9), in_kiosk);
}

#[test]
fn kiosk_pin() {
    let snapshot = Snapshot { pin_is_set: true, ..fixture::snapshot(9) };
    in_all_looks("kiosk_pin", &snapshot, |desk| {
        let mut desk = in_kiosk(desk);
        fixture::hand::keys(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
        desk.write("246");
        desk
    });
}

fn in_kiosk(mut desk: Desk) -> Desk {
    desk.harness.state_mut().set_kiosk();
    desk
}

#[test]
fn pin() {
    let snapshot = Snapshot { pin_is_set: true, ..fixture::snapshot(9) };
    in_all_looks("pin", &snapshot, |desk| {
        let mut desk = fixture::checks::open(desk);
        desk.harness.get_by_label("Change the PIN").scroll_to_me();
        desk.harness.run_steps(4);
        desk.harness.get_by_label("Change the PIN").click();
        desk.harness.run_steps(3);
        desk
    });
}

#[test]
fn notices() {
    let history = fixture::notices::history();
    let new = history[3..].to_vec();
    in_all_looks("notices", &Snapshot { notices: new, ..fixture::snapshot(9) }, |mut desk| {
        desk.shown.history.set(fixture::notices::history());
        desk.click("Notices, 1 new");
        desk.click("Notices: History");
        desk
    });
}
