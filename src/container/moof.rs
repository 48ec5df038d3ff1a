//! A `moof` box, taken apart (ISO/IEC 14496-12, 8.8.4 to 8.8.12).
//!
//! Must not do: read from the file, or believe a sample that does not lie inside the `mdat` behind it.

use super::bytes::Fields;
use super::error::ContainerError;
use super::source::BoxSpan;
use super::table::SampleInfo;
use super::track::{MAX_TIME, Track, need};

/// Sample flag: no sync sample (8.8.3.1).
const IS_NON_SYNC: u32 = 0x0001_0000;

/// What was found in one fragment.
#[derive(Debug)]
pub(super) struct FoundFragment {
    pub sequence: u32,
    pub samples: Vec<SampleInfo>,
    /// Decoding time of its first sample, in media ticks.
    pub media_start: i64,
    /// Where its last sample ends, in media ticks.
    pub media_end: i64,
}

/// Samples may lie here, and there may be so many.
pub(super) struct Bounds {
    pub mdat: BoxSpan,
    pub samples: usize,
}

/// Takes a fragment's `moof` apart. `media_end` is where the fragment before it ended, for files that do
/// not say where each begins.
pub(super) fn take_fragment(
    moof: &Fields<'_>,
    track: &Track,
    media_end: i64,
    bounds: &Bounds,
) -> Result<FoundFragment, ContainerError> {
    let mut mfhd = need(moof, b"mfhd")?;
    mfhd.version_and_flags()?;
    let sequence = mfhd.u32()?;
    let mut found =
        FoundFragment { sequence, samples: Vec::new(), media_start: media_end, media_end };
    for part in moof.children() {
        let part = part?;
        if part.name.0 == *b"traf" {
            take_track_fragment(moof, &part, track, bounds, &mut found)?;
        }
    }
    Ok(found)
}

fn take_track_fragment(
    moof: &Fields<'_>,
    traf: &Fields<'_>,
    track: &Track,
    bounds: &Bounds,
    found: &mut FoundFragment,
) -> Result<(), ContainerError> {
    let mut tfhd = need(traf, b"tfhd")?;
    let (_, flags) = tfhd.version_and_flags()?;
    if tfhd.u32()? != track.id {
        return Ok(());
    }
    let base = if flags & 0x1 != 0 { tfhd.u64()? } else { moof.offset };
    if flags & 0x2 != 0 {
        tfhd.u32()?;
    }
    let mut defaults = track.defaults;
    for (default, flag) in defaults.iter_mut().zip([0x8, 0x10, 0x20]) {
        if flags & flag != 0 {
            *default = tfhd.u32()?;
        }
    }
    let mut next_offset = None;
    for part in traf.children() {
        let mut part = part?;
        match &part.name.0 {
            b"tfdt" => {
                let (version, _) = part.version_and_flags()?;
                let start = i64::try_from(part.u32_or_u64(version)?).ok();
                let start = start.filter(|start| *start <= MAX_TIME);
                let start = start.ok_or_else(|| part.error("it is later than any footage"))?;
                (found.media_start, found.media_end) = (start, start);
            }
            b"trun" => {
                let run = Run { base, defaults, bounds };
                take_run(&mut part, &run, track, &mut next_offset, found)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// What the samples of one `trun` share.
struct Run<'a> {
    base: u64,
    defaults: [u32; 3],
    bounds: &'a Bounds,
}

fn take_run(
    trun: &mut Fields<'_>,
    run: &Run<'_>,
    track: &Track,
    next_offset: &mut Option<u64>,
    found: &mut FoundFragment,
) -> Result<(), ContainerError> {
    let (_, flags) = trun.version_and_flags()?;
    let count = trun.u32()? as usize;
    if flags & 0x1 != 0 {
        let relative = i64::from(trun.i32()?);
        *next_offset = run.base.checked_add_signed(relative);
    }
    let first_flags = if flags & 0x4 != 0 { Some(trun.u32()?) } else { None };
    let entry = 4 * (flags & 0xf00).count_ones() as usize;
    if count.saturating_mul(entry) > trun.left() {
        return Err(trun.error("it counts more samples than it holds"));
    }
    if found.samples.len().saturating_add(count) > run.bounds.samples {
        return Err(trun.error("it counts more samples than the file can hold"));
    }
    let mdat = &run.bounds.mdat;
    let mut offset = next_offset.unwrap_or(mdat.offset + mdat.header);
    found.samples.reserve(count);
    for index in 0..count {
        let [mut duration, mut size, mut sample_flags] = run.defaults;
        if index == 0 {
            sample_flags = first_flags.unwrap_or(sample_flags);
        }
        let fields = [(0x100, &mut duration), (0x200, &mut size), (0x400, &mut sample_flags)];
        for (flag, field) in fields {
            if flags & flag != 0 {
                *field = trun.u32()?;
            }
        }
        let composition = if flags & 0x800 != 0 { trun.i32()? } else { 0 };
        let end = offset.checked_add(u64::from(size)).filter(|end| *end <= mdat.end);
        let inside = offset >= mdat.offset + mdat.header;
        let end = end.filter(|_| inside);
        let end = end.ok_or_else(|| trun.error("a sample lies outside of the mdat behind it"))?;
        found.samples.push(SampleInfo {
            offset,
            size,
            dts: track.dts(found.media_end),
            pts: track.pts(found.media_end, i64::from(composition)),
            random_access: sample_flags & IS_NON_SYNC == 0,
        });
        offset = end;
        found.media_end = (found.media_end + i64::from(duration)).min(2 * MAX_TIME);
    }
    *next_offset = Some(offset);
    Ok(())
}
