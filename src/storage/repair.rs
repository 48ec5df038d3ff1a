//! Looks into one file after a crash, and finishes it on its volume.
//!
//! Never shortens a file by anything but what is no whole fragment, and removes footage only when the index
//! has marked it. Must not do: decide which files are
//! looked at (`recovery` does), or know the index.

use super::{SegmentFile, StorageError, Volume, layout};
use crate::container::{self, ContainerError, RecoverState, Recovered, finish, swallow_header};
use crate::model::SegmentIdentity;
use crate::model::time::ticks_to_micros;

/// A file without one whole fragment may hold this much behind its header and still count as empty: the
/// torn first fragment. That is 2 s of footage at up to 100 Mbit/s; more must be damage, and is kept.
const TORN_LIMIT: u64 = 32 << 20;

/// Our header is far shorter; a file that ends within this many bytes and inside its header is one that
/// a crash has cut there.
const HEADER_LIMIT: u64 = 64 << 10;

/// What a file turned out to be.
#[derive(Debug)]
pub enum Inspected {
    /// A recording.
    Segment(FoundSegment),
    /// A file of ours into which nothing was recorded.
    Empty,
    /// Not a recording of ours, or damaged beyond use; the text says which, in a clause.
    Unreadable(String),
}

/// A recording as its file tells it.
#[derive(Debug)]
pub struct FoundSegment {
    /// What the file says of itself.
    pub identity: SegmentIdentity,
    /// Length of the media in 90 kHz ticks.
    pub media_duration: i64,
    /// Samples in it.
    pub frames: u64,
    /// Length of the file.
    pub bytes: u64,
    /// What must be done so that it is an ordinary MP4; none when it is one.
    unfinished: Option<Recovered>,
}

impl FoundSegment {
    /// Whether the file must still be finished.
    #[must_use]
    pub fn needs_finish(&self) -> bool {
        self.unfinished.is_some()
    }
}

/// Reads the file `path`. Changes nothing.
///
/// # Errors
/// When its bytes cannot be read; bytes that make no sense are [`Inspected::Unreadable`].
pub fn inspect(volume: &dyn Volume, path: &str) -> Result<Inspected, StorageError> {
    let file = volume.open_read(path)?;
    let reading = |error| StorageError::io("read", path, error);
    let bytes = file.length().map_err(reading)?;
    if bytes == 0 {
        return Ok(by_name(path, Inspected::Empty));
    }
    let mut recovered = match container::recover(file.as_ref()) {
        Ok(recovered) => recovered,
        Err(ContainerError::Io { error, .. }) => return Err(reading(error)),
        Err(ContainerError::HeaderTorn { .. }) if bytes <= HEADER_LIMIT => {
            return Ok(by_name(path, Inspected::Empty));
        }
        Err(error) => return Ok(Inspected::Unreadable(error.to_string())),
    };
    from_first_sample(&mut recovered);
    let Some(identity) = recovered.identity.clone() else {
        return Ok(Inspected::Unreadable("another program has written it".into()));
    };
    let behind = bytes.saturating_sub(recovered.keep_len);
    match recovered.state {
        RecoverState::Empty if behind <= TORN_LIMIT => return Ok(Inspected::Empty),
        RecoverState::Empty => {
            return Ok(Inspected::Unreadable(format!("{behind} bytes hold no whole fragment")));
        }
        RecoverState::Finished | RecoverState::NeedsFinish => {}
    }
    Ok(Inspected::Segment(FoundSegment {
        identity,
        media_duration: recovered.table.duration,
        frames: recovered.table.samples.len() as u64,
        bytes,
        unfinished: (recovered.state == RecoverState::NeedsFinish).then_some(recovered),
    }))
}

/// A power cut may lose the first fragment and keep later ones. The finished file counts from its first
/// sample, so that is where the segment starts then.
fn from_first_sample(recovered: &mut Recovered) {
    let lost = recovered.table.samples.first().map_or(0, |sample| sample.dts);
    let (RecoverState::NeedsFinish, Some(identity), 1..) =
        (recovered.state, &mut recovered.identity, lost)
    else {
        return;
    };
    identity.start = identity.start.plus_micros(ticks_to_micros(lost));
    identity.run_offset = identity.run_offset.plus_ticks(lost);
    recovered.table.duration -= lost;
    for sample in &mut recovered.table.samples {
        sample.dts -= lost;
        sample.pts -= lost;
    }
}

/// A file that says nothing counts as ours only by its name.
fn by_name(path: &str, ours: Inspected) -> Inspected {
    match layout::parse_path(path) {
        Some(_) => ours,
        None => Inspected::Unreadable("there is nothing in it".into()),
    }
}

/// Makes an ordinary MP4 of a file that was never closed: cuts the torn fragment, appends the `moov`,
/// syncs, swallows the fragments, syncs. Killed in between, the same call does it again. A finished file
/// is left as it is. `found` is true of the file afterwards.
///
/// # Errors
/// What the volume says; the file is then still playable up to its last whole fragment, and `found` gives
/// its present length.
pub fn finish_file(
    volume: &dyn Volume,
    path: &str,
    found: &mut FoundSegment,
) -> Result<(), StorageError> {
    let Some(recovered) = &found.unfinished else { return Ok(()) };
    let Some(header) = recovered.track_header() else { return Ok(()) };
    let mut file = volume.open(path)?;
    file.truncate(recovered.keep_len)?;
    found.bytes = recovered.keep_len;
    let moov = finish(&header, &recovered.table);
    close_file(file.as_mut(), recovered.keep_len, &moov)?;
    found.bytes = recovered.keep_len + moov.len() as u64;
    found.unfinished = None;
    volume.sync_folder(path)
}

/// Closes a file of `length` bytes of whole fragments with its final `moov`.
fn close_file(file: &mut dyn SegmentFile, length: u64, moov: &[u8]) -> Result<(), StorageError> {
    file.append(&[moov])?;
    file.sync()?;
    let (offset, header) = swallow_header(length);
    file.write_at(offset, &header)?;
    file.sync()
}

/// Removes a file into which nothing was recorded, after looking at it once more. One on a volume that is not written
/// in place stays: it was whole when it came there, and may be damaged at its beginning.
///
/// # Errors
/// What the volume says.
pub fn remove_empty(volume: &dyn Volume, path: &str) -> Result<bool, StorageError> {
    if !matches!(inspect(volume, path)?, Inspected::Empty)
        || matches!(volume.open(path), Err(StorageError::NotInPlace { .. }))
    {
        return Ok(false);
    }
    volume.remove(path)?;
    volume.sync_folder(path)?;
    Ok(true)
}

/// Removes for good the file of a segment that the index has marked for it. A file that is gone already is
/// as good.
///
/// # Errors
/// What the volume says; the same call may be made again.
pub fn remove_marked(volume: &dyn Volume, path: &str) -> Result<(), StorageError> {
    match volume.remove(path) {
        Ok(()) | Err(StorageError::NotFound { .. }) => volume.sync_folder(path),
        Err(error) => Err(error),
    }
}
