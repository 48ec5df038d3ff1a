//! The keys: reading them, and the list that `?` shows.
//!
//! Must not do: act. Pages decide what a key means for them.

use egui::{Key, Modifiers, Ui};

use super::theme;
use super::widgets::{sheet, soft};
use super::words::{common, keys as words};

/// Whether keys may be read as shortcuts: not while a text is being written or a sheet is open.
pub fn free(ui: &Ui) -> bool {
    !ui.text_edit_focused() && ui.memory(|m| m.is_above_modal_layer(ui.layer_id()))
}

/// Takes a key away from this frame if it was pressed without any modifier.
pub fn take(ui: &Ui, key: Key) -> bool {
    take_with(ui, Modifiers::NONE, key)
}

/// Takes a key with exactly these modifiers.
pub fn take_with(ui: &Ui, modifiers: Modifiers, key: Key) -> bool {
    ui.input_mut(|i| i.consume_key(modifiers, key))
}

/// Takes a key with exactly these modifiers, and tells how often it was pressed since the last frame.
pub fn count(ui: &Ui, modifiers: Modifiers, key: Key) -> i32 {
    let count = ui.input_mut(|i| i.count_and_consume_key(modifiers, key));
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Takes a character key wherever the keyboard's layout puts it, with or without Shift.
pub fn take_character(ui: &Ui, text: &str) -> bool {
    ui.input_mut(|i| {
        let before = i.events.len();
        i.events.retain(|event| !matches!(event, egui::Event::Text(t) if t == text));
        i.events.len() < before
    })
}

/// Takes a digit; 0 for `1`, as an index.
pub fn take_digit(ui: &Ui) -> Option<usize> {
    const DIGITS: [Key; 9] = [
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
    ];
    DIGITS.iter().position(|key| take(ui, *key))
}

/// The list of keys, those of the page `first` first; true when it is to be closed.
pub fn show_list(ui: &Ui, first: &str) -> bool {
    let mut close = false;
    let left = sheet(ui, "keys", 560.0, |ui| {
        ui.horizontal(|ui| {
            ui.heading(words::TITLE);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                close = ui.button(common::CLOSE).on_hover_text(words::CLOSE_TIP).clicked();
            });
        });
        let height = ui.ctx().content_rect().height() - 160.0;
        egui::ScrollArea::vertical().max_height(height).show(ui, |ui| table(ui, first));
    });
    left || close
}

/// The list of keys as a table, those of the page `first` first.
pub fn table(ui: &mut Ui, first: &str) {
    ui.spacing_mut().interact_size.y = 18.0;
    let mut pages = words::LIST;
    pages.sort_by_key(|(page, _)| *page != first);
    for (page, lines) in pages {
        ui.add_space(8.0);
        ui.label(super::widgets::strong(page));
        egui::Grid::new(page).num_columns(2).spacing([20.0, 4.0]).min_col_width(150.0).show(
            ui,
            |ui| {
                for (key, what) in lines {
                    ui.label(egui::RichText::new(*key).color(theme::accent()));
                    ui.label(soft(*what));
                    ui.end_row();
                }
            },
        );
    }
}
