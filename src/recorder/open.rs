//! The segments that are being written, as readers may see them.
//!
//! Must not do: any I/O. The recorder alone writes here, after a fragment has reached its file.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::container::SampleInfo;
use crate::media::StreamParameters;
use crate::model::{SegmentRow, StreamId};

/// A segment being written, up to its last whole fragment.
#[derive(Clone, Debug)]
pub struct OpenSegment {
    /// Its row as of that fragment.
    pub row: SegmentRow,
    /// What a decoder needs.
    pub parameters: Arc<StreamParameters>,
    /// The samples of each fragment, oldest first.
    pub fragments: Vec<Arc<[SampleInfo]>>,
}

/// All segments being written, by stream. Cheap to clone; all clones see the same.
#[derive(Clone, Debug, Default)]
pub struct OpenSegments {
    by_stream: Arc<Mutex<BTreeMap<StreamId, OpenSegment>>>,
}

impl OpenSegments {
    /// The segment of `stream` that is being written.
    #[must_use]
    pub fn get(&self, stream: &StreamId) -> Option<OpenSegment> {
        self.lock().get(stream).cloned()
    }

    /// The row alone, which is cheaper.
    #[must_use]
    pub fn row(&self, stream: &StreamId) -> Option<SegmentRow> {
        self.lock().get(stream).map(|open| open.row.clone())
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
        fragment: Arc<[SampleInfo]>,
    ) {
        let mut open = self.lock();
        match open.get_mut(&row.stream) {
            Some(entry) if entry.row.path == row.path => {
                entry.row = row;
                entry.fragments.push(fragment);
            }
            _ => {
                let stream = row.stream.clone();
                let parameters = Arc::clone(parameters);
                open.insert(stream, OpenSegment { row, parameters, fragments: vec![fragment] });
            }
        }
    }

    /// The segment of `stream` is finished; readers find it in the index from now on.
    pub fn close(&self, stream: &StreamId) {
        self.lock().remove(stream);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<StreamId, OpenSegment>> {
        self.by_stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
