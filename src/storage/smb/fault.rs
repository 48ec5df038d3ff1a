//! What went wrong with the server, as operators and the engine tell it apart.
//!
//! Must not do: retry, or name the user or a password.

use std::io;

use smb2::types::Command;
use smb2::types::status::NtStatus;
use smb2::{Error, ErrorKind};

use crate::storage::StorageError;
use crate::storage::claim::Refusal;

/// STATUS_QUOTA_EXCEEDED (MS-ERREF 2.3.1), a quota of a user or of a share.
const QUOTA_EXCEEDED: u32 = 0xC000_0044;

/// STATUS_DISK_QUOTA_EXCEEDED (MS-ERREF 2.3.1).
const DISK_QUOTA_EXCEEDED: u32 = 0xC000_0802;

/// STATUS_MEDIA_WRITE_PROTECTED (MS-ERREF 2.3.1).
const WRITE_PROTECTED: u32 = 0xC000_00A2;

/// What went wrong. It can be told twice, to all who waited for the same attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The connection is gone, and what came of the request is not known. Another connection may do.
    Lost(String),
    /// The server is not there, or does not answer in time.
    Offline(String),
    /// Not now, over a connection that is well.
    Busy(String),
    /// Something must be changed first, there or in the settings.
    Denied(String),
    /// The same, and nothing else can be done there either: signing in, or opening the share.
    Barred(String),
    /// No space, or a quota.
    Full,
    /// No such file or folder.
    NotFound,
    /// There is one already.
    Exists,
    /// The share holds another folder than the one that is known, or none, or it is another's.
    NotOurs(Refusal),
    /// The answer makes no sense for what was asked.
    Other(String),
}

impl Fault {
    /// Whether the connection should not be used any more.
    pub(super) fn breaks(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Offline(_))
    }

    /// The error of the volume `volume`, or of its file `path`.
    pub(super) fn into_error(self, action: &'static str, volume: &str, path: &str) -> StorageError {
        let file = match path {
            "" => volume.to_owned(),
            path => format!("{volume}/{path}"),
        };
        let volume = volume.to_owned();
        match self {
            Self::Lost(why) | Self::Offline(why) | Self::Busy(why) => {
                StorageError::Offline { path: volume, why }
            }
            Self::Denied(why) => StorageError::Forbidden { path: file, why },
            Self::Barred(why) => StorageError::Denied { path: volume, why },
            Self::Full => StorageError::Full { path: file },
            Self::NotFound => StorageError::NotFound { path: file },
            Self::Exists => StorageError::Exists { path: file },
            Self::NotOurs(refusal) => refusal.error(&volume),
            Self::Other(why) => {
                StorageError::Io { action, path: file, source: io::Error::other(why) }
            }
        }
    }

    /// As it is while a connection is made.
    pub(super) fn of_connection(self) -> Self {
        match self {
            Self::Denied(why) => Self::Barred(why),
            other => other,
        }
    }

    /// The clause that says what happened.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Lost(why)
            | Self::Offline(why)
            | Self::Busy(why)
            | Self::Denied(why)
            | Self::Barred(why)
            | Self::Other(why) => why.clone(),
            Self::Full => "no space is left, or the quota is used up".into(),
            Self::NotFound => "it is not there".into(),
            Self::Exists => "it is there already".into(),
            Self::NotOurs(refusal) => refusal.why().into(),
        }
    }
}

/// No answer came in the time that is given to one request.
pub(super) fn no_answer() -> Fault {
    Fault::Offline("the server does not answer".into())
}

/// Anything that happens after the share was opened.
impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error.status().map(|status| status.0) {
            Some(QUOTA_EXCEEDED | DISK_QUOTA_EXCEEDED) => return Self::Full,
            Some(WRITE_PROTECTED) => return Self::Denied("the share can only be read".into()),
            _ => {}
        }
        match error.kind() {
            ErrorKind::DiskFull => Self::Full,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::AlreadyExists => Self::Exists,
            ErrorKind::AccessDenied => {
                Self::Denied("the user has not the right to do this there".into())
            }
            ErrorKind::AuthRequired | ErrorKind::GuestSessionRefused => wrong_password(),
            ErrorKind::SharingViolation => {
                Self::Busy("the server still holds the file open for somebody else".into())
            }
            ErrorKind::TimedOut => no_answer(),
            // A session that the server ended answers without a signature.
            ErrorKind::ConnectionLost
            | ErrorKind::SessionExpired
            | ErrorKind::SignatureInvalid
            | ErrorKind::Io => Self::Lost("the connection broke".into()),
            ErrorKind::InvalidName => Self::Denied("the server does not take this name".into()),
            ErrorKind::IsADirectory => Self::Denied("a folder is in its place".into()),
            ErrorKind::NotADirectory => Self::Denied("a file is in the place of a folder".into()),
            _ => Self::Other(error.to_string()),
        }
    }
}

fn wrong_password() -> Fault {
    Fault::Barred("the password or user name is wrong".into())
}

/// Why the server `address` could not be reached.
pub(super) fn connecting(error: &Error, host: &str) -> Fault {
    let refused = match error {
        Error::ConnectFailed { attempts, .. } => attempts
            .iter()
            .any(|attempt| attempt.error_kind == Some(io::ErrorKind::ConnectionRefused)),
        Error::Io(_) => return unknown_host(host),
        _ => false,
    };
    Fault::Offline(if refused {
        format!("{host} refuses the connection: file sharing (SMB) is not on, or the port is wrong")
    } else {
        format!("{host} does not answer: it is off, not connected, or a firewall is between")
    })
}

/// The name leads nowhere.
pub(super) fn unknown_host(host: &str) -> Fault {
    Fault::Offline(format!("no computer called {host} is known in this network"))
}

/// Why talking to the server did not begin: what answers there may be something else than a file server.
pub(super) fn greeting(error: &Error) -> Fault {
    match error.kind() {
        ErrorKind::TimedOut => no_answer(),
        _ => Fault::Offline(
            "what answers there does not speak SMB 2 or 3: is the port right?".into(),
        ),
    }
}

/// Why signing in failed.
pub(super) fn signing_in(error: Error) -> Fault {
    match error.status() {
        Some(NtStatus::ACCOUNT_DISABLED) => Fault::Denied("the user's account is disabled".into()),
        Some(NtStatus::ACCOUNT_LOCKED_OUT) => {
            Fault::Denied("the user's account is locked after wrong passwords".into())
        }
        Some(
            NtStatus::PASSWORD_EXPIRED | NtStatus::PASSWORD_MUST_CHANGE | NtStatus::ACCOUNT_EXPIRED,
        ) => Fault::Denied("the password or the account has expired".into()),
        Some(NtStatus::ACCESS_DENIED) => encrypted_only(),
        _ => match error.kind() {
            ErrorKind::SignatureInvalid => {
                Fault::Denied("the server's answer is not signed as it must be".into())
            }
            _ => error.into(),
        },
    }
}

/// A server that wants encryption answers so to whom it can not be agreed with (SMB 2).
fn encrypted_only() -> Fault {
    Fault::Denied(
        "it signs nobody in over this connection: it takes encrypted connections only, and none that both know \
         could be agreed; allow SMB 3 on the server"
            .into(),
    )
}

/// Why the share `share` could not be opened.
pub(super) fn opening_share(error: Error, share: &str) -> Fault {
    match (&error, error.status()) {
        (_, Some(NtStatus::BAD_NETWORK_NAME | NtStatus::OBJECT_NAME_NOT_FOUND)) => {
            Fault::Denied(format!("there is no share called {share}"))
        }
        (Error::Protocol { command: Command::TreeConnect, .. }, Some(NtStatus::ACCESS_DENIED)) => {
            Fault::Denied(format!("the user may not open the share {share}"))
        }
        _ => error.into(),
    }
}
