//! What verbs share: the data folder, its settings, and questions to whoever holds the index.
//!
//! Must not do: print.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Args;
use crate::config::{ConfigError, DataFolder, FolderLock, SettingsStore};
use crate::engine::desk::{Desk, Request, Response};
use crate::engine::recordings::{Answer, Question};
use crate::engine::{self, EngineError, door};
use crate::model::CameraId;
use crate::model::{CameraSettings, Settings};
use crate::runtime::SystemClock;

/// A Watchkeeper that is starting is asked again so often: it may have files to mend first.
const DOOR_TRIES: u32 = 50;

/// Time between two attempts.
const DOOR_PAUSE: Duration = Duration::from_millis(200);

/// Said when an answer is none of those that this version knows for a question.
pub const OTHER_VERSION: &str = "the running Watchkeeper is of another version";

/// The data folder that the arguments ask for.
///
/// # Errors
/// When it cannot be had.
pub fn folder(args: &Args) -> Result<DataFolder> {
    Ok(DataFolder::choose(args.data_dir.as_deref(), args.portable)?)
}

/// Takes the folder in order to change its settings.
///
/// # Errors
/// A sentence that names the process that holds it.
pub fn hold(folder: &DataFolder) -> Result<FolderLock> {
    folder.lock().context("settings cannot be changed from here now")
}

/// Changes the settings of a folder that nobody else works with.
///
/// # Errors
/// Who holds it, or what is wrong with the change.
pub fn change(
    folder: &DataFolder,
    change: impl FnOnce(&mut Settings) -> Result<(), ConfigError>,
) -> Result<()> {
    let _lock = hold(folder)?;
    Ok(SettingsStore::open(folder)?.change(change)?)
}

/// Asks the running Watchkeeper when there is one, else opens the index.
///
/// # Errors
/// What the answer says, or that nobody answers.
pub fn ask(folder: &DataFolder, question: &Question) -> Result<Answer> {
    match request(folder, &Request::Ask(question.clone()))? {
        Response::Answer(answer) => Ok(answer),
        _ => bail!(OTHER_VERSION),
    }
}

/// Asks or orders: the running Watchkeeper when there is one, else the folder itself.
///
/// # Errors
/// What the response says, or that nobody responds.
pub fn request(folder: &DataFolder, request: &Request) -> Result<Response> {
    for _ in 0..DOOR_TRIES {
        match folder.lock() {
            Ok(_lock) => {
                let desk = Desk::offline(folder, Arc::new(SystemClock::new()))?;
                return Ok(desk.serve(request)?);
            }
            Err(ConfigError::Locked { .. }) => match door::ask(folder, request) {
                Err(EngineError::DoorClosed) => std::thread::sleep(DOOR_PAUSE),
                response => return Ok(response?),
            },
            Err(error) => return Err(error.into()),
        }
    }
    Err(EngineError::DoorClosed.into())
}

/// The zone for local times: the settings', else the system's.
#[must_use]
pub fn zone(store: &SettingsStore) -> chrono_tz::Tz {
    engine::zone_of(store.settings())
}

/// The camera called `name`.
///
/// # Errors
/// A sentence that names the cameras there are.
pub fn camera<'a>(store: &'a SettingsStore, name: &str) -> Result<&'a CameraSettings> {
    let settings = store.settings();
    if let Some(camera) = settings.camera(name) {
        return Ok(camera);
    }
    let names: Vec<&str> = settings.cameras.iter().map(|camera| camera.name.as_str()).collect();
    if names.is_empty() {
        bail!("there is no camera \"{name}\"; add one with \"watchkeeper camera add\"");
    }
    bail!("there is no camera \"{name}\"; there are: {}", names.join(", "))
}

/// The identity of a camera that is in the settings, or of one that was removed and left recordings.
///
/// # Errors
/// When `name` is neither.
pub fn camera_id(store: &SettingsStore, name: &str) -> Result<CameraId> {
    match camera(store, name) {
        Ok(camera) => Ok(camera.id.clone()),
        Err(error) => name.parse().map_err(|_| error),
    }
}

/// What operators call a camera; its identity when it was removed.
#[must_use]
pub fn name_of(store: &SettingsStore, id: &CameraId) -> String {
    let cameras = &store.settings().cameras;
    let known = cameras.iter().find(|camera| camera.id == *id);
    known.map_or_else(|| id.to_string(), |camera| camera.name.clone())
}
