//! Rows of the lists: a picture or an icon, two lines of text, and a button or two.
//!
//! Must not do: know what is listed.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Pos2, Rect, Response, Role, Sense, TextEdit, Ui, Vec2, WidgetInfo};

use crate::model::{CameraId, WallTime};
use crate::protocol::Thumbnail;
use crate::ui::desk::Stage;
use crate::ui::texture::Place;
use crate::ui::theme;
use crate::ui::widgets::{fit, focus_ring, picture, soft};

/// Size of a small picture.
pub const PICTURE: Vec2 = Vec2::new(80.0, 45.0);

/// Height of a row with a picture.
pub const TALL: f32 = 53.0;

/// Height of a row without one.
pub const LOW: f32 = 44.0;

/// The ground of a row, that can be clicked; `name` is for those who do not see.
pub fn ground(ui: &mut Ui, height: f32, name: &str, here: bool) -> (Rect, Response) {
    let size = Vec2::new(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    if here || response.hovered() {
        let fill = if here { theme::raised() } else { theme::field() };
        ui.painter().rect_filled(rect, theme::ROUND, fill);
    }
    focus_ring(ui, rect, &response);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, here, name));
    (rect, response)
}

/// A title and a second line at the left of `rect`.
pub fn lines(ui: &Ui, rect: Rect, title: &str, second: &str) {
    let painter = ui.painter();
    let line = |text: &str, font, ink| {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), font, ink);
        job.wrap = TextWrapping::truncate_at_width(rect.width().max(10.0));
        painter.layout_job(job)
    };
    let title = line(title, theme::strong(theme::BODY), theme::text());
    let second = line(second, theme::font(theme::CAPTION), theme::text_soft());
    let height = title.size().y + 2.0 + second.size().y;
    let top = rect.center().y - height / 2.0;
    let next = top + title.size().y + 2.0;
    painter.galley(Pos2::new(rect.left(), top), title, theme::text());
    painter.galley(Pos2::new(rect.left(), next), second, theme::text_soft());
}

/// A small picture, or its place while there is none.
pub fn small_picture(
    ui: &Ui,
    stage: &mut Stage<'_>,
    place: Rect,
    camera: &CameraId,
    at: WallTime,
    thumbnail: Option<&Thumbnail>,
) {
    ui.painter().rect_filled(place, theme::ROUND_SMALL, theme::letterbox());
    let Some(thumbnail) = thumbnail else { return };
    let shown = stage.textures.show(ui, Place::Thumbnail(at), camera, &thumbnail.picture);
    if let Some(shown) = shown {
        picture(ui.painter(), shown.id, fit(place, shown.size), egui::Color32::WHITE);
    }
}

/// A field that narrows a list.
pub fn search(ui: &mut Ui, name: &str, text: &mut String) {
    let edit = TextEdit::singleline(text)
        .hint_text(egui::RichText::new(name).color(theme::text_faint()))
        .margin(egui::Margin::symmetric(8, 6))
        .desired_width(f32::INFINITY);
    ui.add(edit).accessible_name(name).on_hover_text(name);
}

/// A sentence where there is nothing to list.
pub fn nothing(ui: &mut Ui, text: &str) {
    ui.add_space(12.0);
    ui.label(soft(text));
}
