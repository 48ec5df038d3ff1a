//! Rows of the left column: a colour, a name, what it means, and how much it is used.
//!
//! Must not do: know schedules or cameras.

use egui::{
    Align2, Color32, Pos2, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo,
    text::{LayoutJob, TextWrapping},
};

use crate::ui::theme;
use crate::ui::widgets::focus_ring;

/// Height of a row.
pub const ROW: f32 = 54.0;

/// One row.
pub struct Row<'a> {
    /// In which colour its bands are.
    pub colour: Color32,
    /// What it is called.
    pub name: &'a str,
    /// What it means.
    pub text: &'a str,
    /// At the right.
    pub aside: &'a str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Shows a row.
pub fn row(ui: &mut Ui, row: &Row<'_>, label: &str) -> Response {
    let size = Vec2::new(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let fill = match (row.chosen, response.hovered()) {
        (true, _) => theme::raised(),
        (false, true) => theme::field(),
        (false, false) => Color32::TRANSPARENT,
    };
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, theme::ROUND, fill);
    let chip = Rect::from_center_size(
        Pos2::new(rect.left() + 16.0, rect.center().y),
        Vec2::new(8.0, 30.0),
    );
    painter.rect_filled(chip, 3.0, row.colour);
    let font = theme::font(theme::CAPTION);
    let right = rect.right_center() - Vec2::new(12.0, 0.0);
    let aside =
        painter.text(right, Align2::RIGHT_CENTER, row.aside, font.clone(), theme::text_soft());
    let left = rect.left() + 32.0;
    let line = |text: &str, font: egui::FontId, ink: Color32, middle: f32| {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), font, ink);
        job.wrap = TextWrapping::truncate_at_width((aside.left() - 10.0 - left).max(0.0));
        let galley = painter.layout_job(job);
        let at = Pos2::new(left, rect.center().y + middle - galley.size().y / 2.0);
        painter.galley(at, galley, ink);
    };
    line(row.name, theme::strong(theme::BODY), theme::text(), -9.0);
    line(row.text, font, theme::text_soft(), 10.0);
    focus_ring(ui, rect, &response);
    let chosen = row.chosen;
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, label));
    response
}
