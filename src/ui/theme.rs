//! How the console looks: every colour, size and font is named here and nowhere else.
//!
//! Must not do: know a page. Colours that carry meaning are used together with a second sign.

use std::sync::Arc;

use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke,
    TextStyle, Vec2,
};

use crate::model::{CoverageKind, GapReason, RecordingState};

/// Behind everything.
pub const WINDOW: Color32 = Color32::from_rgb(0x0E, 0x11, 0x16);
/// Rail, bars, cards.
pub const PANEL: Color32 = Color32::from_rgb(0x13, 0x17, 0x1E);
/// Text fields and quiet controls.
pub const FIELD: Color32 = Color32::from_rgb(0x1A, 0x20, 0x29);
/// Hovered or chosen controls.
pub const RAISED: Color32 = Color32::from_rgb(0x24, 0x2C, 0x37);
/// A control while it is pressed.
pub const PRESSED: Color32 = Color32::from_rgb(0x2E, 0x38, 0x46);
/// Hair lines.
pub const LINE: Color32 = Color32::from_rgb(0x26, 0x2E, 0x39);
/// Main text.
pub const TEXT: Color32 = Color32::from_rgb(0xE6, 0xEA, 0xF0);
/// Second text.
pub const TEXT_SOFT: Color32 = Color32::from_rgb(0x9A, 0xA5, 0xB3);
/// Third text: hints, passed days.
pub const TEXT_FAINT: Color32 = Color32::from_rgb(0x66, 0x71, 0x80);
/// The one accent.
pub const ACCENT: Color32 = Color32::from_rgb(0x8A, 0xA4, 0xFF);
/// Text on the accent.
pub const ON_ACCENT: Color32 = Color32::from_rgb(0x0E, 0x14, 0x28);
/// Recorded around the clock.
pub const CONTINUOUS: Color32 = Color32::from_rgb(0x3B, 0x82, 0xF6);
/// Recorded within a schedule.
pub const SCHEDULED: Color32 = Color32::from_rgb(0x14, 0xB8, 0xA6);
/// Recorded because something moved; also "attention".
pub const MOTION: Color32 = Color32::from_rgb(0xF5, 0x9E, 0x0B);
/// Recorded on an operator's command.
pub const MANUAL: Color32 = Color32::from_rgb(0xD9, 0x46, 0xEF);
/// Kept from every rule that deletes.
pub const LOCKED: Color32 = Color32::from_rgb(0xFA, 0xCC, 0x15);
/// Behind lanes of the timeline.
pub const TRACK: Color32 = WINDOW;
/// Footage of any camera.
pub const UNION: Color32 = Color32::from_rgb(0x6B, 0x93, 0xC9);
/// Lines over footage that goes soon.
pub const GOING: Color32 = Color32::from_black_alpha(80);
/// Online, live edge.
pub const LIVE: Color32 = Color32::from_rgb(0x22, 0xC5, 0x5E);
/// Offline, failed, alarm.
pub const ERROR: Color32 = Color32::from_rgb(0xEF, 0x44, 0x44);
/// Something that needs attention soon.
pub const WARNING: Color32 = MOTION;
/// Behind a text on a picture.
pub const ON_PICTURE: Color32 = Color32::from_black_alpha(165);
/// Behind a sheet that must be answered.
pub const BACKDROP: Color32 = Color32::from_black_alpha(150);
/// Tint of the last picture of a camera without signal.
pub const DIMMED: Color32 = Color32::from_gray(48);
/// The playhead.
pub const PLAYHEAD: Color32 = Color32::WHITE;
/// Around pictures that do not fill their tile.
pub const LETTERBOX: Color32 = Color32::from_rgb(0x08, 0x0A, 0x0E);

/// Width of the left rail.
pub const RAIL: f32 = 72.0;
/// Width of the device panel on Playback.
pub const DEVICES: f32 = 256.0;
/// Height of the status bar.
pub const STATUS: f32 = 28.0;
/// Height of the bar at the top of a page.
pub const BAR: f32 = 52.0;
/// Height of a control.
pub const CONTROL: f32 = 32.0;
/// Between tiles of the wall.
pub const TILE_GAP: f32 = 6.0;
/// Corners of controls and tiles.
pub const ROUND: CornerRadius = CornerRadius::same(6);
/// Corners of cards and sheets.
pub const ROUND_CARD: CornerRadius = CornerRadius::same(10);
/// Corners of small things: chips, calendar days.
pub const ROUND_SMALL: CornerRadius = CornerRadius::same(4);
/// A hair line.
pub const HAIR: Stroke = Stroke { width: 1.0, color: LINE };

/// Ordinary text, in points.
pub const BODY: f32 = 13.0;
/// Captions, in points.
pub const CAPTION: f32 = 12.0;
/// The smallest text: section names on the rail, in points.
pub const TINY: f32 = 10.0;
/// Titles, in points.
pub const TITLE: f32 = 20.0;
/// Icons in buttons, in points.
pub const ICON: f32 = 18.0;

const SEMIBOLD: &str = "semibold";

/// Ordinary text of `size` points.
#[must_use]
pub fn font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Semi-bold text of `size` points.
#[must_use]
pub fn strong(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// An icon of `size` points.
#[must_use]
pub fn icon_font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(egui_material_icons::FONT_FAMILY.into()))
}

/// The colour of footage recorded by this rule.
#[must_use]
pub const fn coverage(kind: CoverageKind) -> Color32 {
    match kind {
        CoverageKind::Continuous => CONTINUOUS,
        CoverageKind::Scheduled => SCHEDULED,
        CoverageKind::Motion => MOTION,
        CoverageKind::Manual => MANUAL,
    }
}

/// The colour of what recording does.
#[must_use]
pub const fn recording(state: &RecordingState) -> Color32 {
    match state {
        RecordingState::Recording(kind) => coverage(*kind),
        RecordingState::Idle(reason) => gap(reason),
    }
}

/// The colour of a gap's stripe: red where footage was wanted and is missing, grey where none was wanted.
#[must_use]
pub const fn gap(reason: &GapReason) -> Color32 {
    match reason {
        GapReason::CameraOffline(_)
        | GapReason::StreamLoss(_)
        | GapReason::Overload(_)
        | GapReason::DiskFull
        | GapReason::SizeLimit
        | GapReason::StorageUnavailable(_) => ERROR,
        GapReason::NotRunning
        | GapReason::TimestampJump
        | GapReason::ClockStepped
        | GapReason::Suspended
        | GapReason::WaitingForPicture => WARNING,
        GapReason::Disabled
        | GapReason::OutsideSchedule(_)
        | GapReason::NoMotion
        | GapReason::Deleted { .. }
        | GapReason::CameraRemoved
        | GapReason::Unknown => TEXT_FAINT,
    }
}

/// Puts fonts, colours and spacing into `ctx`.
pub fn apply(ctx: &Context) {
    ctx.set_fonts(fonts());
    egui_material_icons::initialize(ctx);
    ctx.set_theme(egui::Theme::Dark);
    ctx.style_mut_of(egui::Theme::Dark, |style| {
        style.text_styles = [
            (TextStyle::Small, font(CAPTION)),
            (TextStyle::Body, font(BODY)),
            (TextStyle::Button, font(BODY)),
            (TextStyle::Heading, strong(TITLE)),
            (TextStyle::Monospace, font(BODY)),
        ]
        .into();
        style.interaction.selectable_labels = false;
        style.interaction.tooltip_delay = 0.35;
        style.animation_time = 0.0;
        space(&mut style.spacing);
        colour(&mut style.visuals);
    });
}

fn space(spacing: &mut egui::style::Spacing) {
    spacing.item_spacing = Vec2::new(8.0, 8.0);
    spacing.button_padding = Vec2::new(12.0, 6.0);
    spacing.interact_size = Vec2::new(CONTROL, CONTROL);
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 10.0;
    spacing.window_margin = Margin::same(20);
    spacing.menu_margin = Margin::same(6);
    spacing.tooltip_width = 340.0;
    spacing.scroll = egui::style::ScrollStyle::thin();
}

fn colour(visuals: &mut egui::Visuals) {
    visuals.override_text_color = Some(TEXT);
    visuals.weak_text_color = Some(TEXT_FAINT);
    visuals.hyperlink_color = ACCENT;
    visuals.panel_fill = WINDOW;
    visuals.window_fill = PANEL;
    visuals.window_stroke = HAIR;
    visuals.window_corner_radius = ROUND_CARD;
    visuals.menu_corner_radius = ROUND;
    visuals.extreme_bg_color = FIELD;
    visuals.text_edit_bg_color = Some(FIELD);
    visuals.faint_bg_color = PANEL;
    visuals.warn_fg_color = WARNING;
    visuals.error_fg_color = ERROR;
    visuals.selection.bg_fill = ACCENT.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, ACCENT);
    visuals.striped = false;
    let widgets = &mut visuals.widgets;
    for (state, fill, line) in [
        (&mut widgets.noninteractive, PANEL, LINE),
        (&mut widgets.inactive, FIELD, LINE),
        (&mut widgets.hovered, RAISED, TEXT_FAINT),
        (&mut widgets.active, PRESSED, ACCENT),
        (&mut widgets.open, RAISED, LINE),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, line);
        state.fg_stroke = Stroke::new(1.0, TEXT);
        state.corner_radius = ROUND;
        state.expansion = 0.0;
    }
    widgets.active.bg_stroke = Stroke::new(1.0, ACCENT);
}

/// Inter in front of the fonts that egui brings for what Inter lacks.
fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &'static [u8]); 2] = [
        ("inter", include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        (SEMIBOLD, include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (family, first) in
        [(FontFamily::Proportional, "inter"), (FontFamily::Name(SEMIBOLD.into()), SEMIBOLD)]
    {
        let mut list = vec![first.to_owned()];
        list.extend(fallback.iter().cloned());
        fonts.families.insert(family, list);
    }
    fonts
}
