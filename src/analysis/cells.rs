//! Parts: cells that differ and touch one another.
//!
//! Must not do: decide which part counts.

/// Cells that touch, also over corners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// How many.
    pub cells: usize,
    /// How many of them have changed just now.
    pub changing: usize,
    /// First column.
    pub left: usize,
    /// First row.
    pub top: usize,
    /// Last column.
    pub right: usize,
    /// Last row.
    pub bottom: usize,
}

/// A cell on its way into a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Cell {
    /// As usual, outside of the zones, or already in a part.
    #[default]
    Out,
    /// Different.
    Still,
    /// Different, and changed just now.
    Changing,
}

/// Joins cells to parts.
#[derive(Default)]
pub(super) struct Joiner {
    /// Cells of the present part whose neighbours have not been looked at.
    open: Vec<usize>,
}

impl Joiner {
    /// With room for a grid of this many cells.
    pub fn new(cells: usize) -> Self {
        Self { open: Vec::with_capacity(cells) }
    }

    /// Tells all parts, and takes their cells out.
    pub fn join(&mut self, cells: &mut [Cell], columns: usize, mut each: impl FnMut(Part)) {
        for first in 0..cells.len() {
            if cells[first] != Cell::Out {
                each(self.part(cells, columns, first));
            }
        }
    }

    fn part(&mut self, cells: &mut [Cell], columns: usize, first: usize) -> Part {
        let (left, top) = (first % columns, first / columns);
        let mut part = Part { left, top, right: left, bottom: top, ..Part::default() };
        let last_row = cells.len() / columns - 1;
        self.take(cells, first, &mut part);
        while let Some(n) = self.open.pop() {
            let (x, y) = (n % columns, n / columns);
            part.left = part.left.min(x);
            part.right = part.right.max(x);
            part.bottom = part.bottom.max(y);
            for row in y.saturating_sub(1)..=(y + 1).min(last_row) {
                for column in x.saturating_sub(1)..=(x + 1).min(columns - 1) {
                    self.take(cells, row * columns + column, &mut part);
                }
            }
        }
        part
    }

    fn take(&mut self, cells: &mut [Cell], n: usize, part: &mut Part) {
        match std::mem::take(&mut cells[n]) {
            Cell::Out => return,
            Cell::Still => {}
            Cell::Changing => part.changing += 1,
        }
        part.cells += 1;
        self.open.push(n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(rows: &[&str]) -> Vec<Part> {
        let mut cells: Vec<Cell> = rows
            .iter()
            .flat_map(|row| row.chars())
            .map(|c| match c {
                'x' => Cell::Still,
                'X' => Cell::Changing,
                _ => Cell::Out,
            })
            .collect();
        let mut found = Vec::new();
        Joiner::new(cells.len()).join(&mut cells, rows[0].len(), |part| found.push(part));
        assert!(cells.iter().all(|cell| *cell == Cell::Out));
        found
    }

    #[test]
    fn cells_join_over_borders_and_corners_but_not_around_the_picture() {
        let found = parts(&[
            "x....X", //
            ".X....", "....xx",
        ]);
        assert_eq!(found.len(), 3);
        let first = Part { cells: 2, changing: 1, left: 0, top: 0, right: 1, bottom: 1 };
        assert_eq!(found[0], first);
        assert_eq!(found[2], Part { cells: 2, changing: 0, left: 4, top: 2, right: 5, bottom: 2 });
    }

    #[test]
    fn a_part_that_turns_to_the_left_is_one() {
        let found = parts(&["..x", "xx.", "..."]);
        assert_eq!(found, [Part { cells: 3, changing: 0, left: 0, top: 0, right: 2, bottom: 1 }]);
    }

    proptest! {
        #[test]
        fn every_cell_is_in_one_part(bits in prop::collection::vec(any::<bool>(), 7 * 9)) {
            let cell = |bit: &bool| if *bit { Cell::Changing } else { Cell::Out };
            let mut cells: Vec<Cell> = bits.iter().map(cell).collect();
            let mut sum = 0;
            Joiner::default().join(&mut cells, 7, |part| {
                assert_eq!(part.cells, part.changing);
                sum += part.cells;
            });
            prop_assert_eq!(sum, bits.iter().filter(|bit| **bit).count());
        }
    }
}
