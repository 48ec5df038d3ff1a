//! Watches one camera: from captured access units to what the board says and to events.
//!
//! It fails open: where it cannot tell, it says so, and the camera records as if something moved.
//! Must not do: run a thread, or read a clock; units bring their time.

use std::sync::Arc;
use std::time::Duration;

use super::board::{Motion, Watched};
use super::detector::Detector;
use super::event::{EventBuilder, EventChange};
use super::grid::Luma;
use crate::capture::CaptureEvent;
use crate::codec::{Converter, Decoder, Frame, encode_jpeg, open_decoder};
use crate::index::Change;
use crate::media::{AccessUnit, StreamParameters};
use crate::model::time::TICKS_PER_SECOND;
use crate::model::{CameraId, MotionEvent, MotionSettings, WallTime};
use crate::runtime::Now;

/// Pictures looked at: about five a second, however many the camera sends. A little less than 200 ms, so
/// that 15 and 25 pictures a second give one in three and one in five.
const LOOK_TICKS: i64 = TICKS_PER_SECOND * 19 / 100;

/// Time for which a computer that was too slow once is not believed to see everything.
const BLIND_AFTER_OVERLOAD: Duration = Duration::from_secs(10);

/// Units arrive, and none can be decoded for so long: detection is blind. Long enough for the GOPs of
/// "smart" codecs, of which one may begin damaged.
const BLIND_WITHOUT_PICTURES: Duration = Duration::from_secs(30);

/// News that are older than this come too late for the pre-roll.
const LATE: Duration = Duration::from_secs(3);

/// Random access points that are further apart do not show who walks by; a pre-roll would not reach back either.
const SPARSE: Duration = Duration::from_secs(3);

/// Time between two storings of an event that goes on.
const STORE_EVERY: Duration = Duration::from_secs(10);

/// Size of the picture that is kept of an event, in pixels.
const PICTURE_SIZE: (usize, usize) = (320, 240);

/// Watches one camera.
pub(super) struct Watcher {
    camera: CameraId,
    detector: Detector,
    events: EventBuilder,
    /// Random access points only: the stream is too large to decode it all.
    random_access_only: bool,
    parameters: Option<Arc<StreamParameters>>,
    decoder: Option<Box<dyn Decoder>>,
    /// Units are of no use before the next random access point.
    wait: bool,
    next_look: Option<i64>,
    /// When a picture was looked at last, or the run began.
    last_look: Option<Duration>,
    overloaded_until: Option<Duration>,
    /// Units were dropped since the last look at all.
    is_late: bool,
    /// When the last unit arrived that was taken in this round.
    last_taken: Option<Duration>,
    /// Since when units are of no use, on the clock of their arrival.
    waiting_since: Option<Duration>,
    /// When the last random access point arrived, and whether it came too long after the one before.
    last_start: Option<Duration>,
    is_sparse: bool,
    watched: Watched,
    /// When the event that is open was stored last.
    stored_at: Option<Duration>,
    best: Best,
    frames: Vec<Frame>,
}

/// The best picture of the event that is open.
#[derive(Default)]
struct Best {
    converter: Converter,
    size: u16,
    pixels: Option<crate::codec::Pixels>,
}

impl Watcher {
    pub fn new(camera: CameraId, settings: &MotionSettings, random_access_only: bool) -> Self {
        Self {
            detector: Detector::new(settings),
            events: EventBuilder::new(camera.clone()),
            camera,
            random_access_only,
            parameters: None,
            decoder: None,
            wait: true,
            next_look: None,
            last_look: None,
            overloaded_until: None,
            is_late: false,
            last_taken: None,
            waiting_since: None,
            last_start: None,
            is_sparse: false,
            watched: Watched::default(),
            stored_at: None,
            best: Best::default(),
            frames: Vec::new(),
        }
    }

    /// Other settings count from now on; the scene is learnt anew.
    pub fn retune(&mut self, settings: &MotionSettings) {
        self.detector = Detector::new(settings);
        self.events = EventBuilder::new(self.camera.clone());
        self.watched = Watched::default();
    }

    /// What is known at `now`, after all that has arrived was taken. One that comes late with its news, or has
    /// dropped some, is too slow to be believed.
    pub fn watched(&mut self, now: Duration) -> Watched {
        if std::mem::take(&mut self.is_late) || self.is_behind(now) {
            self.overloaded_until = Some(now + BLIND_AFTER_OVERLOAD);
        }
        self.overloaded_until = self.overloaded_until.filter(|until| now < *until);
        let waits = self.waiting_since.is_some_and(|since| now.saturating_sub(since) > LATE);
        let mut watched = self.watched.clone();
        if self.overloaded_until.is_some() {
            watched.motion = blind(&"this computer is too busy");
        } else if waits && self.decoder.is_some() {
            watched.motion = blind(&"pictures were lost on the way from the camera");
        }
        watched
    }

    /// Whether the last unit of this round had waited; a camera that sends nothing is not late.
    fn is_behind(&mut self, now: Duration) -> bool {
        self.last_taken.take().is_some_and(|taken| now.saturating_sub(taken) > LATE)
    }

    /// Takes one event from capture; events of motion that have ended go to `out`.
    pub fn take(&mut self, event: CaptureEvent, out: &mut Vec<Change>) {
        match event {
            CaptureEvent::Unit(unit) => self.unit(&unit, out),
            CaptureEvent::RunStarted { parameters }
            | CaptureEvent::NewParameters { parameters } => self.begin(parameters, out),
            CaptureEvent::Dropped { .. } => {
                self.is_late = true;
                self.start_over();
            }
            CaptureEvent::Lost { .. } => self.start_over(),
            CaptureEvent::TimestampJump { .. } => self.end_run(out),
            CaptureEvent::RunEnded { error, .. } => {
                self.end_run(out);
                self.watched.motion = blind(&error);
            }
        }
    }

    /// Ends the event that is open: nobody watches any more.
    pub fn finish(&mut self, out: &mut Vec<Change>) {
        self.stored_at = None;
        if let Some(event) = self.events.finish() {
            out.push(self.best.stored(event));
        }
    }

    fn begin(&mut self, parameters: Arc<StreamParameters>, out: &mut Vec<Change>) {
        self.end_run(out);
        match open_decoder(&parameters) {
            Ok(decoder) => self.decoder = Some(decoder),
            Err(error) => {
                self.decoder = None;
                self.watched.motion = blind(&error);
            }
        }
        self.parameters = Some(parameters);
    }

    fn end_run(&mut self, out: &mut Vec<Change>) {
        self.start_over();
        self.finish(out);
        self.detector.reset();
        (self.last_look, self.last_start) = (None, None);
        (self.last_taken, self.waiting_since) = (None, None);
        self.watched = Watched::default();
    }

    fn start_over(&mut self) {
        if !self.wait {
            self.wait = true;
            if let Some(decoder) = &mut self.decoder {
                decoder.reset();
            }
        }
    }

    fn unit(&mut self, unit: &AccessUnit, out: &mut Vec<Change>) {
        let Some(decoder) = &mut self.decoder else { return };
        let now = unit.received;
        self.last_taken = Some(now.monotonic);
        let last_look = *self.last_look.get_or_insert(now.monotonic);
        let wanted = unit.random_access || !(self.wait || self.random_access_only);
        if self.random_access_only && unit.random_access {
            let last = self.last_start.replace(now.monotonic);
            self.is_sparse = last.is_some_and(|last| now.monotonic.saturating_sub(last) > SPARSE);
        }
        if self.wait {
            self.waiting_since.get_or_insert(now.monotonic);
        }
        if wanted {
            self.wait = false;
            self.waiting_since = None;
            if self.random_access_only {
                decoder.reset();
            }
            if let Err(error) = decoder.decode(&unit.data, unit.pts.ticks(), &mut self.frames) {
                tracing::debug!(camera = %self.camera, %error, "motion");
                self.start_over();
            }
        }
        for frame in std::mem::take(&mut self.frames) {
            if self
                .next_look
                .is_none_or(|due| frame.pts >= due || frame.pts + TICKS_PER_SECOND < due)
            {
                self.next_look = Some(frame.pts + LOOK_TICKS);
                self.look(&frame, now, out);
            }
            if let Some(decoder) = &mut self.decoder {
                decoder.recycle(frame);
            }
        }
        if now.monotonic.saturating_sub(last_look) > BLIND_WITHOUT_PICTURES {
            self.watched.motion = blind(&"the pictures cannot be decoded");
        }
    }

    fn look(&mut self, frame: &Frame, now: Now, out: &mut Vec<Change>) {
        self.last_look = Some(now.monotonic);
        let look = self.detector.look(&Luma::from(frame), now.wall);
        self.watched.level = look.level;
        let change = self.events.take(now.wall, &look);
        if let (Some(moving), Some(parameters)) = (look.motion, &self.parameters) {
            self.best.offer(frame, moving.size, parameters);
        }
        if matches!(change, EventChange::Began { .. } | EventChange::Goes { .. }) {
            self.store_open(now.monotonic, out);
        }
        self.watched.motion = match change {
            EventChange::Began { at } => Motion::Moving { since: earlier(now, at), last: now },
            EventChange::Goes { .. } => match &self.watched.motion {
                Motion::Moving { since, .. } => Motion::Moving { since: *since, last: now },
                _ => Motion::Moving { since: now, last: now },
            },
            EventChange::Ended(event) => {
                self.stored_at = None;
                out.push(self.best.stored(event));
                self.sighted()
            }
            EventChange::None => self.sighted(),
        };
        if let Some(why) = self.blindness(look.learning) {
            self.watched.motion = blind(&why);
        }
    }

    /// An event is in the index from its beginning on, and lengthened now and then: a crash costs no more than
    /// that.
    fn store_open(&mut self, now: Duration, out: &mut Vec<Change>) {
        if self.stored_at.is_some_and(|at| now.saturating_sub(at) < STORE_EVERY) {
            return;
        }
        self.stored_at = Some(now);
        let event = self.events.open().cloned();
        out.extend(event.map(|event| Change::PutEvent { event, picture: None }));
    }

    /// Why what was seen now does not say that nothing moves.
    fn blindness(&self, learning: bool) -> Option<&'static str> {
        if self.is_sparse {
            Some(
                "the full pictures of the main stream are too far apart, and there is no sub stream",
            )
        } else if learning {
            Some("the scene is still being learnt")
        } else {
            None
        }
    }

    /// What was known before, unless that was nothing.
    fn sighted(&mut self) -> Motion {
        match std::mem::take(&mut self.watched.motion) {
            Motion::Blind(_) => Motion::Still,
            known => known,
        }
    }
}

fn blind(why: &dyn std::fmt::Display) -> Motion {
    Motion::Blind(format!("Motion cannot be detected: {why}"))
}

impl Best {
    /// Keeps the picture when more moves in it than in those before.
    fn offer(&mut self, frame: &Frame, size: u16, parameters: &StreamParameters) {
        if self.pixels.is_some() && size <= self.size {
            return;
        }
        let buffer = self.pixels.take().map(|pixels| pixels.rgba).unwrap_or_default();
        let converted = self.converter.convert(frame, &parameters.video, PICTURE_SIZE, buffer);
        self.size = size;
        self.pixels = converted.inspect_err(|error| tracing::debug!(%error, "motion")).ok();
    }

    /// The event with its best picture, as the index takes it.
    fn stored(&mut self, event: MotionEvent) -> Change {
        let pixels = self.pixels.take();
        let picture = pixels.and_then(|p| encode_jpeg(p.width, p.height, &p.rgba).ok());
        Change::PutEvent { event, picture }
    }
}

/// The moment `at`, which lies shortly before `now`, on both time lines.
fn earlier(now: Now, at: WallTime) -> Now {
    let ago = u64::try_from(now.wall.micros_since(at)).unwrap_or(0);
    Now { wall: at, monotonic: now.monotonic.saturating_sub(Duration::from_micros(ago)) }
}
