//! Single cases of recovery, worth a name each.

use watchkeeper::container::read;
use watchkeeper::index::{Change, Finding, Outcome, check, repair};
use watchkeeper::model::{
    CoverageKind, GapReason, JournalEntry, RecordingState, SegmentRow, SegmentState, VolumeId,
    WallSpan,
};
use watchkeeper::storage::Volume;

use crate::rig::{FRAME, Rig, Step, start_of, stream};

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

    // The original goes: the copy takes its place.
    rig.volume.remove(&path).expect("removes");
    rig.repair();
    let rows = rig.rows();
    assert_eq!((rows[0].path.as_str(), rows.len()), ("cam-0/copy.mp4", 1));
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
    let recording = RecordingState::Recording(CoverageKind::Continuous);
    let entry = JournalEntry { camera: camera.clone(), at: start_of(0), state: recording };
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

#[test]
fn a_bent_clock_stays_bent_and_a_rebuilt_row_ends_before_the_next() {
    let mut rig = Rig::new();
    let bend = 400;
    rig.step(&Step::Append { camera: 0, samples: 25 }).expect("appends");
    let mut row = rig.open[&0].row(SegmentState::Recording);
    row.end = row.end.plus_micros(bend);
    rig.index().apply(&[Change::PutSegment(row.clone())]).expect("applies");
    rig.step(&Step::Append { camera: 0, samples: 50 }).expect("appends");
    rig.open.clear();
    rig.repair();
    let rebuilt = rig.rows()[0].clone();
    assert_eq!(rebuilt.end, row.end.plus_micros(2_000_000));
    assert_eq!(rebuilt.ticks_at(rebuilt.end), 75 * FRAME);

    // The next segment begins a little before that: its footage is not claimed twice.
    let mut next = rebuilt.clone();
    next.start = rebuilt.end.plus_micros(-bend);
    next.end = next.start.plus_micros(1_000_000);
    next.volume = VolumeId(1);
    let mut stale = rebuilt.clone();
    stale.bytes += 1;
    let changes = [Change::PutSegment(next.clone()), Change::PutSegment(stale)];
    rig.index().apply(&changes).expect("applies");
    let report = rig.repair();
    assert_eq!(report.problems.len(), 1);
    assert_eq!((&report.problems[0].finding, report.is_clean()), (&Finding::Differs, true));
    assert_eq!(rig.rows(), [SegmentRow { end: next.start, ..rebuilt }, next]);
}

#[test]
fn a_full_disk_leaves_a_recording_that_is_finished_later() {
    let mut rig = Rig::new();
    rig.step(&Step::Append { camera: 0, samples: 25 }).expect("appends");
    rig.open.clear();
    rig.volume.set_capacity(0);
    let report = rig.repair();
    assert!(matches!(report.problems[0].outcome, Outcome::Failed(_)));
    assert!(!report.is_clean());
    let row = rig.rows()[0].clone();
    assert_eq!((row.state, row.frames), (SegmentState::Recording, 25));
    rig.volume.set_capacity(1 << 30);
    assert!(rig.repair().is_clean());
    assert_eq!(rig.rows()[0].state, SegmentState::Recovered);
    rig.assert_sound();
}
