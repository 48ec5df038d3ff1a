//! `bookmark`: notes on moments.
//!
//! Must not do: write the bookmarks itself while a recorder runs; that one does.

use anyhow::{Result, bail};
use serde_json::json;

use super::export_args::{BookmarkOptions, BookmarkVerb};
use super::{Args, locks, print, session};
use crate::config::{DataFolder, SettingsStore};
use crate::engine::desk::{Request, Response};
use crate::model::{Bookmark, CameraId, WallTime};
use crate::protocol::MarkChange;

/// Runs `bookmark`.
///
/// # Errors
/// When the camera is unknown, or the bookmarks cannot be read or written.
pub fn run(args: &Args, options: &BookmarkOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    match &options.verb {
        BookmarkVerb::Add { camera, at, note, json } => {
            let id = locks::known(&folder, &store, camera)?;
            let bookmark = Bookmark { camera: id, at: *at, note: note.clone() };
            let added = locks::order(&folder, MarkChange::AddBookmark(bookmark.clone()))?;
            if *json {
                let mut told = told(&store, &bookmark);
                told["added"] = json!(added);
                return print::json(&told);
            }
            let text = if added { "noted" } else { "that was noted already" };
            print::line(&format!("{camera}: {text}"))
        }
        BookmarkVerb::List { camera, search, json } => {
            let id = camera.as_ref().map(|name| session::camera_id(&store, name)).transpose()?;
            list(&folder, &store, id.as_ref(), search.as_deref(), *json)
        }
        BookmarkVerb::Remove { camera, at, note, json } => {
            let id = session::camera_id(&store, camera)?;
            let removed = remove(&folder, &id, *at, note.as_deref())?;
            if removed == 0 {
                bail!("nothing is noted of {camera} at {}", at.to_rfc3339());
            }
            if *json {
                return print::json(&json!({ "removed": removed }));
            }
            print::line(&format!("{camera}: forgotten"))
        }
    }
}

fn all(folder: &DataFolder) -> Result<Vec<Bookmark>> {
    match session::request(folder, &Request::Bookmarks)? {
        Response::Bookmarks(bookmarks) => Ok(bookmarks),
        _ => bail!(session::OTHER_VERSION),
    }
}

fn list(
    folder: &DataFolder,
    store: &SettingsStore,
    camera: Option<&CameraId>,
    search: Option<&str>,
    as_json: bool,
) -> Result<()> {
    let mut bookmarks = all(folder)?;
    let wanted = search.map(str::to_lowercase);
    bookmarks.retain(|bookmark| {
        let noted = |text: &String| bookmark.note.to_lowercase().contains(text);
        camera.is_none_or(|camera| bookmark.camera == *camera) && wanted.as_ref().is_none_or(noted)
    });
    if as_json {
        let list: Vec<_> = bookmarks.iter().map(|bookmark| told(store, bookmark)).collect();
        return print::json(&list);
    }
    let zone = session::zone(store);
    let row = |bookmark: &Bookmark| {
        let camera = session::name_of(store, &bookmark.camera);
        [camera, print::local(bookmark.at, zone), bookmark.note.clone()]
    };
    print::table(["CAMERA", "AT", "NOTE"], &bookmarks.iter().map(row).collect::<Vec<_>>())
}

/// How many were forgotten.
fn remove(
    folder: &DataFolder,
    camera: &CameraId,
    at: WallTime,
    note: Option<&str>,
) -> Result<usize> {
    let mut removed = 0;
    for bookmark in all(folder)? {
        let same = bookmark.camera == *camera && bookmark.at == at;
        if same && note.is_none_or(|note| bookmark.note == note) {
            removed += usize::from(locks::order(folder, MarkChange::RemoveBookmark(bookmark))?);
        }
    }
    Ok(removed)
}

fn told(store: &SettingsStore, bookmark: &Bookmark) -> serde_json::Value {
    json!({
        "camera": session::name_of(store, &bookmark.camera),
        "camera_id": bookmark.camera,
        "at": bookmark.at.to_rfc3339(),
        "note": bookmark.note,
    })
}
