//! The settings as data, and what makes them valid.
//!
//! Must not do: read or write files; `store` does.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ConfigError, StreamUrl};
use crate::model::{CameraId, Mode, StreamKind, Transport};

/// Most cameras that one Watchkeeper takes; beyond, a mistake is likelier than a wish.
pub const MAX_CAMERAS: usize = 256;

/// Longest name of a camera in characters, so that every list can show it.
const MAX_NAME: usize = 64;

/// All settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// IANA name of the zone for local times; the system's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// TCP port of the simulated cameras that run inside the program, when there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulated_port: Option<u16>,
    /// Where and how recordings are kept.
    #[serde(default)]
    pub storage: StorageSettings,
    /// The cameras, in the order in which they are shown.
    #[serde(default, rename = "camera", skip_serializing_if = "Vec::is_empty")]
    pub cameras: Vec<CameraSettings>,
}

/// A time zone by its IANA name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(pub chrono_tz::Tz);

impl TryFrom<String> for Zone {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
            .map(Self)
            .map_err(|_| format!("\"{text}\" is no time zone; one is Europe/Berlin"))
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0.name().into()
    }
}

/// Where and how recordings are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StorageSettings {
    /// The folder; a relative one is below the data folder.
    pub path: String,
    /// Length of a segment in minutes; cuts are at multiples of it, counted from local midnight.
    pub segment_minutes: SegmentMinutes,
    /// Largest file in MB (10^6 bytes); 0 means no limit. 3900 fits on FAT32.
    pub max_file_mb: u32,
    /// Seconds between two sweeps that make what was written survive a power cut.
    pub sync_seconds: SyncSeconds,
}

impl Default for StorageSettings {
    fn default() -> Self {
        Self {
            path: "recordings".into(),
            segment_minutes: SegmentMinutes(60),
            max_file_mb: 3900,
            sync_seconds: SyncSeconds(5),
        }
    }
}

/// A whole number within a range, refused with a sentence when it is outside.
macro_rules! ranged {
    ($(#[$doc:meta])* $name:ident($inner:ty), $range:expr, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub struct $name(pub $inner);

        impl TryFrom<i64> for $name {
            type Error = String;
            fn try_from(value: i64) -> Result<Self, Self::Error> {
                let range = $range;
                match <$inner>::try_from(value) {
                    Ok(inner) if range.contains(&inner) => Ok(Self(inner)),
                    _ => Err(format!(concat!($what, " must be {} to {}"), range.start(), range.end())),
                }
            }
        }

        impl From<$name> for i64 {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }
    };
}

ranged!(
    /// Minutes of a segment.
    SegmentMinutes(u32), 1..=1440, "segment_minutes"
);
ranged!(
    /// Seconds between two sync sweeps.
    SyncSeconds(u32), 1..=60, "sync_seconds"
);

/// One camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraSettings {
    /// Identity, also the name of its folder; never changes.
    pub id: CameraId,
    /// What operators call it.
    pub name: String,
    /// Address of the main stream.
    pub main: StreamUrl,
    /// Address of the sub stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<StreamUrl>,
    /// User name; the password is in the secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// TCP or UDP.
    #[serde(default = "tcp")]
    pub transport: Transport,
    /// The stream that is recorded.
    #[serde(default = "main_stream")]
    pub stream: StreamKind,
    /// When it is recorded.
    #[serde(default = "continuous")]
    pub mode: Mode,
}

const fn tcp() -> Transport {
    Transport::Tcp
}

const fn main_stream() -> StreamKind {
    StreamKind::Main
}

const fn continuous() -> Mode {
    Mode::Continuous
}

impl CameraSettings {
    /// The address of a stream, if it has one.
    #[must_use]
    pub fn url(&self, kind: StreamKind) -> Option<&StreamUrl> {
        match kind {
            StreamKind::Main => Some(&self.main),
            StreamKind::Sub => self.sub.as_ref(),
        }
    }

    /// The stream that is recorded: the one asked for, the main one when there is no sub.
    #[must_use]
    pub fn recorded_stream(&self) -> StreamKind {
        if self.url(self.stream).is_some() { self.stream } else { StreamKind::Main }
    }
}

impl Settings {
    /// The camera called `name`, by name or identity.
    #[must_use]
    pub fn camera(&self, name: &str) -> Option<&CameraSettings> {
        self.cameras
            .iter()
            .find(|camera| camera.name == name)
            .or_else(|| self.cameras.iter().find(|camera| camera.id.as_str() == name))
    }

    /// An identity for a new camera called `name` that no camera has, and no folder of `taken`.
    #[must_use]
    pub fn free_id(&self, name: &str, taken: &BTreeSet<CameraId>) -> CameraId {
        let base = CameraId::from_name(name);
        let free = |id: &CameraId| {
            self.cameras.iter().all(|camera| camera.id != *id) && !taken.contains(id)
        };
        if free(&base) {
            return base;
        }
        let mut number = 2;
        while !free(&base.numbered(number)) {
            number += 1;
        }
        base.numbered(number)
    }

    /// Which setting is not valid, as the path of keys to it, and why.
    ///
    /// # Errors
    /// The first problem.
    pub fn validate(&self) -> Result<(), (Vec<Key>, String)> {
        if self.cameras.len() > MAX_CAMERAS {
            return Err((vec![Key::Name("camera")], format!("more than {MAX_CAMERAS} cameras")));
        }
        if self.storage.path.trim().is_empty() {
            let key = vec![Key::Name("storage"), Key::Name("path")];
            return Err((key, "the storage path is empty".into()));
        }
        let mut ids = BTreeSet::new();
        let mut names = BTreeSet::new();
        for (number, camera) in self.cameras.iter().enumerate() {
            let problem = |key, reason: String| {
                Err((vec![Key::Name("camera"), Key::Number(number), Key::Name(key)], reason))
            };
            if let Err(reason) = check_name(&camera.name) {
                return problem("name", reason);
            }
            if !ids.insert(&camera.id) {
                return problem("id", format!("two cameras have the id \"{}\"", camera.id));
            }
            if !names.insert(&camera.name) {
                return problem("name", format!("two cameras are called \"{}\"", camera.name));
            }
        }
        Ok(())
    }
}

/// Whether `name` can be a camera's name.
///
/// # Errors
/// Why not, in a sentence.
pub fn check_name(name: &str) -> Result<(), String> {
    if name.trim().is_empty() || name.trim() != name {
        return Err("a camera's name cannot be empty or begin or end with a space".into());
    }
    if name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(format!("a camera's name has at most {MAX_NAME} printable characters"));
    }
    Ok(())
}

/// One step on the way to a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A key of a table.
    Name(&'static str),
    /// An element of an array, counted from 0.
    Number(usize),
}

/// What a refused change says.
impl From<(Vec<Key>, String)> for ConfigError {
    fn from((_, reason): (Vec<Key>, String)) -> Self {
        Self::Refused(reason)
    }
}
