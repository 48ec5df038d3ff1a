//! Setup, Devices: the table of cameras, the editor of one of them, and the sheets that add, find, remove, import
//! and export cameras.
//!
//! Must not do: remove anything without asking.

mod add;
mod address;
mod editor;
mod group_menu;
mod remove;
mod search;
mod table;
mod test;
mod transfer;

use egui::Ui;
use egui_material_icons::icons::{
    ICON_ADD, ICON_DOWNLOAD, ICON_TRAVEL_EXPLORE, ICON_UPLOAD, ICON_VIDEOCAM,
};

use self::add::AddCamera;
use self::editor::{Editor, Tab};
use self::remove::Removing;
use self::search::{Next, Search};
use self::table::{Act, Table};
use self::transfer::Transfer;
use crate::model::CameraId;
use crate::ui::app::Go;
use crate::ui::desk::Stage;
use crate::ui::theme;
use crate::ui::widgets::{icon, labelled_button, main_icon_button, soft, strong, title_bar};
use crate::ui::words::{common, devices as words};

/// The page.
#[derive(Default)]
pub struct DevicesPage {
    table: Table,
    editor: Option<Editor>,
    removing: Option<Removing>,
    add: AddCamera,
    search: Search,
    transfer: Option<Transfer>,
    /// The search is to be opened with the next frame.
    wants_search: bool,
}

/// What the bar wants.
#[derive(Clone, Copy)]
enum Press {
    Add,
    Search,
    Import,
    Export,
}

impl DevicesPage {
    /// Whether a sheet is open.
    pub fn is_open(&self) -> bool {
        self.removing.is_some()
            || self.add.is_open()
            || self.search.is_open()
            || self.transfer.is_some()
            || self.editor.as_ref().is_some_and(Editor::is_asking)
    }

    /// Opens the sheet that adds a camera.
    pub fn open_add(&mut self) {
        self.add = AddCamera::opened();
    }

    /// Opens the editor of a camera, unless another one has unsaved changes.
    pub fn edit(&mut self, camera: CameraId) {
        if self.editor.as_ref().is_none_or(|editor| !editor.is_changed()) {
            self.editor = Some(Editor::new(camera, Tab::Connection));
        }
    }

    /// Opens the search.
    pub const fn open_search(&mut self) {
        self.wants_search = true;
    }

    /// Goes back from the editor, if it is open.
    pub fn back(&mut self) -> bool {
        self.editor.as_mut().is_some_and(Editor::back)
    }

    /// Another page is shown.
    pub fn leave(&mut self, stage: &mut Stage<'_>) {
        if let Some(editor) = &mut self.editor {
            editor.leave(stage);
        }
    }

    /// Shows the page.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Go> {
        if let Some(editor) = &mut self.editor
            && !editor.follow(stage)
        {
            editor.leave(stage);
            self.editor = None;
        }
        let mut go = None;
        match &mut self.editor {
            Some(editor) => go = editor.ui(ui, stage),
            None => self.list(ui, stage),
        }
        self.sheets(ui, stage);
        go
    }

    fn list(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) {
        let is_empty = stage.snapshot.cameras.is_empty();
        let press = title_bar(ui, words::TITLE, |ui| {
            let press = bar(ui, is_empty);
            if !is_empty {
                self.table.filter(ui);
            }
            press
        });
        match press {
            Some(Press::Add) => self.open_add(),
            Some(Press::Search) => self.wants_search = true,
            Some(Press::Import) => self.transfer = Some(Transfer::import(stage)),
            Some(Press::Export) => self.transfer = Some(Transfer::export(stage)),
            None => {}
        }
        let mut act = None;
        super::content(ui, |ui| {
            if is_empty {
                empty(ui);
            } else {
                act = self.table.ui(ui, stage);
            }
        });
        match act {
            Some(Act::Open(id)) => self.editor = Some(Editor::new(id, Tab::Connection)),
            Some(Act::Test(id)) => self.editor = Some(Editor::testing(id)),
            Some(Act::Remove(id)) => self.removing = Some(Removing::new(id, stage)),
            None => {}
        }
    }

    fn sheets(&mut self, ui: &Ui, stage: &mut Stage<'_>) {
        if std::mem::take(&mut self.wants_search) {
            self.search.open(stage);
        }
        match self.search.ui(ui, stage) {
            Some(Next::Add(add)) => self.add = *add,
            Some(Next::Closed) | None => {}
        }
        self.add.ui(ui, stage);
        if self.removing.as_mut().is_some_and(|removing| removing.ui(ui, stage)) {
            self.removing = None;
        }
        if self.transfer.as_mut().is_some_and(|transfer| transfer.ui(ui, stage)) {
            self.transfer = None;
        }
    }
}

fn bar(ui: &mut Ui, is_empty: bool) -> Option<Press> {
    let mut press = None;
    if main_icon_button(ui, ICON_ADD, words::ADD, words::ADD_TIP).clicked() {
        press = Some(Press::Add);
    }
    let buttons = [
        (ICON_TRAVEL_EXPLORE, words::SEARCH, words::SEARCH_TIP, Press::Search),
        (ICON_UPLOAD, words::EXPORT, words::EXPORT_TIP, Press::Export),
        (ICON_DOWNLOAD, words::IMPORT, words::IMPORT_TIP, Press::Import),
    ];
    for (glyph, name, tip, what) in buttons {
        let enabled = !(is_empty && matches!(what, Press::Export));
        ui.add_enabled_ui(enabled, |ui| {
            if labelled_button(ui, glyph, name, tip, "").clicked() {
                press = Some(what);
            }
        });
    }
    press
}

fn empty(ui: &mut Ui) {
    ui.add_space(120.0);
    ui.vertical_centered(|ui| {
        ui.label(icon(ICON_VIDEOCAM, 36.0).color(theme::text_faint()));
        ui.label(strong(common::NO_CAMERA));
        ui.label(soft(words::NO_CAMERA_TEXT));
    });
}
