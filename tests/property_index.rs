//! Properties of the index: whatever is put in and taken out, also over reopening, it answers as a plain map
//! would; whatever is done to its file, it opens.

#![allow(clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use watchkeeper::index::{Change, Index, IndexReader};
use watchkeeper::model::coverage::{SEAM_MICROS, merge};
use watchkeeper::model::{
    CameraId, CoverageKind, CoverageSpan, DeletionCause, GapReason, JournalEntry, MediaTime,
    RecordingState, RunId, SegmentRow, SegmentState, StreamId, StreamKind, VolumeId, WallSpan,
    WallTime,
};

/// Half an hour, so that a few days hold some hundred places.
const STEP: i64 = 1_800_000_000;

fn cameras() -> [CameraId; 3] {
    ["a", "a-1", "b"].map(|id| id.parse().expect("an identity"))
}

/// Ten minutes beside the hour, so that segments reach over midnight.
fn at(step: i64) -> WallTime {
    WallTime::from_micros(1_772_550_600_000_000 + step * STEP)
}

fn row(stream: StreamId, start: i64, micros: i64) -> SegmentRow {
    let start = at(start);
    SegmentRow {
        end: start.plus_micros(micros),
        media_duration: micros * 9 / 100,
        frames: micros.unsigned_abs() / 40_000,
        bytes: 1_000_000,
        run: RunId(start.as_micros()),
        run_offset: MediaTime::default(),
        volume: VolumeId(0),
        path: format!("{}/{}_{}.mp4", stream.camera, start.as_micros(), stream.kind),
        state: SegmentState::Finished,
        stream,
        start,
    }
}

fn stream() -> impl Strategy<Value = StreamId> {
    (0..3_usize, any::<bool>()).prop_map(|(camera, sub)| {
        let kind = if sub { StreamKind::Sub } else { StreamKind::Main };
        StreamId::new(cameras()[camera].clone(), kind)
    })
}

fn state() -> impl Strategy<Value = RecordingState> {
    prop_oneof![
        Just(RecordingState::Recording(CoverageKind::Continuous)),
        Just(RecordingState::Recording(CoverageKind::Motion)),
        Just(RecordingState::Idle(GapReason::DiskFull)),
        Just(RecordingState::Idle(GapReason::CameraOffline("silent".into()))),
    ]
}

fn cause() -> impl Strategy<Value = DeletionCause> {
    prop_oneof![Just(DeletionCause::Retention), Just(DeletionCause::Operator)]
}

/// Many segments fit exactly between two steps, some end early, a few overlap the next ones.
fn length() -> impl Strategy<Value = i64> {
    prop_oneof![6 => Just(STEP), 2 => 0..STEP, 1 => STEP..4 * STEP]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        8 => (stream(), -40..200_i64, length())
            .prop_map(|(stream, start, micros)| {
                Change::PutSegment(row(stream, start, micros))
            }),
        2 => (stream(), -40..200_i64)
            .prop_map(|(stream, start)| Change::RemoveSegment { stream, start: at(start) }),
        2 => (stream(), -40..200_i64, 0..2_u32, cause()).prop_map(
            |(stream, start, volume, cause)| {
                Change::MarkDeleting { stream, start: at(start), volume: VolumeId(volume), cause }
            },
        ),
        1 => (stream(), -40..200_i64).prop_map(|(stream, start)| {
            Change::Unmark { stream, start: at(start), state: SegmentState::Finished }
        }),
        2 => (stream(), -40..200_i64, 0..2_u32).prop_map(|(stream, start, from)| {
            let (from, to) = (VolumeId(from), VolumeId(1 - from));
            Change::Move { stream, start: at(start), from, to }
        }),
        2 => (stream(), -40..200_i64, length(), cause(), (0..4_i64, 0..2_u32)).prop_map(
            |(stream, start, micros, cause, (hour, volume))| {
                let (start, volume) = (at(start), VolumeId(volume));
                let span = WallSpan::new(start, start.plus_micros(micros));
                Change::Deleted { stream, start, volume, span, cause, at: at(200 + hour) }
            },
        ),
        3 => (0..3_usize, -40..200_i64, state()).prop_map(|(camera, time, state)| {
            let camera = cameras()[camera].clone();
            Change::Journal(JournalEntry { camera, at: at(time), state })
        }),
        1 => (0..200_i64).prop_map(|time| Change::Heartbeat(at(time))),
    ]
}

/// What the index must be equal to.
#[derive(Default)]
struct Model {
    segments: BTreeMap<(StreamId, WallTime), SegmentRow>,
    journal: BTreeMap<(CameraId, WallTime), JournalEntry>,
    heartbeat: Option<WallTime>,
    deleted: Vec<(CameraId, WallSpan, DeletionCause, WallTime)>,
}

impl Model {
    fn apply(&mut self, change: &Change) {
        match change.clone() {
            Change::PutSegment(row) => {
                self.segments.insert((row.stream.clone(), row.start), row);
            }
            Change::RemoveSegment { stream, start } => {
                self.segments.remove(&(stream, start));
            }
            Change::Journal(entry) => {
                self.journal.insert((entry.camera.clone(), entry.at), entry);
            }
            Change::Heartbeat(at) => self.heartbeat = Some(at),
            Change::MarkDeleting { stream, start, volume, cause } => {
                let row = self.segments.get_mut(&(stream, start));
                if let Some(row) = row.filter(|row| row.volume == volume) {
                    row.state = SegmentState::Deleting(cause);
                }
            }
            Change::Unmark { stream, start, state } => {
                let row = self.segments.get_mut(&(stream, start));
                if let Some(row) = row.filter(|row| row.state.is_deleting()) {
                    row.state = state;
                }
            }
            Change::Move { stream, start, from, to } => {
                let row = self.segments.get_mut(&(stream, start));
                let may = |row: &&mut SegmentRow| row.volume == from && !row.state.is_deleting();
                if let Some(row) = row.filter(may) {
                    row.volume = to;
                }
            }
            Change::Deleted { stream, start, volume, span, cause, at } => {
                let key = (stream.clone(), start);
                if self.segments.get(&key).is_some_and(|row| row.volume != volume) {
                    return;
                }
                self.deleted.push((stream.camera.clone(), span, cause, at));
                self.segments.remove(&key);
            }
            Change::PutEvent { .. } | Change::DropEventsBefore { .. } => {}
        }
    }

    /// What is not being deleted.
    fn footage(&self) -> impl Iterator<Item = &SegmentRow> {
        self.segments.values().filter(|row| !row.state.is_deleting())
    }

    fn of(&self, stream: &StreamId) -> Vec<SegmentRow> {
        self.footage().filter(|row| row.stream == *stream).cloned().collect()
    }

    /// By which rule and in which hour the footage of `time` was deleted last.
    fn deleted_at(&self, camera: &CameraId, time: WallTime) -> Option<(DeletionCause, i64)> {
        let of_camera = self.deleted.iter().rev().filter(|(whose, ..)| whose == camera);
        let mut last = of_camera.filter(|(_, span, ..)| span.contains(time));
        last.next().map(|(_, _, cause, at)| (*cause, hour_of(*at)))
    }

    fn entries(&self, camera: &CameraId) -> Vec<JournalEntry> {
        self.journal.values().filter(|entry| entry.camera == *camera).cloned().collect()
    }

    fn usage(&self) -> BTreeMap<CameraId, u64> {
        let mut usage = BTreeMap::new();
        for row in self.segments.values() {
            *usage.entry(row.stream.camera.clone()).or_default() += row.bytes;
        }
        usage
    }

    fn archive(&self) -> Option<WallSpan> {
        let start = self.footage().map(|row| row.start).min()?;
        let end = self.footage().map(|row| row.span().end).max()?;
        Some(WallSpan::new(start, end))
    }

    /// Coverage without kinds.
    fn coverage(&self, camera: &CameraId, span: WallSpan, seam: i64) -> Vec<WallSpan> {
        let rows = self.footage().filter(|row| row.stream.camera == *camera);
        let mut spans: Vec<WallSpan> = rows
            .map(SegmentRow::span)
            .filter(|covered| covered.overlaps(span))
            .map(|covered| covered.intersect(span))
            .collect();
        spans.sort_unstable_by_key(|span| span.start);
        let kind = CoverageKind::Continuous;
        merge(spans.into_iter().map(|span| CoverageSpan { span, kind }), seam)
            .into_iter()
            .map(|covered| covered.span)
            .collect()
    }

    /// The rule in force at `time`, as far as recordings tell.
    fn kind_at(&self, camera: &CameraId, time: WallTime) -> Option<CoverageKind> {
        let kind = |entry: &JournalEntry| match entry.state {
            RecordingState::Recording(kind) => Some(kind),
            RecordingState::Idle(_) => None,
        };
        self.entries(camera).iter().rev().filter(|entry| entry.at <= time).find_map(kind)
    }
}

fn assert_same(reader: &IndexReader, model: &Model, span: WallSpan) {
    let all = reader.all_segments().expect("reads");
    assert_eq!(all, model.footage().cloned().collect::<Vec<_>>());
    assert_eq!(reader.usage().expect("reads"), model.usage());
    assert_eq!(reader.archive().expect("reads"), model.archive());
    assert_eq!(reader.heartbeat().expect("reads"), model.heartbeat);
    for camera in cameras() {
        for kind in [StreamKind::Main, StreamKind::Sub] {
            assert_same_stream(reader, model, &StreamId::new(camera.clone(), kind), span);
        }
        assert_same_journal(reader, model, &camera, span);
        for resolution in [0, STEP / 2, 5 * STEP] {
            let seam = resolution.max(SEAM_MICROS);
            assert_same_coverage(reader, model, &camera, span, seam);
        }
    }
}

fn assert_same_stream(reader: &IndexReader, model: &Model, stream: &StreamId, span: WallSpan) {
    let rows = model.of(stream);
    let overlapping: Vec<_> = rows.iter().filter(|r| r.span().overlaps(span)).cloned().collect();
    assert_eq!(reader.segments(stream, span).expect("reads"), overlapping);
    for time in [span.start, span.end, span.start.plus_micros(STEP / 3)] {
        let covering = rows.iter().rev().find(|row| row.span().contains(time));
        assert_eq!(reader.segment_at(stream, time).expect("reads").as_ref(), covering);
        let after = rows.iter().find(|row| row.start >= time);
        assert_eq!(reader.first_after(stream, time).expect("reads").as_ref(), after);
        let before = rows.iter().rev().find(|row| row.start < time);
        assert_eq!(reader.last_before(stream, time).expect("reads").as_ref(), before);
        let exact = model.segments.get(&(stream.clone(), time));
        assert_eq!(reader.segment(stream, time).expect("reads").as_ref(), exact);
    }
    for limit in [0, 1, 3] {
        let oldest = reader.oldest(stream, limit).expect("reads");
        assert_eq!(oldest, rows[..limit.min(rows.len())]);
    }
}

fn assert_same_journal(reader: &IndexReader, model: &Model, camera: &CameraId, span: WallSpan) {
    let entries = model.entries(camera);
    let in_force = entries.iter().rev().find(|entry| entry.at <= span.start);
    let within = entries.iter().filter(|entry| span.start < entry.at && entry.at < span.end);
    let expected: Vec<_> = in_force.into_iter().chain(within).cloned().collect();
    assert_eq!(reader.journal(camera, span).expect("reads"), expected);
    assert_eq!(reader.last_state(camera).expect("reads").as_ref(), entries.last());
}

fn assert_same_coverage(
    reader: &IndexReader,
    model: &Model,
    camera: &CameraId,
    span: WallSpan,
    seam: i64,
) {
    let covered = reader.coverage(camera, span, seam).expect("reads");
    let kind = CoverageKind::Continuous;
    let plain = covered.iter().map(|covered| CoverageSpan { span: covered.span, kind });
    let joined: Vec<_> = merge(plain, 0).into_iter().map(|covered| covered.span).collect();
    assert_eq!(joined, model.coverage(camera, span, seam), "{camera} {span:?} {seam}");
    for piece in &covered {
        if let Some(kind) = model.kind_at(camera, piece.span.start) {
            assert_eq!(piece.kind, kind, "{camera} {piece:?}");
        }
    }
    let gaps = reader.gaps(camera, span, &covered).expect("reads");
    let total =
        |spans: &mut dyn Iterator<Item = WallSpan>| spans.map(WallSpan::micros).sum::<i64>();
    let all = total(&mut gaps.iter().map(|gap| gap.0)) + total(&mut joined.iter().copied());
    assert_eq!(all, span.micros(), "gaps and coverage tile the span");
    assert_same_reasons(model, camera, &gaps);
}

/// Footage that was deleted says so, and nothing else does. What is shorter than a merge may bridge is left
/// out.
fn assert_same_reasons(model: &Model, camera: &CameraId, gaps: &[(WallSpan, GapReason)]) {
    for (span, reason) in gaps.iter().filter(|(span, _)| span.micros() > 3_000_000) {
        let middle = span.start.plus_micros(span.micros() / 2);
        let told = match reason {
            GapReason::Deleted { cause, at } => Some((*cause, hour_of(*at))),
            _ => None,
        };
        assert_eq!(told, model.deleted_at(camera, middle), "{camera} {span:?}");
    }
}

fn hour_of(at: WallTime) -> i64 {
    at.as_micros().div_euclid(3_600_000_000)
}

fn open(path: &Path) -> Index {
    let opened = Index::open(path).expect("opens");
    assert_eq!(opened.damaged, None);
    opened.index
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_index_answers_as_a_map_would(
        transactions in vec(vec(change(), 0..40), 1..5),
        spans in vec((-60..220_i64, 0..120_i64), 1..4),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("index.redb");
        let mut model = Model::default();
        let mut index = open(&path);
        for (number, changes) in transactions.iter().enumerate() {
            index.apply(changes).expect("applies");
            changes.iter().for_each(|change| model.apply(change));
            if number % 2 == 1 {
                drop(index);
                index = open(&path);
            }
        }
        let reader = index.reader();
        for (start, steps) in spans {
            assert_same(&reader, &model, WallSpan::new(at(start), at(start + steps)));
        }
        assert_same(&reader, &model, WallSpan::new(at(-1_000), at(1_000)));
        // A segment that began before midnight reaches into the day.
        let midnight = at(48).as_micros().div_euclid(86_400_000_000) * 86_400_000_000;
        let midnight = WallTime::from_micros(midnight);
        assert_same(&reader, &model, WallSpan::new(midnight, midnight.plus_micros(STEP)));
    }

    #[test]
    fn the_last_deletion_of_a_moment_is_its_reason(
        deletions in vec((0..20_i64, length(), cause(), 0..4_i64), 1..30),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let index = open(&folder.path().join("index.redb"));
        let stream = StreamId::new(cameras()[1].clone(), StreamKind::Main);
        let mut model = Model::default();
        let gone = |(start, micros, cause, hour): (i64, i64, DeletionCause, i64)| {
            let (stream, start, volume) = (stream.clone(), at(start), VolumeId(0));
            let span = WallSpan::new(start, start.plus_micros(micros));
            Change::Deleted { stream, start, volume, span, cause, at: at(200 + hour) }
        };
        let changes: Vec<Change> = deletions.into_iter().map(gone).collect();
        index.apply(&changes).expect("applies");
        changes.iter().for_each(|change| model.apply(change));
        let reader = index.reader();
        let whole = WallSpan::new(at(-1), at(30));
        let gaps = reader.gaps(&stream.camera, whole, &[]).expect("reads");
        assert_same_reasons(&model, &stream.camera, &gaps);
        let gone = reader.deleted(&stream.camera, WallSpan::ALL).expect("reads");
        prop_assert!(gone.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
        prop_assert!(gone.iter().all(|row| !row.span.is_empty()));
        for pair in gone.windows(2) {
            let same = pair[0].cause == pair[1].cause && hour_of(pair[0].at) == hour_of(pair[1].at);
            prop_assert!(!same || pair[0].span.end < pair[1].span.start, "{pair:?} are one");
        }
    }

    #[test]
    fn whatever_is_done_to_the_file_it_opens(
        places in vec((0.0..1.0_f64, any::<u8>(), 1..3_000_usize), 0..4),
        cut in proptest::option::of(0.0..1.0_f64),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("index.redb");
        let stream = StreamId::new(cameras()[0].clone(), StreamKind::Main);
        let rows: Vec<Change> = (0..400)
            .map(|step| Change::PutSegment(row(stream.clone(), step, STEP)))
            .collect();
        open(&path).apply(&rows).expect("applies");

        let mut bytes = std::fs::read(&path).expect("reads");
        let place = |share: f64| (share * bytes.len() as f64) as usize;
        let ruined: Vec<(usize, u8, usize)> =
            places.iter().map(|(share, with, count)| (place(*share), *with, *count)).collect();
        let cut = cut.map(place);
        for (from, with, count) in ruined {
            let end = (from + count).min(bytes.len());
            bytes[from..end].fill(with);
        }
        bytes.truncate(cut.unwrap_or(bytes.len()));
        std::fs::write(&path, &bytes).expect("writes");

        let opened = Index::open(&path).expect("opens, or begins afresh");
        let read = opened.index.reader().all_segments().expect("reads");
        if opened.fresh {
            prop_assert!(read.is_empty());
            if let Some(damaged) = &opened.damaged {
                let aside = std::fs::read(&damaged.moved_to).expect("is kept");
                prop_assert_eq!(aside.is_empty(), bytes.is_empty());
            }
        } else {
            prop_assert_eq!(read.len(), rows.len(), "what opens is whole");
        }
        opened.index.apply(&rows).expect("applies");
        let read = opened.index.reader().all_segments().expect("reads");
        prop_assert_eq!(read.len(), rows.len());
    }
}

#[test]
fn the_archive_ends_with_its_newest_footage_also_where_a_clock_was_set_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(&folder.path().join("index.redb"));
    let stream = StreamId::new(cameras()[0].clone(), StreamKind::Main);
    let late = 8 * STEP;
    let mut model = Model::default();
    for change in [
        Change::PutSegment(row(stream.clone(), 15, late)),
        Change::PutSegment(row(stream.clone(), 19, STEP / 2)),
    ] {
        index.apply(std::slice::from_ref(&change)).expect("applies");
        model.apply(&change);
    }
    let archive = index.reader().archive().expect("reads").expect("there is footage");
    assert_eq!(archive, WallSpan::new(at(15), at(15).plus_micros(late)));
    assert_same(&index.reader(), &model, WallSpan::new(at(19), at(20)));
}
