//! Tests of when recording begins and ends, to the picture.
//!
//! Must not do: touch a disk, or wait.

use super::rig::{FRAME, context, unit};
use super::*;
use crate::model::schedule::Calendar;
use crate::model::{
    CameraId, DayRange, Days, Mode, Schedule, SegmentRow, SegmentState, StreamKind, TimeOfDay,
};
use crate::recorder::{Manual, OpenSegments};
use crate::storage::FaultyVolume;

const FPS: i64 = 25;
const GOP: i64 = 50;
/// 2026-03-03 07:00 UTC.
const START: i64 = 1_772_521_200_000_000;

struct Rig {
    recorder: StreamRecorder,
    volume: FaultyVolume,
    changes: Vec<Change>,
    outside: Outside,
}

fn now(frame: i64) -> Now {
    let micros = frame * 1_000_000 / FPS;
    let monotonic = Duration::from_micros(u64::try_from(micros).expect("not negative"));
    Now { wall: WallTime::from_micros(START + micros), monotonic }
}

fn seconds(seconds: i64) -> i64 {
    seconds * FPS
}

impl Rig {
    fn new(rule: Rule) -> Self {
        let volume = FaultyVolume::new();
        let context = context(&volume, &OpenSegments::default());
        let stream = StreamId::new(CameraId::from_name("a"), StreamKind::Main);
        let mut recorder = StreamRecorder::new(stream, rule, context, WallTime::MIN);
        let parameters = StreamParameters::bare(640);
        recorder.take(CaptureEvent::RunStarted { parameters }, now(0));
        Self { recorder, volume, changes: Vec::new(), outside: Outside::default() }
    }

    fn on_motion(pre: u64, post: u64) -> Self {
        let (pre, post) = (Duration::from_secs(pre), Duration::from_secs(post));
        Self::new(Rule { pre, post, ..Rule::of(Mode::Motion) })
    }

    fn play(&mut self, frames: std::ops::Range<i64>) {
        for n in frames {
            let unit = unit(n, GOP, now(n));
            self.recorder.set_outside(self.outside.clone());
            self.recorder.take(CaptureEvent::Unit(unit), now(n));
            self.recorder.tick(now(n));
            self.changes.append(&mut self.recorder.take_changes());
        }
    }

    fn moving(&mut self, since: i64, last: i64) {
        self.outside.motion = Motion::Moving { since: now(since), last: now(last) };
    }

    /// Ends the recording and gives first frame and number of frames of each segment.
    fn segments(&mut self, end: i64) -> Vec<(i64, u64)> {
        self.recorder.stop(GapReason::NotRunning, now(end));
        self.changes.append(&mut self.recorder.take_changes());
        let finished = self.changes.iter().filter_map(|change| match change {
            Change::PutSegment(row) if row.state == SegmentState::Finished => Some(row.clone()),
            _ => None,
        });
        let rows: Vec<SegmentRow> = finished.collect();
        assert!(rows.windows(2).all(|pair| pair[0].end <= pair[1].start), "{rows:?}");
        rows.iter().map(|row| (row.run_offset.ticks() / FRAME, row.frames)).collect()
    }

    /// State and second since the start.
    fn journal(&self) -> Vec<(i64, RecordingState)> {
        let entries = self.changes.iter().filter_map(|change| match change {
            Change::Journal(entry) => Some(entry),
            _ => None,
        });
        entries.map(|e| ((e.at.as_micros() - START) / 1_000_000, e.state.clone())).collect()
    }
}

fn idle(reason: GapReason) -> RecordingState {
    RecordingState::Idle(reason)
}

const BY_MOTION: RecordingState = RecordingState::Recording(CoverageKind::Motion);

#[test]
fn a_motion_is_recorded_with_what_was_before_and_after() {
    let mut rig = Rig::on_motion(5, 10);
    rig.play(0..seconds(21));
    rig.moving(seconds(20), seconds(20) + 20);
    rig.play(seconds(21)..seconds(60));
    let segments = rig.segments(seconds(60));
    // From the random access point before second 15 to ten seconds after the last motion.
    let last = seconds(30) + 20;
    assert_eq!(segments, [(seconds(14), u64::try_from(last - seconds(14)).expect("positive"))]);
    let states = [(0, idle(GapReason::NoMotion)), (14, BY_MOTION), (30, idle(GapReason::NoMotion))];
    assert_eq!(rig.journal()[..3], states);
}

#[test]
fn motion_that_goes_on_extends_the_recording() {
    let mut rig = Rig::on_motion(0, 10);
    rig.play(0..seconds(10));
    for second in 10..40 {
        rig.moving(seconds(10), seconds(second));
        rig.play(seconds(second)..seconds(second + 1));
    }
    rig.play(seconds(40)..seconds(80));
    let end = seconds(49);
    let frames = u64::try_from(end - seconds(10)).expect("positive");
    assert_eq!(rig.segments(seconds(80)), [(seconds(10), frames)]);
}

#[test]
fn two_events_closer_than_their_margins_are_one_recording() {
    let mut rig = Rig::on_motion(5, 10);
    rig.play(0..seconds(20));
    rig.moving(seconds(20), seconds(20));
    // Recording ends in the middle of a GOP at second 30.04 and goes on for the motion of second 34.
    rig.play(seconds(20)..seconds(35));
    rig.moving(seconds(34), seconds(34));
    rig.play(seconds(35)..seconds(70));
    let frames = u64::try_from(seconds(44) - seconds(14)).expect("positive");
    assert_eq!(rig.segments(seconds(70)), [(seconds(14), frames)]);
    let recording = rig.journal().into_iter().filter(|(_, state)| *state == BY_MOTION);
    assert_eq!(recording.map(|(at, _)| at).collect::<Vec<_>>(), [14, 30]);
}

#[test]
fn two_events_further_apart_are_two_recordings() {
    let mut rig = Rig::on_motion(5, 10);
    rig.play(0..seconds(20));
    rig.moving(seconds(20), seconds(20));
    rig.play(seconds(20)..seconds(60));
    rig.moving(seconds(59), seconds(59));
    rig.play(seconds(60)..seconds(90));
    let starts: Vec<i64> = rig.segments(seconds(90)).iter().map(|(first, _)| *first).collect();
    assert_eq!(starts, [seconds(14), seconds(54)]);
}

#[test]
fn blind_detection_records() {
    let mut rig = Rig::on_motion(5, 10);
    rig.play(0..seconds(20));
    rig.outside.motion = Motion::Blind("overloaded".into());
    rig.play(seconds(20)..seconds(30));
    rig.outside.motion = Motion::Still;
    rig.play(seconds(30)..seconds(40));
    let segments = rig.segments(seconds(40));
    assert_eq!(segments.len(), 1);
    let (first, frames) = segments[0];
    assert!(first <= seconds(14), "the pre-roll is kept");
    assert_eq!(first + i64::try_from(frames).expect("few"), seconds(30));
}

#[test]
fn a_schedule_is_kept_to_the_second() {
    let time = |text: &str| text.parse::<TimeOfDay>().expect(text);
    let schedule = Schedule {
        name: "Day".into(),
        ranges: vec![DayRange { days: Days::DAILY, from: time("07:01"), to: time("07:02") }],
        exceptions: Vec::new(),
    };
    let calendar = Calendar::new(&[schedule], "Day", chrono_tz::UTC);
    let mut rig = Rig::new(Rule { calendar, ..Rule::of(Mode::Scheduled) });
    // A GOP begins at second 58, and one at second 60; then one frame before the border.
    rig.play(0..seconds(180));
    let frames = u64::try_from(seconds(60)).expect("positive");
    assert_eq!(rig.segments(seconds(180)), [(seconds(60), frames)]);
    let outside = || idle(GapReason::OutsideSchedule("Day".into()));
    let recording = RecordingState::Recording(CoverageKind::Scheduled);
    assert_eq!(rig.journal()[..3], [(0, outside()), (60, recording), (120, outside())]);
}

#[test]
fn the_first_gop_of_a_schedule_comes_from_the_pre_roll() {
    let mut rig = Rig::new(Rule::of(Mode::Disabled));
    rig.play(0..seconds(61) + 10);
    rig.outside.manual =
        Some(Manual { since: now(seconds(61)).monotonic, until: now(seconds(70)).monotonic });
    rig.play(seconds(61) + 10..seconds(80));
    let frames = u64::try_from(seconds(10)).expect("positive");
    assert_eq!(rig.segments(seconds(80)), [(seconds(60), frames)]);
    let manual = RecordingState::Recording(CoverageKind::Manual);
    let disabled = || idle(GapReason::Disabled);
    assert_eq!(rig.journal()[..3], [(0, disabled()), (60, manual), (70, disabled())]);
}

#[test]
fn a_manual_recording_shows_inside_of_another_without_a_cut() {
    let mut rig = Rig::new(Rule::of(Mode::Continuous));
    rig.play(0..seconds(10));
    let manual = Manual { since: now(seconds(10)).monotonic, until: now(seconds(15)).monotonic };
    rig.outside.manual = Some(manual);
    rig.play(seconds(10)..seconds(30));
    let states: Vec<(i64, RecordingState)> = rig.journal();
    let by = RecordingState::Recording;
    let expected = [
        (0, by(CoverageKind::Continuous)),
        (10, by(CoverageKind::Manual)),
        (15, by(CoverageKind::Continuous)),
    ];
    assert_eq!(states, expected);
    let frames = u64::try_from(seconds(30)).expect("positive");
    assert_eq!(rig.segments(seconds(30)), [(0, frames)]);
}

#[test]
fn a_short_failure_of_the_volume_loses_nothing() {
    let mut rig = Rig::new(Rule::of(Mode::Continuous));
    rig.play(0..seconds(10));
    rig.volume.set_capacity(1);
    rig.play(seconds(10)..seconds(13));
    rig.volume.set_capacity(1 << 30);
    rig.play(seconds(13)..seconds(40));
    rig.recorder.sync(now(seconds(40)));
    let segments = rig.segments(seconds(40));
    assert_eq!(segments.len(), 2);
    assert_eq!(segments.iter().map(|(_, frames)| *frames).sum::<u64>(), 1_000);
}

#[test]
fn a_rule_of_storage_stops_recording_and_lets_it_go_on() {
    let mut rig = Rig::new(Rule::of(Mode::Continuous));
    rig.play(0..seconds(10));
    rig.outside.storage = Some(GapReason::SizeLimit);
    rig.play(seconds(10)..seconds(60));
    rig.outside.storage = None;
    rig.play(seconds(60)..seconds(70));
    let recording = RecordingState::Recording(CoverageKind::Continuous);
    let expected = [(0, recording.clone()), (10, idle(GapReason::SizeLimit)), (52, recording)];
    assert_eq!(rig.journal(), expected, "the pre-roll fills what it can");
}

#[test]
fn sleep_and_a_set_clock_have_reasons_also_while_nothing_is_recorded() {
    let mut rig = Rig::on_motion(0, 0);
    rig.play(0..seconds(10));
    let before = now(seconds(10));
    let reason = GapReason::Suspended;
    rig.recorder.interrupt(Interruption { reason, before: before.wall });
    let woken = Now { wall: before.wall.plus_micros(3_600_000_000), ..before };
    rig.recorder.tick(woken);
    rig.changes.append(&mut rig.recorder.take_changes());
    let still = || idle(GapReason::NoMotion);
    let expected = [(0, still()), (10, idle(GapReason::Suspended)), (3_610, still())];
    assert_eq!(rig.journal(), expected);
}

#[test]
fn a_clock_that_was_set_back_explains_no_later_time() {
    let mut rig = Rig::on_motion(0, 0);
    rig.play(0..seconds(10));
    let before = now(seconds(10));
    rig.recorder.interrupt(Interruption { reason: GapReason::ClockStepped, before: before.wall });
    let set = Now { wall: before.wall.plus_micros(-300_000_000), ..before };
    rig.recorder.tick(set);
    rig.changes.append(&mut rig.recorder.take_changes());
    let still = || idle(GapReason::NoMotion);
    let stepped = idle(GapReason::ClockStepped);
    let expected = [(0, still()), (10, stepped), (-290, still()), (10, still())];
    assert_eq!(rig.journal(), expected, "the last one replaces the second");
}

#[test]
fn a_pre_roll_that_reaches_over_another_state_ends_it() {
    let (pre, post) = (Duration::from_secs(20), Duration::from_secs(10));
    let mut rig = Rig::new(Rule { pre, ..Rule::of(Mode::Disabled) });
    rig.play(0..seconds(30));
    rig.recorder.set_rule(Rule { pre, post, ..Rule::of(Mode::Motion) });
    rig.play(seconds(30)..seconds(36));
    rig.moving(seconds(36), seconds(36));
    rig.play(seconds(36)..seconds(40));
    let begun = rig.journal().into_iter().filter(|(_, state)| *state == BY_MOTION);
    assert_eq!(begun.map(|(at, _)| at).collect::<Vec<_>>(), [16, 30]);
}
