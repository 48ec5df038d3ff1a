//! Writes one segment: a hybrid MP4 that is playable at every instant and an ordinary MP4 at the end.
//!
//! Must not do: decide when a segment ends, or talk to the index.

use std::sync::Arc;

use bytes::Bytes;
use chrono::FixedOffset;

use super::fragmenter::PendingFragment;
use super::rotation::{self, Extent};
use crate::container::{
    self, FragmentCursor, PackedFragment, PendingSample, SampleTable, TrackHeader,
};
use crate::media::StreamParameters;
use crate::model::{SegmentIdentity, SegmentRow, SegmentState, VolumeId, WallTime};
use crate::storage::repair::remove_empty;
use crate::storage::{SegmentFile, StorageError, Volume, layout};

/// Names that are tried when a file of the same second exists already, after a clock was set back.
const MAX_NAME_TRIES: u32 = 100;

/// The segment of one stream that is being written.
pub struct SegmentWriter {
    file: Box<dyn SegmentFile>,
    parameters: Arc<StreamParameters>,
    identity: SegmentIdentity,
    row: SegmentRow,
    boundary: WallTime,
    fragments: Vec<Arc<PackedFragment>>,
    duration: i64,
    cursor: Option<FragmentCursor>,
    gop: u64,
    largest_gop: u64,
    /// What has not been synced yet.
    dirty: bool,
    folder_synced: bool,
}

/// Where new segments go.
pub struct Place<'a> {
    /// The volume.
    pub volume: &'a dyn Volume,
    /// Its number in the index.
    pub volume_id: VolumeId,
    /// The zone of paths and boundaries.
    pub zone: chrono_tz::Tz,
    /// Length in minutes.
    pub minutes: u32,
}

impl SegmentWriter {
    /// Creates the file. Nothing is in it until the first fragment, which brings the header along.
    ///
    /// # Errors
    /// When the volume cannot make the file.
    pub fn create(
        place: &Place<'_>,
        identity: SegmentIdentity,
        parameters: Arc<StreamParameters>,
    ) -> Result<Self, StorageError> {
        let offset = rotation::offset_at(identity.start, place.zone);
        let (identity, path, file) = create_file(place.volume, identity, offset)?;
        let row = SegmentRow {
            stream: identity.stream.clone(),
            start: identity.start,
            end: identity.start,
            media_duration: 0,
            frames: 0,
            bytes: 0,
            run: identity.run,
            run_offset: identity.run_offset,
            volume: place.volume_id,
            path,
            state: SegmentState::Recording,
        };
        let boundary = rotation::boundary_after(identity.start, place.zone, place.minutes);
        Ok(Self {
            file,
            parameters,
            identity,
            row,
            boundary,
            fragments: Vec::new(),
            duration: 0,
            cursor: None,
            gop: 0,
            largest_gop: 0,
            dirty: false,
            folder_synced: false,
        })
    }

    /// Its row as of the last fragment.
    #[must_use]
    pub fn row(&self) -> &SegmentRow {
        &self.row
    }

    /// How far it has come.
    #[must_use]
    pub fn extent(&self) -> Extent {
        Extent {
            boundary: self.boundary,
            bytes: self.row.bytes,
            samples: self.row.frames,
            largest_gop: self.largest_gop,
        }
    }

    /// Appends a fragment in one write. Returns its samples; the caller then tells the wall time of the
    /// segment's new end with [`SegmentWriter::set_end`].
    ///
    /// # Errors
    /// When the volume cannot write; the file then ends with the fragment before.
    pub fn append(
        &mut self,
        fragment: &PendingFragment,
    ) -> Result<Arc<PackedFragment>, StorageError> {
        let (init, cursor) = match self.cursor {
            Some(cursor) => (Vec::new(), cursor),
            None => {
                let init = container::init(&self.header());
                let cursor = FragmentCursor::new(init.len(), self.parameters.video.may_reorder);
                (init, cursor)
            }
        };
        let samples: Vec<PendingSample> = fragment
            .units
            .iter()
            .map(|unit| PendingSample {
                pts: unit.pts.ticks_since(self.identity.run_offset),
                size: u32::try_from(unit.data.len()).unwrap_or(u32::MAX),
                random_access: unit.random_access,
            })
            .collect();
        let next = fragment.next_pts.map(|pts| pts.ticks_since(self.identity.run_offset));
        let built = container::fragment(&cursor, &samples, next);
        let mut parts: Vec<&[u8]> = Vec::with_capacity(fragment.units.len() + 2);
        parts.extend([init.as_slice(), built.header.as_slice()]);
        parts.extend(fragment.units.iter().map(|unit| Bytes::as_ref(&unit.data)));
        self.file.append(&parts)?;
        self.account(fragment, parts.iter().map(|part| part.len() as u64).sum());
        self.cursor = Some(built.next);
        self.duration = built.end;
        let samples = Arc::new(PackedFragment::new(&built.samples));
        self.fragments.push(Arc::clone(&samples));
        Ok(samples)
    }

    fn account(&mut self, fragment: &PendingFragment, written: u64) {
        if fragment.units.first().is_some_and(|unit| unit.random_access) {
            self.gop = 0;
        }
        self.gop += fragment.bytes();
        self.largest_gop = self.largest_gop.max(self.gop);
        self.row.bytes += written;
        self.row.frames += fragment.units.len() as u64;
        self.dirty = true;
    }

    /// End of the media, in ticks from the segment's start.
    #[must_use]
    pub fn duration(&self) -> i64 {
        self.duration
    }

    /// Tells the wall time at which the media written so far ends.
    pub fn set_end(&mut self, end: WallTime) {
        self.row.media_duration = self.duration;
        self.row.end = end.max(self.row.start);
    }

    /// Makes everything written so far survive a power cut. Returns whether there was anything.
    ///
    /// # Errors
    /// When the volume cannot; [`StorageError::NotFound`] when the file's name is gone: systems keep an
    /// unlinked file writable, and an hour of footage would go where nobody finds it.
    pub fn sync(&mut self, volume: &dyn Volume) -> Result<bool, StorageError> {
        if !self.dirty {
            return Ok(false);
        }
        self.file.sync()?;
        if !self.folder_synced {
            volume.sync_folder(&self.row.path)?;
            self.folder_synced = true;
        }
        self.still_there(volume)?;
        self.dirty = false;
        Ok(true)
    }

    /// Whether the path still leads to this file, not to none or to one that took its place.
    fn still_there(&self, volume: &dyn Volume) -> Result<(), StorageError> {
        let path = &self.row.path;
        let found = volume.open_read(path)?.length();
        let found =
            found.map_err(|source| StorageError::io("ask for the length of", path, source))?;
        if found < self.row.bytes {
            return Err(StorageError::NotFound { path: path.clone() });
        }
        Ok(())
    }

    /// Turns the file into an ordinary MP4: appends the whole `moov`, syncs, swallows the fragments by one
    /// 16-byte write, syncs. Returns the final row.
    ///
    /// # Errors
    /// When the volume cannot; the file is then still playable, and this may be called again.
    pub fn finish(&mut self, volume: &dyn Volume) -> Result<SegmentRow, StorageError> {
        self.write_end(volume)?;
        Ok(SegmentRow { state: SegmentState::Finished, ..self.row.clone() })
    }

    /// Removes the file of a segment whose first fragment could not be written, so that a full disk does not
    /// collect empty files. One that cannot be removed now is found at the next start.
    pub fn discard(self, volume: &dyn Volume) {
        let Self { file, row, .. } = self;
        drop(file);
        if let Err(error) = remove_empty(volume, &row.path) {
            tracing::warn!("{}: the empty file is left: {error}", row.path);
        }
    }

    fn write_end(&mut self, volume: &dyn Volume) -> Result<(), StorageError> {
        let samples = self.fragments.iter().flat_map(|fragment| fragment.samples()).collect();
        let table = SampleTable { samples, duration: self.duration };
        let before = self.row.bytes;
        let moov = container::finish(&self.header(), &table);
        self.file.append(&[&moov])?;
        self.row.bytes += moov.len() as u64;
        self.dirty = true;
        self.sync(volume)?;
        let (offset, header) = container::swallow_header(before);
        self.file.write_at(offset, &header)?;
        self.file.sync()
    }

    fn header(&self) -> TrackHeader<'_> {
        TrackHeader {
            sample_entry: &self.parameters.sample_entry,
            width: self.parameters.video.width,
            height: self.parameters.video.height,
            identity: &self.identity,
            may_reorder: self.parameters.video.may_reorder,
        }
    }
}

/// Creates a file that no other segment has; a clock that was set back can make the same name twice. The
/// segment then starts a millisecond later, which is the next name: the index knows it by its start.
fn create_file(
    volume: &dyn Volume,
    mut identity: SegmentIdentity,
    offset: FixedOffset,
) -> Result<(SegmentIdentity, String, Box<dyn SegmentFile>), StorageError> {
    let mut tries = 0;
    loop {
        let path = layout::segment_path(&identity.stream, identity.start, offset);
        match volume.create(&path) {
            Err(StorageError::Exists { .. }) if tries < MAX_NAME_TRIES => {
                tries += 1;
                identity.start = identity.start.plus_micros(1_000);
            }
            result => return result.map(|file| (identity, path, file)),
        }
    }
}
