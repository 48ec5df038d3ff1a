//! Makes the plan of one camera: from the picture at the playhead on, in the direction in which time
//! passes, across the segment's border.
//!
//! Must not do: decode, or know the playhead.

use std::sync::Arc;

use super::gop_cache::{GopCache, Plan, Wanted};
use super::helpers::Board;
use super::place::Place;
use super::plan::{Piece, Way};
use super::{LoadedSegment, shrink};
use crate::model::WallTime;

/// Where nobody hurries, or all of it was shown before, this share of the memory does.
const LITTLE: usize = 3;

/// Pieces planned for one thread: the one that is shown and the next.
const ALONE: usize = 2;

/// Random access points planned: each is shown alone.
const KEYS: usize = 4;

/// What is planned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    /// In which direction pictures follow, backward when true; none while one stands.
    pub(super) direction: Option<bool>,
    pub(super) keys_only: bool,
    pub(super) helped: bool,
    /// Of what is decoded on the way, what may be shown soon is kept too.
    pub(super) keep_near: bool,
    pub(super) tile: (usize, usize),
    /// Bytes.
    pub(super) memory: usize,
}

pub(super) struct Planner {
    cache: Arc<GopCache>,
    board: Arc<Board>,
    /// For what the last plan was made.
    made: Option<(Arc<LoadedSegment>, usize, Scope)>,
}

impl Planner {
    pub(super) fn new(cache: Arc<GopCache>, board: Arc<Board>) -> Self {
        Self { cache, board, made: None }
    }

    /// Plans what is shown from `target` of `segment` on, unless that is planned already.
    pub(super) fn plan(
        &mut self,
        place: &mut Place,
        segment: &Arc<LoadedSegment>,
        target: usize,
        scope: Scope,
    ) {
        let same = self.made.as_ref().is_some_and(|(planned, sample, so)| {
            Arc::ptr_eq(planned, segment) && *sample == target && *so == scope
        });
        if same {
            return;
        }
        self.made = Some((Arc::clone(segment), target, scope));
        self.cache.want(self.make(place, segment, target, scope));
        if scope.helped {
            self.board.ring();
        }
    }

    fn make(
        &self,
        place: &mut Place,
        segment: &Arc<LoadedSegment>,
        target: usize,
        scope: Scope,
    ) -> Plan {
        let reverse = scope.direction == Some(true);
        let roomy = reverse || scope.helped;
        let limit = if roomy { scope.memory } else { scope.memory / LITTLE };
        let video = &segment.parameters.video;
        let size = (video.width as usize, video.height as usize);
        let bytes = shrink::bytes(video, shrink::halvings(size, video, scope.tile));
        // A first field whose frame is only needed for the second one takes room too.
        let capacity = (limit / bytes.max(1)).saturating_sub(usize::from(!video.progressive));
        let way = Way { reverse, keys_only: scope.keys_only, capacity };
        let mut plan = Plan { pieces: Vec::new(), useful: None, helped: scope.helped, limit };
        let Some(first) = way.piece_of(&segment.walk, target) else { return plan };
        let pts = segment.walk.samples()[target].pts;
        let shown = place.shown_of(segment, scope.keys_only);
        let needed = match scope.direction {
            None => (pts, pts),
            Some(false) => (pts, shown.1.max(pts)),
            Some(true) => (shown.0.min(pts), pts),
        };
        let keep_near = scope.keep_near;
        let wanted = |segment: &Arc<LoadedSegment>, piece, needed, keep_near| {
            Arc::new(Wanted { segment: Arc::clone(segment), piece, needed, keep_near })
        };
        plan.pieces.push(wanted(segment, first, needed, keep_near));
        let mut end = segment.wall_of(target);
        if scope.direction.is_some() {
            let most = self.most(scope);
            let mut room = way.capacity.saturating_sub(way.left(&segment.walk, first, target));
            let mut last = (Arc::clone(segment), first);
            while plan.pieces.len() < most
                && let Some(next) = next_piece(place, segment, way, &last)
            {
                let length = next.1.to - next.1.from + 1;
                if length > room {
                    break;
                }
                room -= length;
                let shown = place.shown_of(&next.0, scope.keys_only);
                plan.pieces.push(wanted(&next.0, next.1, shown, false));
                last = next;
            }
            end = edge_of(&last.0, last.1, reverse);
        }
        plan.useful = Some((segment.wall_of(target), end));
        plan
    }

    fn most(&self, scope: Scope) -> usize {
        let base = if scope.keys_only { KEYS } else { ALONE };
        if scope.helped { base + self.board.helpers() } else { base }
    }
}

/// The piece after `last`: of the same segment as long as that is shown, else of the one beside `segment`,
/// which is the present one.
fn next_piece(
    place: &mut Place,
    segment: &Arc<LoadedSegment>,
    way: Way,
    (last, piece): &(Arc<LoadedSegment>, Piece),
) -> Option<(Arc<LoadedSegment>, Piece)> {
    let (low, high) = place.shown_of(last, way.keys_only);
    let shown = |piece: &Piece| {
        let samples = last.walk.samples().get(piece.from..=piece.to).unwrap_or_default();
        samples.iter().any(|info| low <= info.pts && info.pts <= high)
    };
    if let Some(next) = way.piece_after(&last.walk, *piece).filter(shown) {
        return Some((Arc::clone(last), next));
    }
    if !Arc::ptr_eq(last, segment) {
        return None;
    }
    let (beside, edge) = place.beside(!way.reverse)?;
    if beside.is_same_file(&segment.row) {
        return None;
    }
    let piece = way.piece_of(&beside.walk, beside.sample_at(edge, way.keys_only)?)?;
    Some((beside, piece))
}

/// When the last picture of `piece` is shown, in this direction.
fn edge_of(segment: &LoadedSegment, piece: Piece, reverse: bool) -> WallTime {
    let samples = segment.walk.samples();
    let times = samples.get(piece.from..=piece.to).unwrap_or_default().iter().map(|info| info.pts);
    let pts = if reverse { times.min() } else { times.max() };
    segment.row.wall_at(pts.unwrap_or(0))
}

#[cfg(test)]
mod tests;
