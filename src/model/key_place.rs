//! Where the key of the stored passwords is kept.
//!
//! Must not do: hold a key.

use serde::{Deserialize, Serialize};

/// Where the key of the stored passwords is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// There is none yet: no password has been stored.
    #[default]
    None,
    /// In a file beside them, which the owner alone can read.
    File,
    /// In the system's key store.
    KeyStore,
    /// In a file beside them, sealed under a passphrase.
    Passphrase,
}
