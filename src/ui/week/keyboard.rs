//! The keys of the weekly grid.
//!
//! Must not do: act; it says which edit is wanted.

use egui::{Event, EventFilter, Id, Key, Modifiers, Ui};

use super::band::{Band, Bands, DAY, WEEKDAYS};
use super::clipboard;
use super::edit::{Edge, Edit, FINE, SNAP};
use super::grid::Wish;
use crate::model::schedule::{Days, Schedule};
use crate::ui::keys;

/// What the keys want of the band that has the keyboard: the arrows move it, with Shift they move its ends, Alt makes
/// the steps small.
pub fn read(ui: &Ui, id: Id, band: Band, bands: &Bands) -> Option<Wish> {
    let filter =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(id, filter));
    // A key with fewer modifiers matches one with more, so those with more are asked first.
    for (alt, step) in [(Modifiers::ALT, FINE), (Modifiers::NONE, SNAP)] {
        let presses = |key| keys::count(ui, alt | Modifiers::SHIFT, key);
        let end = presses(Key::ArrowRight) - presses(Key::ArrowLeft);
        let start = presses(Key::ArrowDown) - presses(Key::ArrowUp);
        for (edge, steps) in [(Edge::End, end), (Edge::Start, start)] {
            if steps != 0 {
                return Some(Wish::Edit(Edit::Resize { band, edge, by: steps * step }));
            }
        }
    }
    for (alt, step) in [(Modifiers::ALT, FINE), (Modifiers::NONE, SNAP)] {
        let presses = |key| keys::count(ui, alt, key);
        let across = presses(Key::ArrowRight) - presses(Key::ArrowLeft);
        let days = presses(Key::ArrowDown) - presses(Key::ArrowUp);
        let by = across * step + days * i32::from(DAY);
        if by != 0 {
            return Some(Wish::Edit(Edit::Move { band, by }));
        }
    }
    if keys::take(ui, Key::Delete) || keys::take(ui, Key::Backspace) {
        return Some(Wish::Edit(Edit::Delete(band)));
    }
    copy_and_paste(ui, bands, band.day())
}

/// What the keys want of the day whose name has the keyboard.
pub fn read_day(ui: &Ui, schedule: &Schedule, day: usize) -> Option<Wish> {
    copy_and_paste(ui, &Bands::of(&schedule.ranges), day)
}

fn copy_and_paste(ui: &Ui, bands: &Bands, day: usize) -> Option<Wish> {
    let mut copied = false;
    let mut pasted = None;
    ui.input_mut(|i| {
        i.events.retain(|event| {
            match event {
                Event::Copy => copied = true,
                Event::Paste(text) => pasted = Some(text.clone()),
                _ => return true,
            }
            false
        });
    });
    if copied {
        let begun: Vec<Band> = bands.of_day(day).collect();
        ui.ctx().copy_text(clipboard::write(&begun));
    }
    let days = Days::NONE.with(WEEKDAYS[day]);
    pasted.map(|text| match clipboard::read(&text) {
        Some(bands) => Wish::Edit(Edit::Fill { days, bands }),
        None => Wish::NoTimes,
    })
}
