//! The foot of the Playback page: transport bar and timeline.
//!
//! Must not do: act on what was pressed; it says it.

use egui::{Frame, Ui};

use super::page::{PlaybackPage, Scene};
use super::press::Press;
use super::transport::{self, Bar};
use crate::model::WallSpan;
use crate::ui::desk::Stage;
use crate::ui::timeline::{LaneHead, NAMES, Timeline, View};
use crate::ui::{texture, theme};

impl PlaybackPage {
    /// Transport bar and timeline at the foot of the page.
    pub(super) fn dock(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        scene: &Scene<'_>,
    ) -> Option<Press> {
        let height = self.dock_height(scene);
        let panel =
            egui::Panel::bottom("dock").exact_size(height).frame(Frame::new().fill(theme::panel()));
        panel.show(ui, |ui| self.dock_content(ui, stage, scene)).inner
    }

    /// In full screen the dock is there while the pointer is at the foot of the screen.
    pub(super) fn overlay(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        scene: &Scene<'_>,
    ) -> Option<Press> {
        let all = ui.max_rect();
        let place = all.with_min_y(all.bottom() - self.dock_height(scene));
        let pointer = ui.input(|i| i.pointer.latest_pos());
        if !pointer.is_some_and(|pos| place.contains(pos)) && !ui.egui_is_using_pointer() {
            return None;
        }
        ui.painter().rect_filled(place, 0.0, theme::panel());
        let builder = egui::UiBuilder::new().max_rect(place);
        let show = |ui: &mut Ui| self.dock_content(ui, stage, scene);
        ui.scope_builder(builder, show).inner
    }

    fn dock_height(&self, scene: &Scene<'_>) -> f32 {
        let height = Timeline::height(scene.cameras.len(), self.selected(scene));
        transport::HEIGHT + height + 6.0
    }

    /// The place of the picked camera among those that are shown.
    fn selected(&self, scene: &Scene<'_>) -> Option<usize> {
        scene.cameras.iter().position(|camera| self.picked.as_ref() == Some(&camera.id))
    }

    fn dock_content(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        scene: &Scene<'_>,
    ) -> Option<Press> {
        ui.spacing_mut().item_spacing.y = 0.0;
        let present = &scene.present;
        let bar = Bar {
            playhead: present.playhead,
            zone: stage.zone,
            playing: present.playing,
            speed: present.speed,
            reverse: present.reverse,
            skip_gaps: present.skip_gaps,
            skip_to_events: present.skip_to_events,
            live: present.live,
            key_frames_only: present.key_frames_only,
            lists: self.aside.is_open(),
            only_shows: stage.kiosk,
        };
        let press = bar.ui(ui, &mut self.style);
        ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top(), theme::hair());
        self.timeline(ui, stage, scene);
        press
    }

    fn timeline(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, scene: &Scene<'_>) {
        let (present, cameras) = (&scene.present, &scene.cameras);
        let heads: Vec<_> =
            cameras.iter().map(|c| LaneHead { camera: &c.id, name: &c.name }).collect();
        let thumbnail = self.under_the_pointer(ui, stage);
        let view = View {
            span: self.view.unwrap_or(WallSpan::new(stage.now, stage.now)),
            playhead: present.playhead,
            now: stage.now,
            zone: stage.zone,
            lanes: &heads,
            selected: self.selected(scene),
            range: self.range.span(present.playhead),
            range_note: &self.range_note,
            thumbnail,
        };
        let place = ui.available_rect_before_wrap().shrink2(egui::vec2(12.0, 0.0));
        let builder = egui::UiBuilder::new().max_rect(place);
        let output =
            ui.scope_builder(builder, |ui| Timeline::new(&scene.answer, view).ui(ui)).inner;
        self.track = output.response.rect.width() - NAMES;
        if let Some(camera) = output.picked.and_then(|i| cameras.get(i)) {
            self.picked = Some(camera.id.clone());
        }
        self.peek.hover(output.hovered);
        for wish in output.wishes {
            self.wish(wish, stage);
        }
    }

    /// The small picture of where the pointer was over the timeline in the frame before.
    fn under_the_pointer(&mut self, ui: &Ui, stage: &mut Stage<'_>) -> Option<texture::Shown> {
        if let Some((camera, at)) = self.peek.hovered() {
            self.wishes.want(stage, camera, *at, true);
        }
        let (camera, picture) = self.peek.picture(&stage.shown.thumbnails)?;
        stage.textures.show(ui, texture::Place::Timeline, &camera, &picture)
    }
}
