//! Where each lane is, and what is under a point.
//!
//! Must not do: know egui or paint. Pure. Heights are in points from the top of the timeline.

use crate::model::{CoverageSpan, GapReason, WallTime};
use crate::protocol::{Lane, TimelineAnswer};

/// Height of the ruler.
pub const RULER: f32 = 26.0;
/// Height below the lanes: the union lane, and what is written below a range.
pub const FOOT: f32 = 20.0;
/// Height of the union lane.
pub const UNION: f32 = 4.0;
/// Height of the minimap with its gap.
pub const MINIMAP: f32 = 22.0;
/// Height of the bars in the minimap.
pub const MINIMAP_BAR: f32 = 12.0;
/// Height of a lane.
pub const LANE: f32 = 18.0;
/// Height of the selected camera's lane.
pub const SELECTED_LANE: f32 = 34.0;
/// Between lanes.
pub const LANE_GAP: f32 = 4.0;
/// Height that all lanes share at most, so that the smallest window keeps its pictures: six of them are fully
/// high, more are made lower.
const SHARED: f32 = 6.0 * (LANE + LANE_GAP) + SELECTED_LANE - LANE;
/// A lane that is lower has no name beside it.
pub const LEGIBLE: f32 = 11.0;

/// Top and height of a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// Upper edge.
    pub top: f32,
    /// Height.
    pub height: f32,
}

/// Places for `count` lanes below the ruler, the `selected` one higher.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a few lanes")]
pub fn slots(count: usize, selected: Option<usize>) -> Vec<Slot> {
    let extra = if selected.is_some() { SELECTED_LANE - LANE } else { 0.0 };
    let scale = (SHARED / (count as f32 * (LANE + LANE_GAP) + extra)).min(1.0);
    let mut top = RULER;
    (0..count)
        .map(|i| {
            let height = if Some(i) == selected { SELECTED_LANE } else { LANE } * scale;
            let slot = Slot { top, height };
            top += height + LANE_GAP * scale;
            slot
        })
        .collect()
}

/// Where the lanes end.
#[must_use]
pub fn bottom(slots: &[Slot]) -> f32 {
    slots.last().map_or(RULER + LANE, |slot| slot.top + slot.height)
}

/// Height of the whole timeline.
#[must_use]
pub fn height(slots: &[Slot]) -> f32 {
    bottom(slots) + FOOT + MINIMAP
}

/// What is at a moment of a lane.
#[derive(Clone, Debug, PartialEq)]
pub enum Under<'a> {
    /// Footage.
    Footage(&'a CoverageSpan),
    /// None, and why.
    Gap(&'a GapReason),
    /// Not known: not asked yet, or in the future.
    Nothing,
}

/// What `lane` has at `at`.
#[must_use]
pub fn under(lane: &Lane, at: WallTime) -> Under<'_> {
    let after = lane.coverage.partition_point(|c| c.span.start <= at);
    if let Some(found) = lane.coverage[..after].last().filter(|c| c.span.contains(at)) {
        return Under::Footage(found);
    }
    let after = lane.gaps.partition_point(|g| g.span.start <= at);
    match lane.gaps[..after].last().filter(|g| g.span.contains(at)) {
        Some(gap) => Under::Gap(&gap.reason),
        None => Under::Nothing,
    }
}

/// How much moves in `lane` at `at`, in thousandths of the picture; none where nothing does.
#[must_use]
pub fn motion_at(lane: &Lane, at: WallTime) -> Option<u16> {
    let after = lane.motion.partition_point(|bar| bar.span.start <= at);
    lane.motion[..after].last().filter(|bar| bar.span.contains(at)).map(|bar| bar.level)
}

/// Whether footage of `lane` at `at` is kept from every rule.
#[must_use]
pub fn is_locked(lane: &Lane, at: WallTime) -> bool {
    lane.locked.iter().any(|span| span.contains(at))
}

/// Whether footage of `lane` at `at` goes within a day.
#[must_use]
pub fn goes_soon(lane: &Lane, at: WallTime) -> bool {
    lane.goes_before.is_some_and(|before| at < before) && !is_locked(lane, at)
}

/// The moment where the next stretch of footage of any lane begins after `at`, or the last one begins before
/// it.
#[must_use]
pub fn neighbour(answer: &TimelineAnswer, at: WallTime, forward: bool) -> Option<WallTime> {
    /// A jump that lands this close to the present moment is no jump.
    const NEAR: i64 = 1_000_000;
    let starts = answer.lanes.iter().flat_map(|l| l.coverage.iter().map(|c| c.span.start));
    if forward {
        starts.filter(|s| s.micros_since(at) > NEAR).min()
    } else {
        starts.filter(|s| at.micros_since(*s) > NEAR).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CameraId, CoverageKind, WallSpan};
    use crate::protocol::Gap;

    fn span(start: i64, end: i64) -> WallSpan {
        WallSpan::new(
            WallTime::from_micros(start * 1_000_000),
            WallTime::from_micros(end * 1_000_000),
        )
    }

    fn lane() -> Lane {
        let footage = |s| CoverageSpan { span: s, kind: CoverageKind::Continuous };
        Lane::new(
            CameraId::from_name("a"),
            vec![footage(span(0, 10)), footage(span(20, 30))],
            vec![Gap { span: span(10, 20), reason: GapReason::NotRunning }],
        )
    }

    #[test]
    fn every_moment_has_an_answer() {
        let lane = lane();
        let at = |s: i64| WallTime::from_micros(s * 1_000_000);
        assert!(matches!(under(&lane, at(0)), Under::Footage(_)));
        assert_eq!(under(&lane, at(10)), Under::Gap(&GapReason::NotRunning));
        assert!(matches!(under(&lane, at(20)), Under::Footage(_)));
        assert_eq!(under(&lane, at(30)), Under::Nothing);
        assert_eq!(under(&lane, at(-1)), Under::Nothing);
    }

    #[test]
    fn neighbours_are_starts_of_footage() {
        let answer = TimelineAnswer { lanes: vec![lane()], ..TimelineAnswer::default() };
        let at = |s: i64| WallTime::from_micros(s * 1_000_000);
        assert_eq!(neighbour(&answer, at(5), true), Some(at(20)));
        assert_eq!(neighbour(&answer, at(20), false), Some(at(0)));
        assert_eq!(neighbour(&answer, at(25), true), None);
    }

    #[test]
    fn many_lanes_share_the_dock() {
        let few = slots(4, Some(0));
        assert!(few[0].height > few[1].height);
        assert!(few.windows(2).all(|w| w[0].top + w[0].height <= w[1].top));
        assert!(height(&slots(1, Some(0))) < 120.0);
        for count in 1..=32 {
            for selected in [None, Some(count - 1)] {
                assert!(height(&slots(count, selected)) <= 217.0, "{count}");
            }
        }
    }
}
