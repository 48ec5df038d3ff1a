//! Whether a film is still the one that its manifest speaks of.
//!
//! Whoever changes film and manifest together is not found out: the manifest is not signed.
//! Must not do: change anything.

use std::fmt;
use std::path::Path;

use super::ExportError;
use super::manifest::{Manifest, manifest_of};
use crate::container::{self, ReadAt};
use crate::playback::PlaybackError;
use crate::storage::StorageError;
use crate::storage::part_file::{PlainFile, read_text, sha256_of};

/// What is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// There is no manifest beside the film.
    NoManifest,
    /// The manifest cannot be understood.
    Manifest(String),
    /// The film has not as many bytes as it had.
    Size {
        /// Now.
        found: u64,
        /// As the manifest says.
        expected: u64,
    },
    /// As many bytes, but not the same.
    Content,
    /// It cannot be opened as a film.
    Structure(String),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoManifest => f.write_str(
                "there is no manifest beside the film: nothing can be said of its content",
            ),
            Self::Manifest(why) => write!(f, "the manifest cannot be read: {why}"),
            Self::Size { found, expected } => {
                write!(f, "the film was changed: it has {found} bytes and had {expected}")
            }
            Self::Content => {
                f.write_str("the film was changed: its SHA-256 is not the one in the manifest")
            }
            Self::Structure(why) => write!(f, "the film cannot be opened: {why}"),
        }
    }
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The film's SHA-256 now.
    pub sha256: String,
    /// Its size now.
    pub bytes: u64,
    /// Samples in it.
    pub samples: usize,
    /// What the manifest says, where it can be read.
    pub manifest: Option<Manifest>,
    /// What is not as it should be; nothing when all is well.
    pub mismatches: Vec<Mismatch>,
}

/// Looks at the film at `path`; `step` is told of bytes read.
///
/// # Errors
/// When the film is not there or cannot be read.
pub fn verify(path: &Path, step: impl FnMut(u64)) -> Result<Verified, ExportError> {
    let film = PlainFile::at(path)?;
    let unreadable =
        |source| PlaybackError::Read { path: path.display().to_string(), offset: 0, source };
    let bytes = film.length().map_err(unreadable)?;
    let sha256 = sha256_of(&film, step).map_err(unreadable)?;
    let mut mismatches = Vec::new();
    let manifest = match read_manifest(path)? {
        Ok(manifest) => Some(manifest),
        Err(why) => {
            mismatches.push(why);
            None
        }
    };
    if let Some(told) = &manifest {
        if told.bytes != bytes {
            mismatches.push(Mismatch::Size { found: bytes, expected: told.bytes });
        } else if told.sha256 != sha256 {
            mismatches.push(Mismatch::Content);
        }
    }
    let samples = match container::read(&film) {
        Ok(opened) => opened.table.samples.len(),
        Err(error) => {
            mismatches.push(Mismatch::Structure(error.to_string()));
            0
        }
    };
    Ok(Verified { sha256, bytes, samples, manifest, mismatches })
}

fn read_manifest(film: &Path) -> Result<Result<Manifest, Mismatch>, StorageError> {
    let Some(text) = read_text(&manifest_of(film))? else { return Ok(Err(Mismatch::NoManifest)) };
    Ok(serde_json::from_str(&text).map_err(|error| Mismatch::Manifest(error.to_string())))
}
