//! Which footage goes, and when recording must stop: turns (segments, limits, locks, free space) into an
//! ordered list of deletions, purely.
//!
//! Nothing else decides what is deleted by rule. Must not do: any I/O, or touch footage that a lock
//! overlaps or that is being written.

use std::collections::{BTreeMap, BTreeSet};

use super::Space;
use crate::model::{CameraId, DeletionCause, GapReason, Lock, StreamId, WallSpan, WallTime};

/// Seconds of recording for which there should always be room: time enough for an operator who is told.
const RESERVE_SECONDS: u64 = 3_600;

/// The reserve is this much at least, so that logs, the index and thumbnails fit where nothing is recorded.
const LEAST_RESERVE: u64 = 256 << 20;

/// Recording stops with this much left: every open segment can still be closed with its `moov`.
const FLOOR: u64 = 32 << 20;

/// Seconds of recording that may be written before a stop takes effect: whole fragments of all streams, a
/// look a second, and the closing of all files.
const UNSEEN_SECONDS: u64 = 8;

/// What the settings allow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Whether anything is deleted by rule at all.
    pub auto_delete: bool,
    /// Microseconds for which footage is kept; none: without limit.
    pub keep: Option<i64>,
    /// The same for cameras that have a rule of their own, which then counts instead.
    pub keep_of: BTreeMap<CameraId, Option<i64>>,
    /// Cameras all of whose footage goes, because an operator wants it.
    pub erased: BTreeSet<CameraId>,
    /// Bytes that all of ours may take.
    pub max_bytes: Option<u64>,
    /// Bytes that are to stay free on the volume; see [`reserve`].
    pub reserve: u64,
}

/// How full the volume is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of our segments.
    pub used: u64,
    /// Of the volume.
    pub space: Space,
}

/// A segment that might go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Whose footage.
    pub stream: StreamId,
    /// The wall time that it covers.
    pub span: WallSpan,
    /// Size of its file.
    pub bytes: u64,
    /// Whether it is being written.
    pub open: bool,
}

/// What is to be done now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What goes, in this order.
    pub deletions: Vec<Deletion>,
    /// The limit that is exceeded although all that may go is gone.
    pub shortage: Option<Shortage>,
    /// A limit is exceeded, and only footage beyond the horizon can help: without deletions, plan again
    /// with more candidates.
    pub incomplete: bool,
}

/// One segment that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Whose footage.
    pub stream: StreamId,
    /// Start of the segment.
    pub start: WallTime,
    /// Size of its file.
    pub bytes: u64,
    /// By which rule.
    pub cause: DeletionCause,
}

/// A limit that deleting cannot keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shortage {
    /// The size that the settings allow.
    SizeLimit,
    /// The free space of the volume.
    DiskFull,
    /// What may wait to be brought elsewhere.
    Spool,
}

impl From<Shortage> for GapReason {
    fn from(shortage: Shortage) -> Self {
        match shortage {
            Shortage::SizeLimit => Self::SizeLimit,
            Shortage::DiskFull => Self::DiskFull,
            Shortage::Spool => Self::SpoolFull,
        }
    }
}

impl Shortage {
    /// By which rule footage goes to avoid it.
    const fn cause(self) -> DeletionCause {
        match self {
            Self::SizeLimit => DeletionCause::SizeLimit,
            Self::DiskFull => DeletionCause::LowSpace,
            Self::Spool => DeletionCause::NotBrought,
        }
    }
}

impl Rules {
    /// Microseconds for which footage of `camera` is kept; none: without limit.
    #[must_use]
    pub fn keep_of(&self, camera: &CameraId) -> Option<i64> {
        self.keep_of.get(camera).copied().unwrap_or(self.keep)
    }

    /// Whether anything goes for its age.
    #[must_use]
    pub fn ages(&self) -> bool {
        self.auto_delete && (self.keep.is_some() || self.keep_of.values().any(Option::is_some))
    }

    /// When a segment is older than its camera's retention, as a whole.
    pub(super) fn expiry(&self, candidate: &Candidate) -> Option<WallTime> {
        let keep = self.keep_of(&candidate.stream.camera)?;
        Some(candidate.span.end.plus_micros(keep))
    }

    /// Whether a segment has outlived its retention at `now`.
    #[must_use]
    pub fn is_expired(&self, candidate: &Candidate, now: WallTime) -> bool {
        self.expiry(candidate).is_some_and(|expiry| expiry <= now)
    }

    /// By which rule a segment goes at `now`, however much room there is.
    #[must_use]
    pub fn outlived(&self, candidate: &Candidate, now: WallTime) -> Option<DeletionCause> {
        if self.erased.contains(&candidate.stream.camera) {
            return Some(DeletionCause::Operator);
        }
        let expired = self.auto_delete && self.is_expired(candidate, now);
        expired.then_some(DeletionCause::Retention)
    }

    /// The limit that `usage` exceeds. The size comes first: it is the one that the operator chose.
    pub(super) fn exceeded(&self, usage: &Usage) -> Option<Shortage> {
        if self.max_bytes.is_some_and(|max| usage.used > max) {
            Some(Shortage::SizeLimit)
        } else if usage.space.free < self.reserve {
            Some(Shortage::DiskFull)
        } else {
            None
        }
    }
}

impl Usage {
    /// After `bytes` of ours are gone.
    pub(super) fn less(mut self, bytes: u64) -> Self {
        self.used = self.used.saturating_sub(bytes);
        self.space.free = self.space.free.saturating_add(bytes);
        self
    }

    /// After `bytes` more have been recorded.
    pub(super) fn more(mut self, bytes: u64) -> Self {
        self.used = self.used.saturating_add(bytes);
        self.space.free = self.space.free.saturating_sub(bytes);
        self
    }
}

/// What goes now: first what an operator wants gone and what has outlived its retention, then the oldest of all cameras until both limits
/// are kept.
///
/// `candidates` are the oldest segments of each stream. Beyond `horizon` those of some stream are not
/// complete: it is the least of the last starts of the streams of which not all segments are given, none
/// when all are. Nothing beyond it goes for a limit, since something older may be missing here.
#[must_use]
pub fn plan(
    candidates: &[Candidate],
    horizon: Option<WallTime>,
    locks: &[Lock],
    rules: &Rules,
    usage: &Usage,
    now: WallTime,
) -> Plan {
    let mut usage = *usage;
    let deletions = round(&mut deletable(candidates, locks), horizon, rules, &mut usage, now);
    let over = rules.exceeded(&usage);
    let beyond = horizon.filter(|_| rules.auto_delete);
    Plan {
        deletions: deletions.iter().map(|(candidate, cause)| candidate.deleted(*cause)).collect(),
        shortage: over.filter(|_| beyond.is_none()),
        incomplete: over.is_some() && beyond.is_some(),
    }
}

impl Candidate {
    fn deleted(&self, cause: DeletionCause) -> Deletion {
        let Self { stream, span, bytes, .. } = self;
        Deletion { stream: stream.clone(), start: span.start, bytes: *bytes, cause }
    }
}

/// What may go, oldest first over all cameras.
pub(super) fn deletable<'a>(candidates: &'a [Candidate], locks: &[Lock]) -> Vec<&'a Candidate> {
    let mut locked: BTreeMap<&CameraId, Vec<WallSpan>> = BTreeMap::new();
    for lock in locks {
        locked.entry(&lock.camera).or_default().push(lock.span);
    }
    let is_locked = |candidate: &Candidate| {
        let spans = locked.get(&candidate.stream.camera);
        spans.is_some_and(|spans| spans.iter().any(|span| span.overlaps(candidate.span)))
    };
    let mut queue: Vec<&Candidate> =
        candidates.iter().filter(|candidate| !candidate.open && !is_locked(candidate)).collect();
    queue.sort_by(|a, b| (a.span.start, &a.stream).cmp(&(b.span.start, &b.stream)));
    queue
}

/// Takes from `queue`, which is in order, what goes at `now`.
pub(super) fn round<'a>(
    queue: &mut Vec<&'a Candidate>,
    horizon: Option<WallTime>,
    rules: &Rules,
    usage: &mut Usage,
    now: WallTime,
) -> Vec<(&'a Candidate, DeletionCause)> {
    let mut gone = Vec::new();
    queue.retain(|candidate| {
        let cause = rules.outlived(candidate, now);
        if let Some(cause) = cause {
            *usage = usage.less(candidate.bytes);
            gone.push((*candidate, cause));
        }
        cause.is_none()
    });
    let mut taken = 0;
    let limited = if rules.auto_delete { queue.as_slice() } else { &[] };
    for candidate in limited {
        let beyond = horizon.is_some_and(|horizon| candidate.span.start > horizon);
        let Some(limit) = rules.exceeded(usage).filter(|_| !beyond) else { break };
        *usage = usage.less(candidate.bytes);
        gone.push((*candidate, limit.cause()));
        taken += 1;
    }
    queue.drain(..taken);
    gone
}

/// Bytes that are to stay free on a volume of `total` bytes while `rate` bytes a second are recorded: one
/// hour, at most a quarter of the volume, and at least 256 MiB or a twentieth of it, whichever is less.
#[must_use]
pub fn reserve(rate: u64, total: u64) -> u64 {
    let least = LEAST_RESERVE.min(total / 20);
    rate.saturating_mul(RESERVE_SECONDS).min(total / 4).max(least)
}

/// Free bytes below which recording stops on a volume of `total` bytes while `rate` bytes a second are
/// recorded: 32 MiB or a fiftieth of it, whichever is less, but not less than is written between two looks.
#[must_use]
pub fn floor(rate: u64, total: u64) -> u64 {
    let unseen = rate.saturating_mul(UNSEEN_SECONDS).min(total / 8);
    FLOOR.min(total / 50).max(unseen)
}

/// Why recording must stop, or stay stopped; none: it may go on. `stopped` is the last answer, `shortage`
/// what [`plan`] told last.
///
/// For want of space it stops below the [`floor`] and starts again at twice that, so that it does not go on
/// and off by the minute. For the size it stops when the limit is exceeded and nothing may go, and starts
/// again when the limit is kept.
#[must_use]
pub fn guard(
    stopped: Option<Shortage>,
    shortage: Option<Shortage>,
    rules: &Rules,
    usage: &Usage,
    rate: u64,
) -> Option<Shortage> {
    let floor = floor(rate, usage.space.total);
    let needed = if stopped == Some(Shortage::DiskFull) { 2 * floor } else { floor };
    if usage.space.free < needed {
        return Some(Shortage::DiskFull);
    }
    let over = rules.max_bytes.is_some_and(|max| usage.used > max);
    let size = Some(Shortage::SizeLimit);
    if over && (shortage == size || stopped == size) { size } else { None }
}
