//! Volumes elsewhere, such as a share of a NAS: finished segments are brought there.
//!
//! Must not do: record into one; recording goes to a local folder. Decide what is brought when; the engine does.

use std::sync::Arc;

use super::{Owner, SmbVolume, StorageError, Volume};
use crate::model::Password;
use crate::model::settings::ArchivePlace;

/// Bytes of one write of an upload, at most.
pub const WRITE_BYTES: usize = 1 << 20;

/// Bytes after which what was written is made to last on the other side; a break costs as much at most.
pub const CHECKPOINT_BYTES: u64 = 16 << 20;

/// What a file is called after its name while it is being brought; nothing else of ours ends like this.
pub const PART_SUFFIX: &str = ".part";

/// A volume elsewhere. It is there as an object also while it cannot be reached: each call then tries to reach it and
/// fails within seconds. Files are read, listed and removed as on any [`Volume`]; none is written in place.
/// [`Volume::list`] leaves files out that are being brought.
pub trait Archive: Volume {
    /// Begins to bring the file `path` of `bytes` bytes, or goes on where an attempt that broke off had come to.
    ///
    /// # Errors
    /// [`StorageError::Offline`], [`StorageError::Denied`], [`StorageError::Full`]; else what the other side says.
    fn upload(&self, path: &str, bytes: u64) -> Result<Box<dyn Upload>, StorageError>;

    /// Names of files that are being brought, or were when an attempt broke off: without [`PART_SUFFIX`].
    ///
    /// # Errors
    /// As for [`Archive::upload`].
    fn unfinished(&self) -> Result<Vec<String>, StorageError>;

    /// Removes what is there of a file that is not brought any more.
    ///
    /// # Errors
    /// As for [`Archive::upload`]; nothing there is no error.
    fn abandon(&self, path: &str) -> Result<(), StorageError>;

    /// Makes sure that it is the volume that it was, and `owner`'s; its identity, made now where it has none. `known` is
    /// the one that it had. From then on each listing and removal makes sure of that.
    ///
    /// # Errors
    /// [`StorageError::Gone`] when it is another one than `known`, or none although it had one;
    /// [`StorageError::Taken`] when somebody else brings recordings there.
    fn mark(&self, known: Option<&str>, owner: &Owner) -> Result<String, StorageError>;
}

/// A file on its way. Dropped, it can be gone on with.
pub trait Upload: Send {
    /// Bytes that last on the other side already: the next write begins there.
    fn durable(&self) -> u64;

    /// Adds bytes, [`WRITE_BYTES`] at most. They last only after a checkpoint.
    ///
    /// # Errors
    /// As for [`Archive::upload`].
    fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError>;

    /// Makes all that was written last; how many bytes of the file do now. Other sides that keep parts of a size
    /// of their own may keep less than was written until the end.
    ///
    /// # Errors
    /// As for [`Archive::upload`].
    fn checkpoint(&mut self) -> Result<u64, StorageError>;

    /// Makes all of it last, compares its size, and gives it its name. A file of that name is replaced.
    ///
    /// # Errors
    /// As for [`Archive::upload`]; the name is then not given, or it is and the file is whole.
    fn finish(self: Box<Self>) -> Result<(), StorageError>;
}

/// The archive at `place`. Nothing is reached yet.
///
/// # Errors
/// When the place cannot be one, such as a host's name that is none.
pub fn open(
    place: &ArchivePlace,
    password: Option<Password>,
) -> Result<Arc<dyn Archive>, StorageError> {
    match place {
        ArchivePlace::Nas(nas) => Ok(Arc::new(SmbVolume::open(nas, password)?)),
        #[cfg(feature = "object-storage")]
        ArchivePlace::Object(object) => {
            Ok(Arc::new(super::object::ObjectVolume::new(object, password.as_ref())?))
        }
        #[cfg(not(feature = "object-storage"))]
        ArchivePlace::Object(_) => Err(StorageError::Denied {
            path: place.address(),
            why: "this program was built without object storage".into(),
        }),
    }
}
