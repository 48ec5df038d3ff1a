//! `events`: when something moved.
//!
//! Must not do: detect anything.

use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use super::footage_args::EventsOptions;
use super::{Args, print, session};
use crate::config::atomic::{self, Readers};
use crate::config::{DataFolder, SettingsStore};
use crate::engine::recordings::{Answer, Question};
use crate::model::{MotionEvent, WallTime};

/// Runs the verb.
///
/// # Errors
/// When the index cannot be read or the camera does not exist.
pub fn run(args: &Args, options: &EventsOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let camera = options.camera.as_deref().map(|name| session::camera_id(&store, name));
    let question = Question::Events {
        camera: camera.transpose()?,
        from: options.from.unwrap_or(WallTime::MIN),
        to: options.to.unwrap_or(WallTime::MAX),
    };
    let Answer::Events(events) = session::ask(&folder, &question)? else {
        bail!(session::OTHER_VERSION);
    };
    if let Some(pictures) = &options.pictures {
        for event in &events {
            save_picture(&folder, pictures, event)?;
        }
    }
    if options.json {
        let list: Vec<_> = events
            .iter()
            .map(|event| {
                json!({
                    "camera": session::name_of(&store, &event.camera),
                    "camera_id": event.camera,
                    "start": event.span.start.to_rfc3339(),
                    "end": event.span.end.to_rfc3339(),
                    "best": event.best.to_rfc3339(),
                    "peak": event.peak,
                    "area": event.area,
                })
            })
            .collect();
        return print::json(&list);
    }
    let zone = session::zone(&store);
    let lines: Vec<[String; 5]> = events
        .iter()
        .map(|event| {
            [
                session::name_of(&store, &event.camera),
                print::local(event.span.start, zone),
                print::local(event.span.end, zone),
                print::local(event.best, zone),
                format!("{:.1} %", f64::from(event.peak) / 10.0),
            ]
        })
        .collect();
    print::table(["CAMERA", "FROM", "TO", "STRONGEST", "MOVING"], &lines)
}

/// Writes the picture of an event, if there is one.
fn save_picture(folder: &DataFolder, pictures: &Path, event: &MotionEvent) -> Result<()> {
    let (camera, start) = (event.camera.clone(), event.span.start);
    let Answer::EventPicture(jpeg) =
        session::ask(folder, &Question::EventPicture { camera, start })?
    else {
        bail!(session::OTHER_VERSION);
    };
    let Some(jpeg) = jpeg else { return Ok(()) };
    let jpeg = BASE64.decode(jpeg).context("the picture did not arrive whole")?;
    let time = start.to_utc().format("%Y-%m-%dT%H-%M-%S%.3fZ");
    let path = pictures.join(format!("{}_{time}.jpg", event.camera));
    Ok(atomic::replace(&path, &jpeg, Readers::Default)?)
}
