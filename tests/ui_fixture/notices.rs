//! What happened, for the tests of the notices.

#![allow(dead_code, reason = "each test program uses a part of it")]

use watchkeeper::protocol::{Acknowledged, Notice, Severity, Topic};

/// The last one is not acknowledged yet.
pub fn history() -> Vec<Notice> {
    let notice = |id, severity, topic, camera: Option<usize>, text: &str| Notice {
        topic,
        camera: camera.map(super::id),
        ..super::notice(id, severity, text)
    };
    let offline = "Loading dock is offline. No answer from the camera within 10 s.";
    let mut list = vec![
        notice(1, Severity::Info, Topic::Program, None, "Saved a snapshot."),
        notice(
            2,
            Severity::Alarm,
            Topic::Storage,
            None,
            "Only 3 % of the recordings disk are free.",
        ),
        notice(3, Severity::Warning, Topic::Camera, Some(2), "Gate is offline."),
        notice(4, Severity::Warning, Topic::Camera, Some(3), offline),
    ];
    let later = super::at("2026-03-03T14:30:00+01:00");
    list[0].gone = Some(list[0].at);
    list[2].gone = Some(later);
    for notice in &mut list[..3] {
        notice.acknowledged = Some(Acknowledged { at: later, by: "ann".into() });
    }
    list
}
