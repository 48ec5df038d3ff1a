//! The card over the timeline: what is under the pointer, with its picture; or the range that is being chosen.
//!
//! Must not do: read input, or look for pictures.

use egui::{Color32, Pos2, Rect, Response, RichText, Sense, Ui, Vec2};

use egui_material_icons::icons::ICON_BOOKMARK;

use super::lanes::{self, Under};
use super::paint::Areas;
use super::{LaneHead, View};
use crate::model::{WallSpan, WallTime};
use crate::protocol::{Lane, TimelineAnswer};
use crate::ui::widgets::{icon, soft, strong};
use crate::ui::words::{common, timeline as words};
use crate::ui::{format, theme};

/// Width of the picture, and of the card.
const WIDTH: f32 = 200.0;

/// Height of the picture: the most usual shape.
const HEIGHT: f32 = WIDTH * 9.0 / 16.0;

/// A bookmark this near to the pointer, in points, is told.
const NEAR: f64 = 6.0;

/// What is under the pointer.
pub struct Pointed<'a> {
    /// The moment.
    pub at: WallTime,
    /// Whose lane; none over the ruler.
    pub head: Option<&'a LaneHead<'a>>,
    /// Microseconds in a point.
    pub micros_per_point: i64,
}

/// Shows the card above the timeline, over `x`.
pub fn show(ui: &Ui, response: &Response, areas: &Areas, x: f32, content: impl FnOnce(&mut Ui)) {
    let anchor = Rect::from_center_size(Pos2::new(x, areas.track.top()), Vec2::ZERO);
    let layer = ui.layer_id();
    let mut tooltip =
        egui::Tooltip::always_open(ui.ctx().clone(), layer, response.id, anchor).gap(4.0);
    // Above the lanes, which it is about.
    tooltip.popup = tooltip.popup.align(egui::RectAlign::TOP).align_alternatives(&[]);
    tooltip.accessible_name(words::UNDER_POINTER).show(|ui| {
        ui.spacing_mut().item_spacing = Vec2::new(6.0, 2.0);
        ui.spacing_mut().interact_size.y = 18.0;
        content(ui);
    });
}

/// Time, camera, picture, and what is there or why nothing is.
pub fn tell(ui: &mut Ui, view: &View<'_>, answer: &TimelineAnswer, pointed: &Pointed<'_>) {
    let lane = pointed.head.and_then(|head| answer.lanes.iter().find(|l| l.camera == *head.camera));
    let found = lane.map_or(Under::Nothing, |lane| lanes::under(lane, pointed.at));
    // What has been recorded there may have a picture, whatever is known of it so far.
    if let Some(shown) = view.thumbnail.filter(|_| !matches!(found, Under::Gap(_))) {
        picture(ui, shown);
    }
    let zone = view.zone;
    ui.horizontal(|ui| {
        ui.label(strong(zone.millis(pointed.at)));
        ui.label(soft(pointed.head.map_or("", |head| head.name)));
    });
    let date = format!("{} {}", zone.short_date(pointed.at), zone.offset(pointed.at));
    ui.label(soft(date).size(theme::CAPTION));
    if let Some(lane) = lane {
        describe(ui, view, lane, &found, pointed);
    }
}

fn describe(ui: &mut Ui, view: &View<'_>, lane: &Lane, found: &Under<'_>, pointed: &Pointed<'_>) {
    let at = pointed.at;
    match found {
        Under::Footage(found) => {
            let kind = found.kind.label();
            let (text, colour) = match lanes::motion_at(lane, at) {
                Some(level) => (words::motion(f32::from(level) / 1_000.0, kind), theme::motion()),
                None => (words::recorded(kind), theme::coverage(found.kind)),
            };
            line(ui, text, colour);
            if lanes::is_locked(lane, at) {
                line(ui, words::LOCKED.into(), theme::locked());
            } else if lanes::goes_soon(lane, at) {
                line(ui, words::GOES_SOON.into(), theme::text_soft());
            }
        }
        Under::Gap(reason) => line(ui, reason.to_string(), theme::gap(reason)),
        Under::Nothing if at > view.now => line(ui, words::FUTURE.into(), theme::text_soft()),
        Under::Nothing => {}
    }
    #[expect(clippy::cast_precision_loss, reason = "a few points")]
    let off = |mark: WallTime| {
        mark.micros_since(at).abs() as f64 / pointed.micros_per_point.max(1) as f64
    };
    for mark in lane.bookmarks.iter().filter(|mark| off(mark.at) <= NEAR).take(3) {
        let note = if mark.note.is_empty() { common::BOOKMARK } else { &mark.note };
        ui.horizontal(|ui| {
            ui.label(icon(ICON_BOOKMARK, theme::BODY).color(theme::text()));
            line(ui, note.to_owned(), theme::text());
        });
    }
}

/// Both ends of a range exactly, and its length.
pub fn tell_range(ui: &mut Ui, view: &View<'_>, range: WallSpan) {
    let zone = view.zone;
    for (name, at) in [(common::RANGE_IN, range.start), (common::RANGE_OUT, range.end)] {
        ui.horizontal(|ui| {
            ui.label(soft(name));
            ui.label(strong(zone.millis(at)));
            ui.label(soft(format!("{} {}", zone.short_date(at), zone.offset(at))));
        });
    }
    line(ui, note(view, range), theme::accent());
}

/// What is written below a range: what the page says of it, else its length.
pub fn note(view: &View<'_>, range: WallSpan) -> String {
    if view.range_note.is_empty() {
        format::duration(range.micros())
    } else {
        view.range_note.to_owned()
    }
}

fn line(ui: &mut Ui, text: String, colour: Color32) {
    ui.set_max_width(WIDTH);
    ui.label(RichText::new(text).size(theme::CAPTION).color(colour));
}

fn picture(ui: &mut Ui, shown: crate::ui::texture::Shown) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(WIDTH, HEIGHT), Sense::hover());
    ui.painter().rect_filled(rect, 4.0, theme::letterbox());
    let place = crate::ui::widgets::fit(rect, shown.size);
    crate::ui::widgets::picture(ui.painter(), shown.id, place, Color32::WHITE);
}
