//! What playing leaves out: time without footage, or without motion. Pure.
//!
//! Must not do: any I/O; whoever asks looks up what is there.

use crate::model::{WallSpan, WallTime};

/// Playing begins so long before an event, so that it is seen to come.
const LEAD_MICROS: i64 = 2_000_000;

/// Playing goes on so long after an event's last moment with motion.
const TAIL_MICROS: i64 = 1_000_000;

/// Stretches that are no further apart are played as one: a jump saves nothing.
const CLOSE_MICROS: i64 = 3_000_000;

/// Footage that is being written is taken to go on for so long beyond what is known of it, and then looked
/// at again.
const WRITTEN_MICROS: i64 = 100_000;

/// What the playhead is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Go on; nothing is to be left out before it reaches this moment.
    Stay(WallTime),
    /// Go there.
    Jump(WallTime),
    /// Stop: nothing more comes in this direction.
    End,
}

/// Leaves out time without footage. `here` are stretches of footage with the moment `at`, `next` is the
/// nearest one in the direction of playing.
#[must_use]
pub fn over_gaps(at: WallTime, reverse: bool, here: &[WallSpan], next: Option<WallSpan>) -> Skip {
    if let Some(edge) = far_edge(here, reverse) {
        let written = if edge > at { edge } else { at.plus_micros(WRITTEN_MICROS) };
        return Skip::Stay(if reverse { edge } else { written });
    }
    match next {
        Some(next) if reverse => Skip::Jump(next.end.plus_micros(-1)),
        Some(next) => Skip::Jump(next.start),
        None => Skip::End,
    }
}

/// Leaves out time without motion. `around` are events near `at`, `next` is the nearest one in the
/// direction of playing.
#[must_use]
pub fn to_events(at: WallTime, reverse: bool, around: &[WallSpan], next: Option<WallSpan>) -> Skip {
    let stretches = around.iter().map(|event| stretch(*event));
    let here: Vec<WallSpan> = stretches.filter(|stretch| stretch.contains(at)).collect();
    if let Some(edge) = far_edge(&here, reverse) {
        return Skip::Stay(edge);
    }
    let Some(next) = next.map(stretch) else { return Skip::End };
    let edge = if reverse { next.end.plus_micros(-1) } else { next.start };
    let way = if reverse { at.micros_since(edge) } else { edge.micros_since(at) };
    if way <= CLOSE_MICROS { Skip::Stay(edge) } else { Skip::Jump(edge) }
}

/// So far around a moment events count.
#[must_use]
pub fn reach(at: WallTime) -> WallSpan {
    WallSpan::new(at.plus_micros(-TAIL_MICROS), at.plus_micros(LEAD_MICROS + 1))
}

/// An event with what is played before and after it.
fn stretch(event: WallSpan) -> WallSpan {
    WallSpan::new(event.start.plus_micros(-LEAD_MICROS), event.end.plus_micros(TAIL_MICROS))
}

/// The first moment behind all of `spans`, or the last one before them.
fn far_edge(spans: &[WallSpan], reverse: bool) -> Option<WallTime> {
    if reverse {
        spans.iter().map(|span| span.start.plus_micros(-1)).min()
    } else {
        spans.iter().map(|span| span.end).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn at(seconds: i64) -> WallTime {
        WallTime::from_micros(seconds * SECOND)
    }

    fn span(start: i64, end: i64) -> WallSpan {
        WallSpan::new(at(start), at(end))
    }

    #[test]
    fn footage_is_played_and_gaps_are_not() {
        let here = [span(0, 10), span(5, 20)];
        assert_eq!(over_gaps(at(7), false, &here, None), Skip::Stay(at(20)));
        assert_eq!(over_gaps(at(7), true, &here, None), Skip::Stay(at(0).plus_micros(-1)));
        assert_eq!(over_gaps(at(30), false, &[], Some(span(40, 50))), Skip::Jump(at(40)));
        let last = at(20).plus_micros(-1);
        assert_eq!(over_gaps(at(30), true, &[], Some(span(5, 20))), Skip::Jump(last));
        assert_eq!(over_gaps(at(30), false, &[], None), Skip::End);
        let written = over_gaps(at(22), false, &[span(5, 20)], None);
        assert_eq!(
            written,
            Skip::Stay(at(22).plus_micros(WRITTEN_MICROS)),
            "it goes on being written"
        );
    }

    #[test]
    fn events_are_played_with_a_lead() {
        let next = Some(span(100, 110));
        assert_eq!(to_events(at(50), false, &[], next), Skip::Jump(at(98)));
        assert_eq!(to_events(at(98), false, &[span(100, 110)], None), Skip::Stay(at(111)));
        assert_eq!(to_events(at(111), false, &[span(100, 110)], None), Skip::End);
        let last = at(111).plus_micros(-1);
        assert_eq!(to_events(at(200), true, &[], next), Skip::Jump(last));
        let begins = at(98).plus_micros(-1);
        assert_eq!(to_events(last, true, &[span(100, 110)], None), Skip::Stay(begins));
    }

    #[test]
    fn close_events_are_played_as_one() {
        let next = Some(span(116, 120));
        assert_eq!(to_events(at(111), false, &[], next), Skip::Stay(at(114)));
        assert_eq!(to_events(at(110), false, &[], next), Skip::Jump(at(114)));
        let before = Some(span(90, 95));
        assert_eq!(to_events(at(98), true, &[], before), Skip::Stay(at(96).plus_micros(-1)));
    }

    #[test]
    fn a_jump_lands_where_playing_goes_on() {
        for reverse in [false, true] {
            let event = span(100, 100);
            let from = if reverse { at(500) } else { at(5) };
            let Skip::Jump(there) = to_events(from, reverse, &[], Some(event)) else {
                panic!("it is far")
            };
            assert!(event.overlaps(reach(there)) || reach(there).contains(event.start));
            assert!(matches!(to_events(there, reverse, &[event], None), Skip::Stay(_)));
        }
    }
}
