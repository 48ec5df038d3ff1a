//! Properties of recovery: a small recorder writes segments to a volume that fails, is killed or loses its
//! power; after a repair everything that was synced is there, and a second repair has nothing to do.

#![allow(clippy::expect_used)]

mod deletions;
mod examples;
mod rig;

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use watchkeeper::index::{Index, Outcome};
use watchkeeper::model::{
    GapReason, MediaTime, RecordingState, RunId, SegmentRow, SegmentState, VolumeId, WallSpan,
};
use watchkeeper::storage::FoundFile;
use watchkeeper::storage::layout::segment_path;
use watchkeeper::storage::recovery::{Repair, plan};

use rig::{Rig, Step, start_of, stream, utc};

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_usize, 1..20_usize).prop_map(|(camera, samples)| Step::Append { camera, samples }),
        3 => Just(Step::Sweep),
        1 => (0..3_usize).prop_map(|camera| Step::Finish { camera }),
    ]
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
                Repair::CompleteDeletion { .. } => unreachable!("no row is marked"),
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
    }
}
