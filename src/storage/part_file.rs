//! A new file anywhere on this computer that has its name only once it is whole.
//!
//! It is written as `NAME.part` in the same folder, which is locked as long as somebody writes it. What a killed
//! program leaves is such a file that nobody holds.
//! Must not do: overwrite a file that is there, or know what is in it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::local::sync_one_folder;
use super::plain_file::{PlainFile, hex, text_of};
use super::{Space, StorageError};

/// How the names of unfinished files end.
const PART: &str = ".part";

/// How those of films end,
const FILM: &str = ".mp4";

/// and those of their manifests.
const MANIFEST: &str = ".mp4.json";

/// Written bytes are synced this often, so that the disk has no large heap of them to write at once while
/// cameras are recorded to it.
const SYNC_EVERY: u64 = 32 << 20;

/// A file that is being written. Dropping it before [`PartFile::commit_with`] removes it.
#[derive(Debug)]
pub struct PartFile {
    /// None once it is closed.
    file: Option<File>,
    identity: Option<(u64, u64)>,
    is_named: bool,
    path: PathBuf,
    hash: Sha256,
    bytes: u64,
    unsynced: u64,
}

impl PartFile {
    /// Begins the file `path`. What a killed program left of it is removed.
    ///
    /// # Errors
    /// [`StorageError::Exists`] when the file is there, or somebody is writing it; else what the system says.
    pub fn create(path: PathBuf) -> Result<Self, StorageError> {
        let exists = || StorageError::Exists { path: shown(&path) };
        if path.try_exists().map_err(|e| StorageError::io("look for", shown(&path), e))? {
            return Err(exists());
        }
        let part = part_of(&path);
        if !remove_left(&part)? {
            return Err(exists());
        }
        let fail = |error| StorageError::io("create", shown(&path), error);
        let file = OpenOptions::new().write(true).create_new(true).open(&part).map_err(fail)?;
        // Nobody else knows it yet; where files cannot be locked, as on some network shares, it goes on.
        let _locked = file.try_lock();
        let identity = identity(&file.metadata().map_err(fail)?);
        let (hash, is_named) = (Sha256::new(), false);
        Ok(Self { file: Some(file), identity, is_named, path, hash, bytes: 0, unsynced: 0 })
    }

    /// The name that it will have.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes written so far.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The SHA-256 of what was written so far, in hexadecimal digits.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(self.hash.clone())
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// [`StorageError::Full`] when no space is left; else what the system says.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        let path = shown(&self.path);
        let Some(file) = &mut self.file else {
            return Err(StorageError::io("write", path, io::ErrorKind::BrokenPipe.into()));
        };
        file.write_all(bytes).map_err(|error| StorageError::io("write", &path, error))?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            file.sync_data().map_err(|error| StorageError::io("sync", path, error))?;
            self.unsynced = 0;
        }
        Ok(())
    }

    /// Makes what was written last over a power cut.
    ///
    /// # Errors
    /// What the system says.
    pub fn sync(&mut self) -> Result<(), StorageError> {
        let sync = self.file.as_ref().map_or(Ok(()), File::sync_all);
        sync.map_err(|error| StorageError::io("sync", shown(&self.path), error))
    }

    /// Ends writing: what was written lasts, and the file is closed, so that many may wait for their names. Its
    /// lock is gone with that: who begins the same file, or clears its folder, takes it for one that was left.
    ///
    /// # Errors
    /// What the system says.
    pub fn close(&mut self) -> Result<(), StorageError> {
        self.sync()?;
        self.file.take().into_iter().for_each(release);
        Ok(())
    }

    /// Gives it its name and then `companion`, which is in the same folder and no use without it, its own. Both last
    /// when this is over.
    ///
    /// # Errors
    /// [`StorageError::Exists`] when a file of such a name has come into being meanwhile, which stays as it is; else
    /// what the system says. Both files are gone then.
    pub fn commit_with(mut self, mut companion: Self) -> Result<PathBuf, StorageError> {
        self.sync()?;
        companion.sync()?;
        let held = (self.held()?, companion.held()?);
        self.take_name()?;
        if let Err(error) = companion.take_name() {
            if let Err(error) = fs::remove_file(&self.path) {
                tracing::warn!("{} stays behind: {error}", self.path.display());
            }
            return Err(error);
        }
        release(held.0);
        release(held.1);
        let path = self.path.clone();
        let folder = folder_of(&path);
        sync_one_folder(folder).map_err(|e| StorageError::io("sync", shown(folder), e))?;
        Ok(path)
    }

    fn take_name(&mut self) -> Result<(), StorageError> {
        let named = give_name(&part_of(&self.path), &self.path);
        named.map_err(|error| StorageError::io("name", shown(&self.path), error))?;
        self.is_named = true;
        Ok(())
    }

    /// The part, locked again when it was closed; an error when it is somebody else's by now.
    fn held(&mut self) -> Result<File, StorageError> {
        let part = part_of(&self.path);
        let fail = |error| StorageError::io("open", shown(&part), error);
        let there = OpenOptions::new().write(true).open(&part).map_err(fail)?;
        let metadata = there.metadata().map_err(fail)?;
        let mut is_ours = identity(&metadata) == self.identity && metadata.len() == self.bytes;
        let file = self.file.take().unwrap_or_else(|| {
            is_ours &= !matches!(there.try_lock(), Err(fs::TryLockError::WouldBlock));
            there
        });
        if is_ours { Ok(file) } else { Err(StorageError::Exists { path: shown(&part) }) }
    }
}

/// What tells a file from another one of its name.
#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// An open file keeps its name here.
#[cfg(not(unix))]
fn identity(_metadata: &fs::Metadata) -> Option<(u64, u64)> {
    None
}

/// Gives `part` the name `path`, never that of a file that is there.
fn give_name(part: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(part, path) {
        Ok(()) => {
            if let Err(error) = fs::remove_file(part) {
                tracing::warn!("{} stays behind: {error}", part.display());
            }
            Ok(())
        }
        // FAT and some network shares have no links.
        Err(_) if !is_taken(path) => fs::rename(part, path),
        Err(_) => Err(io::ErrorKind::AlreadyExists.into()),
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        if !self.is_named
            && self.held().is_ok()
            && let Err(error) = fs::remove_file(part_of(&self.path))
        {
            tracing::warn!("{} stays behind: {error}", part_of(&self.path).display());
        }
    }
}

/// Makes a folder and those that lead to it.
///
/// # Errors
/// What the system says.
pub fn make_folder(folder: &Path) -> Result<(), StorageError> {
    fs::create_dir_all(folder).map_err(|error| StorageError::io("create", shown(folder), error))
}

/// Free and total bytes of the disk with `folder`, or with the nearest folder above that is there.
///
/// # Errors
/// What the system says.
pub fn space_of(folder: &Path) -> Result<Space, StorageError> {
    let stats = fs4::statvfs(nearest(folder))
        .map_err(|e| StorageError::io("ask for the space of", shown(folder), e))?;
    Ok(Space { free: stats.available_space(), total: stats.total_space() })
}

/// Whether both folders, or the nearest ones above them that are there, are on one disk.
#[must_use]
pub fn is_same_disk(one: &Path, other: &Path) -> bool {
    let disk = |folder: &Path| disk_of(nearest(folder)).ok();
    disk(one).is_some_and(|found| disk(other) == Some(found))
}

#[cfg(unix)]
fn disk_of(folder: &Path) -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(folder).map(|metadata| metadata.dev())
}

/// The letter or share that a path begins with.
#[cfg(not(unix))]
fn disk_of(folder: &Path) -> io::Result<Option<std::ffi::OsString>> {
    let whole = fs::canonicalize(folder)?;
    Ok(whole.components().next().map(|part| part.as_os_str().to_owned()))
}

/// The folder, or the nearest one above that is there.
fn nearest(folder: &Path) -> &Path {
    let there = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(folder);
    if there.as_os_str().is_empty() { Path::new(".") } else { there }
}

/// Whether anything is at `path`, also when nobody may look at it.
#[must_use]
pub fn is_taken(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}

/// Whether `path` is a folder.
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// As [`read_text`](super::plain_file::read_text), of what a killed program left of the file `path`; none when somebody is writing it.
///
/// # Errors
/// What the system says.
pub fn read_left(path: &Path) -> Result<Option<String>, StorageError> {
    let part = part_of(path);
    match PlainFile::at(&part) {
        Err(StorageError::NotFound { .. }) => Ok(None),
        Ok(plain) if plain.is_locked() => Ok(None),
        file => text_of(file?, &part).map(Some),
    }
}

/// Removes what a killed program left of the file `path`, or names it, as [`clear_left`] does. One that somebody
/// is writing stays.
///
/// # Errors
/// What the system says.
pub fn settle(path: &Path) -> Result<(), StorageError> {
    remove_left(&part_of(path)).map(|_gone| ())
}

/// Removes what killed programs left in `folder`, and names what only lacked its name: a file that goes with
/// film (`NAME.mp4.json` with `NAME.mp4`) and was whole before that one got its name.
///
/// # Errors
/// When the folder cannot be read.
pub fn clear_left(folder: &Path) -> Result<usize, StorageError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries.map_err(|e| StorageError::io("list", shown(folder), e))?,
    };
    let mut cleared = 0;
    for entry in entries.flatten() {
        let part = entry.path();
        let name = part.as_os_str().to_string_lossy();
        let is_ours = name
            .strip_suffix(PART)
            .is_some_and(|name| name.ends_with(FILM) || name.ends_with(MANIFEST));
        if is_ours && part.is_file() {
            match remove_left(&part) {
                Ok(gone) => cleared += usize::from(gone),
                Err(error) => tracing::warn!("{error}"),
            }
        }
    }
    Ok(cleared)
}

/// Removes a part that nobody holds, or gives it its name when the film that it goes with has its own. False:
/// somebody is writing it, or nobody can tell since its disk has no locks.
fn remove_left(part: &Path) -> Result<bool, StorageError> {
    let file = match OpenOptions::new().write(true).open(part) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        file => file.map_err(|e| StorageError::io("open", shown(part), e))?,
    };
    if file.try_lock().is_err() {
        return Ok(false);
    }
    let name = part.with_extension("");
    let is_manifest = name.as_os_str().to_string_lossy().ends_with(MANIFEST);
    let orphan = is_manifest && name.with_extension("").is_file() && !is_taken(&name);
    let done = if orphan { fs::rename(part, &name) } else { fs::remove_file(part) };
    release(file);
    done.map_err(|e| StorageError::io("remove", shown(part), e))?;
    Ok(true)
}

/// Closes a file whose lock is to be gone now: a program that is being started at this instant holds the file too
/// until it runs, and its lock with it.
fn release(file: File) {
    if let Err(error) = file.unlock() {
        tracing::debug!("a lock: {error}");
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PART);
    name.into()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::super::plain_file::{read_text, sha256_of};
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("listed");
        let name = |e: io::Result<fs::DirEntry>| e.expect("entry").file_name();
        let mut names: Vec<_> =
            entries.map(name).map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn commit(film: PartFile) -> Result<PathBuf, StorageError> {
        let mut manifest = PartFile::create(film.path().with_extension("mp4.json"))?;
        manifest.write(b"{}")?;
        manifest.close()?;
        film.commit_with(manifest)
    }

    #[test]
    fn a_file_has_its_name_once_it_is_whole() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("film.mp4");
        let mut file = PartFile::create(path.clone()).expect("begun");
        file.write(b"abc").expect("written");
        assert!(matches!(PartFile::create(path.clone()), Err(StorageError::Exists { .. })));
        assert_eq!(clear_left(folder.path()).expect("listed"), 0);
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((file.sha256().as_str(), file.bytes()), (hash, 3));
        assert_eq!(names(folder.path()), ["film.mp4.part"]);
        commit(file).expect("named");
        assert_eq!(names(folder.path()), ["film.mp4", "film.mp4.json"]);
        let read = PlainFile::at(&path).expect("opened");
        assert_eq!(sha256_of(&read, |_| ()).expect("read"), hash);
        assert!(PartFile::create(path).is_err(), "it is never overwritten");
    }

    #[test]
    fn a_file_that_came_into_being_meanwhile_is_not_overwritten() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("film.mp4");
        let mut file = PartFile::create(path.clone()).expect("begun");
        file.write(b"abc").expect("written");
        fs::write(&path, "another").expect("written");
        assert!(matches!(commit(file), Err(StorageError::Exists { .. })));
        assert_eq!(names(folder.path()), ["film.mp4"]);
        assert_eq!(fs::read(&path).expect("read"), b"another");

        let other = folder.path().join("other.mp4");
        let file = PartFile::create(other.clone()).expect("begun");
        let manifest = PartFile::create(other.with_extension("mp4.json")).expect("begun");
        fs::write(manifest.path(), "another").expect("written");
        assert!(matches!(file.commit_with(manifest), Err(StorageError::Exists { .. })));
        assert_eq!(names(folder.path()), ["film.mp4", "other.mp4.json"], "both or neither");
    }

    #[cfg(unix)]
    #[test]
    fn a_part_in_whose_place_another_one_is_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let file = PartFile::create(folder.path().join("film.mp4")).expect("begun");
        let part = folder.path().join("film.mp4.part");
        fs::write(folder.path().join("new"), "").expect("written");
        fs::rename(folder.path().join("new"), &part).expect("replaced");
        assert!(matches!(commit(file), Err(StorageError::Exists { .. })));
        assert_eq!(names(folder.path()), ["film.mp4.part"]);
    }

    #[test]
    fn what_was_left_is_read_unless_somebody_is_writing_it() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("film.mp4.json");
        assert_eq!(read_left(&path).expect("none"), None);
        let mut file = PartFile::create(path.clone()).expect("begun");
        file.write(b"{}").expect("written");
        assert_eq!(read_left(&path).expect("busy"), None);
        file.close().expect("synced");
        assert_eq!(read_left(&path).expect("read").as_deref(), Some("{}"));
        assert_eq!(read_text(&path).expect("none"), None);
    }

    #[test]
    fn a_closed_file_gets_its_name_unless_somebody_else_began_it() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("film.mp4");
        let closed = || {
            let mut file = PartFile::create(path.clone()).expect("begun");
            file.write(b"abc").expect("written");
            file.close().expect("synced");
            assert!(file.write(b"d").is_err(), "it is closed");
            file
        };
        drop(closed());
        assert_eq!(names(folder.path()), [""; 0]);
        let (first, second) = (closed(), PartFile::create(path.clone()).expect("begun anew"));
        assert!(matches!(commit(first), Err(StorageError::Exists { .. })));
        assert_eq!(names(folder.path()), ["film.mp4.part"]);
        drop(second);
        assert_eq!(commit(closed()).expect("named"), path);
        assert_eq!(fs::read(&path).expect("read"), b"abc");
    }

    #[test]
    fn folders_of_one_disk_are_told() {
        let folder = tempfile::tempdir().expect("temporary folder");
        assert!(is_same_disk(folder.path(), &folder.path().join("to/come")));
    }

    #[test]
    fn nothing_stays_of_a_file_that_is_given_up() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("film.mp4");
        drop(PartFile::create(path.clone()).expect("begun"));
        assert_eq!(names(folder.path()), [""; 0]);
        fs::write(folder.path().join("film.mp4.part"), "left").expect("written");
        drop(PartFile::create(path).expect("what was left makes room"));
        fs::write(folder.path().join("other.mp4.part"), "left").expect("written");
        fs::write(folder.path().join("done.mp4"), "film").expect("written");
        fs::write(folder.path().join("done.mp4.json.part"), "{}").expect("written");
        fs::write(folder.path().join("talk.mkv"), "film").expect("written");
        fs::write(folder.path().join("talk.mkv.srt.part"), "text").expect("written");
        assert_eq!(clear_left(folder.path()).expect("listed"), 2);
        let left = ["done.mp4", "done.mp4.json", "talk.mkv", "talk.mkv.srt.part"];
        assert_eq!(names(folder.path()), left, "others' files are none of ours");
    }
}
