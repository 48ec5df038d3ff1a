//! The motion detector on real footage and on scenes made to mislead it. Prints its figures. Needs `ffmpeg`
//! and Debian's `opencv-doc`.

#![allow(missing_docs, clippy::expect_used)]

mod coded;
mod footage;
mod stage;

use std::ops::Range;

use stage::{Canvas, RATE, Watch, at, picture, watch};
use watchkeeper::model::{MotionEvent, MotionSettings, MotionZone, ZoneKind};

/// Two minutes.
const LONG: usize = 120 * RATE;
/// When somebody crosses in scenes where somebody does: 10 s long.
const CROSSING: Range<usize> = 80 * RATE..90 * RATE;

/// Somebody who walks in from the left and out on the right, if it is time.
fn cross(n: usize, canvas: &mut Canvas) {
    if CROSSING.contains(&n) {
        canvas.person(((n - CROSSING.start) * 700 / CROSSING.len()) as i64 - 36);
    }
}

/// That `draw` alone shows no motion, and a person who crosses is found, once.
fn check(name: &str, mut draw: impl FnMut(usize, &mut Canvas, fn(usize, &mut Canvas))) {
    let settings = MotionSettings::default();
    let none = watch(&settings, LONG, |n, canvas| draw(n, canvas, |_, _| {}));
    let found = watch(&settings, LONG, |n, canvas| draw(n, canvas, cross));
    report(name, &none, &found);
}

fn report(name: &str, none: &[MotionEvent], found: &[MotionEvent]) {
    let pictures = |event: &MotionEvent| picture(event.span.start)..picture(event.span.end);
    let spans = |events: &[MotionEvent]| events.iter().map(pictures).collect::<Vec<_>>();
    println!("{name}: {:?} without anybody, {:?} with a person", spans(none), spans(found));
    assert!(none.is_empty(), "{name}: {none:#?}");
    let [event] = found else { panic!("{name}: {found:#?}") };
    assert!(event.span.start <= at(CROSSING.start + 2 * RATE), "{name}: late: {event:?}");
    assert!(event.span.end >= at(CROSSING.end - 2 * RATE), "{name}: lost: {event:?}");
    assert!(event.area.left < 200 && event.area.right > 800, "{name}: {event:?}");
    assert!((6..=30).contains(&event.peak), "{name}: {event:?}");
}

#[test]
fn a_still_scene_with_noise() {
    for strength in [1, 3] {
        check(&format!("noise of {} levels", 2 * strength), |n, canvas, more| {
            canvas.stage();
            more(n, canvas);
            canvas.grain(strength);
        });
    }
}

#[test]
fn steps_of_brightness() {
    check("steps", |n, canvas, more| {
        canvas.stage();
        more(n, canvas);
        // Each 7 s: brighter into white, darker, and curves as cameras have them.
        canvas.light(|level| match n / (7 * RATE) % 6 {
            0 => level,
            1 => level * 1.3 + 10.0,
            2 => level * 0.6,
            3 => 255.0 * (level / 255.0).powf(0.7),
            4 => level + 30.0,
            _ => level * 0.4 + 20.0,
        });
        canvas.grain(1);
    });
}

#[test]
fn ramps_of_brightness() {
    check("ramps", |n, canvas, more| {
        canvas.stage();
        more(n, canvas);
        // Down to a third and up again, within 12 s.
        let phase = (n % (12 * RATE)) as f32 / (12 * RATE) as f32;
        let gain = 1.0 - 0.67 * (1.0 - (2.0 * phase - 1.0).abs());
        canvas.light(|level| gain * level);
        canvas.grain(1);
    });
}

#[test]
fn a_lamp_that_flickers() {
    for kind in ["on and off", "any level"] {
        check(&format!("lamp {kind}"), |n, canvas, more| {
            canvas.stage();
            more(n, canvas);
            let light = match kind {
                "any level" => canvas.dice.u8(0..100),
                _ => 100 * u8::from(canvas.dice.bool()),
            };
            canvas.area((400, 60), (60, 36), |_, _, level| level.saturating_add(light));
            canvas.grain(1);
        });
    }
}

#[test]
fn a_lamp_that_begins_to_flicker_is_soon_known() {
    let events = watch(&MotionSettings::default(), LONG, |n, canvas| {
        canvas.stage();
        let light = if n < 30 * RATE { 0 } else { canvas.dice.u8(0..100) };
        canvas.area((400, 60), (60, 36), |_, _, level| level.saturating_add(light));
        canvas.grain(1);
    });
    let seconds: Vec<_> = events.iter().map(|event| event.span.micros() / 1_000_000).collect();
    println!("a lamp that begins to flicker: events of {seconds:?} s in 90 s");
    assert!(seconds.len() <= 1 && seconds.iter().sum::<i64>() <= 30, "{events:#?}");
}

#[test]
fn pumping_at_key_frames() {
    let mut shifts = Vec::new();
    check("pumping", |n, canvas, more| {
        canvas.stage();
        more(n, canvas);
        canvas.grain(1);
        if n % (2 * RATE) == 0 {
            let dice = &mut canvas.dice;
            shifts = (0..40 * 23).map(|_| dice.i16(-5..=5)).collect();
        }
        let whole = if n % (2 * RATE) == 0 { 4 } else { 0 };
        canvas.area((0, 0), (640, 360), |x, y, level| {
            let level = i16::from(level) + shifts[y / 16 * 40 + x / 16] + whole;
            level.clamp(0, 255) as u8
        });
    });
}

#[test]
fn coded_at_a_low_bit_rate() {
    let watch_coded = |crossing: fn(usize, &mut Canvas), bits: &str| {
        let mut canvas = Canvas::new();
        // Coded at 15 pictures a second, of which each third is looked at.
        let pictures = coded::through_h264(3 * LONG, bits, |n, pixels| {
            canvas.stage();
            crossing(n / 3, &mut canvas);
            canvas.grain(2);
            pixels.copy_from_slice(&canvas.pixels);
        });
        let mut watch = Watch::new(&MotionSettings::default());
        pictures.iter().step_by(3).for_each(|picture| watch.see(picture));
        watch.end()
    };
    for bits in ["100k", "300k"] {
        let none = watch_coded(|_, _| {}, bits);
        report(&format!("H.264 of {bits}"), &none, &watch_coded(cross, bits));
    }
}

#[test]
fn a_camera_that_switches_to_night() {
    check("night switch", |n, canvas, more| {
        let night = n >= 60 * RATE;
        canvas.change_scene(if night { 11 } else { 3 });
        canvas.stage();
        if night {
            canvas.light(|level| 40.0 + (level - 110.0).abs());
        }
        more(n, canvas);
        canvas.grain(if night { 4 } else { 1 });
    });
}

/// A swaying tree, somebody if it is time, and rain with `near` streaks close to the lens.
fn weather(n: usize, canvas: &mut Canvas, near: usize, more: impl Fn(usize, &mut Canvas)) {
    canvas.stage();
    sway(n, canvas);
    more(n, canvas);
    rain(canvas, near);
    canvas.grain(1);
}

/// Events in ten minutes of weather without anybody, told as a rate.
fn false_events(name: &str, settings: &MotionSettings, near: usize) -> usize {
    let pictures = 600 * RATE;
    let events = watch(settings, pictures, |n, canvas| weather(n, canvas, near, |_, _| {}));
    let micros: i64 = events.iter().map(|event| event.span.micros()).sum();
    let share = 100 * micros / at(pictures).micros_since(at(0));
    println!("{name}: {} false events an hour, {share} % of the time", 6 * events.len());
    events.len()
}

#[test]
fn rain_and_leaves() {
    let ignore = MotionZone {
        kind: ZoneKind::Ignore,
        corners: vec![(580, 0), (1_000, 0), (1_000, 500), (580, 500)],
    };
    let whole = MotionSettings::default();
    let ignoring = MotionSettings { zones: vec![ignore], ..whole.clone() };
    false_events("rain and leaves", &whole, 0);
    assert_eq!(false_events("rain and leaves, the tree ignored", &ignoring, 0), 0);
    for near in [3, 20] {
        false_events(&format!("and {near} streaks close to the lens"), &ignoring, near);
    }
    for settings in [&whole, &ignoring] {
        let events = watch(settings, LONG, |n, canvas| weather(n, canvas, 0, cross));
        let seen = |event: &MotionEvent| {
            event.span.start <= at(CROSSING.start + 2 * RATE)
                && event.span.end >= at(CROSSING.end - 2 * RATE)
        };
        assert!(events.iter().any(seen), "{settings:?}: {events:#?}");
    }
}

/// A tree whose leaves swing by some pixels, in gusts.
fn sway(n: usize, canvas: &mut Canvas) {
    let time = n as f32 / RATE as f32;
    let gust = 3.0 + 3.0 * (time / 7.0).sin() + 6.0 * (time / 31.0).sin().max(0.0);
    let place = gust * (time * 2.1).sin() + 1.5 * (time * 7.3).sin();
    canvas.area((400, 20), (220, 140), |x, y, _| {
        let moved = (x as f32 + place * (1.0 + (y as f32 / 23.0).sin())) as usize;
        let leaf = (moved / 5 * 7 + y / 6 * 13) % 11;
        50 + (leaf * 9) as u8
    });
}

/// Bright streaks, elsewhere in every picture: 200 far ones, and `near` close to the lens.
fn rain(canvas: &mut Canvas, near: usize) {
    for n in 0..200 + near {
        let (x, y) = (canvas.dice.i64(0..640), canvas.dice.i64(-20..360));
        let (width, length) = if n < near { (3, 90) } else { (1, canvas.dice.i64(10..40)) };
        canvas.area((x, y), (width, length), |_, _, level| level.saturating_add(60));
    }
}

/// Part of the film's picture.
struct Place {
    name: &'static str,
    /// In thousandths.
    left: u16,
    top: u16,
    right: u16,
    bottom: u16,
    /// The smallest size that counts there.
    min_size: u16,
}

const WHOLE: Place =
    Place { name: "whole picture", left: 0, top: 0, right: 1_000, bottom: 1_000, min_size: 2 };
/// Crossed once, from 53 s to 69 s.
const LAWN: Place =
    Place { name: "lawn", left: 0, top: 700, right: 500, bottom: 1_000, min_size: 2 };
/// Far away: one person of a thousandth of the picture, from 11 s to 17 s.
const MEADOW: Place =
    Place { name: "meadow behind", left: 0, top: 130, right: 250, bottom: 260, min_size: 1 };

impl Place {
    fn zone(&self) -> MotionZone {
        let Self { left, top, right, bottom, .. } = *self;
        let corners = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
        MotionZone { kind: ZoneKind::Include, corners }
    }

    fn contains(&self, x: u16, y: u16) -> bool {
        (self.left..self.right).contains(&x) && (self.top..self.bottom).contains(&y)
    }
}

#[test]
fn people_in_a_public_place() {
    let pictures = footage::pictures();
    let places = [WHOLE, LAWN, MEADOW];
    let truth = footage::truth(&places.each_ref().map(|place| |x, y| place.contains(x, y)));
    // 10 s to learn.
    let judged = 10 * RATE..pictures.len();
    for (place, somebody) in places.iter().zip(truth) {
        let zones = vec![place.zone()];
        let settings = MotionSettings { min_size: place.min_size, zones, ..Default::default() };
        let mut watch = Watch::new(&settings);
        pictures.iter().for_each(|picture| watch.see(picture));
        let events = watch.end();
        let spans = events.iter().map(|event| event.span.start..=event.span.end);
        let spans: Vec<_> = spans.collect();
        let found = |n: usize| spans.iter().any(|span| span.contains(&at(n)));
        let count = |what: &dyn Fn(usize) -> bool| judged.clone().filter(|n| what(*n)).count();
        let people = count(&|n| somebody[n]);
        let both = count(&|n| somebody[n] && found(n));
        let (recall, precision) = (both as f64 / people as f64, both as f64 / count(&found) as f64);
        let changes = judged.clone().skip(1).filter(|n| found(*n) != found(n - 1)).count();
        let a_minute = (changes * 60 * RATE) as f64 / judged.len() as f64;
        println!(
            "{}: somebody in {people} of {} pictures; recall {:.1} %, precision {:.1} %, \
             {} events, {a_minute:.1} boundaries a minute",
            place.name,
            judged.len(),
            100.0 * recall,
            100.0 * precision,
            events.len(),
        );
        assert!(recall >= if place.min_size == 1 { 0.9 } else { 0.95 }, "{}", place.name);
        assert!(precision >= 0.95, "{}", place.name);
        // Each stay is one event, so nobody has more boundaries than there are comings and goings.
        let truly = judged.clone().skip(1).filter(|n| somebody[*n] != somebody[n - 1]).count();
        assert!(changes <= truly, "{}: {changes} boundaries for {truly}", place.name);
    }
}
