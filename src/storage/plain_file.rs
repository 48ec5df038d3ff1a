//! Reading files anywhere on this computer that no volume of ours has.
//!
//! Must not do: write, or wait for anybody: only regular files are opened.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::StorageError;
use super::local::read_exact_at;
use crate::container::ReadAt;

/// A file that is wholly there.
#[derive(Debug)]
pub struct PlainFile {
    file: File,
}

impl PlainFile {
    /// Opens it for reading.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when there is none; else what the system says, or that it is no file: opening a
    /// pipe would wait for its other end.
    pub fn at(path: &Path) -> Result<Self, StorageError> {
        let fail = |error| StorageError::io("open", shown(path), error);
        if !fs::metadata(path).map_err(fail)?.is_file() {
            return Err(fail(io::Error::new(io::ErrorKind::InvalidInput, "it is no file")));
        }
        Ok(Self { file: File::open(path).map_err(fail)? })
    }

    /// Whether somebody is writing it, or nobody can tell since its disk has no locks.
    pub(super) fn is_locked(&self) -> bool {
        let locked = self.file.try_lock_shared().is_err();
        if !locked && let Err(error) = self.file.unlock() {
            tracing::debug!("a lock: {error}");
        }
        locked
    }
}

impl ReadAt for PlainFile {
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        read_exact_at(&self.file, offset, buffer)
    }

    fn length(&self) -> io::Result<u64> {
        self.file.metadata().map(|metadata| metadata.len())
    }
}

/// The SHA-256 of a file, in hexadecimal digits; `step` is told of bytes read.
///
/// # Errors
/// What the system says.
pub fn sha256_of(file: &dyn ReadAt, mut step: impl FnMut(u64)) -> io::Result<String> {
    let length = file.length()?;
    let (mut hash, mut buffer, mut offset) = (Sha256::new(), vec![0; 1 << 20], 0);
    while offset < length {
        let count = buffer.len().min(usize::try_from(length - offset).unwrap_or(usize::MAX));
        let Some(piece) = buffer.get_mut(..count) else { break };
        file.read_exact_at(offset, piece)?;
        hash.update(&*piece);
        offset += count as u64;
        step(count as u64);
    }
    Ok(hex(hash))
}

/// A small text file, at most 16 MB of it; none when there is no such file.
///
/// # Errors
/// What the system says.
pub fn read_text(path: &Path) -> Result<Option<String>, StorageError> {
    match PlainFile::at(path) {
        Err(StorageError::NotFound { .. }) => Ok(None),
        file => text_of(file?, path).map(Some),
    }
}

pub(super) fn text_of(file: PlainFile, path: &Path) -> Result<String, StorageError> {
    let text = io::read_to_string(io::Read::take(file.file, 16 << 20));
    text.map_err(|error| StorageError::io("read", shown(path), error))
}

pub(super) fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn only_files_are_opened() {
        let folder = tempfile::tempdir().expect("temporary folder");
        assert!(PlainFile::at(folder.path()).is_err());
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
        assert!(made.success());
        let error = PlainFile::at(&pipe).expect_err("nobody writes into it");
        assert!(error.to_string().contains("no file"), "{error}");
    }
}
