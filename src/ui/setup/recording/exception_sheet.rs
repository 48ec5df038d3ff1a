//! The sheet of an exception: a date, and what holds on it.
//!
//! Must not do: change a schedule; it says which exception is wanted.

use chrono::{Datelike, NaiveDate};
use egui::{Align, Key, Layout, RichText, Ui};

use crate::model::schedule::{Exception, ExceptionRule};
use crate::model::settings::DateStyle;
use crate::ui::theme;
use crate::ui::widgets::{field, main_button, named_menu, segmented, sheet, soft};
use crate::ui::words::{common, schedules as words};

/// What is chosen for the date.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Never,
    AllDay,
    Use,
}

/// The open sheet.
pub struct ExceptionSheet {
    /// The date of the exception that is changed.
    old: Option<NaiveDate>,
    text: String,
    rule: Rule,
    /// The schedule that is used.
    used: Option<String>,
    ready: bool,
    problem: Option<String>,
}

/// What became of it in a frame.
pub enum Done {
    /// Closed.
    Closed,
    /// This is wanted, in place of what was on that date.
    Wanted(Option<NaiveDate>, Exception),
}

impl ExceptionSheet {
    /// For a new exception.
    pub const fn empty() -> Self {
        Self {
            old: None,
            text: String::new(),
            rule: Rule::Never,
            used: None,
            ready: false,
            problem: None,
        }
    }

    /// For one that is there.
    pub fn of(exception: &Exception, dates: DateStyle) -> Self {
        let (rule, used) = match &exception.rule {
            ExceptionRule::Never => (Rule::Never, None),
            ExceptionRule::AllDay => (Rule::AllDay, None),
            ExceptionRule::Use(name) => (Rule::Use, Some(name.clone())),
        };
        let text = dates.long(exception.date);
        Self { old: Some(exception.date), text, rule, used, ready: false, problem: None }
    }

    /// Says why what is wanted cannot be.
    pub fn refuse(&mut self, problem: String) {
        self.problem = Some(problem);
    }

    /// Shows it; `others` are the schedules whose times can be taken.
    pub fn ui(
        &mut self,
        ui: &Ui,
        others: &[&str],
        today: NaiveDate,
        dates: DateStyle,
    ) -> Option<Done> {
        let mut done = None;
        let left = sheet(ui, "exception", 380.0, |ui| {
            ui.heading(words::NEW_EXCEPTION);
            self.date(ui, today, dates);
            self.choices(ui, others);
            if let Some(problem) = &self.problem {
                ui.label(RichText::new(problem).color(theme::error()));
            }
            ui.add_space(4.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let enter = ui.input(|i| i.key_pressed(Key::Enter));
                if main_button(ui, words::APPLY, words::APPLY_TIP).clicked() || enter {
                    match self.wanted(others, today, dates) {
                        Ok(exception) => done = Some(Done::Wanted(self.old, exception)),
                        Err(problem) => self.problem = Some(problem.into()),
                    }
                }
                if ui.button(common::CANCEL).on_hover_text(common::CANCEL_TIP).clicked() {
                    done = Some(Done::Closed);
                }
            });
        });
        if left && done.is_none() { Some(Done::Closed) } else { done }
    }

    fn date(&mut self, ui: &mut Ui, today: NaiveDate, dates: DateStyle) {
        let hint = words::date_hint(dates, today);
        let response = field(ui, words::DATE, &hint, &mut self.text, false);
        if !std::mem::replace(&mut self.ready, true) {
            response.request_focus();
        }
        if response.changed() {
            self.problem = None;
        }
        let told = date_of(&self.text, today, dates).map(|date| words::whole_date(date, dates));
        ui.label(soft(told.unwrap_or(hint)).size(theme::CAPTION));
    }

    fn choices(&mut self, ui: &mut Ui, others: &[&str]) {
        ui.label(soft(words::ON_IT).size(theme::CAPTION));
        let options = [words::NOTHING, words::ALL_DAY, words::LIKE];
        let options = options.map(|option| (option, option.to_owned()));
        let rules = [Rule::Never, Rule::AllDay, Rule::Use];
        let on = rules.iter().position(|rule| *rule == self.rule);
        if let Some(place) = segmented(ui, words::ON_IT, &options, on) {
            self.rule = rules[place];
            self.problem = None;
        }
        if self.rule != Rule::Use {
            return;
        }
        if others.is_empty() {
            ui.label(soft(words::NO_OTHER));
            return;
        }
        let used = self.used.get_or_insert_with(|| others[0].to_owned());
        let shown = used.clone();
        named_menu(ui, "exception-schedule", words::WHICH, &shown, 200.0, |ui| {
            for other in others {
                ui.selectable_value(used, (*other).to_owned(), *other);
            }
        });
    }

    fn wanted(
        &self,
        others: &[&str],
        today: NaiveDate,
        dates: DateStyle,
    ) -> Result<Exception, &'static str> {
        let date = date_of(&self.text, today, dates).ok_or(words::NO_DATE)?;
        let rule = match (self.rule, &self.used) {
            (Rule::Never, _) => ExceptionRule::Never,
            (Rule::AllDay, _) => ExceptionRule::AllDay,
            (Rule::Use, Some(name)) if others.contains(&name.as_str()) => {
                ExceptionRule::Use(name.clone())
            }
            (Rule::Use, _) => return Err(words::NO_OTHER),
        };
        Ok(Exception { date, rule })
    }
}

/// A date as people write it; without a year the next such day.
fn date_of(text: &str, today: NaiveDate, dates: DateStyle) -> Option<NaiveDate> {
    let (slashed, short) = match dates {
        DateStyle::MonthFirst => ("%m/%d/%Y", "%m/%d/%Y"),
        DateStyle::Iso => ("%d/%m/%Y", "%m-%d-%Y"),
        _ => ("%d/%m/%Y", "%d/%m/%Y"),
    };
    let gap = if dates == DateStyle::Iso { '-' } else { '/' };
    let text = text.trim();
    let full = ["%Y-%m-%d", "%d.%m.%Y", slashed, "%d %b %Y", "%a %d %b %Y"];
    let named = full.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    named.or_else(|| {
        let text = text.trim_end_matches('.');
        (today.year()..=today.year() + 8).find_map(|year| {
            let formats = [("%d %b %Y", ' '), ("%d.%m.%Y", '.'), (short, gap)];
            let date = formats.into_iter().find_map(|(format, gap)| {
                NaiveDate::parse_from_str(&format!("{text}{gap}{year}"), format).ok()
            });
            date.filter(|date| *date >= today)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_taken_as_people_write_them() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 3).expect("a date");
        let told = |text: &str, dates| date_of(text, today, dates).map(|date| date.to_string());
        for (text, date) in [
            ("3 Apr", "2026-04-03"),
            ("3 apr 2027", "2027-04-03"),
            ("2 Mar", "2027-03-02"),
            ("3 Mar", "2026-03-03"),
            ("2026-12-25", "2026-12-25"),
            ("24.12.", "2026-12-24"),
            ("24.12.2026", "2026-12-24"),
            ("29 Feb", "2028-02-29"),
        ] {
            assert_eq!(told(text, DateStyle::Words), Some(date.into()), "{text}");
        }
        for text in ["", "soon", "31 Feb", "2026-13-01"] {
            assert_eq!(told(text, DateStyle::Words), None, "{text}");
        }
    }

    #[test]
    fn what_is_shown_in_a_style_is_taken_in_it() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 3).expect("a date");
        let date = NaiveDate::from_ymd_opt(2026, 4, 5).expect("a date");
        for dates in DateStyle::ALL {
            for text in [dates.long(date), dates.day_month(date)] {
                assert_eq!(date_of(&text, today, dates), Some(date), "{text}");
            }
        }
    }
}
