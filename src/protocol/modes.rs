//! The console's own life: its PIN, its window, how it is started, and the passphrase.
//!
//! Must not do: let a PIN or a passphrase be printed; [`Password`] sees to that.

use serde::{Deserialize, Serialize};

use crate::model::settings::archive::is_same_address;
use crate::model::{KeyPlace, Password, WallTime};

/// What became of a PIN that was entered, changed or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinAnswer {
    /// That of the command.
    pub id: u64,
    /// How it went.
    pub outcome: PinOutcome,
}

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinOutcome {
    /// It is the right one; a change has been made.
    Right,
    /// It is another one.
    Wrong {
        /// Before this moment no other is looked at.
        next_try_at: WallTime,
    },
    /// It was not looked at: there were wrong ones before.
    Wait {
        /// Until then.
        until: WallTime,
    },
    /// It could not be looked at or changed, in a sentence.
    Failed(String),
}

/// What is started when the user signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Autostart {
    /// Nothing.
    #[default]
    Off,
    /// The console, which records too.
    Console,
    /// The console as a kiosk.
    Kiosk,
    /// The recorder without a window.
    Record,
}

/// How starting at sign-in stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutostartStatus {
    /// What is started.
    pub what: Autostart,
    /// What else the operator must know or do, in sentences.
    pub hint: Option<String>,
    /// Why it cannot be changed here, or was not, in a sentence.
    pub trouble: Option<String>,
}

/// Where the window was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    /// Left and top of the outer frame in points; none where the system does not tell.
    pub position: Option<(f32, f32)>,
    /// Width and height of the content in points.
    pub size: (f32, f32),
    /// Whether it fills its monitor.
    pub is_maximised: bool,
    /// The page that was shown.
    pub page: String,
}

/// How the stored passwords are to be protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protection {
    /// By a file that the owner alone can read.
    File,
    /// By the system's key store.
    KeyStore,
    /// By a passphrase.
    Passphrase(Password),
}

/// What became of a passphrase, or of a change of protection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlockAnswer {
    /// That of the command.
    pub id: u64,
    /// The reason why not, in a sentence.
    pub outcome: Result<(), String>,
}

/// How the stored passwords stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordsStatus {
    /// Where their key is.
    pub place: KeyPlace,
    /// What to do, while they are locked.
    pub locked: Option<String>,
    /// Addresses of places elsewhere that a password is stored for.
    #[serde(default)]
    pub addresses: Vec<String>,
}

impl PasswordsStatus {
    /// Whether a password is stored for the place elsewhere at `address`.
    #[must_use]
    pub fn is_stored_for(&self, address: &str) -> bool {
        self.addresses.iter().any(|stored| is_same_address(stored, address))
    }
}
