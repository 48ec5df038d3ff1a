//! The cards of what this program is, where its things are, and under which licences it is given.
//!
//! Must not do: read anything itself; all comes with the snapshot.

use egui::{Align, Layout, RichText, ScrollArea, Ui};
use egui_material_icons::icons::{ICON_DOWNLOAD, ICON_FOLDER_OPEN, ICON_LICENSE};

use crate::protocol::Command;
use crate::ui::app::Go;
use crate::ui::desk::Stage;
use crate::ui::theme;
use crate::ui::widgets::{Look, card, fact, icon_button, labelled_button, sheet, soft};
use crate::ui::words::{common, system as words};

/// All that is in the executable and under which licence, with the texts that must be shown; made by
/// `UPDATE_LICENCES=1 cargo test --test licences`.
const LICENCES: &str = include_str!("../../../../assets/licences.txt");

/// The cards.
#[derive(Default)]
pub struct AboutCards {
    licences: bool,
}

impl AboutCards {
    /// Whether the licences are shown.
    pub const fn is_open(&self) -> bool {
        self.licences
    }

    /// What this program is.
    pub fn about(&mut self, ui: &mut Ui, stage: &Stage<'_>, renderer: &str) {
        card(ui, words::ABOUT, |ui| {
            fact(ui, words::VERSION, env!("CARGO_PKG_VERSION"));
            let zone = format!("{} ({})", stage.zone.name(), stage.zone.utc_offset(stage.now));
            fact(ui, words::ZONE, zone);
            fact(ui, words::PAINTED_BY, renderer);
            fact(ui, words::LICENCE, words::LICENCE_OWN);
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                let (name, tip) = (words::LICENCES, words::LICENCES_TIP);
                self.licences |= labelled_button(ui, ICON_LICENSE, name, tip, "").clicked();
            });
        });
    }

    /// The licences, while they are open.
    pub fn sheet(&mut self, ui: &Ui) {
        if !self.licences {
            return;
        }
        let mut close = false;
        let left = sheet(ui, "licences", 720.0, |ui| {
            ui.heading(words::LICENCES);
            let room = (ui.content_rect().height() - 220.0).max(160.0);
            let lines: Vec<&str> = LICENCES.lines().collect();
            let height = theme::CAPTION + 4.0;
            ui.spacing_mut().item_spacing.y = 0.0;
            let area = ScrollArea::both().max_height(room).auto_shrink([false, false]);
            area.show_rows(ui, height, lines.len(), |ui, shown| {
                for line in lines.get(shown).unwrap_or_default() {
                    let text = RichText::new(*line).size(theme::CAPTION);
                    ui.add_sized([0.0, height], egui::Label::new(text).extend());
                }
            });
            ui.add_space(12.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                close = ui.button(common::CLOSE).clicked();
            });
        });
        self.licences = !left && !close;
    }
}

/// Where the program's things are, and what can be taken from there.
pub fn data(ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Go> {
    let mut go = None;
    card(ui, words::DATA, |ui| {
        ui.horizontal(|ui| {
            ui.label(soft(words::FOLDER));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let open = icon_button(ui, ICON_FOLDER_OPEN, words::OPEN_FOLDER, "", Look::Quiet);
                if open.clicked() {
                    stage.desk.send(Command::OpenFolder(stage.snapshot.data_dir.clone().into()));
                }
                let folder = match stage.snapshot.demo {
                    true => words::temporary(&stage.snapshot.data_dir),
                    false => stage.snapshot.data_dir.clone(),
                };
                ui.add(egui::Label::new(&folder).truncate()).on_hover_text(&folder);
            });
        });
        ui.add_space(4.0);
        let text = soft(words::EXPORT_EXPLAINED).size(theme::CAPTION);
        ui.add(egui::Label::new(text).wrap().halign(Align::LEFT));
        ui.horizontal(|ui| {
            let export = labelled_button(ui, ICON_DOWNLOAD, words::EXPORT, words::EXPORT_TIP, "");
            if export.clicked() {
                go = Some(Go::SaveDiagnostics);
            }
        });
    });
    go
}
