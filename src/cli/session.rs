//! What verbs share: the data folder, its settings, and questions to whoever holds the index.
//!
//! Must not do: print.

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Args;
use crate::config::secrets::read_passphrase;
use crate::config::{ConfigError, DataFolder, FolderLock, Secrets, SettingsStore};
use crate::engine::desk::{Desk, Request, Response};
use crate::engine::recordings::{Answer, Question};
use crate::engine::{self, EngineError, door};
use crate::model::{CameraId, CameraSettings, Password, Settings};
use crate::runtime::SystemClock;

/// A Watchkeeper that is starting is asked again so often: it may have files to mend first.
const DOOR_TRIES: u32 = 50;

/// Time between two attempts.
const DOOR_PAUSE: Duration = Duration::from_millis(200);

/// Longest password line, so that a wrong pipe does not fill the memory.
const MAX_PASSWORD: usize = 1_024;

/// Said when an answer is none of those that this version knows for a question.
pub const OTHER_VERSION: &str = "the running Watchkeeper is of another version";

/// The data folder that the arguments ask for.
///
/// # Errors
/// When it cannot be had.
pub fn folder(args: &Args) -> Result<DataFolder> {
    Ok(DataFolder::choose(args.data_dir.as_deref(), args.portable)?)
}

/// Where the demonstration makes its temporary folder: a portable one leaves nothing elsewhere.
///
/// # Errors
/// When the portable folder cannot be had.
pub fn folder_of_demo(args: &Args) -> Result<PathBuf> {
    match args.portable || DataFolder::is_marked_portable() {
        true => Ok(folder(args)?.root().to_path_buf()),
        false => Ok(std::env::temp_dir()),
    }
}

/// The passphrase of the stored passwords: from where the arguments say, else from the file that the operator has
/// put into the folder for it. None when there is neither.
///
/// # Errors
/// When it cannot be read.
pub fn passphrase(args: &Args, folder: &DataFolder) -> Result<Option<Password>> {
    if args.passphrase_stdin {
        return secret_line("the passphrase");
    }
    let own = folder.passphrase();
    let file = args.passphrase_file.clone().or_else(|| own.exists().then_some(own));
    Ok(file.map(|file| read_passphrase(&file)).transpose()?)
}

/// The stored passwords, open.
///
/// # Errors
/// When they are locked, in a sentence that names the way out.
pub fn secrets(args: &Args, folder: &DataFolder) -> Result<Secrets> {
    let mut secrets = Secrets::open(folder)?;
    let unlocked = secrets.unlock_now(passphrase(args, folder)?.as_ref());
    unlocked.context("give the passphrase with --passphrase-file or --passphrase-stdin")?;
    Ok(secrets)
}

/// A line of standard input that nobody may see: a password or a passphrase. None when it is empty.
///
/// # Errors
/// When it cannot be read, or is too long to be one.
pub fn secret_line(what: &str) -> Result<Option<Password>> {
    let mut line = zeroize::Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).with_context(|| format!("cannot read {what}"))?;
    let text = line.trim_end_matches(['\r', '\n']);
    if text.len() > MAX_PASSWORD {
        bail!("{what} has more than {MAX_PASSWORD} bytes");
    }
    Ok((!text.is_empty()).then(|| Password::new(text.to_owned())))
}

/// Whether a console runs with the folder already: then its window has been brought to the front.
///
/// # Errors
/// What runs, when that has no window.
pub fn raise(folder: &DataFolder) -> Result<bool> {
    for _ in 0..DOOR_TRIES {
        let process = match folder.lock() {
            Ok(_lock) => return Ok(false),
            Err(ConfigError::Locked { process, .. }) => process,
            Err(error) => return Err(error.into()),
        };
        match door::ask(folder, &Request::Raise) {
            Ok(Response::Done(true)) => return Ok(true),
            Ok(Response::Done(false)) => {
                let process = process.map_or_else(String::new, |id| format!(" (process {id})"));
                bail!(
                    "Watchkeeper is recording already, without a window{process}. To see it, end that with \
                     \"watchkeeper stop\" and start the console, which records too"
                );
            }
            Ok(_) => bail!(OTHER_VERSION),
            Err(EngineError::DoorClosed) => std::thread::sleep(DOOR_PAUSE),
            Err(error) => return Err(error.into()),
        }
    }
    Err(EngineError::DoorClosed.into())
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
