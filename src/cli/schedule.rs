//! `schedule`: add, list, change and remove schedules, and say what holds on single dates.
//!
//! Must not do: know what a schedule means; `model::schedule` does.

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use serde_json::json;

use super::schedule_args::{ExceptionArg, RangesArgs, ScheduleOptions, ScheduleVerb};
use super::{Args, print, session};
use crate::config::{ConfigError, DataFolder, SettingsStore};
use crate::model::Settings;
use crate::model::schedule::{Calendar, Exception, ExceptionRule, Schedule, Stretch};
use crate::model::{WallSpan, WallTime};
use crate::runtime::{Clock, SystemClock};

/// Exceptions that the table shows of each schedule.
const SHOWN_EXCEPTIONS: usize = 3;

/// Runs the verb.
///
/// # Errors
/// What is wrong with the change, or who uses a schedule that is to be removed.
pub fn run(args: &Args, options: &ScheduleOptions) -> Result<()> {
    let folder = session::folder(args)?;
    match &options.verb {
        ScheduleVerb::List { json } => list(&folder, *json),
        ScheduleVerb::Add { name, ranges } => add(&folder, name, ranges),
        ScheduleVerb::Set { schedule, name, ranges } => {
            set(&folder, schedule, name.as_deref(), ranges)
        }
        ScheduleVerb::Remove { schedule } => remove(&folder, schedule),
        ScheduleVerb::Exception { schedule, date, rule, other } => {
            let rule = match (rule, other) {
                (ExceptionArg::AllDay, None) => Some(ExceptionRule::AllDay),
                (ExceptionArg::Never, None) => Some(ExceptionRule::Never),
                (ExceptionArg::Remove, None) => None,
                (ExceptionArg::Use, Some(other)) => Some(ExceptionRule::Use(other.clone())),
                _ => bail!("another schedule is named with \"use\", and only there"),
            };
            exception(&folder, schedule, *date, rule)
        }
    }
}

fn add(folder: &DataFolder, name: &str, ranges: &RangesArgs) -> Result<()> {
    let ranges = ranges.ranges();
    session::change(folder, |settings| {
        settings.schedules.push(Schedule { name: name.into(), ranges, exceptions: Vec::new() });
        Ok(())
    })?;
    print::line(&format!("added the schedule {name}"))
}

fn set(folder: &DataFolder, name: &str, new_name: Option<&str>, ranges: &RangesArgs) -> Result<()> {
    let ranges = ranges.ranges();
    if new_name.is_none() && ranges.is_empty() {
        bail!("nothing is to be changed: give --name, or ranges");
    }
    session::change(folder, |settings| {
        let schedule = find(settings, name)?;
        if !ranges.is_empty() {
            schedule.ranges = ranges;
        }
        if let Some(new_name) = new_name {
            check_free(settings, name, new_name)?;
            settings.rename_schedule(name, new_name);
        }
        Ok(())
    })?;
    print::line(&format!("changed the schedule {name}"))
}

/// A name that two schedules had for a moment could not be told apart any more by those who use them.
fn check_free(settings: &Settings, name: &str, new_name: &str) -> Result<(), ConfigError> {
    let others = settings.schedules.iter().filter(|schedule| schedule.name != name);
    match others.map(|schedule| &schedule.name).find(|other| *other == new_name) {
        Some(other) => Err(ConfigError::Refused(format!("another schedule is called \"{other}\""))),
        None => Ok(()),
    }
}

fn remove(folder: &DataFolder, name: &str) -> Result<()> {
    session::change(folder, |settings| {
        find(settings, name)?;
        let users = settings.users_of(name);
        if !users.is_empty() {
            let why = format!("the schedule \"{name}\" is used by {}", users.join(", "));
            return Err(ConfigError::Refused(why));
        }
        settings.schedules.retain(|schedule| schedule.name != name);
        Ok(())
    })?;
    print::line(&format!("removed the schedule {name}"))
}

fn exception(
    folder: &DataFolder,
    name: &str,
    date: NaiveDate,
    rule: Option<ExceptionRule>,
) -> Result<()> {
    let told = match &rule {
        Some(rule) => format!("{name} on {date}: {rule}"),
        None => format!("{name} on {date}: as every week"),
    };
    session::change(folder, |settings| {
        let exceptions = &mut find(settings, name)?.exceptions;
        let before = exceptions.len();
        exceptions.retain(|exception| exception.date != date);
        match rule {
            Some(rule) => exceptions.push(Exception { date, rule }),
            None if exceptions.len() == before => {
                return Err(ConfigError::Refused(format!("\"{name}\" has no exception on {date}")));
            }
            None => {}
        }
        exceptions.sort_by_key(|exception| exception.date);
        Ok(())
    })?;
    print::line(&told)
}

fn find<'a>(settings: &'a mut Settings, name: &str) -> Result<&'a mut Schedule, ConfigError> {
    let names: Vec<String> =
        settings.schedules.iter().map(|schedule| format!("\"{}\"", schedule.name)).collect();
    let found = settings.schedules.iter_mut().find(|schedule| schedule.name == name);
    found.ok_or_else(|| {
        let known = match names.len() {
            0 => "add one with \"watchkeeper schedule add\"".into(),
            _ => format!("there are: {}", names.join(", ")),
        };
        ConfigError::Refused(format!("there is no schedule called \"{name}\"; {known}"))
    })
}

fn list(folder: &DataFolder, json: bool) -> Result<()> {
    let store = SettingsStore::open(folder)?;
    let (settings, zone) = (store.settings(), session::zone(&store));
    let now = SystemClock::new().wall();
    let mut stretches = Vec::new();
    for schedule in &settings.schedules {
        let calendar = Calendar::new(&settings.schedules, &schedule.name, zone);
        stretches.push(calendar.context("a schedule cannot be read")?.stretch(now));
    }
    let all = settings.schedules.iter().zip(&stretches);
    if json {
        let list: Vec<_> =
            all.map(|(schedule, stretch)| as_json(settings, schedule, stretch, zone)).collect();
        return print::json(&list);
    }
    let today = now.to_utc().with_timezone(&zone).date_naive();
    let lines: Vec<[String; 5]> = all
        .map(|(schedule, stretch)| {
            let ranges: Vec<String> = schedule.ranges.iter().map(ToString::to_string).collect();
            [
                schedule.name.clone(),
                ranges.join("; "),
                exceptions(schedule, today),
                settings.users_of(&schedule.name).join(", "),
                state(stretch, zone),
            ]
        })
        .collect();
    print::table(["NAME", "WHEN", "EXCEPTIONS", "USED BY", "NOW"], &lines)
}

fn as_json(
    settings: &Settings,
    schedule: &Schedule,
    stretch: &Stretch,
    zone: chrono_tz::Tz,
) -> serde_json::Value {
    let next = next_change(stretch);
    let local = |at: WallTime| at.to_utc().with_timezone(&zone).to_rfc3339();
    let ranges: Vec<String> = schedule.ranges.iter().map(ToString::to_string).collect();
    let cameras = settings.cameras.iter().filter(|camera| {
        let used = settings.in_force(camera).schedule.value;
        camera.recording.needs_schedule() && used.as_ref() == Some(&schedule.name)
    });
    json!({
        "name": schedule.name,
        "ranges": ranges,
        "exceptions": schedule.exceptions,
        "used_by": settings.users_of(&schedule.name),
        "cameras": cameras.map(|camera| &camera.name).collect::<Vec<_>>(),
        "active": stretch.active,
        "next_change": next.map(local),
    })
}

fn next_change(stretch: &Stretch) -> Option<WallTime> {
    let WallSpan { end, .. } = stretch.span;
    (end != WallTime::MAX).then_some(end)
}

fn state(stretch: &Stretch, zone: chrono_tz::Tz) -> String {
    let word = if stretch.active { "active" } else { "not active" };
    match next_change(stretch) {
        Some(next) => format!("{word} until {}", print::local(next, zone)),
        None => word.into(),
    }
}

/// Those to come, the next ones by name.
fn exceptions(schedule: &Schedule, today: NaiveDate) -> String {
    let mut coming: Vec<&Exception> =
        schedule.exceptions.iter().filter(|exception| exception.date >= today).collect();
    coming.sort_by_key(|exception| exception.date);
    let words = coming.iter().take(SHOWN_EXCEPTIONS);
    let mut words: Vec<String> = words.map(|item| format!("{} {}", item.date, item.rule)).collect();
    if coming.len() > SHOWN_EXCEPTIONS {
        words.push(format!("{} more", coming.len() - SHOWN_EXCEPTIONS));
    }
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_exceptions_are_shown_and_the_rest_is_counted() {
        let date = |day| NaiveDate::from_ymd_opt(2026, 12, day).expect("a date");
        let exception = |day| Exception { date: date(day), rule: ExceptionRule::Never };
        let exceptions_of = |days: &[u32]| {
            let exceptions = days.iter().copied().map(exception).collect();
            exceptions_text(exceptions, date(10))
        };
        assert_eq!(exceptions_of(&[9]), "");
        assert_eq!(exceptions_of(&[10, 9]), "2026-12-10 never");
        let told = exceptions_of(&[25, 24, 26, 27, 31]);
        assert_eq!(told, "2026-12-24 never; 2026-12-25 never; 2026-12-26 never; 2 more");
    }

    fn exceptions_text(list: Vec<Exception>, today: NaiveDate) -> String {
        exceptions(&Schedule { name: "a".into(), ranges: Vec::new(), exceptions: list }, today)
    }
}
