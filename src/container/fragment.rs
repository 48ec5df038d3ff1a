//! One fragment: the bytes of `moof` and the header of `mdat` that go in front of the samples.
//!
//! Must not do: hold or copy sample data; the recorder writes header and samples in one vectored write.

use super::bytes::{HEADER, enclose, enclose_full, put_u32, put_u64};
use super::movie::{REORDER_DELAY, TRACK_ID};
use super::table::SampleInfo;
use crate::model::time::TICKS_PER_SECOND;

/// Most ticks from one decoding time to the next (6.6 hours): a duration has 32 bits.
const MAX_STEP: i64 = i32::MAX as i64;

/// Most ticks between decoding and showing a sample (1.6 hours): an offset has 32 bits with its sign, and
/// the edit list's shift must fit too.
const MAX_REORDER: i64 = 1 << 29;

/// Duration of a single sample of which nothing is known: a frame at 25 a second.
const DEFAULT_DURATION: i64 = TICKS_PER_SECOND / 25;

/// tfhd: offsets count from the `moof` (8.8.7).
const DEFAULT_BASE_IS_MOOF: u32 = 0x02_0000;

/// trun: data offset, and for each sample duration, size, flags, composition offset (8.8.8).
const TRUN_FLAGS: u32 = 0x0f01;

/// Sample flags (8.8.3.1): depends on no other sample.
pub(super) const FLAGS_RANDOM_ACCESS: u32 = 0x0200_0000;

/// Sample flags: depends on others, and is no sync sample.
pub(super) const FLAGS_DEPENDENT: u32 = 0x0101_0000;

/// One sample that waits to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingSample {
    /// When it is shown, in 90 kHz ticks from the segment's start; the segment's first sample has 0.
    pub pts: i64,
    /// Its size in bytes.
    pub size: u32,
    /// Whether decoding can begin here.
    pub random_access: bool,
}

/// Where the next fragment of a segment goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FragmentCursor {
    /// Number of the fragment, from 1.
    pub sequence: u32,
    /// Where it begins in the file: the file's present length.
    pub offset: u64,
    /// Decoding time of the last sample before it; none in front of the first fragment.
    pub last_dts: Option<i64>,
    /// Duration of that sample.
    pub last_duration: i64,
    /// As in the file's header.
    pub may_reorder: bool,
}

impl FragmentCursor {
    /// The cursor of a file that holds the `init_length` bytes of [`super::init`] and nothing more.
    #[must_use]
    pub fn new(init_length: usize, may_reorder: bool) -> Self {
        Self {
            sequence: 1,
            offset: init_length as u64,
            last_dts: None,
            last_duration: DEFAULT_DURATION,
            may_reorder,
        }
    }
}

/// A fragment that is ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// `moof`, and the header of `mdat`. The samples' bytes follow directly.
    pub header: Vec<u8>,
    /// Where each sample will be.
    pub samples: Vec<SampleInfo>,
    /// Where the last sample ends, in ticks from the segment's start: the segment's duration so far.
    pub end: i64,
    /// Where the next fragment goes once this one has been written.
    pub next: FragmentCursor,
}

/// Lays out one fragment. `next_pts` is when the access unit after it is shown, none at the end of a run.
///
/// Decoding times are the fragment's presentation times in ascending order, and always grow: where a
/// fragment ends between reordered pictures the next one begins a tick after its last sample. Without
/// samples the fragment is empty and the cursor stays.
#[must_use]
pub fn fragment(
    cursor: &FragmentCursor,
    samples: &[PendingSample],
    next_pts: Option<i64>,
) -> Fragment {
    let times = decoding_times(cursor.last_dts, samples);
    let (Some(&first), Some(&last)) = (times.first(), times.last()) else {
        let end = cursor.last_dts.map_or(0, |dts| dts + cursor.last_duration);
        return Fragment { header: Vec::new(), samples: Vec::new(), end, next: *cursor };
    };
    let duration = last_duration(cursor, samples, &times, next_pts);
    let payload: u64 = samples.iter().map(|s| u64::from(s.size)).sum();
    let mut header = Vec::with_capacity(128 + 16 * samples.len());
    let shift = if cursor.may_reorder { REORDER_DELAY } else { 0 };
    let ends = times.iter().copied().skip(1).chain([last + duration]);
    let rows: Vec<Row> = samples
        .iter()
        .zip(times.iter().zip(ends))
        .map(|(sample, (&dts, end))| Row {
            sample: *sample,
            dts,
            duration: end - dts,
            composition: sample.pts.saturating_sub(dts).clamp(-MAX_REORDER, MAX_REORDER),
        })
        .collect();
    put_moof(&mut header, cursor.sequence, first, &rows, shift, payload);
    put_mdat_header(&mut header, payload);

    let mut offset = cursor.offset + header.len() as u64;
    let samples = rows.iter().map(|row| row.place(&mut offset)).collect();
    let next = FragmentCursor {
        sequence: cursor.sequence.wrapping_add(1),
        offset,
        last_dts: Some(last),
        last_duration: duration,
        may_reorder: cursor.may_reorder,
    };
    Fragment { header, samples, end: last + duration, next }
}

/// One sample with its times.
struct Row {
    sample: PendingSample,
    dts: i64,
    duration: i64,
    composition: i64,
}

impl Row {
    fn place(&self, offset: &mut u64) -> SampleInfo {
        let info = SampleInfo {
            offset: *offset,
            size: self.sample.size,
            dts: self.dts,
            pts: self.dts + self.composition,
            random_access: self.sample.random_access,
        };
        *offset += u64::from(self.sample.size);
        info
    }
}

/// The sorted presentation times, made to grow by at least a tick and to begin at 0 in a file.
fn decoding_times(last_dts: Option<i64>, samples: &[PendingSample]) -> Vec<i64> {
    let mut times: Vec<i64> = samples.iter().map(|s| s.pts).collect();
    times.sort_unstable();
    let mut previous = last_dts;
    for time in &mut times {
        let (low, high) = previous.map_or((0, 0), |dts| (dts + 1, dts + MAX_STEP));
        *time = (*time).clamp(low, high);
        previous = Some(*time);
    }
    times
}

/// Duration of the last sample. Exact when the next unit is known and nothing is reordered around the
/// border; else the last step repeated. Readers take the next fragment's own beginning where it differs.
fn last_duration(
    cursor: &FragmentCursor,
    samples: &[PendingSample],
    times: &[i64],
    next_pts: Option<i64>,
) -> i64 {
    let usual = match times {
        [.., before, last] => last - before,
        _ => cursor.last_duration,
    };
    let last = times.last().copied().unwrap_or(0);
    let in_order = samples.is_sorted_by_key(|s| s.pts);
    let duration = match next_pts.map(|next| next.saturating_sub(last)) {
        Some(step) if in_order && step > 0 => step,
        Some(step) if step > 0 => step.min(usual),
        _ => usual,
    };
    duration.clamp(1, MAX_STEP)
}

fn put_moof(
    out: &mut Vec<u8>,
    sequence: u32,
    base_dts: i64,
    rows: &[Row],
    shift: i64,
    payload: u64,
) {
    let mut data_offset_at = 0;
    enclose(out, b"moof", |out| {
        enclose_full(out, b"mfhd", 0, 0, |out| put_u32(out, sequence));
        enclose(out, b"traf", |out| {
            enclose_full(out, b"tfhd", 0, DEFAULT_BASE_IS_MOOF, |out| put_u32(out, TRACK_ID));
            enclose_full(out, b"tfdt", 1, 0, |out| put_u64(out, base_dts.cast_unsigned()));
            enclose_full(out, b"trun", 1, TRUN_FLAGS, |out| {
                put_u32(out, rows.len() as u32);
                data_offset_at = out.len();
                put_u32(out, 0);
                for row in rows {
                    let flags = if row.sample.random_access {
                        FLAGS_RANDOM_ACCESS
                    } else {
                        FLAGS_DEPENDENT
                    };
                    put_u32(out, row.duration as u32);
                    put_u32(out, row.sample.size);
                    put_u32(out, flags);
                    put_u32(out, ((row.composition + shift) as i32).cast_unsigned());
                }
            });
        });
    });
    let data_offset = (out.len() + mdat_header_length(payload)) as u32;
    out[data_offset_at..data_offset_at + 4].copy_from_slice(&data_offset.to_be_bytes());
}

fn mdat_header_length(payload: u64) -> usize {
    if payload + HEADER as u64 > u64::from(u32::MAX) { 2 * HEADER } else { HEADER }
}

fn put_mdat_header(out: &mut Vec<u8>, payload: u64) {
    let length = mdat_header_length(payload);
    let size = payload + length as u64;
    let large = length > HEADER;
    put_u32(out, if large { 1 } else { size as u32 });
    out.extend_from_slice(b"mdat");
    if large {
        put_u64(out, size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(pts: &[i64]) -> Vec<PendingSample> {
        let sample = |(n, pts): (usize, &i64)| PendingSample {
            pts: *pts,
            size: 10 + n as u32,
            random_access: n == 0,
        };
        pts.iter().enumerate().map(sample).collect()
    }

    fn dts(fragment: &Fragment) -> Vec<i64> {
        fragment.samples.iter().map(|s| s.dts).collect()
    }

    #[test]
    fn without_reordering_both_times_are_the_same() {
        let made =
            fragment(&FragmentCursor::new(600, false), &pending(&[0, 3000, 7000]), Some(10_000));
        assert_eq!(dts(&made), [0, 3000, 7000]);
        assert_eq!(made.end, 10_000);
        assert_eq!(made.header.len(), 88 + 3 * 16 + 8);
        assert_eq!(made.samples[0].offset, 600 + made.header.len() as u64);
        assert_eq!(made.next.offset, made.samples[2].offset + 12);
        assert_eq!((made.next.sequence, made.next.last_dts), (2, Some(7000)));
    }

    #[test]
    fn reordered_pictures_are_decoded_at_the_sorted_times() {
        let made = fragment(
            &FragmentCursor::new(600, true),
            &pending(&[0, 9000, 3000, 6000]),
            Some(12_000),
        );
        assert_eq!(dts(&made), [0, 3000, 6000, 9000]);
        let pts: Vec<i64> = made.samples.iter().map(|s| s.pts).collect();
        assert_eq!((pts, made.end), (vec![0, 9000, 3000, 6000], 12_000));
    }

    #[test]
    fn a_cut_between_reordered_pictures_keeps_decoding_times_growing() {
        let first =
            fragment(&FragmentCursor::new(600, true), &pending(&[0, 9000, 3000]), Some(6000));
        let second = fragment(&first.next, &pending(&[6000, 12_000]), None);
        assert_eq!(dts(&first), [0, 3000, 9000]);
        assert_eq!(dts(&second), [9001, 12_000]);
        assert_eq!(second.samples[0].pts, 6000);
        assert_eq!(second.end, 12_000 + 2999);
    }

    #[test]
    fn strange_times_are_bent_not_refused() {
        let made =
            fragment(&FragmentCursor::new(0, false), &pending(&[i64::MAX, i64::MIN, 5, 5]), None);
        assert_eq!(dts(&made)[..3], [0, 5, 6]);
        assert!(made.samples.iter().all(|s| (s.pts - s.dts).abs() <= MAX_REORDER));
        let nothing = fragment(&made.next, &[], Some(7));
        assert_eq!((nothing.header.len(), nothing.next), (0, made.next));
    }

    #[test]
    fn a_payload_beyond_4_gib_gets_a_large_size() {
        let mut out = Vec::new();
        put_mdat_header(&mut out, u64::from(u32::MAX) - 8);
        assert_eq!(out.len(), 8);
        out.clear();
        put_mdat_header(&mut out, u64::from(u32::MAX) - 7);
        assert_eq!(out[..8], [0, 0, 0, 1, b'm', b'd', b'a', b't']);
        assert_eq!(out[8..], (u64::from(u32::MAX) + 9).to_be_bytes());
    }
}
