//! The marker by which a recordings folder is known: a small file with a random identity in its root.
//!
//! A mount point whose disk is not connected is an empty folder of the system disk; without its marker
//! nothing is recorded there. Must not do: decide what follows when it is missing.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::StorageError;
use crate::config::ConfigError;
use crate::config::atomic::{self, Readers};

/// Its name.
pub const MARKER: &str = ".watchkeeper-volume";

/// Random bytes of an identity; written as twice as many hexadecimal digits.
const ID_BYTES: usize = 16;

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
    let text = std::str::from_utf8(bytes).ok()?;
    let line = text.lines().next()?;
    let is_identity = line.len() == 2 * ID_BYTES && line.chars().all(|c| c.is_ascii_hexdigit());
    is_identity.then(|| line.into())
}

/// An identity that nothing else has.
///
/// # Errors
/// When the system has no random bytes.
pub fn new_identity() -> io::Result<String> {
    let mut random = [0_u8; ID_BYTES];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What a marker with the identity `id` holds.
#[must_use]
pub fn content(id: &str) -> String {
    format!(
        "{id}\nWatchkeeper records into this folder and knows it by this file. Please leave it here.\n"
    )
}

/// Gives the folder `root` a new identity.
///
/// # Errors
/// What the system says.
pub fn write(root: &Path) -> Result<String, StorageError> {
    let path = root.join(MARKER);
    let failed = |error: io::Error| StorageError::io("write", path.display().to_string(), error);
    let id = new_identity().map_err(failed)?;
    match atomic::replace(&path, content(&id).as_bytes(), Readers::Default) {
        Ok(()) => Ok(id),
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
}
