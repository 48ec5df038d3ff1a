//! One tile of the live wall: picture, name, state, recording badge; or why there is no picture.
//!
//! Must not do: send commands; it says what was done to it.

use egui::{
    Align2, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo,
};
use egui_material_icons::icons::{
    ICON_FULLSCREEN, ICON_FULLSCREEN_EXIT, ICON_HOURGLASS_EMPTY, ICON_PHOTO_CAMERA,
    ICON_RADIO_BUTTON_CHECKED, ICON_REFRESH, ICON_REPLAY_30, ICON_STOP_CIRCLE, ICON_VIDEOCAM_OFF,
};

use crate::model::{CoverageKind, GapReason, RecordingState};
use crate::protocol::{CameraStatus, LinkState};
use crate::ui::desk::Stage;
use crate::ui::texture::Place;
use crate::ui::theme;
use crate::ui::widgets::{Look, Mark, chip, fit, icon_button, picture, state_word};

/// A picture younger than this, in microseconds, is what the camera sees now.
const FRESH: i64 = 3_000_000;

/// What was done to a tile.
pub enum Act {
    /// Clicked.
    Pick,
    /// Double-clicked, or its button.
    Enlarge,
    /// The button.
    Snapshot,
    /// The button that records by hand, or ends that.
    Record,
    /// The button that goes back half a minute.
    Back,
    /// The button that does not wait for the next attempt to connect.
    Retry,
}

/// One tile.
pub struct TileView<'a> {
    /// The number of its key.
    pub number: usize,
    /// Whose.
    pub camera: &'a CameraStatus,
    /// Framed.
    pub picked: bool,
    /// The only one.
    pub enlarged: bool,
}

impl TileView<'_> {
    /// Shows it.
    pub fn ui(&self, ui: &mut Ui, rect: Rect, stage: &mut Stage<'_>) -> Option<Act> {
        let id = ui.scope_id().with(("tile", self.camera.id.as_str()));
        let response = ui.interact(rect, id, Sense::click());
        self.name_it(&response);
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        painter.rect_filled(rect, theme::ROUND, theme::letterbox());
        let picture = self.picture(ui, &painter, rect, stage);
        self.explain(&painter, rect, stage, picture.is_some_and(|(_, live)| live));
        self.chips(&painter, picture.map_or(rect, |(place, _)| place));
        if self.picked || response.has_focus() {
            let stroke = Stroke::new(2.0, theme::accent());
            ui.painter().rect_stroke(rect, theme::ROUND, stroke, StrokeKind::Outside);
        }
        let over = ui.rect_contains_pointer(rect);
        let act = if over { self.actions(ui, rect) } else { None };
        let done = match (response.double_clicked(), response.clicked()) {
            (true, _) => Some(Act::Enlarge),
            (_, true) => Some(Act::Pick),
            _ => None,
        };
        act.or(done)
    }

    fn name_it(&self, response: &egui::Response) {
        let camera = self.camera;
        let text = format!(
            "{} {}, {}, {}",
            self.number,
            camera.name,
            state_word(&camera.link),
            badge(&camera.recording).1
        );
        let picked = self.picked;
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, picked, &text));
    }

    /// The newest picture, dimmed when the camera is away. Its place and whether it is live, when there is one.
    fn picture(
        &self,
        ui: &Ui,
        painter: &Painter,
        rect: Rect,
        stage: &mut Stage<'_>,
    ) -> Option<(Rect, bool)> {
        let newest = stage.shown.live.get(&self.camera.id)?;
        let shown = stage.textures.show(ui, Place::Live, &self.camera.id, &newest)?;
        let live = match self.camera.link {
            LinkState::Online => true,
            // The stream on the wall may be there before the one that is recorded.
            LinkState::Connecting => stage.now.micros_since(newest.at) < FRESH,
            LinkState::Offline { .. } => false,
        };
        let tint = if live { egui::Color32::WHITE } else { theme::DIMMED };
        let place = fit(rect, shown.size);
        picture(painter, shown.id, place, tint);
        Some((place, live))
    }

    fn chips(&self, painter: &Painter, rect: Rect) {
        let inset = 8.0;
        let name = format!("{} {}", self.number, self.camera.name);
        let left = Pos2::new(rect.left() + inset, rect.top() + inset);
        let half = rect.width() * 0.55;
        let mark = Mark::State(&self.camera.link);
        let used = chip(painter, left, false, mark, &name, half);
        let (mark, word) = badge(&self.camera.recording);
        let right = Pos2::new(rect.right() - inset, rect.top() + inset);
        let room = right.x - used.right() - 8.0;
        if room > 60.0 {
            chip(painter, right, true, mark, word, room);
        }
    }

    /// Says why there is no picture.
    fn explain(&self, painter: &Painter, rect: Rect, stage: &Stage<'_>, live: bool) {
        match &self.camera.link {
            LinkState::Offline { since, why, retry_at } => {
                let since = stage.zone.brief(*since, stage.now);
                let next = match retry_at {
                    Some(at) => match at.micros_since(stage.now).div_euclid(1_000_000) {
                        seconds if seconds > 0 => format!("Next try in {seconds} s."),
                        _ => "Trying again now.".to_owned(),
                    },
                    None => "Its settings must be changed first.".to_owned(),
                };
                let title = format!("No signal since {since}");
                message(
                    painter,
                    rect,
                    ICON_VIDEOCAM_OFF.codepoint,
                    theme::error(),
                    &title,
                    &format!("{why} {next}"),
                );
            }
            LinkState::Connecting if !live => {
                let glyph = ICON_HOURGLASS_EMPTY.codepoint;
                message(painter, rect, glyph, theme::text_soft(), "Connecting …", "");
            }
            LinkState::Online if !live => {
                let glyph = ICON_HOURGLASS_EMPTY.codepoint;
                message(
                    painter,
                    rect,
                    glyph,
                    theme::text_soft(),
                    "Waiting for the first picture",
                    "",
                );
            }
            LinkState::Connecting | LinkState::Online => {}
        }
    }

    /// Buttons at the foot, under the pointer.
    fn actions(&self, ui: &mut Ui, rect: Rect) -> Option<Act> {
        const BAR: f32 = 40.0;
        let bar = rect.with_min_y(rect.bottom() - BAR);
        ui.painter().rect_filled(bar, theme::ROUND, theme::ON_PICTURE);
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        let builder = UiBuilder::new()
            .max_rect(bar.shrink2(Vec2::new(6.0, 4.0)))
            .layout(layout)
            .id_salt(("actions", self.camera.id.as_str()));
        let mut act = None;
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let name = &self.camera.name;
            let (glyph, what) = match self.enlarged {
                true => (ICON_FULLSCREEN_EXIT, "Back to the wall".to_owned()),
                false => (ICON_FULLSCREEN, format!("Enlarge {name}")),
            };
            if icon_button(ui, glyph, &what, "Enter", Look::Quiet).clicked() {
                act = Some(Act::Enlarge);
            }
            let (glyph, what) = match self.camera.manual_left {
                Some(_) => (ICON_STOP_CIRCLE, format!("Stop the recording of {name}")),
                None => (ICON_RADIO_BUTTON_CHECKED, format!("Record {name} now")),
            };
            if icon_button(ui, glyph, &what, "R", Look::Quiet).clicked() {
                act = Some(Act::Record);
            }
            let what = format!("{name} half a minute ago");
            if icon_button(ui, ICON_REPLAY_30, &what, "", Look::Quiet).clicked() {
                act = Some(Act::Back);
            }
            let what = format!("Snapshot of {name}");
            if icon_button(ui, ICON_PHOTO_CAMERA, &what, "S", Look::Quiet).clicked() {
                act = Some(Act::Snapshot);
            }
            if matches!(self.camera.link, LinkState::Offline { retry_at: Some(_), .. }) {
                let what = format!("Connect to {name} now");
                if icon_button(ui, ICON_REFRESH, &what, "", Look::Quiet).clicked() {
                    act = Some(Act::Retry);
                }
            }
        });
        act
    }
}

/// What recording does: a disc when it records, a ring when not, and the word.
fn badge(state: &RecordingState) -> (Mark<'static>, &'static str) {
    match state {
        RecordingState::Recording(kind) => (Mark::Disc(theme::coverage(*kind)), word(*kind)),
        RecordingState::Idle(GapReason::Disabled) => (Mark::Ring(theme::text_soft()), "off"),
        RecordingState::Idle(reason) => (Mark::Ring(theme::gap(reason)), "not recording"),
    }
}

const fn word(kind: CoverageKind) -> &'static str {
    kind.label()
}

/// An icon, a title and a sentence in the middle of a tile.
pub fn message(
    painter: &Painter,
    rect: Rect,
    glyph: &str,
    colour: egui::Color32,
    title: &str,
    text: &str,
) {
    let width = (rect.width() - 32.0).clamp(40.0, 420.0);
    let title = wrapped(painter, title, theme::strong(theme::BODY), theme::text(), width);
    let text = wrapped(painter, text, theme::font(theme::BODY), theme::text_soft(), width);
    let icon = if rect.height() > 150.0 { 28.0 } else { 0.0 };
    let gap = if icon > 0.0 { 8.0 } else { 0.0 };
    let height = icon + gap + title.size().y + 6.0 + text.size().y;
    let mut y = rect.center().y - height / 2.0;
    if icon > 0.0 {
        let at = Pos2::new(rect.center().x, y);
        painter.text(at, Align2::CENTER_TOP, glyph, theme::icon_font(icon), colour);
        y += icon + gap;
    }
    let next = y + title.size().y + 6.0;
    painter.galley(Pos2::new(rect.center().x, y), title, theme::text());
    painter.galley(Pos2::new(rect.center().x, next), text, theme::text_soft());
}

/// Laid out around the position's x.
fn wrapped(
    painter: &Painter,
    text: &str,
    font: egui::FontId,
    colour: egui::Color32,
    width: f32,
) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple(text.to_owned(), font, colour, width);
    job.halign = egui::Align::Center;
    painter.layout_job(job)
}
