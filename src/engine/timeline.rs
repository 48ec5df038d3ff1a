//! Answers the timeline's questions: lanes from the tiles in memory, and what was marked, locked and goes soon.
//!
//! Must not do: know pixels, or answer from more than one state of the locks.

use std::collections::HashMap;
use std::sync::Arc;

use super::EngineError;
use super::cleaner::StorageReport;
use super::merging;
use super::recordings::Recordings;
use super::tiles::{self, Tiles};
use crate::model::coverage::SEAM_MICROS;
use crate::model::{CameraId, Lock, WallSpan, WallTime};
use crate::protocol::{Lane, Marks, TimelineAnswer, TimelineQuery};
use crate::runtime::Latest;
use crate::storage::retention::Rules;

/// The overview is drawn in a minimap of a few hundred pixels; this many stretches are more than that.
const OVERVIEW_PARTS: i64 = 2_000;

/// The overview is made anew after this, in microseconds: it grows by a pixel in hours.
const OVERVIEW_AGE: i64 = 60_000_000;

/// What goes within this time, in microseconds, is marked: a day.
const SOON: i64 = 86_400_000_000;

/// Where the newest storage report is.
pub type Storage = Arc<Latest<StorageReport>>;

/// What an answer needs besides the recordings.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Ranges that no rule deletes.
    pub locks: &'a [Lock],
    /// Where the bookmarks are.
    pub marks: &'a Marks,
    /// Rules, usage and rate.
    pub storage: &'a StorageReport,
    /// Gaps end here.
    pub now: WallTime,
}

/// Answers, and remembers what it has read.
#[derive(Default)]
pub struct Timelines {
    tiles: Tiles,
    overview: Option<Overview>,
}

struct Overview {
    cameras: Vec<CameraId>,
    made: WallTime,
    archive: Option<WallSpan>,
    spans: Vec<WallSpan>,
}

impl Timelines {
    /// Answers a question for coverage.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn answer(
        &mut self,
        recordings: &Recordings,
        query: &TimelineQuery,
        around: Surroundings<'_>,
    ) -> Result<TimelineAnswer, EngineError> {
        self.tiles.refresh(recordings);
        let open = open_spans(recordings);
        let archive = self.look_over(recordings, &query.cameras, &open, around.now)?;
        let mut lanes = Vec::with_capacity(query.cameras.len());
        for camera in &query.cameras {
            let open = open.get(camera).map_or(&[][..], Vec::as_slice);
            lanes.push(self.lane(recordings, query, camera, open, archive, around)?);
        }
        self.tiles.bound();
        let covered = lanes.iter().flat_map(|lane| lane.coverage.iter().map(|item| item.span));
        Ok(TimelineAnswer {
            generation: query.generation,
            span: Some(query.span),
            union: merging::union(covered.collect(), query.resolution.max(SEAM_MICROS)),
            lanes,
            archive,
            overview: self.overview.as_ref().map_or(Vec::new(), |known| known.spans.clone()),
        })
    }

    fn lane(
        &mut self,
        recordings: &Recordings,
        query: &TimelineQuery,
        camera: &CameraId,
        open: &[WallSpan],
        archive: Option<WallSpan>,
        around: Surroundings<'_>,
    ) -> Result<Lane, EngineError> {
        let mut found = self.tiles.get(recordings, camera, query.span, query.resolution)?;
        tiles::up_to_date(&mut found, open, query.span, around.now);
        let locked = around.locks.iter().filter(|lock| lock.camera == *camera);
        let locked = locked.map(|lock| lock.span).filter(|span| span.overlaps(query.span));
        let noted = around.marks.bookmarks.iter();
        let noted = noted.filter(|mark| mark.camera == *camera && query.span.contains(mark.at));
        let mut bookmarks: Vec<_> = noted.cloned().collect();
        bookmarks.sort_by_key(|mark| mark.at);
        Ok(Lane {
            camera: camera.clone(),
            coverage: found.coverage,
            gaps: found.gaps,
            motion: found.motion,
            locked: merging::union(locked.collect(), 0),
            bookmarks,
            goes_before: goes_before(camera, archive, around.storage, around.now),
        })
    }

    /// Keeps the overview; gives from the oldest to the newest footage.
    fn look_over(
        &mut self,
        recordings: &Recordings,
        cameras: &[CameraId],
        open: &HashMap<CameraId, Vec<WallSpan>>,
        now: WallTime,
    ) -> Result<Option<WallSpan>, EngineError> {
        let newest = open.values().flatten().copied();
        let fresh = self.overview.as_ref().filter(|known| {
            known.cameras == cameras && now.micros_since(known.made).abs() < OVERVIEW_AGE
        });
        if let Some(known) = fresh {
            return Ok(around_all(known.archive.into_iter().chain(newest)));
        }
        let archive = around_all(recordings.reader.archive()?.into_iter().chain(newest));
        let mut spans = Vec::new();
        if let Some(archive) = archive {
            let resolution = (archive.micros() / OVERVIEW_PARTS).max(SEAM_MICROS);
            for camera in cameras {
                let known = self.tiles.get(recordings, camera, archive, resolution)?;
                spans.extend(known.coverage.iter().map(|item| item.span));
                spans.extend(open.get(camera).into_iter().flatten());
            }
            spans = merging::union(spans, resolution);
        }
        self.overview = Some(Overview { cameras: cameras.to_vec(), made: now, archive, spans });
        Ok(archive)
    }
}

fn around_all(spans: impl Iterator<Item = WallSpan>) -> Option<WallSpan> {
    spans.reduce(|all, span| WallSpan::new(all.start.min(span.start), all.end.max(span.end)))
}

/// What is being written, by camera.
fn open_spans(recordings: &Recordings) -> HashMap<CameraId, Vec<WallSpan>> {
    let mut open: HashMap<CameraId, Vec<WallSpan>> = HashMap::new();
    for row in recordings.open.rows() {
        let span = row.span();
        open.entry(row.stream.camera).or_default().push(span);
    }
    open
}

/// Footage of `camera` before this goes within a day. By age exactly, but for the rest of a segment that goes
/// only as a whole; by size and space as if all of the archive were equally dense.
fn goes_before(
    camera: &CameraId,
    archive: Option<WallSpan>,
    storage: &StorageReport,
    now: WallTime,
) -> Option<WallTime> {
    let rules = &storage.terms.rules;
    let archive = archive.filter(|_| rules.auto_delete)?;
    let keep = rules.keep_of.get(camera).copied().unwrap_or(rules.keep);
    let by_age = keep.map(|keep| now.plus_micros(SOON).plus_micros(-keep));
    let by_size = excess(rules, storage).map(|bytes| {
        let part =
            u128::from(bytes.min(storage.usage.used)) * u128::from(archive.micros().unsigned_abs());
        let micros = part / u128::from(storage.usage.used.max(1));
        archive.start.plus_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    });
    by_age.into_iter().chain(by_size).max().filter(|before| *before > archive.start)
}

/// Bytes that have to go within a day at the present rate; none when there is room.
fn excess(rules: &Rules, storage: &StorageReport) -> Option<u64> {
    let coming = u128::from(storage.rate) * u128::from(SOON.unsigned_abs()) / 1_000_000;
    let free = storage.usage.space.free.saturating_sub(rules.reserve);
    let size = rules.max_bytes.map(|max| max.saturating_sub(storage.usage.used));
    let room = size.into_iter().chain((storage.usage.space.total > 0).then_some(free)).min()?;
    let bytes = coming.checked_sub(u128::from(room)).filter(|bytes| *bytes > 0)?;
    Some(u64::try_from(bytes).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Space;

    const DAY: i64 = SOON;

    fn at(day: i64) -> WallTime {
        WallTime::from_micros(day * DAY)
    }

    fn report(keep: Option<i64>, max_bytes: Option<u64>) -> StorageReport {
        let mut report = StorageReport::default();
        report.terms.rules = Rules { auto_delete: true, keep, max_bytes, ..Rules::default() };
        report.usage.used = 1_000_000;
        report.usage.space = Space { free: 10_000_000, total: 20_000_000 };
        report
    }

    #[test]
    fn what_is_older_than_the_retention_tomorrow_goes_soon() {
        let camera = CameraId::from_name("a");
        let archive = Some(WallSpan::new(at(0), at(30)));
        let soon = |report: &StorageReport| goes_before(&camera, archive, report, at(30));
        assert_eq!(soon(&report(Some(30 * DAY), None)), Some(at(1)));
        assert_eq!(soon(&report(Some(40 * DAY), None)), None);
        let mut own = report(Some(40 * DAY), None);
        own.terms.rules.keep_of.insert(camera.clone(), Some(10 * DAY));
        assert_eq!(soon(&own), Some(at(21)));
        own.terms.rules.auto_delete = false;
        assert_eq!(soon(&own), None);
    }

    #[test]
    fn what_does_not_fit_tomorrow_goes_soon() {
        let camera = CameraId::from_name("a");
        let archive = Some(WallSpan::new(at(0), at(10)));
        let mut full = report(None, Some(1_000_000));
        full.rate = 200_000 / 86_400 + 1;
        let before = goes_before(&camera, archive, &full, at(10)).expect("goes");
        assert!(before > at(2) && before < at(3), "{before}");
    }
}
