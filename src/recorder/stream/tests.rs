//! Tests of one stream's recording on a volume that fails.
//!
//! Must not do: touch a disk, or wait.

use super::rig::{FRAME, context, unit};
use super::*;
use crate::model::{CameraId, CoverageKind, Mode, SegmentRow, StreamKind};
use crate::recorder::OpenSegments;
use crate::storage::{FaultyVolume, Volume};

const GOP: i64 = 50;
const RECORDING: RecordingState = RecordingState::Recording(CoverageKind::Continuous);
const WAITING: RecordingState = RecordingState::Idle(GapReason::WaitingForPicture);

struct Rig {
    volume: FaultyVolume,
    open: OpenSegments,
    recorder: StreamRecorder,
}

fn now(frame: i64) -> Now {
    let micros = 1_772_500_000_000_000 + frame * 40_000;
    let monotonic = Duration::from_micros(u64::try_from(frame * 40_000).expect("positive"));
    Now { wall: WallTime::from_micros(micros), monotonic }
}

impl Rig {
    fn new(mode: Mode) -> Self {
        let (volume, open) = (FaultyVolume::new(), OpenSegments::default());
        let context = context(&volume, &open);
        let stream = StreamId::new(CameraId::from_name("a"), StreamKind::Main);
        let mut recorder = StreamRecorder::new(stream, Rule::of(mode), context, WallTime::MIN);
        recorder.tick(now(0));
        Self { volume, open, recorder }
    }

    fn run(&mut self, frame: i64) {
        let parameters = StreamParameters::bare(640);
        self.recorder.take(CaptureEvent::RunStarted { parameters }, now(frame));
    }

    fn units(&mut self, frames: std::ops::Range<i64>) {
        for n in frames {
            let unit = unit(n, GOP, now(n));
            self.recorder.take(CaptureEvent::Unit(unit), now(n));
        }
    }

    fn states(&mut self) -> Vec<RecordingState> {
        let changes = self.recorder.take_changes().into_iter();
        let state = |change| match change {
            Change::Journal(entry) => Some(entry.state),
            _ => None,
        };
        changes.filter_map(state).collect()
    }

    fn rows(&self) -> Vec<SegmentRow> {
        self.open.rows()
    }
}

#[test]
fn after_trouble_a_recording_begins_with_a_whole_gop() {
    let mut rig = Rig::new(Mode::Continuous);
    rig.run(0);
    rig.units(0..60);
    rig.volume.set_capacity(1);
    rig.units(60..120);
    rig.volume.set_capacity(1 << 30);
    rig.units(120..500);
    let rows = rig.rows();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].run_offset.ticks() % (GOP * FRAME), 0);
    let open = rig.open.at(&rows[1].stream, rows[1].start).expect("open");
    let times: Vec<i64> = open.fragments.iter().flat_map(|f| f.samples()).map(|s| s.dts).collect();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] == FRAME));
    let full = RecordingState::Idle(GapReason::DiskFull);
    assert_eq!(rig.states(), [WAITING, RECORDING, full, RECORDING]);
}

#[test]
fn a_full_disk_collects_no_empty_files_and_one_reason() {
    let mut rig = Rig::new(Mode::Continuous);
    rig.volume.set_capacity(1);
    rig.run(0);
    rig.units(0..3_000);
    assert!(rig.volume.list().expect("listed").is_empty());
    assert_eq!(rig.states(), [WAITING, RecordingState::Idle(GapReason::DiskFull)]);
    rig.volume.set_capacity(1 << 30);
    rig.volume.fail_every(Some(1));
    rig.units(3_000..6_000);
    assert_eq!(rig.states().len(), 1);
}

#[test]
fn a_disabled_camera_stays_disabled_whatever_its_stream_does() {
    let mut rig = Rig::new(Mode::Disabled);
    rig.run(0);
    rig.units(0..60);
    rig.recorder.take(CaptureEvent::TimestampJump { ticks: 1 }, now(60));
    rig.run(60);
    assert_eq!(rig.states(), [RecordingState::Idle(GapReason::Disabled)]);
    rig.recorder.set_rule(Rule::of(Mode::Continuous));
    rig.recorder.tick(now(60));
    rig.units(60..200);
    assert_eq!(rig.states(), [WAITING, RECORDING]);
}

#[test]
fn a_loss_before_the_first_picture_does_not_explain_the_time_offline() {
    let mut rig = Rig::new(Mode::Continuous);
    rig.run(0);
    rig.units(0..120);
    let offline = |error: &str| CaptureEvent::RunEnded { error: error.into(), retry_in: None };
    rig.recorder.take(offline("gone"), now(120));
    rig.run(5_000);
    rig.recorder.take(CaptureEvent::Lost { packets: 3 }, now(5_000));
    rig.units(5_000..5_120);
    let gone = RecordingState::Idle(GapReason::CameraOffline("gone".into()));
    assert_eq!(rig.states(), [WAITING, RECORDING, gone, RECORDING]);
}

#[test]
fn a_loss_is_a_hole_in_a_segment_that_goes_on() {
    let mut rig = Rig::new(Mode::Continuous);
    rig.run(0);
    rig.units(0..60);
    rig.recorder.take(CaptureEvent::Lost { packets: 3 }, now(60));
    rig.units(100..200);
    let lost = RecordingState::Idle(GapReason::StreamLoss("3 packets".into()));
    assert_eq!(rig.states(), [WAITING, RECORDING, lost, RECORDING]);
    let rows = rig.rows();
    assert_eq!((rows.len(), rows[0].frames), (1, 60 + 50));
    rig.recorder.stop(GapReason::NotRunning, now(200));
    let row = rig.recorder.take_changes().into_iter().find_map(|change| match change {
        Change::PutSegment(row) => Some(row),
        _ => None,
    });
    let row = row.expect("closed");
    assert_eq!(row.frames, 160);
    assert_eq!(row.span().micros(), 200 * 40_000);
}
