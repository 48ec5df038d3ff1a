//! Reading a file of a bucket: whole windows are fetched, so that a first picture costs few round trips.
//!
//! Must not do: fetch what nobody asks for, or keep more than a few windows.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use object_store::path::Path;

use super::bucket::Bucket;
use super::failure::{Failure, Sort};
use crate::container::ReadAt;
use crate::storage::StorageError;

/// A window after a jump: a second or two of a camera's pictures, and the tables of a segment of ten minutes.
const FIRST_WINDOW: u64 = 256 << 10;

/// A window when reading goes on and on. With [`MAX_WINDOWS`] it bounds the memory of an open file to 8 MiB.
const MAX_WINDOW: u64 = 2 << 20;

/// Beginning, tables at the end, where is played, and one more.
const MAX_WINDOWS: usize = 4;

/// A file, open for reading.
pub(super) struct ObjectFile {
    bucket: Arc<Bucket>,
    key: Path,
    shown: String,
    length: u64,
    windows: Mutex<Windows>,
}

impl ObjectFile {
    /// Opens it by reading its beginning, which also tells its length.
    pub fn open(bucket: Arc<Bucket>, key: Path, shown: String) -> Result<Self, StorageError> {
        let (first, length) = bucket
            .beginning(&key, FIRST_WINDOW)
            .map_err(|failure| failure.of("open", &shown, &bucket.name))?;
        let windows = Windows(vec![Window { offset: 0, bytes: first }]);
        Ok(Self { bucket, key, shown, length, windows: Mutex::new(windows) })
    }

    fn failed(&self, failure: &Failure) -> io::Error {
        let error = failure.of("read", &self.shown, &self.bucket.name);
        let kind = match failure.sort(&self.bucket.name) {
            Sort::NotFound => io::ErrorKind::NotFound,
            Sort::Denied(_) => io::ErrorKind::PermissionDenied,
            Sort::Offline => io::ErrorKind::NotConnected,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }

    /// Bytes from `offset` on, at least one and not more than `wanted`.
    fn some(&self, offset: u64, wanted: u64) -> io::Result<Bytes> {
        let plan = {
            let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
            match windows.take(offset, wanted) {
                Some(bytes) => return Ok(bytes),
                None => windows.next_size(offset, wanted),
            }
        };
        // Not under the lock: another reader's window may be there already.
        let length = plan.min(self.length - offset);
        let (bytes, _) =
            self.bucket.get(&self.key, offset, length).map_err(|failure| self.failed(&failure))?;
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let some = bytes.slice(..bytes.len().min(usize::try_from(wanted).unwrap_or(usize::MAX)));
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.put(Window { offset, bytes });
        Ok(some)
    }
}

impl ReadAt for ObjectFile {
    fn read_exact_at(&self, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        let end = offset.checked_add(buffer.len() as u64).ok_or(io::ErrorKind::UnexpectedEof)?;
        if end > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        while !buffer.is_empty() {
            let some = self.some(offset, buffer.len() as u64)?;
            let (now, later) = buffer.split_at_mut(some.len());
            now.copy_from_slice(&some);
            offset += some.len() as u64;
            buffer = later;
        }
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.length)
    }
}

struct Window {
    offset: u64,
    bytes: Bytes,
}

impl Window {
    fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

/// The latest used last.
struct Windows(Vec<Window>);

impl Windows {
    fn take(&mut self, offset: u64, wanted: u64) -> Option<Bytes> {
        let at = self.0.iter().position(|w| w.offset <= offset && offset < w.end())?;
        let window = self.0.remove(at);
        let bytes = window.bytes.slice(usize::try_from(offset - window.offset).ok()?..);
        self.0.push(window);
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        Some(bytes.slice(..bytes.len().min(wanted)))
    }

    /// Twice the window that ends where this one begins; after a jump a small one.
    fn next_size(&self, offset: u64, wanted: u64) -> u64 {
        let before = self.0.iter().find(|window| window.end() == offset);
        let twice = before.map_or(0, |window| 2 * window.bytes.len() as u64);
        twice.max(wanted).clamp(FIRST_WINDOW, MAX_WINDOW)
    }

    fn put(&mut self, window: Window) {
        if self.0.len() == MAX_WINDOWS {
            self.0.remove(0);
        }
        self.0.push(window);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(offset: u64, length: u64) -> Window {
        Window { offset, bytes: vec![7; usize::try_from(length).expect("short")].into() }
    }

    #[test]
    fn windows_grow_while_reading_goes_on_and_are_few() {
        let mut windows = Windows(vec![window(0, FIRST_WINDOW)]);
        assert_eq!(windows.take(10, 5).map(|bytes| bytes.len()), Some(5));
        assert_eq!(windows.take(FIRST_WINDOW - 2, 5).map(|bytes| bytes.len()), Some(2));
        assert_eq!(windows.take(FIRST_WINDOW, 5), None);
        assert_eq!(windows.next_size(FIRST_WINDOW, 5), 2 * FIRST_WINDOW);
        assert_eq!(windows.next_size(99 * MAX_WINDOW, 5), FIRST_WINDOW, "a jump");
        assert_eq!(windows.next_size(0, 99 * MAX_WINDOW), MAX_WINDOW, "bounded");
        for number in 1..9 {
            windows.put(window(number * MAX_WINDOW, 3));
        }
        assert_eq!(windows.0.len(), MAX_WINDOWS);
        assert_eq!(windows.take(0, 1), None, "the oldest went");
    }
}
