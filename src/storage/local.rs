//! A volume that is a folder of this computer.
//!
//! Must not do: buffer, or sync by itself; the recorder decides when.

use std::fs::{self, DirEntry, File, FileType, OpenOptions};
use std::io::{self, IoSlice, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{FoundFile, SegmentFile, Space, StorageError, Volume};
use crate::container::ReadAt;
use crate::model::CameraId;

/// Folders are at most this deep below the root: camera, date. One more is allowed for what people sort
/// by hand; a loop of links cannot hold the listing.
const MAX_DEPTH: usize = 4;

/// A folder.
#[derive(Clone, Debug)]
pub struct LocalVolume {
    root: PathBuf,
}

impl LocalVolume {
    /// The folder `root`, which is made when it is not there.
    ///
    /// # Errors
    /// When it cannot be made, or is not a folder.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, StorageError> {
        let root = root.into();
        fs::create_dir_all(&root).map_err(|e| StorageError::io("create", shown(&root), e))?;
        Ok(Self { root })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where `path` is in the file system. Refuses what would lead out of the folder.
    ///
    /// # Errors
    /// [`StorageError::Path`].
    pub fn locate(&self, path: &str) -> Result<PathBuf, StorageError> {
        let part_is_plain = |part: &str| {
            !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0'])
        };
        if path.split('/').all(part_is_plain) {
            Ok(path.split('/').fold(self.root.clone(), |folder, part| folder.join(part)))
        } else {
            Err(StorageError::Path { path: path.into() })
        }
    }

    fn open_with(
        &self,
        path: &str,
        options: &OpenOptions,
        action: &'static str,
    ) -> Result<LocalFile, StorageError> {
        let path = self.locate(path)?;
        let name = shown(&path);
        let opened = options.open(&path).and_then(|file| {
            let length = file.metadata()?.len();
            Ok((file, length))
        });
        let (file, length) = opened.map_err(|e| StorageError::io(action, &name, e))?;
        Ok(LocalFile { file, length, name, torn: false })
    }
}

impl Volume for LocalVolume {
    fn create(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        if let Some(folder) = self.locate(path)?.parent() {
            fs::create_dir_all(folder).map_err(|e| StorageError::io("create", shown(folder), e))?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        Ok(Box::new(self.open_with(path, &options, "create")?))
    }

    fn open(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        Ok(Box::new(self.open_with(path, OpenOptions::new().read(true).write(true), "open")?))
    }

    fn open_read(&self, path: &str) -> Result<Box<dyn ReadAt>, StorageError> {
        Ok(Box::new(self.open_with(path, OpenOptions::new().read(true), "open")?))
    }

    fn list(&self) -> Result<Vec<FoundFile>, StorageError> {
        let mut found = Vec::new();
        list_folder(&self.root, "", 1, &mut found)
            .map_err(|e| StorageError::io("list", shown(&self.root), e))?;
        found.sort_unstable();
        Ok(found)
    }

    fn remove(&self, path: &str) -> Result<(), StorageError> {
        let path = self.locate(path)?;
        fs::remove_file(&path).map_err(|e| StorageError::io("remove", shown(&path), e))
    }

    fn sync_folder(&self, path: &str) -> Result<(), StorageError> {
        let path = self.locate(path)?;
        for folder in path.ancestors().skip(1).take_while(|f| f.starts_with(&self.root)) {
            sync_one_folder(folder).map_err(|e| StorageError::io("sync", shown(folder), e))?;
        }
        Ok(())
    }

    fn space(&self) -> Result<Space, StorageError> {
        let stats = fs4::statvfs(&self.root)
            .map_err(|e| StorageError::io("ask for the space of", shown(&self.root), e))?;
        Ok(Space { free: stats.available_space(), total: stats.total_space() })
    }

    fn describe(&self) -> String {
        shown(&self.root)
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn list_folder(
    folder: &Path,
    prefix: &str,
    depth: usize,
    found: &mut Vec<FoundFile>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A name that is not Unicode is none of ours.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let foreign = depth == 1 && name.parse::<CameraId>().is_err();
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        let kind = match kind_of(&entry, depth) {
            // Removed since the folder was read, or a link that leads nowhere.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(_) if foreign => continue,
            kind => kind?,
        };
        if kind.is_dir() && depth < MAX_DEPTH {
            match list_folder(&entry.path(), &path, depth + 1, found) {
                // "lost+found" and the like at the root of a disk are closed to everybody but the system.
                Err(error) if foreign && error.kind() == io::ErrorKind::PermissionDenied => {}
                listed => listed?,
            }
        } else if kind.is_file() {
            match entry.metadata() {
                Ok(data) => found.push(FoundFile { path, bytes: data.len() }),
                // Removed since the folder was read.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// What an entry is. A camera's folder may be a link to another disk, and recordings are written through
/// it: at the top links are followed, and further down never, so that they cannot lead in circles.
fn kind_of(entry: &DirEntry, depth: usize) -> io::Result<FileType> {
    let kind = entry.file_type()?;
    if !kind.is_symlink() || depth > 1 {
        return Ok(kind);
    }
    let target = fs::metadata(entry.path())?.file_type();
    Ok(if target.is_dir() { target } else { kind })
}

#[cfg(unix)]
fn sync_one_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows has no such call; NTFS journals names by itself.
#[cfg(not(unix))]
fn sync_one_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// An open file.
#[derive(Debug)]
struct LocalFile {
    file: File,
    /// Length as we wrote it.
    length: u64,
    /// For errors.
    name: String,
    /// A failed append could not be undone yet; bytes beyond `length` are rubbish.
    torn: bool,
}

impl LocalFile {
    fn error(&self, action: &'static str) -> impl FnOnce(io::Error) -> StorageError {
        let name = self.name.clone();
        move |source| StorageError::io(action, name, source)
    }

    /// Cuts what a failed append has left.
    fn mend(&mut self) -> io::Result<()> {
        if self.torn {
            self.file.set_len(self.length)?;
            self.torn = false;
        }
        Ok(())
    }

    fn append_all(&mut self, parts: &[&[u8]]) -> io::Result<u64> {
        self.mend()?;
        self.file.seek(SeekFrom::Start(self.length))?;
        let mut slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
        let mut left: &mut [IoSlice<'_>] = &mut slices;
        let mut written = 0;
        IoSlice::advance_slices(&mut left, 0);
        while !left.is_empty() {
            match self.file.write_vectored(left) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    written += count as u64;
                    IoSlice::advance_slices(&mut left, count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(written)
    }
}

impl ReadAt for LocalFile {
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        read_exact_at(&self.file, offset, buffer)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }
}

impl SegmentFile for LocalFile {
    fn append(&mut self, parts: &[&[u8]]) -> Result<(), StorageError> {
        match self.append_all(parts) {
            Ok(written) => {
                self.length += written;
                Ok(())
            }
            Err(error) => {
                self.torn = true;
                // A second failure is not worth a second report: the next append tries again.
                let _ = self.mend();
                Err(self.error("write")(error))
            }
        }
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let end = offset.saturating_add(bytes.len() as u64);
        if end > self.length {
            return Err(self.error("overwrite beyond the end of")(
                io::ErrorKind::InvalidInput.into(),
            ));
        }
        self.file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| self.file.write_all(bytes))
            .map_err(self.error("write"))
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        self.mend().and_then(|()| self.file.sync_data()).map_err(self.error("sync"))
    }

    fn truncate(&mut self, length: u64) -> Result<(), StorageError> {
        self.file.set_len(length).map_err(self.error("cut"))?;
        self.length = length;
        self.torn = false;
        Ok(())
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                buffer = &mut buffer[count..];
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume() -> (tempfile::TempDir, LocalVolume) {
        let folder = tempfile::tempdir().expect("a folder");
        let volume = LocalVolume::open(folder.path().join("recordings")).expect("a volume");
        (folder, volume)
    }

    #[test]
    fn what_is_appended_is_read_and_listed() {
        let (_folder, volume) = volume();
        let path = "front/2026-03-03/a.mp4";
        let mut file = volume.create(path).expect("created");
        file.append(&[b"head", b"", b"body"]).expect("appended");
        file.write_at(0, b"HE").expect("overwritten");
        file.append(&[b"!"]).expect("appended after an overwrite");
        file.sync().expect("synced");
        volume.sync_folder(path).expect("folder synced");
        let read = volume.open_read(path).expect("opened");
        let mut bytes = [0; 9];
        read.read_exact_at(0, &mut bytes).expect("read");
        assert_eq!(&bytes, b"HEadbody!");
        assert_eq!(volume.list().expect("list"), [FoundFile { path: path.into(), bytes: 9 }]);
        assert!(file.write_at(8, b"xx").is_err(), "an overwrite never lengthens");
        file.truncate(4).expect("cut");
        assert_eq!(read.length().expect("length"), 4);
        assert!(matches!(volume.create(path), Err(StorageError::Exists { .. })));
        volume.remove(path).expect("removed");
        assert!(matches!(volume.open_read(path), Err(StorageError::NotFound { .. })));
        assert!(volume.space().expect("space").total > 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_linked_camera_folder_is_listed_and_loops_are_not() {
        use std::os::unix::fs::symlink;
        let (folder, volume) = volume();
        let disk = folder.path().join("disk");
        fs::create_dir(&disk).expect("made");
        symlink(&disk, volume.root().join("front")).expect("linked");
        let path = "front/2026-03-03/a.mp4";
        volume.create(path).expect("created").append(&[b"x"]).expect("appended");
        symlink(&disk, disk.join("loop")).expect("linked");
        symlink("self", volume.root().join("Self")).expect("linked");
        symlink("nowhere", volume.root().join("back")).expect("linked");
        assert_eq!(volume.list().expect("list"), [FoundFile { path: path.into(), bytes: 1 }]);
    }

    #[test]
    fn paths_cannot_leave_the_folder() {
        let (_folder, volume) = volume();
        for path in ["", "..", "../a", "a//b", "/etc/passwd", "a\\..\\b", "C:/x", "a/./b"] {
            assert!(matches!(volume.create(path), Err(StorageError::Path { .. })), "{path}");
        }
    }
}
