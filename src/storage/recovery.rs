//! Turns (files, rows) into repairs, purely: what must be looked at, and which rows have lost their file.
//!
//! No repair deletes footage: the only ones are to read a file, to forget a row, and to complete a deletion
//! that had begun. A file whose row is closed and gives its size is not even opened, so that a start with
//! ten thousand files is quick.
//! Must not do: any I/O.

use std::collections::BTreeMap;

use super::{FoundFile, layout};
use crate::model::{DeletionCause, SegmentRow, SegmentState};

/// Why a file must be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No row names it.
    NoRow,
    /// Its row says that it is still being recorded, and nobody does.
    NotClosed,
    /// Its row gives another size.
    SizeDiffers,
}

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// Read the file, finish it where needed, and make its row true.
    Inspect {
        /// The file.
        file: FoundFile,
        /// Its row, if it has one.
        row: Option<SegmentRow>,
        /// Why.
        cause: Cause,
    },
    /// The file is gone: the row goes too.
    DropRow(SegmentRow),
    /// A deletion was interrupted: the file goes, if it is still there, and the row with it.
    CompleteDeletion {
        /// The row.
        row: SegmentRow,
        /// By which rule it was deleted.
        cause: DeletionCause,
    },
}

/// Compares the files of one volume with its rows.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Files that no row has named yet.
    unnamed: BTreeMap<String, u64>,
    /// What the rows compared so far have led to.
    repairs: Vec<Repair>,
}

impl Plan {
    /// Begins with all files of a volume, less those that are being written now. What does not end in
    /// `.mp4` is nobody's recording.
    #[must_use]
    pub fn new(files: impl IntoIterator<Item = FoundFile>, being_written: &[String]) -> Self {
        let unnamed = files
            .into_iter()
            .filter(|file| file.path.ends_with(layout::EXTENSION))
            .filter(|file| !being_written.contains(&file.path))
            .map(|file| (file.path, file.bytes))
            .collect();
        Self { unnamed, repairs: Vec::new() }
    }

    /// Compares one row of the volume. Rows of segments that are being written now are not given.
    pub fn compare(&mut self, row: SegmentRow) {
        let bytes = self.unnamed.remove(&row.path);
        if let SegmentState::Deleting(cause) = row.state {
            self.repairs.push(Repair::CompleteDeletion { row, cause });
            return;
        }
        let Some(bytes) = bytes else {
            self.repairs.push(Repair::DropRow(row));
            return;
        };
        let cause = match row.state {
            SegmentState::Recording => Cause::NotClosed,
            SegmentState::Finished | SegmentState::Recovered if bytes != row.bytes => {
                Cause::SizeDiffers
            }
            SegmentState::Finished | SegmentState::Recovered | SegmentState::Deleting(_) => return,
        };
        let file = FoundFile { path: row.path.clone(), bytes };
        self.repairs.push(Repair::Inspect { file, row: Some(row), cause });
    }

    /// What is to be done, when all rows have been compared.
    #[must_use]
    pub fn into_repairs(self) -> Vec<Repair> {
        let mut repairs = self.repairs;
        repairs.extend(self.unnamed.into_iter().map(|(path, bytes)| Repair::Inspect {
            file: FoundFile { path, bytes },
            row: None,
            cause: Cause::NoRow,
        }));
        repairs
    }
}

/// The repairs for one volume: [`Plan`] in one call.
#[must_use]
pub fn plan(
    files: impl IntoIterator<Item = FoundFile>,
    rows: impl IntoIterator<Item = SegmentRow>,
) -> Vec<Repair> {
    let mut plan = Plan::new(files, &[]);
    rows.into_iter().for_each(|row| plan.compare(row));
    plan.into_repairs()
}
