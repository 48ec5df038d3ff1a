//! What the hand does to the grid: where it takes hold, and which edit follows from where it has gone.
//!
//! Must not do: know egui or apply an edit. Pure.

use super::band::{Band, Bands, DAY, Part};
use super::edit::{Edge, Edit, reached, snapped};

/// A place on the grid: a row, and a minute of it that may lie beyond its ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// 0 is Monday.
    pub day: usize,
    /// Minutes after the row's midnight.
    pub minute: f64,
}

/// What the hand holds while it drags.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hold {
    /// Nothing was there: it paints from here.
    Paint(Spot),
    /// A band, by this place of it.
    Band(Band, Spot),
    /// An end of a band, on this row.
    Edge(Band, Edge, usize),
}

/// What is at `spot`; an end is taken hold of within `reach` minutes.
#[must_use]
pub fn hold(bands: &Bands, spot: Spot, reach: f64) -> Hold {
    let mut nearest: Option<(f64, Hold)> = None;
    for band in bands.list() {
        let Part { day, to, .. } = last_part(*band);
        let from = f64::from(band.start() % DAY);
        // A narrow band keeps a middle to be moved by.
        let reach = reach.min(f64::from(band.length()) / 3.0);
        for (edge, row, at) in [(Edge::Start, band.day(), from), (Edge::End, day, f64::from(to))] {
            let off = (at - spot.minute).abs();
            if row == spot.day && off <= reach && nearest.is_none_or(|(best, _)| off < best) {
                nearest = Some((off, Hold::Edge(*band, edge, row)));
            }
        }
    }
    nearest.map_or_else(
        || inside(bands, spot).map_or(Hold::Paint(spot), |band| Hold::Band(band, spot)),
        |(_, hold)| hold,
    )
}

/// The band at a place.
#[must_use]
pub fn inside(bands: &Bands, spot: Spot) -> Option<Band> {
    let is_in = |part: &Part| {
        part.day == spot.day && (f64::from(part.from)..f64::from(part.to)).contains(&spot.minute)
    };
    bands.list().iter().copied().find(|band| band.parts().any(|part| is_in(&part)))
}

fn last_part(band: Band) -> Part {
    let first = Part { day: band.day(), from: band.start() % DAY, to: DAY };
    band.parts().last().unwrap_or(first)
}

impl Hold {
    /// The edit when the hand is at `spot`, in steps of so many minutes.
    #[must_use]
    pub fn edit(&self, spot: Spot, step: i32) -> Edit {
        let row = as_row(spot.day);
        match *self {
            Self::Paint(begin) => {
                let anchor = snapped(begin.minute, step);
                let here = reached(begin.day, anchor, row, snapped(spot.minute, step));
                let begin = as_row(begin.day) * i32::from(DAY) + anchor;
                Edit::Paint { from: begin.min(here), to: begin.max(here) }
            }
            Self::Band(band, grip) => {
                let from = i32::from(band.start() % DAY);
                let minutes = snapped(f64::from(from) + spot.minute - grip.minute, step) - from;
                let days = row - as_row(grip.day);
                Edit::Move { band, by: days * i32::from(DAY) + minutes }
            }
            Self::Edge(band, edge, day) => {
                let part = last_part(band);
                let (own, other) = match edge {
                    Edge::Start => (band.start() % DAY, part.to),
                    Edge::End => (part.to, band.start() % DAY),
                };
                let minute = snapped(spot.minute, step);
                let begins_here = edge == Edge::End && spot.day == band.day() && day != spot.day;
                let by = if begins_here {
                    // Back over midnight, to the row on which the band begins.
                    minute - i32::from(band.start() % DAY) - i32::from(band.length())
                } else {
                    let here = reached(day, i32::from(other), row, minute);
                    here - as_row(day) * i32::from(DAY) - i32::from(own)
                };
                Edit::Resize { band, edge, by }
            }
        }
    }
}

fn as_row(day: usize) -> i32 {
    i32::try_from(day).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::schedule::Schedule;
    use crate::ui::week::SNAP;

    fn schedule(texts: &[&str]) -> Schedule {
        let ranges = texts.iter().map(|text| text.parse().expect("a range")).collect();
        Schedule { name: "Business hours".into(), ranges, exceptions: Vec::new() }
    }

    const fn spot(day: usize, hours: f64) -> Spot {
        Spot { day, minute: hours * 60.0 }
    }

    /// What a schedule is after a drag from one place to another.
    fn dragged(texts: &[&str], from: Spot, to: Spot) -> Vec<String> {
        let schedule = schedule(texts);
        let edit = hold(&Bands::of(&schedule.ranges), from, 15.0).edit(to, SNAP);
        let changed = edit.apply(&schedule).expect("taken");
        changed.ranges.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_drag_from_an_empty_place_paints_both_ways() {
        let week = ["mon 08:00-10:00"];
        let painted = ["mon 08:00-10:00", "wed 12:00-15:30"];
        assert_eq!(dragged(&week, spot(2, 12.03), spot(2, 15.45)), painted);
        assert_eq!(dragged(&week, spot(2, 15.5), spot(2, 12.0)), painted);
        let night = ["mon 08:00-10:00", "wed 22:00-06:00"];
        assert_eq!(dragged(&week, spot(2, 22.0), spot(3, 6.0)), night);
        assert_eq!(dragged(&week, spot(2, 22.0), spot(2, 30.0)), night);
    }

    #[test]
    fn a_band_is_moved_by_its_middle_and_resized_by_its_ends() {
        let week = ["mon 08:00-10:00"];
        assert_eq!(dragged(&week, spot(0, 9.0), spot(4, 11.0)), ["fri 10:00-12:00"]);
        assert_eq!(dragged(&week, spot(0, 9.9), spot(0, 11.0)), ["mon 08:00-11:00"]);
        assert_eq!(dragged(&week, spot(0, 8.1), spot(0, 6.5)), ["mon 06:30-10:00"]);
        assert_eq!(dragged(&week, spot(0, 10.0), spot(1, 2.0)), ["mon 08:00-02:00"]);
        assert_eq!(dragged(&week, spot(0, 10.0), spot(1, 9.5)), ["mon 08:00-09:30"], "a slip");
    }

    #[test]
    fn a_band_over_midnight_is_held_on_both_rows() {
        let week = ["sun 22:00-06:00"];
        assert_eq!(dragged(&week, spot(0, 6.0), spot(0, 7.0)), ["sun 22:00-07:00"]);
        assert_eq!(dragged(&week, spot(0, 6.0), spot(6, 23.0)), ["sun 22:00-23:00"]);
        assert_eq!(dragged(&week, spot(0, 3.0), spot(0, 4.0)), ["sun 23:00-07:00"]);
        assert_eq!(dragged(&week, spot(6, 22.0), spot(6, 20.0)), ["sun 20:00-06:00"]);
    }

    #[test]
    fn a_narrow_band_keeps_a_middle() {
        let week = ["mon 08:00-08:15"];
        assert_eq!(dragged(&week, spot(0, 8.125), spot(0, 9.125)), ["mon 09:00-09:15"]);
    }
}
