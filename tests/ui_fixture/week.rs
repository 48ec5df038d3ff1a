//! Schedules, the cameras that use them, and how storage stands, for the tests of Setup > Recording.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::sync::Arc;

use super::desk::Desk;
use watchkeeper::model::schedule::{Exception, Schedule};
use watchkeeper::model::settings::{CameraRecording, CameraSettings};
use watchkeeper::model::{CoverageKind, GapReason, Mode, RecordingState, Settings, Transport};
use watchkeeper::protocol::{Command, SettingsChange, Snapshot, StorageAnswer, StorageOverview};

pub fn schedule(name: &str, ranges: &[&str], exceptions: &[(&str, &str)]) -> Schedule {
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

pub fn camera(number: usize, mode: Mode, schedule: Option<&str>) -> CameraSettings {
    CameraSettings {
        id: super::id(number),
        name: super::NAMES[number].into(),
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
pub fn settings() -> Settings {
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

pub fn snapshot() -> Snapshot {
    let mut snapshot = super::snapshot(6);
    snapshot.cameras.remove(3);
    for camera in &mut snapshot.cameras[..2] {
        camera.mode = Mode::Scheduled;
        camera.recording = RecordingState::Recording(CoverageKind::Scheduled);
        camera.sentence = "Recording: Business hours, until 18:00".into();
    }
    snapshot.cameras[4].recording =
        RecordingState::Idle(GapReason::OutsideSchedule("Night watch".into()));
    snapshot.cameras[4].sentence = "Not recording: outside Night watch, until 22:00".into();
    snapshot.settings = Arc::new(settings());
    snapshot
}

pub fn overview() -> StorageOverview {
    StorageOverview {
        path: "/var/lib/watchkeeper/recordings".into(),
        used: 1_840_000_000_000,
        locked: 118_000_000_000,
        free: 1_329_000_000_000,
        total: 4_000_000_000_000,
        rate: 4_600_000,
        left_micros: Some(18 * super::DAY),
        oldest: Some(super::at("2026-02-12T00:00:00+01:00")),
        ..StorageOverview::default()
    }
}

/// The engine answers what storage would lose: nothing. Returns the change that was sent.
pub fn answer_storage(desk: &mut Desk) -> Option<SettingsChange> {
    let mut sent = None;
    for _ in 0..3 {
        for command in desk.take() {
            match command {
                Command::QueryStorage(query) => {
                    let (id, overview) = (query.id, overview());
                    desk.shown.storage.set(StorageAnswer { id, overview, lost: Vec::new() });
                }
                Command::ChangeSettings(change) => sent = Some(change),
                _ => {}
            }
        }
        desk.harness.run();
    }
    sent
}
