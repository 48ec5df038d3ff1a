//! What operators are told by itself.
//!
//! Must not do: decide what is told.

use serde::{Deserialize, Serialize};

use crate::model::{CameraId, WallTime};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something needs attention.
    Warning,
    /// Footage is or will be missing.
    Alarm,
}

/// What it is about: where the operator finds more, and what to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// A camera.
    Camera,
    /// Where recordings are kept.
    Storage,
    /// The computer's clock.
    Clock,
    /// A change of settings.
    Settings,
    /// The program itself.
    #[default]
    Program,
}

/// Something that the operator must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// For [`super::Command::Acknowledge`].
    pub id: u64,
    /// When it came up.
    pub at: WallTime,
    /// How bad it is.
    pub severity: Severity,
    /// The camera concerned.
    pub camera: Option<CameraId>,
    /// What it is about.
    #[serde(default)]
    pub topic: Topic,
    /// What happened and what to do, in sentences.
    pub text: String,
    /// Since when its cause is gone; none while it lasts. What has happened and is over is gone at once.
    #[serde(default)]
    pub gone: Option<WallTime>,
    /// Who has seen it.
    #[serde(default)]
    pub acknowledged: Option<Acknowledged>,
}

impl Notice {
    /// Whether it tells of something that happened, and not of something that lasts.
    #[must_use]
    pub fn is_momentary(&self) -> bool {
        self.gone == Some(self.at)
    }
}

/// Who has seen a notice, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// When.
    pub at: WallTime,
    /// The user of this computer, or "kiosk".
    pub by: String,
}
