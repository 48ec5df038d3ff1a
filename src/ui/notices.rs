//! Notices: toasts when they come up, and a drawer that keeps them until they are acknowledged.
//!
//! Must not do: drop a notice. A toast that fades stays in the drawer.

use std::collections::BTreeSet;

use egui::{
    Align, Align2, Area, Color32, Frame, Id, Layout, Margin, Order, RichText, ScrollArea, Ui, Vec2,
};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_CHECK, ICON_CLOSE, ICON_ERROR, ICON_INFO, ICON_WARNING};

use super::desk::Desk;
use super::theme;
use super::widgets::{Look, icon, icon_button, soft, strong};
use super::zone::Zone;
use crate::model::WallTime;
use crate::protocol::{Command, Notice, Severity, Snapshot};

/// Seconds for which a toast is shown.
const TOAST_SECONDS: f64 = 8.0;

/// Toasts at the same time at most; the others are in the drawer.
const MOST_TOASTS: usize = 3;

/// Width of toasts and drawer.
const WIDTH: f32 = 360.0;

struct Toast {
    notice: u64,
    until: f64,
}

/// Toasts and drawer.
#[derive(Default)]
pub struct Notices {
    seen: BTreeSet<u64>,
    toasts: Vec<Toast>,
    /// Why something was not done, and until when that is told.
    refused: Option<(String, f64)>,
    drawer: bool,
    /// In a kiosk, where nobody acknowledges anything.
    alarms_only: bool,
}

impl Notices {
    /// Takes the notices of the newest snapshot.
    pub fn update(&mut self, ui: &Ui, notices: &[Notice]) {
        let time = ui.input(|i| i.time);
        for notice in notices {
            let is_told = !self.alarms_only || notice.severity == Severity::Alarm;
            if self.seen.insert(notice.id) && is_told {
                self.toasts.push(Toast { notice: notice.id, until: time + TOAST_SECONDS });
            }
        }
        self.seen.retain(|id| notices.iter().any(|n| n.id == *id));
        self.toasts.retain(|t| t.until > time && notices.iter().any(|n| n.id == t.notice));
        self.refused = self.refused.take().filter(|(_, until)| *until > time);
    }

    /// What the operator wanted was not done.
    pub fn refused(&mut self, ui: &Ui, why: &str) {
        self.refused = Some((why.to_owned(), ui.input(|i| i.time) + TOAST_SECONDS));
    }

    /// Whether only alarms come up, without a button.
    pub const fn alarms_only(&mut self, alarms_only: bool) {
        self.alarms_only = alarms_only;
        self.drawer = false;
    }

    /// Opens or closes the drawer.
    pub const fn toggle(&mut self) {
        self.drawer = !self.drawer;
    }

    /// Closes the drawer; false when it was not open.
    pub const fn close(&mut self) -> bool {
        std::mem::replace(&mut self.drawer, false)
    }

    /// Shows drawer or toasts over the page.
    pub fn ui(
        &mut self,
        ui: &Ui,
        snapshot: &Snapshot,
        zone: &Zone,
        now: WallTime,
        desk: &mut Desk,
    ) {
        if self.drawer {
            self.toasts.clear();
            self.show_drawer(ui, snapshot, zone, now, desk);
        } else {
            self.show_toasts(ui, snapshot, zone, now, desk);
        }
    }

    fn show_toasts(
        &mut self,
        ui: &Ui,
        snapshot: &Snapshot,
        zone: &Zone,
        now: WallTime,
        desk: &mut Desk,
    ) {
        if self.toasts.is_empty() && self.refused.is_none() {
            return;
        }
        // In the middle, where they cover no list and no button.
        let place = Vec2::new(0.0, theme::BAR + 8.0);
        let area = Area::new(Id::unique("toasts")).order(Order::Foreground);
        area.anchor(Align2::CENTER_TOP, place).show(ui, |ui| {
            if let Some((why, _)) = &self.refused {
                refused(ui, why);
            }
            let newest = self.toasts.iter().rev().take(MOST_TOASTS);
            for notice in newest.filter_map(|t| snapshot.notices.iter().find(|n| n.id == t.notice))
            {
                one(ui, notice, zone, now, (!self.alarms_only).then_some(&mut *desk));
            }
        });
        let refused = self.refused.as_ref().map(|(_, until)| *until);
        let ends = self.toasts.iter().map(|t| t.until).chain(refused);
        let wait = ends.fold(f64::INFINITY, f64::min) - ui.input(|i| i.time);
        if wait.is_finite() {
            ui.request_repaint_after(std::time::Duration::from_secs_f64(wait.max(0.05)));
        }
    }

    fn show_drawer(
        &mut self,
        ui: &Ui,
        snapshot: &Snapshot,
        zone: &Zone,
        now: WallTime,
        desk: &mut Desk,
    ) {
        let area = Area::new(Id::unique("notices")).order(Order::Foreground);
        let place = Vec2::new(theme::RAIL + 8.0, -(theme::STATUS + 8.0));
        area.anchor(Align2::LEFT_BOTTOM, place).show(ui, |ui| {
            let frame = Frame::new()
                .fill(theme::panel())
                .stroke(theme::hair())
                .corner_radius(theme::ROUND_CARD)
                .inner_margin(Margin::same(16));
            frame.show(ui, |ui| {
                ui.set_width(WIDTH + 16.0);
                self.drawer_head(ui, snapshot, desk);
                let room = (ui.content_rect().height() - 220.0).max(120.0);
                ScrollArea::vertical().max_height(room).show(ui, |ui| {
                    for notice in snapshot.notices.iter().rev() {
                        one(ui, notice, zone, now, Some(&mut *desk));
                    }
                });
                if snapshot.notices.is_empty() {
                    ui.label(soft("Nothing that you have not seen."));
                }
            });
        });
    }

    fn drawer_head(&mut self, ui: &mut Ui, snapshot: &Snapshot, desk: &mut Desk) {
        ui.horizontal(|ui| {
            ui.label(strong("Notices"));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, ICON_CLOSE, "Close notices", "Esc", Look::Quiet).clicked() {
                    self.drawer = false;
                }
                let some = !snapshot.notices.is_empty();
                let all = egui::Button::new("Acknowledge all");
                if some && ui.add(all).on_hover_text("Takes all of them from the list").clicked() {
                    for notice in &snapshot.notices {
                        desk.send(Command::Acknowledge(notice.id));
                    }
                }
            });
        });
    }
}

fn face(severity: Severity) -> (MaterialIcon, Color32, &'static str) {
    match severity {
        Severity::Info => (ICON_INFO, theme::accent(), "Info"),
        Severity::Warning => (ICON_WARNING, theme::warning(), "Warning"),
        Severity::Alarm => (ICON_ERROR, theme::error(), "Alarm"),
    }
}

/// Without a desk it cannot be acknowledged here.
fn one(ui: &mut Ui, notice: &Notice, zone: &Zone, now: WallTime, desk: Option<&mut Desk>) {
    let (glyph, colour, word) = face(notice.severity);
    slip(ui, colour, |ui| {
        ui.horizontal(|ui| {
            ui.label(icon(glyph, 16.0).color(colour));
            ui.label(RichText::new(word).font(theme::strong(theme::CAPTION)).color(colour));
            let at = zone.brief(notice.at, now);
            ui.label(RichText::new(at).size(theme::CAPTION).color(theme::text_soft()));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let Some(desk) = desk else { return };
                if icon_button(ui, ICON_CHECK, "Acknowledge", "", Look::Quiet).clicked() {
                    desk.send(Command::Acknowledge(notice.id));
                }
            });
        });
        ui.label(&notice.text);
    });
}

fn refused(ui: &mut Ui, why: &str) {
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
