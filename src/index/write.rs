//! Changes of the index, each set of them in one durable transaction.
//!
//! Must not do: sync a segment's file; whoever applies a change has done that before.

use std::collections::{BTreeMap, BTreeSet};

use crossbeam::channel::{Sender, TrySendError};
use redb::{ReadableTable, Table, WriteTransaction};

use super::coverage::refresh_day;
use super::deleted::{self, DeletedSpan};
use super::error::{IndexError, guarded};
use super::events;
use super::open::Index;
use super::schema::{self, DAY, HEARTBEAT, JOURNAL, LONGEST, META, SEGMENT};
use crate::model::{
    CameraId, DeletionCause, JournalEntry, MotionEvent, SegmentRow, SegmentState, StreamId,
    VolumeId, WallSpan, WallTime,
};

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
    /// A segment's file is about to be removed: from now on it is no footage, and if the removal is
    /// interrupted the next repair completes it. Does nothing to one that is not on the volume any more.
    MarkDeleting {
        /// Its stream.
        stream: StreamId,
        /// Its start.
        start: WallTime,
        /// Where it is.
        volume: VolumeId,
        /// By which rule it goes.
        cause: DeletionCause,
    },
    /// A segment is footage again: it was marked, and has been locked since. Does nothing to one that is not
    /// marked.
    Unmark {
        /// Its stream.
        stream: StreamId,
        /// Its start.
        start: WallTime,
        /// What it was.
        state: SegmentState,
    },
    /// A whole copy of a segment's file is on another volume, under the same path, and counts from now on. Does
    /// nothing to a segment that is not on the one any more, or that is being deleted.
    Move {
        /// Its stream.
        stream: StreamId,
        /// Its start.
        start: WallTime,
        /// Where it was.
        from: VolumeId,
        /// Where it is.
        to: VolumeId,
    },
    /// A segment's file was removed for good: forgets the segment, and remembers why it is gone. Does nothing to one
    /// that is on another volume by now: its file there is whole.
    Deleted {
        /// Its stream.
        stream: StreamId,
        /// Its start.
        start: WallTime,
        /// From where it was removed.
        volume: VolumeId,
        /// The wall time that it covered.
        span: WallSpan,
        /// By which rule it went.
        cause: DeletionCause,
        /// When.
        at: WallTime,
    },
    /// Adds an event, or replaces the one of its camera and start.
    PutEvent {
        /// What moved.
        event: MotionEvent,
        /// A small JPEG of it; without one, what the event has is kept.
        picture: Option<Vec<u8>>,
    },
    /// Forgets the events of a camera that ended by a moment, with their pictures.
    DropEventsBefore {
        /// Whose.
        camera: CameraId,
        /// The start of its oldest footage.
        before: WallTime,
    },
    /// Adds an entry, or replaces the one of its camera and moment.
    Journal(JournalEntry),
    /// The recorder runs at this moment.
    Heartbeat(WallTime),
}

/// What is left to be applied of changes that had to wait: the newest row and the newest mark of each
/// segment and the newest heartbeat, so that a backlog grows with what happened and not with time.
#[must_use]
pub fn newest(changes: Vec<Change>) -> Vec<Change> {
    let mut last = BTreeMap::new();
    for (number, change) in changes.iter().enumerate() {
        if let Some(key) = folded(change) {
            last.insert(key, number);
        }
    }
    changes
        .into_iter()
        .enumerate()
        .filter(|(number, change)| folded(change).is_none_or(|key| last.get(&key) == Some(number)))
        .map(|(_, change)| change)
        .collect()
}

/// Hands `backlog` to the thread that writes the index. What it cannot take now stays, no larger than it must be.
pub fn hand_over(backlog: &mut Vec<Change>, index: &Sender<Vec<Change>>) {
    if backlog.is_empty() {
        return;
    }
    match index.try_send(std::mem::take(backlog)) {
        Ok(()) => {}
        Err(TrySendError::Full(changes) | TrySendError::Disconnected(changes)) => {
            *backlog = newest(changes);
        }
    }
}

/// Of changes with the same answer the last one says all; none for one that must stay.
fn folded(change: &Change) -> Option<(u8, Option<StreamId>, WallTime)> {
    match change {
        Change::PutSegment(row) => Some((0, Some(row.stream.clone()), row.start)),
        Change::MarkDeleting { stream, start, .. } => Some((1, Some(stream.clone()), *start)),
        Change::Heartbeat(_) => Some((2, None, WallTime::MIN)),
        _ => None,
    }
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
            let longest = write_all(&transaction, changes)?;
            transaction.commit()?;
            Ok(longest)
        });
        if let Ok(longest) = applied {
            self.shared.touched.note(changes, longest);
        } else {
            // Readers go on while the next attempt is waited for; what keeps it closed shows there.
            self.shared.close();
            let _closed = self.shared.reopen();
        }
        applied.map(|_| ())
    }
}

/// Gives the longest time that any segment has ever covered.
fn write_all(transaction: &WriteTransaction, changes: &[Change]) -> Result<i64, IndexError> {
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
            Change::MarkDeleting { stream, start, volume, cause } => {
                let state = SegmentState::Deleting(*cause);
                alter(&mut segments, stream, *start, |row| {
                    (row.volume == *volume).then_some(SegmentRow { state, ..row })
                })?;
                touched.insert((stream, schema::day_of(*start)));
            }
            Change::Unmark { stream, start, state } => {
                alter(&mut segments, stream, *start, |row| {
                    row.state.is_deleting().then_some(SegmentRow { state: *state, ..row })
                })?;
                touched.insert((stream, schema::day_of(*start)));
            }
            Change::Move { stream, start, from, to } => {
                alter(&mut segments, stream, *start, |row| {
                    let may = row.volume == *from && !row.state.is_deleting();
                    may.then_some(SegmentRow { volume: *to, ..row })
                })?;
            }
            Change::Deleted { stream, start, volume, span, cause, at } => {
                let key = schema::segment_key(stream, *start);
                if is_elsewhere(&segments, &key, *volume)? {
                    continue;
                }
                segments.remove(key.as_slice())?;
                touched.insert((stream, schema::day_of(*start)));
                let gone = DeletedSpan { span: *span, cause: *cause, at: *at };
                deleted::put(transaction, &stream.camera, gone)?;
            }
            Change::PutEvent { event, picture } => {
                events::put(transaction, &mut meta, event, picture.as_deref())?;
            }
            Change::DropEventsBefore { camera, before } => {
                events::drop_before(transaction, camera, *before)?;
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
    Ok(longest)
}

type Rows<'t> = Table<'t, &'static [u8], &'static [u8]>;

/// Alters the row of a segment, if it is still there and `alter` gives another one.
fn alter(
    segments: &mut Rows<'_>,
    stream: &StreamId,
    start: WallTime,
    alter: impl FnOnce(SegmentRow) -> Option<SegmentRow>,
) -> Result<(), IndexError> {
    let key = schema::segment_key(stream, start);
    let known = segments.get(key.as_slice())?;
    let row = known.map(|value| schema::decode_row(stream, start, value.value())).transpose()?;
    if let Some(altered) = row.and_then(alter) {
        segments.insert(key.as_slice(), schema::encode_row(&altered).as_slice())?;
    }
    Ok(())
}

/// Whether the segment at `key` is on another volume than `volume`.
fn is_elsewhere(segments: &Rows<'_>, key: &[u8], volume: VolumeId) -> Result<bool, IndexError> {
    let known = segments.get(key)?;
    let place = known.map(|value| schema::decode_place(value.value())).transpose()?;
    Ok(place.is_some_and(|(_, place, _)| place != volume))
}

fn put_entry(journal: &mut Rows<'_>, entry: &JournalEntry) -> Result<(), IndexError> {
    let key = schema::camera_key(&entry.camera, entry.at);
    journal.insert(key.as_slice(), schema::encode_state(&entry.state)?.as_slice())?;
    Ok(())
}
