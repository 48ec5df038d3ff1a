//! Recordings that are elsewhere and not in the catalogue: the offer to add them, how far that is, what came of it.
//!
//! Must not do: add anything up that the engine tells, but for cameras that are not set up.

use egui::{Button, ProgressBar, Ui};

use super::bringing::warn;
use crate::protocol::{Adoption, ArchiveOverview, Command};
use crate::ui::desk::Stage;
use crate::ui::widgets::soft;
use crate::ui::words::archive as words;
use crate::ui::{format, theme};

/// Shows it; nothing when there are none and none were added.
pub fn ui(ui: &mut Ui, stage: &mut Stage<'_>, archive: &ArchiveOverview) {
    match &archive.adoption {
        Some(adoption) if !adoption.is_over => return progress(ui, adoption),
        Some(adoption) => result(ui, stage, adoption),
        None => {}
    }
    if archive.strangers == 0 {
        return;
    }
    let size = format::bytes(archive.stranger_bytes);
    warn(ui, &words::strangers(archive.strangers, &size), theme::warning());
    let add = ui.add_enabled(archive.is_reachable, Button::new(words::ADOPT));
    let add = add.on_hover_text(words::ADOPT_TIP).on_disabled_hover_text(words::ADOPT_AWAY);
    if add.clicked() {
        stage.desk.send(Command::AdoptStrangers);
    }
    ui.label(soft(words::ADOPT_RULES).size(theme::CAPTION));
}

fn progress(ui: &mut Ui, adoption: &Adoption) {
    if adoption.of == 0 {
        ui.label(words::ADOPT_LISTING);
        return;
    }
    #[expect(clippy::cast_precision_loss, reason = "a part of a bar")]
    let part = adoption.done as f32 / adoption.of as f32;
    let text = words::adopting(adoption.done, adoption.of);
    ui.add(ProgressBar::new(part).text(text).fill(theme::accent().gamma_multiply(0.5)));
}

fn result(ui: &mut Ui, stage: &Stage<'_>, adoption: &Adoption) {
    if adoption.of == 0 {
        ui.label(words::ADOPT_NONE);
        return;
    }
    let added = adoption.added_files();
    ui.label(words::adopted(added, &format::bytes(adoption.added_bytes)));
    let cameras = &stage.snapshot.settings.cameras;
    let unknown = adoption.added.iter().filter(|(id, _)| cameras.iter().all(|c| c.id != **id));
    let (names, counts): (Vec<&str>, Vec<u64>) =
        unknown.map(|(id, files)| (id.as_str(), *files)).unzip();
    if !names.is_empty() {
        ui.label(soft(words::of_no_camera(counts.iter().sum(), &names.join(", "))));
    }
    for (why, files) in &adoption.left {
        ui.label(soft(words::not_added(*why, *files)));
    }
}
