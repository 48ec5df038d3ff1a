//! Segments made ready for reading, and the few that are kept so.
//!
//! Must not do: decide which segment is wanted; `footage` does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{GopWalk, PlaybackError};
use crate::container::{self, ReadAt, SampleInfo};
use crate::media::StreamParameters;
use crate::model::{SegmentRow, StreamKind, WallTime};
use crate::storage::Volumes;

/// Samples that all kept segments may have together: at 40 bytes each, 40 MB. An hour at 25 pictures a
/// second has 90,000.
const KEPT_SAMPLES: usize = 1_000_000;

/// Tells the segments of a camera apart, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SegmentKey {
    start: WallTime,
    kind: StreamKind,
}

/// A segment whose samples can be read.
pub struct LoadedSegment {
    /// Its row, as of when it was loaded.
    pub row: SegmentRow,
    /// What a decoder needs.
    pub parameters: Arc<StreamParameters>,
    /// Its samples.
    pub walk: GopWalk,
    pub(super) file: Arc<dyn ReadAt>,
    /// Grows with each fragment while it is being written.
    pub(super) fragments: usize,
    /// Reading failed: the file is to be opened anew, as its volume may be there again.
    pub(super) dead: AtomicBool,
}

/// Opens the file of a segment for reading.
///
/// # Errors
/// [`PlaybackError::NoVolume`] or [`PlaybackError::Open`].
pub(super) fn open_file(
    row: &SegmentRow,
    volumes: &Volumes,
) -> Result<Arc<dyn ReadAt>, PlaybackError> {
    let path = row.path.clone();
    let Some(volume) = volumes.get(&row.volume) else {
        return Err(PlaybackError::NoVolume { volume: row.volume, path });
    };
    let file = volume.open_read(&row.path);
    file.map(Arc::from).map_err(|source| PlaybackError::Open { path, source })
}

impl LoadedSegment {
    /// Opens a segment that is closed, for its caller alone.
    ///
    /// # Errors
    /// [`PlaybackError`] naming the file when it cannot be opened or understood.
    pub fn open(row: &SegmentRow, volumes: &Volumes) -> Result<Self, PlaybackError> {
        let file = open_file(row, volumes)?;
        let path = || row.path.clone();
        let opened = container::read(file.as_ref())
            .map_err(|source| PlaybackError::Container { path: path(), source })?;
        let parameters = StreamParameters::from_sample_entry(opened.sample_entry)
            .map_err(|source| PlaybackError::Parameters { path: path(), source })?;
        Ok(Self {
            row: row.clone(),
            parameters: Arc::new(parameters),
            walk: GopWalk::new(opened.table),
            file,
            fragments: 0,
            dead: AtomicBool::new(false),
        })
    }

    /// What it is called among the segments of its camera.
    pub(super) fn key(&self) -> SegmentKey {
        SegmentKey { start: self.row.start, kind: self.row.stream.kind }
    }

    /// When `sample` begins to be shown.
    #[must_use]
    pub fn wall_of(&self, sample: usize) -> WallTime {
        let pts = self.walk.samples().get(sample).map_or(0, |sample| sample.pts);
        self.row.wall_at(pts)
    }

    /// The sample shown at `at`; the first one when `at` is before it.
    #[must_use]
    pub fn shown_at(&self, at: WallTime) -> Option<usize> {
        self.walk.shown_at(self.row.ticks_at(at)).or_else(|| self.walk.first())
    }

    /// The random access point shown at `at`, or the first one.
    #[must_use]
    pub fn key_shown_at(&self, at: WallTime) -> Option<usize> {
        let key = self.walk.key_shown_at(self.row.ticks_at(at));
        key.or_else(|| self.walk.first().and_then(|first| self.walk.start_for(first)))
    }

    /// What is shown at `at`: the picture, or the random access point where only those are.
    pub(super) fn sample_at(&self, at: WallTime, keys_only: bool) -> Option<usize> {
        if keys_only { self.key_shown_at(at) } else { self.shown_at(at) }
    }

    /// Reads the access unit of `sample` into `unit`.
    ///
    /// # Errors
    /// [`PlaybackError::Read`] with the place in the file.
    pub fn read(&self, sample: &SampleInfo, unit: &mut Vec<u8>) -> Result<(), PlaybackError> {
        let fail = |source| {
            self.dead.store(true, Ordering::Relaxed);
            PlaybackError::Read { path: self.row.path.clone(), offset: sample.offset, source }
        };
        let size = u64::from(sample.size);
        if self.file.length().map_err(fail)? < sample.offset.saturating_add(size) {
            return Err(fail(std::io::ErrorKind::UnexpectedEof.into()));
        }
        unit.resize(sample.size as usize, 0);
        self.file.read_exact_at(sample.offset, unit).map_err(fail)
    }

    /// Whether `other` is the same file.
    #[must_use]
    pub fn is_same_file(&self, other: &SegmentRow) -> bool {
        self.row.volume == other.volume && self.row.path == other.path
    }
}

/// The segments used last, newest at the end.
#[derive(Default)]
pub(super) struct Kept {
    segments: Vec<Arc<LoadedSegment>>,
}

impl Kept {
    /// The kept segment of this file, if it can be read.
    pub(super) fn get(&mut self, row: &SegmentRow) -> Option<Arc<LoadedSegment>> {
        self.segments.retain(|kept| !kept.dead.load(Ordering::Relaxed));
        let index = self.segments.iter().position(|kept| kept.is_same_file(row))?;
        let segment = self.segments.remove(index);
        self.segments.push(Arc::clone(&segment));
        Some(segment)
    }

    /// Keeps `segment` in place of an older state of it, and forgets those used longest ago.
    pub(super) fn put(&mut self, segment: &Arc<LoadedSegment>) {
        self.segments.retain(|kept| !kept.is_same_file(&segment.row));
        self.segments.push(Arc::clone(segment));
        let mut samples: usize = self.segments.iter().map(|kept| kept.walk.samples().len()).sum();
        while samples > KEPT_SAMPLES && self.segments.len() > 1 {
            samples -= self.segments.remove(0).walk.samples().len();
        }
    }
}
