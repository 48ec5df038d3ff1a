//! The sheet of the first start: one click to a camera of one's own, to a search, or to simulated ones.
//!
//! Must not do: appear when there is a camera.

use egui::{RichText, Ui, Vec2};
use egui_material_icons::icons::{ICON_MOVIE, ICON_TRAVEL_EXPLORE, ICON_VIDEOCAM, ICON_VISIBILITY};

use crate::protocol::Command;
use crate::ui::app::Go;
use crate::ui::desk::Desk;
use crate::ui::theme;
use crate::ui::widgets::{icon, sheet, soft};
use crate::ui::words::first_start as words;

/// The sheet.
#[derive(Default)]
pub struct FirstStart {
    dismissed: bool,
    open: bool,
}

impl FirstStart {
    /// Whether it is shown.
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Shows it again, if there is still no camera.
    pub const fn reopen(&mut self) {
        self.dismissed = false;
    }

    /// Shows it while there is no camera and until it was answered.
    pub fn ui(&mut self, ui: &Ui, no_camera: bool, desk: &mut Desk) -> Option<Go> {
        self.open = no_camera && !self.dismissed;
        if !self.open {
            return None;
        }
        let mut go = None;
        let left = sheet(ui, "first start", 460.0, |ui| {
            ui.vertical_centered(|ui| {
                ui.label(icon(ICON_VISIBILITY, 40.0).color(theme::accent()));
                ui.label(RichText::new(words::WELCOME).font(theme::strong(theme::TITLE)));
                ui.label(soft(words::RECORDS));
            });
            ui.add_space(12.0);
            let add = choice(ui, ICON_VIDEOCAM, words::ADD, words::ADD_TIP);
            if add.clicked() {
                go = Some(Go::AddCamera);
                self.dismissed = true;
            }
            let search = choice(ui, ICON_TRAVEL_EXPLORE, words::SEARCH, words::SEARCH_TIP);
            if search.clicked() {
                go = Some(Go::SearchCameras);
                self.dismissed = true;
            }
            let simulated = choice(ui, ICON_MOVIE, words::SIMULATED, words::SIMULATED_TIP);
            if simulated.clicked() && desk.send(Command::UseSimulatedCameras) {
                self.dismissed = true;
            }
        });
        self.dismissed |= left;
        go
    }
}

fn choice(
    ui: &mut Ui,
    glyph: egui_material_icons::MaterialIcon,
    title: &str,
    text: &str,
) -> egui::Response {
    let size = Vec2::new(ui.available_width(), 64.0);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
    let fill = if response.hovered() { theme::raised() } else { theme::field() };
    let painter = ui.painter();
    painter.rect(rect, theme::ROUND, fill, theme::hair(), egui::StrokeKind::Inside);
    let left = rect.left_center();
    let ink = theme::accent();
    let font = theme::icon_font(26.0);
    painter.text(
        left + Vec2::new(32.0, 0.0),
        egui::Align2::CENTER_CENTER,
        glyph.codepoint,
        font,
        ink,
    );
    let at = left + Vec2::new(64.0, 0.0);
    let up = Vec2::new(0.0, -2.0);
    painter.text(at + up, egui::Align2::LEFT_BOTTOM, title, theme::strong(14.0), theme::text());
    let font = theme::font(theme::CAPTION);
    painter.text(at - up, egui::Align2::LEFT_TOP, text, font, theme::text_soft());
    crate::ui::widgets::focus_ring(ui, rect, &response);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, title));
    response
}
