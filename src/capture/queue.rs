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
            let waited = self.arrived.wait_timeout_while(state, limit, |state| state.is_empty());
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.waiting = false;
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
