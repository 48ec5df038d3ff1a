//! `camera`: add, list, change, remove and test cameras.
//!
//! Must not do: take a password from an argument, or print one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::json;

use super::args::{CameraOptions, CameraVerb, Login, TransportArg};
use super::{Args, camera_list, loss, print, session};
use crate::capture::{self, ProbeReport, StreamSource};
use crate::config::{ConfigError, DataFolder, Secrets, SettingsStore};
use crate::engine;
use crate::model::settings::{CameraRecording, InvalidUrl, StreamUrl};
use crate::model::{CameraSettings, Password};
use crate::model::{StreamId, StreamKind, Transport};
use crate::runtime::{Clock, SystemClock};

/// A camera that has not shown two random access points by then has told enough.
const TEST_LIMIT: Duration = Duration::from_secs(15);

/// Runs the verb.
///
/// # Errors
/// What is wrong with the change, or what the camera said.
pub fn run(args: &Args, options: &CameraOptions) -> Result<()> {
    let folder = session::folder(args)?;
    match &options.verb {
        CameraVerb::List { json } => camera_list::run(&folder, *json),
        CameraVerb::Test { camera, login, transport, json } => {
            test(args, camera, login, *transport, *json)
        }
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
        CameraVerb::Remove { camera } => {
            let id = session::camera(&store, camera)?.id.clone();
            store.change(|settings| {
                settings.cameras.retain(|camera| camera.id != id);
                Ok(())
            })?;
            secrets.set(&id, None)?;
            print::line(&format!("removed {camera}; its recordings stay"))
        }
        CameraVerb::List { .. } | CameraVerb::Test { .. } => Ok(()),
    }
}

fn has_password(verb: &CameraVerb) -> bool {
    match verb {
        CameraVerb::Add { login, .. } | CameraVerb::Set { login, .. } => login.password_stdin,
        CameraVerb::List { .. } | CameraVerb::Remove { .. } | CameraVerb::Test { .. } => false,
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

fn read_password(login: &Login) -> Result<Option<Password>> {
    if !login.password_stdin {
        return Ok(None);
    }
    match session::secret_line("the password")? {
        Some(password) => Ok(Some(password)),
        None => bail!("a password is expected as one line on standard input"),
    }
}

fn test(
    args: &Args,
    camera: &str,
    login: &Login,
    transport: TransportArg,
    json: bool,
) -> Result<()> {
    let source = source_of(args, camera, login, transport.into())?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let report = capture::probe(&source, TEST_LIMIT, &clock)?;
    if json { print::json(&as_json(&report)) } else { print_report(&report) }
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

fn as_json(report: &ProbeReport) -> serde_json::Value {
    let video = &report.parameters.video;
    json!({
        "codec": report.codec,
        "width": video.width,
        "height": video.height,
        "frame_rate": f64::from(report.frame_rate_milli) / 1_000.0,
        "declared_frame_rate": f64::from(report.declared_frame_rate_milli) / 1_000.0,
        "gop_length": report.gop_length,
        "bit_rate": report.bit_rate,
        "lost_packets": report.lost_packets,
        "clock_offset_seconds": report.clock_offset.map(|micros| micros as f64 / 1e6),
        "audio": report.has_audio,
    })
}

fn print_report(report: &ProbeReport) -> Result<()> {
    let video = &report.parameters.video;
    print::line(&format!("codec       {}", report.codec))?;
    print::line(&format!("size        {} x {}", video.width, video.height))?;
    let rate = f64::from(report.frame_rate_milli) / 1_000.0;
    print::line(&format!("frame rate  {rate:.2} a second"))?;
    match report.gop_length {
        Some(length) => print::line(&format!("GOP length  {length} pictures"))?,
        None => print::line("GOP length  no second full picture arrived in time")?,
    }
    print::line(&format!("bit rate    {:.2} Mbit/s", report.bit_rate as f64 / 1e6))?;
    if let Some(offset) = report.clock_offset {
        print::line(&format!("clock       {:+.1} s beside this computer", offset as f64 / 1e6))?;
    }
    if report.has_audio {
        print::line("sound       offered, not recorded")?;
    }
    print::line("This camera can be recorded.")
}
