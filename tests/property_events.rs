//! Properties of events in the index: they answer as a plain map would, also over reopening.

#![allow(clippy::expect_used)]

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use watchkeeper::index::{Change, Index, IndexReader};
use watchkeeper::model::{Area, CameraId, MotionEvent, WallSpan, WallTime};

const SECOND: i64 = 1_000_000;

fn camera(number: usize) -> CameraId {
    ["a", "a-1", "b"][number].parse().expect("an identity")
}

fn at(seconds: i64) -> WallTime {
    WallTime::from_micros(1_772_550_600_000_000 + seconds * SECOND)
}

fn change() -> impl Strategy<Value = Change> {
    let length = prop_oneof![2 => Just(0), 6 => 1..20_i64, 1 => 20..300_i64];
    let picture = proptest::option::of(vec(any::<u8>(), 0..50));
    prop_oneof![
        9 => (0..3_usize, 0..300_i64, length, 0..=1_000_u16, picture).prop_map(
            |(number, start, seconds, peak, picture)| {
                let span = WallSpan::new(at(start), at(start + seconds));
                let area = Area { left: peak / 2, top: 0, right: peak, bottom: 7 };
                let best = at(start + seconds / 2);
                let event = MotionEvent { camera: camera(number), span, peak, area, best };
                Change::PutEvent { event, picture }
            }
        ),
        1 => (0..3_usize, 0..300_i64).prop_map(|(number, before)| {
            Change::DropEventsBefore { camera: camera(number), before: at(before) }
        }),
    ]
}

/// An event and its picture.
type Stored = (MotionEvent, Option<Vec<u8>>);

/// What the index must be equal to.
#[derive(Default)]
struct Model {
    events: BTreeMap<(CameraId, WallTime), Stored>,
}

/// An event that was seen in one picture alone has that moment.
fn extent(event: &MotionEvent) -> WallSpan {
    WallSpan::new(event.span.start, event.span.end.max(event.span.start.plus_micros(1)))
}

impl Model {
    fn apply(&mut self, change: Change) {
        match change {
            Change::PutEvent { event, picture } => {
                let key = (event.camera.clone(), event.span.start);
                let former = self.events.remove(&key).and_then(|(_, picture)| picture);
                self.events.insert(key, (event, picture.or(former)));
            }
            Change::DropEventsBefore { camera, before } => {
                self.events.retain(|(whose, _), (event, _)| {
                    *whose != camera || extent(event).end > before
                });
            }
            _ => {}
        }
    }

    fn assert_same(&self, reader: &IndexReader, span: WallSpan) {
        for of in [None, Some(camera(0)), Some(camera(1)), Some(camera(2))] {
            let mut expected: Vec<MotionEvent> = self
                .events
                .values()
                .map(|(event, _)| event.clone())
                .filter(|event| of.as_ref().is_none_or(|of| event.camera == *of))
                .filter(|event| extent(event).overlaps(span))
                .collect();
            expected.sort_by_key(|event| event.span.start);
            assert_eq!(reader.events(of.as_ref(), span).expect("reads"), expected);
        }
        for number in 0..3 {
            for start in (0..300).map(at) {
                let key = (camera(number), start);
                let picture = reader.event_picture(&key.0, start).expect("reads");
                let expected = self.events.get(&key).and_then(|(_, picture)| picture.clone());
                assert_eq!(picture, expected);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn events_are_found_and_go_with_the_footage(
        transactions in vec(vec(change(), 0..40), 1..5),
        spans in vec((-10..320_i64, 0..60_i64), 1..4),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("index.redb");
        let mut model = Model::default();
        let mut index = Index::open(&path).expect("opens").index;
        for (number, changes) in transactions.into_iter().enumerate() {
            index.apply(&changes).expect("applies");
            changes.into_iter().for_each(|change| model.apply(change));
            if number % 2 == 1 {
                drop(index);
                index = Index::open(&path).expect("opens").index;
            }
        }
        let reader = index.reader();
        for (start, seconds) in spans {
            model.assert_same(&reader, WallSpan::new(at(start), at(start + seconds)));
        }
        model.assert_same(&reader, WallSpan::ALL);
    }
}
