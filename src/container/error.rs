//! What can be wrong with a file, always with the place.
//!
//! Must not do: decide what happens to the file.

use std::fmt;
use std::io;

/// The four characters that name a box.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BoxName(pub [u8; 4]);

impl fmt::Display for BoxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.iter().all(|c| c.is_ascii_graphic() || *c == b' ') {
            self.0.iter().try_for_each(|c| write!(f, "{}", char::from(*c)))
        } else {
            write!(f, "{:#010x}", u32::from_be_bytes(self.0))
        }
    }
}

impl fmt::Debug for BoxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a file cannot be read as a segment.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// The bytes could not be read.
    #[error("{length} bytes at offset {offset} cannot be read: {error}")]
    Io {
        /// Where in the file.
        offset: u64,
        /// How many bytes were asked for.
        length: usize,
        /// The system's error.
        error: io::Error,
    },
    /// A box says something that cannot be.
    #[error("{name} box at offset {offset}: {what}")]
    Malformed {
        /// The box.
        name: BoxName,
        /// Where it begins in the file.
        offset: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Ours, but it ends before the first fragment could begin: there is no footage in it.
    #[error("the file ends at byte {length}, inside its header: nothing was recorded into it")]
    HeaderTorn {
        /// Length of the file.
        length: u64,
    },
    /// A box that must be there is not.
    #[error("no {name} box in {length} bytes: this is no MP4 with H.264 video")]
    Missing {
        /// The box.
        name: BoxName,
        /// Length of the file, or of the box that should hold it.
        length: u64,
    },
    /// Fragmented and not finished, but without room for the header that would finish it.
    #[error("the file was not finished, and it was not written by Watchkeeper: it is left alone")]
    NotOurs,
}
