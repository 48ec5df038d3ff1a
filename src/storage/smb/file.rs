//! A file of the share, opened for reading, with what is read ahead of it.
//!
//! Reads of one file go one after another. Must not do: write; tell of a failed piece that nobody waits for.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use smb2::FileReader;

use super::fault::Fault;
use super::link::Link;
use super::network::UnderWay;
use super::place;
use super::share::{REQUEST, Share, Use};
use super::window::Pieces;
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
    opened: Option<Arc<Opened>>,
    pieces: Pieces<UnderWay<Vec<u8>>>,
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
        let state = State { opened: Some(Arc::new(opened)), pieces: Pieces::default() };
        let (share, path) = (Arc::clone(share), path.to_owned());
        Ok(Self { share, path, target, length, state: Mutex::new(state) })
    }

    /// The open file, opened again where it is not; whether it was.
    fn opened(&self, state: &mut State) -> Result<(Arc<Opened>, bool), Fault> {
        if let Some(opened) = &state.opened {
            return Ok((Arc::clone(opened), false));
        }
        let opened = open(&self.share, &self.target)?;
        if opened.reader.size() != self.length {
            self.share.network().release(opened);
            return Err(Fault::Other("it is another file than before".into()));
        }
        let opened = Arc::new(opened);
        state.opened = Some(Arc::clone(&opened));
        Ok((opened, true))
    }

    /// Asks for what a read needs from `at` on and what is ahead of it, without waiting for any of it.
    fn ask(&self, state: &mut State, at: u64, opened: &Arc<Opened>) {
        let next = state.pieces.next(at, self.length);
        if !next.is_empty() {
            self.share.readers().note();
        }
        for range in next {
            let (opened, from, length) = (Arc::clone(opened), range.start, range.end - range.start);
            let piece = self.share.network().begin(async move {
                let bytes = opened.reader.read_at(from, length).await;
                Ok(bytes?)
            });
            state.pieces.asked(range, piece);
        }
    }

    /// Waits for the piece that `at` is in; where the connection is gone, once more over a new one. Whether there is
    /// one: somebody may have cut the file.
    fn fetch(&self, state: &mut State, at: u64) -> Result<bool, Fault> {
        let mut is_second = false;
        loop {
            let (opened, is_fresh) = self.opened(state)?;
            let taken = state.pieces.take(at).or_else(|| {
                self.ask(state, at, &opened);
                state.pieces.take(at)
            });
            let Some((range, piece)) = taken else { return Ok(false) };
            // What failed while nobody waited may have failed long ago.
            let is_old = piece.is_done();
            let fault = match self.share.network().wait(REQUEST, piece.result()) {
                Ok(bytes) if bytes.is_empty() => return Ok(false),
                Ok(bytes) => {
                    state.pieces.keep(range.start, bytes);
                    return Ok(true);
                }
                Err(fault) => fault,
            };
            self.share.met(Use::Read, &opened.link, &fault);
            state.pieces.forget_asked();
            self.share.network().release((opened, state.opened.take()));
            let may_do = is_old || !is_fresh && matches!(fault, Fault::Lost(_));
            if is_second || !may_do {
                return Err(fault);
            }
            is_second = true;
        }
    }

    fn error(&self, fault: Fault) -> io::Error {
        let kind = match fault {
            Fault::Denied(_) | Fault::Barred(_) => io::ErrorKind::PermissionDenied,
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
        let state = &mut *state;
        state.pieces.begin(offset, buffer.len() as u64);
        if let Some(opened) = state.opened.clone() {
            self.ask(state, offset, &opened);
        }
        let mut filled = 0;
        while filled < buffer.len() {
            let at = offset + filled as u64;
            match state.pieces.copy(at, &mut buffer[filled..]) {
                0 => match self.fetch(state, at) {
                    Ok(true) => {}
                    Ok(false) => return Err(io::ErrorKind::UnexpectedEof.into()),
                    Err(fault) => return Err(self.error(fault)),
                },
                copied => filled += copied,
            }
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
        state.pieces.forget_asked();
        self.share.network().release(state.opened.take());
    }
}
