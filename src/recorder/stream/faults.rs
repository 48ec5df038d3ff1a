//! What a full or vanishing volume leaves of one stream's recording.
//!
//! Must not do: touch a disk, or wait.

use super::rig::{context, unit};
use super::*;
use crate::model::{Mode, SegmentRow, StreamKind};
use crate::recorder::OpenSegments;
use crate::storage::{FaultyVolume, Volume};

fn now(frame: i64) -> Now {
    let start = 1_000_000_000_000_000;
    Now {
        wall: WallTime::from_micros(start + frame * 40_000),
        monotonic: Duration::from_millis(u64::try_from(frame).expect("not negative") * 40),
    }
}

fn recorder(volume: &FaultyVolume) -> StreamRecorder {
    let context = context(volume, &OpenSegments::default());
    let stream = StreamId::new("front".parse().expect("valid"), StreamKind::Main);
    let mut recorder =
        StreamRecorder::new(stream, Rule::of(Mode::Continuous), context, WallTime::MIN);
    let parameters = StreamParameters::bare(640);
    recorder.take(CaptureEvent::RunStarted { parameters }, now(0));
    recorder
}

/// Frames of 1 kB with a random access point each second.
fn feed(recorder: &mut StreamRecorder, frames: std::ops::Range<i64>) {
    for frame in frames {
        let unit = unit(frame, 25, now(frame));
        recorder.take(CaptureEvent::Unit(unit), now(frame));
    }
}

fn rows(recorder: &StreamRecorder) -> Vec<(i64, u64)> {
    let open = recorder.files.context.open.rows();
    let second = |row: &SegmentRow| row.start.micros_since(now(0).wall) / 1_000_000;
    open.iter().map(|row| (second(row), row.frames)).collect()
}

#[test]
fn what_a_full_disk_refused_is_in_the_next_file() {
    let volume = FaultyVolume::new();
    let mut recorder = recorder(&volume);
    volume.set_capacity(60_000);
    feed(&mut recorder, 0..76);
    assert_eq!(recorder.state().map(|s| s.0), Some(&RecordingState::Idle(GapReason::DiskFull)));
    volume.set_capacity(1 << 30);
    feed(&mut recorder, 76..301);
    assert_eq!(rows(&recorder), [(0, 50), (2, 250)], "nothing is lost, nothing doubled");
}

#[test]
fn a_full_disk_gathers_no_empty_files() {
    let volume = FaultyVolume::new();
    volume.set_capacity(100);
    let mut recorder = recorder(&volume);
    feed(&mut recorder, 0..1_000);
    assert_eq!(volume.list().expect("listed"), []);
}

#[test]
fn a_file_taken_away_is_noticed_and_recording_goes_on_in_another() {
    let volume = FaultyVolume::new();
    let mut recorder = recorder(&volume);
    feed(&mut recorder, 0..30);
    recorder.sync(now(30));
    let path = recorder.files.context.open.rows()[0].path.clone();
    volume.remove(&path).expect("removed");
    feed(&mut recorder, 30..60);
    recorder.sync(now(60));
    assert_eq!(rows(&recorder), [], "nothing is promised that cannot be read");
    assert!(matches!(
        recorder.state(),
        Some((RecordingState::Idle(GapReason::StorageUnavailable(_)), _))
    ));
    feed(&mut recorder, 60..251);
    assert_eq!(rows(&recorder), [(1, 225)]);
}
