//! What the thread `upload` does in its rounds, one at a time: what comes next.
//!
//! Must not do: wait longer than a call to the archive takes; the thread waits between the rounds.

use std::ops::ControlFlow;
use std::time::Duration;

use super::aside::may_be_of_file;
use super::bring::Failed;
use super::deletions::Deletions;
use super::former::Former;
use super::standing::Standing;
use super::{Amount, ArchiveOptions, ArchiveReport, ArchiveState, Change, UploadOptions};
use crate::engine::EngineError;
use crate::engine::removal::INDEX_LIMIT;
use crate::index;
use crate::model::{SegmentRow, SegmentState};
use crate::storage::claim::Refusal;
use crate::storage::{Owner, StorageError};

/// Time between two looks while nothing waits.
pub(super) const LOOK: Duration = Duration::from_secs(5);

/// An archive from which nothing is wanted is asked for its space this often: that it went away is known soon.
const ASK: Duration = Duration::from_secs(60);

/// Has the thread rest; breaks when it has something else to do.
pub type Rest<'a> = dyn FnMut(Duration) -> ControlFlow<()> + 'a;

/// Brings recordings.
pub struct Courier {
    pub(super) options: UploadOptions,
    archive: Option<ArchiveOptions>,
    pub(super) now: ArchiveReport,
    pub(super) standing: Standing,
    pub(super) deletions: Deletions,
    pub(super) former: Former,
}

impl Courier {
    /// One without an archive.
    #[must_use]
    pub fn new(options: UploadOptions) -> Self {
        Self {
            archive: None,
            now: ArchiveReport::default(),
            standing: Standing::default(),
            deletions: Deletions::new(&options),
            former: Former::default(),
            options,
        }
    }

    /// Recordings are brought to this one from now on.
    pub fn set_archive(&mut self, archive: Option<ArchiveOptions>) {
        // What could not be removed is of the archive before; it stays marked there.
        self.deletions = Deletions::new(&self.options);
        self.now = ArchiveReport { serial: self.now.serial + 1, ..ArchiveReport::default() };
        if let Some(archive) = &archive {
            self.now.volume = archive.volume_id;
            self.now.address = archive.archive.describe();
        }
        // What was wanted was wanted of the archive before.
        self.options.desk.take_wish();
        self.standing = Standing::default();
        self.archive = archive;
        self.show();
    }

    pub(super) fn take(&mut self, change: Change) {
        match change {
            Change::Archive(archive) => self.set_archive(archive.map(|archive| *archive)),
            Change::Retry => self.retry(),
            // The round that follows does.
            Change::Look => {}
            Change::TakeOver => self.take_over(),
        }
    }

    /// Tries in the next round, whatever was in the way.
    pub fn retry(&mut self) {
        self.standing.retry();
    }

    /// Tries in the next round, and makes the archive ours then, whoever's it is.
    pub fn take_over(&mut self) {
        self.standing.takes_over = true;
        self.standing.is_connected = false;
        self.retry();
    }

    /// Does one thing; how long to wait before the next round.
    pub fn round(&mut self, rest: &mut Rest<'_>) -> Duration {
        self.take_orders();
        self.tend_former();
        let Some(archive) = self.archive.clone() else { return LOOK };
        self.heed();
        match self.work(&archive, rest) {
            Ok(wait) => wait,
            Err(failed) => self.after(failed),
        }
    }

    fn work(&mut self, archive: &ArchiveOptions, rest: &mut Rest<'_>) -> Result<Duration, Failed> {
        let waiting = self.waiting(archive)?;
        let now = self.options.clock.monotonic();
        if now < self.standing.due && !self.may_make_room() {
            self.show();
            return Ok(LOOK.min(self.standing.due - now));
        }
        if self.prepare(archive)? {
            return Ok(Duration::ZERO);
        }
        if now < self.standing.due {
            return Ok(LOOK);
        }
        if self.bring_next(archive, &waiting, rest)? {
            return Ok(Duration::ZERO);
        }
        self.idle(archive, &waiting)?;
        Ok(LOOK)
    }

    /// A full archive is not left alone when deletions on it are ordered.
    fn may_make_room(&self) -> bool {
        self.now.state == ArchiveState::Full && self.deletions.is_ordered()
    }

    /// Does what comes before any recording, one thing at a time: reaches the archive, tidies up here, deletes there.
    /// Whether there was anything.
    fn prepare(&mut self, archive: &ArchiveOptions) -> Result<bool, Failed> {
        if !self.standing.is_connected {
            self.connect(archive)?;
            self.standing.is_connected = true;
            return Ok(true);
        }
        if self.options.clock.monotonic() >= self.standing.tidy_due {
            self.standing.tidy_due = Duration::MAX;
            if let Err(error) = self.tidy(archive) {
                self.standing.tidy_due = Duration::ZERO;
                return Err(error);
            }
            return Ok(true);
        }
        if !self.delete(archive)? {
            return Ok(false);
        }
        (self.standing.due, self.now.serial) = (Duration::ZERO, self.now.serial + 1);
        self.now.room.lacking = 0;
        self.ask(archive)?;
        Ok(true)
    }

    /// Brings the next recording, or has its turn taken by files that are to be added to the index; whether there was
    /// anything.
    fn bring_next(
        &mut self,
        archive: &ArchiveOptions,
        waiting: &[SegmentRow],
        rest: &mut Rest<'_>,
    ) -> Result<bool, Failed> {
        let next = self.standing.aside.next(waiting, self.options.clock.monotonic());
        let is_their_turn = next.is_none() || !self.standing.has_adopted;
        if self.standing.adopting.is_some() && is_their_turn {
            if next.is_none() {
                self.set_state(ArchiveState::Idle);
            }
            self.standing.has_adopted = true;
            self.adopt(archive, rest)?;
            return Ok(true);
        }
        self.standing.has_adopted = false;
        let Some(row) = next else { return Ok(false) };
        self.standing.on_its_way = Some(row.clone());
        match self.bring(archive, row, rest) {
            Err(Failed::There(error)) => {
                if error.is_full() {
                    self.now.room.lacking = row.bytes;
                }
                return Err(Failed::Refused(self.only_of_file(archive, error)?));
            }
            brought => brought?,
        }
        self.succeeded(row);
        self.ask(archive)?;
        Ok(true)
    }

    /// Nothing waits, or nothing that is tried now.
    fn idle(&mut self, archive: &ArchiveOptions, waiting: &[SegmentRow]) -> Result<(), Failed> {
        self.tell_aside();
        let now = self.options.clock.monotonic();
        if now >= self.standing.list_due {
            self.set_state(ArchiveState::Idle);
            self.standing.begin_list(now);
            self.drop_parts(archive, waiting)?;
            let _told = self.look_for_strangers(archive)?;
        } else if now.saturating_sub(self.standing.asked) >= ASK {
            self.ask(archive)?;
        }
        self.set_state(ArchiveState::Idle);
        Ok(())
    }

    /// Reaches it, and makes sure that it is the one that it was.
    fn connect(&mut self, archive: &ArchiveOptions) -> Result<(), Failed> {
        let known = archive.known.as_deref();
        let owner = Owner { id: archive.owner.clone(), takes_over: self.standing.takes_over };
        let identity = archive.archive.mark(known, &owner)?;
        self.standing.takes_over = false;
        if known != Some(identity.as_str()) {
            let volume_id = (archive.remember)(&identity)?;
            let volumes = &self.options.recordings.volumes;
            volumes.put_archive(volume_id, archive.archive.clone());
            self.now.volume = volume_id;
            let known = Some(identity);
            self.archive = Some(ArchiveOptions { volume_id, known, ..archive.clone() });
        }
        let leaving = self.options.recordings.reader.leaving(self.now.volume)?;
        self.deletions.take_up(leaving);
        self.ask(archive)?;
        self.standing.backoff.reset();
        tracing::info!("{} is connected", self.now.address);
        Ok(())
    }

    /// Asks for its space. One that does not tell has no limit that is known.
    pub(super) fn ask(&mut self, archive: &ArchiveOptions) -> Result<(), Failed> {
        self.standing.asked = self.options.clock.monotonic();
        let room = &mut self.now.room;
        let before = std::mem::replace(&mut room.space, archive.archive.space()?);
        room.unfreed = match room.space.is_told() {
            true => room.unfreed.saturating_sub(room.space.free.saturating_sub(before.free)),
            false => 0,
        };
        self.show();
        Ok(())
    }

    fn succeeded(&mut self, row: &SegmentRow) {
        self.standing.backoff.reset();
        self.now.brought = self.now.brought.and(row.bytes);
        self.now.room.lacking = 0;
        self.standing.aside.brought(row);
        self.tell_aside();
    }

    /// An error of one file: the archive itself answers.
    pub(super) fn only_of_file(
        &self,
        archive: &ArchiveOptions,
        error: StorageError,
    ) -> Result<StorageError, Failed> {
        if !may_be_of_file(&error) {
            return Err(error.into());
        }
        match archive.archive.identity()? {
            Some(_) => Ok(error),
            None => Err(Refusal::Missing.error(&archive.archive.describe()).into()),
        }
    }

    /// Finished recordings that are not on the archive yet, the oldest first.
    fn waiting(&mut self, archive: &ArchiveOptions) -> Result<Vec<SegmentRow>, EngineError> {
        let recordings = &self.options.recordings;
        let mut rows = recordings.reader.segments_on(archive.spool)?;
        let open = recordings.open.rows();
        rows.retain(|row| {
            let closed = matches!(row.state, SegmentState::Finished | SegmentState::Recovered);
            closed && !open.iter().any(|open| open.start == row.start && open.stream == row.stream)
        });
        self.standing.aside.keep(&rows);
        self.now.waiting = rows.iter().fold(Amount::default(), |sum, row| sum.and(row.bytes));
        Ok(rows)
    }

    /// Tells the index, and waits until it knows.
    pub(super) fn tell_index(&self, changes: Vec<index::Change>) -> Result<(), EngineError> {
        match self.options.index.apply_and_wait(changes, INDEX_LIMIT) {
            true => Ok(()),
            false => Err(EngineError::IndexBusy),
        }
    }

    /// What it does with a recording; one that refuses all does nothing until it takes one.
    pub(super) fn set_doing(&mut self, state: ArchiveState) {
        if !self.standing.aside.refuses_all() {
            self.set_state(state);
        }
    }

    pub(super) fn set_state(&mut self, state: ArchiveState) {
        if self.now.state != state {
            if std::mem::discriminant(&self.now.state) != std::mem::discriminant(&state) {
                self.now.since = Some(self.options.clock.wall());
            }
            self.now.state = state;
        }
        self.show();
    }

    /// Shows how it stands; nothing without an archive.
    pub(super) fn show(&self) {
        match &self.archive {
            Some(_) => self.options.desk.show(self.now.clone()),
            None => self.options.desk.clear(),
        }
    }
}
