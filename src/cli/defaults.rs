//! `defaults`: what holds for all cameras that do not set it for themselves.
//!
//! Must not do: change a camera.

use anyhow::Result;

use super::storage_args::{DefaultsOptions, DefaultsVerb};
use super::{Args, print, session};
use crate::config::{DataFolder, SettingsStore};

/// Runs the verb.
///
/// # Errors
/// What is wrong with the change.
pub fn run(args: &Args, options: &DefaultsOptions) -> Result<()> {
    let folder = session::folder(args)?;
    match &options.verb {
        DefaultsVerb::Show { json } => show(&folder, *json),
        DefaultsVerb::Set { change } => {
            session::change(&folder, |settings| {
                change.apply(&mut settings.recording);
                Ok(())
            })?;
            print::line("changed what holds for all cameras")
        }
    }
}

fn show(folder: &DataFolder, json: bool) -> Result<()> {
    let store = SettingsStore::open(folder)?;
    let defaults = &store.settings().recording;
    if json {
        return print::json(defaults);
    }
    let lines = [
        ("stream", defaults.stream.to_string()),
        ("schedule", defaults.schedule.clone().unwrap_or_else(|| "none".into())),
        ("before motion", format!("{} s", defaults.pre_seconds.0)),
        ("after motion", format!("{} s", defaults.post_seconds.0)),
        ("manual recording", format!("{} min", defaults.manual_minutes.0)),
        ("sensitivity", defaults.sensitivity.0.to_string()),
        ("smallest motion", format!("{} thousandths of the picture", defaults.min_size.0)),
    ];
    print::pairs(&lines)
}
