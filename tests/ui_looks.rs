//! How every page looks, dark and light, in three sizes: pictures in `tests/snapshots/looks`.
//!
//! `UPDATE_SNAPSHOTS=1` writes them anew, and then a person looks at each.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod ui_fixture;

use std::sync::Arc;

use egui::Vec2;
use egui_kittest::SnapshotResults;
use ui_fixture as fixture;
use ui_fixture::desk::Desk;
use watchkeeper::model::Settings;
use watchkeeper::model::settings::ThemeChoice;

/// The least that is supported, a usual one, and a large one at one and a half times the size.
const SIZES: [(&str, f32, f32, u16); 3] = [
    ("small", 1280.0, 720.0, 100),
    ("middle", 1600.0, 1000.0, 100),
    ("large", 1920.0, 1200.0, 150),
];

const LOOKS: [(&str, ThemeChoice); 2] =
    [("dark", ThemeChoice::Dark), ("light", ThemeChoice::Light)];

/// A window with nine cameras for each size and look; `open` leads to the page.
fn in_all_looks(page: &str, cameras: usize, open: impl Fn(&mut Desk)) {
    let mut results = SnapshotResults::new();
    for (size, width, height, percent) in SIZES {
        for (look, theme) in LOOKS {
            let mut snapshot = fixture::snapshot(cameras);
            let mut settings = Settings::clone(&snapshot.settings);
            settings.console.theme = theme;
            settings.console.scale_percent = percent.to_string().parse().expect("within limits");
            snapshot.settings = Arc::new(settings);
            let mut desk = Desk::sized(snapshot, Vec2::new(width, height));
            open(&mut desk);
            desk.harness.run();
            desk.harness.snapshot(format!("looks/{page}_{size}_{look}"));
            results.extend(desk.harness.take_snapshot_results());
        }
    }
}

#[test]
fn live() {
    in_all_looks("live", 9, |_| ());
}

#[test]
fn playback() {
    in_all_looks("playback", 9, Desk::open_playback);
}

#[test]
fn devices() {
    in_all_looks("devices", 9, |desk| desk.click("Devices"));
}

#[test]
fn recording() {
    in_all_looks("recording", 9, |desk| desk.click("Recording"));
}

#[test]
fn system() {
    in_all_looks("system", 9, |desk| desk.click("System"));
}

#[test]
fn first_start() {
    in_all_looks("first_start", 0, |_| ());
}
