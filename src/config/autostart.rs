//! What is started when the user signs in: an autostart entry of the desktop, a service of the user, or on Windows
//! a value of the Run key.
//!
//! Must not do: start anything now.

use std::path::{Path, PathBuf};

use super::{ConfigError, DataFolder};
use crate::protocol::{Autostart, AutostartStatus};

#[cfg(not(windows))]
mod desktop;
#[cfg(windows)]
#[path = "autostart/windows.rs"]
mod platform;
pub mod quote;
#[cfg(not(windows))]
use desktop as platform;

/// What is to be run, and where its data is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Program {
    executable: PathBuf,
    /// None for the system's own folder.
    data_dir: Option<PathBuf>,
}

impl Program {
    /// The command line for `what`, as words.
    fn words(&self, what: Autostart) -> Result<Vec<String>, ConfigError> {
        let text = |path: &Path| {
            let plain = path.to_str().filter(|text| !text.chars().any(char::is_control));
            plain.map(str::to_owned).ok_or_else(|| {
                let path = path.display();
                ConfigError::Refused(format!("{path} has a name that no start entry can hold"))
            })
        };
        let mut words = vec![text(&self.executable)?];
        if let Some(folder) = &self.data_dir {
            words.extend(["--data-dir".into(), text(folder)?]);
        }
        match what {
            Autostart::Off | Autostart::Console => {}
            Autostart::Kiosk => words.push("--kiosk".into()),
            Autostart::Record => words.push("record".into()),
        }
        Ok(words)
    }
}

/// How starting at sign-in stands for `folder`.
#[must_use]
pub fn status(folder: &DataFolder) -> AutostartStatus {
    match allowed(folder).and_then(|()| platform::Places::of_user()) {
        Ok(places) => places.status(),
        Err(error) => AutostartStatus { trouble: Some(error.to_string()), ..Default::default() },
    }
}

/// Starts `what` at sign-in from now on, and nothing else; may ask the system's service manager.
///
/// # Errors
/// What is in the way, in a sentence.
pub fn set(folder: &DataFolder, what: Autostart) -> Result<AutostartStatus, ConfigError> {
    allowed(folder)?;
    let executable =
        std::env::current_exe().map_err(ConfigError::io("find", Path::new("the executable")))?;
    let data_dir = (!folder.is_default()).then(|| folder.root().to_path_buf());
    platform::Places::of_user()?.set(&Program { executable, data_dir }, what)
}

/// A portable Watchkeeper leaves nothing on the computer that it visits.
fn allowed(folder: &DataFolder) -> Result<(), ConfigError> {
    if folder.is_portable() {
        let text = "A portable Watchkeeper is not started at sign-in: it would have to write outside of its \
                    own folder, and may be away the next time.";
        return Err(ConfigError::Refused(text.into()));
    }
    Ok(())
}
