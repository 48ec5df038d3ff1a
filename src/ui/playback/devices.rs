//! The list of cameras on Playback: which are shown, which are online.
//!
//! Must not do: send commands; it says which camera was switched.

use egui::{
    Align2, Color32, Key, Margin, Pos2, Rect, RichText, Role, ScrollArea, Sense, Stroke,
    StrokeKind, TextEdit, Ui, Vec2, WidgetInfo,
};
use egui_material_icons::icons::{ICON_CHECK, ICON_SEARCH};

use crate::model::{CameraId, WallTime};
use crate::protocol::{CameraStatus, LinkState};
use crate::ui::widgets::{focus_ring, icon, soft, state_dot, state_word};
use crate::ui::zone::Zone;
use crate::ui::{keys, theme};

/// Height of a row.
const ROW: f32 = 28.0;

/// The list.
#[derive(Default)]
pub struct DeviceList {
    search: String,
}

impl DeviceList {
    /// Shows the cameras with those `chosen` checked; returns the one that was switched.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cameras: &[CameraStatus],
        chosen: &[CameraId],
        zone: &Zone,
        now: WallTime,
    ) -> Option<CameraId> {
        self.field(ui);
        ui.add_space(6.0);
        let words = self.search.trim().to_lowercase();
        let mut switched = None;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let mut found = cameras
                .iter()
                .filter(|c| words.is_empty() || c.name.to_lowercase().contains(&words))
                .peekable();
            if found.peek().is_none() {
                ui.label(soft("No camera of that name."));
            }
            for camera in found {
                let place = chosen.iter().position(|id| *id == camera.id);
                if row(ui, camera, place, zone, now) {
                    switched = Some(camera.id.clone());
                }
            }
        });
        switched
    }

    fn field(&mut self, ui: &mut Ui) {
        let wanted = keys::free(ui) && keys::take_character(ui, "/");
        let edit = TextEdit::singleline(&mut self.search)
            .hint_text(RichText::new("Find a camera").color(theme::TEXT_FAINT))
            .prefix(icon(ICON_SEARCH, 16.0).color(theme::TEXT_FAINT))
            .margin(Margin::symmetric(8, 7))
            .desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name("Find a camera");
        if wanted {
            response.request_focus();
        }
        if response.has_focus() && ui.input(|i| i.key_pressed(Key::Escape)) {
            self.search.clear();
        }
        response.on_hover_text("Shows only cameras with this in their name (/)");
    }
}

fn row(
    ui: &mut Ui,
    camera: &CameraStatus,
    place: Option<usize>,
    zone: &Zone,
    now: WallTime,
) -> bool {
    let size = Vec2::new(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let on = place.is_some();
    let fill = match (on, response.hovered()) {
        (true, _) => theme::RAISED,
        (false, true) => theme::FIELD,
        (false, false) => Color32::TRANSPARENT,
    };
    let painter = ui.painter();
    painter.rect_filled(rect, theme::ROUND, fill);
    let middle = rect.center().y;
    check_box(ui, Pos2::new(rect.left() + 18.0, middle), on);
    state_dot(painter, Pos2::new(rect.left() + 40.0, middle), &camera.link);
    let right = match (&camera.link, place) {
        (LinkState::Offline { since, .. }, _) => zone.brief(*since, now),
        (_, Some(place)) => (place + 1).to_string(),
        _ => String::new(),
    };
    let caption = theme::font(theme::CAPTION);
    let end = Pos2::new(rect.right() - 10.0, middle);
    let used = painter.text(end, Align2::RIGHT_CENTER, right, caption, theme::TEXT_SOFT);
    let ink = if on { theme::TEXT } else { theme::TEXT_SOFT };
    let mut job = egui::text::LayoutJob::simple_singleline(
        camera.name.clone(),
        theme::font(theme::BODY),
        ink,
    );
    let left = rect.left() + 54.0;
    job.wrap = egui::text::TextWrapping::truncate_at_width((used.left() - left - 8.0).max(10.0));
    let galley = painter.layout_job(job);
    painter.galley(Pos2::new(left, middle - galley.size().y / 2.0), galley, ink);
    focus_ring(ui, rect, &response);
    let name = &camera.name;
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
    let state = match &camera.link {
        LinkState::Offline { why, .. } => format!("offline: {why}"),
        link => state_word(link).to_owned(),
    };
    let what = if on { "click to hide" } else { "click to show" };
    response.on_hover_text(format!("{name}, {state}; {what}")).clicked()
}

fn check_box(ui: &Ui, centre: Pos2, on: bool) {
    let rect = Rect::from_center_size(centre, Vec2::splat(14.0));
    let painter = ui.painter();
    if on {
        painter.rect_filled(rect, 3.0, theme::ACCENT);
        let font = theme::icon_font(13.0);
        painter.text(centre, Align2::CENTER_CENTER, ICON_CHECK.codepoint, font, theme::ON_ACCENT);
    } else {
        let stroke = Stroke::new(1.5, theme::TEXT_FAINT);
        painter.rect_stroke(rect, 3.0, stroke, StrokeKind::Inside);
    }
}
