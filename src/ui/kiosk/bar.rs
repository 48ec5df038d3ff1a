//! The one bar of the kiosk, at the foot: Live or Playback, which wall, the time, and the lock.
//!
//! Must not do: lead to Setup.

use egui::{Align, Frame, Layout, Margin, RichText, Ui};
use egui_material_icons::icons::{ICON_LOCK, ICON_WARNING};

use super::Kiosk;
use crate::ui::app::Page;
use crate::ui::desk::Stage;
use crate::ui::live::LivePage;
use crate::ui::theme;
use crate::ui::widgets::{Look, icon, icon_button, segmented, soft, tip};
use crate::ui::words::kiosk as words;

/// Its height: fingers reach it.
const HEIGHT: f32 = 44.0;

impl Kiosk {
    /// Shows it; the page that was chosen.
    pub fn bar(
        &mut self,
        ui: &mut Ui,
        stage: &Stage<'_>,
        page: Page,
        live: &mut LivePage,
    ) -> Option<Page> {
        const PAGES: [Page; 2] = [Page::Live, Page::Playback];
        let mut chosen = None;
        let frame = Frame::new().fill(theme::panel()).inner_margin(Margin::symmetric(12, 0));
        egui::Panel::bottom("kiosk").exact_size(HEIGHT).frame(frame).show(ui, |ui| {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let options = PAGES.map(|page| {
                    let key = if page == Page::Live { "Ctrl+1" } else { "Ctrl+2" };
                    (page.title(), tip(page.title(), key))
                });
                let selected = PAGES.iter().position(|other| *other == page);
                chosen = segmented(ui, "Page", &options, selected).map(|i| PAGES[i]);
                ui.add_space(8.0);
                if page == Page::Live {
                    live.kiosk_bar(ui, stage);
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let key = words::LEAVE_KEY;
                    if icon_button(ui, ICON_LOCK, words::LEAVE, key, Look::Quiet).clicked() {
                        self.open();
                    }
                    ui.add_space(8.0);
                    ui.label(
                        RichText::new(stage.zone.seconds(stage.now)).font(theme::strong(16.0)),
                    );
                    ui.label(soft(stage.zone.date(stage.now)));
                    trouble(ui, stage);
                });
            });
        });
        chosen
    }
}

/// What is wrong with the recording of any camera; the rest is for the whole console.
fn trouble(ui: &mut Ui, stage: &Stage<'_>) {
    let Some(text) = &stage.snapshot.volume.trouble else { return };
    let room = ui.available_width() - 40.0;
    if room < 60.0 {
        return;
    }
    ui.add_space(8.0);
    ui.scope(|ui| {
        ui.set_max_width(room);
        let label = egui::Label::new(RichText::new(text).color(theme::error())).truncate();
        ui.add(label).on_hover_text(text);
    });
    ui.label(icon(ICON_WARNING, 16.0).color(theme::error()));
}
