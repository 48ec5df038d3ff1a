//! The list of cameras beside a wall that is being arranged.
//!
//! Must not do: change the wall; it says what was done.

use egui::{Align, Frame, Layout, Margin, ScrollArea, Sense, Ui, Vec2};
use egui_material_icons::icons::{ICON_ADD, ICON_REMOVE};

use super::tile::Dragged;
use crate::model::CameraId;
use crate::protocol::CameraStatus;
use crate::ui::theme;
use crate::ui::widgets::{Look, focus_ring, icon_button, segmented, soft, state_dot, strong};
use crate::ui::words::live as words;

/// Width of the list.
const WIDTH: f32 = 264.0;

/// Most columns that can be chosen here.
const COLUMNS: [&str; 6] = [words::COLUMNS_AUTO, "2", "3", "4", "5", "6"];

/// What was done in the list.
pub enum Choice {
    /// A camera gets a tile.
    Add(CameraId),
    /// A camera loses its tile.
    Remove(CameraId),
    /// Tiles in a row; 0 for the best.
    Columns(u8),
    /// Keeps the arrangement under a name.
    Save,
    /// Closes the list.
    Done,
}

/// Shows it.
pub fn show(
    ui: &mut Ui,
    cameras: &[CameraStatus],
    on: &[CameraId],
    columns: usize,
) -> Option<Choice> {
    let mut choice = None;
    let frame = Frame::new().fill(theme::panel()).inner_margin(Margin::same(14));
    egui::Panel::right("arrange").exact_size(WIDTH).frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(strong(words::ARRANGE));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button(words::DONE).on_hover_text(words::DONE_TIP).clicked() {
                    choice = Some(Choice::Done);
                }
            });
        });
        ui.label(soft(words::ARRANGE_HINT).size(theme::CAPTION));
        ui.add_space(4.0);
        ui.label(soft(words::COLUMNS).size(theme::CAPTION));
        let options = COLUMNS.map(|text| (text, text.to_owned()));
        let selected = if columns == 0 { 0 } else { columns.saturating_sub(1) };
        ui.scope(|ui| {
            ui.spacing_mut().interact_size.x = 24.0;
            if let Some(i) = segmented(ui, words::COLUMNS, &options, Some(selected)) {
                choice = Some(Choice::Columns(if i == 0 { 0 } else { i as u8 + 1 }));
            }
        });
        ui.add_space(4.0);
        if ui.button(words::SAVE_AS).on_hover_text(words::SAVE_AS_TIP).clicked() {
            choice = Some(Choice::Save);
        }
        ui.add_space(4.0);
        ScrollArea::vertical().show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for camera in cameras {
                choice = row(ui, camera, on.contains(&camera.id)).or(choice.take());
            }
        });
    });
    choice
}

fn row(ui: &mut Ui, camera: &CameraStatus, is_on: bool) -> Option<Choice> {
    let mut choice = None;
    ui.horizontal(|ui| {
        let size = Vec2::new(ui.available_width() - theme::CONTROL - 8.0, theme::CONTROL);
        let (rect, response) = ui.allocate_exact_size(size, Sense::drag());
        response.dnd_set_drag_payload(Dragged(camera.id.clone()));
        if response.hovered() {
            ui.painter().rect_filled(rect, theme::ROUND, theme::field());
        }
        state_dot(ui.painter(), rect.left_center() + Vec2::new(10.0, 0.0), &camera.link);
        let ink = if is_on { theme::text_soft() } else { theme::text() };
        let room = rect.width() - 30.0;
        let font = theme::font(theme::BODY);
        let mut job = egui::text::LayoutJob::simple_singleline(camera.name.clone(), font, ink);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room);
        let galley = ui.painter().layout_job(job);
        let at = rect.left_center() + Vec2::new(24.0, -galley.size().y / 2.0);
        ui.painter().galley(at, galley, ink);
        focus_ring(ui, rect, &response);
        let name = words::drag(&camera.name);
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ListItem, true, &camera.name));
        response.on_hover_text(name).on_hover_cursor(egui::CursorIcon::Grab);
        let (glyph, name) = match is_on {
            true => (ICON_REMOVE, words::remove(&camera.name)),
            false => (ICON_ADD, words::add(&camera.name)),
        };
        if icon_button(ui, glyph, &name, "", Look::Quiet).clicked() {
            let id = camera.id.clone();
            choice = Some(if is_on { Choice::Remove(id) } else { Choice::Add(id) });
        }
    });
    choice
}
