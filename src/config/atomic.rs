//! Replacing a small file so that a crash leaves the old or the new content, never a mixture.
//!
//! Must not do: know what is in the file.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::ConfigError;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// As the system's defaults say.
    Default,
    /// The owner alone (on systems that know such a thing).
    Owner,
}

/// Writes `content` to `path`: beside it first, synced, then renamed over it.
///
/// # Errors
/// [`ConfigError::Io`] naming the step; the old content is still there then.
pub fn replace(path: &Path, content: &[u8], readers: Readers) -> Result<(), ConfigError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.new"));
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(ConfigError::io("replace", &temporary)(error));
        }
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    restrict(&mut options, readers);
    let file = options.open(&temporary).map_err(ConfigError::io("create", &temporary))?;
    if let Err(error) = fill_and_rename(file, &temporary, content, path) {
        // What failed is the error to tell of; the next replacement removes what cannot be removed now.
        let _left = fs::remove_file(&temporary);
        return Err(error);
    }
    sync_folder(path)
}

fn fill_and_rename(
    mut file: File,
    temporary: &Path,
    content: &[u8],
    path: &Path,
) -> Result<(), ConfigError> {
    file.write_all(content).map_err(ConfigError::io("write", temporary))?;
    file.sync_all().map_err(ConfigError::io("sync", temporary))?;
    drop(file);
    fs::rename(temporary, path).map_err(ConfigError::io("replace", path))
}

/// Renames a damaged `name.ending` to the first free of `name.damaged-1.ending`, `name.damaged-2.ending`,
/// ..., so that nothing is lost that somebody may want to look at. Returns the new path.
///
/// # Errors
/// The system's error; the file is where it was then.
pub fn put_aside(path: &Path) -> std::io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let mut number = 1;
    loop {
        let aside = path.with_file_name(format!("{stem}.damaged-{number}.{extension}"));
        if !aside.try_exists()? {
            fs::rename(path, &aside)?;
            return Ok(aside);
        }
        number += 1;
    }
}

#[cfg(unix)]
fn restrict(options: &mut OpenOptions, readers: Readers) {
    use std::os::unix::fs::OpenOptionsExt;
    if readers == Readers::Owner {
        options.mode(0o600);
    }
}

#[cfg(not(unix))]
fn restrict(_options: &mut OpenOptions, _readers: Readers) {}

#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<(), ConfigError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let opened = File::open(folder).map_err(ConfigError::io("open", folder))?;
    opened.sync_all().map_err(ConfigError::io("sync", folder))
}

/// Windows makes a rename durable by itself and cannot open a folder for syncing.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> Result<(), ConfigError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_stays_of_what_could_not_be_put_in_place() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("a.png");
        fs::create_dir_all(path.join("full")).expect("a folder in its place");
        assert!(replace(&path, b"picture", Readers::Default).is_err());
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
        let path = folder.path().join("b.png");
        replace(&path, b"picture", Readers::Owner).expect("written");
        assert_eq!(fs::read(path).expect("read"), b"picture");
    }
}
