//! The lists of bookmarks and of locks, with search.
//!
//! Must not do: keep them; the engine does.

use egui::{Pos2, Rect, ScrollArea, Ui, Vec2};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_DELETE, ICON_LOCK_OPEN};

use super::{Around, Jump, rows};
use crate::model::{Bookmark, CameraId, Lock, WallTime};
use crate::protocol::{Command, MarkChange};
use crate::ui::desk::Stage;
use crate::ui::widgets::{Look, icon_button, main_button, sheet, soft};
use crate::ui::words::{common, playback as words};
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
        rows::search(ui, words::FIND_BOOKMARK, &mut self.search);
        let marks = stage.shown.marks.get().unwrap_or_default();
        let found = |mark: &&Bookmark| self.matches(stage, &mark.camera, &mark.note);
        let found: Vec<&Bookmark> = marks.bookmarks.iter().filter(found).collect();
        if found.is_empty() {
            let text = match marks.bookmarks.is_empty() {
                true => words::NO_BOOKMARKS,
                false => words::NO_BOOKMARK_FOUND,
            };
            rows::nothing(ui, text);
        }
        let entry = |mark: &&Bookmark| Entry {
            title: if mark.note.is_empty() { common::BOOKMARK } else { &mark.note }.to_owned(),
            camera: mark.camera.clone(),
            at: mark.at,
            length: String::new(),
            here: mark.at == around.playhead,
            stripe: theme::accent(),
            button: (ICON_DELETE, words::remove_bookmark),
            explanation: words::SHOW_MOMENT,
        };
        match list(ui, stage, &found.iter().map(entry).collect::<Vec<_>>()) {
            Some((index, Done::Button)) => {
                let mark = (*found.get(index)?).clone();
                stage.desk.send(Command::Mark(MarkChange::RemoveBookmark(mark)));
                None
            }
            Some((_, Done::Row(jump))) => Some(jump),
            None => None,
        }
    }

    /// Shows the locks of all cameras; one that was clicked.
    pub fn locks(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        around: &Around<'_>,
    ) -> Option<Jump> {
        rows::search(ui, words::FIND_LOCK, &mut self.search);
        let marks = stage.shown.marks.get().unwrap_or_default();
        let found = |lock: &&Lock| self.matches(stage, &lock.camera, &lock.note);
        let found: Vec<&Lock> = marks.locks.iter().filter(found).collect();
        if found.is_empty() {
            let text = match marks.locks.is_empty() {
                true => words::NO_LOCKS,
                false => words::NO_LOCK_FOUND,
            };
            rows::nothing(ui, text);
        }
        let entry = |lock: &&Lock| Entry {
            title: if lock.note.is_empty() { words::LOCKED } else { &lock.note }.to_owned(),
            camera: lock.camera.clone(),
            at: lock.span.start,
            length: format!(", {}", format::duration(lock.span.micros())),
            here: lock.span.contains(around.playhead),
            stripe: theme::locked(),
            button: (ICON_LOCK_OPEN, words::unlock),
            explanation: words::SHOW_RANGE,
        };
        let done = list(ui, stage, &found.iter().map(entry).collect::<Vec<_>>());
        self.ask_before_unlocking(ui, stage);
        match done {
            Some((index, Done::Button)) => {
                self.unlocking = found.get(index).map(|lock| (*lock).clone());
                None
            }
            Some((_, Done::Row(jump))) => Some(jump),
            None => None,
        }
    }

    /// Unlocked footage may be deleted at once: that is asked first.
    fn ask_before_unlocking(&mut self, ui: &Ui, stage: &mut Stage<'_>) {
        let Some(lock) = self.unlocking.clone() else { return };
        let mut done = false;
        let left = sheet(ui, "unlock", 400.0, |ui| {
            ui.heading(words::UNLOCK_TITLE);
            let from = stage.zone.brief_seconds(lock.span.start, stage.now);
            let to = stage.zone.brief_seconds(lock.span.end, lock.span.start);
            let camera = stage.name_of(&lock.camera);
            ui.label(common::range(&camera, &from, &to));
            if !lock.note.is_empty() {
                ui.label(soft(lock.note.clone()));
            }
            ui.label(soft(words::UNLOCK_WARNING));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if main_button(ui, words::UNLOCK, words::UNLOCK_TIP).clicked() {
                    let (camera, span) = (lock.camera.clone(), lock.span);
                    done = stage.desk.send(Command::Mark(MarkChange::Unlock { camera, span }));
                }
                done |= ui.button(common::CANCEL).on_hover_text(words::UNLOCK_CANCEL_TIP).clicked();
            });
        });
        if left || done {
            self.unlocking = None;
        }
    }

    fn matches(&self, stage: &Stage<'_>, camera: &CameraId, note: &str) -> bool {
        let words = self.search.trim().to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&words);
        has(note) || has(&stage.name_of(camera))
    }
}

/// A row.
struct Entry {
    title: String,
    camera: CameraId,
    at: WallTime,
    /// What follows the time.
    length: String,
    /// Whether the playhead is there.
    here: bool,
    stripe: egui::Color32,
    /// What its button shows, and its name by the title.
    button: (MaterialIcon, fn(&str) -> String),
    explanation: &'static str,
}

/// What was done to a row.
enum Done {
    /// Its button was pressed.
    Button,
    /// It was clicked.
    Row(Jump),
}

/// Shows the rows; the one to which something was done.
fn list(ui: &mut Ui, stage: &Stage<'_>, entries: &[Entry]) -> Option<(usize, Done)> {
    let mut done = None;
    ui.spacing_mut().item_spacing.y = 2.0;
    let area = ScrollArea::vertical().auto_shrink([false, false]);
    area.show_rows(ui, rows::LOW, entries.len(), |ui, visible| {
        for (index, entry) in entries.iter().enumerate().take(visible.end).skip(visible.start) {
            if let Some(what) = row(ui, stage, entry) {
                done = Some((index, what));
            }
        }
    });
    done
}

fn row(ui: &mut Ui, stage: &Stage<'_>, entry: &Entry) -> Option<Done> {
    let when = stage.zone.brief_seconds(entry.at, stage.now);
    let second = format!("{}, {when}{}", stage.name_of(&entry.camera), entry.length);
    let label = format!("{}, {second}", entry.title);
    let (rect, response) = rows::ground(ui, rows::LOW, &label, entry.here);
    stripe(ui, rect, entry.stripe);
    rows::lines(ui, text_place(rect), &entry.title, &second);
    let (glyph, name) = entry.button;
    let name = name(&entry.title);
    if end_button(ui, rect, |ui| icon_button(ui, glyph, &name, "", Look::Quiet).clicked()) {
        return Some(Done::Button);
    }
    let jump = || Done::Row(Jump { camera: entry.camera.clone(), at: entry.at });
    response.on_hover_text(entry.explanation).clicked().then(jump)
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
