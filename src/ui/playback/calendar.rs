//! The calendar: a month whose days are shaded by the hours recorded on them.
//!
//! Must not do: ask for the answer itself; it says which question is due.

use chrono::NaiveDate;
use egui::{
    Align, Align2, Color32, EventFilter, Key, Layout, Painter, Pos2, Rect, Response, Role, Sense,
    Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};
use egui_material_icons::icons::{ICON_CHEVRON_LEFT, ICON_CHEVRON_RIGHT};

use super::month::{Day, days};
use crate::model::settings::DateStyle;
use crate::model::{CameraId, WallTime};
use crate::protocol::{MonthAnswer, MonthDay, MonthQuery};
use crate::ui::widgets::{Look, icon_button, soft, strong};
use crate::ui::words::playback as words;
use crate::ui::zone::{Zone, month_of};
use crate::ui::{format, keys, theme};

/// Height of a day.
const DAY: f32 = 27.0;

/// Half the width of the dot that stands for motion.
const DOT: f32 = 1.75;

/// Size of the letters that tell a day of 23 or 25 hours; they fit beside the dot.
const BADGE: f32 = 8.0;

/// Today's hours grow: the page is asked for again after this, in microseconds.
const REFRESH: i64 = 60_000_000;

/// What was asked for.
struct Asked {
    month: NaiveDate,
    cameras: Vec<CameraId>,
    at: WallTime,
}

/// The calendar.
#[derive(Default)]
pub struct Calendar {
    month: Option<NaiveDate>,
    followed: Option<NaiveDate>,
    asked: Option<Asked>,
    generation: u64,
    known: Option<(NaiveDate, Vec<MonthDay>)>,
}

impl Calendar {
    /// The question that is due, if any.
    pub fn question(
        &mut self,
        zone: &Zone,
        cameras: &[CameraId],
        now: WallTime,
    ) -> Option<MonthQuery> {
        let month = self.month?;
        let fresh = self.asked.as_ref().is_some_and(|asked| {
            let recent = now.micros_since(asked.at).abs() < REFRESH;
            asked.month == month && asked.cameras == cameras && recent
        });
        (!fresh).then(|| MonthQuery {
            generation: self.generation + 1,
            cameras: cameras.to_vec(),
            days: days(month, zone).into_iter().map(|d| d.span).collect(),
        })
    }

    /// The question was sent.
    pub fn asked(&mut self, question: MonthQuery, now: WallTime) {
        self.generation = question.generation;
        let month = self.month.unwrap_or_default();
        self.asked = Some(Asked { month, cameras: question.cameras, at: now });
    }

    /// Takes the answer to the last question; older ones are of other months or cameras.
    pub fn answer(&mut self, answer: &MonthAnswer) {
        if let Some(asked) = &self.asked
            && answer.generation == self.generation
        {
            let known = self.known.as_ref().map(|(month, covered)| (*month, covered));
            if known != Some((asked.month, &answer.days)) {
                self.known = Some((asked.month, answer.days.clone()));
            }
        }
    }

    /// Shows the month; returns the day that was chosen.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        zone: &Zone,
        playhead: WallTime,
        now: WallTime,
    ) -> Option<NaiveDate> {
        let (selected, today) = (zone.day(playhead), zone.day(now));
        if self.followed != Some(selected) {
            // The playhead went to another day: show it. A page turned by hand stays until then.
            self.followed = Some(selected);
            self.month = Some(month_of(selected, 0));
        }
        let month = self.month.unwrap_or_else(|| month_of(selected, 0));
        self.keys(ui);
        let mut chosen = None;
        ui.spacing_mut().item_spacing = Vec2::new(0.0, 2.0);
        self.head(ui, month);
        let width = (ui.available_width() / 7.0).floor();
        weekdays(ui, width);
        let covered = self.known.as_ref().filter(|(m, _)| *m == month).map(|(_, c)| c.as_slice());
        for (week, line) in days(month, zone).chunks(7).enumerate() {
            ui.horizontal(|ui| {
                for (column, day) in line.iter().enumerate() {
                    let face = Face {
                        day,
                        dates: zone.dates(),
                        known: covered.and_then(|c| c.get(week * 7 + column)).copied(),
                        selected: day.date == selected,
                        today: day.date == today,
                    };
                    let response = face.ui(ui, width);
                    chosen = arrows(ui, &response, day.date).or(chosen);
                    if response.clicked() && day.date <= today {
                        chosen = Some(day.date);
                    }
                }
            });
        }
        legend(ui);
        chosen.filter(|date| *date <= today)
    }

    fn keys(&mut self, ui: &Ui) {
        if keys::free(ui) {
            if keys::take(ui, Key::PageUp) {
                self.turn(-1);
            }
            if keys::take(ui, Key::PageDown) {
                self.turn(1);
            }
        }
    }

    fn turn(&mut self, months: i32) {
        self.month = self.month.map(|m| month_of(m, months));
    }

    fn head(&mut self, ui: &mut Ui, month: NaiveDate) {
        ui.horizontal(|ui| {
            ui.label(strong(words::month(month)));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, ICON_CHEVRON_RIGHT, words::NEXT_MONTH, "PageDown", Look::Quiet)
                    .clicked()
                {
                    self.turn(1);
                }
                if icon_button(ui, ICON_CHEVRON_LEFT, words::PREVIOUS_MONTH, "PageUp", Look::Quiet)
                    .clicked()
                {
                    self.turn(-1);
                }
            });
        });
    }
}

/// Arrows go from the day that has the keyboard to its neighbours.
fn arrows(ui: &Ui, response: &Response, date: NaiveDate) -> Option<NaiveDate> {
    if !response.has_focus() {
        return None;
    }
    let filter =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
    let steps =
        [(Key::ArrowLeft, -1), (Key::ArrowRight, 1), (Key::ArrowUp, -7), (Key::ArrowDown, 7)];
    let by = steps.into_iter().find(|(key, _)| keys::take(ui, *key)).map(|(_, by)| by);
    let target = date + chrono::TimeDelta::days(by?);
    ui.memory_mut(|m| m.request_focus(day_id(target)));
    Some(target)
}

fn day_id(date: NaiveDate) -> egui::Id {
    egui::Id::unique(("calendar day", date))
}

fn weekdays(ui: &mut Ui, width: f32) {
    ui.horizontal(|ui| {
        for name in words::WEEKDAYS {
            let (rect, _) = ui.allocate_exact_size(Vec2::new(width, 20.0), Sense::hover());
            let font = theme::font(theme::CAPTION);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, name, font, theme::text_soft());
        }
    });
}

fn legend(ui: &mut Ui) {
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut entry = |text: &str, paint: fn(&Painter, Rect)| {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(10.0), Sense::hover());
            paint(ui.painter(), rect);
            ui.label(soft(text).size(theme::CAPTION));
            ui.add_space(5.0);
        };
        entry(words::RECORDED, |painter, rect| {
            painter.rect_filled(rect, 2.0, shade(1.0));
        });
        entry(words::MOTION, |painter, rect| {
            painter.circle_filled(rect.center(), DOT, theme::motion());
        });
        entry(words::INCOMPLETE, incomplete);
    });
}

/// A dashed outline: footage is missing.
fn incomplete(painter: &Painter, rect: Rect) {
    let rect = rect.shrink(0.5);
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    painter.extend(Shape::dashed_line(&corners, Stroke::new(1.0, theme::warning()), 3.0, 2.0));
}

/// From a hint for a minute to a full blue for a whole day.
fn shade(part: f32) -> Color32 {
    theme::continuous().gamma_multiply(0.16 + 0.5 * part)
}

struct Face<'a> {
    day: &'a Day,
    dates: DateStyle,
    known: Option<MonthDay>,
    selected: bool,
    today: bool,
}

impl Face<'_> {
    fn ui(&self, ui: &mut Ui, width: f32) -> Response {
        let (_, rect) = ui.allocate_space(Vec2::new(width, DAY));
        let response = ui.interact(rect, day_id(self.day.date), Sense::click());
        self.paint(ui, rect.shrink(1.5), &response);
        let text = self.text();
        let selected = self.selected;
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &text));
        response.on_hover_text(text)
    }

    fn text(&self) -> String {
        let mut facts = vec![self.dates.long(self.day.date)];
        if self.today {
            facts.push(words::TODAY.to_owned());
        }
        if let Some(MonthDay { covered, motion, incomplete }) = self.known {
            facts.push(match covered {
                0 => words::NOTHING_RECORDED.to_owned(),
                _ => words::recorded(&format::duration(covered)),
            });
            if motion {
                facts.push(words::MOTION.to_owned());
            }
            if incomplete {
                facts.push(words::INCOMPLETE_DAY.to_owned());
            }
        }
        facts.extend(self.day.odd_hours().map(words::odd_day));
        facts.join(", ")
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response) {
        let painter = ui.painter();
        let known = self.known.unwrap_or_default();
        let recorded = known.covered > 0;
        let mut fill = Color32::TRANSPARENT;
        if recorded {
            fill = shade(self.day.part(known.covered));
        }
        if !self.day.inside {
            fill = fill.gamma_multiply(0.45);
        }
        painter.rect_filled(rect, theme::ROUND_SMALL, fill);
        if response.hovered() || response.has_focus() {
            let stroke = Stroke::new(1.0, theme::text_soft());
            painter.rect_stroke(rect, theme::ROUND_SMALL, stroke, StrokeKind::Inside);
        }
        if known.incomplete {
            incomplete(painter, if self.selected { rect.shrink(2.5) } else { rect });
        }
        if self.selected {
            let stroke = Stroke::new(2.0, theme::accent());
            painter.rect_stroke(rect, theme::ROUND_SMALL, stroke, StrokeKind::Inside);
        }
        let ink = match (self.day.inside, recorded) {
            _ if self.today => theme::accent(),
            (true, true) => theme::text(),
            (true, false) => theme::text_soft(),
            (false, _) => theme::text_faint(),
        };
        let font =
            if self.today { theme::strong(theme::CAPTION) } else { theme::font(theme::CAPTION) };
        let number = self.day.date.format("%-d");
        let aside = if self.day.odd_hours().is_some() { BADGE / 2.0 } else { 0.0 };
        let middle = rect.center() - Vec2::new(aside, 1.0);
        painter.text(middle, Align2::CENTER_CENTER, number, font, ink);
        if self.today {
            let line = Rect::from_center_size(middle + Vec2::new(0.0, 6.5), Vec2::new(11.0, 1.0));
            painter.rect_filled(line, 0.0, theme::accent());
        }
        if known.motion {
            let foot = Pos2::new(rect.center().x, rect.bottom() - 3.0);
            painter.circle_filled(foot, DOT, theme::motion());
        }
        if let Some(hours) = self.day.odd_hours() {
            let corner = rect.right_bottom() + Vec2::new(0.0, 1.0);
            let font = theme::font(BADGE);
            painter.text(
                corner,
                Align2::RIGHT_BOTTOM,
                words::odd_day_badge(hours),
                font,
                theme::warning(),
            );
        }
    }
}
