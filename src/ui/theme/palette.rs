//! The colours of the console, dark and light.
//!
//! Must not do: know a page. A colour that carries meaning is used together with a second sign.

use std::cell::Cell;

use egui::{Color32, Stroke};

const fn rgb(value: u32) -> Color32 {
    let [_, r, g, b] = value.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

macro_rules! palette {
    ($($(#[$doc:meta])* $name:ident: $dark:expr, $light:expr;)*) => {
        struct Palette { $($name: Color32,)* }

        const DARK: Palette = Palette { $($name: $dark,)* };
        const LIGHT: Palette = Palette { $($name: $light,)* };

        $($(#[$doc])*
        #[must_use]
        pub fn $name() -> Color32 {
            colours().$name
        })*
    };
}

palette! {
    /// Behind everything.
    window: rgb(0x0E1116), rgb(0xF3F5F8);
    /// Rail, bars, cards.
    panel: rgb(0x13171E), rgb(0xFFFFFF);
    /// Text fields and quiet controls.
    field: rgb(0x1A2029), rgb(0xEBEEF3);
    /// Hovered or chosen controls.
    raised: rgb(0x242C37), rgb(0xDDE3EB);
    /// A control while it is pressed.
    pressed: rgb(0x2E3846), rgb(0xCDD5E0);
    /// Hair lines.
    line: rgb(0x262E39), rgb(0xD5DBE3);
    /// Main text.
    text: rgb(0xE6EAF0), rgb(0x171C24);
    /// Second text.
    text_soft: rgb(0x9AA5B3), rgb(0x4C5767);
    /// Third text: hints, passed days.
    text_faint: rgb(0x667180), rgb(0x7C8796);
    /// The one accent.
    accent: rgb(0x8AA4FF), rgb(0x3F5FD6);
    /// Text on the accent.
    on_accent: rgb(0x0E1428), rgb(0xFFFFFF);
    /// Recorded around the clock.
    continuous: rgb(0x3B82F6), rgb(0x2F74E8);
    /// Recorded within a schedule.
    scheduled: rgb(0x14B8A6), rgb(0x0E9384);
    /// Recorded because something moved; also "attention".
    motion: rgb(0xF59E0B), rgb(0xC27803);
    /// Recorded on an operator's command.
    manual: rgb(0xD946EF), rgb(0xB92BD0);
    /// Kept from every rule that deletes.
    locked: rgb(0xFACC15), rgb(0xA47E00);
    /// Behind lanes of the timeline.
    track: rgb(0x0E1116), rgb(0xE6EAF0);
    /// Footage of any camera.
    union: rgb(0x6B93C9), rgb(0x5A80B5);
    /// Lines over footage that goes soon.
    going: Color32::from_black_alpha(80), Color32::from_rgba_premultiplied(110, 110, 110, 110);
    /// Online, live edge.
    live: rgb(0x22C55E), rgb(0x16924A);
    /// Offline, failed, alarm.
    error: rgb(0xEF4444), rgb(0xCF2B2B);
    /// Something that needs attention soon.
    warning: rgb(0xF59E0B), rgb(0xB46A00);
    /// Behind a sheet that must be answered.
    backdrop: Color32::from_black_alpha(150), Color32::from_black_alpha(110);
    /// The playhead.
    playhead: Color32::WHITE, rgb(0x171C24);
    /// Around pictures that do not fill their tile.
    letterbox: rgb(0x080A0E), rgb(0x10141A);
}

/// Colours of schedules beside the first, which has that of scheduled footage; then they begin anew. A schedule is
/// told by its name too.
const DARK_SCHEDULES: [u32; 5] = [0x8AA4FF, 0xF59E0B, 0xE879A6, 0x84CC16, 0x38BDF8];
const LIGHT_SCHEDULES: [u32; 5] = [0x3F5FD6, 0xB46A00, 0xBE3A74, 0x4D7C0F, 0x0B7FB8];

/// The colour of the schedule at this place in the list.
#[must_use]
pub fn schedule(place: usize) -> Color32 {
    let others = match look() {
        Look::Dark => &DARK_SCHEDULES,
        Look::Light => &LIGHT_SCHEDULES,
    };
    match place % (others.len() + 1) {
        0 => scheduled(),
        other => rgb(others[other - 1]),
    }
}

/// Behind a text on a picture, in both looks.
pub const ON_PICTURE: Color32 = Color32::from_black_alpha(165);
/// Text on a picture.
pub const PICTURE_TEXT: Color32 = rgb(0xE6EAF0);
/// Second text on a picture.
pub const PICTURE_TEXT_SOFT: Color32 = rgb(0x9AA5B3);
/// Tint of the last picture of a camera without signal.
pub const DIMMED: Color32 = Color32::from_gray(48);

/// Dark or light, as it is painted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// For rooms with little light.
    #[default]
    Dark,
    /// For bright rooms.
    Light,
}

thread_local! {
    /// Of this thread, since one window is painted by one thread.
    static LOOK: Cell<Look> = const { Cell::new(Look::Dark) };
}

/// The look in which this thread paints.
#[must_use]
pub fn look() -> Look {
    LOOK.get()
}

pub(super) fn set_look(look: Look) {
    LOOK.set(look);
}

fn colours() -> &'static Palette {
    match look() {
        Look::Dark => &DARK,
        Look::Light => &LIGHT,
    }
}

/// A hair line.
#[must_use]
pub fn hair() -> Stroke {
    Stroke::new(1.0, line())
}
