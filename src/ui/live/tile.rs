//! One tile of the live wall: picture, name, state, recording badge; or why there is no picture.
//!
//! Must not do: send commands; it says what was done to it.

use egui::{Id, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo};
use egui_material_icons::icons::{ICON_HOURGLASS_EMPTY, ICON_VIDEOCAM_OFF};

use super::message::{Message, message};
use crate::model::{CameraId, CoverageKind, GapReason, RecordingState};
use crate::protocol::{CameraStatus, LinkState, Reduced};
use crate::ui::desk::Stage;
use crate::ui::texture::Place;
use crate::ui::widgets::{Mark, chip, fit, picture, recording_word, state_word};
use crate::ui::words::live as words;
use crate::ui::{format, theme};

/// A picture younger than this, in microseconds, is what the camera sees now.
const FRESH: i64 = 3_000_000;

/// Between the edge of a picture and what is written on it.
const INSET: f32 = 8.0;

/// What was done to a tile.
pub enum Act {
    /// Clicked, or reached by keyboard.
    Pick,
    /// Double-clicked, or its button.
    Enlarge,
    /// The button.
    Snapshot,
    /// The button that records by hand, or ends that.
    Record,
    /// The button that goes back half a minute.
    Back,
    /// The button that goes to the recordings.
    Playback,
    /// The button that does not wait for the next attempt to connect.
    Retry,
    /// The button that leads to the camera's address.
    Test,
    /// This camera was dragged onto the tile.
    Put(CameraId),
    /// The button that makes it the large tile, or one like the others.
    Large,
    /// The button that takes it from the wall.
    Remove,
}

/// A camera that is being dragged.
pub struct Dragged(pub CameraId);

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
    /// The tiles are being arranged.
    pub arranging: bool,
    /// It is the large one of an arrangement.
    pub large: bool,
    /// Its buttons are shown because the keyboard is among them.
    pub keyboard: bool,
    /// What it shows less.
    pub reduced: Option<Reduced>,
}

/// What became of a tile in a frame.
pub struct Done {
    /// For the keyboard.
    pub id: Id,
    /// What was done to it.
    pub act: Option<Act>,
    /// The keyboard is on it or on one of its buttons.
    pub focused: bool,
}

/// The tile of a camera, for the keyboard.
pub fn id_of(ui: &Ui, camera: &CameraId) -> Id {
    ui.scope_id().with(("tile", camera.as_str()))
}

impl TileView<'_> {
    /// Shows it.
    pub fn ui(&self, ui: &mut Ui, rect: Rect, stage: &mut Stage<'_>) -> Done {
        let id = id_of(ui, &self.camera.id);
        let can_drag = !self.enlarged && !stage.kiosk;
        let sense = if can_drag { Sense::click_and_drag() } else { Sense::click() };
        let response = ui.interact(rect, id, sense);
        // The arrow keys go from tile to tile here, not to any control nearby.
        let arrows = egui::EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..Default::default()
        };
        ui.memory_mut(|m| m.set_focus_lock_filter(id, arrows));
        self.name_it(&response);
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        painter.rect_filled(rect, theme::ROUND, theme::letterbox());
        let picture = self.picture(ui, &painter, rect, stage);
        let live = picture.is_some_and(|(_, live)| live);
        let asked = self.explain(ui, &painter, rect, stage, live);
        self.chips(ui, &painter, picture.map_or(rect, |(place, _)| place));
        let dropped = self.drag(ui, &response, rect);
        if self.picked || response.has_focus() {
            let stroke = Stroke::new(2.0, theme::accent());
            ui.painter().rect_stroke(rect, theme::ROUND, stroke, StrokeKind::Outside);
        }
        let held = ui.ctx().dragged_id().is_some();
        let shown = ui.rect_contains_pointer(rect) || self.picked || self.keyboard;
        let (mut act, mut focused) = (None, false);
        if (shown || response.has_focus()) && !held {
            (act, focused) = self.actions(ui, rect, stage.kiosk);
        }
        let touched = match (response.double_clicked(), response.clicked()) {
            (true, _) => Some(Act::Enlarge),
            (_, true) => Some(Act::Pick),
            _ if response.gained_focus() => Some(Act::Pick),
            _ => None,
        };
        let focused = focused || response.has_focus();
        Done { id, act: dropped.or(act).or(asked).or(touched), focused }
    }

    fn name_it(&self, response: &egui::Response) {
        let camera = self.camera;
        let reduced = match &self.reduced {
            Some(reduced) => format!(", {}", words::reduced(reduced.rate)),
            None => String::new(),
        };
        let text = format!(
            "{} {}, {}, {}{reduced}",
            self.number,
            camera.name,
            state_word(&camera.link),
            recording_word(&camera.recording)
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

    fn chips(&self, ui: &Ui, painter: &Painter, rect: Rect) {
        let name = format!("{} {}", self.number, self.camera.name);
        let left = Pos2::new(rect.left() + INSET, rect.top() + INSET);
        let half = rect.width() * 0.55;
        let state = Mark::State(&self.camera.link);
        let used = chip(painter, left, false, state, &name, half);
        let right = Pos2::new(rect.right() - INSET, rect.top() + INSET);
        let room = right.x - used.right() - INSET;
        if room > 60.0 {
            chip(painter, right, true, mark(self.camera), &badge(self.camera), room);
        }
        if let Some(reduced) = &self.reduced {
            let below = Pos2::new(left.x, used.bottom() + 4.0);
            let mark = Mark::Ring(theme::warning());
            let place = chip(painter, below, false, mark, words::reduced(reduced.rate), half);
            let id = id_of(ui, &self.camera.id).with("reduced");
            ui.interact(place, id, Sense::hover()).on_hover_text(words::why_reduced(reduced.why));
        }
    }

    /// Says why there is no picture, and what can be done about it.
    fn explain(
        &self,
        ui: &mut Ui,
        painter: &Painter,
        rect: Rect,
        stage: &Stage<'_>,
        live: bool,
    ) -> Option<Act> {
        let glyph = ICON_HOURGLASS_EMPTY.codepoint;
        let soft = theme::PICTURE_TEXT_SOFT;
        match &self.camera.link {
            LinkState::Offline { since, why, retry_at } => {
                let since = stage.zone.brief(*since, stage.now);
                let next = match retry_at {
                    Some(at) => match at.micros_since(stage.now).div_euclid(1_000_000) {
                        seconds if seconds > 0 => words::next_try(seconds),
                        _ => words::TRYING.to_owned(),
                    },
                    None => words::SETTINGS_FIRST.to_owned(),
                };
                let place = Message {
                    glyph: ICON_VIDEOCAM_OFF.codepoint,
                    colour: theme::error(),
                    title: &words::no_signal(&since),
                    text: &format!("{why} {next}"),
                    inks: (theme::PICTURE_TEXT, soft),
                    foot: theme::CONTROL,
                }
                .paint(painter, rect)?;
                super::actions::help(ui, place, self.camera, retry_at.is_some(), stage.kiosk)
            }
            LinkState::Connecting if !live => {
                message(painter, rect, glyph, soft, words::CONNECTING, "");
                None
            }
            LinkState::Online if !live => {
                message(painter, rect, glyph, soft, words::WAITING, "");
                None
            }
            LinkState::Connecting | LinkState::Online => None,
        }
    }

    /// Takes part in dragging: as what is dragged, and as where it is dropped.
    fn drag(&self, ui: &Ui, response: &egui::Response, rect: Rect) -> Option<Act> {
        response.dnd_set_drag_payload(Dragged(self.camera.id.clone()));
        if let Some(over) = response.dnd_hover_payload::<Dragged>()
            && over.0 != self.camera.id
        {
            ui.painter().rect_filled(rect, theme::ROUND, theme::accent().gamma_multiply(0.25));
        }
        let dropped = response.dnd_release_payload::<Dragged>()?;
        (dropped.0 != self.camera.id).then(|| Act::Put(dropped.0.clone()))
    }
}

/// What recording does: a disc when it records, a ring when not.
fn mark(camera: &CameraStatus) -> Mark<'static> {
    match &camera.recording {
        RecordingState::Recording(kind) => Mark::Disc(theme::coverage(*kind)),
        RecordingState::Idle(GapReason::Disabled) => Mark::Ring(theme::PICTURE_TEXT_SOFT),
        RecordingState::Idle(reason) => Mark::Ring(theme::gap(reason)),
    }
}

/// The same on the picture: a manual recording with the time that it still goes on.
fn badge(camera: &CameraStatus) -> String {
    let manual = camera.recording == RecordingState::Recording(CoverageKind::Manual);
    match camera.manual_left.filter(|_| manual) {
        Some(left) => format!("{} {}", recording_word(&camera.recording), format::countdown(left)),
        None => recording_word(&camera.recording).to_owned(),
    }
}

/// The camera under the pointer while it is dragged.
pub fn dragged_chip(ui: &Ui, stage: &Stage<'_>) {
    let Some(dragged) = egui::DragAndDrop::payload::<Dragged>(ui.ctx()) else { return };
    let Some(pointer) = ui.input(|i| i.pointer.latest_pos()) else { return };
    let layer = egui::LayerId::new(egui::Order::Tooltip, Id::unique("dragged camera"));
    let painter = ui.painter().clone().with_layer_id(layer);
    let at = pointer + egui::Vec2::new(12.0, 8.0);
    chip(&painter, at, false, Mark::None, &stage.name_of(&dragged.0), 240.0);
}
