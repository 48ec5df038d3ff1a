//! The data folder: where everything of one Watchkeeper lives, and who holds it.
//!
//! Must not do: know what is inside the files that it names.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::ConfigError;
use super::atomic::{self, Readers};

/// Folder beside the executable that is used in portable mode.
const PORTABLE_FOLDER: &str = "watchkeeper-data";

/// A file beside the executable that makes it portable without any option.
const PORTABLE_FILE: &str = "watchkeeper.portable";

/// `off` keeps the key of the passwords out of the system's key store.
const KEY_STORE_VARIABLE: &str = "WATCHKEEPER_KEY_STORE";

/// Held as long as a temporary folder is in use.
const DEMO_LOCK: &str = "demo.lock";

/// Beginning of the names of temporary folders.
const DEMO_PREFIX: &str = "watchkeeper-demo-";

/// The data folder's paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFolder {
    root: PathBuf,
    kind: Kind,
}

/// What else than its place tells a data folder from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Stays on this computer: a key may be in the system's key store.
    Resident,
    /// Goes with the executable: everything is in it.
    Portable,
    /// Made by a program for itself: everything is in it.
    Plain,
}

impl DataFolder {
    /// The folder that the command line asks for: `named`, else beside the executable when `portable` or a file
    /// `watchkeeper.portable` is there, else the system's folder for application data. It is created when it is
    /// missing.
    ///
    /// # Errors
    /// [`ConfigError::NoFolder`] when the system names none, [`ConfigError::Io`] when it cannot be made.
    pub fn choose(named: Option<&Path>, portable: bool) -> Result<Self, ConfigError> {
        let key_store = std::env::var_os(KEY_STORE_VARIABLE).is_none_or(|value| value != "off");
        let resident = if key_store { Kind::Resident } else { Kind::Plain };
        if let Some(path) = named {
            return Self::of(path.to_path_buf(), resident);
        }
        if portable || Self::is_marked_portable() {
            return Self::of(beside_executable()?.join(PORTABLE_FOLDER), Kind::Portable);
        }
        Self::of(of_system().ok_or(ConfigError::NoFolder)?, resident)
    }

    /// Whether a file beside the executable makes it portable.
    #[must_use]
    pub fn is_marked_portable() -> bool {
        beside_executable().is_ok_and(|folder| folder.join(PORTABLE_FILE).exists())
    }

    /// The folder `root`, created when it is missing. All that belongs to it stays in it.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when it cannot be made.
    pub fn at(root: PathBuf) -> Result<Self, ConfigError> {
        Self::of(root, Kind::Plain)
    }

    fn of(root: PathBuf, kind: Kind) -> Result<Self, ConfigError> {
        fs::create_dir_all(&root).map_err(ConfigError::io("create", &root))?;
        let root = std::path::absolute(&root).map_err(ConfigError::io("find", &root))?;
        Ok(Self { root, kind })
    }

    /// Whether it goes with the executable, so that nothing may be written anywhere else.
    #[must_use]
    pub fn is_portable(&self) -> bool {
        self.kind == Kind::Portable
    }

    /// Whether it is the one that is taken when nobody names another.
    #[must_use]
    pub fn is_default(&self) -> bool {
        of_system().is_some_and(|folder| folder == self.root)
    }

    /// Whether a new key goes to the system's key store.
    #[must_use]
    pub fn prefers_key_store(&self) -> bool {
        self.kind == Kind::Resident
    }

    /// The folder itself, absolute.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.root.join("settings.toml")
    }

    /// The settings as they were last saved or found to be valid.
    #[must_use]
    pub fn settings_copy(&self) -> PathBuf {
        self.root.join("settings.copy.toml")
    }

    /// What tells it from others.
    #[must_use]
    pub fn identity(&self) -> PathBuf {
        self.root.join("identity")
    }

    /// The locks.
    #[must_use]
    pub fn locks(&self) -> PathBuf {
        self.root.join("locks.json")
    }

    /// The notices.
    #[must_use]
    pub fn notices(&self) -> PathBuf {
        self.root.join("notices.json")
    }

    /// The bookmarks.
    #[must_use]
    pub fn bookmarks(&self) -> PathBuf {
        self.root.join("bookmarks.json")
    }

    /// Where exports go when nobody says otherwise.
    #[must_use]
    pub fn exports(&self) -> PathBuf {
        self.root.join("exports")
    }

    /// The places that hold or held recordings.
    #[must_use]
    pub fn volumes(&self) -> PathBuf {
        self.root.join("volumes.json")
    }

    /// The index database.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.root.join("index.redb")
    }

    /// The database of small pictures.
    #[must_use]
    pub fn thumbnails(&self) -> PathBuf {
        self.root.join("thumbnails.redb")
    }

    /// Saves a picture into the folder for snapshots; returns where it is.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when it cannot be written.
    pub fn save_snapshot(&self, name: &str, png: &[u8]) -> Result<PathBuf, ConfigError> {
        let folder = self.root.join("snapshots");
        fs::create_dir_all(&folder).map_err(ConfigError::io("create", &folder))?;
        let path = folder.join(name);
        atomic::replace(&path, png, Readers::Default)?;
        Ok(path)
    }

    /// Where diagnostics are saved.
    #[must_use]
    pub fn diagnostics(&self) -> PathBuf {
        self.root.join("diagnostics")
    }

    /// Saves diagnostics into their folder; returns where they are.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when they cannot be written.
    pub fn save_diagnostics(&self, name: &str, bundle: &[u8]) -> Result<PathBuf, ConfigError> {
        let folder = self.diagnostics();
        fs::create_dir_all(&folder).map_err(ConfigError::io("create", &folder))?;
        let path = folder.join(name);
        atomic::replace(&path, bundle, Readers::Owner)?;
        Ok(path)
    }

    /// The storage path of the settings: relative ones are below the data folder, so that a portable
    /// folder works under any mount point.
    #[must_use]
    pub fn storage(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// A storage path as the settings keep it: below the data folder it is relative, whoever named it how.
    #[must_use]
    pub fn storage_in_settings(&self, path: &str) -> String {
        let below = Path::new(path).strip_prefix(&self.root).ok().filter(|p| *p != Path::new(""));
        below.map_or_else(|| path.to_owned(), |below| below.to_string_lossy().into_owned())
    }

    /// Where a passphrase lies that is to be taken without asking, if the operator has put it there.
    #[must_use]
    pub fn passphrase(&self) -> PathBuf {
        self.root.join("watchkeeper.passphrase")
    }

    /// The PIN of the kiosk, as a hash.
    #[must_use]
    pub fn pin(&self) -> PathBuf {
        self.root.join("pin.json")
    }

    /// Where the window was.
    #[must_use]
    pub fn window(&self) -> PathBuf {
        self.root.join("window.json")
    }

    /// Takes the folder for this process.
    ///
    /// # Errors
    /// [`ConfigError::Locked`] when another process holds it.
    pub fn lock(&self) -> Result<FolderLock, ConfigError> {
        self.lock_file("watchkeeper.lock")
    }

    fn lock_file(&self, name: &str) -> Result<FolderLock, ConfigError> {
        let path = self.root.join(name);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(ConfigError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {
                // On a disk that is full nobody learns the number; the folder is held all the same.
                let _written = sign(&file);
                Ok(FolderLock { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                // Where a locked file cannot be read, as on Windows, the number stays unknown.
                let process =
                    fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
                Err(ConfigError::Locked { folder: self.root.clone(), process })
            }
            Err(TryLockError::Error(error)) => Err(ConfigError::io("lock", &path)(error)),
        }
    }

    /// Tells other processes how to reach the one that holds the folder; readable by the owner alone.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when it cannot be written.
    pub fn publish_door(&self, content: &str) -> Result<(), ConfigError> {
        atomic::replace(&self.door(), content.as_bytes(), Readers::Owner)
    }

    /// What [`DataFolder::publish_door`] wrote, if anything did.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when it is there but cannot be read.
    pub fn read_door(&self) -> Result<Option<String>, ConfigError> {
        read_if_there(&self.door())
    }

    /// Takes back what [`DataFolder::publish_door`] wrote.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when it cannot be removed.
    pub fn close_door(&self) -> Result<(), ConfigError> {
        let path = self.door();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(ConfigError::io("remove", path)(error))
            }
            _ => Ok(()),
        }
    }

    fn door(&self) -> PathBuf {
        self.root.join("running.json")
    }
}

/// A data folder that is gone when it is dropped.
#[derive(Debug)]
pub struct TemporaryFolder {
    folder: DataFolder,
    _lock: FolderLock,
    _kept: tempfile::TempDir,
}

impl TemporaryFolder {
    /// An empty one below `parent`.
    ///
    /// # Errors
    /// [`ConfigError::Io`] when it cannot be made.
    pub fn new(parent: &Path) -> Result<Self, ConfigError> {
        remove_left_behind(parent);
        let kept = tempfile::Builder::new()
            .prefix(DEMO_PREFIX)
            .tempdir_in(parent)
            .map_err(ConfigError::io("create", parent))?;
        let folder = DataFolder::at(kept.path().to_path_buf())?;
        let lock = folder.lock_file(DEMO_LOCK)?;
        Ok(Self { folder, _lock: lock, _kept: kept })
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }
}

/// Removes temporary folders of programs that were killed: those that nobody holds any more.
fn remove_left_behind(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(DEMO_PREFIX);
        let folder = DataFolder { root: entry.path(), kind: Kind::Plain };
        if ours
            && folder.root.join(DEMO_LOCK).exists()
            && let Ok(lock) = folder.lock_file(DEMO_LOCK)
        {
            drop(lock);
            if let Err(error) = fs::remove_dir_all(folder.root()) {
                tracing::warn!("{} cannot be removed: {error}", folder.root().display());
            }
        }
    }
}

/// Writes the number of this process into a file that it holds.
fn sign(mut file: &File) -> std::io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

/// The content of a text file, or none when there is no such file.
pub(super) fn read_if_there(path: &Path) -> Result<Option<String>, ConfigError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ConfigError::io("read", path)(error)),
    }
}

/// The system's folder for application data.
fn of_system() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "watchkeeper")?;
    Some(folders.data_local_dir().to_path_buf())
}

fn beside_executable() -> Result<PathBuf, ConfigError> {
    let executable =
        std::env::current_exe().map_err(ConfigError::io("find", Path::new("the executable")))?;
    executable.parent().map(Path::to_path_buf).ok_or(ConfigError::NoFolder)
}

/// Held as long as this process works with the folder; the system frees it at any kind of end.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_once() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().join("new/data")).expect("made");
        let held = folder.lock().expect("free");
        let process = std::process::id();
        let refused = folder.lock().expect_err("held");
        if cfg!(unix) {
            assert!(refused.to_string().ends_with(&format!("(process {process})")), "{refused}");
        }
        assert!(matches!(refused, ConfigError::Locked { .. }));
        drop(held);
        assert!(folder.lock().is_ok());
    }

    #[test]
    fn storage_paths_are_below_the_folder_unless_absolute() {
        let root = tempfile::tempdir().expect("temporary folder");
        let folder = DataFolder::at(root.path().to_path_buf()).expect("made");
        assert_eq!(folder.storage("recordings"), folder.root().join("recordings"));
        let elsewhere = std::path::absolute("/elsewhere").expect("absolute");
        assert_eq!(folder.storage(&elsewhere.to_string_lossy()), elsewhere);
        let below = folder.root().join("disk/footage").to_string_lossy().into_owned();
        assert_eq!(Path::new(&folder.storage_in_settings(&below)), Path::new("disk/footage"));
        assert_eq!(folder.storage_in_settings("recordings"), "recordings");
        let elsewhere = elsewhere.to_string_lossy().into_owned();
        assert_eq!(folder.storage_in_settings(&elsewhere), elsewhere);
        let itself = folder.root().to_string_lossy().into_owned();
        assert_eq!(folder.storage_in_settings(&itself), itself);
    }
}
