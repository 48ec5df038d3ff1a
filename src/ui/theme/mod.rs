//! How the console looks: every colour, size and font is named here and nowhere else.
//!
//! Must not do: know a page. Colours that carry meaning are used together with a second sign.

mod palette;

use std::sync::Arc;

use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke,
    TextStyle, Vec2,
};

pub use palette::*;

use crate::model::{CoverageKind, GapReason, RecordingState};

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
pub fn coverage(kind: CoverageKind) -> Color32 {
    match kind {
        CoverageKind::Continuous => continuous(),
        CoverageKind::Scheduled => scheduled(),
        CoverageKind::Motion => motion(),
        CoverageKind::Manual => manual(),
    }
}

/// The colour of what recording does.
#[must_use]
pub fn recording(state: &RecordingState) -> Color32 {
    match state {
        RecordingState::Recording(kind) => coverage(*kind),
        RecordingState::Idle(reason) => gap(reason),
    }
}

/// The colour of a gap's stripe: red where footage was wanted and is missing, grey where none was wanted.
#[must_use]
pub fn gap(reason: &GapReason) -> Color32 {
    match reason {
        GapReason::CameraOffline(_)
        | GapReason::StreamLoss(_)
        | GapReason::Overload(_)
        | GapReason::DiskFull
        | GapReason::SizeLimit
        | GapReason::SpoolFull
        | GapReason::StorageUnavailable(_) => error(),
        GapReason::NotRunning
        | GapReason::TimestampJump
        | GapReason::ClockStepped
        | GapReason::Suspended
        | GapReason::WaitingForPicture => warning(),
        GapReason::Disabled
        | GapReason::OutsideSchedule(_)
        | GapReason::NoMotion
        | GapReason::Deleted { .. }
        | GapReason::CameraRemoved
        | GapReason::Unknown => text_faint(),
    }
}

/// Puts fonts, colours and spacing into `ctx`, in the dark look.
pub fn apply(ctx: &Context) {
    ctx.set_fonts(fonts());
    egui_material_icons::initialize(ctx);
    wear(ctx, Look::Dark);
}

/// Paints in this look from now on.
pub fn wear(ctx: &Context, look: Look) {
    set_look(look);
    let theme = match look {
        Look::Dark => egui::Theme::Dark,
        Look::Light => egui::Theme::Light,
    };
    ctx.set_theme(theme);
    ctx.style_mut_of(theme, |style| {
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
    visuals.override_text_color = Some(text());
    visuals.weak_text_color = Some(text_faint());
    visuals.hyperlink_color = accent();
    visuals.panel_fill = window();
    visuals.window_fill = panel();
    visuals.window_stroke = hair();
    visuals.window_corner_radius = ROUND_CARD;
    visuals.menu_corner_radius = ROUND;
    visuals.extreme_bg_color = field();
    visuals.text_edit_bg_color = Some(field());
    visuals.faint_bg_color = panel();
    visuals.warn_fg_color = warning();
    visuals.error_fg_color = error();
    visuals.selection.bg_fill = accent().gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, accent());
    visuals.striped = false;
    let widgets = &mut visuals.widgets;
    for (state, fill, line) in [
        (&mut widgets.noninteractive, panel(), line()),
        (&mut widgets.inactive, field(), line()),
        (&mut widgets.hovered, raised(), text_faint()),
        (&mut widgets.active, pressed(), accent()),
        (&mut widgets.open, raised(), line()),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, line);
        state.fg_stroke = Stroke::new(1.0, text());
        state.corner_radius = ROUND;
        state.expansion = 0.0;
    }
    widgets.active.bg_stroke = Stroke::new(1.0, accent());
}

/// Inter in front of the fonts that egui brings for what Inter lacks.
fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &'static [u8]); 2] = [
        ("inter", include_bytes!("../../../assets/fonts/Inter-Regular.otf")),
        (SEMIBOLD, include_bytes!("../../../assets/fonts/Inter-SemiBold.otf")),
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
