//! A text field that stands for a setting: what is typed is taken over while it is valid, and has a sentence
//! beside it while it is not.
//!
//! Must not do: know a setting.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use egui::{Align, Layout, Response, RichText, Stroke, StrokeKind, TextEdit, Ui, UiBuilder, Vec2};

use crate::ui::theme;
use crate::ui::widgets::{SEGMENTED, forget_typing, soft};
use crate::ui::words::storage as words;

/// Width of the names of fields, in points.
const NAMES: f32 = 164.0;

/// Between the border of a field and what is in it, in points.
const SIDE: f32 = 11.0;

/// How a field looks.
#[derive(Clone, Copy)]
pub struct Face<'a> {
    /// Its accessible name.
    pub name: &'a str,
    /// Behind the number.
    pub unit: &'a str,
    /// Told on hover.
    pub tip: &'a str,
    /// In points.
    pub width: f32,
}

/// A field's text while it differs from the setting, and what is wrong with it.
#[derive(Default)]
pub struct Entry {
    text: String,
    /// The setting that the text stands for.
    of: Option<String>,
    error: Option<String>,
    /// The field, as it was shown last.
    id: Option<egui::Id>,
}

impl Entry {
    /// What is wrong with what is typed.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Shows the field with `value`; gives the new value when a valid one has been typed.
    pub fn ui<T>(
        &mut self,
        ui: &mut Ui,
        face: Face<'_>,
        value: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.of.as_deref() != Some(value) {
            value.clone_into(&mut self.text);
            self.of = Some(value.to_owned());
            self.error = None;
        }
        let response = field(ui, face, &mut self.text, self.error.is_some());
        self.id = Some(response.id);
        if !response.changed() {
            return None;
        }
        match parse(self.text.trim()) {
            Ok(new) => {
                self.error = None;
                self.of = None;
                Some(new)
            }
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }

    /// Keeps the text that was typed for the value that it has become.
    pub fn settle(&mut self, value: String) {
        self.of = Some(value);
    }

    /// A password was taken out of what was typed: Undo does not bring it back.
    pub fn forget_typing(&self, ctx: &egui::Context) {
        if let Some(id) = self.id {
            forget_typing(ctx, id);
        }
    }

    /// Shows a named row with a whole number, `hint` behind it and what is wrong with it below; gives the new number
    /// when a valid one has been typed.
    pub fn number<T>(
        &mut self,
        ui: &mut Ui,
        face: Face<'_>,
        hint: &str,
        value: T,
        within: RangeInclusive<T>,
    ) -> Option<T>
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let mut typed = None;
        row(ui, face.name, |ui| {
            let parse = |text: &str| whole(text, *within.start(), *within.end());
            typed = self.ui(ui, face, &value.to_string(), parse);
            if !hint.is_empty() {
                ui.label(soft(hint).size(theme::CAPTION));
            }
        });
        if let Some(new) = typed {
            self.settle(new.to_string());
        }
        wrong(ui, self);
        typed
    }

    /// The sentence below the field, when there is one.
    pub fn error_ui(&self, ui: &mut Ui) {
        if let Some(error) = &self.error {
            ui.label(RichText::new(error).size(theme::CAPTION).color(theme::error()));
        }
    }
}

/// As high and wide whatever is in it, so that several of them in a row stand level.
fn field(ui: &mut Ui, face: Face<'_>, text: &mut String, wrong: bool) -> Response {
    let size = Vec2::new(face.width + 2.0 * SIDE, theme::CONTROL + 2.0);
    let (_, rect) = ui.allocate_space(size);
    let stroke = if wrong { Stroke::new(1.0, theme::error()) } else { theme::hair() };
    ui.painter().rect(rect, theme::ROUND, theme::field(), stroke, StrokeKind::Inside);
    let inside = rect.shrink2(Vec2::new(SIDE, 0.0));
    let layout = Layout::left_to_right(Align::Center);
    let mut inside = ui.new_child(UiBuilder::new().max_rect(inside).layout(layout));
    let room = if face.unit.is_empty() { 0.0 } else { 12.0 + 7.0 * face.unit.len() as f32 };
    let edit = TextEdit::singleline(text)
        .frame(egui::Frame::NONE)
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(face.width - room);
    let response = inside.add(edit).accessible_name(face.name);
    if !face.unit.is_empty() {
        inside.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(soft(face.unit)));
    }
    if response.has_focus() {
        let stroke = Stroke::new(1.5, theme::accent());
        ui.painter().rect_stroke(rect, theme::ROUND, stroke, StrokeKind::Inside);
    }
    if face.tip.is_empty() { response } else { response.on_hover_text(face.tip) }
}

/// A whole number within a range.
pub fn whole<T>(text: &str, least: T, most: T) -> Result<T, String>
where
    T: FromStr + PartialOrd + Display,
{
    let number: Option<T> = text.parse().ok();
    let range = || words::range(&least, &most);
    number.filter(|number| (&least..=&most).contains(&number)).ok_or_else(range)
}

/// A named row.
pub fn row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    // As high as the field beside it with its frame.
    row_of(ui, name, theme::CONTROL + 2.0, content);
}

/// A named row with [`crate::ui::widgets::segmented`].
pub fn choice_row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    row_of(ui, name, SEGMENTED, content);
}

/// A row grows only with what comes next: a name that is less high than that would stand too high.
fn row_of(ui: &mut Ui, name: &str, height: f32, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let size = Vec2::new(NAMES, height);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(size);
            ui.label(soft(name));
        });
        content(ui);
    });
}

/// A sentence below the field of the row above, in the colour of what is wrong.
pub fn beside(ui: &mut Ui, text: &str) {
    ui.horizontal(|ui| {
        ui.add_space(NAMES + 8.0);
        ui.label(RichText::new(text).size(theme::CAPTION).color(theme::error()));
    });
}

/// What is wrong with the field of the row above.
pub fn wrong(ui: &mut Ui, entry: &Entry) {
    if let Some(error) = entry.error() {
        beside(ui, error);
    }
}
