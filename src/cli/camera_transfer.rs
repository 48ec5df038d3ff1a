//! `camera export` and `camera import`: the list of cameras as a file.
//!
//! Must not do: write or read a password.

use std::path::Path;

use anyhow::{Context, Result};

use super::print;
use crate::config::{DataFolder, SettingsStore, camera_list};
use crate::engine::offline;
use crate::protocol::{ImportSummary, KnownCameras};

/// Writes the list into `file`.
///
/// # Errors
/// When settings cannot be read or the file cannot be written.
pub fn export(folder: &DataFolder, file: &Path) -> Result<()> {
    let store = SettingsStore::open(folder)?;
    let path = std::path::absolute(file).context("cannot find the file")?;
    camera_list::save(&path, &camera_list::write(store.settings())?)?;
    let count = store.settings().cameras.len();
    print::line(&format!("wrote {count} cameras, without their passwords, into {}", path.display()))
}

/// Takes the list in `file` over. The caller holds the folder.
///
/// # Errors
/// What is wrong with it, and in which line; nothing is changed then.
pub fn import(folder: &DataFolder, file: &Path, update: bool) -> Result<()> {
    let mut store = SettingsStore::open(folder)?;
    let path = std::path::absolute(file).context("cannot find the file")?;
    let text = camera_list::load(&path)?;
    let recorded = offline::recorded(folder)?;
    let known = if update { KnownCameras::Update } else { KnownCameras::Skip };
    let (after, summary) = camera_list::read(&path, &text, store.settings(), known, &recorded)?;
    store.change(|settings| {
        *settings = after;
        Ok(())
    })?;
    print::line(&words(&summary, update))
}

fn words(summary: &ImportSummary, update: bool) -> String {
    let mut parts = vec![format!("added {}", summary.new.len())];
    let known = if update { "updated" } else { "left as they are" };
    parts.push(format!("{known} {}", summary.known.len()));
    parts.push(format!("the same {}", summary.same));
    let mut text = parts.join(", ");
    if !summary.apart.is_empty() {
        let names = summary.apart.join(", ");
        text.push_str(&format!("\napart from the footage of an earlier camera: {names}"));
    }
    if !summary.again.is_empty() {
        let names = summary.again.join(", ");
        text.push_str(&format!("\nwith the footage that is here: {names}"));
    }
    if !summary.without_password.is_empty() {
        let names = summary.without_password.join(", ");
        text.push_str(&format!("\nwithout a password yet: {names}"));
    }
    text
}
