//! The diagnostics card: what is asked, and each check with its answer and what can be done about it.
//!
//! Must not do: judge; the engine's rules do.

use std::sync::Arc;
use std::time::Duration;

use egui::{Align, Color32, Layout, RichText, Ui, Vec2};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_CHECK_CIRCLE, ICON_ERROR, ICON_HELP, ICON_REFRESH, ICON_WARNING,
};

use crate::model::{CameraId, Mode, WallTime};
use crate::protocol::{Check, Command, DiagnoseQuery, Diagnosis, Remedy, Verdict};
use crate::ui::app::{Go, Page};
use crate::ui::desk::Stage;
use crate::ui::setup::entry::{Entry, Face};
use crate::ui::widgets::{card, icon, labelled_button, named_menu, soft, strong};
use crate::ui::words::system as words;
use crate::ui::{theme, when};

/// Seconds after which everything is looked at again.
const AGAIN: f64 = 10.0;

/// Seconds after a remedy: what it changes takes a moment.
const AFTER: f64 = 1.5;

/// Width of the names of checks, in points.
const SUBJECTS: f32 = 180.0;

/// What is asked about.
#[derive(Clone, Default, PartialEq, Eq)]
struct About {
    camera: Option<CameraId>,
    at: Option<WallTime>,
}

/// The card.
#[derive(Default)]
pub struct DiagnosticsCard {
    about: About,
    moment: Entry,
    written: String,
    asked: Option<About>,
    /// The first question about what is asked now; answers to earlier ones are of something else.
    first: u64,
    due: f64,
}

impl DiagnosticsCard {
    /// Shows the card.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Go> {
        self.ask(ui, stage);
        let answer = stage.shown.diagnosis.get().filter(|answer| answer.id >= self.first);
        let mut wanted = None;
        card(ui, words::DIAGNOSTICS, |ui| {
            self.head(ui, stage, answer.as_ref());
            ui.add_space(6.0);
            let Some(answer) = answer else {
                ui.label(soft(words::CHECKING));
                return;
            };
            for check in &answer.checks {
                ui.separator();
                row(ui, stage, check, &mut wanted);
            }
        });
        let remedy = wanted?;
        self.due = ui.input(|i| i.time) + AFTER;
        ui.request_repaint_after(Duration::from_secs_f64(AFTER));
        act(stage, remedy)
    }

    fn head(&mut self, ui: &mut Ui, stage: &Stage<'_>, answer: Option<&Arc<Diagnosis>>) {
        ui.horizontal(|ui| {
            self.cameras(ui, stage);
            ui.label(soft(words::MOMENT));
            let face = Face { name: words::MOMENT, unit: "", tip: words::MOMENT_TIP, width: 190.0 };
            let (now, zone) = (stage.now, stage.zone);
            let parse = |text: &str| match text.is_empty() {
                true => Ok((None, String::new())),
                false => when::parse(text, now, now, zone)
                    .map(|at| (Some(at), text.to_owned()))
                    .map_err(str::to_owned),
            };
            if let Some((at, text)) = self.moment.ui(ui, face, &self.written, parse) {
                self.moment.settle(text.clone());
                (self.about.at, self.written) = (at, text);
            }
            if self.moment.error().is_some() {
                self.moment.error_ui(ui);
            } else if self.about.at.is_none() {
                ui.label(soft(words::MOMENT_HINT).size(theme::CAPTION));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let check = labelled_button(ui, ICON_REFRESH, words::CHECK, words::CHECK_TIP, "");
                if check.clicked() {
                    self.due = 0.0;
                    ui.request_repaint();
                }
                if let Some(answer) = answer {
                    let of =
                        |verdict| answer.checks.iter().filter(|c| c.verdict == verdict).count();
                    let (wrong, attention) = (of(Verdict::Wrong), of(Verdict::Attention));
                    ui.label(soft(words::sum(answer.checks.len(), wrong, attention)));
                }
            });
        });
    }

    fn cameras(&mut self, ui: &mut Ui, stage: &Stage<'_>) {
        let name = |camera: &Option<CameraId>| {
            camera.as_ref().map_or_else(|| words::ALL_CAMERAS.to_owned(), |id| stage.name_of(id))
        };
        let shown = name(&self.about.camera);
        named_menu(ui, "camera-to-check", words::CAMERA, &shown, 180.0, |ui| {
            let cameras = stage.snapshot.cameras.iter().map(|camera| Some(camera.id.clone()));
            for camera in std::iter::once(None).chain(cameras) {
                let chosen = camera == self.about.camera;
                if ui.selectable_label(chosen, name(&camera)).clicked() {
                    self.about.camera = camera;
                }
            }
        });
    }

    /// Asks when something else is asked about, and every now and then.
    fn ask(&mut self, ui: &Ui, stage: &Stage<'_>) {
        let time = ui.input(|i| i.time);
        let is_new = self.asked.as_ref() != Some(&self.about);
        if is_new || time >= self.due {
            let id = stage.desk.next_id();
            let About { camera, at } = self.about.clone();
            if stage.desk.try_send(Command::Diagnose(DiagnoseQuery { id, camera, at })) {
                if is_new {
                    self.first = id;
                }
                self.asked = Some(self.about.clone());
                self.due = time + AGAIN;
            }
        }
        ui.request_repaint_after(Duration::from_secs_f64((self.due - time).max(0.1)));
    }
}

fn face(verdict: Verdict) -> (MaterialIcon, Color32) {
    match verdict {
        Verdict::Good => (ICON_CHECK_CIRCLE, theme::live()),
        Verdict::Unknown => (ICON_HELP, theme::text_faint()),
        Verdict::Attention => (ICON_WARNING, theme::warning()),
        Verdict::Wrong => (ICON_ERROR, theme::error()),
    }
}

fn row(ui: &mut Ui, stage: &Stage<'_>, check: &Check, wanted: &mut Option<Remedy>) {
    let (glyph, colour) = face(check.verdict);
    ui.horizontal_top(|ui| {
        let size = Vec2::new(SUBJECTS, 20.0);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(SUBJECTS);
            let name = words::verdict(check.subject.label(), check.verdict);
            ui.add(egui::Label::new(icon(glyph, theme::ICON).color(colour)))
                .on_hover_text(check.verdict.label())
                .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
            ui.label(strong(check.subject.label()));
        });
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            let dim = check.verdict == Verdict::Good;
            let ink = if dim { theme::text_soft() } else { theme::text() };
            ui.add(egui::Label::new(RichText::new(&check.text).color(ink)).wrap());
            if check.remedies.is_empty() {
                return;
            }
            ui.horizontal_wrapped(|ui| {
                for remedy in &check.remedies {
                    let text = label(stage, remedy);
                    let button = ui.button(&text).on_hover_text(words::remedy_tip(remedy));
                    if button.clicked() {
                        *wanted = Some(remedy.clone());
                    }
                }
            });
        });
    });
}

fn label(stage: &Stage<'_>, remedy: &Remedy) -> String {
    let (camera, at) = match remedy {
        Remedy::EnableRecording(id) | Remedy::ConnectNow(id) | Remedy::ShowCamera(id) => {
            (stage.name_of(id), String::new())
        }
        Remedy::Watch(id, at) => (stage.name_of(id), stage.zone.brief(*at, stage.now)),
        Remedy::OpenSchedules | Remedy::OpenStorage | Remedy::OpenFolder => Default::default(),
    };
    words::remedy(remedy, &camera, &at)
}

/// Does what a button says, or gives where it leads.
fn act(stage: &mut Stage<'_>, remedy: Remedy) -> Option<Go> {
    let command = match remedy {
        Remedy::EnableRecording(camera) => Command::SetMode(camera, Mode::Continuous),
        Remedy::ConnectNow(camera) => Command::RetryCamera(camera),
        Remedy::OpenFolder => Command::OpenFolder(stage.snapshot.volume.path.clone().into()),
        Remedy::ShowCamera(camera) => return Some(Go::EditCamera(camera)),
        Remedy::OpenSchedules | Remedy::OpenStorage => return Some(Go::To(Page::Recording)),
        Remedy::Watch(camera, at) => return Some(Go::Watch(camera, at)),
    };
    stage.desk.send(command);
    None
}
