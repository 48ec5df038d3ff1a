//! Properties of the timeline's pure parts: axis, zoom and labels.

use proptest::prelude::*;
use watchkeeper::model::{WallSpan, WallTime};
use watchkeeper::ui::timeline::axis::{self, Axis, CLOSEST, WIDEST};
use watchkeeper::ui::timeline::interact::{
    Gesture, Grip, Hold, Surroundings, Wish, hold, interact,
};
use watchkeeper::ui::timeline::ticks::{LABEL_GAP, breaks, ticks};
use watchkeeper::ui::zone::Zone;

/// From 1990 to 2050, in microseconds.
const TIMES: std::ops::Range<i64> = 631_152_000_000_000..2_524_608_000_000_000;

const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "UTC",
];

/// Spans of all orders of magnitude.
fn spans() -> impl Strategy<Value = WallSpan> {
    let exponent = (CLOSEST as f64).log2()..(WIDEST as f64).log2();
    (TIMES, exponent).prop_map(|(start, exponent)| {
        let start = WallTime::from_micros(start);
        WallSpan::new(start, start.plus_micros(exponent.exp2() as i64))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn time_to_x_to_time_is_identity(span in spans(), width in 50.0f32..5000.0, part in 0.0f64..1.0) {
        let axis = Axis::new(span, width);
        let at = span.start.plus_micros((span.micros() as f64 * part) as i64);
        prop_assert_eq!(axis.time_at(axis.x_of(at)), at);
    }

    #[test]
    fn x_grows_with_time(span in spans(), width in 50.0f32..5000.0, a in -1.0f64..2.0, b in -1.0f64..2.0) {
        let axis = Axis::new(span, width);
        let at = |part: f64| span.start.plus_micros((span.micros() as f64 * part) as i64);
        let (early, late) = if at(a) <= at(b) { (a, b) } else { (b, a) };
        prop_assert!(axis.x_of(at(early)) <= axis.x_of(at(late)));
    }

    #[test]
    fn zoom_keeps_the_time_under_the_pointer(
        span in spans(), width in 50.0f32..5000.0, part in 0.0f64..1.0, factor in 0.1f64..10.0,
    ) {
        let before = Axis::new(span, width);
        let x = before.width() * part;
        let anchor = before.time_at(x);
        let after = Axis::new(axis::zoom(span, factor, anchor), width);
        prop_assert!((after.x_of(anchor) - x).abs() < 0.01, "{} {}", after.x_of(anchor), x);
        prop_assert!((CLOSEST..=WIDEST).contains(&after.span().micros()));
    }

    #[test]
    fn zoom_there_and_back_returns(span in spans(), factor in 1.0f64..4.0, part in 0.0f64..1.0) {
        prop_assume!(span.micros() < WIDEST / 4);
        let anchor = span.start.plus_micros((span.micros() as f64 * part) as i64);
        let there = axis::zoom(span, factor, anchor);
        let back = axis::zoom(there, 1.0 / factor, anchor);
        prop_assert!(back.start.micros_since(span.start).abs() <= 8);
        prop_assert!(back.end.micros_since(span.end).abs() <= 8);
    }

    #[test]
    fn a_panned_view_touches_its_limits(span in spans(), by in -WIDEST..WIDEST) {
        let limits = WallSpan::new(span.start, span.start.plus_micros(span.micros() / 2));
        let moved = axis::keep_within(axis::pan(span, by), limits);
        prop_assert_eq!(moved.micros(), span.micros());
        prop_assert!(moved.start <= limits.end && limits.start <= moved.end);
    }

    #[test]
    fn labels_never_overlap(span in spans(), width in 200.0f32..3000.0, zone in 0usize..6) {
        let axis = Axis::new(span, width);
        let ticks = ticks(&axis, &Zone::named(ZONES[zone]));
        let labelled: Vec<_> = ticks.iter().filter(|t| !t.label.is_empty()).collect();
        for pair in labelled.windows(2) {
            prop_assert!(
                pair[0].label_end() + LABEL_GAP <= pair[1].x + 0.001,
                "{:?} and {:?}", pair[0], pair[1]
            );
        }
    }

    #[test]
    fn ticks_are_visible_ordered_and_few(span in spans(), width in 200.0f32..3000.0, zone in 0usize..6) {
        let axis = Axis::new(span, width);
        let ticks = ticks(&axis, &Zone::named(ZONES[zone]));
        prop_assert!(ticks.iter().all(|t| span.contains(t.at)));
        prop_assert!(ticks.windows(2).all(|w| w[0].at < w[1].at));
        prop_assert!(ticks.len() <= 700, "{}", ticks.len());
    }

    #[test]
    fn a_wide_ruler_is_never_without_a_label(span in spans(), zone in 0usize..6) {
        prop_assume!(span.micros() > 2 * CLOSEST);
        let axis = Axis::new(span, 900.0);
        let ticks = ticks(&axis, &Zone::named(ZONES[zone]));
        prop_assert!(ticks.iter().any(|t| !t.label.is_empty()));
    }

    #[test]
    fn days_tile_time(start in TIMES, zone in 0usize..6) {
        let zone = Zone::named(ZONES[zone]);
        let at = WallTime::from_micros(start);
        let day = zone.day_span(at);
        prop_assert!(day.contains(at), "{day:?} {at}");
        prop_assert_eq!(zone.day_span(day.end).start, day.end);
    }

    #[test]
    fn every_gesture_leaves_a_view_that_shows_some_of_the_archive(
        span in spans(), width in 50.0f32..5000.0, x in -100.0f64..5000.0, amount in -900.0f64..900.0,
        which in 0usize..6, archive in spans(),
    ) {
        let axis = Axis::new(span, width);
        let around = Surroundings { playhead: archive.start, limits: archive };
        let gesture = [
            Gesture::Pan(amount),
            Gesture::Wheel { x, amount },
            Gesture::Minimap(x / 1_000.0),
            Gesture::ZoomIn,
            Gesture::ZoomOut,
            Gesture::Scrub(x),
        ][which];
        match interact(&axis, around, gesture) {
            Wish::View(view) => {
                prop_assert!((CLOSEST..=WIDEST).contains(&view.micros()));
                prop_assert!(view.start <= archive.end && archive.start <= view.end);
            }
            Wish::Seek { at, .. } => prop_assert!(archive.start <= at && at <= archive.end),
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn a_range_lies_in_the_archive_and_keeps_the_end_that_is_not_held(
        span in spans(), width in 50.0f32..5000.0, from in 0.0f64..1.0, to in -1.0f64..2.0, shift: bool,
    ) {
        let axis = Axis::new(span, width);
        let around = Surroundings { playhead: span.start, limits: span };
        let range = WallSpan::new(span.start, axis.time_at(axis.width() * from));
        let x = axis.x_of(range.end);
        let held = hold(&axis, span, Some(range), Grip::Lanes, x, shift);
        let Hold::Range(anchor) = held else { panic!("an end: {held:?}") };
        if shift {
            prop_assert_eq!(anchor, axis.time_at(x), "a new one begins here");
        } else {
            prop_assert!(anchor == range.start || anchor == range.end);
        }
        let gesture = Gesture::Range { anchor, x: axis.width() * to };
        match interact(&axis, around, gesture) {
            Wish::Range(Some(new)) => {
                prop_assert!(new.start == anchor || new.end == anchor);
                prop_assert!(span.start <= new.start && new.end <= span.end && !new.is_empty());
            }
            Wish::Range(None) => {}
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn the_frame_of_the_minimap_stays_under_the_hand(
        archive in spans(), part in 0.2f64..0.8, size in 0.01f64..0.3, off in 0.0f64..1.0, by in -0.1f64..0.1,
    ) {
        prop_assume!(archive.micros() > 1_000 * CLOSEST);
        let length = ((archive.micros() as f64 * size) as i64).max(CLOSEST);
        let start = archive.start.plus_micros((archive.micros() as f64 * part) as i64);
        let axis = Axis::new(WallSpan::new(start, start.plus_micros(length)), 900.0);
        let at = |micros: i64| micros as f64 / archive.micros() as f64;
        let press = at(start.micros_since(archive.start)) + off * at(length) * 0.999;
        let held = hold(&axis, archive, None, Grip::Minimap(press), 0.0, false);
        let Hold::Minimap(grip) = held else { panic!("the frame: {held:?}") };
        let around = Surroundings { playhead: start, limits: archive };
        let Wish::View(view) = interact(&axis, around, Gesture::Minimap(press + by - grip)) else {
            panic!("a view")
        };
        prop_assume!(press + by - grip > 0.0 && press + by - grip < 1.0);
        let moved = at(view.start.micros_since(start));
        prop_assert!((moved - by).abs() < 0.001 || view == axis::keep_within(view, archive), "{moved} {by}");
    }

    #[test]
    fn clocks_that_change_make_breaks(start in TIMES, zone in 0usize..6) {
        let zone = Zone::named(ZONES[zone]);
        let start = WallTime::from_micros(start);
        let axis = Axis::new(WallSpan::new(start, start.plus_micros(30 * 86_400_000_000)), 900.0);
        let found = breaks(&axis, &zone);
        let all: i64 = found.iter().map(|change| change.forward).sum();
        prop_assert_eq!(all, zone.ahead_of_utc(axis.span().end) - zone.ahead_of_utc(start));
        for change in found {
            let before = zone.ahead_of_utc(change.at.plus_micros(-1));
            prop_assert_eq!(zone.ahead_of_utc(change.at) - before, change.forward);
        }
    }
}
