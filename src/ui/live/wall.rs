//! How tiles share a wall.
//!
//! Must not do: paint, or know cameras. Pure.

use egui::{Pos2, Rect, Vec2};

use crate::ui::theme;

/// Layouts that can be chosen: tiles at most.
pub const SIZES: [usize; 4] = [1, 4, 9, 16];

/// Width to height of nearly all cameras; only the shape of the grid follows from it.
const ASPECT: f32 = 16.0 / 9.0;

/// As on the button.
pub const fn label(tiles: usize) -> &'static str {
    match tiles {
        1 => "1",
        4 => "4",
        9 => "9",
        _ => "16",
    }
}

/// The layout in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layouts {
    tiles: usize,
}

impl Layouts {
    /// The chosen one, else the smallest that shows all `cameras`.
    pub fn of(chosen: Option<usize>, cameras: usize) -> Self {
        let smallest = SIZES.into_iter().find(|n| *n >= cameras).unwrap_or(SIZES[3]);
        Self { tiles: chosen.unwrap_or(smallest) }
    }

    /// Tiles at most.
    pub const fn tiles(self) -> usize {
        self.tiles
    }

    /// `first` brought to the begin of a page that exists.
    pub fn first(self, first: usize, cameras: usize) -> usize {
        (first / self.tiles * self.tiles).min(self.last_page(cameras))
    }

    /// The first camera of the last page.
    pub fn last_page(self, cameras: usize) -> usize {
        cameras.saturating_sub(1) / self.tiles * self.tiles
    }
}

/// Places for `count` tiles in `area`, row by row, in the grid that gives the largest pictures. Tiles have
/// the shape of a picture, so that it fills them; what is left of the area is around the grid.
#[expect(clippy::cast_precision_loss, reason = "a few tiles")]
pub fn tiles(area: Rect, count: usize) -> Vec<Rect> {
    let gap = theme::TILE_GAP;
    let size = |columns: usize| {
        let rows = count.div_ceil(columns);
        let width = (area.width() - gap * (columns - 1) as f32) / columns as f32;
        let height = (area.height() - gap * (rows - 1) as f32) / rows as f32;
        Vec2::new(width.max(1.0), height.max(1.0))
    };
    let picture = |columns: &usize| size(*columns).x.min(size(*columns).y * ASPECT);
    let best = (1..=count).max_by(|a, b| picture(a).total_cmp(&picture(b)));
    let Some(columns) = best else { return Vec::new() };
    let room = size(columns);
    let tile = Vec2::new(room.x.min(room.y * ASPECT), room.y.min(room.x / ASPECT)).floor();
    let rows = count.div_ceil(columns);
    let pitch = tile + Vec2::splat(gap);
    let grid = Vec2::new(columns as f32, rows as f32) * pitch - Vec2::splat(gap);
    let corner = area.min + ((area.size() - grid) / 2.0).max(Vec2::ZERO).floor();
    (0..count)
        .map(|i| {
            let (column, row) = ((i % columns) as f32, (i / columns) as f32);
            let min = corner + Vec2::new(column, row) * pitch;
            Rect::from_min_size(round(min), tile)
        })
        .collect()
}

/// Whole points, so that the pictures' edges are sharp.
fn round(pos: Pos2) -> Pos2 {
    Pos2::new(pos.x.round(), pos.y.round())
}

/// The size of a tile in pixels.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
pub fn pixels(rect: Rect, scale: f32) -> (usize, usize) {
    let pixels = |points: f32| (points * scale).round().clamp(1.0, 16_384.0) as usize;
    (pixels(rect.width()), pixels(rect.height()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area() -> Rect {
        Rect::from_min_size(Pos2::ZERO, Vec2::new(1500.0, 900.0))
    }

    #[test]
    fn square_walls_are_square() {
        for (count, columns) in [(1, 1), (4, 2), (9, 3), (16, 4)] {
            let rects = tiles(area(), count);
            let in_first_row = rects.iter().filter(|r| r.top() == rects[0].top()).count();
            assert_eq!((rects.len(), in_first_row), (count, columns));
        }
        assert!(tiles(area(), 0).is_empty());
    }

    #[test]
    fn tiles_stay_inside_and_apart() {
        for count in 1..=16 {
            let rects = tiles(area(), count);
            for (i, a) in rects.iter().enumerate() {
                assert!(area().contains_rect(*a), "{count}: {a:?}");
                assert!(rects[..i].iter().all(|b| !a.intersect(*b).is_positive()), "{count}");
            }
        }
    }

    #[test]
    fn pictures_fill_their_tiles() {
        for count in 1..=16 {
            for tile in tiles(area(), count) {
                let bars = tile.size() - crate::ui::widgets::fit(tile, Vec2::new(16.0, 9.0)).size();
                assert!(bars.max_elem() < 2.0, "{count}: {bars:?}");
            }
        }
    }

    #[test]
    fn pages_exist() {
        let four = Layouts::of(Some(4), 6);
        assert_eq!((four.first(0, 6), four.first(5, 6), four.first(40, 6)), (0, 4, 4));
        assert_eq!(Layouts::of(None, 6).tiles(), 9);
        assert_eq!(Layouts::of(None, 0).first(3, 0), 0);
    }
}
