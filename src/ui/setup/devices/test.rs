//! The test of an address: asks for it, and shows what came back.
//!
//! Must not do: connect; the engine does.

use std::sync::Arc;

use egui::{RichText, Sense, Ui, Vec2};
use egui_material_icons::icons::{
    ICON_CHECK_CIRCLE, ICON_ERROR, ICON_HOURGLASS_EMPTY, ICON_WARNING,
};

use crate::model::{CameraId, Password, StreamKind, Transport};
use crate::protocol::{Command, FoundStream, ProbeAnswer, ProbeOutcome, ProbeQuery};
use crate::ui::desk::Stage;
use crate::ui::texture::Place;
use crate::ui::widgets::{fact, fit, icon, picture, soft, strong};
use crate::ui::words::devices as words;
use crate::ui::{format, theme};

/// What is to be tested.
pub struct Wanted {
    /// Main or sub, for the title.
    pub kind: StreamKind,
    /// Whose stored password is used when none is typed.
    pub camera: Option<CameraId>,
    /// The address.
    pub url: String,
    /// The user.
    pub user: Option<String>,
    /// What was typed.
    pub password: Option<Password>,
    /// TCP or UDP.
    pub transport: Transport,
}

/// A test that was asked for.
#[derive(Default)]
pub struct Test {
    asked: Option<(u64, StreamKind)>,
}

impl Test {
    /// Asks for a test; the one before is given up.
    pub fn ask(&mut self, stage: &mut Stage<'_>, wanted: Wanted) {
        let generation = stage.desk.next_id();
        let Wanted { kind, camera, url, user, password, transport } = wanted;
        let query = ProbeQuery { generation, camera, url, user, password, transport };
        if stage.desk.send(Command::Probe(query)) {
            self.asked = Some((generation, kind));
        }
    }

    /// Whether there is something to show.
    pub const fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    fn answer(&self, stage: &Stage<'_>) -> Option<Arc<ProbeAnswer>> {
        let (generation, _) = self.asked?;
        stage.shown.probe.get().filter(|answer| answer.generation == generation)
    }

    /// Whether the answer is still awaited.
    pub fn is_running(&self, stage: &Stage<'_>) -> bool {
        let answer = self.answer(stage);
        self.is_asked() && answer.is_none_or(|answer| answer.outcome == ProbeOutcome::Running)
    }

    /// Shows the answer; the picture at most `height` points high.
    pub fn ui(&self, ui: &mut Ui, stage: &mut Stage<'_>, height: f32) {
        let Some((_, kind)) = self.asked else { return };
        let answer = self.answer(stage);
        match answer.as_deref().map(|answer| &answer.outcome) {
            None | Some(ProbeOutcome::Running) => {
                line(ui, ICON_HOURGLASS_EMPTY, theme::text_soft(), words::TESTING);
            }
            Some(ProbeOutcome::Failed(why)) => {
                line(ui, ICON_ERROR, theme::error(), words::CANNOT_BE_RECORDED);
                ui.label(why);
            }
            Some(ProbeOutcome::Found(found)) => {
                line(ui, ICON_CHECK_CIRCLE, theme::live(), &words::can_be_recorded(kind));
                shown_picture(ui, stage, found, height);
                facts(ui, found);
            }
        }
    }
}

fn line(ui: &mut Ui, glyph: egui_material_icons::MaterialIcon, ink: egui::Color32, text: &str) {
    ui.horizontal(|ui| {
        ui.label(icon(glyph, theme::ICON).color(ink));
        ui.label(strong(text));
    });
}

fn shown_picture(ui: &mut Ui, stage: &mut Stage<'_>, found: &FoundStream, height: f32) {
    let camera = CameraId::from_name("test");
    let shown = found
        .picture
        .as_deref()
        .and_then(|picture| stage.textures.show(ui, Place::Test, &camera, picture));
    let Some(shown) = shown else {
        ui.label(soft(words::NO_TEST_PICTURE));
        return;
    };
    let room = Vec2::new(ui.available_width(), height);
    let place = fit(egui::Rect::from_min_size(ui.cursor().min, room), shown.size);
    let size = Vec2::new(room.x, place.height());
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    picture(ui.painter(), shown.id, fit(rect, shown.size), egui::Color32::WHITE);
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, words::TEST_PICTURE));
}

fn facts(ui: &mut Ui, found: &FoundStream) {
    ui.spacing_mut().item_spacing.y = 2.0;
    fact(ui, words::CODEC, format!("{}, {} × {}", found.codec, found.size.0, found.size.1));
    let rate = match found.frame_rate_milli {
        0 => words::UNKNOWN.to_owned(),
        milli => format::frame_rate(milli),
    };
    fact(ui, words::FRAME_RATE, format!("{rate}, {}", format::bit_rate(found.bit_rate)));
    fact(ui, words::GOP, words::gop(found.gop_length));
    fact(ui, words::CLOCK, words::clock(found.clock_offset));
    if found.has_audio {
        fact(ui, words::SOUND, words::SOUND_LEFT_OUT);
    }
    for warning in &found.warnings {
        ui.horizontal_wrapped(|ui| {
            ui.label(icon(ICON_WARNING, theme::BODY + 2.0).color(theme::warning()));
            ui.label(RichText::new(warning).color(theme::warning()));
        });
    }
}
