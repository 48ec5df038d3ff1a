//! What the retention rules will do: which footage goes within a day, and when a limit is met.
//!
//! Plays the rules of `retention` forward at the present rate, purely. Must not do: rules of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::retention::{self, Candidate, Rules, Usage};
use crate::model::{CameraId, DeletionCause, Lock, WallSpan, WallTime};
use crate::protocol::Going;

/// Looked ahead.
const HOURS: i64 = 24;

const HOUR_MICROS: i64 = 3_600_000_000;

const MICROS_PER_SECOND: u128 = 1_000_000;

/// What the rules will do if nothing changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// What goes within 24 hours, by camera and rule. Footage that is yet to be recorded is not in it.
    pub in_24h: Vec<Going>,
    /// Microseconds until the first limit, of size or of free space, is met: from then on the oldest goes,
    /// or recording stops. None when nothing is being recorded, or when so much outlives its retention
    /// that no limit is ever met.
    pub left_micros: Option<i64>,
}

/// Looks ahead from `now`. `candidates` are all segments; `rate` is what is recorded, in bytes a second.
#[must_use]
pub fn preview(
    candidates: &[Candidate],
    locks: &[Lock],
    rules: &Rules,
    usage: &Usage,
    rate: u64,
    now: WallTime,
) -> Preview {
    let queue = retention::deletable(candidates, locks);
    let growth = Growth { rate, settles: settles(candidates, rules) };
    let left_micros = left(&queue, rules, usage, growth, now);
    let in_24h = next_day(queue, rules, *usage, growth, now);
    Preview { in_24h, left_micros }
}

/// What is yet to be recorded.
#[derive(Clone, Copy)]
struct Growth {
    /// Bytes a second.
    rate: u64,
    /// Microseconds after which it loses to retention as much as it gains.
    settles: Option<i64>,
}

impl Growth {
    /// Bytes of it after `micros`.
    fn after(self, micros: i64) -> u64 {
        let micros = self.settles.map_or(micros, |settles| settles.min(micros));
        let bytes = u128::from(self.rate) * u128::from(micros.max(0).unsigned_abs());
        u64::try_from(bytes / MICROS_PER_SECOND).unwrap_or(u64::MAX)
    }

    /// Microseconds until it is `bytes`; none: it never is.
    fn until(self, bytes: u64) -> Option<i64> {
        let micros = (u128::from(bytes) * MICROS_PER_SECOND).checked_div(u128::from(self.rate))?;
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        Some(micros).filter(|micros| self.settles.is_none_or(|settles| *micros <= settles))
    }
}

/// The longest retention, if footage of every camera is limited by one.
fn settles(candidates: &[Candidate], rules: &Rules) -> Option<i64> {
    if !rules.auto_delete {
        return None;
    }
    let cameras: BTreeSet<&CameraId> = candidates.iter().map(|c| &c.stream.camera).collect();
    let keeps = cameras.into_iter().map(|camera| rules.keep_of(camera));
    keeps.max_by_key(|keep| keep.unwrap_or(i64::MAX)).unwrap_or(rules.keep)
}

fn left(
    queue: &[&Candidate],
    rules: &Rules,
    usage: &Usage,
    growth: Growth,
    now: WallTime,
) -> Option<i64> {
    let expires = |candidate: &&Candidate| {
        let expiry = rules.expiry(candidate).filter(|_| rules.auto_delete)?;
        Some((expiry.micros_since(now), candidate.bytes))
    };
    let mut expiring: Vec<(i64, u64)> = queue.iter().filter_map(expires).collect();
    expiring.sort_unstable();
    let later = expiring.split_off(expiring.partition_point(|(at, _)| *at <= 0));
    let usage = usage.less(expiring.iter().map(|(_, bytes)| bytes).sum());
    if growth.rate == 0 {
        return None;
    }
    if rules.exceeded(&usage).is_some() {
        return Some(0);
    }
    let mut room = usage.space.free.saturating_sub(rules.reserve);
    if let Some(max) = rules.max_bytes {
        room = room.min(max.saturating_sub(usage.used));
    }
    for (at, bytes) in later {
        if growth.until(room).is_some_and(|full| full < at) {
            break;
        }
        room = room.saturating_add(bytes);
    }
    growth.until(room)
}

fn next_day(
    mut queue: Vec<&Candidate>,
    rules: &Rules,
    mut usage: Usage,
    growth: Growth,
    now: WallTime,
) -> Vec<Going> {
    let mut items: BTreeMap<(&CameraId, DeletionCause), Going> = BTreeMap::new();
    let mut grown = 0;
    for hour in 0..=HOURS {
        let after = hour * HOUR_MICROS;
        usage = usage.more(growth.after(after) - grown);
        grown = growth.after(after);
        let at = now.plus_micros(after);
        for (candidate, cause) in retention::round(&mut queue, None, rules, &mut usage, at) {
            let camera = &candidate.stream.camera;
            let item = items.entry((camera, cause)).or_insert_with(|| Going {
                camera: camera.clone(),
                span: candidate.span,
                bytes: 0,
                segments: 0,
                cause,
            });
            let (first, last) = (item.span.start, item.span.end);
            let span = candidate.span;
            item.span = WallSpan::new(first.min(span.start), last.max(span.end));
            item.bytes = item.bytes.saturating_add(candidate.bytes);
            item.segments += 1;
        }
    }
    items.into_values().collect()
}
