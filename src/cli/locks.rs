//! `lock`, `unlock` and `locks`: footage that no rule deletes.
//!
//! Must not do: write the locks itself while a recorder runs; that one does.

use anyhow::{Result, bail};
use serde_json::json;

use super::footage_args::{LockOptions, LocksOptions, RangeArgs, UnlockOptions};
use super::{Args, print, session};
use crate::config::{DataFolder, SettingsStore};
use crate::engine::desk::{Request, Response};
use crate::engine::recordings::{Answer, Question};
use crate::model::{CameraId, Lock, WallSpan};
use crate::protocol::MarkChange;

/// Runs `lock`.
///
/// # Errors
/// When the range is empty, the camera unknown, or the locks cannot be written.
pub fn lock(args: &Args, options: &LockOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let camera = known(&folder, &store, &options.range.camera)?;
    let span = span(&options.range)?;
    let note = options.note.clone();
    let lock = Lock { camera: camera.clone(), span, note };
    order(&folder, MarkChange::Lock(lock))?;
    let name = &options.range.camera;
    let kept = files(&folder, &camera, span)?;
    if options.json {
        let (start, end) = (span.start.to_rfc3339(), span.end.to_rfc3339());
        return print::json(&json!({
            "camera": name, "camera_id": camera, "start": start, "end": end,
            "note": options.note, "files": kept.0, "bytes": kept.1,
        }));
    }
    match kept {
        (0, _) => print::line(&format!("locked {name}; there is no footage in the range yet")),
        (count, bytes) => {
            let (files, size) = (print::files(count), print::bytes(bytes));
            print::line(&format!("locked {name}: {files} with {size} are kept"))
        }
    }
}

/// Runs `unlock`.
///
/// # Errors
/// When the range is empty, the camera unknown, or the locks cannot be written.
pub fn unlock(args: &Args, options: &UnlockOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let camera = session::camera_id(&store, &options.range.camera)?;
    let span = span(&options.range)?;
    let change = MarkChange::Unlock { camera: camera.clone(), span };
    let name = &options.range.camera;
    let changed = order(&folder, change)?;
    if options.json {
        let (start, end) = (span.start.to_rfc3339(), span.end.to_rfc3339());
        return print::json(&json!({
            "camera": name, "camera_id": camera, "start": start, "end": end, "changed": changed,
        }));
    }
    match changed {
        true => print::line(&format!(
            "unlocked {name}: the rules may delete it from now on, see \"watchkeeper storage preview\""
        )),
        false => print::line(&format!("nothing of {name} was locked there")),
    }
}

/// Runs `locks`.
///
/// # Errors
/// When the locks cannot be read.
pub fn list(args: &Args, options: &LocksOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let Response::Locks(locks) = session::request(&folder, &Request::Locks)? else {
        bail!(session::OTHER_VERSION);
    };
    if options.json {
        let list: Vec<_> = locks
            .iter()
            .map(|lock| {
                json!({
                    "camera": session::name_of(&store, &lock.camera),
                    "camera_id": lock.camera,
                    "start": lock.span.start.to_rfc3339(),
                    "end": lock.span.end.to_rfc3339(),
                    "note": lock.note,
                })
            })
            .collect();
        return print::json(&list);
    }
    let zone = session::zone(&store);
    let lines: Vec<[String; 4]> = locks
        .iter()
        .map(|lock| {
            [
                session::name_of(&store, &lock.camera),
                print::local(lock.span.start, zone),
                print::local(lock.span.end, zone),
                lock.note.clone(),
            ]
        })
        .collect();
    print::table(["CAMERA", "FROM", "TO", "NOTE"], &lines)
}

fn span(range: &RangeArgs) -> Result<WallSpan> {
    if range.to <= range.from {
        bail!("the range is empty: --to must be later than --from");
    }
    Ok(WallSpan::new(range.from, range.to))
}

/// A camera of the settings, or a removed one that left recordings: a mistyped name would mark nothing.
pub(super) fn known(folder: &DataFolder, store: &SettingsStore, name: &str) -> Result<CameraId> {
    let unknown = match session::camera(store, name) {
        Ok(camera) => return Ok(camera.id.clone()),
        Err(unknown) => unknown,
    };
    let id = session::camera_id(store, name)?;
    match files(folder, &id, WallSpan::ALL)? {
        (0, _) => Err(unknown),
        _ => Ok(id),
    }
}

/// How many files, and how many bytes, overlap a span.
fn files(folder: &DataFolder, camera: &CameraId, span: WallSpan) -> Result<(usize, u64)> {
    let WallSpan { start: from, end: to } = span;
    let question = Question::Recordings { camera: Some(camera.clone()), from, to };
    let Answer::Recordings(rows) = session::ask(folder, &question)? else {
        bail!(session::OTHER_VERSION);
    };
    Ok((rows.len(), rows.iter().map(|row| row.bytes).sum()))
}

/// Orders something; whether it changed anything.
pub(super) fn order(folder: &DataFolder, change: MarkChange) -> Result<bool> {
    match session::request(folder, &Request::Mark(change))? {
        Response::Done(changed) => Ok(changed),
        _ => bail!(session::OTHER_VERSION),
    }
}
