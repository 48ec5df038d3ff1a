//! The bytes of a file, read in few and bounded pieces.
//!
//! Must not do: read the payload of an `mdat`, or trust a size before it was compared with the file's.

use super::bytes::{Fields, HEADER};
use super::error::{BoxName, ContainerError};
use super::table::ReadAt;

/// Bytes that are read at once: a fragment's `moof` of 50 samples takes 0.9 KiB, our file header 0.8.
const WINDOW: usize = 4096;

/// Where a box of the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BoxSpan {
    pub name: BoxName,
    pub offset: u64,
    /// Bytes of its header.
    pub header: u64,
    /// Where it says that it ends, which may be beyond the file.
    pub end: u64,
}

impl BoxSpan {
    pub fn is(&self, name: &[u8; 4]) -> bool {
        self.name.0 == *name
    }

    pub fn error(&self, what: &'static str) -> ContainerError {
        ContainerError::Malformed { name: self.name, offset: self.offset, what }
    }
}

/// A file with the piece of it that was read last. Its length is taken once: what is appended later is
/// not seen.
pub(super) struct Source<'a> {
    file: &'a dyn ReadAt,
    length: u64,
    window: Vec<u8>,
    window_start: u64,
}

impl<'a> Source<'a> {
    pub fn new(file: &'a dyn ReadAt) -> Result<Self, ContainerError> {
        let error = |error| ContainerError::Io { offset: 0, length: 0, error };
        let length = file.length().map_err(error)?;
        Ok(Self { file, length, window: Vec::new(), window_start: 0 })
    }

    /// Length of the file.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// `length` bytes from `offset` on, which the caller knows to lie inside the file.
    pub fn bytes(&mut self, offset: u64, length: usize) -> Result<&[u8], ContainerError> {
        let known = offset.checked_sub(self.window_start).and_then(|at| usize::try_from(at).ok());
        let within = |at: &usize| at.checked_add(length).is_some_and(|e| e <= self.window.len());
        let at = match known.filter(within) {
            Some(at) => at,
            None => {
                self.fill(offset, length)?;
                0
            }
        };
        Ok(self.window.get(at..at + length).unwrap_or_default())
    }

    fn fill(&mut self, offset: u64, length: usize) -> Result<(), ContainerError> {
        let left = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = length.max(WINDOW).min(left).max(length);
        let error = |error| ContainerError::Io { offset, length: wanted, error };
        if length > left {
            return Err(error(std::io::ErrorKind::UnexpectedEof.into()));
        }
        self.window.clear();
        self.window.resize(wanted, 0);
        self.window_start = offset;
        let read = self.file.read_exact_at(offset, &mut self.window);
        if read.is_err() {
            self.window.clear();
        }
        read.map_err(error)
    }

    /// The header of the box at `offset`; none when no whole header is left there.
    pub fn box_at(&mut self, offset: u64) -> Result<Option<BoxSpan>, ContainerError> {
        let left = self.length.saturating_sub(offset);
        if left < HEADER as u64 {
            return Ok(None);
        }
        let have = left.min(16) as usize;
        let bytes = self.bytes(offset, have)?;
        let Some((size, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
        let Some((name, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let name = BoxName(*name);
        let (header, size) = match u32::from_be_bytes(*size) {
            0 => (8, left),
            1 => match rest.first_chunk::<8>() {
                Some(large) => (16, u64::from_be_bytes(*large)),
                None => return Ok(None),
            },
            size => (8, u64::from(size)),
        };
        let end = offset.checked_add(size).filter(|_| size >= header);
        let what = "its size is smaller than its header";
        match end {
            Some(end) => Ok(Some(BoxSpan { name, offset, header, end })),
            None => Err(ContainerError::Malformed { name, offset, what }),
        }
    }

    /// As [`Source::box_at`], but only a box that lies wholly inside the file.
    pub fn whole_box_at(&mut self, offset: u64) -> Result<Option<BoxSpan>, ContainerError> {
        Ok(self.box_at(offset)?.filter(|span| span.end <= self.length))
    }

    /// The content of a box that lies wholly inside the file.
    pub fn load(&mut self, span: &BoxSpan) -> Result<Fields<'_>, ContainerError> {
        let what = "it does not fit into memory";
        let length = usize::try_from(span.end - span.offset).map_err(|_| span.error(what))?;
        let (name, offset, header) = (span.name, span.offset, span.header as usize);
        Ok(Fields::new(name, offset, self.bytes(offset, length)?, header))
    }
}
