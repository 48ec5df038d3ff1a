//! A share of a NAS (SMB 2 and 3) as a volume that finished recordings are brought to.
//!
//! Three connections, each made when it is first needed: uploads, reads, and everything else, so that none waits for
//! another. Callers block, as with a disk, but for seconds at most. Must not do: be written in place; decide what is
//! brought when.

mod announce;
mod fault;
mod file;
mod lane;
mod link;
mod network;
mod pace;
mod place;
mod root;
mod share;
pub(super) mod trial;
mod upload;
mod window;

use std::sync::Arc;
use std::time::Duration;

use fault::Fault;
use file::SmbFile;
use share::{REQUEST, Share, Use};
use upload::SmbUpload;

use super::claim;
use super::{Archive, FoundFile, Owner, SegmentFile, Space, StorageError, Upload, Volume};
use crate::config::identity;
use crate::container::ReadAt;
use crate::model::Password;
use crate::model::settings::NasSettings;

/// All of a listing: a year of thirty cameras has ten thousand folders, of which a slow NAS lists a hundred a second;
/// some archives hold years.
const LISTING: Duration = Duration::from_secs(600);

/// A share of a NAS, or a folder in it.
pub struct SmbVolume {
    share: Arc<Share>,
}

impl SmbVolume {
    /// The folder that `nas` names. Nothing is reached yet.
    ///
    /// # Errors
    /// [`StorageError::Denied`] when there can be no such place; else when the system gives no thread.
    pub fn open(nas: &NasSettings, password: Option<Password>) -> Result<Self, StorageError> {
        Ok(Self { share: Share::new(nas, password)? })
    }

    fn not_in_place(&self, path: &str) -> StorageError {
        StorageError::NotInPlace { path: format!("{}/{path}", self.share.address()) }
    }

    /// Does `work` over the connection for everything that is neither upload nor read.
    fn ask<T>(
        &self,
        action: &'static str,
        path: &str,
        work: impl AsyncFn(&link::Link) -> Result<T, Fault>,
    ) -> Result<T, StorageError> {
        let done = self.share.with(Use::Rest, REQUEST, async |link| work(link).await);
        let done = done.map_err(|fault| fault.into_error(action, self.share.address(), path));
        done.map(|(value, _)| value)
    }

    fn listing(&self) -> Result<root::Listing, StorageError> {
        let listed = self.share.with(Use::Rest, LISTING, async |link| {
            self.share.check_mark(link).await?;
            root::list(link, self.share.root()).await
        });
        let listed = listed.map_err(|fault| fault.into_error("list", self.share.address(), ""));
        listed.map(|(listing, _)| listing)
    }
}

impl Volume for SmbVolume {
    fn create(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        Err(self.not_in_place(path))
    }

    fn open(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        Err(self.not_in_place(path))
    }

    fn open_read(&self, path: &str) -> Result<Box<dyn ReadAt>, StorageError> {
        Ok(Box::new(SmbFile::open(&self.share, path)?))
    }

    fn list(&self) -> Result<Vec<FoundFile>, StorageError> {
        Ok(self.listing()?.files)
    }

    fn remove(&self, path: &str) -> Result<(), StorageError> {
        let target = place::locate(self.share.root(), path)?;
        let has_date = path.matches('/').count() >= 2;
        self.ask("remove", path, async |link| {
            self.share.check_mark(link).await?;
            link.remove(&target).await?;
            // The folder of a date, unless something is left in it; a camera's own folder stays.
            if has_date {
                let _ = link.remove_folder(place::folder_of(&target)).await;
            }
            Ok(())
        })
    }

    /// Names last as the server sees fit: there is no such request.
    fn sync_folder(&self, path: &str) -> Result<(), StorageError> {
        place::locate(self.share.root(), path).map(|_| ())
    }

    fn space(&self) -> Result<Space, StorageError> {
        self.ask("ask for the space of", "", async |link| {
            self.share.check_mark(link).await?;
            root::space(link).await
        })
    }

    fn describe(&self) -> String {
        self.share.address().into()
    }

    fn identity(&self) -> Result<Option<String>, StorageError> {
        self.ask("read the marker of", "", async |link| {
            Ok(self.share.check_mark(link).await?.map(|mark| mark.id))
        })
    }
}

impl Archive for SmbVolume {
    fn upload(&self, path: &str, bytes: u64) -> Result<Box<dyn Upload>, StorageError> {
        Ok(Box::new(SmbUpload::begin(&self.share, path, bytes)?))
    }

    fn unfinished(&self) -> Result<Vec<String>, StorageError> {
        Ok(self.listing()?.unfinished)
    }

    fn abandon(&self, path: &str) -> Result<(), StorageError> {
        match self.remove(&place::part(path)) {
            Err(StorageError::NotFound { .. }) => Ok(()),
            removed => removed,
        }
    }

    fn mark(&self, known: Option<&str>, owner: &Owner) -> Result<String, StorageError> {
        let fresh = identity::random()
            .map_err(|error| StorageError::io("mark", self.share.address(), error))?;
        self.share.expect(known.map(|known| owner.expects(known)));
        let mark = self.ask("mark", "", async |link| {
            let root = self.share.root();
            let found = root::marked(link, root).await?;
            let mark =
                claim::settle(found.as_ref(), known, owner, &fresh).map_err(Fault::NotOurs)?;
            if found.as_ref() == Some(&mark) {
                return Ok(mark);
            }
            root::write_mark(link, root, &mark).await?;
            // Another may have marked it at the same moment: the later one has it.
            let found = root::marked(link, root).await?;
            claim::holds(&mark, found.as_ref()).map_err(Fault::NotOurs)?;
            Ok(mark)
        });
        let mark = mark?;
        let id = mark.id.clone();
        self.share.expect(Some(mark));
        Ok(id)
    }
}
