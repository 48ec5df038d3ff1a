//! Where each sample of a segment is: the one table that writing, recovery and reading share.
//!
//! Must not do: any I/O of its own; bytes come through [`ReadAt`].

use std::io;

/// One access unit inside a segment's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleInfo {
    /// Offset in the file.
    pub offset: u64,
    /// Size in bytes.
    pub size: u32,
    /// Decoding time, in 90 kHz ticks from the segment's start.
    pub dts: i64,
    /// When it is shown, in 90 kHz ticks from the segment's start.
    pub pts: i64,
    /// Whether decoding can begin here.
    pub random_access: bool,
}

/// All samples of a segment in decoding order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleTable {
    /// In decoding order.
    pub samples: Vec<SampleInfo>,
    /// Length of the media, in 90 kHz ticks: the end of the last sample.
    pub duration: i64,
}

impl SampleTable {
    /// Ticks by which all compositions are delayed so that none comes before its decoding.
    #[must_use]
    pub fn shift(&self) -> i64 {
        self.samples.iter().map(|sample| sample.dts - sample.pts).max().unwrap_or(0).max(0)
    }
}

/// Bytes that can be read at any offset, without a shared position.
pub trait ReadAt: Send + Sync {
    /// Fills `buffer` from `offset` on.
    ///
    /// # Errors
    /// `UnexpectedEof` when the end comes before the buffer is full, else the system's error.
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// Length in bytes at this moment.
    ///
    /// # Errors
    /// The system's error.
    fn length(&self) -> io::Result<u64>;
}

impl ReadAt for [u8] {
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let end = start.checked_add(buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        let bytes = self.get(start..end).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }
}

impl ReadAt for Vec<u8> {
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.as_slice().read_exact_at(offset, buffer)
    }

    fn length(&self) -> io::Result<u64> {
        self.as_slice().length()
    }
}

impl<T: ReadAt + ?Sized> ReadAt for &T {
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        (**self).read_exact_at(offset, buffer)
    }

    fn length(&self) -> io::Result<u64> {
        (**self).length()
    }
}
