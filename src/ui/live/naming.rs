//! The sheet that saves, renames or deletes a view.
//!
//! Must not do: change settings; it says what is wanted.

use egui::{Key, RichText, Ui};

use crate::model::Settings;
use crate::model::settings::console::check_view_name;
use crate::ui::theme;
use crate::ui::widgets::{field, main_button, sheet, soft, strong};
use crate::ui::words::{common, live as words};

/// Which view is concerned.
enum About {
    New,
    Rename(String),
    Delete(String),
}

/// The open sheet.
pub struct Naming {
    about: About,
    name: String,
    fresh: bool,
}

/// How it was left.
pub enum Wish {
    /// Nothing is to be done.
    Nothing,
    /// The wall is saved under this name.
    Save(String),
    /// The view gets another name.
    Rename(String, String),
    /// The view goes.
    Delete(String),
}

impl Naming {
    /// For a wall without a name.
    pub const fn save() -> Self {
        Self { about: About::New, name: String::new(), fresh: true }
    }

    /// For another name of `view`.
    pub fn rename(view: &str) -> Self {
        Self { about: About::Rename(view.into()), name: view.into(), fresh: true }
    }

    /// Asks whether `view` is to go.
    pub fn delete(view: &str) -> Self {
        Self { about: About::Delete(view.into()), name: String::new(), fresh: true }
    }

    /// Shows it; what is wanted, once it is left.
    pub fn ui(&mut self, ui: &Ui, settings: &Settings) -> Option<Wish> {
        let mut wish = None;
        let left = sheet(ui, "view", 380.0, |ui| {
            wish = match &self.about {
                About::Delete(view) => question(ui, view),
                About::New | About::Rename(_) => self.form(ui, settings),
            };
        });
        wish.or(left.then_some(Wish::Nothing))
    }

    fn form(&mut self, ui: &mut Ui, settings: &Settings) -> Option<Wish> {
        let (title, button) = match &self.about {
            About::Rename(_) => (words::RENAME_NOW, words::RENAME_NOW),
            About::New | About::Delete(_) => (words::SAVE, words::SAVE),
        };
        ui.label(strong(title));
        let edit = field(ui, words::NAME, words::NAME_HINT, &mut self.name, false);
        if std::mem::take(&mut self.fresh) {
            edit.request_focus();
        }
        let enter = edit.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        let problem = self.problem(settings);
        let other = settings.view(self.name.trim()).is_some();
        match (&problem, &self.about) {
            (Some(why), _) if !self.name.trim().is_empty() => {
                ui.label(RichText::new(why).color(theme::error()));
            }
            (None, About::New) if other => {
                ui.label(soft(words::replaces(self.name.trim())));
            }
            _ => {}
        }
        let mut wish = None;
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let pressed = ui
                .add_enabled_ui(problem.is_none(), |ui| main_button(ui, button, words::SAVE_TIP))
                .inner
                .clicked();
            if problem.is_none() && (pressed || enter) {
                let name = self.name.trim().to_owned();
                wish = Some(match &self.about {
                    About::Rename(old) => Wish::Rename(old.clone(), name),
                    About::New | About::Delete(_) => Wish::Save(name),
                });
            }
            if cancel(ui) {
                wish = Some(Wish::Nothing);
            }
        });
        wish
    }

    fn problem(&self, settings: &Settings) -> Option<String> {
        let name = self.name.trim();
        if let Err(why) = check_view_name(name) {
            return Some(format!("{}{}.", why[..1].to_uppercase(), &why[1..]));
        }
        let same = |other: &str| other.to_lowercase() == name.to_lowercase();
        let replaced = |view: &str| match &self.about {
            About::Rename(old) => view == old,
            About::New | About::Delete(_) => view == name,
        };
        let taken = settings.views.iter().find(|v| same(&v.name) && !replaced(&v.name));
        taken.map(|view| words::taken(&view.name))
    }
}

fn question(ui: &mut Ui, view: &str) -> Option<Wish> {
    ui.label(strong(words::delete_question(view)));
    ui.label(soft(words::DELETE_TIP));
    ui.add_space(8.0);
    let mut wish = None;
    ui.horizontal(|ui| {
        if main_button(ui, words::DELETE_NOW, words::DELETE_TIP).clicked() {
            wish = Some(Wish::Delete(view.to_owned()));
        }
        if cancel(ui) {
            wish = Some(Wish::Nothing);
        }
    });
    wish
}

fn cancel(ui: &mut Ui) -> bool {
    ui.button(common::CANCEL).on_hover_text(common::CANCEL_TIP).clicked()
}
