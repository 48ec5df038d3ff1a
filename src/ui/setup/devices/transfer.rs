//! The sheets that write the list of cameras into a file, and take it from one.
//!
//! Must not do: touch a file; the engine does, and answers.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Align, Layout, RichText, Ui};
use egui_material_icons::icons::{ICON_CHECK_CIRCLE, ICON_ERROR};

use crate::protocol::{
    CameraListAnswer, CameraListOutcome, Command, ImportQuery, ImportSummary, KnownCameras,
};
use crate::ui::desk::Stage;
use crate::ui::dialog::{Dialog, Purpose};
use crate::ui::theme;
use crate::ui::widgets::{icon, main_button, segmented, sheet, soft};
use crate::ui::words::{common, devices as words};

/// What the file is called when nobody says otherwise.
const FILE_NAME: &str = "cameras.toml";

/// Room for the button beside the field, in points.
const BROWSE: f32 = 104.0;

/// Names of a list that are written out; more are counted.
const MOST_NAMES: usize = 8;

/// One of the two sheets.
pub struct Transfer {
    purpose: Purpose,
    path: String,
    /// The question, and the path that it was about.
    asked: Option<(u64, String)>,
    update: bool,
    dialog: Dialog,
}

impl Transfer {
    /// The one that writes.
    pub fn export(stage: &Stage<'_>) -> Self {
        Self::new(Purpose::Save, stage)
    }

    /// The one that reads.
    pub fn import(stage: &Stage<'_>) -> Self {
        Self::new(Purpose::Open, stage)
    }

    fn new(purpose: Purpose, stage: &Stage<'_>) -> Self {
        let path = PathBuf::from(&stage.snapshot.data_dir).join(FILE_NAME);
        let path = path.to_string_lossy().into_owned();
        Self { purpose, path, asked: None, update: false, dialog: Dialog::default() }
    }

    /// Shows it; true when it is to be closed.
    pub fn ui(&mut self, ui: &Ui, stage: &mut Stage<'_>) -> bool {
        if let Some(path) = self.dialog.chosen() {
            self.path = path.to_string_lossy().into_owned();
        }
        let (title, text) = match self.purpose {
            Purpose::Save => (words::EXPORT_SHEET, words::EXPORT_TEXT),
            Purpose::Open => (words::IMPORT_SHEET, words::IMPORT_TEXT),
        };
        let mut close = false;
        let left = sheet(ui, "camera list", 540.0, |ui| {
            ui.heading(title);
            ui.label(soft(text));
            self.file(ui, stage);
            let answer = self.answer(stage);
            if let Some(answer) = &answer {
                self.told(ui, answer);
            } else if self.asked.is_some() {
                ui.label(soft(words::WORKING));
            }
            ui.add_space(8.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                close = self.foot(ui, stage, answer.as_deref());
            });
        });
        left || close
    }

    fn file(&mut self, ui: &mut Ui, stage: &Stage<'_>) {
        ui.label(soft(words::FILE).size(theme::CAPTION));
        ui.horizontal(|ui| {
            let edit = egui::TextEdit::singleline(&mut self.path)
                .margin(egui::Margin::symmetric(10, 7))
                .desired_width(ui.available_width() - BROWSE);
            ui.add(edit).accessible_name(words::FILE).on_hover_text(words::FILE_TIP);
            ui.add_enabled_ui(!self.dialog.is_open(), |ui| {
                let browse = ui.button(words::BROWSE).on_hover_text(words::BROWSE_TIP);
                if browse.clicked() {
                    self.dialog.open(self.purpose, FILE_NAME, stage.desk.shown());
                }
            });
        });
        if self.dialog.is_open() {
            ui.label(soft(words::BROWSING).size(theme::CAPTION));
        } else if self.dialog.came_to_nothing() {
            ui.label(soft(words::NO_DIALOG).size(theme::CAPTION));
        }
        if self.path.trim().is_empty() {
            ui.label(RichText::new(words::FILE_EMPTY).size(theme::CAPTION).color(theme::error()));
        }
    }

    /// The answer for the path that is written.
    fn answer(&self, stage: &Stage<'_>) -> Option<Arc<CameraListAnswer>> {
        let (id, path) = self.asked.as_ref()?;
        let answer = stage.shown.camera_list.get()?;
        (answer.id == *id && *path == self.path).then_some(answer)
    }

    fn told(&mut self, ui: &mut Ui, answer: &CameraListAnswer) {
        match &answer.outcome {
            Err(why) => line(ui, false, why),
            Ok(CameraListOutcome::Exported { path, cameras }) => {
                line(ui, true, &words::exported(*cameras, &path.to_string_lossy()));
            }
            Ok(CameraListOutcome::Found(summary)) => self.found(ui, summary),
            Ok(CameraListOutcome::Imported(summary)) => {
                let updated = if self.update { summary.known.len() } else { 0 };
                line(ui, true, &words::imported(summary.new.len(), updated));
                if !summary.without_password.is_empty() {
                    ui.label(words::without_password(&names(&summary.without_password)));
                }
            }
        }
    }

    fn found(&mut self, ui: &mut Ui, summary: &ImportSummary) {
        ui.label(format!("{}: {}", words::new_ones(summary.new.len()), names(&summary.new)));
        if summary.same > 0 {
            ui.label(soft(words::same_ones(summary.same)));
        }
        if !summary.apart.is_empty() {
            ui.label(soft(words::apart(&names(&summary.apart))));
        }
        if !summary.again.is_empty() {
            ui.label(soft(words::again(&names(&summary.again))));
        }
        if !summary.schedules.is_empty() {
            ui.label(soft(words::with_schedules(&names(&summary.schedules))));
        }
        if !summary.known.is_empty() {
            ui.label(words::known_ones(&names(&summary.known)));
            let options = [
                (words::SKIP, words::SKIP_TIP.to_owned()),
                (words::UPDATE, words::UPDATE_TIP.to_owned()),
            ];
            if let Some(i) =
                segmented(ui, words::KNOWN_ONES, &options, Some(usize::from(self.update)))
            {
                self.update = i == 1;
            }
        }
    }

    /// Whether it is to be closed.
    fn foot(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        answer: Option<&CameraListAnswer>,
    ) -> bool {
        let outcome = answer.and_then(|answer| answer.outcome.as_ref().ok());
        let done = matches!(
            outcome,
            Some(CameraListOutcome::Exported { .. } | CameraListOutcome::Imported(_))
        );
        if !done && !self.path.trim().is_empty() {
            match (self.purpose, outcome) {
                (Purpose::Save, _) => {
                    if main_button(ui, words::EXPORT_DO, words::EXPORT_TIP).clicked() {
                        let (id, path) = (stage.desk.next_id(), PathBuf::from(self.path.trim()));
                        self.send(stage, id, Command::ExportCameras { id, path });
                    }
                }
                (Purpose::Open, Some(CameraListOutcome::Found(_))) => {
                    if main_button(ui, words::TAKE_OVER, words::IMPORT_TIP).clicked() {
                        let known =
                            if self.update { KnownCameras::Update } else { KnownCameras::Skip };
                        self.import_as(stage, known);
                    }
                }
                (Purpose::Open, _) => {
                    if main_button(ui, words::LOOK, words::LOOK_TIP).clicked() {
                        self.import_as(stage, KnownCameras::Ask);
                    }
                }
            }
        }
        let text = if done { common::CLOSE } else { common::CANCEL };
        ui.button(text).on_hover_text(words::TRANSFER_CLOSE_TIP).clicked()
    }

    fn import_as(&mut self, stage: &mut Stage<'_>, known: KnownCameras) {
        let (id, path) = (stage.desk.next_id(), PathBuf::from(self.path.trim()));
        self.send(stage, id, Command::ImportCameras(ImportQuery { id, path, known }));
    }

    fn send(&mut self, stage: &mut Stage<'_>, id: u64, command: Command) {
        if stage.desk.send(command) {
            self.asked = Some((id, self.path.clone()));
        }
    }
}

fn line(ui: &mut Ui, good: bool, text: &str) {
    let (glyph, ink) =
        if good { (ICON_CHECK_CIRCLE, theme::live()) } else { (ICON_ERROR, theme::error()) };
    ui.horizontal_wrapped(|ui| {
        ui.label(icon(glyph, theme::ICON).color(ink));
        ui.label(text);
    });
}

fn names(names: &[String]) -> String {
    let mut text = names.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
    if let Some(more) = names.len().checked_sub(MOST_NAMES).filter(|more| *more > 0) {
        text.push_str(&format!(" … +{more}"));
    }
    text
}
