//! What follows when the thread `upload` could not do something: who is in the way, what is tried when, and what
//! operators are told.
//!
//! Must not do: try anything itself.

use std::time::Duration;

use super::ArchiveState;
use super::aside::Verdict;
use super::backoff::Obstacle;
use super::bring::Failed;
use super::courier::{Courier, LOOK};
use crate::engine::EngineError;
use crate::model::SegmentRow;
use crate::storage::StorageError;

/// An archive that refuses all that is brought, one by one, is not tried more often.
const REFUSES: Duration = Duration::from_secs(30);

impl Courier {
    /// How long to wait after a round that could not do what it wanted.
    pub(super) fn after(&mut self, failed: Failed) -> Duration {
        match failed {
            Failed::Stopped => Duration::ZERO,
            Failed::There(error) => self.fail_there(&error),
            Failed::Recording(error) => self.put_aside(&error),
            Failed::Refused(error) => self.refused(&error),
            Failed::Engine(error) => self.fail_engine(&error),
            Failed::Spoilt => self.tell_spoilt(),
        }
    }

    /// The archive is in the way: it is left alone for a while.
    fn fail_there(&mut self, error: &StorageError) -> Duration {
        let obstacle = Obstacle::of(error);
        if obstacle != Obstacle::Full {
            self.standing.is_connected = false;
            // What was ordered is planned anew when it is there again: the rules may be others by then.
            self.now.serial += 1;
        }
        let wait = self.standing.backoff.after(obstacle);
        self.standing.due = self.options.clock.monotonic().saturating_add(wait);
        let state = ArchiveState::of(error);
        if std::mem::discriminant(&state) != std::mem::discriminant(&self.now.state) {
            tracing::warn!("recordings cannot be brought to {}: {error}", self.now.address);
        }
        self.set_state(state);
        LOOK.min(wait)
    }

    /// The index, or what else belongs to all of this computer, is in the way of all.
    fn fail_engine(&mut self, error: &EngineError) -> Duration {
        let text = format!("Recordings are not brought to {}: {error}.", self.now.address);
        self.note_trouble(text);
        // What the index was told may hold by now.
        self.standing.tidy_due = Duration::ZERO;
        LOOK
    }

    /// One recording is in the way, here: others go first.
    fn put_aside(&mut self, error: &StorageError) -> Duration {
        let Some(row) = self.standing.on_its_way.take() else { return Duration::ZERO };
        let now = self.options.recordings.reader.segment(&row.stream, row.start);
        match now {
            // Deleted in this very moment, it is missed by nobody.
            Ok(now) if now.as_ref().is_none_or(|now| now.state.is_deleting()) => {}
            Ok(_) => self.leave_aside(&row, error.to_string()),
            Err(error) => return self.fail_engine(&error.into()),
        }
        Duration::ZERO
    }

    /// The archive refuses a recording: this one, or all of them.
    fn refused(&mut self, error: &StorageError) -> Duration {
        let Some(row) = self.standing.on_its_way.take() else { return self.fail_there(error) };
        let now = self.options.clock.monotonic();
        let waiting = usize::try_from(self.now.waiting.files).unwrap_or(usize::MAX);
        match self.standing.aside.refused(&row, error, waiting, now) {
            Verdict::Again(wait) => {
                self.standing.due = now.saturating_add(wait);
                LOOK.min(wait)
            }
            Verdict::Aside => {
                tracing::warn!("{} is not taken by {}: {error}", row.path, self.now.address);
                self.tell_aside();
                Duration::ZERO
            }
            Verdict::All => {
                let wait = self.fail_there(error);
                self.standing.due = self.standing.due.max(now.saturating_add(REFUSES));
                wait
            }
        }
    }

    /// It is brought again; when that comes out no better, not all the time.
    fn tell_spoilt(&mut self) -> Duration {
        self.now.spoilt += 1;
        let Some(row) = self.standing.on_its_way.take() else { return Duration::ZERO };
        if self.standing.aside.spoilt(&row) {
            self.leave_aside(&row, format!("the copy of {} differed from it", row.path));
        } else {
            self.note_trouble(format!(
                "The copy of {} on {} differed from the recording; it is brought again.",
                row.path, self.now.address
            ));
        }
        Duration::ZERO
    }

    fn leave_aside(&mut self, row: &SegmentRow, why: String) {
        self.standing.aside.put(row, why, self.options.clock.monotonic());
        self.tell_aside();
    }

    /// Tells of what stays in the way although the archive answers, and of nothing else any more.
    pub(super) fn tell_aside(&mut self) {
        self.now.aside = self.standing.aside.count();
        let told = self.standing.aside.sentence(&self.now.address);
        match told.or_else(|| self.standing.unlisted.clone()) {
            Some(text) => self.note_trouble(text),
            None => self.now.trouble = None,
        }
    }

    fn note_trouble(&mut self, text: String) {
        if self.now.trouble.as_ref() != Some(&text) {
            tracing::error!("{text}");
        }
        self.now.trouble = Some(text);
        self.show();
    }
}
