//! `stop`: ends the Watchkeeper that runs with a folder, as Ctrl-C would.
//!
//! Must not do: kill it; files are finished first.

use std::time::Duration;

use anyhow::{Result, bail};

use super::{Args, print, session};
use crate::config::ConfigError;
use crate::engine::desk::Request;
use crate::engine::door;

/// Times that it is looked whether the folder is free; each of its threads may take long to end.
const LOOKS: u32 = 300;

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(200);

/// Runs the verb.
///
/// # Errors
/// When it cannot be asked, or does not end.
pub fn run(args: &Args) -> Result<()> {
    let folder = session::folder(args)?;
    match folder.lock() {
        Ok(_lock) => return print::line("Watchkeeper is not running with this folder."),
        Err(ConfigError::Locked { .. }) => door::ask(&folder, &Request::Quit)?,
        Err(error) => return Err(error.into()),
    };
    for _ in 0..LOOKS {
        match folder.lock() {
            Ok(_lock) => return print::line("Watchkeeper has ended; its files are finished."),
            Err(ConfigError::Locked { .. }) => std::thread::sleep(PAUSE),
            Err(error) => return Err(error.into()),
        }
    }
    bail!("Watchkeeper has been told to stop and is not at its end yet")
}
