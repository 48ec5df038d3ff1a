//! What is being written into fields and is not taken yet: a text stays in its field until it means something.
//!
//! Must not do: know what a text means.

use egui::{Key, Margin, Response, RichText, TextEdit, Ui};

use crate::model::schedule::DayRange;
use crate::ui::theme;

/// A field of the schedule that is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldId {
    /// Its name.
    Name,
    /// The begin of a range.
    From(DayRange),
    /// The end of a range.
    To(DayRange),
}

struct Written {
    field: FieldId,
    text: String,
    /// Why it cannot be taken.
    problem: Option<String>,
}

/// The texts.
#[derive(Default)]
pub struct Texts {
    written: Vec<Written>,
}

impl Texts {
    /// Whether there is any.
    pub const fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.written.clear();
    }

    /// Forgets what belongs to ranges that are gone.
    pub fn keep(&mut self, ranges: &[DayRange]) {
        self.written.retain(|written| match &written.field {
            FieldId::Name => true,
            FieldId::From(range) | FieldId::To(range) => ranges.contains(range),
        });
    }

    /// All that is written, oldest first.
    pub fn all(&self) -> Vec<(FieldId, String)> {
        self.written.iter().map(|written| (written.field, written.text.clone())).collect()
    }

    /// The text was taken.
    pub fn taken(&mut self, field: FieldId) {
        self.written.retain(|written| written.field != field);
    }

    /// The text cannot be taken.
    pub fn refuse(&mut self, field: FieldId, problem: String) {
        for written in self.written.iter_mut().filter(|written| written.field == field) {
            written.problem = Some(problem.clone());
        }
    }

    /// Why the text of a field cannot be taken.
    pub fn problem(&self, field: FieldId) -> Option<&str> {
        self.written.iter().find(|written| written.field == field)?.problem.as_deref()
    }

    /// Shows a field whose value is `value`. Returns its response, and the text when the operator has ended it.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        field: FieldId,
        value: &str,
        name: &str,
        width: f32,
    ) -> (Response, Option<String>) {
        let pending = self.written.iter().position(|written| written.field == field);
        let mut text = pending.map_or_else(|| value.to_owned(), |i| self.written[i].text.clone());
        let wrong = pending.is_some_and(|i| self.written[i].problem.is_some());
        let margin = Margin::symmetric(10, 7);
        let edit = TextEdit::singleline(&mut text)
            .margin(margin)
            .desired_width(width)
            .text_color(if wrong { theme::error() } else { theme::text() });
        let response = ui.add(edit).accessible_name(name);
        if response.changed() {
            self.taken(field);
            if text != value {
                self.written.push(Written { field, text: text.clone(), problem: None });
            }
        }
        if !response.lost_focus() {
            return (response, None);
        }
        if ui.input(|i| i.key_pressed(Key::Escape)) {
            self.taken(field);
            return (response, None);
        }
        let ended = self.written.iter().any(|written| written.field == field);
        (response, ended.then_some(text))
    }

    /// Shows why the text of a field cannot be taken.
    pub fn show_problem(&self, ui: &mut Ui, field: FieldId) {
        if let Some(problem) = self.problem(field) {
            ui.label(RichText::new(problem).color(theme::error()).size(theme::CAPTION));
        }
    }
}
