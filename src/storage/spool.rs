//! What may wait on this computer to be brought to an archive, what goes when that is too much, and what goes on the
//! archive for want of room there. Pure.
//!
//! Must not do: rules of its own for how room is made, `storage::retention` has them; any I/O.

use std::collections::BTreeMap;

use super::Space;
use super::retention::{self, Candidate, Plan, Rules, Shortage, Usage};
use crate::model::{DeletionCause, Lock, WallTime};

/// What the settings say of recordings that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpoolTerms {
    /// Bytes that may wait; none: as much as the disk holds.
    pub max_bytes: Option<u64>,
    /// Whether the oldest that wait go when no more can; else recording stops.
    pub drops: bool,
}

/// How full an archive is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Of the archive; nothing in all where it does not tell.
    pub space: Space,
    /// Bytes that are to stay free there; nothing where it does not tell.
    pub reserve: u64,
    /// Bytes for which it had no room although it told of some, or told nothing: a quota.
    pub lacking: u64,
    /// Bytes of files that were removed there without its free space growing, as with a recycle bin or snapshots: they
    /// count as free, so that a place whose space does not grow is not emptied.
    pub unfreed: u64,
}

impl SpoolTerms {
    /// Only what a volume's own limits ask for: `reserve` bytes free, and no more than may wait.
    fn rules(&self, rules: &Rules) -> Rules {
        Rules {
            auto_delete: self.drops,
            keep: None,
            keep_of: BTreeMap::new(),
            max_bytes: self.max_bytes,
            ..rules.clone()
        }
    }

    /// What goes of the recordings that wait. `candidates` are the oldest of each stream that do, for `horizon`
    /// see [`retention::plan`]; `usage` is of the spool.
    #[must_use]
    pub fn plan(
        &self,
        candidates: &[Candidate],
        horizon: Option<WallTime>,
        locks: &[Lock],
        rules: &Rules,
        usage: &Usage,
        now: WallTime,
    ) -> Plan {
        let mut plan = retention::plan(candidates, horizon, locks, &self.rules(rules), usage, now);
        for deletion in &mut plan.deletions {
            let by_limit =
                matches!(deletion.cause, DeletionCause::SizeLimit | DeletionCause::LowSpace);
            if by_limit {
                deletion.cause = DeletionCause::NotBrought;
            }
        }
        plan.shortage = plan.shortage.map(|_| Shortage::Spool);
        plan
    }

    /// Why recording must stop because of what waits, or stay stopped; see [`retention::guard`].
    #[must_use]
    pub fn guard(
        &self,
        stopped: Option<Shortage>,
        shortage: Option<Shortage>,
        used: u64,
    ) -> Option<Shortage> {
        let spool = Some(Shortage::Spool);
        let over = self.max_bytes.is_some_and(|max| used > max);
        (over && (shortage == spool || stopped == spool)).then_some(Shortage::Spool)
    }

    /// Bytes that can still wait: of `usage`, which is of the spool, with `reserve` bytes left free.
    #[must_use]
    pub fn room(&self, usage: &Usage, reserve: u64) -> u64 {
        let free = usage.space.free.saturating_sub(reserve);
        let allowed = self.max_bytes.map(|max| max.saturating_sub(usage.used));
        allowed.into_iter().chain([free]).min().unwrap_or(free)
    }
}

/// Microseconds until `room` bytes are recorded at `rate` bytes a second; none while nothing is.
#[must_use]
pub fn lasts(room: u64, rate: u64) -> Option<i64> {
    let micros = (u128::from(room) * 1_000_000).checked_div(u128::from(rate))?;
    Some(i64::try_from(micros).unwrap_or(i64::MAX))
}

/// What goes on an archive for want of room there, so that what waits can be brought. `candidates` are on it, for
/// `horizon` see [`retention::plan`]; `going` bytes of it go already.
#[must_use]
pub fn plan_archive(
    candidates: &[Candidate],
    horizon: Option<WallTime>,
    locks: &[Lock],
    rules: &Rules,
    room: &Room,
    going: u64,
    now: WallTime,
) -> Plan {
    let known = room.space.total > 0;
    if !known && room.lacking == 0 {
        return Plan::default();
    }
    // What it had no room for is what is to be free, whatever it tells.
    let free = if room.lacking > 0 { 0 } else { room.space.free };
    let rules = Rules {
        keep: None,
        keep_of: BTreeMap::new(),
        max_bytes: None,
        reserve: room.reserve.max(room.lacking),
        ..rules.clone()
    };
    let going = going.saturating_add(room.unfreed);
    let space = Space { free: free.saturating_add(going), ..room.space };
    let mut plan =
        retention::plan(candidates, horizon, locks, &rules, &Usage { used: 0, space }, now);
    // A full archive stops nothing: recordings wait.
    plan.shortage = None;
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CameraId, StreamId, StreamKind, WallSpan};

    const HOUR: i64 = 3_600_000_000;

    /// Five hours, 100 bytes each.
    fn waiting() -> Vec<Candidate> {
        let stream = StreamId::new(CameraId::from_name("a"), StreamKind::Main);
        let hour = |n: i64| WallTime::from_micros(n * HOUR);
        let one = |n| {
            let span = WallSpan::new(hour(n), hour(n + 1));
            Candidate { stream: stream.clone(), span, bytes: 100, open: n == 4 }
        };
        (0..5).map(one).collect()
    }

    fn usage(free: u64) -> Usage {
        Usage { used: 500, space: Space { free, total: 10_000 } }
    }

    fn plan(terms: SpoolTerms, free: u64, locks: &[Lock]) -> Plan {
        let rules = Rules { keep: Some(1), auto_delete: true, reserve: 150, ..Rules::default() };
        let now = WallTime::from_micros(100 * HOUR);
        terms.plan(&waiting(), None, locks, &rules, &usage(free), now)
    }

    #[test]
    fn the_oldest_that_wait_go_and_say_why() {
        let terms = SpoolTerms { max_bytes: Some(350), drops: true };
        let going = plan(terms, 9_000, &[]).deletions;
        let starts: Vec<i64> = going.iter().map(|d| d.start.as_micros() / HOUR).collect();
        assert_eq!(starts, [0, 1]);
        assert!(going.iter().all(|d| d.cause == DeletionCause::NotBrought));
        assert_eq!(plan(SpoolTerms { max_bytes: None, ..terms }, 20, &[]).deletions.len(), 2);
        let span = WallSpan::new(WallTime::from_micros(0), WallTime::from_micros(HOUR));
        let lock = Lock { camera: CameraId::from_name("a"), span, note: String::new() };
        let starts = plan(terms, 9_000, &[lock]).deletions;
        assert_eq!(starts[0].start.as_micros(), HOUR, "a lock holds here too");
    }

    #[test]
    fn where_nothing_may_go_recording_stops_and_starts_when_there_is_room() {
        let terms = SpoolTerms { max_bytes: Some(350), drops: false };
        let plan = plan(terms, 9_000, &[]);
        assert_eq!((plan.deletions, plan.shortage), (Vec::new(), Some(Shortage::Spool)));
        let spool = Some(Shortage::Spool);
        assert_eq!(
            terms.guard(None, None, 400),
            None,
            "the plan has not said yet that nothing may go"
        );
        assert_eq!(terms.guard(None, spool, 400), spool);
        assert_eq!(terms.guard(spool, None, 400), spool);
        assert_eq!(terms.guard(spool, spool, 350), None);
    }

    #[test]
    fn an_outage_is_covered_for_as_long_as_there_is_room() {
        let terms = SpoolTerms { max_bytes: Some(4_100), drops: true };
        assert_eq!(terms.room(&usage(9_000), 150), 3_600);
        assert_eq!(terms.room(&usage(1_000), 150), 850);
        assert_eq!(SpoolTerms::default().room(&usage(1_000), 150), 850);
        assert_eq!(lasts(3_600, 1), Some(HOUR));
        assert_eq!(lasts(3_600, 0), None);
    }

    #[test]
    fn an_archive_makes_room_for_what_it_had_none_for() {
        let rules = Rules { keep: Some(1), auto_delete: true, ..Rules::default() };
        let now = WallTime::from_micros(100 * HOUR);
        let gone_of = |space: Space, lacking, going, unfreed| {
            let reserve = retention::reserve(0, space.total);
            let room = Room { space, reserve, lacking, unfreed };
            let plan = plan_archive(&waiting(), None, &[], &rules, &room, going, now);
            assert!(plan.deletions.iter().all(|d| d.cause == DeletionCause::LowSpace));
            plan.deletions.len()
        };
        let gone = |space, lacking, going| gone_of(space, lacking, going, 0);
        let space = |free| Space { free, total: 10_000 };
        assert_eq!(gone_of(space(0), 150, 0, 500), 0, "deleting frees nothing there");
        assert_eq!(gone_of(space(0), 150, 0, 400), 1);
        assert_eq!(gone(space(9_000), 0, 0), 0);
        assert_eq!(gone(space(250), 0, 0), 3, "a twentieth is to be free");
        assert_eq!(gone(space(250), 0, 200), 1);
        assert_eq!(gone(space(9_000), 150, 0), 4, "a quota: it had no room for this");
        assert_eq!(gone(Space::default(), 0, 0), 0, "it does not tell");
        assert_eq!(gone(Space::default(), 150, 0), 2);
    }
}
