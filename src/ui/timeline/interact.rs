//! What the hand does to the timeline: gestures in, a view and wishes out.
//!
//! Must not do: know egui or send commands. Pure.

use super::axis::{self, Axis};
use crate::model::{WallSpan, WallTime};

/// One press of `+` makes the span this much longer, `-` that much shorter.
const KEY_ZOOM: f64 = 1.5;

/// Points of the wheel that double or halve the span: about three notches.
pub const WHEEL_DOUBLES: f64 = 150.0;

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
    /// The middle of the view on the minimap, as a part of the archive from 0 to 1.
    Minimap(f64),
    /// A range from a moment that stays to where the pointer is.
    Range {
        /// The other end.
        anchor: WallTime,
        /// Under the pointer.
        x: f64,
    },
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
    /// Choose this range, or none.
    Range(Option<WallSpan>),
}

/// What the hand holds while it drags.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Hold {
    /// Nothing.
    #[default]
    Nothing,
    /// The playhead, by the ruler.
    Ruler,
    /// The time under it, which goes along.
    Lanes,
    /// The frame of the minimap, so far from its middle, as a part of the archive.
    Minimap(f64),
    /// One end of a range; the other one stays here.
    Range(WallTime),
}

/// Where the hand took hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Grip {
    /// Of the ruler.
    Ruler,
    /// Of the lanes, at `x`.
    Lanes,
    /// Of the minimap, at this part of the archive.
    Minimap(f64),
}

/// So far beside the end of a range, in points, the hand still takes hold of it.
const REACH: f64 = 6.0;

/// What the hand holds that was put down at `x`. With `select` a new range begins.
#[must_use]
pub fn hold(
    axis: &Axis,
    limits: WallSpan,
    range: Option<WallSpan>,
    grip: Grip,
    x: f64,
    select: bool,
) -> Hold {
    match grip {
        Grip::Minimap(part) => {
            let archive = Axis::new(limits, 1.0);
            let (left, right) = (archive.x_of(axis.span().start), archive.x_of(axis.span().end));
            let inside = (left..=right).contains(&part);
            Hold::Minimap(if inside { part - f64::midpoint(left, right) } else { 0.0 })
        }
        Grip::Ruler | Grip::Lanes if select => Hold::Range(within(axis.time_at(x), limits)),
        Grip::Ruler => Hold::Ruler,
        Grip::Lanes => edge(axis, range, x).map_or(Hold::Lanes, Hold::Range),
    }
}

/// The other end of `range` when one of its ends is at `x`.
#[must_use]
pub fn edge(axis: &Axis, range: Option<WallSpan>, x: f64) -> Option<WallTime> {
    let WallSpan { start, end } = range?;
    let off = |at: WallTime| (axis.x_of(at) - x).abs();
    let (nearest, other) = if off(start) < off(end) { (start, end) } else { (end, start) };
    (off(nearest) <= REACH).then_some(other)
}

fn within(at: WallTime, limits: WallSpan) -> WallTime {
    at.max(limits.start).min(limits.end)
}

/// What `gesture` means.
#[must_use]
pub fn interact(axis: &Axis, around: Surroundings, gesture: Gesture) -> Wish {
    let seek =
        |x: f64, exact: bool| Wish::Seek { at: within(axis.time_at(x), around.limits), exact };
    let view = |span: WallSpan| {
        Wish::View(axis::keep_within(axis::no_wider(span, around.limits), around.limits))
    };
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
        Gesture::Range { anchor, x } => {
            let at = within(axis.time_at(x), around.limits);
            let range = WallSpan::new(at.min(anchor), at.max(anchor));
            Wish::Range(Some(range).filter(|range| !range.is_empty()))
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

    #[test]
    fn a_range_reaches_from_where_it_began_to_the_pointer() {
        let begun = hold(&axis(), around().limits, None, Grip::Lanes, 20.0, true);
        assert_eq!(begun, Hold::Range(at(200)));
        let drag = |x| interact(&axis(), around(), Gesture::Range { anchor: at(200), x });
        assert_eq!(drag(50.0), Wish::Range(Some(WallSpan::new(at(200), at(500)))));
        assert_eq!(drag(10.0), Wish::Range(Some(WallSpan::new(at(100), at(200)))));
        assert_eq!(drag(-500.0), Wish::Range(Some(WallSpan::new(at(0), at(200)))), "the archive's");
        assert_eq!(drag(20.0), Wish::Range(None));
    }

    #[test]
    fn an_end_of_a_range_is_taken_hold_of_and_the_other_stays() {
        let range = Some(WallSpan::new(at(200), at(500)));
        let hold = |grip, x| hold(&axis(), around().limits, range, grip, x, false);
        assert_eq!(hold(Grip::Lanes, 22.0), Hold::Range(at(500)));
        assert_eq!(hold(Grip::Lanes, 47.0), Hold::Range(at(200)));
        assert_eq!(hold(Grip::Lanes, 35.0), Hold::Lanes);
        assert_eq!(hold(Grip::Ruler, 22.0), Hold::Ruler);
    }

    #[test]
    fn the_frame_of_the_minimap_does_not_jump_to_the_hand() {
        let hold = |part| hold(&axis(), around().limits, None, Grip::Minimap(part), 0.0, false);
        let Hold::Minimap(grip) = hold(0.009) else { panic!("the frame") };
        let wish = interact(&axis(), around(), Gesture::Minimap(0.009 - grip));
        let Wish::View(span) = wish else { panic!("a view") };
        assert!(span.start.micros_since(at(0)).abs() < 1_000, "{span:?}");
        assert_eq!(hold(0.5), Hold::Minimap(0.0));
    }
}
