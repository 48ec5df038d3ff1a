//! Setup > Recording as an operator meets it: the schedules, their weekly grid, their fields and exceptions.

mod ui_fixture;

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Pos2, Vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use ui_fixture as fixture;
use ui_fixture::desk::Desk;
use watchkeeper::model::schedule::{Exception, ExceptionRule, Schedule};
use watchkeeper::model::settings::{CameraRecording, CameraSettings};
use watchkeeper::model::{CoverageKind, Mode, RecordingState, Settings, Transport};
use watchkeeper::protocol::{ChangeAnswer, Command, SettingsChange, Snapshot};
use watchkeeper::ui::week::{HEAD, NAMES, ROW};

fn schedule(name: &str, ranges: &[&str], exceptions: &[(&str, &str)]) -> Schedule {
    let exception = |(date, rule): &(&str, &str)| Exception {
        date: date.parse().expect("a date"),
        rule: rule.parse().expect("a rule"),
    };
    Schedule {
        name: name.into(),
        ranges: ranges.iter().map(|range| range.parse().expect("a range")).collect(),
        exceptions: exceptions.iter().map(exception).collect(),
    }
}

fn camera(number: usize, mode: Mode, schedule: Option<&str>) -> CameraSettings {
    CameraSettings {
        id: fixture::id(number),
        name: fixture::NAMES[number].into(),
        group: String::new(),
        main: "rtsp://192.168.1.20/main".parse().expect("an address"),
        sub: "rtsp://192.168.1.20/sub".parse().ok(),
        user: None,
        transport: Transport::Tcp,
        recording: CameraRecording {
            mode,
            schedule: schedule.map(Into::into),
            ..CameraRecording::default()
        },
    }
}

/// Three schedules; cameras by schedule, around the clock, on motion and by hand only.
fn settings() -> Settings {
    let mut within = camera(5, Mode::Motion, Some("Night watch"));
    within.recording.motion_in_schedule = true;
    Settings {
        schedules: vec![
            schedule(
                "Business hours",
                &["mon-fri 08:00-18:00", "sat 09:00-13:00"],
                &[("2026-04-03", "never"), ("2026-04-06", "use Night watch")],
            ),
            schedule("Night watch", &["daily 22:00-06:00"], &[]),
            schedule("Deliveries", &["tue,thu 05:30-07:45"], &[]),
        ],
        cameras: vec![
            camera(0, Mode::Scheduled, Some("Business hours")),
            camera(1, Mode::Scheduled, Some("Business hours")),
            camera(2, Mode::Continuous, None),
            camera(4, Mode::Disabled, None),
            within,
        ],
        ..Settings::default()
    }
}

fn snapshot() -> Snapshot {
    let mut snapshot = fixture::snapshot(6);
    snapshot.cameras.remove(3);
    for camera in &mut snapshot.cameras[..2] {
        camera.mode = Mode::Scheduled;
        camera.recording = RecordingState::Recording(CoverageKind::Scheduled);
        camera.sentence = "Recording: Business hours, until 18:00".into();
    }
    snapshot.settings = Arc::new(settings());
    snapshot
}

fn opened() -> Desk {
    let mut desk = Desk::with(snapshot());
    desk.click("Recording");
    desk.take();
    desk
}

#[test]
fn the_page_is_as_drawn() {
    let mut desk = opened();
    desk.harness.set_size(Vec2::new(1600.0, 1000.0));
    desk.harness.run();
    desk.harness.snapshot("recording_schedules");
}
