//! Changes that delete footage at once: told with how much, and refused unless that is wanted.
//!
//! Must not do: decide what goes; `storage::retention` does.

use anyhow::{Result, bail};

use super::{print, session};
use crate::config::{DataFolder, SettingsStore};
use crate::engine::offline;
use crate::model::Settings;
use crate::protocol::Going;
use crate::runtime::{Clock, SystemClock};

/// Looks what goes when the settings become `after`. The caller holds the folder.
///
/// # Errors
/// What would be deleted, unless the operator said yes to it.
pub fn confirm(
    folder: &DataFolder,
    store: &SettingsStore,
    after: &Settings,
    yes: bool,
) -> Result<()> {
    let lost = offline::lost_by(folder, after, SystemClock::new().wall())?;
    if lost.is_empty() {
        return Ok(());
    }
    let words = words(store, &lost);
    if !yes {
        bail!("this deletes {words}\nNothing was changed. Say --yes if that is wanted.");
    }
    print::line(&format!("when Watchkeeper runs next it deletes {words}"))
}

/// The sum, and a line for each camera and rule.
fn words(store: &SettingsStore, lost: &[Going]) -> String {
    let bytes: u64 = lost.iter().map(|item| item.bytes).sum();
    let files: usize = lost.iter().map(|item| item.segments).sum();
    let zone = session::zone(store);
    let lines = lost.iter().map(|item| {
        let camera = session::name_of(store, &item.camera);
        let (from, to) = (print::local(item.span.start, zone), print::local(item.span.end, zone));
        let (size, cause) = (print::bytes(item.bytes), item.cause.label());
        format!("\n  {camera}: {}, {size}, {from} to {to}, {cause}", print::files(item.segments))
    });
    format!("{}, {}:{}", print::files(files), print::bytes(bytes), lines.collect::<String>())
}
