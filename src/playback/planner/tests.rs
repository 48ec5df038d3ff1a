//! What is decoded, how often, and what is kept of it.
//!
//! Must not do: open files.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use crossbeam::channel::bounded;

use super::super::gop_cache::PieceId;
use super::super::hand::Hand;
use super::super::helpers::Helpers;
use super::super::segments::Kept;
use super::super::{Footage, GopWalk};
use super::*;
use crate::codec::Frame;
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
    let keep_near = direction.is_none();
    Scope { direction, keys_only: false, helped: false, keep_near, tile: SIZE, memory }
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
fn stepping_back_decodes_anew_every_half_second() {
    let back = (0..FRAMES).rev();
    // Of 30 frames the last 13 are kept, then those before them.
    assert_eq!(show(back, scope(None, 3 * 60 * BYTES), true), 3 * (30 + 17 + 4));
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
    let young = like(&whole, whole.row.clone(), 15, true);
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

/// `whole` as it may be otherwise.
fn like(
    whole: &LoadedSegment,
    row: SegmentRow,
    samples: usize,
    progressive: bool,
) -> Arc<LoadedSegment> {
    let mut parameters = whole.parameters.as_ref().clone();
    parameters.video.progressive = progressive;
    let known = whole.walk.samples()[..samples].to_vec();
    Arc::new(LoadedSegment {
        row,
        parameters: Arc::new(parameters),
        walk: GopWalk::new(SampleTable { samples: known, duration: samples as i64 * 3_600 }),
        file: Arc::clone(&whole.file),
        fragments: 1,
        dead: AtomicBool::new(false),
    })
}

fn wanted(segment: &Arc<LoadedSegment>, from: usize, needed: (i64, i64)) -> Arc<Wanted> {
    let piece = Piece { start: 0, from, to: GOP as usize - 1 };
    Arc::new(Wanted { segment: Arc::clone(segment), piece, needed, keep_near: false })
}

#[test]
fn a_first_field_is_kept_for_the_second_one() {
    let whole = segment();
    let fields = like(&whole, whole.row.clone(), FRAMES, false);
    let kept = |wanted: &Wanted| (0..FRAMES).find(|n| wanted.keeps(*n));
    for (segment, first) in [(&whole, 7), (&fields, 6)] {
        assert_eq!(kept(&wanted(segment, 0, (7 * 3_600, i64::MAX))), Some(first));
        assert_eq!(kept(&wanted(segment, 7, (i64::MIN, i64::MAX))), Some(first));
    }
}

#[test]
fn frames_farthest_in_time_are_forgotten_first() {
    let main = segment();
    // A sub stream's segment that began a second before.
    let mut row = main.row.clone();
    row.start = row.start.plus_micros(-1_000_000);
    row.stream.kind = StreamKind::Sub;
    let sub = like(&main, row, FRAMES, true);
    let cache = GopCache::new(bounded(1).0);
    cache.set_tile(SIZE);
    let now = main.wall_of(0);
    let plan = Plan { useful: Some((now, now)), limit: 3 * BYTES, ..Plan::default() };
    cache.want(plan);
    let all = (i64::MIN, i64::MAX);
    // A second before, 2 s after, now, 0.4 s after.
    let four = [(&sub, 0), (&sub, 75), (&main, 0), (&main, 10)];
    for (segment, sample) in four {
        let mut frame = shrink::empty();
        (frame.width, frame.height, frame.y.data) = (SIZE.0, SIZE.1, vec![0; BYTES]);
        let _spare: Option<Frame> = cache.put(&wanted(segment, 0, all), sample, frame);
    }
    let there = four.map(|(segment, sample)| cache.get(segment.key(), sample).is_some());
    assert_eq!(there, [true, false, true, true]);
}

#[test]
fn a_segment_that_could_not_be_read_is_opened_anew() {
    let segment = segment();
    let mut kept = Kept::default();
    kept.put(&segment);
    assert!(kept.get(&segment.row).is_some());
    let beyond = SampleInfo { offset: u64::MAX, ..segment.walk.samples()[0] };
    assert!(segment.read(&beyond, &mut Vec::new()).is_err());
    assert!(kept.get(&segment.row).is_none());
}
