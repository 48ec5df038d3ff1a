//! `manual`: recording by hand, in a running Watchkeeper.
//!
//! Must not do: record.

use std::time::Duration;

use anyhow::{Result, bail};

use super::footage_args::{ManualOptions, ManualVerb};
use super::{Args, print, session};
use crate::config::{DataFolder, SettingsStore};
use crate::engine::desk::{Request, Response};
use crate::protocol::LinkState;

/// Runs the verb.
///
/// # Errors
/// When there is no such camera, or nobody runs with the folder.
pub fn run(args: &Args, options: &ManualOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let (name, request) = match &options.verb {
        ManualVerb::Start { camera, limit } => {
            let minutes = store.settings().recording.manual_minutes.0;
            let limit = limit.unwrap_or(Duration::from_secs(u64::from(minutes) * 60));
            let id = session::camera(&store, camera)?.id.clone();
            (camera, Request::StartManual { camera: id, limit })
        }
        ManualVerb::Stop { camera } => {
            let id = session::camera(&store, camera)?.id.clone();
            (camera, Request::StopManual { camera: id })
        }
    };
    let Response::Done(changed) = session::request(&folder, &request)? else {
        bail!(session::OTHER_VERSION);
    };
    match request {
        Request::StartManual { limit, .. } => {
            let micros = i64::try_from(limit.as_micros()).unwrap_or(i64::MAX);
            let time = print::duration(micros);
            if is_online(&folder, name)? {
                return print::line(&format!("{name} is recorded for {time}"));
            }
            print::line(&format!(
                "{name} does not send pictures now; within {time} it is recorded as soon as it does"
            ))
        }
        _ if changed => print::line(&format!("{name} goes on by its mode")),
        _ => print::line(&format!("{name} was not being recorded by hand")),
    }
}

fn is_online(folder: &DataFolder, name: &str) -> Result<bool> {
    let Response::Health(health) = session::request(folder, &Request::Health)? else {
        bail!(session::OTHER_VERSION);
    };
    let camera = health.cameras.iter().find(|camera| camera.name == name);
    Ok(camera.is_none_or(|camera| camera.link == LinkState::Online))
}
