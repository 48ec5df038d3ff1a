//! One recording on its way: sent, compared, handed over in the index, removed here; exactly in this order.
//!
//! Must not do: remove a file here before the index names the archive, and the archive has answered for it.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::aside::may_be_of_file;
use super::backoff::{rest_after_read, rest_after_write};
use super::courier::{Courier, Rest};
use super::{ArchiveOptions, ArchiveState};
use crate::container::ReadAt;
use crate::engine::EngineError;
use crate::index::{Change, IndexError};
use crate::model::{SegmentRow, VolumeId};
use crate::storage::archive::{CHECKPOINT_BYTES, WRITE_BYTES};
use crate::storage::claim::Refusal;
use crate::storage::repair::remove_marked;
use crate::storage::{StorageError, Upload, Volume};

/// A file here that could not be removed is tried again after this time.
const RETRY: Duration = Duration::from_secs(60);

/// SHA-256.
type Sum = [u8; 32];

/// Why something was not done.
#[derive(Debug)]
pub enum Failed {
    /// The thread has something else to do.
    Stopped,
    /// The archive is in the way.
    There(StorageError),
    /// The recording is, as its file here shows.
    Recording(StorageError),
    /// The archive answers, and refuses the recording.
    Refused(StorageError),
    /// The index, or what else belongs to all of this computer.
    Engine(EngineError),
    /// The archive gives back something else than was sent.
    Spoilt,
}

impl From<StorageError> for Failed {
    fn from(error: StorageError) -> Self {
        Self::There(error)
    }
}

impl From<EngineError> for Failed {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<IndexError> for Failed {
    fn from(error: IndexError) -> Self {
        Self::Engine(error.into())
    }
}

impl Courier {
    /// Brings one recording.
    pub(super) fn bring(
        &mut self,
        archive: &ArchiveOptions,
        row: &SegmentRow,
        rest: &mut Rest<'_>,
    ) -> Result<(), Failed> {
        let here = self.place_of(row)?;
        let file = here.open_read(&row.path).map_err(Failed::Recording)?;
        let unread = |e| Failed::Recording(StorageError::io("read", &row.path, e));
        let bytes = file.length().map_err(unread)?;
        if bytes != row.bytes {
            let why = format!("it has {bytes} bytes, and the index says {}", row.bytes);
            return Err(Failed::Recording(StorageError::io(
                "bring",
                &row.path,
                std::io::Error::other(why),
            )));
        }
        if archive.verify {
            self.bring_compared(archive, row, file.as_ref(), rest)?;
        } else {
            self.set_doing(ArchiveState::Bringing(row.path.clone()));
            self.send(archive, row, file.as_ref(), rest)?;
        }
        drop(file);
        self.hand_over(archive, row)?;
        self.remove_here(here.as_ref(), row);
        Ok(())
    }

    /// Sends a recording and compares what the archive gives back. One that is there already, since the end came
    /// before it was compared, is not sent again.
    fn bring_compared(
        &mut self,
        archive: &ArchiveOptions,
        row: &SegmentRow,
        file: &dyn ReadAt,
        rest: &mut Rest<'_>,
    ) -> Result<(), Failed> {
        let there = length_there(archive, &row.path)? == Some(row.bytes);
        if there && self.sum(row, file, rest)? == self.sum_there(archive, row, rest)? {
            return Ok(());
        }
        self.set_doing(ArchiveState::Bringing(row.path.clone()));
        let sent = self.send(archive, row, file, rest)?;
        if sent == self.sum_there(archive, row, rest)? {
            return Ok(());
        }
        Err(Failed::Spoilt)
    }

    /// Sends a file from where an attempt before has come to; the sum of all of it.
    fn send(
        &self,
        archive: &ArchiveOptions,
        row: &SegmentRow,
        file: &dyn ReadAt,
        rest: &mut Rest<'_>,
    ) -> Result<Sum, Failed> {
        let mut upload = archive.archive.upload(&row.path, row.bytes)?;
        if upload.durable() > row.bytes {
            // Of another recording of that name.
            drop(upload);
            archive.archive.abandon(&row.path)?;
            upload = archive.archive.upload(&row.path, row.bytes)?;
        }
        let (from, mut since) = (upload.durable(), 0);
        let clock = &self.options.clock;
        let sum = each_part(row, file, |offset, part| {
            let skip = usize::try_from(from.saturating_sub(offset)).unwrap_or(usize::MAX);
            let Some(new) = part.get(skip..).filter(|new| !new.is_empty()) else { return Ok(()) };
            let begun = clock.monotonic();
            upload.write(new)?;
            since += new.len() as u64;
            if since >= CHECKPOINT_BYTES {
                upload.checkpoint()?;
                since = 0;
            }
            let took = clock.monotonic().saturating_sub(begun);
            if rest(rest_after_write(took)).is_break() {
                return Err(stopped(upload.as_mut()));
            }
            Ok(())
        })?;
        upload.finish()?;
        Ok(sum)
    }

    /// Reads a file back, slowly.
    fn sum_there(
        &mut self,
        archive: &ArchiveOptions,
        row: &SegmentRow,
        rest: &mut Rest<'_>,
    ) -> Result<Sum, Failed> {
        self.set_doing(ArchiveState::Comparing(row.path.clone()));
        let file = archive.archive.open_read(&row.path)?;
        match self.sum(row, file.as_ref(), rest) {
            Err(Failed::Recording(error)) => Err(Failed::There(away(archive, &error))),
            sum => sum,
        }
    }

    fn sum(&self, row: &SegmentRow, file: &dyn ReadAt, rest: &mut Rest<'_>) -> Result<Sum, Failed> {
        let clock = &self.options.clock;
        let mut begun = clock.monotonic();
        each_part(row, file, |_, _| {
            let took = clock.monotonic().saturating_sub(begun);
            if rest(rest_after_read(took)).is_break() {
                return Err(Failed::Stopped);
            }
            begun = clock.monotonic();
            Ok(())
        })
    }

    /// Has the index name the archive. What was deleted here meanwhile goes there too.
    fn hand_over(&self, archive: &ArchiveOptions, row: &SegmentRow) -> Result<(), Failed> {
        if archive.archive.identity()?.is_none() {
            return Err(Refusal::Missing.error(&archive.archive.describe()).into());
        }
        self.change_place(row, archive.spool, archive.volume_id)?;
        let now = self.options.recordings.reader.segment(&row.stream, row.start)?;
        match now {
            Some(now) if now.volume == archive.volume_id => Ok(()),
            Some(now) if !now.state.is_deleting() => Err(EngineError::IndexBusy.into()),
            Some(_) | None => {
                tracing::info!("{} was deleted while it was brought away", row.path);
                Ok(remove_marked(archive.archive.as_ref(), &row.path)?)
            }
        }
    }

    /// Tells the index where a recording is, and waits until it knows.
    pub(super) fn change_place(
        &self,
        row: &SegmentRow,
        from: VolumeId,
        to: VolumeId,
    ) -> Result<(), EngineError> {
        let (stream, start) = (row.stream.clone(), row.start);
        let change = Change::Move { stream, start, from, to };
        self.tell_index(vec![change])
    }

    /// Removes a file here that the archive has. One that cannot be removed is looked for again.
    pub(super) fn remove_here(&mut self, here: &dyn Volume, row: &SegmentRow) {
        if let Err(error) = remove_marked(here, &row.path) {
            tracing::warn!("{} was brought away and cannot be removed here: {error}", row.path);
            self.tidy_later();
        }
    }

    /// Files here that the archive has are looked for again soon.
    pub(super) fn tidy_later(&mut self) {
        let retry = self.options.clock.monotonic().saturating_add(RETRY);
        self.standing.tidy_due = self.standing.tidy_due.min(retry);
    }

    fn place_of(&self, row: &SegmentRow) -> Result<Arc<dyn Volume>, Failed> {
        let place = self.options.recordings.volumes.get(row.volume);
        place.ok_or_else(|| {
            let text = format!("the folder of {} is not open", row.path);
            EngineError::NotFound(text).into()
        })
    }
}

/// Makes last what was written so far, so that little is sent again.
fn stopped(upload: &mut dyn Upload) -> Failed {
    if let Err(error) = upload.checkpoint() {
        tracing::debug!("what was sent last is sent again: {error}");
    }
    Failed::Stopped
}

/// The length of a file on the archive; none when it is not there.
pub(super) fn length_there(
    archive: &ArchiveOptions,
    path: &str,
) -> Result<Option<u64>, StorageError> {
    match archive.archive.open_read(path) {
        Ok(file) => match file.length() {
            Ok(length) => Ok(Some(length)),
            Err(error) => Err(away(archive, &StorageError::io("read", path, error))),
        },
        Err(StorageError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// An open file of an archive that cannot be read: the archive went away, unless it says what is wrong with
/// this file.
fn away(archive: &ArchiveOptions, error: &StorageError) -> StorageError {
    let said = match error {
        StorageError::Io { source, .. } => {
            source.get_ref().and_then(|said| said.downcast_ref::<StorageError>())
        }
        _ => None,
    };
    let (path, why) = (archive.archive.describe(), error.to_string());
    match said.filter(|said| may_be_of_file(said)) {
        Some(_) => StorageError::Forbidden { path, why },
        None => StorageError::Offline { path, why },
    }
}

/// Hands all of a file to `take`, part by part with their offsets; the sum of it.
fn each_part(
    row: &SegmentRow,
    file: &dyn ReadAt,
    mut take: impl FnMut(u64, &[u8]) -> Result<(), Failed>,
) -> Result<Sum, Failed> {
    let mut sum = Sha256::new();
    let (mut offset, mut buffer) = (0, vec![0; WRITE_BYTES]);
    while offset < row.bytes {
        let length = (row.bytes - offset).min(WRITE_BYTES as u64);
        let part = &mut buffer[..usize::try_from(length).unwrap_or(WRITE_BYTES)];
        file.read_exact_at(offset, part)
            .map_err(|error| Failed::Recording(StorageError::io("read", &row.path, error)))?;
        sum.update(&*part);
        take(offset, part)?;
        offset += length;
    }
    Ok(sum.finalize().into())
}
