//! What the rules take over all volumes, and what a change of the settings would take at once. Pure.
//!
//! Must not do: rules of its own, `storage::retention` has them; delete.

use std::collections::{BTreeMap, BTreeSet};

use super::Space;
use super::retention::{self, Candidate, Plan, Rules, Usage};
use super::spool::SpoolTerms;
use crate::model::{CameraId, DeletionCause, Lock, StreamId, VolumeId, WallSpan, WallTime};
use crate::protocol::Going;

/// What the settings say of keeping footage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// What is kept.
    pub rules: Rules,
    /// Percent of free space at which the operator is told; 0 for never.
    pub low_space_percent: u8,
    /// Where is recorded now.
    pub volume: VolumeId,
    /// What may wait there, when recordings are brought elsewhere from it; none when they stay.
    pub spool: Option<SpoolTerms>,
}

/// A segment that might go, and the volume that it is on.
pub type Placed = (VolumeId, Candidate);

/// What goes by retention and size over all volumes, and for want of space on the one that is recorded to, unless
/// recordings only wait there: see [`SpoolTerms::plan`].
/// For `horizon` see [`retention::plan`].
#[must_use]
pub fn plan(
    candidates: &[Placed],
    horizon: Option<WallTime>,
    locks: &[Lock],
    terms: &Terms,
    usage: &Usage,
    now: WallTime,
) -> Plan {
    let everywhere = Rules { reserve: 0, ..terms.rules.clone() };
    let all: Vec<Candidate> = candidates.iter().map(|(_, c)| c.clone()).collect();
    let mut plan = retention::plan(&all, horizon, locks, &everywhere, usage, now);
    if terms.spool.is_some() {
        return plan;
    }
    let going: BTreeSet<(&StreamId, WallTime)> =
        plan.deletions.iter().map(|deletion| (&deletion.stream, deletion.start)).collect();
    let here = candidates.iter().filter(|(volume, _)| *volume == terms.volume);
    let (gone, left): (Vec<_>, Vec<_>) =
        here.map(|(_, c)| c).partition(|c| going.contains(&(&c.stream, c.span.start)));
    let freed: u64 = gone.iter().map(|candidate| candidate.bytes).sum();
    let left: Vec<Candidate> = left.into_iter().cloned().collect();
    let space = Space { free: usage.space.free + freed, ..usage.space };
    let room =
        Rules { keep: None, keep_of: BTreeMap::new(), max_bytes: None, ..terms.rules.clone() };
    let more = retention::plan(&left, horizon, locks, &room, &Usage { space, ..*usage }, now);
    plan.deletions.extend(more.deletions);
    plan.shortage = plan.shortage.or(more.shortage);
    plan.incomplete |= more.incomplete;
    plan
}

/// What goes at once by the terms and on the volume of `after`, and would stay by those of `before`.
/// `candidates` are all segments.
#[must_use]
pub fn lost(
    candidates: &[Placed],
    locks: &[Lock],
    before: (&Terms, &Usage),
    after: (&Terms, &Usage),
    now: WallTime,
) -> Vec<Going> {
    let deletions = |(terms, usage): (&Terms, &Usage)| {
        plan(candidates, None, locks, terms, usage, now).deletions
    };
    let anyway: BTreeSet<(StreamId, WallTime)> =
        deletions(before).into_iter().map(|deletion| (deletion.stream, deletion.start)).collect();
    let causes: BTreeMap<(StreamId, WallTime), DeletionCause> = deletions(after)
        .into_iter()
        .map(|deletion| ((deletion.stream, deletion.start), deletion.cause))
        .filter(|(segment, _)| !anyway.contains(segment))
        .collect();
    let mut items: BTreeMap<(CameraId, DeletionCause), Going> = BTreeMap::new();
    for (_, candidate) in candidates {
        let segment = (candidate.stream.clone(), candidate.span.start);
        let Some(cause) = causes.get(&segment).copied() else { continue };
        let (camera, span) = (candidate.stream.camera.clone(), candidate.span);
        let new = Going { camera: camera.clone(), span, bytes: 0, segments: 0, cause };
        let item = items.entry((camera, cause)).or_insert(new);
        item.span = WallSpan::new(item.span.start.min(span.start), item.span.end.max(span.end));
        item.bytes += candidate.bytes;
        item.segments += 1;
    }
    items.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StreamKind;

    const HOUR: i64 = 3_600_000_000;

    /// Ten hours of a camera, a file and 100 bytes an hour; the last ends now.
    fn segments(volume: VolumeId) -> Vec<Placed> {
        let stream = StreamId::new(CameraId::from_name("a"), StreamKind::Main);
        let hour = |n: i64| WallTime::from_micros(n * HOUR);
        let segment = |n| {
            let span = WallSpan::new(hour(n), hour(n + 1));
            (volume, Candidate { stream: stream.clone(), span, bytes: 100, open: false })
        };
        (0..10).map(segment).collect()
    }

    fn terms(keep: Option<i64>, max_bytes: Option<u64>, auto_delete: bool) -> Terms {
        let rules = Rules { auto_delete, keep, max_bytes, ..Rules::default() };
        Terms { rules, ..Terms::default() }
    }

    fn lost_by(before: &Terms, after: &Terms, locks: &[Lock]) -> Vec<Going> {
        let usage = Usage { used: 1_000, space: Space { free: 50, total: 2_000 } };
        let now = WallTime::from_micros(10 * HOUR);
        lost(&segments(VolumeId(0)), locks, (before, &usage), (after, &usage), now)
    }

    #[test]
    fn only_what_the_change_takes_is_lost() {
        let free = terms(None, None, true);
        assert_eq!(lost_by(&free, &free, &[]), []);
        let day = terms(Some(4 * HOUR), None, true);
        let told = lost_by(&free, &day, &[]);
        assert_eq!((told[0].segments, told[0].bytes), (6, 600));
        assert_eq!(told[0].cause, DeletionCause::Retention);
        assert_eq!(told[0].span.end, WallTime::from_micros(6 * HOUR));
        assert_eq!(lost_by(&day, &free, &[]), [], "a longer retention takes nothing");
        assert_eq!(lost_by(&day, &terms(Some(3 * HOUR), None, true), &[])[0].segments, 1);
        assert_eq!(lost_by(&free, &terms(None, Some(750), true), &[])[0].segments, 3);
        let off = terms(Some(4 * HOUR), None, false);
        assert_eq!(lost_by(&free, &off, &[]), [], "without automatic deletion nothing goes");
        assert_eq!(lost_by(&off, &day, &[])[0].segments, 6);
    }

    #[test]
    fn locked_footage_is_not_lost() {
        let span = WallSpan::new(WallTime::from_micros(HOUR), WallTime::from_micros(3 * HOUR));
        let lock = Lock { camera: CameraId::from_name("a"), span, note: String::new() };
        let (free, day) = (terms(None, None, true), terms(Some(4 * HOUR), None, true));
        assert_eq!(lost_by(&free, &day, &[lock])[0].segments, 4);
    }

    #[test]
    fn want_of_space_takes_from_the_volume_that_is_recorded_to() {
        let mut after = terms(None, None, true);
        after.rules.reserve = 250;
        let told = lost_by(&terms(None, None, true), &after, &[]);
        assert_eq!((told[0].segments, told[0].cause), (2, DeletionCause::LowSpace));
        after.volume = VolumeId(7);
        assert_eq!(lost_by(&terms(None, None, true), &after, &[]), []);
    }
}
