//! The tree of cameras on Playback, by group: which are shown, which are online.
//!
//! Must not do: send commands; it says what was chosen.

use std::collections::BTreeSet;

use egui::{
    Align2, Color32, Key, Margin, Pos2, Rect, RichText, Role, ScrollArea, Sense, Stroke,
    StrokeKind, TextEdit, Ui, Vec2, WidgetInfo,
};
use egui_material_icons::icons::{ICON_CHECK, ICON_CHEVRON_RIGHT, ICON_EXPAND_MORE, ICON_SEARCH};

use crate::model::{CameraId, WallTime};
use crate::protocol::{CameraStatus, LinkState};
use crate::ui::widgets::{focus_ring, icon, soft, state_dot, state_word};
use crate::ui::words::{common, playback as words};
use crate::ui::zone::Zone;
use crate::ui::{keys, theme};

/// Height of a row.
const ROW: f32 = 28.0;

/// How far the cameras of a group stand in.
const INDENT: f32 = 14.0;

/// What was chosen.
pub enum Choice {
    /// The box: shown, or not any more.
    Switch(CameraId),
    /// The name: the keys mean this camera, which is shown.
    Pick(CameraId),
    /// The name, twice: shown alone.
    Only(CameraId),
}

/// The list.
#[derive(Default)]
pub struct DeviceList {
    search: String,
    folded: BTreeSet<String>,
}

impl DeviceList {
    /// Shows the cameras with those `chosen` checked; returns what was chosen.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cameras: &[CameraStatus],
        chosen: &[CameraId],
        zone: &Zone,
        now: WallTime,
    ) -> Option<Choice> {
        let entered = self.field(ui);
        ui.add_space(6.0);
        let words = self.search.trim().to_lowercase();
        let found: Vec<&CameraStatus> =
            cameras.iter().filter(|camera| matches(camera, &words)).collect();
        let mut choice = None;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            if found.is_empty() {
                ui.label(soft(words::NO_CAMERA));
            }
            for (group, members) in groups(&found) {
                let grouped = !group.is_empty();
                if grouped && !self.head(ui, group, !words.is_empty()) {
                    continue;
                }
                for camera in members {
                    let place = chosen.iter().position(|id| *id == camera.id);
                    let indent = if grouped { INDENT } else { 0.0 };
                    choice = row(ui, camera, place, indent, zone, now).or(choice.take());
                }
            }
        });
        match found.first() {
            Some(first) if entered => Some(Choice::Pick(first.id.clone())),
            _ => choice,
        }
    }

    /// The head of a group; whether the group is open, as it always is while it is being searched.
    fn head(&mut self, ui: &mut Ui, group: &str, searching: bool) -> bool {
        let size = Vec2::new(ui.available_width(), ROW);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let open = searching || !self.folded.contains(group);
        let glyph = if open { ICON_EXPAND_MORE } else { ICON_CHEVRON_RIGHT };
        let ink = if response.hovered() { theme::text() } else { theme::text_soft() };
        let (painter, middle) = (ui.painter(), rect.center().y);
        let at = Pos2::new(rect.left() + 14.0, middle);
        let font = theme::icon_font(16.0);
        painter.text(at, Align2::CENTER_CENTER, glyph.codepoint, font, ink);
        let at = Pos2::new(rect.left() + 28.0, middle);
        painter.text(at, Align2::LEFT_CENTER, group, theme::strong(theme::BODY), ink);
        focus_ring(ui, rect, &response);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, open, group));
        let response = response.on_hover_text(words::group_tip(group, open));
        if response.clicked() && !self.folded.remove(group) {
            self.folded.insert(group.to_owned());
        }
        open
    }

    /// The field that narrows the list; whether Enter was pressed in it.
    fn field(&mut self, ui: &mut Ui) -> bool {
        let wanted = keys::free(ui) && keys::take_character(ui, "/");
        let edit = TextEdit::singleline(&mut self.search)
            .hint_text(RichText::new(words::FIND_CAMERA).color(theme::text_faint()))
            .prefix(icon(ICON_SEARCH, 16.0).color(theme::text_faint()))
            .margin(Margin::symmetric(8, 7))
            .desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name(words::FIND_CAMERA);
        if wanted {
            response.request_focus();
        }
        let left_by = |key| response.lost_focus() && ui.input(|i| i.key_pressed(key));
        if left_by(Key::Escape) {
            self.search.clear();
        }
        let entered = left_by(Key::Enter) && !self.search.trim().is_empty();
        response.on_hover_text(words::FIND_CAMERA_TIP);
        entered
    }
}

fn matches(camera: &CameraStatus, words: &str) -> bool {
    words.is_empty()
        || camera.name.to_lowercase().contains(words)
        || camera.group.to_lowercase().contains(words)
}

/// Cameras by group, in the order in which the groups appear; those without a group last, and without a name
/// where there are no groups at all.
fn groups<'a>(cameras: &[&'a CameraStatus]) -> Vec<(&'a str, Vec<&'a CameraStatus>)> {
    let mut found: Vec<(&str, Vec<&CameraStatus>)> = Vec::new();
    for camera in cameras {
        match found.iter_mut().find(|(group, _)| *group == camera.group) {
            Some((_, members)) => members.push(camera),
            None => found.push((&camera.group, vec![camera])),
        }
    }
    found.sort_by_key(|(group, _)| group.is_empty());
    if let [_, .., (name, _)] = found.as_mut_slice()
        && name.is_empty()
    {
        *name = words::OTHER_CAMERAS;
    }
    found
}

fn row(
    ui: &mut Ui,
    camera: &CameraStatus,
    place: Option<usize>,
    indent: f32,
    zone: &Zone,
    now: WallTime,
) -> Option<Choice> {
    let size = Vec2::new(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let on = place.is_some();
    let fill = match (on, response.hovered()) {
        (true, _) => theme::raised(),
        (false, true) => theme::field(),
        (false, false) => Color32::TRANSPARENT,
    };
    let painter = ui.painter();
    painter.rect_filled(rect, theme::ROUND, fill);
    let middle = rect.center().y;
    let square =
        Rect::from_center_size(Pos2::new(rect.left() + indent + 18.0, middle), Vec2::splat(ROW));
    let switch = ui.interact(square, response.id.with("box"), Sense::click());
    check_box(ui, square.center(), on);
    state_dot(painter, Pos2::new(rect.left() + indent + 40.0, middle), &camera.link);
    let right = match (&camera.link, place) {
        (LinkState::Offline { since, .. }, _) => zone.brief(*since, now),
        (_, Some(place)) => (place + 1).to_string(),
        _ => String::new(),
    };
    let caption = theme::font(theme::CAPTION);
    let end = Pos2::new(rect.right() - 10.0, middle);
    let used = painter.text(end, Align2::RIGHT_CENTER, right, caption, theme::text_soft());
    let ink = if on { theme::text() } else { theme::text_soft() };
    let mut job = egui::text::LayoutJob::simple_singleline(
        camera.name.clone(),
        theme::font(theme::BODY),
        ink,
    );
    let left = rect.left() + indent + 54.0;
    job.wrap = egui::text::TextWrapping::truncate_at_width((used.left() - left - 8.0).max(10.0));
    let galley = painter.layout_job(job);
    painter.galley(Pos2::new(left, middle - galley.size().y / 2.0), galley, ink);
    focus_ring(ui, rect, &response);
    focus_ring(ui, square, &switch);
    let name = &camera.name;
    let what = words::look_at(name);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &what));
    switch.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
    let state = match &camera.link {
        LinkState::Offline { why, .. } => common::offline_because(why),
        link => state_word(link).to_owned(),
    };
    let id = || camera.id.clone();
    let box_text = if on { words::HIDE_CAMERA } else { words::SHOW_CAMERA };
    if switch.on_hover_text(box_text).clicked() {
        return Some(Choice::Switch(id()));
    }
    let response = response.on_hover_text(words::camera_tip(name, &state));
    if response.double_clicked() {
        Some(Choice::Only(id()))
    } else {
        response.clicked().then(|| Choice::Pick(id()))
    }
}

fn check_box(ui: &Ui, centre: Pos2, on: bool) {
    let rect = Rect::from_center_size(centre, Vec2::splat(14.0));
    let painter = ui.painter();
    if on {
        painter.rect_filled(rect, 3.0, theme::accent());
        let font = theme::icon_font(13.0);
        painter.text(centre, Align2::CENTER_CENTER, ICON_CHECK.codepoint, font, theme::on_accent());
    } else {
        let stroke = Stroke::new(1.5, theme::text_faint());
        painter.rect_stroke(rect, 3.0, stroke, StrokeKind::Inside);
    }
}
