//! A simulated camera's view: from metres in front of it to points of the picture.
//!
//! Must not do: hold a picture's content.

use super::raster::{Colour, Paint, Picture, Point};

/// Metres: x to the right, y up, z away from the camera. The camera stands at x = z = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) z: f32,
}

/// Short for a [`Spot`].
pub(super) const fn at(x: f32, y: f32, z: f32) -> Spot {
    Spot { x, y, z }
}

impl Spot {
    fn minus(self, other: Self) -> Self {
        at(self.x - other.x, self.y - other.y, self.z - other.z)
    }

    fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    fn cross(self, other: Self) -> Self {
        at(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    fn middle(spots: &[Self]) -> Self {
        let n = spots.len().max(1) as f32;
        let sum = spots.iter().fold(at(0.0, 0.0, 0.0), |a, s| at(a.x + s.x, a.y + s.y, a.z + s.z));
        at(sum.x / n, sum.y / n, sum.z / n)
    }
}

/// Nothing nearer than this is painted, in metres.
const NEAR: f32 = 0.4;

/// Pictures are laid out as if they were this high; other sizes scale.
const REFERENCE_HEIGHT: f32 = 1080.0;

/// Where the camera looks, and the light of the scene.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// Height of the camera over the ground in metres.
    pub(super) eye: f32,
    /// Turn to the right in radians.
    pub(super) turn: f32,
    /// Pixels per unit of slope, in a picture 1080 lines high.
    pub(super) focal: f32,
    /// Line of the horizon, in a picture 1080 lines high.
    pub(super) horizon: f32,
    /// Light that reaches every face, 0 to 1.
    pub(super) ambient: f32,
    /// Light from the upper left, added on faces that look there.
    pub(super) sun: f32,
    /// Colour that distance fades into.
    pub(super) haze: Colour,
    /// Metres until about two thirds are haze.
    pub(super) haze_depth: f32,
}

/// A picture being painted under a view.
pub(super) struct Stage<'a> {
    pub(super) picture: &'a mut Picture,
    pub(super) view: &'a View,
}

impl Stage<'_> {
    /// The camera's right in world directions, for flat figures that always face it.
    pub(super) fn right(&self) -> (f32, f32) {
        (self.view.turn.cos(), -self.view.turn.sin())
    }

    /// Distance from the camera along its axis.
    pub(super) fn depth(&self, spot: Spot) -> f32 {
        self.turned(spot).z
    }

    fn turned(&self, spot: Spot) -> Spot {
        let (sin, cos) = self.view.turn.sin_cos();
        at(spot.x * cos - spot.z * sin, spot.y, spot.x * sin + spot.z * cos)
    }

    fn project(&self, spot: Spot) -> Point {
        let scale = self.picture.height as f32 / REFERENCE_HEIGHT;
        let slope = self.view.focal * scale / spot.z;
        (
            self.picture.width as f32 / 2.0 + spot.x * slope,
            self.view.horizon * scale + (self.view.eye - spot.y) * slope,
        )
    }

    /// Points of a polygon on the picture with the depth of the uppermost and the lowest, what is too
    /// near cut off.
    fn outline(&self, spots: &[Spot]) -> (Vec<Point>, f32, f32) {
        let turned: Vec<Spot> = spots.iter().map(|s| self.turned(*s)).collect();
        let mut kept = Vec::with_capacity(turned.len() + 2);
        for (a, b) in turned.iter().zip(turned.iter().cycle().skip(1)) {
            if a.z >= NEAR {
                kept.push(*a);
            }
            if (a.z < NEAR) != (b.z < NEAR) {
                let part = (NEAR - a.z) / (b.z - a.z);
                kept.push(at(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part, NEAR));
            }
        }
        let points: Vec<Point> = kept.iter().map(|s| self.project(*s)).collect();
        let by_height = |a: &(&Point, &Spot), b: &(&Point, &Spot)| a.0.1.total_cmp(&b.0.1);
        let top = points.iter().zip(&kept).min_by(by_height).map_or(NEAR, |p| p.1.z);
        let bottom = points.iter().zip(&kept).max_by(by_height).map_or(NEAR, |p| p.1.z);
        (points, top, bottom)
    }

    fn hazed(&self, colour: Colour, depth: f32) -> Colour {
        colour.mix(self.view.haze, 1.0 - (-depth / self.view.haze_depth).exp())
    }

    /// A flat face without lighting, see-through by `alpha`.
    pub(super) fn sheer(&mut self, spots: &[Spot], colour: Colour, alpha: f32) {
        let (points, top, bottom) = self.outline(spots);
        let (top, bottom) = (self.hazed(colour, top), self.hazed(colour, bottom));
        self.picture.fill(&points, Paint { top, bottom, alpha });
    }

    /// A flat face without lighting.
    pub(super) fn face(&mut self, spots: &[Spot], colour: Colour) {
        self.sheer(spots, colour, 1.0);
    }

    /// A rectangle on the ground.
    pub(super) fn ground(&mut self, x: (f32, f32), z: (f32, f32), colour: Colour) {
        let spots = [at(x.0, 0.0, z.0), at(x.1, 0.0, z.0), at(x.1, 0.0, z.1), at(x.0, 0.0, z.1)];
        self.face(&spots, colour);
    }

    /// A rectangle across the camera's axis at `z`, as on a wall that faces the camera.
    pub(super) fn panel(&mut self, x: (f32, f32), y: (f32, f32), z: f32, colour: Colour) {
        self.face(&[at(x.0, y.0, z), at(x.1, y.0, z), at(x.1, y.1, z), at(x.0, y.1, z)], colour);
    }

    /// A rectangle along the camera's axis at `x`, as on a wall beside a corridor.
    pub(super) fn side(&mut self, x: f32, y: (f32, f32), z: (f32, f32), colour: Colour) {
        self.face(&[at(x, y.0, z.0), at(x, y.0, z.1), at(x, y.1, z.1), at(x, y.1, z.0)], colour);
    }

    /// A box with its sides along the axes; ranges are from low to high.
    pub(super) fn cuboid(&mut self, x: (f32, f32), y: (f32, f32), z: (f32, f32), colour: Colour) {
        let ring = |y| [at(x.0, y, z.0), at(x.1, y, z.0), at(x.1, y, z.1), at(x.0, y, z.1)];
        self.solid(ring(y.0), ring(y.1), colour, colour);
    }

    /// A convex body between two rings of four corners. Faces that look away are left out, the others
    /// lit by where they look.
    pub(super) fn solid(&mut self, low: [Spot; 4], high: [Spot; 4], sides: Colour, top: Colour) {
        let middle = Spot::middle(&[Spot::middle(&low), Spot::middle(&high)]);
        self.lit_face(&high, middle, top);
        for i in 0..4 {
            let j = (i + 1) % 4;
            self.lit_face(&[low[i], low[j], high[j], high[i]], middle, sides);
        }
    }

    /// One face of a convex body around `middle`, when it looks at the camera.
    pub(super) fn lit_face(&mut self, spots: &[Spot], middle: Spot, colour: Colour) {
        const SUN: Spot = at(-0.48, 0.74, -0.47);
        let centre = Spot::middle(spots);
        let [a, b, c, ..] = *spots else { return };
        let mut normal = b.minus(a).cross(c.minus(a));
        let length = normal.dot(normal).sqrt().max(1e-6);
        if normal.dot(centre.minus(middle)) < 0.0 {
            normal = at(-normal.x, -normal.y, -normal.z);
        }
        if normal.dot(centre.minus(at(0.0, self.view.eye, 0.0))) >= 0.0 {
            return;
        }
        let light = self.view.ambient + self.view.sun * (normal.dot(SUN) / length).max(0.0);
        self.face(spots, colour.shade(light));
    }

    /// A disc of `radius` metres that faces the camera.
    pub(super) fn disc(&mut self, centre: Spot, radius: f32, colour: Colour, alpha: f32) {
        let (rx, rz) = self.right();
        let spots: Vec<Spot> = circle(20)
            .map(|(c, s)| {
                let across = radius * c;
                at(centre.x + across * rx, centre.y + radius * s, centre.z + across * rz)
            })
            .collect();
        self.sheer(&spots, colour, alpha);
    }

    /// A soft round shade (or light) on the ground.
    pub(super) fn pool(
        &mut self,
        centre: (f32, f32),
        size: (f32, f32),
        colour: Colour,
        alpha: f32,
    ) {
        const RINGS: u16 = 5;
        for ring in 1..=RINGS {
            let scale = f32::from(ring) / f32::from(RINGS);
            let spots: Vec<Spot> = circle(24)
                .map(|(c, s)| at(centre.0 + size.0 * scale * c, 0.0, centre.1 + size.1 * scale * s))
                .collect();
            self.sheer(&spots, colour, alpha / f32::from(RINGS));
        }
    }

    /// Fills the picture above the horizon and below it with a gradient each.
    pub(super) fn backdrop(&mut self, sky: (Colour, Colour), earth: Colour) {
        let scale = self.picture.height as f32 / REFERENCE_HEIGHT;
        let (width, height) = (self.picture.width as f32, self.picture.height as f32);
        let line = (self.view.horizon * scale).clamp(0.0, height);
        let band = |from: f32, to: f32| [(0.0, from), (width, from), (width, to), (0.0, to)];
        let paint = Paint { top: sky.0, bottom: sky.1, alpha: 1.0 };
        self.picture.fill(&band(0.0, line), paint);
        let paint = Paint { top: self.view.haze, bottom: earth, alpha: 1.0 };
        self.picture.fill(&band(line, height), paint);
    }
}

/// Points of the unit circle as (cosine, sine).
pub(super) fn circle(corners: u16) -> impl Iterator<Item = (f32, f32)> {
    (0..corners).map(move |i| {
        let (sin, cos) = (f32::from(i) * std::f32::consts::TAU / f32::from(corners)).sin_cos();
        (cos, sin)
    })
}
