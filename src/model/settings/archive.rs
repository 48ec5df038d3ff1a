//! Where finished recordings are brought to, when that is not this computer.
//!
//! Must not do: hold a password; reach a place.

use serde::{Deserialize, Serialize};

use super::ranged::ranged;

/// Where recordings are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StorageKind {
    /// In a folder of this computer.
    #[default]
    Local,
    /// On a share of a NAS, by way of the folder.
    Nas,
    /// In object storage that speaks S3, by way of the folder.
    Object,
}

ranged!(
    /// A TCP port.
    Port(u16), 1..=65535, "port"
);

/// The port of SMB (IANA: microsoft-ds).
const SMB_PORT: u16 = 445;

/// A share of a NAS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NasSettings {
    /// Its name or address.
    pub host: String,
    /// Its TCP port.
    pub port: Port,
    /// The share's name.
    pub share: String,
    /// The folder in the share, with `/` between the parts; empty for the share itself.
    pub path: String,
    /// Who signs in.
    pub user: String,
}

impl Default for NasSettings {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: Port(SMB_PORT),
            share: String::new(),
            path: "watchkeeper".into(),
            user: String::new(),
        }
    }
}

/// The region of servers that have none.
const NO_REGION: &str = "us-east-1";

/// A bucket of object storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ObjectSettings {
    /// Its address, `https://host:port` or `http://host:port`.
    pub endpoint: String,
    /// The bucket's name.
    pub bucket: String,
    /// What all names of ours begin with, without `/` at its ends; may be empty.
    pub prefix: String,
    /// The region, where the server has such; else any word.
    pub region: String,
    /// The access key's name; its secret is kept with the passwords.
    pub access_key: String,
}

impl Default for ObjectSettings {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            bucket: String::new(),
            prefix: String::new(),
            region: NO_REGION.into(),
            access_key: String::new(),
        }
    }
}

/// The folder of this computer that recordings pass through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpoolSettings {
    /// Largest size of what waits there in GB (10^9 bytes); 0 for as much as the disk holds.
    pub max_gb: SpoolGigabytes,
    /// What happens when no more can wait.
    pub when_full: SpoolFull,
}

ranged!(
    /// Gigabytes (10^9 bytes); 0 for no limit.
    #[derive(Default)]
    SpoolGigabytes(u32), 0..=10_000_000, "max_gb"
);

/// What happens when no more recordings can wait to be brought away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpoolFull {
    /// The oldest that wait go.
    #[default]
    DropOldest,
    /// Recording stops.
    Stop,
}

/// What addresses of NAS begin with.
const NAS_SCHEME: &str = "smb://";

/// A place elsewhere, without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArchivePlace {
    /// A share of a NAS.
    Nas(NasSettings),
    /// A bucket of object storage.
    Object(ObjectSettings),
}

/// Whether two addresses, as [`ArchivePlace::address`] gives them, are of one place: names in Windows' networks have no
/// case.
#[must_use]
pub fn is_same_address(one: &str, other: &str) -> bool {
    let is_nas = |address: &str| address.starts_with(NAS_SCHEME);
    one == other || is_nas(one) && is_nas(other) && one.to_lowercase() == other.to_lowercase()
}

impl ArchivePlace {
    /// Whether it is the same place as `other`, whoever signs in: names in Windows' networks have no case.
    #[must_use]
    pub fn is_at(&self, other: &Self) -> bool {
        is_same_address(&self.address(), &other.address())
    }

    /// Its address without who signs in: what tells one place from another, and what operators are shown.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Nas(nas) => {
                let port = match nas.port.0 {
                    SMB_PORT => String::new(),
                    port => format!(":{port}"),
                };
                let path = nas.path.trim_matches('/');
                let rest = if path.is_empty() { String::new() } else { format!("/{path}") };
                format!("{NAS_SCHEME}{}{port}/{}{rest}", nas.host, nas.share)
            }
            Self::Object(object) => {
                let address =
                    format!("{}/{}", object.endpoint.trim_end_matches('/'), object.bucket);
                match object.prefix.trim_matches('/') {
                    "" => address,
                    prefix => format!("{address}/{prefix}"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_places_apart_and_names_nobody() {
        let nas = NasSettings {
            host: "nas.local".into(),
            share: "video".into(),
            path: "/cctv/".into(),
            user: "guard".into(),
            ..NasSettings::default()
        };
        let other = NasSettings { port: Port(1445), path: String::new(), ..nas.clone() };
        let loud = ArchivePlace::Nas(NasSettings { host: "NAS.local".into(), ..nas.clone() });
        assert!(loud.is_at(&ArchivePlace::Nas(nas.clone())));
        assert!(!loud.is_at(&ArchivePlace::Nas(other.clone())));
        assert_eq!(ArchivePlace::Nas(nas).address(), "smb://nas.local/video/cctv");
        assert_eq!(ArchivePlace::Nas(other).address(), "smb://nas.local:1445/video");
        let object = ObjectSettings {
            endpoint: "https://s3.example:9000/".into(),
            bucket: "cctv".into(),
            access_key: "AKID".into(),
            ..ObjectSettings::default()
        };
        assert_eq!(ArchivePlace::Object(object).address(), "https://s3.example:9000/cctv");
    }
}
