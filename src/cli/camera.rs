//! `camera`: add, list, change, remove and test cameras.
//!
//! Must not do: take a password from an argument, or print one.

use std::io::BufRead;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::args::{CameraOptions, CameraVerb, Login, TransportArg};
use super::{Args, camera_list, camera_transfer as transfer, loss, print, session};
use crate::capture::{self, ProbeReport, StreamSource};
use crate::config::{ConfigError, DataFolder, Secrets, SettingsStore};
use crate::engine;
use crate::model::settings::{CameraRecording, InvalidUrl, StreamUrl};
use crate::model::{CameraSettings, Password};
use crate::model::{StreamId, StreamKind, Transport};
use crate::runtime::{Clock, SystemClock};

/// A camera that has not shown two random access points by then has told enough.
const TEST_LIMIT: Duration = Duration::from_secs(15);

/// Longest password line, so that a wrong pipe does not fill the memory.
const MAX_PASSWORD: usize = 1_024;

/// Runs the verb.
///
/// # Errors
/// What is wrong with the change, or what the camera said.
pub fn run(args: &Args, options: &CameraOptions) -> Result<()> {
    let folder = session::folder(args)?;
    match &options.verb {
        CameraVerb::Export { file } => transfer::export(&folder, file),
        CameraVerb::List { json } => camera_list::run(&folder, *json),
        CameraVerb::Test { camera, login, transport, json } => {
            test(&folder, camera, login, *transport, *json)
        }
        CameraVerb::Import { file, update } => {
            let _lock = session::hold(&folder)?;
            transfer::import(&folder, file, *update)
        }
        CameraVerb::Add { .. } | CameraVerb::Set { .. } | CameraVerb::Remove { .. } => {
            let _lock = session::hold(&folder)?;
            change(&folder, &options.verb)
        }
    }
}

fn change(folder: &DataFolder, verb: &CameraVerb) -> Result<()> {
    let mut store = SettingsStore::open(folder)?;
    let mut secrets = Secrets::open(folder)?;
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
                settings.cameras.retain(|camera| camera.id != id);
                if *footage {
                    settings.erase.insert(id.clone());
                }
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
        | CameraVerb::Export { .. }
        | CameraVerb::Import { .. } => Ok(()),
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
    let mut line = zeroize::Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).context("cannot read the password")?;
    let text = line.trim_end_matches(['\r', '\n']);
    if text.is_empty() || text.len() > MAX_PASSWORD {
        bail!("a password of 1 to {MAX_PASSWORD} bytes is expected as one line on standard input");
    }
    Ok(Some(Password::new(text.to_owned())))
}

fn test(
    folder: &DataFolder,
    camera: &str,
    login: &Login,
    transport: TransportArg,
    json: bool,
) -> Result<()> {
    let source = source_of(folder, camera, login, transport.into())?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let report = capture::probe(&source, TEST_LIMIT, &clock)?;
    if json { print::json(&as_json(&report)) } else { print_report(&report) }
}

/// A camera of the settings with its stored password, or an address as it is given.
fn source_of(
    folder: &DataFolder,
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
    let store = SettingsStore::open(folder)?;
    let settings = session::camera(&store, camera)?;
    let kind = store.settings().recorded_stream(settings);
    let stored = match password {
        Some(password) => Some(password),
        None => Secrets::open(folder)?.get(&settings.id)?,
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
