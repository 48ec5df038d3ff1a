//! Why something is not recorded, asked on the command line, and the fault report, which has no secret in it.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;

use std::io::{Cursor, Read};
use std::time::Duration;

use common::{Bench, simulator, small_cameras, wait_for};
use serde_json::Value;

const SOON: Duration = Duration::from_secs(30);

/// What is found about `subject`.
fn check<'a>(checks: &'a Value, subject: &str) -> &'a Value {
    let mut all = checks.as_array().expect("a list").iter();
    all.find(|check| check["subject"] == subject).unwrap_or_else(|| panic!("{subject}: {checks}"))
}

fn verdict(checks: &Value, subject: &str) -> String {
    check(checks, subject)["verdict"].as_str().expect("a verdict").to_owned()
}

/// A camera with a user and a password.
fn add_with_password(bench: &Bench, name: &str, address: &str) {
    let add = ["camera", "add", name, "--main", address, "--user", "viewer77", "--password-stdin"];
    assert!(bench.with_input(&add, "Tr0ub4dor&3").status.success());
}

/// The files of an archive, by name.
fn unpacked(bytes: Vec<u8>) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut files = Vec::new();
    for number in 0..archive.len() {
        let mut file = archive.by_index(number).expect("there");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("a text");
        files.push((file.name().expect("a name").into_owned(), text));
    }
    files
}

#[test]
fn a_folder_at_rest_is_diagnosed_by_its_settings() {
    let bench = Bench::new();
    bench.ok(&["camera", "add", "Gate", "--main", "rtsp://192.0.2.1/main", "--mode", "disabled"]);
    let checks = bench.json(&["diagnose", "--camera", "Gate", "--json"]);
    assert_eq!(verdict(&checks, "program"), "wrong");
    assert_eq!(verdict(&checks, "online"), "unknown");
    assert_eq!(verdict(&checks, "type"), "attention");
    assert_eq!(verdict(&checks, "path"), "good");
    assert_eq!(verdict(&checks, "writable"), "good");
    let moment = ["diagnose", "--camera", "Gate", "--at", "2020-01-01T00:00:00Z", "--json"];
    assert_eq!(verdict(&bench.json(&moment), "moment"), "unknown");
    let text = bench.ok(&["diagnose"]);
    assert!(text.contains("Watchkeeper does not run"), "{text}");
    assert!(text.contains("watchkeeper camera set \"Gate\" --mode continuous"), "{text}");
    assert!(bench.fails(&["diagnose", "--camera", "Nowhere land"]).contains("there are: Gate"));
}

#[test]
fn a_running_recorder_answers_and_its_report_has_no_secret() {
    let bench = Bench::new();
    let simulator = simulator(small_cameras(1));
    let main = simulator.url(0, watchkeeper::model::StreamKind::Main).to_string();
    bench.ok(&["camera", "add", "Yard", "--main", &main]);
    let address = "rtsp://127.0.0.1:1/user=viewer77_password=Tr0ub4dor&3/live?token=c0ffee42";
    add_with_password(&bench, "Gate", address);
    let recorder = bench.record(&[]);
    let recorded = || {
        let checks = bench.json(&["diagnose", "--camera", "Yard", "--json"]);
        verdict(&checks, "recording") == "good" && verdict(&checks, "online") == "good"
    };
    wait_for("the yard is recorded", SOON, recorded);
    let away = || {
        let checks = bench.json(&["diagnose", "--camera", "Gate", "--json"]);
        verdict(&checks, "online") == "wrong"
    };
    wait_for("the gate is away", SOON, away);
    let all = bench.json(&["diagnose", "--json"]);
    assert_eq!(verdict(&all, "program"), "good");
    assert_eq!(check(&all, "online")["camera_id"], "gate");

    let path = bench.root().join("report.zip");
    bench.ok(&["diagnose", "--export", &path.to_string_lossy()]);
    let files = unpacked(std::fs::read(&path).expect("saved"));
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    for name in ["about.txt", "settings.json", "health.json", "storage.json", "notices.json"] {
        assert!(names.contains(&name), "{names:?}");
    }
    for (name, text) in &files {
        for secret in ["viewer77", "Tr0ub4dor", "c0ffee42", "token"] {
            assert!(!text.contains(secret), "{name} has {secret}");
        }
    }
    let text = |name: &str| &files.iter().find(|(file, _)| file == name).expect(name).1;
    assert!(text("settings.json").contains("rtsp://127.0.0.1:1/..."));
    assert!(text("journal.txt").contains("yard"));
    drop(recorder);
}
