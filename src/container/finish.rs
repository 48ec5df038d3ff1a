//! The closing of a segment: the final `moov`, and the 16 bytes that turn the file into a progressive MP4.
//!
//! Order on disk: append [`finish`], sync, overwrite with [`swallow_header`], sync. Must not do: any I/O.

use mp4::MoovBox;

use super::bytes::leaf;
use super::movie::{Edit, FTYP_LENGTH, Movie, SLOT_LENGTH, TrackHeader, put_movie};
use super::table::{SampleInfo, SampleTable};

/// The final `moov`, to be appended to the file after its last whole fragment. `table` is the whole
/// segment's; samples that follow each other without a hole make one `stsc` group, which is a fragment.
#[must_use]
pub fn finish(header: &TrackHeader<'_>, table: &SampleTable) -> Vec<u8> {
    let shift = table.shift();
    let edit = (shift > 0).then_some(Edit { duration: table.duration, media_time: shift });
    let movie = Movie {
        duration: table.duration,
        movie_duration: table.duration,
        media_duration: table.duration + shift,
        edit,
        ..Movie::of_segment(header)
    };
    let group = |samples: &[SampleInfo]| Group {
        offset: samples.first().map_or(0, |sample| sample.offset),
        samples: samples.len() as u32,
        entry: 1,
    };
    let groups: Vec<Group> = table.samples.chunk_by(adjoins).map(group).collect();
    let wide = groups.iter().any(|group| group.offset > u64::from(u32::MAX));
    let mut out = Vec::with_capacity(2048 + 16 * table.samples.len());
    put_movie(&mut out, &movie, |out| {
        put_times(out, table, shift);
        put_places(out, table, &groups, wide);
    });
    out
}

/// Where to write, and what, so that everything from the `free` box up to the final `moov` at
/// `moov_offset` becomes the content of one `mdat`.
#[must_use]
pub fn swallow_header(moov_offset: u64) -> (u64, [u8; SLOT_LENGTH as usize]) {
    let mut header = *b"\0\0\0\x01mdat\0\0\0\0\0\0\0\0";
    let size = moov_offset.saturating_sub(FTYP_LENGTH);
    header[8..].copy_from_slice(&size.to_be_bytes());
    (FTYP_LENGTH, header)
}

/// `stts`, `ctts` where needed, `stss`.
pub(super) fn put_times(out: &mut Vec<u8>, table: &SampleTable, shift: i64) {
    let mut boxes = MoovBox::default();
    boxes.traks.push(Default::default());
    let Some(track) = boxes.traks.last_mut() else { return };
    let tables = &mut track.mdia.minf.stbl;
    let ctts = tables.ctts.get_or_insert_default();
    let stss = tables.stss.get_or_insert_default();
    let ends = table.samples.iter().skip(1).map(|s| s.dts).chain([table.duration]);
    for (number, (sample, end)) in (1..).zip(table.samples.iter().zip(ends)) {
        let delta = u32::try_from(end - sample.dts).unwrap_or(1).max(1);
        match tables.stts.entries.last_mut() {
            Some(entry) if entry.sample_delta == delta => entry.sample_count += 1,
            _ => {
                tables.stts.entries.push(Default::default());
                if let Some(entry) = tables.stts.entries.last_mut() {
                    (entry.sample_count, entry.sample_delta) = (1, delta);
                }
            }
        }
        let offset = (sample.pts - sample.dts + shift) as i32;
        match ctts.entries.last_mut() {
            Some(entry) if entry.sample_offset == offset => entry.sample_count += 1,
            _ => {
                ctts.entries.push(Default::default());
                if let Some(entry) = ctts.entries.last_mut() {
                    (entry.sample_count, entry.sample_offset) = (1, offset);
                }
            }
        }
        if sample.random_access {
            stss.entries.push(number);
        }
    }
    leaf(out, &tables.stts);
    if ctts.entries.iter().any(|entry| entry.sample_offset != 0) {
        leaf(out, ctts);
    }
    leaf(out, stss);
}

/// Samples that follow each other without a hole and have one sample entry (a "chunk" in `stsc`).
pub(super) struct Group {
    pub offset: u64,
    pub samples: u32,
    /// Number of the sample entry, counted from 1.
    pub entry: u32,
}

/// `stsc`, `stsz`, and `stco` or, where offsets may need it, `co64`.
pub(super) fn put_places(out: &mut Vec<u8>, table: &SampleTable, groups: &[Group], wide: bool) {
    let mut boxes = MoovBox::default();
    boxes.traks.push(Default::default());
    let Some(track) = boxes.traks.last_mut() else { return };
    let tables = &mut track.mdia.minf.stbl;
    tables.stsz.sample_count = table.samples.len() as u32;
    tables.stsz.sample_sizes = table.samples.iter().map(|s| s.size).collect();
    for (number, group) in (1..).zip(groups) {
        let goes_on = tables.stsc.entries.last().is_some_and(|entry| {
            entry.samples_per_chunk == group.samples
                && entry.sample_description_index == group.entry
        });
        if goes_on {
            continue;
        }
        tables.stsc.entries.push(Default::default());
        if let Some(entry) = tables.stsc.entries.last_mut() {
            entry.first_chunk = number;
            entry.samples_per_chunk = group.samples;
            entry.sample_description_index = group.entry;
        }
    }
    leaf(out, &tables.stsc);
    leaf(out, &tables.stsz);
    if wide {
        let co64 = tables.co64.get_or_insert_default();
        co64.entries = groups.iter().map(|group| group.offset).collect();
        leaf(out, co64);
    } else {
        let mut stco = tables.stco.take().unwrap_or_default();
        stco.entries = groups.iter().map(|group| group.offset as u32).collect();
        leaf(out, &stco);
    }
}

/// Whether `b` lies directly behind `a`.
pub(super) fn adjoins(a: &SampleInfo, b: &SampleInfo) -> bool {
    a.offset + u64::from(a.size) == b.offset && a.size > 0
}
