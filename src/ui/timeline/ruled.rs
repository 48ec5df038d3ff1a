//! The ruler of the last frame, kept while the view stays: local time is dear.
//!
//! Must not do: paint.

use std::sync::Arc;

use egui::{Id, Ui};

use super::axis::Axis;
use super::ticks::{self, Break, Tick};
use crate::model::WallSpan;
use crate::ui::zone::Zone;

/// Views of more days than this have no band of days: a day is narrower than a word.
const MOST_DAYS: i64 = 120;

const DAY: i64 = 86_400_000_000;

/// What a ruler shows.
pub struct Ruled {
    axis: Axis,
    zone: Zone,
    /// Its lines and labels.
    pub ticks: Vec<Tick>,
    /// Where clocks change.
    pub breaks: Vec<Break>,
    /// Local days in view, each with its number.
    pub days: Vec<(i32, WallSpan)>,
}

impl Ruled {
    /// That of `axis`; the one of the last frame when nothing has changed.
    pub fn of(ui: &Ui, id: Id, axis: &Axis, zone: &Zone) -> Arc<Self> {
        let known = ui.data(|data| data.get_temp::<Arc<Self>>(id));
        if let Some(known) = known.filter(|known| known.axis == *axis && known.zone == *zone) {
            return known;
        }
        let made = Arc::new(Self::new(axis, zone));
        ui.data_mut(|data| data.insert_temp(id, Arc::clone(&made)));
        made
    }

    /// That of `axis`, made now.
    #[must_use]
    pub fn new(axis: &Axis, zone: &Zone) -> Self {
        Self {
            axis: *axis,
            zone: zone.clone(),
            ticks: ticks::ticks(axis, zone),
            breaks: ticks::breaks(axis, zone),
            days: days(axis.span(), zone),
        }
    }
}

fn days(span: WallSpan, zone: &Zone) -> Vec<(i32, WallSpan)> {
    if span.micros() > MOST_DAYS * DAY {
        return Vec::new();
    }
    let from = zone.day(span.start);
    let days = from
        .iter_days()
        .map(|date| (chrono::Datelike::num_days_from_ce(&date), zone.span_of(date)));
    days.take_while(|(_, day)| day.start < span.end).collect()
}
