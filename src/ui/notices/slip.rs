//! One notice: how bad, when, what, and what became of it.
//!
//! Must not do: act; it says what was pressed.

use egui::{Align, Color32, Frame, Label, Layout, Margin, RichText, Sense, Ui};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_ARROW_FORWARD, ICON_CHECK, ICON_ERROR, ICON_INFO, ICON_WARNING,
};

use super::Told;
use crate::model::CameraId;
use crate::protocol::{Notice, Severity, Topic};
use crate::ui::theme;
use crate::ui::widgets::{Look, icon, icon_button};
use crate::ui::words::notices as words;

/// Width of a notice, in points.
pub const WIDTH: f32 = 380.0;

/// What was pressed.
pub enum Pressed {
    /// The operator has seen this one.
    Acknowledge(u64),
    /// And all others.
    AcknowledgeAll,
    /// Show what a notice is about.
    Show(Topic, Option<CameraId>),
    /// Away with the drawer.
    Close,
}

fn face(severity: Severity) -> (MaterialIcon, Color32) {
    match severity {
        Severity::Info => (ICON_INFO, theme::accent()),
        Severity::Warning => (ICON_WARNING, theme::warning()),
        Severity::Alarm => (ICON_ERROR, theme::error()),
    }
}

/// Shows a notice, in a kiosk without buttons.
pub fn ui(ui: &mut Ui, notice: &Notice, told: &Told<'_>, buttons: bool) -> Option<Pressed> {
    let (glyph, colour) = face(notice.severity);
    let mut pressed = None;
    slip(ui, colour, |ui| {
        ui.horizontal(|ui| {
            ui.label(icon(glyph, 16.0).color(colour));
            let word = words::severity(notice.severity);
            ui.label(RichText::new(word).font(theme::strong(theme::CAPTION)).color(colour));
            caption(ui, &told.zone.brief(notice.at, told.now));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if !buttons {
                    return;
                }
                if notice.acknowledged.is_none()
                    && icon_button(ui, ICON_CHECK, words::ACKNOWLEDGE, "", Look::Quiet).clicked()
                {
                    pressed = Some(Pressed::Acknowledge(notice.id));
                }
                let name = notice.camera.as_ref().map(|camera| told.name_of(camera));
                let show = words::show(notice.topic, &name.unwrap_or_default());
                if icon_button(ui, ICON_ARROW_FORWARD, &show, "", Look::Quiet).clicked() {
                    pressed = Some(Pressed::Show(notice.topic, notice.camera.clone()));
                }
            });
        });
        // The text leads to the same place as the arrow.
        let text = ui.add(Label::new(&notice.text).wrap().sense(Sense::click()));
        if text.clicked() && buttons {
            pressed = Some(Pressed::Show(notice.topic, notice.camera.clone()));
        }
        let after = fate(notice, told);
        if !after.is_empty() {
            caption(ui, &after);
        }
    });
    pressed
}

/// Whether its cause is still there, and who has seen it.
fn fate(notice: &Notice, told: &Told<'_>) -> String {
    let brief = |at| told.zone.brief(at, told.now);
    let cause = match notice.gone {
        _ if notice.is_momentary() => None,
        None => Some(words::STILL.to_owned()),
        Some(at) => Some(words::over(&brief(at))),
    };
    let seen = notice.acknowledged.as_ref();
    let seen = seen.map(|seen| words::acknowledged(&brief(seen.at), &seen.by));
    cause.into_iter().chain(seen).collect::<Vec<_>>().join(" · ")
}

fn caption(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).size(theme::CAPTION).color(theme::text_soft()));
}

/// What the operator wanted was not done.
pub fn refused(ui: &mut Ui, why: &str) {
    slip(ui, theme::warning(), |ui| {
        ui.horizontal(|ui| {
            ui.label(icon(ICON_WARNING, 16.0).color(theme::warning()));
            ui.label(why);
        });
    });
}

fn slip(ui: &mut Ui, colour: Color32, content: impl FnOnce(&mut Ui)) {
    let frame = Frame::new()
        .fill(theme::field())
        .stroke(egui::Stroke::new(1.0, colour.gamma_multiply(0.5)))
        .corner_radius(theme::ROUND)
        .inner_margin(Margin { left: 14, right: 8, top: 6, bottom: 12 });
    frame.show(ui, |ui| {
        ui.set_width(WIDTH - 24.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        content(ui);
    });
}
