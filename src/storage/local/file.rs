//! An open file of a folder of this computer.
//!
//! Must not do: buffer, or leave half of an append behind.

use std::fs::{File, OpenOptions};
use std::io::{self, IoSlice, Seek, SeekFrom, Write};
use std::path::Path;

use crate::container::ReadAt;
use crate::storage::{SegmentFile, StorageError};

/// An open file.
#[derive(Debug)]
pub(super) struct LocalFile {
    file: File,
    /// Length as we wrote it.
    length: u64,
    /// For errors.
    name: String,
    /// A failed append could not be undone yet; bytes beyond `length` are rubbish.
    torn: bool,
}

impl LocalFile {
    /// Opens `path`; `action` says for what, in an error.
    pub(super) fn open(
        path: &Path,
        options: &OpenOptions,
        action: &'static str,
    ) -> Result<Self, StorageError> {
        let name = path.display().to_string();
        let opened = options.open(path).and_then(|file| {
            let length = file.metadata()?.len();
            Ok((file, length))
        });
        let (file, length) = opened.map_err(|e| StorageError::io(action, &name, e))?;
        Ok(Self { file, length, name, torn: false })
    }

    fn error(&self, action: &'static str) -> impl FnOnce(io::Error) -> StorageError {
        let name = self.name.clone();
        move |source| StorageError::io(action, name, source)
    }

    /// Cuts what a failed append has left.
    fn mend(&mut self) -> io::Result<()> {
        if self.torn {
            self.file.set_len(self.length)?;
            self.torn = false;
        }
        Ok(())
    }

    fn append_all(&mut self, parts: &[&[u8]]) -> io::Result<u64> {
        self.mend()?;
        self.file.seek(SeekFrom::Start(self.length))?;
        let mut slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
        let mut left: &mut [IoSlice<'_>] = &mut slices;
        let mut written = 0;
        IoSlice::advance_slices(&mut left, 0);
        while !left.is_empty() {
            match self.file.write_vectored(left) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    written += count as u64;
                    IoSlice::advance_slices(&mut left, count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(written)
    }
}

impl ReadAt for LocalFile {
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        read_exact_at(&self.file, offset, buffer)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }
}

impl SegmentFile for LocalFile {
    fn append(&mut self, parts: &[&[u8]]) -> Result<(), StorageError> {
        match self.append_all(parts) {
            Ok(written) => {
                self.length += written;
                Ok(())
            }
            Err(error) => {
                self.torn = true;
                // A second failure is not worth a second report: the next append tries again.
                let _ = self.mend();
                Err(self.error("write")(error))
            }
        }
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let end = offset.saturating_add(bytes.len() as u64);
        if end > self.length {
            return Err(self.error("overwrite beyond the end of")(
                io::ErrorKind::InvalidInput.into(),
            ));
        }
        self.file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| self.file.write_all(bytes))
            .map_err(self.error("write"))
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        self.mend().and_then(|()| self.file.sync_data()).map_err(self.error("sync"))
    }

    fn truncate(&mut self, length: u64) -> Result<(), StorageError> {
        self.file.set_len(length).map_err(self.error("cut"))?;
        self.length = length;
        self.torn = false;
        Ok(())
    }
}

#[cfg(unix)]
pub(in crate::storage) fn read_exact_at(
    file: &File,
    offset: u64,
    buffer: &mut [u8],
) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
pub(in crate::storage) fn read_exact_at(
    file: &File,
    mut offset: u64,
    mut buffer: &mut [u8],
) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                buffer = &mut buffer[count..];
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
