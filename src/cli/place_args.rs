//! The arguments that name a place elsewhere, for `storage set` and `storage test`.
//!
//! Must not do: act on them, or take a password.

use clap::{Args as ClapArgs, ValueEnum};

use super::values::Switch;
use crate::model::StorageSettings;
use crate::model::settings::archive::{Port, SpoolGigabytes};
use crate::model::settings::{SpoolFull, StorageKind};

/// Where recordings are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// In the folder
    Local,
    /// On a share of a NAS (SMB), by way of the folder
    Nas,
    /// In object storage (S3), by way of the folder
    Object,
}

impl From<KindArg> for StorageKind {
    fn from(arg: KindArg) -> Self {
        match arg {
            KindArg::Local => Self::Local,
            KindArg::Nas => Self::Nas,
            KindArg::Object => Self::Object,
        }
    }
}

/// What happens when no more recordings can wait in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FullArg {
    /// The oldest that wait go
    DropOldest,
    /// Recording stops
    Stop,
}

impl From<FullArg> for SpoolFull {
    fn from(arg: FullArg) -> Self {
        match arg {
            FullArg::DropOldest => Self::DropOldest,
            FullArg::Stop => Self::Stop,
        }
    }
}

/// Where finished recordings are brought to, and who signs in.
#[derive(Debug, ClapArgs)]
pub struct PlaceArgs {
    /// Where recordings are kept
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    pub kind: Option<KindArg>,
    /// The NAS's name or address
    #[arg(long)]
    pub host: Option<String>,
    /// The NAS's TCP port
    #[arg(long)]
    pub port: Option<Port>,
    /// The share's name
    #[arg(long)]
    pub share: Option<String>,
    /// The folder in the share; "" for the share itself
    #[arg(long, value_name = "FOLDER")]
    pub share_path: Option<String>,
    /// Who signs in to the NAS
    #[arg(long)]
    pub user: Option<String>,
    /// The address of object storage, https://HOST:PORT
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// The bucket's name
    #[arg(long)]
    pub bucket: Option<String>,
    /// What all names in the bucket begin with; "" for nothing
    #[arg(long)]
    pub prefix: Option<String>,
    /// The region of object storage
    #[arg(long)]
    pub region: Option<String>,
    /// The access key; its secret is the password
    #[arg(long, value_name = "KEY")]
    pub access_key: Option<String>,
    /// Read the password, or the secret of the access key, from standard input, one line
    #[arg(long)]
    pub password_stdin: bool,
}

impl PlaceArgs {
    /// Puts what was given into `target`.
    pub fn apply(&self, target: &mut StorageSettings) {
        let put = |to: &mut String, given: &Option<String>| {
            if let Some(given) = given {
                to.clone_from(given);
            }
        };
        target.kind = self.kind.map_or(target.kind, StorageKind::from);
        put(&mut target.nas.host, &self.host);
        target.nas.port = self.port.unwrap_or(target.nas.port);
        put(&mut target.nas.share, &self.share);
        put(&mut target.nas.path, &self.share_path);
        put(&mut target.nas.user, &self.user);
        put(&mut target.object.endpoint, &self.endpoint);
        put(&mut target.object.bucket, &self.bucket);
        put(&mut target.object.prefix, &self.prefix);
        put(&mut target.object.region, &self.region);
        put(&mut target.object.access_key, &self.access_key);
    }
}

/// How recordings wait to be brought elsewhere.
#[derive(Debug, ClapArgs)]
pub struct SpoolArgs {
    /// Largest size in GB of what waits in the folder; 0 for as much as the disk holds
    #[arg(long, value_name = "GB")]
    pub spool_max: Option<SpoolGigabytes>,
    /// What happens when no more can wait
    #[arg(long, value_enum, value_name = "POLICY")]
    pub spool_full: Option<FullArg>,
    /// Whether what was brought is read back once and compared
    #[arg(long, value_enum)]
    pub verify: Option<Switch>,
}

impl SpoolArgs {
    /// Puts what was given into `target`.
    pub fn apply(&self, target: &mut StorageSettings) {
        target.spool.max_gb = self.spool_max.unwrap_or(target.spool.max_gb);
        target.spool.when_full = self.spool_full.map_or(target.spool.when_full, SpoolFull::from);
        target.verify = self.verify.map_or(target.verify, |switch| switch == Switch::On);
    }
}
