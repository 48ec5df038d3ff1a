//! The motion detector: pictures in, what moves in them out.
//!
//! Must not do: decode, read a clock, or know events.

use super::background::{Background, Conditions};
use super::cells::{Cell, Joiner, Part};
use super::grid::{Grid, Layout, Luma};
use super::light::{Light, LightMeter};
use super::zones;
use crate::model::event::WHOLE;
use crate::model::{Area, MotionSettings, MotionZone, WallTime};

/// Levels that a cell may be off at the middle of the sensitivity: a dark coat on wet asphalt is 15 off.
const MIDDLE_TOLERANCE: f32 = 10.0;

/// Steps of the sensitivity that halve the tolerance: 100 stands for 3 levels, just above the steps of coarse
/// compression, and 1 for 34, which only clothes quite unlike the ground reach.
const HALVING: f32 = 28.0;

/// One in so many cells of a part must have changed just now; else it is a thing that was put down or taken
/// away. Of a large, even thing only the borders change.
const CHANGING_SHARE: usize = 8;

/// Longest time between two pictures that counts in full, in seconds.
const MAX_ELAPSED: f32 = 2.0;

/// What cells are off on the whole is no more than this, in levels: something large is no noise.
const MAX_SPREAD: f32 = 4.0;

/// How much of a change of light is tolerated on top, since cameras do not keep to gain and offset.
const LIGHT_TOLERANCE: f32 = 0.25;

/// Seconds for which it is.
const LIGHT_SETTLES: f32 = 1.0;

/// Tolerance for a change of light, in levels, from which on usual levels follow fast.
const NEW_LIGHT: f32 = 1.0;

/// If half of the cells are off by so many levels in whatever light, and did not come to it one by one, then the
/// camera shows another scene: it switched to night, or was turned.
const OTHER_SCENE: f32 = 12.0;

/// One in so many cells may have been off in the picture before that.
const BEFORE_OTHER_SCENE: usize = 5;

/// What moves in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moving {
    /// The largest part that moves, in thousandths of the picture's area; at least 1.
    pub size: u16,
    /// Around all parts that count.
    pub area: Area,
}

/// What a picture says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The detector is still learning the scene, and tells no motion.
    pub learning: bool,
    /// What moves; to be confirmed by the next pictures.
    pub motion: Option<Moving>,
    /// For a meter, 0 to 1000: how large the largest moving part is, counting or not. 500 is the smallest size
    /// that counts, 1000 twice that or more.
    pub level: u16,
}

impl Look {
    const LEARNING: Self = Self { learning: true, motion: None, level: 0 };
}

/// Finds motion in the pictures of one camera. Allocates when the pictures' size is new only.
pub struct Detector {
    tolerance: f32,
    min_size: usize,
    zones: Vec<MotionZone>,
    scene: Option<Scene>,
}

impl Detector {
    /// That knows no scene yet.
    #[must_use]
    pub fn new(settings: &MotionSettings) -> Self {
        let below_middle = 50.0 - f32::from(settings.sensitivity.clamp(1, 100));
        Self {
            tolerance: MIDDLE_TOLERANCE * (below_middle / HALVING).exp2(),
            min_size: usize::from(settings.min_size),
            zones: settings.zones.clone(),
            scene: None,
        }
    }

    /// Looks at the next picture, taken at `at`. Made for about 5 pictures a second; the first 25 are learnt from.
    pub fn look(&mut self, luma: &Luma<'_>, at: WallTime) -> Look {
        let (width, height) = (luma.width, luma.height);
        let same = |scene: &Scene| (scene.layout.width, scene.layout.height) == (width, height);
        let scene = match self.scene.take() {
            Some(scene) if same(&scene) => scene,
            _ => Scene::new(Layout::new(width, height), &self.zones),
        };
        let scene = self.scene.insert(scene);
        scene.grid.fill(luma);
        scene.look(at, self.tolerance, self.min_size)
    }

    /// The stream began anew: learns again.
    pub fn reset(&mut self) {
        if let Some(scene) = &mut self.scene {
            scene.forget();
        }
    }
}

/// What is known of pictures of one size.
struct Scene {
    layout: Layout,
    mask: Vec<bool>,
    grid: Grid,
    background: Background,
    meter: LightMeter,
    joiner: Joiner,
    expected: Vec<f32>,
    cells: Vec<Cell>,
    /// Of the picture before.
    at: Option<WallTime>,
    /// Tolerance for changes of light not long ago, in levels.
    unsettled: f32,
    /// Cells that were off in the picture before.
    off: usize,
}

impl Scene {
    fn new(layout: Layout, zones: &[MotionZone]) -> Self {
        let cells = layout.cells();
        Self {
            layout,
            mask: zones::mask(&layout, zones),
            grid: Grid::new(layout),
            background: Background::new(cells),
            meter: LightMeter::new(),
            joiner: Joiner::new(cells),
            expected: vec![0.0; cells],
            cells: vec![Cell::Out; cells],
            at: None,
            unsettled: 0.0,
            off: 0,
        }
    }

    fn forget(&mut self) {
        self.background.forget();
        (self.at, self.unsettled, self.off) = (None, 0.0, 0);
    }

    fn look(&mut self, at: WallTime, tolerance: f32, min_size: usize) -> Look {
        let before = self.at.replace(at).unwrap_or(at);
        let elapsed = (at.micros_since(before) as f32 / 1e6).clamp(0.0, MAX_ELAPSED);
        if self.background.learn(&self.grid.levels, tolerance) {
            return Look::LEARNING;
        }
        let spread = self.relight(elapsed);
        if spread > OTHER_SCENE && self.off < self.cells.len() / BEFORE_OTHER_SCENE {
            self.forget();
            self.at = Some(at);
            self.background.learn(&self.grid.levels, tolerance);
            return Look::LEARNING;
        }
        let conditions = Conditions {
            elapsed,
            tolerance: tolerance + self.unsettled,
            spread: spread.min(MAX_SPREAD),
            new_light: self.unsettled > NEW_LIGHT,
        };
        self.background.look(&self.grid.levels, &conditions, &mut self.cells);
        self.off = self.cells.iter().filter(|cell| **cell != Cell::Out).count();
        self.judge(min_size)
    }

    /// Follows the light; returns what cells are off on the whole after that, in levels.
    fn relight(&mut self, elapsed: f32) -> f32 {
        let now = &self.grid.levels;
        self.background.expected(now, &mut self.expected);
        let light = self.meter.measure(&self.expected, now);
        self.background.relight(light);
        let change = mean_change(light, &self.expected);
        let settled = (elapsed / LIGHT_SETTLES).min(1.0);
        self.unsettled += LIGHT_TOLERANCE * change - settled * self.unsettled;
        self.background.expected(now, &mut self.expected);
        self.meter.spread(&self.expected, now)
    }

    /// Which of the parts that differ move, and whether they are large enough.
    fn judge(&mut self, min_size: usize) -> Look {
        for (cell, counts) in self.cells.iter_mut().zip(&self.mask) {
            if !counts {
                *cell = Cell::Out;
            }
        }
        let layout = &self.layout;
        let whole = usize::from(WHOLE);
        let needed = (min_size * self.cells.len()).div_ceil(whole).max(1);
        let (mut largest, mut area) = (0, None::<Area>);
        self.joiner.join(&mut self.cells, layout.columns, |part| {
            if part.changing * CHANGING_SHARE < part.cells {
                return;
            }
            largest = largest.max(part.cells);
            if part.cells >= needed {
                let place = place(layout, &part);
                area = Some(area.map_or(place, |area| area.union(place)));
            }
        });
        let per_mille = |cells: usize| (cells * whole).div_ceil(layout.cells().max(1)) as u16;
        Look {
            learning: false,
            motion: area.map(|area| Moving { size: per_mille(largest), area }),
            level: (largest * whole / 2 / needed).min(whole) as u16,
        }
    }
}

/// By how many levels a change of light moves a cell on average.
fn mean_change(light: Light, levels: &[f32]) -> f32 {
    let sum: f32 = levels.iter().map(|level| (light.apply(*level) - level).abs()).sum();
    sum / levels.len().max(1) as f32
}

/// Where a part lies in the picture.
fn place(layout: &Layout, part: &Part) -> Area {
    let mille = |cell: usize, size: usize| {
        ((cell * layout.side).min(size) * usize::from(WHOLE) / size.max(1)) as u16
    };
    Area {
        left: mille(part.left, layout.width),
        top: mille(part.top, layout.height),
        right: mille(part.right + 1, layout.width),
        bottom: mille(part.bottom + 1, layout.height),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::background::LEARNING;
    use crate::model::ZoneKind;

    const SIZE: (usize, usize) = (320, 180);

    /// A scene with a dark thing of 10 % by 20 % of the picture, 2 % of its area, at `left` per cent.
    fn picture(left: Option<usize>) -> Vec<u8> {
        let (width, height) = SIZE;
        let level = |n: usize| {
            let (x, y) = (n % width * 100 / width, n / width * 100 / height);
            let thing = left.is_some_and(|left| (left..left + 10).contains(&x)) && y / 20 == 2;
            if thing { 20 } else { 90 + x as u8 }
        };
        (0..width * height).map(level).collect()
    }

    struct Camera {
        detector: Detector,
        shown: i64,
    }

    impl Camera {
        /// That has learnt the scene.
        fn new(settings: &MotionSettings) -> Self {
            let mut camera = Self { detector: Detector::new(settings), shown: 0 };
            for _ in 0..LEARNING {
                assert_eq!(camera.show(None), Look::LEARNING);
            }
            camera
        }

        fn show(&mut self, left: Option<usize>) -> Look {
            let at = WallTime::from_micros(1_772_546_400_000_000 + self.shown * 200_000);
            self.shown += 1;
            let (width, height) = SIZE;
            let data = &picture(left);
            let luma = Luma { data, stride: width, width, height, bytes_per_sample: 1 };
            self.detector.look(&luma, at)
        }
    }

    fn zone(kind: ZoneKind, left: u16, right: u16) -> MotionZone {
        let corners = vec![(left, 0), (right, 0), (right, 1_000), (left, 1_000)];
        MotionZone { kind, corners }
    }

    #[test]
    fn what_moves_is_told_with_size_and_place() {
        let mut camera = Camera::new(&MotionSettings::default());
        assert_eq!(camera.show(None), Look::default());
        let look = camera.show(Some(50));
        let Moving { size, area } = look.motion.expect("motion");
        assert!((18..=26).contains(&size), "{size}");
        assert!(area.left.abs_diff(500) < 15 && area.right.abs_diff(600) < 15, "{area:?}");
        assert!(area.top.abs_diff(400) < 25 && area.bottom.abs_diff(600) < 25, "{area:?}");
        assert_eq!(look.level, 1_000);
    }

    #[test]
    fn what_stops_moves_no_more() {
        let mut camera = Camera::new(&MotionSettings::default());
        let moves: Vec<bool> = (0..20).map(|_| camera.show(Some(30)).motion.is_some()).collect();
        assert!(moves[0] && moves[1] && !moves[8..].contains(&true), "{moves:?}");
    }

    #[test]
    fn what_is_too_small_is_on_the_meter_alone() {
        let mut camera = Camera::new(&MotionSettings { min_size: 40, ..Default::default() });
        let look = camera.show(Some(50));
        assert_eq!(look.motion, None);
        assert!((200..500).contains(&look.level), "{look:?}");
    }

    #[test]
    fn sensitivity_decides_how_much_must_differ() {
        for (sensitivity, seen) in [(1, false), (50, true), (100, true)] {
            let settings = MotionSettings { sensitivity, ..Default::default() };
            let mut detector = Detector::new(&settings);
            let (width, height) = SIZE;
            let mut look = |data: &[u8], second| {
                let luma = Luma { data, stride: width, width, height, bytes_per_sample: 1 };
                detector.look(&luma, WallTime::from_micros(second * 1_000_000))
            };
            let scene = picture(None);
            (0..LEARNING as i64).for_each(|second| assert!(look(&scene, second).learning));
            let thing = |level: &u8, dark: &u8| if level == dark { *level } else { level - 22 };
            let faint: Vec<u8> =
                scene.iter().zip(picture(Some(50))).map(|(a, b)| thing(a, &b)).collect();
            assert_eq!(look(&faint, LEARNING as i64).motion.is_some(), seen, "{sensitivity}");
        }
    }

    #[test]
    fn only_zones_count() {
        let zones = vec![zone(ZoneKind::Include, 400, 1_000), zone(ZoneKind::Ignore, 700, 1_000)];
        let mut camera = Camera::new(&MotionSettings { zones, ..Default::default() });
        let mut moves = |left| camera.show(Some(left)).motion.is_some();
        assert!(!moves(10) && moves(50) && !moves(80));
    }

    #[test]
    fn it_learns_again_after_a_reset_and_at_another_size() {
        let mut camera = Camera::new(&MotionSettings::default());
        camera.detector.reset();
        assert!((0..LEARNING).all(|_| camera.show(None).learning));
        assert!(camera.show(Some(20)).motion.is_some());
        let luma = Luma { data: &[0; 64], stride: 8, width: 8, height: 8, bytes_per_sample: 1 };
        assert!(camera.detector.look(&luma, WallTime::from_micros(0)).learning);
    }

    #[test]
    fn an_empty_picture_does_no_harm() {
        let mut detector = Detector::new(&MotionSettings::default());
        let luma = Luma { data: &[], stride: 0, width: 0, height: 0, bytes_per_sample: 1 };
        for n in 0..40 {
            assert_eq!(detector.look(&luma, WallTime::from_micros(n * 200_000)).motion, None);
        }
    }
}
