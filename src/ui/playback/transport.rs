//! The transport bar: steps, play, speeds, live, and the exact time shown.
//!
//! Must not do: send commands; it says what was pressed, by hand or by key.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Frame, Key, Layout, Margin, Modifiers, RichText, Ui};
use egui_material_icons::icons::{
    ICON_CHEVRON_LEFT, ICON_CHEVRON_RIGHT, ICON_FULLSCREEN, ICON_PAUSE, ICON_PHOTO_CAMERA,
    ICON_PLAY_ARROW, ICON_SENSORS, ICON_SKIP_NEXT, ICON_SKIP_PREVIOUS,
};

use crate::model::WallTime;
use crate::protocol::Speed;
use crate::ui::widgets::{Look, icon, icon_button, segmented, tip};
use crate::ui::zone::Zone;
use crate::ui::{keys, theme};

/// Height of the bar.
pub const HEIGHT: f32 = 48.0;

/// What was pressed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Press {
    /// Play, or pause.
    Toggle,
    /// Frames on, or back.
    Step(i32),
    /// To the begin of the next recording, or of the previous one.
    Recording {
        /// The next one.
        forward: bool,
    },
    /// Microseconds on, or back.
    Jump(i64),
    /// Another speed.
    Speed(Speed),
    /// To the newest footage.
    Live,
    /// The picture shown.
    Snapshot,
    /// Full screen, or back.
    Fullscreen,
    /// To the begin of the day.
    DayStart,
    /// To its end.
    DayEnd,
    /// Closer.
    ZoomIn,
    /// Wider.
    ZoomOut,
}

/// What the bar shows.
pub struct Bar<'a> {
    /// The moment shown.
    pub playhead: WallTime,
    /// In which local time.
    pub zone: &'a Zone,
    /// Whether time passes.
    pub playing: bool,
    /// At which speed.
    pub speed: Speed,
    /// Whether it stays at the newest footage.
    pub live: bool,
    /// When not all pictures can be decoded: pictures a second reached.
    pub key_frames_only: Option<f32>,
}

/// Ten seconds, in microseconds.
const TEN_SECONDS: i64 = 10_000_000;

impl Bar<'_> {
    /// Shows it.
    pub fn ui(&self, ui: &mut Ui) -> Option<Press> {
        let mut press = None;
        let frame = Frame::new().inner_margin(Margin::symmetric(12, 0));
        frame.show(ui, |ui| {
            ui.set_height(HEIGHT);
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                press = self.buttons(ui);
                ui.add_space(6.0);
                press = self.speeds(ui).or(press);
                press = self.live(ui).or(press);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if icon_button(ui, ICON_FULLSCREEN, "Full screen", "F", Look::Quiet).clicked() {
                        press = Some(Press::Fullscreen);
                    }
                    let snapshot = icon_button(ui, ICON_PHOTO_CAMERA, "Snapshot", "S", Look::Quiet);
                    if snapshot.clicked() {
                        press = Some(Press::Snapshot);
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        ui.centered_and_justified(|ui| self.time(ui));
                    });
                });
            });
        });
        press
    }

    fn buttons(&self, ui: &mut Ui) -> Option<Press> {
        let mut press = None;
        let mut button = |ui: &mut Ui, glyph, name, key, look, what| {
            if icon_button(ui, glyph, name, key, look).clicked() {
                press = Some(what);
            }
        };
        let back = Press::Recording { forward: false };
        button(ui, ICON_SKIP_PREVIOUS, "Previous recording", "P", Look::Quiet, back);
        button(ui, ICON_CHEVRON_LEFT, "One frame back", "←", Look::Quiet, Press::Step(-1));
        let (glyph, name) = match self.playing {
            true => (ICON_PAUSE, "Pause"),
            false => (ICON_PLAY_ARROW, "Play"),
        };
        button(ui, glyph, name, "Space", Look::Main, Press::Toggle);
        button(ui, ICON_CHEVRON_RIGHT, "One frame on", "→", Look::Quiet, Press::Step(1));
        let on = Press::Recording { forward: true };
        button(ui, ICON_SKIP_NEXT, "Next recording", "N", Look::Quiet, on);
        press
    }

    fn speeds(&self, ui: &mut Ui) -> Option<Press> {
        let options = Speed::ALL.map(|s| {
            let what = format!("Plays at {} (J slower, L faster)", s.label());
            (s.label(), what)
        });
        let selected = Speed::ALL.iter().position(|s| *s == self.speed);
        ui.scope(|ui| {
            ui.spacing_mut().button_padding.x = 4.0;
            segmented(ui, "Speed", &options, selected)
        })
        .inner
        .map(|i| Press::Speed(Speed::ALL[i]))
    }

    fn live(&self, ui: &mut Ui) -> Option<Press> {
        let ink = if self.live { theme::LIVE } else { theme::TEXT_SOFT };
        let words = RichText::new("Live").color(ink);
        let button = egui::Button::new((icon(ICON_SENSORS, theme::ICON).color(ink), words))
            .selected(self.live)
            .fill(if self.live { theme::RAISED } else { egui::Color32::TRANSPARENT })
            .stroke(egui::Stroke::NONE);
        let response = ui.add(button).accessible_name("Live edge");
        let text = tip("To the newest footage, and stays there", "");
        response.on_hover_text(text).clicked().then_some(Press::Live)
    }

    /// `Tue 3 Mar 2026 14:05:07.240 +01:00`, and what slows it.
    fn time(&self, ui: &mut Ui) {
        let mut job = LayoutJob::default();
        let mut add = |text: String, font, colour| {
            job.append(
                &text,
                0.0,
                TextFormat { font_id: font, color: colour, ..Default::default() },
            );
        };
        let at = self.playhead;
        add(self.zone.date(at), theme::strong(15.0), theme::TEXT);
        let time = self.zone.millis(at);
        let (seconds, rest) = time.split_once('.').unwrap_or((&time, ""));
        add(format!(" {seconds}"), theme::strong(15.0), theme::TEXT);
        add(format!(".{rest} {}", self.zone.offset(at)), theme::font(15.0), theme::TEXT_SOFT);
        if let Some(rate) = self.key_frames_only {
            let text = format!("   key frames only, {rate:.0} fps");
            add(text, theme::font(theme::CAPTION), theme::WARNING);
        }
        job.wrap = egui::text::TextWrapping::truncate_at_width(ui.available_width());
        ui.label(job).on_hover_text("The moment shown, with its distance from UTC");
    }
}

/// The keys of the transport.
pub fn read_keys(ui: &Ui, speed: Speed) -> Option<Press> {
    if !keys::free(ui) {
        return None;
    }
    // A control that has the keyboard keeps Space and the arrows to itself.
    let unfocused = ui.memory(|m| m.focused().is_none());
    let toggle = keys::take(ui, Key::K) || (unfocused && keys::take(ui, Key::Space));
    if toggle {
        return Some(Press::Toggle);
    }
    if unfocused {
        let arrows = [(Key::ArrowLeft, -1), (Key::ArrowRight, 1)];
        for (key, sign) in arrows {
            if keys::take_with(ui, Modifiers::SHIFT, key) {
                return Some(Press::Jump(i64::from(sign) * TEN_SECONDS));
            }
            if keys::take(ui, key) {
                return Some(Press::Step(sign));
            }
        }
    }
    let simple = [
        (Key::P, Press::Recording { forward: false }),
        (Key::N, Press::Recording { forward: true }),
        (Key::S, Press::Snapshot),
        (Key::Home, Press::DayStart),
        (Key::End, Press::DayEnd),
        (Key::J, Press::Speed(next_speed(speed, false))),
        (Key::L, Press::Speed(next_speed(speed, true))),
    ];
    if let Some((_, press)) = simple.into_iter().find(|(key, _)| keys::take(ui, *key)) {
        return Some(press);
    }
    if keys::take_character(ui, "+") {
        return Some(Press::ZoomIn);
    }
    keys::take_character(ui, "-").then_some(Press::ZoomOut)
}

/// The speed after this one, or before it; the ends stay.
fn next_speed(speed: Speed, faster: bool) -> Speed {
    let at = Speed::ALL.iter().position(|s| *s == speed).unwrap_or(0);
    let next = if faster { (at + 1).min(Speed::ALL.len() - 1) } else { at.saturating_sub(1) };
    Speed::ALL[next]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_end_at_the_ends() {
        assert_eq!(next_speed(Speed::Normal, true), Speed::Double);
        assert_eq!(next_speed(Speed::Eight, true), Speed::Eight);
        assert_eq!(next_speed(Speed::Quarter, false), Speed::Quarter);
    }
}
