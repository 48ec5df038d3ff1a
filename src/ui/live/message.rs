//! Words in the middle of a tile.
//!
//! Must not do: know why they are there.

use std::sync::Arc;

use egui::{Align, Align2, Color32, FontId, Galley, Painter, Pos2, Rect};

use crate::ui::theme;

/// The inks of a title and of the sentence under it.
type Inks = (Color32, Color32);

/// A tile that is lower than this, and twice its foot, shows words without an icon.
const ROOM_FOR_ICON: f32 = 124.0;

/// An icon, a title and a sentence in the middle of a tile, where it is dark in both looks.
pub fn message(
    painter: &Painter,
    rect: Rect,
    glyph: &str,
    colour: Color32,
    title: &str,
    text: &str,
) {
    let inks = (theme::PICTURE_TEXT, theme::PICTURE_TEXT_SOFT);
    Message { glyph, colour, title, text, inks, foot: 0.0 }.paint(painter, rect);
}

/// An icon, a title and a sentence.
pub struct Message<'a> {
    /// The icon.
    pub glyph: &'a str,
    /// Its colour.
    pub colour: Color32,
    /// In one line, where it fits.
    pub title: &'a str,
    /// In a few lines.
    pub text: &'a str,
    /// Of title and text.
    pub inks: Inks,
    /// Height that is kept free below.
    pub foot: f32,
}

impl Message<'_> {
    /// Paints it; returns the place below, of the height of `foot`. The foot is left out where there is no room.
    pub fn paint(&self, painter: &Painter, rect: Rect) -> Option<Rect> {
        let width = (rect.width() - 32.0).clamp(40.0, 420.0);
        let (title_ink, text_ink) = self.inks;
        let title = wrapped(painter, self.title, theme::strong(theme::BODY), title_ink, width);
        let text = wrapped(painter, self.text, theme::font(theme::BODY), text_ink, width);
        let icon = if rect.height() > ROOM_FOR_ICON + 2.0 * self.foot { 28.0 } else { 0.0 };
        let gap = if icon > 0.0 { 8.0 } else { 0.0 };
        let words = icon + gap + title.size().y + 6.0 + text.size().y;
        let foot = if self.foot > 0.0 { self.foot + 10.0 } else { 0.0 };
        // The chips at the head of the tile stay free.
        let has_foot = foot > 0.0 && words + foot <= rect.height() - 56.0;
        let height = words + if has_foot { foot } else { 0.0 };
        let mut y = rect.center().y - height / 2.0;
        if icon > 0.0 {
            let at = Pos2::new(rect.center().x, y);
            let font = theme::icon_font(icon);
            painter.text(at, Align2::CENTER_TOP, self.glyph, font, self.colour);
            y += icon + gap;
        }
        let next = y + title.size().y + 6.0;
        let below = next + text.size().y + 10.0;
        painter.galley(Pos2::new(rect.center().x, y), title, title_ink);
        painter.galley(Pos2::new(rect.center().x, next), text, text_ink);
        let foot = Rect::from_x_y_ranges(rect.x_range(), below..=below + self.foot);
        has_foot.then_some(foot)
    }
}

/// Laid out around the position's x.
fn wrapped(
    painter: &Painter,
    text: &str,
    font: FontId,
    colour: Color32,
    width: f32,
) -> Arc<Galley> {
    let mut job = egui::text::LayoutJob::simple(text.to_owned(), font, colour, width);
    job.halign = Align::Center;
    painter.layout_job(job)
}
