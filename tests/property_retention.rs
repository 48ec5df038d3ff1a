//! Properties of the retention rules: what goes, what stays, when recording stops, and what is foretold.

#![allow(clippy::expect_used)]

use std::collections::BTreeSet;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use watchkeeper::model::{CameraId, DeletionCause, Lock, StreamId, StreamKind, WallSpan, WallTime};
use watchkeeper::storage::Space;
use watchkeeper::storage::preview::preview;
use watchkeeper::storage::retention::{
    Candidate, Plan, Rules, Shortage, Usage, floor, guard, plan, reserve,
};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// Total bytes of the volume, so that all candidates together are a good part of it.
const TOTAL: u64 = 20_000;

fn camera(number: usize) -> CameraId {
    ["a", "a-1", "b"][number].parse().expect("an identity")
}

fn at(hours: i64) -> WallTime {
    WallTime::from_micros(1_772_550_600_000_000 + hours * HOUR)
}

fn candidate() -> impl Strategy<Value = Candidate> {
    let open = prop_oneof![9 => Just(false), 1 => Just(true)];
    (0..3_usize, any::<bool>(), 0..200_i64, 1..4_i64, 0..500_u64, open).prop_map(
        |(number, sub, start, hours, bytes, open)| {
            let kind = if sub { StreamKind::Sub } else { StreamKind::Main };
            let stream = StreamId::new(camera(number), kind);
            Candidate { stream, span: WallSpan::new(at(start), at(start + hours)), bytes, open }
        },
    )
}

/// Each stream has one segment at a moment.
fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    vec(candidate(), 0..60).prop_map(|mut all| {
        let mut seen = BTreeSet::new();
        all.retain(|one| seen.insert((one.stream.clone(), one.span.start)));
        all
    })
}

fn locks() -> impl Strategy<Value = Vec<Lock>> {
    let lock = (0..3_usize, 0..200_i64, 0..20_i64).prop_map(|(number, start, hours)| Lock {
        camera: camera(number),
        span: WallSpan::new(at(start), at(start + hours)),
        note: String::new(),
    });
    vec(lock, 0..6)
}

fn rules() -> impl Strategy<Value = Rules> {
    let keep = || option::of(0..200 * HOUR);
    let keep_of = btree_map((0..3_usize).prop_map(camera), keep(), 0..3);
    let auto_delete = prop_oneof![4 => Just(true), 1 => Just(false)];
    (auto_delete, keep(), keep_of, option::of(0..TOTAL), 0..TOTAL).prop_map(
        |(auto_delete, keep, keep_of, max_bytes, reserve)| Rules {
            auto_delete,
            keep,
            keep_of,
            erased: BTreeSet::new(),
            max_bytes,
            reserve,
        },
    )
}

/// Our segments and something else take the volume.
fn usage(candidates: &[Candidate], others: u64) -> Usage {
    let used = candidates.iter().map(|one| one.bytes).sum();
    let free = TOTAL.saturating_sub(used + others);
    Usage { used, space: Space { free, total: TOTAL } }
}

fn exceeded(rules: &Rules, used: u64, free: u64) -> Option<Shortage> {
    match rules.max_bytes {
        Some(max) if used > max => Some(Shortage::SizeLimit),
        _ if free < rules.reserve => Some(Shortage::DiskFull),
        _ => None,
    }
}

fn may_go(one: &Candidate, locks: &[Lock]) -> bool {
    let locked = |lock: &Lock| lock.camera == one.stream.camera && lock.span.overlaps(one.span);
    !one.open && !locks.iter().any(locked)
}

fn expires(one: &Candidate, rules: &Rules) -> Option<WallTime> {
    let keep = match rules.keep_of.get(&one.stream.camera) {
        Some(own) => *own,
        None => rules.keep,
    };
    keep.map(|keep| one.span.end.plus_micros(keep))
}

type Key = (WallTime, StreamId);

fn keys(plan: &Plan, retention: bool) -> Vec<Key> {
    let by_rule = plan.deletions.iter();
    by_rule
        .filter(|gone| (gone.cause == DeletionCause::Retention) == retention)
        .map(|gone| (gone.start, gone.stream.clone()))
        .collect()
}

proptest! {
    #[test]
    fn a_plan_keeps_every_rule(
        candidates in candidates(),
        horizon in option::of((0..200_i64).prop_map(at)),
        locks in locks(),
        rules in rules(),
        others in 0..TOTAL,
        now in (0..400_i64).prop_map(at),
    ) {
        let before = usage(&candidates, others);
        let plan = plan(&candidates, horizon, &locks, &rules, &before, now);
        let (mut used, mut free) = (before.used, before.space.free);
        if !rules.auto_delete {
            prop_assert!(plan.deletions.is_empty() && !plan.incomplete);
            prop_assert_eq!(plan.shortage, exceeded(&rules, used, free));
            return Ok(());
        }

        // Retention: exactly what may go and has expired, a camera's own rule before the global one.
        let key = |one: &Candidate| (one.span.start, one.stream.clone());
        let free_to_go: Vec<&Candidate> = candidates.iter().filter(|one| may_go(one, &locks)).collect();
        let is_expired = |one: &&&Candidate| expires(one, &rules).is_some_and(|at| at <= now);
        let expired: BTreeSet<Key> = free_to_go.iter().filter(is_expired).map(|one| key(one)).collect();
        let by_retention = keys(&plan, true);
        prop_assert_eq!(&expired, &by_retention.iter().cloned().collect::<BTreeSet<_>>());
        prop_assert_eq!(expired.len(), by_retention.len(), "none twice");

        // Limits: the oldest first, none left out, none beyond the horizon.
        let mut left: Vec<Key> =
            free_to_go.iter().map(|one| key(one)).filter(|key| !expired.contains(key)).collect();
        left.sort();
        let for_limits = keys(&plan, false);
        prop_assert_eq!(&for_limits[..], &left[..for_limits.len()]);
        prop_assert!(for_limits.iter().all(|(start, _)| horizon.is_none_or(|end| *start <= end)));

        // Each deletion for a limit was needed when its turn came, and says which limit needed it.
        let mut limits_began = false;
        for gone in &plan.deletions {
            let needed = match gone.cause {
                DeletionCause::SizeLimit => Some(Shortage::SizeLimit),
                DeletionCause::LowSpace => Some(Shortage::DiskFull),
                DeletionCause::Retention => None,
                cause @ (DeletionCause::Operator | DeletionCause::NotBrought) => {
                    return Err(TestCaseError::fail(format!("{cause:?} is no rule of a plan here")));
                }
            };
            prop_assert!(!(limits_began && needed.is_none()), "retention goes first");
            limits_began |= needed.is_some();
            if needed.is_some() {
                prop_assert_eq!(exceeded(&rules, used, free), needed);
            }
            let one = candidates.iter().find(|one| key(one) == (gone.start, gone.stream.clone()));
            prop_assert_eq!(one.map(|one| one.bytes), Some(gone.bytes));
            used -= gone.bytes;
            free += gone.bytes;
        }

        // Afterwards the limits hold, or it is told why not.
        let over = exceeded(&rules, used, free);
        let within = |key: &&Key| horizon.is_none_or(|end| key.0 <= end);
        if over.is_some() {
            prop_assert_eq!(left.iter().filter(within).count(), for_limits.len(), "all has gone");
        }
        prop_assert_eq!(plan.shortage, over.filter(|_| horizon.is_none()));
        prop_assert_eq!(plan.incomplete, over.is_some() && horizon.is_some());
    }

    #[test]
    fn what_an_operator_wants_gone_goes_whatever_the_rules_say(
        candidates in candidates(),
        locks in locks(),
        rules in rules(),
        erased in btree_set((0..3_usize).prop_map(camera), 0..3),
        others in 0..TOTAL,
        now in (0..400_i64).prop_map(at),
    ) {
        let rules = Rules { erased, ..rules };
        let plan = plan(&candidates, None, &locks, &rules, &usage(&candidates, others), now);
        let wanted = candidates.iter().filter(|one| may_go(one, &locks));
        let wanted: BTreeSet<Key> = wanted
            .filter(|one| rules.erased.contains(&one.stream.camera))
            .map(|one| (one.span.start, one.stream.clone()))
            .collect();
        let by_operator = plan.deletions.iter().filter(|gone| gone.cause == DeletionCause::Operator);
        let gone: Vec<Key> = by_operator.map(|gone| (gone.start, gone.stream.clone())).collect();
        prop_assert_eq!(gone.len(), wanted.len(), "none twice");
        prop_assert_eq!(gone.into_iter().collect::<BTreeSet<_>>(), wanted);
        let others = plan.deletions.iter().any(|gone| gone.cause != DeletionCause::Operator);
        prop_assert!(rules.auto_delete || !others);
    }

    #[test]
    fn the_reserve_is_an_hour_within_its_bounds(rate in 0..u64::MAX, total in 0..u64::MAX) {
        let bytes = reserve(rate, total);
        prop_assert!(bytes <= total / 4);
        prop_assert!(bytes >= (total / 20).min(256 << 20));
        if bytes > (total / 20).min(256 << 20) && bytes < total / 4 {
            prop_assert_eq!(bytes, rate * 3_600);
        }
        prop_assert!(floor(rate, total) <= bytes / 2);
    }

    #[test]
    fn recording_stops_and_starts_with_room_between(
        free in vec(0..2_000_u64, 1..40),
        used in 0..100_u64,
        rate in 0..20_u64,
        max in option::of(0..100_u64),
        shortage in option::of(Just(Shortage::SizeLimit)),
    ) {
        let rules = Rules { max_bytes: max, ..Rules::default() };
        let low = floor(rate, TOTAL);
        let over = max.is_some_and(|max| used > max);
        let mut stopped = None;
        for free in free {
            let usage = Usage { used, space: Space { free, total: TOTAL } };
            let next = guard(stopped, shortage, &rules, &usage, rate);
            let full = free < low || stopped == Some(Shortage::DiskFull) && free < 2 * low;
            let size = over && (shortage.is_some() || stopped == Some(Shortage::SizeLimit));
            let size = size.then_some(Shortage::SizeLimit);
            prop_assert_eq!(next, if full { Some(Shortage::DiskFull) } else { size });
            stopped = next;
        }
    }

    #[test]
    fn a_preview_without_limits_tells_what_expires(
        candidates in candidates(),
        locks in locks(),
        rules in rules(),
        rate in 0..1_000_u64,
        now in (0..300_i64).prop_map(at),
    ) {
        let rules = Rules { max_bytes: None, reserve: 0, ..rules };
        let told = preview(&candidates, &locks, &rules, &usage(&candidates, 0), rate, now);
        let goes: Vec<&Candidate> = candidates
            .iter()
            .filter(|one| rules.auto_delete && may_go(one, &locks))
            .filter(|one| expires(one, &rules).is_some_and(|at| at <= now.plus_micros(DAY)))
            .collect();
        prop_assert!(told.in_24h.iter().all(|item| item.cause == DeletionCause::Retention));
        prop_assert_eq!(told.in_24h.iter().map(|item| item.segments).sum::<usize>(), goes.len());
        for item in &told.in_24h {
            let own = || goes.iter().filter(|one| one.stream.camera == item.camera);
            prop_assert_eq!(item.bytes, own().map(|one| one.bytes).sum::<u64>());
            prop_assert_eq!(Some(item.span.start), own().map(|one| one.span.start).min());
            prop_assert_eq!(Some(item.span.end), own().map(|one| one.span.end).max());
        }
    }

    #[test]
    fn a_preview_begins_with_what_goes_now(
        candidates in candidates(),
        locks in locks(),
        rules in rules(),
        others in 0..TOTAL,
        now in (0..400_i64).prop_map(at),
    ) {
        let usage = usage(&candidates, others);
        let now_gone = plan(&candidates, None, &locks, &rules, &usage, now);
        let told = preview(&candidates, &locks, &rules, &usage, 0, now);
        let count = |limit: bool| {
            let items = told.in_24h.iter();
            items.filter(|item| (item.cause != DeletionCause::Retention) == limit)
                .map(|item| item.segments)
                .sum::<usize>()
        };
        prop_assert_eq!(count(true), keys(&now_gone, false).len());
        prop_assert!(count(false) >= keys(&now_gone, true).len());
        prop_assert_eq!(told.left_micros, None, "nothing is recorded");
    }

    #[test]
    fn the_limit_is_met_when_it_is_foretold(
        candidates in candidates(),
        locks in locks(),
        rules in rules(),
        rate in 1..50_u64,
        others in 0..TOTAL,
        now in (0..400_i64).prop_map(at),
    ) {
        let before = usage(&candidates, others);
        let told = preview(&candidates, &locks, &rules, &before, rate, now).left_micros;
        let cameras: BTreeSet<&CameraId> = candidates.iter().map(|one| &one.stream.camera).collect();
        let keep = |camera: &CameraId| rules.keep_of.get(camera).copied().unwrap_or(rules.keep);
        let all: Option<Vec<i64>> = cameras.iter().map(|camera| keep(camera)).collect();
        let settles = match (rules.auto_delete, all) {
            (false, _) | (_, None) => i64::MAX,
            (true, Some(all)) => all.into_iter().max().or(rules.keep).unwrap_or(i64::MAX),
        };
        let is_over = |micros: i64| {
            let grown = u128::from(rate) * micros.min(settles).unsigned_abs() as u128 / 1_000_000;
            let grown = grown as u64;
            let gone: u64 = candidates
                .iter()
                .filter(|one| rules.auto_delete && may_go(one, &locks))
                .filter(|one| expires(one, &rules).is_some_and(|at| at <= now.plus_micros(micros)))
                .map(|one| one.bytes)
                .sum();
            let used = before.used + grown - gone;
            exceeded(&rules, used, (before.space.free + gone).saturating_sub(grown)).is_some()
        };
        match told {
            Some(0) => {}
            Some(micros) => {
                prop_assert!(!is_over(micros));
                for share in 1..20 {
                    prop_assert!(!is_over(micros / 20 * share));
                }
                // One second more is a byte more at least, and segments end at full hours.
                let later = micros + 2_000_000;
                let whole = |one: &Candidate| {
                    let expiry = expires(one, &rules).map(|at| at.micros_since(now));
                    expiry.is_some_and(|expiry| expiry > micros && expiry <= later)
                };
                let settled = later >= settles;
                prop_assert!(settled || candidates.iter().any(whole) || is_over(later));
            }
            None => {
                for hours in (0..800).step_by(10) {
                    prop_assert!(!is_over(hours * HOUR));
                }
            }
        }
    }
}

#[test]
fn a_camera_is_kept_longer_than_the_others() {
    let one = |number, start| Candidate {
        stream: StreamId::new(camera(number), StreamKind::Main),
        span: WallSpan::new(at(start), at(start + 1)),
        bytes: 100,
        open: false,
    };
    let all = [one(0, 0), one(1, 1), one(2, 2)];
    let mut rules = Rules { auto_delete: true, keep: Some(DAY), ..Rules::default() };
    rules.keep_of.insert(camera(0), None);
    rules.keep_of.insert(camera(1), Some(3 * DAY));
    let usage = usage(&all, 0);
    let gone = |rules: &Rules, hours| {
        let plan = plan(&all, None, &[], rules, &usage, at(hours));
        plan.deletions.into_iter().map(|gone| gone.start).collect::<Vec<_>>()
    };
    assert_eq!(gone(&rules, 26), []);
    assert_eq!(gone(&rules, 27), [at(2)]);
    assert_eq!(gone(&rules, 74), [at(1), at(2)]);
    rules.max_bytes = Some(50);
    assert_eq!(gone(&rules, 27), [at(2), at(0), at(1)], "a limit knows no favourites");
}
