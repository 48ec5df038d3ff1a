//! The schedules of the draft while they are edited: which one is chosen, what is done to it, and the way back.
//!
//! Must not do: paint, or save; a change that cannot be leaves the draft as it is and a sentence beside its field.

use chrono::{NaiveDate, Weekday};

use super::texts::{FieldId, Texts};
use crate::model::Settings;
use crate::model::schedule::{self, DayRange, Exception, Schedule, TimeOfDay};
use crate::model::settings::DateStyle;
use crate::ui::setup::draft::Draft;
use crate::ui::week::{Band, Bands, DAY, Edit, History, WEEKDAYS};
use crate::ui::words::{schedules as words, sentence};

/// Between a range and the next one that is put beside it, in minutes.
const APART: u16 = 60;

/// The hour at which a first free place is looked for.
const MORNING: u16 = 8 * 60;

/// Beside what a sentence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The grid.
    Grid,
    /// The switches of the days.
    Days,
    /// The time ranges.
    Ranges,
    /// The buttons of the whole schedule.
    Whole,
}

/// The editing.
#[derive(Default)]
pub struct Edits {
    chosen: usize,
    history: History<Vec<Schedule>>,
    /// The schedules as the last change left them.
    seen: Vec<Schedule>,
    problem: Option<(Place, String)>,
    /// What is written into fields.
    pub texts: Texts,
}

impl Edits {
    /// Takes what the draft holds now. True when it was changed from elsewhere; then there is no way back to what was
    /// before.
    pub fn follow(&mut self, draft: &Draft) -> bool {
        let now = &draft.get().schedules;
        self.chosen = self.chosen.min(now.len().saturating_sub(1));
        if *now == self.seen {
            return false;
        }
        self.seen.clone_from(now);
        self.history = History::default();
        self.forget();
        true
    }

    /// Forgets sentences and what is being written.
    pub fn forget(&mut self) {
        self.problem = None;
        self.texts.clear();
    }

    /// The place of the chosen schedule.
    pub const fn chosen(&self) -> usize {
        self.chosen
    }

    /// Chooses another schedule.
    pub fn choose(&mut self, place: usize) {
        self.chosen = place;
        self.forget();
    }

    /// The chosen schedule.
    pub fn schedule<'a>(&self, draft: &'a Draft) -> Option<&'a Schedule> {
        draft.get().schedules.get(self.chosen)
    }

    /// The sentence beside something.
    pub fn problem(&self, place: Place) -> Option<&str> {
        self.problem.as_ref().filter(|(at, _)| *at == place).map(|(_, text)| text.as_str())
    }

    /// Puts a sentence beside something.
    pub fn refuse(&mut self, place: Place, text: impl Into<String>) {
        self.problem = Some((place, text.into()));
    }

    /// Whether a change can be taken back, or made again.
    pub fn ways(&self) -> (bool, bool) {
        (self.history.can_undo(), self.history.can_redo())
    }

    /// Takes the last change back.
    pub fn undo(&mut self, draft: &mut Draft) {
        let mut now = draft.get().schedules.clone();
        if self.history.undo(&mut now) {
            self.restore(draft, now);
        }
    }

    /// Makes the change again that was taken back last.
    pub fn redo(&mut self, draft: &mut Draft) {
        let mut now = draft.get().schedules.clone();
        if self.history.redo(&mut now) {
            self.restore(draft, now);
        }
    }

    fn restore(&mut self, draft: &mut Draft, schedules: Vec<Schedule>) {
        draft.edit(|settings| {
            if let Some((old, new)) = renamed(&settings.schedules, &schedules) {
                settings.rename_schedule(&old, &new);
            }
            settings.schedules = schedules;
        });
        self.seen.clone_from(&draft.get().schedules);
        self.chosen = self.chosen.min(self.seen.len().saturating_sub(1));
        self.forget();
    }

    fn change(&mut self, draft: &mut Draft, change: impl FnOnce(&mut Settings)) {
        let before = draft.get().schedules.clone();
        draft.edit(change);
        self.seen.clone_from(&draft.get().schedules);
        if self.seen != before {
            self.history.record(before);
        }
        self.problem = None;
        if let Some(schedule) = self.seen.get(self.chosen) {
            self.texts.keep(&Bands::of(&schedule.ranges).ranges());
        }
    }

    fn put(&mut self, draft: &mut Draft, schedule: Schedule) {
        let chosen = self.chosen;
        self.change(draft, |settings| settings.schedules[chosen] = schedule);
    }

    /// Edits the week of the chosen schedule; true when it was done.
    pub fn edit(&mut self, draft: &mut Draft, edit: &Edit, place: Place) -> bool {
        let Some(schedule) = self.schedule(draft) else { return false };
        match edit.apply(schedule) {
            Ok(changed) => {
                self.put(draft, changed);
                true
            }
            Err(refusal) => {
                self.refuse(place, refusal.to_string());
                false
            }
        }
    }

    /// Puts a day into a range, or takes it out. Returns the range as it is then.
    pub fn toggle_day(
        &mut self,
        draft: &mut Draft,
        range: DayRange,
        day: Weekday,
    ) -> Option<DayRange> {
        let had = range.days.contains(day);
        let days = if had { range.days.without(day) } else { range.days.with(day) };
        let new = DayRange { days, ..range };
        let edit = Edit::Put { old: Some(range), new: Some(new) };
        self.edit(draft, &edit, Place::Days).then_some(new)
    }

    /// Puts a range of an hour beside `range`. Returns it.
    pub fn add_range(&mut self, draft: &mut Draft, range: DayRange) -> Option<DayRange> {
        let bands = Bands::of(&self.schedule(draft)?.ranges);
        let Some(new) = free_hour(&bands, range) else {
            self.refuse(Place::Ranges, words::NO_ROOM);
            return None;
        };
        let edit = Edit::Put { old: None, new: Some(new) };
        self.edit(draft, &edit, Place::Ranges).then_some(new)
    }

    /// Takes a text that the operator has ended. Returns the range that it led to.
    pub fn take(&mut self, draft: &mut Draft, field: FieldId, text: &str) -> Option<DayRange> {
        let taken = match field {
            FieldId::Name => self.rename(draft, text.trim()).map(|()| None),
            FieldId::From(range) => self.set_times(draft, range, text, true).map(Some),
            FieldId::To(range) => self.set_times(draft, range, text, false).map(Some),
        };
        match taken {
            Ok(range) => {
                self.texts.taken(field);
                range
            }
            Err(problem) => {
                self.texts.refuse(field, problem);
                None
            }
        }
    }

    fn rename(&mut self, draft: &mut Draft, new: &str) -> Result<(), String> {
        let schedules = &draft.get().schedules;
        let Some(old) = schedules.get(self.chosen).map(|schedule| schedule.name.clone()) else {
            return Ok(());
        };
        let same = |name: &str| name.to_lowercase() == new.to_lowercase();
        let others = schedules.iter().enumerate().filter(|(place, _)| *place != self.chosen);
        if let Some((_, other)) = others.into_iter().find(|(_, other)| same(&other.name)) {
            return Err(words::taken(&other.name));
        }
        let candidate = Schedule { name: new.into(), ..schedules[self.chosen].clone() };
        candidate.validate().map_err(|why| sentence(&why))?;
        self.change(draft, |settings| settings.rename_schedule(&old, new));
        Ok(())
    }

    fn set_times(
        &mut self,
        draft: &mut Draft,
        range: DayRange,
        text: &str,
        is_begin: bool,
    ) -> Result<DayRange, String> {
        let time = time_of(text).map_err(|why| sentence(&why))?;
        let new = match is_begin {
            true => DayRange { from: time, ..range },
            false => DayRange { to: time, ..range },
        };
        let Some(schedule) = self.schedule(draft) else { return Ok(range) };
        let edit = Edit::Put { old: Some(range), new: Some(new) };
        let changed = edit.apply(schedule).map_err(|refusal| refusal.to_string())?;
        self.put(draft, changed);
        Ok(new)
    }

    /// Adds a schedule and chooses it.
    pub fn add(&mut self, draft: &mut Draft) {
        let days = WEEKDAYS[..5].iter().copied().collect();
        let time = |hour: u16| TimeOfDay::from_minutes(hour * 60).unwrap_or(TimeOfDay::START);
        let range = DayRange { days, from: time(8), to: time(18) };
        let name = free_name(draft.get(), words::new_name);
        let new = Schedule { name, ranges: vec![range], exceptions: Vec::new() };
        self.push(draft, new);
    }

    /// Adds a copy of the chosen schedule and chooses it.
    pub fn duplicate(&mut self, draft: &mut Draft) {
        let Some(schedule) = self.schedule(draft).cloned() else { return };
        let name = free_name(draft.get(), |number| words::copy_name(&schedule.name, number));
        self.push(draft, Schedule { name, ..schedule });
    }

    fn push(&mut self, draft: &mut Draft, schedule: Schedule) {
        self.change(draft, |settings| settings.schedules.push(schedule));
        self.choose(draft.get().schedules.len().saturating_sub(1));
    }

    /// Takes the chosen schedule away unless something uses it.
    pub fn delete(&mut self, draft: &mut Draft) {
        let Some(schedule) = self.schedule(draft) else { return };
        let users = draft.get().users_of(&schedule.name);
        if !users.is_empty() {
            let text = words::used_by(&schedule.name, &users);
            self.refuse(Place::Whole, text);
            return;
        }
        let chosen = self.chosen;
        self.change(draft, |settings| {
            settings.schedules.remove(chosen);
        });
        self.choose(chosen.min(draft.get().schedules.len().saturating_sub(1)));
    }

    /// Puts an exception in place of that on `old`.
    ///
    /// # Errors
    /// Why it cannot be, in a sentence.
    pub fn put_exception(
        &mut self,
        draft: &mut Draft,
        old: Option<NaiveDate>,
        new: Exception,
        (today, dates): (NaiveDate, DateStyle),
    ) -> Result<(), String> {
        let Some(schedule) = self.schedule(draft) else { return Ok(()) };
        let mut changed = schedule.clone();
        changed.exceptions.retain(|exception| Some(exception.date) != old);
        if changed.exceptions.iter().any(|exception| exception.date == new.date) {
            return Err(words::date_taken(new.date, today, dates));
        }
        changed.exceptions.push(new);
        changed.exceptions.sort_by_key(|exception| exception.date);
        let mut all = draft.get().schedules.clone();
        all[self.chosen] = changed.clone();
        schedule::validate_all(&all).map_err(|(_, why)| sentence(&why))?;
        self.put(draft, changed);
        Ok(())
    }

    /// Takes the exception on a date away.
    pub fn remove_exception(&mut self, draft: &mut Draft, date: NaiveDate) {
        let Some(schedule) = self.schedule(draft) else { return };
        let mut changed = schedule.clone();
        changed.exceptions.retain(|exception| exception.date != date);
        self.put(draft, changed);
    }
}

/// The old and the new name of the one schedule that was renamed between two lists.
fn renamed(before: &[Schedule], after: &[Schedule]) -> Option<(String, String)> {
    let mut pairs = before.iter().zip(after).filter(|(old, new)| old.name != new.name);
    let (old, new) = pairs.next().filter(|_| before.len() == after.len())?;
    pairs.next().is_none().then(|| (old.name.clone(), new.name.clone()))
}

fn free_name(settings: &Settings, name: impl Fn(usize) -> String) -> String {
    let is_free = |name: &str| {
        settings.schedules.iter().all(|other| other.name.to_lowercase() != name.to_lowercase())
    };
    let mut number = 1;
    while !is_free(&name(number)) {
        number += 1;
    }
    name(number)
}

/// An hour on the days of `range` that is free and touches nothing: after it, else from the morning on.
fn free_hour(bands: &Bands, range: DayRange) -> Option<DayRange> {
    let after = range.to.minutes().next_multiple_of(APART) + APART;
    let later = (after..DAY).step_by(usize::from(APART));
    let from_morning = (MORNING..DAY).chain(0..MORNING).step_by(usize::from(APART));
    later.chain(from_morning).find_map(|from| {
        let to = TimeOfDay::from_minutes(from + APART)?;
        let new = DayRange { days: range.days, from: TimeOfDay::from_minutes(from)?, to };
        let free = |band: Band| {
            let wide = Band::new(i32::from(band.start()) - 1, i32::from(band.length()) + 2);
            wide.is_some_and(|wide| {
                let end = wide.start() + wide.length();
                (wide.start()..end).all(|minute| bands.at(minute).is_none())
            })
        };
        crate::ui::week::of_range(&new).into_iter().all(free).then_some(new)
    })
}

/// A time of day as people write it: `8`, `0830`, `8.30` and `8:30` too.
fn time_of(text: &str) -> Result<TimeOfDay, String> {
    let text = text.trim();
    let digits = text.chars().all(|c| c.is_ascii_digit());
    let written = match text.len() {
        1 | 2 if digits => format!("{text}:00"),
        3 | 4 if digits => {
            let (hours, minutes) = text.split_at(text.len() - 2);
            format!("{hours}:{minutes}")
        }
        _ => text.replace('.', ":"),
    };
    written.parse().map_err(|_| match text.parse::<TimeOfDay>() {
        Err(why) => why,
        Ok(_) => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_taken_as_people_write_them() {
        let told = |text: &str| time_of(text).map(|time| time.to_string());
        for (text, time) in [
            ("8", "08:00"),
            ("08:30", "08:30"),
            ("830", "08:30"),
            ("2215", "22:15"),
            (" 8.30 ", "08:30"),
            ("24", "24:00"),
        ] {
            assert_eq!(told(text), Ok(time.into()), "{text}");
        }
        for text in ["", "25", "8:60", "noon", "99999"] {
            assert!(told(text).expect_err(text).contains(text.trim()));
        }
    }

    #[test]
    fn a_new_range_stands_apart() {
        let hours = |text: &str| -> DayRange { text.parse().expect("a range") };
        let free = |texts: &[&str], beside: &str| {
            let ranges: Vec<DayRange> = texts.iter().map(|text| hours(text)).collect();
            free_hour(&Bands::of(&ranges), hours(beside)).map(|range| range.to_string())
        };
        let day = "mon-fri 08:00-18:00";
        assert_eq!(free(&[day], day), Some("mon-fri 19:00-20:00".into()));
        let late = ["mon 09:30-23:30"];
        assert_eq!(free(&late, late[0]), Some("mon 08:00-09:00".into()));
        let whole = ["daily 00:00-24:00"];
        assert_eq!(free(&whole, whole[0]), None);
    }
}
