//! The list of cameras as a file of its own: TOML as in the settings, with the schedules that they use and without
//! any password.
//!
//! Must not do: change settings; it tells what they would be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::atomic::{self, Readers};
use super::folder::read_if_there;
use super::store::{invalid, locate};
use crate::model::schedule::{ExceptionRule, Schedule};
use crate::model::settings::{Key, StreamUrl};
use crate::model::{CameraId, CameraSettings, Settings, StreamKind};
use crate::protocol::{ImportSummary, KnownCameras};

/// Above the list.
const HEAD: &str = "# Cameras of Watchkeeper, without their passwords.\n\n";

/// Stands in an address for what is secret there.
const MASK: &str = "***";

#[derive(Serialize, Deserialize)]
struct List {
    #[serde(default, rename = "schedule", skip_serializing_if = "Vec::is_empty")]
    schedules: Vec<Schedule>,
    #[serde(default, rename = "camera")]
    cameras: Vec<CameraSettings>,
}

/// The list of the cameras of `settings`.
///
/// # Errors
/// [`ConfigError::Serialize`].
pub fn write(settings: &Settings) -> Result<String, ConfigError> {
    let used = used_schedules(settings);
    let schedules = settings.schedules.iter().filter(|schedule| used.contains(&*schedule.name));
    let masked = |camera: &CameraSettings| CameraSettings {
        main: masked(&camera.main),
        sub: camera.sub.as_ref().map(masked),
        ..camera.clone()
    };
    let cameras = settings.cameras.iter().map(masked).collect();
    let list = List { schedules: schedules.cloned().collect(), cameras };
    Ok(format!("{HEAD}{}", toml_edit::ser::to_string_pretty(&list)?))
}

/// An address without the password that some cameras want in it.
fn masked(url: &StreamUrl) -> StreamUrl {
    url.shown().parse().unwrap_or_else(|_| url.clone())
}

/// Names of the schedules that cameras name, and of those that the exceptions of these name.
fn used_schedules(settings: &Settings) -> BTreeSet<&str> {
    let named = settings.cameras.iter().filter_map(|camera| camera.recording.schedule.as_deref());
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut more: Vec<&str> = named.collect();
    while let Some(name) = more.pop() {
        if !used.insert(name) {
            continue;
        }
        let schedule = settings.schedules.iter().find(|schedule| schedule.name == name);
        let exceptions = schedule.into_iter().flat_map(|schedule| &schedule.exceptions);
        more.extend(exceptions.filter_map(|exception| match &exception.rule {
            ExceptionRule::Use(other) => Some(other.as_str()),
            ExceptionRule::AllDay | ExceptionRule::Never => None,
        }));
    }
    used
}

/// What `settings` become with the list `text`, and what that means; `path` is named in errors. A new camera gets
/// another identity where its own belongs to one of `recorded` or to footage that is being deleted; not where no
/// camera is set up at all: then the settings were lost, and the footage is of the cameras of the list.
///
/// # Errors
/// [`ConfigError::Invalid`] with line and reason.
pub fn read(
    path: &Path,
    text: &str,
    settings: &Settings,
    known: KnownCameras,
    recorded: &BTreeSet<CameraId>,
) -> Result<(Settings, ImportSummary), ConfigError> {
    let list: List = toml_edit::de::from_str(text).map_err(|error| {
        invalid(path, text, error.span().map_or(0, |span| span.start), error.message())
    })?;
    if list.cameras.is_empty() {
        return Err(invalid(path, text, 0, "the file lists no camera"));
    }
    let wrong = |keys: &[Key], reason: &str| invalid(path, text, locate(text, keys), reason);
    check(&list, settings).map_err(|(keys, reason)| wrong(&keys, &reason))?;
    let mut after = settings.clone();
    let mut summary = ImportSummary::default();
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let listed = list.cameras.iter().map(|camera| camera.id.clone());
    let were_lost = settings.cameras.is_empty() && settings.erase.is_empty();
    let ids: BTreeSet<CameraId> = listed.chain(recorded.iter().cloned()).collect();
    for (number, listed) in list.cameras.into_iter().enumerate() {
        let problem = |key, reason: &str| {
            Err(wrong(&[Key::Name("camera"), Key::Number(number), Key::Name(key)], reason))
        };
        let before = match place_of(settings, &listed) {
            Ok(before) => before,
            Err(reason) => return problem("name", &reason),
        };
        if let Some(place) = before
            && taken.insert(place, number).is_some()
        {
            return problem("name", "an entry above is the same camera of Watchkeeper");
        }
        let old = before.and_then(|place| settings.cameras.get(place));
        let mut camera = match unmasked(listed, old) {
            Ok(camera) => camera,
            Err((key, reason)) => return problem(key, &reason),
        };
        let is_taken = recorded.contains(&camera.id) || after.erase.contains_key(&camera.id);
        if old.is_none() && is_taken && were_lost {
            summary.again.push(camera.name.clone());
        } else if old.is_none() && is_taken {
            camera.id = after.free_id(&camera.name, &ids);
            summary.apart.push(camera.name.clone());
        }
        note(&mut summary, &camera, old);
        match before.and_then(|place| after.cameras.get_mut(place)) {
            None => after.cameras.push(camera),
            Some(place) if known == KnownCameras::Update => *place = camera,
            Some(_) => {}
        }
    }
    for schedule in list.schedules {
        if settings.schedules.iter().all(|known| known.name != schedule.name) {
            summary.schedules.push(schedule.name.clone());
            after.schedules.push(schedule);
        }
    }
    after.validate().map_err(|(_, reason)| invalid(path, text, 0, &reason))?;
    Ok((after, summary))
}

/// Whether the list is valid by itself, with the schedules that are there already.
fn check(list: &List, settings: &Settings) -> Result<(), (Vec<Key>, String)> {
    let known = |schedule: &&Schedule| list.schedules.iter().all(|new| new.name != schedule.name);
    let others = settings.schedules.iter().filter(known).cloned();
    let alone = Settings {
        recording: settings.recording.clone(),
        schedules: list.schedules.iter().cloned().chain(others).collect(),
        cameras: list.cameras.clone(),
        ..Settings::default()
    };
    alone.validate()
}

/// Which camera of the settings is meant, by its identity or else by its name.
fn place_of(settings: &Settings, listed: &CameraSettings) -> Result<Option<usize>, String> {
    let cameras = &settings.cameras;
    let by_id = cameras.iter().position(|camera| camera.id == listed.id);
    let by_name = cameras.iter().position(|camera| camera.name == listed.name);
    match (by_id, by_name) {
        (Some(id), Some(name)) if id != name => Err(format!(
            "another camera of Watchkeeper is called \"{}\", which has the id \"{}\"",
            listed.name, cameras[name].id
        )),
        (by_id, by_name) => Ok(by_id.or(by_name)),
    }
}

/// The camera as it will be: with the identity that it has, and with what no list holds.
fn unmasked(
    mut listed: CameraSettings,
    old: Option<&CameraSettings>,
) -> Result<CameraSettings, (&'static str, String)> {
    for kind in [StreamKind::Main, StreamKind::Sub] {
        let Some(url) = listed.url(kind).filter(|url| url.to_string().contains(MASK)) else {
            continue;
        };
        let known = old.and_then(|old| old.url(kind)).filter(|known| known.shown() == url.shown());
        let reason = || format!("the address holds {MASK} in place of its password; write it in");
        let known = known.cloned().ok_or_else(|| (kind.as_str(), reason()))?;
        match kind {
            StreamKind::Main => listed.main = known,
            StreamKind::Sub => listed.sub = Some(known),
        }
    }
    if let Some(old) = old {
        listed.id = old.id.clone();
    }
    Ok(listed)
}

fn note(summary: &mut ImportSummary, camera: &CameraSettings, old: Option<&CameraSettings>) {
    match old {
        Some(old) if old == camera => summary.same += 1,
        Some(_) => summary.known.push(camera.name.clone()),
        None => {
            summary.new.push(camera.name.clone());
            if camera.user.is_some() {
                summary.without_password.push(camera.name.clone());
            }
        }
    }
}

/// The text of the list in the file `path`.
///
/// # Errors
/// [`ConfigError::Refused`] when there is no such file, [`ConfigError::Io`] when it cannot be read.
pub fn load(path: &Path) -> Result<String, ConfigError> {
    whole(path)?;
    let missing = || ConfigError::Refused(format!("There is no file {}.", path.display()));
    read_if_there(path)?.ok_or_else(missing)
}

/// Writes a list into the file `path`; one that is there is replaced.
///
/// # Errors
/// [`ConfigError::Io`] when it cannot be written.
pub fn save(path: &Path, text: &str) -> Result<(), ConfigError> {
    whole(path)?;
    atomic::replace(path, text.as_bytes(), Readers::Default)
}

fn whole(path: &Path) -> Result<(), ConfigError> {
    if path.is_absolute() && path.file_name().is_some() {
        return Ok(());
    }
    let text = "Write the whole path of the file, from the root of the disk on.";
    Err(ConfigError::Refused(text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mode;

    const PATH: &str = "/tmp/list.toml";

    fn settings(text: &str) -> Settings {
        toml_edit::de::from_str(text).expect("settings")
    }

    fn sample() -> Settings {
        settings(
            "[[schedule]]\nname = \"Night\"\nrange = [{ days = \"mon-sun\", from = \"22:00\", \
             to = \"06:00\" }]\n\
             [[schedule]]\nname = \"Unused\"\nrange = [{ days = \"mon-sun\", from = \"01:00\", \
             to = \"02:00\" }]\n\
             [[camera]]\nid = \"a\"\nname = \"A\"\ngroup = \"Yard\"\nmain = \"rtsp://h/1\"\n\
             sub = \"rtsp://h/2\"\nuser = \"joe\"\ntransport = \"udp\"\nmode = \"scheduled\"\n\
             schedule = \"Night\"\npre_seconds = 7\nretention = \"3d\"\n\
             [[camera.zone]]\nkind = \"ignore\"\ncorners = [[0, 0], [500, 0], [0, 500]]\n\
             [[camera]]\nid = \"b\"\nname = \"B\"\nmain = \"rtsp://h/live?password=hunter2\"\n",
        )
    }

    fn import(text: &str, into: &Settings, known: KnownCameras) -> (Settings, ImportSummary) {
        read(Path::new(PATH), text, into, known, &BTreeSet::new()).expect("taken")
    }

    fn error_of(text: &str, into: &Settings) -> String {
        let (path, none) = (Path::new(PATH), BTreeSet::new());
        let error = read(path, text, into, KnownCameras::Update, &none).expect_err("invalid");
        error.to_string().replace(PATH, "")
    }

    #[test]
    fn a_list_brings_the_same_cameras_to_another_place_but_no_password() {
        let text = write(&sample()).expect("written");
        assert!(!text.contains("hunter2") && text.contains("password=***"), "{text}");
        assert!(!text.contains("Unused"), "{text}");
        let (again, summary) = import(&text, &sample(), KnownCameras::Update);
        assert_eq!((again, summary.same), (sample(), 2), "nothing changes where they came from");
        let whole = text.replace("***", "hunter2");
        let (there, summary) = import(&whole, &Settings::default(), KnownCameras::Ask);
        assert_eq!(there.cameras, sample().cameras);
        assert_eq!(summary.new, ["A", "B"]);
        assert_eq!(
            (summary.schedules, summary.without_password),
            (vec!["Night".into()], vec!["A".into()])
        );
    }

    #[test]
    fn cameras_that_are_there_are_skipped_or_updated() {
        let mut other = sample();
        other.cameras[0].recording.mode = Mode::Continuous;
        other.cameras[1].id = "b-2".parse().expect("an identity");
        let text = write(&sample()).expect("written");
        let (skipped, summary) = import(&text, &other, KnownCameras::Skip);
        assert_eq!((&skipped, summary.known), (&other, vec!["A".into()]));
        let (updated, _) = import(&text, &other, KnownCameras::Update);
        assert_eq!(updated.cameras[0], sample().cameras[0]);
        assert_eq!(updated.cameras[1], other.cameras[1], "the identity and the secret stay");
    }

    #[test]
    fn a_new_camera_takes_over_no_footage() {
        let text = write(&sample()).expect("written").replace("***", "hunter2");
        let id = |text: &str| text.parse::<CameraId>().expect("an identity");
        let recorded = BTreeSet::from([id("a"), id("a-2")]);
        let there =
            Settings { erase: BTreeMap::from([(id("b"), "B".to_owned())]), ..Settings::default() };
        let path = Path::new(PATH);
        let (after, summary) =
            read(path, &text, &there, KnownCameras::Skip, &recorded).expect("taken");
        let ids: Vec<&CameraId> = after.cameras.iter().map(|camera| &camera.id).collect();
        assert_eq!(ids, [&id("a-3"), &id("b-2")]);
        assert_eq!(summary.apart, ["A", "B"]);
        assert_eq!(after.erase, there.erase, "what is to be deleted goes");
        // After the settings were lost they are those cameras.
        let lost = Settings::default();
        let (after, summary) =
            read(path, &text, &lost, KnownCameras::Skip, &recorded).expect("taken");
        assert_eq!(after.cameras, sample().cameras);
        assert_eq!((summary.again, summary.apart), (vec!["A".to_owned()], Vec::new()));
        // Cameras that are there keep theirs, and their footage.
        let (after, summary) =
            read(path, &text, &sample(), KnownCameras::Update, &recorded).expect("taken");
        assert_eq!((after.cameras[0].id.as_str(), summary.apart.len()), ("a", 0));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let text = write(&sample()).expect("written");
        for (from, to, why) in [
            ("mode = \"scheduled\"", "mode = \"often\"", "unknown variant"),
            ("\"rtsp://h/1\"", "\"http://h/1\"", "rtsp://"),
            ("name = \"B\"", "name = \"A\"", "two cameras are called \"A\""),
            ("schedule = \"Night\"", "schedule = \"Day\"", "no schedule"),
            ("pre_seconds = 7", "pre_seconds = 700", "must be 0 to 60"),
        ] {
            let broken = text.replacen(from, to, 1);
            let lines: Vec<&str> = broken.lines().collect();
            let place = lines.iter().rposition(|line| line.contains(to)).expect("broken");
            let head = lines[..place].iter().rposition(|line| *line == "[[camera]]").expect("one");
            let error = error_of(&broken, &Settings::default());
            // Of some values only the camera's table is known.
            let near = (head..=place).any(|n| error.contains(&format!("line {}:", n + 1)));
            assert!(near && error.contains(why), "{error}");
        }
        assert!(error_of("", &Settings::default()).contains("lists no camera"));
        let secret = error_of(&text, &Settings::default());
        assert!(secret.contains("in place of its password"), "{secret}");
        let leak = text.replace("rtsp://h/1", "rtsp://joe:hunter3@h/1");
        assert!(!error_of(&leak, &Settings::default()).contains("hunter3"));
    }

    #[test]
    fn a_camera_that_could_be_two_is_refused() {
        let text = write(&sample()).expect("written").replace("***", "x");
        let mut other = sample();
        other.cameras[0].name = "B".into();
        other.cameras[1].name = "A".into();
        assert!(error_of(&text, &other).contains("another camera of Watchkeeper is called"));
    }
}
