//! From pictures with motion to events.
//!
//! Must not do: look at pictures, or read a clock.

use std::time::Duration;

use super::detector::{Look, Moving};
use crate::model::{CameraId, MotionEvent, WallSpan, WallTime};

/// How long nothing may move within an event: a person who looks for a key.
const HOLD: Duration = Duration::from_secs(8);

/// Two pictures with motion out of so many confirm it: noise or an insect before the lens is in one.
const OUT_OF: u32 = 3;

/// What a picture changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventChange {
    /// Nothing.
    None,
    /// Motion is confirmed.
    Began {
        /// The first picture with motion, which lies before this one.
        at: WallTime,
    },
    /// The event goes on.
    Goes {
        /// The last picture with motion, this one.
        last: WallTime,
    },
    /// Nothing has moved for `HOLD`, or the time of the pictures went back.
    Ended(MotionEvent),
}

/// Makes events of one camera's pictures.
pub struct EventBuilder {
    camera: CameraId,
    open: Option<MotionEvent>,
    /// Whether there was motion in the last pictures, the latest in the lowest bit.
    recent: u32,
    /// The last picture with motion that is not confirmed.
    rumour: Option<MotionEvent>,
}

impl EventBuilder {
    /// For pictures of this camera.
    #[must_use]
    pub fn new(camera: CameraId) -> Self {
        Self { camera, open: None, recent: 0, rumour: None }
    }

    /// Takes what the picture of `at` says.
    pub fn take(&mut self, at: WallTime, look: &Look) -> EventChange {
        self.recent = (self.recent << 1 | u32::from(look.motion.is_some())) & ((1 << OUT_OF) - 1);
        if self.open.as_ref().is_some_and(|event| !holds(event, at)) {
            let ended = self.open.take();
            // This picture may be the first of the next event.
            self.recent &= 1;
            self.rumour = look.motion.map(|moving| self.first(at, moving));
            return ended.map_or(EventChange::None, EventChange::Ended);
        }
        match (&mut self.open, look.motion) {
            (Some(_), None) => EventChange::None,
            (Some(event), Some(moving)) => {
                add(event, at, moving);
                EventChange::Goes { last: at }
            }
            (None, moving) => self.confirm(at, moving),
        }
    }

    /// The event that is open, as far as it has come.
    #[must_use]
    pub fn open(&self) -> Option<&MotionEvent> {
        self.open.as_ref()
    }

    /// The event that is open, as no more pictures come.
    pub fn finish(&mut self) -> Option<MotionEvent> {
        (self.recent, self.rumour) = (0, None);
        self.open.take()
    }

    fn confirm(&mut self, at: WallTime, moving: Option<Moving>) -> EventChange {
        let Some(moving) = moving else { return EventChange::None };
        let confirmed = self.recent.count_ones() > 1;
        match self.rumour.take() {
            Some(mut event) if confirmed && holds(&event, at) => {
                add(&mut event, at, moving);
                let began = event.span.start;
                self.open = Some(event);
                EventChange::Began { at: began }
            }
            _ => {
                self.rumour = Some(self.first(at, moving));
                EventChange::None
            }
        }
    }

    fn first(&self, at: WallTime, Moving { size, area }: Moving) -> MotionEvent {
        let camera = self.camera.clone();
        MotionEvent { camera, span: WallSpan::new(at, at), peak: size, area, best: at }
    }
}

/// Whether a picture of `at` can belong to an event.
fn holds(event: &MotionEvent, at: WallTime) -> bool {
    (event.span.end..=event.span.end + HOLD).contains(&at)
}

fn add(event: &mut MotionEvent, at: WallTime, moving: Moving) {
    event.span.end = at;
    event.area = event.area.union(moving.area);
    if moving.size > event.peak {
        (event.peak, event.best) = (moving.size, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Area;

    const PICTURE: i64 = 200_000;

    fn at(picture: i64) -> WallTime {
        WallTime::from_micros(1_772_546_400_000_000 + picture * PICTURE)
    }

    fn look(size: u16) -> Look {
        let area = Area { left: size, top: 0, right: size + 10, bottom: 10 };
        Look { motion: (size > 0).then_some(Moving { size, area }), ..Look::default() }
    }

    fn builder() -> EventBuilder {
        EventBuilder::new(CameraId::from_name("yard"))
    }

    /// Takes one picture for each size; tells the changes that are not `None`, with their pictures.
    fn changes(builder: &mut EventBuilder, sizes: &[u16]) -> Vec<(i64, EventChange)> {
        let all = (0..).zip(sizes).map(|(n, size)| (n, builder.take(at(n), &look(*size))));
        all.filter(|(_, change)| *change != EventChange::None).collect()
    }

    #[test]
    fn one_picture_is_no_motion() {
        assert_eq!(changes(&mut builder(), &[0, 9, 0, 0, 9, 0, 0, 0, 9, 0, 0]), []);
    }

    #[test]
    fn two_of_three_begin_at_the_first() {
        let changes = changes(&mut builder(), &[0, 9, 0, 0, 5, 0, 7, 8]);
        let began = EventChange::Began { at: at(4) };
        assert_eq!(changes, [(6, began), (7, EventChange::Goes { last: at(7) })]);
    }

    #[test]
    fn a_pause_is_within_the_event_and_a_long_one_ends_it() {
        let hold = (HOLD.as_micros() as i64 / PICTURE) as usize;
        let mut sizes = vec![4, 6];
        sizes.extend(vec![0; hold - 1]);
        sizes.push(2);
        sizes.extend(vec![0; hold + 1]);
        let mut builder = builder();
        let changes = changes(&mut builder, &sizes);
        let back = 1 + hold as i64;
        assert_eq!(changes[0], (1, EventChange::Began { at: at(0) }));
        assert_eq!(changes[1], (back, EventChange::Goes { last: at(back) }));
        let (picture, EventChange::Ended(event)) = &changes[2] else { panic!("{changes:?}") };
        assert_eq!(*picture, 2 * back);
        assert_eq!(event.span, WallSpan::new(at(0), at(back)));
        assert_eq!((event.peak, event.best), (6, at(1)));
        assert_eq!(event.area, Area { left: 2, top: 0, right: 16, bottom: 10 });
        assert_eq!(builder.finish(), None);
    }

    #[test]
    fn the_open_event_is_finished_and_a_rumour_is_not() {
        let mut builder = builder();
        changes(&mut builder, &[3]);
        assert_eq!(builder.finish(), None);
        changes(&mut builder, &[3, 3, 3]);
        assert_eq!(builder.finish().map(|event| event.span), Some(WallSpan::new(at(0), at(2))));
    }

    #[test]
    fn a_clock_that_goes_back_ends_the_event_and_the_next_begins() {
        let mut builder = builder();
        for n in 100..103 {
            builder.take(at(n), &look(5));
        }
        assert!(matches!(builder.take(at(50), &look(5)), EventChange::Ended(_)));
        assert_eq!(builder.take(at(51), &look(5)), EventChange::Began { at: at(50) });
    }
}
