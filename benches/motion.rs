//! What looking for motion costs a picture, beside its decoding.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use watchkeeper::analysis::{Detector, Luma};
use watchkeeper::model::{MotionSettings, WallTime};

/// Pictures that are shown in turn, each with other noise and somebody elsewhere.
const PICTURES: usize = 8;

fn picture(n: usize, width: usize, height: usize) -> Vec<u8> {
    let mut dice = fastrand::Rng::with_seed(n as u64);
    let person = n * width / PICTURES..n * width / PICTURES + width / 18;
    let level = |at: usize| {
        let (x, y) = (at % width, at / width);
        let somebody = person.contains(&x) && (height / 2..height * 2 / 3).contains(&y);
        let scene = if somebody { 40 } else { 60 + x * 100 / width + y * 60 / height };
        scene as u8 + dice.u8(..8)
    };
    (0..width * height).map(level).collect()
}

fn look(c: &mut Criterion) {
    for (width, height) in [(640, 360), (1920, 1080)] {
        let pictures: Vec<Vec<u8>> = (0..PICTURES).map(|n| picture(n, width, height)).collect();
        let mut detector = Detector::new(&MotionSettings::default());
        let mut at = WallTime::from_micros(1_772_546_400_000_000);
        let mut turn = pictures.iter().cycle();
        let mut next = || {
            at = at.plus_micros(200_000);
            let data = turn.next().map_or(&[][..], Vec::as_slice);
            let luma = Luma { data, stride: width, width, height, bytes_per_sample: 1 };
            detector.look(black_box(&luma), at)
        };
        while next().learning {}
        c.bench_function(&format!("look at {width}x{height}"), |b| b.iter(&mut next));
    }
}

criterion_group!(benches, look);
criterion_main!(benches);
