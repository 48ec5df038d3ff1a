//! Edits of a schedule's week: what the hand or the keyboard wants, and the schedule that follows.
//!
//! An edit is done whole or refused with a sentence; nothing in between. What follows has the fewest ranges.
//!
//! Must not do: know of pointers, of undo, or of other schedules. Pure.

use super::band::{Band, Bands, DAY, WEEK, WEEKDAYS, of_range};
use crate::model::schedule::{DayRange, Days, Schedule};
use crate::ui::words::sentence;

/// Steps of the hand and of the arrow keys, in minutes.
pub const SNAP: i32 = 15;

/// The same with Alt.
pub const FINE: i32 = 1;

/// An end of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edge {
    /// Where it begins.
    Start,
    /// Where it ends.
    End,
}

/// What is to be done to a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Covers this stretch, from one minute of the week to another.
    Paint {
        /// First minute, counted on over the ends of the week.
        from: i32,
        /// First minute after it.
        to: i32,
    },
    /// Moves a band, over the ends of the week too.
    Move {
        /// The band.
        band: Band,
        /// Minutes, negative for earlier.
        by: i32,
    },
    /// Moves an end of a band.
    Resize {
        /// The band.
        band: Band,
        /// Which end.
        edge: Edge,
        /// Minutes, negative for earlier.
        by: i32,
    },
    /// Takes a band away.
    Delete(Band),
    /// What begins on some days becomes these bands; their own days do not matter.
    Fill {
        /// The days.
        days: Days,
        /// What begins on each of them.
        bands: Vec<Band>,
    },
    /// Takes a range away and puts one in, as the fields do.
    Put {
        /// What goes.
        old: Option<DayRange>,
        /// What comes.
        new: Option<DayRange>,
    },
}

/// Why an edit changes nothing, in a sentence for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It would leave a range without length.
    #[error("A time range that ends where it begins is empty; a whole day is 00:00 to 24:00.")]
    Empty,
    /// It would make a range longer than a day.
    #[error("One time range lasts 24 hours at most; add another one for the next day.")]
    TooLong,
    /// The band is not there any more.
    #[error("That time range is not there any more.")]
    Gone,
    /// The schedule would not be valid.
    #[error("{}", sentence(.0))]
    Invalid(String),
}

impl Edit {
    /// A day as it is put on other days.
    #[must_use]
    pub fn copy_day(schedule: &Schedule, day: usize, days: Days) -> Self {
        Self::Fill { days, bands: Bands::of(&schedule.ranges).of_day(day).collect() }
    }

    /// The schedule after this edit.
    ///
    /// # Errors
    /// Why it is refused; then nothing is to be changed.
    pub fn apply(&self, schedule: &Schedule) -> Result<Schedule, Refusal> {
        let bands = self.bands(&Bands::of(&schedule.ranges))?;
        let changed = Schedule { ranges: bands.ranges(), ..schedule.clone() };
        changed.validate().map_err(Refusal::Invalid)?;
        Ok(changed)
    }

    fn bands(&self, now: &Bands) -> Result<Bands, Refusal> {
        match self {
            Self::Paint { from, to } => Ok(now.with(stretch(*from, *to)?)),
            Self::Move { band, by } => replaced(now, *band, self.moved(*band, *by, *by)?),
            Self::Resize { band, edge, by } => {
                let (start, end) = match edge {
                    Edge::Start => (*by, 0),
                    Edge::End => (0, *by),
                };
                replaced(now, *band, self.moved(*band, start, end)?)
            }
            Self::Delete(band) => Ok(present(now, *band)?.without(*band)),
            Self::Fill { days, bands } => Ok(fill(now, *days, bands)),
            Self::Put { old, new } => put(now, old.as_ref(), new.as_ref()),
        }
    }

    /// The band that a move or a change of length leads to.
    #[must_use]
    pub fn target(&self) -> Option<Band> {
        match self {
            Self::Paint { from, to } => stretch(*from, *to).ok(),
            Self::Move { band, by } => self.moved(*band, *by, *by).ok(),
            Self::Resize { band, edge: Edge::Start, by } => self.moved(*band, *by, 0).ok(),
            Self::Resize { band, edge: Edge::End, by } => self.moved(*band, 0, *by).ok(),
            Self::Delete(_) | Self::Fill { .. } | Self::Put { .. } => None,
        }
    }

    fn moved(&self, band: Band, start: i32, end: i32) -> Result<Band, Refusal> {
        let from = i32::from(band.start());
        stretch(from + start, from + i32::from(band.length()) + end)
    }
}

fn stretch(from: i32, to: i32) -> Result<Band, Refusal> {
    match to - from {
        ..=0 => Err(Refusal::Empty),
        length => Band::new(from, length).ok_or(Refusal::TooLong),
    }
}

fn present(bands: &Bands, band: Band) -> Result<&Bands, Refusal> {
    if bands.list().contains(&band) { Ok(bands) } else { Err(Refusal::Gone) }
}

fn replaced(bands: &Bands, old: Band, new: Band) -> Result<Bands, Refusal> {
    Ok(present(bands, old)?.without(old).with(new))
}

fn fill(bands: &Bands, days: Days, begun: &[Band]) -> Bands {
    let is_one = |day: usize| days.contains(WEEKDAYS[day]);
    let kept = bands.list().iter().copied().filter(|band| !is_one(band.day()));
    let new = (0..7_usize).filter(|day| is_one(*day)).flat_map(|day| {
        begun.iter().filter_map(move |band| {
            let start = day * usize::from(DAY) + usize::from(band.start() % DAY);
            Band::new(i32::try_from(start).ok()?, i32::from(band.length()))
        })
    });
    kept.chain(new).collect()
}

fn put(now: &Bands, old: Option<&DayRange>, new: Option<&DayRange>) -> Result<Bands, Refusal> {
    if let Some(new) = new {
        if new.from == new.to {
            return Err(Refusal::Empty);
        }
        new.validate().map_err(Refusal::Invalid)?;
    }
    let less = old
        .iter()
        .flat_map(|range| of_range(range))
        .fold(now.clone(), |bands, band| bands.without(band));
    Ok(new.iter().flat_map(|range| of_range(range)).fold(less, |bands, band| bands.with(band)))
}

/// The nearest multiple of `step` minutes.
#[must_use]
pub fn snapped(minute: f64, step: i32) -> i32 {
    let steps = (minute / f64::from(step)).round();
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a week")]
    let steps = steps.clamp(-f64::from(WEEK), f64::from(WEEK)) as i32;
    steps * step
}

/// The minute of the week that the hand has reached which began on row `day` at `anchor` minutes and is now on row
/// `row` at `minute` of it. It stays on the row where it began: a row down counts as the next day only left of where
/// it began, a row up as the day before only right of it, and past either end of the row the day goes on into its
/// neighbour.
#[must_use]
pub fn reached(day: usize, anchor: i32, row: i32, minute: i32) -> i32 {
    let day = i32::try_from(day).unwrap_or(0);
    let aside = match row - day {
        1 if minute < anchor => i32::from(DAY),
        -1 if minute > anchor => -i32::from(DAY),
        _ => 0,
    };
    day * i32::from(DAY) + minute + aside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(texts: &[&str]) -> Schedule {
        let ranges = texts.iter().map(|text| text.parse().expect("a range")).collect();
        Schedule { name: "Business hours".into(), ranges, exceptions: Vec::new() }
    }

    fn after(texts: &[&str], edit: &Edit) -> Result<Vec<String>, String> {
        let changed = edit.apply(&schedule(texts)).map_err(|refusal| refusal.to_string())?;
        Ok(changed.ranges.iter().map(ToString::to_string).collect())
    }

    fn band(text: &str) -> Band {
        of_range(&text.parse().expect("a range"))[0]
    }

    #[test]
    fn a_drag_past_midnight_wraps_into_the_next_day() {
        let (from, to) = (6 * 1440 + 1320, 6 * 1440 + 1440 + 360);
        let painted = after(&["mon 08:00-18:00"], &Edit::Paint { from, to });
        assert_eq!(painted, Ok(vec!["mon 08:00-18:00".into(), "sun 22:00-06:00".into()]));
        assert_eq!(reached(0, 1320, 0, 1500), 1500, "past the right end");
        assert_eq!(reached(0, 1320, 1, 360), 1800, "a row down, left of the begin");
        assert_eq!(reached(0, 480, 1, 1080), 1080, "a slip of the hand into the next row");
        assert_eq!(reached(1, 360, 0, 1320), 1320, "a row up, right of the begin");
        assert_eq!(reached(3, 360, 3, -60), 3 * 1440 - 60);
    }

    #[test]
    fn bands_are_moved_and_resized() {
        let week = ["mon-fri 08:00-18:00"];
        let moved = Edit::Move { band: band("fri 08:00-18:00"), by: 1440 };
        assert_eq!(after(&week, &moved), Ok(vec!["mon-thu,sat 08:00-18:00".into()]));
        let early = Edit::Resize { band: band("wed 08:00-18:00"), edge: Edge::Start, by: -15 };
        let texts = ["mon,tue,thu,fri 08:00-18:00", "wed 07:45-18:00"].map(String::from);
        assert_eq!(after(&week, &early), Ok(texts.to_vec()));
    }

    #[test]
    fn a_day_is_copied_with_what_it_carries_over_midnight() {
        let week = schedule(&["mon 09:00-12:00", "mon 22:00-02:00", "thu 05:00-06:00"]);
        let edit = Edit::copy_day(&week, 0, "thu,fri".parse().expect("days"));
        let ranges: Vec<String> =
            edit.apply(&week).expect("copied").ranges.iter().map(ToString::to_string).collect();
        assert_eq!(ranges, ["mon,thu,fri 09:00-12:00", "mon,thu,fri 22:00-02:00"]);
    }

    #[test]
    fn the_fields_replace_a_range() {
        let put = |old: &str, new: &str| Edit::Put { old: old.parse().ok(), new: new.parse().ok() };
        let week = ["mon-fri 08:00-18:00", "sat 09:00-13:00"];
        let later = after(&week, &put("mon-fri 08:00-18:00", "mon-sat 09:00-13:00"));
        assert_eq!(later, Ok(vec!["mon-sat 09:00-13:00".into()]));
        let gone = after(&week, &put("sat 09:00-13:00", ""));
        assert_eq!(gone, Ok(vec!["mon-fri 08:00-18:00".into()]));
    }

    #[test]
    fn what_would_leave_nothing_is_refused_with_a_sentence() {
        let week = ["mon 08:00-18:00"];
        let only = band("mon 08:00-18:00");
        let refusals = [
            (Edit::Paint { from: 600, to: 600 }, Refusal::Empty),
            (Edit::Resize { band: only, edge: Edge::End, by: -600 }, Refusal::Empty),
            (Edit::Resize { band: only, edge: Edge::End, by: 900 }, Refusal::TooLong),
            (Edit::Delete(band("tue 08:00-18:00")), Refusal::Gone),
            (
                Edit::Delete(only),
                Refusal::Invalid("a schedule needs at least one time range".into()),
            ),
        ];
        for (edit, refusal) in refusals {
            assert_eq!(edit.apply(&schedule(&week)), Err(refusal), "{edit:?}");
        }
        let told = Edit::Delete(only).apply(&schedule(&week)).expect_err("refused").to_string();
        assert_eq!(told, "A schedule needs at least one time range.");
    }

    #[test]
    fn the_hand_snaps_to_quarters() {
        assert_eq!(
            (snapped(487.0, SNAP), snapped(488.0, SNAP), snapped(-8.0, SNAP)),
            (480, 495, -15)
        );
        assert_eq!(snapped(487.4, FINE), 487);
    }
}
