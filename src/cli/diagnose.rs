//! `diagnose`: why something is not recorded, and what helps others to find a fault.
//!
//! Must not do: judge; the engine's rules do.

use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::footage_args::DiagnoseOptions;
use super::{Args, print, session};
use crate::config::atomic::{self, Readers};
use crate::config::{DataFolder, SettingsStore};
use crate::engine::desk::{Request, Response};
use crate::model::CameraId;
use crate::protocol::{Check, Diagnosis, Remedy};

/// Runs the verb.
///
/// # Errors
/// When the camera does not exist, the index cannot be read, or the file cannot be written.
pub fn run(args: &Args, options: &DiagnoseOptions) -> Result<()> {
    let folder = session::folder(args)?;
    if let Some(path) = &options.export {
        return export(&folder, path);
    }
    let store = SettingsStore::open(&folder)?;
    let camera = options.camera.as_deref().map(|name| session::camera_id(&store, name));
    let request = Request::Diagnose { camera: camera.transpose()?, at: options.at };
    let Response::Diagnosis(diagnosis) = session::request(&folder, &request)? else {
        bail!(session::OTHER_VERSION);
    };
    if options.json { print::json(&as_json(&diagnosis)) } else { table(&store, &diagnosis) }
}

fn export(folder: &DataFolder, path: &Path) -> Result<()> {
    let Response::Report(text) = session::request(folder, &Request::Report)? else {
        bail!(session::OTHER_VERSION);
    };
    let bundle = BASE64.decode(text).context(session::OTHER_VERSION)?;
    atomic::replace(path, &bundle, Readers::Owner)?;
    print::line(&format!("saved {}", path.display()))
}

fn as_json(diagnosis: &Diagnosis) -> Value {
    let check = |check: &Check| {
        json!({
            "subject": check.subject,
            "camera_id": check.camera,
            "verdict": check.verdict,
            "text": check.text,
            "remedies": check.remedies,
        })
    };
    diagnosis.checks.iter().map(check).collect()
}

fn table(store: &SettingsStore, diagnosis: &Diagnosis) -> Result<()> {
    let name = |id: &CameraId| session::name_of(store, id);
    for check in &diagnosis.checks {
        let (verdict, subject) = (check.verdict.label(), check.subject.label());
        print::line(&format!("{verdict:14}  {subject:23}  {}", print::plain(&check.text)))?;
        let ways = check.remedies.iter().filter_map(|remedy| way(remedy, &name));
        for way in ways {
            print::line(&format!("{:41}  {way}", ""))?;
        }
    }
    Ok(())
}

/// How a remedy is done from the command line, where it can be.
fn way(remedy: &Remedy, name: &dyn Fn(&CameraId) -> String) -> Option<String> {
    Some(match remedy {
        Remedy::EnableRecording(camera) => {
            format!("watchkeeper camera set \"{}\" --mode continuous", name(camera))
        }
        Remedy::ConnectNow(camera) => format!("watchkeeper camera test \"{}\"", name(camera)),
        Remedy::OpenSchedules => "watchkeeper schedule list".into(),
        Remedy::OpenStorage => "watchkeeper storage show".into(),
        Remedy::Watch(camera, at) => format!(
            "watchkeeper snapshot --camera \"{}\" --at {} ...",
            name(camera),
            at.to_rfc3339()
        ),
        Remedy::ShowCamera(_) | Remedy::OpenFolder => return None,
    })
}
