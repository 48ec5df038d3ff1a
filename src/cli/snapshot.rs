//! `snapshot`: the exact picture of a moment as PNG.
//!
//! Must not do: leave half a file under the final name.

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use super::footage_args::SnapshotOptions;
use super::{Args, print, session};
use crate::config::SettingsStore;
use crate::config::atomic::{self, Readers};
use crate::engine::recordings::{Answer, Question};

/// Runs the verb.
///
/// # Errors
/// When there is no footage at that time, or the file cannot be written.
pub fn run(args: &Args, options: &SnapshotOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let camera = session::camera_id(&store, &options.camera)?;
    let question = Question::Picture { camera, at: options.at };
    let Answer::Picture { png, at, path } = session::ask(&folder, &question)? else {
        bail!(session::OTHER_VERSION);
    };
    let png = BASE64.decode(png).context("the picture did not arrive whole")?;
    atomic::replace(&options.output, &png, Readers::Default)?;
    if options.json {
        let output = options.output.to_string_lossy();
        return print::json(&json!({
            "camera": options.camera,
            "asked": options.at.to_rfc3339(),
            "at": at.to_rfc3339(),
            "segment": path,
            "output": output,
        }));
    }
    let taken = print::local(at, session::zone(&store));
    print::line(&format!("{}: picture of {taken}", options.output.display()))
}
