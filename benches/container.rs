//! What the container costs: a fragment each second or two per camera, a `finish` each hour, an open for
//! each segment that somebody looks at, a recovery after a crash.

#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use watchkeeper::container::{
    FragmentCursor, PendingSample, SampleTable, TrackHeader, finish, fragment, init, read, recover,
    swallow_header,
};
use watchkeeper::model::{
    CameraId, MediaTime, RunId, SegmentIdentity, StreamId, StreamKind, WallTime,
};

/// Fragments of 2 seconds in an hour, and samples in each at 25 a second.
const FRAGMENTS: i64 = 1800;
const SAMPLES: i64 = 50;

fn group(number: i64) -> Vec<PendingSample> {
    let sample = |k: i64| PendingSample {
        pts: (number * SAMPLES + k) * 3600,
        size: 40 + (k as u32 * 7919) % 500,
        random_access: k == 0,
    };
    (0..SAMPLES).map(sample).collect()
}

/// An hour with tiny samples: an open file, its table, and the same finished.
fn hour(header: &TrackHeader<'_>) -> (Vec<u8>, SampleTable, Vec<u8>) {
    let mut open = init(header);
    let mut cursor = FragmentCursor::new(open.len(), false);
    let mut table = SampleTable::default();
    for number in 0..FRAGMENTS {
        let made = fragment(&cursor, &group(number), Some((number + 1) * SAMPLES * 3600));
        open.extend_from_slice(&made.header);
        open.resize(made.next.offset as usize, 0);
        table.samples.extend(made.samples);
        table.duration = made.end;
        cursor = made.next;
    }
    let mut finished = open.clone();
    finished.extend(finish(header, &table));
    let (at, slot) = swallow_header(open.len() as u64);
    finished[at as usize..][..slot.len()].copy_from_slice(&slot);
    (open, table, finished)
}

fn container(c: &mut Criterion) {
    let identity = SegmentIdentity {
        stream: StreamId::new(CameraId::from_name("yard"), StreamKind::Main),
        start: WallTime::from_micros(1_772_550_000_000_000),
        run: RunId(1_772_550_000_000_000),
        run_offset: MediaTime::default(),
    };
    let sample_entry = [0; 150];
    let mut avc1 = [&150_u32.to_be_bytes()[..], b"avc1"].concat();
    avc1.extend_from_slice(&sample_entry[8..]);
    let header = TrackHeader {
        sample_entry: &avc1,
        width: 1920,
        height: 1080,
        identity: &identity,
        may_reorder: false,
    };
    let (open, table, finished) = hour(&header);
    let samples = group(1);
    let cursor = FragmentCursor::new(800, false);

    c.bench_function("fragment of 50 samples", |b| {
        b.iter(|| fragment(black_box(&cursor), black_box(&samples), None));
    });
    c.bench_function("finish 90,000 samples", |b| b.iter(|| finish(&header, black_box(&table))));
    c.bench_function("read a finished hour", |b| {
        b.iter(|| read(black_box(&finished)).expect("readable"));
    });
    c.bench_function("read an open hour", |b| b.iter(|| read(black_box(&open)).expect("readable")));
    let torn = &open[..open.len() - 1000];
    c.bench_function("recover a torn hour", |b| {
        b.iter(|| recover(black_box(&torn)).expect("recoverable"));
    });
}

criterion_group!(benches, container);
criterion_main!(benches);
