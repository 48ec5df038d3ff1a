//! What a look at the timeline costs: the answer, the widget and its triangles, for 32 lanes over a year, a day
//! and a minute; and the calendar. A million segments with gaps, and motion on the last ninety days.

#![allow(missing_docs, clippy::expect_used)]

mod hours;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use hours::HOUR;
use watchkeeper::engine::calendar::Calendars;
use watchkeeper::engine::cleaner::StorageReport;
use watchkeeper::engine::offline;
use watchkeeper::engine::recordings::Recordings;
use watchkeeper::engine::timeline::{Surroundings, Timelines};
use watchkeeper::index::{Change, Index};
use watchkeeper::model::{
    Area, CameraId, MotionEvent, SegmentRow, StreamId, StreamKind, WallSpan, WallTime,
};
use watchkeeper::protocol::{Marks, MonthQuery, TimelineAnswer, TimelineQuery};
use watchkeeper::recorder::OpenSegments;
use watchkeeper::storage::Volumes;
use watchkeeper::ui::theme;
use watchkeeper::ui::timeline::{LaneHead, Timeline, View};
use watchkeeper::ui::zone::Zone;

const CAMERAS: usize = 32;
const SEGMENTS: i64 = 31_250;
const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * HOUR;
/// Of the first segment.
const BEGIN: i64 = 1_660_000_000_000_000;
/// Motion events of a camera and day, over so many days.
const EVENTS: i64 = 120;
const EVENT_DAYS: i64 = 90;
const WIDTH: i64 = 1_100;

struct Archive {
    _folder: tempfile::TempDir,
    index: Index,
    recordings: Recordings,
    cameras: Vec<CameraId>,
    now: WallTime,
}

impl Archive {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
        let cameras: Vec<CameraId> =
            (0..CAMERAS).map(|n| CameraId::from_name(&format!("camera {n:02}"))).collect();
        for (number, camera) in cameras.iter().enumerate() {
            let rows: Vec<Change> =
                (0..SEGMENTS).map(|n| Change::PutSegment(row(camera, n))).collect();
            index.apply(&rows).expect("applies");
            let events: Vec<Change> =
                (0..EVENTS * EVENT_DAYS).map(|n| event(camera, n, number)).collect();
            index.apply(&events).expect("applies");
        }
        let recordings = offline::recordings(&index, Volumes::new(), OpenSegments::default());
        let now = WallTime::from_micros(BEGIN + SEGMENTS * HOUR);
        Self { _folder: folder, index, recordings, cameras, now }
    }

    fn query(&self, length: i64, number: u64) -> TimelineQuery {
        let view = self.view(length);
        let span = WallSpan::new(view.start.plus_micros(-length), view.end.plus_micros(length));
        let resolution = (length / WIDTH).max(1);
        TimelineQuery { generation: number, cameras: self.cameras.clone(), span, resolution }
    }

    /// Ends a tenth of its length after now.
    fn view(&self, length: i64) -> WallSpan {
        let end = self.now.plus_micros(length / 10);
        WallSpan::new(end.plus_micros(-length), end)
    }

    fn answer(&self, timelines: &mut Timelines, length: i64) -> TimelineAnswer {
        let (marks, storage) = (Marks::default(), StorageReport::default());
        let around = Surroundings { locks: &[], marks: &marks, storage: &storage, now: self.now };
        timelines.answer(&self.recordings, &self.query(length, 1), around).expect("answers")
    }
}

/// The `n`-th hour of a camera; each seventh one ends five minutes early, each fiftieth one is short.
fn row(camera: &CameraId, n: i64) -> SegmentRow {
    let length = match n {
        n if n % 50 == 49 => MINUTE,
        n if n % 7 == 6 => HOUR - 5 * MINUTE,
        _ => HOUR,
    };
    hours::row(StreamId::new(camera.clone(), StreamKind::Main), BEGIN, n, length)
}

fn event(camera: &CameraId, n: i64, number: usize) -> Change {
    let end = BEGIN + SEGMENTS * HOUR;
    let start =
        WallTime::from_micros(end - EVENT_DAYS * DAY + n * (DAY / EVENTS) + number as i64 * MINUTE);
    let span = WallSpan::new(start, start.plus_micros(20_000_000 + n % 9 * 10_000_000));
    let event = MotionEvent {
        camera: camera.clone(),
        span,
        peak: (n * 37 % 900) as u16 + 10,
        area: Area::WHOLE,
        best: start,
    };
    Change::PutEvent { event, picture: None }
}

/// One frame of a console that shows nothing but the timeline.
fn frame(
    ctx: &egui::Context,
    archive: &Archive,
    answer: &TimelineAnswer,
    length: i64,
) -> egui::FullOutput {
    let zone = Zone::named("Europe/Berlin");
    let heads: Vec<_> =
        archive.cameras.iter().map(|camera| LaneHead { camera, name: camera.as_str() }).collect();
    let view = View {
        span: archive.view(length),
        playhead: archive.now,
        now: archive.now,
        zone: &zone,
        lanes: &heads,
        selected: Some(3),
        range: None,
        range_note: "",
        thumbnail: None,
    };
    let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1_260.0, 400.0));
    let input = egui::RawInput { screen_rect: Some(screen), ..egui::RawInput::default() };
    let mut output = ctx.run_ui(input, |ui| {
        Timeline::new(answer, view).ui(ui);
    });
    output.textures_delta.clear();
    output
}

fn timelines(c: &mut Criterion) {
    let archive = Archive::new();
    let ctx = egui::Context::default();
    theme::apply(&ctx);
    ctx.run_ui(egui::RawInput::default(), |_| {}).textures_delta.clear();
    for (name, length) in [("a year", 365 * DAY), ("a day", DAY), ("a minute", MINUTE)] {
        let mut group = c.benchmark_group(name);
        group.sample_size(10);
        group.bench_function("answer, cold", |b| {
            b.iter(|| black_box(archive.answer(&mut Timelines::default(), length)));
        });
        group.sample_size(30);
        let mut known = Timelines::default();
        group.bench_function("answer, warm", |b| {
            b.iter(|| black_box(archive.answer(&mut known, length)));
        });
        let answer = archive.answer(&mut known, length);
        group.bench_function("widget to shapes", |b| {
            b.iter(|| black_box(frame(&ctx, &archive, &answer, length)));
        });
        let output = frame(&ctx, &archive, &answer, length);
        group.bench_function("tessellation", |b| {
            b.iter_batched(
                || output.shapes.clone(),
                |shapes| black_box(ctx.tessellate(shapes, output.pixels_per_point)),
                criterion::BatchSize::SmallInput,
            );
        });
        let sweep: Vec<Change> = archive
            .cameras
            .iter()
            .map(|camera| Change::PutSegment(row(camera, SEGMENTS - 1)))
            .collect();
        group.bench_function("answer, after a sweep of all cameras", |b| {
            b.iter_batched(
                || archive.index.apply(&sweep).expect("applies"),
                |()| black_box(archive.answer(&mut known, length)),
                criterion::BatchSize::PerIteration,
            );
        });
        group.finish();
    }
    months(c, &archive);
}

fn months(c: &mut Criterion, archive: &Archive) {
    let first = archive.now.plus_micros(-40 * DAY);
    let start = |n: i64| first.plus_micros(n * DAY);
    let days = (0..42).map(|n| WallSpan::new(start(n), start(n + 1))).collect();
    let query = MonthQuery { generation: 1, cameras: archive.cameras.clone(), days };
    let mut group = c.benchmark_group("a month");
    group.sample_size(10);
    group.bench_function("cold", |b| {
        b.iter(|| {
            let mut calendars = Calendars::default();
            black_box(calendars.answer(&archive.recordings, &query, archive.now).expect("answers"))
        });
    });
    let mut known = Calendars::default();
    group.bench_function("warm", |b| {
        b.iter(|| {
            black_box(known.answer(&archive.recordings, &query, archive.now).expect("answers"))
        });
    });
    group.finish();
}

criterion_group!(benches, timelines);
criterion_main!(benches);
