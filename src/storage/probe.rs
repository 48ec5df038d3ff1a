//! A look at a folder: whether it is there, and whether a file can be written into it.
//!
//! Must not do: leave anything behind.

use std::io::Write;
use std::path::Path;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// There is no such folder.
    Missing,
    /// Nothing can be written into it: why, in a few words.
    Sealed(String),
    /// A file was written into it.
    Writable,
    /// Its disk has not answered.
    Silent,
}

/// Looks at `folder`; what is written is gone at once. May take as long as its disk takes to answer.
#[must_use]
pub fn look(folder: &Path) -> Place {
    if !folder.is_dir() {
        return Place::Missing;
    }
    let written = tempfile::Builder::new()
        .prefix(".watchkeeper-probe-")
        .tempfile_in(folder)
        .and_then(|mut file| file.write_all(b"probe").and_then(|()| file.as_file().sync_data()));
    match written {
        Ok(()) => Place::Writable,
        Err(error) => Place::Sealed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_looked_at_and_left_as_it_was() {
        let root = tempfile::tempdir().expect("temporary folder");
        assert_eq!(look(root.path()), Place::Writable);
        assert_eq!(std::fs::read_dir(root.path()).expect("listed").count(), 0);
        assert_eq!(look(&root.path().join("nowhere")), Place::Missing);
        let file = root.path().join("file");
        std::fs::write(&file, b"").expect("written");
        assert_eq!(look(&file), Place::Missing);
    }
}
