//! `camera list`: the cameras, and for each value whether it is the camera's own or the global one.
//!
//! Must not do: connect to a camera, or print a password.

use std::fmt::Display;

use anyhow::Result;
use serde_json::{Value, json};

use super::print;
use crate::config::{DataFolder, SettingsStore};
use crate::model::settings::{Chosen, StreamUrl};
use crate::model::{CameraSettings, Settings};

/// Runs the verb.
///
/// # Errors
/// When the settings cannot be read.
pub fn run(folder: &DataFolder, json: bool) -> Result<()> {
    let store = SettingsStore::open(folder)?;
    let (settings, cameras) = (store.settings(), store.settings().cameras.iter());
    if json {
        let list: Vec<Value> = cameras.map(|camera| as_json(settings, camera)).collect();
        return print::json(&list);
    }
    let rows: Vec<[String; 11]> = cameras.map(|camera| row(settings, camera)).collect();
    let head = [
        "NAME",
        "MODE",
        "STREAM",
        "SCHEDULE",
        "BEFORE",
        "AFTER",
        "RETENTION",
        "SENSITIVITY",
        "SMALLEST",
        "MAIN",
        "SUB",
    ];
    print::table(head, &rows)?;
    if rows.is_empty() {
        return Ok(());
    }
    print::line("* the camera's own; the rest is as \"defaults show\" and \"storage show\" say")
}

fn as_json(settings: &Settings, camera: &CameraSettings) -> Value {
    json!({
        "id": camera.id.as_str(),
        "name": camera.name,
        "group": camera.group,
        "main": camera.main.shown(),
        "sub": camera.sub.as_ref().map(StreamUrl::shown),
        "user": camera.user,
        "transport": camera.transport,
        "mode": camera.recording.mode,
        "recorded_stream": settings.recorded_stream(camera),
        "main_on_motion": settings.main_on_motion(camera),
        "motion_in_schedule": camera.recording.motion_in_schedule,
        "motion_source": camera.recording.motion_source,
        "zones": camera.recording.zones,
        "in_force": settings.in_force(camera),
    })
}

fn row(settings: &Settings, camera: &CameraSettings) -> [String; 11] {
    let force = settings.in_force(camera);
    let stream = Chosen { value: settings.recorded_stream(camera), own: force.stream.own };
    let schedule = Chosen {
        value: force.schedule.value.unwrap_or_else(|| "-".into()),
        own: force.schedule.own,
    };
    [
        camera.name.clone(),
        camera.recording.mode.as_str().into(),
        marked(&stream, ""),
        marked(&schedule, ""),
        marked(&force.pre_seconds, " s"),
        marked(&force.post_seconds, " s"),
        marked(&Chosen { value: print::kept(force.retention.value), own: force.retention.own }, ""),
        marked(&force.sensitivity, ""),
        marked(&force.min_size, "/1000"),
        camera.main.shown(),
        camera.sub.as_ref().map(StreamUrl::shown).unwrap_or_default(),
    ]
}

/// A value with its unit, and a star when the camera set it for itself.
fn marked(chosen: &Chosen<impl Display>, unit: &str) -> String {
    format!("{}{unit}{}", chosen.value, if chosen.own { " *" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_values_have_a_star() {
        assert_eq!(marked(&Chosen { value: 7, own: true }, " s"), "7 s *");
        assert_eq!(marked(&Chosen { value: "main", own: false }, ""), "main");
    }
}
