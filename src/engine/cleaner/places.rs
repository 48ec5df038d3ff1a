//! The retention over several places: what each of them holds, and what goes on which.
//!
//! Must not do: ask an archive; what its own thread has last seen of it counts here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::Keeper;
use super::report::SpoolReport;
use crate::engine::EngineError;
use crate::engine::archive::{ArchiveReport, ORDER, Order};
use crate::engine::removal::Doomed;
use crate::index::Occupied;
use crate::model::{Lock, StreamId, VolumeId, WallTime};
use crate::storage::deletion::{self, Placed, Terms};
use crate::storage::retention::{self, Candidate, Deletion, Plan, Shortage, Usage};
use crate::storage::spool::{self, Room, SpoolTerms};
use crate::storage::{Space, StorageError};

/// Segments of each stream that a plan looks at first; more when the oldest are locked.
const CANDIDATES: usize = 32;

/// As many at most.
const MOST_CANDIDATES: usize = 1 << 20;

/// The sizes in the index are summed up again after this time; between, what is written is added.
const RECOUNT: Duration = Duration::from_secs(600);

/// The sizes in the index.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// Bytes on all volumes that are there,
    all: u64,
    /// and on the one that is recorded to.
    here: u64,
    /// What had been written then,
    written: u64,
    /// and when that was.
    at: Duration,
    /// Deletions on the archive until then, files brought there, and deletions on those before.
    serial: (Option<(u64, u64)>, u64),
}

/// What goes now, and where.
#[derive(Debug, Default)]
pub struct Planned {
    /// On this computer, in this order.
    pub here: Vec<Deletion>,
    /// On archives, likewise.
    pub elsewhere: BTreeMap<VolumeId, Vec<Deletion>>,
    /// A limit that deleting cannot keep.
    pub shortage: Option<Shortage>,
    /// That of what may wait.
    pub spool_shortage: Option<Shortage>,
}

impl Keeper {
    /// The archive, while deletions on it can be carried out.
    fn archive(&self) -> Option<&Arc<ArchiveReport>> {
        self.now.archive.as_ref().filter(|archive| archive.state.is_reachable())
    }

    /// All archives, also those of former settings, while deletions on them can be carried out.
    fn elsewhere(&self) -> BTreeSet<VolumeId> {
        let now = self.archive().map(|archive| archive.volume);
        self.former.there.iter().copied().chain(now).collect()
    }

    /// Ours and the space of the volume that is recorded to; `written` are the bytes recorded since the start.
    pub(super) fn measure(&mut self, now: Duration, written: u64) -> Result<Usage, EngineError> {
        let recordings = Arc::clone(&self.options.recordings);
        let volumes = recordings.volumes.here();
        let spaces = volumes.iter().map(|(id, volume)| (*id, volume.space()));
        let mut spaces: BTreeMap<VolumeId, Result<Space, StorageError>> = spaces.collect();
        let answers = spaces.iter().filter(|(_, space)| space.is_ok()).map(|(id, _)| *id);
        let there = answers.chain(self.elsewhere()).collect();
        if self.there != there {
            self.there = there;
            self.counted = None;
        }
        let archive = self.now.archive.as_ref();
        let serial = archive.map(|archive| (archive.serial, archive.brought.files));
        let serial = (serial, self.former.serial);
        let fresh = |c: &Counted| now.saturating_sub(c.at) < RECOUNT && c.serial == serial;
        let counted = match self.counted.filter(fresh) {
            Some(counted) => counted,
            None => {
                let places = recordings.reader.occupied()?;
                let volume = self.now.terms.volume;
                let on = |id: &VolumeId| places.get(id).map_or(0, |place| place.bytes);
                let (all, here) = (self.there.iter().map(on).sum(), on(&volume));
                self.removed = 0;
                *self.counted.insert(Counted { all, here, written, at: now, serial })
            }
        };
        let since = |bytes: u64| {
            (bytes + written.saturating_sub(counted.written)).saturating_sub(self.removed)
        };
        let spool = self.now.terms.spool.is_some();
        self.now.spool =
            spool.then(|| SpoolReport { used: since(counted.here), ..SpoolReport::default() });
        // What an operator allows is for all that comes with footage.
        self.now.thumbnails = self.small_pictures.usage();
        let used = since(counted.all).saturating_add(self.now.thumbnails);
        let space = spaces.remove(&self.now.terms.volume).transpose()?.unwrap_or_default();
        Ok(Usage { used, space })
    }

    /// What goes now, on all places.
    pub(super) fn plan(&self, locks: &[Lock], now: WallTime) -> Result<Planned, EngineError> {
        let mut terms = self.now.terms.clone();
        if !self.clock_is_trusted {
            (terms.rules.keep, terms.rules.keep_of) = (None, BTreeMap::new());
        }
        let (candidates, horizon, plan) = self.plan_all(&terms, locks, now)?;
        let (shortage, mut deletions) = (plan.shortage, plan.deletions);
        let mut spool_shortage = None;
        if let Some(spool) = terms.spool {
            let waiting = self.plan_spool(spool, &terms, locks, now)?;
            spool_shortage = waiting.shortage;
            deletions.extend(waiting.deletions);
        }
        let archives = self.elsewhere();
        let placed = candidates.iter().filter(|(volume, _)| archives.contains(volume));
        let places: BTreeMap<(&StreamId, WallTime), VolumeId> =
            placed.map(|(volume, c)| ((&c.stream, c.span.start), *volume)).collect();
        let place = |d: &Deletion| places.get(&(&d.stream, d.start)).copied();
        if let Some(archive) = self.archive() {
            let on = |d: &&Deletion| place(d) == Some(archive.volume);
            let going = deletions.iter().filter(on).map(|d| d.bytes).sum();
            let candidates: Vec<Candidate> = candidates
                .iter()
                .filter(|(volume, _)| *volume == archive.volume)
                .map(|(_, candidate)| candidate.clone())
                .collect();
            let reserve = retention::reserve(self.now.rate, archive.room.space.total);
            let (room, rules) = (Room { reserve, ..archive.room }, &terms.rules);
            let more = spool::plan_archive(&candidates, horizon, locks, rules, &room, going, now);
            deletions.extend(more.deletions);
        }
        let mut seen = BTreeSet::new();
        deletions.retain(|d| seen.insert((d.stream.clone(), d.start)));
        let mut planned = Planned { shortage, spool_shortage, ..Planned::default() };
        for deletion in deletions {
            match place(&deletion) {
                Some(volume) => planned.elsewhere.entry(volume).or_default().push(deletion),
                None => planned.here.push(deletion),
            }
        }
        Ok(planned)
    }

    /// What goes by age and size wherever it is; looks at more segments when the oldest are locked.
    fn plan_all(
        &self,
        terms: &Terms,
        locks: &[Lock],
        now: WallTime,
    ) -> Result<(Vec<Placed>, Option<WallTime>, Plan), EngineError> {
        let mut limit = CANDIDATES;
        loop {
            let (candidates, horizon) = self.candidates(limit)?;
            let usage = self.usage_of_plan()?;
            let plan = deletion::plan(&candidates, horizon, locks, terms, &usage, now);
            let outlived = |(_, candidate): &Placed| terms.rules.outlived(candidate, now).is_some();
            let short = self.archive().is_some_and(|archive| archive.room.lacking > 0);
            let more = plan.incomplete || short || candidates.iter().any(outlived);
            let stuck = horizon.is_some() && more && plan.deletions.is_empty();
            if !stuck || limit >= MOST_CANDIDATES {
                return Ok((candidates, horizon, plan));
            }
            limit *= 8;
        }
    }

    /// What is used, without what goes already. With archives, whose files go on another thread, only the index
    /// knows how far that has come; it is asked after the candidates, so that what went meanwhile is no reason to
    /// delete more.
    fn usage_of_plan(&self) -> Result<Usage, EngineError> {
        let mut used = self.now.usage.used;
        let archives = self.elsewhere();
        if !archives.is_empty() {
            let places = self.options.recordings.reader.occupied()?;
            let on = |id: &VolumeId| {
                let Occupied { bytes, leaving } = places.get(id).copied().unwrap_or_default();
                if archives.contains(id) { bytes.saturating_sub(leaving) } else { bytes }
            };
            used = self.there.iter().map(on).sum::<u64>().saturating_add(self.now.thumbnails);
        }
        Ok(Usage { used: used.saturating_sub(self.removal.aside_bytes()), ..self.now.usage })
    }

    /// What goes of the recordings that wait: all of them are looked at, they are few. What they take is summed up
    /// here as well: what was brought away since the last look is no reason to delete more.
    fn plan_spool(
        &self,
        spool: SpoolTerms,
        terms: &Terms,
        locks: &[Lock],
        now: WallTime,
    ) -> Result<Plan, EngineError> {
        let recordings = &self.options.recordings;
        // The index knows an open segment as it was synced last, or not yet.
        let open = recordings.open.rows().into_iter().filter(|row| row.volume == terms.volume);
        let open: BTreeMap<_, _> = open.map(|row| ((row.stream, row.start), row.bytes)).collect();
        let rows = recordings.reader.segments_on(terms.volume)?.into_iter();
        let waiting: Vec<Candidate> = rows.map(|row| candidate(&self.open(), row).1).collect();
        let closed = |c: &&Candidate| !open.contains_key(&(c.stream.clone(), c.span.start));
        let closed: u64 = waiting.iter().filter(closed).map(|candidate| candidate.bytes).sum();
        let used = open.values().sum::<u64>().saturating_add(closed);
        let usage = Usage { used, ..self.now.usage };
        Ok(spool.plan(&waiting, None, locks, &terms.rules, &usage, now))
    }

    fn open(&self) -> BTreeSet<(StreamId, WallTime)> {
        let rows = self.options.recordings.open.rows().into_iter();
        rows.map(|row| (row.stream, row.start)).collect()
    }

    /// The oldest segments of each stream at places that are there, and where; beyond the horizon some are missing.
    fn candidates(&self, limit: usize) -> Result<(Vec<Placed>, Option<WallTime>), EngineError> {
        let recordings = &self.options.recordings;
        let open = self.open();
        let (mut candidates, mut horizon) = (Vec::new(), None);
        for stream in recordings.reader.streams()? {
            let rows = recordings.reader.oldest_on(&stream, limit, &self.there)?;
            if let Some(last) = rows.last().filter(|_| rows.len() == limit) {
                horizon = Some(horizon.map_or(last.start, |h: WallTime| h.min(last.start)));
            }
            candidates.extend(rows.into_iter().map(|row| candidate(&open, row)));
        }
        Ok((candidates, horizon))
    }

    /// The rows of what goes, without those that have been brought to another place since that was planned.
    pub(super) fn rows_of(
        &self,
        deletions: Vec<Deletion>,
        is_there: impl Fn(VolumeId) -> bool,
    ) -> Result<Vec<Doomed>, EngineError> {
        let mut rows = Vec::new();
        for deletion in deletions {
            let reader = &self.options.recordings.reader;
            let row = reader.segment(&deletion.stream, deletion.start)?;
            rows.extend(row.filter(|row| is_there(row.volume)).map(|row| (row, deletion)));
        }
        Ok(rows)
    }

    /// Orders what goes on an archive. What cannot be taken now is planned again at the next round.
    pub(super) fn order(
        &self,
        volume: VolumeId,
        deletions: Vec<Deletion>,
    ) -> Result<(), EngineError> {
        let archive = self.archive().filter(|archive| archive.volume == volume);
        let serial = archive.map_or(self.former.serial, |archive| archive.serial);
        let next = deletions.into_iter().take(ORDER).collect();
        let doomed = self.rows_of(next, |place| place == volume)?;
        self.options.archive.order(Order { volume, serial, doomed });
        Ok(())
    }
}

fn candidate(open: &BTreeSet<(StreamId, WallTime)>, row: crate::model::SegmentRow) -> Placed {
    let open = open.contains(&(row.stream.clone(), row.start));
    let span = row.span();
    (row.volume, Candidate { stream: row.stream, span, bytes: row.bytes, open })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DataFolder;
    use crate::engine::archive::ArchiveDesk;
    use crate::engine::cleaner::CleanerOptions;
    use crate::engine::indexer::Indexer;
    use crate::engine::locks::Locks;
    use crate::engine::offline;
    use crate::index::{Change, Index, ThumbnailWriter};
    use crate::model::{DeletionCause, SegmentRow};
    use crate::recorder::{OpenSegments, Signals};
    use crate::runtime::{Latest, SimulatedClock};
    use crate::storage::Volumes;

    #[test]
    fn what_was_brought_to_another_place_since_it_was_planned_is_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
        let rows = [SegmentRow::of_second(1, 0), SegmentRow::of_second(2, 1)];
        index.apply(&rows.clone().map(Change::PutSegment)).expect("applies");
        let recordings = offline::recordings(&index, Volumes::new(), OpenSegments::default());
        let indexer = Indexer::start(Arc::new(index), OpenSegments::default()).expect("starts");
        let options = CleanerOptions {
            recordings: Arc::new(recordings),
            index: indexer.writer(),
            locks: Locks::open(&DataFolder::at(folder.path().into()).expect("a folder")),
            signals: Arc::new(Signals::default()),
            recorder: Arc::new(Latest::new()),
            clock: Arc::new(SimulatedClock::new(rows[1].end)),
            terms: Terms::default(),
            thumbnails: ThumbnailWriter::open(folder.path().join("thumbnails.redb")).0,
            archive: ArchiveDesk::default(),
        };
        let keeper = Keeper::new(options, Arc::new(Latest::new()));
        let planned = rows.iter().map(|row| Deletion {
            stream: row.stream.clone(),
            start: row.start,
            bytes: row.bytes,
            cause: DeletionCause::Retention,
        });
        let here = keeper.rows_of(planned.collect(), |place| place == VolumeId(0));
        let here: Vec<SegmentRow> = here.expect("reads").into_iter().map(|(row, _)| row).collect();
        assert_eq!(here, rows[..1]);
        drop(keeper);
        indexer.stop(Duration::from_secs(60)).expect("stops");
    }
}
