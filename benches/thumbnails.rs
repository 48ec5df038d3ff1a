//! What a small picture costs: made of a random access point of a sub stream and of a main stream, kept, and
//! found again. Needs `ffmpeg`.

#![allow(missing_docs, clippy::expect_used)]

#[path = "../tests/footage/mod.rs"]
mod footage;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use footage::{Film, GOP};
use watchkeeper::analysis::ThumbnailMaker;
use watchkeeper::codec::{decode_jpeg, open_decoder};
use watchkeeper::index::{NewThumbnail, ThumbnailWriter};
use watchkeeper::model::{CameraId, WallTime};

/// A day of pictures, one in ten seconds.
const PICTURES: i64 = 8_640;

fn ten_seconds(n: i64) -> WallTime {
    WallTime::from_micros(1_772_546_400_000_000 + n * 10_000_000)
}

fn make(c: &mut Criterion) {
    for (size, rate) in [("640x360", "500k"), ("1920x1080", "4M"), ("3840x2160", "8M")] {
        let film = Film::at_rate(size, 2 * GOP, rate);
        let unit = &film.units[GOP];
        assert!(unit.random_access);
        let mut maker = ThumbnailMaker::default();
        let jpeg = maker.jpeg(&film.parameters, &unit.data).expect("a picture");
        println!("{size}: {} bytes of H.264, {} bytes of JPEG", unit.data.len(), jpeg.len());
        c.bench_function(&format!("make of {size}"), |b| {
            b.iter(|| maker.jpeg(&film.parameters, black_box(&unit.data)).expect("a picture"));
        });
        c.bench_function(&format!("open a decoder of {size}"), |b| {
            b.iter(|| open_decoder(black_box(&film.parameters)).expect("a decoder"));
        });
    }
}

fn keep(c: &mut Criterion) {
    let film = Film::encode("640x360", GOP, &["-bf", "0", "-b:v", "500k"]);
    let jpeg = ThumbnailMaker::default().jpeg(&film.parameters, &film.units[0].data);
    let jpeg = jpeg.expect("a picture");
    c.bench_function("decode a JPEG", |b| b.iter(|| decode_jpeg(black_box(&jpeg)).expect("ours")));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("thumbnails.redb");
    let writer = ThumbnailWriter::open(&path).0;
    let reader = writer.reader();
    let camera = CameraId::from_name("yard");
    let picture =
        |n| NewThumbnail { camera: camera.clone(), at: ten_seconds(n), jpeg: jpeg.clone() };
    writer.put(&(0..PICTURES).map(picture).collect::<Vec<_>>()).expect("kept");
    writer.sync().expect("synced");
    let file = std::fs::metadata(&path).expect("a file").len();
    println!("a day: {} bytes counted, {file} bytes of file", reader.usage());
    let mut dice = fastrand::Rng::with_seed(1);
    c.bench_function("find the nearest of a day", |b| {
        b.iter(|| reader.nearest(&camera, ten_seconds(dice.i64(0..PICTURES))).expect("read"));
    });
    let mut n = PICTURES;
    c.bench_function("keep one", |b| {
        b.iter(|| {
            n += 1;
            writer.put(&[picture(n)]).expect("kept");
        });
    });
}

criterion_group!(benches, make, keep);
criterion_main!(benches);
