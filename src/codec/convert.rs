//! YUV to RGBA at the size of a tile, with the stream's own matrix and range.
//!
//! Planes are scaled down first and coloured after: a small tile then costs a fraction of a full picture.
//! Must not do: enlarge, except to make pixels square.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use yuv::{YuvPlanarImage, YuvRange, YuvStandardMatrix, yuv420_to_rgba, yuv422_to_rgba};

use super::frame::chroma_size;
use super::{Chroma, CodecError, Frame, Plane};
use crate::media::sps::VideoInfo;

/// Bytes a pixel takes in RGBA.
const CHANNELS: usize = 4;

/// Taller pictures are taken for BT.709 when the stream does not say, lower ones for BT.601: what
/// cameras do, and what other players assume.
const HIGH_DEFINITION_HEIGHT: u32 = 576;

/// A converted picture: straight RGBA, rows without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height * 4` bytes.
    pub rgba: Vec<u8>,
}

/// Converts frames, and keeps the memory that this takes from one to the next.
#[derive(Default)]
pub struct Converter {
    resizer: Resizer,
    planes: [Plane; 3],
    eight_bit: Vec<u8>,
}

impl Converter {
    /// A converter without memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Converts `frame`, scaled down to fit into `max` (width, height) with its aspect kept, into
    /// `buffer`, whose memory is used again.
    ///
    /// # Errors
    /// [`CodecError::Convert`] when the planes are shorter than the frame's size says.
    pub fn convert(
        &mut self,
        frame: &Frame,
        video: &VideoInfo,
        max: (usize, usize),
        buffer: Vec<u8>,
    ) -> Result<Pixels, CodecError> {
        let size = fitted_size((frame.width, frame.height), video.sample_aspect, max);
        let from = chroma_size(frame.chroma, frame.width, frame.height);
        let to = chroma_size(frame.chroma, size.0, size.1);
        if size == (frame.width, frame.height) && frame.bit_depth == 8 {
            return colour([&frame.y, &frame.u, &frame.v], frame.chroma, size, video, buffer);
        }
        let luma = (frame.width, frame.height);
        self.plane(0, &frame.y, frame.bit_depth, luma, size)?;
        self.plane(1, &frame.u, frame.bit_depth, from, to)?;
        self.plane(2, &frame.v, frame.bit_depth, from, to)?;
        let [y, u, v] = &self.planes;
        colour([y, u, v], frame.chroma, size, video, buffer)
    }

    /// Brings one plane to 8 bits and to its new size, in `self.planes[index]`.
    fn plane(
        &mut self,
        index: usize,
        from: &Plane,
        bit_depth: u8,
        from_size: (usize, usize),
        size: (usize, usize),
    ) -> Result<(), CodecError> {
        let samples = if bit_depth > 8 {
            to_eight_bits(&from.data, bit_depth, &mut self.eight_bit);
            self.eight_bit.as_slice()
        } else {
            from.data.as_slice()
        };
        let to = &mut self.planes[index];
        to.stride = size.0;
        to.data.resize(size.0 * size.1, 0);
        if size == from_size && from.stride == size.0 {
            let whole = samples.get(..to.data.len()).ok_or_else(|| short(from))?;
            to.data.copy_from_slice(whole);
            return Ok(());
        }
        let rows = samples.get(..from.stride * from_size.1).ok_or_else(|| short(from))?;
        let source =
            TypedImageRef::<U8>::from_buffer(narrow(from.stride), narrow(from_size.1), rows)
                .map_err(|error| CodecError::Convert(error.to_string()))?;
        let mut target =
            TypedImage::<U8>::from_buffer(narrow(size.0), narrow(size.1), &mut to.data)
                .map_err(|error| CodecError::Convert(error.to_string()))?;
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
            .crop(0.0, 0.0, from_size.0 as f64, from_size.1 as f64);
        self.resizer
            .resize_typed(&source, &mut target, &options)
            .map_err(|error| CodecError::Convert(error.to_string()))
    }
}

fn short(plane: &Plane) -> CodecError {
    CodecError::Convert(format!("a plane has {} bytes only", plane.data.len()))
}

/// Video is never as large as 2^32.
fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
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

/// The size at which a picture of `size` is shown: square pixels, inside `max`, never enlarged.
#[must_use]
pub fn fitted_size(
    size: (usize, usize),
    sample_aspect: (u16, u16),
    max: (usize, usize),
) -> (usize, usize) {
    let (num, den) = match sample_aspect {
        (0, _) | (_, 0) => (1, 1),
        (num, den) => (u128::from(num), u128::from(den)),
    };
    let width = (size.0 as u128 * num / den).max(1);
    let height = (size.1 as u128).max(1);
    let (max_width, max_height) = (max.0.max(1) as u128, max.1.max(1) as u128);
    let fitted = if width <= max_width && height <= max_height {
        (width, height)
    } else if max_width * height <= max_height * width {
        (max_width, (height * max_width / width).max(1))
    } else {
        ((width * max_height / height).max(1), max_height)
    };
    (usize::try_from(fitted.0).unwrap_or(1), usize::try_from(fitted.1).unwrap_or(1))
}

fn colour(
    [y, u, v]: [&Plane; 3],
    chroma: Chroma,
    (width, height): (usize, usize),
    video: &VideoInfo,
    mut rgba: Vec<u8>,
) -> Result<Pixels, CodecError> {
    rgba.resize(width * height * CHANNELS, 0);
    let image = YuvPlanarImage {
        y_plane: &y.data,
        y_stride: narrow(y.stride),
        u_plane: &u.data,
        u_stride: narrow(u.stride),
        v_plane: &v.data,
        v_stride: narrow(v.stride),
        width: narrow(width),
        height: narrow(height),
    };
    let range = if video.full_range { YuvRange::Full } else { YuvRange::Limited };
    let convert = match chroma {
        Chroma::Yuv420 => yuv420_to_rgba,
        Chroma::Yuv422 => yuv422_to_rgba,
    };
    convert(&image, &mut rgba, narrow(width * CHANNELS), range, matrix(video))
        .map_err(|error| CodecError::Convert(error.to_string()))?;
    Ok(Pixels { width, height, rgba })
}

/// The matrix by `matrix_coefficients` (H.264, table E-5).
fn matrix(video: &VideoInfo) -> YuvStandardMatrix {
    match video.matrix_coefficients {
        1 => YuvStandardMatrix::Bt709,
        4 => YuvStandardMatrix::Fcc,
        5 | 6 => YuvStandardMatrix::Bt601,
        7 => YuvStandardMatrix::Smpte240,
        9 | 10 => YuvStandardMatrix::Bt2020,
        _ if video.height > HIGH_DEFINITION_HEIGHT => YuvStandardMatrix::Bt709,
        _ => YuvStandardMatrix::Bt601,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn video(matrix_coefficients: u8, full_range: bool) -> VideoInfo {
        VideoInfo {
            width: 64,
            height: 32,
            profile_idc: 100,
            level_idc: 31,
            chroma_format_idc: 1,
            bit_depth: 8,
            progressive: true,
            may_reorder: false,
            full_range,
            matrix_coefficients,
            sample_aspect: (1, 1),
            frame_rate_milli: 25_000,
        }
    }

    fn flat(y: u16, u: u16, v: u16, chroma: Chroma, bit_depth: u8) -> Frame {
        let (width, height) = (64, 32);
        let (chroma_width, chroma_height) = chroma_size(chroma, width, height);
        let plane = |value: u16, stride: usize, rows: usize| {
            let sample =
                if bit_depth > 8 { value.to_le_bytes().to_vec() } else { vec![value as u8] };
            Plane { data: sample.repeat(stride * rows), stride }
        };
        Frame {
            y: plane(y, width, height),
            u: plane(u, chroma_width, chroma_height),
            v: plane(v, chroma_width, chroma_height),
            width,
            height,
            chroma,
            bit_depth,
            pts: 0,
        }
    }

    fn first_pixel(frame: &Frame, video: &VideoInfo, max: (usize, usize)) -> [u8; 3] {
        let pixels = Converter::new().convert(frame, video, max, Vec::new()).expect("converts");
        assert_eq!(pixels.rgba.len(), pixels.width * pixels.height * 4);
        assert!(pixels.rgba.chunks(4).all(|p| p == &pixels.rgba[..4]), "flat stays flat");
        [pixels.rgba[0], pixels.rgba[1], pixels.rgba[2]]
    }

    fn near(found: [u8; 3], expected: [u8; 3]) {
        let close = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 2);
        assert!(close, "{found:?} is not {expected:?}");
    }

    #[test]
    fn range_and_matrix_are_the_streams() {
        let grey = flat(126, 128, 128, Chroma::Yuv420, 8);
        near(first_pixel(&grey, &video(1, false), (64, 32)), [128, 128, 128]);
        near(first_pixel(&grey, &video(1, true), (64, 32)), [126, 126, 126]);
        // Pure red is (63, 102, 240) in BT.709 and (81, 90, 240) in BT.601, limited range.
        near(
            first_pixel(&flat(63, 102, 240, Chroma::Yuv420, 8), &video(1, false), (64, 32)),
            [255, 0, 0],
        );
        near(
            first_pixel(&flat(81, 90, 240, Chroma::Yuv420, 8), &video(6, false), (64, 32)),
            [255, 0, 0],
        );
        near(
            first_pixel(&flat(81, 90, 240, Chroma::Yuv422, 8), &video(2, false), (64, 32)),
            [255, 0, 0],
        );
    }

    #[test]
    fn every_format_survives_scaling() {
        for max in [(64, 32), (33, 100), (20, 20), (7, 5), (1, 1)] {
            near(
                first_pixel(&flat(81, 90, 240, Chroma::Yuv420, 8), &video(6, false), max),
                [255, 0, 0],
            );
            near(
                first_pixel(&flat(81, 90, 240, Chroma::Yuv422, 8), &video(6, false), max),
                [255, 0, 0],
            );
            near(
                first_pixel(&flat(324, 360, 960, Chroma::Yuv420, 10), &video(6, false), max),
                [255, 0, 0],
            );
        }
    }

    #[test]
    fn pictures_fit_their_tile_with_square_pixels() {
        assert_eq!(fitted_size((1920, 1080), (1, 1), (800, 800)), (800, 450));
        assert_eq!(fitted_size((1920, 1080), (1, 1), (4000, 3000)), (1920, 1080));
        assert_eq!(fitted_size((704, 576), (12, 11), (4000, 3000)), (768, 576));
        assert_eq!(fitted_size((704, 576), (12, 11), (384, 1000)), (384, 288));
        assert_eq!(fitted_size((1080, 1920), (0, 0), (500, 500)), (281, 500));
        assert_eq!(fitted_size((4000, 2), (1, 1), (10, 10)), (10, 1));
    }

    #[test]
    fn short_planes_are_an_error() {
        let mut frame = flat(0, 0, 0, Chroma::Yuv420, 8);
        frame.u.data.truncate(5);
        assert!(Converter::new().convert(&frame, &video(1, false), (64, 32), Vec::new()).is_err());
        assert!(Converter::new().convert(&frame, &video(1, false), (20, 20), Vec::new()).is_err());
    }
}
