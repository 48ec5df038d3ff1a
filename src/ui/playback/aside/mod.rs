//! The lists at the right of Playback: motion events, bookmarks, locks, the day in pictures, and the export tray.
//!
//! Must not do: move the playhead; a click says where to.

mod day;
mod events;
mod export;
mod marks;
mod rows;

use egui::{Frame, Margin, Ui};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_BOOKMARK, ICON_CLOSE, ICON_DIRECTIONS_RUN, ICON_DOWNLOAD, ICON_GRID_VIEW, ICON_LOCK,
};

use super::wishes::Wishes;
use crate::model::{CameraId, WallSpan, WallTime};
use crate::protocol::{CameraStatus, TimelineAnswer};
use crate::ui::desk::Stage;
use crate::ui::theme;
use crate::ui::widgets::{Look, icon_button};
use crate::ui::words::playback as words;

/// Width of the lists.
const WIDTH: f32 = 296.0;

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// What moved.
    Events,
    /// Notes on moments.
    Bookmarks,
    /// Ranges that are kept.
    Locks,
    /// Small pictures through the day.
    Day,
    /// What is taken out.
    Export,
}

/// Icon, name and key of each list.
const TABS: [(Tab, MaterialIcon, &str, &str); 5] = [
    (Tab::Events, ICON_DIRECTIONS_RUN, words::EVENTS, ""),
    (Tab::Day, ICON_GRID_VIEW, words::DAY, ""),
    (Tab::Bookmarks, ICON_BOOKMARK, words::BOOKMARKS, ""),
    (Tab::Locks, ICON_LOCK, words::LOCKS, ""),
    (Tab::Export, ICON_DOWNLOAD, words::EXPORT_TRAY, "E"),
];

/// What the page shows, for the lists.
pub struct Around<'a> {
    /// The chosen cameras.
    pub cameras: &'a [&'a CameraStatus],
    /// The one that keys and buttons mean.
    pub picked: Option<&'a CameraId>,
    /// The moment shown.
    pub playhead: WallTime,
    /// From "in" to "out".
    pub range: Option<WallSpan>,
    /// What is known of the footage.
    pub answer: &'a TimelineAnswer,
}

/// A place to go to.
pub struct Jump {
    /// Of this camera.
    pub camera: CameraId,
    /// When.
    pub at: WallTime,
}

/// What an operator did in the lists.
pub enum Act {
    /// A click on an entry.
    Jump(Jump),
    /// The range begins at the playhead.
    In,
    /// The range ends at the playhead.
    Out,
    /// This is the range.
    Range(WallSpan),
    /// No range any more.
    ClearRange,
}

/// The lists.
#[derive(Default)]
pub struct Aside {
    open: Option<Tab>,
    last: Option<Tab>,
    events: events::Events,
    marks: marks::Marks,
    export: export::Tray,
}

impl Aside {
    /// Whether it is shown.
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Opens the list shown last, or closes it.
    pub fn toggle(&mut self) {
        self.open = if self.open.is_some() { None } else { self.last.or(Some(Tab::Events)) };
    }

    /// Opens this list; closes it when it is the one that is open.
    pub fn show(&mut self, tab: Tab) {
        self.open = (self.open != Some(tab)).then_some(tab);
        self.last = Some(tab);
    }

    /// Closes it; false when it was not open.
    pub const fn close(&mut self) -> bool {
        self.open.take().is_some()
    }

    /// Length and size of the range, for the timeline.
    pub fn range_note(&mut self, ui: &Ui, stage: &Stage<'_>, around: &Around<'_>) -> String {
        self.export.ask(ui, stage, around);
        self.export.note(stage, around)
    }

    /// Shows the open list.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        around: &Around<'_>,
        wishes: &mut Wishes,
    ) -> Option<Act> {
        let tab = self.open?;
        let frame = Frame::new().fill(theme::panel()).inner_margin(Margin::same(12));
        let panel = egui::Panel::right("lists").exact_size(WIDTH).frame(frame);
        panel
            .show(ui, |ui| {
                self.head(ui, tab);
                ui.add_space(4.0);
                match tab {
                    Tab::Events => self.events.ui(ui, stage, around, wishes).map(Act::Jump),
                    Tab::Day => day::ui(ui, stage, around, wishes).map(Act::Jump),
                    Tab::Bookmarks => self.marks.bookmarks(ui, stage, around).map(Act::Jump),
                    Tab::Locks => self.marks.locks(ui, stage, around).map(Act::Jump),
                    Tab::Export => self.export.ui(ui, stage, around),
                }
            })
            .inner
    }

    fn head(&mut self, ui: &mut Ui, open: Tab) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (tab, glyph, name, key) in TABS {
                let look = if tab == open { Look::On } else { Look::Quiet };
                if icon_button(ui, glyph, name, key, look).clicked() {
                    self.open = Some(tab);
                    self.last = Some(tab);
                }
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if icon_button(ui, ICON_CLOSE, words::CLOSE_LIST, "Esc", Look::Quiet).clicked() {
                    self.open = None;
                }
            });
        });
    }
}
