//! Properties of the timeline's pure parts: axis, zoom and labels.

use proptest::prelude::*;
use watchkeeper::model::{WallSpan, WallTime};
use watchkeeper::ui::timeline::axis::{self, Axis, CLOSEST, WIDEST};
use watchkeeper::ui::timeline::ticks::{LABEL_GAP, ticks};
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
}
