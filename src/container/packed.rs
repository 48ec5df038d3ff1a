//! The samples of one fragment in a third of the memory: an hour of sixteen cameras has 1.4 million.
//!
//! Must not do: hold sample data.

use super::SampleInfo;

/// The bit of a packed size that says "random access point"; a sample has less than 2 GiB.
const RANDOM_ACCESS: u32 = 1 << 31;

/// Samples that lie one behind the other in the file, in decoding order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedFragment {
    /// Offset in the file of the first.
    offset: u64,
    /// Decoding time of the first.
    dts: i64,
    rows: Box<[Row]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    /// Size in bytes, and [`RANDOM_ACCESS`].
    size: u32,
    /// Ticks from the decoding time before.
    step: u32,
    /// Ticks from decoding to showing.
    composition: i32,
}

impl PackedFragment {
    /// Packs samples as [`super::fragment()`] lays them out: one behind the other, with steps and offsets of
    /// 31 bits.
    ///
    /// # Panics
    /// In debug builds when they are not laid out so.
    #[must_use]
    pub fn new(samples: &[SampleInfo]) -> Self {
        let (offset, first) = samples.first().map_or((0, 0), |first| (first.offset, first.dts));
        let mut dts = first;
        let rows = samples.iter().map(|sample| {
            let step = u32::try_from(sample.dts - dts).unwrap_or(u32::MAX);
            let composition = i32::try_from(sample.pts - sample.dts).unwrap_or(i32::MAX);
            let mark = if sample.random_access { RANDOM_ACCESS } else { 0 };
            dts = sample.dts;
            Row { size: sample.size & !RANDOM_ACCESS | mark, step, composition }
        });
        let packed = Self { offset, dts: first, rows: rows.collect() };
        debug_assert!(packed.samples().eq(samples.iter().copied()), "not laid out as one fragment");
        packed
    }

    /// The samples again.
    pub fn samples(&self) -> impl Iterator<Item = SampleInfo> + '_ {
        let (mut offset, mut dts) = (self.offset, self.dts);
        self.rows.iter().map(move |row| {
            dts += i64::from(row.step);
            let size = row.size & !RANDOM_ACCESS;
            let random_access = row.size & RANDOM_ACCESS != 0;
            let pts = dts + i64::from(row.composition);
            let sample = SampleInfo { offset, size, dts, pts, random_access };
            offset += u64::from(size);
            sample
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::{FragmentCursor, PendingSample, fragment};

    #[test]
    fn what_a_fragment_holds_comes_back() {
        let order = [0, 3, 1, 2, 6, 4, 5];
        let pending: Vec<PendingSample> = order
            .iter()
            .map(|n| PendingSample {
                pts: n * 3_600,
                size: 900 + *n as u32,
                random_access: *n == 0,
            })
            .collect();
        let cursor =
            FragmentCursor { last_dts: Some(-1), ..FragmentCursor::new(5_000_000_000, true) };
        let made = fragment(&cursor, &pending, None);
        let packed = PackedFragment::new(&made.samples);
        assert_eq!(packed.samples().collect::<Vec<_>>(), made.samples);
        assert_eq!(PackedFragment::new(&[]).samples().count(), 0);
    }
}
