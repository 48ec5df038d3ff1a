//! What each cell usually shows: up to two levels, and how much it is off them.
//!
//! Two, since a lamp that flickers, or a branch that swings in and out, shows both; and since a car that
//! drives away uncovers what was there before it. Must not do: decide what counts as motion.

use super::cells::Cell;
use super::light::Light;

/// Seconds that are remembered: how long a level is shown counts against this.
const MEMORY: f32 = 30.0;

/// A level is usual once it fills this much of the memory: after 9 s at a stretch. People who pass one
/// after another fill less of any one cell.
const USUAL: f32 = 0.25;

/// Seconds in which a usual level follows what the cell shows: faster than shadows walk, slower than a
/// person does.
const FOLLOW: f32 = 6.0;

/// The same just after the light changed, when every level is a little off.
const FOLLOW_NEW_LIGHT: f32 = 1.0;

/// Seconds over which a cell's noise is averaged.
const NOISE_MEMORY: f32 = 20.0;

/// Levels of difference that count as noise at most: one passer-by does not make a cell noisy.
const MAX_NOISE: f32 = 20.0;

/// How many times its mean noise a cell must be off: rare among samples of normal noise (2.4 sigma), besides
/// the tolerance that is added.
const NOISE_FACTOR: f32 = 3.0;

/// Seconds after its last change in which a cell still counts as changing: a person's slow steps.
pub(super) const CHANGING: f32 = 1.0;

/// Pictures to learn from: 5 s, in which a passer-by covers a cell in less than half of them.
pub(super) const LEARNING: usize = 25;

/// What one cell shows.
#[derive(Clone, Copy, Debug, Default)]
struct Usual {
    /// The level shown most.
    level: f32,
    /// How much of the memory it fills, 0 to 1.
    weight: f32,
    /// Another level, usual or on its way there.
    other: f32,
    other_weight: f32,
    /// Mean distance to the nearer of both.
    noise: f32,
    /// The level at its last change.
    anchor: f32,
    /// Seconds since that.
    still: f32,
}

/// What holds for a whole picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conditions {
    /// Seconds since the picture before.
    pub elapsed: f32,
    /// Levels that any cell may be off besides its noise.
    pub tolerance: f32,
    /// What cells are off on the whole: a cell's noise is no less than this.
    pub spread: f32,
    /// Whether the light changed just now.
    pub new_light: bool,
}

/// What all cells usually show.
pub(super) struct Background {
    cells: Vec<Usual>,
    /// The pictures learnt from, one after another.
    learnt: Vec<f32>,
    pictures: usize,
}

impl Background {
    pub fn new(cells: usize) -> Self {
        let learnt = vec![0.0; cells * LEARNING];
        Self { cells: vec![Usual::default(); cells], learnt, pictures: 0 }
    }

    /// Begins anew.
    pub fn forget(&mut self) {
        self.pictures = 0;
    }

    /// Learns from a picture; whether more are needed.
    pub fn learn(&mut self, now: &[f32], tolerance: f32) -> bool {
        if self.pictures == LEARNING {
            return false;
        }
        let start = self.pictures * now.len();
        self.learnt[start..start + now.len()].copy_from_slice(now);
        self.pictures += 1;
        if self.pictures == LEARNING {
            for (n, cell) in self.cells.iter_mut().enumerate() {
                let levels = self.learnt.iter().skip(n).step_by(now.len());
                *cell = Usual::learn(levels, tolerance);
            }
        }
        true
    }

    /// Fills in the level that each cell showed most; what is darker or brighter than all of the picture
    /// now is as dark or bright as it can be.
    pub fn expected(&self, now: &[f32], expected: &mut [f32]) {
        let (low, high) = range(now);
        for (expected, cell) in expected.iter_mut().zip(&self.cells) {
            *expected = cell.level.max(low).min(high);
        }
    }

    /// All levels as they are in another light. Levels beyond black and white are kept as they are, so that they
    /// come back with the light.
    pub fn relight(&mut self, light: Light) {
        for cell in &mut self.cells {
            for level in [&mut cell.level, &mut cell.other, &mut cell.anchor] {
                *level = light.apply(*level);
            }
        }
    }

    /// Tells the cells that show something unusual, and takes the picture into account.
    pub fn look(&mut self, now: &[f32], conditions: &Conditions, cells: &mut [Cell]) {
        let range = range(now);
        for ((usual, now), cell) in self.cells.iter_mut().zip(now).zip(cells) {
            *cell = usual.look(*now, range, conditions);
        }
    }
}

/// The darkest and the brightest level.
fn range(now: &[f32]) -> (f32, f32) {
    now.iter().fold((f32::MAX, f32::MIN), |(low, high), level| (low.min(*level), high.max(*level)))
}

impl Usual {
    /// From what a cell showed while people may have passed.
    fn learn<'a>(levels: impl Iterator<Item = &'a f32>, tolerance: f32) -> Self {
        let mut sorted = [0.0; LEARNING];
        for (slot, level) in sorted.iter_mut().zip(levels) {
            *slot = *level;
        }
        sorted.sort_unstable_by(f32::total_cmp);
        let level = sorted[LEARNING / 2];
        let off = |other: f32| (other - level).abs();
        // What a quarter of the pictures showed is usual too: a lamp that flickers.
        let (low, high) = (sorted[LEARNING / 4], sorted[LEARNING - 1 - LEARNING / 4]);
        let other = if off(low) > off(high) { low } else { high };
        let noise = sorted.iter().map(|level| off(*level).min(MAX_NOISE)).sum::<f32>();
        let other_weight = if off(other) > tolerance { 1.2 * USUAL } else { 0.0 };
        Self {
            level,
            weight: 1.0 - other_weight,
            other,
            other_weight,
            noise: noise / LEARNING as f32,
            anchor: level,
            still: 0.0,
        }
    }

    fn look(&mut self, now: f32, (low, high): (f32, f32), conditions: &Conditions) -> Cell {
        let Conditions { elapsed, tolerance, spread, new_light } = *conditions;
        let limit = tolerance + NOISE_FACTOR * self.noise.max(spread);
        let off = now - self.level.max(low).min(high);
        let other_off = now - self.other.max(low).min(high);
        let is_level = off.abs() <= limit;
        let is_other = !is_level && other_off.abs() <= limit;
        let usual = is_level || (is_other && self.other_weight >= USUAL);

        let part = elapsed / MEMORY;
        self.weight += part * (f32::from(is_level) - self.weight);
        self.other_weight += part * (f32::from(is_other) - self.other_weight);
        let seconds = if new_light { FOLLOW_NEW_LIGHT } else { FOLLOW };
        let follow = (elapsed / seconds).min(1.0);
        if is_level {
            self.level += follow * off;
        } else if is_other {
            self.other += follow * other_off;
        } else if self.other_weight < USUAL {
            (self.other, self.other_weight) = (now, part);
        }
        if self.other_weight > self.weight {
            std::mem::swap(&mut self.level, &mut self.other);
            std::mem::swap(&mut self.weight, &mut self.other_weight);
        }
        let noise = off.abs().min(other_off.abs()).min(MAX_NOISE);
        self.noise += elapsed / NOISE_MEMORY * (noise - self.noise);

        self.still += elapsed;
        if (now - self.anchor).abs() > limit / 2.0 {
            (self.anchor, self.still) = (now, 0.0);
        }
        match (usual, self.still < CHANGING) {
            (true, _) => Cell::Out,
            (false, true) => Cell::Changing,
            (false, false) => Cell::Still,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Conditions =
        Conditions { elapsed: 0.2, tolerance: 10.0, spread: 0.2, new_light: false };

    /// What a cell that shows `levels` is told to be, beside one that stays dark and one that stays bright.
    fn told(background: &mut Background, levels: impl IntoIterator<Item = f32>) -> Vec<Cell> {
        let look = |level| {
            let mut cells = [Cell::Out; 3];
            background.look(&[level, 0.0, 255.0], &QUIET, &mut cells);
            assert_eq!(cells[1..], [Cell::Out; 2]);
            cells[0]
        };
        levels.into_iter().map(look).collect()
    }

    fn learnt(levels: impl Fn(usize) -> f32) -> Background {
        let mut background = Background::new(3);
        for n in 0..LEARNING {
            assert!(background.learn(&[levels(n), 0.0, 255.0], 10.0));
        }
        assert!(!background.learn(&[0.0, 0.0, 255.0], 10.0));
        background
    }

    fn steady(level: f32, pictures: usize) -> impl Iterator<Item = f32> {
        std::iter::repeat_n(level, pictures)
    }

    #[test]
    fn people_who_pass_while_it_learns_are_no_background() {
        let mut background = learnt(|n| if n % 25 < 6 { 30.0 } else { 100.0 });
        assert_eq!(told(&mut background, [100.0, 30.0]), [Cell::Out, Cell::Changing]);
    }

    #[test]
    fn what_stays_is_still_after_a_second_and_usual_after_nine() {
        let mut background = learnt(|_| 100.0);
        let cells = told(&mut background, steady(40.0, 50));
        assert_eq!(cells[4], Cell::Changing);
        assert_eq!(cells[6], Cell::Still);
        let usual = cells.iter().position(|cell| *cell == Cell::Out);
        assert!((40..=46).contains(&usual.unwrap_or(0)), "{usual:?}");
        // What was there before is known when it shows again.
        assert_eq!(told(&mut background, [100.0, 100.0]), [Cell::Out; 2]);
    }

    #[test]
    fn two_levels_that_both_show_often_are_usual() {
        let mut background = learnt(|n| if n % 3 == 0 { 180.0 } else { 100.0 });
        let flicker = (0..200).map(|n| if n % 3 == 0 { 180.0 } else { 100.0 });
        assert!(told(&mut background, flicker).iter().all(|cell| *cell == Cell::Out));
    }

    #[test]
    fn a_cell_that_is_never_quiet_is_given_more_room() {
        let noisy = |n: usize| 100.0 + (n * 7 % 11) as f32 * 4.0 - 20.0;
        let mut background = learnt(noisy);
        assert!(told(&mut background, (0..100).map(noisy)).iter().all(|cell| *cell == Cell::Out));
        assert_eq!(told(&mut background, [220.0]), [Cell::Changing]);
    }

    #[test]
    fn usual_levels_follow_what_changes_slowly() {
        let mut background = learnt(|_| 100.0);
        let shadow = (0..500).map(|n| 100.0 - n as f32 * 0.1);
        assert!(told(&mut background, shadow).iter().all(|cell| *cell == Cell::Out));
    }

    #[test]
    fn levels_beyond_white_come_back_with_the_light() {
        let mut background = learnt(|_| 200.0);
        background.relight(Light { gain: 2.0, offset: 0.0 });
        let mut expected = [0.0; 3];
        background.expected(&[255.0, 0.0, 255.0], &mut expected);
        assert_eq!(expected, [255.0, 0.0, 255.0]);
        background.relight(Light { gain: 0.5, offset: 0.0 });
        assert_eq!(told(&mut background, [200.0]), [Cell::Out]);
    }
}
