//! The shell around every page: the rail at the left, the status bar at the bottom.
//!
//! Must not do: know what is on a page.

use egui::{
    Align, Align2, Color32, Frame, Layout, Margin, Pos2, Rect, Response, RichText, Role, Sense, Ui,
    Vec2, WidgetInfo,
};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_DNS, ICON_GRID_VIEW, ICON_HISTORY, ICON_KEYBOARD, ICON_MOTION_PHOTOS_ON,
    ICON_NOTIFICATIONS, ICON_TUNE, ICON_VIDEOCAM, ICON_VISIBILITY, ICON_WARNING,
};

use super::app::Page;
use super::widgets::{focus_ring, icon, soft, tip};
use super::words::shell as words;
use super::zone::Zone;
use super::{format, theme};
use crate::model::{RecordingState, WallTime};
use crate::protocol::{LinkState, Severity, Snapshot};

/// What was chosen on the rail.
pub enum Choice {
    /// A page.
    Page(Page),
    /// The drawer of notices.
    Notices,
    /// The list of keys.
    Keys,
}

const fn face(page: Page) -> (MaterialIcon, &'static str) {
    match page {
        Page::Live => (ICON_GRID_VIEW, "Ctrl+1"),
        Page::Playback => (ICON_HISTORY, "Ctrl+2"),
        Page::Devices => (ICON_VIDEOCAM, "Ctrl+3"),
        Page::Recording => (ICON_MOTION_PHOTOS_ON, "Ctrl+4"),
        Page::System => (ICON_TUNE, "Ctrl+5"),
    }
}

/// The rail; returns what was chosen.
pub fn rail(ui: &mut Ui, current: Page, unread: usize, demo: bool) -> Option<Choice> {
    let mut chosen = None;
    let frame = Frame::new().fill(theme::panel()).inner_margin(Margin::symmetric(6, 10));
    egui::Panel::left("rail").exact_size(theme::RAIL).frame(frame).show(ui, |ui| {
        ui.spacing_mut().item_spacing = Vec2::new(0.0, 2.0);
        ui.vertical_centered(|ui| {
            ui.label(icon(ICON_VISIBILITY, 28.0).color(theme::accent()));
            section(ui, words::OPERATION);
            for page in [Page::Live, Page::Playback] {
                chosen = page_button(ui, page, current).or(chosen.take());
            }
            ui.add_space(14.0);
            section(ui, words::SETUP);
            for page in [Page::Devices, Page::Recording, Page::System] {
                chosen = page_button(ui, page, current).or(chosen.take());
            }
        });
        ui.with_layout(Layout::bottom_up(Align::Center), |ui| {
            let text = words::new_notices(unread);
            let response = rail_button(ui, ICON_NOTIFICATIONS, &text, false);
            let name = words::notices(unread);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if response.on_hover_text(words::NOTICES_TIP).clicked() {
                chosen = Some(Choice::Notices);
            }
            let keys = rail_button(ui, ICON_KEYBOARD, words::KEYS, false);
            keys.widget_info(|| WidgetInfo::labeled(Role::Button, true, words::KEYS_OF_PAGE));
            if keys.on_hover_text(tip(words::KEYS_TIP, "?")).clicked() {
                chosen = Some(Choice::Keys);
            }
            if demo {
                ui.add_space(8.0);
                let tag = RichText::new(words::DEMO)
                    .font(theme::strong(theme::TINY))
                    .color(theme::warning());
                ui.label(tag).on_hover_text(words::DEMO_TIP);
            }
        });
    });
    chosen
}

fn section(ui: &mut Ui, name: &str) {
    ui.add_space(8.0);
    ui.label(RichText::new(name).size(theme::TINY).color(theme::text_faint()));
    ui.add_space(2.0);
}

fn page_button(ui: &mut Ui, page: Page, current: Page) -> Option<Choice> {
    let (glyph, key) = face(page);
    let name = page.title();
    let on = page == current;
    let response = rail_button(ui, glyph, name, on);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, name));
    response.on_hover_text(tip(name, key)).clicked().then_some(Choice::Page(page))
}

fn rail_button(ui: &mut Ui, glyph: MaterialIcon, text: &str, on: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(60.0, 54.0), Sense::click());
    let fill = match (on, response.hovered()) {
        (true, _) => theme::raised(),
        (false, true) => theme::field(),
        (false, false) => Color32::TRANSPARENT,
    };
    let ink = if on { theme::text() } else { theme::text_soft() };
    let painter = ui.painter();
    painter.rect_filled(rect, theme::ROUND, fill);
    if on {
        // The mark reaches the window's edge, so that the page is seen without colours too.
        let mark = Rect::from_center_size(
            Pos2::new(rect.left() - 4.5, rect.center().y),
            Vec2::new(3.0, 28.0),
        );
        painter.with_clip_rect(mark).rect_filled(mark, 1.5, theme::accent());
    }
    let middle = Pos2::new(rect.center().x, rect.top() + 20.0);
    painter.text(middle, Align2::CENTER_CENTER, glyph.codepoint, theme::icon_font(21.0), ink);
    let below = Pos2::new(rect.center().x, rect.bottom() - 12.0);
    painter.text(below, Align2::CENTER_CENTER, text, theme::font(11.0), ink);
    focus_ring(ui, rect, &response);
    response
}

/// The bar at the bottom.
pub fn status_bar(ui: &mut Ui, snapshot: &Snapshot, zone: &Zone, now: WallTime) {
    let frame = Frame::new().fill(theme::panel()).inner_margin(Margin::symmetric(14, 0));
    egui::Panel::bottom("status").exact_size(theme::STATUS).frame(frame).show(ui, |ui| {
        ui.style_mut().override_font_id = Some(theme::font(theme::CAPTION));
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            cameras(ui, snapshot);
            volume(ui, snapshot);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let clock = format!("{} {}", zone.date(now), zone.seconds(now));
                ui.label(clock).on_hover_text(words::CLOCK_TIP);
                ui.add_space(14.0);
                let place = format!("{} ({})", zone.name(), zone.utc_offset(now));
                ui.label(soft(place)).on_hover_text(words::ZONE_TIP);
                ui.add_space(14.0);
                warning(ui, snapshot);
            });
        });
    });
}

fn cameras(ui: &mut Ui, snapshot: &Snapshot) {
    let all = snapshot.cameras.len();
    let online = snapshot.cameras.iter().filter(|c| c.link == LinkState::Online).count();
    let is_recording = |state: &RecordingState| matches!(state, RecordingState::Recording(_));
    let recording = snapshot.cameras.iter().filter(|c| is_recording(&c.recording)).count();
    let colour = if online == all { theme::live() } else { theme::warning() };
    disc(ui, if all == 0 { theme::text_faint() } else { colour });
    ui.label(soft(words::online(online, all)));
    ui.add_space(12.0);
    disc(ui, if recording > 0 { theme::error() } else { theme::text_faint() });
    ui.label(soft(words::recording(recording)));
    ui.add_space(12.0);
}

fn disc(ui: &mut Ui, colour: Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(10.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 4.0, colour);
}

fn volume(ui: &mut Ui, snapshot: &Snapshot) {
    let volume = &snapshot.volume;
    ui.label(soft(format::byte_rate(volume.write_rate))).on_hover_text(words::WRITTEN_TIP);
    ui.add_space(12.0);
    if volume.total == 0 {
        return;
    }
    let left = volume.left_micros.map(format::time_left);
    ui.label(icon(ICON_DNS, 14.0).color(theme::text_soft()));
    ui.label(soft(words::free(&format::bytes(volume.free), left.as_deref())))
        .on_hover_text(words::FREE_TIP);
}

/// The worst notice, the newest of its kind; what is wrong with the disk comes before all.
fn warning(ui: &mut Ui, snapshot: &Snapshot) {
    let worst = snapshot
        .notices
        .iter()
        .filter(|n| n.severity >= Severity::Warning)
        .max_by_key(|n| (n.severity, n.at));
    let (text, colour) = match (&snapshot.volume.trouble, worst) {
        (Some(trouble), _) => (trouble, theme::error()),
        (None, Some(notice)) if notice.severity == Severity::Alarm => {
            (&notice.text, theme::error())
        }
        (None, Some(notice)) => (&notice.text, theme::warning()),
        (None, None) => return,
    };
    // The icon stands at the left of the text, but is placed after it: its room is kept free.
    let room = ui.available_width() - 34.0;
    if room < 40.0 {
        return;
    }
    ui.scope(|ui| {
        ui.set_max_width(room);
        ui.add(egui::Label::new(RichText::new(text).color(colour)).truncate()).on_hover_text(text);
    });
    ui.label(icon(ICON_WARNING, 14.0).color(colour));
}
