//! What the hand does to the timeline: gestures in, a view and wishes out.
//!
//! Must not do: know egui or send commands. Pure.

use super::axis::{self, Axis};
use crate::model::{WallSpan, WallTime};

/// One press of `+` makes the span this much longer, `-` that much shorter.
const KEY_ZOOM: f64 = 1.5;

/// Points of the wheel that double or halve the span: about three notches.
const WHEEL_DOUBLES: f64 = 150.0;

/// What the hand did in one frame; positions in points from the left end of the lanes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gesture {
    /// A click: go there.
    Click(f64),
    /// The ruler is being dragged: show the nearest.
    Scrub(f64),
    /// It was let go: show exactly this.
    ScrubEnd(f64),
    /// The lanes were dragged by this much.
    Pan(f64),
    /// The wheel turned by `amount` over `x`; upwards, which is positive, looks closer.
    Wheel {
        /// Under the pointer.
        x: f64,
        /// Points.
        amount: f64,
    },
    /// A double click: show the whole day.
    FitDay(f64),
    /// A point of the minimap, as a part of the archive from 0 to 1.
    Minimap(f64),
    /// Closer, at the playhead.
    ZoomIn,
    /// Wider, at the playhead.
    ZoomOut,
}

/// What the gesture needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings {
    /// The moment shown.
    pub playhead: WallTime,
    /// From the oldest footage to now: a view does not leave it.
    pub limits: WallSpan,
}

/// What follows from a gesture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Show this span.
    View(WallSpan),
    /// Go to a moment.
    Seek {
        /// Where to.
        at: WallTime,
        /// Whether the exact picture is wanted.
        exact: bool,
    },
    /// Show the local day around this moment.
    FitDay(WallTime),
}

/// What `gesture` means.
#[must_use]
pub fn interact(axis: &Axis, around: Surroundings, gesture: Gesture) -> Wish {
    let seek = |x: f64, exact: bool| {
        let at = axis.time_at(x).max(around.limits.start).min(around.limits.end);
        Wish::Seek { at, exact }
    };
    let view = |span: WallSpan| Wish::View(axis::keep_within(span, around.limits));
    let span = axis.span();
    match gesture {
        Gesture::Click(x) | Gesture::ScrubEnd(x) => seek(x, true),
        Gesture::Scrub(x) => seek(x.clamp(0.0, axis.width()), false),
        Gesture::Pan(by) => view(axis::pan(span, span.start.micros_since(axis.time_at(by)))),
        Gesture::Wheel { x, amount } => {
            view(axis::zoom(span, (-amount / WHEEL_DOUBLES).exp2(), axis.time_at(x)))
        }
        Gesture::FitDay(x) => Wish::FitDay(axis.time_at(x)),
        Gesture::Minimap(part) => {
            let archive = Axis::new(around.limits, 1.0);
            let middle = span.start.plus_micros(span.micros() / 2);
            view(axis::pan(span, archive.time_at(part.clamp(0.0, 1.0)).micros_since(middle)))
        }
        Gesture::ZoomIn => view(axis::zoom(span, 1.0 / KEY_ZOOM, anchor(span, around.playhead))),
        Gesture::ZoomOut => view(axis::zoom(span, KEY_ZOOM, anchor(span, around.playhead))),
    }
}

/// The playhead while it is visible, else the middle.
fn anchor(span: WallSpan, playhead: WallTime) -> WallTime {
    if span.contains(playhead) { playhead } else { span.start.plus_micros(span.micros() / 2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> WallTime {
        WallTime::from_micros(micros * 1_000_000)
    }

    fn around() -> Surroundings {
        Surroundings { playhead: at(500), limits: WallSpan::new(at(0), at(100_000)) }
    }

    fn axis() -> Axis {
        Axis::new(WallSpan::new(at(0), at(1000)), 100.0)
    }

    #[test]
    fn a_drag_wants_the_nearest_and_its_end_the_exact_picture() {
        assert_eq!(
            interact(&axis(), around(), Gesture::Scrub(10.0)),
            Wish::Seek { at: at(100), exact: false }
        );
        assert_eq!(
            interact(&axis(), around(), Gesture::ScrubEnd(10.0)),
            Wish::Seek { at: at(100), exact: true }
        );
    }

    #[test]
    fn nobody_seeks_past_now() {
        let mut around = around();
        around.limits.end = at(300);
        let wish = interact(&axis(), around, Gesture::Click(90.0));
        assert_eq!(wish, Wish::Seek { at: at(300), exact: true });
    }

    #[test]
    fn dragging_the_lanes_takes_the_time_along() {
        let Wish::View(span) = interact(&axis(), around(), Gesture::Pan(-10.0)) else {
            panic!("a view");
        };
        assert_eq!((span.start, span.end), (at(100), at(1100)));
    }

    #[test]
    fn the_wheel_upwards_looks_closer() {
        let wheel = Gesture::Wheel { x: 50.0, amount: WHEEL_DOUBLES };
        let Wish::View(span) = interact(&axis(), around(), wheel) else { panic!("a view") };
        assert_eq!((span.start, span.end), (at(250), at(750)));
    }
}
