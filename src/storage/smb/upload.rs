//! A file on its way to the share: `NAME.part`, made to last every so often, renamed at the end.
//!
//! Must not do: trust a length. Requests are under way several at a time, so that a break may leave a hole below the
//! end; but nothing is written beyond a multiple of [`CHECKPOINT_BYTES`] before all below it lasts.

use std::sync::Arc;

use smb2::{ErrorKind, FileWriter, WriteCheckpoint};

use super::fault::Fault;
use super::link::Link;
use super::pace::WRITE_PIECE;
use super::place;
use super::share::{REQUEST, Share, Use};
use crate::storage::StorageError;
use crate::storage::archive::{CHECKPOINT_BYTES, Upload};

/// Bytes that surely last of a file that is `length` bytes long.
fn surely_durable(length: u64) -> u64 {
    length.saturating_sub(1) / CHECKPOINT_BYTES * CHECKPOINT_BYTES
}

pub(super) struct SmbUpload {
    share: Arc<Share>,
    link: Arc<Link>,
    /// None after an error: nothing is known of what was written since the last checkpoint.
    writer: Option<FileWriter>,
    path: String,
    /// Where it is in the share.
    target: String,
    bytes: u64,
    position: u64,
    durable: u64,
}

impl SmbUpload {
    /// Begins to bring `path`, or goes on.
    pub(super) fn begin(share: &Arc<Share>, path: &str, bytes: u64) -> Result<Self, StorageError> {
        let target = place::locate(share.root(), path)?;
        let part = place::part(&target);
        let opened = share.with(Use::Upload, REQUEST, async |link| open(link, &part, bytes).await);
        let (writer, link) =
            opened.map_err(|fault| fault.into_error("write", share.address(), path))?;
        let durable = writer.durable_offset().unwrap_or(0);
        let writer = Some(writer.with_chunk_size(WRITE_PIECE));
        let (share, path) = (Arc::clone(share), path.to_owned());
        Ok(Self { share, link, writer, path, target, bytes, position: durable, durable })
    }

    /// Does something with the writer, which is lost when that fails.
    fn with_writer<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut FileWriter) -> smb2::Result<T>,
    ) -> Result<T, StorageError> {
        let done = match &mut self.writer {
            Some(writer) => self.share.network().wait(REQUEST, async { Ok(work(writer).await?) }),
            None => Err(Fault::Offline("the connection broke".into())),
        };
        done.map_err(|fault| self.failed(fault))
    }

    /// Has as much under way from now on as others leave room for.
    fn pace(&mut self) {
        let allowed = self.share.readers().allow();
        if self.writer.as_ref().is_some_and(|writer| writer.write_behind() != allowed) {
            self.writer = self.writer.take().map(|writer| writer.with_write_behind(allowed));
        }
    }

    fn failed(&mut self, fault: Fault) -> StorageError {
        self.share.met(Use::Upload, &self.link, &fault);
        self.share.network().release(self.writer.take());
        fault.into_error("write", self.share.address(), &self.path)
    }

    fn flush(&mut self) -> Result<(), StorageError> {
        if self.durable < self.position || self.writer.is_none() {
            let checkpoint = self.with_writer(async |writer| writer.flush_checkpoint().await)?;
            self.durable = checkpoint.offset;
        }
        Ok(())
    }

    fn wrong_size(&self, found: u64) -> Fault {
        Fault::Other(format!("{found} bytes are there, and {} should be", self.bytes))
    }
}

impl Upload for SmbUpload {
    fn durable(&self) -> u64 {
        self.durable
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        let end = self.position + bytes.len() as u64;
        if end > self.bytes {
            let fault = self.wrong_size(end);
            return Err(self.failed(fault));
        }
        let mut left = bytes;
        while !left.is_empty() {
            let room = CHECKPOINT_BYTES - self.position % CHECKPOINT_BYTES;
            let most = room.min(u64::from(WRITE_PIECE));
            let taken = left.len().min(usize::try_from(most).unwrap_or(usize::MAX));
            let (now, later) = left.split_at(taken);
            self.pace();
            self.with_writer(async |writer| writer.write_chunk(now).await)?;
            self.position += taken as u64;
            if self.position.is_multiple_of(CHECKPOINT_BYTES) {
                self.flush()?;
            }
            left = later;
        }
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<u64, StorageError> {
        self.flush()?;
        Ok(self.durable)
    }

    fn finish(mut self: Box<Self>) -> Result<(), StorageError> {
        if self.position != self.bytes {
            let fault = self.wrong_size(self.position);
            return Err(self.failed(fault));
        }
        self.flush()?;
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let part = place::part(&self.target);
        let named = self.share.network().wait(REQUEST, async {
            writer.finish().await?;
            let info = self.link.tree().stat(&mut self.link.connection(), &part).await?;
            if info.size != self.bytes {
                return Err(self.wrong_size(info.size));
            }
            self.link.rename(&part, &self.target).await
        });
        named.map_err(|fault| self.failed(fault))
    }
}

impl Drop for SmbUpload {
    fn drop(&mut self) {
        self.share.network().release(self.writer.take());
    }
}

/// Opens `part` where an attempt that broke off had come to, or anew.
async fn open(link: &Link, part: &str, bytes: u64) -> Result<FileWriter, Fault> {
    let tree = link.tree();
    match tree.stat_with_identity(&mut link.connection(), part).await {
        Ok((info, identity)) => {
            let durable = surely_durable(info.size);
            if identity.is_some() && durable > 0 && info.size <= bytes {
                let from = WriteCheckpoint::new(durable, identity);
                let resumed = tree.resume_file_writer(link.connection(), part, &from).await;
                match resumed {
                    Err(error) if error.kind() == ErrorKind::ResumeRefused => {}
                    resumed => return Ok(resumed?),
                }
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    match tree.create_file_writer(link.connection(), part).await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            link.make_folders(place::folder_of(part)).await?;
            Ok(tree.create_file_writer(link.connection(), part).await?)
        }
        created => Ok(created?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_a_hole_is_written_again() {
        const C: u64 = CHECKPOINT_BYTES;
        for (length, durable) in
            [(0, 0), (1, 0), (C, 0), (C + 1, C), (2 * C, C), (2 * C + 1, 2 * C)]
        {
            assert_eq!(surely_durable(length), durable, "{length}");
        }
    }
}
