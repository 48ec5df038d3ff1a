//! Cameras, pictures and recordings that do not exist, for the tests of the console.

#![allow(clippy::expect_used)]
#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod checks;
pub mod desk;
pub mod hand;
pub mod notices;
pub mod week;

use std::sync::Arc;

use watchkeeper::engine::merging;
use watchkeeper::model::{
    Area, Bookmark, CameraId, CoverageKind, CoverageSpan, GapReason, Lock, Mode, MotionEvent,
    Picture, RecordingState, StreamKind, WallSpan, WallTime,
};
use watchkeeper::protocol::{
    CameraStatus, CameraView, EventsAnswer, ExportPlan, ExportQuery, ExportState, ExportStatus,
    FoundStream, Gap, Lane, LinkState, Marks, MonthAnswer, MonthDay, MotionBar, Notice,
    PlaybackSnapshot, Severity, Snapshot, Speed, TimelineAnswer, Topic, ViewState, VolumeStatus,
};

pub const MINUTE: i64 = 60_000_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

pub const NAMES: [&str; 9] = [
    "Front door",
    "Reception",
    "Gate",
    "Loading dock",
    "Parking north",
    "Parking south",
    "Aisle 1",
    "Aisle 2",
    "Cold store",
];

/// The groups that they stand in.
pub const GROUPS: [&str; 9] =
    ["Entrance", "Entrance", "Yard", "Yard", "Yard", "Yard", "Warehouse", "Warehouse", "Warehouse"];

/// Tue 3 Mar 2026 17:06:09 in Berlin.
pub fn now() -> WallTime {
    at("2026-03-03T17:06:09+01:00")
}

pub fn at(text: &str) -> WallTime {
    WallTime::parse_rfc3339(text).expect("a time")
}

pub fn id(number: usize) -> CameraId {
    CameraId::from_name(NAMES[number])
}

pub fn camera(number: usize) -> CameraStatus {
    let mode = if number == 7 { Mode::Disabled } else { Mode::Continuous };
    CameraStatus {
        id: id(number),
        name: NAMES[number].into(),
        group: GROUPS[number].into(),
        address: format!("192.168.1.{}:554", 20 + number),
        has_sub: true,
        stream: StreamKind::Main,
        mode,
        link: LinkState::Online,
        recording: match mode {
            Mode::Disabled => RecordingState::Idle(GapReason::Disabled),
            _ => RecordingState::Recording(CoverageKind::Continuous),
        },
        since: at("2026-03-03T08:00:00+01:00"),
        sentence: match mode {
            Mode::Disabled => "Not recording: recording is disabled for this camera".into(),
            _ => "Recording: continuous".into(),
        },
        manual_left: None,
        motion_level: None,
        motion_trouble: None,
        short_preroll: None,
        size: Some((1920, 1080)),
        frame_rate_milli: 25_000,
        bit_rate: 3_990_000,
        sub_bit_rate: None,
        recorded_today: 9 * HOUR + 6 * MINUTE,
        dropped: 0,
        failed_writes: 0,
        gop_length: Some(50),
        lost_packets: 0,
        reconnects_today: 0,
        clock_offset: None,
        last_error: None,
        last_picture: Some(now()),
    }
}

/// The camera at the loading dock has no signal.
pub fn offline(mut camera: CameraStatus) -> CameraStatus {
    let since = at("2026-03-03T13:47:02+01:00");
    let why = "No answer from the camera within 10 s.";
    camera.link =
        LinkState::Offline { since, why: why.into(), retry_at: Some(now().plus_micros(8_000_000)) };
    camera.recording = RecordingState::Idle(GapReason::CameraOffline(why.into()));
    camera.sentence = format!("Not recording: camera offline: {why}");
    camera.since = since;
    camera.frame_rate_milli = 0;
    camera.bit_rate = 0;
    camera
}

pub fn snapshot(cameras: usize) -> Snapshot {
    let one = |n| if n == 3 { offline(camera(n)) } else { camera(n) };
    Snapshot {
        cameras: (0..cameras).map(one).collect(),
        volume: VolumeStatus {
            path: "/var/lib/watchkeeper/recordings".into(),
            free: 1_329_000_000_000,
            total: 4_000_000_000_000,
            used: 1_840_000_000_000,
            write_rate: 4_600_000,
            is_low: false,
            left_micros: Some(80 * HOUR),
            trouble: None,
        },
        notices: Vec::new(),
        data_dir: "/var/lib/watchkeeper".into(),
        zone: "Europe/Berlin".into(),
        demo: false,
        started: at("2026-03-01T08:00:00+01:00"),
        halted: false,
        live: Default::default(),
        settings: Arc::default(),
        ..Snapshot::default()
    }
}

pub fn notice(id: u64, severity: Severity, text: &str) -> Notice {
    let at = at("2026-03-03T13:47:12+01:00");
    Notice {
        id,
        at,
        severity,
        camera: None,
        topic: Topic::Program,
        text: text.into(),
        gone: None,
        acknowledged: None,
    }
}

/// A street in flat colours; `frame` moves the car.
pub fn picture(number: usize, frame: u64, width: usize, height: usize) -> Arc<Picture> {
    let mut rgba = vec![255; width * height * 4];
    let shade: (u8, u8, u8) =
        [(96, 112, 128), (58, 72, 84), (128, 130, 118), (70, 66, 84)][number % 4];
    let (w, h) = (width as f32, height as f32);
    let car = (0.15 + (frame % 200) as f32 / 280.0 + number as f32 * 0.05) % 0.9;
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (x as f32 / w, y as f32 / h);
            let mut colour = shade;
            let road = 0.12 + (v - 0.4) * 0.75;
            if v > 0.4 && (u - 0.5).abs() < road {
                colour = (shade.0 / 5 * 3, shade.1 / 5 * 3, shade.2 / 5 * 3);
                if (u - 0.5).abs() < 0.012 + (v - 0.4) * 0.03 && (v * 9.0) % 1.0 < 0.5 {
                    colour = (200, 200, 196);
                }
            }
            if (0.05..0.27).contains(&u) && (0.2..0.56).contains(&v) {
                colour = (44, 52, 62);
                if (0.28..0.37).contains(&v) && (u * 9.0) % 1.0 > 0.6 {
                    colour = (214, 190, 130);
                }
            }
            if (u - car).abs() < 0.08 && (0.60..0.70).contains(&v) {
                colour =
                    [(150, 44, 44), (48, 88, 160), (205, 205, 210), (170, 120, 40)][number % 4];
            }
            if (u - car).abs() < 0.045 && (0.545..0.61).contains(&v) {
                colour = (26, 32, 40);
            }
            let i = (y * width + x) * 4;
            rgba[i] = colour.0;
            rgba[i + 1] = colour.1;
            rgba[i + 2] = colour.2;
        }
    }
    let serial = frame * 100 + number as u64 + 1;
    Arc::new(Picture { width, height, rgba, at: now(), serial })
}

fn covered(start: &str, end: &str, kind: CoverageKind) -> CoverageSpan {
    let time = |t: &str| at(&format!("2026-03-03T{t}+01:00"));
    CoverageSpan { span: WallSpan::new(time(start), time(end)), kind }
}

fn gap(start: &str, end: &str, reason: GapReason) -> Gap {
    let time = |t: &str| at(&format!("2026-03-03T{t}+01:00"));
    Gap { span: WallSpan::new(time(start), time(end)), reason }
}

/// Footage of 3 March: one camera unbroken, one with a lost hour, one on motion, one off since noon.
pub fn timeline(generation: u64, cameras: &[CameraId]) -> TimelineAnswer {
    use CoverageKind::{Continuous, Manual, Motion, Scheduled};
    let offline = GapReason::CameraOffline("No answer from the camera within 10 s.".into());
    let lanes = cameras.iter().map(|camera| {
        let (coverage, gaps) = match NAMES.iter().position(|n| CameraId::from_name(n) == *camera) {
            Some(1) => (
                vec![
                    covered("00:00:00", "11:12:40", Continuous),
                    covered("12:00:00", "17:06:07", Continuous),
                ],
                vec![gap("11:12:40", "12:00:00", offline.clone())],
            ),
            Some(2) => (
                vec![
                    covered("08:10:00", "08:18:00", Motion),
                    covered("09:20:00", "09:41:00", Motion),
                    covered("10:02:00", "10:05:00", Motion),
                    covered("13:50:00", "14:20:00", Manual),
                    covered("15:30:00", "15:52:00", Motion),
                ],
                vec![gap("00:00:00", "08:10:00", GapReason::NotRunning)],
            ),
            Some(3) => (
                vec![
                    covered("00:00:00", "13:12:40", Scheduled),
                    covered("15:00:00", "17:06:07", Scheduled),
                ],
                vec![gap("13:12:40", "15:00:00", GapReason::Disabled)],
            ),
            _ => (vec![covered("00:00:00", "17:06:07", Continuous)], vec![]),
        };
        let number = NAMES.iter().position(|n| CameraId::from_name(n) == *camera);
        marked(Lane::new(camera.clone(), coverage, gaps), number.unwrap_or(0))
    });
    let lanes: Vec<Lane> = lanes.collect();
    let covered = lanes.iter().flat_map(|lane| lane.coverage.iter().map(|item| item.span));
    let union = merging::union(covered.collect(), 0);
    let archive = WallSpan::new(at("2026-01-18T10:00:00+01:00"), now());
    let overview = (0..44).map(|day| {
        let start = archive.start.plus_micros(day * DAY);
        WallSpan::new(start, start.plus_micros(if day % 5 == 2 { 14 * HOUR } else { 22 * HOUR }))
    });
    TimelineAnswer {
        generation,
        span: Some(WallSpan::new(now().plus_micros(-2 * DAY), now().plus_micros(DAY))),
        lanes,
        union,
        archive: Some(archive),
        overview: overview.collect(),
    }
}

/// Motion, locks and bookmarks of 3 March; the first camera's footage from before 2 o'clock goes soon.
fn marked(mut lane: Lane, number: usize) -> Lane {
    let day = at("2026-03-03T00:00:00+01:00");
    let within = |from: i64, to: i64| WallSpan::new(day.plus_micros(from), day.plus_micros(to));
    let busy: &[(i64, i64)] = match number {
        0 => &[(9 * 60 + 5, 70), (12 * 60, 75), (15 * 60 + 5, 60)],
        1 => &[(8 * 60 + 10, 50), (14 * 60 + 30, 40)],
        2 => &[(8 * 60 + 11, 6), (9 * 60 + 21, 18), (10 * 60 + 2, 3), (15 * 60 + 31, 20)],
        _ => &[],
    };
    for (from, minutes) in busy {
        for minute in (0..*minutes).filter(|minute| minute % 7 != 3) {
            let start = (from + minute) * MINUTE;
            // Rises and falls, with some noise.
            let middle = *minutes as f32 / 2.0;
            let hill = 1.0 - (minute as f32 - middle).abs() / middle.max(1.0);
            let noise = ((minute * 37 + from) % 11) as f32 / 11.0;
            let level = (hill * (0.3 + 0.7 * noise) * 900.0) as u16 + 20;
            lane.motion.push(MotionBar { span: within(start, start + MINUTE), level });
        }
    }
    if number == 0 {
        lane.locked = vec![within(9 * HOUR + 22 * MINUTE, 9 * HOUR + 54 * MINUTE)];
        lane.goes_before = Some(day.plus_micros(2 * HOUR));
        let (camera, at) = (lane.camera.clone(), day.plus_micros(16 * HOUR + 20 * MINUTE));
        lane.bookmarks = vec![Bookmark { camera, at, note: "Van at the gate".into() }];
    }
    lane
}

pub fn month(generation: u64, days: &[WallSpan]) -> MonthAnswer {
    let hours = [24, 24, 9, 24, 17, 3, 24];
    let covered = days.iter().enumerate().map(|(i, day)| {
        let part = WallSpan::new(day.start, day.end.min(now())).micros();
        let covered = if day.start >= now() { 0 } else { part.min(hours[i % 7] * HOUR) };
        MonthDay {
            covered,
            motion: covered > 0 && i % 3 != 1,
            incomplete: covered > 0 && i % 7 == 4,
        }
    });
    MonthAnswer { generation, days: covered.collect() }
}

pub fn playback(playhead: WallTime, views: Vec<CameraView>) -> PlaybackSnapshot {
    PlaybackSnapshot {
        playhead,
        playing: false,
        speed: Speed::Normal,
        reverse: false,
        skip_gaps: false,
        skip_to_events: false,
        live: false,
        key_frames_only: false,
        pictures_per_second: 0.0,
        views,
    }
}

pub fn showing(number: usize, frame: u64, width: usize, height: usize) -> CameraView {
    let picture = picture(number, frame, width, height);
    let state = ViewState::Showing { picture, exact: true, damaged: false };
    CameraView { camera: id(number), state }
}

pub fn no_footage(number: usize) -> CameraView {
    let state = ViewState::NoFootage {
        reason: GapReason::Disabled,
        before: Some(at("2026-03-03T13:12:40+01:00")),
        after: Some(at("2026-03-03T15:00:00+01:00")),
    };
    CameraView { camera: id(number), state }
}

/// Three events of the day shown.
pub fn events(generation: u64) -> EventsAnswer {
    let event = |number: usize, start: &str, seconds: i64, peak| {
        let start = at(&format!("2026-03-03T{start}+01:00"));
        let span = WallSpan::new(start, start.plus_micros(seconds * 1_000_000));
        let best = start.plus_micros(seconds * 500_000);
        MotionEvent { camera: id(number), span, peak, area: Area::WHOLE, best }
    };
    let events = vec![
        event(2, "09:20:00", 61, 40),
        event(0, "10:02:11", 12, 310),
        event(0, "14:05:02", 9, 120),
    ];
    EventsAnswer { generation, events, more: false }
}

pub fn marks() -> Marks {
    let mark = |number: usize, time: &str, note: &str| Bookmark {
        camera: id(number),
        at: at(&format!("2026-03-03T{time}+01:00")),
        note: note.into(),
    };
    let lock = Lock {
        camera: id(0),
        span: WallSpan::new(at("2026-03-03T09:24:00+01:00"), at("2026-03-03T09:52:00+01:00")),
        note: "Theft, for the police".into(),
    };
    Marks {
        bookmarks: vec![mark(0, "14:05:07.240", "White van leaves"), mark(2, "09:20:30", "")],
        locks: vec![lock],
    }
}

pub fn plan(query: &ExportQuery) -> ExportPlan {
    ExportPlan {
        generation: query.generation,
        bytes: 1_600_000_000,
        covered: 54 * MINUTE,
        surplus: 1_480_000,
        gaps: vec![(
            id(1),
            WallSpan::new(at("2026-03-03T11:12:40+01:00"), at("2026-03-03T12:00:00+01:00")),
            GapReason::NotRunning,
        )],
        folder: "/var/lib/watchkeeper/exports".into(),
        free: Some(1_329_000_000_000),
        trouble: None,
    }
}

/// One export under way, and one that is done.
pub fn exports() -> Vec<ExportStatus> {
    let span = WallSpan::new(at("2026-03-03T13:26:00+01:00"), at("2026-03-03T14:20:00+01:00"));
    let export = |number: u64, cameras, state| ExportStatus {
        id: number,
        cameras,
        span,
        folder: "/var/lib/watchkeeper/exports".into(),
        state,
    };
    let files = vec!["front-door_2026-03-03_13-26-00_+0100.mp4".into()];
    vec![
        export(1, vec![id(0)], ExportState::Done { files, bytes: 1_600_000_000 }),
        export(2, vec![id(0), id(1)], ExportState::Running { done: 400, total: 1_600 }),
    ]
}

pub fn found() -> Box<FoundStream> {
    Box::new(FoundStream {
        codec: "H.264 High".into(),
        size: (1920, 1080),
        frame_rate_milli: 25_000,
        gop_length: Some(50),
        bit_rate: 3_990_000,
        lost_packets: 0,
        clock_offset: Some(2_500_000),
        has_audio: true,
        first_picture_after: 400_000,
        picture: Some(picture(2, 20, 640, 360)),
        warnings: vec!["Its full pictures are far apart: 2 s.".into()],
    })
}
