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
        let keep_all = scope.keep_all;
        let wanted = |segment: &Arc<LoadedSegment>, piece, needed, keep_all| {
            Arc::new(Wanted { segment: Arc::clone(segment), piece, needed, keep_all })
        };
        plan.pieces.push(wanted(segment, first, needed, keep_all));
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
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::AtomicBool;

    use crossbeam::channel::bounded;

    use super::super::gop_cache::PieceId;
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
        Arc::new(LoadedSegment {
            row,
            parameters,
            walk,
            file,
            fragments: 0,
            dead: AtomicBool::new(false),
        })
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
                match (theirs, theirs.and_then(|piece| cache.left_of(piece))) {
                    (Some(_), Some((wanted, missing))) => {
                        hands[1].step(&wanted, missing, &cache).expect("decodes");
                        decoded += 1;
                    }
                    (Some(piece), None) => {
                        cache.release(piece, false);
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

    /// What a helper still decodes of `piece`.
    fn finish(hand: &mut Hand, cache: &GopCache, piece: PieceId) -> usize {
        let mut decoded = 0;
        while let Some((wanted, missing)) = cache.left_of(piece) {
            hand.step(&wanted, missing, cache).expect("decodes");
            decoded += 1;
            assert!(decoded <= 2 * FRAMES, "work without end");
        }
        cache.release(piece, false);
        decoded
    }

    #[test]
    fn a_helper_follows_a_plan_that_changes_while_it_works() {
        let mut bench = Bench::new();
        let key = bench.segment.key();
        let forward = Scope { helped: true, ..scope(Some(false), 200 * BYTES) };
        let keys = Scope { keys_only: true, ..forward };
        let back = Scope { direction: Some(true), ..forward };
        for (before, after) in
            [((0, keys), (0, forward)), ((20, forward), (5, forward)), ((5, back), (20, back))]
        {
            let (mut planner, cache) = bench.planner();
            planner.plan(&mut bench.place, &bench.segment, before.0, before.1);
            let mut hand = Hand::default();
            let piece = cache.claim().expect("work");
            let (wanted, missing) = cache.left_of(piece).expect("work");
            hand.step(&wanted, missing, &cache).expect("decodes");
            planner.plan(&mut bench.place, &bench.segment, after.0, after.1);
            finish(&mut hand, &cache, piece);
            let needed = if after.1 == back { 0..=after.0 } else { after.0..=GOP as usize - 1 };
            assert!(needed.into_iter().all(|n| cache.get(key, n).is_some()), "{after:?}");
        }
        bench.helpers.stop();
    }

    #[test]
    fn a_helper_goes_on_in_a_gop_that_grows() {
        let mut bench = Bench::new();
        let whole = Arc::clone(&bench.segment);
        let known = whole.walk.samples()[..15].to_vec();
        let young = Arc::new(LoadedSegment {
            row: whole.row.clone(),
            parameters: Arc::clone(&whole.parameters),
            walk: GopWalk::new(SampleTable { samples: known, duration: 15 * 3_600 }),
            file: Arc::clone(&whole.file),
            fragments: 1,
            dead: AtomicBool::new(false),
        });
        let (mut planner, cache) = bench.planner();
        let forward = Scope { helped: true, ..scope(Some(false), 200 * BYTES) };
        planner.plan(&mut bench.place, &young, 0, forward);
        let mut hand = Hand::default();
        let piece = cache.claim().expect("work");
        let (wanted, missing) = cache.left_of(piece).expect("work");
        hand.step(&wanted, missing, &cache).expect("decodes");
        planner.plan(&mut bench.place, &whole, 0, forward);
        assert_eq!(finish(&mut hand, &cache, piece), GOP as usize - 1);
        bench.helpers.stop();
    }

    #[test]
    fn helpers_decode_no_more_of_a_gop_than_fits() {
        let mut bench = Bench::new();
        let (mut planner, cache) = bench.planner();
        let forward = Scope { helped: true, ..scope(Some(false), 12 * BYTES) };
        let (mut hand, key) = (Hand::default(), bench.segment.key());
        for target in [0, 5] {
            planner.plan(&mut bench.place, &bench.segment, target, forward);
            let piece = cache.claim().expect("work");
            finish(&mut hand, &cache, piece);
            assert!(cache.claim().is_none(), "there is no room for more");
            assert!(cache.bytes() <= forward.memory);
            assert!((target..target + 12).all(|n| cache.get(key, n).is_some()));
        }
        bench.helpers.stop();
    }
}
