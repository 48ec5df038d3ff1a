//! What the thread `upload` does in its rounds, one at a time: what comes next, and what follows from a failure.
//!
//! Must not do: wait longer than a call to the archive takes; the thread waits between the rounds.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use super::adopt::Adopting;
use super::aside::{Aside, Verdict, may_be_of_file};
use super::backoff::{Backoff, Obstacle};
use super::bring::Failed;
use super::former::Former;
use super::{Amount, ArchiveOptions, ArchiveReport, ArchiveState, Change, Order, UploadOptions};
use crate::engine::EngineError;
use crate::engine::removal::Removal;
use crate::model::{SegmentRow, SegmentState};
use crate::storage::{Owner, StorageError};

/// Time between two looks while nothing waits.
const LOOK: Duration = Duration::from_secs(5);

/// An archive from which nothing is wanted is asked for its space this often: that it went away is known soon.
const ASK: Duration = Duration::from_secs(60);

/// An archive that refuses all that is brought, one by one, is not tried more often.
const REFUSES: Duration = Duration::from_secs(30);

/// Has the thread rest; breaks when it has something else to do.
pub type Rest<'a> = dyn FnMut(Duration) -> ControlFlow<()> + 'a;

/// What a round came to.
enum Done {
    /// Something; there may be more.
    Some,
    /// There was nothing to do.
    Nothing,
}

/// Brings recordings.
pub struct Courier {
    pub(super) options: UploadOptions,
    archive: Option<ArchiveOptions>,
    pub(super) now: ArchiveReport,
    pub(super) removal: Removal,
    backoff: Backoff,
    /// Before this time on the monotonic clock the archive is left alone.
    due: Duration,
    /// It has answered, and nothing has failed since.
    is_connected: bool,
    /// When it is reached it becomes ours.
    takes_over: bool,
    /// Files here that the index has on the archive are looked for.
    pub(super) tidy_due: Duration,
    /// What an interrupted deletion has left there has been given to the removal.
    pub(super) is_taken_up: bool,
    /// When it was last asked for its space.
    asked: Duration,
    /// When all of its files were last listed.
    pub(super) listed: Option<Duration>,
    /// The recording that is being brought, or was last.
    on_its_way: Option<SegmentRow>,
    /// Recordings that could not be brought, and when they are tried again.
    pub(super) aside: Aside,
    /// What was ordered last.
    pub(super) ordered: Option<Order>,
    pub(super) former: Former,
    /// What the index does not know is being added to it.
    pub(super) adopting: Option<Adopting>,
    /// Files that cannot be added to the index.
    pub(super) refused: BTreeSet<String>,
    /// In the round before, some were looked into: recordings that wait get this one.
    pub(super) has_adopted: bool,
}

impl Courier {
    /// One without an archive.
    #[must_use]
    pub fn new(options: UploadOptions) -> Self {
        let UploadOptions { recordings, index, thumbnails, .. } = &options;
        let removal = || Removal::new(recordings.clone(), index.clone(), thumbnails.clone());
        let (removal, former) = (removal(), Former::new(removal()));
        Self {
            options,
            archive: None,
            now: ArchiveReport::default(),
            removal,
            backoff: Backoff::default(),
            due: Duration::ZERO,
            is_connected: false,
            takes_over: false,
            tidy_due: Duration::ZERO,
            is_taken_up: false,
            asked: Duration::ZERO,
            listed: None,
            on_its_way: None,
            aside: Aside::default(),
            ordered: None,
            former,
            adopting: None,
            refused: BTreeSet::new(),
            has_adopted: false,
        }
    }

    /// Recordings are brought to this one from now on.
    pub fn set_archive(&mut self, archive: Option<ArchiveOptions>) {
        let UploadOptions { recordings, index, thumbnails, .. } = &self.options;
        // What could not be removed is of the archive before; it stays marked there.
        self.removal = Removal::new(recordings.clone(), index.clone(), thumbnails.clone());
        self.now = ArchiveReport { serial: self.now.serial + 1, ..ArchiveReport::default() };
        if let Some(archive) = &archive {
            self.now.volume = archive.volume_id;
            self.now.address = archive.archive.describe();
        }
        (self.is_connected, self.is_taken_up, self.listed) = (false, false, None);
        // What was wanted was wanted of the archive before.
        self.options.desk.take_wish();
        self.adopting = None;
        self.refused.clear();
        self.takes_over = false;
        self.archive = archive;
        self.retry();
        self.show();
    }

    pub(super) fn take(&mut self, change: Change) {
        match change {
            Change::Archive(archive) => self.set_archive(archive.map(|archive| *archive)),
            Change::Retry => self.retry(),
            Change::Look => self.heed(),
            Change::TakeOver => self.take_over(),
        }
    }

    /// Tries in the next round, whatever was in the way.
    pub fn retry(&mut self) {
        self.backoff.reset();
        (self.due, self.tidy_due) = (Duration::ZERO, Duration::ZERO);
        self.aside.clear();
    }

    /// Tries in the next round, and makes the archive ours then, whoever's it is.
    pub fn take_over(&mut self) {
        self.takes_over = true;
        self.is_connected = false;
        self.retry();
    }

    /// Does one thing; how long to wait before the next round.
    pub fn round(&mut self, rest: &mut Rest<'_>) -> Duration {
        self.take_orders();
        self.tend_former();
        let Some(archive) = self.archive.clone() else { return LOOK };
        self.heed();
        let now = self.options.clock.monotonic();
        let waiting = match self.waiting(&archive) {
            Ok(waiting) => waiting,
            Err(error) => return self.fail_here(&error),
        };
        if now < self.due && !self.may_make_room() {
            self.show();
            return LOOK.min(self.due - now);
        }
        match self.work(&archive, waiting, rest) {
            Ok(Done::Some) => Duration::ZERO,
            Ok(Done::Nothing) => LOOK,
            Err(Failed::Stopped) => Duration::ZERO,
            Err(Failed::There(error)) => self.fail_there(&error),
            Err(Failed::Here(error)) => self.put_aside(&error),
            Err(Failed::Refused(error)) => self.refused(&error),
            Err(Failed::Engine(error)) => self.fail_here(&error),
            Err(Failed::Spoilt) => self.tell_spoilt(),
        }
    }

    /// A full archive is not left alone when deletions on it are ordered.
    fn may_make_room(&self) -> bool {
        self.now.state == ArchiveState::Full && self.ordered.is_some()
    }

    fn work(
        &mut self,
        archive: &ArchiveOptions,
        waiting: Vec<SegmentRow>,
        rest: &mut Rest<'_>,
    ) -> Result<Done, Failed> {
        let now = self.options.clock.monotonic();
        if !self.is_connected {
            self.connect(archive)?;
            self.drop_parts(archive, &waiting)?;
            self.is_connected = true;
            return Ok(Done::Some);
        }
        if now >= self.tidy_due {
            self.tidy_due = Duration::MAX;
            let tidied = self.tidy(archive);
            if tidied.is_err() {
                self.tidy_due = Duration::ZERO;
            }
            tidied?;
            return Ok(Done::Some);
        }
        if self.delete(archive)? {
            (self.due, self.now.serial) = (Duration::ZERO, self.now.serial + 1);
            self.now.room.lacking = 0;
            self.ask(archive)?;
            return Ok(Done::Some);
        }
        if now < self.due {
            return Ok(Done::Nothing);
        }
        let next = self.aside.next(&waiting, now);
        if self.adopting.is_some() && (next.is_none() || !self.has_adopted) {
            if next.is_none() {
                self.set_state(ArchiveState::Idle);
            }
            self.has_adopted = true;
            self.adopt(archive, rest)?;
            return Ok(Done::Some);
        }
        self.has_adopted = false;
        if let Some(row) = next {
            self.on_its_way = Some(row.clone());
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
            return Ok(Done::Some);
        }
        self.tell_aside();
        if self.is_list_due(now) {
            self.set_state(ArchiveState::Idle);
            let _told = self.look_for_strangers(archive)?;
        } else if now.saturating_sub(self.asked) >= ASK {
            self.ask(archive)?;
        }
        self.set_state(ArchiveState::Idle);
        Ok(Done::Nothing)
    }

    /// Reaches it, and makes sure that it is the one that it was.
    fn connect(&mut self, archive: &ArchiveOptions) -> Result<(), Failed> {
        let known = archive.known.as_deref();
        let owner = Owner { id: archive.owner.clone(), takes_over: self.takes_over };
        let identity = archive.archive.mark(known, &owner)?;
        self.takes_over = false;
        if known != Some(identity.as_str()) {
            let volume_id = (archive.remember)(&identity)?;
            let volumes = &self.options.recordings.volumes;
            volumes.put_archive(volume_id, archive.archive.clone());
            self.now.volume = volume_id;
            let known = Some(identity);
            self.archive = Some(ArchiveOptions { volume_id, known, ..archive.clone() });
        }
        self.ask(archive)?;
        self.backoff.reset();
        tracing::info!("{} is connected", self.now.address);
        Ok(())
    }

    /// Asks for its space. One that does not tell has no limit that is known.
    pub(super) fn ask(&mut self, archive: &ArchiveOptions) -> Result<(), Failed> {
        self.asked = self.options.clock.monotonic();
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
        self.backoff.reset();
        self.now.brought = self.now.brought.and(row.bytes);
        self.now.room.lacking = 0;
        self.aside.brought(row);
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
            None => Err(unmarked(archive).into()),
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
        self.aside.keep(&rows);
        self.now.waiting = rows.iter().fold(Amount::default(), |sum, row| sum.and(row.bytes));
        Ok(rows)
    }

    /// The archive is in the way: it is left alone for a while.
    fn fail_there(&mut self, error: &StorageError) -> Duration {
        let obstacle = Obstacle::of(error);
        if obstacle != Obstacle::Full {
            self.is_connected = false;
        }
        let wait = self.backoff.after(obstacle);
        self.due = self.options.clock.monotonic().saturating_add(wait);
        let state = ArchiveState::of(error);
        if std::mem::discriminant(&state) != std::mem::discriminant(&self.now.state) {
            tracing::warn!("recordings cannot be brought to {}: {error}", self.now.address);
        }
        self.set_state(state);
        LOOK.min(wait)
    }

    /// Something on this computer is in the way of all.
    fn fail_here(&mut self, error: &EngineError) -> Duration {
        let text = format!("Recordings are not brought to {}: {error}.", self.now.address);
        self.note_trouble(text);
        // What the index was told may hold by now.
        self.tidy_due = Duration::ZERO;
        LOOK
    }

    /// One recording is in the way, here: others go first.
    fn put_aside(&mut self, error: &StorageError) -> Duration {
        let row = self.on_its_way.take().filter(|row| {
            let reader = &self.options.recordings.reader;
            let now = reader.segment(&row.stream, row.start).ok().flatten();
            // Deleted in this very moment, it is missed by nobody.
            now.is_some_and(|now| !now.state.is_deleting())
        });
        if let Some(row) = row {
            self.leave_aside(&row, error.to_string());
        }
        Duration::ZERO
    }

    /// The archive refuses a recording: this one, or all of them.
    fn refused(&mut self, error: &StorageError) -> Duration {
        let Some(row) = self.on_its_way.take() else { return self.fail_there(error) };
        let now = self.options.clock.monotonic();
        let waiting = usize::try_from(self.now.waiting.files).unwrap_or(usize::MAX);
        match self.aside.refused(&row, error, waiting, now) {
            Verdict::Again(wait) => {
                self.due = now.saturating_add(wait);
                LOOK.min(wait)
            }
            Verdict::Aside => {
                tracing::warn!("{} is not taken by {}: {error}", row.path, self.now.address);
                self.tell_aside();
                Duration::ZERO
            }
            Verdict::All => {
                let wait = self.fail_there(error);
                self.due = self.due.max(now.saturating_add(REFUSES));
                wait
            }
        }
    }

    /// It is brought again; when that comes out no better, not all the time.
    fn tell_spoilt(&mut self) -> Duration {
        self.now.spoilt += 1;
        let Some(row) = self.on_its_way.take() else { return Duration::ZERO };
        let address = &self.now.address;
        let text = format!(
            "The copy of {} on {address} differed from the recording; it is brought again.",
            row.path
        );
        if self.now.spoilt > 1 {
            self.leave_aside(&row, format!("the copy of {} differed from it", row.path));
        } else {
            self.note_trouble(text);
        }
        Duration::ZERO
    }

    fn leave_aside(&mut self, row: &SegmentRow, why: String) {
        self.aside.put(row, why, self.options.clock.monotonic());
        self.tell_aside();
    }

    /// Tells of recordings that are tried later, and of nothing else any more.
    fn tell_aside(&mut self) {
        self.now.aside = self.aside.count();
        match self.aside.sentence(&self.now.address) {
            Some(text) => self.note_trouble(text),
            None => self.now.trouble = None,
        }
    }

    pub(super) fn note_trouble(&mut self, text: String) {
        if self.now.trouble.as_ref() != Some(&text) {
            tracing::error!("{text}");
        }
        self.now.trouble = Some(text);
        self.show();
    }

    /// What it does with a recording; one that refuses all does nothing until it takes one.
    pub(super) fn set_doing(&mut self, state: ArchiveState) {
        if !self.aside.refuses_all() {
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

/// It answers, and its marker is gone.
pub(super) fn unmarked(archive: &ArchiveOptions) -> StorageError {
    StorageError::Gone { path: archive.archive.describe(), why: "its marker is gone" }
}
