//! A file of the archive in memory that is read, and one that is on its way there.
//!
//! Must not do: fail by rules of its own; the archive says how each call goes.

use std::io;

use super::{Fate, FaultyArchive, State, answer, missing, offline};
use crate::container::ReadAt;
use crate::storage::archive::WRITE_BYTES;
use crate::storage::{StorageError, Upload};

#[derive(Debug)]
pub(super) struct Reading {
    pub(super) archive: FaultyArchive,
    pub(super) path: String,
}

impl ReadAt for Reading {
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut state = self.archive.lock();
        let fate = state.fate().map_err(io::Error::other)?;
        let bytes = state.files.get(&self.path).ok_or(io::ErrorKind::NotFound)?;
        bytes.as_slice().read_exact_at(offset, buffer)?;
        answer(fate, ()).map_err(io::Error::other)
    }

    fn length(&self) -> io::Result<u64> {
        let state = self.archive.lock();
        let bytes = state.files.get(&self.path).ok_or(io::ErrorKind::NotFound)?;
        Ok(bytes.len() as u64)
    }
}

#[derive(Debug)]
pub(super) struct Sending {
    pub(super) archive: FaultyArchive,
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) durable: u64,
    pub(super) life: u64,
}

impl Sending {
    /// Runs `change` on the part as far as the call comes.
    fn call<T>(
        &self,
        change: impl FnOnce(&mut State, Fate) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let mut state = self.archive.lock();
        if state.life != self.life {
            return Err(offline());
        }
        let fate = state.fate()?;
        let changed = change(&mut state, fate)?;
        answer(fate, changed)
    }
}

impl Upload for Sending {
    fn durable(&self) -> u64 {
        self.durable
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        if bytes.len() > WRITE_BYTES {
            return Err(StorageError::io("write", &self.path, io::ErrorKind::InvalidInput.into()));
        }
        self.call(|state, fate| {
            if state.used() + bytes.len() as u64 > state.capacity {
                return Err(StorageError::Full { path: self.path.clone() });
            }
            let written = match fate {
                Fate::Nothing => 0,
                Fate::Half => bytes.len() / 2,
                Fate::Done | Fate::Unanswered => bytes.len(),
            };
            let spoilt = state.spoil_at.take_if(|at| state.operations > *at).is_some();
            let part = state.parts.get_mut(&self.path).ok_or_else(|| missing(&self.path))?;
            part.bytes.extend_from_slice(&bytes[..written]);
            if let Some(last) = part.bytes.last_mut().filter(|_| spoilt) {
                *last ^= 1;
            }
            Ok(())
        })
    }

    fn checkpoint(&mut self) -> Result<u64, StorageError> {
        self.durable = self.call(|state, fate| {
            let part = state.parts.get_mut(&self.path).ok_or_else(|| missing(&self.path))?;
            if matches!(fate, Fate::Done | Fate::Unanswered) {
                part.durable = part.bytes.len();
            }
            Ok(part.durable as u64)
        })?;
        Ok(self.durable)
    }

    fn finish(self: Box<Self>) -> Result<(), StorageError> {
        self.call(|state, fate| {
            let part = state.parts.get(&self.path).ok_or_else(|| missing(&self.path))?;
            if part.bytes.len() as u64 != self.bytes {
                let error = io::Error::other("its size differs");
                return Err(StorageError::io("finish", &self.path, error));
            }
            if matches!(fate, Fate::Done | Fate::Unanswered)
                && let Some(part) = state.parts.remove(&self.path)
            {
                state.files.insert(self.path.clone(), part.bytes);
            }
            Ok(())
        })
    }
}
