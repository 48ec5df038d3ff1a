//! The list of motion events of the day shown, newest first, with their pictures.
//!
//! Must not do: detect motion, or keep events of other days.

use egui::{Pos2, Rect, ScrollArea, Ui, Vec2};

use super::{Around, Jump, rows};
use crate::model::{CameraId, MotionEvent, WallSpan, WallTime};
use crate::protocol::{Command, EventsQuery};
use crate::ui::desk::Stage;
use crate::ui::playback::wishes::Wishes;
use crate::ui::widgets::{soft, strong};
use crate::ui::words::playback as words;
use crate::ui::{format, theme};

/// While today is shown, events are asked for again after this, in microseconds.
const REFRESH: i64 = 5_000_000;

/// Between rows.
const GAP: f32 = 2.0;

/// The list.
#[derive(Default)]
pub struct Events {
    asked: Option<(EventsQuery, WallTime)>,
    /// Answers from this question on are of the present day and cameras.
    oldest: u64,
    /// Those of the picked camera alone.
    only_picked: bool,
    /// The event at the playhead that the list was last scrolled to.
    at: Option<WallTime>,
}

impl Events {
    /// Shows it; an event that was clicked.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        stage: &mut Stage<'_>,
        around: &Around<'_>,
        wishes: &mut Wishes,
    ) -> Option<Jump> {
        let day = stage.zone.day_span(around.playhead);
        self.ask(stage, around, day);
        ui.label(strong(words::events_on(&stage.zone.short_date(day.start))));
        let answer = stage.shown.events.get().filter(|answer| answer.generation >= self.oldest);
        let Some(answer) = answer else {
            rows::nothing(ui, words::LOOKING);
            return None;
        };
        if answer.events.is_empty() {
            rows::nothing(ui, words::NOTHING_MOVED);
            return None;
        }
        let shown =
            |event: &&MotionEvent| !self.only_picked || Some(&event.camera) == around.picked;
        let events: Vec<&MotionEvent> = answer.events.iter().rev().filter(shown).collect();
        self.head(ui, stage, around, events.len(), answer.more);
        let mut jump = None;
        ui.spacing_mut().item_spacing.y = GAP;
        let mut area = ScrollArea::vertical().auto_shrink([false, false]);
        // The list follows the playhead from event to event, not the hand that scrolls.
        let here = events.iter().position(|event| event.span.start <= around.playhead);
        let at = here.map(|index| events[index].span.start);
        if std::mem::replace(&mut self.at, at) != at
            && let Some(index) = here
        {
            #[expect(clippy::cast_precision_loss, reason = "at most some hundred rows")]
            let offset = index as f32 * (rows::TALL + GAP) - rows::TALL;
            area = area.vertical_scroll_offset(offset.max(0.0));
        }
        area.show_rows(ui, rows::TALL, events.len(), |ui, visible| {
            for event in visible.filter_map(|index| events.get(index)) {
                if row(ui, stage, around, wishes, event) {
                    jump = Some(Jump { camera: event.camera.clone(), at: event.span.start });
                }
            }
        });
        jump
    }

    /// How many there are, and of which cameras.
    fn head(
        &mut self,
        ui: &mut Ui,
        stage: &Stage<'_>,
        around: &Around<'_>,
        count: usize,
        more: bool,
    ) {
        let picked = around.picked.and_then(|id| stage.camera(id));
        let several = around.cameras.len() > 1;
        ui.horizontal(|ui| {
            ui.label(soft(words::events(count, more)).size(theme::CAPTION));
            if let Some(picked) = picked.filter(|_| several) {
                let only = ui.checkbox(&mut self.only_picked, words::only(&picked.name));
                only.on_hover_text(words::ONLY_PICKED_TIP);
            } else {
                self.only_picked = false;
            }
        });
    }

    fn ask(&mut self, stage: &Stage<'_>, around: &Around<'_>, span: WallSpan) {
        let cameras: Vec<CameraId> = around.cameras.iter().map(|c| c.id.clone()).collect();
        let last = self.asked.as_ref().filter(|(q, _)| q.cameras == cameras && q.span == span);
        let same = last.is_some();
        let is_fresh =
            |at: WallTime| !span.contains(at) || stage.now.micros_since(at).abs() < REFRESH;
        if last.is_some_and(|(_, at)| is_fresh(*at)) {
            return;
        }
        let generation = self.asked.as_ref().map_or(0, |(query, _)| query.generation) + 1;
        let query = EventsQuery { generation, cameras, span };
        if stage.desk.try_send(Command::QueryEvents(query.clone())) {
            self.oldest = if same { self.oldest } else { generation };
            self.asked = Some((query, stage.now));
        }
    }
}

fn row(
    ui: &mut Ui,
    stage: &mut Stage<'_>,
    around: &Around<'_>,
    wishes: &mut Wishes,
    event: &MotionEvent,
) -> bool {
    let name = stage.name_of(&event.camera);
    let time = stage.zone.seconds(event.span.start);
    let length = format::duration(event.span.micros());
    let here = event.span.contains(around.playhead);
    let (rect, response) = rows::ground(ui, rows::TALL, &format!("{time} {name}, {length}"), here);
    let corner = Pos2::new(rect.left() + 4.0, rect.center().y - rows::PICTURE.y / 2.0);
    let place = Rect::from_min_size(corner, rows::PICTURE);
    let found = wishes.want(stage, &event.camera, event.best, true);
    rows::small_picture(ui, stage, place, &event.camera, event.best, found.as_ref());
    level(ui, place, event.peak);
    let text = rect.with_min_x(place.right() + 10.0).with_max_x(rect.right() - 6.0);
    rows::lines(ui, text, &time, &format!("{name}, {length}"));
    response.on_hover_text(words::SHOW_EVENT).clicked()
}

/// How much moved, as a bar under the picture; half of the picture is all of the bar.
fn level(ui: &Ui, place: Rect, peak: u16) {
    let part = (f32::from(peak) / 500.0).sqrt().clamp(0.06, 1.0);
    let size = Vec2::new(place.width() * part, 3.0);
    let bar = Rect::from_min_size(place.left_bottom() - Vec2::new(0.0, 3.0), size);
    ui.painter().rect_filled(bar, 0.0, theme::motion());
}
