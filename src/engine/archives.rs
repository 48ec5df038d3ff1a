//! Places elsewhere as they are open: the one that recordings are brought to, and those of former settings, from
//! which footage is still played and which still age.
//!
//! Must not do: reach one; whoever reads or brings does.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::EngineError;
use super::archive::FormerArchive;
use super::notices::Cause;
use super::service::Service;
use crate::config::passphrase::read_passphrase;
use crate::config::{ConfigError, DataFolder, KnownVolume, Secrets, VolumeStore, identity};
use crate::model::settings::ArchivePlace;
use crate::model::{Password, VolumeId, WallTime};
use crate::protocol::{Severity, Topic};
use crate::storage::{Archive, Owner, StorageError, archive};

/// A place elsewhere that is open.
#[derive(Clone)]
pub struct OpenArchive {
    /// Its number in the index.
    pub id: VolumeId,
    /// Where it is, and who signs in.
    pub place: ArchivePlace,
    /// Itself.
    pub archive: Arc<dyn Archive>,
    /// The identity that it had; none when it was never reached.
    pub marker: Option<String>,
    /// By which it is reached; another one makes it another object.
    password: Option<Password>,
}

/// Places elsewhere that are open, and the one that recordings are brought to.
#[derive(Default)]
pub struct OpenArchives {
    open: BTreeMap<VolumeId, OpenArchive>,
    current: Option<VolumeId>,
    /// Why some are not open, by address, in a sentence.
    trouble: BTreeMap<String, String>,
}

impl OpenArchives {
    /// Opens all that are known, and `current` whether it is known or not; those that are open already and are reached
    /// in the same way stay as they are. One whose password is not at hand stays closed: without it, attempts would
    /// only count against the user.
    ///
    /// # Errors
    /// When it cannot be read or written which places are known.
    pub fn follow(
        &mut self,
        folder: &DataFolder,
        secrets: &Secrets,
        current: Option<&ArchivePlace>,
    ) -> Result<(), ConfigError> {
        let mut known = VolumeStore::open(folder)?;
        self.current = match current {
            Some(place) => Some(known.remember_archive(place)?),
            None => None,
        };
        let before = std::mem::take(&mut self.open);
        self.trouble.clear();
        for volume in known.list() {
            let Some(place) = &volume.archive else { continue };
            match opened(volume, place, secrets, &before) {
                Ok(open) => {
                    self.open.insert(volume.id, open);
                }
                Err(why) => {
                    self.trouble.insert(place.address(), why);
                }
            }
        }
        Ok(())
    }

    /// All that are open.
    pub fn all(&self) -> impl Iterator<Item = &OpenArchive> {
        self.open.values()
    }

    /// The one that recordings are brought to; none when they stay, or it is not open.
    #[must_use]
    pub fn current(&self) -> Option<&OpenArchive> {
        self.open.get(&self.current?)
    }

    /// Those of former settings.
    fn former(&self, owner: &str) -> Vec<FormerArchive> {
        let former = self.open.values().filter(|open| Some(open.id) != self.current);
        former
            .map(|open| FormerArchive {
                volume: open.id,
                archive: Arc::clone(&open.archive),
                marker: open.marker.clone(),
                owner: owner.into(),
            })
            .collect()
    }

    /// Why some are not open: address and sentence.
    #[must_use]
    pub const fn trouble(&self) -> &BTreeMap<String, String> {
        &self.trouble
    }
}

fn opened(
    known: &KnownVolume,
    place: &ArchivePlace,
    secrets: &Secrets,
    before: &BTreeMap<VolumeId, OpenArchive>,
) -> Result<OpenArchive, String> {
    let password = secrets.at(&place.address()).map_err(|error| error.to_string())?;
    let (id, marker) = (known.id, known.marker.clone());
    // Its number is another one when it has turned out to be a place that has moved.
    match before.values().find(|open| open.place == *place && open.password == password) {
        Some(open) => Ok(OpenArchive { id, marker, ..open.clone() }),
        None => {
            let archive = archive::open(place, password.clone());
            let archive = archive.map_err(|error: StorageError| error.to_string())?;
            Ok(OpenArchive { id, place: place.clone(), archive, marker, password })
        }
    }
}

/// The stored passwords for commands on a folder that nobody runs on; its own passphrase opens them where it has one.
/// Those that stay locked are told in the log.
///
/// # Errors
/// When they cannot be read.
pub fn secrets_at_hand(folder: &DataFolder) -> Result<Secrets, ConfigError> {
    let mut secrets = Secrets::open(folder)?;
    if secrets.addresses().next().is_none() {
        return Ok(secrets);
    }
    let own = folder.passphrase();
    let passphrase = own.exists().then(|| read_passphrase(&own)).transpose()?;
    if let Err(error) = secrets.unlock_now(passphrase.as_ref()) {
        tracing::warn!("{error}");
    }
    Ok(secrets)
}

/// Makes the archive at `place` ours, whosever it is.
///
/// # Errors
/// When it cannot be reached, refuses us, or is another one than it was.
pub fn take_over(
    folder: &DataFolder,
    place: &ArchivePlace,
    password: Option<Password>,
) -> Result<(), EngineError> {
    let known = VolumeStore::open(folder)?.at_archive(place);
    let us = Owner { id: identity::load_or_make(folder)?, takes_over: true };
    archive::open(place, password)?.mark(known.marker.as_deref(), &us)?;
    Ok(())
}

fn about(at: WallTime, severity: Severity, text: String) -> Cause {
    Cause { topic: Topic::Storage, at, severity, camera: None, text }
}

/// Key of the notice that it cannot be known which places there are.
const UNKNOWN: &str = "archives";

/// Key of the notice that a place is not open.
fn key_of(address: &str) -> String {
    format!("archive {address}")
}

impl Service {
    /// Opens places elsewhere as settings and passwords want it, for reading and for what is brought there. What fails
    /// is tried again.
    ///
    /// # Errors
    /// When it cannot be read or written which places are known.
    pub fn open_archives(&mut self) -> Result<(), EngineError> {
        let opened = self.try_open_archives();
        self.pending.archives = opened.is_err();
        opened
    }

    fn try_open_archives(&mut self) -> Result<(), EngineError> {
        let place = self.store.settings().storage.archive();
        let before: Vec<String> = self.archives.trouble().keys().cloned().collect();
        self.archives.follow(&self.folder, &self.secrets, place.as_ref())?;
        for open in self.archives.all() {
            self.recordings.volumes.put_archive(open.id, Arc::clone(&open.archive));
        }
        self.upload.set_former(self.archives.former(&identity::load_or_make(&self.folder)?));
        for address in before.iter().filter(|a| !self.archives.trouble().contains_key(*a)) {
            self.notices.clear(&key_of(address));
        }
        let now = self.clock.wall();
        for (address, why) in self.archives.trouble() {
            let text = format!("{address} is not used until this is mended: {why}.");
            self.notices.raise_about(key_of(address), about(now, Severity::Alarm, text));
        }
        Ok(())
    }

    /// Like [`Service::open_archives`] where nobody waits for the outcome.
    pub fn reopen_archives(&mut self) {
        match self.open_archives() {
            Ok(()) => self.notices.clear(UNKNOWN),
            Err(error) => {
                let text = format!(
                    "NAS and object storage cannot be used now: {error}. It is tried again by itself."
                );
                self.notices
                    .raise_about(UNKNOWN.into(), about(self.clock.wall(), Severity::Alarm, text));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::NasSettings;

    fn nas(host: &str) -> ArchivePlace {
        let (host, share) = (host.into(), "video".into());
        ArchivePlace::Nas(NasSettings { host, share, ..NasSettings::default() })
    }

    #[test]
    fn a_place_that_turns_out_to_have_moved_goes_on_with_its_number() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        let secrets = Secrets::open(&folder).expect("none yet");
        let mut known = VolumeStore::open(&folder).expect("nothing yet");
        let old = KnownVolume { marker: Some("n".into()), ..known.at_archive(&nas("a")) };
        known.remember(old.clone()).expect("written");
        let mut archives = OpenArchives::default();
        archives.follow(&folder, &secrets, Some(&nas("b"))).expect("read");
        let new = archives.current().expect("open").clone();
        assert_ne!(new.id, old.id);
        let former = |archives: &OpenArchives| {
            archives.former("us").into_iter().map(|it| (it.volume, it.marker)).collect::<Vec<_>>()
        };
        assert_eq!(former(&archives), [(old.id, Some("n".into()))]);

        known.identify(new.id, "n").expect("written");
        archives.follow(&folder, &secrets, Some(&nas("b"))).expect("read");
        let moved = archives.current().expect("open");
        assert_eq!((moved.id, moved.marker.as_deref()), (old.id, Some("n")));
        assert!(Arc::ptr_eq(&moved.archive, &new.archive), "what is brought there goes on");
        assert_eq!(former(&archives), []);
        archives.follow(&folder, &secrets, None).expect("read");
        assert_eq!(former(&archives), [(old.id, Some("n".into()))], "nothing is brought any more");
    }
}
