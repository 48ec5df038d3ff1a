//! Rectangles, hatches and outlines of the timeline as one mesh: thousands of them are one shape.
//!
//! Must not do: know time or footage. Edges lie on physical pixels, so that nothing shimmers while it moves.

use egui::epaint::{Vertex, WHITE_UV};
use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape};

/// Half the width of a line of a hatch, in points; as much again fades out.
const LINE: f32 = 0.6;

/// Collects.
pub struct Bars {
    mesh: Mesh,
    clip: Rect,
    scale: f32,
}

impl Bars {
    /// None yet; what lies outside of `clip` is left out.
    #[must_use]
    pub fn new(painter: &Painter, clip: Rect) -> Self {
        Self { mesh: Mesh::default(), clip, scale: painter.pixels_per_point() }
    }

    /// Cuts all that follows to `clip`.
    pub const fn within(&mut self, clip: Rect) {
        self.clip = clip;
    }

    fn snap(&self, at: f32) -> f32 {
        (at * self.scale).round() / self.scale
    }

    /// `rect` with its edges on pixels, at least one wide and high.
    #[must_use]
    pub fn snapped(&self, rect: Rect) -> Rect {
        let pixel = 1.0 / self.scale;
        let (left, top) = (self.snap(rect.left()), self.snap(rect.top()));
        let right = self.snap(rect.right()).max(left + pixel);
        let bottom = self.snap(rect.bottom()).max(top + pixel);
        Rect::from_min_max(Pos2::new(left, top), Pos2::new(right, bottom))
    }

    /// A filled rectangle.
    pub fn fill(&mut self, rect: Rect, colour: Color32) {
        let rect = self.snapped(rect).intersect(self.clip);
        if rect.is_positive() {
            self.mesh.add_colored_rect(rect, colour);
        }
    }

    /// An outline inside of `rect`; where `rect` is cut off it is open.
    pub fn outline(&mut self, rect: Rect, width: f32, colour: Color32) {
        let rect = self.snapped(rect);
        self.fill(rect.with_max_y(rect.top() + width), colour);
        self.fill(rect.with_min_y(rect.bottom() - width), colour);
        self.fill(rect.with_max_x(rect.left() + width), colour);
        self.fill(rect.with_min_x(rect.right() - width), colour);
    }

    /// A dashed horizontal stripe: `on` points, then `off`.
    pub fn dashes(&mut self, rect: Rect, on: f32, off: f32, colour: Color32) {
        let visible = rect.intersect(self.clip);
        if !visible.is_positive() {
            return;
        }
        let mut x =
            rect.left() + ((visible.left() - rect.left()) / (on + off)).floor() * (on + off);
        while x < visible.right() {
            self.fill(rect.with_min_x(x).with_max_x((x + on).min(rect.right())), colour);
            x += on + off;
        }
    }

    /// Slanted lines over `rect`, `step` points apart; `rising` to the right, or falling.
    pub fn hatch(&mut self, rect: Rect, step: f32, rising: bool, colour: Color32) {
        let rect = rect.intersect(self.clip);
        if !rect.is_positive() {
            return;
        }
        let height = rect.height();
        let mut x = ((rect.left() - height) / step).floor() * step;
        while x < rect.right() {
            // From `x` to `x + height`, cut at both ends of the rectangle.
            let from = x.max(rect.left());
            let to = (x + height).min(rect.right());
            if from < to {
                let y = |at: f32| {
                    if rising { rect.bottom() - (at - x) } else { rect.top() + (at - x) }
                };
                self.line(Pos2::new(from, y(from)), Pos2::new(to, y(to)), colour);
            }
            x += step;
        }
    }

    /// A slanted line that fades out at both sides.
    fn line(&mut self, from: Pos2, to: Pos2, colour: Color32) {
        let across = (to - from).normalized().rot90() * LINE;
        let first = u32::try_from(self.mesh.vertices.len()).unwrap_or(u32::MAX);
        for end in [from, to] {
            for (offset, colour) in
                [(-2.0, Color32::TRANSPARENT), (0.0, colour), (2.0, Color32::TRANSPARENT)]
            {
                self.mesh.vertices.push(Vertex {
                    pos: end + across * offset,
                    uv: WHITE_UV,
                    color: colour,
                });
            }
        }
        for (a, b) in [(0, 1), (1, 2)] {
            self.mesh.add_triangle(first + a, first + b, first + a + 3);
            self.mesh.add_triangle(first + b, first + a + 3, first + b + 3);
        }
    }

    /// A filled triangle; not cut.
    pub fn triangle(&mut self, corners: [Pos2; 3], colour: Color32) {
        let first = u32::try_from(self.mesh.vertices.len()).unwrap_or(u32::MAX);
        for corner in corners {
            self.mesh.colored_vertex(corner, colour);
        }
        self.mesh.add_triangle(first, first + 1, first + 2);
    }

    /// Paints all of them as one shape.
    pub fn paint(self, painter: &Painter) {
        if !self.mesh.is_empty() {
            painter.add(Shape::mesh(self.mesh));
        }
    }
}
