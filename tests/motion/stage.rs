//! A stage of 640x360 for synthetic pictures, 5 a second, and the events that the detector finds on it.
//!
//! Must not do: know what the detector is made of.

use watchkeeper::analysis::{Detector, EventBuilder, EventChange, Luma};
use watchkeeper::model::{CameraId, MotionEvent, MotionSettings, WallTime};

pub const WIDTH: usize = 640;
pub const HEIGHT: usize = 360;
/// Pictures a second.
pub const RATE: usize = 5;

/// Begins of all films.
pub const BEGIN: i64 = 1_772_546_400_000_000;

/// When picture `n` is taken.
pub fn at(n: usize) -> WallTime {
    WallTime::from_micros(BEGIN + (n * 1_000_000 / RATE) as i64)
}

/// The picture taken at `at`.
pub fn picture(at: WallTime) -> usize {
    (at.micros_since(WallTime::from_micros(BEGIN)) as usize * RATE).div_ceil(1_000_000)
}

/// Finds events in pictures of [`WIDTH`] by [`HEIGHT`].
pub struct Watch {
    detector: Detector,
    builder: EventBuilder,
    seen: usize,
    pub events: Vec<MotionEvent>,
}

impl Watch {
    pub fn new(settings: &MotionSettings) -> Self {
        let builder = EventBuilder::new(CameraId::from_name("yard"));
        Self { detector: Detector::new(settings), builder, seen: 0, events: Vec::new() }
    }

    pub fn see(&mut self, data: &[u8]) {
        let (width, height) = (WIDTH, HEIGHT);
        let luma = Luma { data, stride: width, width, height, bytes_per_sample: 1 };
        let look = self.detector.look(&luma, at(self.seen));
        if let EventChange::Ended(event) = self.builder.take(at(self.seen), &look) {
            self.events.push(event);
        }
        self.seen += 1;
    }

    pub fn end(mut self) -> Vec<MotionEvent> {
        self.events.extend(self.builder.finish());
        self.events
    }
}

/// Events in `pictures` pictures that `draw` paints.
pub fn watch(
    settings: &MotionSettings,
    pictures: usize,
    mut draw: impl FnMut(usize, &mut Canvas),
) -> Vec<MotionEvent> {
    let (mut watch, mut canvas) = (Watch::new(settings), Canvas::new());
    for n in 0..pictures {
        draw(n, &mut canvas);
        watch.see(&canvas.pixels);
    }
    watch.end()
}

/// A picture that is being painted.
pub struct Canvas {
    pub pixels: Vec<u8>,
    pub dice: fastrand::Rng,
    scene: Vec<u8>,
    noise: Vec<i8>,
}

impl Canvas {
    pub fn new() -> Self {
        let mut dice = fastrand::Rng::with_seed(7);
        // Near enough to normal noise: a sum of even ones, of 2 levels standard deviation.
        let mut grain = || (0..4).map(|_| dice.i8(-3..=3)).sum::<i8>() / 2;
        let noise = (0..2 * WIDTH * HEIGHT).map(|_| grain()).collect();
        let scene = scene(3);
        Self { pixels: scene.clone(), dice, scene, noise }
    }

    /// Another scene from now on.
    pub fn change_scene(&mut self, seed: u64) {
        self.scene = scene(seed);
    }

    /// The scene, clean.
    pub fn stage(&mut self) {
        self.pixels.copy_from_slice(&self.scene);
    }

    /// Noise of a sensor, `times` 2 levels strong.
    pub fn grain(&mut self, times: i16) {
        let start = self.dice.usize(..WIDTH * HEIGHT);
        for (pixel, noise) in self.pixels.iter_mut().zip(&self.noise[start..]) {
            *pixel = (i16::from(*pixel) + times * i16::from(*noise)).clamp(0, 255) as u8;
        }
    }

    /// Every level through a curve.
    pub fn light(&mut self, curve: impl Fn(f32) -> f32) {
        let table: Vec<u8> = (0..=255).map(|n| curve(n as f32).clamp(0.0, 255.0) as u8).collect();
        for pixel in &mut self.pixels {
            *pixel = table[usize::from(*pixel)];
        }
    }

    /// Paints a rectangle through `paint`, which gets a pixel's place and level.
    pub fn area(
        &mut self,
        (left, top): (i64, i64),
        (width, height): (i64, i64),
        mut paint: impl FnMut(usize, usize, u8) -> u8,
    ) {
        for y in top.max(0)..(top + height).min(HEIGHT as i64) {
            for x in left.max(0)..(left + width).min(WIDTH as i64) {
                let pixel = &mut self.pixels[y as usize * WIDTH + x as usize];
                *pixel = paint(x as usize, y as usize, *pixel);
            }
        }
    }

    /// A person of 1 % of the picture, darker than most of the scene, whose left side is at `left`.
    pub fn person(&mut self, left: i64) {
        self.area((left, 180), (36, 64), |x, y, _| 35 + ((x / 9 + y / 16) % 3 * 12) as u8);
    }
}

/// Ground, wall and sky with coarse and fine texture, all of it the same for the same seed.
fn scene(seed: u64) -> Vec<u8> {
    let mut dice = fastrand::Rng::with_seed(seed);
    let blocks: Vec<i16> = (0..64 * 64).map(|_| dice.i16(-14..=14)).collect();
    let bands: Vec<i16> = (0..4).map(|_| dice.i16(80..=200)).collect();
    let paint = |n: usize| {
        let (x, y) = (n % WIDTH, n / WIDTH);
        let band = bands[y * 4 / HEIGHT] + (x / 40) as i16;
        let coarse = blocks[(y / 24 % 64) * 64 + x / 24 % 64];
        let fine = blocks[(y / 3 % 64) * 64 + (x / 2) % 64] / 2;
        (band + coarse + fine).clamp(16, 235) as u8
    };
    (0..WIDTH * HEIGHT).map(paint).collect()
}
