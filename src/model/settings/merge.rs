//! Two hands on the same settings: what one has changed is put into what they are now.
//!
//! Must not do: decide whether the result is valid.

use super::{CameraSettings, Settings};

/// `now` with all that differs between `before` and `after`. What both sides changed differently is refused.
///
/// # Errors
/// A sentence that names what the other side has changed.
pub fn merge(now: &Settings, before: &Settings, after: &Settings) -> Result<Settings, String> {
    Ok(Settings {
        zone: one("time zone", &now.zone, &before.zone, &after.zone)?,
        simulated_port: now.simulated_port,
        storage: one("storage", &now.storage, &before.storage, &after.storage)?,
        recording: one("defaults", &now.recording, &before.recording, &after.recording)?,
        console: one("console", &now.console, &before.console, &after.console)?,
        kiosk: one("kiosk", &now.kiosk, &before.kiosk, &after.kiosk)?,
        wall: one("wall", &now.wall, &before.wall, &after.wall)?,
        views: one("views", &now.views, &before.views, &after.views)?,
        schedules: one("schedules", &now.schedules, &before.schedules, &after.schedules)?,
        cameras: cameras(now, before, after)?,
    })
}

fn one<T: Clone + PartialEq>(what: &str, now: &T, before: &T, after: &T) -> Result<T, String> {
    if after == before || after == now {
        Ok(now.clone())
    } else if now == before {
        Ok(after.clone())
    } else {
        Err(format!(
            "The settings of {what} were changed elsewhere meanwhile; discard yours to see them."
        ))
    }
}

fn cameras(
    now: &Settings,
    before: &Settings,
    after: &Settings,
) -> Result<Vec<CameraSettings>, String> {
    let find = |settings: &Settings, camera: &CameraSettings| {
        settings.cameras.iter().find(|other| other.id == camera.id).cloned()
    };
    let mut merged = Vec::new();
    for camera in &after.cameras {
        match (find(now, camera), find(before, camera)) {
            (Some(now), Some(before)) => merged.push(one(&camera.name, &now, &before, camera)?),
            // Taken away elsewhere; a change of it has nothing to hold on to.
            (None, Some(before)) if before == *camera => {}
            (None, Some(_)) => return Err(format!("{} was removed meanwhile.", camera.name)),
            (_, None) => merged.push(camera.clone()),
        }
    }
    let is_new =
        |camera: &&CameraSettings| find(before, camera).is_none() && find(after, camera).is_none();
    merged.extend(now.cameras.iter().filter(is_new).cloned());
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::console::ThemeChoice;
    use crate::model::settings::{CameraRecording, StreamUrl};
    use crate::model::{CameraId, Mode, Transport};

    fn camera(name: &str) -> CameraSettings {
        let main: StreamUrl = "rtsp://10.0.0.1/".parse().expect("an address");
        CameraSettings {
            id: CameraId::from_name(name),
            name: name.into(),
            group: String::new(),
            main,
            sub: None,
            user: None,
            transport: Transport::Tcp,
            recording: CameraRecording::default(),
        }
    }

    fn settings(names: &[&str]) -> Settings {
        Settings { cameras: names.iter().map(|name| camera(name)).collect(), ..Default::default() }
    }

    #[test]
    fn changes_of_different_things_come_together() {
        let before = settings(&["a", "b"]);
        let (mut now, mut after) = (before.clone(), before.clone());
        now.cameras[0].recording.mode = Mode::Disabled;
        now.cameras.push(camera("c"));
        after.cameras.remove(1);
        after.cameras.push(camera("d"));
        after.console.theme = ThemeChoice::Light;
        let merged = merge(&now, &before, &after).expect("nothing in common");
        let names: Vec<&str> = merged.cameras.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["a", "d", "c"]);
        assert_eq!(merged.cameras[0].recording.mode, Mode::Disabled);
        assert_eq!(merged.console.theme, ThemeChoice::Light);
    }

    #[test]
    fn changes_of_the_same_thing_are_refused_unless_they_agree() {
        let before = settings(&["a"]);
        let (mut now, mut after) = (before.clone(), before.clone());
        now.cameras[0].name = "x".into();
        after.cameras[0].name = "y".into();
        assert!(merge(&now, &before, &after).is_err());
        after.cameras[0].name = "x".into();
        assert_eq!(merge(&now, &before, &after), Ok(now.clone()));
        now.cameras.clear();
        assert_eq!(merge(&now, &before, &before), Ok(now.clone()));
        assert!(merge(&now, &before, &after).is_err());
    }
}
