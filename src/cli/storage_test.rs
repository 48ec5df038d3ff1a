//! `storage test`: tries whether recordings can be brought to a NAS or a bucket.
//!
//! Must not do: take a password from an argument, or print one; send a stored one to another address.

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::place_args::PlaceArgs;
use super::{Args, print, session};
use crate::config::{ConfigError, DataFolder, Secrets, SettingsStore};
use crate::engine::storage_testing;
use crate::model::Password;
use crate::protocol::{StorageOutcome, StoragePassed, StorageProtection, StorageStep, StorageTest};

/// Tests the place of the settings, or the one that is given.
///
/// # Errors
/// The step that failed, and why.
pub fn run(args: &Args, folder: &DataFolder, given: &PlaceArgs, json: bool) -> Result<()> {
    let mut storage = SettingsStore::open(folder)?.settings().storage.clone();
    given.apply(&mut storage);
    let Some(place) = storage.archive() else {
        bail!(
            "recordings stay in the folder; name a place with --type nas --host ... or --type object --endpoint ..."
        )
    };
    storage.check_archive().map_err(ConfigError::from)?;
    let password = match given.password_stdin {
        true => Some(read_password()?),
        false => stored(args, folder, &place.address())?,
    };
    let test = StorageTest { id: 0, place, password };
    let outcome = storage_testing::run(&test, &|done, _| tell(json, done));
    match outcome {
        StorageOutcome::Passed(passed) if json => print::json(&json!({ "passed": passed })),
        StorageOutcome::Passed(passed) => print_passed(&passed),
        StorageOutcome::Failed { step: Some(step), why } => {
            Err(anyhow::Error::msg(why).context(format!("cannot {}", label(step))))
        }
        StorageOutcome::Failed { step: None, why } => bail!(why),
        StorageOutcome::Running(_) => Ok(()),
    }
}

/// One line of standard input.
///
/// # Errors
/// When there is none.
pub(super) fn read_password() -> Result<Password> {
    session::secret_line("the password")?
        .context("a password is expected as one line on standard input")
}

/// The stored password of this address.
///
/// # Errors
/// When it is locked, or cannot be read.
pub(super) fn stored(args: &Args, folder: &DataFolder, address: &str) -> Result<Option<Password>> {
    let has = Secrets::open(folder)?.has_at(address);
    Ok(if has { session::secrets(args, folder)?.at(address)? } else { None })
}

/// The step that has just been done.
fn tell(json: bool, done: &[StorageStep]) {
    if let Some(step) = done.last().filter(|_| !json)
        && let Err(error) = print::line(&format!("done: {}", label(*step)))
    {
        tracing::warn!("{error}");
    }
}

fn label(step: StorageStep) -> &'static str {
    match step {
        StorageStep::Resolve => "look up the name",
        StorageStep::Connect => "connect",
        StorageStep::SignIn => "sign in",
        StorageStep::Open => "open the share or bucket",
        StorageStep::Write => "write a file",
        StorageStep::Read => "read it back",
        StorageStep::Remove => "remove it",
    }
}

fn print_passed(passed: &StoragePassed) -> Result<()> {
    let free = match (passed.free, passed.total) {
        (Some(free), Some(total)) => format!("{} of {}", print::bytes(free), print::bytes(total)),
        (Some(free), None) => print::bytes(free),
        (None, _) => "not told".into(),
    };
    let protection = match passed.protection {
        StorageProtection::None => "not signed, not encrypted",
        StorageProtection::Signed => "signed, not encrypted",
        StorageProtection::Encrypted => "encrypted",
    };
    print::pairs(&[
        ("free", free),
        ("written", format!("{} a second", print::bytes(passed.write_rate))),
        ("read", format!("{} a second", print::bytes(passed.read_rate))),
        ("on the way", protection.into()),
    ])?;
    print::line("recordings can be brought there")
}
