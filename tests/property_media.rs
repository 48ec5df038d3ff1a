//! What holds for all input: parsers of what cameras and files say never panic, and a queue never gives
//! out what cannot be decoded.

#![allow(clippy::expect_used)] // the helpers of tests are no tests in clippy's eyes

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use watchkeeper::capture::timeline::{Place, Timeline};
use watchkeeper::capture::{CaptureEvent, UnitQueue, split_credentials};
use watchkeeper::media::frame_number::FrameNumbers;
use watchkeeper::media::sps::VideoInfo;
use watchkeeper::media::{AccessUnit, StreamParameters, nal};
use watchkeeper::model::{MediaTime, WallTime};
use watchkeeper::runtime::Now;

/// SPS of x264: High 1080p25 and Main 360p15.
const SPS: [&[u8]; 2] = [
    b"\x67\x64\x00\x28\xac\xb4\x03\xc0\x11\x3f\x2c\x20\x00\x00\x03\x00\x20\x00\x00\x06\x41\xe3\x06\x54",
    b"\x67\x4d\x40\x16\xda\x02\x80\xbf\xe5\x84\x00\x00\x03\x00\x04\x00\x00\x03\x00\x78\x3c\x58\xba\x80",
];

/// One of `originals` with some bytes changed and the end cut off.
fn mutated(originals: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (prop::sample::select(originals), changes, any::<prop::sample::Index>(), any::<bool>())
        .prop_map(|(mut bytes, changes, cut, whole)| {
            for (index, value) in changes {
                let at = index.index(bytes.len());
                bytes[at] = value;
            }
            if !whole {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        })
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).expect("small");
    [&length.to_be_bytes(), &kind[..], body].concat()
}

fn sample_entry() -> Vec<u8> {
    let head = [1, 0x64, 0, 0x28, 0xff, 0xe1, 0, 24];
    let record = [&head, SPS[0], &[1, 0, 4, 0x68, 0xef, 0x3c, 0xb0]].concat();
    boxed(b"avc1", &[vec![0; 78], boxed(b"avcC", &record)].concat())
}

/// What happens to a queue.
#[derive(Clone, Debug)]
enum Step {
    Unit { random_access: bool, bytes: usize },
    Lost,
    Started,
    NewParameters,
    Jump,
    Ended,
    Drain,
    Receive,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let unit = (prop::bool::weighted(0.2), 0usize..200)
        .prop_map(|(random_access, bytes)| Step::Unit { random_access, bytes });
    let step = prop_oneof![
        20 => unit,
        1 => Just(Step::Lost),
        1 => Just(Step::Started),
        1 => Just(Step::NewParameters),
        1 => Just(Step::Jump),
        1 => Just(Step::Ended),
        1 => Just(Step::Drain),
        3 => Just(Step::Receive),
    ];
    prop::collection::vec(step, 0..300)
}

fn event(step: &Step, n: i64, parameters: &Arc<StreamParameters>) -> Option<CaptureEvent> {
    let parameters = Arc::clone(parameters);
    Some(match *step {
        Step::Unit { random_access, bytes } => CaptureEvent::Unit(AccessUnit {
            pts: MediaTime::from_ticks(n),
            random_access,
            received: Now { wall: WallTime::from_micros(n), monotonic: Duration::ZERO },
            data: Bytes::from(vec![0; bytes]),
        }),
        Step::Lost => CaptureEvent::Lost { packets: 1 },
        Step::Started => CaptureEvent::RunStarted { parameters },
        Step::NewParameters => CaptureEvent::NewParameters { parameters },
        Step::Jump => CaptureEvent::TimestampJump { ticks: 1 },
        Step::Ended => CaptureEvent::RunEnded { error: "gone".into(), retry_in: None },
        Step::Drain | Step::Receive => return None,
    })
}

proptest! {
    #[test]
    fn parameter_sets_never_panic(sps in mutated(SPS.map(<[u8]>::to_vec).to_vec())) {
        if let Ok(info) = VideoInfo::from_sps(&sps) {
            prop_assert!(info.width > 0 && info.height > 0);
            prop_assert!(info.sample_aspect.0 > 0 && info.sample_aspect.1 > 0);
        }
    }

    #[test]
    fn frame_numbers_never_panic(
        sps in mutated(SPS.map(<[u8]>::to_vec).to_vec()),
        slices in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..30), 0..8),
    ) {
        if let Some(mut numbers) = FrameNumbers::new(&sps) {
            for slice in slices {
                let length = u32::try_from(slice.len()).expect("small").to_be_bytes();
                prop_assert!(numbers.missing_before(&[&length[..], &slice].concat()) < 1 << 16);
            }
        }
    }

    #[test]
    fn any_bytes_behind_an_sps_header_never_panic(tail in prop::collection::vec(any::<u8>(), 0..80)) {
        let _any = VideoInfo::from_sps(&[&[0x67][..], &tail].concat());
    }

    #[test]
    fn sample_entries_never_panic(entry in mutated(vec![sample_entry()])) {
        let _any = StreamParameters::from_sample_entry(entry);
    }

    #[test]
    fn nal_units_cover_their_access_unit(data in prop::collection::vec(any::<u8>(), 0..60)) {
        let covered: usize = nal::units(&data).map_while(Result::ok).map(|unit| unit.len() + 4).sum();
        prop_assert!(covered <= data.len());
        if nal::units(&data).all(|unit| unit.is_ok()) {
            prop_assert_eq!(covered, data.len());
            let mut stream = Vec::new();
            prop_assert!(nal::to_annex_b(&data, &mut stream).is_ok());
            prop_assert_eq!(stream.len(), data.len());
        }
    }

    #[test]
    fn typed_addresses_never_panic_or_keep_a_password(typed in "\\PC{0,40}", rest in "\\PC{0,20}") {
        let _any = split_credentials(&typed);
        if let Ok((url, ..)) = split_credentials(&format!("rtsp://joe:geheim@{rest}")) {
            prop_assert!(url.username().is_empty() && url.password().is_none());
        }
    }

    #[test]
    fn a_time_line_goes_forward_and_never_panics(
        reorder: bool,
        pictures in prop::collection::vec((any::<i64>(), any::<bool>(), 0u64..u64::MAX), 0..50),
    ) {
        let mut line = Timeline::new(0, Duration::ZERO, reorder);
        let mut last = 0;
        for (ticks, random_access, micros) in pictures {
            if let Place::At(pts) = line.place(ticks, random_access, Duration::from_micros(micros)) {
                prop_assert!(reorder || pts > last);
                last = pts;
            }
        }
    }

    #[test]
    fn a_queue_gives_out_what_can_be_decoded_in_order(
        steps in steps(), max_units in 1usize..40, max_bytes in 0usize..4_000,
    ) {
        let parameters =
            Arc::new(StreamParameters::from_sample_entry(sample_entry()).expect("valid"));
        let queue = UnitQueue::new(max_units, max_bytes);
        let mut out = Vec::new();
        let mut last_other = None;
        for (n, step) in steps.iter().enumerate() {
            match event(step, i64::try_from(n).expect("small"), &parameters) {
                Some(event) => {
                    if !matches!(event, CaptureEvent::Unit(_) | CaptureEvent::Lost { .. }) {
                        last_other = Some(std::mem::discriminant(&event));
                    }
                    queue.push(event);
                }
                None if matches!(step, Step::Drain) => queue.drain(&mut out),
                None => out.extend(queue.recv_timeout(Duration::ZERO)),
            }
            // What a full queue remembers may come on top once: dropped, ended, started, lost.
            prop_assert!(queue.level().0 <= max_units + 4);
        }
        queue.drain(&mut out);
        check(&out)?;
        let delivered = out.iter().rev().find(|event| {
            !matches!(
                event,
                CaptureEvent::Unit(_) | CaptureEvent::Lost { .. } | CaptureEvent::Dropped { .. }
            )
        });
        prop_assert!(match (delivered, last_other) {
            (Some(CaptureEvent::RunStarted { .. } | CaptureEvent::NewParameters { .. }), Some(_)) => true,
            (Some(event), Some(last)) => std::mem::discriminant(event) == last,
            (delivered, last) => delivered.is_none() && last.is_none(),
        }, "the newest change of the stream's state is told");
    }
}

fn check(out: &[CaptureEvent]) -> Result<(), TestCaseError> {
    let (mut wait, mut last) = (false, -1);
    for event in out {
        match event {
            CaptureEvent::Unit(unit) => {
                prop_assert!(unit.random_access || !wait, "undecodable after {last}");
                prop_assert!(unit.pts.ticks() > last, "out of order");
                (wait, last) = (false, unit.pts.ticks());
            }
            _ => wait = true,
        }
    }
    Ok(())
}
