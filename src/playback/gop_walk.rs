//! Which samples of a segment to decode, and which one is shown at a time. Pure.
//!
//! The picture shown at t is the last one with a presentation time of t or earlier. Must not do: any I/O, or
//! know wall time.

use crate::container::{SampleInfo, SampleTable};

/// A segment's samples, with the order in which they are shown.
///
/// A sample that no random access point of the segment leads to (a picture before the first one in
/// decoding order, or shown before it) can never be shown, and is left out of that order.
#[derive(Debug)]
pub struct GopWalk {
    table: SampleTable,
    /// Samples where decoding can begin, ascending.
    random_access: Vec<usize>,
    /// Order of display, where it is not simply the order of decoding.
    display: Option<Display>,
}

/// A random access point and the samples that are shown by way of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gop {
    /// The random access point.
    pub start: usize,
    /// The last of them in decoding order.
    pub end: usize,
}

#[derive(Debug)]
struct Display {
    /// Sample by place in the order of display.
    samples: Vec<usize>,
    /// Place by sample; none where it is never shown.
    places: Vec<Option<usize>>,
}

impl GopWalk {
    /// Prepares the walk over `table`.
    #[must_use]
    pub fn new(table: SampleTable) -> Self {
        let samples = &table.samples;
        let random_access: Vec<usize> =
            (0..samples.len()).filter(|&n| samples[n].random_access).collect();
        let simple = samples.first().is_none_or(|first| first.random_access)
            && samples.is_sorted_by(|a, b| a.pts < b.pts);
        let mut walk = Self { table, random_access, display: None };
        if !simple {
            walk.display = Some(walk.order());
        }
        walk
    }

    fn order(&self) -> Display {
        let count = self.table.samples.len();
        let mut samples: Vec<usize> = (0..count).filter(|&n| self.start_for(n).is_some()).collect();
        samples.sort_by_key(|&n| (self.table.samples[n].pts, n));
        let mut places = vec![None; count];
        for (place, &sample) in samples.iter().enumerate() {
            places[sample] = Some(place);
        }
        Display { samples, places }
    }

    /// The samples in decoding order.
    #[must_use]
    pub fn samples(&self) -> &[SampleInfo] {
        &self.table.samples
    }

    /// Length of the media, in ticks.
    #[must_use]
    pub const fn duration(&self) -> i64 {
        self.table.duration
    }

    /// The sample shown at `ticks`; none before the first one or when there is none.
    #[must_use]
    pub fn shown_at(&self, ticks: i64) -> Option<usize> {
        let after = match &self.display {
            None => self.table.samples.partition_point(|sample| sample.pts <= ticks),
            Some(display) => {
                display.samples.partition_point(|&n| self.table.samples[n].pts <= ticks)
            }
        };
        self.at_place(after.checked_sub(1)?)
    }

    /// The sample that is shown first.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        self.at_place(0)
    }

    /// The sample that is shown last.
    #[must_use]
    pub fn last(&self) -> Option<usize> {
        let count = self.display.as_ref().map_or(self.table.samples.len(), |d| d.samples.len());
        self.at_place(count.checked_sub(1)?)
    }

    /// The sample shown `frames` after `sample` (before it when negative), or how many frames are still
    /// to go when the segment ends on the way.
    ///
    /// # Errors
    /// The rest of `frames`, with its sign; the whole of it when `sample` is never shown.
    pub fn step(&self, sample: usize, frames: i64) -> Result<usize, i64> {
        let count = self.display.as_ref().map_or(self.table.samples.len(), |d| d.samples.len());
        let (Some(place), Some(last)) = (self.place(sample), count.checked_sub(1)) else {
            return Err(frames);
        };
        let (place, last) = (as_signed(place), as_signed(last));
        let wanted = place.saturating_add(frames);
        if wanted < 0 {
            return Err(wanted);
        }
        if wanted > last {
            return Err(wanted - last);
        }
        usize::try_from(wanted).ok().and_then(|place| self.at_place(place)).ok_or(frames)
    }

    /// The random access point from which `sample` can be decoded: everything from it on, in order, up
    /// to `sample`. None when the segment has none.
    #[must_use]
    pub fn start_for(&self, sample: usize) -> Option<usize> {
        let shown = self.table.samples.get(sample)?.pts;
        let before = self.random_access.partition_point(|&start| start <= sample);
        // A picture that is sent after a random access point but shown before it needs the one before.
        let reaches = |&&start: &&usize| self.table.samples[start].pts <= shown;
        self.random_access[..before].iter().rev().find(reaches).copied()
    }

    /// The GOP that `sample` is shown by way of; none when it is never shown.
    #[must_use]
    pub fn gop_of(&self, sample: usize) -> Option<Gop> {
        let start = self.start_for(sample)?;
        let count = self.table.samples.len();
        let next = self.key_after(start).unwrap_or(count);
        // Pictures sent after the next random access point, but shown before it.
        let late = self.display.as_ref().and_then(|_| {
            let until = self.key_after(next).unwrap_or(count);
            (next..until).rev().find(|&n| self.start_for(n) == Some(start))
        });
        Some(Gop { start, end: late.unwrap_or(next - 1).max(sample) })
    }

    /// The GOP shown after `gop`, or before it.
    #[must_use]
    pub fn gop_beside(&self, gop: Gop, forward: bool) -> Option<Gop> {
        let shown = |&n: &usize| self.start_for(n) == Some(gop.start);
        let edge = match &self.display {
            _ if !forward => gop.start,
            None => gop.end,
            Some(_) => (gop.start..=gop.end).filter(shown).max_by_key(|&n| self.place(n))?,
        };
        self.gop_of(self.step(edge, if forward { 1 } else { -1 }).ok()?)
    }

    /// The last random access point shown at `ticks` or earlier: the only samples that are shown when
    /// decoding all of them takes too long.
    #[must_use]
    pub fn key_shown_at(&self, ticks: i64) -> Option<usize> {
        let samples = &self.table.samples;
        let after = self.random_access.partition_point(|&n| samples[n].pts <= ticks);
        self.random_access.get(after.checked_sub(1)?).copied()
    }

    /// The first random access point after `sample` in decoding order.
    #[must_use]
    pub fn key_after(&self, sample: usize) -> Option<usize> {
        let after = self.random_access.partition_point(|&start| start <= sample);
        self.random_access.get(after).copied()
    }

    /// The last random access point before `sample` in decoding order.
    #[must_use]
    pub fn key_before(&self, sample: usize) -> Option<usize> {
        let before = self.random_access.partition_point(|&start| start < sample);
        self.random_access.get(before.checked_sub(1)?).copied()
    }

    fn place(&self, sample: usize) -> Option<usize> {
        match &self.display {
            None => (sample < self.table.samples.len()).then_some(sample),
            Some(display) => *display.places.get(sample)?,
        }
    }

    fn at_place(&self, place: usize) -> Option<usize> {
        match &self.display {
            None => (place < self.table.samples.len()).then_some(place),
            Some(display) => display.samples.get(place).copied(),
        }
    }
}

/// No table has 2^63 samples.
fn as_signed(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(pts, random access)` in decoding order.
    fn walk(samples: &[(i64, bool)]) -> GopWalk {
        let samples = samples
            .iter()
            .enumerate()
            .map(|(n, &(pts, random_access))| SampleInfo {
                offset: 100 * n as u64,
                size: 100,
                dts: n as i64 * 10,
                pts,
                random_access,
            })
            .collect();
        GopWalk::new(SampleTable { samples, duration: 1_000 })
    }

    /// I P B B, twice; the second GOP is open: its B pictures are shown before its I.
    fn reordered() -> GopWalk {
        walk(&[
            (0, true),
            (30, false),
            (10, false),
            (20, false),
            (60, true),
            (40, false),
            (50, false),
            (70, false),
        ])
    }

    #[test]
    fn the_last_picture_at_or_before_t_is_shown() {
        let walk = walk(&[(0, true), (10, false), (20, true), (30, false)]);
        let shown: Vec<_> = [-1, 0, 9, 10, 29, 30, 500].map(|t| walk.shown_at(t)).into();
        assert_eq!(shown, [None, Some(0), Some(0), Some(1), Some(2), Some(3), Some(3)]);
        assert_eq!(walk.start_for(3), Some(2));
        assert_eq!(walk.start_for(1), Some(0));
        assert_eq!((walk.first(), walk.last()), (Some(0), Some(3)));
    }

    #[test]
    fn reordered_pictures_are_found_by_their_time() {
        let walk = reordered();
        let shown: Vec<_> = (0..8).map(|n| walk.shown_at(n * 10 + 5)).collect();
        assert_eq!(shown, [0, 2, 3, 1, 5, 6, 4, 7].map(Some));
        for (place, sample) in shown.iter().flatten().enumerate() {
            assert_eq!(walk.step(0, place as i64), Ok(*sample));
            assert_eq!(walk.step(*sample, -(place as i64)), Ok(0));
        }
    }

    #[test]
    fn pictures_shown_before_their_random_access_point_start_at_the_one_before() {
        let walk = reordered();
        assert_eq!(walk.start_for(5), Some(0));
        assert_eq!(walk.start_for(4), Some(4));
        assert_eq!(walk.start_for(7), Some(4));
    }

    #[test]
    fn what_nothing_leads_to_is_never_shown() {
        let walk = walk(&[(0, false), (50, true), (30, false), (40, false), (60, false)]);
        assert_eq!(walk.shown_at(49), None);
        assert_eq!(walk.first(), Some(1));
        assert_eq!(walk.step(1, 1), Ok(4));
        assert_eq!(walk.step(1, -1), Err(-1));
        assert_eq!(walk.step(2, 1), Err(1));
    }

    #[test]
    fn steps_say_what_is_left_at_the_segments_ends() {
        let walk = reordered();
        assert_eq!(walk.step(4, 1), Ok(7));
        assert_eq!(walk.step(4, 2), Err(1));
        assert_eq!(walk.step(0, -3), Err(-3));
        assert_eq!(walk.step(0, 0), Ok(0));
    }

    #[test]
    fn random_access_points_alone_can_be_walked() {
        let walk = reordered();
        assert_eq!(walk.key_shown_at(59), Some(0));
        assert_eq!(walk.key_shown_at(60), Some(4));
        assert_eq!(walk.key_shown_at(-1), None);
        assert_eq!(walk.key_after(0), Some(4));
        assert_eq!(walk.key_after(4), None);
        assert_eq!((walk.key_before(4), walk.key_before(0)), (Some(0), None));
    }

    #[test]
    fn a_gop_has_all_that_is_shown_by_way_of_it() {
        let walk = reordered();
        let (first, second) = (Gop { start: 0, end: 6 }, Gop { start: 4, end: 7 });
        assert_eq!([0, 1, 5, 6].map(|n| walk.gop_of(n)), [Some(first); 4]);
        assert_eq!([4, 7].map(|n| walk.gop_of(n)), [Some(second); 2]);
        assert_eq!(walk.gop_beside(first, true), Some(second));
        assert_eq!(walk.gop_beside(second, false), Some(first));
        assert_eq!((walk.gop_beside(first, false), walk.gop_beside(second, true)), (None, None));
    }

    #[test]
    fn an_empty_table_shows_nothing() {
        let walk = walk(&[]);
        assert_eq!((walk.shown_at(0), walk.first(), walk.last()), (None, None, None));
        assert_eq!(walk.step(0, 2), Err(2));
        assert_eq!((walk.start_for(0), walk.key_shown_at(9)), (None, None));
    }
}
