//! The sheet that takes a time, as people write it.
//!
//! Must not do: seek; it says where to.

use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use egui::{Align, Key, Layout, RichText, Ui};

use crate::model::WallTime;
use crate::ui::desk::Stage;
use crate::ui::theme;
use crate::ui::widgets::{field, main_button, sheet, soft};
use crate::ui::words::{common, playback as words};
use crate::ui::zone::Zone;

/// The open sheet.
#[derive(Default)]
pub struct GoTo {
    text: String,
    focused: bool,
    problem: Option<&'static str>,
}

/// What became of the sheet in a frame.
pub enum Done {
    /// Closed.
    Closed,
    /// A moment was given.
    At(WallTime),
}

impl GoTo {
    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, stage: &Stage<'_>, playhead: WallTime) -> Option<Done> {
        let mut done = None;
        let left = sheet(ui, "go to", 380.0, |ui| {
            ui.heading(words::GO_TO);
            let hint = words::go_to_hint(&stage.zone.minutes(playhead));
            let response = field(ui, words::GO_TO_FIELD, &hint, &mut self.text, false);
            if !std::mem::replace(&mut self.focused, true) || response.lost_focus() {
                response.request_focus();
            }
            match self.problem {
                Some(problem) => ui.label(RichText::new(problem).color(theme::error())),
                None => ui.label(soft(words::GO_TO_EXAMPLES)),
            };
            if response.changed() {
                self.problem = None;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let enter = ui.input(|i| i.key_pressed(Key::Enter));
                if main_button(ui, words::GO, words::GO_TIP).clicked() || enter {
                    match parse(&self.text, playhead, stage.now, stage.zone) {
                        Ok(at) => done = Some(Done::At(at)),
                        Err(problem) => self.problem = Some(problem),
                    }
                }
                if ui.button(common::CANCEL).on_hover_text(words::GO_CANCEL_TIP).clicked() {
                    done = Some(Done::Closed);
                }
            });
        });
        if left && done.is_none() { Some(Done::Closed) } else { done }
    }
}

/// The moment that `text` means: a time of the day at the playhead, or of the day that is named with it.
///
/// # Errors
/// A sentence for the operator.
fn parse(
    text: &str,
    playhead: WallTime,
    now: WallTime,
    zone: &Zone,
) -> Result<WallTime, &'static str> {
    let mut written = text.trim().to_lowercase();
    for half in words::HALVES_OF_THE_DAY {
        if let Some(bare) = written.strip_suffix(half) {
            written = format!("{bare}{}", half.trim_start());
        }
    }
    let (day, time) = match written.rsplit_once(char::is_whitespace) {
        Some((day, time)) => (day.trim(), time),
        None => ("", written.as_str()),
    };
    let (time, second) = match time.strip_suffix(['a', 'b']).filter(|bare| !bare.is_empty()) {
        Some(bare) => (bare, time.ends_with('b')),
        None => (time, false),
    };
    let time = time_of(time).ok_or(words::UNCLEAR_TIME)?;
    let date = day_of(day, zone.day(playhead), zone.day(now)).ok_or(words::UNCLEAR_TIME)?;
    let mut moments = zone.moments(date, time);
    let first = moments.next().ok_or(words::NO_SUCH_TIME)?;
    let at = if second { moments.next().unwrap_or(first) } else { first };
    if at > now { Err(words::FUTURE) } else { Ok(at) }
}

fn time_of(text: &str) -> Option<NaiveTime> {
    let formats = ["%H:%M", "%H:%M:%S", "%H:%M:%S%.f", "%H.%M", "%H%M", "%I:%M%p", "%I.%M%p"];
    let found = formats.iter().find_map(|format| NaiveTime::parse_from_str(text, format).ok());
    // A bare hour, `2pm`.
    found.or_else(|| {
        let (hour, half) = text.split_at_checked(text.len().checked_sub(2)?)?;
        NaiveTime::parse_from_str(&format!("{hour}:00{half}"), "%I:%M%p").ok()
    })
}

fn day_of(text: &str, shown: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    match text {
        "" => return Some(shown),
        words::TODAY => return Some(today),
        words::YESTERDAY => return today.checked_sub_days(Days::new(1)),
        _ => {}
    }
    let full = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %b %Y"];
    let named = full.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    named.or_else(|| {
        let year = today.year();
        let text = text.trim_end_matches('.');
        let this_year = [("%d %b %Y", ' '), ("%d.%m.%Y", '.'), ("%d/%m/%Y", '/')]
            .into_iter()
            .find_map(|(f, gap)| NaiveDate::parse_from_str(&format!("{text}{gap}{year}"), f).ok());
        // Without a year the newest such day is meant.
        this_year.and_then(
            |date| {
                if date > today { date.with_year(today.year() - 1) } else { Some(date) }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, &'static str> {
        let at = |text| WallTime::parse_rfc3339(text).expect("a time");
        let zone = Zone::named("Europe/Berlin");
        let (playhead, now) = (at("2026-10-20T12:00:00+02:00"), at("2026-10-26T09:00:00+01:00"));
        parse(text, playhead, now, &zone).map(|at| at.to_rfc3339())
    }

    #[test]
    fn times_are_taken_as_people_write_them() {
        for (text, expected) in [
            ("14:05", "2026-10-20T12:05:00"),
            ("14:05:07.5", "2026-10-20T12:05:07.5"),
            ("yesterday 14:05", "2026-10-25T13:05:00"),
            ("Today 8:30", "2026-10-26T07:30:00"),
            ("2 Mar 14:05", "2026-03-02T13:05:00"),
            ("24 Dec 18:00", "2025-12-24T17:00:00"),
            ("2026-03-02 14:05:01", "2026-03-02T13:05:01"),
            ("2.3.2026 14.05", "2026-03-02T13:05:00"),
            ("2pm", "2026-10-20T12:00:00"),
            ("yesterday 2:05 PM", "2026-10-25T13:05:00"),
            ("1405", "2026-10-20T12:05:00"),
            ("2.3. 14:05", "2026-03-02T13:05:00"),
            ("02/03 14:05", "2026-03-02T13:05:00"),
            ("25 Oct 02:30", "2026-10-25T00:30:00"),
            ("25 Oct 02:30B", "2026-10-25T01:30:00"),
        ] {
            let found = parsed(text).expect(text);
            assert!(found.starts_with(expected), "{text}: {found}");
        }
    }

    #[test]
    fn what_is_no_time_of_the_past_gets_a_sentence() {
        for text in ["", "soon", "25:00", "today 23:00", "29 Mar 02:30", "31 Feb 10:00"] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }
}
