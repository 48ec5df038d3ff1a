//! Rounds of the retention on volumes that do not do what they are told.

#![allow(clippy::expect_used, reason = "a test may fail by panicking")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use chrono::{Offset, Utc};
use watchkeeper::config::DataFolder;
use watchkeeper::engine::archive::ArchiveDesk;
use watchkeeper::engine::cleaner::{CleanerOptions, Keeper};
use watchkeeper::engine::indexer::Indexer;
use watchkeeper::engine::locks::Locks;
use watchkeeper::engine::offline;
use watchkeeper::index::{Change, Index, IndexReader, ThumbnailWriter};
use watchkeeper::model::{
    DeletionCause, MediaTime, RunId, SegmentRow, SegmentState, StreamId, StreamKind, VolumeId,
    WallSpan, WallTime,
};
use watchkeeper::recorder::{OpenSegments, Signals};
use watchkeeper::runtime::{Clock, Latest, SimulatedClock};
use watchkeeper::storage::Volumes;
use watchkeeper::storage::deletion::Terms;
use watchkeeper::storage::layout::segment_path;
use watchkeeper::storage::retention::Rules;
use watchkeeper::storage::{FaultyVolume, Volume};

const BYTES: u64 = 1_000;

/// Segments of the archive, and those that the size limit leaves.
const SEGMENTS: usize = 100;
const LEFT: usize = 90;

fn row(number: usize) -> SegmentRow {
    let stream = StreamId::new("front".parse().expect("an identity"), StreamKind::Main);
    let start = WallTime::from_micros(1_772_550_000_000_000 + number as i64 * 600_000_000);
    SegmentRow {
        path: segment_path(&stream, start, Utc.fix()),
        stream,
        start,
        end: start.plus_micros(600_000_000),
        media_duration: 54_000_000,
        frames: 10,
        bytes: BYTES,
        run: RunId(0),
        run_offset: MediaTime::default(),
        volume: VolumeId(0),
        state: SegmentState::Finished,
    }
}

/// Segments that are footage, and those that are marked.
fn counts(reader: &IndexReader) -> (usize, usize) {
    let rows = reader.segments_of(&row(0).stream).expect("reads");
    let marked = rows.iter().filter(|row| row.state.is_deleting()).count();
    (rows.len() - marked, marked)
}

#[test]
fn a_volume_that_removes_nothing_costs_no_more_footage_than_one_that_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let volume = FaultyVolume::new();
    let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
    let rows: Vec<SegmentRow> = (0..SEGMENTS).map(row).collect();
    rows.iter().for_each(|row| volume.put(&row.path, &[0; BYTES as usize]));
    index
        .apply(&rows.iter().cloned().map(Change::PutSegment).collect::<Vec<_>>())
        .expect("applies");
    let reader = index.reader();
    let index = Arc::new(index);
    let open = OpenSegments::default();
    let indexer = Indexer::start(Arc::clone(&index), open.clone()).expect("starts");
    let kept: Arc<dyn Volume> = Arc::new(volume.clone());
    let volumes: Volumes = BTreeMap::from([(VolumeId(0), kept)]);
    let clock = Arc::new(SimulatedClock::new(row(SEGMENTS).start));
    let max_bytes = Some(LEFT as u64 * BYTES);
    let rules = Rules { auto_delete: true, max_bytes, ..Rules::default() };
    let report = Arc::new(Latest::new());
    let options = CleanerOptions {
        recordings: Arc::new(offline::recordings(&index, volumes, open)),
        index: indexer.writer(),
        locks: Locks::open(&DataFolder::at(folder.path().into()).expect("a folder")),
        signals: Arc::new(Signals::default()),
        recorder: Arc::new(Latest::new()),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        terms: Terms { rules, volume: VolumeId(0), ..Terms::default() },
        thumbnails: ThumbnailWriter::open(folder.path().join("thumbnails.redb")).0,
        archive: ArchiveDesk::default(),
    };
    let mut keeper = Keeper::new(options, Arc::clone(&report));
    let mut rounds = |count: usize| {
        for _ in 0..count {
            clock.advance(Duration::from_secs(1));
            assert!(keeper.round(|| ControlFlow::Continue(None)).is_continue());
        }
    };

    volume.fail_every(Some(1));
    rounds(50);
    assert_eq!(counts(&reader), (LEFT, SEGMENTS - LEFT));
    assert!(report.get().expect("a report").trouble.is_some());

    volume.fail_every(None);
    rounds(150);
    assert_eq!(counts(&reader), (LEFT, 0));
    assert!(report.get().expect("a report").trouble.is_none());
    let gone = reader.deleted(&row(0).stream.camera, WallSpan::ALL).expect("reads");
    let spans: Vec<(WallSpan, DeletionCause)> = gone.iter().map(|g| (g.span, g.cause)).collect();
    let expected = WallSpan::new(row(0).start, row(SEGMENTS - LEFT).start);
    assert_eq!(spans, [(expected, DeletionCause::SizeLimit)]);
    assert_eq!(volume.list().expect("lists").len(), LEFT);
}
