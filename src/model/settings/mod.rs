//! The settings as data, and what makes them valid.
//!
//! Must not do: read or write files; `config` does.

pub mod archive;
pub mod camera;
pub mod console;
mod date_style;
mod erase;
pub mod merge;
pub mod recording;
pub mod storage;
pub mod stream_url;
pub mod wall;

mod ranged;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use archive::{
    ArchivePlace, NasSettings, ObjectSettings, Port, SpoolFull, SpoolSettings, StorageKind,
};
pub use camera::CameraSettings;
pub use console::{
    ConsoleSettings, DateStyle, KioskPage, KioskSettings, OnClose, SavedView, ThemeChoice,
};
pub use merge::merge;
pub use recording::{CameraRecording, Chosen, InForce, RecordingDefaults, Retention};
pub use storage::StorageSettings;
pub use stream_url::{InvalidUrl, StreamUrl};
pub use wall::{Arrangement, WallSettings, WallTiles};

use crate::model::schedule::{self, Calendar, ExceptionRule, Schedule};
use crate::model::{CameraId, MotionSettings, StreamKind};

/// Most cameras that one Watchkeeper takes; beyond, a mistake is likelier than a wish.
pub const MAX_CAMERAS: usize = 256;

/// Zones of one camera at most.
pub const MAX_ZONES: usize = 16;

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
    /// Cameras that were removed together with their footage, until all of that is gone, and what they were called.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "erase")]
    pub erase: BTreeMap<CameraId, String>,
    /// Where and how recordings are kept.
    #[serde(default)]
    pub storage: StorageSettings,
    /// What holds for every camera that does not set it for itself.
    #[serde(default, skip_serializing_if = "is_default")]
    pub recording: RecordingDefaults,
    /// How the console looks, and what it tells.
    #[serde(default, skip_serializing_if = "is_default")]
    pub console: ConsoleSettings,
    /// The console as a kiosk.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kiosk: KioskSettings,
    /// The live wall that was shown last.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wall: WallSettings,
    /// Walls that operators have saved.
    #[serde(default, rename = "view", skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<SavedView>,
    /// Named schedules.
    #[serde(default, rename = "schedule", skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Schedule>,
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

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
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

    /// What is in force for `camera`.
    #[must_use]
    pub fn in_force(&self, camera: &CameraSettings) -> InForce {
        camera.recording.in_force(&self.recording, self.storage.retention)
    }

    /// The stream of `camera` that is recorded first of all: the one asked for, the main one when there is
    /// no sub; the sub stream where the main one is recorded on motion only.
    #[must_use]
    pub fn recorded_stream(&self, camera: &CameraSettings) -> StreamKind {
        let wanted = match self.main_on_motion(camera) {
            true => StreamKind::Sub,
            false => self.in_force(camera).stream.value,
        };
        if camera.url(wanted).is_some() { wanted } else { StreamKind::Main }
    }

    /// Whether the main stream of `camera` is recorded on motion, on top of its sub stream.
    #[must_use]
    pub fn main_on_motion(&self, camera: &CameraSettings) -> bool {
        let mode = camera.recording.mode;
        let always = matches!(mode, crate::model::Mode::Continuous | crate::model::Mode::Scheduled);
        camera.recording.main_on_motion && always && camera.sub.is_some()
    }

    /// When `camera` is recorded, if its rule depends on that.
    #[must_use]
    pub fn calendar(&self, camera: &CameraSettings, zone: chrono_tz::Tz) -> Option<Calendar> {
        let name =
            self.in_force(camera).schedule.value.filter(|_| camera.recording.needs_schedule())?;
        Calendar::new(&self.schedules, &name, zone)
    }

    /// What counts as motion for `camera`.
    #[must_use]
    pub fn motion(&self, camera: &CameraSettings) -> MotionSettings {
        let force = self.in_force(camera);
        MotionSettings {
            sensitivity: force.sensitivity.value,
            min_size: force.min_size.value,
            zones: camera.recording.zones.clone(),
        }
    }

    /// The names of the cameras, or of the global default, that use the schedule `name`.
    #[must_use]
    pub fn users_of(&self, name: &str) -> Vec<String> {
        let is_it = |used: &Option<String>| used.as_deref() == Some(name);
        let cameras = self.cameras.iter().filter(|camera| is_it(&camera.recording.schedule));
        let mut users: Vec<String> = cameras.map(|camera| camera.name.clone()).collect();
        if is_it(&self.recording.schedule) {
            users.push("the default of all cameras".into());
        }
        let is_used =
            |rule: &ExceptionRule| matches!(rule, ExceptionRule::Use(used) if used == name);
        let uses = |schedule: &&Schedule| schedule.exceptions.iter().any(|e| is_used(&e.rule));
        let others = self.schedules.iter().filter(uses);
        users.extend(others.map(|schedule| format!("the exceptions of \"{}\"", schedule.name)));
        users
    }

    /// Gives the schedule `old` another name, also wherever it is used.
    pub fn rename_schedule(&mut self, old: &str, new: &str) {
        let swap = |name: &mut String| {
            if name == old {
                new.clone_into(name);
            }
        };
        self.recording.schedule.iter_mut().for_each(swap);
        self.cameras.iter_mut().filter_map(|c| c.recording.schedule.as_mut()).for_each(swap);
        for schedule in &mut self.schedules {
            swap(&mut schedule.name);
            for exception in &mut schedule.exceptions {
                if let ExceptionRule::Use(used) = &mut exception.rule {
                    swap(used);
                }
            }
        }
    }

    /// Removes a camera, with its footage or without.
    pub fn remove_camera(&mut self, id: &CameraId, footage: bool) {
        let gone: Vec<CameraSettings> =
            self.cameras.extract_if(.., |camera| camera.id == *id).collect();
        if footage {
            self.erase.extend(gone.into_iter().map(|camera| (camera.id, camera.name)));
        }
    }

    /// An identity for a new camera called `name` that no camera has, and no folder of `taken`.
    #[must_use]
    pub fn free_id(&self, name: &str, taken: &BTreeSet<CameraId>) -> CameraId {
        let base = CameraId::from_name(name);
        let free = |id: &CameraId| {
            self.cameras.iter().all(|camera| camera.id != *id)
                && !taken.contains(id)
                && !self.erase.contains_key(id)
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
        if let Err((number, reason)) = schedule::validate_all(&self.schedules) {
            return Err((vec![Key::Name("schedule"), Key::Number(number)], reason));
        }
        self.check_schedule(self.recording.schedule.as_deref())
            .map_err(|reason| (vec![Key::Name("recording"), Key::Name("schedule")], reason))?;
        console::validate_views(&self.views)
            .map_err(|(n, reason)| (vec![Key::Name("view"), Key::Number(n)], reason))?;
        self.validate_cameras()
    }

    fn validate_cameras(&self) -> Result<(), (Vec<Key>, String)> {
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
            self.check_recording(camera).or_else(|(key, reason)| problem(key, reason))?;
        }
        Ok(())
    }

    fn check_recording(&self, camera: &CameraSettings) -> Result<(), (&'static str, String)> {
        let recording = &camera.recording;
        self.check_schedule(recording.schedule.as_deref()).map_err(|why| ("schedule", why))?;
        if recording.needs_schedule() && self.in_force(camera).schedule.value.is_none() {
            let why = format!(
                "\"{}\" needs a schedule, and none is chosen: choose one for it, or one for all cameras",
                camera.name
            );
            return Err(("mode", why));
        }
        if recording.main_on_motion && camera.sub.is_none() {
            let why = format!("\"{}\" has no sub stream to record always", camera.name);
            return Err(("main_on_motion", why));
        }
        if recording.zones.len() > MAX_ZONES {
            return Err(("zone", format!("a camera has at most {MAX_ZONES} zones")));
        }
        recording.zones.iter().try_for_each(|zone| zone.validate().map_err(|why| ("zone", why)))
    }

    fn check_schedule(&self, name: Option<&str>) -> Result<(), String> {
        match name {
            Some(name) if self.schedules.iter().all(|schedule| schedule.name != name) => {
                Err(format!("there is no schedule called \"{name}\""))
            }
            _ => Ok(()),
        }
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
