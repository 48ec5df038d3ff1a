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

/// A cell, and how many cells the tile that begins there covers in each direction.
type Cell = (usize, usize, usize);

/// Places for `count` tiles in `area`, row by row. Tiles have the shape of a picture, so that it fills them; what
/// is left of the area is around the grid. `columns` of 0 stands for those that give the largest pictures. The tile
/// `large` covers several cells at the upper left, and the others go around it.
pub fn places(area: Rect, count: usize, columns: usize, large: Option<usize>) -> Vec<Rect> {
    let large = large.filter(|large| *large < count && count > 1);
    let cells = match large {
        None => {
            let columns = if columns == 0 { best_columns(area, count) } else { columns };
            (0..count).map(|i| (i % columns.max(1), i / columns.max(1), 1)).collect()
        }
        Some(large) => around(count, columns, large),
    };
    put(area, &cells)
}

/// The columns of a grid in which `count` pictures become largest.
fn best_columns(area: Rect, count: usize) -> usize {
    let width = |columns: usize| cell(area, columns, count.div_ceil(columns)).x;
    (1..=count).max_by(|a, b| width(*a).total_cmp(&width(*b))).unwrap_or(1)
}

/// The cells of a large tile and of those around it.
fn around(count: usize, columns: usize, large: usize) -> Vec<Cell> {
    let others = count - 1;
    let columns = match (columns, others) {
        (2.., _) => columns,
        (_, ..=5) => 3,
        (_, ..=12) => 4,
        _ => 6,
    };
    // As large as leaves the others room in a square, and at least twice the size where there is room for that.
    let fits = |side: &usize| columns * columns - side * side >= others;
    let side = (2..columns).rev().find(fits).unwrap_or(columns.min(2));
    let is_free = |(column, row): &(usize, usize)| *column >= side || *row >= side;
    let mut free = (0..).map(|i| (i % columns, i / columns)).filter(is_free);
    let cell = |i: usize| match i == large {
        true => (0, 0, side),
        false => free.next().map_or((0, 0, 1), |(column, row)| (column, row, 1)),
    };
    (0..count).map(cell).collect()
}

/// The size of a cell in a grid.
#[expect(clippy::cast_precision_loss, reason = "a few tiles")]
fn cell(area: Rect, columns: usize, rows: usize) -> Vec2 {
    let gap = theme::TILE_GAP;
    let width = ((area.width() - gap * (columns as f32 - 1.0)) / columns as f32).max(1.0);
    let height = ((area.height() - gap * (rows as f32 - 1.0)) / rows as f32).max(1.0);
    Vec2::new(width.min(height * ASPECT), height.min(width / ASPECT))
}

/// Places on the screen, in the middle of `area`.
#[expect(clippy::cast_precision_loss, reason = "a few tiles")]
fn put(area: Rect, cells: &[Cell]) -> Vec<Rect> {
    let extent = |end: fn(&Cell) -> usize| cells.iter().map(end).max().unwrap_or(1);
    let (columns, rows) = (extent(|c| c.0 + c.2), extent(|c| c.1 + c.2));
    let tile = cell(area, columns, rows).floor();
    let gap = Vec2::splat(theme::TILE_GAP);
    let pitch = tile + gap;
    let grid = Vec2::new(columns as f32, rows as f32) * pitch - gap;
    let corner = area.min + ((area.size() - grid) / 2.0).max(Vec2::ZERO).floor();
    let place = |(column, row, side): &Cell| {
        let min = corner + Vec2::new(*column as f32, *row as f32) * pitch;
        Rect::from_min_size(round(min), pitch * (*side as f32) - gap)
    };
    cells.iter().map(place).collect()
}

/// Whole points, so that the pictures' edges are sharp.
fn round(pos: Pos2) -> Pos2 {
    Pos2::new(pos.x.round(), pos.y.round())
}

/// The tile beside `from` in a direction: the nearest of those whose middle lies beyond its edge, those in the same
/// row or column first.
pub fn beside(places: &[Rect], from: usize, direction: Vec2) -> Option<usize> {
    let start = places.get(from)?;
    let half = start.size() / 2.0;
    let reach = |rect: &Rect| {
        let way = rect.center() - start.center();
        let along = way.dot(direction);
        let across = (way - direction * along).length();
        let beyond = along > (half * direction.abs()).length();
        beyond.then_some(along + 2.0 * across)
    };
    let found = places.iter().enumerate().filter_map(|(i, rect)| Some((i, reach(rect)?)));
    found.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i)
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
            let rects = places(area(), count, 0, None);
            let in_first_row = rects.iter().filter(|r| r.top() == rects[0].top()).count();
            assert_eq!((rects.len(), in_first_row), (count, columns));
        }
        assert!(places(area(), 0, 0, None).is_empty());
    }

    #[test]
    fn tiles_stay_inside_and_apart() {
        for count in 1..=36 {
            for (columns, large) in [(0, None), (5, None), (0, Some(0)), (0, Some(2)), (3, Some(1))]
            {
                let rects = places(area(), count, columns, large);
                for (i, a) in rects.iter().enumerate() {
                    assert!(area().contains_rect(*a), "{count} {columns} {large:?}: {a:?}");
                    let apart = |b: &Rect| !a.intersect(*b).is_positive();
                    assert!(rects[..i].iter().all(apart), "{count} {columns} {large:?}");
                }
            }
        }
    }

    #[test]
    fn pictures_fill_their_tiles() {
        for count in 1..=16 {
            for large in [None, Some(0)] {
                for tile in places(area(), count, 0, large) {
                    let picture = crate::ui::widgets::fit(tile, Vec2::new(16.0, 9.0));
                    let bars = tile.size() - picture.size();
                    assert!(bars.max_elem() < 5.0, "{count}: {bars:?}");
                }
            }
        }
    }

    #[test]
    fn a_large_tile_is_at_least_twice_the_others() {
        for count in 2..=36 {
            let rects = places(area(), count, 0, Some(1));
            let other = rects[0].width();
            assert!(rects[1].width() >= 2.0 * other, "{count}");
            assert_eq!(rects[1].min, rects.iter().fold(rects[1].min, |m, r| m.min(r.min)));
        }
    }

    #[test]
    fn neighbours_are_found_in_every_direction() {
        let rects = places(area(), 9, 3, None);
        let go = |from, x, y| beside(&rects, from, Vec2::new(x, y));
        assert_eq!((go(4, 1.0, 0.0), go(4, -1.0, 0.0)), (Some(5), Some(3)));
        assert_eq!((go(4, 0.0, 1.0), go(4, 0.0, -1.0)), (Some(7), Some(1)));
        assert_eq!((go(2, 1.0, 0.0), go(0, 0.0, -1.0), go(99, 1.0, 0.0)), (None, None, None));
        let rects = places(area(), 6, 3, Some(0));
        assert_eq!(beside(&rects, 0, Vec2::new(1.0, 0.0)), Some(1));
        assert_eq!(beside(&rects, 1, Vec2::new(-1.0, 0.0)), Some(0));
    }

    #[test]
    fn pages_exist() {
        let four = Layouts::of(Some(4), 6);
        assert_eq!((four.first(0, 6), four.first(5, 6), four.first(40, 6)), (0, 4, 4));
        assert_eq!(Layouts::of(None, 6).tiles(), 9);
        assert_eq!(Layouts::of(None, 0).first(3, 0), 0);
    }
}
