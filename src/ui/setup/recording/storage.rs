//! What storage holds, and by which rule each camera is recorded.
//!
//! Must not do: offer settings that the engine does not take.

use egui::{Align, Frame, Layout, Margin, RichText, Ui, Vec2};
use egui_material_icons::icons::ICON_WARNING;

use crate::protocol::{CameraStatus, VolumeStatus};
use crate::ui::app::{Go, Page};
use crate::ui::desk::Stage;
use crate::ui::setup::mode_menu::mode_menu;
use crate::ui::widgets::{card, icon, soft, strong};
use crate::ui::{format, theme};

/// Shows the cards.
pub fn ui(ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Go> {
    let mut go = None;
    card(ui, "Storage", |ui| storage(ui, &stage.snapshot.volume));
    ui.add_space(4.0);
    card(ui, "Cameras", |ui| {
        if stage.snapshot.cameras.is_empty() {
            ui.label(soft("There is no camera yet."));
            let link = ui.button("Go to Devices").on_hover_text("Where cameras are added");
            if link.clicked() {
                go = Some(Go::To(Page::Devices));
            }
        }
        for (i, camera) in stage.snapshot.cameras.iter().enumerate() {
            if i > 0 {
                ui.separator();
            }
            camera_row(ui, camera, stage);
        }
    });
    go
}

fn storage(ui: &mut Ui, volume: &VolumeStatus) {
    if let Some(trouble) = &volume.trouble {
        ui.horizontal(|ui| {
            ui.label(icon(ICON_WARNING, theme::ICON).color(theme::error()));
            ui.label(RichText::new(trouble).color(theme::error()));
        });
    }
    ui.horizontal(|ui| {
        ui.label(&volume.path);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let of =
                format!("{} free of {}", format::bytes(volume.free), format::bytes(volume.total));
            ui.label(soft(of));
        });
    });
    bar(ui, volume);
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        let left = volume.left_micros.map(format::time_left);
        let (value, text) = match left {
            Some(left) => (left, format!("left at {}", format::byte_rate(volume.write_rate))),
            None => ("–".to_owned(), "nothing is being written".to_owned()),
        };
        let width = (ui.available_width() - 2.0 * ui.spacing().item_spacing.x) / 3.0;
        figure(ui, width, &value, &text);
        figure(ui, width, &format::bytes(volume.used), "recordings");
        figure(ui, width, &format::byte_rate(volume.write_rate), "written now");
    });
}

/// What is used by recordings, by other things, and what is free. Each part is named below the bar.
fn bar(ui: &mut Ui, volume: &VolumeStatus) {
    let size = Vec2::new(ui.available_width(), 14.0);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    let others = volume.total.saturating_sub(volume.free).saturating_sub(volume.used);
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, theme::ROUND, theme::raised());
    let ours = rect.width() * part(volume.used, volume.total);
    let both = rect.width() * part(volume.used.saturating_add(others), volume.total);
    painter.rect_filled(rect.with_max_x(rect.left() + both), theme::ROUND, theme::text_faint());
    painter.rect_filled(rect.with_max_x(rect.left() + ours), theme::ROUND, theme::continuous());
    let text =
        format!("Recordings {}, other {}", format::bytes(volume.used), format::bytes(others));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &text));
    ui.horizontal(|ui| {
        legend(ui, theme::continuous(), &format!("recordings {}", format::bytes(volume.used)));
        legend(ui, theme::text_faint(), &format!("other {}", format::bytes(others)));
        legend(ui, theme::raised(), &format!("free {}", format::bytes(volume.free)));
    });
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a bar on a screen"
)]
fn part(amount: u64, of: u64) -> f32 {
    (amount as f64 / of.max(1) as f64).clamp(0.0, 1.0) as f32
}

fn legend(ui: &mut Ui, colour: egui::Color32, text: &str) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(10.0), egui::Sense::hover());
    ui.painter().circle_filled(rect.center(), 4.0, colour);
    ui.label(soft(text).size(theme::CAPTION));
    ui.add_space(8.0);
}

fn figure(ui: &mut Ui, width: f32, value: &str, text: &str) {
    Frame::new()
        .fill(theme::field())
        .corner_radius(theme::ROUND)
        .inner_margin(Margin::symmetric(14, 10))
        .show(ui, |ui| {
            ui.set_width(width - 28.0);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.label(RichText::new(value).font(theme::strong(18.0)));
                ui.label(soft(text).size(theme::CAPTION));
            });
        });
}

fn camera_row(ui: &mut Ui, camera: &CameraStatus, stage: &mut Stage<'_>) {
    ui.horizontal(|ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.label(strong(&camera.name));
            ui.label(soft(&camera.sentence).size(theme::CAPTION));
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            mode_menu(ui, camera, stage);
            ui.label(soft(format!("{} stream", camera.stream)));
        });
    });
}
