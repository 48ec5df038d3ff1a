//! Opening a segment's file in whichever state it is: being recorded, torn, half finished, finished, or
//! written by another program.
//!
//! Must not do: read a sample, or change anything.

use super::error::{BoxName, ContainerError};
use super::moof::{Bounds, FoundFragment, take_fragment};
use super::movie::{FTYP_LENGTH, SLOT_LENGTH, ftyp};
use super::source::{BoxSpan, Source};
use super::table::{ReadAt, SampleTable};
use super::track::{MovieFacts, sample_limit, take_movie};
use crate::model::SegmentIdentity;

/// Boxes on the top level that are looked at in search of a `moov`, in a file of another program.
const MAX_TOP_LEVEL: usize = 10_000;

/// Largest `moof` that is believed: a quarter of a million samples of ours.
const MAX_MOOF: u64 = 4 * 1024 * 1024;

/// Places that are tried in one search behind damage; bounds what a hostile file can cost.
const MAX_CANDIDATES: usize = 1_000;

/// A segment's file, ready to be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedSegment {
    /// What the file says of itself; none when another program wrote it.
    pub identity: Option<SegmentIdentity>,
    /// The whole sample entry (`avc1` with `avcC` inside), as bytes.
    pub sample_entry: Vec<u8>,
    /// Where each sample is, up to the last whole fragment.
    pub table: SampleTable,
    /// Whether it is an ordinary MP4; false while it is being recorded, or where that ended in a crash.
    pub finished: bool,
}

/// Reads where the samples of `file` are, in any state.
///
/// # Errors
/// When it is no MP4 with H.264 video, or when a table in it contradicts itself or the file's length. A
/// fragment that is not wholly there is no error: the table ends before it.
pub fn read(file: &dyn ReadAt) -> Result<OpenedSegment, ContainerError> {
    let mut source = Source::new(file)?;
    let found = open(&mut source)?;
    Ok(OpenedSegment {
        identity: found.movie.identity,
        sample_entry: found.movie.track.sample_entry,
        table: found.movie.table,
        finished: found.finished,
    })
}

/// A file with its `moov` read and its fragments walked through.
pub(super) struct Found {
    pub movie: MovieFacts,
    pub finished: bool,
    /// Whether the 16 bytes are there that finishing overwrites.
    pub ours: bool,
    /// Where the walk ended: behind the last whole fragment, or behind the final `moov`.
    pub walk: Walk,
}

/// Opens in any state.
pub(super) fn open(source: &mut Source<'_>) -> Result<Found, ContainerError> {
    if !begins_as_ours(source)? {
        return open_foreign(source);
    }
    match open_finished(source) {
        Ok(Some(found)) => return Ok(found),
        Err(error @ ContainerError::Io { .. }) => return Err(error),
        // Not swallowed yet, or what was swallowed has lost its moov: the fragments are still in there.
        Ok(None) | Err(_) => {}
    }
    let length = source.length();
    match source.box_at(FTYP_LENGTH + SLOT_LENGTH)? {
        Some(moov) if moov.is(b"moov") && moov.end <= length => {
            open_fragmented(source, &moov, true)
        }
        Some(other) if !other.is(b"moov") => {
            Err(ContainerError::Missing { name: BoxName(*b"moov"), length })
        }
        _ => Err(ContainerError::HeaderTorn { length }),
    }
}

/// Whether the file begins with our `ftyp`, as far as it goes.
fn begins_as_ours(source: &mut Source<'_>) -> Result<bool, ContainerError> {
    let ours = ftyp();
    let have = source.length().min(FTYP_LENGTH) as usize;
    Ok(source.bytes(0, have)? == &ours[..have])
}

/// An `mdat` over everything with a `moov` directly behind it.
fn open_finished(source: &mut Source<'_>) -> Result<Option<Found>, ContainerError> {
    let Some(mdat) = source.whole_box_at(FTYP_LENGTH)?.filter(|b| b.is(b"mdat")) else {
        return Ok(None);
    };
    let Some(moov) = source.whole_box_at(mdat.end)?.filter(|b| b.is(b"moov")) else {
        return Ok(None);
    };
    let length = source.length();
    let movie = take_movie(&source.load(&moov)?, length)?;
    let walk = Walk::new(moov.end);
    Ok((!movie.fragmented).then_some(Found { movie, finished: true, ours: true, walk }))
}

fn open_fragmented(
    source: &mut Source<'_>,
    moov: &BoxSpan,
    ours: bool,
) -> Result<Found, ContainerError> {
    let length = source.length();
    let mut movie = take_movie(&source.load(moov)?, length)?;
    let mut walk = Walk::new(moov.end);
    walk.run(source, &mut movie)?;
    Ok(Found { movie, finished: false, ours, walk })
}

/// Any other MP4: looks for its `moov`.
fn open_foreign(source: &mut Source<'_>) -> Result<Found, ContainerError> {
    let length = source.length();
    let mut offset = 0;
    for _ in 0..MAX_TOP_LEVEL {
        let Some(span) = source.whole_box_at(offset)? else { break };
        if span.is(b"moov") {
            let movie = take_movie(&source.load(&span)?, length)?;
            if movie.fragmented && movie.table.samples.is_empty() {
                return open_fragmented(source, &span, false);
            }
            let walk = Walk::new(length);
            return Ok(Found { movie, finished: true, ours: false, walk });
        }
        offset = span.end;
    }
    Err(ContainerError::Missing { name: BoxName(*b"moov"), length })
}

/// A walk over the fragments of a file.
pub(super) struct Walk {
    /// Behind the last whole fragment.
    pub end: u64,
    /// Number of that fragment.
    sequence: u32,
    /// Where that fragment ended, in media ticks.
    media_end: i64,
    /// Where that fragment's last sample is decoded.
    last_dts: i64,
}

impl Walk {
    fn new(start: u64) -> Self {
        Self { end: start, sequence: 0, media_end: 0, last_dts: -1 }
    }

    /// Adds all whole fragments from here on to the table, up to the first thing that is none.
    pub fn run(
        &mut self,
        source: &mut Source<'_>,
        movie: &mut MovieFacts,
    ) -> Result<(), ContainerError> {
        loop {
            match self.step(source, movie, self.end) {
                Ok(Some((found, end))) => self.take(found, end, movie),
                Ok(None)
                | Err(ContainerError::Malformed { .. } | ContainerError::Missing { .. }) => {
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The fragment at `offset`, when it is there as a whole, and where it ends.
    fn step(
        &self,
        source: &mut Source<'_>,
        movie: &MovieFacts,
        offset: u64,
    ) -> Result<Option<(FoundFragment, u64)>, ContainerError> {
        let mut offset = offset;
        let moof = loop {
            let Some(span) = source.whole_box_at(offset)? else { return Ok(None) };
            match &span.name.0 {
                b"moof" => break span,
                b"free" | b"skip" | b"styp" | b"sidx" | b"emsg" | b"prft" | b"uuid" => {
                    offset = span.end;
                }
                _ => return Ok(None),
            }
        };
        let Some(mdat) = source.whole_box_at(moof.end)?.filter(|b| b.is(b"mdat")) else {
            return Ok(None);
        };
        if moof.end - moof.offset > MAX_MOOF {
            return Err(moof.error("it is larger than any fragment needs"));
        }
        let limit = sample_limit(source.length());
        let samples = limit.saturating_sub(movie.table.samples.len());
        let fields = source.load(&moof)?;
        let bounds = Bounds { mdat, samples };
        take_fragment(&fields, &movie.track, self.media_end, &bounds).map(|f| Some((f, mdat.end)))
    }

    fn take(&mut self, found: FoundFragment, end: u64, movie: &mut MovieFacts) {
        self.end = end;
        self.sequence = found.sequence;
        self.media_end = found.media_end;
        if let Some(last) = found.samples.last() {
            self.last_dts = last.dts;
        }
        movie.table.samples.extend_from_slice(&found.samples);
        movie.table.duration = movie.track.dts(found.media_end);
    }

    /// Continues behind damage: looks for the next whole fragment of this file from `end` on. True when
    /// there was one, and all whole fragments directly behind it are in the table now.
    pub fn resume(
        &mut self,
        source: &mut Source<'_>,
        movie: &mut MovieFacts,
    ) -> Result<bool, ContainerError> {
        let mut offset = self.end + 1;
        for _ in 0..MAX_CANDIDATES {
            let Some(candidate) = find_moof(source, offset)? else { break };
            match self.step(source, movie, candidate) {
                Ok(Some((found, end))) if self.continues(&found, movie) => {
                    self.take(found, end, movie);
                    self.run(source, movie)?;
                    return Ok(true);
                }
                Err(error @ ContainerError::Io { .. }) => return Err(error),
                _ => offset = candidate + 1,
            }
        }
        Ok(false)
    }

    /// Whether `found` is a later fragment of the same file, and not bytes that look like one.
    fn continues(&self, found: &FoundFragment, movie: &MovieFacts) -> bool {
        found.sequence > self.sequence
            && !found.samples.is_empty()
            && movie.track.dts(found.media_start) > self.last_dts
    }
}

/// Bytes that a search looks through at once.
const SEARCH: u64 = 256 * 1024;

/// The next place from `offset` on where a box header could say `moof`.
fn find_moof(source: &mut Source<'_>, offset: u64) -> Result<Option<u64>, ContainerError> {
    let mut offset = offset;
    while offset.saturating_add(8) <= source.length() {
        let length = (source.length() - offset).min(SEARCH);
        let bytes = source.bytes(offset, length as usize)?;
        let at = bytes.windows(8).position(|window| window.ends_with(b"moof"));
        if let Some(at) = at {
            return Ok(Some(offset + at as u64));
        }
        offset += length - 7;
    }
    Ok(None)
}
