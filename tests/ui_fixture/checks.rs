//! A diagnosis, for the tests of Setup > System.

#![allow(dead_code, reason = "each test program uses a part of it")]

use super::desk::Desk;
use watchkeeper::model::CameraId;
use watchkeeper::protocol::{Check, Command, DiagnoseQuery, Diagnosis, Remedy, Subject, Verdict};

fn check(
    subject: Subject,
    camera: Option<CameraId>,
    verdict: Verdict,
    text: &str,
    remedies: Vec<Remedy>,
) -> Check {
    Check { subject, camera, verdict, text: text.into(), remedies }
}

/// An answer with a check of each kind, and each remedy.
pub fn diagnosis(id: u64) -> Diagnosis {
    let (gate, dock) = (super::id(2), super::id(3));
    let then = super::at("2026-03-03T13:47:02+01:00");
    let away = "Loading dock has been offline since 13:47. No answer from the camera within 10 s. \
                Watchkeeper goes on trying.";
    let manual = "Gate is of the type Disabled (manual only): it is recorded only while somebody \
                  records it by hand.";
    let lasts = "At 4.6 MB/s there is room for 9 days. If the sub streams were recorded (460.0 kB/s), \
                 there would be room for 92 days.";
    Diagnosis {
        id,
        checks: vec![
            check(
                Subject::Program,
                None,
                Verdict::Good,
                "Watchkeeper has been running since Sun 1 Mar 2026 08:00; 3 of 4 cameras are being recorded.",
                vec![],
            ),
            check(
                Subject::Online,
                Some(dock.clone()),
                Verdict::Wrong,
                away,
                vec![Remedy::ConnectNow(dock.clone()), Remedy::ShowCamera(dock)],
            ),
            check(
                Subject::Type,
                Some(gate.clone()),
                Verdict::Attention,
                manual,
                vec![Remedy::EnableRecording(gate.clone())],
            ),
            check(
                Subject::Schedule,
                None,
                Verdict::Attention,
                "\"Hours\" of Gate is not active now.",
                vec![Remedy::OpenSchedules],
            ),
            check(
                Subject::Path,
                None,
                Verdict::Good,
                "/var/lib/watchkeeper/recordings is there.",
                vec![Remedy::OpenFolder],
            ),
            check(Subject::Room, None, Verdict::Attention, lasts, vec![Remedy::OpenStorage]),
            check(
                Subject::RightCamera,
                None,
                Verdict::Unknown,
                "Cameras with footage of that time: Gate.",
                vec![Remedy::Watch(gate, then)],
            ),
        ],
    }
}

pub fn questions(desk: &Desk) -> Vec<DiagnoseQuery> {
    let question = |command| match command {
        Command::Diagnose(query) => Some(query),
        _ => None,
    };
    desk.take().into_iter().filter_map(question).collect()
}

/// System, with its first question answered.
pub fn open(mut desk: Desk) -> Desk {
    desk.take();
    desk.click("System");
    let asked = questions(&desk).pop().expect("asked");
    assert_eq!((&asked.camera, asked.at), (&None, None));
    desk.shown.diagnosis.set(diagnosis(asked.id));
    desk.harness.run_steps(3);
    desk
}
