//! What is known of each camera's past, kept in memory in tiles of time at a few resolutions, as a map is.
//!
//! A tile is read from the index once; what is changed there later is read again for the changed time only, so
//! that neither a year nor the growing edge costs more than a look. Must not do: know what is being written
//! beyond the index, or grow without a bound.

use std::collections::{BTreeMap, HashMap};

use super::recordings::Recordings;
use super::{EngineError, explain, merging, query};
use crate::model::coverage::SEAM_MICROS;
use crate::model::{CameraId, CoverageKind, CoverageSpan, GapReason, WallSpan, WallTime};
use crate::protocol::{Gap, MotionBar};

const SECOND: i64 = 1_000_000;

/// The finest level keeps everything, the next one what is longer than this; each further one is coarser by
/// [`STEP`].
const FINE: i64 = 4 * SECOND;

/// Between two levels; an answer is at most this much finer than the question before it is made coarser.
const STEP: i64 = 4;

/// Levels: the coarsest tells no less than 18 hours, which is a pixel where ten years are looked at.
const LEVELS: usize = 9;

/// Length of a tile in units of its resolution: half a screen.
const UNITS: i64 = 1_024;

/// Length of a tile of the finest level in microseconds.
const FINEST_TILE: i64 = UNITS * SECOND;

/// From this resolution on footage is read by days and not by segments.
const BY_DAYS: i64 = 256 * SECOND;

/// Read around a window, since the cause of a hole is told by what comes shortly before or after.
const MARGIN: i64 = 300 * SECOND;

/// Stretches that are kept at most, about 20 MB. A screen of 32 cameras needs a tenth of it.
const MOST: usize = 500_000;

/// All tiles.
#[derive(Default)]
pub struct Tiles {
    cameras: HashMap<CameraId, BTreeMap<(usize, i64), Tile>>,
    /// The newest change of the index that is accounted for.
    seen: u64,
    /// Counts questions.
    turn: u64,
    kept: usize,
}

#[derive(Default)]
struct Tile {
    lane: Stretches,
    /// To be read again.
    stale: Option<WallSpan>,
    /// The last question that needed it.
    used: u64,
}

/// What is known of a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretches {
    /// Footage.
    pub coverage: Vec<CoverageSpan>,
    /// None, and why; also of the future, as far as the journal goes.
    pub gaps: Vec<Gap>,
    /// Motion.
    pub motion: Vec<MotionBar>,
}

impl Stretches {
    fn len(&self) -> usize {
        self.coverage.len() + self.gaps.len() + self.motion.len()
    }
}

/// What a level tells.
fn resolution_of(level: usize) -> i64 {
    (1..level).fold(if level == 0 { SEAM_MICROS } else { FINE }, |width, _| width * STEP)
}

fn tile_length(level: usize) -> i64 {
    if level == 0 { FINEST_TILE } else { UNITS * resolution_of(level) }
}

/// The coarsest level that tells all that is asked for.
fn level_for(resolution: i64) -> usize {
    (0..LEVELS).rev().find(|level| resolution_of(*level) <= resolution).unwrap_or(0)
}

impl Tiles {
    /// Begins a question: what the index has changed meanwhile is read again when it is needed. Gives the
    /// changes; none when all that was kept is forgotten.
    pub fn refresh(&mut self, recordings: &Recordings) -> Option<Vec<(CameraId, WallSpan)>> {
        self.turn += 1;
        let touched = recordings.reader.touched_since(self.seen);
        self.seen = touched.newest;
        match &touched.spans {
            Some(spans) => {
                for (camera, span) in spans {
                    self.spoil(camera, *span);
                }
            }
            None => {
                self.cameras.clear();
                self.kept = 0;
            }
        }
        touched.spans
    }

    fn spoil(&mut self, camera: &CameraId, span: WallSpan) {
        let Some(tiles) = self.cameras.get_mut(camera) else { return };
        for ((level, number), tile) in tiles {
            let part = place(*level, *number).intersect(span);
            if !part.is_empty() {
                let stale = tile.stale.unwrap_or(part);
                tile.stale =
                    Some(WallSpan::new(stale.start.min(part.start), stale.end.max(part.end)));
            }
        }
    }

    /// What is known of `camera` within `span`, told no finer than `resolution`.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn get(
        &mut self,
        recordings: &Recordings,
        camera: &CameraId,
        span: WallSpan,
        resolution: i64,
    ) -> Result<Stretches, EngineError> {
        if span.is_empty() {
            return Ok(Stretches::default());
        }
        let resolution = resolution.max(SEAM_MICROS);
        let level = level_for(resolution);
        let length = tile_length(level);
        let number = |at: WallTime| at.as_micros().div_euclid(length);
        let numbers = number(span.start)..=number(span.end.plus_micros(-1));
        let tiles = self.cameras.entry(camera.clone()).or_default();
        for number in numbers.clone() {
            let window = place(level, number);
            let tile = tiles
                .entry((level, number))
                .or_insert_with(|| Tile { stale: Some(window), ..Tile::default() });
            tile.used = self.turn;
            if let Some(stale) = tile.stale {
                let before = tile.lane.len();
                tile.reread(recordings, camera, stale.intersect(window), window, level)?;
                tile.stale = None;
                self.kept = (self.kept + tile.lane.len()).saturating_sub(before);
            }
        }
        let found = tiles.range((level, *numbers.start())..=(level, *numbers.end()));
        Ok(stitched(found.map(|(_, tile)| &tile.lane), span, resolution))
    }

    /// Ends a question: forgets what was not needed for longest when there is too much.
    pub fn bound(&mut self) {
        while self.kept > MOST {
            let oldest =
                self.cameras.values().flat_map(BTreeMap::values).map(|tile| tile.used).min();
            let Some(oldest) = oldest.filter(|used| *used < self.turn) else { return };
            for tiles in self.cameras.values_mut() {
                tiles.retain(|_, tile| tile.used > oldest);
            }
            let tiles = self.cameras.values().flat_map(BTreeMap::values);
            self.kept = tiles.map(|tile| tile.lane.len()).sum();
        }
    }
}

/// The time of a tile.
fn place(level: usize, number: i64) -> WallSpan {
    let length = tile_length(level);
    let start = WallTime::from_micros(number.saturating_mul(length));
    WallSpan::new(start, start.plus_micros(length))
}

impl Tile {
    /// Reads `stale` anew, which lies within the tile's `window`.
    fn reread(
        &mut self,
        recordings: &Recordings,
        camera: &CameraId,
        stale: WallSpan,
        window: WallSpan,
        level: usize,
    ) -> Result<(), EngineError> {
        let resolution = resolution_of(level);
        let around = WallSpan::new(stale.start.plus_micros(-MARGIN), stale.end.plus_micros(MARGIN));
        let part = merging::aligned(around, resolution).intersect(window);
        let new = read(recordings, camera, part, resolution)?;
        let old = std::mem::take(&mut self.lane);
        let coverage = merging::replace(old.coverage, part, new.coverage);
        let gaps = merging::replace(old.gaps, part, new.gaps);
        let motion = merging::replace(old.motion, part, new.motion);
        self.lane = Stretches {
            coverage: merging::join(coverage, resolution, resolution),
            gaps: merging::join(gaps, SEAM_MICROS, resolution),
            motion: merging::columns(motion, resolution),
        };
        Ok(())
    }
}

/// What the index knows of `window`.
fn read(
    recordings: &Recordings,
    camera: &CameraId,
    window: WallSpan,
    resolution: i64,
) -> Result<Stretches, EngineError> {
    let wide = WallSpan::new(window.start.plus_micros(-MARGIN), window.end.plus_micros(MARGIN));
    let covered = if resolution < BY_DAYS {
        query::footage(recordings, camera, wide)?
    } else {
        recordings.reader.coverage(camera, wide, SEAM_MICROS)?
    };
    // Holes that are not told need no reason.
    let kind = CoverageKind::Continuous;
    let plain = covered.iter().map(|item| CoverageSpan { kind, ..*item });
    let plain = merging::join(plain, resolution, 0);
    let gaps = recordings.reader.gaps(camera, wide, &plain)?;
    let gaps = gaps.into_iter().map(|(span, reason)| Gap { span, reason });
    let mut motion = Vec::new();
    recordings.reader.each_event(camera, window, |event| {
        let end = event.span.end.max(event.span.start.plus_micros(1));
        let span = WallSpan::new(event.span.start, end);
        motion.push(MotionBar { span, level: event.peak });
    })?;
    let coverage = merging::join(covered, resolution, resolution);
    Ok(Stretches {
        coverage: merging::cut(coverage, window).collect(),
        gaps: merging::cut(merging::join(gaps, SEAM_MICROS, resolution), window).collect(),
        motion: merging::cut(merging::columns(motion, resolution), window).collect(),
    })
}

/// Tiles that follow one another as one.
fn stitched<'a>(
    tiles: impl Iterator<Item = &'a Stretches> + Clone,
    span: WallSpan,
    resolution: i64,
) -> Stretches {
    let coverage = tiles.clone().flat_map(|tile| within(&tile.coverage, span).iter().copied());
    let gaps = tiles.clone().flat_map(|tile| within(&tile.gaps, span).iter().cloned());
    let motion = tiles.flat_map(|tile| within(&tile.motion, span).iter().copied());
    let mut gaps = merging::join(merging::cut(gaps, span), SEAM_MICROS, resolution);
    gaps.retain(|gap| gap.span.micros() > resolution);
    Stretches {
        coverage: merging::join(merging::cut(coverage, span), resolution, resolution),
        gaps,
        motion: merging::columns(motion, resolution),
    }
}

/// Of ordered stretches that do not overlap those with a moment in `span`.
fn within<T: merging::Stretch>(items: &[T], span: WallSpan) -> &[T] {
    let first = items.partition_point(|item| item.span().end <= span.start);
    let behind = items.partition_point(|item| item.span().start < span.end);
    items.get(first..behind).unwrap_or_default()
}

/// Cuts off what is later than `now`, and puts `open` in, which is being written and that the index does not
/// know as far. The last gap is none while more of it is on the way.
pub fn up_to_date(lane: &mut Stretches, open: &[WallSpan], span: WallSpan, now: WallTime) {
    let past = WallSpan { start: WallTime::MIN, end: now };
    lane.gaps = merging::cut(std::mem::take(&mut lane.gaps), past).collect();
    for written in open {
        let known = lane.coverage.iter().rev().find(|item| item.span.overlaps(*written));
        let from = known.map_or(written.start, |item| item.span.end.max(written.start));
        let new = WallSpan::new(from, written.end).intersect(span);
        let kind = lane.coverage.last().map_or(CoverageKind::Continuous, |last| last.kind);
        if !new.is_empty() {
            merging::without(&mut lane.gaps, new);
            lane.coverage.push(CoverageSpan { span: new, kind });
            lane.coverage.sort_by_key(|item| item.span.start);
            lane.coverage =
                merging::join(std::mem::take(&mut lane.coverage), SEAM_MICROS, SEAM_MICROS);
        }
        let recent = now.micros_since(written.end) < explain::PENDING_MICROS;
        lane.gaps.pop_if(|gap| {
            recent
                && gap.reason == GapReason::Unknown
                && gap.span.start >= written.end
                && gap.span.end == now
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: i64, end: i64) -> WallSpan {
        WallSpan::new(WallTime::from_micros(start), WallTime::from_micros(end))
    }

    #[test]
    fn the_level_is_never_coarser_than_asked() {
        for resolution in [0, SEAM_MICROS, FINE - 1, FINE, 86_400 * SECOND, i64::MAX] {
            let level = level_for(resolution);
            assert!(resolution_of(level) <= resolution.max(SEAM_MICROS));
        }
        assert_eq!(level_for(i64::MAX), LEVELS - 1);
        assert_eq!(resolution_of(2), 16 * SECOND);
    }

    #[test]
    fn what_is_being_written_is_footage_and_no_gap_follows_it() {
        let kind = CoverageKind::Scheduled;
        let footage = |start, end| CoverageSpan { span: span(start, end), kind };
        let second = SECOND;
        let mut lane = Stretches {
            coverage: vec![footage(0, 100 * second)],
            gaps: vec![Gap { span: span(100 * second, 900 * second), reason: GapReason::Unknown }],
            motion: Vec::new(),
        };
        let all = span(0, 1_000 * second);
        let open = [span(50 * second, 107 * second)];
        up_to_date(&mut lane, &open, all, WallTime::from_micros(109 * second));
        assert_eq!(lane.coverage, [footage(0, 107 * second)]);
        assert_eq!(lane.gaps, []);
        up_to_date(&mut lane, &[], all, WallTime::from_micros(109 * second));
        assert_eq!(lane.coverage, [footage(0, 107 * second)]);
    }
}
