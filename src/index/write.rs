//! Changes of the index, each set of them in one durable transaction.
//!
//! Must not do: sync a segment's file; whoever applies a change has done that before.

use std::collections::{BTreeMap, BTreeSet};

use redb::{ReadableTable, Table, WriteTransaction};

use super::coverage::refresh_day;
use super::error::{IndexError, guarded};
use super::open::Index;
use super::schema::{self, DAY, HEARTBEAT, JOURNAL, LONGEST, META, SEGMENT};
use crate::model::{JournalEntry, SegmentRow, StreamId, WallTime};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Adds a segment, or replaces the row with its stream and start.
    PutSegment(SegmentRow),
    /// Forgets a segment.
    RemoveSegment {
        /// Its stream.
        stream: StreamId,
        /// Its start.
        start: WallTime,
    },
    /// Adds an entry, or replaces the one of its camera and moment.
    Journal(JournalEntry),
    /// The recorder runs at this moment.
    Heartbeat(WallTime),
}

/// What is left to be applied of changes that had to wait: the newest row of each segment and the newest
/// heartbeat, so that a backlog grows with what happened and not with time.
#[must_use]
pub fn newest(changes: Vec<Change>) -> Vec<Change> {
    let mut last = BTreeMap::new();
    for (number, change) in changes.iter().enumerate() {
        if let Change::PutSegment(row) = change {
            last.insert((row.stream.clone(), row.start), number);
        }
    }
    let heartbeat = changes.iter().rposition(|change| matches!(change, Change::Heartbeat(_)));
    changes
        .into_iter()
        .enumerate()
        .filter(|(number, change)| match change {
            Change::PutSegment(row) => last.get(&(row.stream.clone(), row.start)) == Some(number),
            Change::Heartbeat(_) => heartbeat == Some(*number),
            Change::RemoveSegment { .. } | Change::Journal(_) => true,
        })
        .map(|(_, change)| change)
        .collect()
}

impl Index {
    /// Applies all `changes` in one transaction that lasts when this returns: all or none are there after
    /// a power cut.
    ///
    /// # Errors
    /// [`IndexError::Database`], [`IndexError::Damaged`]; none of the changes is applied then, and the
    /// same call may be made again: the database is opened anew for it.
    pub fn apply(&self, changes: &[Change]) -> Result<(), IndexError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.shared.reopen()?;
        let applied = guarded(|| {
            let database = self.shared.read();
            let transaction = database.as_ref().ok_or(IndexError::Closed)?.begin_write()?;
            write_all(&transaction, changes)?;
            Ok(transaction.commit()?)
        });
        if applied.is_err() {
            self.shared.close();
        }
        applied
    }
}

fn write_all(transaction: &WriteTransaction, changes: &[Change]) -> Result<(), IndexError> {
    let mut segments = transaction.open_table(SEGMENT)?;
    let mut journal = transaction.open_table(JOURNAL)?;
    let mut meta = transaction.open_table(META)?;
    let mut longest = meta.get(LONGEST)?.map_or(0, |longest| longest.value());
    let mut touched = BTreeSet::new();
    for change in changes {
        match change {
            Change::PutSegment(row) => {
                let key = schema::segment_key(&row.stream, row.start);
                segments.insert(key.as_slice(), schema::encode_row(row).as_slice())?;
                touched.insert((&row.stream, schema::day_of(row.start)));
                longest = longest.max(row.end.micros_since(row.start));
            }
            Change::RemoveSegment { stream, start } => {
                segments.remove(schema::segment_key(stream, *start).as_slice())?;
                touched.insert((stream, schema::day_of(*start)));
            }
            Change::Journal(entry) => put_entry(&mut journal, entry)?,
            Change::Heartbeat(at) => {
                meta.insert(HEARTBEAT, at.as_micros())?;
            }
        }
    }
    meta.insert(LONGEST, longest)?;
    let mut days = transaction.open_table(DAY)?;
    for (stream, day) in touched {
        refresh_day(&segments, &mut days, stream, day)?;
    }
    Ok(())
}

fn put_entry(
    journal: &mut Table<'_, &'static [u8], &'static [u8]>,
    entry: &JournalEntry,
) -> Result<(), IndexError> {
    let key = schema::journal_key(&entry.camera, entry.at);
    journal.insert(key.as_slice(), schema::encode_state(&entry.state)?.as_slice())?;
    Ok(())
}
