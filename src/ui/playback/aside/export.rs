//! The export tray: what the range holds, what becomes of its gaps, and the exports under way.
//!
//! Must not do: read or write footage; the engine does.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use egui::{ProgressBar, RichText, ScrollArea, Ui, Vec2};
use egui_material_icons::icons::{ICON_CLOSE, ICON_FOLDER_OPEN, ICON_LOGIN, ICON_LOGOUT};

use super::{Act, Around, rows};
use crate::model::{CameraId, WallSpan};
use crate::protocol::{
    Command, ExportGaps, ExportPlan, ExportQuery, ExportRequest, ExportState, ExportStatus,
};
use crate::ui::desk::{Settled, Stage};
use crate::ui::widgets::{
    Look, icon_button, labelled_button, main_button, segmented, soft, strong,
};
use crate::ui::words::{common, playback as words};
use crate::ui::{format, theme};

type Asked = Option<(Vec<CameraId>, WallSpan, Option<PathBuf>)>;

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

/// The tray.
#[derive(Default)]
pub struct Tray {
    /// Cameras that are shown and not exported.
    left_out: BTreeSet<CameraId>,
    gaps: ExportGaps,
    folder: String,
    asked: Settled<Asked>,
    generation: u64,
}

impl Tray {
    /// The shown cameras that are exported.
    fn cameras(&self, around: &Around<'_>) -> Vec<CameraId> {
        let ids = around.cameras.iter().map(|camera| &camera.id);
        ids.filter(|id| !self.left_out.contains(id)).cloned().collect()
    }

    /// Where the files go; none: where they usually do.
    fn folder(&self) -> Option<PathBuf> {
        let text = self.folder.trim();
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    /// Asks what the range holds, once it holds still.
    pub fn ask(&mut self, ui: &Ui, stage: &Stage<'_>, around: &Around<'_>) {
        let cameras = self.cameras(around);
        let range = around.range.filter(|_| !cameras.is_empty());
        let wanted = range.map(|span| (cameras, span, self.folder()));
        let generation = &mut self.generation;
        self.asked.update(
            ui,
            wanted,
            |_, _| true,
            |wanted| {
                let Some((cameras, span, folder)) = wanted else { return true };
                let query = ExportQuery { generation: *generation + 1, cameras, span, folder };
                let sent = stage.desk.try_send(Command::QueryExport(query));
                *generation += u64::from(sent);
                sent
            },
        );
    }

    fn plan(&self, stage: &Stage<'_>) -> Option<Arc<ExportPlan>> {
        stage.shown.export_plan.get().filter(|plan| plan.generation == self.generation)
    }

    /// Length and size, as they stand beside the range.
    pub fn note(&self, stage: &Stage<'_>, around: &Around<'_>) -> String {
        let Some(range) = around.range else { return String::new() };
        let length = format::duration(range.micros());
        match self.plan(stage) {
            Some(plan) => format!("{length} · {}", format::bytes(plan.bytes)),
            None => length,
        }
    }

    /// Shows it.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, around: &Around<'_>) -> Option<Act> {
        let area = ScrollArea::vertical().auto_shrink([false, false]);
        area.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            let act = ends(ui, stage, around);
            let plan = self.plan(stage);
            if let Some(range) = around.range {
                self.choices(ui, around);
                match &plan {
                    Some(plan) => self.go(ui, stage, around, range, plan),
                    None => {
                        ui.label(soft(words::LOOKING_WHAT));
                    }
                }
            }
            list(ui, stage);
            if around.range.is_some() {
                if let Some(plan) = plan {
                    details(ui, stage, &plan);
                }
                self.folder_field(ui, stage);
            }
            act
        })
        .inner
    }

    fn choices(&mut self, ui: &mut Ui, around: &Around<'_>) {
        ui.spacing_mut().interact_size.y = 22.0;
        ui.columns(2, |columns| {
            for (number, camera) in around.cameras.iter().enumerate() {
                let mut on = !self.left_out.contains(&camera.id);
                let label = columns[number % 2].checkbox(&mut on, &camera.name);
                if label.on_hover_text(words::FILE_EACH).changed() {
                    if on {
                        self.left_out.remove(&camera.id);
                    } else {
                        self.left_out.insert(camera.id.clone());
                    }
                }
            }
        });
        ui.horizontal(|ui| {
            ui.label(soft(words::GAPS));
            let options = [
                (words::GAPS_CLOSED, words::GAPS_CLOSED_TIP.to_owned()),
                (words::GAPS_KEPT, words::GAPS_KEPT_TIP.to_owned()),
            ];
            let now = usize::from(self.gaps == ExportGaps::Kept);
            match segmented(ui, words::GAPS, &options, Some(now)) {
                Some(0) => self.gaps = ExportGaps::Closed,
                Some(_) => self.gaps = ExportGaps::Kept,
                None => {}
            }
        });
    }

    /// Where the files go. It stays while a question about another folder is answered, and its name does not depend
    /// on what is above it: it would lose the keyboard otherwise.
    fn folder_field(&mut self, ui: &mut Ui, stage: &Stage<'_>) {
        let plan = stage.shown.export_plan.get().unwrap_or_default();
        let hint = plan.folder.display().to_string();
        let edit = egui::TextEdit::singleline(&mut self.folder)
            .id_salt("folder of the export")
            .hint_text(RichText::new(hint).color(theme::text_faint()))
            .desired_width(f32::INFINITY);
        ui.label(soft(words::FOLDER).size(theme::CAPTION));
        ui.add(edit).accessible_name(words::FOLDER_NAME).on_hover_text(words::FOLDER_TIP);
    }

    /// How much it is, and the button that does it.
    fn go(
        &self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        around: &Around<'_>,
        range: WallSpan,
        plan: &ExportPlan,
    ) {
        ui.horizontal(|ui| {
            let covered = format::duration(plan.covered);
            let amount = words::export_amount(&format::bytes(plan.bytes), &covered);
            ui.label(amount).on_hover_text(words::EXPORT_AMOUNT_TIP);
            let possible = plan.trouble.is_none() && plan.bytes > 0;
            let layout = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(layout, |ui| {
                if !possible {
                    ui.disable();
                }
                if main_button(ui, words::EXPORT_NOW, words::EXPORT_NOW_TIP).clicked() {
                    stage.desk.send(Command::Export(ExportRequest {
                        cameras: self.cameras(around),
                        span: range,
                        gaps: self.gaps,
                        folder: self.folder(),
                    }));
                }
            });
        });
        if let Some(trouble) = &plan.trouble {
            ui.label(RichText::new(trouble).color(theme::error()));
        }
    }
}

/// What there is to know of the files.
fn details(ui: &mut Ui, stage: &Stage<'_>, plan: &ExportPlan) {
    if plan.surplus > 0 {
        #[expect(clippy::cast_precision_loss, reason = "shown in tenths of a second")]
        let seconds = plan.surplus as f64 / 1e6;
        ui.label(soft(words::surplus(seconds)).size(theme::CAPTION));
    }
    gaps(ui, stage, plan);
}

/// Where the range begins and ends, with buttons to set it.
fn ends(ui: &mut Ui, stage: &Stage<'_>, around: &Around<'_>) -> Option<Act> {
    let mut act = None;
    match around.range {
        None => {
            ui.label(soft(words::SELECT_RANGE));
        }
        Some(range) => {
            let from = stage.zone.millis(range.start);
            let to = stage.zone.millis(range.end);
            let day = stage.zone.short_date(range.start);
            ui.label(common::range(&day, &from, &to));
        }
    }
    if around.range.is_none() {
        act = last(ui, around);
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().button_padding.x = 8.0;
        if labelled_button(ui, ICON_LOGIN, common::RANGE_IN, words::IN_TIP, "[").clicked() {
            act = Some(Act::In);
        }
        if labelled_button(ui, ICON_LOGOUT, common::RANGE_OUT, words::OUT_TIP, "]").clicked() {
            act = Some(Act::Out);
        }
        if around.range.is_some()
            && labelled_button(ui, ICON_CLOSE, words::CLEAR_RANGE, words::CLEAR_RANGE_TIP, "Esc")
                .clicked()
        {
            act = Some(Act::ClearRange);
        }
    });
    act
}

/// Ranges that end at the playhead.
fn last(ui: &mut Ui, around: &Around<'_>) -> Option<Act> {
    let mut act = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().button_padding.x = 8.0;
        for (label, minutes, tip) in words::LAST {
            if ui.button(label).on_hover_text(tip).clicked() {
                let start = around.playhead.plus_micros(-minutes * MINUTE);
                act = Some(Act::Range(WallSpan::new(start, around.playhead)));
            }
        }
    });
    act
}

/// Time without footage within the range, with its reasons.
fn gaps(ui: &mut Ui, stage: &Stage<'_>, plan: &ExportPlan) {
    /// More than this are counted.
    const LISTED: usize = 4;
    for (camera, span, reason) in plan.gaps.iter().take(LISTED) {
        let name = stage.name_of(camera);
        let from = stage.zone.seconds(span.start);
        let length = format::duration(span.micros());
        let text = words::missing(&name, &from, &length, &reason.to_string());
        ui.label(RichText::new(text).size(theme::CAPTION).color(theme::gap(reason)));
    }
    if let Some(more) = plan.gaps.len().checked_sub(LISTED).filter(|more| *more > 0) {
        ui.label(soft(words::more_gaps(more)));
    }
}

/// Exports under way, and those that have ended, newest first.
fn list(ui: &mut Ui, stage: &mut Stage<'_>) {
    let exports = stage.shown.exports.get().unwrap_or_default();
    if exports.is_empty() {
        return;
    }
    ui.separator();
    for export in exports.iter().rev() {
        ui.push_id(export.id, |ui| status(ui, stage, export));
    }
}

fn status(ui: &mut Ui, stage: &mut Stage<'_>, export: &ExportStatus) {
    let when = stage.zone.brief_seconds(export.span.start, stage.now);
    let cameras = match export.cameras.as_slice() {
        [one] => stage.name_of(one),
        several => words::cameras(several.len()),
    };
    let title = format!("{cameras}, {when}");
    let running = matches!(export.state, ExportState::Waiting | ExportState::Running { .. });
    let line = Vec2::new(ui.available_width(), theme::CONTROL);
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.allocate_ui_with_layout(line, layout, |ui| {
        let name = match running {
            true => words::cancel_export(&title),
            false => words::forget_export(&title),
        };
        if icon_button(ui, ICON_CLOSE, &name, "", Look::Quiet).clicked() {
            stage.desk.send(match running {
                true => Command::CancelExport(export.id),
                false => Command::ForgetExport(export.id),
            });
        }
        if let ExportState::Done { .. } = export.state {
            let name = words::open_folder(&title);
            if icon_button(ui, ICON_FOLDER_OPEN, &name, "", Look::Quiet).clicked() {
                stage.desk.send(Command::OpenFolder(export.folder.clone()));
            }
        }
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.add(egui::Label::new(strong(&title)).truncate());
        });
    });
    match &export.state {
        ExportState::Waiting => rows::nothing(ui, words::EXPORT_WAITS),
        ExportState::Running { done, total } => {
            #[expect(clippy::cast_precision_loss, reason = "a part of a bar")]
            let part = if *total > 0 { *done as f32 / *total as f32 } else { 0.0 };
            let text = common::done_of(&format::bytes(*done), &format::bytes(*total));
            ui.add(ProgressBar::new(part).text(text).fill(theme::accent().gamma_multiply(0.5)));
        }
        ExportState::Done { files, bytes } => {
            let count = words::export_done(&format::bytes(*bytes), files.len());
            ui.label(soft(count)).on_hover_text(files.join("\n"));
        }
        ExportState::Cancelled => {
            ui.label(soft(words::EXPORT_CANCELLED));
        }
        ExportState::Failed(why) => {
            ui.label(RichText::new(why).color(theme::error()));
        }
    }
}
