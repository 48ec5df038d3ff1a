//! The clock that everything is given, real or simulated.
//!
//! Must not do: sleep. Waiting is done on channels, by whoever must also hear of a stop.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::model::WallTime;

/// One reading of both time lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The system's wall clock; it may be set at any moment.
    pub wall: WallTime,
    /// Time since the clock was made; never goes back.
    pub monotonic: Duration,
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Both time lines at this moment.
    fn now(&self) -> Now;

    /// How long the computer has slept since it was started; the monotonic line stands still meanwhile.
    /// Zero where the system does not tell.
    fn asleep(&self) -> Duration {
        Duration::ZERO
    }

    /// CPU time that the calling thread has used, for telling what a piece of work costs; the monotonic line
    /// where the system does not tell.
    fn worked(&self) -> Duration {
        self.monotonic()
    }

    /// The wall clock alone.
    fn wall(&self) -> WallTime {
        self.now().wall
    }

    /// The monotonic clock alone.
    fn monotonic(&self) -> Duration {
        self.now().monotonic
    }
}

/// The computer's clock.
#[derive(Debug)]
pub struct SystemClock {
    origin: Instant,
}

impl SystemClock {
    /// A clock whose monotonic line begins now.
    #[must_use]
    pub fn new() -> Self {
        Self { origin: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Now {
        let micros = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |m| -m),
        };
        Now { wall: WallTime::from_micros(micros), monotonic: self.origin.elapsed() }
    }

    #[cfg(target_os = "linux")]
    fn asleep(&self) -> Duration {
        use rustix::time::ClockId;
        reading(ClockId::Boottime).saturating_sub(reading(ClockId::Monotonic))
    }

    #[cfg(target_os = "linux")]
    fn worked(&self) -> Duration {
        reading(rustix::time::ClockId::ThreadCPUTime)
    }
}

#[cfg(target_os = "linux")]
fn reading(id: rustix::time::ClockId) -> Duration {
    let time = rustix::time::clock_gettime(id);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// A clock that moves only when told, for tests and for filling past recordings.
#[derive(Debug)]
pub struct SimulatedClock {
    now: Mutex<Now>,
    asleep: Mutex<Duration>,
}

impl SimulatedClock {
    /// A clock that stands at `wall`.
    #[must_use]
    pub fn new(wall: WallTime) -> Self {
        let now = Mutex::new(Now { wall, monotonic: Duration::ZERO });
        Self { now, asleep: Mutex::default() }
    }

    /// Lets `by` pass on both time lines.
    pub fn advance(&self, by: Duration) {
        let mut now = self.lock();
        now.wall = now.wall + by;
        now.monotonic += by;
    }

    /// Sets the wall clock, as an operator or NTP would; the monotonic line does not notice.
    pub fn set_wall(&self, wall: WallTime) {
        self.lock().wall = wall;
    }

    /// Lets the computer sleep for `by`: the wall clock goes on, the monotonic line does not.
    pub fn sleep(&self, by: Duration) {
        let mut now = self.lock();
        now.wall = now.wall + by;
        *self.asleep.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Now {
        *self.lock()
    }

    fn asleep(&self) -> Duration {
        *self.asleep.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
