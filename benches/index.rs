//! What the index costs: changes, one moment among a million segments, coverage of a year of 32 cameras.

#![allow(missing_docs, clippy::expect_used)]

mod hours;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use hours::HOUR;
use watchkeeper::index::{Change, Index, IndexReader};
use watchkeeper::model::{SegmentRow, StreamId, StreamKind, WallSpan, WallTime};

const CAMERAS: usize = 32;
const BEGIN: i64 = 1_772_550_000_000_000;

fn stream(camera: usize) -> StreamId {
    let camera = format!("camera-{camera:02}").parse().expect("an identity");
    StreamId::new(camera, StreamKind::Main)
}

/// The `n`-th hour of a camera; each seventh one ends five minutes early.
fn row(camera: usize, n: i64) -> SegmentRow {
    let length = if n % 7 == 6 { HOUR - 300_000_000 } else { HOUR };
    hours::row(stream(camera), BEGIN, n, length)
}

/// An index with `hours` segments of each camera.
fn filled(folder: &tempfile::TempDir, hours: i64) -> Index {
    let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
    for camera in 0..CAMERAS {
        let rows: Vec<Change> = (0..hours).map(|n| Change::PutSegment(row(camera, n))).collect();
        index.apply(&rows).expect("applies");
    }
    index
}

fn year(reader: &IndexReader, resolution: i64) -> usize {
    let span =
        WallSpan::new(WallTime::from_micros(BEGIN), WallTime::from_micros(BEGIN + 9_000 * HOUR));
    (0..CAMERAS)
        .map(|camera| {
            reader.coverage(&stream(camera).camera, span, resolution).expect("reads").len()
        })
        .sum()
}

fn changes(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
    let mut n = 0;
    c.bench_function("apply: one sweep of 32 open segments, durable", |b| {
        b.iter(|| {
            let rows: Vec<Change> =
                (0..CAMERAS).map(|camera| Change::PutSegment(row(camera, n / 720))).collect();
            n += 1;
            index.apply(&rows).expect("applies");
        });
    });
}

fn year_of_32(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let index = filled(&folder, 9_000);
    let reader = index.reader();
    c.bench_function("coverage: 32 cameras, one year, a pixel each 4 hours", |b| {
        b.iter(|| black_box(year(&reader, 4 * HOUR)));
    });
    c.bench_function("coverage: 32 cameras, one year, every gap", |b| {
        b.iter(|| black_box(year(&reader, 0)));
    });
}

fn a_million(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let index = filled(&folder, 31_250);
    let reader = index.reader();
    let mut n = 0;
    c.bench_function("segment_at: one of a million", |b| {
        b.iter(|| {
            n = (n + 7_919) % 31_250;
            let at = WallTime::from_micros(BEGIN + n * HOUR + 99);
            let stream = stream((n % 32) as usize);
            assert!(reader.segment_at(&stream, at).expect("reads").is_some());
        });
    });
    c.bench_function("archive: of a million", |b| b.iter(|| black_box(reader.archive())));
    drop((index, reader));
    let mut group = c.benchmark_group("a million");
    group.sample_size(10);
    group.bench_function("open, every page checked", |b| {
        b.iter(|| Index::open(folder.path().join("index.redb")).expect("opens"));
    });
    group.finish();
}

criterion_group!(benches, changes, year_of_32, a_million);
criterion_main!(benches);
