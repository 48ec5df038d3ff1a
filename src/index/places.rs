//! Questions to the index by the place that recordings are on. Each looks at every row, but takes apart only those
//! that it gives.
//!
//! Must not do: write, or ask a volume.

use std::collections::{BTreeMap, BTreeSet};

use redb::ReadableTable;

use super::IndexReader;
use super::error::IndexError;
use super::query::View;
use super::schema;
use crate::model::{SegmentRow, StreamId, VolumeId};

/// What the files of a volume take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occupied {
    /// Bytes in all.
    pub bytes: u64,
    /// Of these, those that are being deleted.
    pub leaving: u64,
}

impl IndexReader {
    /// What the files of each volume take.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn occupied(&self) -> Result<BTreeMap<VolumeId, Occupied>, IndexError> {
        self.read(|view| {
            let mut places: BTreeMap<VolumeId, Occupied> = BTreeMap::new();
            for item in view.segments()?.iter()? {
                let (bytes, volume, leaving) = schema::decode_place(item?.1.value())?;
                let place = places.entry(volume).or_default();
                place.bytes = place.bytes.saturating_add(bytes);
                if leaving {
                    place.leaving = place.leaving.saturating_add(bytes);
                }
            }
            Ok(places)
        })
    }

    /// The segments on `volume` that are not being deleted, the oldest first over all streams.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn segments_on(&self, volume: VolumeId) -> Result<Vec<SegmentRow>, IndexError> {
        self.read(|view| view.rows_on(volume, |row| !row.state.is_deleting()))
    }

    /// The oldest `limit` segments of `stream` on any of `volumes` that are not being deleted, ordered by start.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn oldest_on(
        &self,
        stream: &StreamId,
        limit: usize,
        volumes: &BTreeSet<VolumeId>,
    ) -> Result<Vec<SegmentRow>, IndexError> {
        self.read(|view| {
            let prefix = schema::stream_prefix(stream);
            let behind = schema::behind(prefix.clone());
            let range = view.segments()?.range::<&[u8]>(prefix.as_slice()..behind.as_slice())?;
            let mut rows = Vec::new();
            for item in range {
                let (key, value) = item?;
                let (_, volume, leaving) = schema::decode_place(value.value())?;
                if !leaving && volumes.contains(&volume) {
                    let start = schema::time_of(key.value())?;
                    rows.push(schema::decode_row(stream, start, value.value())?);
                }
                if rows.len() >= limit {
                    break;
                }
            }
            Ok(rows)
        })
    }

    /// The rows of the files on `volume` that have these paths, also of those that are being deleted.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn named_on(
        &self,
        volume: VolumeId,
        paths: &BTreeSet<String>,
    ) -> Result<Vec<SegmentRow>, IndexError> {
        self.read(|view| view.rows_on(volume, |row| paths.contains(&row.path)))
    }

    /// The rows of segments on `volume` that are being deleted, the oldest first.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn leaving(&self, volume: VolumeId) -> Result<Vec<SegmentRow>, IndexError> {
        self.read(|view| view.rows_on(volume, |row| row.state.is_deleting()))
    }
}

impl View {
    fn rows_on(
        &self,
        volume: VolumeId,
        wanted: impl Fn(&SegmentRow) -> bool,
    ) -> Result<Vec<SegmentRow>, IndexError> {
        let mut rows = Vec::new();
        for item in self.segments()?.iter()? {
            let (key, value) = item?;
            if schema::decode_place(value.value())?.1 == volume {
                let stream = schema::stream_of(key.value())?;
                let start = schema::time_of(key.value())?;
                rows.push(schema::decode_row(&stream, start, value.value())?);
                rows.pop_if(|row| !wanted(row));
            }
        }
        rows.sort_by(|a, b| (a.start, &a.stream).cmp(&(b.start, &b.stream)));
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Change, Index};
    use crate::model::{DeletionCause, SegmentState, WallSpan};

    #[test]
    fn a_segment_moves_once_and_not_while_it_is_being_deleted() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
        let reader = index.reader();
        let rows =
            [SegmentRow::of_second(1, 0), SegmentRow::of_second(2, 0), SegmentRow::of_second(3, 1)];
        let puts: Vec<Change> = rows.iter().cloned().map(Change::PutSegment).collect();
        index.apply(&puts).expect("applies");
        let (stream, cause) = (rows[0].stream.clone(), DeletionCause::NotBrought);
        let to = |row: &SegmentRow| Change::Move {
            stream: stream.clone(),
            start: row.start,
            from: VolumeId(0),
            to: VolumeId(1),
        };
        let mark = Change::MarkDeleting {
            stream: stream.clone(),
            start: rows[1].start,
            volume: VolumeId(0),
            cause,
        };
        index.apply(&[to(&rows[0]), mark, to(&rows[1])]).expect("applies");
        let moved = SegmentRow { volume: VolumeId(1), ..rows[0].clone() };
        let there = BTreeSet::from([VolumeId(1)]);
        let oldest = |limit| reader.oldest_on(&stream, limit, &there).expect("reads");
        assert_eq!(oldest(1), std::slice::from_ref(&moved));
        assert_eq!(oldest(9), [moved.clone(), rows[2].clone()]);
        assert_eq!(
            reader.segments_on(VolumeId(1)).expect("reads"),
            [moved.clone(), rows[2].clone()]
        );
        assert_eq!(reader.segments_on(VolumeId(0)).expect("reads"), []);
        let marked = SegmentRow { state: SegmentState::Deleting(cause), ..rows[1].clone() };
        assert_eq!(reader.leaving(VolumeId(0)).expect("reads"), [marked]);
        let expected = [
            (VolumeId(0), Occupied { bytes: 100, leaving: 100 }),
            (VolumeId(1), Occupied { bytes: 200, leaving: 0 }),
        ];
        assert_eq!(reader.occupied().expect("reads"), BTreeMap::from(expected));

        let unmark = |row: &SegmentRow| Change::Unmark {
            stream: stream.clone(),
            start: row.start,
            state: SegmentState::Recovered,
        };
        index.apply(&[to(&rows[0]), unmark(&rows[0]), unmark(&rows[1])]).expect("applies");
        assert_eq!(reader.segment(&stream, rows[0].start).expect("reads"), Some(moved));
        let kept = SegmentRow { state: SegmentState::Recovered, ..rows[1].clone() };
        assert_eq!(reader.segments_on(VolumeId(0)).expect("reads"), [kept]);
    }

    #[test]
    fn a_file_removed_where_it_was_does_not_cost_the_segment_that_has_moved() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
        let (here, there) = (SegmentRow::of_second(1, 0), SegmentRow::of_second(2, 1));
        let puts = [&here, &there].map(|row| Change::PutSegment(row.clone()));
        index.apply(&puts).expect("applies");
        // On a full disk files go before their marks are known.
        let removed = |row: &SegmentRow| Change::Deleted {
            stream: row.stream.clone(),
            start: row.start,
            volume: VolumeId(0),
            span: row.span(),
            cause: DeletionCause::NotBrought,
            at: row.end,
        };
        index.apply(&[removed(&here), removed(&there)]).expect("applies");
        let reader = index.reader();
        assert_eq!(reader.all_segments().expect("reads"), [there]);
        let gone = reader.deleted(&here.stream.camera, WallSpan::ALL).expect("reads");
        assert_eq!(gone.iter().map(|gone| gone.span).collect::<Vec<_>>(), [here.span()]);
    }
}
