//! The bar of the live wall: what it shows, in how many tiles, which page, and what concerns the picked camera.
//!
//! Must not do: decide what the wall shows; it asks `show`.

use egui::{Align, Button, Layout, Popup, RichText, Stroke, Ui};
use egui_material_icons::icons::{
    ICON_CHEVRON_LEFT, ICON_CHEVRON_RIGHT, ICON_DASHBOARD_CUSTOMIZE, ICON_EXPAND_MORE,
    ICON_FULLSCREEN, ICON_GRID_VIEW, ICON_PHOTO_CAMERA, ICON_REPLAY_30,
};

use super::LivePage;
use super::naming::Naming;
use super::show::{self, OnWall};
use super::wall;
use crate::model::Settings;
use crate::ui::app::Go;
use crate::ui::desk::Stage;
use crate::ui::theme;
use crate::ui::widgets::{Look, icon, icon_button, labelled_button, segmented, soft};
use crate::ui::words::{common, live as words};

impl LivePage {
    pub(super) fn bar(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        settings: &Settings,
        on: &OnWall,
    ) -> Option<Go> {
        match self.enlarged.as_ref().and_then(|id| stage.camera(id)) {
            Some(camera) => {
                let wall = labelled_button(ui, ICON_GRID_VIEW, words::WALL, words::TO_WALL, "Esc");
                if wall.clicked() {
                    self.enlarged = None;
                }
                ui.label(RichText::new(&camera.name).font(theme::strong(16.0)));
            }
            None => {
                self.walls(ui, stage, settings);
                ui.add_space(8.0);
                self.layouts(ui, on);
                self.pages(ui, on);
            }
        }
        let mut go = None;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, ICON_FULLSCREEN, common::FULL_SCREEN, "F", Look::Quiet).clicked() {
                go = Some(Go::ToggleFullscreen);
            }
            let picked = self.picked.clone().or_else(|| self.enlarged.clone());
            ui.add_enabled_ui(picked.is_some(), |ui| {
                let back = labelled_button(ui, ICON_REPLAY_30, words::BACK, words::BACK_TIP, "B");
                let (name, tip) = (common::SNAPSHOT, words::SNAPSHOT_TIP);
                let save = labelled_button(ui, ICON_PHOTO_CAMERA, name, tip, "S");
                let Some(camera) = &picked else { return };
                if back.clicked() {
                    go = Some(super::back(camera, stage.now));
                }
                if save.clicked() {
                    stage.desk.send(super::snapshot_of(camera.clone()));
                }
            });
        });
        go
    }

    fn layouts(&mut self, ui: &mut Ui, on: &OnWall) {
        let mut options = wall::SIZES.map(|n| (wall::label(n), words::up_to(n))).to_vec();
        options.push((words::CUSTOM, words::CUSTOM_TIP.to_owned()));
        let selected = match on.layout {
            Some(layout) => wall::SIZES.iter().position(|n| *n == layout.tiles()),
            None => Some(wall::SIZES.len()),
        };
        let Some(chosen) = segmented(ui, words::WALL, &options, selected) else { return };
        match wall::SIZES.get(chosen) {
            Some(tiles) => {
                self.arranging = false;
                self.show(show::squares(&self.wall, *tiles));
            }
            None if on.layout.is_some() => {
                self.arranging = true;
                self.arrange(on, |_| {});
            }
            None => self.arranging = !self.arranging,
        }
    }

    pub(super) fn pages(&mut self, ui: &mut Ui, on: &OnWall) {
        let (count, page) = (on.cameras.len(), on.page(self.first).len());
        if page >= count {
            return;
        }
        ui.add_space(8.0);
        let key = "PageUp";
        if icon_button(ui, ICON_CHEVRON_LEFT, words::PREVIOUS, key, Look::Quiet).clicked() {
            self.first = on.previous_page(self.first);
        }
        let last = self.first + page;
        ui.label(soft(words::page(self.first + 1, last, count)));
        let key = "PageDown";
        if icon_button(ui, ICON_CHEVRON_RIGHT, words::NEXT, key, Look::Quiet).clicked() {
            self.first = on.next_page(self.first);
        }
    }

    /// The menu of walls.
    pub(super) fn walls(&mut self, ui: &mut Ui, stage: &Stage<'_>, settings: &Settings) {
        let title = show::title(&self.wall, settings);
        let text = RichText::new(&title).font(theme::strong(16.0));
        let button = Button::new((text, icon(ICON_EXPAND_MORE, theme::ICON)))
            .stroke(Stroke::NONE)
            .fill(egui::Color32::TRANSPARENT);
        let response = ui.add(button).accessible_name(words::walls(&title));
        Popup::menu(&response).show(|ui| {
            ui.set_min_width(220.0);
            ui.spacing_mut().item_spacing.y = 2.0;
            self.choices(ui, stage, settings);
            if !stage.kiosk {
                self.saving(ui, settings);
            }
        });
        response.on_hover_text(words::WALLS);
    }

    fn choices(&mut self, ui: &mut Ui, stage: &Stage<'_>, settings: &Settings) {
        let plain = self.wall.view.is_none() && self.wall.arranged.is_none();
        let all = plain && self.wall.group.is_none();
        if item(ui, words::ALL_CAMERAS, all) {
            self.choose(show::group(&self.wall, None));
        }
        let groups = show::groups(&stage.snapshot.cameras);
        section(ui, words::GROUPS, groups.len());
        for group in groups {
            let on = plain && self.wall.group.as_ref() == Some(&group);
            if item(ui, &group, on) {
                self.choose(show::group(&self.wall, Some(group)));
            }
        }
        section(ui, words::VIEWS, settings.views.len());
        for view in &settings.views {
            if item(ui, &view.name, self.wall.view.as_ref() == Some(&view.name)) {
                self.choose(show::view(&view.name));
            }
        }
    }

    /// What is done with the wall that is shown.
    fn saving(&mut self, ui: &mut Ui, settings: &Settings) {
        ui.separator();
        let changed = self.wall.arranged.is_some();
        let view = self.wall.view.clone().filter(|name| settings.view(name).is_some());
        if let (Some(view), true) = (&view, changed) {
            if command(ui, &words::save_changes(view), words::SAVE_TIP) {
                self.save(view.clone());
            }
            if command(ui, words::UNDO, words::UNDO_TIP) {
                self.choose(show::view(view));
            }
        }
        if command(ui, words::SAVE_AS, words::SAVE_AS_TIP) {
            self.naming = Some(Naming::save());
        }
        if let Some(view) = view {
            if command(ui, words::RENAME, words::RENAME_TIP) {
                self.naming = Some(Naming::rename(&view));
            }
            if command(ui, words::DELETE, words::DELETE_TIP) {
                self.naming = Some(Naming::delete(&view));
            }
        }
    }
}

fn section(ui: &mut Ui, name: &str, entries: usize) {
    if entries > 0 {
        ui.add_space(4.0);
        ui.label(RichText::new(name).size(theme::CAPTION).color(theme::text_faint()));
    }
}

/// One of several walls; true when it was chosen.
fn item(ui: &mut Ui, text: &str, on: bool) -> bool {
    let button = Button::selectable(on, text).min_size(egui::Vec2::new(ui.available_width(), 28.0));
    let clicked = ui.add(button).accessible_name(words::wall(text)).clicked();
    if clicked {
        ui.close();
    }
    clicked
}

/// Something that is done; true when it was chosen.
fn command(ui: &mut Ui, text: &str, explanation: &str) -> bool {
    let button =
        Button::new((icon(ICON_DASHBOARD_CUSTOMIZE, 16.0).color(theme::text_soft()), text))
            .stroke(Stroke::NONE)
            .fill(egui::Color32::TRANSPARENT)
            .min_size(egui::Vec2::new(ui.available_width(), 28.0));
    let clicked = ui.add(button).accessible_name(text).on_hover_text(explanation).clicked();
    if clicked {
        ui.close();
    }
    clicked
}
