//! Zones: polygons to the cells that count.
//!
//! Must not do: look at pictures.

use super::grid::Layout;
use crate::model::event::WHOLE;
use crate::model::{MotionZone, ZoneKind};

/// For each cell, row by row, whether motion in it counts. A cell lies in a zone when its middle does.
pub(super) fn mask(layout: &Layout, zones: &[MotionZone]) -> Vec<bool> {
    let including = zones.iter().any(|zone| zone.kind == ZoneKind::Include);
    let middle = |n: usize, size: usize| {
        let pixels = (2 * n + 1) * layout.side;
        (pixels * usize::from(WHOLE)) as f32 / (2 * size) as f32
    };
    let counts = |n: usize| {
        let x = middle(n % layout.columns, layout.width);
        let y = middle(n / layout.columns, layout.height);
        let inside = |kind| zones.iter().any(|zone| zone.kind == kind && contains(zone, x, y));
        (!including || inside(ZoneKind::Include)) && !inside(ZoneKind::Ignore)
    };
    (0..layout.cells()).map(counts).collect()
}

/// Whether a point lies inside: a ray from it crosses the border an odd number of times.
fn contains(zone: &MotionZone, x: f32, y: f32) -> bool {
    let corner = |n: usize| {
        let (x, y) = zone.corners[n % zone.corners.len()];
        (f32::from(x), f32::from(y))
    };
    let crossed = |n: &usize| {
        let ((x1, y1), (x2, y2)) = (corner(*n), corner(n + 1));
        (y1 > y) != (y2 > y) && x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    };
    (0..zone.corners.len()).filter(crossed).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout { width: 640, height: 360, side: 8, columns: 80, rows: 45 };

    fn zone(kind: ZoneKind, corners: &[(u16, u16)]) -> MotionZone {
        MotionZone { kind, corners: corners.to_vec() }
    }

    fn counted(zones: &[MotionZone]) -> usize {
        mask(&LAYOUT, zones).into_iter().filter(|counts| *counts).count()
    }

    #[test]
    fn without_zones_everything_counts() {
        assert_eq!(counted(&[]), 80 * 45);
    }

    #[test]
    fn included_zones_add_up_and_ignored_ones_cut() {
        let left = zone(ZoneKind::Include, &[(0, 0), (250, 0), (250, 1_000), (0, 1_000)]);
        let right = zone(ZoneKind::Include, &[(750, 0), (1_000, 0), (1_000, 1_000), (750, 1_000)]);
        let cut = zone(ZoneKind::Ignore, &[(0, 0), (1_000, 0), (1_000, 200), (0, 200)]);
        assert_eq!(counted(std::slice::from_ref(&left)), 20 * 45);
        assert_eq!(counted(&[left.clone(), right.clone()]), 40 * 45);
        assert_eq!(counted(std::slice::from_ref(&cut)), 80 * 36);
        assert_eq!(counted(&[cut, left, right]), 40 * 36);
    }

    #[test]
    fn slanted_and_hollow_polygons() {
        let triangle = zone(ZoneKind::Include, &[(0, 0), (1_000, 0), (0, 1_000)]);
        assert!(counted(&[triangle]).abs_diff(80 * 45 / 2) <= 80);
        let arrow = [(0, 0), (1_000, 0), (1_000, 1_000), (500, 200), (0, 1_000)];
        let mask = mask(&LAYOUT, &[zone(ZoneKind::Include, &arrow)]);
        assert!(!mask[40 * 80 + 40] && mask[4 * 80 + 40] && mask[40 * 80 + 1]);
    }
}
