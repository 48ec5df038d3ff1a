//! What is said when the passphrase of the stored passwords is asked for.
//!
//! Must not do: paint.

/// Title of the sheet.
pub const TITLE: &str = "Passwords are locked";
/// Below the title.
pub const WHAT: &str =
    "Cameras that need a password are not recorded until the passphrase is entered.";
/// Field.
pub const PASSPHRASE: &str = "Passphrase";
/// Button.
pub const UNLOCK: &str = "Unlock";
/// What the button does.
pub const UNLOCK_TIP: &str = "Open the stored passwords and connect to these cameras";
/// Button.
pub const LATER: &str = "Later";
/// What the button does.
pub const LATER_TIP: &str =
    "Go on without these cameras; start Watchkeeper again to be asked again";
