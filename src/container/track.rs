//! The `moov` box, taken apart: identity, sample entry, time lines, and the sample tables of a finished file.
//!
//! Must not do: read from the file; it works on the one piece of memory that holds the box.

use super::bytes::Fields;
use super::error::{BoxName, ContainerError};
use super::identity::take_identity;
use super::movie::TIMESCALE;
use super::table::SampleTable;
use super::tables::Tables;
use crate::model::SegmentIdentity;
use crate::model::time::scale;

/// Bytes of a file for each sample that it may claim at least: a `trun` entry of ours takes 16, and a
/// `stsz` entry 4 with a coded picture behind it. Bounds what a hostile file can make us allocate.
const FILE_BYTES_PER_SAMPLE: u64 = 8;

/// Longest time that a file may claim, in its own ticks: keeps all sums far from overflow.
pub(super) const MAX_TIME: i64 = 1 << 52;

/// The video track of a movie.
#[derive(Debug)]
pub(super) struct Track {
    pub id: u32,
    pub width: u32,
    pub height: u32,
    pub sample_entry: Vec<u8>,
    /// Ticks a second of the media.
    timescale: u32,
    /// Media time at which what is shown begins.
    shift: i64,
    /// What fragments fall back to: duration, size and flags (`trex`).
    pub defaults: [u32; 3],
}

impl Track {
    /// Decoding time in our ticks.
    pub fn dts(&self, media: i64) -> i64 {
        self.scaled(media)
    }

    /// The time at which what is decoded at `media` is shown, in our ticks.
    pub fn pts(&self, media: i64, composition: i64) -> i64 {
        self.scaled(media.saturating_add(composition).saturating_sub(self.shift))
    }

    fn scaled(&self, media: i64) -> i64 {
        if self.timescale == TIMESCALE {
            return media;
        }
        scale(media, i64::from(TIMESCALE), i64::from(self.timescale))
    }
}

/// What a `moov` box says.
#[derive(Debug)]
pub(super) struct MovieFacts {
    pub identity: Option<SegmentIdentity>,
    pub track: Track,
    /// Whether fragments follow.
    pub fragmented: bool,
    /// The samples listed in it; none while a file is being recorded.
    pub table: SampleTable,
}

/// How many samples a file of this length may have at most.
pub(super) fn sample_limit(file_length: u64) -> usize {
    usize::try_from(file_length / FILE_BYTES_PER_SAMPLE).unwrap_or(usize::MAX)
}

/// The first child called `name`.
pub(super) fn child<'a>(
    parent: &Fields<'a>,
    name: &[u8; 4],
) -> Result<Option<Fields<'a>>, ContainerError> {
    for child in parent.children() {
        let child = child?;
        if child.name.0 == *name {
            return Ok(Some(child));
        }
    }
    Ok(None)
}

/// The first child called `name`, which must be there.
pub(super) fn need<'a>(parent: &Fields<'a>, name: &[u8; 4]) -> Result<Fields<'a>, ContainerError> {
    let length = parent.whole().len() as u64;
    child(parent, name)?.ok_or(ContainerError::Missing { name: BoxName(*name), length })
}

/// Takes a `moov` box apart. `file_length` bounds what its tables may claim.
pub(super) fn take_movie(
    moov: &Fields<'_>,
    file_length: u64,
) -> Result<MovieFacts, ContainerError> {
    let mut identity = None;
    let mut extends = None;
    let mut movie_timescale = TIMESCALE;
    let mut video = None;
    for part in moov.children() {
        let part = part?;
        match &part.name.0 {
            b"uuid" => identity = identity.or(take_identity(part)?),
            b"mvex" => extends = Some(part),
            b"mvhd" => movie_timescale = take_timescale(part)?,
            b"trak" if video.is_none() && is_video(&part)? => video = Some(part),
            _ => {}
        }
    }
    let length = moov.whole().len() as u64;
    let missing = ContainerError::Missing { name: BoxName(*b"avc1"), length };
    let trak = video.ok_or(missing)?;
    let mut track = take_track(&trak, movie_timescale)?;
    if let Some(extends) = &extends {
        track.defaults = take_defaults(extends, track.id)?;
    }
    let tables = Tables::take(&sample_boxes(&trak)?)?;
    let table = tables.build(&track, file_length)?;
    Ok(MovieFacts { identity, track, fragmented: extends.is_some(), table })
}

fn sample_boxes<'a>(trak: &Fields<'a>) -> Result<Fields<'a>, ContainerError> {
    need(&need(&need(trak, b"mdia")?, b"minf")?, b"stbl")
}

fn is_video(trak: &Fields<'_>) -> Result<bool, ContainerError> {
    let Some(mut hdlr) = child(&need(trak, b"mdia")?, b"hdlr")? else { return Ok(false) };
    hdlr.bytes(8)?;
    Ok(hdlr.bytes(4)? == b"vide" && take_sample_entry(trak)?.is_some())
}

/// The first `avc1` or `avc3` sample entry.
fn take_sample_entry(trak: &Fields<'_>) -> Result<Option<Vec<u8>>, ContainerError> {
    let mut stsd = need(&sample_boxes(trak)?, b"stsd")?;
    stsd.bytes(8)?;
    let entry = match stsd.children().next() {
        Some(entry) => entry?,
        None => return Ok(None),
    };
    let is_h264 = matches!(&entry.name.0, b"avc1" | b"avc3");
    Ok(is_h264.then(|| entry.whole().to_vec()))
}

fn take_timescale(mut fields: Fields<'_>) -> Result<u32, ContainerError> {
    let (version, _) = fields.version_and_flags()?;
    fields.bytes(if version == 1 { 16 } else { 8 })?;
    match fields.u32()? {
        0 => Err(fields.error("its timescale is 0")),
        timescale => Ok(timescale),
    }
}

fn take_track(trak: &Fields<'_>, movie_timescale: u32) -> Result<Track, ContainerError> {
    let mut tkhd = need(trak, b"tkhd")?;
    let (version, _) = tkhd.version_and_flags()?;
    tkhd.bytes(if version == 1 { 16 } else { 8 })?;
    let id = tkhd.u32()?;
    tkhd.bytes(if version == 1 { 12 } else { 8 } + 52)?;
    let (width, height) = (tkhd.u32()? >> 16, tkhd.u32()? >> 16);
    let timescale = take_timescale(need(&need(trak, b"mdia")?, b"mdhd")?)?;
    let sample_entry = take_sample_entry(trak)?.unwrap_or_default();
    let mut track =
        Track { id, width, height, sample_entry, timescale, shift: 0, defaults: [0; 3] };
    if let Some(elst) = child(trak, b"edts")?.map(|e| child(&e, b"elst")).transpose()?.flatten() {
        track.shift = take_shift(elst, movie_timescale, timescale)?;
    }
    Ok(track)
}

/// Media time at which what is shown begins, less the empty stretch in front of it. Later entries are
/// left aside: every sample keeps its place relative to the first one.
fn take_shift(mut elst: Fields<'_>, movie: u32, media: u32) -> Result<i64, ContainerError> {
    let (version, _) = elst.version_and_flags()?;
    let count = elst.u32()?;
    let mut empty: i64 = 0;
    for _ in 0..count {
        let duration = elst.u32_or_u64(version)?;
        let start = if version == 1 { elst.i64()? } else { i64::from(elst.i32()?) };
        elst.u32()?;
        let duration = i64::try_from(duration).ok().filter(|d| *d <= MAX_TIME);
        let duration = duration.ok_or_else(|| elst.error("it is longer than any footage"))?;
        if start > MAX_TIME {
            return Err(elst.error("it begins after any footage"));
        }
        if start >= 0 {
            return Ok(start - scale(empty, i64::from(media), i64::from(movie)));
        }
        empty = (empty + duration).min(MAX_TIME);
    }
    Ok(0)
}

fn take_defaults(mvex: &Fields<'_>, track: u32) -> Result<[u32; 3], ContainerError> {
    for part in mvex.children() {
        let mut trex = part?;
        if trex.name.0 == *b"trex" {
            trex.version_and_flags()?;
            if trex.u32()? == track {
                trex.u32()?;
                return Ok([trex.u32()?, trex.u32()?, trex.u32()?]);
            }
        }
    }
    Ok([0; 3])
}
