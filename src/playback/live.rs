//! Live pictures of one tile: from captured access units to the newest picture at the tile's size.
//!
//! Must not do: slow capture down. What comes too late to be shown is not converted, and what comes far too
//! late is not even decoded.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::PlaybackError;
use super::budget::{FEWER, Work};
use super::pool::PicturePool;
use crate::capture::{CaptureEvent, UnitQueue};
use crate::codec::{Converter, Decoder, Frame, open_decoder};
use crate::media::{AccessUnit, StreamParameters};
use crate::model::time::TICKS_PER_SECOND;
use crate::model::{CameraId, WallTime};
use crate::protocol::{LiveRate, Shown};
use crate::runtime::thread::JoinError;
use crate::runtime::{Clock, Worker};

/// Units that wait longer than this, by their own clock, are left out up to the next random access point.
const BEHIND_TICKS: i64 = TICKS_PER_SECOND / 2;

/// Longest wait for something to arrive; a request to stop ends it.
const LISTEN: Duration = Duration::from_secs(5);

/// How long a player may take to end.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// Pictures that may be held back to bring them into the order of display. Cameras that reorder at all
/// do so by one or two.
const MOST_REORDERED: usize = 4;

/// A running live view. Dropping it asks its thread to end; [`LivePlayer::stop`] also waits for that.
pub struct LivePlayer {
    desk: Handle,
    worker: Worker,
}

/// The engine's end of the desk.
struct Handle(Arc<Desk>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.end();
    }
}

struct Desk {
    queue: Arc<UnitQueue>,
    stop: AtomicBool,
    width: AtomicUsize,
    height: AtomicUsize,
    rate: AtomicU8,
    work: Mutex<Work>,
}

impl LivePlayer {
    /// Starts the thread `live-<number>`, which shows what arrives in `queue` as the live picture of
    /// `camera`, at the `size` of its tile in pixels.
    ///
    /// # Errors
    /// [`PlaybackError::Thread`].
    pub fn start(
        number: u64,
        camera: CameraId,
        queue: Arc<UnitQueue>,
        size: (usize, usize),
        shown: Arc<Shown>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PlaybackError> {
        let desk = Arc::new(Desk {
            queue,
            stop: AtomicBool::new(false),
            width: AtomicUsize::new(size.0),
            height: AtomicUsize::new(size.1),
            rate: AtomicU8::new(LiveRate::All as u8),
            work: Mutex::default(),
        });
        let theirs = Arc::clone(&desk);
        let name = format!("live-{number}");
        let worker = Worker::spawn(&name, move || {
            let mut view = LiveView::new(camera, clock);
            let mut events = Vec::new();
            while !theirs.stop.load(Ordering::Acquire) {
                events.extend(theirs.queue.recv_timeout(LISTEN));
                theirs.queue.drain(&mut events);
                let order = Order { size: theirs.size(), rate: theirs.rate() };
                if view.take(&mut events, order, &shown) {
                    shown.wake();
                }
                theirs.note(view.take_work());
            }
        });
        let worker = worker.map_err(|source| PlaybackError::Thread { name, source })?;
        Ok(Self { desk: Handle(desk), worker })
    }

    /// The tile has another size now.
    pub fn resize(&self, size: (usize, usize)) {
        self.desk.0.width.store(size.0, Ordering::Release);
        self.desk.0.height.store(size.1, Ordering::Release);
    }

    /// How many of its pictures are shown from now on.
    pub fn set_rate(&self, rate: LiveRate) {
        self.desk.0.rate.store(rate as u8, Ordering::Release);
    }

    /// What it did since the last call.
    #[must_use]
    pub fn take_work(&self) -> Work {
        std::mem::take(&mut self.desk.0.work.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks it to end, without waiting, so that many can end together.
    pub fn ask_to_stop(&self) {
        self.desk.0.end();
    }

    /// Ends it.
    ///
    /// # Errors
    /// [`JoinError`] when it hangs or panicked.
    pub fn stop(self) -> Result<(), JoinError> {
        let Self { desk, worker } = self;
        drop(desk);
        worker.join(STOP_LIMIT)
    }
}

impl Desk {
    fn end(&self) {
        self.stop.store(true, Ordering::Release);
        self.queue.rouse();
    }

    fn size(&self) -> (usize, usize) {
        (self.width.load(Ordering::Acquire), self.height.load(Ordering::Acquire))
    }

    fn rate(&self) -> LiveRate {
        const RATES: [LiveRate; 3] = [LiveRate::All, LiveRate::Fewer, LiveRate::KeyFrames];
        let rate = usize::from(self.rate.load(Ordering::Acquire));
        RATES.get(rate).copied().unwrap_or_default()
    }

    fn note(&self, new: Work) {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        work.units += new.units;
        work.starts += new.starts;
        work.decoded += new.decoded;
        work.decoding += new.decoding;
        work.pictures += new.pictures;
        work.converting += new.converting;
        work.behind |= new.behind;
    }
}

/// What the tile wants at present.
#[derive(Clone, Copy)]
struct Order {
    size: (usize, usize),
    rate: LiveRate,
}

/// What decodes and converts.
struct LiveView {
    camera: CameraId,
    parameters: Option<Arc<StreamParameters>>,
    decoder: Option<Box<dyn Decoder>>,
    /// Units are of no use before the next random access point.
    wait: bool,
    order: DisplayOrder,
    converter: Converter,
    pool: PicturePool,
    out: Vec<Frame>,
    clock: Arc<dyn Clock>,
    work: Work,
    /// When the picture that is shown arrived.
    shown_at: WallTime,
}

impl LiveView {
    fn new(camera: CameraId, clock: Arc<dyn Clock>) -> Self {
        Self {
            camera,
            parameters: None,
            decoder: None,
            wait: true,
            order: DisplayOrder::default(),
            converter: Converter::new(),
            pool: PicturePool::default(),
            out: Vec::new(),
            clock,
            work: Work::default(),
            shown_at: WallTime::MIN,
        }
    }

    fn take_work(&mut self) -> Work {
        std::mem::take(&mut self.work)
    }

    /// Takes all `events`, and shows the newest picture that comes of them; true when there is one.
    fn take(&mut self, events: &mut Vec<CaptureEvent>, order: Order, shown: &Shown) -> bool {
        let useless = useless_before(events);
        self.work.behind |= useless > 0;
        let mut newest = None;
        for (index, event) in events.drain(..).enumerate() {
            match event {
                CaptureEvent::Unit(unit) if index >= useless => {
                    let shown_next = self.unit(&unit, order.rate);
                    let old = shown_next.and_then(|next| newest.replace(next));
                    self.recycle(old.map(|(frame, _)| frame));
                }
                CaptureEvent::Unit(_) => self.start_over(),
                CaptureEvent::RunStarted { parameters }
                | CaptureEvent::NewParameters { parameters } => self.begin(parameters),
                CaptureEvent::Lost { .. }
                | CaptureEvent::Dropped { .. }
                | CaptureEvent::TimestampJump { .. }
                | CaptureEvent::RunEnded { .. } => self.start_over(),
            }
        }
        let Some((frame, at)) = newest else { return false };
        let due = is_due(self.shown_at, at, most_shown(order.rate, shown.live_show.pace()));
        let done = due && self.show(&frame, at, order.size, shown);
        self.recycle(Some(frame));
        done
    }

    fn begin(&mut self, parameters: Arc<StreamParameters>) {
        self.start_over();
        self.order = DisplayOrder::default();
        if self.decoder.is_some() && self.parameters.as_ref() == Some(&parameters) {
            return;
        }
        let opened = open_decoder(&parameters)
            .inspect_err(|error| tracing::warn!(camera = %self.camera, %error, "live"));
        self.decoder = opened.ok();
        self.parameters = Some(parameters);
    }

    fn start_over(&mut self) {
        if !self.wait {
            self.wait = true;
            self.order.clear();
            if let Some(decoder) = &mut self.decoder {
                decoder.reset();
            }
        }
    }

    /// Decodes one unit; gives the picture that is to be shown next, if one became complete. After an
    /// error the last picture stays until the next random access point.
    fn unit(&mut self, unit: &AccessUnit, rate: LiveRate) -> Option<(Frame, WallTime)> {
        self.work.units += 1;
        self.work.starts += u64::from(unit.random_access);
        let key_frames = rate == LiveRate::KeyFrames;
        if key_frames && !self.wait {
            self.start_over();
        }
        if self.wait && !unit.random_access {
            return None;
        }
        let decoder = self.decoder.as_mut()?;
        self.wait = false;
        let before = self.clock.worked();
        let decoded = decoder.decode(&unit.data, unit.pts.ticks(), &mut self.out);
        self.work.decoded += 1;
        self.work.decoding += self.clock.worked().saturating_sub(before);
        let mut newest = None;
        for frame in std::mem::take(&mut self.out) {
            // Nothing comes between random access points that could be shown before them.
            let in_order = match key_frames {
                true => vec![(frame, unit.received.wall)],
                false => self.order.put(frame, unit.received.wall),
            };
            for next in in_order {
                let old = newest.replace(next);
                self.recycle(old.map(|(frame, _)| frame));
            }
        }
        if let Err(error) = decoded {
            tracing::debug!(camera = %self.camera, %error, "live");
            self.start_over();
        }
        newest
    }

    fn show(&mut self, frame: &Frame, at: WallTime, size: (usize, usize), shown: &Shown) -> bool {
        let Some(parameters) = &self.parameters else { return false };
        let buffer = self.pool.buffer();
        let before = self.clock.worked();
        let converted = self.converter.convert(frame, &parameters.video, size, buffer);
        self.work.pictures += 1;
        self.work.converting += self.clock.worked().saturating_sub(before);
        match converted {
            Ok(pixels) => {
                self.shown_at = at;
                shown.live.set(self.camera.clone(), self.pool.picture(pixels, at));
                true
            }
            Err(error) => {
                tracing::warn!(camera = %self.camera, %error, "live");
                false
            }
        }
    }

    fn recycle(&mut self, frame: Option<Frame>) {
        if let (Some(decoder), Some(frame)) = (&mut self.decoder, frame) {
            decoder.recycle(frame);
        }
    }
}

/// Pictures a second that are shown at most.
fn most_shown(rate: LiveRate, pace: Option<u32>) -> u32 {
    let wanted = if rate == LiveRate::Fewer { FEWER } else { u32::MAX };
    wanted.min(pace.unwrap_or(u32::MAX))
}

/// Whether a picture that arrived at `at` is shown, when the last one that is arrived at `last`. A clock that was
/// set back does not stop the pictures.
fn is_due(last: WallTime, at: WallTime, most: u32) -> bool {
    // A little earlier does no harm, and cameras do not keep time exactly.
    let least = 900_000 / i64::from(most.max(1));
    !(0..least).contains(&at.micros_since(last))
}

/// Events before this index hold units that come too late: decoding has fallen behind, and a random access
/// point is there to go on from.
fn useless_before(events: &[CaptureEvent]) -> usize {
    let pts = |event: &CaptureEvent| match event {
        CaptureEvent::Unit(unit) => Some(unit.pts.ticks()),
        _ => None,
    };
    let oldest = events.iter().find_map(pts);
    let newest = events.iter().rev().find_map(pts);
    let (Some(oldest), Some(newest)) = (oldest, newest) else { return 0 };
    if (newest - oldest).abs() < BEHIND_TICKS {
        return 0;
    }
    let starts =
        |event: &CaptureEvent| matches!(event, CaptureEvent::Unit(unit) if unit.random_access);
    events.iter().rposition(starts).unwrap_or(0)
}

/// Brings frames from decoding order into the order of display, as late as needed and no later: it learns
/// how many must be held back. A frame that comes after a later one was shown is dropped.
#[derive(Default)]
struct DisplayOrder {
    held: BTreeMap<i64, (Frame, WallTime)>,
    depth: usize,
    last: Option<i64>,
}

impl DisplayOrder {
    fn put(&mut self, frame: Frame, at: WallTime) -> Vec<(Frame, WallTime)> {
        if self.last.is_some_and(|last| frame.pts < last) {
            self.depth = (self.depth + 1).min(MOST_REORDERED);
            return Vec::new();
        }
        self.held.insert(frame.pts, (frame, at));
        let mut ready = Vec::new();
        while self.held.len() > self.depth {
            let Some((pts, next)) = self.held.pop_first() else { break };
            self.last = Some(pts);
            ready.push(next);
        }
        ready
    }

    fn clear(&mut self) {
        self.held.clear();
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::codec::{Chroma, Plane};
    use crate::model::MediaTime;
    use crate::runtime::Now;

    fn unit(pts: i64, random_access: bool) -> CaptureEvent {
        let received = Now { wall: WallTime::from_micros(pts), monotonic: Duration::ZERO };
        let pts = MediaTime::from_ticks(pts);
        CaptureEvent::Unit(AccessUnit { pts, random_access, received, data: Bytes::new() })
    }

    fn frame(pts: i64) -> Frame {
        let plane = Plane::default;
        Frame {
            y: plane(),
            u: plane(),
            v: plane(),
            width: 0,
            height: 0,
            chroma: Chroma::Yuv420,
            bit_depth: 8,
            pts,
        }
    }

    #[test]
    fn only_a_long_queue_is_cut_to_its_last_random_access_point() {
        let short = [unit(0, true), unit(3_600, false), unit(7_200, true)];
        assert_eq!(useless_before(&short), 0);
        let long = [unit(0, false), unit(3_600, true), unit(60_000, true), unit(63_600, false)];
        assert_eq!(useless_before(&long), 2);
        assert_eq!(useless_before(&[unit(0, false), unit(90_000, false)]), 0);
        assert_eq!(useless_before(&[]), 0);
    }

    #[test]
    fn no_more_is_shown_than_wanted() {
        let shown = |most: u32| {
            let mut last = WallTime::from_micros(-1_000_000);
            let times = (0..100).map(|n| WallTime::from_micros(n * 40_000));
            times.filter(|at| is_due(last, *at, most).then(|| last = *at).is_some()).count()
        };
        assert_eq!((shown(u32::MAX), shown(30), shown(25)), (100, 100, 100));
        assert!((34..=50).contains(&shown(10)), "{}", shown(10));
        assert!(is_due(WallTime::from_micros(9_000_000), WallTime::from_micros(0), 1));
        assert_eq!(most_shown(LiveRate::Fewer, Some(30)), FEWER);
        assert_eq!(most_shown(LiveRate::All, Some(4)), 4);
    }

    #[test]
    fn order_of_display_is_learnt() {
        let mut order = DisplayOrder::default();
        let mut shown = Vec::new();
        for gop in 0..4 {
            for pts in [0, 3, 1, 2] {
                let ready = order.put(frame(gop * 4 + pts), WallTime::MIN);
                shown.extend(ready.iter().map(|(frame, _)| frame.pts));
            }
        }
        assert!(shown.is_sorted(), "{shown:?}");
        assert_eq!(shown[2..], (4..15).filter(|n| shown.contains(n)).collect::<Vec<_>>());
        assert!(shown.len() >= 10, "{shown:?}");
    }

    #[test]
    fn pictures_in_order_are_not_held_back() {
        let mut order = DisplayOrder::default();
        for pts in 0..5 {
            assert_eq!(order.put(frame(pts), WallTime::MIN).len(), 1);
        }
    }
}
