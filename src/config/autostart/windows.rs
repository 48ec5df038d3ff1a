//! Starting at sign-in on Windows: a value of the user's Run key.
//!
//! Must not do: touch a value of another name.

use windows_registry::CURRENT_USER;

use super::{Program, quote};
use crate::config::ConfigError;
use crate::protocol::{Autostart, AutostartStatus};

/// The key whose values are started.
const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";

/// The name of ours.
const VALUE: &str = "Watchkeeper";

/// Where the value lies.
pub struct Places;

impl Places {
    /// Those of the user.
    ///
    /// # Errors
    /// Never here.
    pub fn of_user() -> Result<Self, ConfigError> {
        Ok(Self)
    }

    /// What is started.
    pub fn status(&self) -> AutostartStatus {
        let value = CURRENT_USER.open(RUN).and_then(|key| key.get_string(VALUE));
        let what = match value {
            Err(_) => Autostart::Off,
            Ok(line) if line.ends_with("\"--kiosk\"") => Autostart::Kiosk,
            Ok(line) if line.ends_with("\"record\"") => Autostart::Record,
            Ok(_) => Autostart::Console,
        };
        AutostartStatus { what, hint: None, trouble: None }
    }

    /// Starts `what`, and nothing else.
    pub fn set(&self, program: &Program, what: Autostart) -> Result<AutostartStatus, ConfigError> {
        let key = CURRENT_USER.create(RUN).map_err(refused)?;
        if what == Autostart::Off {
            if self.status().what != Autostart::Off {
                key.remove_value(VALUE).map_err(refused)?;
            }
        } else {
            let line = quote::for_windows(&program.words(what)?);
            key.set_string(VALUE, &line).map_err(refused)?;
        }
        Ok(AutostartStatus { what, hint: None, trouble: None })
    }
}

fn refused(error: impl std::fmt::Display) -> ConfigError {
    ConfigError::Refused(format!("The Run key of Windows cannot be written: {error}"))
}
