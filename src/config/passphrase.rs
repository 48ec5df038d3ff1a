//! The passphrase of the stored passwords, as a file holds it.
//!
//! Must not do: keep or print it.

use std::path::Path;

use super::ConfigError;
use crate::model::Password;

/// What somebody is told who has entered another passphrase.
#[must_use]
pub fn wrong_passphrase() -> ConfigError {
    ConfigError::PasswordsLocked("This is not the passphrase of the stored passwords".into())
}

/// The passphrase in a file: its first line.
///
/// # Errors
/// [`ConfigError::Io`]; [`ConfigError::Refused`] when there is nothing in it.
pub fn read_passphrase(path: &Path) -> Result<Password, ConfigError> {
    let text = std::fs::read_to_string(path).map(zeroize::Zeroizing::new);
    let text = text.map_err(ConfigError::io("read", path))?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(Password::new(line.to_owned())),
        None => Err(ConfigError::Refused(format!("there is no passphrase in {}", path.display()))),
    }
}
