//! Every branch of the rules.
//!
//! Must not do: look anything up; scenes are made here.

use std::sync::Arc;

use super::*;
use crate::engine::diagnosing::at_rest;
use crate::model::schedule::{DayRange, Schedule};
use crate::model::settings::storage::MaxSize;
use crate::model::settings::{CameraRecording, Retention};
use crate::model::{CoverageKind, DeletionCause, GapReason, Mode, Transport};
use crate::protocol::{LinkState, Notice, Severity};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const TB: u64 = 1_000_000_000_000;

fn at(text: &str) -> WallTime {
    WallTime::parse_rfc3339(text).expect("a time")
}

/// Tue 3 Mar 2026 17:06 in Berlin.
fn now() -> WallTime {
    at("2026-03-03T17:06:00+01:00")
}

fn id(name: &str) -> CameraId {
    CameraId::from_name(name)
}

/// Two cameras that are as they should be.
struct Scene {
    settings: Settings,
    snapshot: Snapshot,
    storage: StorageOverview,
    place: Option<Place>,
    is_running: bool,
    stepped: Option<WallTime>,
    moment: Option<Moment>,
}

impl Scene {
    fn new() -> Self {
        let camera = |name: &str| CameraSettings {
            id: id(name),
            name: name.into(),
            group: String::new(),
            main: "rtsp://10.0.0.1/".parse().expect("an address"),
            sub: Some("rtsp://10.0.0.1/sub".parse().expect("an address")),
            user: None,
            transport: Transport::Tcp,
            recording: CameraRecording::default(),
        };
        let cameras = vec![camera("Gate"), camera("Yard")];
        let settings = Settings { cameras, ..Settings::default() };
        let path = "/var/recordings".to_owned();
        let mut snapshot = at_rest(Arc::new(settings.clone()), chrono_tz::Europe::Berlin, path);
        snapshot.started = at("2026-03-02T08:00:00+01:00");
        for camera in &mut snapshot.cameras {
            camera.link = LinkState::Online;
            camera.recording = RecordingState::Recording(CoverageKind::Continuous);
            camera.sentence = "Recording: continuous".into();
            camera.since = at("2026-03-03T08:00:00+01:00");
            camera.frame_rate_milli = 25_000;
            camera.bit_rate = 4_000_000;
        }
        let storage = StorageOverview {
            used: 2 * TB,
            free: 2 * TB,
            total: 4 * TB,
            rate: 1_000_000,
            left_micros: Some(23 * 24 * HOUR),
            ..StorageOverview::default()
        };
        let place = Some(Place::Writable);
        Self { settings, snapshot, storage, place, is_running: true, stepped: None, moment: None }
    }

    fn mode(mut self, mode: Mode) -> Self {
        self.settings.cameras[0].recording.mode = mode;
        self
    }

    fn idle(mut self, reason: GapReason) -> Self {
        self.snapshot.cameras[0].recording = RecordingState::Idle(reason);
        self.snapshot.cameras[0].sentence = "Not recording: because".into();
        self
    }

    fn link(mut self, link: LinkState) -> Self {
        self.snapshot.cameras[0].link = link;
        self
    }

    fn asked(mut self, moment: WallTime, states: Vec<(CameraId, RecordingState)>) -> Self {
        let span = WallSpan::new(moment.plus_micros(-HOUR), moment.plus_micros(HOUR));
        let states = states.into_iter().map(|(id, state)| (id, span, state)).collect();
        self.moment = Some(Moment { at: moment, states });
        self
    }

    fn all(&self, camera: Option<&CameraId>) -> Vec<Check> {
        let snapshot =
            Snapshot { settings: Arc::new(self.settings.clone()), ..self.snapshot.clone() };
        let facts = Facts {
            snapshot: &snapshot,
            is_running: self.is_running,
            storage: &self.storage,
            place: self.place.as_ref(),
            stepped: self.stepped,
            moment: self.moment.as_ref(),
            now: now(),
            zone: chrono_tz::Europe::Berlin,
        };
        diagnose(&facts, camera)
    }

    /// The first check of the gate about `subject`.
    fn check(&self, subject: Subject) -> Check {
        let found = self.all(Some(&id("Gate"))).into_iter().find(|check| check.subject == subject);
        found.expect("checked")
    }
}

/// Whether a check says all this.
fn says(check: &Check, verdict: Verdict, words: &[&str], remedies: &[Remedy]) {
    assert_eq!(check.verdict, verdict, "{}", check.text);
    for word in words {
        assert!(check.text.contains(word), "{word:?} is not in {:?}", check.text);
    }
    assert_eq!(check.remedies, remedies, "{}", check.text);
}

fn gate() -> CameraId {
    id("Gate")
}

#[test]
fn where_all_is_well_every_check_says_so_for_one_and_for_all() {
    for camera in [None, Some(gate())] {
        let checks = Scene::new().all(camera.as_ref());
        let wrong: Vec<&Check> =
            checks.iter().filter(|check| check.verdict != Verdict::Good).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(checks.len(), 13, "{checks:#?}");
    }
}

#[test]
fn of_all_cameras_those_are_named_that_have_something() {
    let checks = Scene::new().mode(Mode::Disabled).all(None);
    let types: Vec<&Check> = checks.iter().filter(|c| c.subject == Subject::Type).collect();
    assert_eq!(types.len(), 1);
    assert_eq!(types[0].camera, Some(gate()));
    let online = checks.iter().find(|check| check.subject == Subject::Online).expect("checked");
    assert_eq!((online.camera.as_ref(), online.text.as_str()), (None, "All cameras are online."));
    let empty = Scene { snapshot: Snapshot::default(), ..Scene::new() };
    assert!(empty.all(None).iter().all(|check| check.subject != Subject::Online));
}

#[test]
fn a_device_is_online_or_not() {
    let (connect, show) = (Remedy::ConnectNow(gate()), Remedy::ShowCamera(gate()));
    let both = [connect, show];
    let online = Subject::Online;
    says(&Scene::new().check(online), Verdict::Good, &["25.0 pictures", "4.0 Mbit/s"], &[]);
    let connecting = Scene::new().link(LinkState::Connecting).check(online);
    says(&connecting, Verdict::Unknown, &["no picture has arrived"], &both);
    let since = at("2026-03-03T13:47:02+01:00");
    let offline = |retry_at| LinkState::Offline { since, why: "No answer.".into(), retry_at };
    let away = Scene::new().link(offline(Some(now()))).check(online);
    says(&away, Verdict::Wrong, &["since 13:47. No answer. Watchkeeper goes on trying"], &both);
    let given_up = Scene::new().link(offline(None)).check(online);
    says(&given_up, Verdict::Wrong, &["until its settings are changed"], &both);
    let resting = Scene { is_running: false, ..Scene::new() };
    says(&resting.check(online), Verdict::Unknown, &["does not run"], &[]);
}

#[test]
fn a_type_may_be_disabled() {
    let remedies = [Remedy::EnableRecording(gate()), Remedy::ShowCamera(gate())];
    let disabled = Scene::new().mode(Mode::Disabled).check(Subject::Type);
    says(&disabled, Verdict::Attention, &["Disabled (manual only)"], &remedies);
    let motion = Scene::new().mode(Mode::Motion).check(Subject::Type);
    says(&motion, Verdict::Good, &["Motion detection"], &[]);
}

fn scheduled(from: &str, to: &str) -> Scene {
    let mut scene = Scene::new().mode(Mode::Scheduled);
    let day = |text: &str| text.parse().expect("a time of day");
    let range = DayRange { days: "daily".parse().expect("days"), from: day(from), to: day(to) };
    let schedule = Schedule { name: "Hours".into(), ranges: vec![range], exceptions: Vec::new() };
    scene.settings.schedules = vec![schedule];
    scene.settings.recording.schedule = Some("Hours".into());
    scene
}

#[test]
fn a_schedule_is_active_or_will_be_or_is_missing() {
    let subject = Subject::Schedule;
    says(&Scene::new().check(subject), Verdict::Good, &["does not depend"], &[]);
    says(&scheduled("08:00", "18:00").check(subject), Verdict::Good, &["active until 18:00"], &[]);
    says(&scheduled("00:00", "24:00").check(subject), Verdict::Good, &["always active"], &[]);
    let remedies = [Remedy::OpenSchedules, Remedy::EnableRecording(gate())];
    let later = scheduled("18:00", "20:00").check(subject);
    says(&later, Verdict::Attention, &["not active now; it will be from 18:00"], &remedies);
    let mut never = scheduled("18:00", "20:00");
    never.settings.schedules[0].ranges.clear();
    says(&never.check(subject), Verdict::Attention, &["never will be again"], &remedies);
    let mut missing = scheduled("18:00", "20:00");
    missing.settings.recording.schedule = None;
    let remedies = [Remedy::ShowCamera(gate()), Remedy::OpenSchedules];
    says(&missing.check(subject), Verdict::Wrong, &["none is chosen"], &remedies);
}

#[test]
fn what_is_not_recorded_has_its_reason_and_what_helps() {
    let subject = Subject::Recording;
    let words = ["Gate: recording: continuous, since 08:00."];
    says(&Scene::new().check(subject), Verdict::Good, &words, &[]);
    let (show, connect) = (Remedy::ShowCamera(gate()), Remedy::ConnectNow(gate()));
    for (reason, verdict, remedies) in [
        (GapReason::NoMotion, Verdict::Good, vec![]),
        (GapReason::Disabled, Verdict::Attention, vec![Remedy::EnableRecording(gate())]),
        (GapReason::OutsideSchedule("x".into()), Verdict::Attention, vec![Remedy::OpenSchedules]),
        (GapReason::CameraOffline("x".into()), Verdict::Wrong, vec![connect.clone()]),
        (GapReason::DiskFull, Verdict::Wrong, vec![Remedy::OpenStorage]),
        (GapReason::SizeLimit, Verdict::Wrong, vec![Remedy::OpenStorage]),
        (GapReason::StorageUnavailable("x".into()), Verdict::Wrong, vec![Remedy::OpenStorage]),
        (GapReason::WaitingForPicture, Verdict::Unknown, vec![connect]),
        (GapReason::Overload("x".into()), Verdict::Wrong, vec![show]),
    ] {
        says(&Scene::new().idle(reason).check(subject), verdict, &["because"], &remedies);
    }
    let resting = Scene { is_running: false, ..Scene::new() };
    says(&resting.check(subject), Verdict::Wrong, &["does not run"], &[]);
}

#[test]
fn the_program_runs_since_or_does_not() {
    let subject = Subject::Program;
    let words = ["since Mon 2 Mar 2026 08:00; 2 of 2 cameras"];
    says(&Scene::new().check(subject), Verdict::Good, &words, &[]);
    let resting = Scene { is_running: false, ..Scene::new() };
    says(&resting.check(subject), Verdict::Wrong, &["Start it."], &[]);
    let mut halted = Scene::new();
    halted.snapshot.halted = true;
    says(&halted.check(subject), Verdict::Wrong, &["Close it and start it again"], &[]);
}

#[test]
fn the_folder_is_there_and_writable_or_not() {
    let (path, writable) = (Subject::Path, Subject::Writable);
    says(&Scene::new().check(path), Verdict::Good, &["/var/recordings"], &[Remedy::OpenFolder]);
    says(&Scene::new().check(writable), Verdict::Good, &["just now"], &[]);
    let with = |place| Scene { place, ..Scene::new() };
    let gone = with(Some(Place::Missing));
    says(&gone.check(path), Verdict::Wrong, &["Connect its disk"], &[Remedy::OpenStorage]);
    says(&gone.check(writable), Verdict::Unknown, &[], &[]);
    let sealed = with(Some(Place::Sealed("read-only".into())));
    let remedies = [Remedy::OpenStorage, Remedy::OpenFolder];
    says(&sealed.check(writable), Verdict::Wrong, &["read-only"], &remedies);
    let silent = with(Some(Place::Silent));
    says(&silent.check(path), Verdict::Unknown, &[], &[Remedy::OpenStorage]);
    let words = ["does not answer"];
    says(&silent.check(writable), Verdict::Wrong, &words, &[Remedy::OpenStorage]);
    says(&with(None).check(path), Verdict::Unknown, &[], &[Remedy::OpenStorage]);
    says(&with(None).check(writable), Verdict::Unknown, &[], &[]);
}

#[test]
fn there_is_room_or_little_or_none() {
    let (subject, open) = (Subject::Space, [Remedy::OpenStorage]);
    let words = ["2.0 TB of 4.0 TB are free", "in 23 days; the oldest recordings"];
    says(&Scene::new().check(subject), Verdict::Good, &words, &[]);
    let mut kept = Scene::new();
    kept.settings.storage.auto_delete = false;
    says(&kept.check(subject), Verdict::Good, &["recording then stops"], &[]);
    let mut low = Scene::new();
    low.storage.free = TB / 10;
    says(&low.check(subject), Verdict::Attention, &["less than the 10 %"], &open);
    let mut broken = Scene::new();
    broken.snapshot.volume.trouble = Some("The disk does not answer".into());
    says(&broken.check(subject), Verdict::Wrong, &["The disk does not answer."], &open);
    let mut stopped = Scene::new();
    stopped.storage.trouble = Some("The disk is full".into());
    says(&stopped.check(subject), Verdict::Wrong, &["full"], &open);
    let mut unknown = Scene::new();
    unknown.storage = StorageOverview::default();
    says(&unknown.check(subject), Verdict::Unknown, &[], &open);
}

#[test]
fn footage_may_go_too_soon() {
    let subject = Subject::Retention;
    says(&Scene::new().check(subject), Verdict::Good, &["until space runs out"], &[]);
    let keep = |days, hours| Retention::new(days, hours, 0).expect("a time");
    let mut scene = Scene::new();
    scene.settings.storage.retention = keep(30, 0);
    says(&scene.check(subject), Verdict::Good, &["kept for 30 days"], &[]);
    let mut asked = scene.asked(at("2026-01-03T17:06:00Z"), Vec::new());
    let words = ["The time asked about is longer ago"];
    says(&asked.check(subject), Verdict::Attention, &words, &[Remedy::OpenStorage]);
    asked.moment = None;
    asked.settings.cameras[0].recording.retention = Some(keep(0, 12));
    let words = ["12 hours", "less than a day"];
    says(&asked.check(subject), Verdict::Attention, &words, &[Remedy::ShowCamera(gate())]);
}

#[test]
fn a_size_limit_is_reached_or_not() {
    let (subject, open) = (Subject::SizeLimit, [Remedy::OpenStorage]);
    says(&Scene::new().check(subject), Verdict::Good, &["no limit", "2.0 TB"], &[]);
    let mut scene = Scene::new();
    scene.settings.storage.max_size_gb = MaxSize(3_000);
    says(&scene.check(subject), Verdict::Good, &["2.0 TB of the 3.0 TB"], &[]);
    scene.settings.storage.max_size_gb = MaxSize(2_010);
    says(&scene.check(subject), Verdict::Attention, &["make room"], &open);
    scene.settings.storage.auto_delete = false;
    says(&scene.check(subject), Verdict::Wrong, &["recording stops"], &open);
}

#[test]
fn how_long_the_disk_lasts_is_told_with_figures() {
    let (subject, open) = (Subject::Room, [Remedy::OpenStorage]);
    let mut scene = Scene::new();
    says(&scene.check(subject), Verdict::Good, &["At 1.0 MB/s there is room for 46 days."], &[]);
    for camera in &mut scene.snapshot.cameras {
        camera.sub_bit_rate = Some(400_000);
    }
    let words =
        ["If the sub streams were recorded (100.0 kB/s), there would be room for 462 days."];
    says(&scene.check(subject), Verdict::Good, &words, &[]);
    scene.settings.storage.retention = Retention::new(90, 0, 0).expect("a time");
    let words = ["To keep 90 days at this rate 7.8 TB are needed", "NAS"];
    says(&scene.check(subject), Verdict::Attention, &words, &open);
    scene.settings.storage.retention = Retention::default();
    scene.settings.storage.max_size_gb = MaxSize(100);
    let words = ["27 hours.", "A week takes 604.8 GB"];
    says(&scene.check(subject), Verdict::Attention, &words, &open);
    scene.storage.rate = 0;
    says(&scene.check(subject), Verdict::Unknown, &[], &[]);
}

#[test]
fn a_moment_was_recorded_deleted_or_neither() {
    let then = at("2026-03-03T13:00:00+01:00");
    let ask = |state| Scene::new().asked(then, vec![(gate(), state)]);
    let (moment, deleted) = (Subject::Moment, Subject::Deleted);
    let recorded = ask(RecordingState::Recording(CoverageKind::Scheduled));
    let watch = [Remedy::Watch(gate(), then)];
    let words = ["at Tue 3 Mar 2026 13:00:00 (scheduled), from 12:00 to 14:00"];
    says(&recorded.check(moment), Verdict::Good, &words, &watch);
    says(&recorded.check(deleted), Verdict::Good, &["still there"], &[]);
    let gone = |cause| ask(RecordingState::Idle(GapReason::Deleted { cause, at: now() }));
    let by_time = gone(DeletionCause::Retention);
    says(&by_time.check(moment), Verdict::Good, &["was recorded"], &[]);
    let words = ["by the retention time on Tue 3 Mar 2026 17:06:00"];
    says(&by_time.check(deleted), Verdict::Attention, &words, &[Remedy::OpenStorage]);
    let mut own = gone(DeletionCause::Retention);
    own.settings.cameras[0].recording.retention = Retention::new(1, 0, 0);
    says(&own.check(deleted), Verdict::Attention, &[], &[Remedy::ShowCamera(gate())]);
    for cause in [DeletionCause::SizeLimit, DeletionCause::LowSpace] {
        says(&gone(cause).check(deleted), Verdict::Attention, &[], &[Remedy::OpenStorage]);
    }
    says(&gone(DeletionCause::Operator).check(deleted), Verdict::Attention, &["operator"], &[]);
}

#[test]
fn a_moment_without_footage_has_its_reason_and_what_helps_next_time() {
    let then = at("2026-03-03T13:00:00+01:00");
    let show = Remedy::ShowCamera(gate());
    for (reason, verdict, remedies) in [
        (GapReason::Disabled, Verdict::Attention, vec![Remedy::EnableRecording(gate())]),
        (GapReason::OutsideSchedule("x".into()), Verdict::Attention, vec![Remedy::OpenSchedules]),
        (GapReason::NoMotion, Verdict::Attention, vec![show.clone()]),
        (GapReason::CameraOffline("x".into()), Verdict::Wrong, vec![show]),
        (GapReason::DiskFull, Verdict::Wrong, vec![Remedy::OpenStorage]),
        (GapReason::NotRunning, Verdict::Wrong, vec![]),
        (GapReason::Unknown, Verdict::Unknown, vec![]),
    ] {
        let words = format!("was not recorded at Tue 3 Mar 2026 13:00:00. {reason}");
        let scene = Scene::new().asked(then, vec![(gate(), RecordingState::Idle(reason))]);
        says(&scene.check(Subject::Moment), verdict, &[&words], &remedies);
        says(&scene.check(Subject::Deleted), Verdict::Good, &["no footage"], &[]);
    }
    let future = Scene::new().asked(now().plus_micros(HOUR), Vec::new());
    says(&future.check(Subject::Moment), Verdict::Unknown, &["has not come yet"], &[]);
}

#[test]
fn another_camera_may_be_the_right_one() {
    let then = at("2026-03-03T13:00:00+01:00");
    let on = || RecordingState::Recording(CoverageKind::Continuous);
    let off = || RecordingState::Idle(GapReason::NoMotion);
    let ask = |a, b| Scene::new().asked(then, vec![(gate(), a), (id("Yard"), b)]);
    let (subject, watch) = (Subject::RightCamera, [Remedy::Watch(id("Yard"), then)]);
    says(&ask(off(), on()).check(subject), Verdict::Attention, &["Other cameras", "Yard"], &watch);
    says(&ask(on(), on()).check(subject), Verdict::Good, &["Also", "Yard"], &watch);
    says(&ask(on(), off()).check(subject), Verdict::Good, &["No other camera"], &[]);
    says(&ask(off(), off()).check(subject), Verdict::Attention, &["No camera"], &[]);
    let all = ask(off(), on()).all(None);
    let check = all.iter().find(|check| check.subject == subject).expect("checked");
    says(check, Verdict::Good, &["Cameras with footage of that time: Yard."], &watch);
    // One that was removed is asked about by its identity.
    let removed = Scene::new().asked(then, vec![(id("old"), on())]).all(Some(&id("old")));
    assert!(removed.iter().any(|check| check.text.starts_with("old was recorded at")));
}

#[test]
fn clocks_are_right_or_off_by_a_zone() {
    let subject = Subject::Clock;
    let off = |offset| {
        let mut scene = Scene::new();
        scene.snapshot.cameras[0].clock_offset = offset;
        scene.check(subject)
    };
    let show = [Remedy::ShowCamera(gate())];
    says(&off(None), Verdict::Good, &["does not tell its time"], &[]);
    says(&off(Some(-SECOND)), Verdict::Good, &["is right"], &[]);
    let seconds = off(Some(-90 * SECOND));
    says(&seconds, Verdict::Attention, &["90 seconds behind"], &show);
    assert!(!seconds.text.contains("zone"));
    says(&off(Some(2 * HOUR + SECOND)), Verdict::Attention, &["2 hours ahead", "zone"], &show);
    let minutes = off(Some(37 * 60 * SECOND));
    assert!(!minutes.text.contains("zone"), "{}", minutes.text);
}

#[test]
fn a_clock_that_was_set_is_told_with_the_zone() {
    let last = |scene: &Scene| scene.all(None).pop().expect("checked");
    let mut scene = Scene::new();
    says(&last(&scene), Verdict::Good, &["Europe/Berlin (UTC+01:00)"], &[]);
    scene.stepped = Some(now().plus_micros(-24 * HOUR));
    let words = ["was set at Mon 2 Mar 2026 17:06", "Europe/Berlin"];
    says(&last(&scene), Verdict::Attention, &words, &[]);
    scene.stepped = Some(now().plus_micros(-24 * 8 * HOUR));
    says(&last(&scene), Verdict::Good, &[], &[]);
    let notice = |topic, at| Notice {
        id: 0,
        at,
        severity: Severity::Warning,
        camera: None,
        topic,
        text: String::new(),
        gone: None,
        acknowledged: None,
    };
    let history = [notice(Topic::Clock, at("2026-03-01T00:00:00Z")), notice(Topic::Storage, now())];
    assert_eq!(last_step(&history), Some(at("2026-03-01T00:00:00Z")));
}

#[test]
fn dates_are_written_in_the_style_that_was_chosen() {
    let mut scene = Scene::new();
    scene.settings.console.dates = crate::model::settings::DateStyle::Iso;
    says(&scene.check(Subject::Program), Verdict::Good, &["since 2026-03-02 08:00"], &[]);
}
