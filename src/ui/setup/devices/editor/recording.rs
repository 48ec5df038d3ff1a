//! The tab of a camera's recording: when, which stream, what counts as motion, and how long footage is kept.
//!
//! Must not do: put anything in force; the page saves.

use egui::{RichText, Ui};

use super::own::{Change, Value, number, origin};
use super::retention::RetentionRow;
use super::zones::Zones;
use super::{Edited, meter};
use crate::model::settings::recording::{MinSize, PostSeconds, PreSeconds, Sensitivity};
use crate::model::settings::{CameraRecording, InForce, RecordingDefaults};
use crate::model::{Mode, MotionSource, StreamKind};
use crate::protocol::{Command, LiveTile, MotionWatch};
use crate::ui::app::{Go, Page};
use crate::ui::desk::{Settled, Stage};
use crate::ui::setup::entry::{Entry, Face, choice_row, row, whole};
use crate::ui::theme;
use crate::ui::widgets::{card, named_menu, segmented, soft, switch};
use crate::ui::words::{camera as words, common, devices};

/// Width of a number and its unit, in points.
const NUMBER: f32 = 64.0;

/// Width of a menu, in points.
const MENU: f32 = 190.0;

/// Size of the live picture beside the fields, in pixels.
const PICTURE: (usize, usize) = (640, 360);

/// What is typed and drawn, and what the engine was asked to watch.
#[derive(Default)]
pub(super) struct Recording {
    pre: Entry,
    post: Entry,
    sensitivity: Entry,
    min_size: Entry,
    retention: RetentionRow,
    zones: Zones,
    motion: Settled<Option<MotionWatch>>,
    live: Settled<Vec<LiveTile>>,
}

/// What is wanted beyond the tab.
#[derive(Default)]
pub(super) struct Wish {
    /// Another page.
    pub go: Option<Go>,
    /// The sheet that copies.
    pub copy: bool,
}

impl Recording {
    /// Forgets what is typed and drawn.
    pub fn reset(&mut self) {
        let (motion, live) = (std::mem::take(&mut self.motion), std::mem::take(&mut self.live));
        *self = Self { motion, live, ..Self::default() };
    }

    /// Whether something is typed that cannot be.
    pub fn is_wrong(&self) -> bool {
        let all = [&self.pre, &self.post, &self.sensitivity, &self.min_size];
        all.iter().any(|entry| entry.error().is_some()) || self.retention.is_wrong()
    }

    /// Ends what is watched.
    pub fn leave(&mut self, stage: &mut Stage<'_>) {
        let desk = &stage.desk;
        self.motion.leave(&None, || desk.try_send(Command::WatchMotion(None)));
        self.live.leave(&Vec::new(), || desk.try_send(Command::WatchLive(Vec::new())));
        self.zones.give_up();
    }

    /// Shows the tab.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, edited: &mut Edited<'_>) -> Wish {
        self.watch(ui, stage, edited);
        let mut wish = Wish::default();
        ui.columns(2, |columns| {
            card(&mut columns[0], words::WHEN, |ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                wish.go = rule(ui, edited);
                self.retention.ui(ui, edited);
                ui.horizontal(|ui| {
                    let others = edited.draft.get().cameras.len() > 1;
                    let copy = ui.add_enabled(others, egui::Button::new(words::COPY));
                    wish.copy = copy.on_hover_text(words::COPY_TIP).clicked();
                });
            });
            card(&mut columns[0], words::MOTION, |ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                self.motion(ui, edited);
            });
            card(&mut columns[1], words::ZONES, |ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                self.zones.picture(ui, stage, edited);
                show_meter(ui, stage, edited);
                self.zones.list(ui, edited);
            });
        });
        wish
    }

    /// Asks for the picture, and for the motion in it by what is written here.
    fn watch(&mut self, ui: &Ui, stage: &mut Stage<'_>, edited: &Edited<'_>) {
        let Some(camera) = edited.camera() else { return };
        let tile = LiveTile { camera: camera.id.clone(), kind: StreamKind::Sub, size: PICTURE };
        let desk = &stage.desk;
        self.live.update(
            ui,
            vec![tile],
            |_, _| false,
            |tiles| desk.try_send(Command::WatchLive(tiles)),
        );
        let ours = camera.recording.motion_source == MotionSource::Picture;
        let watch = ours.then(|| MotionWatch {
            camera: camera.id.clone(),
            settings: edited.draft.get().motion(camera),
        });
        let retuned = |a: &Option<MotionWatch>, b: &Option<MotionWatch>| {
            a.as_ref().map(|watch| &watch.camera) == b.as_ref().map(|watch| &watch.camera)
        };
        let send = |watch| desk.try_send(Command::WatchMotion(watch));
        self.motion.update(ui, watch, retuned, send);
    }

    fn motion(&mut self, ui: &mut Ui, edited: &mut Edited<'_>) {
        source(ui, edited);
        let Some((own, force, global)) = values(edited) else { return };
        let face = |name, unit, tip| Face { name, unit, tip, width: NUMBER };
        let value = |own: bool, now: u32, global: u32| Value {
            own,
            now: now.to_string(),
            global: global.to_string(),
        };
        let (now, all) = (force.sensitivity.value.into(), global.sensitivity.0.into());
        let change = number(
            ui,
            &mut self.sensitivity,
            face(words::SENSITIVITY, "", words::SENSITIVITY_TIP),
            &value(own.sensitivity.is_some(), now, all),
            |text| whole(text, 1_u8, 100),
        );
        apply(edited, change, |recording, new| recording.sensitivity = new.map(Sensitivity));
        let (now, all) = (force.min_size.value.into(), global.min_size.0.into());
        let change = number(
            ui,
            &mut self.min_size,
            face(words::MIN_SIZE, words::THOUSANDTHS, words::MIN_SIZE_TIP),
            &value(own.min_size.is_some(), now, all),
            |text| whole(text, 1_u16, 500),
        );
        apply(edited, change, |recording, new| recording.min_size = new.map(MinSize));
        let change = number(
            ui,
            &mut self.pre,
            face(words::PRE, words::SECONDS, words::PRE_TIP),
            &value(own.pre_seconds.is_some(), force.pre_seconds.value, global.pre_seconds.0),
            |text| whole(text, 0_u32, 60),
        );
        apply(edited, change, |recording, new| recording.pre_seconds = new.map(PreSeconds));
        let change = number(
            ui,
            &mut self.post,
            face(words::POST, words::SECONDS, words::POST_TIP),
            &value(own.post_seconds.is_some(), force.post_seconds.value, global.post_seconds.0),
            |text| whole(text, 0_u32, 600),
        );
        apply(edited, change, |recording, new| recording.post_seconds = new.map(PostSeconds));
    }
}

fn apply<T>(
    edited: &mut Edited<'_>,
    change: Option<Change<T>>,
    set: impl FnOnce(&mut CameraRecording, Option<T>),
) {
    if let Some(change) = change {
        edited.edit(|camera| set(&mut camera.recording, change.value()));
    }
}

fn values(edited: &Edited<'_>) -> Option<(CameraRecording, InForce, RecordingDefaults)> {
    let (settings, camera) = (edited.draft.get(), edited.camera()?);
    Some((camera.recording.clone(), settings.in_force(camera), settings.recording.clone()))
}

/// The sentence of a problem, beside the field that it is about.
fn problem(ui: &mut Ui, edited: &Edited<'_>, keys: &[&str]) {
    if let Some((_, why)) = edited.problem().filter(|(key, _)| keys.contains(key)) {
        ui.label(RichText::new(why).size(theme::CAPTION).color(theme::error()));
    }
}

/// Type, stream and schedule.
fn rule(ui: &mut Ui, edited: &mut Edited<'_>) -> Option<Go> {
    mode(ui, edited);
    stream(ui, edited);
    let go = schedule(ui, edited);
    problem(ui, edited, &["mode", "schedule"]);
    let Some(camera) = edited.camera().cloned() else { return go };
    let recording = camera.recording;
    row(ui, words::IN_SCHEDULE, |ui| {
        let mut on = recording.motion_in_schedule;
        let counts = recording.mode == Mode::Motion;
        ui.add_enabled_ui(counts || on, |ui| {
            if switch(ui, words::IN_SCHEDULE, &mut on).changed() {
                edited.edit(|camera| camera.recording.motion_in_schedule = on);
            }
        });
        let text = if counts { words::IN_SCHEDULE_TEXT } else { words::FOR_MOTION };
        ui.label(soft(text).size(theme::CAPTION));
    });
    row(ui, words::MAIN_ON_MOTION, |ui| {
        let mut on = recording.main_on_motion;
        ui.add_enabled_ui(camera.sub.is_some() || on, |ui| {
            if switch(ui, words::MAIN_ON_MOTION, &mut on).changed() {
                edited.edit(|camera| camera.recording.main_on_motion = on);
            }
        });
        let text = if camera.sub.is_some() { words::MAIN_ON_MOTION_TEXT } else { words::NEEDS_SUB };
        ui.add(egui::Label::new(soft(text).size(theme::CAPTION)).wrap());
    });
    problem(ui, edited, &["main_on_motion"]);
    go
}

fn mode(ui: &mut Ui, edited: &mut Edited<'_>) {
    let Some(now) = edited.camera().map(|camera| camera.recording.mode) else { return };
    row(ui, words::TYPE, |ui| {
        let menu = named_menu(ui, "type", words::TYPE, now.label(), MENU, |ui| {
            for mode in Mode::ALL {
                let item = ui.selectable_label(mode == now, mode.label());
                if item.on_hover_text(devices::mode_meaning(mode)).clicked() {
                    edited.edit(|camera| camera.recording.mode = mode);
                }
            }
        });
        menu.on_hover_text(devices::mode_meaning(now));
    });
}

fn stream(ui: &mut Ui, edited: &mut Edited<'_>) {
    let Some((own, force, global)) = values(edited) else { return };
    choice_row(ui, words::STREAM, |ui| {
        let options = [
            (common::MAIN, common::MAIN_TIP.to_owned()),
            (common::SUB, common::SUB_TIP.to_owned()),
        ];
        let on = usize::from(force.stream.value == StreamKind::Sub);
        if let Some(i) = segmented(ui, words::STREAM, &options, Some(on)) {
            let kind = if i == 1 { StreamKind::Sub } else { StreamKind::Main };
            edited.edit(|camera| camera.recording.stream = Some(kind));
        }
        if origin(ui, words::STREAM, own.stream.is_some(), global.stream.as_str()) {
            edited.edit(|camera| camera.recording.stream = None);
        }
    });
}

fn schedule(ui: &mut Ui, edited: &mut Edited<'_>) -> Option<Go> {
    let (own, force, global) = values(edited)?;
    let names: Vec<String> =
        edited.draft.get().schedules.iter().map(|schedule| schedule.name.clone()).collect();
    let mut go = None;
    row(ui, words::SCHEDULE, |ui| {
        if names.is_empty() {
            ui.label(soft(words::NO_SCHEDULES));
            if ui.button(words::MAKE_SCHEDULE).on_hover_text(words::MAKE_SCHEDULE_TIP).clicked() {
                go = Some(Go::To(Page::Recording));
            }
            return;
        }
        let none = words::NO_SCHEDULE.to_owned();
        let shown = force.schedule.value.clone().unwrap_or_else(|| none.clone());
        let menu = named_menu(ui, "schedule", words::SCHEDULE, &shown, MENU, |ui| {
            for name in names {
                let on = force.schedule.value.as_ref() == Some(&name);
                if ui.selectable_label(on, &name).clicked() {
                    edited.edit(|camera| camera.recording.schedule = Some(name));
                }
            }
        });
        menu.on_hover_text(words::SCHEDULE_TIP);
        let global = global.schedule.unwrap_or(none);
        if origin(ui, words::SCHEDULE, own.schedule.is_some(), &global) {
            edited.edit(|camera| camera.recording.schedule = None);
        }
    });
    go
}

fn source(ui: &mut Ui, edited: &mut Edited<'_>) {
    let Some(now) = edited.camera().map(|camera| camera.recording.motion_source) else { return };
    choice_row(ui, words::SOURCE, |ui| {
        let options = [
            (words::BY_PICTURE, words::BY_PICTURE_TIP.to_owned()),
            (words::BY_CAMERA, words::BY_CAMERA_TIP.to_owned()),
        ];
        let on = usize::from(now == MotionSource::Camera);
        if let Some(i) = segmented(ui, words::SOURCE, &options, Some(on)) {
            let source = if i == 1 { MotionSource::Camera } else { MotionSource::Picture };
            edited.edit(|camera| camera.recording.motion_source = source);
        }
    });
    if now == MotionSource::Camera {
        ui.label(soft(words::BY_CAMERA_TEXT).size(theme::CAPTION));
    }
}

/// By what is written here where we look; by what is in force where the camera tells.
fn show_meter(ui: &mut Ui, stage: &Stage<'_>, edited: &Edited<'_>) {
    let trial = stage.shown.trial.get().filter(|trial| trial.camera == *edited.id);
    let ours = edited
        .camera()
        .is_some_and(|camera| camera.recording.motion_source == MotionSource::Picture);
    match (ours, trial) {
        (true, Some(trial)) => meter::meter(ui, Some(trial.level), trial.trouble.as_deref()),
        (true, None) => meter::meter(ui, None, None),
        (false, _) => {
            let camera = stage.camera(edited.id);
            let level = camera.and_then(|camera| camera.motion_level);
            meter::meter(ui, level, camera.and_then(|camera| camera.motion_trouble.as_deref()));
        }
    }
}
