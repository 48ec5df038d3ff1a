//! A small recorder that writes segments as the real one does, and knows what it has promised to keep.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{FixedOffset, Offset, Utc};
use watchkeeper::container::{
    FragmentCursor, PendingSample, SampleTable, TrackHeader, finish, fragment, init, read,
    swallow_header,
};
use watchkeeper::index::{Change, CheckReport, Index, check, repair};
use watchkeeper::model::{
    MediaTime, RunId, SegmentIdentity, SegmentRow, SegmentState, StreamId, StreamKind, VolumeId,
    WallTime,
};
use watchkeeper::storage::Volumes;
use watchkeeper::storage::layout::segment_path;
use watchkeeper::storage::{FaultyVolume, SegmentFile, StorageError, Volume};

const SAMPLE_ENTRY: &[u8] = &[0, 0, 0, 12, b'a', b'v', b'c', b'1', 1, 2, 3, 4];

/// Ticks of a sample: 25 a second.
pub const FRAME: i64 = 3_600;

pub fn stream(number: usize) -> StreamId {
    let camera = format!("cam-{number}").parse().expect("an identity");
    StreamId::new(camera, StreamKind::Main)
}

pub fn start_of(segment: usize) -> WallTime {
    WallTime::from_micros(1_772_550_000_000_000 + segment as i64 * 600_000_000)
}

pub fn utc() -> FixedOffset {
    Utc.fix()
}

/// A segment as the recorder writes it.
pub struct Writer {
    pub file: Box<dyn SegmentFile>,
    pub identity: SegmentIdentity,
    pub cursor: FragmentCursor,
    pub table: SampleTable,
    pub length: u64,
    pub path: String,
}

impl Writer {
    pub fn create(
        volume: &dyn Volume,
        camera: usize,
        segment: usize,
    ) -> Result<Self, StorageError> {
        let (stream, start) = (stream(camera), start_of(segment));
        let path = segment_path(&stream, start, utc());
        let run = RunId(start.as_micros() - 7);
        let identity =
            SegmentIdentity { stream, start, run, run_offset: MediaTime::from_ticks(63) };
        let mut file = volume.create(&path)?;
        let bytes = init(&header(&identity));
        file.append(&[&bytes])?;
        let cursor = FragmentCursor::new(bytes.len(), false);
        let length = bytes.len() as u64;
        Ok(Self { file, identity, cursor, table: SampleTable::default(), length, path })
    }

    pub fn append(&mut self, samples: usize) -> Result<(), StorageError> {
        let first = self.table.duration;
        let pending: Vec<PendingSample> = (0..samples as i64)
            .map(|n| PendingSample { pts: first + n * FRAME, size: 40, random_access: n == 0 })
            .collect();
        let next = first + samples as i64 * FRAME;
        let made = fragment(&self.cursor, &pending, Some(next));
        let data = [7; 40];
        let parts: Vec<&[u8]> = std::iter::once(made.header.as_slice())
            .chain(pending.iter().map(|_| &data[..]))
            .collect();
        self.file.append(&parts)?;
        self.table.samples.extend_from_slice(&made.samples);
        self.table.duration = made.end;
        self.cursor = made.next;
        self.length = self.cursor.offset;
        Ok(())
    }

    pub fn finish(&mut self) -> Result<(), StorageError> {
        let moov = finish(&header(&self.identity), &self.table);
        let moov_offset = self.length;
        self.file.append(&[&moov])?;
        self.file.sync()?;
        let (offset, header) = swallow_header(moov_offset);
        self.file.write_at(offset, &header)?;
        self.length += moov.len() as u64;
        self.file.sync()
    }

    pub fn row(&self, state: SegmentState) -> SegmentRow {
        let micros = self.table.duration * 100 / 9;
        SegmentRow {
            stream: self.identity.stream.clone(),
            start: self.identity.start,
            end: self.identity.start.plus_micros(micros),
            media_duration: self.table.duration,
            frames: self.table.samples.len() as u64,
            bytes: self.length,
            run: self.identity.run,
            run_offset: self.identity.run_offset,
            volume: VolumeId(0),
            path: self.path.clone(),
            state,
        }
    }
}

pub fn header(identity: &SegmentIdentity) -> TrackHeader<'_> {
    TrackHeader {
        sample_entry: SAMPLE_ENTRY,
        width: 640,
        height: 360,
        identity,
        may_reorder: false,
    }
}

/// One step of the little recorder.
#[derive(Clone, Debug)]
pub enum Step {
    Append {
        camera: usize,
        samples: usize,
    },
    /// Sync all open files and their folders, then commit their rows.
    Sweep,
    Finish {
        camera: usize,
    },
}

/// A recorder, what it has promised to keep, and what it has written at most.
pub struct Rig {
    pub volume: FaultyVolume,
    pub index_path: PathBuf,
    pub index: Option<Index>,
    pub open: BTreeMap<usize, Writer>,
    pub segments: usize,
    /// Samples in synced fragments, by file.
    pub promised: BTreeMap<String, u64>,
    /// Samples in fragments that reached the file, synced or not.
    pub written: BTreeMap<String, u64>,
    _folder: tempfile::TempDir,
}

impl Rig {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let index_path = folder.path().join("index.redb");
        let index = Some(Index::open(&index_path).expect("opens").index);
        Self {
            volume: FaultyVolume::new(),
            index_path,
            index,
            open: BTreeMap::new(),
            segments: 0,
            promised: BTreeMap::new(),
            written: BTreeMap::new(),
            _folder: folder,
        }
    }

    pub fn index(&self) -> &Index {
        self.index.as_ref().expect("open")
    }

    pub fn volumes(&self) -> Volumes {
        let volume: Arc<dyn Volume> = Arc::new(self.volume.clone());
        BTreeMap::from([(VolumeId(0), volume)])
    }

    /// Does one step, as the recorder would: an error ends the step and leaves the rest for later.
    pub fn step(&mut self, step: &Step) -> Result<(), StorageError> {
        match step {
            Step::Append { camera, samples } => {
                if !self.open.contains_key(camera) {
                    let writer = Writer::create(&self.volume, *camera, self.segments);
                    self.segments += 1;
                    self.open.insert(*camera, writer?);
                }
                let writer = self.open.get_mut(camera).expect("is open");
                let appended = writer.append(*samples);
                self.written.insert(writer.path.clone(), writer.table.samples.len() as u64);
                appended
            }
            Step::Sweep => {
                let mut rows = Vec::new();
                for writer in self.open.values_mut() {
                    writer.file.sync()?;
                    self.volume.sync_folder(&writer.path)?;
                    self.promised.insert(writer.path.clone(), writer.table.samples.len() as u64);
                    rows.push(Change::PutSegment(writer.row(SegmentState::Recording)));
                }
                self.index().apply(&rows).expect("applies");
                Ok(())
            }
            Step::Finish { camera } => {
                let Some(mut writer) = self.open.remove(camera) else { return Ok(()) };
                if writer.table.samples.is_empty() {
                    return Ok(());
                }
                writer.finish()?;
                self.volume.sync_folder(&writer.path)?;
                self.promised.insert(writer.path.clone(), writer.table.samples.len() as u64);
                let row = Change::PutSegment(writer.row(SegmentState::Finished));
                self.index().apply(&[row]).expect("applies");
                Ok(())
            }
        }
    }

    pub fn repair(&mut self) -> CheckReport {
        repair(self.index(), &self.volumes(), &[]).expect("repairs")
    }

    pub fn rows(&self) -> Vec<SegmentRow> {
        self.index().reader().all_segments().expect("reads")
    }

    /// After a repair: nothing promised is missing, nothing is invented, files and rows agree.
    pub fn assert_sound(&self) {
        let clean = check(&self.index().reader(), &self.volumes(), &[]).expect("checks");
        assert!(clean.is_clean(), "{clean:?}");
        let rows = self.rows();
        for (path, samples) in &self.promised {
            let row = rows.iter().find(|row| row.path == *path);
            let frames = row.map_or(0, |row| row.frames);
            assert!(frames >= *samples, "{path}: {frames} of {samples} promised");
        }
        for row in &rows {
            let bytes = self.volume.bytes(&row.path).expect("its file is there");
            let segment = read(&bytes).expect("it is readable");
            assert!(segment.finished, "{}", row.path);
            assert_eq!(bytes.len() as u64, row.bytes);
            assert_eq!(segment.table.samples.len() as u64, row.frames);
            assert_eq!(segment.table.duration, row.media_duration);
            assert!(row.frames <= self.written[&row.path], "{} has more than written", row.path);
            assert_ne!(row.state, SegmentState::Recording);
        }
    }
}
