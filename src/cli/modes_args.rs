//! The arguments of `autostart`, `passwords` and `stop`.
//!
//! Must not do: act on them.

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use crate::protocol::Autostart;

/// `autostart`
#[derive(Debug, ClapArgs)]
pub struct AutostartOptions {
    /// What to do
    #[command(subcommand)]
    pub verb: AutostartVerb,
}

/// `autostart ...`
#[derive(Debug, Subcommand)]
pub enum AutostartVerb {
    /// Tell what is started at sign-in
    Show {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Start this at sign-in, and nothing else of Watchkeeper
    Set {
        /// What
        #[arg(value_enum)]
        what: AutostartArg,
    },
}

/// What is started at sign-in.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum AutostartArg {
    /// The console, which records too
    Console,
    /// The console as a kiosk
    Kiosk,
    /// The recorder without a window
    Record,
    /// Nothing
    Off,
}

impl From<AutostartArg> for Autostart {
    fn from(arg: AutostartArg) -> Self {
        match arg {
            AutostartArg::Console => Self::Console,
            AutostartArg::Kiosk => Self::Kiosk,
            AutostartArg::Record => Self::Record,
            AutostartArg::Off => Self::Off,
        }
    }
}

/// `passwords`
#[derive(Debug, ClapArgs)]
pub struct PasswordsOptions {
    /// What to do
    #[command(subcommand)]
    pub verb: PasswordsVerb,
}

/// `passwords ...`
#[derive(Debug, Subcommand)]
pub enum PasswordsVerb {
    /// Tell how the stored passwords are protected
    Show {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Protect the stored passwords in another way
    Protect {
        /// How
        #[arg(value_enum)]
        by: ProtectionArg,
    },
}

/// How stored passwords are protected.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ProtectionArg {
    /// By a file that the owner alone can read
    File,
    /// By the system's key store
    KeyStore,
    /// By a passphrase, read from standard input, one line
    Passphrase,
}
