//! Properties of recovery: a small recorder writes segments to a volume that fails, is killed or loses its
//! power; after a repair everything that was synced is there, and a second repair has nothing to do.

#![allow(clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{FixedOffset, Offset, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use watchkeeper::container::{
    FragmentCursor, PendingSample, SampleTable, TrackHeader, finish, fragment, init, read,
    swallow_header,
};
use watchkeeper::index::{Change, CheckReport, Finding, Index, Outcome, Volumes, check, repair};
use watchkeeper::model::{
    GapReason, MediaTime, RecordingState, RunId, SegmentIdentity, SegmentRow, SegmentState,
    StreamId, StreamKind, VolumeId, WallSpan, WallTime,
};
use watchkeeper::storage::layout::segment_path;
use watchkeeper::storage::recovery::{Repair, plan};
use watchkeeper::storage::{FaultyVolume, FoundFile, SegmentFile, StorageError, Volume};

const SAMPLE_ENTRY: &[u8] = &[0, 0, 0, 12, b'a', b'v', b'c', b'1', 1, 2, 3, 4];

/// Ticks of a sample: 25 a second.
const FRAME: i64 = 3_600;

fn stream(number: usize) -> StreamId {
    let camera = format!("cam-{number}").parse().expect("an identity");
    StreamId::new(camera, StreamKind::Main)
}

fn start_of(segment: usize) -> WallTime {
    WallTime::from_micros(1_772_550_000_000_000 + segment as i64 * 600_000_000)
}

fn utc() -> FixedOffset {
    Utc.fix()
}

/// A segment as the recorder writes it.
struct Writer {
    file: Box<dyn SegmentFile>,
    identity: SegmentIdentity,
    cursor: FragmentCursor,
    table: SampleTable,
    length: u64,
    path: String,
}

impl Writer {
    fn create(volume: &dyn Volume, camera: usize, segment: usize) -> Result<Self, StorageError> {
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

    fn append(&mut self, samples: usize) -> Result<(), StorageError> {
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

    fn finish(&mut self) -> Result<(), StorageError> {
        let moov = finish(&header(&self.identity), &self.table);
        let moov_offset = self.length;
        self.file.append(&[&moov])?;
        self.file.sync()?;
        let (offset, header) = swallow_header(moov_offset);
        self.file.write_at(offset, &header)?;
        self.length += moov.len() as u64;
        self.file.sync()
    }

    fn row(&self, state: SegmentState) -> SegmentRow {
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
            locked: false,
        }
    }
}

fn header(identity: &SegmentIdentity) -> TrackHeader<'_> {
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
enum Step {
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

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_usize, 1..20_usize).prop_map(|(camera, samples)| Step::Append { camera, samples }),
        3 => Just(Step::Sweep),
        1 => (0..3_usize).prop_map(|camera| Step::Finish { camera }),
    ]
}

/// A recorder, what it has promised to keep, and what it has written at most.
struct Rig {
    volume: FaultyVolume,
    index_path: PathBuf,
    index: Option<Index>,
    open: BTreeMap<usize, Writer>,
    segments: usize,
    /// Samples in synced fragments, by file.
    promised: BTreeMap<String, u64>,
    /// Samples in fragments that reached the file, synced or not.
    written: BTreeMap<String, u64>,
    _folder: tempfile::TempDir,
}

impl Rig {
    fn new() -> Self {
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

    fn index(&self) -> &Index {
        self.index.as_ref().expect("open")
    }

    fn volumes(&self) -> Volumes {
        let volume: Arc<dyn Volume> = Arc::new(self.volume.clone());
        BTreeMap::from([(VolumeId(0), volume)])
    }

    /// Does one step, as the recorder would: an error ends the step and leaves the rest for later.
    fn step(&mut self, step: &Step) -> Result<(), StorageError> {
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

    fn repair(&mut self) -> CheckReport {
        repair(self.index(), &self.volumes(), &[]).expect("repairs")
    }

    fn rows(&self) -> Vec<SegmentRow> {
        self.index().reader().all_segments().expect("reads")
    }

    /// After a repair: nothing promised is missing, nothing is invented, files and rows agree.
    fn assert_sound(&self) {
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

/// How the little recorder ends.
#[derive(Clone, Debug)]
enum End {
    /// Killed in the n-th file operation.
    Killed(u64),
    /// All its files are synced or not, and the power goes.
    PowerCut(u64),
    /// Killed, and the index file is gone or rubbish.
    IndexLost(Option<u8>),
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        (1..60_u64).prop_map(End::Killed),
        any::<u64>().prop_map(End::PowerCut),
        proptest::option::of(any::<u8>()).prop_map(End::IndexLost),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_was_synced_survives_every_end(
        steps in vec(step(), 0..40),
        end in end(),
        faults in proptest::option::of(3..9_u64),
        faults_in_repair in proptest::option::of(2..6_u64),
    ) {
        let mut rig = Rig::new();
        rig.volume.fail_every(faults);
        if let End::Killed(after) = end {
            rig.volume.halt_after(after);
        }
        for step in &steps {
            // The operation at which it is killed may have written in full what it did not report.
            let _ = rig.step(step);
        }
        rig.open.clear();
        match end {
            End::Killed(_) => rig.volume.restart(),
            End::PowerCut(seed) => rig.volume.crash(seed),
            End::IndexLost(garbage) => {
                rig.volume.restart();
                rig.index = None;
                match garbage {
                    Some(byte) => std::fs::write(&rig.index_path, vec![byte; 70_000]).expect("writes"),
                    None => std::fs::remove_file(&rig.index_path).expect("removes"),
                }
                let opened = Index::open(&rig.index_path).expect("opens");
                prop_assert!(opened.fresh);
                rig.index = Some(opened.index);
            }
        }
        // A repair that is disturbed itself is done again.
        rig.volume.fail_every(faults_in_repair);
        rig.repair();
        rig.volume.fail_every(None);
        rig.repair();
        rig.assert_sound();
        let rows = rig.rows();
        let operations = rig.volume.operations();
        let again = rig.repair();
        prop_assert!(again.problems.iter().all(|p| p.outcome == Outcome::LeftAlone), "{:?}", again);
        prop_assert_eq!(rig.rows(), rows);
        prop_assert_eq!(rig.volume.operations(), operations, "a second repair touches nothing");
    }

    #[test]
    fn an_index_built_from_files_equals_the_one_that_was_lost(
        lengths in vec((0..3_usize, vec(1..20_usize, 1..6)), 1..8),
    ) {
        let mut rig = Rig::new();
        for (camera, fragments) in &lengths {
            for samples in fragments {
                rig.step(&Step::Append { camera: *camera, samples: *samples }).expect("appends");
            }
            rig.step(&Step::Finish { camera: *camera }).expect("finishes");
        }
        let before = rig.rows();
        prop_assert_eq!(before.len(), lengths.len());
        rig.index = None;
        std::fs::remove_file(&rig.index_path).expect("removes");
        let opened = Index::open(&rig.index_path).expect("opens");
        rig.index = Some(opened.index);
        let report = rig.repair();
        prop_assert_eq!(report.problems.len(), lengths.len());
        prop_assert_eq!(rig.rows(), before.clone());

        let reader = rig.index().reader();
        for row in &before {
            let span = WallSpan::new(row.start, row.end.plus_micros(60_000_000));
            let journal = reader.journal(&row.stream.camera, span).expect("reads");
            prop_assert!(matches!(journal[0].state, RecordingState::Recording(_)));
            prop_assert_eq!(&journal[1].state, &RecordingState::Idle(GapReason::Unknown));
            prop_assert_eq!(journal[1].at, row.end);
        }
    }

    #[test]
    fn a_plan_names_every_file_once_and_deletes_none(
        files in vec((0..30_u32, 0..3_u64), 0..20),
        rows in vec((0..30_u32, 0..3_u64, any::<bool>()), 0..20),
    ) {
        let path = |n: u32| segment_path(&stream(0), start_of(n as usize), utc());
        let files: BTreeMap<String, u64> = files.into_iter().map(|(n, b)| (path(n), b)).collect();
        let rows: BTreeMap<String, SegmentRow> = rows
            .into_iter()
            .map(|(n, bytes, open)| (path(n), plain_row(n as usize, bytes, open)))
            .collect();
        let found = files.iter().map(|(path, bytes)| FoundFile { path: path.clone(), bytes: *bytes });
        let repairs = plan(found, rows.values().cloned());
        let mut named = BTreeMap::new();
        for repair in &repairs {
            let (path, dropped) = match repair {
                Repair::DropRow(row) => (&row.path, true),
                Repair::Inspect { file, .. } => (&file.path, false),
            };
            prop_assert!(named.insert(path.clone(), dropped).is_none(), "{} twice", path);
        }
        for path in files.keys().chain(rows.keys()) {
            let expected = match (files.get(path), rows.get(path)) {
                (None, _) => Some(true),
                (Some(_), None) => Some(false),
                (Some(bytes), Some(row)) => {
                    let agree = row.bytes == *bytes && row.state == SegmentState::Finished;
                    (!agree).then_some(false)
                }
            };
            prop_assert_eq!(named.get(path).copied(), expected, "{}", path);
        }
    }
}

fn plain_row(segment: usize, bytes: u64, open: bool) -> SegmentRow {
    let start = start_of(segment);
    SegmentRow {
        stream: stream(0),
        start,
        end: start,
        media_duration: 0,
        frames: 0,
        bytes,
        run: RunId(0),
        run_offset: MediaTime::default(),
        volume: VolumeId(0),
        path: segment_path(&stream(0), start, utc()),
        state: if open { SegmentState::Recording } else { SegmentState::Finished },
        locked: false,
    }
}

#[test]
fn files_that_are_not_ours_are_left_alone() {
    let mut rig = Rig::new();
    rig.step(&Step::Append { camera: 0, samples: 5 }).expect("appends");
    rig.step(&Step::Finish { camera: 0 }).expect("finishes");
    let path = rig.rows()[0].path.clone();
    let copy = rig.volume.bytes(&path).expect("is there");
    rig.volume.put("cam-0/copy.mp4", &copy);
    rig.volume.put("holiday.mp4", &[9; 5_000]);
    rig.volume.put("notes.txt", b"not a recording");
    let report = rig.repair();
    let findings: Vec<_> = report.problems.iter().map(|p| (p.path.as_str(), &p.finding)).collect();
    assert_eq!(findings[0], ("cam-0/copy.mp4", &Finding::Duplicate));
    assert!(matches!(findings[1], ("holiday.mp4", Finding::Unreadable(_))));
    assert_eq!(findings.len(), 2);
    assert!(report.problems.iter().all(|p| p.outcome == Outcome::LeftAlone));
    assert_eq!(rig.volume.list().expect("lists").len(), 4);

    // The original goes: the copy takes its place, and the lock is kept.
    let mut row = rig.rows()[0].clone();
    row.locked = true;
    rig.index().apply(&[Change::PutSegment(row)]).expect("applies");
    rig.volume.remove(&path).expect("removes");
    rig.repair();
    let rows = rig.rows();
    assert_eq!((rows[0].path.as_str(), rows[0].locked, rows.len()), ("cam-0/copy.mp4", true, 1));
}

#[test]
fn footage_keeps_its_time_when_its_first_fragment_is_lost() {
    let mut rig = Rig::new();
    for _ in 0..3 {
        rig.step(&Step::Append { camera: 0, samples: 10 }).expect("appends");
    }
    rig.step(&Step::Sweep).expect("sweeps");
    let row = rig.rows()[0].clone();
    let mut bytes = rig.volume.bytes(&row.path).expect("is there");
    let table = read(&bytes).expect("is readable").table;
    let first = bytes.windows(4).position(|four| four == b"moof").expect("a fragment");
    bytes[first..table.samples[9].offset as usize].fill(0);
    rig.open.clear();
    rig.volume.put(&row.path, &bytes);
    rig.repair();
    let rows = rig.rows();
    let lost = 10 * FRAME;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].start, row.start.plus_micros(lost * 100 / 9));
    assert_eq!((rows[0].end, rows[0].run, rows[0].frames), (row.end, row.run, 20));
    assert_eq!(rows[0].run_offset, row.run_offset.plus_ticks(lost));
    rig.promised.clear();
    rig.assert_sound();
}

#[test]
fn segments_being_written_are_not_touched() {
    let mut rig = Rig::new();
    rig.step(&Step::Append { camera: 0, samples: 5 }).expect("appends");
    rig.step(&Step::Sweep).expect("sweeps");
    rig.step(&Step::Append { camera: 0, samples: 5 }).expect("appends");
    let open: Vec<SegmentRow> =
        rig.open.values().map(|writer| writer.row(SegmentState::Recording)).collect();
    let report = repair(rig.index(), &rig.volumes(), &open).expect("repairs");
    assert_eq!(report.problems, []);
    rig.step(&Step::Append { camera: 0, samples: 5 }).expect("the file is as it was");
    rig.step(&Step::Finish { camera: 0 }).expect("finishes");
    assert_eq!(rig.rows()[0].frames, 15);
    assert!(check(&rig.index().reader(), &rig.volumes(), &[]).expect("checks").problems.is_empty());
}

#[test]
fn a_crash_is_followed_by_downtime_and_no_footage_overlaps() {
    let mut rig = Rig::new();
    let camera = stream(0).camera;
    let recording = RecordingState::Recording(watchkeeper::model::CoverageKind::Continuous);
    let entry = watchkeeper::model::JournalEntry {
        camera: camera.clone(),
        at: start_of(0),
        state: recording,
    };
    rig.index().apply(&[Change::Journal(entry)]).expect("applies");
    rig.step(&Step::Append { camera: 0, samples: 250 }).expect("appends");
    let beat = start_of(0).plus_micros(12_000_000);
    rig.index().apply(&[Change::Heartbeat(beat)]).expect("applies");
    rig.open.clear();
    rig.volume.restart();
    let report = rig.repair();
    assert_eq!(report.problems.len(), 1);
    assert_eq!(report.problems[0].finding, Finding::NotClosed);
    assert!(report.problems[0].to_string().ends_with("the recording was not closed (repaired)"));
    let row = rig.rows()[0].clone();
    assert_eq!((row.state, row.frames), (SegmentState::Recovered, 250));

    let reader = rig.index().reader();
    let downtime = reader.downtime().expect("reads");
    rig.index().apply(&downtime).expect("applies");
    assert_eq!(reader.downtime().expect("reads"), []);
    let day = WallSpan::new(start_of(0), start_of(9));
    let covered = reader.coverage(&camera, day, 0).expect("reads");
    let gaps = reader.gaps(&camera, day, &covered).expect("reads");
    assert_eq!(gaps, [(WallSpan::new(row.end, day.end), GapReason::NotRunning)]);
}
