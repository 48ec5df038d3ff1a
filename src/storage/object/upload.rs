//! A file on its way into a bucket: in one piece when it is small, else in parts that the server keeps.
//!
//! The parts that last are asked of the server, so a file is gone on with after a break, a restart of this
//! program, and from another computer. Must not do: decide what is brought, or try again.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;

use super::bucket::{Bucket, Part, Pending};
use super::failure::{Failure, Sort};
use crate::storage::archive::CHECKPOINT_BYTES;
use crate::storage::{StorageError, Upload};

/// S3 takes no more parts of a file.
const MAX_PARTS: u64 = 10_000;

/// Parts of other sizes than this many bytes each are whole multiples of it.
const ROUND: u64 = 1 << 20;

/// A file on its way.
pub(super) struct ObjectUpload {
    bucket: Arc<Bucket>,
    key: Path,
    /// What operators are shown.
    shown: String,
    /// Length of the whole.
    bytes: u64,
    part_size: u64,
    /// Parts; none for a file that goes in one piece.
    parts: Option<PartsThere>,
    /// What no part holds yet; at most a part.
    waiting: Vec<u8>,
}

struct PartsThere {
    id: String,
    tags: Vec<String>,
}

impl ObjectUpload {
    /// Begins, or goes on.
    pub fn new(
        bucket: Arc<Bucket>,
        key: Path,
        shown: String,
        bytes: u64,
    ) -> Result<Self, StorageError> {
        let part_size = part_size(bytes);
        let mut upload =
            Self { bucket, key, shown, bytes, part_size, parts: None, waiting: Vec::new() };
        if bytes > part_size {
            upload.parts = Some(upload.resume().map_err(|failure| upload.failed(&failure))?);
        }
        Ok(upload)
    }

    fn failed(&self, failure: &Failure) -> StorageError {
        failure.of("bring", &self.shown, &self.bucket.name)
    }

    /// The attempt that came furthest; others of this file are removed.
    fn resume(&self) -> Result<PartsThere, Failure> {
        let mut best: Option<(Pending, Vec<String>)> = None;
        for pending in pending_of(&self.bucket, &self.key)? {
            let tags = match self.bucket.parts(&pending) {
                Err(failure) if failure.sort(&self.bucket.name) == Sort::NoUpload => continue,
                parts => whole_parts(&parts?, self.part_size, self.bytes),
            };
            let shorter = match &best {
                Some((_, other)) if other.len() >= tags.len() => Some(pending),
                _ => best.replace((pending, tags)).map(|(pending, _)| pending),
            };
            if let Some(shorter) = shorter {
                self.bucket.abort(&self.key, &shorter.upload_id)?;
            }
        }
        Ok(match best {
            Some((pending, tags)) => PartsThere { id: pending.upload_id, tags },
            None => PartsThere { id: self.bucket.begin(&self.key)?, tags: Vec::new() },
        })
    }

    /// Sends what waits as the next part.
    fn send_part(&mut self) -> Result<(), StorageError> {
        let Some(parts) = &mut self.parts else { return Ok(()) };
        // Taken, not copied: a break costs this part, and the caller begins again behind the last one.
        let part = Bytes::from(std::mem::take(&mut self.waiting));
        match self.bucket.put_part(&self.key, &parts.id, parts.tags.len(), part) {
            Ok(tag) => {
                parts.tags.push(tag);
                Ok(())
            }
            Err(failure) => Err(self.failed(&failure)),
        }
    }

    /// Sends the last part and makes one file of all.
    fn complete(&mut self) -> Result<(), StorageError> {
        if !self.waiting.is_empty() {
            self.send_part()?;
        }
        let Some(parts) = &self.parts else { return Ok(()) };
        match self.bucket.complete(&self.key, &parts.id, &parts.tags) {
            // The answer to an earlier request may have been lost; the size tells.
            Err(failure) if failure.sort(&self.bucket.name) == Sort::NoUpload => {
                match self.bucket.find(self.key.as_ref()) {
                    Ok(Some(size)) if size == self.bytes => Ok(()),
                    Ok(_) => Err(self.failed(&failure)),
                    Err(other) => Err(self.failed(&other)),
                }
            }
            completed => completed.map_err(|failure| self.failed(&failure)),
        }
    }

    fn odd(&self, what: String) -> StorageError {
        StorageError::Io {
            action: "bring",
            path: self.shown.clone(),
            source: io::Error::other(what),
        }
    }
}

impl Upload for ObjectUpload {
    fn durable(&self) -> u64 {
        self.parts.as_ref().map_or(0, |parts| parts.tags.len() as u64 * self.part_size)
    }

    fn write(&mut self, mut bytes: &[u8]) -> Result<(), StorageError> {
        let size = usize::try_from(self.part_size).unwrap_or(usize::MAX);
        let written = self.durable() + self.waiting.len() as u64;
        if written + bytes.len() as u64 > self.bytes {
            return Err(self.odd(format!("it is longer than the {} bytes announced", self.bytes)));
        }
        while !bytes.is_empty() {
            if self.waiting.capacity() == 0 {
                let left = self.bytes - self.durable();
                self.waiting.reserve_exact(usize::try_from(left).unwrap_or(size).min(size));
            }
            let (now, later) = bytes.split_at(bytes.len().min(size - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            bytes = later;
            // The last part goes when the file is finished.
            if self.waiting.len() == size && self.durable() + self.part_size < self.bytes {
                self.send_part()?;
            }
        }
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<u64, StorageError> {
        Ok(self.durable())
    }

    fn finish(mut self: Box<Self>) -> Result<(), StorageError> {
        let written = self.durable() + self.waiting.len() as u64;
        if written != self.bytes {
            return Err(self.odd(format!("{written} of {} bytes were given", self.bytes)));
        }
        if self.parts.is_some() {
            self.complete()?;
        } else {
            let whole = Bytes::from(std::mem::take(&mut self.waiting));
            self.bucket.put(&self.key, whole).map_err(|failure| self.failed(&failure))?;
        }
        match self.bucket.head(&self.key) {
            Ok(size) if size == self.bytes => Ok(()),
            Ok(size) => Err(self.odd(format!("{size} of {} bytes arrived", self.bytes))),
            Err(failure) => Err(self.failed(&failure)),
        }
    }
}

/// Attempts at bringing exactly `key`.
pub(super) fn pending_of(bucket: &Bucket, key: &Path) -> Result<Vec<Pending>, Failure> {
    let mut pending = bucket.pending(key.as_ref())?;
    pending.retain(|found| found.key == key.as_ref());
    Ok(pending)
}

/// Bytes of each part but the last of a file of `bytes` bytes: what a checkpoint is, or as much as the number of
/// parts asks for.
fn part_size(bytes: u64) -> u64 {
    bytes.div_ceil(MAX_PARTS).next_multiple_of(ROUND).max(CHECKPOINT_BYTES)
}

/// Tags of the parts from the first on that are as long as they should be, without the last of the file.
fn whole_parts(parts: &[Part], size: u64, bytes: u64) -> Vec<String> {
    let most = bytes.saturating_sub(1) / size;
    (1..=most)
        .zip(parts)
        .take_while(|(number, part)| u64::from(part.part_number) == *number && part.size == size)
        .map(|(_, part)| part.e_tag.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_few_enough_and_last_as_long_as_a_checkpoint() {
        assert_eq!(part_size(1), CHECKPOINT_BYTES);
        assert_eq!(part_size(MAX_PARTS * CHECKPOINT_BYTES), CHECKPOINT_BYTES);
        let more = MAX_PARTS * CHECKPOINT_BYTES + 1;
        assert_eq!(part_size(more), CHECKPOINT_BYTES + ROUND);
        assert!(more.div_ceil(part_size(more)) <= MAX_PARTS);
    }

    #[test]
    fn only_whole_parts_without_a_hole_are_gone_on_with() {
        let part = |part_number, size| Part { part_number, e_tag: part_number.to_string(), size };
        let tags = |parts: &[Part], bytes| whole_parts(parts, 10, bytes).len();
        assert_eq!(tags(&[part(1, 10), part(2, 10)], 25), 2);
        assert_eq!(tags(&[part(1, 10), part(3, 10)], 45), 1, "a hole");
        assert_eq!(tags(&[part(1, 10), part(2, 7)], 45), 1, "a short one");
        assert_eq!(tags(&[part(1, 12), part(2, 10)], 45), 0, "another size");
        assert_eq!(tags(&[part(1, 10), part(2, 10)], 20), 1, "the last goes with the end");
        assert_eq!(
            tags(&[part(1, 10), part(2, 10), part(3, 10)], 12),
            1,
            "a longer file of this name"
        );
    }
}
