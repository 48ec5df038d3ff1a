//! How the light of the whole picture changed: a gain and an offset.
//!
//! Clouds, lamps and a camera's exposure change most cells alike; what moves changes few. So the change is
//! read from medians, and from the cells that agree with them.
//!
//! Must not do: know which cells moved.

/// Steps of the histograms in a level of luma.
const STEPS: f32 = 4.0;
/// How far a value may lie off the middle of its step.
const HALF_STEP: f32 = 0.5 / STEPS;
/// Differences reach from minus to plus this many levels.
const REACH: f32 = 256.0;
const BINS: usize = (2.0 * REACH * STEPS) as usize;

/// Levels between the dark and the bright third below which noise alone would make the gain.
const MIN_CONTRAST: f32 = 12.0;

/// Gains beyond these are not light: an exposure moves by two stops at most between two pictures.
const GAINS: (f32, f32) = (0.25, 4.0);

/// Levels by which a cell that shows the same thing may lie off the first, coarse line.
const AGREES: f32 = 4.0;

/// A change of light; `gain * level + offset` is what a level becomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Light {
    pub gain: f32,
    pub offset: f32,
}

impl Light {
    pub fn apply(self, level: f32) -> f32 {
        self.gain * level + self.offset
    }
}

/// Counts of levels, to read medians from without sorting.
struct Histogram {
    counts: Box<[u32; BINS]>,
    total: u32,
}

impl Histogram {
    fn new() -> Self {
        Self { counts: Box::new([0; BINS]), total: 0 }
    }

    fn clear(&mut self) {
        self.counts.fill(0);
        self.total = 0;
    }

    fn add(&mut self, value: f32) {
        // Below the reach the cast gives 0.
        let bin = ((value + REACH) * STEPS) as usize;
        self.counts[bin.min(BINS - 1)] += 1;
        self.total += 1;
    }

    /// The value that `part` out of 6 lie below; 0 where nothing was added.
    fn sixth(&self, part: u32) -> f32 {
        if self.total == 0 {
            return 0.0;
        }
        let mut left = self.total * part / 6;
        for (bin, count) in self.counts.iter().enumerate() {
            if left < *count {
                return bin as f32 / STEPS + HALF_STEP - REACH;
            }
            left -= count;
        }
        REACH
    }
}

/// Measures changes of light; keeps its histograms from picture to picture.
pub(super) struct LightMeter {
    levels: Histogram,
    dark: Histogram,
    bright: Histogram,
}

impl LightMeter {
    pub fn new() -> Self {
        Self { levels: Histogram::new(), dark: Histogram::new(), bright: Histogram::new() }
    }

    /// The change that leads most cells from what was `expected` of them to what they show `now`.
    pub fn measure(&mut self, expected: &[f32], now: &[f32]) -> Light {
        let coarse = self.coarse(expected, now);
        refine(coarse, expected, now)
    }

    /// A line through the medians of the dark and of the bright third.
    fn coarse(&mut self, expected: &[f32], now: &[f32]) -> Light {
        for histogram in [&mut self.levels, &mut self.dark, &mut self.bright] {
            histogram.clear();
        }
        for level in expected {
            self.levels.add(*level);
        }
        let (dark_end, bright_start) = (self.levels.sixth(2), self.levels.sixth(4));
        for (expected, now) in expected.iter().zip(now) {
            if *expected <= dark_end + HALF_STEP {
                self.dark.add(now - expected);
            }
            if *expected >= bright_start - HALF_STEP {
                self.bright.add(now - expected);
            }
        }
        let (dark, bright) = (self.levels.sixth(1), self.levels.sixth(5));
        let (dark_change, bright_change) = (self.dark.sixth(3), self.bright.sixth(3));
        if bright - dark < MIN_CONTRAST {
            return Light { gain: 1.0, offset: f32::midpoint(dark_change, bright_change) };
        }
        let gain = 1.0 + (bright_change - dark_change) / (bright - dark);
        let gain = gain.clamp(GAINS.0, GAINS.1);
        let middle = f32::midpoint(dark, bright);
        let now = middle + f32::midpoint(dark_change, bright_change);
        Light { gain, offset: now - gain * middle }
    }

    /// The median of the differences' sizes: what the picture as a whole is off.
    pub fn spread(&mut self, expected: &[f32], now: &[f32]) -> f32 {
        self.levels.clear();
        for (expected, now) in expected.iter().zip(now) {
            self.levels.add((now - expected).abs());
        }
        self.levels.sixth(3).max(0.0)
    }
}

/// Least squares over the cells that agree with the coarse line.
fn refine(coarse: Light, expected: &[f32], now: &[f32]) -> Light {
    let (mut n, mut sum_x, mut sum_y, mut sum_xx, mut sum_xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (x, y) in expected.iter().zip(now) {
        let agrees = f32::from((y - coarse.apply(*x)).abs() <= AGREES);
        n += agrees;
        sum_x += agrees * x;
        sum_y += agrees * y;
        sum_xx += agrees * x * x;
        sum_xy += agrees * x * y;
    }
    // A light that fewer cells agree with is a poor guess already.
    if n < expected.len() as f32 / 4.0 || n < 1.0 {
        return coarse;
    }
    let variance = sum_xx / n - (sum_x / n) * (sum_x / n);
    let gain = if variance < MIN_CONTRAST * MIN_CONTRAST / 4.0 {
        coarse.gain
    } else {
        (sum_xy / n - (sum_x / n) * (sum_y / n)) / variance
    };
    Light { gain, offset: sum_y / n - gain * sum_x / n }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scene from dark to bright, of which a tenth is covered by something.
    fn scene() -> Vec<f32> {
        (0..3_600).map(|n| 30.0 + (n * 7 % 150) as f32).collect()
    }

    fn measured(change: impl Fn(f32) -> f32) -> Light {
        let expected = scene();
        let now = expected.iter().enumerate().map(|(n, level)| {
            let noise = (n * 31 % 17) as f32 / 16.0 - 0.5;
            if n % 10 == 3 { 16.0 } else { change(*level) + noise }
        });
        let now: Vec<f32> = now.collect();
        LightMeter::new().measure(&expected, &now)
    }

    #[test]
    fn gain_and_offset_are_found_though_a_tenth_is_covered() {
        for (gain, offset) in [(1.0, 0.0), (1.0, 25.0), (1.3, -20.0), (0.5, 4.0), (0.6, 60.0)] {
            let light = measured(|level| gain * level + offset);
            assert!((light.gain - gain).abs() < 0.01, "{light:?} instead of {gain}");
            assert!((light.apply(100.0) - (gain * 100.0 + offset)).abs() < 0.5, "{light:?}");
        }
    }

    #[test]
    fn a_flat_picture_has_no_gain() {
        let light = LightMeter::new().measure(&[50.0; 100], &[80.0; 100]);
        assert!((light.gain - 1.0).abs() < 1e-6 && (light.offset - 30.0).abs() < 0.2);
    }

    #[test]
    fn nothing_at_all_is_measured_without_harm() {
        let light = LightMeter::new().measure(&[], &[]);
        assert!(light.gain.is_finite() && light.offset.is_finite());
    }

    #[test]
    fn the_spread_is_the_typical_difference() {
        let expected = scene();
        let now: Vec<f32> = expected.iter().map(|level| level - 3.0).collect();
        assert!((LightMeter::new().spread(&expected, &now) - 3.0).abs() < 0.3);
    }
}
