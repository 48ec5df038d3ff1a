//! The frames of one camera that are kept: those about to be shown, and those shown lately.
//!
//! Whoever decodes for the camera takes its work from here and puts its frames here: the player's own
//! thread, and helpers. Must not do: decode, read files, or know where the playhead goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crossbeam::channel::Sender;

use super::plan::Piece;
use super::shrink;
use super::{LoadedSegment, SegmentKey};
use crate::codec::Frame;
use crate::media::StreamParameters;
use crate::model::WallTime;

/// While time stands still, frames of so long before the one shown are kept for steps back, in ticks: half a
/// second. To keep a frame costs a tenth of what decoding it does.
const STEPS_BACK: i64 = 45_000;

/// Samples remembered as damaged at most. Beyond that they are decoded, and fail, once more.
const MOST_DAMAGED: usize = 4_096;

/// Frames kept for their memory: one for each of a few decoders.
const SPARE: usize = 4;

/// A frame that is kept.
pub(super) struct Kept {
    /// At the size of the stream or smaller, see `shrink`.
    pub(super) frame: Frame,
    /// How often its sides were halved.
    pub(super) halvings: u32,
    /// When it begins to be shown.
    pub(super) at: WallTime,
    pub(super) parameters: Arc<StreamParameters>,
}

impl Kept {
    fn bytes(&self) -> usize {
        let Frame { y, u, v, .. } = &self.frame;
        y.data.len() + u.data.len() + v.data.len()
    }
}

/// A piece that is to be decoded.
pub(super) struct Wanted {
    pub(super) segment: Arc<LoadedSegment>,
    pub(super) piece: Piece,
    /// Presentation times between which frames are needed, both included.
    pub(super) needed: (i64, i64),
    /// Of its other frames those are kept that may be shown soon.
    pub(super) keep_near: bool,
}

impl Wanted {
    pub(super) fn id(&self) -> PieceId {
        (self.segment.key(), self.piece.start, self.piece.from)
    }

    /// Whether the frame of `sample` is to be put into the cache.
    pub(super) fn keeps(&self, sample: usize) -> bool {
        // The frame of a second field is that of the first one.
        let fields = !self.segment.parameters.video.progressive;
        self.asks_for(sample) || (fields && self.asks_for(sample + 1))
    }

    fn asks_for(&self, sample: usize) -> bool {
        let Some(info) = self.segment.walk.samples().get(sample) else { return false };
        let inside = self.piece.from <= sample && sample <= self.piece.to;
        inside && (self.is_needed(info.pts) || (self.keep_near && self.is_of_use(sample, info.pts)))
    }

    /// Whether it may be shown soon, by a step back or as the first picture after a jump.
    fn is_of_use(&self, sample: usize, pts: i64) -> bool {
        sample == self.piece.start || pts >= self.needed.0.saturating_sub(STEPS_BACK)
    }

    fn is_needed(&self, pts: i64) -> bool {
        self.needed.0 <= pts && pts <= self.needed.1
    }

    /// Its samples that are needed, in decoding order.
    fn samples(&self) -> impl Iterator<Item = usize> {
        let (walk, start) = (&self.segment.walk, Some(self.piece.start));
        (self.piece.from..=self.piece.to).filter(move |&n| {
            let needed = walk.samples().get(n).is_some_and(|info| self.is_needed(info.pts));
            needed && walk.start_for(n) == start
        })
    }
}

/// Tells pieces apart.
pub(super) type PieceId = (SegmentKey, usize, usize);

/// What is decoded, in order of urgency, and what it is for.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) pieces: Vec<Arc<Wanted>>,
    /// Frames of this time are about to be shown: the next one, and the last one of the plan.
    pub(super) useful: Option<(WallTime, WallTime)>,
    /// Whether helpers take part.
    pub(super) helped: bool,
    /// Bytes of all frames.
    pub(super) limit: usize,
}

/// Frames of one camera.
pub(super) struct GopCache {
    inner: Mutex<Inner>,
    /// Wakes the player.
    bell: Sender<()>,
}

#[derive(Default)]
struct Inner {
    frames: BTreeMap<(SegmentKey, usize), Arc<Kept>>,
    bytes: usize,
    damaged: BTreeSet<(SegmentKey, usize)>,
    plan: Plan,
    /// What the player's own thread decodes.
    own: Option<PieceId>,
    /// What helpers decode.
    claimed: Vec<PieceId>,
    /// What helpers failed to read: the player's own thread tries it, and says what is wrong.
    refused: Vec<PieceId>,
    tile: (usize, usize),
    spare: Vec<Frame>,
}

impl GopCache {
    pub(super) fn new(bell: Sender<()>) -> Self {
        Self { inner: Mutex::default(), bell }
    }

    /// What is wanted from now on.
    pub(super) fn want(&self, plan: Plan) {
        let mut inner = self.lock();
        inner.plan = plan;
        inner.evict();
    }

    /// Pictures are shown in a tile of this size. Frames that are too small for it are forgotten.
    pub(super) fn set_tile(&self, tile: (usize, usize)) {
        let mut inner = self.lock();
        inner.tile = tile;
        inner.frames.retain(|_, kept| {
            let size = (kept.frame.width << kept.halvings, kept.frame.height << kept.halvings);
            kept.halvings == shrink::halvings(size, &kept.parameters.video, tile)
        });
        inner.bytes = inner.frames.values().map(|kept| kept.bytes()).sum();
    }

    /// The frame of `sample`.
    pub(super) fn get(&self, segment: SegmentKey, sample: usize) -> Option<Arc<Kept>> {
        self.lock().frames.get(&(segment, sample)).cloned()
    }

    /// Of the frames kept of `segment`, the sample shown nearest to `ticks`.
    pub(super) fn nearest(&self, segment: &LoadedSegment, ticks: i64) -> Option<usize> {
        let (key, samples) = (segment.key(), segment.walk.samples());
        let inner = self.lock();
        let kept = inner.frames.range((key, 0)..=(key, usize::MAX));
        let there = kept.filter(|((_, sample), _)| *sample < samples.len());
        there
            .map(|((_, sample), _)| *sample)
            .min_by_key(|&sample| samples[sample].pts.abs_diff(ticks))
    }

    /// The sample whose picture stands for `sample`: itself unless it is known to be damaged, else the last
    /// good one shown before it and by way of the same random access point. None where there is no such.
    pub(super) fn good_for(&self, segment: &LoadedSegment, sample: usize) -> Option<usize> {
        let (key, walk) = (segment.key(), &segment.walk);
        let start = walk.start_for(sample);
        let inner = self.lock();
        std::iter::successors(Some(sample), |&n| walk.step(n, -1).ok())
            .take_while(|&n| walk.start_for(n) == start)
            .find(|&n| !inner.damaged.contains(&(key, n)))
    }

    /// Damage found so far is looked at anew.
    pub(super) fn forget_damage(&self) {
        let mut inner = self.lock();
        inner.damaged.clear();
        inner.refused.clear();
    }

    /// The next piece for the player's own thread, and the first sample missing of it. With `ahead`,
    /// none once so many frames wait to be shown.
    pub(super) fn own_work(&self, ahead: Option<usize>) -> Option<(Arc<Wanted>, usize)> {
        let mut inner = self.lock();
        let free = |wanted: &&Arc<Wanted>| !inner.claimed.contains(&wanted.id());
        let found = inner
            .plan
            .pieces
            .iter()
            .filter(free)
            .find_map(|wanted| Some((Arc::clone(wanted), inner.missing(wanted)?)));
        let enough = ahead.is_some_and(|ahead| inner.waiting() >= ahead);
        let found = found.filter(|_| !enough);
        inner.own = found.as_ref().map(|(wanted, _)| wanted.id());
        found
    }

    /// A piece for a helper, which gives it back with [`GopCache::release`].
    pub(super) fn claim(&self) -> Option<PieceId> {
        let mut inner = self.lock();
        if !inner.plan.helped {
            return None;
        }
        let free = |wanted: &&Arc<Wanted>| {
            let id = wanted.id();
            let taken = inner.own == Some(id) || inner.claimed.contains(&id);
            !taken && !inner.refused.contains(&id) && inner.missing(wanted).is_some()
        };
        let found = inner.plan.pieces.iter().find(free)?.id();
        inner.claimed.push(found);
        Some(found)
    }

    /// What a helper has still to decode of the piece that it claimed: the piece as it is planned now, and
    /// its first sample that is missing. None when it is done, or no longer wanted.
    pub(super) fn left_of(&self, claimed: PieceId) -> Option<(Arc<Wanted>, usize)> {
        let inner = self.lock();
        let current = inner.plan.pieces.iter().find(|planned| planned.id() == claimed)?;
        Some((Arc::clone(current), inner.missing(current)?))
    }

    /// A helper has ended its work on the piece `id`, and did not get through when `failed`.
    pub(super) fn release(&self, id: PieceId, failed: bool) {
        let mut inner = self.lock();
        inner.claimed.retain(|claimed| *claimed != id);
        if failed {
            let planned: Vec<_> = inner.plan.pieces.iter().map(|wanted| wanted.id()).collect();
            inner.refused.retain(|refused| planned.contains(refused));
            inner.refused.push(id);
        }
        drop(inner);
        self.ring();
    }

    /// Keeps the frame of `sample`; gives back memory for the decoder.
    pub(super) fn put(&self, wanted: &Wanted, sample: usize, frame: Frame) -> Option<Frame> {
        let key = (wanted.segment.key(), sample);
        let (tile, spare) = {
            let mut inner = self.lock();
            if inner.frames.contains_key(&key) {
                return Some(frame);
            }
            (inner.tile, inner.spare.pop())
        };
        let parameters = Arc::clone(&wanted.segment.parameters);
        let halvings = shrink::halvings((frame.width, frame.height), &parameters.video, tile);
        let (frame, back) = if halvings == 0 {
            (frame, spare)
        } else {
            let small = shrink::shrink(&frame, halvings, spare.unwrap_or_else(shrink::empty));
            (small, Some(frame))
        };
        let at = wanted.segment.wall_of(sample);
        let kept = Arc::new(Kept { frame, halvings, at, parameters });
        let mut inner = self.lock();
        // Made for a tile that has another size by now, it may be too small.
        if inner.tile == tile {
            inner.insert(key, kept);
        }
        drop(inner);
        self.ring();
        back
    }

    /// `sample` has the frame of `first`: they are two fields of it.
    pub(super) fn share(&self, segment: SegmentKey, first: usize, sample: usize) {
        let mut inner = self.lock();
        if let Some(frame) = inner.frames.get(&(segment, first)).cloned() {
            inner.insert((segment, sample), frame);
        }
        drop(inner);
        self.ring();
    }

    /// These samples cannot be decoded.
    pub(super) fn damage(&self, segment: SegmentKey, samples: impl Iterator<Item = usize>) {
        let mut inner = self.lock();
        if inner.damaged.len() > MOST_DAMAGED {
            inner.damaged.clear();
        }
        inner.damaged.extend(samples.map(|sample| (segment, sample)));
        drop(inner);
        self.ring();
    }

    /// Bytes of all frames.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    fn ring(&self) {
        let _already_rung = self.bell.try_send(());
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn insert(&mut self, key: (SegmentKey, usize), kept: Arc<Kept>) {
        self.bytes += kept.bytes();
        if let Some(old) = self.frames.insert(key, kept) {
            self.bytes = self.bytes.saturating_sub(old.bytes());
        }
        self.evict();
    }

    fn missing(&self, wanted: &Wanted) -> Option<usize> {
        let segment = wanted.segment.key();
        wanted.samples().find(|&sample| {
            let key = (segment, sample);
            !self.frames.contains_key(&key) && !self.damaged.contains(&key)
        })
    }

    /// Frames that wait to be shown, up to the first one that is missing.
    fn waiting(&self) -> usize {
        let mut count = 0;
        for wanted in &self.plan.pieces {
            let segment = wanted.segment.key();
            let there = |n: &usize| self.frames.contains_key(&(segment, *n));
            count += wanted.samples().take_while(there).count();
            if self.missing(wanted).is_some() {
                break;
            }
        }
        count
    }

    /// Forgets frames until the others fit: those farthest from what is shown go first, and those that are
    /// about to be shown stay, of which the plan has no more than fit.
    fn evict(&mut self) {
        let Some((next, last)) = self.plan.useful else { return };
        let (low, high) = (next.min(last), next.max(last));
        let far = |at: WallTime| {
            (at < low).then(|| low.micros_since(at)).or((at > high).then(|| at.micros_since(high)))
        };
        while self.bytes > self.plan.limit {
            // Main and sub stream lie in one another's time: the order of keys is not that of time.
            let far_off = self.frames.iter().filter_map(|(key, kept)| Some((far(kept.at)?, *key)));
            let Some((_, key)) = far_off.max() else { return };
            let Some(kept) = self.frames.remove(&key) else { return };
            self.bytes = self.bytes.saturating_sub(kept.bytes());
            if self.spare.len() < SPARE
                && let Some(kept) = Arc::into_inner(kept)
            {
                self.spare.push(kept.frame);
            }
        }
    }
}
