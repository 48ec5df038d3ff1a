//! What one camera shows at the playhead, found one small piece of work at a time.
//!
//! Must not do: wait, or read a clock; `player` does both.

mod screen;

use std::sync::Arc;
use std::time::Duration;

use super::gop_cache::{GopCache, Kept, Plan};
use super::hand::Hand;
use super::helpers::Board;
use super::place::{Found, Place};
use super::planner::{Planner, Scope};
use super::pool::PicturePool;
use super::{Footage, FootageGap, LoadedSegment, Pace, PlaybackError, Previews, SegmentKey};
use crate::codec::Converter;
use crate::model::{CameraId, WallTime};
use crate::playback::Transport;
use crate::protocol::{Speed, ViewState};

/// What a player is to show. The newest order counts, older ones are forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Grows with each jump of the playhead.
    pub(super) seek: u64,
    pub(super) transport: Transport,
    /// False while the operator drags: the nearest random access point does.
    pub(super) exact: bool,
    /// The last jump was a step, backward when true: more may follow.
    pub(super) stepping: Option<bool>,
    /// Width and height of the tile in pixels.
    pub(super) size: (usize, usize),
    /// Bytes of frames that may be kept.
    pub(super) memory: usize,
}

impl Order {
    /// In which direction pictures follow, backward when true; none while one stands.
    fn direction(&self) -> Option<bool> {
        let transport = &self.transport;
        if transport.is_playing() { Some(transport.is_reverse()) } else { self.stepping }
    }
}

/// When there is something to do again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// At once.
    Now,
    /// After this time, or when something happens.
    After(Duration),
    /// When something happens: a new order, or a frame.
    Bell,
}

/// After an error, or in a gap whose end is not known, another look is taken this often while playing.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What is said of a gap is looked up this often while time passes backward.
const LOOK_BACK: Duration = Duration::from_millis(250);

/// The footage behind a gap is made ready so long before it is reached.
const READY_BEFORE: Duration = Duration::from_secs(2);

/// After a jump, decoding up to the playhead is not counted as too slow for this long: a 2 s GOP of 1080p
/// takes 0.6 s of a free processor.
const CATCH_UP: Duration = Duration::from_millis(1_500);

/// No more pictures are made than a screen shows, 60 a second.
const SCREEN: Duration = Duration::from_millis(16);

/// One thread alone decodes so many frames before they are due: enough to hide a random access point,
/// which takes as long as some pictures do.
const AHEAD: usize = 8;

/// So much before it begins to be shown a picture's predecessor is: a tick of the media clock, rounded up.
const TICK_MICROS: i64 = 12;

/// One camera's view.
pub(super) struct View {
    camera: CameraId,
    previews: Option<Arc<dyn Previews>>,
    cache: Arc<GopCache>,
    board: Arc<Board>,
    order: Option<Order>,
    place: Place,
    planner: Planner,
    hand: Hand,
    failed: bool,
    /// The sample on the screen.
    shown: Option<(SegmentKey, usize)>,
    /// The frame that the picture on the screen was made of.
    frame: Option<Arc<Kept>>,
    /// When the last picture since the last jump was shown because it was due.
    shown_at: Option<Duration>,
    /// A jump's first picture is still to be shown.
    preview: bool,
    /// A small picture is still to be looked for.
    small_due: bool,
    /// Until when decoding is excused from keeping up.
    excused_until: Duration,
    pace: Pace,
    converter: Converter,
    pool: PicturePool,
    state: ViewState,
    version: u64,
    pictures: u64,
}

/// What the cache has for a sample.
enum Ready {
    OnScreen,
    Frame(Arc<Kept>),
    NotYet,
}

impl Drop for View {
    fn drop(&mut self) {
        self.cache.want(Plan::default());
        self.board.leave(&self.cache);
    }
}

impl View {
    /// `cache` wakes the thread of this view.
    pub(super) fn new(
        footage: Arc<Footage>,
        camera: CameraId,
        cache: GopCache,
        board: Arc<Board>,
        previews: Option<Arc<dyn Previews>>,
    ) -> Self {
        let cache = Arc::new(cache);
        board.join(&cache);
        Self {
            place: Place::new(footage, camera.clone()),
            planner: Planner::new(Arc::clone(&cache), Arc::clone(&board)),
            camera,
            previews,
            cache,
            board,
            order: None,
            hand: Hand::default(),
            failed: false,
            shown: None,
            frame: None,
            shown_at: None,
            preview: false,
            small_due: false,
            excused_until: Duration::ZERO,
            pace: Pace::new(Speed::Normal, Duration::ZERO),
            converter: Converter::new(),
            pool: PicturePool::default(),
            state: ViewState::Loading,
            version: 0,
            pictures: 0,
        }
    }

    /// What it shows.
    pub(super) fn state(&self) -> &ViewState {
        &self.state
    }

    /// Grows with each change of what it shows.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// New pictures shown so far.
    pub(super) fn pictures(&self) -> u64 {
        self.pictures
    }

    /// Whether only random access points are shown because decoding all is too slow.
    pub(super) fn key_frames_only(&self) -> bool {
        self.pace.key_frames_only()
    }

    /// Does one piece of work towards `order` at `now`.
    pub(super) fn work(&mut self, order: &Order, now: Duration) -> Next {
        self.take(order, now);
        match self.advance(order, now) {
            Ok(next) => next,
            Err(error) => {
                self.fail(&error);
                if order.transport.is_playing() { Next::After(LOOK_AGAIN) } else { Next::Bell }
            }
        }
    }

    /// Notes what is new in `order`.
    fn take(&mut self, order: &Order, now: Duration) {
        let old = self.order.replace(*order);
        if old.is_none_or(|old| old.seek != order.seek) {
            self.preview = order.stepping.is_none();
            self.small_due = !order.exact;
            self.shown_at = None;
            self.failed = false;
            self.excused_until = now + CATCH_UP;
            self.pace.jump(order.transport.speed(), now);
            self.place.forget_gap();
            self.cache.forget_damage();
        }
        if old.is_none_or(|old| old.direction() != order.direction()) {
            self.excused_until = now + CATCH_UP;
        }
        self.pace.set_speed(order.transport.speed(), now);
        if old.is_none_or(|old| old.size != order.size) {
            self.cache.set_tile(order.size);
            self.resize(order.size);
        }
    }

    fn advance(&mut self, order: &Order, now: Duration) -> Result<Next, PlaybackError> {
        let at = order.transport.playhead(now);
        if self.failed {
            if !order.transport.is_playing() {
                return Ok(Next::Bell);
            }
            self.failed = false;
        }
        let segment = match self.place.find(at)? {
            Found::Segment(segment) => segment,
            Found::Gap(gap) => return self.wait_in_gap(order, &gap, now),
        };
        let Some(due) = self.target(&segment, order, at) else {
            return Err(PlaybackError::Damaged { camera: self.camera.clone(), at });
        };
        // For one that is damaged the last good picture is shown.
        let good = self.cache.good_for(&segment, due);
        let (target, damaged) = (good.unwrap_or(due), good != Some(due));
        let scope = self.scope(order);
        self.planner.plan(&mut self.place, &segment, target, scope);
        let ready = self.ready(segment.key(), target);
        let there = !matches!(ready, Ready::NotYet) || good.is_none();
        if self.changes_pace(order, there, now) {
            return Ok(Next::Now);
        }
        match ready {
            Ready::OnScreen => {
                self.confirm(order, damaged);
                self.wait_for_next(order, &segment, due, now)
            }
            Ready::NotYet if good.is_none() => {
                self.hold(at);
                self.shown = Some((segment.key(), target));
                Ok(Next::Now)
            }
            Ready::NotYet => self.approach(order, &segment, target, at),
            Ready::Frame(kept) => {
                if let Some(early) = self.too_early(order, now) {
                    let busy = self.decode_ahead(order)?;
                    return Ok(if busy { Next::Now } else { Next::After(early) });
                }
                self.shown_at = Some(now);
                self.show(order, kept, !self.keys_only(order), damaged)?;
                self.shown = Some((segment.key(), target));
                Ok(Next::Now)
            }
        }
    }

    /// How long the picture on the screen still stays, when it is the one that was due last.
    fn too_early(&self, order: &Order, now: Duration) -> Option<Duration> {
        let wanted = !self.keys_only(order);
        let due = matches!(self.state, ViewState::Showing { exact, .. } if exact == wanted);
        let last = self.shown_at.filter(|_| due && order.transport.is_playing())?;
        (last + SCREEN).checked_sub(now).filter(|early| !early.is_zero())
    }

    fn ready(&self, segment: SegmentKey, target: usize) -> Ready {
        if self.shown == Some((segment, target)) {
            return Ready::OnScreen;
        }
        match self.cache.get(segment, target) {
            Some(kept) => Ready::Frame(kept),
            None => Ready::NotYet,
        }
    }

    /// A gap plays as time without footage; what comes after it is made ready.
    fn wait_in_gap(
        &mut self,
        order: &Order,
        gap: &FootageGap,
        now: Duration,
    ) -> Result<Next, PlaybackError> {
        self.enter_gap(gap);
        self.excused_until = now + CATCH_UP;
        let transport = &order.transport;
        if !transport.is_playing() {
            return Ok(Next::Bell);
        }
        let reverse = transport.is_reverse();
        let edge = if reverse { gap.before } else { gap.after };
        let due = edge.and_then(|edge| transport.time_until(edge, now));
        if due.is_some_and(|due| due < READY_BEFORE)
            && let Some((next, edge)) = self.place.beside(!reverse)
            && let Some(sample) = next.sample_at(edge, self.keys_only(order))
        {
            let scope = self.scope(order);
            self.planner.plan(&mut self.place, &next, sample, scope);
            if self.decode_ahead(order)? {
                return Ok(Next::Now);
            }
        }
        if reverse {
            return Ok(Next::After(due.map_or(LOOK_BACK, |due| due.min(LOOK_BACK))));
        }
        let due = transport.time_until(gap.until, now);
        if due.is_none() {
            // At the live edge footage may come at any time.
            self.place.forget_gap();
        }
        Ok(Next::After(due.unwrap_or(LOOK_AGAIN)))
    }

    fn enter_gap(&mut self, gap: &FootageGap) {
        self.shown = None;
        let same = matches!(&self.state, ViewState::NoFootage { reason, before, after }
            if *reason == gap.reason && *before == gap.before && *after == gap.after);
        if !same {
            let FootageGap { reason, before, after, .. } = gap.clone();
            self.set(ViewState::NoFootage { reason, before, after });
        }
    }

    /// The sample to be shown at `at`. During a drag a frame that is there and nearer than the random
    /// access point is better.
    fn target(&self, segment: &LoadedSegment, order: &Order, at: WallTime) -> Option<usize> {
        if !self.keys_only(order) {
            return segment.shown_at(at);
        }
        let key = segment.key_shown_at(at)?;
        if order.exact {
            return Some(key);
        }
        let (ticks, samples) = (segment.row.ticks_at(at), segment.walk.samples());
        let far = |sample: usize| samples[sample].pts.abs_diff(ticks);
        let kept = self.cache.nearest(segment, ticks);
        Some(kept.filter(|&kept| far(kept) < far(key)).unwrap_or(key))
    }

    fn keys_only(&self, order: &Order) -> bool {
        !order.exact || (order.transport.is_playing() && self.pace.key_frames_only())
    }

    fn scope(&self, order: &Order) -> Scope {
        Scope {
            direction: order.direction(),
            keys_only: self.keys_only(order),
            helped: order.transport.is_playing() && self.pace.helped(),
            keep_near: order.direction().is_none() || self.preview,
            tile: order.size,
            memory: order.memory,
        }
    }

    /// Notes whether decoding keeps up; true when the way of decoding changes by this.
    fn changes_pace(&mut self, order: &Order, there: bool, now: Duration) -> bool {
        if there {
            self.excused_until = self.excused_until.min(now);
        }
        if !order.transport.is_playing() || !order.exact {
            return false;
        }
        let behind = !there && now >= self.excused_until;
        let changes = self.pace.observe(behind, now);
        if changes {
            self.excused_until = now + CATCH_UP;
        }
        changes
    }

    /// The picture on the screen is the one wanted now, or stands for that, which is `damaged`.
    fn confirm(&mut self, order: &Order, damaged: bool) {
        self.preview = false;
        let wanted = !self.keys_only(order);
        if let ViewState::Showing { picture, exact, damaged: was } = &self.state
            && (*exact, *was) != (wanted, damaged)
        {
            let picture = Arc::clone(picture);
            self.set(ViewState::Showing { picture, exact: wanted, damaged });
        }
    }

    /// Uses the time until the next picture for decoding it.
    fn wait_for_next(
        &mut self,
        order: &Order,
        segment: &LoadedSegment,
        target: usize,
        now: Duration,
    ) -> Result<Next, PlaybackError> {
        if self.decode_ahead(order)? {
            return Ok(Next::Now);
        }
        if !order.transport.is_playing() {
            return Ok(Next::Bell);
        }
        let due = if order.transport.is_reverse() {
            segment.wall_of(target).plus_micros(-TICK_MICROS)
        } else {
            let (walk, end) = (&segment.walk, self.place.end());
            let keys_only = self.keys_only(order);
            let next = if keys_only { walk.key_after(target) } else { walk.step(target, 1).ok() };
            next.map_or(end, |next| segment.wall_of(next)).min(end)
        };
        // At the live edge the order changes when there is more.
        Ok(order.transport.time_until(due, now).map_or(Next::Bell, Next::After))
    }

    /// Decodes a sample before it is due; false when there is nothing to do.
    fn decode_ahead(&mut self, order: &Order) -> Result<bool, PlaybackError> {
        let Some(reverse) = order.direction() else { return Ok(false) };
        let few = !reverse && !self.scope(order).helped;
        let Some((wanted, missing)) = self.cache.own_work(few.then_some(AHEAD)) else {
            return Ok(false);
        };
        self.hand.step(&wanted, missing, &self.cache)?;
        Ok(true)
    }

    /// Decodes a sample on the way to `target`, and shows what is to be shown of it.
    fn approach(
        &mut self,
        order: &Order,
        segment: &LoadedSegment,
        target: usize,
        at: WallTime,
    ) -> Result<Next, PlaybackError> {
        if self.preview {
            self.doubt();
        }
        if std::mem::take(&mut self.small_due) && self.show_small(at) {
            return Ok(Next::Now);
        }
        // None while a helper has it in hand.
        let Some((wanted, missing)) = self.cache.own_work(None) else { return Ok(Next::Bell) };
        let began = self.hand.step(&wanted, missing, &self.cache)?;
        let start = wanted.piece.start;
        let leads_there = segment.walk.start_for(target) == Some(start);
        if self.preview
            && began
            && leads_there
            && start != target
            && let Some(kept) = self.cache.get(segment.key(), start)
        {
            self.show(order, kept, false, false)?;
            self.shown = Some((segment.key(), start));
        }
        Ok(Next::Now)
    }
}
