//! What to do with a file after a crash: what to keep, and whether it must still be finished.
//!
//! Must not do: change the file. Whoever owns it cuts it to `keep_len`, appends `finish`, syncs, writes
//! `swallow_header`, syncs. A file killed in the middle of that gives the same answer again.

use super::error::ContainerError;
use super::movie::TrackHeader;
use super::read::open;
use super::source::Source;
use super::table::{ReadAt, SampleTable};
use crate::model::SegmentIdentity;

/// What a file needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecoverState {
    /// Nothing: it is an ordinary MP4. Bytes behind `keep_len` belong to nothing.
    Finished,
    /// To be cut to `keep_len` and finished.
    NeedsFinish,
    /// It has a header and not one whole fragment: there is no footage in it.
    Empty,
}

/// A file after a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// What the file says of itself; none when another program wrote it.
    pub identity: Option<SegmentIdentity>,
    /// The whole sample entry, as bytes.
    pub sample_entry: Vec<u8>,
    /// Visible width in pixels.
    pub width: u32,
    /// Visible height in pixels.
    pub height: u32,
    /// All samples of whole fragments.
    pub table: SampleTable,
    /// Bytes to keep: up to the end of the last whole fragment, or of the final `moov`.
    pub keep_len: u64,
    /// What is to be done.
    pub state: RecoverState,
}

impl Recovered {
    /// The header with which the file is finished; none when its identity is not known.
    #[must_use]
    pub fn track_header(&self) -> Option<TrackHeader<'_>> {
        Some(TrackHeader {
            sample_entry: &self.sample_entry,
            width: self.width,
            height: self.height,
            identity: self.identity.as_ref()?,
            may_reorder: self.table.samples.iter().any(|s| s.pts != s.dts),
        })
    }
}

/// Looks at a file of which it is not known how its recording ended. Footage behind a damaged fragment is
/// found too: what lies between stays in the file and belongs to no sample.
///
/// # Errors
/// [`ContainerError::HeaderTorn`] when it ends inside its header; [`ContainerError::NotOurs`] when it is
/// another program's unfinished file; otherwise as [`super::read()`].
pub fn recover(file: &dyn ReadAt) -> Result<Recovered, ContainerError> {
    let mut source = Source::new(file)?;
    let mut found = open(&mut source)?;
    if !found.finished && !found.ours {
        return Err(ContainerError::NotOurs);
    }
    if !found.finished {
        while !at_final_movie(&mut source, found.walk.end)
            && found.walk.resume(&mut source, &mut found.movie)?
        {}
    }
    let state = match (found.finished, found.movie.table.samples.is_empty()) {
        (true, _) => RecoverState::Finished,
        (false, true) => RecoverState::Empty,
        (false, false) => RecoverState::NeedsFinish,
    };
    Ok(Recovered {
        identity: found.movie.identity,
        sample_entry: found.movie.track.sample_entry,
        width: found.movie.track.width,
        height: found.movie.track.height,
        table: found.movie.table,
        keep_len: found.walk.end,
        state,
    })
}

/// Whether a second `moov` begins here, whole or not: closing was under way, and no fragment follows.
fn at_final_movie(source: &mut Source<'_>, offset: u64) -> bool {
    matches!(source.box_at(offset), Ok(Some(span)) if span.is(b"moov"))
}
