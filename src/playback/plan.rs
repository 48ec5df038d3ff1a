//! What is decoded next, and how much of it fits into memory. Pure.
//!
//! Must not do: decode, or know wall time.

use super::GopWalk;

/// Samples that are decoded in one go. Decoding begins at `start`, frames are kept of `from` to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// A random access point.
    pub start: usize,
    /// The first sample of which the frame is kept, in decoding order.
    pub from: usize,
    /// The last one.
    pub to: usize,
}

/// In which way samples are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The later ones first.
    pub reverse: bool,
    /// Random access points only.
    pub keys_only: bool,
    /// Frames that fit into memory.
    pub capacity: usize,
}

impl Way {
    /// The piece that shows `sample`. In reverse all frames of a GOP must be kept until they are shown; one
    /// that leaves no room beside it is decoded several times, and a part of it is kept each time. Forward it
    /// ends where the frames from `sample` on fill the memory, and grows as they are shown.
    #[must_use]
    pub fn piece_of(self, walk: &GopWalk, sample: usize) -> Option<Piece> {
        if self.keys_only {
            return Some(Piece { start: walk.start_for(sample)?, from: sample, to: sample });
        }
        let gop = walk.gop_of(sample)?;
        let (start, length) = (gop.start, gop.end - gop.start + 1);
        if !self.reverse {
            let mut left = (start..=gop.end).filter(|&n| self.comes(walk, sample, n));
            let to = left.nth(self.capacity.saturating_sub(1)).unwrap_or(gop.end);
            return Some(Piece { start, from: start, to: to.max(sample) });
        }
        if length <= self.capacity / 4 * 3 {
            return Some(Piece { start, from: start, to: gop.end });
        }
        let parts = length.div_ceil((self.capacity / 2).max(1));
        let size = length.div_ceil(parts);
        let from = start + (sample - start) / size * size;
        Some(Piece { start, from, to: gop.end.min(from + size - 1) })
    }

    /// The piece shown after `piece`; none at the segment's end.
    #[must_use]
    pub fn piece_after(self, walk: &GopWalk, piece: Piece) -> Option<Piece> {
        if self.keys_only {
            let start = piece.start;
            let next = if self.reverse { walk.key_before(start) } else { walk.key_after(start) };
            return self.piece_of(walk, next?);
        }
        if self.reverse && piece.from > piece.start {
            return self.piece_of(walk, piece.from - 1);
        }
        let gop = walk.gop_of(piece.start)?;
        let next = walk.gop_beside(gop, !self.reverse)?;
        self.piece_of(walk, if self.reverse { next.end } else { next.start })
    }

    /// The frames of `piece` that are still to be shown when `sample` of it is.
    #[must_use]
    pub fn left(self, walk: &GopWalk, piece: Piece, sample: usize) -> usize {
        (piece.from..=piece.to).filter(|&n| self.comes(walk, sample, n)).count()
    }

    /// Whether `other` is still to be shown when `sample` is.
    fn comes(self, walk: &GopWalk, sample: usize, other: usize) -> bool {
        let pts = |n: usize| walk.samples().get(n).map(|info| info.pts);
        if self.reverse { pts(other) <= pts(sample) } else { pts(other) >= pts(sample) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::{SampleInfo, SampleTable};

    /// GOPs of these lengths, in order.
    fn walk(gops: &[usize]) -> GopWalk {
        let samples = gops.iter().flat_map(|&length| (0..length).map(|n| n == 0));
        let samples = samples.enumerate().map(|(n, random_access)| SampleInfo {
            offset: n as u64,
            size: 1,
            dts: n as i64,
            pts: n as i64,
            random_access,
        });
        GopWalk::new(SampleTable { samples: samples.collect(), duration: 0 })
    }

    fn all(walk: &GopWalk, way: Way, first: usize) -> Vec<(usize, usize, usize)> {
        let first = way.piece_of(walk, first);
        std::iter::successors(first, |piece| way.piece_after(walk, *piece))
            .map(|piece| (piece.start, piece.from, piece.to))
            .collect()
    }

    #[test]
    fn gops_follow_one_another_in_both_directions() {
        let walk = walk(&[4, 4, 2]);
        let way = Way { reverse: false, keys_only: false, capacity: 8 };
        assert_eq!(all(&walk, way, 5), [(4, 4, 7), (8, 8, 9)]);
        let back = Way { reverse: true, ..way };
        assert_eq!(all(&walk, back, 9), [(8, 8, 9), (4, 4, 7), (0, 0, 3)]);
        let keys = Way { keys_only: true, ..back };
        assert_eq!(all(&walk, keys, 8), [(8, 8, 8), (4, 4, 4), (0, 0, 0)]);
        assert_eq!(back.left(&walk, Piece { start: 4, from: 4, to: 7 }, 5), 2);
        assert_eq!(way.left(&walk, Piece { start: 4, from: 4, to: 7 }, 5), 3);
    }

    #[test]
    fn a_long_gop_is_shown_backward_in_pieces_that_fit() {
        let walk = walk(&[3, 20]);
        let back = Way { reverse: true, keys_only: false, capacity: 10 };
        let pieces = all(&walk, back, 22);
        assert_eq!(pieces, [(3, 18, 22), (3, 13, 17), (3, 8, 12), (3, 3, 7), (0, 0, 2)]);
        let forward = Way { reverse: false, ..back };
        assert_eq!(all(&walk, forward, 3), [(3, 3, 12)], "forward no more than fit");
        assert_eq!(all(&walk, forward, 8), [(3, 3, 17)], "and more as they are shown");
        let tiny = Way { capacity: 0, ..back };
        assert_eq!(all(&walk, tiny, 22).len(), 23, "one after the other in the end");
    }
}
