//! Questions to the index. Each is answered from one consistent state, whatever is written meanwhile.
//!
//! Must not do: write, or wait for a writer.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use redb::{ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable};

use super::coverage;
use super::error::{IndexError, guarded};
use super::open::Shared;
use super::schema::{self, DAY, HEARTBEAT, JOURNAL, LONGEST, META, SEGMENT};
use crate::model::coverage::{SEAM_MICROS, merge};
use crate::model::{
    CameraId, CoverageKind, CoverageSpan, JournalEntry, SegmentRow, StreamId, StreamKind, WallSpan,
    WallTime,
};

/// Reads the index, from any thread. Cheap to clone.
///
/// All its questions fail with [`IndexError::Database`] or [`IndexError::Damaged`] when the file cannot be
/// read, and with [`IndexError::Closed`] while it is being opened again after a failed write.
#[derive(Clone, Debug)]
pub struct IndexReader {
    pub(super) shared: Arc<Shared>,
}

pub(super) type Rows = ReadOnlyTable<&'static [u8], &'static [u8]>;

/// One consistent state. Tables are opened as they are needed: that is the larger part of a short question.
pub(super) struct View {
    state: ReadTransaction,
    pub(super) meta: ReadOnlyTable<&'static str, i64>,
    /// How far back a segment may begin that reaches into a span.
    longest: i64,
}

impl IndexReader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub(super) fn read<T>(
        &self,
        ask: impl FnOnce(&View) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        guarded(|| {
            let database = self.shared.read();
            let state = database.as_ref().ok_or(IndexError::Closed)?.begin_read()?;
            let meta = state.open_table(META)?;
            let longest = meta.get(LONGEST)?.map_or(0, |longest| longest.value());
            ask(&View { state, meta, longest })
        })
    }

    /// The segments of `stream` with a moment in `span`, ordered by start.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn segments(
        &self,
        stream: &StreamId,
        span: WallSpan,
    ) -> Result<Vec<SegmentRow>, IndexError> {
        self.read(|view| {
            let prefix = schema::stream_prefix(stream);
            let first = span.start.plus_micros(view.longest.saturating_neg());
            let from = schema::numbered(&prefix, first.as_micros());
            let to = schema::numbered(&prefix, span.end.as_micros());
            let mut rows = Vec::new();
            for item in view.segments()?.range::<&[u8]>(from.as_slice()..to.as_slice())? {
                let (key, value) = item?;
                let start = schema::time_of(key.value())?;
                let footage = schema::decode_footage(start, value.value())?;
                if footage.is_some_and(|footage| footage.overlaps(span)) {
                    rows.push(schema::decode_row(stream, start, value.value())?);
                }
            }
            Ok(rows)
        })
    }

    /// All segments, ordered by stream and start.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn all_segments(&self) -> Result<Vec<SegmentRow>, IndexError> {
        let mut rows = Vec::new();
        for stream in self.streams()? {
            let all = self.segments_of(&stream)?;
            rows.extend(all.into_iter().filter(|row| !row.state.is_deleting()));
        }
        Ok(rows)
    }

    /// All rows of `stream`, also those that cover no time or are being deleted, ordered by start.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn segments_of(&self, stream: &StreamId) -> Result<Vec<SegmentRow>, IndexError> {
        self.read(|view| {
            let prefix = schema::stream_prefix(stream);
            let behind = schema::behind(prefix.clone());
            let range = view.segments()?.range::<&[u8]>(prefix.as_slice()..behind.as_slice())?;
            range.map(|item| row_of(stream, item)).collect()
        })
    }

    /// The row of `stream` that starts at exactly `start`, also while it is being deleted.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn segment(
        &self,
        stream: &StreamId,
        start: WallTime,
    ) -> Result<Option<SegmentRow>, IndexError> {
        self.read(|view| {
            let value = view.segments()?.get(schema::segment_key(stream, start).as_slice())?;
            value.map(|value| schema::decode_row(stream, start, value.value())).transpose()
        })
    }

    /// The segment of `stream` that covers `at`; of several, which only a stepped clock can make, the one
    /// that started last.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn segment_at(
        &self,
        stream: &StreamId,
        at: WallTime,
    ) -> Result<Option<SegmentRow>, IndexError> {
        self.read(|view| {
            let prefix = schema::stream_prefix(stream);
            let first = at.plus_micros(view.longest.saturating_neg());
            let from = schema::numbered(&prefix, first.as_micros());
            let to = schema::numbered(&prefix, at.as_micros());
            for item in view.segments()?.range::<&[u8]>(from.as_slice()..=to.as_slice())?.rev() {
                let (key, value) = item?;
                let start = schema::time_of(key.value())?;
                let footage = schema::decode_footage(start, value.value())?;
                if footage.is_some_and(|footage| footage.contains(at)) {
                    return schema::decode_row(stream, start, value.value()).map(Some);
                }
            }
            Ok(None)
        })
    }

    /// The first segment of `stream` that starts at `at` or later.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn first_after(
        &self,
        stream: &StreamId,
        at: WallTime,
    ) -> Result<Option<SegmentRow>, IndexError> {
        self.read(|view| {
            let prefix = schema::stream_prefix(stream);
            let from = schema::numbered(&prefix, at.as_micros());
            let behind = schema::behind(prefix);
            let range = view.segments()?.range::<&[u8]>(from.as_slice()..behind.as_slice())?;
            first_footage(stream, range)
        })
    }

    /// The last segment of `stream` that starts before `at`; it may reach beyond it.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn last_before(
        &self,
        stream: &StreamId,
        at: WallTime,
    ) -> Result<Option<SegmentRow>, IndexError> {
        self.read(|view| {
            let prefix = schema::stream_prefix(stream);
            let to = schema::numbered(&prefix, at.as_micros());
            let range = view.segments()?.range::<&[u8]>(prefix.as_slice()..to.as_slice())?;
            first_footage(stream, range.rev())
        })
    }

    /// The oldest `limit` segments of `stream`, ordered by start.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn oldest(&self, stream: &StreamId, limit: usize) -> Result<Vec<SegmentRow>, IndexError> {
        self.read(|view| {
            let prefix = schema::stream_prefix(stream);
            let behind = schema::behind(prefix.clone());
            let range = view.segments()?.range::<&[u8]>(prefix.as_slice()..behind.as_slice())?;
            footage_of(stream, range).take(limit).collect()
        })
    }

    /// Bytes of all files of each camera, also of those that are being deleted. Looks at every row.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn usage(&self) -> Result<BTreeMap<CameraId, u64>, IndexError> {
        self.read(|view| {
            let mut usage: BTreeMap<CameraId, u64> = BTreeMap::new();
            for item in view.segments()?.iter()? {
                let (key, value) = item?;
                let bytes = usage.entry(schema::camera_of(key.value())?).or_default();
                *bytes = bytes.saturating_add(schema::decode_place(value.value())?.0);
            }
            Ok(usage)
        })
    }

    /// All streams that have a segment, be it one that is being deleted.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn streams(&self) -> Result<Vec<StreamId>, IndexError> {
        self.read(View::streams)
    }

    /// From the start of the oldest to the end of the newest footage; none when there is none.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn archive(&self) -> Result<Option<WallSpan>, IndexError> {
        self.read(|view| {
            let (segments, days) = (view.segments()?, view.days()?);
            let mut archive: Option<WallSpan> = None;
            for stream in view.streams()? {
                let prefix = schema::stream_prefix(&stream);
                let behind = schema::behind(prefix.clone());
                let range = segments.range::<&[u8]>(prefix.as_slice()..behind.as_slice())?;
                let Some(first) = first_footage(&stream, range)? else { continue };
                let start = first.start;
                let end = coverage::newest_end(&days, &stream, view.longest)?;
                let end = end.unwrap_or(start);
                archive = Some(archive.map_or(WallSpan::new(start, end), |archive| {
                    WallSpan::new(archive.start.min(start), archive.end.max(end))
                }));
            }
            Ok(archive)
        })
    }

    /// What of `span` the streams of `camera` cover, and by which rule it was recorded; ordered, merged
    /// where it is closer than `resolution` microseconds, and cut to `span`. Segments that are being
    /// written are covered as far as their rows tell.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn coverage(
        &self,
        camera: &CameraId,
        span: WallSpan,
        resolution: i64,
    ) -> Result<Vec<CoverageSpan>, IndexError> {
        let seam = resolution.max(SEAM_MICROS);
        self.read(|view| {
            let days = view.days()?;
            let mut found = Vec::new();
            for kind in [StreamKind::Main, StreamKind::Sub] {
                let stream = StreamId::new(camera.clone(), kind);
                coverage::collect(&days, &stream, span, view.longest, seam, &mut found)?;
            }
            found.sort_unstable_by_key(|span| span.start);
            let plain = |span| CoverageSpan { span, kind: CoverageKind::Continuous };
            let merged = merge(found.into_iter().map(plain), seam);
            Ok(coverage::with_kinds(merged, &view.kinds(camera, span)?))
        })
    }

    /// The entries of `camera` in `span`, ordered, and in front of them the one that was in force at its
    /// start.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn journal(
        &self,
        camera: &CameraId,
        span: WallSpan,
    ) -> Result<Vec<JournalEntry>, IndexError> {
        self.read(|view| {
            let mut entries = Vec::new();
            view.each_entry(camera, span, |at, value| {
                entries.push(schema::decode_entry(camera, at, value)?);
                Ok(())
            })?;
            Ok(entries)
        })
    }

    /// What recording of `camera` did last.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn last_state(&self, camera: &CameraId) -> Result<Option<JournalEntry>, IndexError> {
        let end = WallSpan::new(WallTime::MAX, WallTime::MAX);
        Ok(self.journal(camera, end)?.pop())
    }

    /// All cameras that have a journal.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn journal_cameras(&self) -> Result<Vec<CameraId>, IndexError> {
        self.read(|view| cameras(&view.journal()?))
    }

    /// When the recorder was last known to run.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn heartbeat(&self) -> Result<Option<WallTime>, IndexError> {
        self.read(|view| {
            let beat = view.meta.get(HEARTBEAT)?;
            Ok(beat.map(|beat| WallTime::from_micros(beat.value())))
        })
    }
}

impl View {
    pub(super) fn open(&self, table: schema::Bytes) -> Result<Rows, IndexError> {
        Ok(self.state.open_table(table)?)
    }

    pub(super) fn segments(&self) -> Result<Rows, IndexError> {
        self.open(SEGMENT)
    }

    fn days(&self) -> Result<Rows, IndexError> {
        self.open(DAY)
    }

    fn journal(&self) -> Result<Rows, IndexError> {
        self.open(JOURNAL)
    }

    fn streams(&self) -> Result<Vec<StreamId>, IndexError> {
        skim(&self.segments()?, |key| {
            let stream = schema::stream_of(key)?;
            let next = schema::behind(schema::stream_prefix(&stream));
            Ok((stream, next))
        })
    }

    /// Hands the entry in force at the start of `span` and those in it to `each`.
    pub(super) fn each_entry(
        &self,
        camera: &CameraId,
        span: WallSpan,
        mut each: impl FnMut(WallTime, &[u8]) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let prefix = schema::camera_prefix(camera);
        let from = schema::numbered(&prefix, span.start.as_micros());
        let to = schema::numbered(&prefix, span.end.as_micros());
        let mut before = self.journal()?.range::<&[u8]>(prefix.as_slice()..=from.as_slice())?;
        if let Some(item) = before.next_back() {
            let (key, value) = item?;
            each(schema::time_of(key.value())?, value.value())?;
        }
        let within = (Bound::Excluded(from.as_slice()), Bound::Excluded(to.as_slice()));
        if from < to {
            for item in self.journal()?.range::<&[u8]>(within)? {
                let (key, value) = item?;
                each(schema::time_of(key.value())?, value.value())?;
            }
        }
        Ok(())
    }

    /// From when on `camera` recorded by which rule, as far as `span` is concerned; the first one holds
    /// from before it.
    fn kinds(
        &self,
        camera: &CameraId,
        span: WallSpan,
    ) -> Result<Vec<(WallTime, CoverageKind)>, IndexError> {
        let mut kinds: Vec<(WallTime, CoverageKind)> = Vec::new();
        let prefix = schema::camera_prefix(camera);
        let from = schema::numbered(&prefix, span.start.as_micros());
        for item in self.journal()?.range::<&[u8]>(prefix.as_slice()..from.as_slice())?.rev() {
            let (key, value) = item?;
            if let Some(kind) = schema::decode_kind(value.value())? {
                kinds.push((schema::time_of(key.value())?, kind));
                break;
            }
        }
        self.each_entry(camera, span, |at, value| {
            if let Some(kind) = schema::decode_kind(value)?
                && kinds.last().is_none_or(|(_, last)| *last != kind)
            {
                kinds.push((at, kind));
            }
            Ok(())
        })?;
        Ok(kinds)
    }
}

type Item<'a> = (redb::AccessGuard<'a, &'static [u8]>, redb::AccessGuard<'a, &'static [u8]>);

fn row_of(
    stream: &StreamId,
    item: Result<Item<'_>, redb::StorageError>,
) -> Result<SegmentRow, IndexError> {
    let (key, value) = item?;
    schema::decode_row(stream, schema::time_of(key.value())?, value.value())
}

/// The rows among `items` that are footage, in their order.
fn footage_of<'a>(
    stream: &StreamId,
    items: impl Iterator<Item = Result<Item<'a>, redb::StorageError>>,
) -> impl Iterator<Item = Result<SegmentRow, IndexError>> {
    let is_footage =
        |row: &Result<SegmentRow, _>| row.as_ref().map_or(true, |row| !row.state.is_deleting());
    items.map(|item| row_of(stream, item)).filter(is_footage)
}

fn first_footage<'a>(
    stream: &StreamId,
    items: impl Iterator<Item = Result<Item<'a>, redb::StorageError>>,
) -> Result<Option<SegmentRow>, IndexError> {
    footage_of(stream, items).next().transpose()
}

/// All cameras that a table knows, whose keys begin with one.
pub(super) fn cameras(table: &Rows) -> Result<Vec<CameraId>, IndexError> {
    skim(table, |key| {
        let camera = schema::camera_of(key)?;
        let next = schema::behind(schema::camera_prefix(&camera));
        Ok((camera, next))
    })
}

/// The first key of each group. `group` names the group of a key and where the next one begins.
fn skim<T>(
    table: &Rows,
    group: impl Fn(&[u8]) -> Result<(T, Vec<u8>), IndexError>,
) -> Result<Vec<T>, IndexError> {
    let mut groups = Vec::new();
    let mut from = Vec::new();
    while let Some(item) = table.range::<&[u8]>(from.as_slice()..)?.next() {
        let (found, next) = group(item?.0.value())?;
        groups.push(found);
        from = next;
    }
    Ok(groups)
}
