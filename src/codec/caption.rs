//! A line with a name and a time written into a picture.
//!
//! Must not do: know what the text says, or lay out more than one line.

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::CodecError;

/// Inter, which has the letters of all Latin, Greek and Cyrillic scripts; any other is drawn as a box.
const FONT: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");

/// Height of the letters as a part of the picture's.
const LETTER_PART: f32 = 1.0 / 30.0;

/// Smallest and largest height of the letters in pixels.
const LETTERS: (f32, f32) = (10.0, 64.0);

/// What stands for the rest of a name that is too long.
const CUT: char = '…';

/// How much of the picture is left under the text.
const UNDER: u16 = 90;

/// Whether every letter of `text` can be written.
#[must_use]
pub fn can_write(text: &str) -> bool {
    let map = FontRef::new(FONT).map(|font| font.charmap());
    map.is_ok_and(|map| text.chars().all(|letter| map.map(letter).is_some()))
}

/// Writes `name` and behind it `rest` along the lower edge of straight RGBA, `width * height * 4` bytes. A long name
/// is cut; only where not even `rest` has room it is small.
///
/// # Errors
/// [`CodecError::Convert`] when the size is not that of the picture, or the font cannot be read.
pub fn write_caption(
    width: usize,
    height: usize,
    rgba: &mut [u8],
    name: &str,
    rest: &str,
) -> Result<(), CodecError> {
    if Some(rgba.len()) != width.checked_mul(height).and_then(|pixels| pixels.checked_mul(4)) {
        let text = format!("{} bytes are not {width} x {height} pixels", rgba.len());
        return Err(CodecError::Convert(text));
    }
    let font = FontRef::new(FONT).map_err(|error| CodecError::Convert(error.to_string()))?;
    let mut size = (height as f32 * LETTER_PART).clamp(LETTERS.0, LETTERS.1);
    let room = width as f32 - size;
    let text = fit(&font, (name, rest), size, room);
    let wide = line_width(&font, &text, size);
    if wide > room && room > 0.0 {
        size *= room / wide;
    }
    let band = ((size * 1.6).ceil() as usize).min(height);
    let covered = draw(&font, &text, size, (width, band));
    let top = (height - band) * width * 4;
    let pixels = rgba.get_mut(top..).unwrap_or_default().chunks_exact_mut(4);
    for (pixel, covered) in pixels.zip(covered) {
        let ink = (covered.clamp(0.0, 1.0) * 255.0) as u16;
        for colour in pixel.iter_mut().take(3) {
            let under = u16::from(*colour) * UNDER / 255;
            *colour = ((under * (255 - ink) + 255 * ink) / 255) as u8;
        }
    }
    Ok(())
}

/// The line with as much of the name as `room` pixels take.
fn fit(font: &FontRef<'_>, (name, rest): (&str, &str), size: f32, room: f32) -> String {
    let whole = format!("{name}{rest}");
    let cuts =
        name.char_indices().rev().map(|(end, _)| format!("{}{CUT}{rest}", name[..end].trim_end()));
    let fits = |line: &String| line_width(font, line, size) <= room;
    std::iter::once(whole).chain(cuts).find(fits).unwrap_or_else(|| rest.trim_start().to_owned())
}

fn glyphs<'a>(font: &FontRef<'a>, text: &'a str) -> impl Iterator<Item = GlyphId> + use<'a> {
    let map = font.charmap();
    text.chars().map(move |letter| map.map(letter).unwrap_or_default())
}

fn line_width(font: &FontRef<'_>, text: &str, size: f32) -> f32 {
    let metrics = font.glyph_metrics(Size::new(size), LocationRef::default());
    glyphs(font, text).filter_map(|glyph| metrics.advance_width(glyph)).sum()
}

/// How much each pixel of a band of this size is covered by the text, from 0 to 1.
fn draw(font: &FontRef<'_>, text: &str, size: f32, (width, band): (usize, usize)) -> Vec<f32> {
    let metrics = font.glyph_metrics(Size::new(size), LocationRef::default());
    let outlines = font.outline_glyphs();
    let origin = (size / 2.0, size * 1.15);
    let mut pen =
        Pen { origin, at: origin, start: origin, rasterizer: Rasterizer::new(width, band) };
    for glyph in glyphs(font, text) {
        let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
        // A glyph that cannot be drawn leaves its space empty.
        let _drawn = outlines.get(glyph).map(|outline| outline.draw(settings, &mut pen));
        pen.origin.0 += metrics.advance_width(glyph).unwrap_or(0.0);
    }
    let mut covered = vec![0.0; width * band];
    pen.rasterizer.for_each_pixel(|pixel, alpha| {
        if let Some(place) = covered.get_mut(pixel) {
            *place = alpha;
        }
    });
    covered
}

/// Draws outlines, whose y goes up, into a raster, whose y goes down.
struct Pen {
    origin: (f32, f32),
    at: (f32, f32),
    start: (f32, f32),
    rasterizer: Rasterizer,
}

impl Pen {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.origin.0 + x, self.origin.1 - y)
    }
}

fn to_point((x, y): (f32, f32)) -> Point {
    point(x, y)
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.at = self.place(x, y);
        self.start = self.at;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.place(x, y);
        self.rasterizer.draw_line(to_point(self.at), to_point(to));
        self.at = to;
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (by, to) = (self.place(cx, cy), self.place(x, y));
        self.rasterizer.draw_quad(to_point(self.at), to_point(by), to_point(to));
        self.at = to;
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let (a, b, to) = (self.place(ax, ay), self.place(bx, by), self.place(x, y));
        self.rasterizer.draw_cubic(to_point(self.at), to_point(a), to_point(b), to_point(to));
        self.at = to;
    }

    fn close(&mut self) {
        self.rasterizer.draw_line(to_point(self.at), to_point(self.start));
        self.at = self.start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(width: usize, height: usize, text: &str) -> Vec<u8> {
        let mut rgba = vec![200; width * height * 4];
        write_caption(width, height, &mut rgba, text, "").expect("written");
        rgba
    }

    #[test]
    fn text_stands_in_a_band_along_the_lower_edge() {
        let rgba = written(640, 360, "Müller Straße · Ωmega  2026-03-03 14:00:00.040 +01:00");
        let rows: Vec<&[u8]> = rgba.chunks(640 * 4).collect();
        assert!(rows[..320].iter().all(|row| row.iter().all(|byte| *byte == 200)));
        let white = |row: &&[u8]| row.chunks(4).any(|pixel| pixel[0] > 240);
        assert!(rows.iter().filter(|row| white(row)).count() >= 8);
        assert!(rgba.chunks(4).all(|pixel| pixel[3] == 200), "alpha stays");
        assert_ne!(written(640, 360, "Tor 1"), written(640, 360, "Tor 2"));
    }

    #[test]
    fn a_long_text_a_tiny_picture_and_a_foreign_letter_are_no_trouble() {
        let long = "x".repeat(500);
        for (width, height, text) in [(64, 36, long.as_str()), (2, 2, "a"), (320, 180, "監視")] {
            assert_eq!(written(width, height, text).len(), width * height * 4);
        }
        assert!(write_caption(4, 4, &mut [0; 8], "a", "").is_err());
    }

    #[test]
    fn a_long_name_is_cut_and_the_time_stays_as_large_as_it_is() {
        let font = FontRef::new(FONT).expect("the font");
        let rest = "  2026-03-03 14:00:00.040 +01:00";
        let room = line_width(&font, rest, 20.0) + 100.0;
        assert_eq!(fit(&font, ("Yard", rest), 20.0, room), format!("Yard{rest}"));
        let cut = fit(&font, (&"Yard ".repeat(40), rest), 20.0, room);
        assert!(cut.starts_with("Yard") && cut.ends_with(&format!("…{rest}")), "{cut}");
        assert!(line_width(&font, &cut, 20.0) <= room);
        assert_eq!(fit(&font, ("Yard", rest), 20.0, 1.0), rest.trim_start());
    }

    #[test]
    fn letters_without_a_glyph_are_known() {
        assert!(can_write("Müller Straße · Ωmega …"));
        assert!(!can_write("Tor 🚪") && !can_write("監視") && !can_write("a\u{1b}"));
    }
}
