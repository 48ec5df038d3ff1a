//! The settings of the console: how it looks, what it tells, the kiosk, saved walls.
//!
//! Must not do: paint.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ranged::ranged;
use crate::model::CameraId;

/// Saved walls at most; each is a row of a menu.
pub const MAX_VIEWS: usize = 64;

/// Tiles of a saved wall at most.
pub const MAX_TILES: usize = 36;

/// Longest name of a saved wall in characters.
const MAX_NAME: usize = 48;

/// How the console looks, and what it tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConsoleSettings {
    /// Dark or light.
    pub theme: ThemeChoice,
    /// Size of everything in percent of the system's.
    pub scale_percent: ScalePercent,
    /// How dates are written.
    pub dates: DateStyle,
    /// Seconds after which a camera that is away is told.
    pub offline_seconds: OfflineSeconds,
    /// Whether notices go to the desktop too.
    pub desktop_notices: bool,
    /// Whether an alarm is heard.
    pub sound: bool,
    /// What closing the window does while cameras are recorded.
    pub on_close: OnClose,
}

impl Default for ConsoleSettings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::Dark,
            scale_percent: ScalePercent(100),
            dates: DateStyle::Words,
            offline_seconds: OfflineSeconds(10),
            desktop_notices: true,
            sound: false,
            on_close: OnClose::Ask,
        }
    }
}

ranged!(
    /// Percent of the system's size.
    ScalePercent(u16), 100..=300, "scale_percent"
);
ranged!(
    /// Seconds.
    OfflineSeconds(u32), 1..=86_400, "offline_seconds"
);
ranged!(
    /// Seconds between two pages of the kiosk; 0 means that it stays on its page.
    RotateSeconds(u32), 0..=3_600, "rotate_seconds"
);
ranged!(
    /// Which monitor, counted from 1; 0 means the one on which the window comes up.
    Monitor(u8), 0..=16, "monitor"
);

/// Dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// For rooms with little light.
    #[default]
    Dark,
    /// For bright rooms.
    Light,
    /// As the system is.
    System,
}

/// What closing the window does while cameras are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnClose {
    /// Asks.
    #[default]
    Ask,
    /// Recording goes on without a window.
    Background,
    /// Recording stops.
    Quit,
}

/// How dates are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateStyle {
    /// `Tue 3 Mar 2026`
    #[default]
    Words,
    /// `2026-03-03`
    Iso,
    /// `03.03.2026`
    Dotted,
    /// `03/03/2026`, day first
    DayFirst,
    /// `03/03/2026`, month first
    MonthFirst,
}

/// The console as a kiosk. Its PIN is not in the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KioskSettings {
    /// Whether the console starts as a kiosk.
    pub start: bool,
    /// The first page.
    pub page: KioskPage,
    /// On which monitor.
    pub monitor: Monitor,
    /// Seconds between two pages of the wall.
    pub rotate_seconds: RotateSeconds,
}

impl Default for KioskSettings {
    fn default() -> Self {
        Self {
            start: false,
            page: KioskPage::Live,
            monitor: Monitor(0),
            rotate_seconds: RotateSeconds(0),
        }
    }
}

/// What a kiosk shows first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KioskPage {
    /// The wall.
    #[default]
    Live,
    /// Recorded footage.
    Playback,
}

/// A wall that an operator has arranged and saved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SavedView {
    /// As operators call it; unique among the views.
    pub name: String,
    /// The cameras in the order of their tiles. One that is removed leaves its tile to the next.
    pub cameras: Vec<CameraId>,
    /// Tiles in a row; 0 for as many as give the largest pictures.
    #[serde(default)]
    pub columns: u8,
    /// The tile that is larger than the others, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub large: Option<CameraId>,
}

/// Whether all views have names of their own, and not too many tiles.
///
/// # Errors
/// The place of the first wrong one, and a sentence.
pub(super) fn validate_views(views: &[SavedView]) -> Result<(), (usize, String)> {
    if views.len() > MAX_VIEWS {
        return Err((MAX_VIEWS, format!("there are at most {MAX_VIEWS} views")));
    }
    let mut names = BTreeSet::new();
    for (place, view) in views.iter().enumerate() {
        check_view_name(&view.name).map_err(|reason| (place, reason))?;
        if !names.insert(view.name.to_lowercase()) {
            return Err((place, format!("another view is called \"{}\"", view.name)));
        }
        if view.cameras.len() > MAX_TILES {
            return Err((place, format!("a view has at most {MAX_TILES} tiles")));
        }
    }
    Ok(())
}

/// Whether `name` can be the name of a view.
///
/// # Errors
/// Why not, in a sentence.
pub fn check_view_name(name: &str) -> Result<(), String> {
    let printable = !name.chars().any(char::is_control);
    match name.trim() == name && !name.is_empty() && printable && name.chars().count() <= MAX_NAME {
        true => Ok(()),
        false => Err(format!("a view's name has 1 to {MAX_NAME} printable characters")),
    }
}
