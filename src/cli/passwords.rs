//! `passwords`: how the stored passwords are protected.
//!
//! Must not do: print a password or a passphrase, or take one from an argument.

use anyhow::{Result, bail};
use serde_json::json;

use super::modes_args::{PasswordsOptions, PasswordsVerb, ProtectionArg};
use super::{Args, print, session};
use crate::config::Secrets;
use crate::engine::unlocking::protection_allowed;
use crate::model::KeyPlace;
use crate::protocol::Protection;

/// Runs the verb.
///
/// # Errors
/// What is in the way; the passwords are protected as before then.
pub fn run(args: &Args, options: &PasswordsOptions) -> Result<()> {
    let folder = session::folder(args)?;
    match options.verb {
        PasswordsVerb::Show { json } => {
            let place = Secrets::open(&folder)?.place();
            if json { print::json(&json!({ "key": place })) } else { print::line(words(place)) }
        }
        PasswordsVerb::Protect { by } => {
            let _lock = session::hold(&folder)?;
            let mut secrets = session::secrets(args, &folder)?;
            let protection = match by {
                ProtectionArg::File => Protection::File,
                ProtectionArg::KeyStore => Protection::KeyStore,
                ProtectionArg::Passphrase => match session::secret_line("the new passphrase")? {
                    Some(passphrase) => Protection::Passphrase(passphrase),
                    None => bail!("the new passphrase is expected as one line on standard input"),
                },
            };
            protection_allowed(&protection, folder.is_portable())?;
            match protection {
                Protection::File => secrets.keep_in_file()?,
                Protection::KeyStore => secrets.keep_in_key_store()?,
                Protection::Passphrase(passphrase) => secrets.keep_sealed(&passphrase)?,
            }
            print::line(words(secrets.place()))
        }
    }
}

const fn words(place: KeyPlace) -> &'static str {
    match place {
        KeyPlace::None => "No password is stored yet.",
        KeyPlace::File => "The key of the passwords is in a file that the owner alone can read.",
        KeyPlace::KeyStore => "The key of the passwords is in the system's key store.",
        KeyPlace::Passphrase => "The passwords are protected by a passphrase.",
    }
}
