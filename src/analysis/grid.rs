//! Luma of a picture, averaged over the cells of a small grid.
//!
//! Must not do: know what the cells showed before.

use crate::codec::Frame;

/// Cells that a grid aims at: 80 by 45 in a wide picture. A person across a car park, two thousandths of
/// the picture, covers seven of them, and the noise of the 64 pixels in a cell of a 640x360 picture averages out.
const CELLS: usize = 80 * 45;

/// Rows that are read of each cell: more of them make the mean no better, but a large picture slower.
/// As many samples of 10 bits fit into 16.
const ROWS_READ: usize = 12;

/// The luma plane of a picture.
#[derive(Clone, Copy, Debug)]
pub struct Luma<'a> {
    /// Samples, row by row, little-endian.
    pub data: &'a [u8],
    /// Samples from one row to the next.
    pub stride: usize,
    /// Visible samples in a row.
    pub width: usize,
    /// Visible rows.
    pub height: usize,
    /// 1 for 8 bits, 2 for 10.
    pub bytes_per_sample: usize,
}

impl<'a> From<&'a Frame> for Luma<'a> {
    fn from(frame: &'a Frame) -> Self {
        Self {
            data: &frame.y.data,
            stride: frame.y.stride,
            width: frame.width,
            height: frame.height,
            bytes_per_sample: if frame.bit_depth > 8 { 2 } else { 1 },
        }
    }
}

/// How a picture is divided into cells; those at the right and lower border may be cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// Width of the picture in pixels.
    pub width: usize,
    /// Height of the picture in pixels.
    pub height: usize,
    /// Width and height of a cell in pixels.
    pub side: usize,
    /// Cells in a row.
    pub columns: usize,
    /// Rows of cells.
    pub rows: usize,
}

impl Layout {
    /// For a picture of this size in pixels; an empty one has no cells.
    pub fn new(width: usize, height: usize) -> Self {
        let pixels = (width * height).div_ceil(CELLS);
        let side = (1..).find(|side| side * side >= pixels).unwrap_or(1);
        Self { width, height, side, columns: width.div_ceil(side), rows: height.div_ceil(side) }
    }

    /// Cells in the grid.
    pub fn cells(&self) -> usize {
        self.columns * self.rows
    }
}

/// Averages pictures of one layout.
pub(super) struct Grid {
    /// Mean luma of each cell, row by row, 0 to 255.
    pub levels: Vec<f32>,
    layout: Layout,
    /// Sums over the rows of a cell, for each column of pixels.
    sums: Vec<u16>,
}

impl Grid {
    pub fn new(layout: Layout) -> Self {
        Self { levels: vec![0.0; layout.cells()], layout, sums: vec![0; layout.width] }
    }

    /// Fills `levels` from a picture of the layout's size. A plane shorter than it says leaves the cells
    /// that it lacks as they were.
    pub fn fill(&mut self, luma: &Luma<'_>) {
        let Layout { width, height, side, columns, .. } = self.layout;
        let bytes = luma.bytes_per_sample;
        let step = side.div_ceil(ROWS_READ);
        for (row, levels) in self.levels.chunks_exact_mut(columns.max(1)).enumerate() {
            self.sums.fill(0);
            let mut read = 0_u32;
            for y in (row * side..height.min((row + 1) * side)).step_by(step) {
                let start = y * luma.stride * bytes;
                let Some(samples) = luma.data.get(start..start + width * bytes) else { return };
                add_row(&mut self.sums, samples, bytes);
                read += 1;
            }
            // Samples of 10 bits in units of 8.
            let unit = if bytes == 2 { 4.0 } else { 1.0 };
            for (level, sums) in levels.iter_mut().zip(self.sums.chunks(side)) {
                let sum: u32 = sums.iter().map(|sum| u32::from(*sum)).sum();
                *level = sum as f32 / (unit * (read * sums.len() as u32) as f32);
            }
        }
    }
}

fn add_row(sums: &mut [u16], samples: &[u8], bytes: usize) {
    if bytes == 2 {
        for (sum, sample) in sums.iter_mut().zip(samples.chunks_exact(2)) {
            // No more than 10 bits, whatever the data says, so that no sum overflows.
            *sum += u16::from_le_bytes([sample[0], sample[1]]).min(1_023);
        }
    } else {
        for (sum, sample) in sums.iter_mut().zip(samples) {
            *sum += u16::from(*sample);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(data: &[u8], stride: usize, size: (usize, usize), bytes: usize) -> Vec<f32> {
        let (width, height) = size;
        let mut grid = Grid::new(Layout::new(width, height));
        grid.fill(&Luma { data, stride, width, height, bytes_per_sample: bytes });
        grid.levels
    }

    #[test]
    fn usual_pictures_have_about_as_many_cells() {
        for (width, height) in [(640, 360), (1920, 1080), (704, 576), (1080, 1920), (2560, 1440)] {
            let layout = Layout::new(width, height);
            assert!((CELLS * 3 / 4..=CELLS * 21 / 20).contains(&layout.cells()), "{layout:?}");
        }
        assert_eq!(Layout::new(640, 360).side, 8);
        assert_eq!((Layout::new(1920, 1080).columns, Layout::new(1920, 1080).rows), (80, 45));
        assert_eq!(Layout::new(0, 0).cells(), 0);
        assert_eq!(Layout::new(3, 2).cells(), 6);
    }

    #[test]
    fn a_cell_is_the_mean_of_its_pixels() {
        let (width, height, stride) = (650, 361, 672);
        let layout = Layout::new(width, height);
        // Outside of the visible part stands what must not be seen.
        let data: Vec<u8> = (0..stride * height)
            .map(|n| match (n % stride, n / stride) {
                (x, _) if x >= width => 255,
                (x, y) => ((x / layout.side) * 3 % 200 + (y / layout.side)) as u8,
            })
            .collect();
        for (n, level) in levels(&data, stride, (width, height), 1).into_iter().enumerate() {
            let (column, row) = (n % layout.columns, n / layout.columns);
            assert!((level - (column * 3 % 200 + row) as f32).abs() < 1e-3);
        }
    }

    #[test]
    fn ten_bits_are_told_in_units_of_eight() {
        let data: Vec<u8> = (0..640 * 360).flat_map(|_| 402_u16.to_le_bytes()).collect();
        assert!(levels(&data, 640, (640, 360), 2).iter().all(|level| *level == 100.5));
        let data = vec![0xff; 3840 * 2160 * 2];
        assert!(levels(&data, 3840, (3840, 2160), 2).iter().all(|level| *level == 255.75));
    }

    #[test]
    fn a_plane_that_is_too_short_does_no_harm() {
        assert!(levels(&[9; 100], 640, (640, 360), 1).iter().all(|level| *level == 0.0));
    }
}
