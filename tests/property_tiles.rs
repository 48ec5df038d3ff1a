//! What is kept in memory for the timeline and the calendar says the same as the index, whatever has been
//! recorded, moved and deleted between two questions.

#![allow(clippy::expect_used)]

use proptest::prelude::*;
use watchkeeper::engine::calendar::Calendars;
use watchkeeper::engine::cleaner::StorageReport;
use watchkeeper::engine::timeline::{Surroundings, Timelines};
use watchkeeper::engine::{offline, query};
use watchkeeper::index::{Change, Index};
use watchkeeper::model::{
    Area, CameraId, CoverageKind, DeletionCause, GapReason, JournalEntry, MediaTime, MotionEvent,
    RecordingState, RunId, SegmentRow, SegmentState, StreamId, StreamKind, VolumeId, WallSpan,
    WallTime,
};
use watchkeeper::protocol::{EventsQuery, Marks, MonthQuery, TimelineQuery};
use watchkeeper::recorder::OpenSegments;
use watchkeeper::storage::Volumes;

const SECOND: i64 = 1_000_000;
const BEGIN: i64 = 1_772_550_000_000_000;

/// What a camera does next, and for how many seconds.
#[derive(Clone, Debug)]
enum Step {
    Record(CoverageKind, i64),
    Idle(GapReason, i64),
    /// Something moves in what was recorded last.
    Move(u16),
    /// The oldest segment goes.
    Delete,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kind = prop_oneof![
        Just(CoverageKind::Continuous),
        Just(CoverageKind::Scheduled),
        Just(CoverageKind::Motion),
        Just(CoverageKind::Manual),
    ];
    let reason = prop_oneof![
        Just(GapReason::NoMotion),
        Just(GapReason::DiskFull),
        Just(GapReason::CameraOffline("no answer".into())),
    ];
    let step = prop_oneof![
        4 => (kind, 5i64..4_000).prop_map(|(kind, seconds)| Step::Record(kind, seconds)),
        2 => (reason, 2i64..9_000).prop_map(|(reason, seconds)| Step::Idle(reason, seconds)),
        2 => (10u16..1_000).prop_map(Step::Move),
        1 => Just(Step::Delete),
    ];
    prop::collection::vec(step, 1..25)
}

/// A camera's history as it grows.
struct History {
    camera: CameraId,
    now: i64,
    segments: Vec<(i64, i64)>,
}

impl History {
    fn at(second: i64) -> WallTime {
        WallTime::from_micros(BEGIN + second * SECOND)
    }

    fn span(&self, (from, to): (i64, i64)) -> WallSpan {
        WallSpan::new(Self::at(from), Self::at(to))
    }

    fn stream(&self) -> StreamId {
        StreamId::new(self.camera.clone(), StreamKind::Main)
    }

    fn take(&mut self, step: Step) -> Vec<Change> {
        match step {
            Step::Record(kind, seconds) => {
                let entry = self.entry(RecordingState::Recording(kind));
                let part = (self.now, self.now + seconds);
                self.now += seconds;
                self.segments.push(part);
                vec![entry, Change::PutSegment(self.row(part))]
            }
            Step::Idle(reason, seconds) => {
                let entry = self.entry(RecordingState::Idle(reason));
                self.now += seconds;
                vec![entry]
            }
            Step::Move(peak) => {
                let Some((from, to)) = self.segments.last().copied() else { return Vec::new() };
                let span = self.span((from + (to - from) / 3, to));
                let (camera, best) = (self.camera.clone(), span.start);
                let event = MotionEvent { camera, span, peak, area: Area::WHOLE, best };
                vec![Change::PutEvent { event, picture: None }]
            }
            Step::Delete if self.segments.len() > 1 => {
                let part = self.segments.remove(0);
                let (stream, start) = (self.stream(), Self::at(part.0));
                let (span, cause, at) =
                    (self.span(part), DeletionCause::Retention, Self::at(self.now));
                let volume = VolumeId(0);
                vec![
                    Change::MarkDeleting { stream: stream.clone(), start, volume, cause },
                    Change::Deleted { stream, start, volume, span, cause, at },
                ]
            }
            Step::Delete => Vec::new(),
        }
    }

    fn entry(&self, state: RecordingState) -> Change {
        Change::Journal(JournalEntry { camera: self.camera.clone(), at: Self::at(self.now), state })
    }

    fn row(&self, part: (i64, i64)) -> SegmentRow {
        let WallSpan { start, end } = self.span(part);
        SegmentRow {
            stream: self.stream(),
            start,
            end,
            media_duration: (part.1 - part.0) * 90_000,
            frames: 1,
            bytes: 1,
            run: RunId(BEGIN),
            run_offset: MediaTime::from_ticks(0),
            volume: VolumeId(0),
            path: format!("{}.mp4", part.0),
            state: SegmentState::Finished,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn tiles_in_memory_say_what_the_index_says(steps in steps()) {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
        let recordings = offline::recordings(&index, Volumes::new(), OpenSegments::default());
        let camera = CameraId::from_name("a");
        let mut history = History { camera: camera.clone(), now: 100, segments: Vec::new() };
        let (mut known, mut months) = (Timelines::default(), Calendars::default());
        let (marks, storage) = (Marks::default(), StorageReport::default());
        for step in steps {
            index.apply(&history.take(step)).expect("applies");
            let now = History::at(history.now);
            let around = Surroundings { locks: &[], marks: &marks, storage: &storage, now };
            for resolution in [0, 5 * SECOND, 70 * SECOND, 300 * SECOND] {
                let span = history.span((-1_000, history.now + 1_000));
                let cameras = vec![camera.clone()];
                let query = TimelineQuery { generation: 1, cameras, span, resolution };
                let kept = known.answer(&recordings, &query, around).expect("answers");
                let fresh = Timelines::default().answer(&recordings, &query, around).expect("answers");
                let (kept, fresh) = (&kept.lanes[0], &fresh.lanes[0]);
                if resolution == 0 {
                    prop_assert_eq!(&kept.coverage, &fresh.coverage);
                    prop_assert_eq!(&kept.gaps, &fresh.gaps);
                    prop_assert_eq!(&kept.motion, &fresh.motion);
                    let recorded: i64 = history.segments.iter().map(|(from, to)| to - from).sum();
                    let told: i64 = kept.coverage.iter().map(|item| item.span.micros()).sum();
                    prop_assert_eq!(told, recorded * SECOND);
                } else {
                    prop_assert!(kept.gaps.iter().all(|gap| gap.span.end <= now));
                    let ordered = |span: &[WallSpan]| span.windows(2).all(|w| w[0].end <= w[1].start);
                    let spans: Vec<_> = kept.coverage.iter().map(|item| item.span).collect();
                    prop_assert!(ordered(&spans), "{spans:?}");
                    let spans: Vec<_> = kept.motion.iter().map(|bar| bar.span).collect();
                    prop_assert!(ordered(&spans), "{spans:?}");
                }
            }
            let days = (-1..3).map(|day| history.span((day * 86_400, (day + 1) * 86_400))).collect();
            let query = MonthQuery { generation: 1, cameras: vec![camera.clone()], days };
            let kept = months.answer(&recordings, &query, now).expect("answers");
            let fresh = Calendars::default().answer(&recordings, &query, now).expect("answers");
            prop_assert_eq!(kept, fresh);
        }
    }
}

/// Days are kept; one that was today is looked at again when it is over.
#[test]
fn a_day_that_ends_without_footage_becomes_incomplete() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
    let recordings = offline::recordings(&index, Volumes::new(), OpenSegments::default());
    let camera = CameraId::from_name("a");
    let mut history = History { camera: camera.clone(), now: 0, segments: Vec::new() };
    index.apply(&history.take(Step::Record(CoverageKind::Continuous, 3_570))).expect("applies");
    index.apply(&history.take(Step::Idle(GapReason::DiskFull, 30))).expect("applies");
    let day = history.span((0, 3_660));
    let query = MonthQuery { generation: 1, cameras: vec![camera], days: vec![day] };
    let mut known = Calendars::default();
    let mut look = |second| {
        let answer = known.answer(&recordings, &query, History::at(second)).expect("answers");
        answer.days[0].incomplete
    };
    assert!(!look(3_600), "a minute has not passed");
    assert!(look(4_000));
}

/// A page of the calendar shows days that are still to come.
#[test]
fn a_day_that_was_to_come_is_looked_at_once_it_is_past() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
    let recordings = offline::recordings(&index, Volumes::new(), OpenSegments::default());
    let camera = CameraId::from_name("a");
    let mut history = History { camera: camera.clone(), now: 0, segments: Vec::new() };
    index.apply(&history.take(Step::Idle(GapReason::DiskFull, 30))).expect("applies");
    let days = vec![history.span((86_400, 2 * 86_400))];
    let query = MonthQuery { generation: 1, cameras: vec![camera], days };
    let mut known = Calendars::default();
    let mut look = |second| {
        let answer = known.answer(&recordings, &query, History::at(second)).expect("answers");
        answer.days[0].incomplete
    };
    assert!(!look(100), "nothing of it is past");
    assert!(look(2 * 86_400));
}

#[test]
fn a_question_for_no_time_has_an_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
    let recordings = offline::recordings(&index, Volumes::new(), OpenSegments::default());
    let camera = CameraId::from_name("a");
    let mut history = History { camera: camera.clone(), now: 0, segments: Vec::new() };
    index.apply(&history.take(Step::Record(CoverageKind::Continuous, 0))).expect("applies");
    let span = history.span((0, 0));
    let query = TimelineQuery { generation: 7, cameras: vec![camera], span, resolution: 1 };
    let (marks, storage) = (Marks::default(), StorageReport::default());
    let around = Surroundings { locks: &[], marks: &marks, storage: &storage, now: span.end };
    let answer = Timelines::default().answer(&recordings, &query, around).expect("answers");
    assert_eq!((answer.generation, answer.lanes[0].coverage.len()), (7, 0));
}

#[test]
fn a_list_of_events_has_the_newest_of_all_cameras() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::open(folder.path().join("index.redb")).expect("opens").index;
    let recordings = offline::recordings(&index, Volumes::new(), OpenSegments::default());
    let cameras: Vec<_> = ["a", "b"].map(CameraId::from_name).into();
    let events = (0..700).map(|n| {
        let camera = cameras[n % 2].clone();
        let best = History::at(n as i64 * 10);
        let span = WallSpan::new(best, best.plus_micros(SECOND));
        let event = MotionEvent { camera, span, peak: 9, area: Area::WHOLE, best };
        Change::PutEvent { event, picture: None }
    });
    index.apply(&events.collect::<Vec<_>>()).expect("applies");
    let span = |to| WallSpan::new(History::at(0), History::at(to));
    let ask = |to| {
        let query = EventsQuery { generation: 3, cameras: cameras.clone(), span: span(to) };
        query::events(&recordings, &query).expect("answers")
    };
    let all = ask(7_000);
    assert_eq!((all.generation, all.events.len(), all.more), (3, 500, true));
    let starts: Vec<_> = all.events.iter().map(|event| event.span.start).collect();
    assert_eq!(starts, (200..700).map(|n| History::at(n * 10)).collect::<Vec<_>>());
    let few = ask(1_000);
    assert_eq!((few.events.len(), few.more), (100, false));
}
