//! `recordings`: what was recorded.
//!
//! Must not do: open a segment; the index knows all of this.

use anyhow::Result;
use serde_json::json;

use super::footage_args::RecordingsOptions;
use super::{Args, print, session};
use crate::config::{DataFolder, SettingsStore, VolumeStore};
use crate::engine::recordings::{Answer, Question};
use crate::model::{SegmentRow, WallTime};

/// Runs the verb.
///
/// # Errors
/// When the index cannot be read or the camera does not exist.
pub fn run(args: &Args, options: &RecordingsOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let camera = options.camera.as_deref().map(|name| session::camera_id(&store, name));
    let question = Question::Recordings {
        camera: camera.transpose()?,
        from: options.from.unwrap_or(WallTime::MIN),
        to: options.to.unwrap_or(WallTime::MAX),
    };
    let Answer::Recordings(rows) = session::ask(&folder, &question)? else {
        anyhow::bail!(session::OTHER_VERSION);
    };
    if options.json {
        let known = VolumeStore::open(&folder)?;
        let list: Vec<_> =
            rows.iter().map(|row| as_json(&store, path_of(&folder, &known, row), row)).collect();
        return print::json(&list);
    }
    let zone = session::zone(&store);
    let lines: Vec<[String; 8]> = rows
        .iter()
        .map(|row| {
            [
                session::name_of(&store, &row.stream.camera),
                row.stream.kind.to_string(),
                print::local(row.start, zone),
                print::local(row.end, zone),
                row.frames.to_string(),
                print::bytes(row.bytes),
                row.state.to_string(),
                row.path.clone(),
            ]
        })
        .collect();
    print::table(["CAMERA", "STREAM", "START", "END", "FRAMES", "SIZE", "STATE", "PATH"], &lines)
}

/// The file, with its folder or the address of the place that it was brought to.
fn path_of(folder: &DataFolder, known: &VolumeStore, row: &SegmentRow) -> String {
    match known.list().iter().find(|volume| volume.id == row.volume) {
        Some(volume) if volume.archive.is_some() => format!("{}/{}", volume.path, row.path),
        Some(volume) => folder.storage(&volume.path).join(&row.path).to_string_lossy().into(),
        None => row.path.clone(),
    }
}

fn as_json(store: &SettingsStore, path: String, row: &SegmentRow) -> serde_json::Value {
    json!({
        "camera": session::name_of(store, &row.stream.camera),
        "camera_id": row.stream.camera.as_str(),
        "stream": row.stream.kind,
        "start": row.start.to_rfc3339(),
        "end": row.end.to_rfc3339(),
        "frames": row.frames,
        "bytes": row.bytes,
        "path": path,
        "run": WallTime::from_micros(row.run.0).to_rfc3339(),
        "state": row.state,
    })
}
