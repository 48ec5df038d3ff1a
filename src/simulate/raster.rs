//! Paints polygons with smooth edges into a YUV picture.
//!
//! Must not do: know what is painted; `props` and `scenes` do.

/// Sub-lines per line: edges have this many steps of coverage in the vertical.
const SUB_LINES: u32 = 4;

/// A colour as BT.709 limited range samples, kept as numbers so that shading does not round twice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colour {
    y: f32,
    u: f32,
    v: f32,
}

impl Colour {
    /// From `0xRRGGBB`.
    pub(super) const fn rgb(hex: u32) -> Self {
        let r = ((hex >> 16) & 255) as f32 / 255.0;
        let g = ((hex >> 8) & 255) as f32 / 255.0;
        let b = (hex & 255) as f32 / 255.0;
        let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        Self {
            y: 16.0 + 219.0 * luma,
            u: 128.0 + 224.0 * (b - luma) / 1.8556,
            v: 128.0 + 224.0 * (r - luma) / 1.5748,
        }
    }

    /// The same colour under `light` times the light.
    pub(super) fn shade(self, light: f32) -> Self {
        Self {
            y: (16.0 + (self.y - 16.0) * light).min(235.0),
            u: 128.0 + (self.u - 128.0) * light.min(1.2),
            v: 128.0 + (self.v - 128.0) * light.min(1.2),
        }
    }

    /// From `self` at 0 to `other` at 1.
    pub(super) fn mix(self, other: Self, part: f32) -> Self {
        let mix = |a: f32, b: f32| a + (b - a) * part;
        Self { y: mix(self.y, other.y), u: mix(self.u, other.u), v: mix(self.v, other.v) }
    }
}

/// What a polygon is filled with: one colour at its top, one at its bottom, see-through or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    pub(super) top: Colour,
    pub(super) bottom: Colour,
    /// 1 hides what is behind.
    pub(super) alpha: f32,
}

/// A point of the picture in luma pixels, y downwards.
pub(super) type Point = (f32, f32);

/// A YUV 4:2:0 picture of even width and height.
#[derive(Clone)]
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) y: Vec<u8>,
    pub(super) u: Vec<u8>,
    pub(super) v: Vec<u8>,
}

impl Picture {
    /// A black picture; sides are rounded down to even.
    pub(super) fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width & !1, height & !1);
        let chroma = (width / 2) * (height / 2);
        Self {
            width,
            height,
            y: vec![16; width * height],
            u: vec![128; chroma],
            v: vec![128; chroma],
        }
    }

    /// Overwrites with `other`, which has the same size.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.y.copy_from_slice(&other.y);
        self.u.copy_from_slice(&other.u);
        self.v.copy_from_slice(&other.v);
    }

    /// Fills a polygon, crossing edges by the even-odd rule.
    pub(super) fn fill(&mut self, points: &[Point], paint: Paint) {
        let Paint { top, bottom, alpha } = paint;
        let (width, height) = (self.width, self.height);
        fill_plane(&mut self.y, (width, height), points, (top.y, bottom.y), alpha);
        let half: Vec<Point> = points.iter().map(|(x, y)| (x / 2.0, y / 2.0)).collect();
        let size = (width / 2, height / 2);
        fill_plane(&mut self.u, size, &half, (top.u, bottom.u), alpha);
        fill_plane(&mut self.v, size, &half, (top.v, bottom.v), alpha);
    }

    /// Fills a block of whole pixels with a grey of `luma`.
    pub(super) fn grey_block(&mut self, x: usize, y: usize, size: (usize, usize), luma: u8) {
        let (right, bottom) = ((x + size.0).min(self.width), (y + size.1).min(self.height));
        for line in y..bottom {
            self.y[line * self.width + x.min(right)..line * self.width + right].fill(luma);
        }
        let chroma_width = self.width / 2;
        for line in y / 2..bottom / 2 {
            let span =
                line * chroma_width + (x / 2).min(right / 2)..line * chroma_width + right / 2;
            self.u[span.clone()].fill(128);
            self.v[span].fill(128);
        }
    }
}

/// Fills one plane with a value that goes from `values.0` at the polygon's top to `values.1`.
fn fill_plane(
    plane: &mut [u8],
    (width, height): (usize, usize),
    points: &[Point],
    values: (f32, f32),
    alpha: f32,
) {
    if points.len() < 3 {
        return;
    }
    let top = points.iter().fold(f32::MAX, |a, p| a.min(p.1));
    let bottom = points.iter().fold(f32::MIN, |a, p| a.max(p.1));
    let first = top.floor().clamp(0.0, height as f32) as usize;
    let last = bottom.ceil().clamp(0.0, height as f32) as usize;
    let mut coverage = vec![0.0_f32; width];
    let mut crossings = Vec::new();
    for line in first..last {
        let Some((from, to)) = cover_line(points, line, &mut coverage, &mut crossings) else {
            continue;
        };
        let part = ((line as f32 + 0.5 - top) / (bottom - top).max(1.0)).clamp(0.0, 1.0);
        let value = values.0 + (values.1 - values.0) * part;
        let row = &mut plane[line * width + from..line * width + to];
        for (sample, cover) in row.iter_mut().zip(&mut coverage[from..to]) {
            let opacity = cover.min(1.0) * alpha;
            let old = f32::from(*sample);
            *sample = (old + (value - old) * opacity + 0.5) as u8;
            *cover = 0.0;
        }
    }
}

/// Adds what the polygon covers of `line`; returns the touched span of pixels.
fn cover_line(
    points: &[Point],
    line: usize,
    coverage: &mut [f32],
    crossings: &mut Vec<f32>,
) -> Option<(usize, usize)> {
    let width = coverage.len() as f32;
    let mut touched: Option<(usize, usize)> = None;
    for sub in 0..SUB_LINES {
        let y = line as f32 + (sub as f32 + 0.5) / SUB_LINES as f32;
        crossings.clear();
        for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
            if (a.1 <= y) != (b.1 <= y) {
                crossings.push(a.0 + (y - a.1) * (b.0 - a.0) / (b.1 - a.1));
            }
        }
        crossings.sort_by(f32::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let (left, right) = (pair[0].clamp(0.0, width), pair[1].clamp(0.0, width));
            if right <= left {
                continue;
            }
            let span = (left as usize, (right.ceil() as usize).min(coverage.len()));
            cover_span(&mut coverage[span.0..span.1], left - span.0 as f32, right - span.0 as f32);
            touched = Some(touched.map_or(span, |t| (t.0.min(span.0), t.1.max(span.1))));
        }
    }
    touched
}

/// Adds one sub-line's cover from `left` to `right`, in pixels from the slice's start.
fn cover_span(coverage: &mut [f32], left: f32, right: f32) {
    const WEIGHT: f32 = 1.0 / SUB_LINES as f32;
    let last = coverage.len() - 1;
    for (index, cover) in coverage.iter_mut().enumerate() {
        if index == 0 || index == last {
            let (start, end) = (index as f32, index as f32 + 1.0);
            *cover += WEIGHT * (right.min(end) - left.max(start)).max(0.0);
        } else {
            *cover += WEIGHT;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_smooth_and_the_inside_is_flat() {
        let mut picture = Picture::new(16, 8);
        let white = Colour::rgb(0xffffff);
        let paint = Paint { top: white, bottom: white, alpha: 1.0 };
        picture.fill(&[(2.5, 1.0), (10.0, 1.0), (10.0, 5.0), (2.5, 5.0)], paint);
        let line = &picture.y[2 * 16..3 * 16];
        assert_eq!((line[1], line[3], line[9], line[10]), (16, 235, 235, 16));
        assert!((120..=130).contains(&line[2]), "half covered: {}", line[2]);
    }

    #[test]
    fn what_lies_outside_the_picture_is_cut_off() {
        let mut picture = Picture::new(8, 8);
        let red = Colour::rgb(0xff0000);
        let paint = Paint { top: red, bottom: red, alpha: 1.0 };
        picture.fill(&[(-90.0, -5.0), (99.0, -70.0), (40.0, 200.0)], paint);
        picture.grey_block(6, 6, (40, 40), 99);
        assert_eq!(picture.y[8 * 8 - 1], 99);
    }
}
