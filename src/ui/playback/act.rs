//! What each press on Playback does.
//!
//! Must not do: paint or read input.

use super::aside::{Act as AsideAct, Around, Tab};
use super::go_to::GoTo;
use super::note::{About, NoteSheet};
use super::page::{PlaybackPage, Present, Scene, Sheet, state_of};
use super::press::{Press, faster};
use crate::model::{CameraId, WallSpan, WallTime};
use crate::protocol::{Command, PlaybackCommand, Speed, ViewState};
use crate::ui::app::Go;
use crate::ui::desk::Stage;
use crate::ui::timeline::Timeline;
use crate::ui::timeline::axis::{self, Axis};
use crate::ui::timeline::interact::{Gesture, Surroundings, interact};

/// Without a range so much before and after the playhead is locked, in microseconds: five minutes.
const AROUND: i64 = 300_000_000;

impl PlaybackPage {
    /// Does what was pressed.
    pub(super) fn press(
        &mut self,
        press: Press,
        stage: &mut Stage<'_>,
        scene: &mut Scene<'_>,
    ) -> Option<Go> {
        let present = &mut scene.present;
        match press {
            Press::Toggle => play(stage, !present.playing),
            Press::Shuttle { reverse } => shuttle(stage, present, reverse),
            Press::Reverse(reverse) => {
                send(stage, PlaybackCommand::SetReverse(reverse));
                if !present.playing {
                    play(stage, true);
                }
            }
            Press::Step(frames) => {
                if let Some(camera) = self.picked.clone() {
                    send(stage, PlaybackCommand::Step { camera, frames });
                }
            }
            Press::Event { forward } => send(stage, PlaybackCommand::Event { forward }),
            Press::Jump(micros) => self.jump(stage, present.playhead.plus_micros(micros)),
            Press::Speed(speed) => send(stage, PlaybackCommand::SetSpeed(speed)),
            Press::SkipGaps(on) => send(stage, PlaybackCommand::SkipGaps(on)),
            Press::SkipToEvents(on) => send(stage, PlaybackCommand::SkipToEvents(on)),
            Press::Live => {
                send(stage, PlaybackCommand::GoLive);
                self.view = self.view.map(|view| axis::reveal(view, stage.now));
            }
            Press::Snapshot => self.snapshot(stage, present),
            Press::Fullscreen => return Some(Go::ToggleFullscreen),
            Press::DayStart => self.jump(stage, stage.zone.day_span(present.playhead).start),
            Press::DayEnd => {
                let end = stage.zone.day_span(present.playhead).end.plus_micros(-1);
                self.jump(stage, end);
            }
            Press::ZoomIn => self.zoom(Gesture::ZoomIn, stage, scene),
            Press::ZoomOut => self.zoom(Gesture::ZoomOut, stage, scene),
            Press::In => self.range.set_in(present.playhead),
            Press::Out => self.range.set_out(present.playhead),
            Press::Bookmark => self.bookmark(stage, present),
            Press::Lock => self.lock(stage, present),
            Press::Export => self.aside.show(Tab::Export),
            Press::GoTo => self.sheet = Some(Sheet::GoTo(GoTo::default())),
            Press::Lists => self.aside.toggle(),
        }
        None
    }

    /// Does what was done in the lists.
    pub(super) fn aside_act(&mut self, act: AsideAct, stage: &mut Stage<'_>, present: &Present) {
        match act {
            AsideAct::Jump(jump) => {
                self.show_camera(jump.camera);
                self.jump(stage, jump.at);
            }
            AsideAct::In => self.range.set_in(present.playhead),
            AsideAct::Out => self.range.set_out(present.playhead),
            AsideAct::Range(range) => self.range.set(Some(range)),
            AsideAct::ClearRange => {
                self.range.clear();
            }
        }
    }

    fn snapshot(&mut self, stage: &mut Stage<'_>, present: &Present) {
        if let Some(camera) = self.picked.clone() {
            let at = Some(self.moment_shown(stage, present, &camera));
            let (format, caption) = (self.style.format, self.style.caption);
            stage.desk.send(Command::SaveSnapshot { camera, at, format, caption });
        }
    }

    fn bookmark(&mut self, stage: &Stage<'_>, present: &Present) {
        if let Some(camera) = self.picked.clone() {
            let at = self.moment_shown(stage, present, &camera);
            self.sheet = Some(Sheet::Note(NoteSheet::new(About::Moment(camera, at))));
        }
    }

    /// The range of all cameras shown; without one, some minutes around the playhead of the picked one.
    fn lock(&mut self, stage: &Stage<'_>, present: &Present) {
        let about = match self.range.span(present.playhead) {
            Some(range) => About::Range(self.chosen.clone().unwrap_or_default(), range),
            None => {
                let at = present.playhead;
                let end = at.plus_micros(AROUND).min(stage.now);
                let range = WallSpan::new(at.plus_micros(-AROUND), end);
                About::Range(self.picked.clone().into_iter().collect(), range)
            }
        };
        self.sheet = Some(Sheet::Note(NoteSheet::new(about)));
    }

    /// The moment of the picture that is in front of the operator: that is the one to save. Without a
    /// picture the playhead's, so that the answer names the reason.
    fn moment_shown(&self, stage: &Stage<'_>, present: &Present, camera: &CameraId) -> WallTime {
        let snapshot = stage.shown.playback.get();
        match state_of(snapshot.as_deref(), camera) {
            Some(ViewState::Showing { picture, .. }) if !present.aiming => picture.at,
            _ => present.playhead,
        }
    }

    /// Seeks and brings the target into view.
    pub(super) fn jump(&mut self, stage: &mut Stage<'_>, at: WallTime) {
        let at = at.min(stage.now);
        self.seek(stage, at, true);
        self.view = self.view.map(|view| axis::reveal(view, at));
    }

    fn zoom(&mut self, gesture: Gesture, stage: &mut Stage<'_>, scene: &Scene<'_>) {
        if let Some(view) = self.view {
            let around = Surroundings {
                playhead: scene.present.playhead,
                limits: Timeline::limits(&scene.answer, stage.now),
            };
            self.wish(interact(&Axis::new(view, self.track), around, gesture), stage);
        }
    }

    /// What the page shows, for the lists.
    pub(super) fn around<'a>(&'a self, scene: &'a Scene<'a>) -> Around<'a> {
        let present = &scene.present;
        Around {
            answer: &scene.answer,
            cameras: &scene.cameras,
            picked: self.picked.as_ref(),
            playhead: present.playhead,
            range: self.range.span(present.playhead),
        }
    }
}

fn send(stage: &mut Stage<'_>, command: PlaybackCommand) {
    stage.desk.send(Command::Playback(command));
}

fn play(stage: &mut Stage<'_>, on: bool) {
    send(stage, if on { PlaybackCommand::Play } else { PlaybackCommand::Pause });
}

/// Plays in this direction at normal speed; twice as fast when it plays so already. What it does is noted in
/// `present`, so that several presses before the engine's answer all count.
fn shuttle(stage: &mut Stage<'_>, present: &mut Present, reverse: bool) {
    if present.playing && present.reverse == reverse {
        present.speed = faster(present.speed);
        send(stage, PlaybackCommand::SetSpeed(present.speed));
        return;
    }
    if present.reverse != reverse {
        send(stage, PlaybackCommand::SetReverse(reverse));
    }
    if present.speed != Speed::Normal {
        send(stage, PlaybackCommand::SetSpeed(Speed::Normal));
    }
    if !present.playing {
        play(stage, true);
    }
    (present.playing, present.reverse, present.speed) = (true, reverse, Speed::Normal);
}
