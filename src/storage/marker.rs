//! The marker by which a recordings folder is known: a small file with a random identity in its root.
//!
//! A mount point whose disk is not connected is an empty folder of the system disk; without its marker
//! nothing is recorded there. Must not do: decide what follows when it is missing, or whose a folder is.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::StorageError;
use super::claim::Mark;
use crate::config::atomic::{self, Readers};
use crate::config::{ConfigError, identity};

/// Its name.
pub const MARKER: &str = ".watchkeeper-volume";

/// What the line begins with that names who brings recordings there.
const OWNER: &str = "owner ";

/// More than a marker holds; whatever is longer is none.
const READ_LIMIT: u64 = 1_024;

/// The identity of the folder `root`; none when there is no folder, no marker, or rubbish in its place.
///
/// # Errors
/// When there is a marker that cannot be read.
pub fn read(root: &Path) -> Result<Option<String>, StorageError> {
    let path = root.join(MARKER);
    let read = File::open(&path).and_then(|file| {
        let mut bytes = Vec::new();
        file.take(READ_LIMIT).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    match read {
        Ok(bytes) => Ok(identity_in(&bytes)),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(None),
            _ => Err(StorageError::io("read", path.display().to_string(), error)),
        },
    }
}

/// The first line, if it is what [`content`] makes.
#[must_use]
pub fn identity_in(bytes: &[u8]) -> Option<String> {
    mark_in(bytes).map(|mark| mark.id)
}

/// The first line, and who is named by the second, if the first is what [`content`] makes.
#[must_use]
pub fn mark_in(bytes: &[u8]) -> Option<Mark> {
    let mut lines = std::str::from_utf8(bytes).ok()?.lines();
    let id = lines.next().filter(|line| identity::is_one(line))?;
    let owner = lines.next().and_then(|line| line.strip_prefix(OWNER));
    let owner = owner.filter(|owner| identity::is_one(owner)).map(Into::into);
    Some(Mark { id: id.into(), owner })
}

/// What a marker that says `mark` holds.
#[must_use]
pub fn content(mark: &Mark) -> String {
    let owner = mark.owner.as_ref().map(|owner| format!("{OWNER}{owner}\n")).unwrap_or_default();
    format!(
        "{}\n{owner}Watchkeeper records into this folder and knows it by this file. Please leave it here.\n",
        mark.id
    )
}

/// Gives the folder `root` a new identity.
///
/// # Errors
/// What the system says.
pub fn write(root: &Path) -> Result<String, StorageError> {
    let path = root.join(MARKER);
    let failed = |error: io::Error| StorageError::io("write", path.display().to_string(), error);
    let mark = Mark { id: identity::random().map_err(failed)?, owner: None };
    match atomic::replace(&path, content(&mark).as_bytes(), Readers::Default) {
        Ok(()) => Ok(mark.id),
        Err(ConfigError::Io { action, path, source }) => {
            Err(StorageError::io(action, path.display().to_string(), source))
        }
        Err(other) => Err(failed(io::Error::other(other))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_identity() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        assert_eq!(read(root).expect("reads"), None);
        assert_eq!(read(&root.join("nowhere")).expect("reads"), None);
        let id = write(root).expect("writes");
        assert_eq!(read(root).expect("reads"), Some(id.clone()));
        assert_ne!(write(root).expect("writes"), id);
    }

    #[test]
    fn rubbish_is_no_identity() {
        for bytes in [&b""[..], b"\n", b"abc\n", &[0xff; 32], &[b'g'; 32], &[b'a'; 33]] {
            assert_eq!(identity_in(bytes), None);
        }
        assert!(identity_in(&[b'a'; 32]).is_some());
    }

    #[test]
    fn an_owner_is_read_as_it_was_written() {
        let (id, owner) = ("a".repeat(32), "b".repeat(32));
        for owner in [None, Some(owner)] {
            let mark = Mark { id: id.clone(), owner };
            assert_eq!(mark_in(content(&mark).as_bytes()), Some(mark));
        }
        assert_eq!(mark_in(format!("{id}\nowner nobody\n").as_bytes()).expect("one").owner, None);
    }
}
