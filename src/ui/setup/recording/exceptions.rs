//! What holds on single dates, as a list beside the grid.
//!
//! Must not do: change an exception; the sheet does.

use chrono::NaiveDate;
use egui::{Label, RichText, ScrollArea, Sense, Ui};
use egui_material_icons::icons::{ICON_ADD, ICON_CLOSE};

use crate::model::schedule::{Exception, Schedule};
use crate::model::settings::DateStyle;
use crate::ui::desk::Stage;
use crate::ui::theme;
use crate::ui::widgets::{Look, icon_button, labelled_button, soft, strong};
use crate::ui::words::schedules as words;

/// The list is no higher than the grid beside it.
const HEIGHT: f32 = 232.0;

/// What the operator wants.
pub enum Wish {
    /// A new one.
    Add,
    /// The sheet of this one.
    Open(Exception),
    /// This one away.
    Remove(NaiveDate),
}

/// Shows the exceptions of a schedule; `editable` with what changes them.
pub fn ui(ui: &mut Ui, schedule: &Schedule, stage: &Stage<'_>, editable: bool) -> Option<Wish> {
    let mut wish = None;
    let (today, dates) = (stage.zone.day(stage.now), stage.zone.dates());
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.label(soft(words::EXCEPTIONS).size(theme::CAPTION));
    ui.separator();
    if schedule.exceptions.is_empty() {
        ui.add(Label::new(soft(words::NO_EXCEPTIONS).size(theme::CAPTION)).wrap());
    }
    ScrollArea::vertical()
        .id_salt("exceptions")
        .max_height(HEIGHT)
        .min_scrolled_height(HEIGHT)
        .show(ui, |ui| {
            for exception in &schedule.exceptions {
                wish = row(ui, exception, (today, dates), editable).or(wish.take());
                ui.separator();
            }
        });
    if editable && labelled_button(ui, ICON_ADD, words::ADD_DATE, words::ADD_DATE_TIP, "").clicked()
    {
        wish = Some(Wish::Add);
    }
    wish
}

fn row(
    ui: &mut Ui,
    exception: &Exception,
    (today, dates): (NaiveDate, DateStyle),
    editable: bool,
) -> Option<Wish> {
    let mut wish = None;
    let told = words::exception(exception, today, dates);
    let past = exception.date < today;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let width = ui.available_width() - if editable { theme::CONTROL } else { 0.0 };
        let text = ui.allocate_ui(egui::Vec2::new(width, 40.0), |ui| {
            ui.set_width(width);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                let date = words::date(exception.date, today, dates);
                let date = if past { soft(date) } else { strong(date) };
                ui.add(Label::new(date).truncate());
                let rule = RichText::new(words::rule(&exception.rule)).size(theme::CAPTION);
                let ink = if past { theme::text_faint() } else { theme::text_soft() };
                ui.add(Label::new(rule.color(ink)).truncate());
            });
        });
        if !editable {
            return;
        }
        let row = ui.interact(
            text.response.rect,
            egui::Id::unique(("exception", exception.date)),
            Sense::click(),
        );
        row.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &told));
        crate::ui::widgets::focus_ring(ui, text.response.rect, &row);
        if row.on_hover_text(&told).clicked() {
            wish = Some(Wish::Open(exception.clone()));
        }
        if icon_button(ui, ICON_CLOSE, &words::remove(&told), "", Look::Quiet).clicked() {
            wish = Some(Wish::Remove(exception.date));
        }
    });
    wish
}
