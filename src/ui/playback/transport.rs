//! The transport bar: direction, steps, play, speeds, skips, live, the exact time shown, and what can be
//! taken out.
//!
//! Must not do: send commands; it says what was pressed.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Button, Color32, Frame, Layout, Margin, Popup, RichText, Stroke, Ui};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_ARROW_DROP_DOWN, ICON_BOOKMARK_ADD, ICON_CHEVRON_LEFT, ICON_CHEVRON_RIGHT,
    ICON_DIRECTIONS_RUN, ICON_DOWNLOAD, ICON_FULLSCREEN, ICON_KEYBOARD_DOUBLE_ARROW_LEFT,
    ICON_LOCK, ICON_PAUSE, ICON_PHOTO_CAMERA, ICON_PLAY_ARROW, ICON_RIGHT_PANEL_OPEN,
    ICON_SCHEDULE, ICON_SENSORS, ICON_SKIP_NEXT, ICON_SKIP_PREVIOUS, ICON_STEP_OVER,
};

use super::press::Press;
use crate::model::WallTime;
use crate::protocol::{PictureFormat, Speed};
use crate::ui::theme;
use crate::ui::widgets::{Look, icon, icon_button, labelled_button, segmented, tip};
use crate::ui::words::{common, playback as words};
use crate::ui::zone::Zone;

/// Height of the bar.
pub const HEIGHT: f32 = 48.0;

/// A bar narrower than this has the speeds in a menu.
const ROOMY: f32 = 1_180.0;

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
    /// Whether backward.
    pub reverse: bool,
    /// Whether time without footage is skipped.
    pub skip_gaps: bool,
    /// Whether time without motion is skipped.
    pub skip_to_events: bool,
    /// Whether it stays at the newest footage.
    pub live: bool,
    /// When not all pictures can be decoded: pictures a second reached.
    pub key_frames_only: Option<f32>,
    /// Whether the lists at the right are open.
    pub lists: bool,
    /// Whether footage is only shown: nothing can be taken out or marked.
    pub only_shows: bool,
}

/// How snapshots are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SnapshotStyle {
    /// How they are written.
    pub format: PictureFormat,
    /// Whether camera and time stand in the picture.
    pub caption: bool,
}

impl Bar<'_> {
    /// Shows it; `style` is changed in the menu of the snapshot button.
    pub fn ui(&self, ui: &mut Ui, style: &mut SnapshotStyle) -> Option<Press> {
        let mut press = None;
        let frame = Frame::new().inner_margin(Margin::symmetric(12, 0));
        frame.show(ui, |ui| {
            ui.set_height(HEIGHT);
            ui.spacing_mut().item_spacing.x = 2.0;
            let roomy = ui.available_width() >= ROOMY;
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                press = self.buttons(ui);
                ui.add_space(6.0);
                let speed = if roomy { self.speeds(ui) } else { self.speed_menu(ui) };
                press = speed.or(press);
                ui.add_space(6.0);
                press = self.skips(ui).or(press);
                press = self.live(ui).or(press);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    press = self.right(ui, style, roomy).or(press);
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        ui.centered_and_justified(|ui| self.time(ui, roomy));
                    });
                });
            });
        });
        press
    }

    fn buttons(&self, ui: &mut Ui) -> Option<Press> {
        let mut press = None;
        let mut button = |ui: &mut Ui, glyph: MaterialIcon, name: &str, key: &str, look, what| {
            if icon_button(ui, glyph, name, key, look).clicked() {
                press = Some(what);
            }
        };
        let backward = if self.reverse { Look::On } else { Look::Quiet };
        let shuttle = Press::Reverse(!self.reverse);
        button(ui, ICON_KEYBOARD_DOUBLE_ARROW_LEFT, words::PLAY_BACKWARD, "J", backward, shuttle);
        let back = Press::Event { forward: false };
        button(ui, ICON_SKIP_PREVIOUS, words::PREVIOUS_EVENT, "P", Look::Quiet, back);
        button(ui, ICON_CHEVRON_LEFT, words::FRAME_BACK, "←", Look::Quiet, Press::Step(-1));
        let (glyph, name) = match self.playing {
            true => (ICON_PAUSE, words::PAUSE),
            false => (ICON_PLAY_ARROW, words::PLAY),
        };
        button(ui, glyph, name, "Space", Look::Main, Press::Toggle);
        button(ui, ICON_CHEVRON_RIGHT, words::FRAME_ON, "→", Look::Quiet, Press::Step(1));
        let on = Press::Event { forward: true };
        button(ui, ICON_SKIP_NEXT, words::NEXT_EVENT, "N", Look::Quiet, on);
        press
    }

    fn speeds(&self, ui: &mut Ui) -> Option<Press> {
        let options = Speed::ALL.map(|s| (s.label(), explain(s)));
        let selected = Speed::ALL.iter().position(|s| *s == self.speed);
        ui.scope(|ui| {
            ui.spacing_mut().button_padding.x = 4.0;
            segmented(ui, words::SPEED, &options, selected)
        })
        .inner
        .map(|i| Press::Speed(Speed::ALL[i]))
    }

    fn speed_menu(&self, ui: &mut Ui) -> Option<Press> {
        let words = (self.speed_label(), icon(ICON_ARROW_DROP_DOWN, theme::ICON));
        let button = ui
            .add(Button::new(words).stroke(Stroke::NONE))
            .accessible_name(words::speed_now(self.speed.label()))
            .on_hover_text(tip(words::SPEED, words::SPEED_TIP));
        let mut press = None;
        Popup::menu(&button).show(|ui| {
            for speed in Speed::ALL {
                let option = Button::selectable(speed == self.speed, speed.label());
                let response = ui.add(option).accessible_name(words::speed_choice(speed.label()));
                if response.on_hover_text(explain(speed)).clicked() {
                    press = Some(Press::Speed(speed));
                    ui.close();
                }
            }
        });
        press
    }

    /// `4x`, or `−4x` backward.
    fn speed_label(&self) -> String {
        format!("{}{}", if self.reverse { "−" } else { "" }, self.speed.label())
    }

    fn skips(&self, ui: &mut Ui) -> Option<Press> {
        let mut press = None;
        let look = |on| if on { Look::On } else { Look::Quiet };
        let name = words::SKIP_GAPS;
        if icon_button(ui, ICON_STEP_OVER, name, "", look(self.skip_gaps)).clicked() {
            press = Some(Press::SkipGaps(!self.skip_gaps));
        }
        let name = words::MOTION_ONLY;
        if icon_button(ui, ICON_DIRECTIONS_RUN, name, "", look(self.skip_to_events)).clicked() {
            press = Some(Press::SkipToEvents(!self.skip_to_events));
        }
        press
    }

    fn live(&self, ui: &mut Ui) -> Option<Press> {
        let ink = if self.live { theme::live() } else { theme::text_soft() };
        let words = RichText::new(words::LIVE).color(ink);
        let button = Button::new((icon(ICON_SENSORS, theme::ICON).color(ink), words))
            .selected(self.live)
            .fill(if self.live { theme::raised() } else { Color32::TRANSPARENT })
            .stroke(Stroke::NONE);
        ui.spacing_mut().button_padding.x = 8.0;
        let response = ui.add(button).accessible_name(words::LIVE_EDGE);
        let text = tip(words::LIVE_TIP, "");
        response.on_hover_text(text).clicked().then_some(Press::Live)
    }

    /// From the right end inwards.
    fn right(&self, ui: &mut Ui, style: &mut SnapshotStyle, roomy: bool) -> Option<Press> {
        if self.only_shows {
            return None;
        }
        let mut press = None;
        let mut button = |ui: &mut Ui, glyph: MaterialIcon, name: &str, key: &str, look, what| {
            if icon_button(ui, glyph, name, key, look).clicked() {
                press = Some(what);
            }
        };
        let lists = if self.lists { Look::On } else { Look::Quiet };
        let name = words::LISTS;
        button(ui, ICON_RIGHT_PANEL_OPEN, name, "", lists, Press::Lists);
        button(ui, ICON_FULLSCREEN, common::FULL_SCREEN, "F", Look::Quiet, Press::Fullscreen);
        if roomy {
            let what = words::EXPORT_TIP;
            if labelled_button(ui, ICON_DOWNLOAD, words::EXPORT, what, "E").clicked() {
                return Some(Press::Export);
            }
        } else {
            button(ui, ICON_DOWNLOAD, words::EXPORT, "E", Look::Quiet, Press::Export);
        }
        button(ui, ICON_LOCK, words::LOCK_RANGE, "X", Look::Quiet, Press::Lock);
        button(ui, ICON_BOOKMARK_ADD, words::BOOKMARK_MOMENT, "M", Look::Quiet, Press::Bookmark);
        snapshot_menu(ui, style);
        button(ui, ICON_PHOTO_CAMERA, common::SNAPSHOT, "S", Look::Quiet, Press::Snapshot);
        button(ui, ICON_SCHEDULE, words::GO_TO, "G", Look::Quiet, Press::GoTo);
        press
    }

    /// `Tue 3 Mar 2026 14:05:07.240 +01:00`, and what slows it.
    fn time(&self, ui: &mut Ui, roomy: bool) {
        let mut job = LayoutJob::default();
        let mut add = |text: String, font, color| {
            job.append(&text, 0.0, TextFormat { font_id: font, color, ..Default::default() });
        };
        let at = self.playhead;
        if self.reverse {
            add(format!("{}  ", self.speed_label()), theme::strong(15.0), theme::accent());
        }
        let date = if roomy { self.zone.date(at) } else { self.zone.short_date(at) };
        add(date, theme::strong(15.0), theme::text());
        let time = self.zone.millis(at);
        let (seconds, rest) = time.split_once('.').unwrap_or((&time, ""));
        add(format!(" {seconds}"), theme::strong(15.0), theme::text());
        add(format!(".{rest} {}", self.zone.offset(at)), theme::font(15.0), theme::text_soft());
        if let Some(rate) = self.key_frames_only {
            let text = format!("\n{}", words::key_frames_only(rate));
            add(text, theme::font(theme::CAPTION), theme::warning());
        }
        job.wrap.max_width = f32::INFINITY;
        job.halign = Align::Center;
        ui.label(job).on_hover_text(words::TIME_TIP);
    }
}

fn explain(speed: Speed) -> String {
    words::speed_tip(speed.label())
}

/// How a snapshot is saved.
fn snapshot_menu(ui: &mut Ui, style: &mut SnapshotStyle) {
    ui.scope(|ui| {
        ui.spacing_mut().button_padding.x = 0.0;
        let glyph = icon(ICON_ARROW_DROP_DOWN, 14.0).color(theme::text_soft());
        let caret = Button::new(glyph).frame(false).min_size(egui::vec2(14.0, theme::CONTROL));
        let response = ui.add(caret).accessible_name(words::SNAPSHOT_STYLE);
        let response = response.on_hover_text(words::SNAPSHOT_STYLE);
        let stays_open = egui::PopupCloseBehavior::CloseOnClickOutside;
        Popup::menu(&response).close_behavior(stays_open).show(|ui| {
            ui.radio_value(&mut style.format, PictureFormat::Png, words::PNG);
            ui.radio_value(&mut style.format, PictureFormat::Jpeg, words::JPEG);
            ui.checkbox(&mut style.caption, words::CAPTION);
        });
    });
}
