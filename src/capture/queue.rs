//! The bounded queue between capture and one consumer, and what it drops when it is full.
//!
//! What comes out can always be decoded: when a unit does not fit, it and all that follow are dropped up
//! to the next random access point that fits, and a [`CaptureEvent::Dropped`] says how much was. The same
//! rule keeps undecodable units out after a loss and at the start of a run. Must not do: make capture
//! wait.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::CaptureEvent;
use crate::media::{AccessUnit, StreamParameters};

/// A queue of capture events, bounded in events and in bytes of access units.
#[derive(Debug)]
pub struct UnitQueue {
    max_units: usize,
    max_bytes: usize,
    state: Mutex<State>,
    arrived: Condvar,
    dropped_units: AtomicU64,
    dropped_bytes: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    events: VecDeque<CaptureEvent>,
    bytes: usize,
    /// Units are not taken before the next random access point.
    wait: bool,
    /// What happened since the queue was full; none while it is not.
    missed: Option<Missed>,
    /// Whether somebody waits in [`UnitQueue::recv_timeout`]: telling nobody costs a system call.
    waiting: bool,
    /// Who waits is to look up, although nothing has arrived.
    roused: bool,
}

/// What a full queue did not take, folded so that it cannot grow.
#[derive(Debug, Default)]
struct Missed {
    units: u64,
    bytes: u64,
    lost: u32,
    /// [`CaptureEvent::TimestampJump`] or [`CaptureEvent::RunEnded`], the newest.
    ended: Option<CaptureEvent>,
    /// The newest run's.
    started: Option<Arc<StreamParameters>>,
    /// Whether that run followed upon nothing, instead of upon another run.
    fresh: bool,
}

impl UnitQueue {
    /// A queue for at most `max_units` events and `max_bytes` bytes of access units. A single unit larger
    /// than `max_bytes` is still taken when the queue is empty, else its stream would never show.
    #[must_use]
    pub fn new(max_units: usize, max_bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            max_units: max_units.max(1),
            max_bytes,
            state: Mutex::default(),
            arrived: Condvar::new(),
            dropped_units: AtomicU64::new(0),
            dropped_bytes: AtomicU64::new(0),
        })
    }

    /// Puts `event` in, or drops it by the rule. Never waits for a consumer.
    pub fn push(&self, event: CaptureEvent) {
        let mut state = self.lock();
        match event {
            CaptureEvent::Unit(unit) => self.push_unit(&mut state, unit),
            other => self.push_other(&mut state, other),
        }
        if state.waiting && !state.is_empty() {
            self.arrived.notify_one();
        }
    }

    fn push_unit(&self, state: &mut State, unit: AccessUnit) {
        let may_enter = unit.random_access || !state.wait;
        if may_enter && self.fits(state, unit.data.len()) {
            if let Some(missed) = state.missed.take() {
                state.events.extend(missed.events());
            }
            state.wait = false;
            state.bytes += unit.data.len();
            state.events.push_back(CaptureEvent::Unit(unit));
        } else if may_enter || state.missed.is_some() {
            let missed = state.missed.get_or_insert_default();
            missed.units += 1;
            missed.bytes += unit.data.len() as u64;
            self.dropped_units.fetch_add(1, Ordering::Relaxed);
            self.dropped_bytes.fetch_add(unit.data.len() as u64, Ordering::Relaxed);
            state.wait = true;
        }
    }

    fn push_other(&self, state: &mut State, event: CaptureEvent) {
        state.wait = true;
        match &mut state.missed {
            Some(missed) => missed.fold(event),
            None if state.events.len() < self.max_units => state.events.push_back(event),
            None => state.missed.get_or_insert_default().fold(event),
        }
    }

    fn fits(&self, state: &State, bytes: usize) -> bool {
        let room = state.events.len() < self.max_units && state.bytes + bytes <= self.max_bytes;
        room || state.events.is_empty()
    }

    /// Moves everything that is there to the end of `out`, oldest first. Does not wait.
    pub fn drain(&self, out: &mut Vec<CaptureEvent>) {
        let mut state = self.lock();
        state.bytes = 0;
        out.extend(state.events.drain(..));
        if let Some(missed) = state.missed.take_if(|missed| missed.is_urgent()) {
            out.extend(missed.events());
        }
    }

    /// The oldest event; waits for one at most `limit`. None when there is still none then.
    #[must_use]
    pub fn recv_timeout(&self, limit: Duration) -> Option<CaptureEvent> {
        let mut state = self.lock();
        if state.is_empty() {
            state.waiting = true;
            let idle = |state: &mut State| state.is_empty() && !state.roused;
            let waited = self.arrived.wait_timeout_while(state, limit, idle);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.waiting = false;
            state.roused = false;
        }
        if state.events.is_empty()
            && let Some(missed) = state.missed.take_if(|missed| missed.is_urgent())
        {
            state.events.extend(missed.events());
        }
        let event = state.events.pop_front()?;
        if let CaptureEvent::Unit(unit) = &event {
            state.bytes -= unit.data.len();
        }
        Some(event)
    }

    /// Ends the wait in [`UnitQueue::recv_timeout`], or the next one: its consumer is to end.
    pub fn rouse(&self) {
        self.lock().roused = true;
        self.arrived.notify_one();
    }

    /// Access units dropped because the queue was full, since it was made.
    #[must_use]
    pub fn dropped_units(&self) -> u64 {
        self.dropped_units.load(Ordering::Relaxed)
    }

    /// Their bytes.
    #[must_use]
    pub fn dropped_bytes(&self) -> u64 {
        self.dropped_bytes.load(Ordering::Relaxed)
    }

    /// Events and bytes that wait now.
    #[must_use]
    pub fn level(&self) -> (usize, usize) {
        let state = self.lock();
        (state.events.len(), state.bytes)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_empty(&self) -> bool {
        self.events.is_empty() && !self.missed.as_ref().is_some_and(Missed::is_urgent)
    }
}

impl Missed {
    fn fold(&mut self, event: CaptureEvent) {
        match event {
            CaptureEvent::Lost { packets } => self.lost = self.lost.saturating_add(packets),
            CaptureEvent::RunStarted { parameters } => {
                self.started = Some(parameters);
                self.fresh = true;
            }
            CaptureEvent::NewParameters { parameters } => self.started = Some(parameters),
            CaptureEvent::TimestampJump { .. } | CaptureEvent::RunEnded { .. } => {
                self.ended = Some(event);
                self.started = None;
                self.fresh = true;
                self.lost = 0;
            }
            CaptureEvent::Dropped { units, bytes } => {
                self.units += units;
                self.bytes += bytes;
            }
            CaptureEvent::Unit(_) => {}
        }
    }

    /// Whether a consumer must hear of it before the next random access point.
    fn is_urgent(&self) -> bool {
        self.ended.is_some() || self.started.is_some()
    }

    fn events(self) -> impl Iterator<Item = CaptureEvent> {
        let Self { units, bytes, lost, ended, started, fresh } = self;
        let dropped = (units > 0).then_some(CaptureEvent::Dropped { units, bytes });
        let started = started.map(|parameters| match fresh {
            true => CaptureEvent::RunStarted { parameters },
            false => CaptureEvent::NewParameters { parameters },
        });
        let lost = (lost > 0).then_some(CaptureEvent::Lost { packets: lost });
        [dropped, ended, started, lost].into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MediaTime, WallTime};
    use crate::runtime::Now;

    fn unit(n: i64, random_access: bool) -> CaptureEvent {
        CaptureEvent::Unit(AccessUnit {
            pts: MediaTime::from_ticks(n),
            random_access,
            received: Now { wall: WallTime::from_micros(n), monotonic: Duration::ZERO },
            data: vec![0; 10].into(),
        })
    }

    fn ended() -> CaptureEvent {
        CaptureEvent::RunEnded { error: "gone".into(), retry_in: None }
    }

    /// In short: the number of a unit, `D` with how many were dropped, `L` lost, `E` ended.
    fn short(event: &CaptureEvent) -> String {
        match event {
            CaptureEvent::Unit(unit) => unit.pts.ticks().to_string(),
            CaptureEvent::Dropped { units, bytes } => format!("D{units}/{bytes}"),
            CaptureEvent::Lost { packets } => format!("L{packets}"),
            CaptureEvent::RunEnded { .. } => "E".to_owned(),
            other => format!("{other:?}"),
        }
    }

    fn drained(queue: &UnitQueue) -> String {
        let mut out = Vec::new();
        queue.drain(&mut out);
        out.iter().map(short).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_full_queue_drops_to_the_next_random_access_point() {
        for queue in [UnitQueue::new(3, 1_000), UnitQueue::new(1_000, 30)] {
            for n in 0..6 {
                queue.push(unit(n, n == 0 || n == 4));
            }
            assert_eq!(queue.level(), (3, 30));
            assert_eq!(drained(&queue), "0 1 2", "what is there stays");
            queue.push(unit(6, false));
            queue.push(unit(7, true));
            assert_eq!(drained(&queue), "D4/40 7");
            assert_eq!((queue.dropped_units(), queue.dropped_bytes()), (4, 40));
        }
    }

    #[test]
    fn after_a_loss_only_a_random_access_point_enters() {
        let queue = UnitQueue::new(10, 1_000);
        queue.push(unit(0, true));
        queue.push(CaptureEvent::Lost { packets: 2 });
        for n in 1..5 {
            queue.push(unit(n, n == 3));
        }
        assert_eq!(drained(&queue), "0 L2 3 4");
        assert_eq!(queue.dropped_units(), 0, "that was not the queue's fault");
    }

    #[test]
    fn the_end_of_a_run_is_never_dropped() {
        let queue = UnitQueue::new(2, 1_000);
        for n in 0..4 {
            queue.push(unit(n, n == 0));
        }
        for _ in 0..1_000 {
            queue.push(ended());
        }
        assert_eq!(drained(&queue), "0 1 D2/20 E");
        assert_eq!(drained(&queue), "");
        queue.push(unit(5, false));
        queue.push(unit(6, true));
        assert_eq!(drained(&queue), "6");
    }

    #[test]
    fn a_unit_larger_than_the_bound_enters_an_empty_queue() {
        let queue = UnitQueue::new(10, 5);
        queue.push(unit(0, true));
        queue.push(unit(1, false));
        assert_eq!(drained(&queue), "0");
    }

    #[test]
    fn a_waiting_consumer_is_woken() {
        let queue = UnitQueue::new(10, 1_000);
        assert!(queue.recv_timeout(Duration::ZERO).is_none());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| queue.recv_timeout(Duration::from_secs(20)));
            queue.push(unit(0, true));
            let event = waiting.join().expect("no panic").expect("an event");
            assert_eq!(short(&event), "0");
        });
        assert_eq!(queue.level(), (0, 0));
    }
}
