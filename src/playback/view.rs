//! What one camera shows at the playhead, found one small piece of work at a time.
//!
//! Must not do: wait, or read a clock; `player` does both.

use std::sync::Arc;
use std::time::Duration;

use super::cursor::{Cursor, Progress};
use super::pool::PicturePool;
use super::{Footage, FootageGap, Pace, PlaybackError, Transport};
use crate::codec::{Converter, Frame};
use crate::media::sps::VideoInfo;
use crate::model::{CameraId, Picture, StreamId, StreamKind, WallTime};
use crate::protocol::{Speed, ViewState};

/// What a player is to show. The newest order counts, older ones are forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Grows with each jump of the playhead.
    pub(super) seek: u64,
    pub(super) transport: Transport,
    /// False while the operator drags: the nearest random access point does.
    pub(super) exact: bool,
    /// Width and height of the tile in pixels.
    pub(super) size: (usize, usize),
}

/// When there is something to do again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// At once.
    Now,
    /// After this time, or at a new order.
    After(Duration),
    /// At a new order.
    Order,
}

/// After an error, or in a gap whose end is not known, another look is taken this often while playing.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// After a jump, decoding up to the playhead is not counted as too slow for this long: a 2 s GOP of 1080p
/// takes 0.6 s of a free processor.
const CATCH_UP: Duration = Duration::from_millis(1_500);

/// One camera's view.
pub(super) struct View {
    footage: Arc<Footage>,
    camera: CameraId,
    order: Option<Order>,
    cursor: Option<Cursor>,
    /// The cursor's segment is the right one up to here.
    until: WallTime,
    gap: Option<(WallTime, FootageGap)>,
    failed: bool,
    /// The sample on the screen, of the cursor's segment.
    shown: Option<usize>,
    /// A jump's first picture is still to be shown.
    preview: bool,
    /// Until when decoding is excused from keeping up.
    excused_until: Duration,
    /// The playhead, for messages.
    at: WallTime,
    pace: Pace,
    converter: Converter,
    pool: PicturePool,
    frame: Option<(Frame, WallTime, VideoInfo)>,
    state: ViewState,
    version: u64,
    pictures: u64,
}

impl View {
    pub(super) fn new(footage: Arc<Footage>, camera: CameraId) -> Self {
        Self {
            footage,
            camera,
            order: None,
            cursor: None,
            until: WallTime::MIN,
            gap: None,
            failed: false,
            shown: None,
            preview: false,
            excused_until: Duration::ZERO,
            at: WallTime::MIN,
            pace: Pace::new(Speed::Normal, Duration::ZERO),
            converter: Converter::new(),
            pool: PicturePool::default(),
            frame: None,
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
                if order.transport.is_playing() { Next::After(LOOK_AGAIN) } else { Next::Order }
            }
        }
    }

    /// Notes what is new in `order`.
    fn take(&mut self, order: &Order, now: Duration) {
        let old = self.order.replace(*order);
        if old.is_none_or(|old| old.seek != order.seek) {
            self.preview = true;
            self.gap = None;
            self.failed = false;
            self.excused_until = now + CATCH_UP;
            // Other footage may be easier to decode: what was too slow before the jump says nothing of it.
            self.pace = Pace::new(order.transport.speed(), now);
            if let Some(cursor) = &mut self.cursor {
                cursor.forget_damage();
            }
        }
        if old.is_none_or(|old| !old.transport.is_playing() && order.transport.is_playing()) {
            self.excused_until = now + CATCH_UP;
        }
        self.pace.set_speed(order.transport.speed(), now);
        if old.is_some_and(|old| old.size != order.size) {
            self.resize(order.size);
        }
    }

    fn advance(&mut self, order: &Order, now: Duration) -> Result<Next, PlaybackError> {
        let at = order.transport.playhead(now);
        self.at = at;
        if self.failed {
            if !order.transport.is_playing() {
                return Ok(Next::Order);
            }
            self.failed = false;
            self.until = WallTime::MIN;
        }
        if !self.locate(at)? {
            return Ok(self.wait_in_gap(order, now));
        }
        let Some(target) = self.target(order, at) else {
            return Err(PlaybackError::Damaged { camera: self.camera.clone(), at });
        };
        let there = self.shown == Some(target);
        if self.changes_pace(order, there, now) {
            return Ok(Next::Now);
        }
        if there {
            self.confirm(order);
            return self.wait_for_next(order, target, now);
        }
        self.approach(order, target)
    }

    /// Sees to it that the cursor is in the segment of `at`; false when there is none.
    fn locate(&mut self, at: WallTime) -> Result<bool, PlaybackError> {
        if let Some(cursor) = &self.cursor
            && cursor.segment.row.start <= at
            && at < self.until
        {
            return Ok(true);
        }
        if self.gap.as_ref().is_some_and(|(from, gap)| *from <= at && at < gap.until) {
            return Ok(false);
        }
        let Some(row) = self.footage.find(&self.camera, at)? else {
            self.enter_gap(at)?;
            return Ok(false);
        };
        self.gap = None;
        let segment = self.footage.load(&row)?;
        self.until = segment.row.end.max(at.plus_micros(1));
        if segment.row.stream.kind == StreamKind::Sub {
            let main = StreamId::new(self.camera.clone(), StreamKind::Main);
            let better = self.footage.first_after_in(&main, at)?.map(|row| row.start);
            self.until = better.map_or(self.until, |better| better.min(self.until));
        }
        let same = self.cursor.as_ref().is_some_and(|c| c.segment.is_same_file(&segment.row));
        match &mut self.cursor {
            Some(cursor) => cursor.enter(segment)?,
            None => self.cursor = Some(Cursor::open(segment)?),
        }
        if !same {
            self.shown = None;
        }
        Ok(true)
    }

    fn enter_gap(&mut self, at: WallTime) -> Result<(), PlaybackError> {
        let gap = self.footage.gap(&self.camera, at)?;
        self.shown = None;
        self.until = WallTime::MIN;
        let same = matches!(&self.state, ViewState::NoFootage { reason, before, after }
            if *reason == gap.reason && *before == gap.before && *after == gap.after);
        if !same {
            self.set(ViewState::NoFootage {
                reason: gap.reason.clone(),
                before: gap.before,
                after: gap.after,
            });
        }
        self.gap = Some((at, gap));
        Ok(())
    }

    /// A gap plays as time without footage.
    fn wait_in_gap(&mut self, order: &Order, now: Duration) -> Next {
        self.excused_until = now + CATCH_UP;
        let Some((_, gap)) = &self.gap else { return Next::Now };
        if !order.transport.is_playing() {
            return Next::Order;
        }
        match order.transport.time_until(gap.until, now) {
            Some(due) => Next::After(due),
            None => {
                // At the live edge footage may come at any time.
                self.gap = None;
                Next::After(LOOK_AGAIN)
            }
        }
    }

    /// The sample to be shown at `at`.
    fn target(&self, order: &Order, at: WallTime) -> Option<usize> {
        let segment = &self.cursor.as_ref()?.segment;
        if self.keys_only(order) {
            return segment.key_shown_at(at);
        }
        segment.shown_at(at)
    }

    fn keys_only(&self, order: &Order) -> bool {
        !order.exact || (order.transport.is_playing() && self.pace.key_frames_only())
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

    /// The picture on the screen is the one wanted now.
    fn confirm(&mut self, order: &Order) {
        self.preview = false;
        let wanted = !self.keys_only(order);
        if let ViewState::Showing { picture, exact, damaged } = &self.state
            && *exact != wanted
        {
            let (picture, damaged) = (Arc::clone(picture), *damaged);
            self.set(ViewState::Showing { picture, exact: wanted, damaged });
        }
    }

    /// Uses the time until the next picture for decoding it.
    fn wait_for_next(
        &mut self,
        order: &Order,
        target: usize,
        now: Duration,
    ) -> Result<Next, PlaybackError> {
        if !order.transport.is_playing() {
            return Ok(Next::Order);
        }
        let keys_only = self.keys_only(order);
        let Some(cursor) = &mut self.cursor else { return Ok(Next::Order) };
        if !keys_only && cursor.ahead()? {
            return Ok(Next::Now);
        }
        let walk = &cursor.segment.walk;
        let next = if keys_only { walk.key_after(target) } else { walk.step(target, 1).ok() };
        let due = next.map_or(self.until, |next| cursor.segment.wall_of(next)).min(self.until);
        // At the live edge the order changes when there is more.
        Ok(order.transport.time_until(due, now).map_or(Next::Order, Next::After))
    }

    /// Decodes a sample on the way to `target`, and shows what is to be shown of it.
    fn approach(&mut self, order: &Order, target: usize) -> Result<Next, PlaybackError> {
        if self.preview {
            self.doubt();
        }
        let Some(cursor) = &mut self.cursor else { return Ok(Next::Order) };
        match cursor.towards(target)? {
            Progress::Reached(frame) => {
                let exact = !self.keys_only(order);
                self.show(order, frame, exact)?;
                self.shown = Some(target);
            }
            Progress::Damaged => {
                if let Some(frame) = cursor.last_good(target) {
                    self.show(order, frame, true)?;
                }
                self.hold();
                self.shown = Some(target);
            }
            Progress::Started(sample) if self.preview => {
                if let Some(frame) = cursor.peek(sample).cloned() {
                    self.show(order, frame, false)?;
                    self.shown = Some(sample);
                }
            }
            Progress::Started(_) | Progress::Under => {}
        }
        Ok(Next::Now)
    }

    fn show(&mut self, order: &Order, frame: Frame, exact: bool) -> Result<(), PlaybackError> {
        let Some(cursor) = &mut self.cursor else { return Ok(()) };
        let at = cursor.segment.row.wall_at(frame.pts);
        let video = cursor.segment.parameters.video.clone();
        if let Some((old, _, _)) = self.frame.replace((frame, at, video)) {
            cursor.recycle(old);
        }
        self.preview = false;
        self.pictures += 1;
        let picture = self.convert(order.size)?;
        if let Some(picture) = picture {
            self.set(ViewState::Showing { picture, exact, damaged: false });
        }
        Ok(())
    }

    /// The frame on the screen, at the size of the tile.
    fn convert(&mut self, size: (usize, usize)) -> Result<Option<Arc<Picture>>, PlaybackError> {
        let Some((frame, at, video)) = &self.frame else { return Ok(None) };
        let pixels = self.converter.convert(frame, video, size, self.pool.buffer())?;
        Ok(Some(self.pool.picture(pixels, *at)))
    }

    /// After a jump the picture on the screen is not the one asked for.
    fn doubt(&mut self) {
        if let ViewState::Showing { picture, exact: true, damaged } = &self.state {
            let (picture, damaged) = (Arc::clone(picture), *damaged);
            self.set(ViewState::Showing { picture, exact: false, damaged });
        }
    }

    /// Keeps the last picture for one that is damaged, unless it is from another time altogether.
    fn hold(&mut self) {
        match &self.state {
            ViewState::Showing { damaged: true, .. } if !self.preview => {}
            ViewState::Showing { picture, .. } if !self.preview => {
                let picture = Arc::clone(picture);
                self.set(ViewState::Showing { picture, exact: true, damaged: true });
            }
            _ => {
                let (camera, at) = (self.camera.clone(), self.at);
                self.set(ViewState::Failed(PlaybackError::Damaged { camera, at }.to_string()));
            }
        }
    }

    fn resize(&mut self, size: (usize, usize)) {
        let ViewState::Showing { exact, damaged, .. } = self.state else { return };
        match self.convert(size) {
            Ok(Some(picture)) => self.set(ViewState::Showing { picture, exact, damaged }),
            Ok(None) => {}
            Err(error) => self.fail(&error),
        }
    }

    fn fail(&mut self, error: &PlaybackError) {
        self.failed = true;
        self.shown = None;
        let text = error.to_string();
        if !matches!(&self.state, ViewState::Failed(old) if *old == text) {
            tracing::warn!(camera = %self.camera, error = text, "playback");
            self.set(ViewState::Failed(text));
        }
    }

    fn set(&mut self, state: ViewState) {
        self.state = state;
        self.version += 1;
    }
}
