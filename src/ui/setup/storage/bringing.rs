//! How recordings are brought elsewhere: the connection, what waits, and how long an outage may last.
//!
//! Must not do: sum anything up that the engine tells.

use egui::{RichText, Ui};
use egui_material_icons::icons::{ICON_CLOUD_DONE, ICON_CLOUD_OFF, ICON_WARNING};

use super::standing::figure;
use super::strangers;
use crate::protocol::{ArchiveOverview, Command};
use crate::ui::desk::Stage;
use crate::ui::widgets::{icon, soft};
use crate::ui::words::archive as words;
use crate::ui::{format, theme};

/// Shows it; `rate` are the bytes a second that are being recorded.
pub fn ui(ui: &mut Ui, stage: &mut Stage<'_>, archive: &ArchiveOverview, rate: u64) {
    let (glyph, ink) = match archive.is_reachable {
        true => (ICON_CLOUD_DONE, theme::live()),
        false => (ICON_CLOUD_OFF, theme::warning()),
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(icon(glyph, theme::ICON).color(ink));
        ui.label(&archive.state);
    });
    if !archive.is_reachable {
        ui.horizontal(|ui| ways_out(ui, stage, archive.is_taken));
    }
    ui.add_space(4.0);
    figures(ui, archive, rate);
    let spool =
        words::spool(&format::bytes(archive.spool_used), &format::bytes(archive.spool_room));
    ui.label(soft(spool).size(theme::CAPTION));
    if archive.total > 0 {
        let (free, total) = (format::bytes(archive.free), format::bytes(archive.total));
        ui.label(soft(words::free_there(&free, &total)).size(theme::CAPTION));
    }
    if archive.dropped_files > 0 {
        warn(ui, &words::dropped(archive.dropped_files), theme::error());
    }
    if let Some(trouble) = &archive.trouble {
        warn(ui, trouble, theme::warning());
    }
    if archive.missing > 0 {
        warn(ui, &words::missing(archive.missing), theme::warning());
    }
    strangers::ui(ui, stage, archive);
    ui.add_space(8.0);
}

fn ways_out(ui: &mut Ui, stage: &mut Stage<'_>, is_taken: bool) {
    if ui.button(words::TRY_NOW).on_hover_text(words::TRY_NOW_TIP).clicked() {
        stage.desk.send(Command::RetryArchive);
    }
    if is_taken && ui.button(words::TAKE_OVER).on_hover_text(words::TAKE_OVER_TIP).clicked() {
        stage.desk.send(Command::TakeOverArchive);
    }
}

fn figures(ui: &mut Ui, archive: &ArchiveOverview, rate: u64) {
    let covers = match archive.covers_micros {
        Some(micros) => (words::hours(micros), words::covers(&format::byte_rate(rate))),
        None => ("–".to_owned(), words::NOTHING_RECORDED.to_owned()),
    };
    let waits = (format::bytes(archive.waiting_bytes), words::waits(archive.waiting_files));
    let brought = (archive.brought_files.to_string(), words::BROUGHT.to_owned());
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 2.0 * ui.spacing().item_spacing.x) / 3.0;
        for (value, text) in [covers, waits, brought] {
            figure(ui, width, &value, &text);
        }
    });
}

pub(super) fn warn(ui: &mut Ui, text: &str, ink: egui::Color32) {
    ui.horizontal_wrapped(|ui| {
        ui.label(icon(ICON_WARNING, theme::ICON).color(ink));
        ui.label(RichText::new(text).color(ink));
    });
}
