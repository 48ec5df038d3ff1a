//! A volume in object storage that speaks S3: SeaweedFS, Ceph, Garage, MinIO, or a cloud.
//!
//! Requests are signed by `object_store` and carried out by `ureq` on the thread that asks, so there is no runtime
//! and nobody waits for another. Nothing is tried again here. A large file is brought in parts of 16 MiB, which last as
//! soon as they are stored; which of them are there is asked of the server (ListMultipartUploads, ListParts), so
//! that a file is gone on with after a break or a restart without any note on this side. A server without these
//! listings gets the file anew. Must not do: decide what is brought or removed.

mod bucket;
mod failure;
mod reader;
pub(super) mod trial;
mod upload;
mod wire;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use object_store::path::Path;

use bucket::{Bucket, Found};
use failure::{Failure, Sort};
use reader::ObjectFile;
use upload::{ObjectUpload, pending_of};
use wire::Patience;

use super::claim::{self, Mark, Refusal};
use super::marker::{self, MARKER};
use super::{Archive, FoundFile, Owner, SegmentFile, Space, StorageError, Upload, Volume, layout};
use crate::config::identity;
use crate::container::ReadAt;
use crate::model::Password;
use crate::model::settings::{ArchivePlace, ObjectSettings};

/// More than a marker holds; what is longer is none.
const MARKER_LIMIT: u64 = 1_024;

/// The part of a bucket below a prefix.
pub struct ObjectVolume {
    bucket: Arc<Bucket>,
    /// What all keys begin with, with `/` at its end; may be empty.
    prefix: String,
    /// Without the key.
    address: String,
    /// The marker that it must have, once it is known.
    expected: Mutex<Option<Mark>>,
}

impl fmt::Debug for ObjectVolume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ObjectVolume").field(&self.address).finish()
    }
}

impl ObjectVolume {
    /// The volume of `settings`. Nothing is reached yet.
    ///
    /// # Errors
    /// [`StorageError::Denied`] when the address or the bucket's name is none.
    pub fn new(settings: &ObjectSettings, secret: Option<&Password>) -> Result<Self, StorageError> {
        let address = ArchivePlace::Object(settings.clone()).address();
        let denied =
            |why: &str| StorageError::Denied { path: settings.endpoint.clone(), why: why.into() };
        let bucket = Bucket::new(settings, secret, Patience::WORK).map_err(denied)?;
        let prefix = match settings.prefix.trim_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Path::parse(&prefix)
            .map_err(|_| denied("the prefix has a part that is empty, \".\" or \"..\""))?;
        Ok(Self { bucket: Arc::new(bucket), prefix, address, expected: Mutex::new(None) })
    }

    /// The key of the file `path`.
    fn key(&self, path: &str) -> Result<Path, StorageError> {
        let wrong = || StorageError::Path { path: path.into() };
        if path.is_empty() || path.starts_with('/') || path.ends_with('/') {
            return Err(wrong());
        }
        Path::parse(format!("{}{path}", self.prefix)).map_err(|_| wrong())
    }

    fn shown(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }

    fn failed<'a>(
        &'a self,
        action: &'static str,
        path: &'a str,
    ) -> impl Fn(Failure) -> StorageError + 'a {
        let shown = if path.is_empty() { self.address.clone() } else { self.shown(path) };
        move |failure| failure.of(action, &shown, &self.bucket.name)
    }

    /// What the marker says; none where there is no marker, or rubbish in its place.
    fn marked(&self) -> Result<Option<Mark>, StorageError> {
        match self.bucket.beginning(&self.key(MARKER)?, MARKER_LIMIT) {
            Ok((bytes, _)) => Ok(marker::mark_in(&bytes)),
            Err(failure) if failure.sort(&self.bucket.name) == Sort::NotFound => Ok(None),
            Err(failure) => Err(self.failed("read the marker of", "")(failure)),
        }
    }

    /// Makes sure that it is still the volume that it was; what the marker says.
    fn check(&self) -> Result<Option<Mark>, StorageError> {
        let expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let found = self.marked()?;
        let held = expected.map_or(Ok(()), |expected| claim::holds(&expected, found.as_ref()));
        held.map(|()| found).map_err(|refusal| refusal.error(&self.address))
    }

    fn expect(&self, mark: Option<Mark>) {
        *self.expected.lock().unwrap_or_else(PoisonError::into_inner) = mark;
    }
}

impl Volume for ObjectVolume {
    fn create(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        Err(StorageError::NotInPlace { path: self.shown(path) })
    }

    fn open(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        Err(StorageError::NotInPlace { path: self.shown(path) })
    }

    fn open_read(&self, path: &str) -> Result<Box<dyn ReadAt>, StorageError> {
        let bucket = Arc::clone(&self.bucket);
        Ok(Box::new(ObjectFile::open(bucket, self.key(path)?, self.shown(path))?))
    }

    fn list(&self) -> Result<Vec<FoundFile>, StorageError> {
        self.check()?;
        let found = self.bucket.list(&self.prefix).map_err(self.failed("list", ""))?;
        let below = |found: Found| {
            let path = found.key.strip_prefix(&self.prefix)?;
            // Consoles keep what they show as a folder as an empty object.
            let is_file = path != MARKER && !path.is_empty() && !path.ends_with('/');
            is_file.then(|| FoundFile { path: path.into(), bytes: found.size })
        };
        let mut files: Vec<FoundFile> = found.into_iter().filter_map(below).collect();
        files.sort_unstable();
        Ok(files)
    }

    fn remove(&self, path: &str) -> Result<(), StorageError> {
        self.check()?;
        let key = self.key(path)?;
        let failed = self.failed("remove", path);
        // Removing what is not there succeeds in S3.
        match self.bucket.find(key.as_ref()).map_err(&failed)? {
            Some(_) => self.bucket.delete(&key).map_err(failed),
            None => Err(StorageError::NotFound { path: self.shown(path) }),
        }
    }

    /// What was answered lasts: S3 has no such request, nor folders.
    fn sync_folder(&self, path: &str) -> Result<(), StorageError> {
        self.key(path).map(drop)
    }

    /// Buckets do not say what they hold; that one is full shows when something is written.
    fn space(&self) -> Result<Space, StorageError> {
        Ok(Space::UNTOLD)
    }

    fn describe(&self) -> String {
        self.address.clone()
    }

    fn identity(&self) -> Result<Option<String>, StorageError> {
        Ok(self.check()?.map(|mark| mark.id))
    }
}

impl Archive for ObjectVolume {
    fn upload(&self, path: &str, bytes: u64) -> Result<Box<dyn Upload>, StorageError> {
        let bucket = Arc::clone(&self.bucket);
        Ok(Box::new(ObjectUpload::new(bucket, self.key(path)?, self.shown(path), bytes)?))
    }

    fn unfinished(&self) -> Result<Vec<String>, StorageError> {
        let pending = self.bucket.pending(&self.prefix).map_err(self.failed("list", ""))?;
        // In a bucket that is shared, what others bring is none of ours.
        let ours = |key: &str| {
            let path = key.strip_prefix(&self.prefix)?;
            layout::parse_path(path).map(|_| path.to_owned())
        };
        let mut names: Vec<String> = pending.iter().filter_map(|found| ours(&found.key)).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    fn abandon(&self, path: &str) -> Result<(), StorageError> {
        let key = self.key(path)?;
        let failed = self.failed("remove", path);
        for pending in pending_of(&self.bucket, &key).map_err(&failed)? {
            self.bucket.abort(&key, &pending.upload_id).map_err(&failed)?;
        }
        Ok(())
    }

    fn mark(&self, known: Option<&str>, owner: &Owner) -> Result<String, StorageError> {
        let fresh = identity::random()
            .map_err(|error| StorageError::io("mark", self.address.clone(), error))?;
        self.expect(known.map(|known| owner.expects(known)));
        let refused = |refusal: Refusal| refusal.error(&self.address);
        let found = self.marked()?;
        let mark = claim::settle(found.as_ref(), known, owner, &fresh).map_err(refused)?;
        if found.as_ref() != Some(&mark) {
            let content = marker::content(&mark).into_bytes();
            self.bucket.put(&self.key(MARKER)?, content.into()).map_err(self.failed("mark", ""))?;
            // Another may have marked it at the same moment: the later one has it.
            claim::holds(&mark, self.marked()?.as_ref()).map_err(refused)?;
        }
        let id = mark.id.clone();
        self.expect(Some(mark));
        Ok(id)
    }
}
