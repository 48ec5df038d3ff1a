//! Walking a segment, for any table: what is shown at a time, from where it is decoded, and steps.

#![allow(clippy::expect_used)]

use std::time::Duration;

use proptest::prelude::*;
use watchkeeper::container::{SampleInfo, SampleTable};
use watchkeeper::model::WallTime;
use watchkeeper::playback::{GopWalk, Transport};
use watchkeeper::protocol::Speed;

/// Samples with any times and random access points; `pts` may repeat and go any way.
fn table() -> impl Strategy<Value = SampleTable> {
    prop::collection::vec((0..400_i64, prop::bool::weighted(0.2)), 0..80).prop_map(|samples| {
        let samples = samples.into_iter().zip(0..).map(|((pts, random_access), n)| SampleInfo {
            offset: n as u64 * 10,
            size: 10,
            dts: n,
            pts,
            random_access,
        });
        SampleTable { samples: samples.collect(), duration: 400 }
    })
}

/// A sample can be shown when a random access point before it, in both orders, leads to it.
fn can_be_shown(samples: &[SampleInfo], n: usize) -> bool {
    samples[..=n].iter().any(|start| start.random_access && start.pts <= samples[n].pts)
}

proptest! {
    #[test]
    fn what_is_shown_is_the_last_that_can_be(table in table(), ticks in -10..410_i64) {
        let samples = table.samples.clone();
        let walk = GopWalk::new(table);
        let expected = (0..samples.len())
            .filter(|&n| can_be_shown(&samples, n) && samples[n].pts <= ticks)
            .max_by_key(|&n| (samples[n].pts, n));
        prop_assert_eq!(walk.shown_at(ticks), expected);
        if let Some(sample) = expected {
            let start = walk.start_for(sample).expect("it can be decoded");
            prop_assert!(samples[start].random_access && start <= sample);
            prop_assert!(samples[start].pts <= samples[sample].pts);
        }
    }

    #[test]
    fn steps_visit_every_sample_once_and_lead_back(table in table()) {
        let samples = table.samples.clone();
        let walk = GopWalk::new(table);
        let count = (0..samples.len()).filter(|&n| can_be_shown(&samples, n)).count();
        let Some(first) = walk.first() else {
            prop_assert_eq!(count, 0);
            return Ok(());
        };
        let visited: Vec<usize> =
            (0..count as i64).map(|n| walk.step(first, n).expect("inside")).collect();
        prop_assert!(visited.is_sorted_by_key(|&n| (samples[n].pts, n)));
        prop_assert_eq!(walk.last(), visited.last().copied());
        prop_assert_eq!(walk.step(first, count as i64 + 4), Err(5));
        for (place, &sample) in visited.iter().enumerate() {
            prop_assert_eq!(walk.step(sample, -(place as i64)), Ok(first));
        }
    }

    #[test]
    fn time_never_runs_back_and_never_passes_the_limit(
        changes in prop::collection::vec((0..5_000_u64, 0..6_usize, 0..4_u8), 1..40),
    ) {
        let mut now = Duration::ZERO;
        let mut limit = WallTime::from_micros(3_000_000);
        let mut transport = Transport::new(WallTime::from_micros(0), now);
        transport.set_limit(limit, now);
        transport.play(now);
        let mut before = transport.playhead(now);
        for (millis, speed, change) in changes {
            now += Duration::from_millis(millis);
            let reached = transport.playhead(now);
            prop_assert!(before <= reached && reached <= limit);
            match change {
                0 => transport.set_speed(Speed::ALL[speed], now),
                1 => transport.pause(now),
                2 => transport.play(now),
                _ => {
                    limit = limit.plus_micros(1_500_000);
                    transport.set_limit(limit, now);
                }
            }
            before = transport.playhead(now);
            prop_assert_eq!(before, reached, "no change moves the playhead");
        }
    }

    #[test]
    fn backward_is_forward_mirrored(
        steps in prop::collection::vec((0..90_000_u64, 0..6_usize, 0..3_u8), 1..30),
    ) {
        let zero = Duration::ZERO;
        let mut forward = Transport::new(WallTime::from_micros(0), zero);
        let mut back = forward;
        back.set_reverse(true, zero);
        let mut now = zero;
        for (millis, speed, change) in steps {
            for transport in [&mut forward, &mut back] {
                match change {
                    0 => transport.set_speed(Speed::ALL[speed], now),
                    1 => transport.pause(now),
                    _ => transport.play(now),
                }
            }
            now += Duration::from_millis(millis);
            let (there, mirrored) = (forward.playhead(now), back.playhead(now));
            prop_assert_eq!(there.as_micros(), -mirrored.as_micros());
            for way in [1, 40_000, 9_999_999] {
                let (ahead, behind) = (there.plus_micros(way), mirrored.plus_micros(-way));
                prop_assert_eq!(forward.time_until(ahead, now), back.time_until(behind, now));
            }
        }
    }

    #[test]
    fn in_reverse_the_playhead_arrives_when_it_says(
        way in 1..100_000_000_i64, speed in 0..6_usize, oldest in 0..100_000_000_i64,
    ) {
        let zero = Duration::ZERO;
        let at = WallTime::from_micros;
        let mut transport = Transport::new(at(0), zero);
        transport.set_speed(Speed::ALL[speed], zero);
        transport.set_oldest(at(-oldest), zero);
        transport.set_reverse(true, zero);
        transport.play(zero);
        match transport.time_until(at(-way), zero) {
            None => prop_assert!(way > oldest),
            Some(due) => {
                prop_assert!(transport.playhead(due) <= at(-way));
                let before = due.saturating_sub(Duration::from_micros(1));
                prop_assert!(transport.playhead(before) > at(-way));
            }
        }
    }

    #[test]
    fn gops_share_out_what_can_be_shown(table in table()) {
        let samples = table.samples.clone();
        let walk = GopWalk::new(table);
        for sample in 0..samples.len() {
            let gop = walk.gop_of(sample);
            prop_assert_eq!(gop.is_some(), can_be_shown(&samples, sample));
            if let Some(gop) = gop {
                prop_assert!(samples[gop.start].random_access);
                prop_assert!(gop.start <= sample && sample <= gop.end);
                prop_assert_eq!(walk.start_for(sample), Some(gop.start));
            }
        }
    }
}
