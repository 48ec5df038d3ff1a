//! The storage card: where recordings are kept and for how long, and what that means for what is there.
//!
//! Must not do: put anything in force; the page saves.

mod archive;
mod archive_test;
mod bringing;
mod fields;
mod standing;
mod strangers;

use egui::{Ui, UiBuilder};

use self::fields::Fields;
use super::draft::Draft;
use super::loss::LossGuard;
use crate::ui::desk::Stage;
use crate::ui::widgets::card;
use crate::ui::words::storage as words;

/// Narrower than this the two halves stand below one another, in points.
const TWO_COLUMNS: f32 = 860.0;

/// The card.
#[derive(Default)]
pub struct StorageCard {
    fields: Fields,
}

impl StorageCard {
    /// Forgets what is typed and not valid.
    pub fn reset(&mut self) {
        self.fields = Fields::default();
    }

    /// The draft has just been saved.
    pub fn saved(&mut self, draft: &Draft) {
        self.fields.archive.saved(draft);
    }

    /// Whether something is typed that cannot be.
    pub fn is_wrong(&self) -> bool {
        self.fields.is_wrong()
    }

    /// Shows the card; `told` says that Save was refused.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        draft: &mut Draft,
        guard: &LossGuard,
        told: bool,
    ) {
        self.fields.is_told = told;
        card(ui, words::TITLE, |ui| {
            if ui.available_width() < TWO_COLUMNS {
                self.fields.ui(ui, stage, draft);
                ui.add_space(12.0);
                standing::ui(ui, stage, draft, guard);
                return;
            }
            let (width, top) = (ui.available_width(), ui.cursor().min);
            let left = egui::Rect::from_min_size(top, egui::vec2(width * 0.5, f32::INFINITY));
            let right = left.translate(egui::vec2(width * 0.53, 0.0));
            let right = right.with_max_x(top.x + width);
            let a = ui.scope_builder(UiBuilder::new().max_rect(left), |ui| {
                self.fields.ui(ui, stage, draft);
            });
            let b = ui.scope_builder(UiBuilder::new().max_rect(right), |ui| {
                standing::ui(ui, stage, draft, guard);
            });
            ui.advance_cursor_after_rect(a.response.rect.union(b.response.rect));
        });
    }
}
