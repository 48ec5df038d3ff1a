//! Collects access units into fragments: what reaches the file in one write, and what a crash can cost.
//!
//! Must not do: I/O, or know bytes of a container.

use crate::media::AccessUnit;
use crate::model::MediaTime;
use crate::model::time::TICKS_PER_SECOND;

/// Longest fragment: "smart" codecs stretch their GOPs to 20 s, a crash may cost 2 s.
pub const MAX_TICKS: i64 = 2 * TICKS_PER_SECOND;

/// Largest fragment. A camera of 40 Mbit/s sends 10 MB in 2 s; beyond this memory comes first.
pub const MAX_BYTES: usize = 32 << 20;

/// Access units that belong into one write, in decoding order; never empty.
#[derive(Clone, Debug)]
pub struct PendingFragment {
    /// The units.
    pub units: Vec<AccessUnit>,
    /// When the unit behind them is shown, if it has arrived.
    pub next_pts: Option<MediaTime>,
}

impl PendingFragment {
    /// Bytes of all units.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.units.iter().map(|unit| unit.data.len() as u64).sum()
    }
}

/// Collects the units of one stream.
#[derive(Debug, Default)]
pub struct Fragmenter {
    units: Vec<AccessUnit>,
    bytes: usize,
    latest: MediaTime,
}

impl Fragmenter {
    /// Takes the next unit and returns the fragment that is complete without it.
    ///
    /// A cut is made only before a unit that is shown after all units so far, so that with reordered
    /// pictures no later unit belongs in front of the cut.
    pub fn push(&mut self, unit: AccessUnit) -> Option<PendingFragment> {
        let complete = match self.units.first() {
            Some(first) => {
                let length = unit.pts.ticks_since(first.pts);
                let full = length >= MAX_TICKS || self.bytes + unit.data.len() > MAX_BYTES;
                (unit.random_access || full) && unit.pts > self.latest
            }
            None => false,
        };
        let fragment = complete.then(|| self.take(Some(unit.pts))).flatten();
        self.latest = if self.units.is_empty() { unit.pts } else { self.latest.max(unit.pts) };
        self.bytes += unit.data.len();
        self.units.push(unit);
        fragment
    }

    /// The units that wait, when no other will follow them without a break.
    pub fn finish(&mut self) -> Option<PendingFragment> {
        self.take(None)
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    fn take(&mut self, next_pts: Option<MediaTime>) -> Option<PendingFragment> {
        self.bytes = 0;
        let capacity = self.units.len();
        let units = std::mem::replace(&mut self.units, Vec::with_capacity(capacity));
        (!units.is_empty()).then_some(PendingFragment { units, next_pts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WallTime;
    use crate::runtime::Now;
    use bytes::Bytes;
    use std::time::Duration;

    const FRAME: i64 = 3_600;

    fn unit(pts: i64, random_access: bool) -> AccessUnit {
        let received = Now { wall: WallTime::default(), monotonic: Duration::ZERO };
        let data = Bytes::from_static(&[0, 0, 0, 1, 9]);
        AccessUnit { pts: MediaTime::from_ticks(pts), random_access, received, data }
    }

    fn cuts(units: impl IntoIterator<Item = AccessUnit>) -> Vec<usize> {
        let mut fragmenter = Fragmenter::default();
        let mut lengths: Vec<usize> = units
            .into_iter()
            .filter_map(|unit| fragmenter.push(unit))
            .map(|fragment| fragment.units.len())
            .collect();
        lengths.extend(fragmenter.finish().map(|fragment| fragment.units.len()));
        lengths
    }

    #[test]
    fn fragments_end_at_random_access_points() {
        assert_eq!(cuts((0..60).map(|n| unit(n * FRAME, n % 25 == 0))), [25, 25, 10]);
    }

    #[test]
    fn long_gops_are_cut_after_two_seconds() {
        assert_eq!(cuts((0..120).map(|n| unit(n * FRAME, n == 0))), [50, 50, 20]);
    }

    #[test]
    fn a_cut_never_falls_between_reordered_pictures() {
        let order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8];
        let units = (0..20).flat_map(|gop| {
            order.iter().map(move |n| unit((gop * 10 + n) * FRAME, gop == 0 && *n == 0))
        });
        let mut fragmenter = Fragmenter::default();
        let mut end = i64::MIN;
        for fragment in units.filter_map(|unit| fragmenter.push(unit)) {
            let pts = || fragment.units.iter().map(|unit| unit.pts.ticks());
            assert!(pts().min() > Some(end));
            end = pts().max().expect("not empty");
        }
        assert!(end > 0);
    }

    #[test]
    fn nothing_is_lost_or_doubled() {
        let mut fragmenter = Fragmenter::default();
        let mut out = Vec::new();
        for n in 0..333 {
            let fragment = fragmenter.push(unit(n * FRAME, n % 77 == 0));
            out.extend(fragment.into_iter().flat_map(|fragment| fragment.units));
        }
        out.extend(fragmenter.finish().into_iter().flat_map(|fragment| fragment.units));
        let pts: Vec<i64> = out.iter().map(|unit| unit.pts.ticks() / FRAME).collect();
        assert_eq!(pts, (0..333).collect::<Vec<_>>());
        assert!(fragmenter.is_empty() && fragmenter.finish().is_none());
    }
}
