//! How the thread `upload` stands with its archive: what it knows of it, and when it does what there next.
//!
//! Must not do: outlive the archive; with another one all of it begins anew.

use std::collections::BTreeSet;
use std::time::Duration;

use super::adopt::Adopting;
use super::aside::Aside;
use super::backoff::Backoff;
use crate::model::SegmentRow;

/// All files are listed again after this time: with ten thousand of them that takes a NAS some seconds.
const LIST_EVERY: Duration = Duration::from_secs(24 * 3_600);

/// Files that could not be listed are listed again after this time: it may take as long to fail.
const RETRY_LIST: Duration = Duration::from_secs(3_600);

/// How it stands with an archive. Times are of the monotonic clock.
#[derive(Debug, Default)]
pub struct Standing {
    /// Counts its failures.
    pub backoff: Backoff,
    /// Before this time it is left alone.
    pub due: Duration,
    /// It has answered, and nothing has failed since.
    pub is_connected: bool,
    /// When it is reached it becomes ours.
    pub takes_over: bool,
    /// Files here that the index has on the archive are looked for.
    pub tidy_due: Duration,
    /// When it was last asked for its space.
    pub asked: Duration,
    /// All of its files are listed again then.
    pub list_due: Duration,
    /// Why its files could not be listed the last time, in a sentence.
    pub unlisted: Option<String>,
    /// The recording that is being brought, or was last.
    pub on_its_way: Option<SegmentRow>,
    /// Recordings that could not be brought, and when they are tried again.
    pub aside: Aside,
    /// What the index does not know is being added to it.
    pub adopting: Option<Adopting>,
    /// Files that cannot be added to the index.
    pub not_addable: BTreeSet<String>,
    /// In the round before, some were looked into: recordings that wait get this one.
    pub has_adopted: bool,
}

impl Standing {
    /// Everything is tried in the next round, whatever was in the way.
    pub fn retry(&mut self) {
        self.backoff.reset();
        (self.due, self.tidy_due) = (Duration::ZERO, Duration::ZERO);
        self.aside.clear();
        if self.unlisted.is_some() {
            self.list_due = Duration::ZERO;
        }
    }

    /// All files are being listed; that may fail, and take long.
    pub fn begin_list(&mut self, now: Duration) {
        self.list_due = now.saturating_add(RETRY_LIST);
    }

    /// They were.
    pub fn end_list(&mut self, now: Duration) {
        self.unlisted = None;
        self.list_due = now.saturating_add(LIST_EVERY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_could_not_be_listed_are_listed_again_after_an_hour_or_when_it_is_wanted() {
        let mut standing = Standing::default();
        assert_eq!(standing.list_due, Duration::ZERO, "never listed");
        standing.begin_list(Duration::ZERO);
        standing.end_list(Duration::ZERO);
        standing.retry();
        assert_eq!(standing.list_due, LIST_EVERY, "a list that came out well is not made again");
        standing.begin_list(LIST_EVERY);
        standing.unlisted = Some("The files cannot be listed.".into());
        assert_eq!(standing.list_due, LIST_EVERY + RETRY_LIST);
        standing.retry();
        assert_eq!(standing.list_due, Duration::ZERO);
        assert!(standing.unlisted.is_some(), "told until it comes out well");
    }
}
