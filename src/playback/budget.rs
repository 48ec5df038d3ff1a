//! Which live tiles show all their pictures, when the processor cannot decode everything.
//!
//! Video is decoded in full or from random access point to random access point; nothing lies between. So a tile is
//! first painted less often, which saves colours and scaling, and only then shown as key frames. The dearest tiles
//! go first, since fewer of them must, and the large one goes last.
//!
//! Must not do: read a clock or measure. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::CameraId;
use crate::protocol::{LiveRate, Strain};

/// Pictures a second of a tile that is painted less often: motion still looks like motion.
pub(crate) const FEWER: u32 = 10;

/// Thousandths of all cores that live pictures may take; the rest is for recording, painting and others.
const SHARE: u64 = 550;

/// Thousandths of what is allowed below which tiles get their pictures back.
const RELIEF: u64 = 750;

/// Thousandths of what is allowed that stay at least, however strained the computer is: one tile must live.
const LEAST: u64 = 150;

/// Time that a tile stays reduced at least, so that pictures do not come and go.
const HOLD: Duration = Duration::from_secs(10);

/// Part of a new measurement in the estimate, in sixteenths: some four looks until a change is believed.
const WEIGHT: u64 = 4;

/// How much more a random access point costs than the mean picture, until it has been measured.
const KEY_FACTOR: u64 = 3;

/// Steps in which costs are compared, in thousandths of a core, so that equal tiles stay in their order.
const COARSE: u64 = 20;

/// What a tile's player did since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Access units that arrived.
    pub units: u64,
    /// Random access points among them.
    pub starts: u64,
    /// Units that were decoded.
    pub decoded: u64,
    /// Processor time for that.
    pub decoding: Duration,
    /// Pictures that were made ready.
    pub pictures: u64,
    /// Processor time for that.
    pub converting: Duration,
    /// Units came too late and were left out.
    pub behind: bool,
}

/// A tile and what it did.
#[derive(Clone, Debug)]
pub struct Tile {
    /// Whose.
    pub camera: CameraId,
    /// The large one, or the only one.
    pub large: bool,
    /// Since the last look.
    pub work: Work,
}

/// Running means, in microseconds and thousandths.
#[derive(Clone, Copy, Debug, Default)]
struct Estimate {
    /// Units a second, in thousandths.
    rate: u64,
    /// Random access points a second, in thousandths.
    starts: u64,
    /// Microseconds to decode a unit when all are decoded.
    unit: u64,
    /// Microseconds to decode a random access point, when only those were decoded.
    key: u64,
    /// Microseconds to make a picture ready.
    picture: u64,
}

#[derive(Clone, Debug, Default)]
struct Known {
    estimate: Estimate,
    rate: LiveRate,
    /// When it was last changed.
    changed: Duration,
}

/// Shares out the processor.
#[derive(Debug)]
pub struct Budget {
    /// Thousandths of a core that may be spent.
    allowed: u64,
    /// Thousandths of that which are used while others need the processor.
    scale: u64,
    strained_at: Option<Duration>,
    tiles: BTreeMap<CameraId, Known>,
}

impl Budget {
    /// On a computer with so many cores.
    #[must_use]
    pub fn new(cores: usize) -> Self {
        let allowed = cores.max(1) as u64 * SHARE;
        Self { allowed, scale: 1_000, strained_at: None, tiles: BTreeMap::new() }
    }

    /// What each tile shows from `now` on, in their order. `period` has passed since the last look; the window
    /// paints `pace` pictures of a tile a second; `recording_late` says that recording had to drop something.
    pub fn balance(
        &mut self,
        tiles: &[Tile],
        period: Duration,
        pace: Option<u32>,
        recording_late: bool,
        now: Duration,
    ) -> Vec<LiveRate> {
        self.tiles.retain(|camera, _| tiles.iter().any(|tile| tile.camera == *camera));
        for tile in tiles {
            let known = self.tiles.entry(tile.camera.clone()).or_default();
            known.estimate.take(&tile.work, period, known.rate);
        }
        self.feel(recording_late || tiles.iter().any(|tile| tile.work.behind), now);
        let costs: Vec<Cost> = tiles.iter().map(|tile| self.cost(tile, pace)).collect();
        let allowed = self.allowed * self.scale / 1_000;
        let (needed, relieved) = (plan(&costs, allowed), plan(&costs, allowed * RELIEF / 1_000));
        let mut rates = Vec::with_capacity(tiles.len());
        for ((tile, needed), relieved) in tiles.iter().zip(needed).zip(relieved) {
            let known = self.tiles.entry(tile.camera.clone()).or_default();
            let held = now.saturating_sub(known.changed) < HOLD;
            let wanted = known.rate.max(needed).min(relieved.max(needed));
            if wanted > known.rate || (wanted < known.rate && !held) {
                (known.rate, known.changed) = (wanted, now);
            }
            rates.push(known.rate);
        }
        rates
    }

    /// Why tiles are reduced.
    #[must_use]
    pub const fn why(&self) -> Strain {
        if self.scale < 1_000 { Strain::Others } else { Strain::Wall }
    }

    /// Gives way at once when the processor is needed elsewhere, and comes back slowly.
    fn feel(&mut self, strained: bool, now: Duration) {
        if strained {
            self.scale = (self.scale * 4 / 5).max(LEAST);
            self.strained_at = Some(now);
        } else if self.strained_at.is_some_and(|at| now.saturating_sub(at) >= HOLD) {
            self.scale = (self.scale + 100).min(1_000);
            self.strained_at = (self.scale < 1_000).then_some(now);
        }
    }

    fn cost(&self, tile: &Tile, pace: Option<u32>) -> Cost {
        let estimate = self.tiles.get(&tile.camera).map(|known| known.estimate).unwrap_or_default();
        let painted = |most: u32| estimate.rate.min(u64::from(most) * 1_000);
        let pace = pace.unwrap_or(u32::MAX);
        // Thousandths a second times microseconds are billionths: of a core, in thousandths, a million of them.
        let load = |rate: u64, micros: u64| rate * micros / 1_000_000;
        let decoding = load(estimate.rate, estimate.unit);
        let key = if estimate.key > 0 { estimate.key } else { KEY_FACTOR * estimate.unit };
        Cost {
            large: tile.large,
            at: [
                decoding + load(painted(pace), estimate.picture),
                decoding + load(painted(pace.min(FEWER)), estimate.picture),
                load(estimate.starts, key + estimate.picture).min(decoding),
            ],
        }
    }
}

impl Estimate {
    fn take(&mut self, work: &Work, period: Duration, rate: LiveRate) {
        let millis = u64::try_from(period.as_millis()).unwrap_or(u64::MAX).max(1);
        let each = |time: Duration, count: u64| {
            (count > 0).then(|| u64::try_from(time.as_micros()).unwrap_or(u64::MAX) / count)
        };
        mix(&mut self.rate, work.units * 1_000_000 / millis);
        mix(&mut self.starts, work.starts * 1_000_000 / millis);
        let decoded = each(work.decoding, work.decoded);
        let unit = if rate == LiveRate::KeyFrames { &mut self.key } else { &mut self.unit };
        decoded.into_iter().for_each(|micros| mix(unit, micros));
        let picture = each(work.converting, work.pictures);
        picture.into_iter().for_each(|micros| mix(&mut self.picture, micros));
    }
}

/// Brings a running mean nearer to `new`; the first one is taken as it is.
fn mix(mean: &mut u64, new: u64) {
    *mean = if *mean == 0 { new } else { (*mean * (16 - WEIGHT) + new * WEIGHT) / 16 };
}

/// What a tile costs at each rate, in thousandths of a core.
#[derive(Clone, Copy, Debug)]
struct Cost {
    large: bool,
    at: [u64; 3],
}

/// The rates at which all tiles together cost no more than `allowed`, as far as that can be. Less allowed means
/// that more steps of the same way are gone.
fn plan(costs: &[Cost], allowed: u64) -> Vec<LiveRate> {
    const RATES: [LiveRate; 3] = [LiveRate::All, LiveRate::Fewer, LiveRate::KeyFrames];
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by_key(|i| (costs[*i].large, u64::MAX - costs[*i].at[0] / COARSE, usize::MAX - *i));
    let mut levels = vec![0; costs.len()];
    let mut total: u64 = costs.iter().map(|cost| cost.at[0]).sum();
    for level in 1..RATES.len() {
        for tile in &order {
            if total <= allowed {
                break;
            }
            let cost = &costs[*tile].at;
            total = total - cost[level - 1].min(total) + cost[level];
            levels[*tile] = level;
        }
    }
    levels.into_iter().map(|level| RATES[level]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A tile that decodes 25 pictures a second, at `micros` each.
    fn tile(number: usize, micros: u64, rate: LiveRate) -> Tile {
        let decoded = if rate == LiveRate::KeyFrames { 1 } else { 25 };
        let pictures = [25, u64::from(FEWER), 1][rate as usize];
        let work = Work {
            units: 25,
            starts: 1,
            decoded,
            decoding: Duration::from_micros(micros * decoded),
            pictures,
            converting: Duration::from_micros(micros / 4 * pictures),
            behind: false,
        };
        Tile { camera: CameraId::from_name(&number.to_string()), large: number == 0, work }
    }

    /// Looks once a second at tiles that do as they are told.
    fn look(budget: &mut Budget, costs: &[u64], seconds: std::ops::Range<u64>) -> Vec<LiveRate> {
        let mut rates = vec![LiveRate::All; costs.len()];
        for second in seconds {
            let tiles = costs.iter().enumerate();
            let tiles: Vec<Tile> = tiles.map(|(i, micros)| tile(i, *micros, rates[i])).collect();
            rates = budget.balance(&tiles, SECOND, None, false, SECOND * second as u32);
        }
        rates
    }

    fn count(rates: &[LiveRate], rate: LiveRate) -> usize {
        rates.iter().filter(|other| **other == rate).count()
    }

    #[test]
    fn what_fits_is_left_alone() {
        let mut budget = Budget::new(2);
        assert_eq!(look(&mut budget, &[1_500; 16], 0..30), [LiveRate::All; 16]);
        assert!(look(&mut budget, &[], 30..31).is_empty());
    }

    #[test]
    fn a_little_too_much_is_painted_less_often() {
        let mut budget = Budget::new(2);
        let rates = look(&mut budget, &[2_400; 16], 0..5);
        assert!(count(&rates, LiveRate::Fewer) > 4, "{rates:?}");
        assert_eq!(count(&rates, LiveRate::KeyFrames), 0, "{rates:?}");
        assert_eq!(rates[0], LiveRate::All, "the large one is the last: {rates:?}");
    }

    #[test]
    fn far_too_much_becomes_key_frames_and_the_large_tile_stays() {
        let mut budget = Budget::new(2);
        let rates = look(&mut budget, &[12_000; 16], 0..5);
        assert!(count(&rates, LiveRate::KeyFrames) >= 13, "{rates:?}");
        assert!(rates[0] < LiveRate::KeyFrames, "{rates:?}");
    }

    #[test]
    fn the_dearest_go_first() {
        let mut budget = Budget::new(2);
        let costs = [1_000, 1_000, 30_000, 1_000, 30_000];
        let rates = look(&mut budget, &costs, 0..5);
        assert!(rates[2] > LiveRate::All && rates[4] > LiveRate::All, "{rates:?}");
        assert!(count(&rates, LiveRate::KeyFrames) > 0, "{rates:?}");
        assert_eq!(count(&rates[..2], LiveRate::KeyFrames), 0, "{rates:?}");
    }

    #[test]
    fn equal_tiles_do_not_take_turns() {
        let mut budget = Budget::new(2);
        let mut costs = [3_600; 16];
        let before = look(&mut budget, &costs, 0..10);
        for second in 10..60 {
            costs.iter_mut().enumerate().for_each(|(i, c)| {
                *c = 3_600 + (i as u64 * 7 + second * 13) % 60;
            });
            assert_eq!(look(&mut budget, &costs, second..second + 1), before, "{second}");
        }
    }

    #[test]
    fn pictures_come_back_when_there_is_room_and_not_at_once() {
        let mut budget = Budget::new(2);
        look(&mut budget, &[12_000; 16], 0..5);
        let rates = look(&mut budget, &[12_000; 2], 5..7);
        assert_eq!(count(&rates, LiveRate::KeyFrames), 1, "{rates:?}");
        assert_eq!(look(&mut budget, &[12_000; 2], 7..40), [LiveRate::All; 2]);
    }

    #[test]
    fn recording_comes_first() {
        let mut budget = Budget::new(2);
        assert_eq!(look(&mut budget, &[1_500; 16], 0..5), [LiveRate::All; 16]);
        let tiles: Vec<Tile> = (0..16).map(|n| tile(n, 1_500, LiveRate::All)).collect();
        let mut rates = Vec::new();
        for second in 5..12 {
            rates = budget.balance(&tiles, SECOND, None, true, SECOND * second);
        }
        assert!(count(&rates, LiveRate::KeyFrames) > 8, "{rates:?}");
        assert_eq!(budget.why(), Strain::Others);
        look(&mut budget, &[1_500; 16], 12..200);
        assert_eq!(budget.why(), Strain::Wall);
    }

    #[test]
    fn what_the_window_does_not_paint_costs_nothing() {
        let tiles: Vec<Tile> = (0..16).map(|n| tile(n, 2_400, LiveRate::All)).collect();
        let mut budget = Budget::new(2);
        let rates = budget.balance(&tiles, SECOND, Some(12), false, Duration::ZERO);
        assert_eq!(rates, [LiveRate::All; 16]);
    }
}
