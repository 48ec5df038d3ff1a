//! How storage stands: the bar, days left, what goes.
//!
//! Must not do: sum anything up that the engine tells.

use egui::{Align, Color32, Frame, Layout, Margin, Rect, RichText, Stroke, Ui, Vec2};
use egui_material_icons::icons::{ICON_LOCK, ICON_WARNING};

use super::bringing;
use crate::model::Lock;
use crate::protocol::{Command, Going, MarkChange, StorageOverview};
use crate::ui::desk::Stage;
use crate::ui::setup::draft::Draft;
use crate::ui::setup::loss::LossGuard;
use crate::ui::widgets::{icon, labelled_button, soft, strong};
use crate::ui::words::storage as words;
use crate::ui::{format, theme};

/// Rows of what goes; the others are in the sum.
const MOST_ROWS: usize = 4;

/// Shows it.
pub fn ui(ui: &mut Ui, stage: &mut Stage<'_>, draft: &Draft, guard: &LossGuard) {
    let answer = guard.answer(stage);
    let Some(overview) = answer.as_ref().map(|answer| &answer.overview) else {
        ui.label(soft(words::LOADING));
        return;
    };
    if let Some(trouble) = &overview.trouble {
        ui.horizontal_wrapped(|ui| {
            ui.label(icon(ICON_WARNING, theme::ICON).color(theme::error()));
            ui.label(RichText::new(trouble).color(theme::error()));
        });
    }
    if let Some(archive) = &overview.archive {
        bringing::ui(ui, stage, archive, overview.rate);
    }
    ui.horizontal(|ui| {
        let of = words::free_of(&format::bytes(overview.free), &format::bytes(overview.total));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(soft(of));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(strong(&overview.path)).truncate())
                    .on_hover_text(&overview.path);
            });
        });
    });
    let percent = draft.get().storage.low_space_percent.0;
    bar(ui, overview, percent);
    ui.add_space(8.0);
    figures(ui, stage, overview);
    ui.add_space(12.0);
    going(ui, stage, overview);
}

fn bar(ui: &mut Ui, overview: &StorageOverview, percent: u8) {
    let size = Vec2::new(ui.available_width(), 14.0);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    let taken = overview.total.saturating_sub(overview.free);
    let others = taken.saturating_sub(overview.used);
    let alert = overview.total / 100 * u64::from(percent);
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, theme::ROUND, theme::raised());
    let x = |bytes: u64| rect.left() + rect.width() * part(bytes, overview.total);
    let plain = overview.used.saturating_sub(overview.locked);
    painter.rect_filled(rect.with_max_x(x(taken)), theme::ROUND, theme::text_faint());
    painter.rect_filled(rect.with_max_x(x(overview.used)), theme::ROUND, theme::locked());
    painter.rect_filled(rect.with_max_x(x(plain)), theme::ROUND, theme::continuous());
    hatch(&painter, rect.with_min_x(x(overview.total - alert)));
    let parts = [
        (theme::continuous(), words::recordings(&format::bytes(plain)), true),
        (theme::locked(), words::locked(&format::bytes(overview.locked)), overview.locked > 0),
        (theme::text_faint(), words::other(&format::bytes(others)), true),
        (theme::error(), words::alert_below(&format::bytes(alert)), percent > 0),
    ];
    let shown: Vec<_> = parts.into_iter().filter(|(.., shown)| *shown).collect();
    let name: Vec<&str> = shown.iter().map(|(_, text, _)| text.as_str()).collect();
    let name = name.join(", ");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    ui.horizontal_wrapped(|ui| {
        for (colour, text, _) in &shown {
            legend(ui, *colour, text);
        }
    });
}

/// The part of the disk in which the operator is told.
fn hatch(painter: &egui::Painter, rect: Rect) {
    let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    let stroke = Stroke::new(2.0, theme::error().gamma_multiply(0.6));
    let mut x = rect.left() - rect.height();
    while x < rect.right() {
        let foot = egui::pos2(x, rect.bottom());
        painter.line_segment([foot, foot + Vec2::new(rect.height(), -rect.height())], stroke);
        x += 6.0;
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a bar on a screen"
)]
fn part(amount: u64, of: u64) -> f32 {
    (amount as f64 / of.max(1) as f64).clamp(0.0, 1.0) as f32
}

fn legend(ui: &mut Ui, colour: Color32, text: &str) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(10.0, 16.0), egui::Sense::hover());
    ui.painter().circle_filled(rect.center(), 4.0, colour);
    ui.label(soft(text).size(theme::CAPTION));
    ui.add_space(6.0);
}

fn figures(ui: &mut Ui, stage: &Stage<'_>, overview: &StorageOverview) {
    let left = match overview.left_micros.map(format::time_left) {
        Some(left) => (left, words::left_at(&format::byte_rate(overview.rate))),
        None if overview.rate == 0 => ("–".into(), words::NOTHING_WRITTEN.into()),
        None => ("∞".into(), words::NEVER_FULL.into()),
    };
    let oldest = match overview.oldest {
        Some(at) => (stage.zone.date(at), words::OLDEST.to_owned()),
        None => ("–".into(), words::NO_OLDEST.into()),
    };
    let goes: u64 = overview.going.iter().map(|item| item.bytes).sum();
    let goes = (format::bytes(goes), words::GOES.to_owned());
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 2.0 * ui.spacing().item_spacing.x) / 3.0;
        for (value, text) in [left, oldest, goes] {
            figure(ui, width, &value, &text);
        }
    });
}

pub(super) fn figure(ui: &mut Ui, width: f32, value: &str, text: &str) {
    Frame::new()
        .fill(theme::field())
        .corner_radius(theme::ROUND)
        .inner_margin(Margin::symmetric(14, 10))
        .show(ui, |ui| {
            ui.set_width(width - 28.0);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.label(RichText::new(value).font(theme::strong(16.0)));
                ui.add(egui::Label::new(soft(text).size(theme::CAPTION)).truncate());
            });
        });
}

fn going(ui: &mut Ui, stage: &mut Stage<'_>, overview: &StorageOverview) {
    ui.label(soft(words::NEXT).size(theme::CAPTION));
    ui.separator();
    if overview.going.is_empty() {
        ui.label(words::NOTHING_GOES);
    }
    for item in overview.going.iter().take(MOST_ROWS) {
        row(ui, stage, item);
    }
}

fn row(ui: &mut Ui, stage: &mut Stage<'_>, item: &Going) {
    let name = stage.name_of(&item.camera);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let keep = labelled_button(ui, ICON_LOCK, words::KEEP, words::KEEP_TIP, "");
            if keep.clicked() {
                let (camera, span) = (item.camera.clone(), item.span);
                let lock = Lock { camera, span, note: words::KEPT_NOTE.into() };
                stage.desk.send(Command::Mark(MarkChange::Lock(lock)));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(strong(&name)).truncate());
                let (zone, now) = (stage.zone, stage.now);
                let span = format!(
                    "{} – {}",
                    zone.brief(item.span.start, now),
                    zone.brief(item.span.end, now)
                );
                ui.label(span);
                ui.label(soft(format::bytes(item.bytes)));
                let why = soft(item.cause.label()).color(theme::text_faint());
                ui.add(egui::Label::new(why).truncate());
            });
        });
    });
}
