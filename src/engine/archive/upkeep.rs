//! What an archive and the folder here need besides recordings that are brought: files that an end in between has
//! left here, parts that nobody goes on with, deletions, and files that the index does not know.
//!
//! Must not do: decide what is deleted; adopt a file.

use std::collections::BTreeSet;
use std::time::Duration;

use super::bring::{Failed, length_there};
use super::courier::Courier;
use super::{ArchiveOptions, Found, ORDER};
use crate::engine::removal::Doomed;
use crate::model::{SegmentRow, SegmentState, VolumeId};
use crate::storage::FoundFile;
use crate::storage::layout::parse_path;
use crate::storage::recovery::{Cause, Plan, Repair};
use crate::storage::retention::Deletion;

/// All files are listed again after this time: with ten thousand of them that takes a NAS some seconds.
const LIST_EVERY: Duration = Duration::from_secs(24 * 3_600);

impl Courier {
    /// Looks for files here that the index has on the archive: the end came before they were removed. Each goes when
    /// the archive has it; when it has not, this one counts again.
    pub(super) fn tidy(&mut self, archive: &ArchiveOptions) -> Result<(), Failed> {
        let Some(here) = self.options.recordings.volumes.get(archive.spool) else { return Ok(()) };
        let files = match here.list() {
            Ok(files) => files,
            Err(error) => return Err(crate::engine::EngineError::from(error).into()),
        };
        let names = files.iter().map(|file| file.path.clone()).collect();
        let rows = self.options.recordings.reader.named_on(archive.volume_id, &names)?;
        for row in rows {
            let bytes = files.iter().find(|file| file.path == row.path).map(|file| file.bytes);
            let there = match length_there(archive, &row.path) {
                Ok(there) => there,
                Err(error) => {
                    let error = self.only_of_file(archive, error)?;
                    tracing::warn!("{} is looked at again later: {error}", row.path);
                    self.tidy_later();
                    continue;
                }
            };
            if row.state.is_deleting() || there == bytes {
                self.remove_here(here.as_ref(), &row);
            } else if bytes == Some(row.bytes) {
                tracing::warn!(
                    "{} is not whole on {}: it is brought again",
                    row.path,
                    self.now.address
                );
                self.change_place(&row, archive.volume_id, archive.spool)?;
            } else {
                tracing::warn!("{} and its copy here differ; both are left alone", row.path);
            }
        }
        Ok(())
    }

    /// Removes parts of files that are not brought any more.
    pub(super) fn drop_parts(
        &self,
        archive: &ArchiveOptions,
        waiting: &[SegmentRow],
    ) -> Result<(), Failed> {
        let parts = match archive.archive.unfinished() {
            Ok(parts) => parts,
            Err(error) => {
                let error = self.only_of_file(archive, error)?;
                tracing::warn!("parts of files stay on {}: {error}", self.now.address);
                return Ok(());
            }
        };
        for path in parts {
            if waiting.iter().any(|row| row.path == path) {
                continue;
            }
            tracing::info!("{path} is not brought to {} any more", self.now.address);
            if let Err(error) = archive.archive.abandon(&path) {
                let error = self.only_of_file(archive, error)?;
                tracing::warn!("a part of {path} stays on {}: {error}", self.now.address);
            }
        }
        Ok(())
    }

    /// Carries out what was ordered, and what an end has interrupted; whether there was anything.
    pub(super) fn delete(&mut self, archive: &ArchiveOptions) -> Result<bool, Failed> {
        let doomed = self.doomed(archive)?;
        let now = self.options.clock.now();
        if doomed.is_empty() && !self.removal.is_due(now.monotonic) {
            return Ok(false);
        }
        let locks = self.options.locks.clone();
        let marked = locks.hold(|locks| self.removal.mark(doomed, locks, false, now.monotonic));
        let marked = marked.transpose()?.unwrap_or_default();
        let (count, removed) = (marked.len(), self.removal.remove(marked, now)?);
        self.now.room.unfreed += removed.bytes;
        if removed.files < count {
            // Why is known to who asks next.
            self.removal.trouble().into_iter().for_each(|trouble| tracing::warn!("{trouble}"));
        }
        Ok(true)
    }

    fn doomed(&mut self, archive: &ArchiveOptions) -> Result<Vec<Doomed>, Failed> {
        if !self.removal.has_room() {
            return Ok(Vec::new());
        }
        if !self.is_taken_up {
            let rows = self.options.recordings.reader.leaving(archive.volume_id)?.into_iter();
            let new = rows.filter(|row| !self.removal.holds(row));
            let doomed: Vec<Doomed> = new.take(ORDER).filter_map(taken_up).collect();
            self.is_taken_up = doomed.len() < ORDER;
            if !doomed.is_empty() {
                return Ok(doomed);
            }
        }
        let ordered = self.ordered.take();
        let serial = self.now.serial;
        let valid = ordered.filter(|o| o.volume == archive.volume_id && o.serial == serial);
        Ok(valid.map_or_else(Vec::new, |order| order.doomed))
    }

    pub(super) fn is_list_due(&self, now: Duration) -> bool {
        self.listed.is_none_or(|at| now.saturating_sub(at) >= LIST_EVERY)
    }

    /// Lists all files and compares them with the index; the recordings that it does not know, by path. None when the
    /// archive answers and cannot list them.
    pub(super) fn look_for_strangers(
        &mut self,
        archive: &ArchiveOptions,
    ) -> Result<Option<Vec<FoundFile>>, Failed> {
        self.listed = Some(self.options.clock.monotonic());
        let files = match archive.archive.list() {
            Ok(files) => files,
            Err(error) => {
                let error =
                    self.only_of_file(archive, error).inspect_err(|_| self.listed = None)?;
                let address = &self.now.address;
                self.note_trouble(format!("The files on {address} cannot be listed: {error}."));
                return Ok(None);
            }
        };
        // Others may have taken what was freed; it is tried again.
        self.now.room.unfreed = 0;
        let mut plan = Plan::new(files, &[]);
        for row in self.rows_of(archive.volume_id)? {
            plan.compare(row);
        }
        // The end may have come before the index was told that they were brought.
        let own: BTreeSet<String> =
            self.rows_of(archive.spool)?.into_iter().map(|row| row.path).collect();
        let is_stranger = |file: &FoundFile| {
            let ours = parse_path(&file.path).is_some() && !own.contains(&file.path);
            ours && !self.refused.contains(&file.path)
        };
        let (mut found, mut strangers) = (Found::default(), Vec::new());
        for repair in plan.into_repairs() {
            match repair {
                Repair::Inspect { cause: Cause::NoRow, file, .. } => {
                    if is_stranger(&file) {
                        found.strangers = found.strangers.and(file.bytes);
                        strangers.push(file);
                    }
                }
                Repair::Inspect { .. } => found.differing += 1,
                Repair::DropRow(_) => found.missing += 1,
                Repair::CompleteDeletion { .. } => {}
            }
        }
        if found != Found::default() {
            tracing::warn!("{} and the index do not agree: {found:?}", self.now.address);
        }
        self.now.found = Some(found);
        Ok(Some(strangers))
    }

    fn rows_of(&self, volume: VolumeId) -> Result<Vec<SegmentRow>, Failed> {
        let reader = &self.options.recordings.reader;
        let mut rows = reader.segments_on(volume)?;
        rows.extend(reader.leaving(volume)?);
        Ok(rows)
    }
}

/// An interrupted deletion, as it was planned. The state before is not known any more: locked meanwhile, it counts as
/// closed in order.
pub(super) fn taken_up(row: SegmentRow) -> Option<Doomed> {
    let SegmentState::Deleting(cause) = row.state else { return None };
    let deletion =
        Deletion { stream: row.stream.clone(), start: row.start, bytes: row.bytes, cause };
    Some((SegmentRow { state: SegmentState::Finished, ..row }, deletion))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeletionCause, MediaTime, RunId, StreamId, StreamKind, WallTime};

    #[test]
    fn an_interrupted_deletion_goes_on_by_its_rule() {
        let start = WallTime::from_micros(5);
        let row = SegmentRow {
            stream: StreamId::new("front".parse().expect("an identity"), StreamKind::Main),
            start,
            end: start.plus_micros(1),
            media_duration: 1,
            frames: 1,
            bytes: 7,
            run: RunId(0),
            run_offset: MediaTime::default(),
            volume: VolumeId(3),
            path: "front/a.mp4".into(),
            state: SegmentState::Deleting(DeletionCause::LowSpace),
        };
        let (was, deletion) = taken_up(row.clone()).expect("it is being deleted");
        assert_eq!((was.state, deletion.cause), (SegmentState::Finished, DeletionCause::LowSpace));
        assert_eq!(deletion.bytes, 7);
        assert_eq!(taken_up(was), None);
    }
}
