//! Setup, Devices: the table of cameras.
//!
//! Must not do: remove anything without asking.

use egui::{Align, Layout, Pos2, RichText, Ui, Vec2};
use egui_extras::{Column, TableBuilder, TableRow};
use egui_material_icons::icons::{ICON_ADD, ICON_DELETE, ICON_VIDEOCAM};

use super::mode_menu::{self, mode_menu};
use crate::model::{CameraId, GapReason, RecordingState};
use crate::protocol::{CameraStatus, Command, LinkState};
use crate::ui::app::Go;
use crate::ui::desk::Stage;
use crate::ui::widgets::{
    Look, icon, icon_button, labelled_button, sheet, soft, state_dot, state_word, strong, title_bar,
};
use crate::ui::{format, theme};

/// Height of a row.
const ROW: f32 = 46.0;

/// The page.
#[derive(Default)]
pub struct DevicesPage {
    removing: Option<CameraId>,
    /// To be scrolled to, and marked.
    shown: Option<CameraId>,
}

impl DevicesPage {
    /// Marks a camera.
    pub fn show(&mut self, camera: CameraId) {
        self.shown = Some(camera);
    }

    /// Whether it asks something.
    pub const fn is_open(&self) -> bool {
        self.removing.is_some()
    }

    /// Shows the page.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Go> {
        let go = title_bar(ui, "Devices", |ui| {
            let add =
                labelled_button(ui, ICON_ADD, "Add camera", "Adds a camera by its address", "");
            add.clicked().then_some(Go::AddCamera)
        });
        super::content(ui, |ui| {
            if stage.snapshot.cameras.is_empty() {
                empty(ui);
            } else {
                self.table(ui, stage);
            }
        });
        self.confirm(ui, stage);
        go
    }

    fn table(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) {
        let frame = egui::Frame::new()
            .fill(theme::panel())
            .stroke(theme::hair())
            .corner_radius(theme::ROUND_CARD)
            .inner_margin(egui::Margin::symmetric(16, 6));
        frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            TableBuilder::new(ui)
                .id_salt("cameras")
                .vscroll(false)
                .cell_layout(Layout::left_to_right(Align::Center))
                .column(Column::remainder().at_least(110.0).clip(true))
                .column(Column::initial(140.0).clip(true))
                .column(Column::initial(118.0))
                .column(Column::initial(126.0))
                .column(Column::exact(mode_menu::WIDTH + 4.0))
                .column(Column::initial(150.0).clip(true))
                .column(Column::initial(88.0))
                .column(Column::exact(36.0))
                .header(34.0, header)
                .body(|mut body| {
                    for camera in &stage.snapshot.cameras {
                        body.row(ROW, |mut row| {
                            row.set_selected(self.shown.as_ref() == Some(&camera.id));
                            self.row(&mut row, camera, stage);
                        });
                    }
                });
        });
    }

    fn row(&mut self, row: &mut TableRow<'_, '_>, camera: &CameraStatus, stage: &mut Stage<'_>) {
        row.col(|ui| {
            ui.label(strong(&camera.name)).on_hover_text(camera.id.as_str());
        });
        row.col(|ui| {
            ui.label(soft(&camera.address)).on_hover_text(&camera.address);
        });
        row.col(|ui| state(ui, camera, stage));
        row.col(|ui| recording(ui, camera, stage));
        row.col(|ui| {
            mode_menu(ui, camera, stage);
        });
        row.col(|ui| two_lines(ui, &stream(camera), &rate(camera)));
        row.col(|ui| {
            ui.label(soft(format::duration(camera.recorded_today)))
                .on_hover_text("Recorded since midnight");
        });
        row.col(|ui| {
            let name = format!("Remove {}", camera.name);
            if icon_button(ui, ICON_DELETE, &name, "", Look::Quiet).clicked() {
                self.removing = Some(camera.id.clone());
            }
        });
    }

    fn confirm(&mut self, ui: &Ui, stage: &mut Stage<'_>) {
        let Some(camera) = self.removing.as_ref().and_then(|id| stage.camera(id)) else {
            self.removing = None;
            return;
        };
        let (id, name) = (camera.id.clone(), camera.name.clone());
        let mut close = false;
        let left = sheet(ui, "remove camera", 420.0, |ui| {
            ui.heading(format!("Remove {name}?"));
            ui.label(
                "It is no longer watched or recorded. Its footage is kept: the files stay where they are.",
            );
            ui.add_space(8.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let words = RichText::new("Remove camera").color(theme::error());
                let remove =
                    ui.button(words).on_hover_text("Removes the camera, keeps its footage");
                if remove.clicked() {
                    stage.desk.send(Command::RemoveCamera(id.clone()));
                    close = true;
                }
                close |= ui.button("Cancel").on_hover_text("Keeps the camera (Esc)").clicked();
            });
        });
        if left || close {
            self.removing = None;
        }
    }
}

fn header(mut row: TableRow<'_, '_>) {
    for name in ["Name", "Address", "State", "Recording", "Mode", "Stream", "Today", ""] {
        row.col(|ui| {
            ui.label(soft(name).size(theme::CAPTION));
        });
    }
}

fn state(ui: &mut Ui, camera: &CameraStatus, stage: &Stage<'_>) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(10.0), egui::Sense::hover());
    state_dot(ui.painter(), Pos2::new(rect.center().x, rect.center().y), &camera.link);
    match &camera.link {
        LinkState::Offline { since, why, .. } => {
            let since = format!("since {}", stage.zone.brief(*since, stage.now));
            let response = ui.scope(|ui| two_lines(ui, "offline", &since)).response;
            response.on_hover_text(why);
        }
        link => {
            ui.label(state_word(link));
        }
    }
}

fn recording(ui: &mut Ui, camera: &CameraStatus, stage: &Stage<'_>) {
    let since = stage.zone.brief(camera.since, stage.now);
    let colour = theme::recording(&camera.recording);
    let text = match &camera.recording {
        RecordingState::Recording(kind) => kind.label(),
        RecordingState::Idle(GapReason::Disabled) => "off",
        RecordingState::Idle(_) => "not recording",
    };
    ui.label(RichText::new(text).color(colour))
        .on_hover_text(format!("{}, since {since}", camera.sentence));
}

/// `main 1920×1080`.
fn stream(camera: &CameraStatus) -> String {
    match camera.size {
        Some((width, height)) => format!("{} {width}×{height}", camera.stream),
        None => camera.stream.to_string(),
    }
}

/// `25 fps, 3.9 Mbit/s`, and what this computer dropped.
fn rate(camera: &CameraStatus) -> String {
    if camera.frame_rate_milli == 0 {
        return "–".into();
    }
    let bits = format::bit_rate(camera.bit_rate);
    let dropped = match camera.dropped {
        0 => String::new(),
        n => format!(", {n} dropped"),
    };
    format!("{}, {bits}{dropped}", format::frame_rate(camera.frame_rate_milli))
}

fn two_lines(ui: &mut Ui, upper: &str, lower: &str) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(6.0);
        ui.add(egui::Label::new(RichText::new(upper).size(theme::CAPTION)).extend());
        ui.add(egui::Label::new(soft(lower).size(theme::CAPTION)).extend());
    });
}

fn empty(ui: &mut Ui) {
    ui.add_space(120.0);
    ui.vertical_centered(|ui| {
        ui.label(icon(ICON_VIDEOCAM, 36.0).color(theme::text_faint()));
        ui.label(strong("No camera yet"));
        ui.label(soft("Add one by its address; it is recorded from then on."));
    });
}
