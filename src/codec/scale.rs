//! One plane of samples, brought to 8 bits and scaled down.
//!
//! Sides are halved as long as they are twice too long, which is the cheapest exact way, and what is left
//! is interpolated: no sample is missed at any size. Must not do: know colours.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use super::{CodecError, Plane};

/// Scales planes, and keeps the memory that this takes.
#[derive(Default)]
pub(super) struct Scaler {
    resizer: Resizer,
    eight_bit: Vec<u8>,
    halved: Vec<u8>,
    half: Vec<u8>,
}

impl Scaler {
    /// Fills `to` with `from`, which has `from_size` samples of `bit_depth` bits, at `size`.
    ///
    /// # Errors
    /// [`CodecError::Convert`] when the plane is shorter than its size says.
    pub(super) fn scale(
        &mut self,
        from: &Plane,
        bit_depth: u8,
        from_size: (usize, usize),
        to: &mut Plane,
        size: (usize, usize),
    ) -> Result<(), CodecError> {
        let samples = if bit_depth > 8 {
            to_eight_bits(&from.data, bit_depth, &mut self.eight_bit);
            self.eight_bit.as_slice()
        } else {
            from.data.as_slice()
        };
        let whole = from.stride.checked_mul(from_size.1).filter(|_| from.stride >= from_size.0);
        let rows = whole.and_then(|length| samples.get(..length));
        let mut rows = rows.ok_or_else(|| {
            CodecError::Convert(format!("a plane has {} bytes only", from.data.len()))
        })?;
        let (mut stride, mut from_size) = (from.stride, from_size);
        while can_be_halved(from_size, size) {
            halve(rows, stride, from_size, &mut self.half);
            std::mem::swap(&mut self.half, &mut self.halved);
            from_size = (from_size.0 / 2, from_size.1 / 2);
            (rows, stride) = (&self.halved, from_size.0);
        }
        to.stride = size.0;
        if size == from_size {
            to.data.clear();
            rows.chunks(stride.max(1)).for_each(|row| to.data.extend_from_slice(&row[..size.0]));
            return Ok(());
        }
        to.data.resize(size.0 * size.1, 0);
        resize(&mut self.resizer, rows, stride, from_size, &mut to.data, size)
    }
}

fn can_be_halved(from: (usize, usize), to: (usize, usize)) -> bool {
    let even = from.0.is_multiple_of(2) && from.1.is_multiple_of(2);
    even && from.0 >= 2 * to.0.max(1) && from.1 >= 2 * to.1.max(1)
}

/// Makes one sample of each four.
fn halve(rows: &[u8], stride: usize, (width, height): (usize, usize), out: &mut Vec<u8>) {
    let half = width / 2;
    out.resize(half * (height / 2), 0);
    for (pair, out) in rows.chunks(2 * stride).zip(out.chunks_exact_mut(half)) {
        let (upper, lower) = (&pair[..width], &pair[stride..][..width]);
        for ((out, up), low) in out.iter_mut().zip(upper.chunks_exact(2)).zip(lower.chunks_exact(2))
        {
            let sum = u16::from(up[0]) + u16::from(up[1]) + u16::from(low[0]) + u16::from(low[1]);
            *out = ((sum + 2) >> 2) as u8;
        }
    }
}

/// Drops the lower bits, rounding to the nearest: a screen shows eight.
fn to_eight_bits(samples: &[u8], bit_depth: u8, out: &mut Vec<u8>) {
    let shift = u32::from(bit_depth.saturating_sub(8));
    let half = (1_u16 << shift) >> 1;
    out.clear();
    out.extend(samples.chunks_exact(2).map(|pair| {
        let value = u16::from_le_bytes([pair[0], pair[1]]);
        u8::try_from((value.saturating_add(half)) >> shift).unwrap_or(u8::MAX)
    }));
}

fn resize(
    resizer: &mut Resizer,
    rows: &[u8],
    stride: usize,
    (width, height): (usize, usize),
    out: &mut [u8],
    size: (usize, usize),
) -> Result<(), CodecError> {
    let source = TypedImageRef::<U8>::from_buffer(narrow(stride), narrow(height), rows)
        .map_err(|error| CodecError::Convert(error.to_string()))?;
    let mut target = TypedImage::<U8>::from_buffer(narrow(size.0), narrow(size.1), out)
        .map_err(|error| CodecError::Convert(error.to_string()))?;
    // Four neighbours are enough down to half a side; where odd sides could not be halved so far, all that
    // a new sample covers counts.
    let near = width <= 2 * size.0 && height <= 2 * size.1;
    let algorithm = if near {
        ResizeAlg::Interpolation(FilterType::Bilinear)
    } else {
        ResizeAlg::Convolution(FilterType::Box)
    };
    let options =
        ResizeOptions::new().resize_alg(algorithm).crop(0.0, 0.0, width as f64, height as f64);
    resizer
        .resize_typed(&source, &mut target, &options)
        .map_err(|error| CodecError::Convert(error.to_string()))
}

/// Video is never as large as 2^32.
pub(super) fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slope to the right, in a plane with a wider stride.
    fn slope(width: usize, height: usize) -> Plane {
        let stride = width + 3;
        let row = |_| (0..stride).map(|x| if x < width { x as u8 } else { 255 });
        Plane { data: (0..height).flat_map(row).collect(), stride }
    }

    #[test]
    fn a_slope_stays_a_slope_at_every_size() {
        let plane = slope(240, 120);
        for size in
            [(240, 120), (200, 100), (120, 60), (119, 59), (60, 30), (47, 23), (7, 3), (1, 1)]
        {
            let mut to = Plane::default();
            Scaler::default().scale(&plane, 8, (240, 120), &mut to, size).expect("scales");
            assert_eq!((to.stride, to.data.len()), (size.0, size.0 * size.1));
            for row in to.data.chunks(size.0) {
                for (x, &sample) in row.iter().enumerate() {
                    let expected = (x as f64 + 0.5) * 240.0 / size.0 as f64 - 0.5;
                    let rounding = 2.0 + 240.0 / size.0 as f64 / 16.0;
                    let error = (f64::from(sample) - expected).abs();
                    assert!(error <= rounding, "{size:?} {x}: {sample}");
                }
            }
        }
    }

    #[test]
    fn odd_sides_are_scaled_too() {
        let mut to = Plane::default();
        Scaler::default().scale(&slope(135, 101), 8, (135, 101), &mut to, (9, 7)).expect("scales");
        assert!(to.data.chunks(9).all(|row| row.is_sorted() && row[4].abs_diff(67) <= 2));
    }
}
