//! `camera`: add, list, change, remove and test cameras.
//!
//! Must not do: take a password from an argument, or print one.

use anyhow::{Result, bail};

use super::args::{CameraOptions, CameraVerb, Login};
use super::camera_transfer as transfer;
use super::{Args, camera_list, camera_search, camera_test, loss, print, session};
use crate::capture::StreamSource;
use crate::config::{ConfigError, DataFolder, Secrets, SettingsStore};
use crate::engine;
use crate::model::settings::{CameraRecording, InvalidUrl, StreamUrl};
use crate::model::{CameraSettings, Password};
use crate::model::{StreamId, StreamKind, Transport};

/// Runs the verb.
///
/// # Errors
/// What is wrong with the change, or what the camera said.
pub fn run(args: &Args, options: &CameraOptions) -> Result<()> {
    if let CameraVerb::Search { at, login, json } = &options.verb {
        return camera_search::run(at.as_deref(), login, *json);
    }
    let folder = session::folder(args)?;
    match &options.verb {
        CameraVerb::Export { file } => transfer::export(&folder, file),
        CameraVerb::List { json } => camera_list::run(&folder, *json),
        CameraVerb::Test { camera, login, transport, picture, json } => {
            let source = source_of(args, camera, login, (*transport).into())?;
            camera_test::run(&source, picture.as_deref(), *json)
        }
        CameraVerb::Import { file, update } => {
            let _lock = session::hold(&folder)?;
            transfer::import(&folder, file, *update)
        }
        CameraVerb::Search { .. } => Ok(()),
        CameraVerb::Add { .. } | CameraVerb::Set { .. } | CameraVerb::Remove { .. } => {
            let _lock = session::hold(&folder)?;
            change(args, &folder, &options.verb)
        }
    }
}

fn change(args: &Args, folder: &DataFolder, verb: &CameraVerb) -> Result<()> {
    let mut store = SettingsStore::open(folder)?;
    // Before anything is changed: a passphrase may be wrong.
    let mut secrets = match has_password(verb) {
        true => session::secrets(args, folder)?,
        false => Secrets::open(folder)?,
    };
    if has_password(verb) {
        secrets.prepare();
    }
    match verb {
        CameraVerb::Add { name, group, main, sub, login, transport, rule } => {
            let password = read_password(login)?;
            let mut recording = CameraRecording::default();
            rule.apply(&mut recording);
            let id = store.settings().free_id(name, &engine::offline::recorded(folder)?);
            let camera = CameraSettings {
                id: id.clone(),
                name: name.clone(),
                group: group.clone(),
                main: address(main)?,
                sub: sub.as_deref().map(address).transpose()?,
                user: login.user.clone(),
                transport: (*transport).into(),
                recording,
            };
            store.change(|settings| {
                settings.cameras.push(camera);
                Ok(())
            })?;
            secrets.set(&id, password.as_ref())?;
            print::line(&format!("added {name}"))
        }
        CameraVerb::Set { camera, login, rule, yes, .. } => {
            let id = session::camera(&store, camera)?.id.clone();
            let password = read_password(login)?;
            let mut after = store.settings().clone();
            if let Some(camera) = after.cameras.iter_mut().find(|camera| camera.id == id) {
                apply(camera, verb)?;
            }
            after.validate().map_err(ConfigError::from)?;
            if rule.retention.is_some() {
                loss::confirm(folder, &store, &after, *yes)?;
            }
            store.change(|settings| {
                *settings = after;
                Ok(())
            })?;
            if password.is_some() {
                secrets.set(&id, password.as_ref())?;
            }
            print::line(&format!("changed {camera}"))
        }
        CameraVerb::Remove { camera, footage } => {
            let id = session::camera(&store, camera)?.id.clone();
            store.change(|settings| {
                settings.remove_camera(&id, *footage);
                Ok(())
            })?;
            secrets.set(&id, None)?;
            let rest = if *footage {
                "its recordings go when Watchkeeper runs next, except for locked ones"
            } else {
                "its recordings stay"
            };
            print::line(&format!("removed {camera}; {rest}"))
        }
        CameraVerb::List { .. }
        | CameraVerb::Test { .. }
        | CameraVerb::Search { .. }
        | CameraVerb::Export { .. }
        | CameraVerb::Import { .. } => Ok(()),
    }
}

fn has_password(verb: &CameraVerb) -> bool {
    match verb {
        CameraVerb::Add { login, .. } | CameraVerb::Set { login, .. } => login.password_stdin,
        CameraVerb::List { .. }
        | CameraVerb::Remove { .. }
        | CameraVerb::Test { .. }
        | CameraVerb::Export { .. }
        | CameraVerb::Import { .. }
        | CameraVerb::Search { .. } => false,
    }
}

/// An address as it was typed. It is not clap that parses it: clap repeats what it refuses, and there may
/// be a password in it.
fn address(text: &str) -> Result<StreamUrl, ConfigError> {
    text.parse().map_err(|error: InvalidUrl| {
        ConfigError::Refused(match error {
            InvalidUrl::Credentials => format!("{error} with --user and --password-stdin"),
            _ => error.to_string(),
        })
    })
}

fn apply(target: &mut CameraSettings, verb: &CameraVerb) -> Result<(), ConfigError> {
    let CameraVerb::Set { name, group, main, sub, no_sub, login, transport, rule, .. } = verb
    else {
        return Ok(());
    };
    if let Some(name) = name {
        target.name.clone_from(name);
    }
    if let Some(group) = group {
        target.group.clone_from(group);
    }
    if let Some(main) = main {
        target.main = address(main)?;
    }
    if *no_sub {
        target.sub = None;
    }
    if let Some(sub) = sub {
        target.sub = Some(address(sub)?);
    }
    if login.user.is_some() {
        target.user.clone_from(&login.user);
    }
    if let Some(transport) = transport {
        target.transport = (*transport).into();
    }
    rule.apply(&mut target.recording);
    Ok(())
}

pub(super) fn read_password(login: &Login) -> Result<Option<Password>> {
    if !login.password_stdin {
        return Ok(None);
    }
    match session::secret_line("the password")? {
        Some(password) => Ok(Some(password)),
        None => bail!("a password is expected as one line on standard input"),
    }
}

/// A camera of the settings with its stored password, or an address as it is given.
fn source_of(
    args: &Args,
    camera: &str,
    login: &Login,
    transport: Transport,
) -> Result<StreamSource> {
    let password = read_password(login)?;
    if camera.contains("://") {
        let url = address(camera)?;
        return Ok(StreamSource {
            id: StreamId::new(crate::model::CameraId::from_name("test"), StreamKind::Main),
            url: url.url().clone(),
            user: login.user.clone(),
            password,
            transport,
            metadata: false,
        });
    }
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let settings = session::camera(&store, camera)?;
    let kind = store.settings().recorded_stream(settings);
    let stored = match password {
        Some(password) => Some(password),
        None if Secrets::open(&folder)?.has(&settings.id) => {
            session::secrets(args, &folder)?.get(&settings.id)?
        }
        None => Secrets::open(&folder)?.get(&settings.id)?,
    };
    let mut source = engine::source(settings, kind, stored)
        .ok_or_else(|| ConfigError::Refused(format!("{camera} has no {kind} stream")))?;
    if login.user.is_some() {
        source.user.clone_from(&login.user);
    }
    Ok(source)
}
