//! Recordings that cannot be brought one by one while others can: when each is tried again, which is next, and when
//! it is not the recordings but the archive that is in the way. Pure.
//!
//! Must not do: read a clock, or ask an archive.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::report;
use crate::model::{SegmentRow, StreamId, WallTime};
use crate::storage::StorageError;

/// Failures in a row after which a recording is put aside: a server may fail for once.
const FAILURES: u32 = 3;

/// Time between two of these.
const SOON: Duration = Duration::from_secs(1);

/// A recording that was put aside is tried again after this time, and after twice as long with each failure that
/// follows.
const FIRST: Duration = Duration::from_secs(300);

/// A recording that was put aside is tried again at least this often: somebody may have put it right.
const LONGEST: Duration = Duration::from_secs(6 * 3_600);

/// So many different recordings that are refused without one that is taken are no accident.
const REFUSED: usize = 3;

type Key = (StreamId, WallTime);

fn key(row: &SegmentRow) -> Key {
    (row.stream.clone(), row.start)
}

/// What follows when an archive refuses a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same one is tried again after this time.
    Again(Duration),
    /// Others go first.
    Aside,
    /// All that wait are refused.
    All,
}

/// Failures of one recording.
#[derive(Clone, Debug, Default)]
struct Tried {
    failures: u32,
    /// Its copy differed from it when it was brought last.
    is_spoilt: bool,
    /// On the monotonic clock; none while it is not aside.
    until: Option<Duration>,
    /// Others were brought since: it is no matter of the archive.
    is_alone: bool,
    /// What was in its way last, in a clause.
    why: String,
}

/// Recordings that could not be brought.
#[derive(Debug, Default)]
pub struct Aside {
    tried: BTreeMap<Key, Tried>,
    /// Refused since something was brought last.
    refused: BTreeSet<Key>,
    refuses_all: bool,
}

/// Whether an error may be of one file alone; the others are of the archive as a whole.
#[must_use]
pub const fn may_be_of_file(error: &StorageError) -> bool {
    use StorageError::{Denied, Full, Gone, Offline, Taken};
    !matches!(error, Offline { .. } | Denied { .. } | Full { .. } | Gone { .. } | Taken { .. })
}

impl Aside {
    /// The archive has refused `row`, one of those that are `waiting`, and answers.
    pub fn refused(
        &mut self,
        row: &SegmentRow,
        why: &StorageError,
        waiting: usize,
        now: Duration,
    ) -> Verdict {
        let tried = self.tried.entry(key(row)).or_default();
        if tried.failures + 1 < FAILURES && !self.refuses_all {
            tried.failures += 1;
            return Verdict::Again(SOON.saturating_mul(tried.failures));
        }
        let is_alone = tried.is_alone;
        let mut why = report::why(why);
        if !why.contains(&row.path) {
            why = format!("{}: {why}", row.path);
        }
        self.put(row, why, now);
        if !is_alone {
            self.refused.insert(key(row));
            let alone = self.tried.values().filter(|tried| tried.is_alone).count();
            let others = waiting.saturating_sub(alone).max(1);
            self.refuses_all |= self.refused.len() >= REFUSED.min(others);
        }
        if self.refuses_all { Verdict::All } else { Verdict::Aside }
    }

    /// `row` cannot be brought now, and others go first.
    pub fn put(&mut self, row: &SegmentRow, why: String, now: Duration) {
        let tried = self.tried.entry(key(row)).or_default();
        tried.failures = tried.failures.saturating_add(1).max(FAILURES);
        let doublings = (tried.failures - FAILURES).min(16);
        let wait = FIRST.saturating_mul(1 << doublings).min(LONGEST);
        (tried.until, tried.why) = (Some(now.saturating_add(wait)), why);
    }

    /// The copy of `row` differed from it; whether the one before did too.
    pub fn spoilt(&mut self, row: &SegmentRow) -> bool {
        let tried = self.tried.entry(key(row)).or_default();
        std::mem::replace(&mut tried.is_spoilt, true)
    }

    /// `row` was brought. When all were refused before, the archive may be mended: the others are tried once more.
    pub fn brought(&mut self, row: &SegmentRow) {
        self.tried.remove(&key(row));
        for tried in self.tried.values_mut() {
            tried.is_alone = true;
            if self.refuses_all {
                (tried.failures, tried.until) = (FAILURES - 1, None);
            }
        }
        self.refused.clear();
        self.refuses_all = false;
    }

    /// All are tried anew.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets those that are not among `waiting` any more.
    pub fn keep(&mut self, waiting: &[SegmentRow]) {
        if self.tried.is_empty() {
            return;
        }
        let waiting: BTreeSet<Key> = waiting.iter().map(key).collect();
        self.tried.retain(|key, _| waiting.contains(key));
    }

    /// Which of `waiting`, the oldest first, is next. While all are refused each gets its turn.
    #[must_use]
    pub fn next<'a>(&self, waiting: &'a [SegmentRow], now: Duration) -> Option<&'a SegmentRow> {
        let tried = |row: &SegmentRow| self.tried.get(&key(row));
        if self.refuses_all {
            return waiting.iter().min_by_key(|row| tried(row).map_or(0, |tried| tried.failures));
        }
        let until = |row: &SegmentRow| tried(row).and_then(|tried| tried.until);
        waiting.iter().find(|row| until(row).is_none_or(|until| now >= until))
    }

    /// Whether all that wait are refused.
    #[must_use]
    pub const fn refuses_all(&self) -> bool {
        self.refuses_all
    }

    fn later(&self) -> impl Iterator<Item = &Tried> {
        self.tried.values().filter(|tried| tried.until.is_some())
    }

    /// How many are tried later.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.later().count() as u64
    }

    /// What operators are told of those that `address` does not get; none when there are none.
    #[must_use]
    pub fn sentence(&self, address: &str) -> Option<String> {
        let why = &self.later().last()?.why;
        Some(match self.count() {
            1 => format!(
                "A recording cannot be brought to {address}: {why}. It waits on this computer and is tried \
                 again later; others are brought."
            ),
            count => format!(
                "{count} recordings cannot be brought to {address}, one of them because of this: {why}. They \
                 wait on this computer and are tried again later; others are brought."
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: i64) -> Vec<SegmentRow> {
        (0..count).map(|second| SegmentRow::of_second(second, 0)).collect()
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn why() -> StorageError {
        StorageError::Exists { path: "front/0.mp4".into() }
    }

    #[test]
    fn one_that_is_refused_again_and_again_waits_longer_and_longer_and_others_go() {
        let (mut aside, rows) = (Aside::default(), rows(4));
        let mut refused = |at| aside.refused(&rows[0], &why(), 4, seconds(at));
        assert_eq!(refused(0), Verdict::Again(seconds(1)));
        assert_eq!(refused(1), Verdict::Again(seconds(2)));
        assert_eq!(refused(3), Verdict::Aside);
        assert_eq!(aside.next(&rows, seconds(3)), Some(&rows[1]));
        aside.brought(&rows[1]);
        let told = aside.sentence("smb://nas/video").expect("one waits");
        assert!(told.starts_with("A recording cannot be brought to smb://nas/video"), "{told}");
        assert!(told.contains("front/0.mp4 is there already. It waits"), "{told}");
        assert_eq!(aside.next(&rows, seconds(303)), Some(&rows[0]));
        assert_eq!(aside.refused(&rows[0], &why(), 3, seconds(303)), Verdict::Aside);
        assert_eq!(aside.next(&rows, seconds(303 + 599)), Some(&rows[1]));
        assert_eq!(aside.next(&rows, seconds(303 + 600)), Some(&rows[0]));
        let only = &rows[..1];
        assert_eq!(aside.refused(&rows[0], &why(), 1, seconds(903)), Verdict::Aside, "others went");
        assert_eq!(aside.next(only, seconds(904)), None);
        (0..40).for_each(|_| aside.put(&rows[0], "it is spoilt".into(), seconds(0)));
        assert_eq!(aside.next(&rows, LONGEST), Some(&rows[0]));
        aside.keep(&rows[1..]);
        assert_eq!((aside.count(), aside.sentence("it")), (0, None), "deleted meanwhile");
    }

    #[test]
    fn when_all_are_refused_it_is_the_archive_and_each_gets_its_turn() {
        let (mut aside, rows) = (Aside::default(), rows(5));
        let mut verdicts = Vec::new();
        for row in &rows[..3] {
            for _ in 0..3 {
                verdicts.push(aside.refused(row, &why(), 5, seconds(0)));
            }
        }
        assert_eq!((verdicts[5], verdicts[8]), (Verdict::Aside, Verdict::All));
        assert!(aside.refuses_all());
        for number in [3, 4, 0, 1] {
            let next = aside.next(&rows, seconds(9)).expect("one of them");
            assert_eq!(next, &rows[number]);
            assert_eq!(aside.refused(next, &why(), 5, seconds(9)), Verdict::All);
        }
        aside.brought(&rows[2]);
        assert!(!aside.refuses_all() && aside.count() == 0, "it may be mended");
        assert_eq!(aside.next(&rows, seconds(9)), Some(&rows[0]));
        for row in [&rows[0], &rows[1], &rows[3], &rows[4]] {
            assert_eq!(aside.refused(row, &why(), 4, seconds(9)), Verdict::Aside, "others go");
        }
        aside.clear();

        let only = &rows[..1];
        let last = (0..3).map(|_| aside.refused(&only[0], &why(), 1, seconds(0))).last();
        assert_eq!(last, Some(Verdict::All), "nothing says that it is this one");
    }
}
