//! What an operator's hands do: a drag, a text in place of another, a choice.

#![allow(dead_code, reason = "each test program uses a part of it")]

use super::desk::Desk;
use egui::accesskit::Role;
use egui::text::CCursorRange;
use egui::{Key, Modifiers, Pos2, TextEdit};
use egui_kittest::kittest::Queryable;

/// Drags with the mouse, by way of the middle.
pub fn drag(desk: &mut Desk, from: Pos2, to: Pos2) {
    desk.harness.hover_at(from);
    desk.harness.run();
    desk.harness.drag_at(from);
    desk.harness.run();
    desk.harness.hover_at(from.lerp(to, 0.5));
    desk.harness.run();
    desk.harness.hover_at(to);
    desk.harness.run();
    desk.harness.drop_at(to);
    desk.harness.run();
}

pub fn keys(desk: &mut Desk, modifiers: Modifiers, key: Key) {
    desk.harness.key_press_modifiers(modifiers, key);
    desk.harness.run();
}

pub fn focus(desk: &mut Desk, role: Role, name: &str) {
    desk.harness.get_by_role_and_label(role, name).focus();
    desk.harness.run();
}

fn role_of(name: &str) -> Role {
    if name.starts_with("Password") { Role::PasswordInput } else { Role::TextInput }
}

/// Writes `text` in place of what stands in a field.
pub fn fill(desk: &mut Desk, name: &str, text: &str) {
    focus(desk, role_of(name), name);
    keys(desk, Modifiers::COMMAND, Key::A);
    if text.is_empty() {
        desk.press(Key::Backspace);
    } else {
        desk.write(text);
    }
}

/// What stands in a field.
pub fn value_of(desk: &Desk, name: &str) -> String {
    let node = desk.harness.get_by_role_and_label(role_of(name), name);
    node.value().unwrap_or_default()
}

/// Chooses an item of a menu.
pub fn choose(desk: &mut Desk, menu: &str, item: &str) {
    desk.harness.get_by_role_and_label(Role::ComboBox, menu).click();
    desk.harness.run();
    desk.click(item);
}

pub fn flip(desk: &mut Desk, name: &str) {
    desk.harness.get_by_role_and_label(Role::Switch, name).click();
    desk.harness.run();
}

/// Whether something with this in its name is shown.
pub fn told(desk: &Desk, part: &str) -> bool {
    desk.harness.query_all_by_label_contains(part).next().is_some()
}

/// The texts that Undo would bring back into the field that has the keyboard.
pub fn undone(desk: &Desk) -> Vec<String> {
    let field = desk.harness.ctx.memory(|memory| memory.focused()).expect("a field");
    let state = TextEdit::load_state(&desk.harness.ctx, field).expect("a text field");
    let (mut undoer, mut texts) = (state.undoer(), Vec::new());
    let mut now = (CCursorRange::default(), "something else".to_owned());
    while let Some(before) = undoer.undo(&now).filter(|before| **before != now).cloned() {
        texts.push(before.1.clone());
        now = before;
    }
    texts
}

/// Whether egui keeps what was typed into the field that has the keyboard, to take it back.
pub fn is_kept_for_undo(desk: &Desk) -> bool {
    let field = desk.harness.ctx.memory(|memory| memory.focused()).expect("a field");
    let state = TextEdit::load_state(&desk.harness.ctx, field).expect("a text field");
    let undoer = state.undoer();
    undoer.is_in_flux() || undoer.has_undo(&(CCursorRange::default(), "something else".into()))
}
