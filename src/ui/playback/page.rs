//! The Playback page: joins device list, calendar, pictures, transport and timeline, and turns what was done to
//! them into commands.
//!
//! Must not do: keep a second truth. The playhead is the engine's; only until its answer to a seek is there the
//! target is painted, so that the hand never waits.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use egui::{Frame, Margin, Ui};

use super::aside::Aside;
use super::calendar::Calendar;
use super::devices::{Choice, DeviceList};
use super::go_to::{self, GoTo};
use super::note::NoteSheet;
use super::press::read_keys;
use super::range::Range;
use super::transport::SnapshotStyle;
use super::wishes::Wishes;
use super::zoom::Zoom;
use crate::model::{CameraId, WallSpan, WallTime};
use crate::protocol::{
    CameraStatus, Command, PlaybackCommand, PlaybackSnapshot, Speed, TimelineAnswer, ViewState,
};
use crate::ui::app::Go;
use crate::ui::desk::{Settled, Stage};
use crate::ui::timeline::axis::{self, Axis};
use crate::ui::timeline::feed::Feed;
use crate::ui::timeline::interact::Wish;
use crate::ui::timeline::peek::Peek;
use crate::ui::{keys, theme};

/// Cameras that are shown when the page is opened for the first time.
const AT_FIRST: usize = 4;

/// Cameras that can be shown at the same time.
const MOST: usize = 16;

/// The span at first: from so long before now, in microseconds,
const FIRST_BEFORE: i64 = 9 * 3_600_000_000;

/// to so long after it.
const FIRST_AFTER: i64 = 3_600_000_000;

pub(super) type Tiles = Vec<(CameraId, (usize, usize))>;

/// A seek that the engine has not answered yet.
#[derive(Clone, Copy)]
struct Aim {
    at: WallTime,
    generation: u64,
}

/// The page.
#[derive(Default)]
pub struct PlaybackPage {
    pub(super) chosen: Option<Vec<CameraId>>,
    pub(super) picked: Option<CameraId>,
    pub(super) enlarged: bool,
    devices: DeviceList,
    calendar: Calendar,
    pub(super) aside: Aside,
    pub(super) sheet: Option<Sheet>,
    pub(super) range: Range,
    pub(super) style: SnapshotStyle,
    pub(super) wishes: Wishes,
    pub(super) peek: Peek,
    pub(super) range_note: String,
    pub(super) zooms: BTreeMap<CameraId, Zoom>,
    pub(super) view: Option<WallSpan>,
    feed: Feed,
    pub(super) show: Settled<Tiles>,
    aim: Option<Aim>,
    pub(super) start_at: Option<WallTime>,
    pub(super) started: bool,
    last_playhead: Option<WallTime>,
    pub(super) track: f32,
}

/// A sheet that is open over the page.
pub(super) enum Sheet {
    GoTo(GoTo),
    Note(NoteSheet),
}

/// What the engine says of playback, with the target of an unanswered seek in place of the playhead.
pub(super) struct Present {
    pub(super) playhead: WallTime,
    /// The engine has not answered the last seek yet.
    pub(super) aiming: bool,
    pub(super) playing: bool,
    pub(super) speed: Speed,
    pub(super) reverse: bool,
    pub(super) skip_gaps: bool,
    pub(super) skip_to_events: bool,
    pub(super) live: bool,
    pub(super) key_frames_only: Option<f32>,
}

/// What all parts of the page show in a frame.
pub(super) struct Scene<'a> {
    pub(super) present: Present,
    /// Those that are shown.
    pub(super) cameras: Vec<&'a CameraStatus>,
    /// What is known of their footage.
    pub(super) answer: Arc<TimelineAnswer>,
    /// What the engine shows of them.
    pub(super) snapshot: Option<Arc<PlaybackSnapshot>>,
}

impl PlaybackPage {
    /// Opens with one camera at a moment.
    pub fn open_at(&mut self, camera: CameraId, at: WallTime) {
        self.chosen = Some(vec![camera.clone()]);
        self.picked = Some(camera);
        self.start_at = Some(at);
        self.view = None;
    }

    /// Closes one thing that is seen: the enlarged picture, the lists, the range; false when there is none of
    /// them. In full screen, which is `bare`, the range is not seen.
    pub fn close(&mut self, bare: bool) -> bool {
        std::mem::replace(&mut self.enlarged, false)
            || self.aside.close()
            || (!bare && self.range.clear())
    }

    /// Another page is shown: decoders are given back.
    pub fn leave(&mut self, stage: &mut Stage<'_>) {
        let desk = &stage.desk;
        let end = Command::Playback(PlaybackCommand::Show(Vec::new()));
        self.show.leave(&Vec::new(), || desk.try_send(end));
        self.aim = None;
    }

    /// Shows the page.
    pub fn ui(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<Go> {
        let snapshot = stage.shown.playback.get();
        let chosen = self.chosen.as_deref().unwrap_or_default();
        let view = self.view.unwrap_or(WallSpan::new(stage.now, stage.now));
        let answer = self.feed.current(stage.shown.timeline.get(), chosen, view);
        if let Some(month) = stage.shown.month.get() {
            self.calendar.answer(&month);
        }
        let present = self.present(stage, snapshot.as_deref());
        let cameras = self.cameras(stage);
        let mut scene = Scene { present, cameras, answer, snapshot };
        self.follow(&scene.present, stage.now);
        let mut presses = read_keys(ui);
        self.digits(ui, &scene.cameras);
        if !stage.bare {
            self.side(ui, stage, &scene.present);
            presses.extend(self.dock(ui, stage, &scene));
        }
        if !stage.kiosk {
            self.lists(ui, stage, &scene);
        }
        self.pictures(ui, stage, &scene);
        if stage.bare {
            presses.extend(self.overlay(ui, stage, &scene));
        }
        self.sheets(ui, stage, &scene.present);
        self.wishes.ask(stage);
        self.ask(stage, &scene.cameras);
        if stage.kiosk {
            presses.retain(|press| press.only_shows());
        }
        let mut go = None;
        for press in presses {
            go = self.press(press, stage, &mut scene).or(go);
        }
        go
    }

    /// The chosen cameras that still exist.
    fn cameras<'a>(&mut self, stage: &Stage<'a>) -> Vec<&'a CameraStatus> {
        let all = &stage.snapshot.cameras;
        if self.chosen.is_none() && !all.is_empty() {
            self.chosen = Some(all.iter().take(AT_FIRST).map(|c| c.id.clone()).collect());
        }
        let Some(chosen) = &mut self.chosen else { return Vec::new() };
        let place = |id: &CameraId| all.iter().position(|c| c.id == *id);
        chosen.retain(|id| place(id).is_some());
        chosen.sort_by_key(place);
        self.picked =
            self.picked.take().filter(|id| chosen.contains(id)).or(chosen.first().cloned());
        chosen.iter().filter_map(|id| all.iter().find(|c| c.id == *id)).collect()
    }

    fn present(&mut self, stage: &Stage<'_>, snapshot: Option<&PlaybackSnapshot>) -> Present {
        let generation = stage.shown.playback.generation();
        self.aim = self.aim.filter(|aim| aim.generation == generation);
        let known = snapshot.map_or(stage.now, |s| s.playhead);
        Present {
            playhead: self.aim.map_or(known, |aim| aim.at),
            aiming: self.aim.is_some(),
            playing: snapshot.is_some_and(|s| s.playing),
            speed: snapshot.map_or(Speed::Normal, |s| s.speed),
            reverse: snapshot.is_some_and(|s| s.reverse),
            skip_gaps: snapshot.is_some_and(|s| s.skip_gaps),
            skip_to_events: snapshot.is_some_and(|s| s.skip_to_events),
            live: snapshot.is_some_and(|s| s.live) && self.aim.is_none(),
            key_frames_only: snapshot.filter(|s| s.key_frames_only).map(|s| s.pictures_per_second),
        }
    }

    /// Keeps the playhead in view while it moves, unless the operator looks elsewhere.
    fn follow(&mut self, present: &Present, now: WallTime) {
        let around = self.start_at.unwrap_or(now);
        let first =
            WallSpan::new(around.plus_micros(-FIRST_BEFORE), around.plus_micros(FIRST_AFTER));
        let view = self.view.get_or_insert(first);
        let was_visible = self.last_playhead.is_some_and(|at| view.contains(at));
        if was_visible && self.last_playhead != Some(present.playhead) {
            *view = axis::reveal(*view, present.playhead);
        }
        self.last_playhead = Some(present.playhead);
    }

    fn digits(&mut self, ui: &Ui, cameras: &[&CameraStatus]) {
        if keys::free(ui)
            && let Some(digit) = keys::take_digit(ui)
            && let Some(camera) = cameras.get(digit)
        {
            self.picked = Some(camera.id.clone());
        }
    }

    fn side(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, present: &Present) {
        let frame = Frame::new().fill(theme::panel()).inner_margin(Margin::same(12));
        let panel = egui::Panel::left("devices").exact_size(theme::DEVICES).frame(frame);
        panel.show(ui, |ui| {
            let calendar =
                egui::Panel::bottom("calendar").frame(Frame::new()).show_separator_line(false);
            let day = calendar
                .show(ui, |ui| self.calendar.ui(ui, stage.zone, present.playhead, stage.now))
                .inner;
            if let Some(date) = day {
                self.go_to_day(date, stage, present);
            }
            let chosen = self.chosen.clone().unwrap_or_default();
            let cameras = &stage.snapshot.cameras;
            match self.devices.ui(ui, cameras, &chosen, stage.zone, stage.now) {
                Some(Choice::Switch(camera)) => self.switch(camera),
                Some(Choice::Pick(camera)) => self.show_camera(camera),
                Some(Choice::Only(camera)) => {
                    self.chosen = Some(vec![camera.clone()]);
                    self.picked = Some(camera);
                }
                None => {}
            }
        });
    }

    fn switch(&mut self, camera: CameraId) {
        let chosen = self.chosen.get_or_insert_default();
        match chosen.iter().position(|id| *id == camera) {
            Some(at) => {
                chosen.remove(at);
            }
            None if chosen.len() < MOST => {
                chosen.push(camera.clone());
                self.picked = Some(camera);
            }
            None => {}
        }
    }

    /// Shows the day, and goes to the same time of day on it.
    fn go_to_day(&mut self, date: NaiveDate, stage: &mut Stage<'_>, present: &Present) {
        let zone = stage.zone;
        let day = zone.span_of(date);
        self.view = Some(day);
        if zone.day(present.playhead) == date {
            return;
        }
        let time = zone.local(present.playhead).time();
        let at = zone.moments(date, time).next().unwrap_or(day.start);
        self.seek(stage, at.min(stage.now), true);
    }

    /// Takes a camera among those that are shown, and picks it.
    pub(super) fn show_camera(&mut self, camera: CameraId) {
        let chosen = self.chosen.get_or_insert_default();
        if !chosen.contains(&camera) {
            if chosen.len() >= MOST {
                chosen.pop();
            }
            chosen.push(camera.clone());
        }
        self.picked = Some(camera);
    }

    fn lists(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, scene: &Scene<'_>) {
        let (mut aside, mut wishes) =
            (std::mem::take(&mut self.aside), std::mem::take(&mut self.wishes));
        self.range_note = aside.range_note(ui, stage, &self.around(scene));
        let act = aside.ui(ui, stage, &self.around(scene), &mut wishes);
        (self.aside, self.wishes) = (aside, wishes);
        if let Some(act) = act {
            self.aside_act(act, stage, &scene.present);
        }
    }

    fn sheets(&mut self, ui: &Ui, stage: &mut Stage<'_>, present: &Present) {
        let closed = match &mut self.sheet {
            None => false,
            Some(Sheet::Note(sheet)) => sheet.ui(ui, stage),
            Some(Sheet::GoTo(sheet)) => match sheet.ui(ui, stage, present.playhead) {
                None => false,
                Some(go_to::Done::Closed) => true,
                Some(go_to::Done::At(at)) => {
                    self.jump(stage, at);
                    true
                }
            },
        };
        if closed {
            self.sheet = None;
        }
    }

    pub(super) fn seek(&mut self, stage: &mut Stage<'_>, at: WallTime, exact: bool) {
        if stage.desk.send(Command::Playback(PlaybackCommand::Seek { at, exact })) {
            self.aim = Some(Aim { at, generation: stage.shown.playback.generation() });
        }
    }

    pub(super) fn wish(&mut self, wish: Wish, stage: &mut Stage<'_>) {
        match wish {
            Wish::View(span) => self.view = Some(span),
            Wish::Seek { at, exact } => {
                let same = self.aim.is_some_and(|aim| aim.at == at) && !exact;
                if !same {
                    self.seek(stage, at, exact);
                }
            }
            Wish::FitDay(at) => self.view = Some(stage.zone.day_span(at)),
            // Of use for export and locks alone.
            Wish::Range(_) if stage.kiosk => {}
            Wish::Range(range) => self.range.set(range),
        }
    }

    /// Asks for coverage and for the month when it is time.
    fn ask(&mut self, stage: &mut Stage<'_>, cameras: &[&CameraStatus]) {
        let ids: Vec<_> = cameras.iter().map(|c| c.id.clone()).collect();
        if let Some(view) = self.view {
            let resolution = Axis::new(view, self.track.max(100.0)).micros_per_point();
            if let Some(question) = self.feed.question(&ids, view, resolution, stage.now)
                && stage.desk.try_send(Command::QueryTimeline(question.clone()))
            {
                self.feed.asked(question, stage.now);
            }
        }
        if let Some(question) = self.calendar.question(stage.zone, &ids, stage.now)
            && stage.desk.try_send(Command::QueryMonth(question.clone()))
        {
            self.calendar.asked(question, stage.now);
        }
    }
}

/// What a camera shows.
pub(super) fn state_of<'a>(
    snapshot: Option<&'a PlaybackSnapshot>,
    camera: &CameraId,
) -> Option<&'a ViewState> {
    snapshot?.views.iter().find(|v| v.camera == *camera).map(|v| &v.state)
}
