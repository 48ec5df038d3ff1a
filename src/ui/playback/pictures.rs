//! The pictures in the middle of Playback: one tile for each camera, with a picture or the reason for none.
//!
//! Must not do: show a picture of another moment as if it were the one asked for.

use egui::{
    Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo,
};
use egui_material_icons::icons::{
    ICON_BROKEN_IMAGE, ICON_EVENT_BUSY, ICON_HOURGLASS_EMPTY, ICON_SKIP_NEXT, ICON_SKIP_PREVIOUS,
};

use super::zoom::Zoom;
use crate::model::{CoverageKind, GapReason, WallTime};
use crate::protocol::{CameraStatus, ViewState};
use crate::ui::desk::Stage;
use crate::ui::live::Message;
use crate::ui::texture::Place;
use crate::ui::widgets::{Mark, chip, fit, icon};
use crate::ui::words::playback as words;
use crate::ui::{theme, widgets};

/// A pinch of twice as much zooms as this many points of the wheel do.
const PINCH: f32 = 150.0;

/// What was done to a tile.
pub enum Act {
    /// Clicked.
    Pick,
    /// Double-clicked.
    Enlarge,
    /// Another part of the picture is wanted.
    Zoom(Zoom),
    /// The last picture before a gap.
    Before(WallTime),
    /// The footage after a gap.
    After(WallTime),
}

/// One tile.
pub struct PictureView<'a> {
    /// The number of its key.
    pub number: usize,
    /// Whose.
    pub camera: &'a CameraStatus,
    /// What it shows; none before the first answer.
    pub state: Option<&'a ViewState>,
    /// By which rule the moment was recorded, where that is known.
    pub kind: Option<CoverageKind>,
    /// The part of the picture that is shown.
    pub zoom: Zoom,
    /// Framed.
    pub picked: bool,
    /// The moment shown.
    pub playhead: WallTime,
}

impl PictureView<'_> {
    /// Shows it.
    pub fn ui(&self, ui: &mut Ui, rect: Rect, stage: &mut Stage<'_>) -> Option<Act> {
        let id = ui.scope_id().with(("picture", self.camera.id.as_str()));
        let response = ui.interact(rect, id, Sense::click_and_drag());
        let name = format!("{} {}", self.number, self.camera.name);
        let picked = self.picked;
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, picked, &name));
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        painter.rect_filled(rect, theme::ROUND, theme::panel());
        let act = self.content(ui, rect, stage);
        let place = self.place(rect);
        let corner = place.min + Vec2::splat(8.0);
        let used = chip(&painter, corner, false, Mark::None, &name, place.width() * 0.6);
        if let (Some(kind), Some(ViewState::Showing { .. })) = (self.kind, self.state) {
            let corner = Pos2::new(place.right() - 8.0, place.top() + 8.0);
            let room = corner.x - used.right() - 8.0;
            chip(&painter, corner, true, Mark::Disc(theme::coverage(kind)), kind.label(), room);
        }
        if self.picked {
            let stroke = Stroke::new(2.0, theme::accent());
            ui.painter().rect_stroke(rect, theme::ROUND, stroke, StrokeKind::Outside);
        }
        act.or_else(|| self.hand(ui, &response, place))
    }

    /// What the hand did to the picture. A double click leads back from the zoom first.
    fn hand(&self, ui: &Ui, response: &Response, place: Rect) -> Option<Act> {
        if response.double_clicked() {
            let back = self.zoom.is_close();
            return Some(if back { Act::Zoom(Zoom::default()) } else { Act::Enlarge });
        }
        if response.clicked() {
            return Some(Act::Pick);
        }
        if !matches!(self.state, Some(ViewState::Showing { .. })) {
            return None;
        }
        if response.dragged() && self.zoom.is_close() {
            return Some(Act::Zoom(self.zoom.drag(response.drag_delta() / place.size())));
        }
        let over = response.hover_pos().filter(|pos| place.contains(*pos))?;
        let amount = ui.input(|i| i.smooth_scroll_delta().y + i.zoom_delta().log2() * PINCH);
        let over = ((over - place.min) / place.size()).to_pos2();
        (amount != 0.0).then(|| Act::Zoom(self.zoom.wheel(over, amount)))
    }

    /// The part of the tile that the picture fills.
    fn place(&self, rect: Rect) -> Rect {
        match self.state {
            #[expect(clippy::cast_precision_loss, reason = "pixels of a picture")]
            Some(ViewState::Showing { picture, .. }) => {
                fit(rect, Vec2::new(picture.width as f32, picture.height as f32))
            }
            _ => rect,
        }
    }

    fn content(&self, ui: &mut Ui, rect: Rect, stage: &mut Stage<'_>) -> Option<Act> {
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        match self.state {
            None | Some(ViewState::Loading) => {
                let glyph = ICON_HOURGLASS_EMPTY.codepoint;
                message(&painter, rect, glyph, theme::text_faint(), words::LOADING, "");
                None
            }
            Some(ViewState::Showing { picture, exact, damaged }) => {
                painter.rect_filled(rect, theme::ROUND, theme::letterbox());
                let shown = stage.textures.show(ui, Place::Playback, &self.camera.id, picture)?;
                let place = fit(rect, shown.size);
                let (part, white) = (self.zoom.part(), egui::Color32::WHITE);
                widgets::part_of_picture(&painter, shown.id, place, part, white);
                if self.zoom.is_close() {
                    let text = words::zoomed(self.zoom.factor());
                    let corner = place.right_bottom() - Vec2::new(8.0, 30.0);
                    chip(&painter, corner, true, Mark::None, &text, place.width() / 2.0);
                }
                let corner = Pos2::new(place.left() + 8.0, place.bottom() - 30.0);
                let room = place.width() - 16.0;
                if *damaged {
                    let text = words::DAMAGED;
                    chip(
                        &painter,
                        corner,
                        false,
                        Mark::Disc(theme::error()),
                        text,
                        rect.width() - 16.0,
                    );
                } else if !exact {
                    let text = words::nearest(&stage.zone.millis(picture.at));
                    chip(&painter, corner, false, Mark::None, &text, room);
                }
                None
            }
            Some(ViewState::NoFootage { reason, before, after }) => {
                self.no_footage(ui, rect, stage, reason, *before, *after)
            }
            Some(ViewState::Failed(why)) => {
                let glyph = ICON_BROKEN_IMAGE.codepoint;
                message(&painter, rect, glyph, theme::error(), words::CANNOT_BE_SHOWN, why);
                None
            }
        }
    }

    fn no_footage(
        &self,
        ui: &mut Ui,
        rect: Rect,
        stage: &Stage<'_>,
        reason: &GapReason,
        before: Option<WallTime>,
        after: Option<WallTime>,
    ) -> Option<Act> {
        const BUTTONS: f32 = 40.0;
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        let title = words::no_recording(&stage.zone.seconds(self.playhead));
        let upper = rect.with_max_y(rect.bottom() - BUTTONS);
        let why = match reason {
            GapReason::Unknown => String::new(),
            reason => reason.to_string(),
        };
        message(&painter, upper, ICON_EVENT_BUSY.codepoint, theme::text_soft(), &title, &why);
        if before.is_none() && after.is_none() {
            return None;
        }
        let foot = Rect::from_center_size(
            Pos2::new(rect.center().x, upper.center().y + 66.0_f32.min(rect.height() / 2.0 - 24.0)),
            Vec2::new((rect.width() - 16.0).min(420.0), 32.0),
        );
        let mut act = None;
        let builder = UiBuilder::new().max_rect(foot).id_salt(("gap", self.camera.id.as_str()));
        ui.scope_builder(builder, |ui| {
            let exact = |at| stage.zone.brief_seconds(at, self.playhead);
            let mut words = [before.map(exact), after.map(exact)];
            if width_of(ui, &words) > foot.width() {
                ui.spacing_mut().button_padding.x = 6.0;
                words = [before, after].map(|at| at.map(|at| stage.zone.brief(at, self.playhead)));
            }
            let [earlier, later] = words.clone();
            ui.horizontal_centered(|ui| {
                ui.add_space(((foot.width() - width_of(ui, &words)) / 2.0).max(0.0));
                if let (Some(at), Some(words)) = (before, earlier) {
                    let button = egui::Button::new((icon(ICON_SKIP_PREVIOUS, 16.0), words));
                    let response = ui.add(button).accessible_name(words::BEFORE_GAP);
                    if response.on_hover_text(words::BEFORE_GAP_TIP).clicked() {
                        act = Some(Act::Before(at));
                    }
                }
                if let (Some(at), Some(words)) = (after, later) {
                    let button = egui::Button::new((words, icon(ICON_SKIP_NEXT, 16.0)));
                    let response = ui.add(button).accessible_name(words::AFTER_GAP);
                    if response.on_hover_text(words::AFTER_GAP_TIP).clicked() {
                        act = Some(Act::After(at));
                    }
                }
            });
        });
        act
    }
}

/// Width of buttons with these words, each with an icon.
fn width_of(ui: &Ui, words: &[Option<String>]) -> f32 {
    let spacing = ui.spacing();
    let (gap, around) = (spacing.item_spacing.x, 2.0 * spacing.button_padding.x + 16.0 + 6.0);
    let text = |words: &String| {
        let font = theme::font(theme::BODY);
        ui.painter().layout_no_wrap(words.clone(), font, theme::text()).size().x
    };
    words.iter().flatten().map(|words| text(words) + around + gap).sum::<f32>() - gap
}

/// What is told in a tile without a picture.
fn message(
    painter: &egui::Painter,
    rect: Rect,
    glyph: &str,
    colour: egui::Color32,
    title: &str,
    text: &str,
) {
    let inks = (theme::text(), theme::text_soft());
    Message { glyph, colour, title, text, inks, foot: 0.0 }.paint(painter, rect);
}
