//! The lists of bookmarks and of locks, with search.
//!
//! Must not do: keep them; the engine does.

use egui::{Pos2, Rect, ScrollArea, Ui, Vec2};
use egui_material_icons::icons::{ICON_DELETE, ICON_LOCK_OPEN};

use super::{Around, Jump, rows};
use crate::model::{Bookmark, CameraId, Lock};
use crate::protocol::Command;
use crate::ui::desk::Stage;
use crate::ui::widgets::{Look, icon_button, main_button, sheet, soft};
use crate::ui::{format, theme};

/// The lists.
#[derive(Default)]
pub struct Marks {
    search: String,
    unlocking: Option<Lock>,
}

impl Marks {
    /// Shows the bookmarks of all cameras; one that was clicked.
    pub fn bookmarks(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        around: &Around<'_>,
    ) -> Option<Jump> {
        rows::search(ui, "Find a bookmark", &mut self.search);
        let marks = stage.shown.marks.get().unwrap_or_default();
        let found: Vec<&Bookmark> = marks
            .bookmarks
            .iter()
            .filter(|mark| self.matches(stage, &mark.camera, &mark.note))
            .collect();
        if found.is_empty() {
            let text = match marks.bookmarks.is_empty() {
                true => "No bookmarks yet. M notes the moment shown.",
                false => "No bookmark has these words.",
            };
            rows::nothing(ui, text);
            return None;
        }
        let mut jump = None;
        ui.spacing_mut().item_spacing.y = 2.0;
        let area = ScrollArea::vertical().auto_shrink([false, false]);
        area.show_rows(ui, rows::LOW, found.len(), |ui, visible| {
            for mark in visible.filter_map(|index| found.get(index)) {
                let here = mark.at == around.playhead;
                let when = stage.zone.brief_seconds(mark.at, stage.now);
                let name = name(stage, &mark.camera);
                let title = if mark.note.is_empty() { "Bookmark" } else { &mark.note };
                let label = format!("{title}, {name}, {when}");
                let (rect, response) = rows::ground(ui, rows::LOW, &label, here);
                stripe(ui, rect, theme::ACCENT);
                rows::lines(ui, text_place(rect), title, &format!("{name}, {when}"));
                if end_button(ui, rect, |ui| {
                    let what = format!("Remove the bookmark {title}");
                    icon_button(ui, ICON_DELETE, &what, "", Look::Quiet).clicked()
                }) {
                    stage.desk.send(Command::RemoveBookmark((*mark).clone()));
                } else if response.on_hover_text("Shows this moment").clicked() {
                    jump = Some(Jump { camera: mark.camera.clone(), at: mark.at });
                }
            }
        });
        jump
    }

    /// Shows the locks of all cameras; one that was clicked.
    pub fn locks(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        around: &Around<'_>,
    ) -> Option<Jump> {
        rows::search(ui, "Find a lock", &mut self.search);
        let marks = stage.shown.marks.get().unwrap_or_default();
        let found: Vec<&Lock> = marks
            .locks
            .iter()
            .filter(|lock| self.matches(stage, &lock.camera, &lock.note))
            .collect();
        if found.is_empty() {
            let text = match marks.locks.is_empty() {
                true => "Nothing is locked. Select a range (Shift and drag, or [ and ]), then X.",
                false => "No lock has these words.",
            };
            rows::nothing(ui, text);
        }
        let mut jump = None;
        ui.spacing_mut().item_spacing.y = 2.0;
        let area = ScrollArea::vertical().auto_shrink([false, false]);
        area.show_rows(ui, rows::LOW, found.len(), |ui, visible| {
            for lock in visible.filter_map(|index| found.get(index)) {
                let here = lock.span.contains(around.playhead);
                let when = stage.zone.brief_seconds(lock.span.start, stage.now);
                let length = format::duration(lock.span.micros());
                let name = name(stage, &lock.camera);
                let title = if lock.note.is_empty() { "Locked" } else { &lock.note };
                let label = format!("{title}, {name}, {when}, {length}");
                let (rect, response) = rows::ground(ui, rows::LOW, &label, here);
                stripe(ui, rect, theme::LOCKED);
                rows::lines(ui, text_place(rect), title, &format!("{name}, {when}, {length}"));
                if end_button(ui, rect, |ui| {
                    let what = format!("Unlock {title}");
                    icon_button(ui, ICON_LOCK_OPEN, &what, "", Look::Quiet).clicked()
                }) {
                    self.unlocking = Some((*lock).clone());
                } else if response.on_hover_text("Shows the begin of this range").clicked() {
                    jump = Some(Jump { camera: lock.camera.clone(), at: lock.span.start });
                }
            }
        });
        self.ask_before_unlocking(ui, stage);
        jump
    }

    /// Unlocked footage may be deleted at once: that is asked first.
    fn ask_before_unlocking(&mut self, ui: &Ui, stage: &mut Stage<'_>) {
        let Some(lock) = self.unlocking.clone() else { return };
        let mut done = false;
        let left = sheet(ui, "unlock", 400.0, |ui| {
            ui.heading("Unlock this range?");
            let from = stage.zone.brief_seconds(lock.span.start, stage.now);
            let to = stage.zone.brief_seconds(lock.span.end, lock.span.start);
            let camera = name(stage, &lock.camera);
            ui.label(format!("{camera}, {from} to {to}"));
            if !lock.note.is_empty() {
                ui.label(soft(lock.note.clone()));
            }
            ui.label(soft("The rules may delete it from then on, old footage at once."));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let what = "Lets the rules have this range again";
                if main_button(ui, "Unlock", what).clicked() {
                    let (camera, span) = (lock.camera.clone(), lock.span);
                    done = stage.desk.send(Command::Unlock { camera, span });
                }
                done |= ui.button("Cancel").on_hover_text("It stays locked (Esc)").clicked();
            });
        });
        if left || done {
            self.unlocking = None;
        }
    }

    fn matches(&self, stage: &Stage<'_>, camera: &CameraId, note: &str) -> bool {
        let words = self.search.trim().to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&words);
        has(note) || has(&name(stage, camera))
    }
}

/// What operators call a camera, also one that has been removed.
fn name(stage: &Stage<'_>, camera: &CameraId) -> String {
    stage.camera(camera).map_or_else(|| camera.to_string(), |camera| camera.name.clone())
}

fn text_place(rect: Rect) -> Rect {
    rect.with_min_x(rect.left() + 14.0).with_max_x(rect.right() - 44.0)
}

fn stripe(ui: &Ui, rect: Rect, colour: egui::Color32) {
    let corner = Pos2::new(rect.left() + 4.0, rect.top() + 8.0);
    let bar = Rect::from_min_size(corner, Vec2::new(3.0, rect.height() - 16.0));
    ui.painter().rect_filled(bar, 1.5, colour);
}

/// A button at the right end of a row.
fn end_button(ui: &mut Ui, rect: Rect, button: impl FnOnce(&mut Ui) -> bool) -> bool {
    let size = Vec2::splat(theme::CONTROL);
    let place = Rect::from_center_size(Pos2::new(rect.right() - 22.0, rect.center().y), size);
    ui.scope_builder(egui::UiBuilder::new().max_rect(place), button).inner
}
