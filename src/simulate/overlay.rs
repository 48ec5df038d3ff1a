//! What is burnt into every picture: the camera's name and the frame's number as text, and the number
//! once more as a bar that programs read.
//!
//! The bar lies along the lower edge from the left corner: cells of a fortieth of the width, light for
//! 1 and dark for 0, in this order: guard `10`, the number in 16 bits, a check sum of 8, guard `01`.
//! Must not do: know how the picture is made or coded.

use super::font::{ADVANCE, LINES, glyph};
use super::raster::Picture;

/// The bar's cells divide the width as finely as this: 8 pixels each in a picture 320 wide, and edges on
/// macroblocks in one 640 wide.
const CELLS_PER_WIDTH: usize = 40;

/// The bar is this part of the height high: 5 lines of 180.
const BAR_PER_HEIGHT: usize = 36;

const NUMBER_BITS: usize = 16;
const CHECK_BITS: usize = 8;
const CELLS: usize = 2 + NUMBER_BITS + CHECK_BITS + 2;

/// Most frames that a loop may have, so that each has its own number.
pub const MAX_FRAMES: usize = 1 << NUMBER_BITS;

const LIGHT: u8 = 215;
const DARK: u8 = 28;

/// Least difference between light and dark guards for a bar to be one.
const MIN_CONTRAST: f32 = 70.0;

/// A cell nearer to the middle grey than this part of the contrast is not believed.
const DOUBT: f32 = 0.2;

/// Burns in the text and the bar.
pub(super) fn burn(picture: &mut Picture, camera: usize, name: &str, number: u32) {
    burn_bar(picture, number);
    let dot = (picture.height / 240).max(1);
    let bar = bar_height(picture.height);
    let baseline = picture.height.saturating_sub(bar + (LINES + 2) * dot);
    let text = format!("CAM {camera} {name}  #{number:05}");
    let left = 3 * dot;
    // A dark edge below and to the right keeps the text legible on anything.
    let edge = (dot / 2).max(1);
    write(picture, &text, (left + edge, baseline + edge), dot, 30);
    write(picture, &text, (left, baseline), dot, 226);
}

fn write(picture: &mut Picture, text: &str, (left, top): (usize, usize), dot: usize, luma: u8) {
    for (place, character) in text.chars().enumerate() {
        for (column, bits) in glyph(character).into_iter().enumerate() {
            let x = left + (place * ADVANCE + column) * dot;
            for line in (0..LINES).filter(|line| bits >> line & 1 == 1) {
                picture.grey_block(x, top + line * dot, (dot, dot), luma);
            }
        }
    }
}

fn bar_height(height: usize) -> usize {
    (height / BAR_PER_HEIGHT).max(4)
}

fn burn_bar(picture: &mut Picture, number: u32) {
    let height = bar_height(picture.height);
    for (index, light) in cells(number).into_iter().enumerate() {
        let (left, right) = cell_edges(index, picture.width);
        let luma = if light { LIGHT } else { DARK };
        picture.grey_block(left, picture.height - height, (right - left, height), luma);
    }
}

fn cell_edges(index: usize, width: usize) -> (usize, usize) {
    (index * width / CELLS_PER_WIDTH, (index + 1) * width / CELLS_PER_WIDTH)
}

fn cells(number: u32) -> [bool; CELLS] {
    let number = number as u16;
    let mut word = (u32::from(number) << CHECK_BITS) | u32::from(check_sum(number));
    let mut cells = [false; CELLS];
    for cell in cells[2..CELLS - 2].iter_mut().rev() {
        *cell = word & 1 == 1;
        word >>= 1;
    }
    (cells[0], cells[CELLS - 1]) = (true, true);
    cells
}

/// CRC-8 with the polynomial x^8 + x^2 + x + 1; it does not begin at 0, so that a dark bar is invalid.
fn check_sum(number: u16) -> u8 {
    let mut sum = 0xa5_u8;
    for byte in number.to_be_bytes() {
        sum ^= byte;
        for _ in 0..8 {
            sum = if sum & 0x80 == 0 { sum << 1 } else { (sum << 1) ^ 0x07 };
        }
    }
    sum
}

/// Reads the frame number from the bar of a picture, at any size from about 200 pixels wide.
///
/// `luma` holds `height` lines of `width` samples, `stride` apart. None when there is no bar, or any
/// doubt about a cell of it.
#[must_use]
pub fn read_frame_number(luma: &[u8], stride: usize, width: usize, height: usize) -> Option<u32> {
    if width < CELLS_PER_WIDTH || height < 8 || stride < width {
        return None;
    }
    if luma.len() < stride.checked_mul(height - 1)?.checked_add(width)? {
        return None;
    }
    let mut levels = [0.0_f32; CELLS];
    for (index, level) in levels.iter_mut().enumerate() {
        *level = cell_level(luma, stride, cell_edges(index, width), height);
    }
    let light = (levels[0] + levels[CELLS - 1]) / 2.0;
    let dark = (levels[1] + levels[CELLS - 2]) / 2.0;
    let contrast = light - dark;
    if contrast < MIN_CONTRAST {
        return None;
    }
    // A guard's own doubt counts too; one that is read wrongly has made the contrast too small.
    let mut word = 0_u32;
    for level in &levels {
        let lean = (level - dark) / contrast - 0.5;
        if lean.abs() < DOUBT {
            return None;
        }
        word = (word << 1) | u32::from(lean > 0.0);
    }
    // The first guard falls out at the top, the last at the bottom.
    let word = word >> 2;
    let number = (word >> CHECK_BITS) as u16;
    (check_sum(number) == word as u8).then_some(u32::from(number))
}

/// The mean of the inner half of a cell, where neighbours and the picture above do not reach.
fn cell_level(luma: &[u8], stride: usize, (left, right): (usize, usize), height: usize) -> f32 {
    let bar = bar_height(height);
    let margin = (right - left) / 4;
    let (left, right) = (left + margin, (right - margin).max(left + margin + 1));
    let (top, bottom) = (height - bar * 2 / 3, height - bar / 6);
    let lines = top..bottom.max(top + 1).min(height);
    let count = lines.len() * (right - left);
    let sum: u64 = lines
        .flat_map(|line| &luma[line * stride + left..line * stride + right])
        .map(|sample| u64::from(*sample))
        .sum();
    sum as f32 / count.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(picture: &Picture) -> Option<u32> {
        read_frame_number(&picture.y, picture.width, picture.width, picture.height)
    }

    #[test]
    fn every_number_is_read_back_at_every_size() {
        for (width, height) in
            [(1920, 1080), (1280, 720), (854, 480), (640, 360), (320, 180), (200, 112)]
        {
            let mut picture = Picture::new(width, height);
            for number in (0..MAX_FRAMES as u32).step_by(211) {
                burn(&mut picture, 1, "Front door", number);
                assert_eq!(read(&picture), Some(number), "{width}x{height}");
            }
        }
    }

    #[test]
    fn a_picture_without_a_bar_has_no_number() {
        let mut picture = Picture::new(640, 360);
        assert_eq!(read(&picture), None);
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..200 {
            picture.y.fill_with(|| random.u8(..));
            assert_eq!(read(&picture), None);
        }
    }

    #[test]
    fn a_doubtful_cell_makes_the_whole_bar_doubtful() {
        let mut picture = Picture::new(640, 360);
        burn(&mut picture, 1, "Gate", 123);
        for cell in 0..CELLS {
            let mut spoilt = picture.clone();
            let (left, right) = cell_edges(cell, 640);
            spoilt.grey_block(left, 350, (right - left, 10), 121);
            assert_eq!(read(&spoilt), None, "cell {cell}");
        }
    }

    #[test]
    fn odd_arguments_are_refused() {
        assert_eq!(read_frame_number(&[], 640, 640, 360), None);
        assert_eq!(read_frame_number(&[0; 100], 10, 100, 1), None);
        assert_eq!(read_frame_number(&[0; 100], usize::MAX, 640, 360), None);
    }
}
