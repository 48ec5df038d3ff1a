//! `check`: whether files and index agree, and mending it.
//!
//! Must not do: delete footage.

use anyhow::{Result, bail};
use serde_json::json;

use super::args::CheckOptions;
use super::{Args, print, session};
use crate::engine;
use crate::engine::recordings::{Answer, Question};

/// Runs the verb.
///
/// # Errors
/// When problems are left, so that scripts see it in the exit status.
pub fn run(args: &Args, options: &CheckOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let mended = if options.repair {
        let _lock = folder.lock()?;
        engine::offline::repair(&folder)?
    } else {
        Vec::new()
    };
    let Answer::Check { problems, remarks } = session::ask(&folder, &Question::Check)? else {
        bail!(session::OTHER_VERSION);
    };
    if options.json {
        print::json(&json!({ "mended": mended, "problems": problems, "remarks": remarks }))?;
    } else {
        for line in &mended {
            print::line(&format!("mended: {line}"))?;
        }
        for line in problems.iter().chain(&remarks) {
            print::line(line)?;
        }
    }
    match problems.len() {
        0 if options.json => Ok(()),
        0 => print::line("files and index agree"),
        _ if options.repair => bail!("problems are left: {}", problems.len()),
        count => bail!(
            "problems found: {count}; \"watchkeeper check --repair\" mends what can be mended"
        ),
    }
}
