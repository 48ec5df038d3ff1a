//! What can go wrong with the data folder, the settings and the secrets.

use std::io;
use std::path::PathBuf;

use crate::model::settings::Key;

/// An error of this layer; each text is a sentence that names the file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file or folder cannot be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The settings are not valid; nothing was changed.
    #[error("{}, line {line}: {reason}", path.display())]
    Invalid {
        /// The settings file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// In a few words.
        reason: String,
    },
    /// A change of settings that cannot be.
    #[error("{0}")]
    Refused(String),
    /// The settings cannot be written as TOML.
    #[error("cannot write settings: {0}")]
    Serialize(#[from] toml_edit::ser::Error),
    /// A file of ours beside the settings cannot be understood; it is left as it is.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// In a few words.
        reason: String,
    },
    /// The stored passwords cannot be read.
    #[error(
        "cannot read the stored passwords in {}: {reason}. Enter them again with \"watchkeeper camera set\" and \"watchkeeper storage set\"",
        path.display()
    )]
    Secrets {
        /// The secrets file.
        path: PathBuf,
        /// In a few words; never part of a secret.
        reason: String,
    },
    /// The key of the stored passwords is not at hand.
    #[error("{0}")]
    PasswordsLocked(String),
    /// No home or application folder is known on this system.
    #[error("no folder for application data is known here; name one with --data-dir")]
    NoFolder,
    /// Another Watchkeeper holds the folder.
    #[error("Watchkeeper already runs with {}{}", folder.display(), shown(*process))]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// Its number, where the system lets us know.
        process: Option<u32>,
    },
}

fn shown(process: Option<u32>) -> String {
    process.map_or_else(String::new, |process| format!(" (process {process})"))
}

impl ConfigError {
    /// Wraps an I/O error of `action` on `path`.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

/// What a refused change says.
impl From<(Vec<Key>, String)> for ConfigError {
    fn from((_, reason): (Vec<Key>, String)) -> Self {
        Self::Refused(reason)
    }
}
