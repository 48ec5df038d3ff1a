//! Properties of the weekly grid: after any sequence of edits the minutes that are covered are what a plain set of
//! minutes says, taking back leads to where it began, and nothing half-done is left.

#![allow(clippy::expect_used)] // the helpers of tests are no tests in clippy's eyes

use std::collections::BTreeSet;

use chrono::Weekday;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use watchkeeper::model::schedule::{DayRange, Days, Schedule, TimeOfDay};
use watchkeeper::ui::week::{Band, Bands, Edge, Edit, History, Refusal, WEEKDAYS};

const DAY: i32 = 1440;
const WEEK: i32 = 7 * DAY;

/// Minutes of the week, one by one.
type Minutes = BTreeSet<i32>;

/// An edit before it is known which bands there are.
#[derive(Clone, Debug)]
enum Wish {
    Paint { from: i32, length: i32 },
    Move { which: Index, by: i32 },
    Resize { which: Index, start: bool, by: i32 },
    Delete(Index),
    Copy { day: usize, days: Days },
    Put { which: Index, days: Days, from: u16, to: u16 },
    Undo,
    Redo,
}

fn days() -> impl Strategy<Value = Days> {
    (0..128_u8).prop_map(|bits| {
        WEEKDAYS
            .into_iter()
            .enumerate()
            .filter(|(i, _)| bits >> i & 1 == 1)
            .map(|(_, d)| d)
            .collect()
    })
}

/// Quarters mostly, single minutes at times: borders must meet often.
fn minute(range: std::ops::Range<i32>) -> impl Strategy<Value = i32> {
    prop_oneof![
        4 => (range.start / 15..range.end / 15).prop_map(|n| n * 15),
        2 => (range.start / 360..range.end / 360).prop_map(|n| n * 360),
        1 => range,
    ]
}

fn wish() -> impl Strategy<Value = Wish> {
    let any_band = any::<Index>;
    prop_oneof![
        4 => (minute(-DAY..WEEK), minute(-60..DAY + 60))
            .prop_map(|(from, length)| Wish::Paint { from, length }),
        3 => (any_band(), minute(-WEEK..WEEK)).prop_map(|(which, by)| Wish::Move { which, by }),
        3 => (any_band(), any::<bool>(), minute(-DAY..DAY))
            .prop_map(|(which, start, by)| Wish::Resize { which, start, by }),
        1 => any_band().prop_map(Wish::Delete),
        2 => (0..7_usize, days()).prop_map(|(day, days)| Wish::Copy { day, days }),
        2 => (any_band(), days(), 0..=1440_u16, 0..=1440_u16)
            .prop_map(|(which, days, from, to)| Wish::Put { which, days, from, to }),
        2 => Just(Wish::Undo),
        1 => Just(Wish::Redo),
    ]
}

fn ranges() -> impl Strategy<Value = Vec<DayRange>> {
    let range = (days(), minute(0..DAY), minute(0..DAY + 15)).prop_filter_map(
        "empty",
        |(days, from, to)| {
            let time = |minutes: i32| TimeOfDay::from_minutes(u16::try_from(minutes).ok()?);
            let range = DayRange { days, from: time(from)?, to: time(to.min(DAY))? };
            range.validate().is_ok().then_some(range)
        },
    );
    vec(range, 1..6)
}

fn named(ranges: Vec<DayRange>) -> Schedule {
    Schedule { name: "Business hours".into(), ranges, exceptions: Vec::new() }
}

/// What a range says, minute by minute.
fn of_ranges(ranges: &[DayRange]) -> Minutes {
    let mut minutes = Minutes::new();
    for range in ranges {
        for (day, weekday) in WEEKDAYS.into_iter().enumerate() {
            if !range.days.contains(weekday) {
                continue;
            }
            let (from, to) = (i32::from(range.from.minutes()), i32::from(range.to.minutes()));
            let end = if to <= from { to + DAY } else { to };
            let start = i32::try_from(day).expect("small") * DAY;
            minutes.extend((start + from..start + end).map(|minute| minute.rem_euclid(WEEK)));
        }
    }
    minutes
}

fn of_band(band: Band) -> Minutes {
    let start = i32::from(band.start());
    (start..start + i32::from(band.length())).map(|minute| minute.rem_euclid(WEEK)).collect()
}

fn stretch(from: i32, length: i32) -> Minutes {
    (from..from + length).map(|minute| minute.rem_euclid(WEEK)).collect()
}

/// The edit that is wished, and the minutes that must be covered after it when it is taken.
fn edit_of(wish: &Wish, schedule: &Schedule) -> (Edit, Minutes) {
    let bands = Bands::of(&schedule.ranges);
    let now = of_ranges(&schedule.ranges);
    let band = |which: &Index| *which.get(bands.list());
    let without = |minutes: &Minutes| now.difference(minutes).copied().collect::<Minutes>();
    let join = |a: Minutes, b: &Minutes| a.union(b).copied().collect::<Minutes>();
    match wish {
        Wish::Paint { from, length } => {
            let edit = Edit::Paint { from: *from, to: from + length };
            (edit, join(now.clone(), &stretch(*from, *length)))
        }
        Wish::Move { which, by } => {
            let band = band(which);
            let to = stretch(i32::from(band.start()) + by, i32::from(band.length()));
            (Edit::Move { band, by: *by }, join(without(&of_band(band)), &to))
        }
        Wish::Resize { which, start, by } => {
            let band = band(which);
            let (from, length) = (i32::from(band.start()), i32::from(band.length()));
            let (edge, to) = match start {
                true => (Edge::Start, stretch(from + by, length - by)),
                false => (Edge::End, stretch(from, length + by)),
            };
            (Edit::Resize { band, edge, by: *by }, join(without(&of_band(band)), &to))
        }
        Wish::Delete(which) => (Edit::Delete(band(which)), without(&of_band(band(which)))),
        Wish::Copy { day, days } => copy(schedule, *day, *days),
        Wish::Put { which, days, from, to } => {
            let old = *which.get(&bands.ranges());
            let time = |minutes| TimeOfDay::from_minutes(minutes).expect("within the day");
            let new = DayRange { days: *days, from: time(*from), to: time(*to) };
            let edit = Edit::Put { old: Some(old), new: Some(new) };
            let kept = without(&of_ranges(&[old]));
            let comes = if new.from == new.to { Minutes::new() } else { of_ranges(&[new]) };
            (edit, join(kept, &comes))
        }
        Wish::Undo | Wish::Redo => unreachable!("no edits"),
    }
}

/// What begins on a day goes to other days, in place of what begins there.
fn copy(schedule: &Schedule, day: usize, days: Days) -> (Edit, Minutes) {
    let bands = Bands::of(&schedule.ranges);
    let is_target = |weekday: Weekday| days.contains(weekday);
    let mut expected = Minutes::new();
    for band in bands.list().iter().filter(|band| !is_target(band.weekday())) {
        expected.extend(of_band(*band));
    }
    for (target, _) in (0..).zip(WEEKDAYS).filter(|(_, weekday)| is_target(*weekday)) {
        for band in bands.of_day(day) {
            let from = i32::from(band.start()) % DAY;
            expected.extend(stretch(target * DAY + from, i32::from(band.length())));
        }
    }
    (Edit::copy_day(schedule, day, days), expected)
}

proptest! {
    #[test]
    fn bands_and_ranges_cover_what_the_schedule_says(ranges in ranges()) {
        let expected = of_ranges(&ranges);
        let bands = Bands::of(&ranges);
        let mut covered = Minutes::new();
        for band in bands.list() {
            let own = of_band(*band);
            prop_assert!(covered.is_disjoint(&own), "{band:?} overlaps");
            covered.extend(own);
        }
        prop_assert_eq!(&covered, &expected);
        prop_assert_eq!(bands.minutes() as usize, expected.len());
        let normal = bands.ranges();
        prop_assert_eq!(&of_ranges(&normal), &expected);
        prop_assert!(normal.iter().all(|range| range.validate().is_ok()));
        let times: BTreeSet<_> = normal.iter().map(|range| (range.from, range.to)).collect();
        prop_assert_eq!(times.len(), normal.len(), "same times stand in one range");
        prop_assert_eq!(Bands::of(&normal).ranges(), normal, "normal is normal");
    }

    #[test]
    fn parts_on_rows_are_the_band(ranges in ranges()) {
        for band in Bands::of(&ranges).list() {
            let mut minutes = Minutes::new();
            for part in band.parts() {
                prop_assert!(part.from < part.to && i32::from(part.to) <= DAY);
                let day = i32::try_from(part.day).expect("small") * DAY;
                minutes.extend((day + i32::from(part.from)..day + i32::from(part.to)).map(|m| m % WEEK));
            }
            prop_assert_eq!(minutes, of_band(*band));
        }
    }

    #[test]
    fn a_sequence_of_edits_is_as_a_set_of_minutes_says(ranges in ranges(), wishes in vec(wish(), 1..30)) {
        let mut now = named(ranges);
        let mut history = History::default();
        let mut states = vec![now.clone()];
        let mut place = 0_usize;
        for wish in wishes {
            match wish {
                Wish::Undo => {
                    prop_assert_eq!(history.can_undo(), place > 0);
                    prop_assert_eq!(history.undo(&mut now), place > 0);
                    place = place.saturating_sub(1);
                }
                Wish::Redo => {
                    prop_assert_eq!(history.can_redo(), place + 1 < states.len());
                    prop_assert_eq!(history.redo(&mut now), place + 1 < states.len());
                    place = (place + 1).min(states.len() - 1);
                }
                ref wish => {
                    let (edit, expected) = edit_of(wish, &now);
                    match edit.apply(&now) {
                        Ok(next) => {
                            check_taken(&edit, &next, &expected)?;
                            states.truncate(place + 1);
                            states.push(next.clone());
                            place += 1;
                            history.record(std::mem::replace(&mut now, next));
                        }
                        Err(refusal) => check_refused(&edit, &refusal, &expected)?,
                    }
                }
            }
            prop_assert_eq!(&now, &states[place]);
        }
        while history.undo(&mut now) {}
        prop_assert_eq!(&now, &states[0], "back where it began");
    }
}

fn check_taken(edit: &Edit, next: &Schedule, expected: &Minutes) -> Result<(), TestCaseError> {
    prop_assert_eq!(&of_ranges(&next.ranges), expected, "{:?}", edit);
    prop_assert_eq!(next.validate(), Ok(()));
    prop_assert_eq!(&Bands::of(&next.ranges).ranges(), &next.ranges, "the fewest ranges");
    if let Some(target) = edit.target() {
        prop_assert!(of_band(target).is_subset(expected));
    }
    Ok(())
}

/// Refused is only what cannot be said, and always with a sentence.
fn check_refused(edit: &Edit, refusal: &Refusal, expected: &Minutes) -> Result<(), TestCaseError> {
    let told = refusal.to_string();
    prop_assert!(told.ends_with('.') && !told.starts_with(char::is_lowercase), "{told}");
    let length = match edit {
        Edit::Paint { from, to } => to - from,
        Edit::Resize { band, edge: Edge::Start, by } => i32::from(band.length()) - by,
        Edit::Resize { band, edge: Edge::End, by } => i32::from(band.length()) + by,
        _ => 1,
    };
    let put = match edit {
        Edit::Put { new: Some(new), .. } => new.validate().is_ok(),
        _ => true,
    };
    let sayable = (1..=DAY).contains(&length) && put && !expected.is_empty();
    prop_assert!(!sayable, "{edit:?} was refused: {told}");
    Ok(())
}
