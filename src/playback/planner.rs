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
    /// What is decoded on the way is kept too.
    pub(super) keep_all: bool,
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
        let way = Way { reverse, keys_only: scope.keys_only, capacity: limit / bytes.max(1) };
        let mut plan = Plan { pieces: Vec::new(), useful: None, helped: scope.helped, limit };
        let Some(first) = way.piece_of(&segment.walk, target) else { return plan };
        let pts = segment.walk.samples()[target].pts;
        let needed = match scope.direction {
            None => (pts, pts),
            Some(false) => (pts, i64::MAX),
            Some(true) => (i64::MIN, pts),
        };
        let keep_all = scope.keep_all;
        let wanted = |segment: &Arc<LoadedSegment>, piece, needed, keep_all| {
            Arc::new(Wanted { segment: Arc::clone(segment), piece, needed, keep_all })
        };
        plan.pieces.push(wanted(segment, first, needed, keep_all));
        let mut end = segment.wall_of(target);
        if scope.direction.is_some() {
            let most = self.most(scope);
            let mut room = way.capacity.saturating_sub(way.left(first, target));
            let mut last = (Arc::clone(segment), first);
            while plan.pieces.len() < most
                && let Some(next) = next_piece(place, segment, way, &last)
            {
                let length = next.1.to - next.1.from + 1;
                if length > room {
                    break;
                }
                room -= length;
                plan.pieces.push(wanted(&next.0, next.1, (i64::MIN, i64::MAX), false));
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

/// The piece after `last`: of the same segment, else of the one beside `segment`, which is the present one.
fn next_piece(
    place: &mut Place,
    segment: &Arc<LoadedSegment>,
    way: Way,
    (last, piece): &(Arc<LoadedSegment>, Piece),
) -> Option<(Arc<LoadedSegment>, Piece)> {
    if let Some(next) = way.piece_after(&last.walk, *piece) {
        return Some((Arc::clone(last), next));
    }
    if !Arc::ptr_eq(last, segment) {
        return None;
    }
    let beside = place.beside(!way.reverse)?;
    let sample = if way.reverse { beside.walk.last() } else { beside.walk.first() }?;
    let sample = if way.keys_only { beside.walk.start_for(sample)? } else { sample };
    let piece = way.piece_of(&beside.walk, sample)?;
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
mod tests {
    use std::collections::BTreeMap;

    use crossbeam::channel::bounded;

    use super::super::hand::Hand;
    use super::super::helpers::Helpers;
    use super::super::{Footage, GopWalk};
    use super::*;
    use crate::container::{SampleInfo, SampleTable};
    use crate::index::Index;
    use crate::model::{
        CameraId, MediaTime, RunId, SegmentRow, SegmentState, StreamId, StreamKind, VolumeId,
    };
    use crate::recorder::OpenSegments;
    use crate::simulate::{EncodedLoop, LoopSpec};

    const SIZE: (usize, usize) = (160, 90);
    /// Of a frame: 160 x 90 luma, and a half of that.
    const BYTES: usize = 160 * 90 * 3 / 2;
    const FRAMES: usize = 90;
    const GOP: u32 = 30;

    fn segment() -> Arc<LoadedSegment> {
        let size = (160, 90);
        let bit_rate = 200_000;
        let spec = LoopSpec { scene: 1, size, fps: 25, frames: 90, gop: GOP, bit_rate };
        let film = EncodedLoop::make(&spec).expect("a loop");
        let (mut bytes, mut samples) = (Vec::new(), Vec::new());
        for (unit, n) in film.units.iter().zip(0..) {
            samples.push(SampleInfo {
                offset: bytes.len() as u64,
                size: unit.data.len() as u32,
                dts: n * 3_600,
                pts: n * 3_600,
                random_access: unit.random_access,
            });
            bytes.extend_from_slice(&unit.data);
        }
        let row = SegmentRow {
            stream: StreamId::new(CameraId::from_name("yard"), StreamKind::Main),
            start: WallTime::from_micros(0),
            end: WallTime::from_micros(3_600_000),
            media_duration: 90 * 3_600,
            frames: 90,
            bytes: bytes.len() as u64,
            run: RunId(0),
            run_offset: MediaTime::default(),
            volume: VolumeId(0),
            path: "film.mp4".into(),
            state: SegmentState::Finished,
        };
        let walk = GopWalk::new(SampleTable { samples, duration: 90 * 3_600 });
        let (parameters, file) = (Arc::new(film.parameters), Arc::new(bytes));
        Arc::new(LoadedSegment { row, parameters, walk, file, fragments: 0 })
    }

    struct Bench {
        _folder: tempfile::TempDir,
        helpers: Helpers,
        place: Place,
        segment: Arc<LoadedSegment>,
    }

    impl Bench {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let index = Index::open(folder.path().join("index.redb")).expect("an index").index;
            let open = OpenSegments::default();
            let footage = Arc::new(Footage::new(index.reader(), open, BTreeMap::new()));
            let helpers = Helpers::start().expect("threads");
            let place = Place::new(footage, CameraId::from_name("yard"));
            Self { _folder: folder, helpers, place, segment: segment() }
        }

        fn planner(&self) -> (Planner, Arc<GopCache>) {
            let cache = Arc::new(GopCache::new(bounded(1).0));
            cache.set_tile(SIZE);
            (Planner::new(Arc::clone(&cache), Arc::clone(&self.helpers.board)), cache)
        }
    }

    fn scope(direction: Option<bool>, memory: usize) -> Scope {
        let keep_all = direction.is_none();
        Scope { direction, keys_only: false, helped: false, keep_all, tile: SIZE, memory }
    }

    /// Shows every frame in this order with so much memory; gives the samples decoded for it.
    fn show(order: impl Iterator<Item = usize>, scope: Scope, exact_room: bool) -> usize {
        let mut bench = Bench::new();
        let (mut planner, cache) = bench.planner();
        let mut hand = Hand::default();
        let mut decoded = 0;
        for target in order {
            planner.plan(&mut bench.place, &bench.segment, target, scope);
            let key = bench.segment.key();
            while cache.get(key, target).is_none() {
                let (wanted, missing) = cache.own_work(None).expect("there is work to do");
                hand.step(&wanted, missing, &cache).expect("decodes");
                decoded += 1;
                assert!(!exact_room || cache.bytes() <= scope.memory, "{}", cache.bytes());
            }
            let kept = cache.get(key, target).expect("there");
            assert_eq!(kept.frame.pts, target as i64 * 3_600);
        }
        bench.helpers.stop();
        decoded
    }

    #[test]
    fn backward_every_sample_is_decoded_once_where_memory_does() {
        let decoded = show((0..FRAMES).rev(), scope(Some(true), 60 * BYTES), true);
        assert_eq!(decoded, FRAMES);
    }

    #[test]
    fn backward_a_gop_that_does_not_fit_is_decoded_in_pieces() {
        // Three pieces of ten: the whole, two thirds, one third.
        let decoded = show((0..FRAMES).rev(), scope(Some(true), 20 * BYTES), true);
        assert_eq!(decoded, 3 * (10 + 20 + 30));
    }

    #[test]
    fn forward_every_sample_is_decoded_once() {
        assert_eq!(show(0..FRAMES, scope(Some(false), 15 * BYTES), false), FRAMES);
    }

    #[test]
    fn stepping_back_decodes_a_gop_once() {
        let back = (0..FRAMES).rev();
        assert_eq!(show(back, scope(None, 3 * 60 * BYTES), true), FRAMES);
    }

    #[test]
    fn two_threads_share_pieces_and_never_decode_the_same() {
        let mut bench = Bench::new();
        for reverse in [false, true] {
            let (mut planner, cache) = bench.planner();
            let mut hands = [Hand::default(), Hand::default()];
            let helped = Scope { helped: true, ..scope(Some(reverse), 200 * BYTES) };
            let first = if reverse { FRAMES - 1 } else { 0 };
            planner.plan(&mut bench.place, &bench.segment, first, helped);
            let (mut decoded, mut theirs) = (0, None);
            loop {
                let own = cache.own_work(None);
                if let Some((wanted, missing)) = &own {
                    hands[0].step(wanted, *missing, &cache).expect("decodes");
                    decoded += 1;
                }
                theirs = theirs.or_else(|| cache.claim());
                let left = theirs.as_ref().map(|wanted| cache.left_of(wanted));
                match (&theirs, left) {
                    (Some(wanted), Some(Some(missing))) => {
                        hands[1].step(wanted, missing, &cache).expect("decodes");
                        decoded += 1;
                    }
                    (Some(wanted), _) => {
                        cache.release(wanted, false);
                        theirs = None;
                    }
                    (None, _) if own.is_none() => break,
                    (None, _) => {}
                }
            }
            let key = bench.segment.key();
            let there = (0..FRAMES).filter(|n| cache.get(key, *n).is_some()).count();
            assert_eq!((there, decoded), (FRAMES, FRAMES), "reverse {reverse}");
        }
        bench.helpers.stop();
    }
}
