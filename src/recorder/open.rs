//! The segments that are being written, as readers may see them.
//!
//! Must not do: any I/O. The recorder alone writes here, after a fragment has reached its file.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::container::PackedFragment;
use crate::media::StreamParameters;
use crate::model::{SegmentRow, StreamId, WallTime};

/// A segment being written, up to its last whole fragment.
#[derive(Clone, Debug)]
pub struct OpenSegment {
    /// Its row as of that fragment.
    pub row: SegmentRow,
    /// What a decoder needs.
    pub parameters: Arc<StreamParameters>,
    /// The samples of each fragment, oldest first.
    pub fragments: Vec<Arc<PackedFragment>>,
}

/// All segments being written, and those just closed that the index does not know yet. Cheap to clone;
/// all clones see the same.
#[derive(Clone, Debug, Default)]
pub struct OpenSegments {
    segments: Arc<Mutex<BTreeMap<(StreamId, WallTime), OpenSegment>>>,
}

impl OpenSegments {
    /// The row of the newest segment of `stream` that is being written.
    #[must_use]
    pub fn row(&self, stream: &StreamId) -> Option<SegmentRow> {
        self.lock().range(keys_of(stream)).next_back().map(|(_, open)| open.row.clone())
    }

    /// The segment of `stream` that begins at `start`.
    #[must_use]
    pub fn at(&self, stream: &StreamId, start: WallTime) -> Option<OpenSegment> {
        self.lock().get(&(stream.clone(), start)).cloned()
    }

    /// The rows of `stream`, ordered by start; cheaper than whole segments.
    #[must_use]
    pub fn rows_of(&self, stream: &StreamId) -> Vec<SegmentRow> {
        self.lock().range(keys_of(stream)).map(|(_, open)| open.row.clone()).collect()
    }

    /// All rows.
    #[must_use]
    pub fn rows(&self) -> Vec<SegmentRow> {
        self.lock().values().map(|open| open.row.clone()).collect()
    }

    /// A fragment has reached the file: `row` is the segment's row with it. The first one opens the
    /// segment.
    pub fn append(
        &self,
        row: SegmentRow,
        parameters: &Arc<StreamParameters>,
        fragment: Arc<PackedFragment>,
    ) {
        let mut open = self.lock();
        let key = (row.stream.clone(), row.start);
        match open.get_mut(&key) {
            Some(entry) => {
                entry.row = row;
                entry.fragments.push(fragment);
            }
            None => {
                let parameters = Arc::clone(parameters);
                open.insert(key, OpenSegment { row, parameters, fragments: vec![fragment] });
            }
        }
    }

    /// The segment is closed and the index knows it; readers find it there from now on.
    pub fn close(&self, stream: &StreamId, start: WallTime) {
        self.lock().remove(&(stream.clone(), start));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(StreamId, WallTime), OpenSegment>> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keys_of(stream: &StreamId) -> RangeInclusive<(StreamId, WallTime)> {
    (stream.clone(), WallTime::MIN)..=(stream.clone(), WallTime::MAX)
}
