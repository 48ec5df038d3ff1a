//! Compares the index with the files, and mends both: at every start, and for `check` and `check --repair`.
//!
//! The files are the truth. A file that no row names is adopted; a row whose file is gone is dropped and
//! reported; a file that makes no sense is reported and left alone; a deletion that was interrupted is
//! completed without a word. Must not do: delete any other footage. The one other thing removed is a file
//! of ours into which not one whole fragment was written.

use std::collections::BTreeMap;
use std::fmt;

use super::rebuilt::{clamped, journal_of_footage, row_of};
use super::{Change, Index, IndexError, IndexReader};
use crate::model::{DeletionCause, SegmentRow, SegmentState, StreamId, VolumeId, WallTime};
use crate::storage::recovery::{Cause, Plan, Repair};
use crate::storage::repair::{
    FoundSegment, Inspected, finish_file, inspect, remove_empty, remove_marked,
};
use crate::storage::{FoundFile, StorageError, Volume, Volumes};

/// What was compared and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Files on all volumes.
    pub files: u64,
    /// Rows in the index, before any repair.
    pub rows: u64,
    /// What was not as it should be, in the order of paths.
    pub problems: Vec<Problem>,
}

impl CheckReport {
    /// Whether nothing is left that a repair could mend.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.problems.iter().all(|p| matches!(p.outcome, Outcome::Repaired | Outcome::LeftAlone))
    }
}

/// One thing that was not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub volume: VolumeId,
    /// The file, below the volume's root; empty when the volume as a whole is meant.
    pub path: String,
    /// Whose footage, where that is known.
    pub stream: Option<StreamId>,
    /// What.
    pub finding: Finding,
    /// What became of it.
    pub outcome: Outcome,
}

/// What was not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A recording was not closed: its program was killed.
    NotClosed,
    /// A recording is not in the index.
    NotIndexed,
    /// The index gives another size or state than the file has.
    Differs,
    /// The index names a file that is not there.
    FileMissing,
    /// A file of ours into which nothing was recorded.
    Empty,
    /// Another file holds the same segment.
    Duplicate,
    /// The recording was brought elsewhere, and this file is not removed yet.
    Brought,
    /// No recording, or damaged beyond use; the text says why.
    Unreadable(String),
    /// A deletion was interrupted and cannot be completed.
    NotDeleted,
    /// The volume's files cannot be listed; its rows are left as they are.
    VolumeUnavailable,
}

/// What became of a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Only looked at; a repair would mend it.
    Found,
    /// Mended.
    Repaired,
    /// Nothing is to be done about it by us.
    LeftAlone,
    /// Mending failed; the text says why. The next repair tries again.
    Failed(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "volume {}: ", self.volume.0)?;
        } else {
            write!(f, "{}: ", self.path)?;
        }
        match &self.finding {
            Finding::NotClosed => f.write_str("the recording was not closed")?,
            Finding::NotIndexed => f.write_str("the recording is not in the index")?,
            Finding::Differs => f.write_str("the index does not agree with the file")?,
            Finding::FileMissing => f.write_str("the file is gone")?,
            Finding::Empty => f.write_str("nothing was recorded into the file")?,
            Finding::Duplicate => f.write_str("another file holds the same recording")?,
            Finding::Brought => {
                f.write_str(
                    "the recording was brought elsewhere, and this copy goes when that is sure",
                )?;
            }
            Finding::Unreadable(why) => f.write_str(why)?,
            Finding::NotDeleted => f.write_str("the deletion was interrupted")?,
            Finding::VolumeUnavailable => f.write_str("its files cannot be listed")?,
        }
        match &self.outcome {
            Outcome::Found => f.write_str(" (not repaired)"),
            Outcome::Repaired => f.write_str(" (repaired)"),
            Outcome::LeftAlone => f.write_str(" (left alone)"),
            Outcome::Failed(why) => write!(f, " (not repaired: {why})"),
        }
    }
}

/// Compares, and changes nothing. `open` are the rows of segments that are being written right now.
///
/// # Errors
/// When the index cannot be read. What is wrong with files and volumes is in the report.
pub fn check(
    reader: &IndexReader,
    volumes: &Volumes,
    open: &[SegmentRow],
) -> Result<CheckReport, IndexError> {
    let mut examination = Examination::new(reader, volumes, open, false);
    examination.run()?;
    Ok(examination.report)
}

/// Compares and mends: closes what a crash left open, adopts unknown files, drops rows without a file.
/// `open` are the rows of segments that are being written right now. After it [`check`] is clean, but for
/// files that are left alone. Where a camera has no journal at all, as in an index that was rebuilt from
/// nothing, the journal is derived from its footage.
///
/// # Errors
/// When the index cannot be read or written. What is wrong with files and volumes is in the report.
pub fn repair(
    index: &Index,
    volumes: &Volumes,
    open: &[SegmentRow],
) -> Result<CheckReport, IndexError> {
    let reader = index.reader();
    let mut examination = Examination::new(&reader, volumes, open, true);
    examination.run()?;
    let (report, changes) = (std::mem::take(&mut examination.report), examination.into_changes()?);
    index.apply(&changes)?;
    index.apply(&journal_of_footage(&reader, |_| true)?)?;
    Ok(report)
}

/// One pass over all volumes.
pub(super) struct Examination<'a> {
    reader: &'a IndexReader,
    pub(super) volumes: &'a Volumes,
    open: &'a [SegmentRow],
    mend: bool,
    pub(super) report: CheckReport,
    dropped: BTreeMap<(StreamId, WallTime), SegmentRow>,
    deleted: Vec<Change>,
    put: BTreeMap<(StreamId, WallTime), SegmentRow>,
}

impl<'a> Examination<'a> {
    pub(super) fn new(
        reader: &'a IndexReader,
        volumes: &'a Volumes,
        open: &'a [SegmentRow],
        mend: bool,
    ) -> Self {
        Self {
            reader,
            volumes,
            open,
            mend,
            report: CheckReport::default(),
            dropped: BTreeMap::new(),
            deleted: Vec::new(),
            put: BTreeMap::new(),
        }
    }

    fn run(&mut self) -> Result<(), IndexError> {
        for (id, volume) in self.volumes {
            let files = match volume.list() {
                Ok(files) => files,
                Err(error) => {
                    let outcome = Outcome::Failed(error.to_string());
                    self.report(*id, "", None, Finding::VolumeUnavailable, outcome);
                    continue;
                }
            };
            self.report.files += files.len() as u64;
            for repair in self.plan(*id, files)? {
                match repair {
                    Repair::DropRow(row) => self.drop_row(row),
                    Repair::CompleteDeletion { row, cause } => {
                        self.complete_deletion(volume.as_ref(), row, cause)?;
                    }
                    Repair::Inspect { file, row, cause } => {
                        self.examine(*id, volume.as_ref(), &file, row, cause)?;
                    }
                }
            }
        }
        self.report.problems.sort_by(|a, b| (a.volume, &a.path).cmp(&(b.volume, &b.path)));
        Ok(())
    }

    /// Compares with the rows, one stream at a time: an archive's rows need not fit in memory at once.
    fn plan(&mut self, volume: VolumeId, files: Vec<FoundFile>) -> Result<Vec<Repair>, IndexError> {
        let written: Vec<String> =
            self.open.iter().filter(|row| row.volume == volume).map(|r| r.path.clone()).collect();
        let mut plan = Plan::new(files, &written);
        for stream in self.reader.streams()? {
            for row in self.reader.segments_of(&stream)? {
                if row.volume == volume {
                    self.report.rows += 1;
                    if !written.contains(&row.path) {
                        plan.compare(row);
                    }
                }
            }
        }
        Ok(plan.into_repairs())
    }

    fn report(
        &mut self,
        volume: VolumeId,
        path: &str,
        stream: Option<StreamId>,
        finding: Finding,
        outcome: Outcome,
    ) {
        self.report.problems.push(Problem { volume, path: path.into(), stream, finding, outcome });
    }

    /// Mended now, or only found.
    fn done(&self) -> Outcome {
        if self.mend { Outcome::Repaired } else { Outcome::Found }
    }

    fn drop_row(&mut self, row: SegmentRow) {
        let (path, stream) = (row.path.clone(), row.stream.clone());
        self.report(row.volume, &path, Some(stream), Finding::FileMissing, self.done());
        self.forget(row);
    }

    /// It counts as deleted when the recorder was last known to run: soon after that it was interrupted.
    fn complete_deletion(
        &mut self,
        volume: &dyn Volume,
        row: SegmentRow,
        cause: DeletionCause,
    ) -> Result<(), IndexError> {
        if !self.mend {
            return Ok(());
        }
        if let Err(error) = remove_marked(volume, &row.path) {
            let outcome = Outcome::Failed(error.to_string());
            let stream = Some(row.stream);
            self.report(row.volume, &row.path, stream, Finding::NotDeleted, outcome);
            return Ok(());
        }
        let at = self.reader.heartbeat()?.unwrap_or(row.end);
        let span = row.span();
        let SegmentRow { stream, start, volume, .. } = row;
        self.deleted.push(Change::Deleted { stream, start, volume, span, cause, at });
        Ok(())
    }

    fn forget(&mut self, row: SegmentRow) {
        self.dropped.insert((row.stream.clone(), row.start), row);
    }

    /// Reads a file, and mends it and its row.
    pub(super) fn examine(
        &mut self,
        id: VolumeId,
        volume: &dyn Volume,
        file: &FoundFile,
        row: Option<SegmentRow>,
        cause: Cause,
    ) -> Result<(), IndexError> {
        let stream = row.as_ref().map(|row| row.stream.clone());
        match inspect(volume, &file.path) {
            Ok(Inspected::Segment(found)) => self.take(id, volume, file, row, cause, found)?,
            Ok(Inspected::Empty) => {
                let outcome = self.discard(volume, &file.path);
                row.into_iter().for_each(|row| self.forget(row));
                self.report(id, &file.path, stream, Finding::Empty, outcome);
            }
            Ok(Inspected::Unreadable(why)) => {
                let outcome = if row.is_some() { self.done() } else { Outcome::LeftAlone };
                row.into_iter().for_each(|row| self.forget(row));
                self.report(id, &file.path, stream, Finding::Unreadable(why), outcome);
            }
            Err(error) => {
                let outcome = Outcome::Failed(error.to_string());
                self.report(id, &file.path, stream, finding_of(cause), outcome);
            }
        }
        Ok(())
    }

    fn discard(&self, volume: &dyn Volume, path: &str) -> Outcome {
        if !self.mend {
            return Outcome::Found;
        }
        match remove_empty(volume, path) {
            Ok(true) => Outcome::Repaired,
            Ok(false) => Outcome::LeftAlone,
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }

    /// Whether a file is what is left of a recording that was brought elsewhere: the end came before it was
    /// removed. The thread that brings them asks the other side first.
    fn was_brought(&self, file: &FoundFile, known: &SegmentRow) -> bool {
        let place = self.volumes.get(&known.volume);
        let is_elsewhere = place.is_none_or(|place| place.folder().is_none());
        is_elsewhere && known.path == file.path && known.bytes == file.bytes
    }

    /// Makes the row of a recording true, and the file whole. One on a volume that is not written in place cannot
    /// be made whole there, and is no recording of ours that was brought.
    fn take(
        &mut self,
        id: VolumeId,
        volume: &dyn Volume,
        file: &FoundFile,
        row: Option<SegmentRow>,
        cause: Cause,
        mut found: FoundSegment,
    ) -> Result<(), IndexError> {
        let key = (found.identity.stream.clone(), found.identity.start);
        let known = self.reader.segment(&key.0, key.1)?;
        let elsewhere = known.as_ref().is_some_and(|known| {
            (known.volume != id || known.path != file.path) && !self.dropped.contains_key(&key)
        });
        if elsewhere || self.put.contains_key(&key) {
            let brought = known.as_ref().is_some_and(|known| self.was_brought(file, known));
            let finding = if brought { Finding::Brought } else { Finding::Duplicate };
            self.report(id, &file.path, Some(key.0), finding, Outcome::LeftAlone);
            row.into_iter().for_each(|row| self.forget(row));
            return Ok(());
        }
        let torn = found.needs_finish();
        let mut outcome = self.done();
        if self.mend
            && let Err(error) = finish_file(volume, &file.path, &mut found)
        {
            if matches!(error, StorageError::NotInPlace { .. }) {
                row.into_iter().for_each(|row| self.forget(row));
                let (stream, left) = (Some(key.0), Outcome::LeftAlone);
                self.report(id, &file.path, stream, Finding::NotClosed, left);
                return Ok(());
            }
            outcome = Outcome::Failed(error.to_string());
        }
        let state = match &known {
            _ if found.needs_finish() => SegmentState::Recording,
            _ if torn => SegmentState::Recovered,
            Some(known) if known.state == SegmentState::Recovered => SegmentState::Recovered,
            _ => SegmentState::Finished,
        };
        let finding = if torn { Finding::NotClosed } else { finding_of(cause) };
        self.report(id, &file.path, Some(key.0.clone()), finding, outcome);
        // A file that says of itself what its row does not: the row was another file's.
        row.into_iter()
            .filter(|row| row.stream != key.0 || row.start != key.1)
            .for_each(|row| self.forget(row));
        let new = row_of(&found, known.as_ref(), id, &file.path, state);
        self.put.insert(key, new);
        Ok(())
    }

    /// All changes, with no rebuilt row reaching into the segment after it.
    pub(super) fn into_changes(self) -> Result<Vec<Change>, IndexError> {
        let mut changes: Vec<Change> = self
            .dropped
            .keys()
            .map(|(stream, start)| Change::RemoveSegment { stream: stream.clone(), start: *start })
            .chain(self.deleted)
            .collect();
        for ((stream, start), row) in &self.put {
            let later = start.plus_micros(1);
            let beside = self.put.range((stream.clone(), later)..).next();
            let beside = beside.filter(|((other, _), _)| other == stream).map(|((_, at), _)| *at);
            let indexed = self.reader.first_after(stream, later)?.map(|row| row.start);
            let next = beside.into_iter().chain(indexed).min();
            changes.push(Change::PutSegment(clamped(row.clone(), next)));
        }
        Ok(changes)
    }
}

fn finding_of(cause: Cause) -> Finding {
    match cause {
        Cause::NoRow => Finding::NotIndexed,
        Cause::NotClosed | Cause::SizeDiffers => Finding::Differs,
    }
}
