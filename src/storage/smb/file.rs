//! A file of the share, opened for reading, with what is read ahead of it.
//!
//! Must not do: write; be read by several at a time faster than one after another.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use smb2::FileReader;

use super::fault::Fault;
use super::link::Link;
use super::place;
use super::share::{REQUEST, Share, Use};
use super::window::Windows;
use crate::container::ReadAt;
use crate::storage::StorageError;

pub(super) struct SmbFile {
    share: Arc<Share>,
    path: String,
    /// Where it is in the share.
    target: String,
    length: u64,
    state: Mutex<State>,
}

struct State {
    opened: Option<Opened>,
    windows: Windows,
}

struct Opened {
    reader: FileReader,
    link: Arc<Link>,
}

impl SmbFile {
    pub(super) fn open(share: &Arc<Share>, path: &str) -> Result<Self, StorageError> {
        let target = place::locate(share.root(), path)?;
        let opened = open(share, &target)
            .map_err(|fault| fault.into_error("open", share.address(), path))?;
        let length = opened.reader.size();
        let state = State { opened: Some(opened), windows: Windows::default() };
        let (share, path) = (Arc::clone(share), path.to_owned());
        Ok(Self { share, path, target, length, state: Mutex::new(state) })
    }

    /// Asks for bytes; where the connection is gone, once more over a new one.
    fn fetch(&self, state: &mut State, offset: u64, length: u64) -> Result<Vec<u8>, Fault> {
        let mut is_fresh = false;
        loop {
            let opened = match state.opened.take() {
                Some(opened) => opened,
                None => {
                    is_fresh = true;
                    open(&self.share, &self.target)?
                }
            };
            if opened.reader.size() != self.length {
                self.share.network().release(opened);
                return Err(Fault::Other("it is another file than before".into()));
            }
            let read = self
                .share
                .network()
                .wait(REQUEST, async { Ok(opened.reader.read_at(offset, length).await?) });
            match read {
                Ok(bytes) => {
                    state.opened = Some(opened);
                    return Ok(bytes);
                }
                Err(fault) => {
                    self.share.met(Use::Read, &opened.link, &fault);
                    self.share.network().release(opened);
                    if is_fresh || !matches!(fault, Fault::Lost(_)) {
                        return Err(fault);
                    }
                }
            }
        }
    }

    fn error(&self, fault: Fault) -> io::Error {
        let kind = match fault {
            Fault::Denied(_) => io::ErrorKind::PermissionDenied,
            Fault::NotFound => io::ErrorKind::NotFound,
            Fault::Lost(_) | Fault::Offline(_) | Fault::Busy(_) | Fault::NotOurs(_) => {
                io::ErrorKind::NotConnected
            }
            Fault::Full | Fault::Exists | Fault::Other(_) => io::ErrorKind::Other,
        };
        io::Error::new(kind, fault.into_error("read", self.share.address(), &self.path))
    }
}

fn open(share: &Share, target: &str) -> Result<Opened, Fault> {
    let (reader, link) = share.with(Use::Read, REQUEST, async |link| {
        Ok(link.tree().open_file_reader(link.connection(), target).await?)
    })?;
    Ok(Opened { reader, link })
}

impl ReadAt for SmbFile {
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if offset.checked_add(buffer.len() as u64).is_none_or(|end| end > self.length) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut filled = 0;
        while filled < buffer.len() {
            let (at, left) = (offset + filled as u64, &mut buffer[filled..]);
            let copied = state.windows.copy(at, left);
            filled += copied;
            if copied > 0 {
                continue;
            }
            let next = state.windows.next(at, left.len() as u64, self.length);
            let bytes = self.fetch(&mut state, at, next.end - next.start);
            let bytes = bytes.map_err(|fault| self.error(fault))?;
            let taken = bytes.len().min(left.len());
            if taken == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left[..taken].copy_from_slice(&bytes[..taken]);
            filled += taken;
            state.windows.keep(at, bytes);
        }
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.length)
    }
}

impl Drop for SmbFile {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.share.network().release(state.opened.take());
    }
}
