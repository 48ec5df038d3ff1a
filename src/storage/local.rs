//! A volume that is a folder of this computer.
//!
//! Must not do: buffer, or sync by itself; the recorder decides when.

mod file;

pub(super) use file::read_exact_at;

use std::fs::{self, DirEntry, FileType, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use file::LocalFile;

use super::marker::{self, MARKER};
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
    /// The identity that its marker must have; none: any folder will do.
    expected: Option<String>,
}

impl LocalVolume {
    /// The folder `root`, which is made when it is not there.
    ///
    /// # Errors
    /// When it cannot be made, or is not a folder.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, StorageError> {
        let root = root.into();
        fs::create_dir_all(&root).map_err(|error| match error.kind() {
            // A file, or a link that leads in a circle or nowhere.
            io::ErrorKind::AlreadyExists => {
                StorageError::io("use", shown(&root), io::ErrorKind::NotADirectory.into())
            }
            _ => StorageError::io("create", shown(&root), error),
        })?;
        Ok(Self { root, expected: None })
    }

    /// The folder `root` that is known by the identity `expected`, and that identity. None expected: the
    /// folder is made when it is not there, and its identity is taken as it is, or a new one is written.
    ///
    /// Where the marker with that identity is missing, the volume counts as not connected, until it is
    /// back: nothing can be listed, created or removed, and its space is not known.
    ///
    /// # Errors
    /// As [`Self::open`], and when a marker cannot be read or written. A volume that is not connected is no
    /// error here.
    pub fn open_marked(
        root: impl Into<PathBuf>,
        expected: Option<&str>,
    ) -> Result<(Self, String), StorageError> {
        if let Some(expected) = expected {
            let volume = Self { root: root.into(), expected: Some(expected.into()) };
            return Ok((volume, expected.into()));
        }
        let volume = Self::open(root)?;
        let id = match marker::read(&volume.root)? {
            Some(id) => id,
            None => marker::write(&volume.root)?,
        };
        Ok((Self { expected: Some(id.clone()), ..volume }, id))
    }

    /// Whether the folder is still the one that it was.
    fn check_connected(&self) -> Result<(), StorageError> {
        let Some(expected) = &self.expected else { return Ok(()) };
        let why = match marker::read(&self.root)? {
            Some(found) if found == *expected => return Ok(()),
            Some(_) => "its marker is that of another folder",
            None => "its marker is missing",
        };
        Err(StorageError::Gone { path: shown(&self.root), why })
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
        LocalFile::open(&self.locate(path)?, options, action)
    }

    fn create_with_folder(&self, path: &str) -> Result<LocalFile, StorageError> {
        if let Some(folder) = self.locate(path)?.parent() {
            fs::create_dir_all(folder).map_err(|e| StorageError::io("create", shown(folder), e))?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        self.open_with(path, &options, "create")
    }
}

impl Volume for LocalVolume {
    fn create(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        self.check_connected()?;
        let created = match self.create_with_folder(path) {
            // Its folder was empty, and went with a deletion in this very moment.
            Err(StorageError::NotFound { .. }) => self.create_with_folder(path),
            created => created,
        };
        Ok(Box::new(created?))
    }

    fn open(&self, path: &str) -> Result<Box<dyn SegmentFile>, StorageError> {
        Ok(Box::new(self.open_with(path, OpenOptions::new().read(true).write(true), "open")?))
    }

    fn open_read(&self, path: &str) -> Result<Box<dyn ReadAt>, StorageError> {
        Ok(Box::new(self.open_with(path, OpenOptions::new().read(true), "open")?))
    }

    fn list(&self) -> Result<Vec<FoundFile>, StorageError> {
        self.check_connected()?;
        let mut found = Vec::new();
        list_folder(&self.root, "", 1, &mut found)
            .map_err(|e| StorageError::io("list", shown(&self.root), e))?;
        found.sort_unstable();
        Ok(found)
    }

    fn remove(&self, path: &str) -> Result<(), StorageError> {
        self.check_connected()?;
        let path = self.locate(path)?;
        fs::remove_file(&path).map_err(|e| StorageError::io("remove", shown(&path), e))?;
        // The folder of a date, unless something is left in it; a camera's own folder stays.
        let depth = path.strip_prefix(&self.root).map_or(0, |below| below.components().count());
        if let Some(folder) = path.parent().filter(|_| depth > 2) {
            let _ = fs::remove_dir(folder);
        }
        Ok(())
    }

    fn sync_folder(&self, path: &str) -> Result<(), StorageError> {
        let path = self.locate(path)?;
        for folder in path.ancestors().skip(1).take_while(|f| f.starts_with(&self.root)) {
            match sync_one_folder(folder) {
                // Removed with the last file in it; that it is gone is in the folder above.
                Err(error) if error.kind() == io::ErrorKind::NotFound && folder != self.root => {}
                synced => synced.map_err(|e| StorageError::io("sync", shown(folder), e))?,
            }
        }
        Ok(())
    }

    fn space(&self) -> Result<Space, StorageError> {
        self.check_connected()?;
        let stats = fs4::statvfs(&self.root)
            .map_err(|e| StorageError::io("ask for the space of", shown(&self.root), e))?;
        Ok(Space { free: stats.available_space(), total: stats.total_space() })
    }

    fn describe(&self) -> String {
        shown(&self.root)
    }

    fn folder(&self) -> Option<&Path> {
        Some(&self.root)
    }

    fn identity(&self) -> Result<Option<String>, StorageError> {
        self.check_connected()?;
        marker::read(&self.root)
    }

    fn file_size_limit(&self) -> Option<u64> {
        file_size_limit(&self.root)
    }
}

/// FAT keeps a file's length in 32 bits.
#[cfg(target_os = "linux")]
fn file_size_limit(root: &Path) -> Option<u64> {
    /// `MSDOS_SUPER_MAGIC` of statfs(2): FAT with short or long names, but not exFAT.
    const FAT: rustix::fs::FsWord = 0x4d44;
    let stats = rustix::fs::statfs(root).ok()?;
    (stats.f_type == FAT).then_some(u64::from(u32::MAX))
}

/// Not asked for here: the size limit of the settings is below that of FAT unless somebody has raised it.
#[cfg(not(target_os = "linux"))]
fn file_size_limit(_root: &Path) -> Option<u64> {
    None
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
        if depth == 1 && name == MARKER {
            continue;
        }
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
pub(super) fn sync_one_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Windows has no such call; NTFS journals names by itself.
#[cfg(not(unix))]
pub(super) fn sync_one_folder(_folder: &Path) -> io::Result<()> {
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
    fn a_date_folder_goes_with_its_last_file_and_comes_back() {
        let (_folder, volume) = volume();
        let (a, b) = ("front/2026-03-03/a.mp4", "front/2026-03-03/b.mp4");
        for path in [a, b] {
            volume.create(path).expect("created");
        }
        let date = volume.root().join("front/2026-03-03");
        volume.remove(a).expect("removed");
        assert!(date.is_dir());
        volume.remove(b).expect("removed");
        assert!(!date.exists() && volume.root().join("front").is_dir());
        volume.sync_folder(b).expect("synced");
        volume.create(b).expect("created again");
    }

    #[test]
    fn the_folder_of_a_camera_and_the_root_stay() {
        let (_folder, volume) = volume();
        for path in ["top.mp4", "front/a.mp4"] {
            volume.create(path).expect("created");
            volume.remove(path).expect("removed");
            volume.sync_folder(path).expect("synced");
        }
        assert!(volume.root().join("front").is_dir());
    }

    fn is_gone<T>(result: Result<T, StorageError>) -> bool {
        matches!(result, Err(StorageError::Gone { .. }))
    }

    #[test]
    fn nothing_is_recorded_into_a_mount_point_without_its_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let (disk, mount) = (folder.path().join("disk"), folder.path().join("mount"));
        let (_, id) = LocalVolume::open_marked(&disk, None).expect("a volume");
        let (volume, same) = LocalVolume::open_marked(&disk, None).expect("a volume");
        assert_eq!((&same, volume.identity().expect("reads")), (&id, Some(id.clone())));
        let path = "front/2026-03-03/a.mp4";
        volume.create(path).expect("created");

        let (volume, _) = LocalVolume::open_marked(&mount, Some(&id)).expect("not connected");
        let assert_gone = || {
            assert!(is_gone(volume.create(path)) && is_gone(volume.list()));
            assert!(is_gone(volume.space()) && is_gone(volume.remove(path)));
            assert!(is_gone(volume.identity()));
        };
        assert_gone();
        assert!(!mount.exists(), "nothing was made");
        fs::create_dir(&mount).expect("an empty mount point");
        assert_gone();
        assert_eq!(fs::read_dir(&mount).expect("listed").count(), 0);
        marker::write(&mount).expect("another disk");
        assert_gone();
        let text = volume.space().expect_err("not connected").to_string();
        assert!(text.starts_with("the recordings folder is not there any more: "), "{text}");

        fs::remove_dir_all(&mount).expect("disconnected");
        fs::rename(&disk, &mount).expect("connected");
        assert_eq!(volume.list().expect("listed").len(), 1);
        volume.create("front/2026-03-03/b.mp4").expect("created");
        assert!(volume.space().expect("known").total > 0);
    }

    #[test]
    fn paths_cannot_leave_the_folder() {
        let (_folder, volume) = volume();
        for path in ["", "..", "../a", "a//b", "/etc/passwd", "a\\..\\b", "C:/x", "a/./b"] {
            assert!(matches!(volume.create(path), Err(StorageError::Path { .. })), "{path}");
        }
    }
}
