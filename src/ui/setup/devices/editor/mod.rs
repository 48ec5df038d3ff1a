//! The editor of one camera: its connection and its recording, on a draft of the settings.
//!
//! Must not do: put anything in force before Save.

mod connection;
mod copy;
mod meter;
mod own;
mod recording;
mod retention;
mod zone_list;
mod zones;

use egui::{Align, Key, Layout, Modifiers, RichText, Ui};
use egui_material_icons::icons::ICON_ARROW_BACK;

use self::connection::Connection;
use self::copy::CopySheet;
use self::recording::Recording;
use crate::model::settings::Key as Path;
use crate::model::{CameraId, CameraSettings};
use crate::ui::app::Go;
use crate::ui::desk::Stage;
use crate::ui::setup::draft::Draft;
use crate::ui::setup::loss::LossGuard;
use crate::ui::setup::saving::{self, State, refusal, save_bar};
use crate::ui::widgets::{Look, icon_button, page_bar, segmented, sheet, state_dot};
use crate::ui::words::camera as words;
use crate::ui::{keys, theme};

/// The two tabs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Name, addresses, user.
    Connection,
    /// When and how it is recorded.
    Recording,
}

/// The camera that is edited, within the draft of all settings.
struct Edited<'a> {
    draft: &'a mut Draft,
    id: &'a CameraId,
}

impl Edited<'_> {
    /// As it is on the page.
    fn camera(&self) -> Option<&CameraSettings> {
        self.draft.get().cameras.iter().find(|camera| camera.id == *self.id)
    }

    fn edit(&mut self, change: impl FnOnce(&mut CameraSettings)) {
        let id = self.id;
        self.draft.edit(|settings| {
            if let Some(camera) = settings.cameras.iter_mut().find(|camera| camera.id == *id) {
                change(camera);
            }
        });
    }

    /// What is wrong with this camera as a whole: the key, and a sentence.
    fn problem(&self) -> Option<(&'static str, String)> {
        let (keys, why) = self.draft.problem()?;
        let [Path::Name("camera"), Path::Number(number), Path::Name(key)] = keys.as_slice() else {
            return None;
        };
        let camera = self.draft.get().cameras.get(*number)?;
        (camera.id == *self.id).then_some((*key, why))
    }
}

/// The editor.
pub struct Editor {
    id: CameraId,
    tab: Tab,
    draft: Draft,
    connection: Connection,
    recording: Recording,
    copy: Option<CopySheet>,
    guard: LossGuard,
    /// The question about footage that a change deletes is open.
    asking: bool,
    /// Save was refused because of a field.
    told: bool,
    leaving: Leaving,
    /// The connection is to be tested with the next frame.
    tests: bool,
}

/// Whether the operator wants to go back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaving {
    No,
    /// There are changes: asked what becomes of them.
    Asking,
    /// As soon as they are saved.
    WhenSaved,
    Now,
}

impl Editor {
    /// On a camera.
    pub fn new(id: CameraId, tab: Tab) -> Self {
        Self {
            id,
            tab,
            draft: Draft::default(),
            connection: Connection::default(),
            recording: Recording::default(),
            copy: None,
            guard: LossGuard::default(),
            asking: false,
            told: false,
            leaving: Leaving::No,
            tests: false,
        }
    }

    /// On a camera whose connection is tested at once.
    pub fn testing(id: CameraId) -> Self {
        Self { tests: true, ..Self::new(id, Tab::Connection) }
    }

    /// Whether a sheet is open.
    pub fn is_asking(&self) -> bool {
        self.asking || self.leaving == Leaving::Asking || self.copy.is_some()
    }

    /// Whether something is not saved.
    pub fn is_changed(&self) -> bool {
        self.draft.is_changed() || self.is_wrong()
    }

    /// Goes back, after a question when something is not saved.
    pub fn back(&mut self) -> bool {
        self.leaving = if self.is_changed() { Leaving::Asking } else { Leaving::Now };
        true
    }

    /// Ends what is watched.
    pub fn leave(&mut self, stage: &mut Stage<'_>) {
        self.recording.leave(stage);
    }

    /// Takes what is new; whether it stays open.
    pub fn follow(&mut self, stage: &Stage<'_>) -> bool {
        let saved = self.draft.follow(stage);
        if saved {
            self.reset();
        }
        let is_there = self.draft.get().cameras.iter().any(|camera| camera.id == self.id);
        let left = saved && self.leaving == Leaving::WhenSaved;
        is_there && !left && self.leaving != Leaving::Now
    }

    /// Shows it; gives another page, when one is wanted.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Go> {
        let press = self.bar(ui, stage);
        let mut go = None;
        super::super::content(ui, |ui| {
            self.sentences(ui, stage);
            let mut edited = Edited { draft: &mut self.draft, id: &self.id };
            match self.tab {
                Tab::Connection => {
                    self.recording.leave(stage);
                    let tests = std::mem::take(&mut self.tests);
                    self.connection.ui(ui, stage, &mut edited, tests);
                }
                Tab::Recording => {
                    let wish = self.recording.ui(ui, stage, &mut edited);
                    go = wish.go;
                    if wish.copy {
                        self.copy = Some(CopySheet::default());
                    }
                }
            }
        });
        self.act(ui, stage, press);
        self.sheets(ui, stage);
        if self.leaving == Leaving::Now {
            ui.request_repaint();
        }
        go
    }

    fn act(&mut self, ui: &Ui, stage: &mut Stage<'_>, press: Option<Press>) {
        let by_key = !self.is_asking() && keys::take_with(ui, Modifiers::COMMAND, Key::S);
        match press.or(by_key.then_some(Press::Bar(saving::Press::Save))) {
            Some(Press::Bar(saving::Press::Save)) => self.save(stage),
            Some(Press::Bar(saving::Press::Discard)) => self.discard(),
            Some(Press::Back) => {
                self.back();
            }
            Some(Press::Show(tab)) => self.tab = tab,
            None => {}
        }
        if self.guard.is_saving() {
            self.asking = self.guard.ui(ui, stage, &mut self.draft);
        } else {
            self.asking = false;
        }
        // Without anything to wait for it is not left by itself later.
        let waits = self.guard.is_saving() || self.draft.is_waiting();
        if self.leaving == Leaving::WhenSaved && !waits && self.draft.is_changed() {
            self.leaving = Leaving::No;
        }
    }

    fn sheets(&mut self, ui: &Ui, stage: &mut Stage<'_>) {
        if let Some(copy) = &mut self.copy
            && copy.ui(ui, &mut self.draft, &self.id)
        {
            self.copy = None;
        }
        if self.leaving == Leaving::Asking {
            match leave_sheet(ui) {
                Some(Answer::Stay) => self.leaving = Leaving::No,
                Some(Answer::Discard) => {
                    self.discard();
                    self.leaving = Leaving::Now;
                }
                Some(Answer::Save) => {
                    self.leaving = Leaving::WhenSaved;
                    self.save(stage);
                }
                None => {}
            }
        }
    }

    fn bar(&self, ui: &mut Ui, stage: &Stage<'_>) -> Option<Press> {
        let mut press = None;
        page_bar(ui, |ui| {
            if icon_button(ui, ICON_ARROW_BACK, words::BACK, "Esc", Look::Quiet).clicked() {
                press = Some(Press::Back);
            }
            let name = stage.name_of(&self.id);
            if let Some(camera) = stage.camera(&self.id) {
                let (rect, _) =
                    ui.allocate_exact_size(egui::Vec2::splat(12.0), egui::Sense::hover());
                state_dot(ui.painter(), rect.center(), &camera.link);
            }
            let title = RichText::new(name).font(theme::strong(theme::TITLE));
            ui.add(egui::Label::new(title).truncate().show_tooltip_when_elided(true));
            ui.add_space(12.0);
            let tabs = [
                (words::CONNECTION, words::CONNECTION_TIP.to_owned()),
                (words::RECORDING, words::RECORDING_TIP.to_owned()),
            ];
            let on = usize::from(self.tab == Tab::Recording);
            if let Some(i) = segmented(ui, words::TABS, &tabs, Some(on)) {
                press = Some(Press::Show(if i == 1 { Tab::Recording } else { Tab::Connection }));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                press = self.saving(ui).or(press);
            });
        });
        press
    }

    fn saving(&self, ui: &mut Ui) -> Option<Press> {
        let state = State::of(self.guard.is_saving(), self.draft.is_waiting());
        save_bar(ui, self.is_changed(), state).map(Press::Bar)
    }

    /// What happens now and why; and why nothing was saved.
    fn sentences(&self, ui: &mut Ui, stage: &Stage<'_>) {
        if let Some(camera) = stage.camera(&self.id) {
            let colour = theme::recording(&camera.recording);
            ui.horizontal(|ui| {
                let (rect, _) =
                    ui.allocate_exact_size(egui::Vec2::splat(10.0), egui::Sense::hover());
                ui.painter().circle_filled(rect.center(), 4.5, colour);
                ui.label(&camera.sentence);
            });
        }
        let refused = self.draft.refused().map(words::not_saved);
        let marked = (self.told && self.is_wrong()).then(|| words::MEND_FIRST.to_owned());
        let problem = self.draft.problem().filter(|_| self.told);
        let problem = problem.map(|(_, why)| words::not_saved(&why));
        let Some(text) = refused.or(marked).or(problem) else { return };
        refusal(ui, &text);
    }

    /// Whether a field holds what is not taken.
    fn is_wrong(&self) -> bool {
        self.connection.is_wrong() || self.recording.is_wrong()
    }

    fn save(&mut self, stage: &mut Stage<'_>) {
        self.told = self.is_wrong() || self.draft.problem().is_some();
        if self.told {
            self.leaving = Leaving::No;
        } else if self.changes_retention() {
            self.guard.save();
        } else {
            self.draft.save(stage.desk);
        }
    }

    /// Only then footage may go at once.
    fn changes_retention(&self) -> bool {
        let kept = |cameras: &[CameraSettings]| {
            let kept = cameras.iter().map(|camera| (camera.id.clone(), camera.recording.retention));
            kept.collect::<Vec<_>>()
        };
        kept(&self.draft.base().cameras) != kept(&self.draft.get().cameras)
    }

    fn discard(&mut self) {
        self.draft.discard();
        self.reset();
    }

    fn reset(&mut self) {
        self.connection.reset();
        self.recording.reset();
        self.guard = LossGuard::default();
        self.told = false;
    }
}

#[derive(Clone, Copy)]
enum Press {
    Bar(saving::Press),
    Back,
    Show(Tab),
}

enum Answer {
    Save,
    Discard,
    Stay,
}

fn leave_sheet(ui: &Ui) -> Option<Answer> {
    let mut answer = None;
    let left = sheet(ui, "leave camera", 400.0, |ui| {
        ui.heading(words::LEAVE);
        ui.label(words::LEAVE_TEXT);
        ui.add_space(8.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            answer = saving::buttons(ui).map(|press| match press {
                saving::Press::Save => Answer::Save,
                saving::Press::Discard => Answer::Discard,
            });
            if ui.button(words::STAY).on_hover_text(words::STAY_TIP).clicked() {
                answer = Some(Answer::Stay);
            }
        });
    });
    if left { answer.or(Some(Answer::Stay)) } else { answer }
}
