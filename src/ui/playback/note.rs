//! The sheet that asks for a note: for a bookmark, or for a range that is to be kept.
//!
//! Must not do: choose moment or range; the page does.

use egui::{Align, Key, Layout, Ui};

use crate::model::{Bookmark, CameraId, Lock, WallSpan, WallTime};
use crate::protocol::{Command, MarkChange};
use crate::ui::desk::Stage;
use crate::ui::format;
use crate::ui::widgets::{field, main_button, sheet, soft};
use crate::ui::words::{common, playback as words};

/// Characters of a note at most: it stands in one line of a list.
const LONGEST: usize = 200;

/// What the note is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A moment.
    Moment(CameraId, WallTime),
    /// A range of these cameras.
    Range(Vec<CameraId>, WallSpan),
}

/// The open sheet.
pub struct NoteSheet {
    about: About,
    note: String,
    focused: bool,
}

impl NoteSheet {
    /// Asks for a note about this.
    pub const fn new(about: About) -> Self {
        Self { about, note: String::new(), focused: false }
    }

    /// Shows it; true when it is to be closed.
    pub fn ui(&mut self, ui: &Ui, stage: &mut Stage<'_>) -> bool {
        let mut done = false;
        let left = sheet(ui, "note", 420.0, |ui| {
            let (title, what, hint, button) = self.words(stage);
            ui.heading(title);
            ui.label(soft(what));
            let response = field(ui, words::NOTE, hint, &mut self.note, false);
            if !std::mem::replace(&mut self.focused, true) {
                response.request_focus();
            }
            if let Some((cut, _)) = self.note.char_indices().nth(LONGEST) {
                self.note.truncate(cut);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let enter = ui.input(|i| i.key_pressed(Key::Enter));
                if main_button(ui, button, words::NOTE_SAVE_TIP).clicked() || enter {
                    done = self.save(stage);
                }
                done |= ui.button(common::CANCEL).on_hover_text(words::NOTE_CANCEL_TIP).clicked();
            });
        });
        left || done
    }

    fn words(&self, stage: &Stage<'_>) -> (&'static str, String, &'static str, &'static str) {
        let name = |id: &CameraId| stage.name_of(id);
        let zone = stage.zone;
        match &self.about {
            About::Moment(camera, at) => {
                let what =
                    format!("{}, {} {}", name(camera), zone.short_date(*at), zone.millis(*at));
                (common::BOOKMARK, what, words::BOOKMARK_HINT, words::BOOKMARK_SAVE)
            }
            About::Range(cameras, span) => {
                let names: Vec<String> = cameras.iter().map(name).collect();
                let from = zone.brief_seconds(span.start, stage.now);
                let to = zone.brief_seconds(span.end, span.start);
                let length = format::duration(span.micros());
                let what = words::lock_range(&names.join(", "), &from, &to, &length);
                (words::LOCK, what, words::LOCK_HINT, words::LOCK)
            }
        }
    }

    fn save(&self, stage: &mut Stage<'_>) -> bool {
        let note = self.note.trim().to_owned();
        match &self.about {
            About::Moment(camera, at) => {
                let bookmark = Bookmark { camera: camera.clone(), at: *at, note };
                stage.desk.send(Command::Mark(MarkChange::AddBookmark(bookmark)))
            }
            About::Range(cameras, span) => cameras.iter().all(|camera| {
                let lock = Lock { camera: camera.clone(), span: *span, note: note.clone() };
                stage.desk.send(Command::Mark(MarkChange::Lock(lock)))
            }),
        }
    }
}
