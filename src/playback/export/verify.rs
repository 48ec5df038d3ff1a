//! Whether a film is still the one that its manifest speaks of.
//!
//! The film is sealed with what the manifest says of camera and times, so that a change of either alone is found.
//! Whoever makes both anew is not found out: nothing is signed.
//! Must not do: change anything.

use std::fmt;
use std::path::Path;

use super::ExportError;
use super::manifest::{Manifest, manifest_of};
use super::seal::{digest, read_seal};
use crate::container::{self, ReadAt};
use crate::playback::PlaybackError;
use crate::storage::StorageError;
use crate::storage::part_file::read_left;
use crate::storage::plain_file::{PlainFile, read_text, sha256_of};

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
    /// The film is as it was, but the manifest says something else than it did.
    Facts,
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
            Self::Facts => f.write_str(
                "the manifest was changed: it is not the one that the film was exported with",
            ),
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
    /// What is to be known besides, in sentences.
    pub remarks: Vec<String>,
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
    let seal = read_seal(&film).map_err(unreadable)?;
    let (mut mismatches, mut remarks) = (Vec::new(), Vec::new());
    let manifest = match read_manifest(path)? {
        Ok((told, facts)) => {
            if told.bytes != bytes {
                mismatches.push(Mismatch::Size { found: bytes, expected: told.bytes });
            } else if told.sha256 != sha256 {
                mismatches.push(Mismatch::Content);
            } else if seal.is_some_and(|seal| seal != facts) {
                mismatches.push(Mismatch::Facts);
            }
            remarks.extend(remarks_on(&told, path, seal.is_some()));
            Some(told)
        }
        Err(why) => {
            mismatches.push(why);
            None
        }
    };
    let samples = match container::read(&film) {
        Ok(opened) => opened.table.samples.len(),
        Err(error) => {
            mismatches.push(Mismatch::Structure(error.to_string()));
            0
        }
    };
    Ok(Verified { sha256, bytes, samples, manifest, remarks, mismatches })
}

fn remarks_on(told: &Manifest, film: &Path, is_sealed: bool) -> Vec<String> {
    let name = film.file_name().unwrap_or_default().to_string_lossy();
    let mut remarks = Vec::new();
    if told.film != name {
        remarks.push(format!("It was called {} when it was exported.", told.film));
    }
    if !is_sealed {
        remarks.push("It has no seal: a change of its manifest alone is not found out.".into());
    }
    remarks
}

/// A manifest, and the SHA-256 of its facts.
type Sealed = (Manifest, [u8; 32]);

/// Reads the manifest of `film`. One that only lacks its name, since the program was killed, will do.
fn read_manifest(film: &Path) -> Result<Result<Sealed, Mismatch>, StorageError> {
    let path = manifest_of(film);
    let Some(text) = read_text(&path)?.map_or_else(|| read_left(&path), |text| Ok(Some(text)))?
    else {
        return Ok(Err(Mismatch::NoManifest));
    };
    let read = serde_json::from_str::<serde_json::Value>(&text).and_then(|told| {
        let facts = digest(&told);
        serde_json::from_value(told).map(|manifest| (manifest, facts))
    });
    Ok(read.map_err(|error| Mismatch::Manifest(error.to_string())))
}
