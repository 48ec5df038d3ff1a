//! What an archive and the folder here need besides recordings that are brought: files that an end in between has
//! left here, parts that nobody goes on with, deletions, and files that the index does not know.
//!
//! Must not do: decide what is deleted; adopt a file.

use std::collections::{BTreeMap, BTreeSet};

use super::bring::{Failed, length_there};
use super::courier::Courier;
use super::{ArchiveOptions, Found, Order};
use crate::engine::EngineError;
use crate::model::{SegmentRow, VolumeId};
use crate::storage::FoundFile;
use crate::storage::layout::parse_path;
use crate::storage::recovery::{Cause, Plan, Repair};

impl Courier {
    /// Looks for files here that the index has on the archive: the end came before they were removed. Each goes when
    /// the archive has it; when it has not, this one counts again.
    pub(super) fn tidy(&mut self, archive: &ArchiveOptions) -> Result<(), Failed> {
        let Some(here) = self.options.recordings.volumes.get(archive.spool) else { return Ok(()) };
        let files = here.list().map_err(EngineError::from)?;
        let names = files.iter().map(|file| file.path.clone()).collect();
        let rows = self.options.recordings.reader.named_on(archive.volume_id, &names)?;
        let lengths: BTreeMap<&str, u64> =
            files.iter().map(|file| (file.path.as_str(), file.bytes)).collect();
        for row in rows {
            let bytes = lengths.get(row.path.as_str()).copied();
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
        let (volume, serial) = (archive.volume_id, self.now.serial);
        let valid = |order: &Order| order.volume == volume && order.serial == serial;
        let now = self.options.clock.now();
        let removed = self.deletions.carry_out(valid, &self.options.locks, now)?;
        self.now.room.unfreed += removed.map_or(0, |removed| removed.bytes);
        Ok(removed.is_some())
    }

    /// Lists all files and compares them with the index; the recordings that it does not know, by path. None when the
    /// archive answers and cannot list them.
    pub(super) fn look_for_strangers(
        &mut self,
        archive: &ArchiveOptions,
    ) -> Result<Option<Vec<FoundFile>>, Failed> {
        let now = self.options.clock.monotonic();
        self.standing.begin_list(now);
        let files = match archive.archive.list() {
            Ok(files) => files,
            Err(error) => {
                let error = self.only_of_file(archive, error)?;
                let text = format!("The files on {} cannot be listed: {error}.", self.now.address);
                self.standing.unlisted = Some(text);
                self.tell_aside();
                return Ok(None);
            }
        };
        self.standing.end_list(now);
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
            ours && !self.standing.not_addable.contains(&file.path)
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
