//! `storage`: where recordings are kept and for how long, how full it is, and what will go.
//!
//! Must not do: delete anything; the engine does, by the rules that are set here.

use std::path::Path;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::place_args::{PlaceArgs, SpoolArgs};
use super::storage_args::{StorageArgs, StorageOptions, StorageVerb};
use super::{Args, loss, print, session, storage_test};
use crate::config::{ConfigError, DataFolder, Secrets, SettingsStore};
use crate::engine::desk::{Request, Response};
use crate::engine::{archives, offline};
use crate::model::settings::SpoolFull;
use crate::model::{Password, StorageSettings};
use crate::protocol::{ArchiveOverview, Going, StorageOverview};

/// Runs the verb.
///
/// # Errors
/// What is wrong with the change, or that footage would be deleted by it at once.
pub fn run(args: &Args, options: &StorageOptions) -> Result<()> {
    let folder = session::folder(args)?;
    match &options.verb {
        StorageVerb::Show { json } => show(&folder, *json),
        StorageVerb::Set { change, place, spool, yes } => {
            let all = Change { rules: change, place, spool };
            set(args, &folder, &all, *yes)
        }
        StorageVerb::Test { place, json } => storage_test::run(args, &folder, place, *json),
        StorageVerb::Adopt => adopt(&folder),
        StorageVerb::TakeOver => take_over(args, &folder),
        StorageVerb::Preview { json } => preview(&folder, *json),
    }
}

/// Has recordings that are there and not known added to the catalogue.
fn adopt(folder: &DataFolder) -> Result<()> {
    match session::request(folder, &Request::AdoptStrangers)? {
        Response::Done(_) => print::line(
            "what is there is being added to the catalogue; \"watchkeeper storage show\" tells how far it is",
        ),
        _ => bail!(session::OTHER_VERSION),
    }
}

/// What is to be changed.
struct Change<'a> {
    rules: &'a StorageArgs,
    place: &'a PlaceArgs,
    spool: &'a SpoolArgs,
}

fn set(args: &Args, folder: &DataFolder, change: &Change<'_>, yes: bool) -> Result<()> {
    let _lock = session::hold(folder)?;
    let mut store = SettingsStore::open(folder)?;
    let mut after = store.settings().clone();
    change.rules.apply(&mut after.storage);
    change.place.apply(&mut after.storage);
    change.spool.apply(&mut after.storage);
    after.storage.path = folder.storage_in_settings(&after.storage.path);
    after.validate().map_err(ConfigError::from)?;
    // Before anything is changed: a passphrase may be wrong.
    let password = password(args, folder, change.place, &after.storage)?;
    loss::confirm(folder, &store, &after, yes)?;
    if change.rules.path.is_some() {
        let path = &after.storage.path;
        let full = folder.storage(path);
        if !full.parent().is_some_and(Path::is_dir) {
            bail!("{} cannot be made: the folder above it is not there", full.display());
        }
        offline::adopt(folder, path)?;
    }
    store.change(|settings| {
        *settings = after;
        Ok(())
    })?;
    if let Some((mut secrets, address, password)) = password {
        secrets.prepare();
        secrets.set_at(&address, Some(&password))?;
    }
    print::line("changed how recordings are kept")
}

/// The password that was given, for the address that recordings are brought to, and where it is to be stored.
fn password(
    args: &Args,
    folder: &DataFolder,
    given: &PlaceArgs,
    after: &StorageSettings,
) -> Result<Option<(Secrets, String, Password)>> {
    if !given.password_stdin {
        return Ok(None);
    }
    let Some(place) = after.archive() else {
        bail!(
            "a password belongs to a NAS or a bucket; choose one with --type nas or --type object"
        )
    };
    let secrets = session::secrets(args, folder)?;
    let password = storage_test::read_password()?;
    Ok(Some((secrets, place.address(), password)))
}

fn overview(folder: &DataFolder) -> Result<StorageOverview> {
    match session::request(folder, &Request::Storage)? {
        Response::Storage(overview) => Ok(overview),
        _ => bail!(session::OTHER_VERSION),
    }
}

fn show(folder: &DataFolder, json: bool) -> Result<()> {
    let store = SettingsStore::open(folder)?;
    let settings = &store.settings().storage;
    let overview = overview(folder)?;
    if json {
        let used_by = overview.used_by.iter().map(|(camera, bytes)| {
            let name = session::name_of(&store, camera);
            json!({ "camera": name, "camera_id": camera, "bytes": bytes })
        });
        return print::json(&json!({
            "settings": settings,
            "path": overview.path,
            "used": overview.used,
            "thumbnails": overview.thumbnails,
            "used_by": used_by.collect::<Vec<_>>(),
            "free": overview.free,
            "total": overview.total,
            "rate": overview.rate,
            "reserve": overview.reserve,
            "left_seconds": seconds(&overview),
            "trouble": overview.trouble,
            "archive": overview.archive,
        }));
    }
    let limit = |value: u32, unit: &str| match value {
        0 => "no limit".to_owned(),
        value => format!("{value} {unit}"),
    };
    let low = match settings.low_space_percent.0 {
        0 => "never".into(),
        percent => format!("below {percent} % free"),
    };
    let delete = if settings.auto_delete { "on" } else { "off: a limit stops recording" };
    let mut lines = vec![
        ("folder", overview.path.clone()),
        ("retention", print::kept(settings.retention)),
        ("largest size", limit(settings.max_size_gb.0, "GB")),
        ("largest file", limit(settings.max_file_mb, "MB")),
        ("length of a file", format!("{} min", settings.segment_minutes.0)),
        ("synced every", format!("{} s", settings.sync_seconds.0)),
        ("automatic deletion", delete.into()),
        ("alert", low),
        ("used", print::bytes(overview.used)),
        ("of it thumbnails", print::bytes(overview.thumbnails)),
        ("free", format!("{} of {}", print::bytes(overview.free), print::bytes(overview.total))),
        ("kept free", print::bytes(overview.reserve)),
        ("recorded", format!("{} a second", print::bytes(overview.rate))),
        ("first limit", left(&overview)),
    ];
    lines.extend(elsewhere(folder, settings)?);
    lines.extend(overview.archive.iter().flat_map(|archive| how_it_stands(archive)));
    lines.extend(overview.trouble.clone().map(|trouble| ("trouble", trouble)));
    print::pairs(&lines)?;
    if overview.used_by.is_empty() {
        return Ok(());
    }
    let name = |camera| session::name_of(&store, camera);
    let rows = overview.used_by.iter().map(|(camera, used)| [name(camera), print::bytes(*used)]);
    print::line("")?;
    print::table(["CAMERA", "USED"], &rows.collect::<Vec<_>>())
}

/// Where recordings are brought to, as far as the settings say.
fn elsewhere(
    folder: &DataFolder,
    settings: &StorageSettings,
) -> Result<Vec<(&'static str, String)>> {
    let Some(place) = settings.archive() else { return Ok(Vec::new()) };
    let address = place.address();
    let has_password = Secrets::open(folder)?.has_at(&address);
    let waits = match settings.spool.max_gb.0 {
        0 => "as much as the disk holds".into(),
        most => format!("{most} GB"),
    };
    let full = match settings.spool.when_full {
        SpoolFull::DropOldest => "the oldest that wait go",
        SpoolFull::Stop => "recording stops",
    };
    let verified = if settings.verify { "read back and compared" } else { "not read back" };
    Ok(vec![
        ("brought to", address),
        ("password", if has_password { "stored" } else { "none is stored" }.into()),
        ("brought files are", verified.into()),
        ("at most waiting", waits),
        ("no more can wait", full.into()),
    ])
}

/// How the place stands that recordings are brought to.
fn how_it_stands(archive: &ArchiveOverview) -> Vec<(&'static str, String)> {
    let waiting =
        format!("{} in {} files", print::bytes(archive.waiting_bytes), archive.waiting_files);
    let mut lines = vec![("archive", archive.state.clone()), ("waiting", waiting)];
    if archive.total > 0 {
        let (free, total) = (print::bytes(archive.free), print::bytes(archive.total));
        lines.push(("free there", format!("{free} of {total}")));
    }
    if archive.strangers > 0 {
        let size = print::bytes(archive.stranger_bytes);
        let text = format!(
            "{} recordings there ({size}); \"watchkeeper storage adopt\" adds them",
            archive.strangers
        );
        lines.push(("not in catalogue", text));
    }
    if let Some(adoption) = &archive.adoption {
        let goes_on = if adoption.is_over { "" } else { "; still running" };
        let (added, done, of) = (adoption.added_files(), adoption.done, adoption.of);
        let text = format!("{added} recordings; {done} of {of} files were looked into{goes_on}");
        lines.push(("added", text));
    }
    let room = print::bytes(archive.spool_room);
    let covered = archive.covers_micros.map(|micros| micros / 3_600_000_000);
    lines.push((
        "room to wait",
        covered.map_or(room.clone(), |hours| format!("{room}, {hours} h at the present rate")),
    ));
    lines
}

/// Changes the marker there alone: it can be done while a recorder runs, which sees it within some minutes.
fn take_over(args: &Args, folder: &DataFolder) -> Result<()> {
    let store = SettingsStore::open(folder)?;
    let Some(place) = store.settings().storage.archive() else {
        bail!("recordings stay in the folder; there is nothing to take over")
    };
    let password = storage_test::stored(args, folder, &place.address())?;
    archives::take_over(folder, &place, password)?;
    print::line(&format!(
        "{} belongs to this Watchkeeper now; any other is refused there",
        place.address()
    ))
}

fn preview(folder: &DataFolder, json: bool) -> Result<()> {
    let store = SettingsStore::open(folder)?;
    let overview = overview(folder)?;
    if json {
        let going: Vec<Value> = overview.going.iter().map(|item| as_json(&store, item)).collect();
        let left = seconds(&overview);
        return print::json(&json!({ "in_24_hours": going, "left_seconds": left }));
    }
    let zone = session::zone(&store);
    if overview.going.is_empty() {
        print::line("nothing goes within 24 hours")?;
    } else {
        let rows: Vec<[String; 6]> = overview
            .going
            .iter()
            .map(|item| {
                [
                    session::name_of(&store, &item.camera),
                    print::local(item.span.start, zone),
                    print::local(item.span.end, zone),
                    item.segments.to_string(),
                    print::bytes(item.bytes),
                    item.cause.label().into(),
                ]
            })
            .collect();
        print::table(["CAMERA", "FROM", "TO", "FILES", "SIZE", "WHY"], &rows)?;
    }
    print::line(&format!("first limit: {}", left(&overview)))
}

fn as_json(store: &SettingsStore, item: &Going) -> Value {
    json!({
        "camera": session::name_of(store, &item.camera),
        "camera_id": item.camera,
        "start": item.span.start.to_rfc3339(),
        "end": item.span.end.to_rfc3339(),
        "files": item.segments,
        "bytes": item.bytes,
        "cause": item.cause,
    })
}

fn seconds(overview: &StorageOverview) -> Option<i64> {
    overview.left_micros.map(|micros| micros / 1_000_000)
}

/// When the first limit is met.
fn left(overview: &StorageOverview) -> String {
    match overview.left_micros {
        Some(0) => "met".into(),
        Some(micros) => format!("met in {} at this rate", print::duration(micros)),
        None if overview.rate == 0 => "not met while nothing is recorded".into(),
        None => "never met at this rate".into(),
    }
}
