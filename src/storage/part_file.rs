//! A new file anywhere on this computer that has its name only once it is whole.
//!
//! It is written as `NAME.part` in the same folder, which is locked as long as somebody writes it. What a killed
//! program leaves is such a file that nobody holds.
//! Must not do: overwrite a file that is there, or know what is in it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::local::{read_exact_at, sync_one_folder};
use super::{Space, StorageError};
use crate::container::ReadAt;

/// How the names of unfinished files end.
const PART: &str = ".part";

/// Written bytes are synced this often, so that the disk has no large heap of them to write at once while
/// cameras are recorded to it.
const SYNC_EVERY: u64 = 32 << 20;

/// A file that is being written. Dropping it before [`PartFile::commit`] removes it.
#[derive(Debug)]
pub struct PartFile {
    /// None once it is closed.
    file: Option<File>,
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
        let (hash, is_named) = (Sha256::new(), false);
        Ok(Self { file: Some(file), is_named, path, hash, bytes: 0, unsynced: 0 })
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
        self.file = None;
        Ok(())
    }

    /// Gives it its name, which lasts when this is over.
    ///
    /// # Errors
    /// [`StorageError::Exists`] when a file of that name has come into being meanwhile, which stays as it is; else
    /// what the system says. The file is gone then.
    pub fn commit(mut self) -> Result<PathBuf, StorageError> {
        self.sync()?;
        let file = self.held()?;
        let path = self.path.clone();
        give_name(&part_of(&path), &path).map_err(|e| StorageError::io("name", shown(&path), e))?;
        self.is_named = true;
        drop(file);
        let folder = folder_of(&path);
        sync_one_folder(folder).map_err(|e| StorageError::io("sync", shown(folder), e))?;
        Ok(path)
    }
}

impl PartFile {
    /// The part, locked again when it was closed; an error when it is somebody else's by now.
    fn held(&mut self) -> Result<File, StorageError> {
        if let Some(file) = self.file.take() {
            return Ok(file);
        }
        let part = part_of(&self.path);
        let fail = |error| StorageError::io("open", shown(&part), error);
        let file = OpenOptions::new().write(true).open(&part).map_err(fail)?;
        let is_written = matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock));
        if is_written || file.metadata().map_err(fail)?.len() != self.bytes {
            return Err(StorageError::Exists { path: shown(&part) });
        }
        Ok(file)
    }
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

/// A file that is wholly there.
#[derive(Debug)]
pub struct PlainFile {
    file: File,
}

impl PlainFile {
    /// Opens it for reading.
    ///
    /// # Errors
    /// [`StorageError::NotFound`] when there is none; else what the system says.
    pub fn at(path: &Path) -> Result<Self, StorageError> {
        let file = File::open(path).map_err(|e| StorageError::io("open", shown(path), e))?;
        Ok(Self { file })
    }
}

impl ReadAt for PlainFile {
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        read_exact_at(&self.file, offset, buffer)
    }

    fn length(&self) -> io::Result<u64> {
        self.file.metadata().map(|metadata| metadata.len())
    }
}

/// The SHA-256 of a file, in hexadecimal digits; `step` is told of bytes read.
///
/// # Errors
/// What the system says.
pub fn sha256_of(file: &dyn ReadAt, mut step: impl FnMut(u64)) -> io::Result<String> {
    let length = file.length()?;
    let (mut hash, mut buffer, mut offset) = (Sha256::new(), vec![0; 1 << 20], 0);
    while offset < length {
        let count = buffer.len().min(usize::try_from(length - offset).unwrap_or(usize::MAX));
        let Some(piece) = buffer.get_mut(..count) else { break };
        file.read_exact_at(offset, piece)?;
        hash.update(&*piece);
        offset += count as u64;
        step(count as u64);
    }
    Ok(hex(hash))
}

/// A small text file, at most 16 MB of it; none when there is no such file.
///
/// # Errors
/// What the system says.
pub fn read_text(path: &Path) -> Result<Option<String>, StorageError> {
    let fail = |error| StorageError::io("read", shown(path), error);
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fail(error)),
        Ok(file) => io::read_to_string(io::Read::take(file, 16 << 20)).map(Some).map_err(fail),
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
/// another one (`NAME.EXTENSION` with `NAME`) and was whole before that one got its name.
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
        if part.as_os_str().to_string_lossy().ends_with(PART) && part.is_file() {
            match remove_left(&part) {
                Ok(gone) => cleared += usize::from(gone),
                Err(error) => tracing::warn!("{error}"),
            }
        }
    }
    Ok(cleared)
}

/// Removes a part that nobody holds, or gives it its name when the file that it goes with has its own. False:
/// somebody is writing it.
fn remove_left(part: &Path) -> Result<bool, StorageError> {
    let file = match OpenOptions::new().write(true).open(part) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        file => file.map_err(|e| StorageError::io("open", shown(part), e))?,
    };
    if matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)) {
        return Ok(false);
    }
    let name = part.with_extension("");
    let companion = name.with_extension("");
    let orphan = companion.extension().is_some() && companion.is_file() && !is_taken(&name);
    let done = if orphan { fs::rename(part, &name) } else { fs::remove_file(part) };
    done.map_err(|e| StorageError::io("remove", shown(part), e))?;
    Ok(true)
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

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("listed");
        let name = |e: io::Result<fs::DirEntry>| e.expect("entry").file_name();
        let mut names: Vec<_> =
            entries.map(name).map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
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
        file.commit().expect("named");
        assert_eq!(names(folder.path()), ["film.mp4"]);
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
        assert!(matches!(file.commit(), Err(StorageError::Exists { .. })));
        assert_eq!(names(folder.path()), ["film.mp4"]);
        assert_eq!(fs::read(&path).expect("read"), b"another");
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
        assert!(matches!(first.commit(), Err(StorageError::Exists { .. })));
        assert_eq!(names(folder.path()), ["film.mp4.part"]);
        drop(second);
        assert_eq!(closed().commit().expect("named"), path);
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
        assert_eq!(clear_left(folder.path()).expect("listed"), 2);
        assert_eq!(names(folder.path()), ["done.mp4", "done.mp4.json"]);
    }
}
