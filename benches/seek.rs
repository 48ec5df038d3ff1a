//! What a seek costs in 1080p25 with a random access point every 2 s: the first picture, the exact one, and
//! the share of each stage. Needs `ffmpeg`.

#![allow(missing_docs, clippy::expect_used)]

#[path = "../tests/footage/mod.rs"]
mod footage;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use footage::{Archive, FPS, Film, GOP};
use watchkeeper::codec::{Converter, Frame, open_decoder};
use watchkeeper::model::{CameraId, StreamId, StreamKind, WallTime};
use watchkeeper::playback::{LoadedSegment, exact_picture};

/// Frames of the film, which is repeated to fill the segment.
const FRAMES: usize = 4 * GOP;

/// Frames of the segment: five minutes, of 4 Mbit/s. An hour's table takes longer in proportion, once.
const SEGMENT: usize = 300 * FPS;

/// A whole HD picture, a quarter of the window, one of sixteen.
const TILES: [(usize, usize); 3] = [(1920, 1080), (960, 540), (480, 270)];

fn start() -> WallTime {
    WallTime::from_micros(1_772_546_400_000_000)
}

/// In the middle of the segment, `frames` after a random access point.
fn moment(frames: usize) -> WallTime {
    start().plus_micros(((SEGMENT / 2 + frames) * 40_000) as i64)
}

fn stream() -> StreamId {
    StreamId::new(CameraId::from_name("yard"), StreamKind::Main)
}

/// Decodes up to the sample shown at `at`, as a player does after a seek.
fn decode(segment: &LoadedSegment, at: WallTime) -> Frame {
    let target = segment.shown_at(at).expect("footage");
    let from = segment.walk.start_for(target).expect("a random access point");
    let mut decoder = open_decoder(&segment.parameters).expect("a decoder");
    let (mut unit, mut frames) = (Vec::new(), Vec::new());
    for info in &segment.walk.samples()[from..=target] {
        frames.drain(..).for_each(|frame| decoder.recycle(frame));
        segment.read(info, &mut unit).expect("readable");
        decoder.decode(&unit, info.pts, &mut frames).expect("decodes");
    }
    frames.pop().expect("a frame")
}

fn seek(c: &mut Criterion) {
    let film = Film::at_rate("1920x1080", FRAMES, "4M");
    let archive = Archive::new();
    let units: Vec<usize> = (0..SEGMENT).map(|n| n % FRAMES).collect();
    let row = archive.write(&stream(), start(), &film, &units);
    let footage = archive.footage();
    let camera = stream().camera;
    let segment = footage.load(&row).expect("readable");

    let mut stages = c.benchmark_group("seek 1080p25");
    stages.sample_size(20);
    stages.bench_function("locate: ask the index", |b| {
        b.iter(|| footage.find(&camera, black_box(moment(24))).expect("found"));
    });
    stages.bench_function("locate: read the table of 5 minutes, once", |b| {
        b.iter_batched(
            || archive.footage(),
            |footage| footage.load(&row).expect("readable"),
            BatchSize::PerIteration,
        );
    });
    stages.bench_function("read: 25 samples", |b| {
        let target = segment.shown_at(moment(24)).expect("footage");
        let mut unit = Vec::new();
        b.iter(|| {
            for info in &segment.walk.samples()[target - 24..=target] {
                segment.read(info, &mut unit).expect("readable");
            }
        });
    });
    for (name, frames) in [("first picture", 0), ("exact, 1 s on", 24), ("exact, 2 s on", 49)] {
        stages.bench_function(format!("decode: {name}"), |b| {
            b.iter(|| decode(&segment, moment(frames)));
        });
        stages.bench_function(format!("all stages, quarter tile: {name}"), |b| {
            let mut converter = Converter::new();
            b.iter(|| {
                let row = footage.find(&camera, moment(frames)).expect("index").expect("footage");
                let segment: Arc<LoadedSegment> = footage.load(&row).expect("readable");
                let frame = decode(&segment, moment(frames));
                let video = &segment.parameters.video;
                converter.convert(&frame, video, TILES[1], Vec::new()).expect("converts")
            });
        });
    }
    stages.bench_function("snapshot, 1 s on", |b| {
        b.iter(|| exact_picture(&footage, &camera, moment(24)).expect("a picture"));
    });
    stages.finish();

    let frame = decode(&segment, moment(0));
    let mut group = c.benchmark_group("convert 1080p");
    for tile in TILES {
        group.bench_function(format!("to {}x{}", tile.0, tile.1), |b| {
            let (mut converter, mut buffer) = (Converter::new(), Vec::new());
            b.iter(|| {
                let video = &segment.parameters.video;
                let pixels = converter.convert(&frame, video, tile, std::mem::take(&mut buffer));
                buffer = black_box(pixels.expect("converts")).rgba;
            });
        });
    }
    group.finish();
}

criterion_group!(benches, seek);
criterion_main!(benches);
