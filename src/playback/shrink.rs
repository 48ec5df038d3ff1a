//! Frames made smaller before they are kept: no more of them than a tile can show.
//!
//! Sides are halved in the way in which the converter would begin, so that a picture made of a kept frame
//! is the same as one made of the whole. Must not do: know colours.

use crate::codec::{Chroma, Frame, Plane, fitted_size};
use crate::media::sps::VideoInfo;

/// How often the sides of a frame of `size` can be halved when it is shown in a tile of `tile` pixels.
pub(super) fn halvings(size: (usize, usize), video: &VideoInfo, tile: (usize, usize)) -> u32 {
    if video.bit_depth != 8 {
        return 0;
    }
    let shown = fitted_size(size, video.sample_aspect, tile);
    let chroma = chroma_of(video);
    let mut count = 0;
    let mut now = size;
    loop {
        let half = (now.0 / 2, now.1 / 2);
        let luma = can_be_halved(now, shown);
        let both = luma && can_be_halved(chroma_size(chroma, now), chroma_size(chroma, shown));
        if !both || fitted_size(half, video.sample_aspect, tile) != shown {
            return count;
        }
        (now, count) = (half, count + 1);
    }
}

/// Bytes that a frame of a stream takes once its sides have been halved so often.
pub(super) fn bytes(video: &VideoInfo, halvings: u32) -> usize {
    let (width, height) = (video.width as usize >> halvings, video.height as usize >> halvings);
    let chroma = chroma_size(chroma_of(video), (width, height));
    (width * height + 2 * chroma.0 * chroma.1) * usize::from(video.bit_depth.div_ceil(8))
}

/// Halves the sides of `frame` so often, into the memory of `spare`.
pub(super) fn shrink(frame: &Frame, halvings: u32, mut spare: Frame) -> Frame {
    spare.chroma = frame.chroma;
    spare.bit_depth = frame.bit_depth;
    spare.pts = frame.pts;
    let size = (frame.width, frame.height);
    let chroma = chroma_size(frame.chroma, size);
    halve(&frame.y, size, &mut spare.y);
    halve(&frame.u, chroma, &mut spare.u);
    halve(&frame.v, chroma, &mut spare.v);
    (spare.width, spare.height) = (size.0 / 2, size.1 / 2);
    if halvings <= 1 { spare } else { shrink(&spare, halvings - 1, empty()) }
}

/// A frame without memory.
pub(super) fn empty() -> Frame {
    let plane = Plane::default;
    let (y, u, v) = (plane(), plane(), plane());
    Frame { y, u, v, width: 0, height: 0, chroma: Chroma::Yuv420, bit_depth: 8, pts: 0 }
}

fn chroma_of(video: &VideoInfo) -> Chroma {
    if video.chroma_format_idc == 2 { Chroma::Yuv422 } else { Chroma::Yuv420 }
}

fn chroma_size(chroma: Chroma, (width, height): (usize, usize)) -> (usize, usize) {
    let rows = if chroma == Chroma::Yuv422 { height } else { height.div_ceil(2) };
    (width.div_ceil(2), rows)
}

fn can_be_halved(from: (usize, usize), to: (usize, usize)) -> bool {
    let even = from.0.is_multiple_of(2) && from.1.is_multiple_of(2);
    even && from.0 >= 2 * to.0.max(1) && from.1 >= 2 * to.1.max(1)
}

/// Makes one sample of each four, rounding to the nearest.
fn halve(from: &Plane, (width, height): (usize, usize), to: &mut Plane) {
    let half = width / 2;
    to.stride = half;
    to.data.resize(half * (height / 2), 0);
    if half == 0 {
        return;
    }
    for (rows, out) in from.data.chunks(2 * from.stride).zip(to.data.chunks_exact_mut(half)) {
        let (upper, lower) = rows.split_at(from.stride.min(rows.len()));
        for ((out, up), low) in out.iter_mut().zip(upper.chunks_exact(2)).zip(lower.chunks_exact(2))
        {
            let sum = u16::from(up[0]) + u16::from(up[1]) + u16::from(low[0]) + u16::from(low[1]);
            *out = ((sum + 2) >> 2) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Converter;

    fn video(size: (usize, usize), bit_depth: u8) -> VideoInfo {
        VideoInfo {
            width: size.0 as u32,
            height: size.1 as u32,
            profile_idc: 100,
            level_idc: 31,
            chroma_format_idc: 1,
            bit_depth,
            progressive: true,
            may_reorder: false,
            full_range: false,
            matrix_coefficients: 1,
            sample_aspect: (1, 1),
            frame_rate_milli: 25_000,
        }
    }

    fn noise((width, height): (usize, usize)) -> Frame {
        let mut random = fastrand::Rng::with_seed(7);
        let mut plane = |width: usize, height: usize| Plane {
            data: (0..(width + 3) * height).map(|_| random.u8(..)).collect(),
            stride: width + 3,
        };
        let (y, u, v) = (
            plane(width, height),
            plane(width.div_ceil(2), height.div_ceil(2)),
            plane(width.div_ceil(2), height.div_ceil(2)),
        );
        Frame { y, u, v, width, height, chroma: Chroma::Yuv420, bit_depth: 8, pts: 3 }
    }

    #[test]
    fn sides_are_halved_as_long_as_the_tile_does_not_notice() {
        let hd = (1_920, 1_080);
        let often = |tile| halvings(hd, &video(hd, 8), tile);
        assert_eq!(
            [hd, (961, 541), (960, 540), (700, 400), (480, 270)].map(often),
            [0, 0, 1, 1, 2]
        );
        assert_eq!(halvings(hd, &video(hd, 10), (480, 270)), 0);
        assert_eq!(bytes(&video(hd, 8), 0), 3_110_400);
        assert_eq!(bytes(&video(hd, 8), 1), 777_600);
    }

    #[test]
    fn a_kept_frame_looks_the_same_as_the_whole() {
        for size in [(320, 180), (352, 288), (130, 94)] {
            let (whole, video) = (noise(size), video(size, 8));
            for tile in [(160, 90), (100, 100), (80, 45), (31, 17)] {
                let often = halvings(size, &video, tile);
                let convert = |frame: &Frame| {
                    Converter::new().convert(frame, &video, tile, Vec::new()).expect("converts")
                };
                if often > 0 {
                    let small = shrink(&whole, often, empty());
                    assert_eq!((small.pts, small.width), (3, size.0 >> often));
                    assert_eq!(convert(&small), convert(&whole), "{size:?} {tile:?}");
                }
            }
        }
    }
}
