//! Schedules by example; `tests/property_schedule.rs` compares them with a walk over the minutes.
//!
//! Must not do: anything outside memory.

use chrono_tz::{Africa, America, Asia, Australia, Europe, Pacific, Tz};

use super::*;
use crate::model::{WallSpan, WallTime};

fn range(text: &str) -> DayRange {
    let (days, times) = text.split_once(' ').expect("days and times");
    let (from, to) = times.split_once('-').expect("two times");
    let [from, to] = [from, to].map(|time| time.parse().expect("a time of day"));
    DayRange { days: days.parse().expect("days"), from, to }
}

fn schedule(name: &str, ranges: &[&str], exceptions: &[(&str, &str)]) -> Schedule {
    let exception = |(date, rule): &(&str, &str)| Exception {
        date: date.parse().expect("a date"),
        rule: rule.parse().expect("a rule"),
    };
    Schedule {
        name: name.into(),
        ranges: ranges.iter().map(|text| range(text)).collect(),
        exceptions: exceptions.iter().map(exception).collect(),
    }
}

fn calendar(zone: Tz, ranges: &[&str], exceptions: &[(&str, &str)]) -> Calendar {
    let nights = schedule("Nights", &["daily 22:00-06:00"], &[]);
    let schedules = [nights, schedule("Shop", ranges, exceptions)];
    assert_eq!(validate_all(&schedules), Ok(()));
    Calendar::new(&schedules, "Shop", zone).expect("it exists")
}

fn at(text: &str) -> WallTime {
    WallTime::parse_rfc3339(text).expect("a time")
}

#[track_caller]
fn assert_stretch(calendar: &Calendar, at: WallTime, active: bool, start: WallTime, end: WallTime) {
    assert_eq!(calendar.is_active(at), active);
    assert_eq!(calendar.stretch(at), Stretch { active, span: WallSpan { start, end } });
}

/// That the stretch around `inside` is active from `start` to `end`.
#[track_caller]
fn assert_active(calendar: &Calendar, inside: &str, start: &str, end: &str) {
    assert_stretch(calendar, at(inside), true, at(start), at(end));
    let spans = calendar.active_spans(WallSpan::new(at(start), at(end)));
    assert_eq!(spans, [WallSpan::new(at(start), at(end))]);
}

#[test]
fn opening_hours_last_as_long_as_they_say() {
    let shop = calendar(Europe::Berlin, &["mon-fri 08:00-18:00"], &[]);
    assert_eq!(shop.name(), "Shop");
    // A Wednesday in winter.
    let (open, close) = ("2026-01-14T08:00:00+01:00", "2026-01-14T18:00:00+01:00");
    for inside in [open, "2026-01-14T12:34:56.789+01:00", "2026-01-14T17:59:59.999999+01:00"] {
        assert_active(&shop, inside, open, close);
    }
    let monday = at("2026-01-19T08:00:00+01:00");
    assert_stretch(
        &shop,
        at("2026-01-17T00:00:00Z"),
        false,
        at("2026-01-16T18:00:00+01:00"),
        monday,
    );
}

#[test]
fn ranges_that_touch_or_overlap_are_one() {
    let ranges = ["mon 22:00-24:00", "tue 00:00-02:00", "tue 01:00-03:00", "mon 22:30-23:00"];
    let shop = calendar(Asia::Kolkata, &ranges, &[]);
    let (start, end) = ("2026-01-12T22:00:00+05:30", "2026-01-13T03:00:00+05:30");
    assert_active(&shop, "2026-01-12T23:59:59+05:30", start, end);
}

#[test]
fn a_range_past_midnight_belongs_to_the_day_on_which_it_begins() {
    let shop = calendar(Europe::Berlin, &["sun 22:00-06:00"], &[]);
    let (start, end) = ("2026-01-11T22:00:00+01:00", "2026-01-12T06:00:00+01:00");
    assert_active(&shop, "2026-01-12T05:00:00+01:00", start, end);
    assert!(!shop.is_active(at("2026-01-11T05:00:00+01:00")));
}

#[test]
fn an_exception_governs_its_date_and_no_other() {
    let christmas = [("2026-12-24", "never"), ("2026-12-26", "all-day")];
    let shop = calendar(Europe::Berlin, &["daily 22:00-06:00"], &christmas);
    // The night of the 23rd ends at midnight; that of the 24th still counts on the 25th.
    let (start, end) = ("2026-12-23T22:00:00+01:00", "2026-12-24T00:00:00+01:00");
    assert_active(&shop, "2026-12-23T23:00:00+01:00", start, end);
    let (start, end) = ("2026-12-25T00:00:00+01:00", "2026-12-25T06:00:00+01:00");
    assert_active(&shop, "2026-12-25T01:00:00+01:00", start, end);
    let (start, end) = ("2026-12-25T22:00:00+01:00", "2026-12-27T06:00:00+01:00");
    assert_active(&shop, "2026-12-26T12:00:00+01:00", start, end);
}

#[test]
fn an_exception_takes_the_week_of_another_schedule() {
    let shop = calendar(Europe::Berlin, &["mon-fri 08:00-18:00"], &[("2026-01-14", "use Nights")]);
    let (start, end) = ("2026-01-14T00:00:00+01:00", "2026-01-14T06:00:00+01:00");
    assert_active(&shop, "2026-01-14T05:00:00+01:00", start, end);
    let (start, end) = ("2026-01-14T22:00:00+01:00", "2026-01-15T00:00:00+01:00");
    assert_active(&shop, "2026-01-14T23:00:00+01:00", start, end);
    assert!(!shop.is_active(at("2026-01-14T12:00:00+01:00")));
}

#[test]
fn a_whole_day_is_as_long_as_clocks_make_it() {
    let shop = calendar(Europe::Berlin, &["sun 00:00-24:00"], &[]);
    let (start, end) = ("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00");
    assert_active(&shop, "2026-03-29T12:00:00+02:00", start, end);
    assert_eq!(WallSpan::new(at(start), at(end)).micros(), 23 * 3_600_000_000);
    let (start, end) = ("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00");
    assert_active(&shop, "2026-10-25T12:00:00+01:00", start, end);
    assert_eq!(WallSpan::new(at(start), at(end)).micros(), 25 * 3_600_000_000);
}

#[test]
fn what_ends_in_the_missing_hour_ends_when_clocks_change() {
    let shop = calendar(Europe::Berlin, &["daily 01:30-02:30"], &[]);
    let (start, end) = ("2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00");
    assert_active(&shop, "2026-03-29T01:45:00+01:00", start, end);
    let late = calendar(Europe::Berlin, &["daily 02:30-04:00"], &[]);
    let (start, end) = ("2026-03-29T03:00:00+02:00", "2026-03-29T04:00:00+02:00");
    assert_active(&late, "2026-03-29T03:30:00+02:00", start, end);
    let within = calendar(Europe::Berlin, &["daily 02:10-02:50"], &[]);
    assert_stretch(
        &within,
        at("2026-03-29T12:00:00Z"),
        false,
        at("2026-03-28T02:50:00+01:00"),
        at("2026-03-30T02:10:00+02:00"),
    );
}

#[test]
fn the_repeated_hour_counts_twice() {
    let within = calendar(Europe::Berlin, &["daily 02:10-02:50"], &[]);
    for zone in ["+02:00", "+01:00"] {
        let [start, inside, end] =
            ["02:10", "02:30", "02:50"].map(|time| format!("2026-10-25T{time}:00{zone}"));
        assert_active(&within, &inside, &start, &end);
    }
    // The first round is one with what precedes it, the second stands alone.
    let early = calendar(Europe::Berlin, &["daily 01:00-02:30"], &[]);
    let (start, end) = ("2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00");
    assert_active(&early, "2026-10-25T02:15:00+01:00", start, end);
    let whole = calendar(Europe::Berlin, &["daily 01:00-03:00"], &[]);
    let (start, end) = ("2026-10-25T01:00:00+02:00", "2026-10-25T03:00:00+01:00");
    assert_active(&whole, "2026-10-25T02:15:00+01:00", start, end);
}

#[test]
fn half_an_hour_may_be_missing() {
    let shop = calendar(Australia::Lord_Howe, &["daily 02:15-03:00"], &[]);
    // 02:00 becomes 02:30.
    let (start, end) = ("2026-10-04T02:30:00+11:00", "2026-10-04T03:00:00+11:00");
    assert_active(&shop, "2026-10-04T02:45:00+11:00", start, end);
    // 02:00 becomes 01:30.
    let early = calendar(Australia::Lord_Howe, &["daily 01:00-01:45"], &[]);
    let (start, end) = ("2026-04-05T01:30:00+10:30", "2026-04-05T01:45:00+10:30");
    assert_active(&early, "2026-04-05T01:35:00+10:30", start, end);
}

#[test]
fn midnight_may_be_missing_or_repeated() {
    let sunday = calendar(America::Sao_Paulo, &["sun 00:00-24:00"], &[]);
    let (start, end) = ("2017-10-15T01:00:00-02:00", "2017-10-16T00:00:00-02:00");
    assert_active(&sunday, "2017-10-15T12:00:00-02:00", start, end);
    // The last hour of this Saturday comes twice.
    let saturday = calendar(America::Sao_Paulo, &["sat 23:00-24:00"], &[]);
    let (start, end) = ("2017-02-18T23:00:00-02:00", "2017-02-19T00:00:00-03:00");
    assert_active(&saturday, "2017-02-18T23:30:00-03:00", start, end);
    // In Cairo the Friday begins at 01:00.
    let friday = calendar(Africa::Cairo, &["thu 22:00-00:30", "fri 00:00-02:00"], &[]);
    let (start, end) = ("2026-04-23T22:00:00+02:00", "2026-04-24T02:00:00+03:00");
    assert_active(&friday, "2026-04-24T01:30:00+03:00", start, end);
    let carried = calendar(Africa::Cairo, &["thu 22:00-00:30"], &[]);
    let (start, end) = ("2026-04-23T22:00:00+02:00", "2026-04-24T01:00:00+03:00");
    assert_active(&carried, "2026-04-23T23:30:00+02:00", start, end);
}

#[test]
fn ramadan_changes_clocks_too() {
    let shop = calendar(Africa::Casablanca, &["sun 02:30-08:00"], &[]);
    // In 2024 clocks went back from 03:00 on 10 March, and forward from 02:00 on 14 April.
    let (start, end) = ("2024-03-10T02:30:00+00:00", "2024-03-10T08:00:00+00:00");
    assert_active(&shop, "2024-03-10T07:00:00+00:00", start, end);
    let (start, end) = ("2024-03-10T02:30:00+01:00", "2024-03-10T03:00:00+01:00");
    assert_active(&shop, "2024-03-10T02:45:00+01:00", start, end);
    let (start, end) = ("2024-04-14T03:00:00+01:00", "2024-04-14T08:00:00+01:00");
    assert_active(&shop, "2024-04-14T07:00:00+01:00", start, end);
}

#[test]
fn a_day_may_be_missing() {
    // Samoa had no 30 December 2011.
    let friday = calendar(Pacific::Apia, &["fri 00:00-24:00"], &[]);
    assert_stretch(
        &friday,
        at("2011-12-31T12:00:00+14:00"),
        false,
        at("2011-12-24T00:00:00-10:00"),
        at("2012-01-06T00:00:00+14:00"),
    );
}

#[test]
fn without_borders_a_stretch_has_no_end() {
    let now = at("2026-01-14T12:00:00Z");
    let always = calendar(Europe::Berlin, &["daily 00:00-24:00"], &[]);
    assert_stretch(&always, now, true, WallTime::MIN, WallTime::MAX);
    let nights = calendar(Europe::Berlin, &["daily 12:00-08:00", "daily 08:00-12:00"], &[]);
    assert_stretch(&nights, now, true, WallTime::MIN, WallTime::MAX);
    let once = calendar(Europe::Berlin, &["daily 00:00-24:00"], &[("2031-05-01", "never")]);
    let (start, end) = (at("2031-05-01T00:00:00+02:00"), at("2031-05-02T00:00:00+02:00"));
    assert_stretch(&once, now, true, WallTime::MIN, start);
    assert_stretch(&once, start, false, start, end);
    assert_stretch(&once, at("2099-01-01T00:00:00Z"), true, end, WallTime::MAX);
}

#[test]
fn the_ends_of_time_have_an_answer() {
    let always = calendar(Europe::Berlin, &["daily 00:00-24:00"], &[("2026-05-01", "never")]);
    let shop = calendar(Europe::Berlin, &["mon-fri 08:00-18:00"], &[]);
    for end in [WallTime::MIN, WallTime::MAX] {
        assert!(always.is_active(end) && always.stretch(end).active);
        assert_eq!(shop.is_active(end), shop.stretch(end).active);
    }
}

#[test]
fn active_spans_are_cut_to_the_question() {
    let shop = calendar(Europe::Berlin, &["mon-fri 08:00-18:00"], &[]);
    let within =
        WallSpan::new(at("2026-01-16T12:00:00.5+01:00"), at("2026-01-19T08:00:00.25+01:00"));
    let friday = WallSpan::new(within.start, at("2026-01-16T18:00:00+01:00"));
    let monday = WallSpan::new(at("2026-01-19T08:00:00+01:00"), within.end);
    assert_eq!(shop.active_spans(within), [friday, monday]);
    assert_eq!(shop.active_spans(WallSpan::new(within.start, within.start)), []);
    let saturday = WallSpan::new(friday.end, at("2026-01-18T00:00:00Z"));
    assert_eq!(shop.active_spans(saturday), []);
}

#[test]
fn a_calendar_needs_all_schedules_that_it_uses() {
    let broken = [schedule("Shop", &["daily 08:00-18:00"], &[("2026-01-01", "use Nights")])];
    assert_eq!(Calendar::new(&broken, "Shop", Tz::UTC), None);
    assert_eq!(Calendar::new(&broken, "shop", Tz::UTC), None);
}

#[test]
fn schedules_are_written_as_tables() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct File {
        schedule: Vec<Schedule>,
    }
    let text = r#"[[schedule]]
name = "Opening hours"

[[schedule.range]]
days = "mon-fri"
from = "08:00"
to = "24:00"

[[schedule.exception]]
date = "2026-12-25"
rule = "never"

[[schedule.exception]]
date = "2026-12-31"
rule = "use Half a day"

[[schedule]]
name = "Half a day"

[[schedule.range]]
days = "daily"
from = "08:00"
to = "12:00"
"#;
    let exceptions = [("2026-12-25", "never"), ("2026-12-31", "use Half a day")];
    let file = File {
        schedule: vec![
            schedule("Opening hours", &["mon-fri 08:00-24:00"], &exceptions),
            schedule("Half a day", &["daily 08:00-12:00"], &[]),
        ],
    };
    assert_eq!(toml_edit::de::from_str::<File>(text).expect("valid"), file);
    assert_eq!(toml_edit::ser::to_string_pretty(&file).expect("valid"), text);
    for (good, bad) in [("2026-12-25", "2026-02-30"), ("never", "sometimes"), ("24:00", "24:01")] {
        assert!(toml_edit::de::from_str::<File>(&text.replace(good, bad)).is_err(), "{bad}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_in_a_sentence() {
    let valid = schedule("Shop", &["mon-fri 08:00-18:00"], &[("2026-01-01", "never")]);
    assert_eq!(valid.validate(), Ok(()));
    let named = |name: &str| Schedule { name: name.into(), ..valid.clone() };
    let ranged = |text: &str| Schedule { ranges: vec![range(text)], ..valid.clone() };
    let empty = DayRange { days: Days::NONE, ..valid.ranges[0] };
    let first = valid.exceptions[0].date;
    let day = |n| Exception { date: first + chrono::Days::new(n), rule: ExceptionRule::AllDay };
    assert_eq!(named(&"ü".repeat(64)).validate(), Ok(()));
    for (wrong, sentence) in [
        (named(""), "needs a name"),
        (named(" "), "needs a name"),
        (named("Shop "), "begins or ends with a space"),
        (named("a\nb"), "control characters"),
        (named(&"x".repeat(65)), "at most 64 characters"),
        (Schedule { ranges: vec![], ..valid.clone() }, "at least one time range"),
        (Schedule { ranges: vec![valid.ranges[0]; 65], ..valid.clone() }, "at most 64 time"),
        (Schedule { ranges: vec![empty], ..valid.clone() }, "08:00-18:00 needs at least one day"),
        (ranged("daily 08:00-08:00"), "daily 08:00-08:00 is empty"),
        (ranged("daily 24:00-08:00"), "24:00 is an end"),
        (Schedule { exceptions: vec![day(0), day(0)], ..valid.clone() }, "2026-01-01 has more"),
        (Schedule { exceptions: (0..733).map(day).collect(), ..valid.clone() }, "at most 732"),
    ] {
        let error = wrong.validate().expect_err(sentence);
        assert!(error.contains(sentence), "{error}");
    }
    assert_eq!(ranged("daily 00:00-24:00").validate(), Ok(()));
}

#[test]
fn schedules_must_fit_together() {
    let shop = |rule: &str| schedule("Shop", &["daily 08:00-18:00"], &[("2026-01-01", rule)]);
    let nights = |name: &str| schedule(name, &["daily 22:00-06:00"], &[]);
    assert_eq!(validate_all(&[]), Ok(()));
    assert_eq!(validate_all(&[shop("use Nights"), nights("Nights")]), Ok(()));
    let place = |schedules: &[Schedule]| validate_all(schedules).expect_err("refused").0;
    assert_eq!(place(&[shop("never"), nights("SHOP")]), 1);
    assert_eq!(place(&[nights("Nights"), shop("use Shop")]), 1);
    assert_eq!(place(&[nights("Nights"), shop("use Days")]), 1);
    assert_eq!(place(&[nights(""), shop("use Days")]), 0);
}

#[test]
fn ranges_are_read_as_they_are_written() {
    for text in ["mon-fri 08:00-18:00", "daily 22:00-06:00", "sat,sun 00:00-24:00"] {
        assert_eq!(text.parse::<DayRange>().map(|range| range.to_string()), Ok(text.into()));
    }
    for text in ["", "mon", "08:00-18:00", "mon 08:00", "mon 08:00-08:00", "xyz 08:00-18:00"] {
        assert!(text.parse::<DayRange>().is_err(), "{text}");
    }
}
