//! The timeline: what is recorded when, why not where not, and the way to any moment.
//!
//! `axis`, `ticks`, `lanes` and `interact` are pure and know no egui; `paint` paints; this file joins them into
//! a widget that returns wishes.
//!
//! Must not do: send commands or wait for data: the old answer is painted until the new one is there.

pub mod axis;
pub mod feed;
pub mod interact;
pub mod lanes;
pub mod ticks;

mod paint;

use egui::{EventFilter, PointerButton, Pos2, Rect, Response, Sense, Ui, Vec2, WidgetInfo};

use self::axis::Axis;
use self::interact::{Gesture, Surroundings, Wish, interact};
use self::lanes::{Slot, Under};
use self::paint::Areas;
use super::theme;
use super::zone::Zone;
use crate::model::{CameraId, WallSpan, WallTime};
use crate::protocol::TimelineAnswer;

/// Width of the column of names.
pub const NAMES: f32 = 124.0;

/// A pinch of this factor pans as far as a wheel of as many points, when Ctrl is held.
const CTRL_WHEEL_POINTS: f32 = 200.0;

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
        let areas = Areas::of(rect, NAMES);
        let axis = Axis::new(self.view.span, areas.track.width());
        self.describe(ui, &response);
        let around = Surroundings {
            playhead: self.view.playhead,
            limits: Self::limits(self.answer, self.view.now),
        };
        let gestures = gestures(ui, &response, &areas);
        let wishes = gestures.into_iter().map(|g| interact(&axis, around, g)).collect();
        let picked = response
            .clicked()
            .then(|| response.interact_pointer_pos())
            .flatten()
            .and_then(|pos| slot_at(&areas, &slots, pos));
        self.paint(ui, &areas, &axis, &slots);
        self.hover(ui, &response, &areas, &axis, &slots);
        TimelineOutput { response, wishes, picked }
    }

    /// For screen readers and tests: a slider whose value is the playhead's place in the visible span.
    fn describe(&self, ui: &Ui, response: &Response) {
        let axis = Axis::new(self.view.span, 1.0);
        let value = axis.x_of(self.view.playhead);
        response.widget_info(|| WidgetInfo::slider(true, value, "Recording timeline"));
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
    }

    fn paint(&self, ui: &Ui, areas: &Areas, axis: &Axis, slots: &[Slot]) {
        if !ui.is_rect_visible(areas.track) {
            return;
        }
        let painter = ui.painter();
        let ticks = ticks::ticks(axis, self.view.zone);
        for (i, (slot, head)) in slots.iter().zip(self.view.lanes).enumerate() {
            let lane = self.answer.lanes.iter().find(|l| l.camera == *head.camera);
            paint::name(painter, areas, *slot, head, i + 1, self.view.selected == Some(i));
            paint::lane(painter, areas, axis, *slot, lane);
        }
        paint::ruler(painter, areas, &ticks, &self.view);
        paint::live_edge(painter, areas, axis, self.view.now);
        paint::playhead(painter, areas, axis, self.view.playhead);
        let limits = Self::limits(self.answer, self.view.now);
        paint::minimap(painter, areas, self.answer, limits, &self.view);
    }

    /// The exact time under the pointer, and what is there.
    fn hover(&self, ui: &Ui, response: &Response, areas: &Areas, axis: &Axis, slots: &[Slot]) {
        let Some(pos) = response.hover_pos().filter(|p| areas.track.contains(*p)) else { return };
        paint::pointer(ui.painter(), areas, pos.x);
        let at = axis.time_at(f64::from(pos.x - areas.track.left()));
        let lane = slot_at(areas, slots, pos);
        let anchor = Rect::from_center_size(Pos2::new(pos.x, areas.track.top()), Vec2::ZERO);
        let layer = ui.layer_id();
        let mut tooltip =
            egui::Tooltip::always_open(ui.ctx().clone(), layer, response.id, anchor).gap(6.0);
        // Above the lanes, which it is about.
        tooltip.popup = tooltip.popup.align(egui::RectAlign::TOP).align_alternatives(&[]);
        tooltip.accessible_name("Time under the pointer").show(|ui| self.tell(ui, at, lane));
    }

    fn tell(&self, ui: &mut Ui, at: WallTime, lane: Option<usize>) {
        let zone = self.view.zone;
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 18.0;
        ui.horizontal(|ui| {
            ui.label(super::widgets::strong(zone.millis(at)));
            ui.label(super::widgets::soft(format!("{} {}", zone.short_date(at), zone.offset(at))));
        });
        let Some(head) = lane.and_then(|i| self.view.lanes.get(i)) else { return };
        ui.label(head.name);
        let Some(lane) = self.answer.lanes.iter().find(|l| l.camera == *head.camera) else {
            return;
        };
        match lanes::under(lane, at) {
            Under::Footage(found) => {
                let text = format!("Recorded, {}", found.kind.label());
                ui.label(egui::RichText::new(text).color(theme::coverage(found.kind)));
            }
            Under::Gap(reason) => {
                ui.label(egui::RichText::new(reason.to_string()).color(theme::gap(reason)));
            }
            Under::Nothing if at > self.view.now => {
                ui.label(super::widgets::soft("In the future"));
            }
            Under::Nothing => {}
        }
    }
}

fn slot_at(areas: &Areas, slots: &[Slot], pos: Pos2) -> Option<usize> {
    let y = pos.y - areas.track.top();
    slots.iter().position(|s| y >= s.top && y < s.top + s.height)
}

/// What the hand did in this frame.
fn gestures(ui: &Ui, response: &Response, areas: &Areas) -> Vec<Gesture> {
    let mut found = Vec::new();
    let on_track = |pos: Pos2| f64::from(pos.x - areas.track.left());
    let on_minimap = |pos: Pos2| f64::from((pos.x - areas.minimap.left()) / areas.minimap.width());
    let pressed_at = ui.input(|i| i.pointer.press_origin());
    let minimap = areas.minimap.expand2(Vec2::new(0.0, 6.0));
    let began_on = |rect: Rect| pressed_at.is_some_and(|pos| rect.contains(pos));
    if let Some(pos) = response.interact_pointer_pos() {
        let primary = response.dragged_by(PointerButton::Primary);
        let middle = response.dragged_by(PointerButton::Middle);
        if began_on(minimap) && (primary || response.is_pointer_button_down_on()) {
            found.push(Gesture::Minimap(on_minimap(pos)));
        } else if primary && began_on(areas.ruler()) {
            found.push(Gesture::Scrub(on_track(pos)));
        } else if primary || middle {
            found.push(Gesture::Pan(f64::from(response.drag_delta().x)));
        } else if response.drag_stopped_by(PointerButton::Primary) && scrubbed(ui, response) {
            found.push(Gesture::ScrubEnd(on_track(pos)));
        }
        if response.double_clicked() && areas.track.contains(pos) {
            found.push(Gesture::FitDay(on_track(pos)));
        } else if response.clicked() && areas.track.contains(pos) {
            found.push(Gesture::Click(on_track(pos)));
        }
    }
    remember_scrub(ui, response, found.iter().any(|g| matches!(g, Gesture::Scrub(_))));
    found.extend(wheel(ui, response).map(|(pos, amount)| match amount {
        Wheel::Zoom(amount) => Gesture::Wheel { x: on_track(pos), amount: f64::from(amount) },
        Wheel::Pan(by) => Gesture::Pan(f64::from(by)),
    }));
    found
}

/// Whether the drag that just ended had scrubbed: by then egui has forgotten where it began.
fn scrubbed(ui: &Ui, response: &Response) -> bool {
    ui.data(|d| d.get_temp::<bool>(response.id)).unwrap_or(false)
}

fn remember_scrub(ui: &Ui, response: &Response, scrubbing: bool) {
    if scrubbing || scrubbed(ui, response) {
        ui.data_mut(|d| d.insert_temp(response.id, scrubbing));
    }
}

enum Wheel {
    Zoom(f32),
    Pan(f32),
}

/// The wheel zooms; with Ctrl, sideways, or with Shift (which makes it sideways) it pans; a pinch zooms.
fn wheel(ui: &Ui, response: &Response) -> Option<(Pos2, Wheel)> {
    let pos = response.hover_pos()?;
    ui.input(|i| {
        let (scroll, pinch) = (i.smooth_scroll_delta(), i.zoom_delta());
        if i.modifiers.command && (pinch - 1.0).abs() > f32::EPSILON {
            Some((pos, Wheel::Pan(pinch.ln() * CTRL_WHEEL_POINTS)))
        } else if (pinch - 1.0).abs() > f32::EPSILON {
            Some((pos, Wheel::Zoom(pinch.log2() * 150.0)))
        } else if scroll.x.abs() > scroll.y.abs() {
            Some((pos, Wheel::Pan(scroll.x)))
        } else if scroll.y != 0.0 {
            Some((pos, Wheel::Zoom(scroll.y)))
        } else {
            None
        }
    })
}
