//! `snapshot`: the exact picture of a moment as PNG or JPEG.
//!
//! Must not do: leave half a file under the final name.

use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use super::footage_args::SnapshotOptions;
use super::{Args, print, session};
use crate::config::SettingsStore;
use crate::config::atomic::{self, Readers};
use crate::engine::recordings::{Answer, Question};
use crate::engine::stills::Caption;
use crate::protocol::PictureFormat;

/// Runs the verb.
///
/// # Errors
/// When there is no footage at that time, or the file cannot be written.
pub fn run(args: &Args, options: &SnapshotOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let store = SettingsStore::open(&folder)?;
    let camera = session::camera_id(&store, &options.camera)?;
    let format = format_of(&options.output)?;
    let caption = options
        .caption
        .then(|| Caption::new(&camera, session::name_of(&store, &camera), session::zone(&store)));
    let question = Question::Picture { camera, at: options.at, format, caption };
    let Answer::Picture { file, at, path } = session::ask(&folder, &question)? else {
        bail!(session::OTHER_VERSION);
    };
    let file = BASE64.decode(file).context("the picture did not arrive whole")?;
    atomic::replace(&options.output, &file, Readers::Default)?;
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

/// How a picture is written into a file of this name.
///
/// # Errors
/// When the ending is neither.
pub(super) fn format_of(output: &Path) -> Result<PictureFormat> {
    let ending = output.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("png") => Ok(PictureFormat::Png),
        Some("jpg" | "jpeg") => Ok(PictureFormat::Jpeg),
        _ => bail!("{}: a picture's name ends in .png or .jpg", output.display()),
    }
}
