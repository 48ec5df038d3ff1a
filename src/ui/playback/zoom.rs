//! Digital zoom: which part of a picture fills its tile.
//!
//! Must not do: know egui's input or a camera. Pure; the picture is the square from 0 to 1 in both directions.

use egui::{Pos2, Rect, Vec2};

/// No closer than this: a 4K picture then has 240 pixels across.
pub const CLOSEST: f32 = 16.0;

/// Points of the wheel that double: about three notches.
const WHEEL_DOUBLES: f32 = 150.0;

/// The visible part of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zoom {
    factor: f32,
    /// Its middle.
    centre: Pos2,
}

impl Default for Zoom {
    fn default() -> Self {
        Self { factor: 1.0, centre: Pos2::new(0.5, 0.5) }
    }
}

impl Zoom {
    /// How many times closer than the whole picture.
    #[must_use]
    pub const fn factor(self) -> f32 {
        self.factor
    }

    /// Whether less than the whole picture is visible.
    #[must_use]
    pub fn is_close(self) -> bool {
        self.factor > 1.0
    }

    /// The visible part, as texture coordinates.
    #[must_use]
    pub fn part(self) -> Rect {
        Rect::from_center_size(self.centre, Vec2::splat(1.0 / self.factor))
    }

    /// The wheel turned by `amount` points with the pointer over `over`, a point of the tile from 0 to 1: what
    /// is there stays there.
    #[must_use]
    pub fn wheel(self, over: Pos2, amount: f32) -> Self {
        let factor = (self.factor * (amount / WHEEL_DOUBLES).exp2()).clamp(1.0, CLOSEST);
        let from_centre = over - Pos2::new(0.5, 0.5);
        let fixed = self.centre + from_centre / self.factor;
        Self { factor, centre: fixed - from_centre / factor }.inside()
    }

    /// The picture was dragged by a part of the tile.
    #[must_use]
    pub fn drag(self, by: Vec2) -> Self {
        Self { centre: self.centre - by / self.factor, ..self }.inside()
    }

    fn inside(mut self) -> Self {
        let half = 0.5 / self.factor;
        let (low, high) = (Pos2::new(half, half), Pos2::new(1.0 - half, 1.0 - half));
        self.centre = self.centre.clamp(low, high.max(low));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let over = Pos2::new(0.75, 0.25);
        let zoom = Zoom::default().wheel(over, WHEEL_DOUBLES);
        assert!((zoom.factor() - 2.0).abs() < 1e-5);
        let part = zoom.part();
        let under = part.min + part.size() * over.to_vec2();
        assert!((under - over).length() < 1e-5);
        assert_eq!(zoom.wheel(over, -WHEEL_DOUBLES * 3.0), Zoom::default());
    }

    #[test]
    fn the_picture_is_never_left() {
        let mut zoom = Zoom::default().wheel(Pos2::new(0.1, 0.9), 2_000.0);
        assert!((zoom.factor() - CLOSEST).abs() < 1e-3);
        for by in [Vec2::new(9.0, -9.0), Vec2::new(-30.0, 30.0)] {
            zoom = zoom.drag(by);
            let part = zoom.part();
            assert!(part.min.x >= -1e-5 && part.min.y >= -1e-5);
            assert!(part.max.x <= 1.0 + 1e-5 && part.max.y <= 1.0 + 1e-5);
        }
    }
}
