//! The Playback page: joins device list, calendar, pictures, transport and timeline, and turns what was done to
//! them into commands.
//!
//! Must not do: keep a second truth. The playhead is the engine's; only until its answer to a seek is there the
//! target is painted, so that the hand never waits.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use egui::{Frame, Margin, Rect, Ui};

use super::aside::Aside;
use super::calendar::Calendar;
use super::devices::DeviceList;
use super::go_to::{self, GoTo};
use super::note::NoteSheet;
use super::pictures::{Act, PictureView};
use super::press::{Press, read_keys};
use super::range::Range;
use super::transport::{Bar, SnapshotStyle};
use super::wishes::Wishes;
use super::zoom::Zoom;
use crate::model::{CameraId, CoverageKind, WallSpan, WallTime};
use crate::protocol::{
    CameraStatus, Command, Lane, PlaybackCommand, PlaybackSnapshot, Speed, TimelineAnswer,
    ViewState,
};
use crate::ui::app::Go;
use crate::ui::desk::{Settled, Stage};
use crate::ui::live::wall;
use crate::ui::timeline::axis::{self, Axis};
use crate::ui::timeline::feed::Feed;
use crate::ui::timeline::interact::Wish;
use crate::ui::timeline::lanes::{Under, under};
use crate::ui::timeline::peek::Peek;
use crate::ui::timeline::{LaneHead, NAMES, Timeline, View};
use crate::ui::widgets::soft;
use crate::ui::{keys, texture, theme};

/// Cameras that are shown when the page is opened for the first time.
const AT_FIRST: usize = 4;

/// Cameras that can be shown at the same time.
const MOST: usize = 16;

/// A camera that has not told its size sends no more than this.
const UNKNOWN_SIZE: (u32, u32) = (1920, 1080);

/// The span at first: from so long before now, in microseconds,
const FIRST_BEFORE: i64 = 9 * 3_600_000_000;

/// to so long after it.
const FIRST_AFTER: i64 = 3_600_000_000;

/// Known coverage ends at most so long before the live edge, in microseconds.
const EDGE: i64 = 15_000_000;

type Tiles = Vec<(CameraId, (usize, usize))>;

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
    enlarged: bool,
    devices: DeviceList,
    calendar: Calendar,
    pub(super) aside: Aside,
    pub(super) sheet: Option<Sheet>,
    pub(super) range: Range,
    pub(super) style: SnapshotStyle,
    wishes: Wishes,
    peek: Peek,
    range_note: String,
    zooms: BTreeMap<CameraId, Zoom>,
    pub(super) view: Option<WallSpan>,
    feed: Feed,
    show: Settled<Tiles>,
    aim: Option<Aim>,
    start_at: Option<WallTime>,
    started: bool,
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
    skip_gaps: bool,
    skip_to_events: bool,
    live: bool,
    key_frames_only: Option<f32>,
}

impl PlaybackPage {
    /// Opens with one camera at a moment.
    pub fn open_at(&mut self, camera: CameraId, at: WallTime) {
        self.chosen = Some(vec![camera.clone()]);
        self.picked = Some(camera);
        self.start_at = Some(at);
        self.view = None;
    }

    /// Closes one thing: the enlarged picture, the lists, the range; false when there is none of them.
    pub fn close(&mut self) -> bool {
        std::mem::replace(&mut self.enlarged, false) || self.aside.close() || self.range.clear()
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
        let cameras = self.cameras(stage);
        let present = self.present(stage, snapshot.as_deref());
        self.follow(&present, stage.now);
        let mut presses: Vec<Press> = read_keys(ui).into_iter().collect();
        self.digits(ui, &cameras);
        if !stage.bare {
            self.side(ui, stage, &present);
            presses.extend(self.dock(ui, stage, &present, &answer, &cameras));
            self.lists(ui, stage, &present, &cameras);
        }
        self.pictures(ui, stage, &present, snapshot.as_deref(), &answer, &cameras);
        if stage.bare {
            presses.extend(self.overlay(ui, stage, &present, &answer, &cameras));
        }
        self.sheets(ui, stage, &present);
        self.wishes.ask(stage);
        self.ask(stage, &cameras);
        let mut go = None;
        for press in presses {
            go = self.press(press, stage, &present, &answer).or(go);
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
        chosen.retain(|id| all.iter().any(|c| c.id == *id));
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

    /// Keeps the playhead in view while time passes, unless the operator looks elsewhere.
    fn follow(&mut self, present: &Present, now: WallTime) {
        let around = self.start_at.unwrap_or(now);
        let first =
            WallSpan::new(around.plus_micros(-FIRST_BEFORE), around.plus_micros(FIRST_AFTER));
        let view = self.view.get_or_insert(first);
        let was_visible = self.last_playhead.is_some_and(|at| view.contains(at));
        if was_visible && (present.playing || present.live) {
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
        let frame = Frame::new().fill(theme::PANEL).inner_margin(Margin::same(12));
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
            if let Some(camera) = self.devices.ui(ui, cameras, &chosen, stage.zone, stage.now) {
                self.switch(camera);
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

    fn lists(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        present: &Present,
        cameras: &[&CameraStatus],
    ) {
        let (mut aside, mut wishes) =
            (std::mem::take(&mut self.aside), std::mem::take(&mut self.wishes));
        self.range_note = aside.range_note(ui, stage, &self.around(cameras, present));
        let act = aside.ui(ui, stage, &self.around(cameras, present), &mut wishes);
        (self.aside, self.wishes) = (aside, wishes);
        if let Some(act) = act {
            self.aside_act(act, stage, present);
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

    fn dock(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        present: &Present,
        answer: &TimelineAnswer,
        cameras: &[&CameraStatus],
    ) -> Option<Press> {
        let height = self.dock_height(cameras);
        let panel =
            egui::Panel::bottom("dock").exact_size(height).frame(Frame::new().fill(theme::PANEL));
        panel.show(ui, |ui| self.dock_content(ui, stage, present, answer, cameras)).inner
    }

    /// In full screen the dock is there while the pointer is at the foot of the screen.
    fn overlay(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        present: &Present,
        answer: &TimelineAnswer,
        cameras: &[&CameraStatus],
    ) -> Option<Press> {
        let all = ui.max_rect();
        let place = all.with_min_y(all.bottom() - self.dock_height(cameras));
        let pointer = ui.input(|i| i.pointer.latest_pos());
        if !pointer.is_some_and(|pos| place.contains(pos)) && !ui.egui_is_using_pointer() {
            return None;
        }
        ui.painter().rect_filled(place, 0.0, theme::PANEL);
        let builder = egui::UiBuilder::new().max_rect(place);
        let show = |ui: &mut Ui| self.dock_content(ui, stage, present, answer, cameras);
        ui.scope_builder(builder, show).inner
    }

    fn dock_height(&self, cameras: &[&CameraStatus]) -> f32 {
        let selected = cameras.iter().position(|c| self.picked.as_ref() == Some(&c.id));
        super::transport::HEIGHT + Timeline::height(cameras.len(), selected) + 6.0
    }

    fn dock_content(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        present: &Present,
        answer: &TimelineAnswer,
        cameras: &[&CameraStatus],
    ) -> Option<Press> {
        ui.spacing_mut().item_spacing.y = 0.0;
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
        };
        let press = bar.ui(ui, &mut self.style);
        ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top(), theme::HAIR);
        self.timeline(ui, stage, present, answer, cameras);
        press
    }

    fn timeline(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        present: &Present,
        answer: &TimelineAnswer,
        cameras: &[&CameraStatus],
    ) {
        let heads: Vec<_> =
            cameras.iter().map(|c| LaneHead { camera: &c.id, name: &c.name }).collect();
        let thumbnail = self.under_the_pointer(ui, stage);
        let view = View {
            span: self.view.unwrap_or(WallSpan::new(stage.now, stage.now)),
            playhead: present.playhead,
            now: stage.now,
            zone: stage.zone,
            lanes: &heads,
            selected: cameras.iter().position(|c| self.picked.as_ref() == Some(&c.id)),
            range: self.range.span(present.playhead),
            range_note: &self.range_note,
            thumbnail,
        };
        let place = ui.available_rect_before_wrap().shrink2(egui::vec2(12.0, 0.0));
        let builder = egui::UiBuilder::new().max_rect(place);
        let output = ui.scope_builder(builder, |ui| Timeline::new(answer, view).ui(ui)).inner;
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
            Wish::Range(range) => self.range.set(range),
        }
    }

    fn pictures(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        present: &Present,
        snapshot: Option<&PlaybackSnapshot>,
        answer: &TimelineAnswer,
        cameras: &[&CameraStatus],
    ) {
        let all = ui.available_rect_before_wrap();
        let area = if stage.bare { all } else { all.shrink(8.0) };
        let enlarged = self.enlarged && self.picked.is_some();
        let shown: Vec<_> = cameras
            .iter()
            .enumerate()
            .filter(|(_, c)| !enlarged || self.picked.as_ref() == Some(&c.id))
            .collect();
        let rects = wall::tiles(area, shown.len());
        if shown.is_empty() {
            let text = soft("Choose a camera at the left.");
            ui.put(area, egui::Label::new(text));
        }
        let scale = ui.pixels_per_point();
        let tiles = shown.iter().zip(&rects);
        let wanted: Tiles = tiles
            .map(|((_, camera), rect)| (camera.id.clone(), self.pixels(camera, *rect, scale)))
            .collect();
        self.tell(ui, stage, wanted);
        for ((number, camera), rect) in shown.into_iter().zip(rects) {
            let state = state_of(snapshot, &camera.id);
            let moment = match state {
                Some(ViewState::Showing { picture, .. }) => picture.at,
                _ => present.playhead,
            };
            let view = PictureView {
                number: number + 1,
                camera,
                state,
                kind: kind_at(answer, &camera.id, moment),
                picked: cameras.len() > 1 && self.picked.as_ref() == Some(&camera.id),
                playhead: present.playhead,
                zoom: self.zoom_of(&camera.id),
            };
            match view.ui(ui, rect, stage) {
                Some(Act::Zoom(zoom)) => {
                    self.zooms.insert(camera.id.clone(), zoom);
                }
                Some(Act::Pick) => self.picked = Some(camera.id.clone()),
                Some(Act::Enlarge) => {
                    self.picked = Some(camera.id.clone());
                    self.enlarged = !self.enlarged;
                }
                Some(Act::Seek(at)) => self.seek(stage, at, true),
                None => {}
            }
        }
    }

    fn zoom_of(&self, camera: &CameraId) -> Zoom {
        self.zooms.get(camera).copied().unwrap_or_default()
    }

    /// Pixels that a tile needs: more where its picture is looked at closer, up to what the camera sends.
    fn pixels(&self, camera: &CameraStatus, rect: Rect, scale: f32) -> (usize, usize) {
        let zoom = self.zoom_of(&camera.id);
        if !zoom.is_close() {
            return wall::pixels(rect, scale);
        }
        let (width, height) = wall::pixels(rect, scale * zoom.factor());
        let most = camera.size.unwrap_or(UNKNOWN_SIZE);
        (width.min(most.0 as usize), height.min(most.1 as usize))
    }

    /// Tells the engine what is shown, and at the very first where to begin.
    fn tell(&mut self, ui: &Ui, stage: &mut Stage<'_>, wanted: Tiles) {
        let desk = &stage.desk;
        let some = !wanted.is_empty();
        let same_cameras =
            |a: &Tiles, b: &Tiles| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0);
        self.show.update(ui, wanted, same_cameras, |tiles| {
            desk.try_send(Command::Playback(PlaybackCommand::Show(tiles)))
        });
        if !some {
            return;
        }
        if let Some(at) = self.start_at.take() {
            self.started = true;
            self.seek(stage, at, true);
        } else if !self.started {
            self.started = stage.desk.try_send(Command::Playback(PlaybackCommand::GoLive));
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

/// By which rule the picture of `at` was recorded. Coverage is asked for every few seconds only: at the live
/// edge footage goes on as it was.
fn kind_at(answer: &TimelineAnswer, camera: &CameraId, at: WallTime) -> Option<CoverageKind> {
    let lane: &Lane = answer.lanes.iter().find(|l| l.camera == *camera)?;
    match under(lane, at) {
        Under::Footage(found) => Some(found.kind),
        Under::Gap(_) | Under::Nothing => {
            let last = lane.coverage.last()?;
            let since = at.micros_since(last.span.end);
            (0..=EDGE).contains(&since).then_some(last.kind)
        }
    }
}
