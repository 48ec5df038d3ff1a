//! The timeline: what is recorded when, why not where not, and the way to any moment.
//!
//! `axis`, `ticks`, `lanes`, `interact`, `feed` and `peek` are pure; `hand` reads input, `paint`, `lane` and `card`
//! paint; this file joins them into a widget that returns wishes.
//!
//! Must not do: send commands or wait for data: the old answer is painted until the new one is there.

pub mod axis;
pub mod feed;
pub mod interact;
pub mod lanes;
pub mod peek;
pub mod ruled;
pub mod ticks;

mod bars;
mod card;
mod hand;
mod lane;
mod paint;

use egui::{EventFilter, Pos2, Response, Sense, Ui, Vec2, WidgetInfo};

use self::axis::Axis;
use self::bars::Bars;
use self::card::Pointed;
use self::hand::Scene;
use self::interact::{Hold, Surroundings, Wish, interact};
use self::lane::Row;
use self::lanes::Slot;
use self::paint::Areas;
use self::ruled::Ruled;
use super::texture;
use super::theme;
use super::zone::Zone;
use crate::model::{CameraId, WallSpan, WallTime};
use crate::protocol::TimelineAnswer;
use crate::ui::words::timeline as words;

/// Width of the column of names.
pub const NAMES: f32 = 124.0;

/// The moment under the pointer is told in steps of at least this, in microseconds, so that a small movement
/// does not ask for another picture.
const HOVER_STEP: i64 = 100_000;

/// An empty archive is shown as this much time before now, in microseconds.
const EMPTY_ARCHIVE: i64 = 86_400_000_000;

/// One lane's head.
#[derive(Clone, Debug)]
pub struct LaneHead<'a> {
    /// Whose lane.
    pub camera: &'a CameraId,
    /// What operators call it.
    pub name: &'a str,
}

/// What the timeline shows.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The visible span.
    pub span: WallSpan,
    /// The moment shown.
    pub playhead: WallTime,
    /// The live edge.
    pub now: WallTime,
    /// In which local times are shown.
    pub zone: &'a Zone,
    /// The lanes in order.
    pub lanes: &'a [LaneHead<'a>],
    /// The lane that is twice as high.
    pub selected: Option<usize>,
    /// The range chosen.
    pub range: Option<WallSpan>,
    /// What is written below it, such as `54 min · 1.6 GB`; its length when this is empty.
    pub range_note: &'a str,
    /// The small picture of what [`TimelineOutput::hovered`] named in the frame before.
    pub thumbnail: Option<texture::Shown>,
}

/// The widget.
pub struct Timeline<'a> {
    answer: &'a TimelineAnswer,
    view: View<'a>,
}

/// What came of a frame.
pub struct TimelineOutput {
    /// Of the whole widget.
    pub response: Response,
    /// What the operator wants.
    pub wishes: Vec<Wish>,
    /// The lane that was clicked.
    pub picked: Option<usize>,
    /// The camera and the moment under the pointer, in steps of a point and at least a tenth of a second; over
    /// the ruler the selected camera.
    pub hovered: Option<(CameraId, WallTime)>,
}

impl<'a> Timeline<'a> {
    /// Shows `answer`, which may be older than the view.
    #[must_use]
    pub const fn new(answer: &'a TimelineAnswer, view: View<'a>) -> Self {
        Self { answer, view }
    }

    /// From the oldest footage to now.
    #[must_use]
    pub fn limits(answer: &TimelineAnswer, now: WallTime) -> WallSpan {
        let start = answer.archive.map_or(now.plus_micros(-EMPTY_ARCHIVE), |a| a.start);
        WallSpan::new(start.min(now.plus_micros(-1)), now)
    }

    /// Height that it takes with this many lanes.
    #[must_use]
    pub fn height(count: usize, selected: Option<usize>) -> f32 {
        lanes::height(&lanes::slots(count, selected))
    }

    /// Paints, and reads the hand.
    pub fn ui(self, ui: &mut Ui) -> TimelineOutput {
        let slots = lanes::slots(self.view.lanes.len(), self.view.selected);
        let size = Vec2::new(ui.available_width(), lanes::height(&slots));
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let areas = Areas::of(rect, NAMES, lanes::bottom(&slots));
        let axis = Axis::new(self.view.span, areas.track.width());
        self.describe(ui, &response);
        let limits = Self::limits(self.answer, self.view.now);
        let around = Surroundings { playhead: self.view.playhead, limits };
        let scene = Scene { areas: &areas, axis: &axis, limits, range: self.view.range };
        let (gestures, hold) = hand::read(ui, &response, &scene);
        let wishes = gestures.into_iter().map(|g| interact(&axis, around, g)).collect();
        let clicked = response.clicked().then(|| response.interact_pointer_pos()).flatten();
        let picked = clicked.and_then(|pos| slot_at(&areas, &slots, pos));
        self.paint(ui, response.id, &areas, &axis, &slots);
        let hovered = self.hover(ui, &response, &scene, &slots, hold);
        TimelineOutput { response, wishes, picked, hovered }
    }

    /// For screen readers and tests: a slider whose value is the playhead's place in the visible span.
    fn describe(&self, ui: &Ui, response: &Response) {
        let axis = Axis::new(self.view.span, 1.0);
        let value = axis.x_of(self.view.playhead);
        response.widget_info(|| WidgetInfo::slider(true, value, words::NAME));
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
    }

    fn paint(&self, ui: &Ui, id: egui::Id, areas: &Areas, axis: &Axis, slots: &[Slot]) {
        if !ui.is_rect_visible(areas.track) {
            return;
        }
        let (painter, view) = (ui.painter(), &self.view);
        let ruled = Ruled::of(ui, id, axis, view.zone);
        self.lanes(painter, areas, axis, slots, &ruled);
        paint::labels(painter, areas, &ruled, view);
        for (i, (slot, head)) in slots.iter().zip(view.lanes).enumerate() {
            paint::name(painter, areas, *slot, head, i + 1, view.selected == Some(i));
        }
        paint::live_edge(painter, areas, axis, view.now);
        if let Some(range) = view.range {
            paint::range(painter, areas, axis, range, &card::note(view, range));
        }
        paint::playhead(painter, areas, axis, view.playhead);
        let limits = Self::limits(self.answer, view.now);
        paint::minimap(painter, areas, self.answer, limits, view);
    }

    /// Everything that is made of rectangles, as one shape.
    fn lanes(
        &self,
        painter: &egui::Painter,
        areas: &Areas,
        axis: &Axis,
        slots: &[Slot],
        ruled: &Ruled,
    ) {
        let visible = areas.track.intersect(painter.clip_rect());
        let mut bars = Bars::new(painter, visible);
        for slot in slots {
            bars.fill(areas.row(*slot), theme::track());
        }
        paint::grid(&mut bars, areas, axis, ruled);
        for (slot, head) in slots.iter().zip(self.view.lanes) {
            let rect = bars.snapped(areas.row(*slot));
            if let Some(found) = self.answer.lanes.iter().find(|l| l.camera == *head.camera) {
                bars.within(visible.intersect(rect));
                lane::lane(&mut bars, Row { areas, axis, rect }, found);
            }
        }
        if self.view.lanes.len() > 1 {
            bars.within(areas.union.intersect(painter.clip_rect()));
            let row = Row { areas, axis, rect: areas.union };
            lane::union(&mut bars, row, &self.answer.union);
            paint::union_name(painter, areas);
        }
        bars.paint(painter);
    }

    /// The exact time under the pointer, and what is there.
    fn hover(
        &self,
        ui: &Ui,
        response: &Response,
        scene: &Scene<'_>,
        slots: &[Slot],
        hold: Hold,
    ) -> Option<(CameraId, WallTime)> {
        let areas = scene.areas;
        let held = matches!(hold, Hold::Range(_));
        let pos = if held { response.interact_pointer_pos() } else { response.hover_pos() };
        let pos = pos.filter(|pos| held || areas.track.contains(*pos))?;
        let x = pos.x.clamp(areas.track.left(), areas.track.right());
        paint::pointer(ui.painter(), areas, x);
        let over_edge = interact::edge(scene.axis, scene.range, scene.x(pos)).is_some()
            && areas.lanes().contains(pos);
        if let Some(range) = self.view.range.filter(|_| held || over_edge) {
            card::show(ui, response, areas, x, |ui| card::tell_range(ui, &self.view, range));
            return None;
        }
        let at = scene.axis.time_at(scene.x(pos));
        let head = slot_at(areas, slots, pos).and_then(|lane| self.view.lanes.get(lane));
        let micros_per_point = scene.axis.micros_per_point();
        let pointed = Pointed { at, head, micros_per_point };
        card::show(ui, response, areas, x, |ui| {
            card::tell(ui, &self.view, self.answer, &pointed);
        });
        let selected = self.view.selected.and_then(|lane| self.view.lanes.get(lane));
        let head = head.or(selected).filter(|_| at <= self.view.now)?;
        let step = micros_per_point.max(HOVER_STEP);
        let at = WallTime::from_micros(at.as_micros().div_euclid(step) * step);
        Some((head.camera.clone(), at))
    }
}

fn slot_at(areas: &Areas, slots: &[Slot], pos: Pos2) -> Option<usize> {
    let y = pos.y - areas.track.top();
    let ends = slots.iter().skip(1).map(|next| next.top);
    let last = slots.last().map(|slot| slot.top + slot.height);
    let mut stretches = slots.iter().map(|slot| slot.top).zip(ends.chain(last));
    stretches.position(|(top, end)| (top..end).contains(&y))
}
