//! What can go wrong with a volume.
//!
//! Must not do: decide what follows from it.

use std::io;

use crate::container::ContainerError;

/// An error of a volume or of a file on it. Each text is a clause that names the file.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// No space is left, a quota is used up, or the file is as long as its file system takes.
    #[error("no space is left for {path}")]
    Full {
        /// The file, with its volume.
        path: String,
    },
    /// The file is not there.
    #[error("{path} is not there")]
    NotFound {
        /// The file, with its volume.
        path: String,
    },
    /// The volume is not connected: another folder is in its place, or none.
    #[error("the recordings folder is not there any more: {path} is not connected ({why})")]
    Gone {
        /// The folder.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The volume cannot be reached now; it may be later.
    #[error("{path} cannot be reached: {why}")]
    Offline {
        /// The volume.
        path: String,
        /// What happened, in a clause.
        why: String,
    },
    /// The volume refuses us as a whole: trying again helps only when something is changed, and may lock the account.
    #[error("{path} refuses: {why}")]
    Denied {
        /// The volume.
        path: String,
        /// Password, rights, share..., in a clause.
        why: String,
    },
    /// The volume refuses what was to be done to one of its files; it may take others.
    #[error("{path} is refused: {why}")]
    Forbidden {
        /// The file, with its volume.
        path: String,
        /// What is in the way, in a clause.
        why: String,
    },
    /// Somebody else brings recordings to the volume.
    #[error("{path} belongs to another Watchkeeper, which brings its recordings there")]
    Taken {
        /// The volume.
        path: String,
    },
    /// The volume is one that finished files are brought to; none is written there in place.
    #[error("{path} is not written in place")]
    NotInPlace {
        /// The file, with its volume.
        path: String,
    },
    /// The file is there already.
    #[error("{path} is there already")]
    Exists {
        /// The file, with its volume.
        path: String,
    },
    /// A path that leads out of the volume, or that is none.
    #[error("\"{path}\" is not a path below a volume's root")]
    Path {
        /// What was given.
        path: String,
    },
    /// Anything else that the system reports.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// A verb: "write", "sync", ...
        action: &'static str,
        /// The file, with its volume.
        path: String,
        /// The system's error.
        source: io::Error,
    },
    /// The bytes of a file are not those of a segment.
    #[error("{path} is not a readable recording: {source}")]
    Container {
        /// The file, with its volume.
        path: String,
        /// What is wrong with the bytes.
        source: ContainerError,
    },
}

impl StorageError {
    /// The system's error `source`, met when doing `action` to `path`.
    #[must_use]
    pub fn io(action: &'static str, path: impl Into<String>, source: io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::Full { path },
            io::ErrorKind::NotFound => Self::NotFound { path },
            io::ErrorKind::AlreadyExists => Self::Exists { path },
            _ => Self::Io { action, path, source },
        }
    }

    /// Whether the volume is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_broken_one() {
        const ENOSPC: i32 = 28;
        const EDQUOT: i32 = 122;
        const EFBIG: i32 = 27;
        const EIO: i32 = 5;
        const EROFS: i32 = 30;
        let met = |code| StorageError::io("write", "a.mp4", io::Error::from_raw_os_error(code));
        for code in [ENOSPC, EDQUOT, EFBIG] {
            assert!(met(code).is_full(), "{code}");
        }
        for code in [EIO, EROFS] {
            let StorageError::Io { source, .. } = met(code) else { panic!("{code}") };
            assert_eq!(source.raw_os_error(), Some(code));
        }
    }
}
